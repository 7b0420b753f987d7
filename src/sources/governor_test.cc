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
  EXPECT_EQ(time_of(governor, 1, "search"), milliseconds(1000));
  EXPECT_EQ(time_of(governor, 1, "burst"), milliseconds(9000)) << "ten seconds after the first";
}

// Fault F09: never above the rate, in whatever interval one looks.
TEST_F(GovernorTest, NeverSendsMoreInAnyInterval) {
  Governor governor(clock, {.vendor = "V"});
  governor.set_rate("", 19, milliseconds(1000));
  std::vector<Instant> sent;
  SeededRandom random(3);
  for (int i = 0; i < 2000; ++i) {
    clock.advance(milliseconds(random.below(120)));
    EXPECT_TRUE(governor.admit("", Purpose::collect, {}));
    sent.push_back(clock.now());
  }
  for (size_t i = 19; i < sent.size(); ++i) ASSERT_GE(sent[i] - sent[i - 19], milliseconds(1000)) << i;
}

// Fault F10: a vendor that only fails is left alone; a person who looks, and one call after the rest, try how it is.
TEST_F(GovernorTest, RestsWhenTheVendorOnlyFails) {
  Governor governor(clock, {.vendor = "V", .failures_max = 3, .rest = milliseconds(60'000)});
  for (const bool failed : {true, true, false, true, true}) governor.hear_outcome(failed);
  EXPECT_TRUE(governor.admit("", Purpose::collect, {})) << "never three in a row";
  governor.hear_outcome(true);
  const auto refused = governor.admit("", Purpose::collect, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(refused.error().retry_after, milliseconds(60'000));
  EXPECT_THAT(refused.error().message, HasSubstr("V failed 3 times in a row"));
  EXPECT_TRUE(governor.admit("", Purpose::look, {}));
  clock.advance(milliseconds(60'000));
  EXPECT_TRUE(governor.admit("", Purpose::collect, {}));
  governor.hear_outcome(true);
  EXPECT_FALSE(governor.admit("", Purpose::collect, {})) << "still down: one failure is enough";
  governor.hear_outcome(false);
  EXPECT_TRUE(governor.admit("", Purpose::collect, {})) << "a look found the vendor well";
}

TEST_F(GovernorTest, SendsTheCallerAwayFromALongHold) {
  Governor governor(clock, {.vendor = "V"});
  governor.hold("", milliseconds(900'000));
  const auto refused = governor.admit("", Purpose::collect, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused.error().retry_after, milliseconds(900'000));
  EXPECT_EQ(time_of(governor, 0), milliseconds(0));
  clock.advance(milliseconds(600'000));
  EXPECT_EQ(time_of(governor, 1), milliseconds(300'000)) << "what is left is waited for";
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
