#include "sources/calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/metrics.h"
#include "base/text.h"
#include "sources/test_world.h"

namespace foz::sources {
namespace {

using std::chrono::milliseconds;
using test::reply;
using test::TestWorld;
using testing::HasSubstr;

Answer plain_answer(const http::Response& response) {
  if (response.ok()) return {};
  if (response.status == 401) return {.what = AnswerClass::auth_expired};
  if (response.status == 429) return {.what = AnswerClass::throttled};
  if (response.status == 403) return {.what = AnswerClass::quota_gone, .code = "QUOTA"};
  if (response.status >= 500) return {.what = AnswerClass::transient, .message = response.body};
  return {.what = AnswerClass::permanent, .message = response.body};
}

/// Calls with a token that counts how often it was fetched.
struct Rig {
  explicit Rig(test::FakeVendor::Handler handler)
      : world(std::move(handler)),
        tokens(world.clock,
               [this](std::stop_token) -> Result<http::CachedToken::Fetched> {
                 return http::CachedToken::Fetched{.value = Secret("t" + std::to_string(++fetched))};
               }),
        calls(world.world(), {.vendor = "V", .known_hosts = {"v.test"}, .answer = plain_answer}, tokens) {}

  Result<http::Response> ask() { return calls.ask(http::get("https://v.test/x"), Purpose::collect, "reading x", {}); }
  TestWorld world;
  int fetched = 0;
  http::CachedToken tokens;
  Calls calls;
};

TEST(Calls, NameTheVendorsHostsAndNoOthers) {
  Rig rig([](const http::Request&) { return reply(200, "{}"); });
  EXPECT_TRUE(rig.ask());
  for (const char* url : {"https://evil.test/x", "http://v.test/x", "https://v.test.evil.test/x"}) {
    const auto refused = rig.calls.ask(http::get(url), Purpose::collect, "reading x", {});
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().kind, ErrorKind::forbidden) << url;
  }
  EXPECT_EQ(rig.world.vendor.calls().size(), 1u);
}

TEST(Calls, GetATokenOnceWhenItExpired) {
  Rig rig([](const http::Request& request) {
    return *request.headers.get("Authorization") == "Bearer t1" ? reply(401, "{}") : reply(200, "{}");
  });
  EXPECT_TRUE(rig.ask());
  EXPECT_TRUE(rig.ask());
  EXPECT_EQ(rig.fetched, 2);
  EXPECT_EQ(rig.world.vendor.calls().size(), 3u);
}

// Sources contract, 4.8: an app whose answers are errors too often is at risk at HubSpot.
TEST(Calls, CountAnswersThatAreErrors) {
  int n = 0;
  Rig rig([&](const http::Request&) { return ++n == 2 ? reply(404, "{}") : reply(200, "{}"); });
  const auto counted = [](std::string_view kind) {
    const std::string text = metrics::exposition(), name = "foz_source_answers_total{kind=\"" + std::string(kind) + "\",vendor=\"V\"} ";
    const size_t at = text.find(name);
    return at == text.npos ? 0 : to_integer(text.substr(at + name.size(), text.find('\n', at) - at - name.size())).value_or(-1);
  };
  const int64_t good = counted("ok"), bad = counted("error");
  for (int i = 0; i < 3; ++i) (void)rig.ask().has_value();
  EXPECT_EQ(counted("ok"), good + 2);
  EXPECT_EQ(counted("error"), bad + 1);
}

TEST(Calls, FailAtTheSecondRefusalOfTheToken) {
  Rig rig([](const http::Request&) { return reply(401, "{}"); });
  const auto refused = rig.ask();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(rig.world.vendor.calls().size(), 2u);
}

// Faults F09: a storm of 429 costs time, never a try.
TEST(Calls, DoNotCountThrottlingAsTries) {
  int n = 0;
  Rig rig([&](const http::Request&) { return ++n < 12 ? reply(429, "{}", {{"Retry-After", "2"}}) : reply(200, "{}"); });
  const Instant begin = rig.world.clock.now();
  EXPECT_TRUE(rig.ask());
  EXPECT_EQ(rig.world.clock.now() - begin, std::chrono::seconds(22));
}

struct AskedWait {
  std::string header;
  milliseconds first_wait;
};

TEST(Calls, ReadRetryAfterInEveryForm) {
  const AskedWait cases[] = {{"7", milliseconds(7000)},
                             {"Tue, 14 Nov 2023 22:13:30 GMT", milliseconds(10'000)},  // the test begins at 22:13:20
                             {"-5", milliseconds(1000)},
                             {"soon", milliseconds(1000)}};
  for (const AskedWait& c : cases) {
    int n = 0;
    Rig rig([&](const http::Request&) { return ++n == 1 ? reply(429, "{}", {{"Retry-After", c.header}}) : reply(200, "{}"); });
    EXPECT_TRUE(rig.ask()) << c.header;
    ASSERT_FALSE(rig.world.clock.slept().empty()) << c.header;
    EXPECT_EQ(rig.world.clock.slept()[0], c.first_wait) << c.header;
  }
}

// Fault F09: a day of Retry-After is capped, said, and holds no worker.
TEST(Calls, LeaveALongWaitToTheRun) {
  Rig rig([](const http::Request&) { return reply(429, "{}", {{"Retry-After", "86400"}}); });
  for (int i = 0; i < 2; ++i) {
    const auto refused = rig.ask();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
    EXPECT_EQ(refused.error().retry_after, std::chrono::minutes(15));
    EXPECT_THAT(refused.error().message, HasSubstr(i == 0 ? "V asks for 86400 s without calls; the next call is made in 900 s" : "V asked for time: no call for 900 s"));
  }
  EXPECT_EQ(rig.world.vendor.calls().size(), 1u) << "nobody calls meanwhile";
  EXPECT_TRUE(rig.world.clock.slept().empty());
}

TEST(Calls, AreThrottledForSomeMinutesInPlace) {
  Rig rig([](const http::Request&) { return reply(429, "{}", {{"Retry-After", "60"}}); });
  const Instant begin = rig.world.clock.now();
  const auto refused = rig.ask();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(60));
  EXPECT_LE(rig.world.clock.now() - begin, std::chrono::minutes(5));
  EXPECT_EQ(rig.world.vendor.calls().size(), 6u);
}

// Fault F10: the retry budget of a call, then of the vendor: ten failures in a row, and nobody calls for a minute.
TEST(Calls, LeaveAVendorAloneThatIsDown) {
  bool down = true;
  Rig rig([&](const http::Request&) { return reply(down ? 503 : 200, "{}"); });
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(rig.ask());
  EXPECT_EQ(rig.world.vendor.calls().size(), 10u);
  const auto refused = rig.ask();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("reading x: V failed 10 times in a row"));
  ASSERT_TRUE(refused.error().retry_after);
  rig.world.clock.advance(*refused.error().retry_after);
  down = false;
  EXPECT_TRUE(rig.ask());
  EXPECT_TRUE(rig.ask());
}

TEST(Calls, RepeatWhatStumbledThreeTimes) {
  Rig rig([](const http::Request&) { return reply(503, "<html>busy</html>"); });
  const auto refused = rig.ask();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("reading x: V answered 503: an HTML page"));
  EXPECT_EQ(rig.world.vendor.calls().size(), 4u);
}

