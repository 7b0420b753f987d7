#include "schedule/scheduler.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/pool.h"
#include "flow/document.h"

namespace foz::schedule {
namespace {

/// How long the loop sleeps at most: a wall clock that is set, or a missed wake-up, costs no more than this.
constexpr std::chrono::seconds kSleepMax{5};
// A run whose state the store did not take is tried again after this long; the loop wakes often enough by kSleepMax.
constexpr std::chrono::seconds kStoreRest{5};
/// How often a run under way writes into its record how far it has come.
constexpr std::chrono::seconds kBeatEvery{5};
/// A run that was told to stop because it stands still has this long to end by itself.
constexpr std::chrono::seconds kStopGrace{60};
/// Flows that are looked at between two looks at the workers; their runs are stored together.
constexpr size_t kLooksTogether = 64;

Coverage coverage_of(const flow::Position& position) {
  return {.begun = position.begun, .covered = position.covered, .ticks_after = position.ticks_after};
}

}  // namespace

Timetable timetable_of(const flow::Schedule& schedule) {
  Timetable timetable{.start = schedule.start, .end = schedule.end, .backfill = schedule.backfill};
  if (schedule.recurring()) timetable.period = schedule.period();
  return timetable;
}

std::chrono::seconds settle_of(const flow::Flow& flow) {
  if (flow.options.settle) return *flow.options.settle;
  const Json* spec = at_pointer(flow.doc, "/inheritedAttributes/sourceConnections/0/connectionSpec");
  const sources::SourceSpec* source = spec == nullptr ? nullptr : sources::source_with_spec(text_of(*spec, "id"));
  return source == nullptr ? std::chrono::seconds(10) : source->settle;
}

flow::Run run_for(const flow::Flow& flow, const DueRun& due, Instant now, Random& random) {
  flow::Run run = flow::new_run(flow, random, now);
  run.window_from = due.from;
  run.window_to = due.to;
  run.first_backfill = due.first_backfill;
  return run;
}

Scheduler::Scheduler(SchedulerParts parts, SchedulerSettings settings) : parts_(std::move(parts)), settings_(settings), up_since_(parts_.clock.now()) {}

Scheduler::~Scheduler() { stop(std::chrono::milliseconds(0)); }

void Scheduler::start() {
  thread_ = std::jthread([this](std::stop_token stop) {
    name_this_thread("foz-scheduler");
    loop(stop);
  });
}

void Scheduler::ask_to_stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  for (auto& [id, active] : active_) active.control->ask(StopReason::shutdown);
}

bool Scheduler::is_stopping() const {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void Scheduler::stop(std::chrono::milliseconds grace) {
  ask_to_stop();
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  std::unique_lock lock(mutex_);
  const auto idle = [&] { return active_.empty(); };
  if (changed_.wait_for(lock, grace, idle)) return;
  log::warning("scheduler.slow_stop", {{"runs", active_.size()}});
  changed_.wait(lock, idle);
}

void Scheduler::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void Scheduler::cancel(const RunId& run) {
  std::lock_guard lock(mutex_);
  const auto found = active_.find(run.text);
  if (found != active_.end()) found->second.control->ask(StopReason::cancelled);
  woken_ = true;
  changed_.notify_all();
}

void Scheduler::changed(const SandboxId& sandbox, const FlowId& flow) {
  std::lock_guard lock(mutex_);
  dirty_.insert({sandbox.text, flow.text});
  woken_ = true;
  changed_.notify_all();
}

size_t Scheduler::active_runs() const {
  std::lock_guard lock(mutex_);
  return active_.size();
}

size_t Scheduler::waiting_flows() const {
  std::lock_guard lock(mutex_);
  return waiting_.size();
}

/// Tried at each turn until the database tells: without it no flow would ever run.
void Scheduler::load_flows() {
  const auto keys = flow::FlowStore::enabled(parts_.database);
  if (!keys) return log::error("scheduler.no_flows", {{"error", keys.error()}});
  std::lock_guard lock(mutex_);
  dirty_.insert(keys->begin(), keys->end());
  loaded_ = true;
}

void Scheduler::loop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const Instant until = turn();
    std::unique_lock lock(mutex_);
    const auto span = std::max<std::chrono::microseconds>(until - parts_.clock.now(), std::chrono::milliseconds(1));
    changed_.wait_for(lock, stop, span, [&] { return woken_; });
    woken_ = false;
  }
}

