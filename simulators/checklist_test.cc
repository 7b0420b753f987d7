// What no other test of the simulators asks for: the rest of the list in Sources contract 7.2, vendor by vendor.
#include <gmock/gmock.h>

#include <set>

#include "base/text.h"
#include "simulators/test_client.h"

namespace foz::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

http::Query client_form(const TestClient& client) {
  http::Query form;
  form.add("grant_type", "client_credentials");
  form.add("client_id", client.secret("clientId"));
  form.add("client_secret", client.secret("clientSecret"));
  return form;
}

TestClient logged_in(const std::string& vendor, uint64_t rows) {
  TestClient client({.vendor = vendor, .rows = rows, .seed = 7});
  if (vendor == "hubspot") return client;
  client.use_token("");
  http::Query form = client_form(client);
  form.add("scope", "http://sim.test/.default");
  const std::string path = vendor == "salesforce" ? "/services/oauth2/token" : "/" + client.secret("tenantId") + "/oauth2/v2.0/token";
  client.use_token(text_of(TestClient::json(client.form(path, form)), "access_token"));
  return client;
}

TEST(SalesforceChecklist, UsersAndTheEndOfASession) {
  TestClient client = logged_in("salesforce", 5);
  const Json token = TestClient::json(client.form("/services/oauth2/token", client_form(client)));
  client.use_token(text_of(token, "access_token"));
  const Json user = TestClient::json(client.get("/services/oauth2/userinfo"));
  EXPECT_EQ(user["organization_id"], client.secret("organizationId"));
  EXPECT_EQ(user["sub"], token["id"]);
  const Json identity = TestClient::json(client.get(text_of(token, "id").substr(std::string("http://sim.test").size())));
  EXPECT_EQ(identity["user_id"], user["user_id"]);
  http::Query form;
  form.add("token", text_of(token, "access_token"));
  EXPECT_EQ(client.form("/services/oauth2/revoke", form).status, 200);
  EXPECT_EQ(client.get("/services/oauth2/userinfo").status, 401);
  EXPECT_EQ(text_of(TestClient::json(client.form("/services/oauth2/revoke", form)), "error"), "unsupported_token_type") << "it is dead already";
}

TEST(SalesforceChecklist, VersionsNeedNoLogin) {
  TestClient client({.vendor = "salesforce", .rows = 5, .seed = 7});
  client.use_token("");
  std::set<std::string> versions;
  for (const Json& one : TestClient::json(client.get("/services/data/"))) {
    versions.insert(text_of(one, "version"));
    EXPECT_EQ(text_of(one, "url"), "/services/data/v" + text_of(one, "version"));
    EXPECT_FALSE(text_of(one, "label").empty());
  }
  EXPECT_TRUE(versions.contains("52.0") && versions.contains("60.0") && versions.contains("65.0"));
}

TEST(SalesforceChecklist, ALocatorOfQueryAllIsAnsweredBelowQuery) {
  TestClient client = logged_in("salesforce", 2500);
  client.control("mutate", {{"op", "delete"}, {"table", "Contact"}, {"from", 0}, {"count", 100}});
  const Json first = TestClient::json(client.get("/services/data/v60.0/queryAll?q=" + http::percent_encode("SELECT Id FROM Contact")));
  EXPECT_EQ(first["totalSize"], 2500) << "with the bin";
  const std::string locator = text_of(first, "nextRecordsUrl").substr(std::string("/services/data/v60.0/query/").size());
  for (const char* below : {"query", "queryAll"}) {
    EXPECT_EQ(TestClient::json(client.get("/services/data/v60.0/" + std::string(below) + "/" + locator))["records"].size(), 500u) << below;
  }
}

