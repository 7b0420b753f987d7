#pragma once
// Which window a run on demand reads, and which other runs have to do with it. Follows: Flow Service contract, 11.3, 11.4, 13.2.

#include <optional>

#include "flow/flow.h"
#include "flow/run.h"
#include "flow/runs.h"

namespace foz::flow {

/// The flow's own next window, before its tick: from where the schedule stands to now, and the schedule moves on.
/// Errors: CONNECTOR-1381 (all is read).
Status take_next_window(store::Transaction& transaction, const Flow& flow, Run& run, Instant now);

/// The window of a request; what lies in the future is cut off at the start of the run. Errors: CONNECTOR-1381.
Status take_window(const RunRequest& request, Run& run);

/// Rows of the run's window have landed, or are about to.
Result<bool> has_landed(store::Reader& reader, const Run& run);

/// `old` gave its window back and no later run took it: the flow's sequence moves behind it once more. False: nothing moved.
Result<bool> take_out_again(store::Transaction& transaction, const Run& old, Instant now);

/// Where the flow's sequence stands, when that is before the end of `old`'s window, given back: the next run reads that window by itself.
Result<std::optional<Position>> next_reader(store::Reader& reader, const Run& old, Instant now);

/// A window: nothing is infinity.
struct Span {
  std::optional<Instant> from = {}, to = {};
};
/// Windows of the flow's sequence whose rows have not landed, and will: under way, or to be repeated.
Result<std::vector<Span>> windows_out(store::Reader& reader, std::string_view sandbox, std::string_view flow);

/// The run that keeps `old` from being repeated: it reads the same window, or read it since.
Result<std::optional<Run>> reader_since(store::Reader& reader, const Run& old);

}  // namespace foz::flow
