#include "sources/hubspot/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "sources/hubspot/hubspot.h"
#include "sources/hubspot/settings.h"
#include "sources/test_world.h"

namespace foz::sources::hubspot {
namespace {

using test::path_of;
using test::reply;
using test::TestWorld;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Login private_app(std::string token = "pat-na1-1") { return {.auth_spec = "Private App Token", .parameters = {{"accessToken", Secret(std::move(token))}}}; }
Login oauth_app(std::string access = "CN-old") {
  return {.auth_spec = "basic authentication",
          .parameters = {{"clientId", Secret("the-id")}, {"clientSecret", Secret("S3CRET")}, {"accessToken", Secret(std::move(access))}, {"refreshToken", Secret("refresh-1")}}};
}

http::Response expired() { return reply(401, R"({"status":"error","message":"The OAuth token used to make this call expired 9 second(s) ago.","category":"EXPIRED_AUTHENTICATION"})"); }

/// Gives out tokens `CN-1`, `CN-2` ...; every other one is refused.
struct Vendor {
  int tokens = 0;
  bool rotates = false;
  std::vector<std::string> refreshed_with;

  Result<http::Response> operator()(const http::Request& request) {
    if (path_of(request).ends_with("/token")) {
      refreshed_with.push_back(http::Query::parse(request.body).get("refresh_token").value_or(""));
      ++tokens;
      return reply(200, to_text(Json{{"access_token", "CN-" + std::to_string(tokens)}, {"expires_in", 1800}, {"token_type", "bearer"},
                                     {"refresh_token", rotates ? "refresh-" + std::to_string(tokens + 1) : "refresh-1"}}));
    }
    if (request.headers.get("Authorization") != "Bearer CN-" + std::to_string(tokens)) return expired();
    return reply(200, R"({"portalId":62515})");
  }
};

TEST(HubSpotLogin, UsesAPrivateAppsToken) {
  TestWorld world([](const http::Request&) { return reply(200, R"({"portalId":62515})"); });
  EXPECT_TRUE((*kHubSpot.open(private_app(), world.world()))->check({}));
  const auto calls = world.vendor.calls();
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].url, "https://api.hubapi.com/account-info/v3/details");
  EXPECT_EQ(calls[0].headers.get("Authorization"), "Bearer pat-na1-1");
}

TEST(HubSpotLogin, PropertiesThatAreNoListAreNoDescription) {
  TestWorld world([](const http::Request&) { return reply(200, "{}"); });
  const auto table = (*kHubSpot.open(private_app(), world.world()))->describe("Hubspot.Companies", {});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().kind, ErrorKind::corrupt) << "to be tried again: " << table.error().message;
}

TEST(HubSpotLogin, SaysWhatToDoAboutARefusedPrivateToken) {
  for (const int status : {401, 530}) {
    TestWorld world([&](const http::Request&) { return reply(status, "<html>"); });
    const Status refused = (*kHubSpot.open(private_app("pat-na1-C4NARY"), world.world()))->check({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
    EXPECT_THAT(refused.error().message, HasSubstr("token"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("C4NARY")));
    EXPECT_EQ(world.vendor.calls().size(), 1u);
  }
}

TEST(HubSpotLogin, RenewsAnExpiredTokenOnce) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  const auto source = *kHubSpot.open(oauth_app(), world.world());
  EXPECT_TRUE(source->check({}));
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(vendor.refreshed_with, ElementsAre("refresh-1"));
  EXPECT_TRUE(world.saved.empty()) << "it was not rotated";
}

// Runs live longer than tokens: renewed at 80 % of their life, without a refusal (pain 14).
TEST(HubSpotLogin, RenewsBeforeATokenExpires) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  const auto source = *kHubSpot.open(oauth_app(), world.world());
  EXPECT_TRUE(source->check({}));
  const size_t refusals = world.vendor.count("details");
  world.clock.advance(std::chrono::seconds(1500));
  EXPECT_TRUE(source->check({}));
  EXPECT_EQ(vendor.tokens, 2);
  EXPECT_EQ(world.vendor.count("details"), refusals + 1);
}

TEST(HubSpotLogin, KeepsARotatedRefreshTokenBeforeUse) {
  Vendor vendor{.rotates = true};
  std::vector<std::string> order;
  TestWorld world([&](const http::Request& request) {
    if (!path_of(request).ends_with("/token") && request.headers.get("Authorization") == "Bearer CN-1") order.push_back("used");
    return vendor(request);
  });
  World parts = world.world();
  parts.save_secrets = [&](const std::vector<RenewedSecret>& renewed) -> Status {
    for (const RenewedSecret& one : renewed) order.push_back("kept " + one.parameter + "=" + one.now.reveal() + " for " + one.was.reveal());
    return {};
  };
  const auto source = *kHubSpot.open(oauth_app(), parts);
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(order, ElementsAre("kept refreshToken=refresh-2 for refresh-1", "used"));
  world.clock.advance(std::chrono::seconds(1700));
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(vendor.refreshed_with, ElementsAre("refresh-1", "refresh-2"));
}

