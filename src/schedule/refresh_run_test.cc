// Runs that bring rows whose calculated columns changed, between the windows of a flow. Follows: Sources contract, 6, pain 5.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time_text.h"
#include "schedule/run_world.h"
#include "schedule/scheduler.h"

namespace foz::schedule {
namespace {


using flow::RunState;
using ::testing::HasSubstr;

class RefreshRun : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.system().more_columns = {{.name = "Rank", .type = sources::ColumnType::int32, .raw_path = {"Rank"}, .calculated = true}};
    flow_ = world_.must(world_.service->flows.create(world_.scope(), body({{"calculatedRefresh", {{"frequency", "day"}, {"interval", 1}}}}), flow::Mode::live)).id;
  }

  Json body(const Json& options) {
    Json flow = world_.flow_body();
    flow["options"] = options;
    flow["transformations"][1]["params"]["mappingId"] = world_.mapping_set(world_.parts().schema, {{"Id", "_id"}, {"Rank", "person.name.firstName"}, {"LastName", "person.name.lastName"}}).id;
    return flow;
  }
  struct Contact {
    std::string id;
    int rank = 0;
    Instant modified = {};
  };
  /// What the system has from now on.
  void system_has(const std::vector<Contact>& contacts) {
    Json rows = Json::array();
    for (const Contact& contact : contacts) {
      rows.push_back({{"Id", contact.id}, {"Rank", contact.rank}, {"LastName", "of " + contact.id}, {"LastModifiedDate", iso_shortest(contact.modified)}});
    }
    world_.system().pages = {world_.page(rows.dump())};
  }
  std::string refresh() {
    flow::Run run = flow::new_run(flow::FlowStore::find(world_.database(), world_.scope().sandbox, flow_).value(), world_.store.random, world_.store.clock.now());
    run.trigger = flow::Trigger::refresh;
    EXPECT_TRUE(world_.database().write([&](store::Transaction& transaction) { return flow::RunStore::insert(transaction, run); }));
    return run.id;
  }
  flow::Run execute(const std::string& id) {
    flow::Run run = world_.execute(id);
    EXPECT_EQ(run.state, RunState::success) << to_document(run).dump(1);
    return run;
  }
  /// `id=rank kind` of each row.
  std::vector<std::string> landed(const flow::Run& run) {
    std::vector<std::string> rows;
    if (run.batch_id.empty()) return rows;
    for (const Json& row : world_.landed(run.batch_id, "_id")) {
      rows.push_back(text_of(row, "_id") + "=" + text_of(row["person"]["name"], "firstName") + " " + text_of(row, "_change_request_type", "-"));
    }
    return rows;
  }
  using Rows = std::vector<std::string>;
  Instant now() const { return world_.store.clock.now(); }

  testing::RunWorld world_;
  std::string flow_;
};

TEST_F(RefreshRun, Pain5BringsRowsWhoseCalculatedColumnsChangedOnce) {
  const Instant then = now() - std::chrono::hours(2);
  system_has({{"a", 1, then}, {"b", 2, then}, {"c", 3, then}});
  EXPECT_EQ(landed(execute(world_.tick(flow_, std::nullopt, now()))), (Rows{"a=1 -", "b=2 -", "c=3 -"}));

  system_has({{"a", 1, then}, {"b", 20, then}, {"c", 3, then}});
  const flow::Position before = world_.position(flow_);
  const flow::Run run = execute(refresh());
  EXPECT_EQ(landed(run), (Rows{"b=20 u"}));
  EXPECT_EQ(run.notes["calculated"], (Json{{"columns", {"Rank"}}, {"compared", 3}, {"changed", 1}}));
  EXPECT_EQ(run.promotion->output_records, 1);
  EXPECT_EQ(run.copy.input_records, run.promotion->output_records + run.promotion->skipped_records);
  EXPECT_EQ(world_.position(flow_), before) << "no window moved";

  const flow::Run again = execute(refresh());
  EXPECT_EQ(landed(again), Rows()) << "what landed is what it is compared with";
  EXPECT_EQ(again.notes["calculated"]["changed"], 0);
  EXPECT_EQ(again.copy.input_records, 0) << "nothing differs, nothing is read whole";
}

TEST_F(RefreshRun, Pain5LeavesRowsToTheWindowThatBringsThem) {
  const Instant then = now() - std::chrono::hours(2), end = now();
  system_has({{"a", 1, then}, {"b", 2, then}});
  execute(world_.tick(flow_, std::nullopt, end));
  world_.store.clock.advance(std::chrono::hours(1));
  system_has({{"a", 10, end + std::chrono::seconds(30)}, {"b", 20, then}, {"new", 5, end + std::chrono::seconds(40)}});
  EXPECT_EQ(landed(execute(refresh())), (Rows{"b=20 u"}));
  EXPECT_EQ(landed(execute(world_.tick(flow_, end, now()))), (Rows{"a=10 -", "new=5 -"}));
  EXPECT_EQ(landed(execute(refresh())), Rows());
}

