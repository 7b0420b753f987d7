#include "schedule/landed_windows.h"

#include <gtest/gtest.h>

namespace foz::schedule {
namespace {

using flow::Trigger;

Instant at(int64_t minute) { return from_seconds(1'727'049'600 + minute * 60); }

flow::Run window(std::optional<int64_t> from, int64_t to, Trigger trigger = Trigger::tick) {
  flow::Run run;
  if (from) run.window_from = at(*from);
  run.window_to = at(to);
  run.trigger = trigger;
  return run;
}

TEST(LandedWindows, ReachBackToTheFirstGap) {
  const std::vector<flow::Run> runs = {window(30, 45), window(0, 15), window(45, 60)};  // 15 to 30 failed
  EXPECT_EQ(landed_since(runs, at(60)), at(30));
  EXPECT_EQ(landed_since(runs, at(30)), at(30)) << "the one before has not landed";
  EXPECT_EQ(landed_since(runs, at(15)), at(0));
}

TEST(LandedWindows, ReachBackForeverOverABackfill) {
  EXPECT_EQ(landed_since(std::vector<flow::Run>{window(std::nullopt, 15), window(15, 30)}, at(30)), Instant::min());
}

TEST(LandedWindows, AreThoseOfTheFlowsOwnSequence) {
  EXPECT_EQ(landed_since(std::vector<flow::Run>{window(15, 30, Trigger::on_demand)}, at(30)), at(30));
  EXPECT_EQ(landed_since(std::vector<flow::Run>{window(15, 30, Trigger::retrigger)}, at(30)), at(15));
}

TEST(LandedWindows, ARepetitionLooksBackOverWhatItsRunCouldRemember) {
  const std::vector<flow::Run> landed = {window(0, 15), window(15, 30, Trigger::retrigger)};
  EXPECT_EQ(look_back_limit(window(30, 45), landed), at(0));
  EXPECT_EQ(look_back_limit(window(30, 45, Trigger::retrigger), landed), at(30)) << "15 to 30 landed after the run that it repeats";
}

}  // namespace
}  // namespace foz::schedule
