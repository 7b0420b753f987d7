#pragma once
// A window without new rows where rows are usual: worth a warning, though nothing failed. Follows: the promise of ARCHITECTURE.md to tell the truth about every row.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "flow/run.h"
#include "store/database.h"

namespace foz::schedule {

/// `new_rows` of earlier windows, newest first. Words for the warning; nothing when an empty window is no surprise: fewer
/// than three windows are known, or less than four in five of the last ten had rows.
std::optional<std::string> unusual_silence(std::span<const int64_t> new_rows);

/// What a run read that had not been seen before.
int64_t new_rows_of(const flow::Run& run);

/// New rows of the newest scheduled windows of the run's flow that landed before it; not of first backfills.
Result<std::vector<int64_t>> rows_of_earlier_windows(store::Reader& reader, const flow::Run& run);

}  // namespace foz::schedule
