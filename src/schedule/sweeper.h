#pragma once
// What runs leave behind, put away once nothing can need it: spools of runs that are over, data that was never committed,
// key memories that are not in force, runs that ended long ago. Follows: Flow Service contract, 13.2 and 13.5.

#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "lake/file_io.h"
#include "store/database.h"

namespace foz::schedule {

struct SweeperSettings {
  std::filesystem::path spool_dir, keys_dir, tables_dir;
  double spool_days = 7;                   ///< `spool.retentionDays`; what runs were made from is kept as long
  double run_days = 90;                    ///< `runs.retentionDays`
  std::chrono::minutes grace{60};          ///< what is younger may belong to work that is not on record yet
};

struct Swept {
  int64_t spools = 0, batches = 0, key_files = 0, runs = 0, snapshots = 0;
};

/// Call `sweep` now and then, from one thread at a time. Only what is provably not needed goes: a data folder goes when no
/// file of it is in the catalog, no removal of it is planned and no unfinished run has its batch.
class Sweeper {
 public:
  Sweeper(store::Database& database, lake::FileIo& files, const Clock& clock, SweeperSettings settings)
      : database_(database), files_(files), clock_(clock), settings_(std::move(settings)) {}

  /// Errors: unavailable (storage, database). What cannot be removed is tried again at the next sweep.
  Result<Swept> sweep(std::stop_token stop = {});

 private:
  /// Unfinished runs: their ids, and the batches they write.
  struct Unfinished {
    std::set<std::string> runs, batches;
  };
  Result<Unfinished> unfinished();
  Result<int64_t> sweep_spools(const Unfinished& unfinished, std::stop_token stop);
  Result<int64_t> sweep_batches(std::stop_token stop);
  /// The batches of a data set that the catalog shows files of.
  Result<std::set<std::string>> landed(const std::string& sandbox, const std::string& dataset);
  Result<bool> is_orphan(const std::string& sandbox, const std::string& dataset, const std::string& batch);
  Result<int64_t> sweep_keys(const Unfinished& unfinished, std::stop_token stop);
  /// Calls `remove_some` in transactions of their own, so that other writers get their turns, until nothing is left to remove.
  using RemoveSome = std::function<Result<int64_t>(store::Transaction&, size_t count_max)>;
  Result<int64_t> remove_all(const RemoveSome& remove_some, std::stop_token stop);
  Result<bool> is_wanted_again(const std::filesystem::path& file, bool flow_lives);
  bool is_old(Instant changed, std::chrono::microseconds age) const { return changed + age <= clock_.now(); }
  Instant ago(double days) const { return clock_.now() - std::chrono::microseconds(static_cast<int64_t>(days * 86'400e6)); }
  bool remove(const std::filesystem::path& folder);

  store::Database& database_;
  lake::FileIo& files_;
  const Clock& clock_;
  const SweeperSettings settings_;
};

}  // namespace foz::schedule
