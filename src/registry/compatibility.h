#pragma once
// Changes of a schema against what already stands on it. Follows: Schema Registry contract, 15.

#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace foz::registry {

/// Code of a problem: the field is gone, or is another one now.
inline constexpr std::string_view kLostField = "lost";

/// What in `after` would break rows or programs made for `before`, both effective schemas in compatibility names: fields
/// that go or change their type, new duties, narrower rules. Texts, suggestions and deprecation never do.
std::vector<Problem> breaking_changes(const Json& before, const Json& after);

}  // namespace foz::registry
