// Logging in with a refresh token, or with the authorization code that brings one. Follows: Sources contract, 2.2; pain 14.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "sources/salesforce/salesforce.h"
#include "sources/test_world.h"

namespace foz::sources::salesforce {
namespace {

using test::path_of;
using test::reply;
using test::TestWorld;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Parameters = std::vector<std::pair<std::string, std::string>>;

Login login(const Parameters& more) {
  Login login{.auth_spec = "oAuth2RefreshCode", .parameters = {{"clientId", Secret("the-id")}}};
  for (const auto& [name, value] : more) login.parameters.emplace_back(name, Secret(value));
  return login;
}

/// Gives out sessions; each call to the API ends the session it came with.
struct Vendor {
  bool rotates = true, gives_refresh = true;
  int sessions = 0;
  std::vector<std::string> used = {};   ///< refresh tokens and codes
  std::vector<http::Query> forms = {};
  std::string order = {};

  Result<http::Response> operator()(const http::Request& request) {
    if (path_of(request) != "/services/oauth2/token") {
      order += "call ";
      if (request.headers.get("Authorization") == "Bearer S" + std::to_string(sessions)) return reply(200, "{}");
      return reply(401, R"([{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}])");
    }
    forms.push_back(http::Query::parse(request.body));
    const bool by_code = forms.back().get("grant_type") == "authorization_code";
    used.push_back(forms.back().get(by_code ? "code" : "refresh_token").value_or(""));
    Json body = {{"access_token", "S" + std::to_string(++sessions)}, {"instance_url", "https://acme.my.salesforce.com"}, {"token_type", "Bearer"}};
    if (gives_refresh && (rotates || by_code)) body["refresh_token"] = "r" + std::to_string(sessions + 1);
    return reply(200, to_text(body));
  }
};

TEST(SalesforceRefresh, LogsInWithTheNewestTokenAndKeepsItFirst) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  World parts = world.world();
  parts.save_secrets = [&](const std::vector<RenewedSecret>& renewed) -> Status {
    for (const RenewedSecret& one : renewed) vendor.order += one.parameter + ":" + one.was.reveal() + ">" + one.now.reveal() + " ";
    return {};
  };
  const auto source = *kSalesforce.open(login({{"refreshToken", "r1"}, {"environmentUrl", "acme.my.salesforce.com"}}), parts);
  EXPECT_TRUE(source->check({}));
  EXPECT_EQ(vendor.order, "refreshToken:r1>r2 call ");
  EXPECT_FALSE(vendor.forms[0].get("client_secret")) << "an app may have none";
  vendor.sessions = 10;  // the session died
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(vendor.used, ElementsAre("r1", "r2"));
}

TEST(SalesforceRefresh, StaysWithATokenThatIsNotRotated) {
  Vendor vendor{.rotates = false};
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  const auto source = *kSalesforce.open(login({{"refreshToken", "r1"}, {"clientSecret", "S3CRET"}}), world.world());
  EXPECT_TRUE(source->check({}));
  vendor.sessions = 10;
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(vendor.used, ElementsAre("r1", "r1"));
  EXPECT_EQ(vendor.forms[0].get("client_secret"), "S3CRET");
  EXPECT_TRUE(world.saved.empty());
}

TEST(SalesforceRefresh, DoesNotLoseATokenThatCannotBeKept) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  bool disk_full = true;
  World parts = world.world();
  parts.save_secrets = [&](const std::vector<RenewedSecret>&) -> Status { return disk_full ? Status(Error{.kind = ErrorKind::unavailable, .message = "the disk is full"}) : Status(); };
  const auto source = *kSalesforce.open(login({{"refreshToken", "r1"}}), parts);
  EXPECT_EQ(source->check({}).error().kind, ErrorKind::unavailable);
  EXPECT_THAT(vendor.order, Not(HasSubstr("call"))) << "nothing is done with a login that could be lost";
  EXPECT_FALSE(source->check({}));
  EXPECT_THAT(vendor.used, ElementsAre("r1")) << "not even another one is asked for";
  disk_full = false;
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(vendor.used, ElementsAre("r1", "r2"));
}

