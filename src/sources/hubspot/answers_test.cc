#include "sources/hubspot/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/test_world.h"

namespace foz::sources::hubspot {
namespace {

using std::chrono::milliseconds;
using test::reply;
using testing::HasSubstr;

struct Case {
  int status;
  std::string body;
  AnswerClass what;
  std::string code;
  milliseconds wait{0};
};

// Sources contract, 4.2 and 4.8.
TEST(HubSpotAnswers, AreClassedAsTheContractSays) {
  const Case cases[] = {
      {429, R"({"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"})", AnswerClass::throttled, "TEN_SECONDLY_ROLLING", milliseconds(10'000)},
      {429, R"({"status":"error","message":"You have reached your secondly limit.","errorType":"RATE_LIMIT","policyName":"SECONDLY"})", AnswerClass::throttled, "SECONDLY", milliseconds(1000)},
      {429, R"({"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","policyName":"DAILY","requestId":"x"})", AnswerClass::quota_gone, "DAILY"},
      {429, R"({"status":"error","message":"You have reached your daily limit."})", AnswerClass::quota_gone, ""},
      {429, "<html>", AnswerClass::throttled, ""},
      {400, R"({"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token"})", AnswerClass::auth_wrong, "BAD_REFRESH_TOKEN"},
      {400, R"({"status":"error","message":"no","category":"VALIDATION_ERROR"})", AnswerClass::permanent, "VALIDATION_ERROR"},
      {401, R"({"status":"error","message":"expired","category":"EXPIRED_AUTHENTICATION"})", AnswerClass::auth_expired, "EXPIRED_AUTHENTICATION"},
      {401, R"({"status":"error","message":"no","category":"INVALID_AUTHENTICATION"})", AnswerClass::auth_expired, "INVALID_AUTHENTICATION"},
      {403, R"({"status":"error","message":"no","category":"MISSING_SCOPES"})", AnswerClass::permanent, "MISSING_SCOPES"},
      {404, R"({"status":"error","message":"no","category":"OBJECT_NOT_FOUND"})", AnswerClass::permanent, "OBJECT_NOT_FOUND"},
      {414, "<html>Request-URI Too Large</html>", AnswerClass::permanent, ""},
      {423, "{}", AnswerClass::throttled, "", milliseconds(2000)},
      {500, R"({"status":"error","message":"internal error"})", AnswerClass::transient, ""},
      {502, "<html>", AnswerClass::transient, ""},
      {504, "<html>", AnswerClass::transient, ""},
      {521, "<html>", AnswerClass::transient, ""},
      {530, "<html>", AnswerClass::auth_wrong, ""},
      {200, "{}", AnswerClass::ok, ""},
      {207, "{}", AnswerClass::ok, ""},
  };
  for (const Case& one : cases) {
    const Answer answer = answer_of(reply(one.status, one.body));
    EXPECT_EQ(answer.what, one.what) << one.status << one.body;
    EXPECT_EQ(answer.code, one.code) << one.status << one.body;
    EXPECT_EQ(answer.wait, one.wait) << one.status << one.body;
  }
}

TEST(HubSpotAnswers, NameTheScopesThatAreMissing) {
  const Answer answer = answer_of(reply(403, R"({"status":"error","message":"This app hasn't been granted all required scopes.","category":"MISSING_SCOPES",
    "errors":[{"message":"One or more","context":{"requiredGranularScopes":["crm.objects.contacts.read"]}}]})"));
  EXPECT_THAT(answer.message, HasSubstr("Grant the app crm.objects.contacts.read."));
}

// Faults F09: never above the rate that the headers tell, in any interval.
TEST(HubSpotAnswers, KeepTheRateOfTheHeadersInEveryInterval) {
  test::LeapingClock clock;
  Governor governor(clock, {.vendor = "HubSpot"});
  const VendorRules rules = hubspot::rules();
  const http::Request list = http::get("https://api.hubapi.com/crm/v3/objects/contacts?limit=100");
  rules.hear(list, reply(200, "{}", {{"X-HubSpot-RateLimit-Max", "190"}, {"X-HubSpot-RateLimit-Interval-Milliseconds", "10000"}}), governor);
  std::vector<Instant> sent;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(governor.admit(rules.bucket(list), Purpose::collect, {}));
    sent.push_back(clock.now());
  }
  for (size_t i = 190; i < sent.size(); ++i) ASSERT_GE(sent[i] - sent[i - 190], std::chrono::seconds(10)) << i;
  EXPECT_LT(sent.back() - sent.front(), std::chrono::seconds(65)) << "and not far below it";
}

TEST(HubSpotAnswers, KeepTheDailyAllowance) {
  test::LeapingClock clock;
  Governor governor(clock, {.vendor = "HubSpot"});
  const http::Request list = http::get("https://api.hubapi.com/crm/v3/objects/contacts");
  rules().hear(list, reply(200, "{}", {{"X-HubSpot-RateLimit-Daily", "1000"}, {"X-HubSpot-RateLimit-Daily-Remaining", "200"}}), governor);
  EXPECT_FALSE(governor.admit("", Purpose::collect, {}));
  EXPECT_TRUE(governor.admit("", Purpose::look, {}));
  ASSERT_EQ(governor.allowances().size(), 1u);
  EXPECT_EQ(governor.allowances()[0].remaining, 200);
}

TEST(HubSpotAnswers, CountSearchesByThemselves) {
  const auto bucket = rules().bucket;
  EXPECT_EQ(bucket(http::get("https://api.hubapi.com/crm/v3/objects/contacts/search")), kSearchBucket);
  EXPECT_EQ(bucket(http::get("https://api.hubapi.com/crm/v3/objects/2-17/search?x")), kSearchBucket);
  EXPECT_EQ(bucket(http::get("https://api.hubapi.com/crm/v3/objects/contacts")), "");
  EXPECT_EQ(bucket(http::get("https://api.hubapi.com/crm/v3/lists/search")), "");
}

}  // namespace
}  // namespace foz::sources::hubspot
