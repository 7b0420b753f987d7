#include "http/allowance.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace foz::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class AllowanceTest : public testing::Test {
 protected:
  /// How many of `asked` calls at once are let through.
  static int passed(Allowance& allowance, std::string_view caller, int asked) {
    int passed = 0;
    for (int i = 0; i < asked; ++i) passed += allowance.take(caller) ? 0 : 1;
    return passed;
  }
  ManualClock clock{from_seconds(1'700'000'000)};
};

TEST_F(AllowanceTest, AFullBucketIsTheBurstThenThePaceCounts) {
  Allowance allowance(clock, {.per_second = 2, .burst = 5});
  EXPECT_EQ(passed(allowance, "a", 20), 5);
  EXPECT_EQ(allowance.take("a"), milliseconds(500));
  clock.advance(milliseconds(200));
  EXPECT_EQ(allowance.take("a"), milliseconds(300)) << "a refused call costs nothing";
  clock.advance(milliseconds(300));
  EXPECT_EQ(passed(allowance, "a", 3), 1);
  clock.advance(seconds(1));
  EXPECT_EQ(passed(allowance, "a", 9), 2);
  clock.advance(seconds(3600));
  EXPECT_EQ(passed(allowance, "a", 20), 5) << "a bucket holds no more than the burst";
}

TEST_F(AllowanceTest, CallersDoNotShare) {
  Allowance allowance(clock, {.per_second = 1, .burst = 2});
  EXPECT_EQ(passed(allowance, "a", 5), 2);
  EXPECT_EQ(passed(allowance, "b", 5), 2);
}

TEST_F(AllowanceTest, WhatIsGivenBackCountsAgain) {
  Allowance allowance(clock, {.per_second = 1, .burst = 1});
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(allowance.take("a"));
    allowance.give_back("a");
  }
  EXPECT_EQ(passed(allowance, "a", 5), 1);
  allowance.give_back("never seen");
}

TEST_F(AllowanceTest, ZeroIsNoLimit) {
  Allowance allowance(clock, {.per_second = 0, .burst = 1});
  EXPECT_EQ(passed(allowance, "a", 1000), 1000);
  EXPECT_EQ(allowance.callers(), 0U);
}

TEST_F(AllowanceTest, MemoryIsBounded) {
  Allowance allowance(clock, {.per_second = 1, .burst = 2, .callers_max = 160});
  passed(allowance, "busy", 2);
  for (int i = 0; i < 10'000; ++i) allowance.take("caller " + std::to_string(i));
  EXPECT_LE(allowance.callers(), 160U);
  EXPECT_TRUE(allowance.take("busy")) << "an empty bucket outlives those that lack less";
  clock.advance(seconds(2));
  for (int i = 0; i < 10'000; ++i) allowance.take("later " + std::to_string(i));
  EXPECT_LE(allowance.callers(), 160U);
}

TEST_F(AllowanceTest, ThreadsGetNoMoreThanThereIs) {
  Allowance allowance(clock, {.per_second = 1, .burst = 1000});
  std::atomic<int> all = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { all += passed(allowance, "a", 500); });
  }
  EXPECT_EQ(all, 1000);
}

}  // namespace
}  // namespace foz::http
