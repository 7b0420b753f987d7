// Runs asked for, repeated, stopped. Follows: Flow Service contract, 11.3, 11.4, 13.2.
#include "flow/runs.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "flow/service_world.h"

namespace foz::flow {
namespace {

using testing::kStartSeconds;

class RunsTest : public ::testing::Test {
 protected:
  const Runs& runs() { return world_.service->runs; }
  Result<Written> create(const Json& params, const std::string& flow = "") {
    return runs().create(world_.scope(), {{"flowId", flow.empty() ? flow_ : flow}, {"status", "active"}, {"params", params}});
  }
  flow::Run stored(const std::string& id) { return RunStore::find(world_.database(), world_.scope().sandbox, id).value(); }
  Instant now() { return world_.store.clock.now(); }
  template <class T>
  static std::string code(const Result<T>& result) { return result ? "ok" : result.error().code; }

  /// Brings a run to its end, as the engine would.
  flow::Run finish(const std::string& id, RunState end, int64_t rows = 0, bool copy_failed = false) {
    flow::Run run = stored(id);
    const RunState before = run.state;
    run.state = end;
    run.started_ms = run.completed_ms = run.updated_ms = to_millis(now());
    run.copy.state = copy_failed ? RunState::failed : RunState::success;
    run.copy.input_records = rows;
    if (!copy_failed) run.promotion = ActivityReport{.state = end, .input_records = rows, .output_records = rows};
    EXPECT_TRUE(world_.database().write([&](store::Transaction& transaction) -> Status {
      if (end == RunState::failed && copy_failed) TRY_DO(FlowStore::give_window_back(transaction, run, now()));
      return RunStore::update(transaction, run, before);
    }));
    return run;
  }
  /// A run of the flow's own sequence up to now.
  std::string next_window() { return create(nullptr).value().id; }
  std::vector<std::string> unfinished() {
    const auto runs = RunStore::unfinished_of(world_.database(), world_.scope().sandbox, flow_).value();
    std::vector<std::string> ids;
    for (const flow::Run& run : runs) ids.push_back(run.id);
    return ids;
  }
  void pass(std::chrono::minutes span) { world_.store.clock.advance(span); }

