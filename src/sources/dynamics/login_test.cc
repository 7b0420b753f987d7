#include "sources/dynamics/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "sources/dynamics/dynamics.h"
#include "sources/dynamics/environment.h"
#include "sources/test_world.h"

namespace foz::sources::dynamics {
namespace {

using test::path_of;
using test::reply;
using test::TestWorld;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kTenant = "0b1e2f3a-0000-4000-8000-00000000000a";

Login login_with(std::string spec, std::initializer_list<std::pair<const char*, const char*>> parameters) {
  Login login{.auth_spec = std::move(spec)};
  for (const auto& [name, value] : parameters) login.parameters.emplace_back(name, Secret(value));
  return login;
}
Login principal(const char* uri = "https://acme.crm4.dynamics.com", const char* tenant = "", const char* authority = "") {
  return login_with("Service Principal Key Based Authentication",
                    {{"serviceUri", uri}, {"servicePrincipalId", "app"}, {"servicePrincipalKey", "S3CRET"}, {"tenantId", tenant}, {"authorityUrl", authority}});
}
Login person() {
  return login_with("Basic Authentication for Dynamics-Online", {{"serviceUri", "https://acme.crm4.dynamics.com"}, {"username", "u@acme.test"}, {"password", "P4SS"}});
}

bool is_login(const http::Request& request) { return path_of(request).ends_with("/token"); }
http::Response token_reply(std::string token = "t1") { return reply(200, to_text(Json{{"token_type", "Bearer"}, {"expires_in", "3599"}, {"access_token", token}})); }
http::Response challenge(const std::string& authority = "https://login.microsoftonline.com/" + std::string(kTenant) + "/oauth2/authorize") {
  return reply(401, "", {{"WWW-Authenticate", "Bearer authorization_uri=" + authority + ", resource_id=https://acme.crm4.dynamics.com/"}});
}
http::Response aad(int status, const char* word, const std::string& text) { return reply(status, to_text(Json{{"error", word}, {"error_description", text}})); }

/// An environment that lets in whoever has a token.
http::Response environment(const http::Request& request) {
  if (is_login(request)) return token_reply();
  return request.headers.has("Authorization") ? reply(200, "{}") : challenge();
}

struct BadLogin {
  Login login;
  std::string code, says;
};

TEST(DynamicsSettings, SayWhatIsWrong) {
  const BadLogin cases[] = {
      {login_with("Magic", {}), "CONNECTOR-1302-400", "Service Principal Key Based Authentication"},
      {login_with("Service Principal Key Based Authentication", {{"servicePrincipalId", "a"}, {"servicePrincipalKey", "k"}}), "CONNECTOR-1304-400", "serviceUri"},
      {login_with("service_principal_key-based authentication", {{"serviceUri", "acme.crm.dynamics.com"}, {"servicePrincipalId", "a"}}), "CONNECTOR-1304-400", "servicePrincipalKey"},
      {login_with("Basic Authentication for Dynamics-Online", {{"serviceUri", "acme.crm.dynamics.com"}, {"username", "u"}}), "CONNECTOR-1304-400", "password"},
      {principal("http://"), "CONNECTOR-1312-400", "serviceUri"},
      {principal("acme.crm.dynamics.com", "../evil"), "CONNECTOR-1312-400", "tenantId"},
      {principal("acme.crm.dynamics.com", "", "https://login.microsoftonline.com/a b"), "CONNECTOR-1312-400", "authorityUrl"},
  };
  for (const BadLogin& one : cases) {
    const auto settings = read_settings(one.login);
    ASSERT_FALSE(settings) << one.says;
    EXPECT_EQ(settings.error().code, one.code) << one.says;
    EXPECT_THAT(settings.error().message, HasSubstr(one.says));
    EXPECT_THAT(settings.error().message, Not(HasSubstr("S3CRET")));
  }
}

TEST(DynamicsLogin, AsksTheEnvironmentWhereToLogIn) {
  TestWorld world(environment);
  const auto source = *kDynamics.open(principal("acme.crm4.dynamics.com/"), world.world());
  ASSERT_TRUE(source->check({}));
  const auto calls = world.vendor.calls();
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_FALSE(calls[0].headers.has("Authorization"));
  EXPECT_EQ(calls[1].url, "https://login.microsoftonline.com/" + std::string(kTenant) + "/oauth2/v2.0/token");
  const auto form = http::Query::parse(calls[1].body);
  EXPECT_EQ(form.get("grant_type"), "client_credentials");
  EXPECT_EQ(form.get("client_secret"), "S3CRET");
  EXPECT_EQ(form.get("scope"), "https://acme.crm4.dynamics.com/.default");
  EXPECT_EQ(calls[2].url, "https://acme.crm4.dynamics.com/api/data/v9.2/WhoAmI");
  EXPECT_EQ(calls[2].headers.get("Authorization"), "Bearer t1");
  EXPECT_EQ(calls[2].headers.get("If-None-Match"), "null");
  EXPECT_EQ(calls[2].headers.get("OData-Version"), "4.0");
}

TEST(DynamicsLogin, LogsInAPersonTheOldWay) {
  TestWorld world(environment);
  ASSERT_TRUE((*kDynamics.open(person(), world.world()))->check({}));
  const auto calls = world.vendor.calls();
  EXPECT_EQ(calls[1].url, "https://login.microsoftonline.com/" + std::string(kTenant) + "/oauth2/token");
  const auto form = http::Query::parse(calls[1].body);
  EXPECT_EQ(form.get("grant_type"), "password");
  EXPECT_EQ(form.get("resource"), "https://acme.crm4.dynamics.com/");
  EXPECT_EQ(form.get("username"), "u@acme.test");
}

struct Where {
  const char* tenant;
  const char* authority;
  std::string token_url;
  size_t calls;
};

TEST(DynamicsLogin, TakesTenantAndAuthorityFromTheConnectionWhereTheyAreGiven) {
  const std::string tenant(kTenant);
  for (const Where& one : {Where{"", "", "https://login.microsoftonline.com/" + tenant, 3}, Where{"acme.onmicrosoft.com", "", "https://login.microsoftonline.com/acme.onmicrosoft.com", 3},
                           Where{"", "https://login.microsoftonline.us/acme.test/oauth2/authorize", "https://login.microsoftonline.us/acme.test", 2},
                           Where{"", "login.microsoftonline.us", "https://login.microsoftonline.us/" + tenant, 3},
                           Where{"other.test", "https://login.microsoftonline.us", "https://login.microsoftonline.us/other.test", 2}}) {
    TestWorld world(environment);
    ASSERT_TRUE((*kDynamics.open(principal("https://acme.crm4.dynamics.com", one.tenant, one.authority), world.world()))->check({})) << one.token_url;
    EXPECT_EQ(world.vendor.count(one.token_url + "/oauth2/v2.0/token"), 1u) << one.token_url;
    EXPECT_EQ(world.vendor.calls().size(), one.calls) << one.token_url;
  }
}

TEST(DynamicsLogin, ReadsChallengesAsTheyAreWritten) {
  const std::string wanted = "https://login.microsoftonline.com/tenant";
  for (const char* header : {"Bearer authorization_uri=https://login.microsoftonline.com/tenant/oauth2/authorize, resource_id=https://a/", "Bearer authorization_uri=https://login.microsoftonline.com/tenant/oauth2/v2.0/authorize",
                             "Bearer authorization_uri=\"https://login.microsoftonline.com/tenant/oauth2/authorize\",resource_id=x", "Bearer realm=\"\", authorization=https://login.microsoftonline.com/tenant"}) {
    EXPECT_EQ(challenged_authority(header), wanted) << header;
  }
  for (const char* header : {"", "Bearer", "Bearer authorization_uri=", "Bearer authorization_uri=nowhere", "Bearer authorization_uri=https://login.microsoftonline.com/", "Bearer authorization_uri=https://h/a%2fb/x"}) {
    EXPECT_EQ(challenged_authority(header), std::nullopt) << header;
  }
}

// Pain 14: opaque refusals are told with what to do about them, never repeated, and never with the secret.
struct Refusal {
  http::Response response;
  std::string says;
};

TEST(DynamicsLogin, Pain14TellsWhatToDoWhenItIsRefused) {
  const Refusal cases[] = {{aad(401, "invalid_client", "AADSTS7000215: Invalid client secret provided."), "not its id"},
                           {aad(401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired."), "make a new one"},
                           {aad(400, "unauthorized_client", "AADSTS700016: Application with identifier 'app' was not found."), "app registration"},
                           {aad(400, "invalid_request", "AADSTS90002: Tenant 'x' not found."), "no such tenant"},
                           {aad(400, "invalid_grant", "AADSTS50126: Error validating credentials."), "password is wrong"},
                           {aad(400, "invalid_grant", "AADSTS50076: you must use multi-factor authentication"), "service principal"},
                           {aad(400, "interaction_required", "AADSTS53003: Access has been blocked by Conditional Access policies."), "conditional access"},
                           {aad(400, "invalid_grant", "AADSTS99999: something new"), "check the app registration"}};
  for (const Refusal& one : cases) {
    TestWorld world([&](const http::Request& request) { return is_login(request) ? one.response : environment(request); });
    const Status refused = (*kDynamics.open(principal(), world.world()))->check({});
    ASSERT_FALSE(refused) << one.says;
    EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized) << one.says;
    EXPECT_THAT(refused.error().message, HasSubstr(one.says));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("S3CRET")));
    EXPECT_EQ(world.vendor.count("/token"), 1u) << "a refused login is not repeated: " << one.says;
  }
}

TEST(DynamicsLogin, NoticesAnswersThatAreNone) {
  for (const char* body : {"{}", "not json", R"({"access_token":""})"}) {
    TestWorld world([&](const http::Request& request) { return is_login(request) ? reply(200, body, {{"Content-Type", "text/plain"}}) : environment(request); });
    const Status refused = (*kDynamics.open(principal(), world.world()))->check({});
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt) << body;
  }
  for (const auto& answer : {reply(200, "<html>"), reply(404, ""), reply(401, ""), challenge("https://login.microsoftonline.com/")}) {
    TestWorld world([&](const http::Request&) { return answer; });
    const Status refused = (*kDynamics.open(principal(), world.world()))->check({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "CONNECTOR-1312-400");
    EXPECT_EQ(refused.error().where, "/auth/params/serviceUri");
    EXPECT_EQ(world.vendor.count("/token"), 0u);
  }
}

// Faults F25: neither a forged challenge nor a forged environment gets the secret.
TEST(DynamicsLogin, SendsNothingToForeignHosts) {
  for (const char* forged : {"https://evil.test", "http://login.microsoftonline.com", "https://login.microsoftonline.com.evil.test", "https://evil.crm.dynamics.com", "http://127.0.0.1:9",
                             "http://169.254.169.254", "https://login.microsoftonline.com@evil.test"}) {
    TestWorld world([&](const http::Request& request) { return request.headers.has("Authorization") ? reply(200, "{}") : challenge(std::string(forged) + "/" + std::string(kTenant) + "/oauth2/authorize"); });
    const Status refused = (*kDynamics.open(principal(), world.world()))->check({});
    ASSERT_FALSE(refused) << forged;
    for (const http::Request& call : world.vendor.calls()) {
      EXPECT_THAT(call.body, Not(HasSubstr("S3CRET"))) << forged;
      EXPECT_EQ(path_of(call), "/api/data/v9.2/") << forged;
    }
    if (std::string_view(forged) == "https://evil.crm.dynamics.com") continue;  // a person may type any host of Microsoft
    TestWorld never(environment);
    const auto typed = kDynamics.open(principal("https://acme.crm4.dynamics.com", "t", forged), never.world());
    EXPECT_FALSE(typed && (*typed)->check({})) << forged;
    EXPECT_TRUE(never.vendor.calls().empty()) << forged;
  }
  for (const char* forged : {"https://evil.test", "http://acme.crm4.dynamics.com", "https://acme.crm4.dynamics.com.evil.test", "http://[::1]:8080"}) {
    TestWorld never(environment);
    EXPECT_FALSE((*kDynamics.open(principal(forged), never.world()))->check({})) << forged;
    EXPECT_TRUE(never.vendor.calls().empty()) << forged;
  }
}

TEST(DynamicsLogin, RenewsAnExpiredTokenOnce) {
  int logins = 0;
  TestWorld world([&](const http::Request& request) {
    if (is_login(request)) return token_reply("t" + std::to_string(++logins));
    return request.headers.get("Authorization") == "Bearer t2" ? reply(200, R"({"value":[]})") : challenge();
  });
  const auto source = *kDynamics.open(principal(), world.world());
  EXPECT_TRUE(source->explore({}));
  EXPECT_EQ(logins, 2);
}

TEST(DynamicsLogin, FollowsRedirectsToAliasesOfTheEnvironmentWithTheToken) {
  for (const auto& [location, followed] : {std::pair("https://acme.api.crm4.dynamics.com/api/data/v9.2/WhoAmI", true), std::pair("https://other.crm4.dynamics.com/api/data/v9.2/WhoAmI", false),
                                           std::pair("https://evil.test/api/data/v9.2/WhoAmI", false), std::pair("https://acme.api.crm4.dynamics.com/elsewhere", false)}) {
    TestWorld world([&, to = location](const http::Request& request) {
      const bool first = path_of(request) == "/api/data/v9.2/WhoAmI" && request.url.find("acme.crm4.") != std::string::npos && request.headers.has("Authorization");
      return first ? reply(307, "", {{"Location", to}}) : environment(request);
    });
    EXPECT_EQ(static_cast<bool>((*kDynamics.open(principal(), world.world()))->check({})), followed) << location;
    const auto last = world.vendor.calls().back();
    if (followed) {
      EXPECT_EQ(last.headers.get("Authorization"), "Bearer t1") << location;
    }
    EXPECT_EQ(last.url == location, followed) << location;
  }
}

TEST(DynamicsEnvironment, KnowsItsAliases) {
  const auto same = [](const char* a, const char* b) { return same_environment(http::Url::parse(a).value(), http::Url::parse(b).value()); };
  EXPECT_TRUE(same("https://acme.crm4.dynamics.com", "https://acme.crm4.dynamics.com/x"));
  EXPECT_TRUE(same("https://acme.crm4.dynamics.com", "https://ACME.api.crm4.dynamics.com/x"));
  EXPECT_FALSE(same("https://acme.crm4.dynamics.com", "https://acme.crm.dynamics.com"));
  EXPECT_FALSE(same("https://acme.crm4.dynamics.com", "http://acme.crm4.dynamics.com"));
  EXPECT_FALSE(same("https://acme.crm4.dynamics.com", "https://acme.crm4.dynamics.com:8443"));
  EXPECT_FALSE(same("https://acme.crm4.dynamics.com", "https://api.acme.crm4.dynamics.com"));
  EXPECT_FALSE(same("https://acme.example.com", "https://acme.api.example.com"));
}

}  // namespace
}  // namespace foz::sources::dynamics
