#pragma once
// Read plans as JSON, for the spool.

#include "base/json.h"
#include "schedule/spool.h"

namespace foz::schedule {

Json columns_json(const std::vector<sources::Column>& columns);
/// REQUIRES: an array as `columns_json` makes it.
std::vector<sources::Column> columns_of(const Json& list);

Json to_json(const SpoolPlan& plan);
/// Errors: corrupt.
Result<SpoolPlan> plan_of(const Json& json);

}  // namespace foz::schedule
