#pragma once
// Calculated columns around one pass through a run: which there are, what they came to when rows landed, and what a refresh takes.
// Follows: docs/formats/calculated.md; Sources contract, 6, pain 5.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flow/run.h"
#include "lake/file_io.h"
#include "schedule/calculated.h"
#include "schedule/load.h"
#include "schedule/planner.h"
#include "schedule/refresh.h"
#include "store/database.h"

namespace foz::schedule {

/// Loaded before the run's pages are planned, written right before its commit. Used by one thread; what it hands out is shared by load
/// workers.
class RunCalculated {
 public:
  /// Borrows all of them; `run` is the run as it stands.
  RunCalculated(store::Database& database, lake::FileIo& files, const std::filesystem::path& keys_dir, const flow::Run& run)
      : database_(database), files_(files), keys_dir_(keys_dir), run_(run) {}

  /// Which memories are in force. Errors: those of the store.
  Status load();
  /// True for pages that another look's comparison asked for: rows may have landed since.
  bool is_stale(const std::optional<SpoolPlan>& spooled) const;

  /// The columns that `plan` reads, where the flow wants them refreshed. The plan outlives this.
  void plan(const RunPlan& plan);
  /// Makes the source of a refresh: it compares with what landed (`landed`: keys in the data set), and leaves alone what the flow's windows are
  /// about to bring. `seen`: rows that the next window knows again; null: none. `alive` is called with each page. Errors: unavailable,
  /// those of the store.
  Status add_refresh(std::shared_ptr<const LandedKeys> landed, const KeyMemory* seen, std::function<void()> alive);
  /// The source of a refresh; null: the run is none.
  WithRefresh* refresh() { return refresh_ ? &*refresh_ : nullptr; }
  /// What the load has to do with them. Errors: invalid, not_found, unavailable.
  Status add_to(LoadSpec& load);

  /// Writes what they came to in the run. The file, below the keys folder; empty: nothing new. Errors: unavailable.
  Result<std::string> write() const;
  /// That file, or none, takes the place of all that are in force: a refresh merged them; a flow that stopped wanting them does not know
  /// any more what landed.
  bool replaces_all() const { return refresh_.has_value() || !plan_->flow.options.calculated_refresh; }
  /// The run has landed: removes what is not in force any more.
  void forget_replaced() const;

 private:
  store::Database& database_;
  lake::FileIo& files_;
  const std::filesystem::path& keys_dir_;
  const flow::Run& run_;
  std::vector<std::filesystem::path> in_force_;  ///< oldest first
  int64_t ordinal_ = 0;                          ///< of the newest of them
  const RunPlan* plan_ = nullptr;
  CalculatedColumns columns_;                    ///< none: the flow does not want them refreshed
  CalculatedMemory before_;                      ///< of a refresh
  CalculatedMemory then_;                        ///< of a run that repeats another
  CalculatedGatherer gatherer_;
  std::optional<RefreshRule> rule_;
  std::optional<WithRefresh> refresh_;
};

}  // namespace foz::schedule
