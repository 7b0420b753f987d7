#pragma once
// Records through a mapping set at once, by the same column program that a run executes.

#include <map>
#include <string>

#include "base/json_fwd.h"
#include "base/result.h"
#include "prep/compile.h"
#include "prep/run.h"

namespace foz::prep {

/// Follows: Data Prep contract, 3.2.
inline constexpr size_t kPreviewRecordsMax = 100;

/// Maps `data` (an array of records, or one record) into records of `target`. An array gives an array of
/// `{"data", "errors"}`, one record gives one; `errors` is null or an array of `{destination, exception, source, columnName, sourceType}`.
/// Mistakes of the set stand in `errors` of every record, and the mappings without mistakes are still applied.
/// Errors: invalid (CONV-1004-400) when `data` holds anything but objects, or more than 100.
Result<Json> preview(const MappingSet& set, const Json& data, const registry::Node& target, const RunContext& context,
                     CompileOptions options = {});

/// A record of a target chunk as JSON. With `nulls` outputs that are null are written as null.
Json record_json(const Layout& layout, const engine::Chunk& chunk, size_t row, bool nulls = false);

}  // namespace foz::prep
