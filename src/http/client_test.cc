// The layers of the client, each over a scripted other side and a clock that stands still until somebody sleeps.
#include "http/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

namespace foz::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Sleeping moves it, so that waits are counted and take no time.
class QuickClock final : public Clock {
 public:
  Instant now() const override { return from_millis(1'700'000'000'000) + slept; }
  Tick tick() const override { return Tick{} + std::chrono::hours(1) + slept; }
  bool sleep_until(Instant until, std::stop_token stop) const override { return sleep_for(std::chrono::ceil<milliseconds>(until - now()), stop); }
  bool sleep_for(milliseconds span, std::stop_token stop) const override {
    if (stop.stop_requested()) return false;
    slept += span;
    waits.push_back(span);
    return true;
  }
  mutable milliseconds slept{0};
  mutable std::vector<milliseconds> waits;
};

class Script final : public Transport {
 public:
  explicit Script(std::deque<Result<Response>> answers) : answers_(std::move(answers)) {}
  Result<Response> send(const Request& request, std::stop_token) override {
    tokens.emplace_back(request.headers.get("Authorization").value_or(""));
    if (answers_.empty()) return Response{};
    Result<Response> answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }
  std::vector<std::string> tokens;

 private:
  std::deque<Result<Response>> answers_;
};

const Error kCutOff{.kind = ErrorKind::unavailable, .message = "cut off"};

TEST(Retrying, TriesAgainUntilAnAnswerComes) {
  QuickClock clock;
  SeededRandom random(1);
  Script script({kCutOff, Response{.status = 503}, Response{.status = 200}});
  Retrying retrying(script, clock, random);
  EXPECT_EQ(retrying.send(get("http://h"), {})->status, 200);
  ASSERT_EQ(clock.waits.size(), 2u);
  EXPECT_NEAR(static_cast<double>(clock.waits[0].count()), 1000, 200);
  EXPECT_NEAR(static_cast<double>(clock.waits[1].count()), 4000, 800);
}

TEST(Retrying, GivesTheLastAnswerWhenItGivesUp) {
  QuickClock clock;
  SeededRandom random(1);
  Script script({Response{.status = 500}, Response{.status = 500}, Response{.status = 500}, Response{.status = 502}, Response{.status = 200}});
  Retrying retrying(script, clock, random);
  EXPECT_EQ(retrying.send(get("http://h"), {})->status, 502);
  EXPECT_EQ(script.tokens.size(), 4u);
}

TEST(Retrying, WaitsAsLongAsItIsTold) {
  QuickClock clock;
  SeededRandom random(1);
  Script script({Response{.status = 429, .headers = {{"Retry-After", "12"}}}});
  Retrying retrying(script, clock, random);
  EXPECT_EQ(retrying.send(get("http://h"), {})->status, 200);
  EXPECT_EQ(clock.waits, std::vector{milliseconds(12'000)});
}

TEST(Retrying, LeavesPermanentErrorsAndStopsAtOnce) {
  QuickClock clock;
  SeededRandom random(1);
  Script refused({Error{.kind = ErrorKind::forbidden, .message = "no"}});
  EXPECT_EQ(Retrying(refused, clock, random).send(get("http://h"), {}).error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(clock.waits.empty());
  Script down({kCutOff, kCutOff});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Retrying(down, clock, random).send(get("http://h"), stop.get_token()).error().kind, ErrorKind::cancelled);
}

TEST(Limited, HoldsTheAverageAndTheBurst) {
  QuickClock clock;
  Script script({});
  Limited limited(script, clock, 10, 3);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(limited.send(get("http://h"), {}));
  EXPECT_EQ(clock.slept, milliseconds(0));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(limited.send(get("http://h"), {}));
  EXPECT_NEAR(static_cast<double>(clock.slept.count()), 2000, 50);
  limited.slow_down(seconds(30));
  const milliseconds before = clock.slept;
  ASSERT_TRUE(limited.send(get("http://h"), {}));
  EXPECT_GE(clock.slept - before, seconds(30));
}

TEST(Authorizing, RenewsOnceOn401) {
  QuickClock clock;
  int fetched = 0;
  CachedToken tokens(clock, [&](std::stop_token) -> Result<CachedToken::Fetched> { return CachedToken::Fetched{.value = Secret("t" + std::to_string(++fetched))}; });
  Script script({Response{.status = 401}, Response{.status = 200}, Response{.status = 401}, Response{.status = 401}});
  Authorizing authorizing(script, tokens);
  EXPECT_EQ(authorizing.send(get("http://h"), {})->status, 200);
  EXPECT_EQ(authorizing.send(get("http://h"), {})->status, 401);
  EXPECT_EQ(script.tokens, (std::vector<std::string>{"Bearer t1", "Bearer t2", "Bearer t2", "Bearer t3"}));
}

TEST(CachedToken, RenewsEarlyAndSurvivesAFailure) {
  QuickClock clock;
  int calls = 0;
  bool down = false;
  CachedToken tokens(clock, [&](std::stop_token) -> Result<CachedToken::Fetched> {
    ++calls;
    if (down) return kCutOff;
    return CachedToken::Fetched{.value = Secret("t" + std::to_string(calls)), .life = seconds(100)};
  });
  EXPECT_EQ(tokens.current({})->value.reveal(), "t1");
  clock.slept += seconds(79);
  EXPECT_EQ(tokens.current({})->value.reveal(), "t1");
  clock.slept += seconds(2);
  down = true;
  EXPECT_EQ(tokens.current({})->value.reveal(), "t1");
  EXPECT_EQ(tokens.current({})->value.reveal(), "t1");
  EXPECT_EQ(calls, 2) << "a failed early renewal is not tried with every call";
  clock.slept += seconds(11);
  down = false;
  EXPECT_EQ(tokens.current({})->value.reveal(), "t3");
}

TEST(CachedToken, ManyCallersAskOnce) {
  QuickClock clock;
  std::atomic<int> calls = 0;
  CachedToken tokens(clock, [&](std::stop_token) -> Result<CachedToken::Fetched> { return CachedToken::Fetched{.value = Secret("t" + std::to_string(++calls))}; });
  const uint64_t stale = tokens.current({})->generation;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) callers.emplace_back([&] { EXPECT_EQ(tokens.renew(stale, {})->value.reveal(), "t2"); });
  callers.clear();
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace foz::http
