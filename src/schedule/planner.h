#pragma once
// From a run to what its pipeline needs: source, table, columns, window, program, target. Follows: Flow Service contract,
// 13.4 and 13.5, step 1.

#include <memory>
#include <stop_token>
#include <string>

#include "catalog/catalog.h"
#include "flow/connection.h"
#include "flow/flow.h"
#include "flow/row_filter.h"
#include "flow/run.h"
#include "flow/source_connection.h"
#include "prep/compile.h"
#include "prep/mapping_set_store.h"
#include "registry/registry.h"
#include "schedule/drift.h"
#include "schedule/row_stamp.h"
#include "schedule/spool.h"

namespace foz::schedule {

struct PlannerSettings {
  bool delta_auto = true;  ///< `flows.deltaDefault` = auto
  prep::Arithmetic arithmetic = prep::Arithmetic::strict;
  std::optional<std::chrono::seconds> settle = {};  ///< `schedule.settleSeconds`: in the place of every source's own
};

/// What a run was made of, frozen at its first execution: later changes of the flow are the next run's.
struct RunSnapshot {
  Json flow;               ///< the flow's document
  Json source_connection;  ///< its source connection's document
  Json target_connection;
  int64_t mapping_version = 0;
};

struct RunPlan {
  flow::Flow flow;
  std::string dataset_id;
  std::shared_ptr<flow::OpenSource> source;
  std::shared_ptr<const prep::Program> program;
  sources::ReadPlan read;
  std::optional<flow::RowFilter> filter = {};  ///< to be evaluated here; the source does not
  /// How far a scheduled window is read before its begin; zero: not at all (no key, no stamp, or the flow says so).
  std::chrono::seconds look_back{0};
  StampFormat stamp = {};  ///< what dates rows, where something does
  /// A window that the schedule handed out is read once the vendor's own clock is here; nothing: at once.
  std::optional<Instant> settled_at = {};
  std::optional<Shape> shape = {};    ///< of the table, for the flow to know once the run has landed; nothing: as it knows it
  bool rejects_misfits = false;       ///< values that are not of their column's type reject their row
};

/// Which stage a failed plan belongs to: reading from the source, or what is done with the rows.
struct PlanFailure {
  bool promotion = false;
  Error error;
};

class Planner {
 public:
  Planner(store::Database& database, const flow::Connections& connections, const catalog::Catalog& catalog, registry::Registry& registry,
          const prep::MappingSets& mapping_sets, PlannerSettings settings)
      : database_(database), connections_(connections), catalog_(catalog), registry_(registry), mapping_sets_(mapping_sets), settings_(settings) {}

  /// The flow and its connections as they are now. Errors: not_found.
  Result<RunSnapshot> freeze(const flow::Run& run) const;

  /// What a plan builds on besides the snapshot.
  struct Ground {
    bool remembers = false;  ///< there is a key memory, so that reading before the window doubles nothing
    Instant look_back_limit = Instant::min();  ///< nothing before is read: windows there have not landed yet
    /// What was planned before, with pages in the spool: columns and cursors keep their meaning, whatever the table looks
    /// like by now. Null: the table is looked at.
    const sources::ReadPlan* kept = nullptr;
  };
  struct Outcome {
    std::optional<RunPlan> plan = {};
    std::optional<PlanFailure> failure = {};
  };
  /// Logs in, looks at the table, compiles the mapping. `run.delta_column` gets the column that was chosen.
  Outcome plan(flow::Run& run, const RunSnapshot& snapshot, const Ground& ground, std::stop_token stop) const;

 private:
  /// Tells how the table changed since the flow's last run, and makes of it what the flow's policy says.
  Status adapt_to_drift(flow::Run& run, const flow::SourceConnection& connection, const Ground& ground, RunPlan& plan) const;
  Status plan_reading(flow::Run& run, const flow::SourceConnection& connection, const Ground& ground, std::stop_token stop, RunPlan& plan) const;
  Result<std::shared_ptr<const prep::Program>> compile(const RunSnapshot& snapshot, const flow::Flow& flow, const std::string& dataset_id,
                                                       const std::vector<sources::Column>& columns) const;

  store::Database& database_;
  const flow::Connections& connections_;
  const catalog::Catalog& catalog_;
  registry::Registry& registry_;
  const prep::MappingSets& mapping_sets_;
  const PlannerSettings settings_;
};

Json to_json(const RunSnapshot& snapshot);
RunSnapshot snapshot_of(const Json& json);

/// True where rows may come that say what kind of change they are.
inline bool tells_changes(const flow::Options& options) { return options.deletes || options.calculated_refresh.has_value(); }

/// The columns a run reads: those the source connection lists, or all; then the key and the window's column, where they
/// are not among them. Errors: not_found, CONNECTOR-1330 with the nearest names.
Result<std::vector<sources::Column>> columns_to_read(const sources::Description& table, const std::vector<std::string>& wanted, const std::string& delta_column);

}  // namespace foz::schedule
