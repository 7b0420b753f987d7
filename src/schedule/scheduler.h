#pragma once
// Hands windows to runs when they are due, and runs to workers. Follows: Flow Service contract, 13.1-13.3.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "flow/environment.h"
#include "flow/flow.h"
#include "schedule/calendar.h"
#include "schedule/run_engine.h"
#include "sources/source.h"

namespace foz::schedule {

struct SchedulerSettings {
  size_t runs_concurrent = 2;
  CatchUp catch_up = CatchUp::coalesce;
  std::optional<std::chrono::seconds> settle = {};  ///< `schedule.settleSeconds`: in the place of every source's own
  std::chrono::milliseconds stall{10 * 60'000};     ///< `runs.stallMinutes`
  double partial_ingestion_percent_default = 0;
};

/// Makes a run for a window and moves the flow's position in one transaction; `next` was decided from `flow` and `position`.
flow::Run run_for(const flow::Flow& flow, const DueRun& due, Instant now, Random& random);
/// A flow's schedule as the calendar computes with it.
Timetable timetable_of(const flow::Schedule& schedule);
/// How long after its end a window of the flow may be read: its own option, else what its source asks for (13.2).
std::chrono::seconds settle_of(const flow::Flow& flow);

/// What a scheduler is built from; all outlive it.
struct SchedulerParts {
  store::Database& database;
  RunEngine& engine;
  const Clock& clock;
  Random& random;
  /// How long after its end a window of a flow may be read.
  std::function<std::chrono::seconds(const flow::Flow& flow)> settle_of;
  /// Has a job done by a thread of its choice, soon; false when it takes no more jobs. What it took, it does.
  std::function<bool(std::function<void()> job)> submit;
};

/// Watches the enabled flows and the runs that wait. Thread-safe. At most one run of a flow is under way.
class Scheduler final : public flow::RunControl, public flow::FlowObserver {
 public:
  Scheduler(SchedulerParts parts, SchedulerSettings settings);
  /// Stops at once where `stop` was not called.
  ~Scheduler() override;

  /// Takes turns on a thread of its own until it is stopped.
  void start();
  /// One turn: makes the runs that are due, hands those that wait to `submit`, looks for runs that stand still. Gives when
  /// the next turn is due, unless somebody wakes the scheduler before. From one thread at a time.
  Instant turn();
  /// From now on nothing more is started, and runs under way are asked to checkpoint: they go on after a restart.
  void ask_to_stop();
  /// Asks, says so when runs are still under way after `grace`, and waits for them.
  void stop(std::chrono::milliseconds grace);

  void wake() override;
  void cancel(const RunId& run) override;
  void changed(const SandboxId& sandbox, const FlowId& flow) override;

  /// Runs under way right now.
  size_t active_runs() const;
  /// Flows that are looked at again at some time to come.
  size_t waiting_flows() const;

 private:
  using Key = flow::FlowStore::Key;
  struct Active {
    Key flow;
    std::shared_ptr<RunControlBlock> control;
    std::optional<Tick> stalled_at = {};  ///< when it was told to stop because nothing moved
  };
  void loop(std::stop_token stop);
  void load_flows();
  bool is_stopping() const;
  /// Looks at some flows: makes the runs that are due, in one step, and notes when to look again.
  void look_at(std::span<const Key> keys);
  void look_failed(const Key& key, const Error& error);
  /// What a look sees: the flow, how far its windows were handed out, and what follows.
  struct Sight;
  Result<Sight> sight(store::Reader& reader, const Key& key) const;
  Status look_at_refresh(store::Reader& reader, Sight& seen) const;
  Status make_run(store::Transaction& transaction, Sight& seen);
  void note(const Key& key, std::optional<Instant> at);
  std::vector<Key> flows_to_look_at();
  void dispatch();
  /// Runs that are due and may start now, as many as there is room for; none of those `met` already.
  Result<std::vector<flow::RunRef>> startable(const std::set<std::string>& met);
  bool is_resting(const std::string& run);
  void start_run(flow::Run run);
  bool waits_for_earlier(const flow::Run& run);
  void execute(flow::Run run, RunControlBlock& control);
  void finished(const std::string& run_id, const Key& flow, bool stored);
  /// Tells runs that stand still to stop, and ends those that do not even do that.
  void check_stalls();
  void beat();
  Instant next_wake();

  const SchedulerParts parts_;
  const SchedulerSettings settings_;
  const Instant up_since_;
  bool loaded_ = false;  ///< the enabled flows are known

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::set<Key> dirty_;                       ///< flows to look at now
  std::map<Key, Instant> due_;                ///< when to look at a flow again: once for each
  std::set<std::pair<Instant, Key>> waiting_;  ///< the same, in the order of time
  std::map<std::string, Active> active_;      ///< by run id
  std::map<std::string, Tick> resting_;       ///< by run id: not before
  std::optional<Tick> last_beat_ = {};
  std::jthread thread_;
};

}  // namespace foz::schedule