Instant Scheduler::turn() {
  if (!loaded_) load_flows();
  const std::vector<Key> keys = flows_to_look_at();
  // What is found due among thousands of flows starts while the others are looked at.
  for (size_t at = 0; at < keys.size() && !is_stopping(); at += kLooksTogether) {
    look_at(std::span(keys).subspan(at, std::min(kLooksTogether, keys.size() - at)));
    dispatch();
  }
  if (keys.empty()) dispatch();
  check_stalls();
  beat();
  return next_wake();
}

std::vector<Scheduler::Key> Scheduler::flows_to_look_at() {
  std::lock_guard lock(mutex_);
  std::vector<Key> keys(dirty_.begin(), dirty_.end());
  dirty_.clear();
  const Instant now = parts_.clock.now();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    keys.push_back(waiting_.begin()->second);
    due_.erase(keys.back());
    waiting_.erase(waiting_.begin());
  }
  return keys;
}

struct Scheduler::Sight {
  flow::Flow flow;
  flow::Position position;
  NextRun next;  ///< nothing at all: the flow is idle, or its run's end will bring it back
  bool refresh_due = false;  ///< and no window is
  bool due() const { return next.due.has_value() || refresh_due; }
};

Result<Scheduler::Sight> Scheduler::sight(store::Reader& reader, const Key& key) const {
  const Instant now = parts_.clock.now();
  TRY(flow::Flow flow, flow::FlowStore::find(reader, key.sandbox, key.id, settings_.partial_ingestion_percent_default));
  Sight seen{.flow = std::move(flow), .position = {}, .next = {}};
  if (!seen.flow.enabled()) return seen;
  TRY(seen.position, flow::FlowStore::position(reader, key.sandbox, key.id, now));
  TRY(const auto unfinished, flow::RunStore::unfinished_of(reader, key.sandbox, key.id));
  const bool window_out = std::any_of(unfinished.begin(), unfinished.end(), [](const flow::Run& run) { return run.trigger == flow::Trigger::tick; });
  if (window_out) return seen;
  const flow::Position& position = seen.position;
  seen.next = next_run({.timetable = timetable_of(seen.flow.schedule), .coverage = coverage_of(position), .created = position.since, .now = now,
                        .up_since = up_since_, .settle = settings_.settle.value_or(parts_.settle_of(seen.flow)), .catch_up = settings_.catch_up});
  const bool refresh_out = std::any_of(unfinished.begin(), unfinished.end(), [](const flow::Run& run) { return run.trigger == flow::Trigger::refresh; });
  if (!seen.next.due && !refresh_out) TRY_DO(look_at_refresh(reader, seen));
  return seen;
}

/// Beside the windows, once the first of them was handed out.
Status Scheduler::look_at_refresh(store::Reader& reader, Sight& seen) const {
  const flow::Flow& flow = seen.flow;
  if (!flow.options.calculated_refresh || !seen.position.begun || !flow.schedule.recurring()) return {};
  TRY(const auto last, flow::FlowStore::refreshed(reader, flow.sandbox, flow.id));
  const Timetable grid{.start = flow.schedule.start, .period = flow.options.calculated_refresh->period(), .end = flow.schedule.end};
  const NextRefresh refresh = next_refresh(grid, last.value_or(std::max(seen.position.since, flow.schedule.start)), parts_.clock.now());
  seen.refresh_due = refresh.due;
  if (refresh.look_again) seen.next.look_again = std::min(*refresh.look_again, seen.next.look_again.value_or(*refresh.look_again));
  return {};
}

