#pragma once
// Executes one run: claim, plan, pipeline, commit, or what follows from a failure. Follows: Flow Service contract, 13.5-13.7.

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "catalog/catalog.h"
#include "flow/run.h"
#include "lake/file_io.h"
#include "schedule/pipeline.h"
#include "schedule/planner.h"
#include "schedule/progress.h"
#include "store/database.h"

namespace foz::schedule {

struct RunEngineSettings {
  PipelineSettings pipeline = {};
  std::filesystem::path spool_dir, spill_dir, keys_dir;
  double spool_days = 7;                          ///< `spool.retentionDays`; 0: removed at once
  bool partial_as_success = false;                ///< `runs.partialAsSuccess`
  double partial_ingestion_percent_default = 0;
  std::vector<std::chrono::seconds> retry_waits = {std::chrono::minutes(1), std::chrono::minutes(5), std::chrono::minutes(15)};
};

/// What the run engine is built from; all outlive it.
struct RunEngineParts {
  store::Database& database;
  lake::FileIo& files;
  const catalog::Catalog& catalog;
  const Planner& planner;
  const flow::Connections& connections;
  const Clock& clock;
  Random& random;
};

/// Why a run was told to stop.
enum class StopReason { none, shutdown, cancelled, stalled };

/// A run under way, as the scheduler sees it. Thread-safe.
class RunControlBlock {
 public:
  std::stop_source stop;
  std::atomic<StopReason> reason{StopReason::none};
  Progress progress;

  /// The lease that the run was claimed under; empty before.
  void hold(std::string fence) {
    std::lock_guard lock(mutex_);
    fence_ = std::move(fence);
  }
  std::string fence() const {
    std::lock_guard lock(mutex_);
    return fence_;
  }

  /// Asks the run to stop; the first reason counts.
  void ask(StopReason why) {
    StopReason none = StopReason::none;
    reason.compare_exchange_strong(none, why);
    stop.request_stop();
  }

 private:
  mutable std::mutex mutex_;
  std::string fence_;
};

/// Thread-safe: runs of different flows are executed side by side.
class RunEngine {
 public:
  RunEngine(RunEngineParts parts, RunEngineSettings settings) : parts_(parts), settings_(std::move(settings)) {}

  /// Brings a run as far as it comes: to its end, to a later try, or, at a shutdown, to where a restart goes on.
  /// `run` is queued, or was under way when a process ended. False when the store did not take what became of it (a full
  /// disk): the run is due as before, and trying at once would meet the same.
  [[nodiscard]] bool execute(flow::Run run, RunControlBlock& control);

  /// Writes a sign of life of a run under way into its record: what moved, and when.
  void beat(const std::string& sandbox, const std::string& run_id, const RunControlBlock& control);
  /// Ends the record of a run whose thread was told to stop and does not come back: whatever that thread still tries, its
  /// lease is gone. The window returns to the flow.
  void abandon(const std::string& sandbox, const std::string& run_id, const RunControlBlock& control);

  std::filesystem::path spool_folder(const std::string& run_id) const { return settings_.spool_dir / run_id; }

 private:
  class Execution;
  const RunEngineParts parts_;
  const RunEngineSettings settings_;
};

}  // namespace foz::schedule
