#pragma once
// A stored flow as typed values, and how far its windows have been handed out. Follows: Flow Service contract, 10 and 13.2.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "flow/options.h"
#include "flow/run.h"
#include "flow/schedule_params.h"
#include "flow/transformations.h"
#include "store/database.h"

namespace foz::flow {

/// What executing a flow needs of it. The document stays as clients sent it.
struct Flow {
  std::string sandbox, id, name;
  std::string sandbox_name, org_id;
  std::string state;  ///< draft, enabled, disabled
  std::string source_connection_id, target_connection_id;
  Schedule schedule;
  Options options;
  Transformations transformations;  ///< with the mapping version that was pinned
  Json doc;                         ///< as stored

  bool enabled() const { return state == "enabled"; }
};

/// Member of `_foz` in a flow's document: the mapping version in force, pinned when the flow was made.
inline constexpr std::string_view kPinnedMappingVersion = "mappingVersion";

/// Errors: corrupt, when a published flow does not read; a draft leaves out what it lacks.
Result<Flow> flow_of(const Json& stored, double partial_ingestion_percent_default = 0);

/// A run of the flow, not stored yet: without a window, and nobody's but the schedule's.
Run new_run(const Flow& flow, Random& random, Instant now);

/// Which windows were handed to runs.
struct Position {
  Instant since{};                           ///< when the flow was made, or published
  bool begun = false;
  std::optional<Instant> covered = {};       ///< nothing: minus infinity
  std::optional<Instant> ticks_after = {};   ///< ticks up to here do not count: enabled or rescheduled then

  friend bool operator==(const Position&, const Position&) = default;
};

/// SQL of flows for those who execute them. All take the caller's reader or transaction.
class FlowStore {
 public:
  /// Errors: not_found, FLOW-1439.
  static Result<Flow> find(store::Reader& reader, std::string_view sandbox, std::string_view id, double partial_ingestion_percent_default = 0);
  /// Ids of the enabled flows of all sandboxes.
  struct Key {
    std::string sandbox, id;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  static Result<std::vector<Key>> enabled(store::Reader& reader);
  /// Writes `lastRunDetails`; etag and update time stay (C40). A flow that is gone is no error.
  static Status set_last_run(store::Transaction& transaction, const Run& run);

  /// A position that is not there yet: `since` is now.
  static Result<Position> position(store::Reader& reader, std::string_view sandbox, std::string_view id, Instant now);
  static Status put_position(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const Position& position);
  /// When the calculated columns of a flow were last looked at; nothing: never.
  static Result<std::optional<Instant>> refreshed(store::Reader& reader, std::string_view sandbox, std::string_view id);
  static Status put_refreshed(store::Transaction& transaction, std::string_view sandbox, std::string_view id, Instant at);
  /// The window of a scheduled run did not get through its copy stage, or the run was cancelled: unless a later window was
  /// handed out meanwhile, `covered` returns to its begin and the next tick's window is longer (13.2). Notes it in `run`, which is
  /// to be stored in the same transaction.
  static Status give_window_back(store::Transaction& transaction, Run& run, Instant now);
  /// Forgets the position, and which key memory is in force.
  static Status remove_position(store::Transaction& transaction, std::string_view sandbox, std::string_view id);
};

}  // namespace foz::flow
