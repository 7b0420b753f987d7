// Fields that exist and that the integration user may not see: told by name (pain 8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "sources/salesforce/salesforce.h"
#include "sources/test_world.h"

namespace foz::sources::salesforce {
namespace {

using test::path_of;
using test::query_of;
using test::reply;
using test::TestWorld;
using testing::HasSubstr;
using testing::Not;

Login login() {
  return {.auth_spec = "OAuth2 Client Credential",
          .parameters = {{"environmentUrl", Secret("https://acme.my.salesforce.com")}, {"clientId", Secret("id")}, {"clientSecret", Secret("S3CRET")}}};
}

/// An org with an object of two visible fields; `definitions` answers queries for what is defined.
test::FakeVendor::Handler org(const http::Response& definitions) {
  return [definitions](const http::Request& request) -> Result<http::Response> {
    if (path_of(request).ends_with("/token")) return reply(200, R"({"access_token":"t","instance_url":"https://acme.my.salesforce.com"})");
    if (path_of(request).ends_with("/describe")) {
      return reply(200, R"({"name":"Contact","fields":[{"name":"Id","type":"id"},{"name":"MailingAddress","type":"address"},{"name":"Email","type":"email"}]})", {{"ETag", "\"1\""}});
    }
    return definitions;
  };
}

TEST(HiddenFields, Pain8AreNamedWhereDefinitionsCanBeRead) {
  TestWorld world(org(reply(200, R"({"records":[{"QualifiedApiName":"Id"},{"QualifiedApiName":"Email"},{"QualifiedApiName":"MailingAddress"},{"QualifiedApiName":"Secret_Score__c"}]})")));
  const auto source = *kSalesforce.open(login(), world.world());
  const auto table = source->describe("Contact", {});
  ASSERT_TRUE(table);
  const auto missing = resolve_column(*table, "Secret_Score__c");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("field-level security hides 1 fields from the integration user: Secret_Score__c"));
  EXPECT_EQ(query_of(world.vendor.calls().back()).get("q"), "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Contact'");
}

TEST(HiddenFields, Pain8AreHintedAtWhereTheyCannot) {
  for (const auto& answer : {reply(400, R"([{"errorCode":"INVALID_TYPE","message":"sObject type 'FieldDefinition' is not supported."}])"), reply(200, "{}"), reply(200, R"({"records":[{"QualifiedApiName":"Email"}]})"), reply(403, "")}) {
    TestWorld world(org(answer));
    const auto source = *kSalesforce.open(login(), world.world());
    const auto table = source->describe("Contact", {});
    ASSERT_TRUE(table) << "describing does not depend on it";
    const auto missing = resolve_column(*table, "Secret_Score__c");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("may be hidden from the integration user by field-level security"));
    EXPECT_THAT(missing.error().message, Not(HasSubstr("hides")));
  }
}

TEST(HiddenFields, ADescriptionThatIsNoneIsNotKept) {
  for (const std::string body : {"{}", R"({"name":"Lead","fields":[{"name":"Id","type":"id"}]})", R"({"name":"Contact","fields":[]})"}) {
    TestWorld world([&](const http::Request& request) -> Result<http::Response> {
      if (path_of(request).ends_with("/token")) return reply(200, R"({"access_token":"t","instance_url":"https://acme.my.salesforce.com"})");
      EXPECT_FALSE(request.headers.get("If-None-Match")) << "nothing was kept";
      return reply(200, body, {{"ETag", "\"1\""}});
    });
    const auto source = *kSalesforce.open(login(), world.world());
    for (int i = 0; i < 2; ++i) {
      const auto table = source->describe("Contact", {});
      ASSERT_FALSE(table) << body;
      EXPECT_EQ(table.error().kind, ErrorKind::corrupt) << "to be tried again: " << table.error().message;
    }
  }
}

}  // namespace
}  // namespace foz::sources::salesforce
