#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/json.h"
#include "sources/salesforce/org.h"
#include "sources/salesforce/salesforce.h"
#include "sources/test_world.h"

namespace foz::sources::salesforce {
namespace {

using test::path_of;
using test::reply;
using test::TestWorld;
using testing::HasSubstr;
using testing::Not;

Login client_login(std::string environment = "https://acme.my.salesforce.com") {
  return {.auth_spec = "OAuth2 Client Credential",
          .parameters = {{"environmentUrl", Secret(std::move(environment))}, {"clientId", Secret("the-id")}, {"clientSecret", Secret("S3CRET")}}};
}
Login basic_login() {
  return {.auth_spec = "Basic Authentication",
          .parameters = {{"username", Secret("u@acme.test")}, {"password", Secret("P4SS<&")}, {"securityToken", Secret("T0KEN")}, {"environmentUrl", Secret("https://acme.my.salesforce.com")}}};
}

http::Response token_reply(std::string instance = "https://acme.my.salesforce.com", std::string token = "00D!AQ1") {
  return reply(200, to_text(Json{{"access_token", token}, {"instance_url", instance}, {"issued_at", "1700000000000"}, {"token_type", "Bearer"}}));
}

http::Response soap_reply(std::string server = "https://acme.my.salesforce.com/services/Soap/u/60.0/00D", std::string expired = "false") {
  return reply(200, R"(<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><soapenv:Body>
<loginResponse><result><passwordExpired>)" + expired + "</passwordExpired><serverUrl>" + server + R"(</serverUrl><sessionId>00D!SOAP</sessionId>
<userInfo><sessionSecondsValid>7200</sessionSecondsValid></userInfo></result></loginResponse></soapenv:Body></soapenv:Envelope>)", {{"Content-Type", "text/xml"}});
}

http::Response soap_fault(std::string code) {
  return reply(500, R"(<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault><faultcode>sf:)" + code +
                        "</faultcode><faultstring>" + code + ": Invalid username, password, security token; or user locked out.</faultstring><detail><sf:LoginFault><sf:exceptionCode>" + code +
                        "</sf:exceptionCode></sf:LoginFault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>", {{"Content-Type", "text/xml"}});
}

bool is_login(const http::Request& request) { return path_of(request).find("oauth2") != std::string::npos || path_of(request).find("/Soap/") != std::string::npos; }

TEST(SalesforceLogin, SendsClientCredentialsToTheEnvironmentOnly) {
  TestWorld world([](const http::Request& request) { return is_login(request) ? token_reply("https://acme-api.my.salesforce.com") : reply(200, "{}"); });
  const auto source = kSalesforce.open(client_login(), world.world());
  ASSERT_TRUE(source);
  EXPECT_TRUE((*source)->check({}));
  const auto calls = world.vendor.calls();
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].url, "https://acme.my.salesforce.com/services/oauth2/token");
  const auto form = http::Query::parse(calls[0].body);
  EXPECT_EQ(form.get("grant_type"), "client_credentials");
  EXPECT_EQ(form.get("client_secret"), "S3CRET");
  EXPECT_EQ(calls[1].url, "https://acme-api.my.salesforce.com/services/data/v60.0");
  EXPECT_EQ(calls[1].headers.get("Authorization"), "Bearer 00D!AQ1");
}

TEST(SalesforceLogin, LogsInBySoapWithEscapedWords) {
  TestWorld world([](const http::Request& request) { return is_login(request) ? soap_reply() : reply(200, "{}"); });
  EXPECT_TRUE((*kSalesforce.open(basic_login(), world.world()))->check({}));
  const auto calls = world.vendor.calls();
  EXPECT_EQ(path_of(calls[0]), "/services/Soap/u/60.0");
  EXPECT_THAT(calls[0].body, HasSubstr("<password>P4SS&lt;&amp;T0KEN</password>"));
  EXPECT_EQ(calls[1].headers.get("Authorization"), "Bearer 00D!SOAP");
}

// Pain 14: opaque refusals are told with what to do about them, and never with the secret.
struct Refusal {
  http::Response response;
  std::string says;
};

TEST(SalesforceLogin, TellsWhatToDoWhenItIsRefused) {
  const auto oauth = [](std::string word, std::string text) { return reply(400, to_text(Json{{"error", word}, {"error_description", text}})); };
  const Refusal cases[] = {{oauth("invalid_grant", "authentication failure"), "blocks this login flow"},
                           {oauth("invalid_grant", "user hasn't approved this consumer"), "pre-authorise"},
                           {oauth("invalid_grant", "ip restricted"), "network address"},
                           {oauth("invalid_grant", "no client credentials user enabled"), "execution user"},
                           {oauth("invalid_client", "invalid client credentials"), "client secret is wrong"},
                           {oauth("OAUTH_APP_BLOCKED", "this app is blocked by admin"), "unblock"},
                           {oauth("inactive_user", "user is inactive"), "not active"}};
  for (const Refusal& one : cases) {
    TestWorld world([&](const http::Request&) { return one.response; });
    const Status refused = (*kSalesforce.open(client_login(), world.world()))->check({});
    ASSERT_FALSE(refused) << one.says;
    EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized) << one.says;
    EXPECT_THAT(refused.error().message, HasSubstr(one.says));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("S3CRET")));
    EXPECT_EQ(world.vendor.calls().size(), 1u) << "a refused login is not repeated: " << one.says;
  }
}

