#pragma once
// JSON Patch as registry clients write it. Follows: Schema Registry contract, 7.1.

#include "base/json.h"
#include "base/result.h"

namespace foz::registry {

/// `stored` after the operations of `patch`: RFC 6902, and the forms that clients are known to send (a path without its first
/// slash, one object added to `/allOf`, `/meta:immutableTags-`).
/// Errors: XDM-1401-400 (no array), XDM-1414-400.
Result<Json> patched(const Json& stored, const Json& patch);

}  // namespace foz::registry