/// Two open at once: runs that go on behind a change of the connection.
TEST(SalesforceRefresh, TakesWhatAnotherHolderOfTheLoginRenewed) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  std::string kept = "r1";
  World parts = world.world();
  parts.save_secrets = [&](const std::vector<RenewedSecret>& renewed) -> Status {
    if (renewed[0].was.reveal() == kept) kept = renewed[0].now.reveal();
    return {};
  };
  parts.kept_secret = [&](std::string_view) -> Result<Secret> { return Secret(kept); };
  const auto one = *kSalesforce.open(login({{"refreshToken", "r1"}}), parts), other = *kSalesforce.open(login({{"refreshToken", "r1"}}), parts);
  for (const auto& source : {std::cref(one), std::cref(other), std::cref(one), std::cref(other)}) EXPECT_TRUE(source.get()->check({}));
  EXPECT_THAT(vendor.used, ElementsAre("r1", "r2", "r3", "r4"));
  EXPECT_EQ(kept, "r5");
}

TEST(SalesforceRefresh, ChangesACodeForATokenOnce) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  const Parameters interactive = {{"code", "aPrx=="}, {"redirectUri", "https://foz.test/back"}, {"codeVerifier", "dBjf"}, {"refreshToken", "an old one"}};
  const auto source = *kSalesforce.open(login(interactive), world.world());
  EXPECT_TRUE(source->check({}));
  vendor.sessions = 10;
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(vendor.used, ElementsAre("aPrx==", "r2"));
  EXPECT_EQ(vendor.forms[0].get("redirect_uri"), "https://foz.test/back");
  EXPECT_EQ(vendor.forms[0].get("code_verifier"), "dBjf");
  EXPECT_EQ(world.saved, (std::map<std::string, std::string, std::less<>>{{"code", ""}, {"codeVerifier", ""}, {"refreshToken", "r12"}}));

  Vendor without{.gives_refresh = false};
  TestWorld strict([&](const http::Request& request) { return without(request); });
  const Status told = (*kSalesforce.open(login(interactive), strict.world()))->check({});
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().kind, ErrorKind::unauthorized);
  EXPECT_THAT(told.error().message, HasSubstr("offline_access"));
}

TEST(SalesforceRefresh, SaysWhatToDoWhenItIsRefused) {
  const std::pair<std::string, std::string> cases[] = {{"expired access/refresh token", "log in anew"}, {"invalid authorization code", "good for once"}, {"invalid code verifier", "codeVerifier must be"}};
  for (const auto& [description, says] : cases) {
    TestWorld world([&](const http::Request&) { return reply(400, to_text(Json{{"error", "invalid_grant"}, {"error_description", description}})); });
    const Status refused = (*kSalesforce.open(login({{"code", "C0DE"}, {"redirectUri", "https://x"}, {"codeVerifier", "V3RIFIER"}}), world.world()))->check({});
    ASSERT_FALSE(refused) << says;
    EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
    EXPECT_THAT(refused.error().message, HasSubstr(says));
    EXPECT_THAT(refused.error().message, Not(testing::AnyOf(HasSubstr("C0DE"), HasSubstr("V3RIFIER"))));
    EXPECT_EQ(world.vendor.calls().size(), 1u);
  }
}

TEST(SalesforceRefresh, NamesWhatIsMissing) {
  TestWorld world([](const http::Request&) { return reply(200, "{}"); });
  const std::pair<Parameters, std::string> cases[] = {{{}, "refreshToken"}, {{{"code", "x"}}, "redirectUri"}, {{{"redirectUri", "https://x"}}, "code and redirectUri"}};
  for (const auto& [parameters, says] : cases) {
    const auto opened = kSalesforce.open(login(parameters), world.world());
    ASSERT_FALSE(opened) << says;
    EXPECT_EQ(opened.error().code, "CONNECTOR-1304-400");
    EXPECT_THAT(opened.error().message, HasSubstr(says));
  }
  EXPECT_FALSE(kSalesforce.open({.auth_spec = "OAuth2 Refresh Code", .parameters = {{"refreshToken", Secret("r")}}}, world.world())) << "no clientId";
}

}  // namespace
}  // namespace foz::sources::salesforce
