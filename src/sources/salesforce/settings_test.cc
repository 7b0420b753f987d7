#include "sources/salesforce/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foz::sources::salesforce {
namespace {

using testing::HasSubstr;

Login login(std::string spec, std::initializer_list<std::pair<const char*, const char*>> parameters) {
  Login login{.auth_spec = std::move(spec)};
  for (const auto& [name, value] : parameters) login.parameters.emplace_back(name, Secret(value));
  return login;
}

TEST(SalesforceSettings, ReadEveryWayToLogIn) {
  const auto client = read_settings(login("OAuth2_Client_Credential", {{"environmentUrl", "acme.my.salesforce.com/"}, {"clientId", "id"}, {"clientSecret", "s"}}));
  ASSERT_TRUE(client);
  EXPECT_EQ(client->grant, Grant::client_credentials);
  EXPECT_EQ(client->login_origin, "https://acme.my.salesforce.com");
  EXPECT_EQ(client->version, "60.0");

  const auto basic = read_settings(login("Basic Authentication", {{"username", "u@x"}, {"password", "pw"}, {"securityToken", "TOKEN"}, {"apiVersion", "v52.0"}}));
  ASSERT_TRUE(basic);
  EXPECT_EQ(basic->grant, Grant::password);
  EXPECT_EQ(basic->login_origin, "https://login.salesforce.com");
  EXPECT_EQ(basic->password.reveal(), "pwTOKEN");
  EXPECT_EQ(basic->version, "52.0");

  const auto given = read_settings(login("OAuth2 JWT Token Credential", {{"jwtToken", "a.b.c"}, {"clientId", "id"}, {"clientSecret", "s"}, {"instanceUrl", "https://acme.my.salesforce.com"}}));
  ASSERT_TRUE(given);
  EXPECT_EQ(given->grant, Grant::given_jwt);

  const auto own = read_settings(login("OAuth2 JWT Token Credential", {{"consumerKey", "k"}, {"username", "u"}, {"privateKey", "pem"}, {"loginUrl", "https://test.salesforce.com"}}));
  ASSERT_TRUE(own);
  EXPECT_EQ(own->grant, Grant::signed_jwt);
  EXPECT_EQ(own->audience, "https://test.salesforce.com");
}

struct BadLogin {
  Login login;
  std::string code, says;
};

TEST(SalesforceSettings, SayWhatIsWrong) {
  const BadLogin cases[] = {
      {login("Magic", {}), "CONNECTOR-1302-400", "OAuth2 Client Credential"},
      {login("Basic Authentication", {{"username", "u"}, {"password", "p"}}), "CONNECTOR-1304-400", "securityToken"},
      {login("Basic Authentication", {{"username", "u"}, {"password", "p"}, {"securityToken", ""}}), "CONNECTOR-1304-400", "securityToken"},
      {login("OAuth2 Client Credential", {{"clientId", "id"}, {"clientSecret", "s"}}), "CONNECTOR-1304-400", "environmentUrl"},
      {login("OAuth2 Client Credential", {{"environmentUrl", "http://"}, {"clientId", "id"}, {"clientSecret", "s"}}), "CONNECTOR-1312-400", "environmentUrl"},
      {login("OAuth2 Client Credential", {{"environmentUrl", "a.salesforce.com"}, {"clientId", "id"}, {"clientSecret", "s"}, {"apiVersion", "47.0"}}), "CONNECTOR-1312-400", "48.0"},
      {login("OAuth2 Client Credential", {{"environmentUrl", "a.salesforce.com"}, {"clientId", "id"}, {"clientSecret", "s"}, {"apiVersion", "newest"}}), "CONNECTOR-1312-400", "newest"},
  };
  for (const BadLogin& one : cases) {
    const auto settings = read_settings(one.login);
    ASSERT_FALSE(settings) << one.says;
    EXPECT_EQ(settings.error().code, one.code) << one.says;
    EXPECT_THAT(settings.error().message, HasSubstr(one.says));
  }
}

}  // namespace
}  // namespace foz::sources::salesforce
