// What a turn of the scheduler starts, and what it does not. Jobs are kept, not done: what is looked at is who was chosen.
// Follows: Flow Service contract, 13.2.
#include "schedule/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "schedule/run_world.h"

namespace foz::schedule {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SchedulerTest : public ::testing::Test {
 protected:
  void open(size_t runs_concurrent) {
    scheduler_.emplace(SchedulerParts{.database = world_.database(), .engine = *world_.engine, .clock = world_.store.clock, .random = world_.store.random,
                                      .settle_of = [](const flow::Flow&) { return std::chrono::seconds(0); },
                                      .submit = [this](std::function<void()> job) { return jobs_.push_back(std::move(job)), true; }},
                       SchedulerSettings{.runs_concurrent = runs_concurrent});
  }
  /// What was taken is done: a scheduler waits for it.
  void TearDown() override {
    if (scheduler_) scheduler_->ask_to_stop();
    work();
  }
  /// The jobs are done, as workers would.
  void work() {
    for (auto jobs = std::exchange(jobs_, {}); const auto& job : jobs) job();
  }
  std::vector<std::string> states(const std::vector<std::string>& runs) {
    std::vector<std::string> names;
    for (const std::string& run : runs) names.emplace_back(flow::name_of(world_.stored_run(run).state));
    return names;
  }
  std::vector<std::string> runs_of(const std::string& flow) {
    std::vector<std::string> ids;
    for (const flow::Run& run : flow::RunStore::unfinished_of(world_.database(), world_.scope().sandbox, flow).value()) ids.push_back(run.id);
    return ids;
  }
  /// Flows whose first run is due.
  std::vector<std::string> flows(size_t count) {
    std::vector<std::string> ids;
    for (size_t i = 0; i < count; ++i) ids.push_back(world_.flow());
    world_.store.clock.advance(std::chrono::hours(1));
    return ids;
  }

  testing::RunWorld world_;
  std::vector<std::function<void()>> jobs_;
  std::optional<Scheduler> scheduler_;
};

TEST_F(SchedulerTest, MakesTheRunsOfManyFlowsAndStartsThoseThereIsRoomFor) {
  const auto ids = flows(70);
  open(3);
  scheduler_->turn();
  EXPECT_THAT(jobs_, SizeIs(3));
  for (const std::string& id : ids) EXPECT_THAT(runs_of(id), SizeIs(1)) << id;
  scheduler_->turn();
  EXPECT_THAT(jobs_, SizeIs(3)) << "no second run of a window, no more than there is room for";
  work();
  scheduler_->turn();
  EXPECT_THAT(jobs_, SizeIs(3)) << "the next ones";
}

/// A client asks for one flow many times: the others still start.
TEST_F(SchedulerTest, OneFlowsQueueDoesNotBlockTheOthers) {
  const auto ids = flows(2);
  open(2);
  scheduler_->turn();
  work();
  std::vector<std::string> asked;
  for (int i = 0; i < 200; ++i) asked.push_back(world_.ask(ids[0], {{"windowStartTime", 1}}));
  const std::string other = world_.ask(ids[1], {{"windowStartTime", 1}});
  scheduler_->turn();
  ASSERT_THAT(jobs_, SizeIs(2));
  work();
  EXPECT_EQ(world_.stored_run(other).state, flow::RunState::success);
  const auto now = states(asked);
  EXPECT_EQ(std::count(now.begin(), now.end(), "success"), 1) << "one of a flow at a time";
  EXPECT_EQ(std::count(now.begin(), now.end(), "queued"), 199);
}

TEST_F(SchedulerTest, StartsNothingBeforeItsTime) {
  const auto ids = flows(1);
  open(2);
  scheduler_->turn();
  work();
  const int64_t later = to_seconds(world_.store.clock.now()) + 600;
  const std::string run = world_.ask(ids[0], {{"startTime", later}, {"windowStartTime", 1}});
  EXPECT_LE(scheduler_->turn(), world_.store.clock.now() + std::chrono::seconds(5));
  EXPECT_THAT(jobs_, IsEmpty());
  EXPECT_THAT(states({run}), ElementsAre("scheduled"));
  world_.store.clock.advance(std::chrono::seconds(600));
  scheduler_->turn();
  EXPECT_THAT(jobs_, SizeIs(1));
}

TEST_F(SchedulerTest, ARunThatWasCancelledWhileItWaitedIsNotStarted) {
  const auto ids = flows(1);
  open(1);
  scheduler_->turn();
  work();
  const std::string run = world_.ask(ids[0], {{"windowStartTime", 1}});
  world_.must(world_.service->runs.cancel(world_.scope(), run, std::nullopt));
  scheduler_->turn();
  EXPECT_THAT(jobs_, IsEmpty());
}

}  // namespace
}  // namespace foz::schedule
