#include "base/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace foz {
namespace {

using namespace std::chrono_literals;

TEST(BoundedQueue, GivesItemsInTheOrderInWhichTheyCame) {
  BoundedQueue<int> queue(10);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue.try_push(i, 1));
  EXPECT_EQ(queue.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(queue.pop({}), i);
}

TEST(BoundedQueue, TakesAnItemHeavierThanItsLimitOnlyWhenItIsEmpty) {
  BoundedQueue<int> queue(10);
  ASSERT_TRUE(queue.try_push(1, 1));
  EXPECT_FALSE(queue.try_push(2, 100));
  EXPECT_EQ(queue.pop({}), 1);
  EXPECT_TRUE(queue.try_push(2, 100));
  EXPECT_FALSE(queue.try_push(3, 1));
}

TEST(BoundedQueue, EveryProducerWhoseItemFitsGoesOn) {
  BoundedQueue<int> queue(10);
  ASSERT_TRUE(queue.try_push(0, 10));
  std::vector<std::jthread> producers;
  for (int i = 1; i <= 5; ++i) {
    producers.emplace_back([&queue, i] { EXPECT_TRUE(queue.push(i, 2, {})); });
  }
  EXPECT_EQ(queue.pop({}), 0);
  producers.clear();
  EXPECT_EQ(queue.size(), 5u);
}

TEST(BoundedQueue, EveryItemFindsOneOfManyIdleConsumers) {
  BoundedQueue<int> queue(1000);
  std::atomic<int> sum = 0;
  std::vector<std::jthread> consumers;
  for (int i = 0; i < 8; ++i) {
    consumers.emplace_back([&] {
      while (const auto item = queue.pop({})) sum += *item;
    });
  }
  int wanted = 0;
  for (int i = 1; i <= 500; ++i) {
    ASSERT_TRUE(queue.push(i, 1, {}));
    wanted += i;
  }
  queue.close();
  consumers.clear();
  EXPECT_EQ(sum, wanted);
}

TEST(BoundedQueue, AConsumerThatStopsLeavesItsItemToAnother) {
  for (int round = 0; round < 200; ++round) {
    BoundedQueue<int> queue(10);
    std::optional<int> taken;
    std::jthread stays([&] { taken = queue.pop({}); });
    std::jthread leaves([&](std::stop_token stop) {
      if (const auto item = queue.pop(stop)) queue.try_push(*item, 1);
    });
    std::jthread asks([&] { leaves.request_stop(); });
    ASSERT_TRUE(queue.try_push(7, 1));
    asks.join();
    leaves.join();
    stays.join();
    EXPECT_EQ(taken, 7);
  }
}

TEST(BoundedQueue, StopAndCloseEndAWait) {
  BoundedQueue<int> queue(1);
  std::jthread waits([&](std::stop_token stop) { EXPECT_FALSE(queue.pop(stop)); });
  waits.request_stop();
  waits.join();
  ASSERT_TRUE(queue.try_push(1, 1));
  std::jthread pushes([&](std::stop_token stop) { EXPECT_FALSE(queue.push(2, 1, stop)); });
  pushes.request_stop();
  pushes.join();
  std::jthread closed([&] { EXPECT_FALSE(queue.push(3, 1, {})); });
  queue.close();
  closed.join();
  EXPECT_EQ(queue.pop({}), 1);
  EXPECT_FALSE(queue.pop({}));
}

}  // namespace
}  // namespace foz
