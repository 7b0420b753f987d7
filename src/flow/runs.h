#pragma once
// Runs as resources: asked for, repeated, stopped. Whoever executes them is told through the listeners.
// Follows: Flow Service contract, 11.3, 11.4 and 13.2.

#include <optional>
#include <string>
#include <string_view>

#include "flow/document.h"
#include "flow/environment.h"
#include "flow/flow.h"
#include "flow/run.h"

namespace foz::flow {

inline constexpr Shelf kRunShelf{.collection = "runs", .table = "runs"};

/// What a client asks of a run on demand.
struct RunRequest {
  std::string flow_id;
  std::optional<Instant> start = {};         ///< nothing: now
  bool has_window = false;                   ///< false: what the schedule has not handed out yet
  std::optional<Instant> window_from = {};   ///< nothing (0 in the request): minus infinity
  std::optional<Instant> window_to = {};     ///< nothing: the start of the run
  std::optional<DeltaColumn> delta_column = {};
  RunMode mode = RunMode::append;
  std::string replay_rejected = {};
};

/// Runs of all sandboxes. Thread-safe.
class Runs {
 public:
  Runs(const Environment& environment, const Listeners& listeners) : environment_(environment), listeners_(listeners) {}

  /// The stored document. Errors: not_found.
  Result<Json> find(store::Reader& reader, std::string_view sandbox, std::string_view id) const;

  /// A run on demand. Without a window it takes what the schedule has not handed out yet; with one, or with the rejected
  /// rows of a run, the schedule does not move. Errors: FLOW-1405, 1428 (replayed run), 1430 (flow), 1444 (not enabled),
  /// 1446 (no flowId); CONNECTOR-1312 (mode), 1340, 1381 (window), 1382 (another delta column), 1384 (params).
  /// Warnings: window-overlap.
  Result<Written> create(const Scope& scope, const Json& body) const;
  /// The same window once more, as a new run. Errors: not_found; CONNECTOR-1387 (it neither failed nor found nothing, or
  /// its window was read since), 1388 (the flow is not enabled); FLOW-1404.
  Result<Written> retrigger(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;
  /// Errors: not_found; CONNECTOR-1387 (it is over); FLOW-1404.
  Result<Written> cancel(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;

 private:
  Status take_work(store::Transaction& transaction, const Flow& flow, const RunRequest& request, Run& run, std::vector<std::string>& warnings) const;
  Result<Run> repetition_of(store::Transaction& transaction, const Scope& scope, const Run& old, Instant now) const;

  const Environment& environment_;
  const Listeners& listeners_;
};

/// Why a run ends before its time.
struct Cancellation {
  std::string why;
  Instant now;
  std::string etag;
};
/// `run` failed with FOZ-RUN-CANCELLED; what was under way of it too. REQUIRES: not final.
Run cancelled(Run run, const Cancellation& cancellation);

/// Reads the body of POST /runs. Errors: those of Runs::create that a body alone shows.
Result<RunRequest> read_run_request(const Json& body);

}  // namespace foz::flow
