#pragma once
// Do the keywords of one schema node have the types that JSON Schema gives them? A rule in another type would not be kept.
// Follows: Schema Registry contract, 14.6 and 16.

#include <optional>
#include <string>

#include "base/json_fwd.h"

namespace foz::registry {

/// What is wrong with the first keyword that cannot be kept, in words that follow the field's name; nothing when all are fine.
std::optional<std::string> wrong_keyword(const Json& node);

}  // namespace foz::registry
