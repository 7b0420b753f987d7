// Tokens, API clients and what their roles allow. Follows: Sandbox and authentication contract, 3-4.
#include "security/access.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "base/testing.h"
#include "base/text.h"
#include "security/organisation.h"
#include "security/password.h"
#include "security/token.h"

namespace foz::security {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class TokenTest : public testing::Test {
 protected:
  TokenSigner open(const char* file = "signing.pem") { return TokenSigner::open(folder_ / file).value(); }
  ManualClock clock_{from_seconds(1'700'000'000)};
  SeededRandom random_{3};
  const TokenClaims claims_{.client_id = "c1", .user_id = "u1@techacct.adobe.com", .org_id = "O@AdobeOrg", .scope = "openid"};
  TemporaryFolder folder_;
};

TEST_F(TokenTest, LivesItsLifeAndSurvivesARestart) {
  const Secret token = open().issue(claims_, hours(24), clock_, random_);
  const TokenSigner again = open();
  const auto verified = again.verify(token.reveal(), clock_.now());
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->client_id, "c1");
  EXPECT_EQ(verified->user_id, "u1@techacct.adobe.com");
  EXPECT_EQ(verified->org_id, "O@AdobeOrg");
  EXPECT_TRUE(again.verify(token.reveal(), clock_.now() + hours(24) - seconds(1)));
  EXPECT_EQ(again.verify(token.reveal(), clock_.now() + hours(24) + seconds(1)).error().kind, ErrorKind::unauthorized);
}

TEST_F(TokenTest, OldClientsDecodeItAsPlainBase64) {
  const TokenSigner signer = open();
  for (int i = 0; i < 50; ++i) {
    const Secret token = signer.issue(claims_, hours(1), clock_, random_);
    const auto parts = split(token.reveal(), '.');
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(parts[1].find_first_of("-_"), parts[1].npos);
  }
}

TEST_F(TokenTest, RefusesEveryOtherSignature) {
  const TokenSigner signer = open();
  const Secret token = signer.issue(claims_, hours(1), clock_, random_);
  const auto parts = split(token.reveal(), '.');
  const auto refused = [&](const std::string& text) { return !signer.verify(text, clock_.now()); };
  const std::string body = std::string(parts[1]), signature = std::string(parts[2]);
  EXPECT_TRUE(refused(open("other.pem").issue(claims_, hours(1), clock_, random_).reveal()));
  EXPECT_TRUE(refused(to_base64url(R"({"alg":"none","typ":"JWT"})") + "." + body + "."));
  EXPECT_TRUE(refused(to_base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + body + "." + signature));
  Json other = parse_json(from_base64(body).value()).value();
  other["client_id"] = "c2";
  EXPECT_TRUE(refused(std::string(parts[0]) + "." + to_base64url(to_text(other)) + "." + signature));
  for (const char* text : {"", ".", "..", "a.b.c", "a.b.c.d"}) EXPECT_TRUE(refused(text)) << text;
}

TEST(Password, IsKnownByItsHashOnly) {
  const std::string hash = hash_password(Secret("open sesame"));
  EXPECT_EQ(hash.find("sesame"), hash.npos);
  EXPECT_TRUE(verify_password(hash, Secret("open sesame")));
  EXPECT_FALSE(verify_password(hash, Secret("open sesame ")));
  EXPECT_FALSE(verify_password(hash, Secret("")));
  EXPECT_FALSE(verify_password("no hash", Secret("open sesame")));
}

TEST(Access, ManagingBringsViewing) {
  const Permissions permissions{Permission::manage_schemas};
  EXPECT_TRUE(permissions.has(Permission::view_schemas));
  EXPECT_FALSE(permissions.has(Permission::view_datasets));
  for (size_t i = 0; i < kPermissions; ++i) {
    const auto permission = static_cast<Permission>(i);
    EXPECT_EQ(permission_named(name_of(permission)), permission);
  }
  EXPECT_EQ(permission_named("manage-everything"), std::nullopt);
}

TEST(Access, GrantsHoldInTheirSandboxesOnly) {
  const std::vector<Grant> grants = {{.role = "admin", .sandboxes = {"dev"}}, {.role = "viewer", .sandboxes = {"*"}}, {.role = "nobody knows", .sandboxes = {"*"}}};
  EXPECT_TRUE(permissions_in(grants, "dev").has(Permission::manage_sources));
  EXPECT_TRUE(permissions_in(grants, "prod").has(Permission::view_sources));
  EXPECT_FALSE(permissions_in(grants, "prod").has(Permission::manage_sources));
  EXPECT_TRUE(permissions_in({}, "prod").empty());
}

TEST(Access, LabelsAreHeldWhereTheyAreGranted) {
  const std::vector<Grant> grants = {{.role = "editor", .sandboxes = {"dev"}, .labels = {"C1", "C2"}}, {.role = "viewer", .sandboxes = {"*"}, .labels = {"C3"}}, {.role = "admin", .sandboxes = {"prod"}}};
  EXPECT_TRUE(labels_in(grants, "dev").holds("C2"));
  EXPECT_TRUE(labels_in(grants, "dev").holds("C3"));
  EXPECT_FALSE(labels_in(grants, "dev").holds("C4"));
  EXPECT_FALSE(labels_in(grants, "test").holds("C1"));
  EXPECT_TRUE(labels_in(grants, "prod").holds_all()) << "who manages access could grant them";
  EXPECT_TRUE(labels_in({{.role = "viewer", .sandboxes = {"*"}, .labels = {"*"}}}, "dev").holds("any"));
  EXPECT_FALSE(labels_in({}, "dev").holds("C1"));
}

class OrganisationTest : public testing::Test {
 protected:
  std::unique_ptr<Organisation> open() { return Organisation::open(*database_, random_, "foz", "").value(); }
  TemporaryFolder folder_;
  std::unique_ptr<store::Database> database_ = store::open_sqlite({.file = folder_ / "foz.db"}).value();
  SystemRandom random_;
  const Instant now_ = from_seconds(1'700'000'000);
};

TEST_F(OrganisationTest, IsTheSameAfterARestart) {
  const std::string id = open()->id();
  EXPECT_THAT(id, testing::MatchesRegex("[0-9A-F]{24}@AdobeOrg"));
  EXPECT_EQ(open()->id(), id);
  EXPECT_EQ(open()->tenant(), "foz");
}

TEST_F(OrganisationTest, KnowsAClientByItsOwnSecret) {
  const auto organisation = open();
  const auto one = organisation->add_client("one", {{.role = "admin", .sandboxes = {"*"}}}, {}, {}, random_, now_);
  const auto two = organisation->add_client("two", {{.role = "viewer", .sandboxes = {"dev"}}}, {}, now_ + hours(1), random_, now_);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(organisation->authenticate(one->client.client_id, one->secret, now_)->name, "one");
  EXPECT_EQ(organisation->authenticate(one->client.client_id, two->secret, now_).error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(organisation->authenticate("nobody", one->secret, now_).error().kind, ErrorKind::unauthorized);
  EXPECT_TRUE(organisation->authenticate(two->client.client_id, two->secret, now_));
  EXPECT_FALSE(organisation->authenticate(two->client.client_id, two->secret, now_ + hours(2))) << "it has ended";
  EXPECT_EQ(open()->clients()->size(), 2u);
}

TEST_F(OrganisationTest, ARevokedClientIsOutAtOnce) {
  const auto organisation = open();
  const auto made = organisation->add_client("one", {}, {}, {}, random_, now_);
  ASSERT_TRUE(made);
  ASSERT_TRUE(organisation->client(made->client.client_id, now_).value());
  EXPECT_TRUE(organisation->revoke(made->client.client_id));
  EXPECT_FALSE(organisation->client(made->client.client_id, now_).value());
  EXPECT_FALSE(organisation->authenticate(made->client.client_id, made->secret, now_));
  EXPECT_EQ(organisation->revoke("nobody").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace foz::security
