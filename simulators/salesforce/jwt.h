#pragma once
// Assertions that an app signed itself: the JWT bearer grant.

#include <optional>
#include <string>

#include "base/json.h"

namespace foz::sim {

/// The claims of an RS256 token whose signature fits the PEM public key (or certificate) in `key_file`; nothing when it
/// does not, whatever the reason.
std::optional<Json> verified_jwt(std::string_view token, const std::string& key_file);

}  // namespace foz::sim
