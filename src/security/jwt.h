#pragma once
// JSON web tokens that Foz signs with a customer's key, to log in at a vendor.

#include "base/json_fwd.h"
#include "base/result.h"
#include "base/secret.h"

namespace foz::security {

/// `claims` as a token signed RS256 with an RSA private key in PEM.
/// Errors: invalid (no RSA private key of at least 2048 bits, or one that needs a pass phrase).
Result<Secret> sign_jwt(const Json& claims, const Secret& private_key_pem);

}  // namespace foz::security