// Sources contract, 2.2: SOAP login() ends; the password grant is the way that basic credentials have left.
TEST(SalesforceLogin, TakesThePasswordGrantWhereSoapIsSwitchedOff) {
  const auto answers = [](const http::Request& request) {
    if (path_of(request).starts_with("/services/Soap/")) return soap_fault("API_DISABLED_FOR_ORG");
    return is_login(request) ? token_reply() : reply(200, "{}");
  };
  TestWorld world(answers);
  Login login = basic_login();
  login.parameters.emplace_back("clientId", Secret("the-id"));
  login.parameters.emplace_back("clientSecret", Secret("S3CRET"));
  ASSERT_TRUE((*kSalesforce.open(login, world.world()))->check({}));
  const http::Query form = http::Query::parse(world.vendor.calls()[1].body);
  EXPECT_EQ(form.get("grant_type"), "password");
  EXPECT_EQ(form.get("client_id"), "the-id");
  EXPECT_EQ(form.get("password"), "P4SS<&T0KEN") << "password and security token";

  TestWorld without(answers);
  EXPECT_FALSE((*kSalesforce.open(basic_login(), without.world()))->check({})) << "no app is named";
  EXPECT_EQ(without.vendor.calls().size(), 1u);
}

TEST(SalesforceLogin, NeverRepeatsAWrongPassword) {
  TestWorld world([](const http::Request&) { return soap_fault("INVALID_LOGIN"); });
  const Status refused = (*kSalesforce.open(basic_login(), world.world()))->check({});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("security token is wrong"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("P4SS")));
  EXPECT_EQ(world.vendor.calls().size(), 1u);
}

TEST(SalesforceLogin, SaysThatThePasswordExpired) {
  TestWorld world([](const http::Request&) { return soap_reply("https://acme.my.salesforce.com/services/Soap/u/60.0/00D", "true"); });
  const Status refused = (*kSalesforce.open(basic_login(), world.world()))->check({});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("set a new one"));
}

TEST(SalesforceLogin, TriesAgainWhenTheVendorStumbles) {
  int n = 0;
  TestWorld world([&](const http::Request& request) { return !is_login(request) ? reply(200, "{}") : ++n < 3 ? soap_fault("SERVER_UNAVAILABLE") : soap_reply(); });
  EXPECT_TRUE((*kSalesforce.open(basic_login(), world.world()))->check({}));
  EXPECT_EQ(n, 3);
}

TEST(SalesforceLogin, NoticesAnswersWithoutAToken) {
  const std::array bodies = {"{}", "not json", R"({"access_token":""})", R"({"access_token":"x","instance_url":"nowhere"})"};
  for (const char* body : bodies) {
    TestWorld world([&](const http::Request&) { return reply(200, body, {{"Content-Type", "text/plain"}}); });
    const Status refused = (*kSalesforce.open(client_login(), world.world()))->check({});
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt) << body;
  }
}

// Faults F25: a forged instance_url or environment gets no token, no secret.
TEST(SalesforceLogin, SendsNothingToForeignHosts) {
  for (const char* forged : {"https://evil.test", "http://acme.my.salesforce.com", "https://my.salesforce.com.evil.test", "http://127.0.0.1:9", "http://169.254.169.254"}) {
    TestWorld world([&](const http::Request&) { return token_reply(forged); });
    const Status refused = (*kSalesforce.open(client_login(), world.world()))->check({});
    ASSERT_FALSE(refused) << forged;
    EXPECT_EQ(refused.error().kind, ErrorKind::forbidden) << forged;
    EXPECT_EQ(world.vendor.calls().size(), 1u) << "only the login went out: " << forged;

    TestWorld never([](const http::Request&) { return token_reply(); });
    EXPECT_FALSE((*kSalesforce.open(client_login(forged), never.world()))->check({})) << forged;
    EXPECT_TRUE(never.vendor.calls().empty()) << forged;
  }
}

TEST(SalesforceLogin, RenewsAnExpiredSessionOnce) {
  int logins = 0;
  TestWorld world([&](const http::Request& request) {
    if (is_login(request)) return token_reply("https://acme.my.salesforce.com", "t" + std::to_string(++logins));
    return request.headers.get("Authorization") == "Bearer t1" ? reply(401, R"([{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}])") : reply(200, R"({"sobjects":[]})");
  });
  const auto source = *kSalesforce.open(client_login(), world.world());
  EXPECT_TRUE(source->explore({}));
  EXPECT_EQ(logins, 2);
}

TEST(SalesforceLogin, NamesAVersionTheOrgDoesNotSpeak) {
  TestWorld world([](const http::Request& request) { return is_login(request) ? token_reply() : reply(404, R"([{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}])"); });
  const Status refused = (*kSalesforce.open(client_login(), world.world()))->check({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "CONNECTOR-1312-400");
  EXPECT_THAT(refused.error().message, HasSubstr("60.0"));
}

}  // namespace
}  // namespace foz::sources::salesforce