TEST_F(RefreshRun, Pain5WaitsForAWindowThatHasNotLanded) {
  const Instant then = now() - std::chrono::hours(2), end = now();
  system_has({{"a", 1, then}});
  execute(world_.tick(flow_, std::nullopt, end));
  world_.store.clock.advance(std::chrono::hours(1));
  system_has({{"a", 10, end + std::chrono::seconds(30)}});
  world_.system().breaks_at = 0;
  const std::string waiting = world_.tick(flow_, end, now());
  ASSERT_EQ(world_.execute(waiting).state, RunState::queued);
  world_.system().breaks_at.reset();
  EXPECT_EQ(landed(execute(refresh())), Rows()) << "the window is still out";
  world_.store.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(landed(execute(waiting)), (Rows{"a=10 -"}));
  EXPECT_EQ(landed(execute(refresh())), Rows());
}

TEST_F(RefreshRun, Pain5ReadsAnewWhenRowsLandedSinceItCompared) {
  const Instant then = now() - std::chrono::hours(2), end = now();
  system_has({{"a", 1, then}});
  execute(world_.tick(flow_, std::nullopt, end));
  system_has({{"a", 2, then}});
  world_.system().pages.push_back(world_.page("[]"));  // the second page breaks, behind the row
  const std::string broken = refresh();
  const int compared = world_.system().reads;
  world_.system().breaks_at = 1;
  ASSERT_EQ(world_.execute(broken).state, RunState::queued) << "while it compares";
  EXPECT_EQ(world_.system().reads, compared + 2);
  world_.system().breaks_at.reset();
  // Meanwhile the record is changed, and lands by its window.
  world_.store.clock.advance(std::chrono::hours(1));
  system_has({{"a", 3, end + std::chrono::seconds(30)}});
  EXPECT_EQ(landed(execute(world_.tick(flow_, end, now()))), (Rows{"a=3 -"}));
  EXPECT_EQ(landed(execute(broken)), Rows());
}

TEST_F(RefreshRun, Pain5ForgetsAndBeginsAnewWhenTheOptionGoesAndComes) {
  const Instant then = now() - std::chrono::hours(2);
  system_has({{"a", 1, then}, {"b", 2, then}});
  execute(world_.tick(flow_, std::nullopt, now()));
  const auto patch = [&](const Json& options) {
    const auto etag = text_of(world_.stored(flow_), "etag");
    world_.must(world_.service->flows.patch(world_.scope(), flow_, etag, {{{"op", "replace"}, {"path", "/options"}, {"value", options}}}));
  };
  const Json option = world_.stored(flow_)["options"];
  patch(Json::object());
  world_.store.clock.advance(std::chrono::hours(1));
  execute(world_.tick(flow_, now() - std::chrono::hours(1), now()));
  patch(option);
  EXPECT_EQ(landed(execute(refresh())), (Rows{"a=1 u", "b=2 u"})) << "nobody knows what landed: all rows land once more";
  EXPECT_EQ(landed(execute(refresh())), Rows());
}

/// A window that failed and was passed over is nobody's, so that a refresh brings what changed in it; who repeats it later must know.
TEST_F(RefreshRun, Pain5LandsNoRowAgainWhenAWindowThatWasPassedOverIsRepeated) {
  const Instant then = now() - std::chrono::hours(2), end = now();
  system_has({{"a", 1, then}});
  execute(world_.tick(flow_, std::nullopt, end));
  world_.store.clock.advance(std::chrono::hours(1));
  const Instant next = now();
  flow::Run passed = world_.stored_run(world_.tick(flow_, end, next));
  const RunState before = std::exchange(passed.state, RunState::failed);
  passed.window_returned = true;
  ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) { return flow::RunStore::update(transaction, passed, before, passed.fence); }));
  world_.store.clock.advance(std::chrono::hours(1));
  system_has({{"a", 10, end + std::chrono::seconds(30)}, {"b", 2, end + std::chrono::seconds(40)}});
  EXPECT_EQ(landed(execute(world_.tick(flow_, next, now()))), Rows());
  EXPECT_EQ(landed(execute(refresh())), (Rows{"a=10 u"}));
  EXPECT_EQ(landed(execute(world_.must(world_.service->runs.retrigger(world_.scope(), passed.id, std::nullopt)).id)), (Rows{"b=2 -"}));
}

