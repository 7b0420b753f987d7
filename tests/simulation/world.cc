#include "tests/simulation/world.h"

#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "base/log_sink.h"
#include "base/time_text.h"

namespace foz::simulation {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// What happens by itself, by chance, about once in `every`. At any time: also while a run is under way; then it must not
/// call a vendor, nor end the life.
struct World::Happening {
  std::string_view name;
  seconds every;
  bool any_time;
  bool when_settling;
  void (World::*happens)();
};

const std::vector<World::Happening>& World::happenings() {
  static const std::vector<Happening> kHappenings = {
      {"rows change", seconds(100), true, false, &World::rows_change},
      {"weather", minutes(20), true, false, &World::weather_changes},
      {"kill", minutes(35), true, false, &World::process_is_killed},
      {"stop", minutes(120), true, false, &World::process_is_stopped},
      {"clock", hours(3), true, false, &World::clock_jumps},
      {"quota", hours(5), true, false, &World::quota_goes},
      {"tokens", minutes(50), true, false, &World::tokens_expire},
      {"cancel", minutes(20), true, false, &World::run_is_cancelled},
      {"ask", minutes(15), true, false, &World::run_is_asked_for},
      {"repeat", minutes(15), true, true, &World::run_is_repeated},
      {"switch", minutes(30), false, false, &World::flow_is_switched},
      {"patch", minutes(45), false, false, &World::schedule_is_patched},
      {"delete", hours(4), false, false, &World::flow_is_deleted},
      {"sweep", minutes(20), false, true, &World::house_is_swept},
      {"turn", seconds(60), true, true, &World::scheduler_takes_turn},
  };
  return kHappenings;
}

World::World(WorldOptions options, std::filesystem::path root)
    : options_(std::move(options)),
      root_(std::move(root)),
      trace_(options_.trace_line),
      script_(options_.seed),
      timeline_(from_seconds(1'727'049'600)),
      fate_(timeline_, trace_, options_.seed ^ 0x9e3779b97f4a7c15u, root_.string()),
      disk_clock_(timeline_, offset_),
      files_(disk_, [this](const lake::FileCall& call) { return fate_.of_file(call); }, &disk_clock_),
      vendors_(timeline_, fate_, script_, options_.seed),
      settings_{.root = root_} {
  if (script_.below(2) == 0) settings_.spool_days = 0.05;
  const uint64_t pick = script_.below(10);
  if (pick < 2) settings_.catch_up = schedule::CatchUp::replay;
  if (pick == 2) settings_.catch_up = schedule::CatchUp::skip;
  log::write_to([this](std::string_view line) {
    Json json = *parse_json(line);
    json.erase("time");
    const std::string text = fate_.without_root(to_text(json));
    fate_.note("log", text);
    if (text_of(json, "event") == "run.fault") faults_.push_back(text);
  });
  timeline_.next_event = [this] { return next_happening(true); };
  timeline_.happen = [this] { happen_due(true); };
}

World::~World() {
  timeline_.next_event = nullptr;
  core_.reset();
  log::write_to(nullptr);
}

WorldResult World::play() {
  begin_life();
  flows_ = make_flows(*core_, vendors_, script_, options_.flows);
  troubled_ = true;
  due_.resize(happenings().size());
  for (size_t i = 0; i < due_.size(); ++i) plan(i);
  go_on_until(timeline_.now() + options_.trouble);
  settle();
  WorldResult result{.broken = broken_promises({.core = *core_, .vendors = vendors_, .flows = flows_, .root = root_, .catch_up = settings_.catch_up}), .lives = lives_};
  for (const std::string& fault : faults_) result.broken.push_back("a fault in Foz: " + fault);
  const store::Row sums = **core_->sqlite->first("SELECT (SELECT count(*) FROM runs), (SELECT coalesce(sum(records), 0) FROM dataset_files)");
  result.runs = static_cast<size_t>(sums.integer(0));
  result.rows = sums.integer(1);
  result.trace_hash = trace_.hash();
  result.trace_lines = trace_.lines();
  return result;
}

// --- Lives ------------------------------------------------------------------------------------------------------------

void World::begin_life() {
  fate_.begin_life();
  shutting_down_ = false;
  ++lives_;
  fate_.note("life", std::to_string(lives_));
  core_ = std::make_unique<Core>(CoreWorld{.timeline = timeline_, .offset = offset_, .fate = fate_, .files = files_, .vendors = vendors_, .seed = script_.next()}, settings_);
}

/// The process is gone; so is the power, now and then. It stays away for a moment, or for long.
void World::end_life() {
  const bool killed = !fate_.alive();
  core_.reset();
  if (killed && script_.below(3) == 0) {
    files_.cut_power(fate_.random());
    fate_.note("power", "cut");
  }
  const seconds away = script_.below(4) == 0 ? minutes(script_.below(150)) : seconds(script_.below(40));
  begins_again_ = timeline_.now() + away;
}

void World::go_on_until(Instant end, const std::function<bool()>& done) {
  while (timeline_.now() < end && !(done && done())) step(end);
}

void World::step(Instant end) {
  if (is_over()) end_life();
  if (!core_ && timeline_.now() >= begins_again_) begin_life();
  happen_due(false);
  if (!core_ || is_over()) {
    if (!core_) timeline_.pass_until(std::min({end, begins_again_, next_happening(false).value_or(end)}));
    return;
  }
  const Instant wanted = core_->scheduler.turn() - offset_;
  if (core_->jobs() > 0) return core_->do_job(script_.below(core_->jobs()));
  const Instant next = std::min({end, wanted, next_happening(false).value_or(end)});
  timeline_.pass_until(std::max(next, timeline_.now() + milliseconds(1)), [this] { return is_over() || core_->jobs() > 0; });
}

// --- What happens -----------------------------------------------------------------------------------------------------

void World::plan(size_t index) {
  const double wait = -std::log(1 - script_.unit()) * static_cast<double>(happenings()[index].every.count());
  const bool never = std::find(options_.without.begin(), options_.without.end(), happenings()[index].name) != options_.without.end();
  due_[index] = never ? Instant::max() : timeline_.now() + seconds(1) + microseconds(static_cast<int64_t>(wait * 1e6));
}

std::optional<Instant> World::next_happening(bool any_time_only) const {
  std::optional<Instant> next;
  for (size_t i = 0; i < due_.size(); ++i) {
    const Happening& row = happenings()[i];
    if ((any_time_only && !row.any_time) || (!troubled_ && !row.when_settling)) continue;
    if (!next || due_[i] < *next) next = due_[i];
  }
  return next;
}

void World::happen_due(bool any_time_only) {
  for (size_t i = 0; i < due_.size(); ++i) {
    const Happening& row = happenings()[i];
    if (due_[i] > timeline_.now() || (any_time_only && !row.any_time) || (!troubled_ && !row.when_settling)) continue;
    plan(i);
    (this->*row.happens)();
  }
}

void World::rows_change() { vendors_.change_rows(table_rows()[script_.below(table_rows().size())]); }

void World::weather_changes() {
  const auto pick = [&](std::initializer_list<double> shares) { return *(shares.begin() + script_.below(shares.size())); };
  fate_.weather = {.network = pick({0, 0, 0.02, 0.1, 0.4}), .disk = pick({0, 0, 0, 0.01, 0.1}), .database = pick({0, 0, 0, 0.02, 0.2})};
  fate_.note("weather", std::to_string(fate_.weather.network) + " " + std::to_string(fate_.weather.disk) + " " + std::to_string(fate_.weather.database));
}

void World::process_is_killed() {
  if (core_) fate_.doom(script_.below(400));
}

void World::process_is_stopped() {
  if (!core_ || !fate_.alive()) return;
  fate_.note("stop", "asked for");
  core_->scheduler.ask_to_stop();
  shutting_down_ = true;
}

/// Somebody sets the host's clock wrong, or right again.
void World::clock_jumps() {
  constexpr int64_t kJumps[] = {-86'400, -3600, -20, 20, 3600, 86'400};
  offset_ = offset_.count() != 0 ? microseconds(0) : microseconds(seconds(kJumps[script_.below(std::size(kJumps))]));
  fate_.note("clock", "off by " + std::to_string(offset_.count() / 1'000'000));
}

void World::quota_goes() { vendors_.set_quota(script_.below(2) == 0 ? "salesforce" : "hubspot", script_.below(3) == 0); }

void World::tokens_expire() { vendors_.expire_tokens(script_.below(2) == 0 ? "salesforce" : "hubspot"); }

std::optional<flow::Run> World::some_run(const std::function<bool(const flow::Run&)>& fits) {
  std::vector<flow::Run> found;
  const auto rows = core_->sqlite->query("SELECT doc FROM runs ORDER BY created_ms DESC, id LIMIT 200");
  for (const store::Row& row : *rows) {
    flow::Run run = flow::run_of(*parse_json(row.text(0), {.depth_max = 256})).value();
    if (fits(run)) found.push_back(std::move(run));
  }
  if (found.empty()) return std::nullopt;
  return found[script_.below(found.size())];
}

template <class T>
void World::note(std::string_view what, const Result<T>& result) {
  fate_.note(what, result ? "done" : "refused: " + fate_.without_root(to_string(result.error())));
}
void World::note(std::string_view what, const Status& result) { fate_.note(what, result ? "done" : "refused: " + fate_.without_root(to_string(result.error()))); }

void World::run_is_cancelled() {
  if (!core_ || is_over()) return;
  if (const auto run = some_run([](const flow::Run& one) { return !flow::is_final(one.state); })) note("cancel", core_->service.runs.cancel(core_->scope(), run->id, {}));
}

void World::run_is_asked_for() {
  if (!core_ || is_over()) return;
  Json body = {{"flowId", flows_[script_.below(flows_.size())].id}};
  if (script_.below(2) == 0) {
    const int64_t now = to_seconds(core_->clock.now()), from = now - static_cast<int64_t>(script_.below(86'400));
    body["params"] = {{"windowStartTime", from}, {"windowEndTime", from + 60 + static_cast<int64_t>(script_.below(86'400))}};
    if (script_.below(3) == 0) body["params"]["startTime"] = now + static_cast<int64_t>(script_.below(3600));
    if (script_.below(3) == 0) body["params"]["mode"] = "skipExisting";
  }
  note("ask", core_->service.runs.create(core_->scope(), body));
}

void World::run_is_repeated() {
  if (!core_ || is_over()) return;
  if (!troubled_) return repeat_failed();
  if (const auto run = some_run([](const flow::Run& one) { return one.state == flow::RunState::failed; })) note("repeat", core_->service.runs.retrigger(core_->scope(), run->id, {}));
}

void World::flow_is_switched() {
  if (!core_ || is_over()) return;
  const std::string& id = flows_[script_.below(flows_.size())].id;
  if (script_.below(3) == 0) note("disable", core_->service.flows.disable(core_->scope(), id, {}));
  else note("enable", core_->service.flows.enable(core_->scope(), id, {}));
}

void World::schedule_is_patched() {
  if (!core_ || is_over()) return;
  const FlowCase& flow = flows_[script_.below(flows_.size())];
  if (!flow.recurring) return;
  const auto stored = core_->service.flows.find(*core_->sqlite, core_->scope().sandbox, flow.id);
  if (!stored) return;
  const bool minute = script_.below(3) > 0;
  const Json patch = {{{"op", "replace"}, {"path", "/scheduleParams/frequency"}, {"value", minute ? "minute" : "hour"}},
                      {{"op", "replace"}, {"path", "/scheduleParams/interval"}, {"value", minute ? 15 + 5 * script_.below(6) : 1 + script_.below(2)}}};
  note("patch", core_->service.flows.patch(core_->scope(), flow.id, text_of(*stored, "etag"), patch));
}

void World::flow_is_deleted() {
  if (!core_ || is_over()) return;
  note("delete", core_->service.flows.remove(core_->scope(), flows_[script_.below(flows_.size())].id, {}));
}

void World::house_is_swept() {
  if (core_ && !is_over()) core_->sweep();
}

void World::scheduler_takes_turn() {
  if (core_ && !is_over()) core_->scheduler.turn();
}

// --- The end ----------------------------------------------------------------------------------------------------------

/// Nothing goes wrong any more: all flows catch up, what failed is repeated, what is left over is swept.
void World::settle() {
  fate_.note("settle", "");
  troubled_ = false;
  fate_.weather = {};
  offset_ = microseconds(0);
  for (const std::string_view vendor : {"salesforce", "hubspot"}) vendors_.set_quota(vendor, false);
  if (core_) end_life();
  begins_again_ = timeline_.now();
  go_on_until(timeline_.now() + seconds(1));
  for (const FlowCase& flow : flows_) {
    if (script_.below(3) > 0) note("enable", core_->service.flows.enable(core_->scope(), flow.id, {}));
  }
  settled_since_ = timeline_.now() + minutes(5);
  // Whoever looks after failed runs may repeat one at the very end: that one counts, too.
  for (int round = 0; round < 5 && !(round > 0 && has_settled()); ++round) {
    go_on_until(timeline_.now() + hours(72), [this, looked = timeline_.now()]() mutable {
      if (timeline_.now() < looked + minutes(10)) return false;
      looked = timeline_.now();
      return has_settled();
    });
    repeat_failed();
  }
  core_->scheduler.ask_to_stop();
  timeline_.pass_until(timeline_.now() + hours(24 + 4));  // what was written while the clock was a day ahead is old by then, too
  core_->sweep();
}

/// A client who looks after failed runs.
void World::repeat_failed() {
  const auto rows = core_->sqlite->query("SELECT id FROM runs WHERE state = 'failed' ORDER BY created_ms DESC, id");
  for (const store::Row& row : *rows) {
    note("repeat", core_->service.runs.retrigger(core_->scope(), row.text(0), {}));
  }
}

bool World::has_settled() {
  if (core_->sqlite->first("SELECT 1 FROM runs WHERE state IN ('scheduled', 'queued', 'inProgress')")->has_value()) return false;
  for (const FlowCase& flow : flows_) {
    const auto stored = flow::FlowStore::find(*core_->sqlite, core_->scope().sandbox, flow.id);
    if (!stored || !stored->enabled() || !flow.recurring) continue;
    const auto position = flow::FlowStore::position(*core_->sqlite, core_->scope().sandbox, flow.id, {});
    if (!position->covered || *position->covered < settled_since_) return false;
  }
  return true;
}

}  // namespace foz::simulation
