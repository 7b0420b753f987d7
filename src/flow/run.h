#pragma once
// Runs: one execution of a flow each, from the moment it is due to its end. Follows: Flow Service contract, 11 and 13.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "flow/transformations.h"
#include "store/database.h"

namespace foz::flow {

/// Follows: 11.2. The last three are final.
enum class RunState : uint8_t { scheduled, queued, in_progress, success, partial_success, failed };

std::string_view name_of(RunState state);  ///< "inProgress"
std::optional<RunState> run_state_named(std::string_view name);
bool is_final(RunState state);
/// The moves a run may make: forward, and from in_progress back to queued when a stage is to be tried again.
bool may_move(RunState from, RunState to);

/// Who makes the runs of the schedule, in the place of a client and a user.
inline constexpr std::string_view kScheduler = "foz-scheduler";

/// Why a run was made. `tick`: its window is the next one of the flow's own sequence, which moved with it; a client may have
/// asked for it. The windows of the others lie beside that sequence. `refresh`: no window at all; rows whose calculated columns
/// changed land again.
enum class Trigger : uint8_t { tick, on_demand, retrigger, replay, refresh };

/// Rows of a window whose key has landed before.
enum class RunMode : uint8_t { append, skip_existing };

struct RunError {
  std::string code;
  std::string message;
  std::optional<int64_t> record_count = {};
};

/// What became of the rows of a slice.
struct SliceRows {
  int64_t read = 0, written = 0, failed = 0, skipped = 0;
};

/// What a run read of a slice: pages by their names in diagnostics, and the cursors that they lie between.
struct SliceRead {
  std::string slice;
  int64_t pages = 0;
  int64_t first_page = 0, last_page = 0;  ///< ordinals: "page-000001.json"
  int64_t bytes = 0;
  std::string from = {};                  ///< empty: the begin of the slice
  std::optional<std::string> to = {};     ///< nothing: its end
  std::optional<SliceRows> rows = {};     ///< once they are loaded
};

/// Slices that a run's record tells apart.
inline constexpr size_t kSlicesKeptMax = 100;

/// One of the two activities.
struct ActivityReport {
  std::optional<int64_t> started_ms = {}, completed_ms = {};
  int64_t updated_ms = 0;
  RunState state = RunState::in_progress;
  int64_t input_bytes = 0, output_bytes = 0;
  int64_t input_records = 0, output_records = 0, failed_records = 0, skipped_records = 0;
  int64_t input_files = 0, output_files = 0;
  std::vector<RunError> errors = {};        ///< statusSummary.errors
  std::vector<RunError> kinds = {};         ///< statusSummary.extensions.errors: by kind, with counts
};

struct Run {
  std::string sandbox, id, etag;
  std::string sandbox_name, org_id;
  std::string client_id{kScheduler}, user_id{kScheduler};
  int64_t created_ms = 0, updated_ms = 0;
  std::string flow_id;
  Json flow_spec = Json::object();           ///< {"id","version"}
  Json record_types = nullptr;               ///< echoed from the flow
  std::vector<std::string> labels = {};      ///< access labels of the flow when the run was made
  std::string source_connection_id, target_connection_id;

  RunState state = RunState::queued;
  Trigger trigger = Trigger::tick;
  RunMode mode = RunMode::append;
  int64_t not_before_ms = 0;                 ///< nothing happens before: a start in the future, the wait before a retry
  std::optional<Instant> window_from = {};   ///< nothing: minus infinity
  std::optional<Instant> window_to = {};     ///< nothing: no delta condition
  bool window_returned = false;              ///< failed, and the flow's next run reads its window
  bool first_backfill = false;               ///< reads without upper bound where the source allows it
  std::optional<DeltaColumn> delta_column = {};
  std::string predecessor = {};              ///< run that this one repeats
  std::string replay_rejected = {};          ///< run whose rejected rows are mapped again
  std::string replayed_by = {};              ///< newest run that maps the rejected rows of this one again