TEST(SalesforceChecklist, UpdatedRecordsAreTold) {
  TestClient client = logged_in("salesforce", 20);
  const Json changed = client.control("mutate", {{"op", "update"}, {"table", "Contact"}, {"from", 3}, {"count", 2}, {"at", "2024-09-01T10:00:00Z"}, {"set", {{"LastName", "New"}}}});
  const std::string feed = "/services/data/v60.0/sobjects/Contact/updated/?start=";
  const Json told = TestClient::json(client.get(feed + "2024-09-01T09%3A00%3A00Z&end=2024-09-01T11%3A00%3A00Z"));
  EXPECT_EQ(told["ids"], changed["ids"]);
  EXPECT_EQ(told["latestDateCovered"], "2024-09-01T11:00:00.000+0000");
  EXPECT_EQ(client.get(feed + "2024-07-01T09%3A00%3A00Z&end=2024-09-01T11%3A00%3A00Z").status, 400) << "30 days";
  EXPECT_EQ(client.get(feed + "2024-09-01T10%3A00%3A00Z&end=2024-09-01T10%3A00%3A00Z").status, 400) << "a minute apart";
}

TEST(SalesforceChecklist, BulkJobsAreListed) {
  TestClient client = logged_in("salesforce", 5);
  const Json job = TestClient::json(client.post("/services/data/v60.0/jobs/query", {{"operation", "queryAll"}, {"query", "SELECT Id FROM Contact"}}));
  const Json list = TestClient::json(client.get("/services/data/v60.0/jobs/query?jobType=V2Query"));
  EXPECT_EQ(list["done"], true);
  ASSERT_THAT(list["records"], SizeIs(1));
  EXPECT_EQ(list["records"][0]["id"], job["id"]);
  EXPECT_EQ(list["records"][0]["operation"], "queryAll");
}

// Pain 10: what bulk CSV holds.
TEST(SalesforceChecklist, BulkTextIsDirty) {
  TestClient client = logged_in("salesforce", 4000);
  client.control("mutate", {{"op", "update"}, {"table", "Account"}, {"from", 0}, {"count", 1}, {"set", {{"NumberOfEmployees", 0}}}});
  const auto csv = [&](const std::string& soql) {
    const std::string id = text_of(TestClient::json(client.post("/services/data/v60.0/jobs/query", {{"operation", "query"}, {"query", soql}})), "id");
    return client.get("/services/data/v60.0/jobs/query/" + id + "/results").body;
  };
  const std::string notes = csv("SELECT Id, Notes__c FROM Contact");
  EXPECT_NE(notes.find('\0'), std::string::npos);
  EXPECT_GT(std::count(notes.begin(), notes.end(), '\n'), 4001) << "line breaks inside values";
  EXPECT_THAT(notes, HasSubstr("\"\"")) << "doubled quotes";
  EXPECT_THAT(csv("SELECT NumberOfEmployees FROM Account"), HasSubstr("\"0.0\""));
}

TEST(SalesforceChecklist, SoqlComparesWithAtMost) {
  TestClient client = logged_in("salesforce", 50);
  client.control("mutate", {{"op", "update"}, {"table", "Contact"}, {"from", 0}, {"count", 50}, {"at", "2024-08-01T00:00:00Z"}});
  client.control("mutate", {{"op", "update"}, {"table", "Contact"}, {"from", 0}, {"count", 5}, {"at", "2024-08-02T00:00:00Z"}});
  for (const auto& [where, wanted] : {std::pair("SystemModstamp <= 2024-08-01T00:00:00Z", 45), std::pair("SystemModstamp <= 2024-08-02T00:00:00Z", 50), std::pair("SystemModstamp <> 2024-08-01T00:00:00Z", 5)}) {
    EXPECT_EQ(TestClient::json(client.get("/services/data/v60.0/query?q=" + http::percent_encode(std::string("SELECT COUNT() FROM Contact WHERE ") + where)))["totalSize"], wanted) << where;
  }
}

