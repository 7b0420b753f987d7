#pragma once
// `auth.params` of a connection: which values are secret, what a document shows in their place, and back.
// Follows: Flow Service contract, 5.4, 7.2, C15.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/secret.h"
#include "flow/specs.h"

namespace foz::flow {

/// Params as a document holds them, and the secrets that the mask stands for, by dotted path below params.
struct MaskedParams {
  Json params;
  std::vector<std::pair<std::string, Secret>> secrets;
};

/// Replaces each secret value by the mask; of a connection string only the password. Without a form everything is
/// secret. A parameter that the form does not know is secret when its name says so.
MaskedParams mask_params(const Json& plain, const AuthForm* form);

/// Puts secrets back: `secret` gives the value behind a mask at a dotted path. Errors: those of `secret`.
using SecretOf = std::function<Result<Secret>(const std::string& path)>;
Result<Json> unmask_params(const Json& masked, const SecretOf& secret);

/// `params` as a client sent them, where a mask means "unchanged": taken from `before`.
/// Errors: invalid, CONNECTOR-1312 (a mask with nothing behind it).
Result<Json> merge_params(const Json& sent, const Json& before);

/// The params of a login. Scalars become text, objects JSON text.
sources::Login login_of(const Json& plain, const AuthForm& form);

/// Missing required parameters. Errors: invalid, CONNECTOR-1304, naming all of them.
Status check_params(const Json& plain, const AuthForm& form);

/// A patch without the secrets it may hold: values at and below /auth are masked.
Json masked_ops(const Json& patch);

}  // namespace foz::flow
