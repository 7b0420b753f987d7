// The HubSpot simulator keeps what Sources contract 4 says of the vendor.
#include <gmock/gmock.h>

#include <set>

#include "simulators/test_client.h"

namespace foz::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TestClient portal(uint64_t rows = 250) { return TestClient({.vendor = "hubspot", .rows = rows, .seed = 7}); }

std::vector<std::string> ids_of(const Json& page) {
  std::vector<std::string> ids;
  for (const Json& record : page["results"]) ids.push_back(text_of(record, "id"));
  return ids;
}

/// Every id of a listing, following handles.
std::vector<std::string> all_ids(TestClient& client, const std::string& url) {
  std::vector<std::string> ids;
  std::string after;
  for (int pages = 0; pages < 1000; ++pages) {
    const Json page = TestClient::json(client.get(url + (after.empty() ? "" : "&after=" + after)));
    for (std::string& id : ids_of(page)) ids.push_back(std::move(id));
    if (!page.contains("paging")) return ids;
    after = page["paging"]["next"]["after"];
  }
  ADD_FAILURE() << "the pages never end";
  return ids;
}

Json search(TestClient& client, const Json& filter, int limit = 200) {
  return TestClient::json(client.post("/crm/v3/objects/contacts/search", {{"filterGroups", Json::array({{{"filters", Json::array({filter})}}})}, {"limit", limit}, {"properties", {"firstname", "email", "lifecyclestage"}}}));
}

TEST(HubspotSim, ListsEveryContactOnceInPages) {
  TestClient client = portal();
  const auto ids = all_ids(client, "/crm/v3/objects/contacts?limit=100");
  EXPECT_THAT(ids, SizeIs(250));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 250u);
}

TEST(HubspotSim, RecordsHaveTheVendorsShape) {
  TestClient client = portal();
  const Json page = TestClient::json(client.get("/crm/v3/objects/contacts?limit=1&properties=email,amount&properties=firstname"));
  const Json& record = page["results"][0];
  EXPECT_EQ(record["id"], record["properties"]["hs_object_id"]);
  EXPECT_EQ(record["createdAt"], record["properties"]["createdate"]);
  EXPECT_EQ(record["updatedAt"], record["properties"]["lastmodifieddate"]);
  EXPECT_EQ(record["archived"], false);
  EXPECT_TRUE(record["properties"].contains("firstname"));
  EXPECT_FALSE(record["properties"].contains("amount")) << "contacts have no such property: it is left out silently";
  EXPECT_THAT(text_of(page["paging"]["next"], "link"), HasSubstr("http://sim.test/crm/v3/objects/contacts?"));
}

