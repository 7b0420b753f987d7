#pragma once
// A record that is valid for a schema, the same every time. Follows: Schema Registry contract, 12 (sample data).

#include "base/json.h"

namespace foz::registry {

/// One record of an effective schema, in the spelling of its names. Fields for which no valid value is known are left out.
Json sample_of(const Json& effective);

}  // namespace foz::registry
