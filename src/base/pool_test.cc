#include "base/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>

namespace foz {
namespace {

TEST(Pool, RunsEveryJobThatItTook) {
  for (const size_t threads : {1u, 2u, 8u}) {
    std::atomic<int> done = 0;
    Pool pool("test", threads, 10'000);
    for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(pool.submit([&] { ++done; }));
    pool.finish();
    EXPECT_EQ(done, 5'000) << threads;
    EXPECT_FALSE(pool.submit([] {}));
  }
}

TEST(Pool, AJobThatWaitsForAnotherOneKeepsNobodyBack) {
  Pool pool("test", 4, 10);
  std::latch told(1), ended(3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.submit([&] {
      told.wait();
      ended.count_down();
    }));
  }
  ASSERT_TRUE(pool.submit([&] { told.count_down(); }));
  ended.wait();
}

TEST(Pool, RefusesMoreThanMayWait) {
  Pool pool("test", 1, 2);
  std::latch begun(1), go(1);
  ASSERT_TRUE(pool.submit([&] {
    begun.count_down();
    go.wait();
  }));
  begun.wait();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  go.count_down();
}

TEST(Pool, AFaultEndsNoThread) {
  std::atomic<int> done = 0;
  Pool pool("test", 1, 10);
  ASSERT_TRUE(pool.submit([] { throw std::runtime_error("a fault on purpose"); }));
  ASSERT_TRUE(pool.submit([&] { ++done; }));
  pool.finish();
  EXPECT_EQ(done, 1);
}

TEST(Pool, ItsEndDropsWhatHasNotBegun) {
  std::atomic<int> done = 0;
  std::latch begun(1), go(1);
  {
    Pool pool("test", 1, 10);
    ASSERT_TRUE(pool.submit([&] {
      begun.count_down();
      go.wait();
      ++done;
    }));
    begun.wait();
    go.count_down();
  }
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace foz