TEST(HubSpotLogin, DoesNotLoseARotatedTokenThatCannotBeKept) {
  Vendor vendor{.rotates = true};
  TestWorld world([&](const http::Request& request) { return vendor(request); });
  bool disk_full = true;
  std::string kept;
  World parts = world.world();
  parts.save_secrets = [&](const std::vector<RenewedSecret>& renewed) -> Status {
    if (disk_full) return Error{.kind = ErrorKind::unavailable, .message = "the disk is full"};
    kept = renewed.at(0).now.reveal();
    return {};
  };
  const auto source = *kHubSpot.open(oauth_app(), parts);
  const Status failed = source->check({});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::unavailable);
  disk_full = false;
  EXPECT_TRUE(source->check({}));
  EXPECT_THAT(vendor.refreshed_with, ElementsAre("refresh-1", "refresh-2"));
  EXPECT_EQ(kept, "refresh-3");
}

TEST(HubSpotLogin, RenewsATokenThatTheEdgeCallsMalformed) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) -> Result<http::Response> {
    if (request.headers.get("Authorization") == "Bearer {ACCESS_TOKEN}") return reply(530, "<html>");
    return vendor(request);
  });
  EXPECT_TRUE((*kHubSpot.open(oauth_app("{ACCESS_TOKEN}"), world.world()))->check({}));
  EXPECT_EQ(vendor.tokens, 1);
}

struct Refusal {
  std::string word, says;
};

TEST(HubSpotLogin, TellsWhatToDoWhenTheRefreshIsRefused) {
  const Refusal cases[] = {{"BAD_REFRESH_TOKEN", "connect the app anew"}, {"BAD_CLIENT_ID", "client id is wrong"}, {"BAD_CLIENT_SECRET", "client secret is wrong"}, {"BAD_GRANT_TYPE", "check the app"}};
  for (const Refusal& one : cases) {
    TestWorld world([&](const http::Request& request) {
      return path_of(request).ends_with("/token") ? reply(400, to_text(Json{{"status", one.word}, {"message", "no"}})) : expired();
    });
    const Status refused = (*kHubSpot.open(oauth_app(), world.world()))->check({});
    ASSERT_FALSE(refused) << one.word;
    EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized) << one.word;
    EXPECT_THAT(refused.error().message, HasSubstr(one.says));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("S3CRET")));
    EXPECT_EQ(world.vendor.count("/token"), 1u) << "a refused login is not repeated";
  }
}

TEST(HubSpotLogin, TriesTheNextTokenPathWhenOneIsGone) {
  Vendor vendor;
  TestWorld world([&](const http::Request& request) -> Result<http::Response> {
    if (path_of(request) == "/oauth/v1/token") return reply(404, "<html>");
    return vendor(request);
  });
  EXPECT_TRUE((*kHubSpot.open(oauth_app(), world.world()))->check({}));
  EXPECT_EQ(world.vendor.count("/oauth/2026-03/token"), 1u);
}

// Faults F25.
TEST(HubSpotLogin, SendsNothingToForeignHosts) {
  for (const char* forged : {"https://evil.test", "http://api.hubapi.com", "https://api.hubapi.com.evil.test", "http://127.0.0.1:9", "https://169.254.169.254"}) {
    TestWorld world([](const http::Request&) { return reply(200, R"({"portalId":1})"); });
    for (Login login : {private_app(), oauth_app()}) {
      login.parameters.emplace_back("baseUrl", Secret(forged));
      const Status refused = (*kHubSpot.open(login, world.world()))->check({});
      ASSERT_FALSE(refused) << forged;
      EXPECT_EQ(refused.error().kind, ErrorKind::forbidden) << forged;
    }
    EXPECT_TRUE(world.vendor.calls().empty()) << forged;
  }
}

struct BadLogin {
  Login login;
  std::string code, says;
};

TEST(HubSpotSettings, SayWhatIsWrong) {
  Login strange = private_app();
  strange.parameters.emplace_back("baseUrl", Secret("ftp://x"));
  const BadLogin cases[] = {{{.auth_spec = "API key"}, "CONNECTOR-1302-400", "Private App Token"},
                            {{.auth_spec = "Private_App_Token"}, "CONNECTOR-1304-400", "accessToken"},
                            {{.auth_spec = "Basic Authentication", .parameters = {{"accessToken", Secret("x")}}}, "CONNECTOR-1304-400", "clientId"},
                            {strange, "CONNECTOR-1312-400", "baseUrl"}};
  for (const BadLogin& one : cases) {
    const auto settings = read_settings(one.login);
    ASSERT_FALSE(settings) << one.says;
    EXPECT_EQ(settings.error().code, one.code);
    EXPECT_THAT(settings.error().message, HasSubstr(one.says));
  }
}

}  // namespace
}  // namespace foz::sources::hubspot