TEST(HubspotSim, RefusesWhatTheVendorRefuses) {
  struct Case {
    std::string name, url;
    int status;
    std::string category;
  };
  TestClient client = portal();
  for (const Case& one : {Case{"page too large", "/crm/v3/objects/contacts?limit=101", 400, "VALIDATION_ERROR"},
                          Case{"history page too large", "/crm/v3/objects/contacts?limit=51&propertiesWithHistory=email", 400, "VALIDATION_ERROR"},
                          Case{"no number", "/crm/v3/objects/contacts?limit=x", 400, "VALIDATION_ERROR"},
                          Case{"foreign handle", "/crm/v3/objects/contacts?after=abc", 400, "VALIDATION_ERROR"},
                          Case{"no such type", "/crm/v3/objects/unicorns", 400, "VALIDATION_ERROR"},
                          Case{"no such record", "/crm/v3/objects/contacts/99999", 404, "OBJECT_NOT_FOUND"},
                          Case{"no such property", "/crm/v3/properties/contacts/nothing", 404, "OBJECT_NOT_FOUND"}}) {
    const auto answer = client.get(one.url);
    EXPECT_EQ(answer.status, one.status) << one.name;
    EXPECT_EQ(text_of(TestClient::json(answer), "category"), one.category) << one.name;
  }
  const auto long_url = client.get("/crm/v3/objects/contacts?properties=" + std::string(17'000, 'x'));
  EXPECT_EQ(long_url.status, 414);
  EXPECT_THAT(std::string(*long_url.header("Content-Type")), HasSubstr("html"));
}

TEST(HubspotSim, TokensAreAskedForAndExpire) {
  TestClient client = portal();
  const http::Response wrong = client.get("/crm/v3/objects/contacts", {{"Authorization", "Bearer pat-na1-wrong"}});
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(text_of(TestClient::json(wrong), "category"), "INVALID_AUTHENTICATION");
  EXPECT_EQ(client.get("/crm/v3/objects/contacts", {{"Authorization", "Bearer nonsense"}}).status, 530);

  http::Query form;
  form.add("grant_type", "refresh_token");
  form.add("client_id", client.secret("clientId"));
  form.add("client_secret", client.secret("clientSecret"));
  form.add("refresh_token", client.secret("refreshToken"));
  const Json token = TestClient::json(client.form("/oauth/v1/token", form));
  EXPECT_EQ(token["expires_in"], 1800);
  client.use_token(text_of(token, "access_token"));
  const http::Response fresh = client.get("/crm/v3/objects/contacts");
  EXPECT_EQ(fresh.status, 200);
  EXPECT_FALSE(fresh.headers.has("X-HubSpot-RateLimit-Daily")) << "OAuth apps are not told of the day";
  EXPECT_EQ(TestClient::json(client.get("/oauth/v1/access-tokens/" + text_of(token, "access_token")))["hub_id"], client.ready()["portalId"]);
  client.clock().advance(std::chrono::seconds(1801));
  const http::Response late = client.get("/crm/v3/objects/contacts");
  EXPECT_EQ(late.status, 401);
  EXPECT_EQ(text_of(TestClient::json(late), "category"), "EXPIRED_AUTHENTICATION");
  form.add("refresh_token", "wrong");
  const http::Response refused = client.form("/oauth/v1/token", form);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(text_of(TestClient::json(refused), "status"), "BAD_REFRESH_TOKEN");
}

TEST(HubspotSim, SearchKnowsThirteenOperators) {
  TestClient client = portal(60);
  client.control("mutate", {{"op", "update"}, {"table", "contacts"}, {"from", 0}, {"count", 60},
                            {"set", {{"firstname", "Ana"}, {"email", nullptr}, {"annualrevenue", "10"}, {"topics", "pricing"}, {"hs_email_optout", "false"}, {"date_of_birth", nullptr}}}});
  client.control("mutate", {{"op", "update"}, {"table", "contacts"}, {"from", 0}, {"count", 10},
                            {"set", {{"firstname", "Bob"}, {"email", "bob@shop.example"}, {"annualrevenue", "25.5"}, {"topics", "pricing;support"}, {"hs_email_optout", "true"}, {"date_of_birth", "2001-02-03"}}}});
  struct Case {
    std::string property, op;
    Json more;
    int wanted;
  };
  for (const Case& one : {Case{"firstname", "EQ", {{"value", "bob"}}, 10}, Case{"firstname", "NEQ", {{"value", "Bob"}}, 50},
                          Case{"email", "NEQ", {{"value", "nobody@x"}}, 10}, Case{"annualrevenue", "LT", {{"value", "25.5"}}, 50},
                          Case{"annualrevenue", "LTE", {{"value", "25.5"}}, 60}, Case{"annualrevenue", "GT", {{"value", "10"}}, 10},
                          Case{"annualrevenue", "GTE", {{"value", "10"}}, 60}, Case{"annualrevenue", "BETWEEN", {{"value", "11"}, {"highValue", "25.5"}}, 10},
                          Case{"firstname", "IN", {{"values", {"bob", "zoe"}}}, 10}, Case{"firstname", "NOT_IN", {{"values", {"bob"}}}, 50},
                          Case{"email", "HAS_PROPERTY", Json::object(), 10}, Case{"email", "NOT_HAS_PROPERTY", Json::object(), 50},
                          Case{"email", "CONTAINS_TOKEN", {{"value", "*@shop.example"}}, 10}, Case{"email", "CONTAINS_TOKEN", {{"value", "shop"}}, 10},
                          Case{"email", "NOT_CONTAINS_TOKEN", {{"value", "shop"}}, 0}, Case{"topics", "EQ", {{"value", "support"}}, 10},
                          Case{"hs_email_optout", "EQ", {{"value", "true"}}, 10}, Case{"date_of_birth", "GTE", {{"value", "2001-02-03"}}, 10},
                          Case{"hs_object_id", "GT", {{"value", "110"}}, 50}, Case{"lastmodifieddate", "GTE", {{"value", "1725192000000"}}, 60},
                          Case{"lastmodifieddate", "LT", {{"value", "2024-09-01T12:00:00Z"}}, 0}}) {
    Json filter = {{"propertyName", one.property}, {"operator", one.op}};
    filter.update(one.more);
    const Json found = search(client, filter);
    EXPECT_EQ(found["total"], one.wanted) << one.property << " " << one.op;
    EXPECT_EQ(found["results"].size(), static_cast<size_t>(one.wanted)) << one.property << " " << one.op;
  }
}

TEST(HubspotSim, SearchEndsAtTenThousand) {
  TestClient client = portal(10'400);
  const auto page = [&](int after) {
    return client.post("/crm/v3/objects/contacts/search", {{"filterGroups", Json::array()}, {"sorts", {"hs_object_id"}}, {"limit", 200}, {"after", std::to_string(after)}});
  };
  EXPECT_EQ(TestClient::json(page(9800))["total"], 10'400);
  EXPECT_EQ(TestClient::json(page(9800))["paging"]["next"]["after"], "10000");
  EXPECT_EQ(page(10'000).status, 400);
}

TEST(HubspotSim, SearchRefusesWhatDoesNotFit) {
  TestClient client = portal(5);
  const Json filter = {{"propertyName", "firstname"}, {"operator", "EQ"}, {"value", "a"}};
  const Json group = {{"filters", Json::array({filter})}};
  struct Case {
    std::string name;
    Json body;
  };
  for (const Case& one : {Case{"limit", {{"limit", 201}}}, Case{"operator", {{"filterGroups", Json::array({{{"filters", Json::array({{{"propertyName", "firstname"}, {"operator", "LIKE"}, {"value", "a"}}})}}})}}},
                          Case{"property", {{"sorts", {"nothing"}}}}, Case{"groups", {{"filterGroups", Json::array({group, group, group, group, group, group})}}},
                          Case{"filters", {{"filterGroups", Json::array({{{"filters", Json::array({filter, filter, filter, filter, filter, filter, filter})}}})}}},
                          Case{"query", {{"query", std::string(3001, 'a')}}}, Case{"two sorts", {{"sorts", {"firstname", "email"}}}},
                          Case{"no moment", {{"filterGroups", Json::array({{{"filters", Json::array({{{"propertyName", "createdate"}, {"operator", "GT"}, {"value", "soon"}}})}}})}}}}) {
    EXPECT_EQ(client.post("/crm/v3/objects/contacts/search", one.body).status, 400) << one.name;
  }
}

TEST(HubspotSim, TheSearchIndexTrails) {
  TestClient client = portal(5);
  client.control("settings", {{"searchLagSeconds", 60}});
  const auto id = text_of(TestClient::json(client.post("/crm/v3/objects/contacts", {{"properties", {{"email", "new@x.example"}}}})), "id");
  EXPECT_EQ(client.get("/crm/v3/objects/contacts/" + id).status, 200);
  const Json filter = {{"propertyName", "email"}, {"operator", "EQ"}, {"value", "new@x.example"}};
  EXPECT_EQ(search(client, filter)["total"], 0);
  client.clock().advance(std::chrono::seconds(61));
  EXPECT_EQ(search(client, filter)["total"], 1);
}

TEST(HubspotSim, LimitsSayThePolicyByTheVendorsWords) {
  TestClient client = portal(5);
  client.control("settings", {{"tenSecondlyRequests", 2}, {"searchesPerSecond", 1}});
  const Json nothing = Json::object();
  EXPECT_EQ(client.get("/crm/v3/objects/contacts").status, 200);
  EXPECT_EQ(*client.get("/crm/v3/objects/contacts").header("X-HubSpot-RateLimit-Remaining"), "0");
  const http::Response burst = client.get("/crm/v3/objects/contacts");
  EXPECT_EQ(burst.status, 429);
  EXPECT_EQ(text_of(TestClient::json(burst), "policyName"), "TEN_SECONDLY_ROLLING");
  EXPECT_EQ(client.post("/crm/v3/objects/contacts/search", nothing).status, 200);
  const http::Response searches = client.post("/crm/v3/objects/contacts/search", nothing);
  EXPECT_EQ(searches.status, 429);
  EXPECT_EQ(text_of(TestClient::json(searches), "message"), "You have reached your secondly limit.");
  EXPECT_FALSE(searches.headers.has("X-HubSpot-RateLimit-Max"));
  client.clock().advance(std::chrono::seconds(11));
  EXPECT_EQ(client.get("/crm/v3/objects/contacts").status, 200);
  client.control("settings", {{"dailyRequests", 1}});
  const Json daily = TestClient::json(client.get("/crm/v3/objects/contacts"));
  EXPECT_EQ(text_of(daily, "policyName"), "DAILY");
  EXPECT_TRUE(daily.contains("requestId"));
}

TEST(HubspotSim, ArchivedRecordsAreListedApart) {
  TestClient client = portal(10);
  const Json before = TestClient::json(client.get("/crm/v3/objects/contacts/103"));
  client.clock().advance(std::chrono::hours(1));
  EXPECT_EQ(client.send(http::Verb::del, "/crm/v3/objects/contacts/103").status, 204);
  EXPECT_THAT(all_ids(client, "/crm/v3/objects/contacts?limit=4"), ElementsAre("101", "102", "104", "105", "106", "107", "108", "109", "110"));
  const Json bin = TestClient::json(client.get("/crm/v3/objects/contacts?archived=true"));
  ASSERT_THAT(ids_of(bin), ElementsAre("103"));
  EXPECT_EQ(bin["results"][0]["archivedAt"], "2024-09-01T13:00:00.000Z");
  EXPECT_EQ(bin["results"][0]["updatedAt"], before["updatedAt"]) << "archiving does not move the cursor";
  EXPECT_EQ(client.get("/crm/v3/objects/contacts/103").status, 404);
  EXPECT_EQ(client.get("/crm/v3/objects/contacts/103?archived=true").status, 200);
}

TEST(HubspotSim, MergedRecordsLeadToTheWinner) {
  TestClient client = portal(10);
  const http::Response merged = client.post("/crm/v3/objects/contacts/merge", {{"primaryObjectId", "102"}, {"objectIdToMerge", "105"}});
  EXPECT_EQ(merged.status, 200);
  EXPECT_EQ(text_of(TestClient::json(client.get("/crm/v3/objects/contacts/105")), "id"), "102");
  const Json winner = TestClient::json(client.get("/crm/v3/objects/contacts/102?properties=hs_merged_object_ids"));
  EXPECT_EQ(winner["properties"]["hs_merged_object_ids"], "105");
  EXPECT_THAT(all_ids(client, "/crm/v3/objects/contacts?limit=100"), testing::Not(testing::Contains("105")));
  EXPECT_THAT(ids_of(TestClient::json(client.get("/crm/v3/objects/contacts?archived=true"))), IsEmpty());
  EXPECT_EQ(client.post("/crm/v3/objects/contacts/gdpr-delete", {{"objectId", "106"}}).status, 204);
  EXPECT_EQ(client.get("/crm/v3/objects/contacts/106?archived=true").status, 404);
}

TEST(HubspotSim, BatchesAnswerForEachInput) {
  TestClient client = portal(10);
  const http::Response some = client.post("/crm/v3/objects/contacts/batch/read", {{"inputs", {{{"id", "101"}}, {{"id", "999"}}}}, {"properties", {"email"}}});
  EXPECT_EQ(some.status, 207);
  const Json body = TestClient::json(some);
  EXPECT_THAT(ids_of(body), ElementsAre("101"));
  EXPECT_EQ(body["numErrors"], 1);
  EXPECT_THAT(texts_of(body["errors"][0]["context"], "ids"), ElementsAre("999"));
  Json many = Json::array();
  for (int i = 0; i < 101; ++i) many.push_back({{"id", std::to_string(i)}});
  EXPECT_EQ(client.post("/crm/v3/objects/contacts/batch/read", {{"inputs", many}}).status, 400);
}

TEST(HubspotSim, AssociationsFitFromBothEnds) {
  TestClient client = portal(40);
  const Json contact = TestClient::json(client.get("/crm/v4/objects/contacts/105/associations/companies"));
  ASSERT_EQ(contact["results"].size(), 1u);
  const std::string company = std::to_string(contact["results"][0]["toObjectId"].get<int64_t>());
  EXPECT_EQ(contact["results"][0]["associationTypes"][0]["label"], "Primary");
  const Json back = TestClient::json(client.get("/crm/v4/objects/companies/" + company + "/associations/contacts"));
  std::set<int64_t> contacts;
  for (const Json& one : back["results"]) contacts.insert(one["toObjectId"].get<int64_t>());
  EXPECT_TRUE(contacts.contains(105));

  EXPECT_EQ(client.send(http::Verb::del, "/crm/v4/objects/contacts/105/associations/companies/" + company).status, 204);
  EXPECT_EQ(TestClient::json(client.get("/crm/v4/objects/contacts/105/associations/companies"))["results"].size(), 0u);
  EXPECT_EQ(client.send(http::Verb::put, "/crm/v4/objects/contacts/105/associations/default/companies/9003").status, 200);
  const Json batch = TestClient::json(client.post("/crm/v4/associations/contacts/companies/batch/read", {{"inputs", {{{"id", "105"}}, {{"id", "777"}}}}}));
  EXPECT_EQ(batch["results"][0]["to"][0]["toObjectId"], 9003);
  EXPECT_EQ(batch["numErrors"], 1);
  const Json listed = TestClient::json(client.get("/crm/v3/objects/contacts?limit=1&after=104&associations=companies"));
  EXPECT_EQ(listed["results"][0]["associations"]["companies"]["results"][0]["id"], "9003");
}

TEST(HubspotSim, InlineAssociationsArePaged) {
  TestClient client = portal(40);
  client.control("settings", {{"inlineAssociations", 2}, {"batchAssociations", 2}});
  const Json listed = TestClient::json(client.get("/crm/v3/objects/companies?limit=1&associations=contacts"));
  EXPECT_TRUE(listed["results"][0]["associations"]["contacts"].contains("paging"));
  Json batch = TestClient::json(client.post("/crm/v4/associations/companies/contacts/batch/read", {{"inputs", {{{"id", "9001"}}}}}));
  std::set<std::string> seen;
  for (int pages = 0; pages < 50; ++pages) {
    const Json& one = batch["results"][0];
    for (const Json& to : one["to"]) EXPECT_TRUE(seen.insert(to_text(to["toObjectId"])).second);
    if (!one.contains("paging")) break;
    batch = TestClient::json(client.post("/crm/v4/associations/companies/contacts/batch/read", {{"inputs", {{{"id", "9001"}, {"after", one["paging"]["next"]["after"]}}}}}));
  }
  EXPECT_THAT(seen, SizeIs(4));
}

TEST(HubspotSim, VersionOneShowsTheSameContacts) {
  TestClient client = portal(250);
  std::vector<std::string> vids;
  std::set<int64_t> added;
  std::string offset = "0";
  for (int pages = 0; pages < 10; ++pages) {
    const Json page = TestClient::json(client.get("/contacts/v1/lists/all/contacts/all?count=100&property=firstname&vidOffset=" + offset));
    for (const Json& contact : page["contacts"]) {
      vids.push_back(to_text(contact["vid"]));
      added.insert(contact["addedAt"].get<int64_t>());
      EXPECT_EQ(contact["portal-id"], client.ready()["portalId"]);
    }
    if (page["has-more"] == false) break;
    offset = to_text(page["vid-offset"]);
  }
  EXPECT_EQ(vids, all_ids(client, "/crm/v3/objects/contacts?limit=100"));
  EXPECT_THAT(added, SizeIs(250)) << "distinct moments";
}

TEST(HubspotSim, OlderAndSmallerEndpointsPage) {
  TestClient client = portal(300);
  struct Case {
    std::string url, list, more, offset, parameter, id;
    size_t wanted;
  };
  for (const Case& one : {Case{"/companies/v2/companies/paged?limit=25", "companies", "has-more", "offset", "offset", "companyId", 76},
                          Case{"/deals/v1/deal/paged?limit=25&includeAssociations=true", "deals", "hasMore", "offset", "offset", "dealId", 61},
                          Case{"/engagements/v1/engagements/paged?limit=40", "results", "hasMore", "offset", "offset", "", 100}}) {
    std::set<std::string> seen;
    std::string offset = "0";
    for (int pages = 0; pages < 100; ++pages) {
      const Json page = TestClient::json(client.get(one.url + "&" + one.parameter + "=" + offset));
      for (const Json& record : page[one.list]) seen.insert(to_text(one.id.empty() ? record["engagement"]["id"] : record[one.id]));
      if (page[one.more] == false) break;
      offset = to_text(page[one.offset]);
    }
    EXPECT_THAT(seen, SizeIs(one.wanted)) << one.url;
  }
  EXPECT_THAT(all_ids(client, "/crm/v3/owners?limit=3"), SizeIs(11));
  EXPECT_THAT(all_ids(client, "/marketing/v3/forms?limit=4"), SizeIs(6));
  EXPECT_EQ(TestClient::json(client.get("/crm/v3/pipelines/deals"))["results"][0]["stages"].size(), 5u);
  EXPECT_THAT(all_ids(client, "/cms/v3/blogs/authors?limit=4"), SizeIs(9));
}

TEST(HubspotSim, CustomObjectsHaveSchemasAndManyNames) {
  TestClient client = TestClient({.vendor = "hubspot", .rows = 5, .seed = 7, .objects = 3});
  const Json schemas = TestClient::json(client.get("/crm-object-schemas/v3/schemas"));
  EXPECT_EQ(schemas["results"].size(), 4u);
  const std::string full = text_of(schemas["results"][0], "fullyQualifiedName"), id = text_of(schemas["results"][0], "objectTypeId");
  for (const std::string& name : {full, id, std::string("cars"), std::string("p_cars")}) {
    EXPECT_THAT(all_ids(client, "/crm/v3/objects/" + name + "?limit=100"), SizeIs(30)) << name;
  }
}

TEST(HubspotSim, TroubleWithPagesIsThatOfThePages) {
  struct Case {
    std::string kind;
    size_t rows_of_first_two;
    bool loops;
  };
  for (const Case& one : {Case{"emptyPage", 10, false}, Case{"repeatPage", 20, false}, Case{"loopPage", 10, true}}) {
    TestClient client = portal(50);
    client.control("faults", Json::array({{{"kind", one.kind}, {"path", "/crm/v3/objects/contacts"}, {"skip", 1}, {"times", 1}}}));
    const Json first = TestClient::json(client.get("/crm/v3/objects/contacts?limit=10"));
    const std::string handle = first["paging"]["next"]["after"];
    const Json second = TestClient::json(client.get("/crm/v3/objects/contacts?limit=10&after=" + handle));
    EXPECT_EQ(second["paging"]["next"]["after"] == handle, one.loops) << one.kind;
    const size_t rows = first["results"].size() + second["results"].size();
    EXPECT_EQ(rows, one.loops ? 20u : one.rows_of_first_two) << one.kind;
    EXPECT_EQ(ids_of(first) == ids_of(second), one.kind == "repeatPage");
    const Json third = TestClient::json(client.get("/crm/v3/objects/contacts?limit=10&after=" + text_of(second["paging"]["next"], "after")));
    EXPECT_EQ(ids_of(third).front(), "111") << one.kind;
  }
}

}  // namespace
}  // namespace foz::sim