  testing::ServiceWorld world_;
  std::string flow_ = world_.flow();
};

TEST_F(RunsTest, ReadsAWindowOnDemand) {
  pass(std::chrono::hours(10));
  const auto written = create({{"startTime", std::to_string(kStartSeconds)}, {"windowStartTime", std::to_string(kStartSeconds - 7200)}, {"windowEndTime", (kStartSeconds - 3600) * 1000},
                               {"deltaColumn", {{"name", "LastModifiedDate"}}}});
  ASSERT_TRUE(written) << written.error().message;
  const flow::Run run = stored(written->id);
  EXPECT_EQ(run.state, RunState::queued);
  EXPECT_EQ(run.trigger, Trigger::on_demand);
  EXPECT_EQ(run.not_before_ms, to_millis(now())) << "a start in the past is now";
  EXPECT_EQ(run.window_from, from_seconds(kStartSeconds - 7200));
  EXPECT_EQ(run.window_to, from_seconds(kStartSeconds - 3600)) << "milliseconds from 10^11 on";
  EXPECT_EQ(run.user_id, world_.scope().user_id);
  EXPECT_EQ(run.delta_column->name, "LastModifiedDate");
  EXPECT_FALSE(world_.position(flow_).begun) << "the schedule stays where it is";
  EXPECT_EQ(world_.heard.take(), (std::vector<std::string>{"changed " + flow_, "wake"}));
}

TEST_F(RunsTest, WaitsForAStartInTheFuture) {
  const int64_t later = kStartSeconds + 86'400;
  const flow::Run run = stored(create({{"startTime", later}, {"windowStartTime", 0}, {"windowEndTime", 16'500'000'000}}).value().id);
  EXPECT_EQ(run.state, RunState::scheduled);
  EXPECT_EQ(run.not_before_ms, later * 1000);
  EXPECT_EQ(run.window_from, std::nullopt) << "0 is minus infinity";
  EXPECT_EQ(run.window_to, from_seconds(later)) << "cut off at the start of the run";
}

TEST_F(RunsTest, RefusesWhatItCannotRead) {
  struct Case {
    std::string name;
    Json params;
    std::string code;
  };
  const std::vector<Case> cases = {
      {"params as text", "x", "CONNECTOR-1384-400"},
      {"a time that is none", {{"windowStartTime", "yesterday"}, {"windowEndTime", 5}}, "CONNECTOR-1340-400"},
      {"a start that is none", {{"startTime", 1.5}}, "CONNECTOR-1340-400"},
      {"an end before the begin", {{"windowStartTime", 20}, {"windowEndTime", 10}}, "CONNECTOR-1381-400"},
      {"an empty window", {{"windowStartTime", 20}, {"windowEndTime", 20}}, "CONNECTOR-1381-400"},
      {"a begin in the future", {{"windowStartTime", kStartSeconds + 10}, {"windowEndTime", kStartSeconds + 20}}, "CONNECTOR-1381-400"},
      {"no begin", {{"windowEndTime", 20}}, "CONNECTOR-1384-400"},
      {"later without a window", {{"startTime", kStartSeconds + 60}}, "CONNECTOR-1384-400"},
      {"another delta column", {{"windowStartTime", 1}, {"windowEndTime", 2}, {"deltaColumn", {{"name", "SystemModstamp"}}}}, "CONNECTOR-1382-400"},
      {"a delta column without name", {{"windowStartTime", 1}, {"windowEndTime", 2}, {"deltaColumn", Json::object()}}, "CONNECTOR-1304-400"},
      {"an unknown mode", {{"windowStartTime", 1}, {"windowEndTime", 2}, {"mode", "upsert"}}, "CONNECTOR-1312-400"},
      {"a window and a replay", {{"windowStartTime", 1}, {"replayRejected", "x"}}, "CONNECTOR-1384-400"},
      {"an unknown run to replay", {{"replayRejected", "x"}}, "FLOW-1428-400"},
  };
  for (const Case& c : cases) EXPECT_EQ(code(create(c.params)), c.code) << c.name;
  EXPECT_EQ(code(runs().create(world_.scope(), Json::array())), "FLOW-1405-400");
  EXPECT_EQ(code(runs().create(world_.scope(), nullptr)), "FLOW-1405-400");
  EXPECT_EQ(code(runs().create(world_.scope(), Json::object())), "FLOW-1446-400");
  EXPECT_EQ(code(runs().create(world_.scope(), {{"flowId", "none"}})), "FLOW-1430-400");
  ASSERT_TRUE(world_.service->flows.disable(world_.scope(), flow_, std::nullopt));
  EXPECT_EQ(code(create(nullptr)), "FLOW-1444-400");
  const std::string draft = world_.service->flows.create(world_.scope(), {{"name", "d"}}, Mode::draft).value().id;
  EXPECT_EQ(code(create(nullptr, draft)), "FLOW-1444-400");
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM runs").value()->integer(0), 0);
}

TEST_F(RunsTest, TakesTheNextWindowWithoutParams) {
  const flow::Run first = stored(runs().create(world_.scope(), {{"flowId", flow_}, {"status", "active"}}).value().id);
  EXPECT_EQ(first.window_from, std::nullopt) << "the first run reads everything";
  EXPECT_EQ(first.window_to, now());
  EXPECT_TRUE(first.first_backfill);
  EXPECT_EQ(first.trigger, Trigger::tick) << "it is one of the flow's own windows";
  EXPECT_EQ(world_.position(flow_).covered, now());
  EXPECT_EQ(code(create(nullptr)), "CONNECTOR-1381-400") << "nothing happened since";
  pass(std::chrono::minutes(5));
  const flow::Run second = stored(create(Json::object()).value().id);
  EXPECT_EQ(second.window_from, first.window_to);
  EXPECT_EQ(second.window_to, now());
  EXPECT_FALSE(second.first_backfill);
}

TEST_F(RunsTest, LeavesOutHistoryWhereTheFlowDoes) {
  Json body = world_.flow_body();
  body["scheduleParams"] = {{"startTime", kStartSeconds - 3600}, {"frequency", "day"}, {"interval", 1}, {"backfill", false}};
  const std::string flow = world_.service->flows.create(world_.scope(), body, Mode::live).value().id;
  EXPECT_EQ(stored(create(nullptr, flow).value().id).window_from, from_seconds(kStartSeconds - 3600));
  body["scheduleParams"]["startTime"] = kStartSeconds + 3600;
  const std::string later = world_.service->flows.create(world_.scope(), body, Mode::live).value().id;
  EXPECT_EQ(code(create(nullptr, later)), "CONNECTOR-1381-400") << "everything before its start is history";
  body["scheduleParams"] = {{"startTime", kStartSeconds + 3600}, {"frequency", "once"}};
  const std::string once = world_.service->flows.create(world_.scope(), body, Mode::live).value().id;
  const flow::Run run = stored(create(nullptr, once).value().id);
  EXPECT_EQ(run.window_to, std::nullopt) << "a one-time flow reads all there is";
  EXPECT_TRUE(world_.position(once).begun);
}

TEST_F(RunsTest, GivesItsDeltaColumnToAFlowWithoutOne) {
  Json body = world_.flow_body();
  body["transformations"] = {body["transformations"][1]};
  const std::string flow = world_.service->flows.create(world_.scope(), body, Mode::live).value().id;
  const std::string etag = text_of(world_.stored(flow), "etag");
  const Json window = {{"windowStartTime", 1}, {"windowEndTime", 2}};
  Json with_column = window;
  with_column["deltaColumn"] = "LastModifiedDate";
  EXPECT_EQ(stored(create(window, flow).value().id).delta_column, std::nullopt) << "a full read";
  EXPECT_EQ(stored(create(with_column, flow).value().id).delta_column->name, "LastModifiedDate");
  EXPECT_EQ(world_.stored(flow)["transformations"][0], (Json{{"name", "Copy"}, {"params", {{"deltaColumn", {{"name", "LastModifiedDate"}}}}}}));
  EXPECT_NE(text_of(world_.stored(flow), "etag"), etag) << "positions in the array moved: patches must be read anew";
  with_column["deltaColumn"] = "SystemModstamp";
  EXPECT_EQ(code(create(with_column, flow)), "CONNECTOR-1382-400");
}

TEST_F(RunsTest, WarnsWhenRowsOfTheWindowHaveLanded) {
  const auto warnings = [&](int64_t from, int64_t to) { return create({{"windowStartTime", from}, {"windowEndTime", to}, {"mode", "skipExisting"}}).value().warnings; };
  const std::string first = create({{"windowStartTime", 1000}, {"windowEndTime", 2000}}).value().id;
  const std::vector<std::string> overlap = {"window-overlap"};
  EXPECT_EQ(warnings(1500, 2500), overlap) << "they are about to land";
  for (const std::string& id : unfinished()) finish(id, id == first ? RunState::success : RunState::failed, 10);
  EXPECT_EQ(warnings(1999, 2500), overlap);
  for (const std::string& id : unfinished()) finish(id, RunState::failed);
  EXPECT_EQ(warnings(2000, 2500), std::vector<std::string>()) << "windows are half-open";
  EXPECT_EQ(warnings(3000, 3500), std::vector<std::string>());
  EXPECT_EQ(stored(create({{"windowStartTime", 5000}, {"windowEndTime", 6000}, {"mode", "skipexisting"}}).value().id).mode, RunMode::skip_existing);
}

TEST_F(RunsTest, RepeatsWhatFailedOrFoundNothing) {
  const std::string id = create({{"windowStartTime", 1000}, {"windowEndTime", 2000}, {"mode", "skipExisting"}}).value().id;
  EXPECT_EQ(code(runs().retrigger(world_.scope(), id, std::nullopt)), "CONNECTOR-1387-400") << "it is queued";
  finish(id, RunState::failed);
  EXPECT_EQ(code(runs().retrigger(world_.scope(), id, "\"stale\"")), "FLOW-1404-412");
  const flow::Run again = stored(runs().retrigger(world_.scope(), id, std::nullopt).value().id);
  EXPECT_EQ(again.predecessor, id);
  EXPECT_EQ(again.window_from, from_seconds(1000));
  EXPECT_EQ(again.window_to, from_seconds(2000));
  EXPECT_EQ(again.mode, RunMode::skip_existing);
  EXPECT_EQ(shown_run(to_document(again), "")["predecessors"], Json::array({id}));
  EXPECT_EQ(code(runs().retrigger(world_.scope(), id, std::nullopt)), "CONNECTOR-1387-400") << "it is being repeated already";
  finish(again.id, RunState::success, 0);
  EXPECT_EQ(code(runs().retrigger(world_.scope(), id, std::nullopt)), "CONNECTOR-1387-400") << "it was repeated";
  const std::string third = runs().retrigger(world_.scope(), again.id, std::nullopt).value().id;
  finish(third, RunState::success, 12);
  EXPECT_EQ(code(runs().retrigger(world_.scope(), third, std::nullopt)), "CONNECTOR-1387-400") << "it read rows";
  EXPECT_EQ(code(runs().retrigger(world_.scope(), "none", std::nullopt)), "FLOW-1439-404");
}

TEST_F(RunsTest, RepeatsRunsOfEnabledFlowsOnly) {
  const std::string id = create({{"windowStartTime", 1000}, {"windowEndTime", 2000}}).value().id;
  finish(id, RunState::failed);
  ASSERT_TRUE(world_.service->flows.disable(world_.scope(), flow_, std::nullopt));
  EXPECT_EQ(code(runs().retrigger(world_.scope(), id, std::nullopt)), "CONNECTOR-1388-400");
  ASSERT_TRUE(world_.service->flows.remove(world_.scope(), flow_, std::nullopt));
  EXPECT_EQ(code(runs().retrigger(world_.scope(), id, std::nullopt)), "CONNECTOR-1388-400");
}

TEST_F(RunsTest, TakesAGivenBackWindowOutAgain) {
  const std::string failed = next_window();
  finish(failed, RunState::failed, 0, true);
  EXPECT_EQ(world_.position(flow_).covered, std::nullopt) << "the window came back";
  const flow::Run again = stored(runs().retrigger(world_.scope(), failed, std::nullopt).value().id);
  EXPECT_EQ(again.trigger, Trigger::tick);
  EXPECT_EQ(world_.position(flow_).covered, again.window_to) << "the next tick must not read it a second time";
  EXPECT_EQ(code(runs().retrigger(world_.scope(), failed, std::nullopt)), "CONNECTOR-1387-400");
  finish(again.id, RunState::failed, 0, true);
  EXPECT_EQ(world_.position(flow_).covered, std::nullopt) << "and it comes back again";
}

TEST_F(RunsTest, LeavesAWindowThatTheNextRunReadsAnyway) {
  const std::string first = next_window();
  pass(std::chrono::minutes(5));
  const std::string second = next_window();
  finish(second, RunState::failed, 0, true);
  finish(first, RunState::failed, 0, true);
  EXPECT_EQ(world_.position(flow_).covered, std::nullopt) << "both windows came back";
  EXPECT_EQ(code(runs().retrigger(world_.scope(), second, std::nullopt)), "CONNECTOR-1387-400") << "the next run would land its rows a second time";
  const std::string again = runs().retrigger(world_.scope(), first, std::nullopt).value().id;
  EXPECT_EQ(stored(again).trigger, Trigger::tick);
  EXPECT_EQ(stored(runs().retrigger(world_.scope(), second, std::nullopt).value().id).trigger, Trigger::tick) << "now it is the next";
}

TEST_F(RunsTest, LeavesAWindowThatALaterRunReadAlone) {
  const std::string failed = next_window();
  finish(failed, RunState::failed, 0, true);
  pass(std::chrono::minutes(5));
  const std::string longer = next_window();
  EXPECT_EQ(stored(longer).window_from, std::nullopt);
  EXPECT_EQ(code(runs().retrigger(world_.scope(), failed, std::nullopt)), "CONNECTOR-1387-400");
  finish(longer, RunState::failed);  // promotion: its window stays handed out
  EXPECT_EQ(code(runs().retrigger(world_.scope(), failed, std::nullopt)), "CONNECTOR-1387-400") << "the longer run is the one to repeat";
  const flow::Run again = stored(runs().retrigger(world_.scope(), longer, std::nullopt).value().id);
  EXPECT_EQ(again.trigger, Trigger::retrigger) << "beside the sequence, which went on";
}

TEST_F(RunsTest, AWindowThatCameBackKeepsNobodyFromRepeating) {
  finish(next_window(), RunState::success, 3);
  pass(std::chrono::hours(24));  // a clock that is set wrong, and right again
  finish(next_window(), RunState::failed, 0, true);
  pass(-std::chrono::hours(23));
  const std::string shorter = next_window();
  pass(std::chrono::minutes(5));
  const std::string next = next_window();
  finish(shorter, RunState::failed);
  EXPECT_EQ(code(runs().retrigger(world_.scope(), shorter, std::nullopt)), "ok") << "the longer one read nothing, and its window came back";
  EXPECT_EQ(stored(next).window_from, stored(shorter).window_to);
}

TEST_F(RunsTest, RepeatsAFailedPromotionOnceAtATime) {
  const std::string failed = next_window();
  finish(failed, RunState::failed);
  const Position position = world_.position(flow_);
  pass(std::chrono::minutes(5));
  const std::string later = next_window();
  const std::string again = runs().retrigger(world_.scope(), failed, std::nullopt).value().id;
  finish(again, RunState::failed, 0, true);
  EXPECT_EQ(world_.position(flow_).covered, stored(later).window_to) << "a repeated run gives nothing back";
  EXPECT_TRUE(position.begun);
  const std::string third = runs().retrigger(world_.scope(), failed, std::nullopt).value().id;
  EXPECT_EQ(code(runs().retrigger(world_.scope(), again, std::nullopt)), "CONNECTOR-1387-400") << "another repetition of the same window is under way";
  finish(third, RunState::success, 3);
  EXPECT_EQ(code(runs().retrigger(world_.scope(), failed, std::nullopt)), "CONNECTOR-1387-400");
}

TEST_F(RunsTest, StopsWhatIsNotOver) {
  const std::string id = next_window();
  world_.heard.take();
  const auto ended = runs().cancel(world_.scope(), id, std::nullopt);
  ASSERT_TRUE(ended);
  const flow::Run run = stored(id);
  EXPECT_EQ(run.state, RunState::failed);
  EXPECT_EQ(run.etag, ended->etag);
  ASSERT_EQ(run.errors.size(), 1u);
  EXPECT_EQ(run.errors[0].code, "FOZ-RUN-CANCELLED");
  EXPECT_EQ(shown_run(to_document(run), "")["activities"], Json::array()) << "nothing had begun";
  EXPECT_EQ(world_.position(flow_).covered, std::nullopt) << "the window came back";
  EXPECT_FALSE(world_.stored(flow_).contains("lastRunDetails"));
  EXPECT_EQ(world_.heard.take(), (std::vector<std::string>{"cancel " + id, "changed " + flow_}));
  EXPECT_EQ(code(runs().cancel(world_.scope(), id, std::nullopt)), "CONNECTOR-1387-400");
}

TEST_F(RunsTest, EndsTheStagesOfARunUnderWay) {
  const std::string id = create({{"windowStartTime", 1000}, {"windowEndTime", 2000}}).value().id;
  flow::Run run = stored(id);
  run.state = RunState::in_progress;
  run.started_ms = 5;
  run.batch_id = "01J8F0Q3ZK7Y5D";
  run.copy = {.started_ms = 5, .updated_ms = 5};
  run.promotion = ActivityReport{.started_ms = 6};
  ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) { return RunStore::update(transaction, run, RunState::queued); }));
  ASSERT_TRUE(runs().cancel(world_.scope(), id, std::nullopt));
  const Json shown = shown_run(to_document(stored(id)), "");
  EXPECT_EQ(shown["activities"][0]["statusSummary"]["status"], "failed");
  EXPECT_EQ(shown["activities"][0]["sizeSummary"]["inputBytes"], -1);
  EXPECT_EQ(shown["activities"][1]["statusSummary"]["status"], "failed");
  EXPECT_FALSE(shown["activities"][1]["targetInfo"][0].contains("reference"));
  EXPECT_EQ(world_.stored(flow_)["lastRunDetails"]["state"], "failed");
}

class ReplayTest : public RunsTest {
 protected:
  /// A run that landed rows and rejected three.
  std::string with_rejected_rows(bool diagnostics = true) {
    const std::string id = create({{"windowStartTime", 1000}, {"windowEndTime", 2000}}).value().id;
    flow::Run run = finish(id, RunState::partial_success, 10);
    run.promotion->failed_records = 3;
    run.has_diagnostics = diagnostics;
    run.batch_id = "01J8F0Q3ZK7Y5D";
    EXPECT_TRUE(world_.database().write([&](store::Transaction& transaction) { return RunStore::update(transaction, run, RunState::partial_success); }));
    std::filesystem::create_directories(folder());
    return id;
  }
  std::filesystem::path folder() { return world_.catalog.diagnostics_folder(world_.scope().sandbox, "01J8F0Q3ZK7Y5D") / "row_errors"; }
};

TEST_F(ReplayTest, MapsRejectedRowsAgainOnce) {
  const std::string id = with_rejected_rows();
  const std::string replay = create({{"replayRejected", id}}).value().id;
  EXPECT_EQ(stored(replay).trigger, Trigger::replay);
  EXPECT_EQ(stored(replay).replay_rejected, id);
  EXPECT_EQ(code(create({{"replayRejected", id}})), "CONNECTOR-1384-400") << "it is under way";
  finish(replay, RunState::failed);
  const std::string second = runs().retrigger(world_.scope(), replay, std::nullopt).value().id;
  EXPECT_EQ(stored(second).replay_rejected, id);
  finish(second, RunState::success, 3);
  EXPECT_EQ(code(create({{"replayRejected", id}})), "CONNECTOR-1384-400") << "the rows have landed";
  EXPECT_EQ(code(runs().retrigger(world_.scope(), replay, std::nullopt)), "CONNECTOR-1384-400");
  EXPECT_EQ(stored(id).replayed_by, second);
}

TEST_F(ReplayTest, NeedsRowsThatWereKept) {
  const std::string other = world_.flow(), id = with_rejected_rows();
  EXPECT_EQ(code(create({{"replayRejected", id}}, other)), "FLOW-1428-400") << "a run of another flow";
  std::filesystem::remove_all(folder());
  EXPECT_EQ(code(create({{"replayRejected", id}})), "CONNECTOR-1384-400") << "the rows went";
  EXPECT_EQ(code(create({{"replayRejected", with_rejected_rows(false)}})), "CONNECTOR-1384-400") << "diagnostics were off";
  const std::string clean = create({{"windowStartTime", 1000}, {"windowEndTime", 2000}}).value().id;
  finish(clean, RunState::success, 10);
  EXPECT_EQ(code(create({{"replayRejected", clean}})), "CONNECTOR-1384-400") << "nothing was rejected";
}

}  // namespace
}  // namespace foz::flow
