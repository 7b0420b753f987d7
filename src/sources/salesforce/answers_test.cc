#include "sources/salesforce/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/test_world.h"

namespace foz::sources::salesforce {
namespace {

using test::reply;

struct Case {
  int status;
  std::string code, message;
  AnswerClass what;
};

// Sources contract, 2.9.
TEST(SalesforceAnswers, AreClassedAsTheContractSays) {
  const Case cases[] = {
      {401, "INVALID_SESSION_ID", "Session expired or invalid", AnswerClass::auth_expired},
      {403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", AnswerClass::quota_gone},
      {403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", AnswerClass::throttled},
      {403, "API_DISABLED_FOR_ORG", "", AnswerClass::permanent},
      {403, "TXN_SECURITY_METERING_ERROR", "took too long", AnswerClass::transient},
      {400, "MALFORMED_QUERY", "", AnswerClass::permanent},
      {400, "INVALID_FIELD", "", AnswerClass::permanent},
      {400, "INVALIDENTITY", "Entity 'X' is not supported by the Bulk API.", AnswerClass::unsupported},
      {400, "QUERY_TIMEOUT", "Your query request was running for too long.", AnswerClass::too_heavy},
      {400, "EXCEEDED_ID_LIMIT", "", AnswerClass::too_heavy},
      {400, "INVALID_QUERY_LOCATOR", "invalid query locator", AnswerClass::handle_gone},
      {400, "LIMIT_EXCEEDED", "Max bulk v2 query jobs (10000) per 24 hrs has been reached (10021).", AnswerClass::unsupported},
      {404, "NOT_FOUND", "", AnswerClass::permanent},
      {409, "X", "", AnswerClass::transient},
      {429, "X", "", AnswerClass::throttled},
      {500, "UNKNOWN_EXCEPTION", "", AnswerClass::transient},
      {503, "SERVER_UNAVAILABLE", "", AnswerClass::transient},
  };
  for (const Case& one : cases) {
    const Answer answer = answer_of(reply(one.status, R"([{"message":")" + one.message + R"(","errorCode":")" + one.code + R"("}])"));
    EXPECT_EQ(answer.what, one.what) << one.status << " " << one.code;
    EXPECT_EQ(answer.code, one.code);
    EXPECT_THAT(answer.message, testing::StartsWith(one.message));
  }
  EXPECT_THAT(answer_of(reply(403, R"([{"message":"x","errorCode":"TXN_SECURITY_METERING_ERROR"}])")).message, testing::HasSubstr("exempt the integration user"));
  EXPECT_EQ(answer_of(reply(502, "<html>bad gateway</html>")).what, AnswerClass::transient);
  EXPECT_EQ(answer_of(reply(304, "")).what, AnswerClass::ok);
}

TEST(SalesforceAnswers, NeverRepeatARefusedLogin) {
  EXPECT_EQ(answer_of(reply(400, R"({"error":"invalid_grant","error_description":"authentication failure"})")).what, AnswerClass::auth_wrong);
  EXPECT_EQ(answer_of(reply(500, "<Envelope><faultcode>sf:INVALID_LOGIN</faultcode></Envelope>")).what, AnswerClass::auth_wrong);
  EXPECT_EQ(answer_of(reply(500, "<Envelope><faultcode>sf:SERVER_UNAVAILABLE</faultcode></Envelope>")).what, AnswerClass::transient);
}

struct UsageCase {
  std::string header;
  std::optional<int64_t> remaining;
};

TEST(SalesforceAnswers, TellTheAllowance) {
  const UsageCase cases[] = {{"api-usage=18/5000", 4982},
                             {"api-usage=18/5000; per-app-api-usage=17/250(appName=sample)", 4982},
                             {"per-app-api-usage=17/250(appName=sample);api-usage=5001/5000", 0},
                             {"api-usage=18", std::nullopt},
                             {"api-usage=x/y", std::nullopt},
                             {"", std::nullopt}};
  for (const UsageCase& one : cases) {
    const auto limit = limit_of(reply(200, "{}", {{"Sforce-Limit-Info", one.header}}));
    EXPECT_EQ(limit ? std::optional(limit->remaining) : std::nullopt, one.remaining) << one.header;
  }
}

}  // namespace
}  // namespace foz::sources::salesforce
