#pragma once
// Read plans as JSON, for the spool.

#include "base/json.h"
#include "schedule/spool.h"

namespace foz::schedule {

Json to_json(const SpoolPlan& plan);
/// Errors: corrupt.
Result<SpoolPlan> plan_of(const Json& json);

}  // namespace foz::schedule
