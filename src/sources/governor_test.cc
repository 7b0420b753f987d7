#include "sources/governor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "sources/test_world.h"

namespace foz::sources {
namespace {

using std::chrono::milliseconds;
using test::LeapingClock;
using testing::HasSubstr;

class GovernorTest : public testing::Test {
 protected:
  milliseconds time_of(Governor& governor, int calls, const std::string& bucket = "") {
    const Instant begin = clock.now();
    for (int i = 0; i < calls; ++i) EXPECT_TRUE(governor.admit(bucket, Purpose::collect, {}));
    return std::chrono::duration_cast<milliseconds>(clock.now() - begin);
  }
  LeapingClock clock;
};

TEST_F(GovernorTest, LetsAllThroughUntilARateIsKnown) {
  Governor governor(clock, {.vendor = "V"});
  EXPECT_EQ(time_of(governor, 1000), milliseconds(0));
}

TEST_F(GovernorTest, KeepsTheRateOfEachBucketApart) {
  Governor governor(clock, {.vendor = "V"});
  governor.set_rate("burst", 100, milliseconds(10'000));
  governor.set_rate("search", 5, milliseconds(1000));
  EXPECT_EQ(time_of(governor, 100, "burst"), milliseconds(0));
  EXPECT_EQ(time_of(governor, 5, "search"), milliseconds(0));
  EXPECT_NEAR(static_cast<double>(time_of(governor, 50, "burst").count()), 5000, 100);
  EXPECT_NEAR(static_cast<double>(time_of(governor, 10, "search").count()), 1000, 1100);
}

TEST_F(GovernorTest, BelievesTheVendorWhoCountsFewerLeft) {
  Governor governor(clock, {.vendor = "V"});
  governor.set_rate("", 100, milliseconds(10'000));
  governor.hear_remaining("", 2);
  EXPECT_EQ(time_of(governor, 2), milliseconds(0));
  EXPECT_GT(time_of(governor, 1), milliseconds(50));
}

TEST_F(GovernorTest, HoldsEverybodyBack) {
  Governor governor(clock, {.vendor = "V"});
  governor.hold("a", milliseconds(7000));
  EXPECT_EQ(time_of(governor, 1, "b"), milliseconds(0));
  EXPECT_EQ(time_of(governor, 1, "a"), milliseconds(7000));
}

// Sources contract, 1.7 and pain 1: a share of the daily allowance is left to the customer's other users.
TEST_F(GovernorTest, KeepsTheReserveForOthers) {
  Governor governor(clock, {.vendor = "V", .reserve_percent = 20});
  governor.hear_allowance({.name = "Daily", .max = 5000, .remaining = 1001});
  EXPECT_TRUE(governor.admit("", Purpose::collect, {}));
  governor.hear_allowance({.name = "Daily", .max = 5000, .remaining = 1000});
  const auto refused = governor.admit("", Purpose::collect, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused.error().retry_after, milliseconds(3'600'000));
  EXPECT_THAT(refused.error().message, HasSubstr("1000 of 5000 left"));
  EXPECT_TRUE(governor.admit("", Purpose::look, {})) << "a person who looks is one of the others";
  clock.advance(milliseconds(3'600'001));
  EXPECT_TRUE(governor.admit("", Purpose::collect, {})) << "a probe hears how it stands now";
}

TEST_F(GovernorTest, WaitsForTheResetWhereItIsTold) {
  Governor governor(clock, {.vendor = "V"});
  governor.hear_allowance({.name = "Daily", .max = 100, .remaining = 0, .resets = clock.now() + std::chrono::minutes(5)});
  const auto refused = governor.admit("", Purpose::collect, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().retry_after, milliseconds(300'000));
}

// Sources contract, 7.1, journal: no call after a quota refusal.
TEST_F(GovernorTest, SendsNothingOnceTheAllowanceIsGone) {
  Governor governor(clock, {.vendor = "V"});
  governor.allowance_gone("Daily", milliseconds(60'000));
  for (const Purpose purpose : {Purpose::look, Purpose::collect}) EXPECT_FALSE(governor.admit("", purpose, {}));
  ASSERT_EQ(governor.allowances().size(), 1u);
  EXPECT_EQ(governor.allowances()[0].remaining, 0);
  clock.advance(milliseconds(60'000));
  EXPECT_TRUE(governor.admit("", Purpose::collect, {}));
}

TEST_F(GovernorTest, KeepsTheCeilingOfCallsUnderWay) {
  Governor governor(clock, {.vendor = "V", .concurrent_max = 2});
  auto first = std::make_optional(governor.admit("", Purpose::collect, {}));
  const auto second = governor.admit("", Purpose::collect, {});
  std::stop_source stop;
  bool third = true;
  std::jthread waits([&] { third = governor.admit("", Purpose::collect, stop.get_token()).has_value(); });
  stop.request_stop();
  waits.join();
  EXPECT_FALSE(third) << "both places are taken, and the wait is stopped";
  first.reset();
  EXPECT_TRUE(governor.admit("", Purpose::collect, {}));
}

}  // namespace
}  // namespace foz::sources