// Faults F11: an answer that ends too early is asked for again.
TEST(Calls, RepeatAnAnswerThatIsCutOff) {
  int n = 0;
  Rig rig([&](const http::Request&) { return reply(200, ++n < 3 ? "{\"results\":[{\"id\":" : "{\"results\":[]}\n"); });
  const auto answer = rig.ask();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "{\"results\":[]}\n");
  EXPECT_EQ(n, 3);
}

TEST(Calls, StopOnceTheAllowanceIsGone) {
  Rig rig([](const http::Request&) { return reply(403, "{}"); });
  const auto first = rig.ask();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::rate_limited);
  const auto second = rig.ask();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::rate_limited);
  EXPECT_TRUE(second.error().retry_after);
  EXPECT_EQ(rig.world.vendor.calls().size(), 1u) << "no call goes out after a quota refusal";
}

TEST(Calls, DoNotRepeatWhatIsWrong) {
  Rig rig([](const http::Request&) { return reply(400, "{\"message\":\"no such field\"}"); });
  const auto refused = rig.ask();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().code, "CONNECTOR-1308-400");
  EXPECT_EQ(rig.world.vendor.calls().size(), 1u);
}

TEST(VendorWords, AreShortAndOnOneLine) {
  EXPECT_EQ(vendor_words(" a\nb\t "), "a b");
  EXPECT_EQ(vendor_words("<html>"), "an HTML page");
  EXPECT_LE(vendor_words(std::string(5000, 'x')).size(), 310u);
}

}  // namespace
}  // namespace foz::sources
