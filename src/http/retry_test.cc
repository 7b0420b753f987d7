// Again or not: the table of answers and waits of the Sources contract, 1.7.
#include "http/retry.h"

#include <gtest/gtest.h>

#include "base/time_text.h"

namespace foz::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Verdict, ComesFromTheStatus) {
  for (const int status : {500, 502, 503, 504, 520, 525, 530}) EXPECT_EQ(verdict_of(status), Verdict::transient) << status;
  EXPECT_EQ(verdict_of(429), Verdict::throttled);
  for (const int status : {200, 204, 301, 400, 401, 403, 404, 409, 501, 505, 519, 531}) EXPECT_EQ(verdict_of(status), Verdict::done) << status;
}

TEST(AskedWait, ReadsSecondsAndDates) {
  const Instant now = *parse_iso_instant("2026-11-25T10:00:00Z");
  const auto asked = [&](const char* text) { return asked_wait(Response{.headers = {{"retry-after", text}}}, now); };
  EXPECT_EQ(asked("7"), milliseconds(7000));
  EXPECT_EQ(asked(" 0 "), milliseconds(0));
  EXPECT_EQ(asked("Wed, 25 Nov 2026 10:01:30 GMT"), milliseconds(90'000));
  for (const char* text : {"", "-1", "soon", "1.5", "Wed, 25 Nov 2026 09:59:59 GMT"}) EXPECT_EQ(asked(text), std::nullopt) << text;
  EXPECT_EQ(asked_wait(Response{}, now), std::nullopt);
}

TEST(WaitBeforeRetry, GrowsFourfoldAndEnds) {
  const RetryRules rules;
  const auto wait = [&](int tries, double chance = 0.5) { return wait_before_retry(rules, tries, Verdict::transient, {}, chance); };
  EXPECT_EQ(wait(1), milliseconds(1000));
  EXPECT_EQ(wait(2), milliseconds(4000));
  EXPECT_EQ(wait(3), milliseconds(16'000));
  EXPECT_EQ(wait(4), std::nullopt);
  EXPECT_EQ(wait(1, 0.0), milliseconds(800));
  EXPECT_GT(*wait(1, 0.999), milliseconds(1190));
  EXPECT_EQ(wait_before_retry(rules, 1, Verdict::done, {}, 0.5), std::nullopt);
}

TEST(WaitBeforeRetry, HeedsTheOtherSideUpToACap) {
  const RetryRules rules;
  EXPECT_EQ(wait_before_retry(rules, 1, Verdict::throttled, milliseconds(30'000), 0.5), milliseconds(30'000));
  EXPECT_EQ(wait_before_retry(rules, 1, Verdict::throttled, seconds(86'400), 0.5), rules.asked_wait_max);
  EXPECT_EQ(wait_before_retry(rules, 4, Verdict::throttled, milliseconds(1), 0.5), std::nullopt);
}

TEST(IsRetriable, OnlyWhereNoWholeAnswerCame) {
  EXPECT_TRUE(is_retriable({.kind = ErrorKind::unavailable}));
  for (const ErrorKind kind : {ErrorKind::forbidden, ErrorKind::corrupt, ErrorKind::cancelled, ErrorKind::invalid}) {
    EXPECT_FALSE(is_retriable({.kind = kind}));
  }
}

}  // namespace
}  // namespace foz::http