/// A first backfill that gave its window back comes once more, and brings what else has landed meanwhile in its newest version.
TEST_F(RefreshRun, Pain5LeavesAllRowsToABackfillThatIsStillToCome) {
  const Instant then = now() - std::chrono::hours(2), end = now();
  world_.system().breaks_at = 0;
  world_.system().break_kind = ErrorKind::invalid;
  ASSERT_EQ(world_.execute(world_.tick(flow_, std::nullopt, end)).state, RunState::failed);
  ASSERT_EQ(world_.position(flow_).covered, std::nullopt) << "given back";
  world_.system().breaks_at.reset();
  system_has({{"a", 1, then}});
  EXPECT_EQ(landed(execute(world_.ask(flow_, {{"windowStartTime", to_seconds(then)}, {"windowEndTime", to_seconds(end)}}))), (Rows{"a=1 -"}));
  system_has({{"a", 10, then}});
  EXPECT_EQ(landed(execute(refresh())), Rows());
  EXPECT_EQ(landed(execute(world_.tick(flow_, std::nullopt, end))), (Rows{"a=10 -"}));
  system_has({{"a", 20, then}});
  EXPECT_EQ(landed(execute(refresh())), (Rows{"a=20 u"}));
}

TEST_F(RefreshRun, NeedsTheKeyInTheDataSet) {
  Json keyless = body({{"calculatedRefresh", {{"frequency", "day"}, {"interval", 1}}}});
  keyless["transformations"][1]["params"]["mappingId"] = world_.mapping_set(world_.parts().schema, {{"Rank", "person.name.firstName"}}).id;
  flow_ = world_.must(world_.service->flows.create(world_.scope(), keyless, flow::Mode::live)).id;
  const flow::Run run = world_.execute(refresh());
  ASSERT_EQ(run.state, RunState::failed);
  EXPECT_THAT(run.errors.at(0).message, HasSubstr("options.calculatedRefresh needs the table's key in the data set"));
}

TEST_F(RefreshRun, IsRepeatedUntilAnotherOneLooked) {
  const Instant then = now() - std::chrono::hours(2);
  system_has({{"a", 1, then}});
  execute(world_.tick(flow_, std::nullopt, now()));
  const auto cancelled = [&] {
    const std::string id = refresh();
    world_.must(world_.service->runs.cancel(world_.scope(), id, std::nullopt));
    return id;
  };
  const std::string first = cancelled();
  system_has({{"a", 2, then}});
  EXPECT_EQ(landed(execute(world_.must(world_.service->runs.retrigger(world_.scope(), first, std::nullopt)).id)), (Rows{"a=2 u"}));
  const auto again = world_.service->runs.retrigger(world_.scope(), first, std::nullopt);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "CONNECTOR-1387-400");
  EXPECT_THAT(again.error().message, HasSubstr("looked at since"));
}

TEST_F(RefreshRun, ComesAtItsOwnTimesBehindTheWindows) {
  std::vector<std::function<void()>> jobs;
  Scheduler scheduler(SchedulerParts{.database = world_.database(), .engine = *world_.engine, .clock = world_.store.clock, .random = world_.store.random,
                                     .settle_of = [](const flow::Flow&) { return std::chrono::seconds(0); },
                                     .submit = [&](std::function<void()> job) { return jobs.push_back(std::move(job)), true; }},
                      SchedulerSettings{.runs_concurrent = 2});
  const auto turn = [&] {
    scheduler.turn();
    for (auto taken = std::exchange(jobs, {}); const auto& job : taken) job();
  };
  /// Windows and refreshes that landed.
  const auto landed_runs = [&] {
    std::pair<int, int> count;
    for (const flow::Run& run : flow::RunStore::landed_of(world_.database(), world_.scope().sandbox, flow_, 100).value()) ++(run.trigger == flow::Trigger::refresh ? count.second : count.first);
    return count;
  };
  system_has({{"a", 1, now() - std::chrono::hours(2)}});
  turn();
  EXPECT_EQ(landed_runs(), std::pair(0, 0)) << "the flow begins in an hour";
  world_.store.clock.advance(std::chrono::hours(1));
  turn();
  turn();
  EXPECT_EQ(landed_runs(), std::pair(1, 0)) << "nothing to compare with before";
  world_.store.clock.advance(std::chrono::hours(24));
  turn();
  EXPECT_EQ(landed_runs(), std::pair(2, 0)) << "the window goes first";
  turn();
  EXPECT_EQ(landed_runs(), std::pair(2, 1));
  turn();
  EXPECT_EQ(landed_runs(), std::pair(2, 1)) << "once";
  world_.store.clock.advance(std::chrono::hours(73));
  for (int i = 0; i < 4; ++i) turn();
  EXPECT_EQ(landed_runs(), std::pair(3, 2)) << "three days that were missed are one window and one look";
}

}  // namespace
}  // namespace foz::schedule
