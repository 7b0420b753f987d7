#pragma once
// What an app proves itself with: assertions that it signed, verifiers of its codes.

#include <optional>
#include <string>

#include "base/json.h"

namespace foz::sim {

/// The claims of an RS256 token whose signature fits the PEM public key (or certificate) in `key_file`; nothing when it
/// does not, whatever the reason.
std::optional<Json> verified_jwt(std::string_view token, const std::string& key_file);

/// The S256 challenge of a code verifier. Follows: RFC 7636, 4.2.
std::string pkce_challenge(std::string_view verifier);

}  // namespace foz::sim