void Scheduler::look_at(std::span<const Key> keys) {
  // Most looks find nothing due: those take no turn of the store's writer. The others share one.
  std::vector<Key> due;
  for (const Key& key : keys) {
    const auto seen = sight(parts_.database, key);
    if (seen && seen->due()) due.push_back(key);
    else if (seen) note(key, seen->next.look_again);
    else look_failed(key, seen.error());
  }
  if (due.empty()) return;
  std::vector<std::pair<Key, std::optional<Instant>>> again;
  const Status stored = parts_.database.write([&](store::Transaction& transaction) -> Status {
    again.clear();
    for (const Key& key : due) {
      TRY(Sight seen, sight(transaction, key));
      again.emplace_back(key, seen.next.look_again);
      if (seen.due()) TRY_DO(make_run(transaction, seen));
    }
    return {};
  });
  crash_point("schedule.after_make_run");
  if (stored) {
    for (const auto& [key, at] : again) note(key, at);
  } else {
    for (const Key& key : due) look_failed(key, stored.error());
  }
}

/// The run of a window, and the position behind it, in the same step; or a refresh, and when it was.
Status Scheduler::make_run(store::Transaction& transaction, Sight& seen) {
  if (!seen.next.due) {
    const Instant now = parts_.clock.now();
    flow::Run run = flow::new_run(seen.flow, parts_.random, now);
    run.trigger = flow::Trigger::refresh;
    TRY_DO(flow::RunStore::insert(transaction, run));
    return flow::FlowStore::put_refreshed(transaction, seen.flow.sandbox, seen.flow.id, now);
  }
  seen.position.begun = seen.next.due->after.begun;
  seen.position.covered = seen.next.due->after.covered;
  TRY_DO(flow::RunStore::insert(transaction, run_for(seen.flow, *seen.next.due, parts_.clock.now(), parts_.random)));
  crash_point("schedule.inside_make_run");
  return flow::FlowStore::put_position(transaction, seen.flow.sandbox, seen.flow.id, seen.position);
}

void Scheduler::look_failed(const Key& key, const Error& error) {
  if (error.kind == ErrorKind::not_found) return note(key, std::nullopt);
  log::error("scheduler.look_failed", {{"flow", key.id}, {"error", error}});
  note(key, parts_.clock.now() + std::chrono::seconds(10));
}

void Scheduler::note(const Key& key, std::optional<Instant> at) {
  std::lock_guard lock(mutex_);
  if (const auto before = due_.find(key); before != due_.end()) {
    waiting_.erase({before->second, key});
    due_.erase(before);
  }
  if (!at) return;
  due_.emplace(key, *at);
  waiting_.emplace(*at, key);
}

void Scheduler::dispatch() {
  // A run that must wait for an earlier one makes room for the next.
  for (std::set<std::string> met;;) {
    const auto refs = startable(met);
    if (!refs) return log::error("scheduler.no_runs", {{"error", refs.error()}});
    bool some_wait = false;
    for (const flow::RunRef& ref : *refs) {
      met.insert(ref.id);
      auto run = flow::RunStore::find(parts_.database, ref.sandbox, ref.id);
      const bool still = run && !flow::is_final(run->state) && run->not_before_ms <= to_millis(parts_.clock.now());
      if (still && waits_for_earlier(*run)) some_wait = true;
      else if (still) start_run(std::move(*run));
    }
    if (!some_wait) return;
  }
}

Result<std::vector<flow::RunRef>> Scheduler::startable(const std::set<std::string>& met) {
  std::set<Key> busy;
  size_t room = 0;
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && active_.size() < settings_.runs_concurrent) room = settings_.runs_concurrent - active_.size();
    for (const auto& [id, active] : active_) busy.insert(active.flow);
  }
  std::vector<flow::RunRef> refs;
  if (room == 0) return refs;
  TRY_DO(flow::RunStore::each_due(parts_.database, parts_.clock.now(), [&](const flow::RunRef& ref) {
    if (met.contains(ref.id) || busy.contains({ref.sandbox, ref.flow_id}) || is_resting(ref.id)) return true;  // however many of them stand in front
    busy.insert({ref.sandbox, ref.flow_id});
    refs.push_back(ref);
    return refs.size() < room;
  }));
  return refs;
}