  int attempts = 0;                          ///< of the stage at hand, that failed
  std::string fence = {};                    ///< lease: changes with every claim; a commit must hold the present one
  std::string batch_id = {};                 ///< empty: no rows, no batch
  std::optional<int64_t> started_ms = {}, completed_ms = {};
  ActivityReport copy = {};
  std::optional<ActivityReport> promotion = {};
  std::vector<RunError> errors = {};         ///< metrics.statusSummary.errors
  int64_t warnings = 0;                      ///< attributes that became null
  bool has_diagnostics = false;              ///< rejected rows were kept
  bool has_warning_sample = false;           ///< examples of rows that lost a value were kept
  std::vector<SliceRead> slices = {};        ///< where its rows came from
  int64_t slices_left_out = 0;               ///< more of them
  int64_t pages = 0;                         ///< of all slices
  Json notes = Json::object();               ///< of the copy: what became of `options.deletes`, how the table changed
};

/// A sign of life of a run under way.
struct RunBeat {
  std::string fence;            ///< the lease it was claimed under
  int64_t now_ms = 0;
  int64_t moved_ms = 0;         ///< when something last moved in it
  int64_t fetched_bytes = 0;
  int64_t loaded_records = 0;
  bool loads = false;           ///< a page has come to the load
};

/// The document as stored: what GET shows, paths in the place of absolute links, and the typed members behind `_foz`.
Json to_document(const Run& run);
/// Errors: corrupt.
Result<Run> run_of(const Json& document);
/// `{"pages","slices":[{"slice","pages","firstPage","lastPage","bytes","from","to"}],"slicesLeftOut"}`: where its rows came from.
Json origins_json(const Run& run);
/// What GET shows: internal members gone, links absolute.
Json shown_run(Json document, std::string_view public_url);

/// Which run, and whose.
struct RunRef {
  std::string sandbox, id, flow_id;
};

/// SQL of runs. All take the caller's reader or transaction.
class RunStore {
 public:
  static Status insert(store::Transaction& transaction, const Run& run);
  /// Errors: not_found, FLOW-1439.
  static Result<Run> find(store::Reader& reader, std::string_view sandbox, std::string_view id);
  /// Stores `run` where its stored state is still `expected` and, with `fence` not empty, its lease is that one.
  /// Errors: conflict (somebody else moved it: it was cancelled, or claimed by another worker), not_found.
  static Status update(store::Transaction& transaction, const Run& run, RunState expected, std::string_view fence = {});

  /// Writes how far a run under way has come; its etag stays. Errors: conflict (it is over, or claimed anew), not_found.
  static Status beat(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const RunBeat& beat);

  /// Unfinished runs whose time has come, of all sandboxes, those that were due first in front: until `visit` gives false.
  /// Their documents are not read. `visit` must not use the database.
  static Status each_due(store::Reader& reader, Instant now, const std::function<bool(const RunRef&)>& visit);
  /// The same, read; `count_max` at most.
  static Result<std::vector<Run>> to_do(store::Reader& reader, Instant now, size_t count_max);
  /// When the next unfinished run becomes due; nothing when none waits.
  static Result<std::optional<Instant>> next_due(store::Reader& reader, Instant now);
  /// Unfinished runs of a flow, oldest first.
  static Result<std::vector<Run>> unfinished_of(store::Reader& reader, std::string_view sandbox, std::string_view flow);

  /// The newest runs of a flow that ended well, newest first.
  static Result<std::vector<Run>> landed_of(store::Reader& reader, std::string_view sandbox, std::string_view flow, size_t count_max);
  /// Runs of a flow that were made at `since` or later and failed or were cancelled, newest first.
  static Result<std::vector<Run>> failed_since(store::Reader& reader, std::string_view sandbox, std::string_view flow, Instant since);
  /// Batches that runs of a flow landed.
  static Result<std::set<std::string>> batches_of(store::Reader& reader, std::string_view sandbox, std::string_view flow);

  /// What the run was planned from, frozen: flow, connections, mapping version.
  static Status keep_snapshot(store::Transaction& transaction, std::string_view sandbox, std::string_view run, const Json& snapshot);
  static Result<std::optional<Json>> snapshot(store::Reader& reader, std::string_view sandbox, std::string_view run);

  /// Removes up to `count_max` runs that ended before `ended_before`, with all that is kept of them; the newest run of a flow stays.
  /// Gives how many went.
  static Result<int64_t> remove_ended(store::Transaction& transaction, Instant ended_before, size_t count_max);
  /// Removes up to `count_max` snapshots of runs that ended before `ended_before`, or that are gone.
  static Result<int64_t> remove_snapshots(store::Transaction& transaction, Instant ended_before, size_t count_max);
};

}  // namespace foz::flow
