// Secrets of connections. Follows: Flow Service contract, 5.4, 7.2, 17.11.
#include "flow/auth_params.h"

#include <gtest/gtest.h>

namespace foz::flow {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

const AuthForm kBasic{.name = "Basic Authentication", .type = "Basic_Authentication",
                      .parameters = {{"username", true, false}, {"password", true, true}, {"securityToken", true, true}, {"environmentUrl", false, false}}};
const AuthForm kConnectionString{.name = "Connection String Based Authentication", .type = "connectionStringAuth", .parameters = {{"connectionString", true, true}}};

/// Mask and back.
Json round_trip(const MaskedParams& masked) {
  return unmask_params(masked.params, [&](const std::string& path) -> Result<Secret> {
    for (const auto& [name, secret] : masked.secrets) {
      if (name == path) return secret;
    }
    return Error{.kind = ErrorKind::not_found};
  }).value();
}

TEST(AuthParams, SecretsAreMaskedAndComeBack) {
  struct Row { const AuthForm* form; std::string_view plain, masked; };
  for (const Row& row : {
           Row{&kBasic, R"({"username":"u","password":"p","securityToken":"t"})", R"({"username":"u","password":"********","securityToken":"********"})"},
           Row{&kBasic, R"({"username":"u","password":""})", R"({"username":"u","password":""})"},
           Row{&kBasic, R"({"Password":"p","apiVersion":"60.0"})", R"({"Password":"********","apiVersion":"60.0"})"},
           Row{&kBasic, R"({"override":{"clientId":"i","clientSecret":"s"},"list":[1]})", R"({"override":{"clientId":"i","clientSecret":"********"},"list":[1]})"},
           Row{nullptr, R"({"username":"u","environmentUrl":"https://x"})", R"({"username":"********","environmentUrl":"********"})"},
           Row{&kConnectionString, R"({"connectionString":"Server=h;Port=5432;UID=u;Password=p;x=y"})", R"({"connectionString":"Server=h;Port=5432;UID=u;Password=********;x=y"})"},
           Row{&kConnectionString, R"({"connectionString":"Server=h;PWD='a;b';UID=u"})", R"({"connectionString":"Server=h;PWD='********';UID=u"})"},
           Row{&kConnectionString, R"({"connectionString":"secret without parts"})", R"({"connectionString":"********"})"},
       }) {
    const MaskedParams masked = mask_params(json(row.plain), row.form);
    EXPECT_EQ(masked.params, json(row.masked)) << row.plain;
    EXPECT_EQ(round_trip(masked), json(row.plain)) << row.plain;
  }
}

TEST(AuthParams, AMaskMeansUnchanged) {
  const Json before = json(R"({"username":"u","password":"old","connectionString":"Server=h;Password=old"})");
  struct Row { std::string_view sent, wanted; };
  for (const Row& row : {Row{R"({"username":"v","password":"********"})", R"({"username":"v","password":"old"})"},
                         Row{R"({"password":"new"})", R"({"password":"new"})"},
                         Row{R"({"connectionString":"Server=other;Password=********"})", R"({"connectionString":"Server=other;Password=old"})"},
                         Row{R"({"connectionString":"********"})", R"({"connectionString":"Server=h;Password=old"})"},
                         Row{R"({"connectionString":"Server=other;Password=new"})", R"({"connectionString":"Server=other;Password=new"})"}}) {
    EXPECT_EQ(merge_params(json(row.sent), before).value(), json(row.wanted)) << row.sent;
  }
  EXPECT_EQ(merge_params(json(R"({"securityToken":"********"})"), before).error().code, "CONNECTOR-1312-400");
  EXPECT_EQ(merge_params(json(R"({"password":"********"})"), nullptr).error().code, "CONNECTOR-1312-400");
}

TEST(AuthParams, MissingOnesAreAllNamed) {
  EXPECT_TRUE(check_params(json(R"({"username":"u","password":"p","securityToken":"t"})"), kBasic));
  const Status missing = check_params(json(R"({"username":"","environmentUrl":"x"})"), kBasic);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "CONNECTOR-1304-400");
  ASSERT_EQ(missing.error().problems.size(), 3u);
  EXPECT_EQ(missing.error().problems[2].path, "/auth/params/securityToken");
  EXPECT_FALSE(check_params(nullptr, kBasic));
}

TEST(AuthParams, OperationsAreKeptWithoutSecrets) {
  const Json ops = masked_ops(json(R"([{"op":"replace","path":"/auth/params","value":{"url":"u","nested":{"k":"s"}}},
      {"op":"add","path":"/auth/params/password","value":"s"},{"op":"replace","path":"/name","value":"n"},{"op":"remove","path":"/description"}])"));
  EXPECT_EQ(ops, json(R"([{"op":"replace","path":"/auth/params","value":{"url":"********","nested":{"k":"********"}}},
      {"op":"add","path":"/auth/params/password","value":"********"},{"op":"replace","path":"/name","value":"n"},{"op":"remove","path":"/description"}])"));
}

TEST(AuthParams, LoginHoldsTextsOnly) {
  const sources::Login login = login_of(json(R"({"username":"u","port":5432,"override":{"a":1}})"), kBasic);
  EXPECT_EQ(login.auth_spec, "Basic Authentication");
  EXPECT_EQ(login.text("port"), "5432");
  EXPECT_EQ(login.text("override"), R"({"a":1})");
}

}  // namespace
}  // namespace foz::flow