/// Its time to rest after the store refused it is not over.
bool Scheduler::is_resting(const std::string& run) {
  std::lock_guard lock(mutex_);
  const auto rest = resting_.find(run);
  if (rest == resting_.end()) return false;
  if (parts_.clock.tick() < rest->second) return true;
  resting_.erase(rest);
  return false;
}

/// Windows of a flow's sequence land in their order: one that is looked back into must not still be waiting for another try,
/// or its rows would land twice.
bool Scheduler::waits_for_earlier(const flow::Run& run) {
  if (run.trigger != flow::Trigger::tick) return false;
  const auto unfinished = flow::RunStore::unfinished_of(parts_.database, run.sandbox, run.flow_id);
  if (!unfinished) return true;  // the next turn asks again
  return std::any_of(unfinished->begin(), unfinished->end(), [&](const flow::Run& other) {
    const bool earlier = run.window_from && (!other.window_from || *other.window_from < *run.window_from);
    return other.id != run.id && other.trigger == flow::Trigger::tick && earlier;
  });
}

void Scheduler::start_run(flow::Run run) {
  const Key key{run.sandbox, run.flow_id};
  const std::string id = run.id;
  auto control = std::make_shared<RunControlBlock>();
  control->progress.touch(parts_.clock);
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || active_.size() >= settings_.runs_concurrent || active_.contains(id)) return;
    active_.emplace(id, Active{.flow = key, .control = control});
  }
  const bool taken = parts_.submit([this, run = std::move(run), control] { execute(run, *control); });
  if (!taken) finished(id, key, true);
}

void Scheduler::execute(flow::Run run, RunControlBlock& control) {
  const std::string id = run.id;
  const Key key{run.sandbox, run.flow_id};
  bool stored = control.reason == StopReason::shutdown;  // before it began: a restart goes on with it
  try {
    if (!stored) stored = parts_.engine.execute(std::move(run), control);
  } catch (const std::exception& fault) {
    log::error("run.fault", {{"run", id}, {"fault", fault.what()}});  // a fault needs the pause too
  }
  finished(id, key, stored);
}

void Scheduler::finished(const std::string& run_id, const Key& flow, bool stored) {
  std::lock_guard lock(mutex_);
  active_.erase(run_id);
  if (!stored) resting_[run_id] = parts_.clock.tick() + kStoreRest;
  dirty_.insert(flow);
  woken_ = true;
  changed_.notify_all();
}

void Scheduler::check_stalls() {
  std::vector<std::pair<std::string, Active>> stuck;
  {
    std::lock_guard lock(mutex_);
    metrics::set("foz_runs_active", static_cast<double>(active_.size()));
    const Tick now = parts_.clock.tick();
    for (auto& [id, active] : active_) {
      if (active.stalled_at && now - *active.stalled_at >= kStopGrace) stuck.emplace_back(id, active);
      if (active.stalled_at || now - active.control->progress.last_moved() < settings_.stall) continue;
      log::warning("run.stalled", {{"run", id}});
      active.stalled_at = now;
      active.control->ask(StopReason::stalled);
    }
  }
  for (const auto& [id, active] : stuck) {
    parts_.engine.abandon(active.flow.sandbox, id, *active.control);
    finished(id, active.flow, true);
  }
}

void Scheduler::beat() {
  std::vector<std::pair<std::string, Active>> alive;
  {
    std::lock_guard lock(mutex_);
    const Tick now = parts_.clock.tick();
    if (active_.empty() || (last_beat_ && now - *last_beat_ < kBeatEvery)) return;
    last_beat_ = now;
    alive.assign(active_.begin(), active_.end());
  }
  for (const auto& [id, active] : alive) parts_.engine.beat(active.flow.sandbox, id, *active.control);
}

Instant Scheduler::next_wake() {
  const Instant now = parts_.clock.now();
  Instant until = now + kSleepMax;
  {
    std::lock_guard lock(mutex_);
    if (!waiting_.empty()) until = std::min(until, waiting_.begin()->first);
  }
  if (const auto due = flow::RunStore::next_due(parts_.database, now); due && *due) until = std::min(until, **due);
  return until;
}

}  // namespace foz::schedule