TEST(DynamicsChecklist, TheServiceDescribesItself) {
  TestClient client = logged_in("dynamics", 5);
  const std::string root = "/api/data/v9.2/";
  std::set<std::string> sets;
  const Json document = TestClient::json(client.get(root));
  for (const Json& one : document["value"]) sets.insert(text_of(one, "url"));
  EXPECT_TRUE(sets.contains("accounts") && sets.contains("contacts"));
  const http::Response edmx = client.get(root + "$metadata");
  EXPECT_EQ(edmx.status, 200);
  EXPECT_THAT(std::string(*edmx.header("Content-Type")), HasSubstr("xml"));
  EXPECT_THAT(edmx.body, HasSubstr("<EntityType Name=\"contact\""));
  EXPECT_FALSE(text_of(TestClient::json(client.get(root + "WhoAmI")), "OrganizationId").empty());
}

TEST(HubspotChecklist, TokensOfTheNewerPathTellMore) {
  TestClient client = logged_in("hubspot", 5);
  http::Query form;
  form.add("grant_type", "refresh_token");
  form.add("client_id", client.secret("clientId"));
  form.add("client_secret", client.secret("clientSecret"));
  form.add("refresh_token", client.secret("refreshToken"));
  const Json token = TestClient::json(client.form("/oauth/2026-03/token", form));
  EXPECT_EQ(token["hub_id"], client.ready()["portalId"]);
  EXPECT_TRUE(token["scopes"].is_array() && !token["scopes"].empty());
  EXPECT_EQ(token["token_use"], "access_token");
  EXPECT_FALSE(TestClient::json(client.form("/oauth/v1/token", form)).contains("hub_id"));
}

TEST(HubspotChecklist, PrivateAppsAreToldOfTheDay) {
  TestClient client = logged_in("hubspot", 5);
  const http::Response account = client.get("/account-info/v3/details");
  EXPECT_EQ(TestClient::json(account)["portalId"], client.ready()["portalId"]);
  for (const char* name : {"X-HubSpot-RateLimit-Max", "X-HubSpot-RateLimit-Remaining", "X-HubSpot-RateLimit-Interval-Milliseconds", "X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Daily-Remaining"}) {
    EXPECT_TRUE(account.headers.has(name)) << name;
  }
}

TEST(HubspotChecklist, PropertiesAreDescribed) {
  TestClient client = logged_in("hubspot", 5);
  bool found = false;
  const Json properties = TestClient::json(client.get("/crm/v3/properties/contacts?archived=false"));
  for (const Json& one : properties["results"]) {
    if (text_of(one, "name") != "lifecyclestage") continue;
    found = true;
    EXPECT_EQ(one["type"], "enumeration");
    EXPECT_FALSE(one["options"].empty());
    EXPECT_TRUE(one["modificationMetadata"].contains("readOnlyValue"));
  }
  EXPECT_TRUE(found);
}

TEST(HubspotChecklist, VersionOneKnowsRecentAndChosenContacts) {
  TestClient client = logged_in("hubspot", 60);
  client.control("mutate", {{"op", "update"}, {"table", "contacts"}, {"from", 10}, {"count", 7}, {"at", "2024-09-01T11:59:00Z"}, {"set", {{"firstname", "New"}}}});
  std::vector<int64_t> recent;
  std::string more;
  for (int pages = 0; pages < 4; ++pages) {
    const Json page = TestClient::json(client.get("/contacts/v1/lists/recently_updated/contacts/recent?count=3&property=firstname" + more));
    for (const Json& contact : page["contacts"]) {
      if (contact["properties"]["firstname"]["value"] == "New") recent.push_back(contact["vid"].get<int64_t>());
    }
    more = "&timeOffset=" + to_text(page["time-offset"]) + "&vidOffset=" + to_text(page["vid-offset"]);
    if (page["has-more"] == false) break;
  }
  EXPECT_EQ(std::set<int64_t>(recent.begin(), recent.end()).size(), 7u);
  EXPECT_EQ(recent.size(), 7u) << "each once";
  const Json chosen = TestClient::json(client.get("/contacts/v1/contact/vids/batch?vid=101&vid=105&vid=99999"));
  std::vector<std::string> vids;
  for (const auto& [vid, contact] : chosen.items()) vids.push_back(vid);
  EXPECT_THAT(vids, ElementsAre("101", "105"));
}

}  // namespace
}  // namespace foz::sim
