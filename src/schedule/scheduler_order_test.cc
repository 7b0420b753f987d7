// A scheduler turn by turn, with jobs that wait to be done. Follows: Flow Service contract, 11.2 and 13.2.
#include "schedule/scheduler.h"

#include <gtest/gtest.h>

#include "schedule/run_world.h"
#include "store/faulty_database.h"

namespace foz::schedule {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class SchedulerOrder : public ::testing::Test {
 protected:
  Scheduler make(store::Database& database) {
    return Scheduler({.database = database, .engine = *world_.engine, .clock = world_.store.clock, .random = world_.store.random, .settle_of = settle_of,
                      .submit = [this](std::function<void()> job) { return jobs_.push_back(std::move(job)), true; }},
                     {.runs_concurrent = 4});
  }
  void wait_until(const std::string& id, Instant at) {
    flow::Run run = world_.stored_run(id);
    run.not_before_ms = to_millis(at);
    EXPECT_TRUE(world_.database().write([&](store::Transaction& transaction) { return flow::RunStore::update(transaction, run, run.state); }));
  }
  void do_jobs() {
    for (const auto& job : std::exchange(jobs_, {})) job();
  }

  testing::RunWorld world_;
  std::vector<std::function<void()>> jobs_;
};

TEST_F(SchedulerOrder, AWindowWaitsForTheOneBeforeThatIsToBeTriedAgain) {
  const std::string flow = world_.flow();
  const Instant now = world_.store.clock.now();
  const std::string first = world_.tick(flow, now - hours(3), now - hours(2)), second = world_.tick(flow, now - hours(2), now - hours(1));
  wait_until(first, now + minutes(1));
  Scheduler scheduler = make(world_.database());
  scheduler.turn();
  EXPECT_TRUE(jobs_.empty()) << "the second window looks back into the first";
  world_.store.clock.advance(minutes(2));
  scheduler.turn();
  ASSERT_EQ(jobs_.size(), 1u);
  do_jobs();
  EXPECT_EQ(world_.stored_run(first).state, flow::RunState::success);
  EXPECT_EQ(world_.stored_run(second).state, flow::RunState::queued);
  scheduler.turn();
  do_jobs();
  EXPECT_EQ(world_.stored_run(second).state, flow::RunState::success);
}

TEST_F(SchedulerOrder, AFlowWaitsOnceHoweverOftenItChanges) {
  Json body = world_.flow_body();
  body["scheduleParams"]["startTime"] = to_seconds(world_.store.clock.now()) + 86'400;
  const std::string flow = world_.must(world_.service->flows.create(world_.scope(), body, flow::Mode::live)).id;
  Scheduler scheduler = make(world_.database());
  for (int i = 0; i < 20; ++i) {
    scheduler.changed(SandboxId(world_.scope().sandbox), FlowId(flow));
    scheduler.turn();
    EXPECT_EQ(scheduler.waiting_flows(), 1u) << "an entry for each look would stay until tomorrow";
  }
  ASSERT_TRUE(world_.service->flows.disable(world_.scope(), flow, std::nullopt));
  scheduler.changed(SandboxId(world_.scope().sandbox), FlowId(flow));
  scheduler.turn();
  EXPECT_EQ(scheduler.waiting_flows(), 0u);
}

TEST_F(SchedulerOrder, FlowsRunThoughTheDatabaseWasBusyAtTheStart) {
  Json body = world_.flow_body();
  body["scheduleParams"]["startTime"] = to_seconds(world_.store.clock.now()) - 3600;
  const std::string flow = world_.must(world_.service->flows.create(world_.scope(), body, flow::Mode::live)).id;
  bool busy = true;
  store::FaultyDatabase database(world_.database(), [&](store::DatabaseCall) {
    return busy ? std::optional(store::DatabaseFault{.error = {.kind = ErrorKind::unavailable, .message = "busy"}}) : std::nullopt;
  });
  Scheduler scheduler = make(database);
  scheduler.turn();
  EXPECT_TRUE(jobs_.empty());
  busy = false;
  scheduler.turn();
  EXPECT_EQ(jobs_.size(), 1u) << "the flow's first window";
  scheduler.ask_to_stop();
  do_jobs();
}

}  // namespace
}  // namespace foz::schedule
