#include "sources/salesforce/ahead.h"

#include <gtest/gtest.h>

#include <atomic>

namespace foz::sources::salesforce {
namespace {

Result<http::Response> page(std::string body) {
  http::Response response;
  response.body = std::move(body);
  return response;
}

TEST(ResultsAhead, GivesWhatWasBegunOnce) {
  ResultsAhead ahead(2);
  std::atomic<int> fetched = 0;
  for (int i = 0; i < 3; ++i) ahead.begin("a", [&](std::stop_token) { return ++fetched, page("of a"); });
  const auto first = ahead.take("a", {});
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->body, "of a");
  EXPECT_EQ(fetched, 1);
  EXPECT_FALSE(ahead.take("a", {}).has_value());
  EXPECT_FALSE(ahead.take("b", {}).has_value()) << "nobody began it";
}

TEST(ResultsAhead, KeepsNoMoreThanItMay) {
  ResultsAhead ahead(2);
  std::atomic<bool> open = false;
  const auto waits = [&](std::stop_token stop) {
    while (!open && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return page("");
  };
  ahead.begin("a", waits);
  ahead.begin("b", waits);
  ahead.begin("c", waits);
  EXPECT_FALSE(ahead.take("c", {}).has_value()) << "both places are taken";
  open = true;
  ASSERT_TRUE(ahead.take("a", {}).has_value());
  ahead.begin("c", waits);
  EXPECT_TRUE(ahead.take("c", {}).has_value());
}

TEST(ResultsAhead, APageThatNobodyTookMakesRoom) {
  ResultsAhead ahead(1);
  ahead.begin("of a run that failed", [](std::stop_token) { return page("old"); });
  for (int i = 0; i < 5000 && !ahead.take("new", {}); ++i) {
    ahead.begin("new", [](std::stop_token) { return page("new"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_FALSE(ahead.take("of a run that failed", {}).has_value());
}

TEST(ResultsAhead, StopsWhatNobodyWants) {
  std::atomic<int> stopped = 0;
  const auto hangs = [&](std::stop_token stop) -> Result<http::Response> {
    while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ++stopped;
    return Error{.kind = ErrorKind::cancelled, .message = "stopped"};
  };
  {
    ResultsAhead ahead(3);
    ahead.begin("job/1", hangs);
    ahead.begin("job/2", hangs);
    ahead.begin("other/1", hangs);
    ahead.forget("job/");
    EXPECT_EQ(stopped, 2);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(ahead.take("other/1", stop.get_token()).has_value()) << "whoever waits is told to stop";
  }
  EXPECT_EQ(stopped, 3);
}

}  // namespace
}  // namespace foz::sources::salesforce
