// Permissions over the API. Follows: Sandbox and authentication contract, 4.1.
#include <gmock/gmock.h>

#include "api/testing.h"

namespace foz::api {
namespace {

const std::string kBase = "/data/foundation/access-control";

class AccessControl : public ApiFixture {
 protected:
  AccessControl() : ApiFixture({access_control_routes()}) {}
};

TEST_F(AccessControl, Reference) {
  const Json reference = get(kBase + "/acl/reference").body;
  const Json all = {"read", "write", "delete"}, read = {"read"};
  const Json& permissions = reference["permissions"];
  EXPECT_EQ(permissions["manage-datasets"], (Json{{"datasets", all}, {"datasets-data", all}, {"connection", all}, {"dule-label", all}, {"schemas", read}, {"monitoring", read}}));
  EXPECT_EQ(permissions["view-datasets"], (Json{{"datasets", read}, {"datasets-data", read}, {"connection", read}, {"dule-label", read}, {"schemas", read}, {"monitoring", read}}));
  EXPECT_EQ(permissions["manage-schemas"], (Json{{"schemas", all}, {"classes", all}, {"mixins", all}, {"data-types", all}, {"identity-descriptor", all}, {"relationship-descriptor", all}}));
  EXPECT_EQ(permissions["manage-sandboxes"], (Json{{"sandboxes", all}}));
  EXPECT_EQ(permissions["reset-sandboxes"], (Json{{"reset-sandboxes", {"read", "write"}}}));
  EXPECT_FALSE(permissions.contains("manage-shemas"));
  EXPECT_EQ(reference["resource-types"]["datasets"], all);
  EXPECT_EQ(reference["resource-types"]["monitoring"], read);
}

TEST_F(AccessControl, EffectivePoliciesFollowRoleAndSandbox) {
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  const Json asked = {"/permissions/manage-datasets", "/permissions/view-datasets", "/permissions/nothing", "/resource-types/schemas", "/resource-types/datasets", "/resource-types/reset-sandboxes", "rubbish"};
  const Json all = {"read", "write", "delete"}, read = {"read"}, none = Json::array(), granted = {"*"};
  const auto policies = [&](const Json& a, const Json& b, const Json& c, const Json& d, const Json& e) {
    return Json{{"policies", {{asked[0], a}, {asked[1], b}, {asked[2], none}, {asked[3], c}, {asked[4], d}, {asked[5], e}, {asked[6], none}}}};
  };
  struct Case { const char* role; Json wanted; };
  const Case kCases[] = {{"admin", policies(granted, granted, all, all, {"read", "write"})},
                         {"editor", policies(granted, granted, all, all, none)},
                         {"operator", policies(none, granted, read, read, none)},
                         {"viewer", policies(none, granted, read, read, none)},
                         {"service", policies(granted, granted, all, all, none)}};
  for (const Case& c : kCases) {
    become(add_client(c.role, {"dev"}));
    const Answer answer = post(kBase + "/acl/effective-policies", asked, {{"x-sandbox-name", "dev"}});
    EXPECT_EQ(answer.status, 200) << c.role << answer;
    EXPECT_EQ(answer.body, c.wanted) << c.role;
    EXPECT_EQ(post(kBase + "/acl/effective-policies", asked).status, 404) << c.role;  // no grant in prod
  }
}

TEST_F(AccessControl, PoliciesRefuseWhatIsNoList) {
  for (const Json& body : {Json::object(), Json("x"), Json::array({1})}) EXPECT_EQ(post(kBase + "/acl/effective-policies", body).status, 400) << body;
}

TEST_F(AccessControl, Roles) {
  add_client("viewer", {"dev", "prod"});
  const Answer answer = get(kBase + "/administration/roles");
  EXPECT_EQ(answer.status, 200) << answer;
  ASSERT_EQ(answer.body["items"].size(), 5U);
  EXPECT_EQ(answer.body["_page"]["count"], 5);
  EXPECT_EQ(answer.body["_links"], Json::object());
  const Json& viewer = answer.body["items"][3];
  EXPECT_EQ(viewer["name"], "viewer");
  EXPECT_EQ(viewer["recordType"], "role");
  EXPECT_EQ(viewer["imsOrgID"], organisation->id());
  EXPECT_EQ(viewer["permissionSets"], (Json{"view-schemas", "view-datasets", "view-sources", "view-sandboxes", "view-monitoring-dashboard"}));
  EXPECT_EQ(viewer["sandboxes"], (Json{"dev", "prod"}));
  become(add_client("editor", {"*"}));
  const Answer refused = get(kBase + "/administration/roles");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(refused.body, "type"), "http://ns.adobe.com/aep/errors/SMS-2003-403");
}

TEST_F(AccessControl, TheRestOfAdministrationIsNotOffered) {
  for (const http::Verb verb : {http::Verb::get, http::Verb::post, http::Verb::put, http::Verb::patch, http::Verb::del}) {
    const Answer answer = send(verb, kBase + "/administration/products");
    EXPECT_EQ(answer.status, 501) << answer;
    EXPECT_EQ(answer.body["error_code"], "501");
  }
  EXPECT_EQ(post(kBase + "/administration/roles", Json::object()).status, 501);
}

}  // namespace
}  // namespace foz::api
