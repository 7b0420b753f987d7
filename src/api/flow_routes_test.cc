// The Flow Service on the wire: envelopes, headers, errors, and what old clients send. Follows: Flow Service contract, 1-12 and 14.
#include <gtest/gtest.h>

#include <set>

#include "api/testing.h"
#include "flow/flow_service.h"
#include "flow/service_world.h"

namespace foz::api {
namespace {

using ::testing::HasSubstr;

const std::string kBase = "/data/foundation/flowservice";

class FlowApiTest : public ApiFixture {
 protected:
  FlowApiTest() : ApiFixture({flow_routes(), connector_routes()}), vault_(value_of(security::Vault::open(folder.path() / "key"))), registry_(*database, clock, random, {.org_id = organisation->id()}),
                  mapping_sets_(*database, clock, random) {
    flow::testing::FakeSystem::instance().reset();
    flows_.emplace(flow::Environment{.database = *database, .vault = vault_, .clock = clock, .random = random, .transport = network_, .registry = registry_,
                                     .catalog = *catalog, .mapping_sets = mapping_sets_, .settings = {.landing_zone = folder.path() / "zone"}, .sources = kSources});
    services->flows = &*flows_;
    services->registry = &registry_;
    services->mapping_sets = &mapping_sets_;
  }

  std::string path(const std::string& rest) { return kBase + rest; }
  Answer get(const std::string& rest, const http::Headers& headers = {}) { return ApiFixture::get(path(rest), headers); }
  Answer post(const std::string& rest, const Json& body, const http::Headers& headers = {}) { return ApiFixture::post(path(rest), body, headers); }
  Answer patch(const std::string& rest, const Json& body, const http::Headers& headers) { return ApiFixture::patch(path(rest), body, headers); }
  Answer del(const std::string& rest) { return ApiFixture::del(path(rest)); }
  Answer act(const std::string& rest) { return send(http::Verb::post, path(rest)); }
  static std::string code(const Answer& answer) {
    const std::string type = text_of(answer.body, "type");
    return type.substr(type.rfind('/') + 1);
  }
  static std::string provider_code(const Answer& answer) {
    const Json* report = member(answer.body, "report");
    return report == nullptr ? "" : text_of(*report, "provider-code");
  }
  static std::string id_of(const Answer& answer) {
    EXPECT_EQ(answer.status, 201) << answer;
    return text_of(answer.body, "id");
  }

  /// What a flow needs, over the wire but for schema, data set and mapping set, which are other services'.
  std::string make_connection() { return id_of(post("/connections", flow::testing::ServiceWorld::connection_body())); }
  Json flow_body() {
    const Json schema = {{"title", "Contacts " + std::to_string(++made_)}, {"type", "object"},
                         {"allOf", {{{"$ref", "https://ns.adobe.com/xdm/context/profile"}}, {{"$ref", "https://ns.adobe.com/xdm/context/profile-person-details"}}}}};
    const std::string id = text_of(value_of(registry_.create({.sandbox = prod.id}, registry::ResourceKind::schema, schema)).body, "$id");
    schemas[id] = {.id = id, .title = "Contacts", .behavior = "record"};
    dataset_ = value_of(create({{"name", "Contacts"}, {"schemaRef", {{"id", id}, {"contentType", "application/vnd.adobe.xed-full+json;version=1"}}}})).id;
    const Json mappings = {{"version", 0}, {"xdmSchema", id}, {"mappings", {{{"destinationXdmPath", "person.name.firstName"}, {"sourceAttribute", "FirstName"}}}}};
    const std::string set = value_of(mapping_sets_.create(prod.id, value_of(prep::read_mapping_set(mappings)), "user")).id;
    const std::string source = id_of(post("/sourceConnections", flow::testing::ServiceWorld::source_body(make_connection())));
    const std::string target = id_of(post("/targetConnections", flow::testing::ServiceWorld::target_body("@/dataSets/" + dataset_)));
    return {{"name", "CRM to platform"}, {"flowSpec", {{"id", flow::kCloudStorageToAep}, {"version", "1.0"}}}, {"sourceConnectionIds", {source}}, {"targetConnectionIds", {target}},
            {"transformations", {{{"name", "Copy"}, {"params", {{"mode", "append"}}}}, {{"name", "Mapping"}, {"params", {{"mappingId", set}, {"mappingVersion", "0"}}}}}},
            {"scheduleParams", {{"startTime", "1567411548"}, {"frequency", "minute"}, {"interval", "30"}}}};
  }
  std::string make_flow() { return id_of(post("/flows", flow_body())); }

  security::Vault vault_;
  flow::testing::NoNetwork network_;
  registry::Registry registry_;
  prep::MappingSets mapping_sets_;
  std::optional<flow::FlowService> flows_;
  std::string dataset_;
  int made_ = 0;
  static inline const sources::SourceSpec* const kSources[] = {&flow::testing::fake_spec()};
};

TEST_F(FlowApiTest, AnswersInItsEnvelopes) {
  const Json body = flow_body();
  const Answer made = post("/flows", body);
  ASSERT_EQ(made.status, 201) << made;
  const std::string id = text_of(made.body, "id"), etag = text_of(made.body, "etag");
  EXPECT_EQ(made.body, (Json{{"id", id}, {"etag", etag}}));
  EXPECT_EQ(made.header("Location"), kBase + "/flows/" + id);
  EXPECT_EQ(made.header("ETag"), etag);
  EXPECT_EQ(made.header("Content-Type"), "application/json;charset=utf-8");
  EXPECT_EQ(made.header("x-foz-warning"), "flow-spec-source-mismatch") << "the tutorial's flow spec is one for files";
  ASSERT_EQ(etag.size(), 38u) << etag;
  EXPECT_EQ(etag.substr(9, 11), "-0000-0200-");

  const Answer got = get("/flows/" + id + "/");
  ASSERT_EQ(got.status, 200) << got;
  ASSERT_EQ(got.body["items"].size(), 1u);
  EXPECT_EQ(got.header("ETag"), etag);
  const Json& flow = got.body["items"][0];
  EXPECT_EQ(flow["scheduleParams"], body["scheduleParams"]);
  EXPECT_EQ(flow["transformations"], body["transformations"]);
  EXPECT_EQ(flow["createdClient"], client.client.client_id);
  EXPECT_EQ(flow["imsOrgId"], organisation->id());

  const Answer changed = patch("/flows/" + id, Json::array({{{"op", "Replace"}, {"path", "/name"}, {"value", "x"}}}), {{"If-Match", etag}});
  ASSERT_EQ(changed.status, 200) << changed;
  EXPECT_EQ(changed.body.size(), 2u);
  EXPECT_NE(text_of(changed.body, "etag"), etag);
  EXPECT_EQ(changed.header("ETag"), text_of(changed.body, "etag"));
  const Answer stale = patch("/flows/" + id, Json::array({{{"op", "replace"}, {"path", "/name"}, {"value", "y"}}}), {{"If-Match", etag}});
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(code(stale), "FLOW-1404-412");
  EXPECT_EQ(stale.body["title"], "Version not matching");
  EXPECT_EQ(code(patch("/flows/" + id, Json::array(), {})), "FLOW-1403-400");
  EXPECT_EQ(patch("/flows/" + id + "?if-match=" + http::percent_encode(text_of(changed.body, "etag")), {{"op", "replace"}, {"path", "/name"}, {"value", "y"}}, {}).status, 200)
      << "a query parameter in older collections";
  const Answer gone = del("/flows/" + id);
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.text, "");
  const Answer missing = get("/flows/" + id);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(code(missing), "FLOW-1439-404");
  EXPECT_EQ(missing.body["status"], 404);
  EXPECT_EQ(missing.body["title"], "Resource not found");
  EXPECT_EQ(missing.body["report"]["id"], id);
  EXPECT_EQ(missing.body["report"]["type"], "flows");
  EXPECT_EQ(missing.body["report"]["request-id"], missing.header("x-request-id"));
  EXPECT_EQ(missing.body["errorMessage"], missing.body["report"]["detailed-message"]);
  EXPECT_EQ(missing.body["errorDetails"], missing.body["errorMessage"]);
}

TEST_F(FlowApiTest, KnowsWhatAPathCanDo) {
  for (const auto& [verb, rest] : std::vector<std::pair<http::Verb, std::string>>{{http::Verb::put, "/flows/x"}, {http::Verb::del, "/runs/x"}, {http::Verb::patch, "/runs/x"}, {http::Verb::post, "/connections/x"}}) {
    const Answer refused = send(verb, path(rest));
    EXPECT_EQ(refused.status, 405) << rest;
    EXPECT_EQ(code(refused), "FLOW-1405-405") << rest;
    EXPECT_NE(refused.header("Allow"), "") << rest;
  }
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(send(http::Verb::put, path("/runs/x")).status, 404);
}

TEST_F(FlowApiTest, RefusesBodiesThatAreNoJson) {
  // The second tutorial's target connection: a quote is missing.
  const Answer broken = send(http::Verb::post, path("/targetConnections"), {.body = "{\n  \"name\": \"t\",\n  \"params\": {\"dataSetId\": \"5e9797ac6d771118ad8356db}\n}"});
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(code(broken), "FLOW-1405-400");
  EXPECT_THAT(text_of(broken.body, "errorMessage"), HasSubstr("3:"));
  EXPECT_EQ(code(send(http::Verb::post, path("/flows"))), "FLOW-1405-400") << "an empty body";
  const Answer unlabelled = ApiFixture::post(path("/flows?mode=draft"), {{"name", "d"}}, {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(unlabelled.status, 201);
  EXPECT_EQ(unlabelled.header("x-foz-warning"), "content-type");
}

TEST_F(FlowApiTest, ServesSpecsWithAKeyAlone) {
  make_connection();
  const http::Headers no_token = {{"Authorization", ""}};
  const Json custom = {{"name", "harbour-rest"}, {"providerId", flow::kProviderId}, {"type", "generic-rest"}};
  const Answer made = post("/connectionSpecs", custom);
  ASSERT_EQ(made.status, 201) << made;
  const std::string id = text_of(made.body, "id");
  EXPECT_EQ(made.body["name"], "harbour-rest");
  EXPECT_EQ(made.body["version"], "1.0");
  EXPECT_EQ(made.header("Location"), kBase + "/connectionSpecs/" + id);

  const Answer crm = get("/flowSpecs?property=name==\"CRMToAEP\"", no_token);
  ASSERT_EQ(crm.status, 200) << crm;
  ASSERT_EQ(crm.body["items"].size(), 1u);
  EXPECT_EQ(crm.body["items"][0]["id"], flow::kCrmToAep);
  EXPECT_EQ(crm.body["_links"], Json::object());
  EXPECT_EQ(get("/connectionSpecs/" + std::string(flow::testing::kCrmSpec), no_token).status, 200);
  EXPECT_EQ(get("/connectionSpecs/" + id, no_token).status, 404) << "what customers added is not public";
  EXPECT_EQ(get("/connectionSpecs", no_token).body["items"].size() + 1, get("/connectionSpecs").body["items"].size());
  for (const char* rest : {"/flows", "/connections", "/runs"}) EXPECT_EQ(get(rest, no_token).body["error_code"], "403010") << rest;
  const Answer refused = post("/flows", Json::object(), no_token);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body, (Json{{"error_code", "403010"}, {"message", "Oauth token is missing."}}));
  EXPECT_EQ(get("/flowSpecs", {{"Authorization", "Bearer forged"}}).status, 401) << "never downgraded";
  EXPECT_EQ(post("/flowSpecs/search", Json::object(), no_token).status, 403);
}

TEST_F(FlowApiTest, LooksAfterCustomSpecs) {
  EXPECT_EQ(provider_code(post("/connectionSpecs", {{"name", "x"}})), "CONNECTOR-1304-400");
  EXPECT_EQ(provider_code(post("/connectionSpecs", {{"name", "salesforce"}, {"providerId", "p"}})), "CONNECTOR-1312-400");
  const std::string id = text_of(post("/connectionSpecs", {{"name", "x"}, {"providerId", "p"}}).body, "id");
  const std::string rest = "/connectionSpecs/" + id;
  EXPECT_EQ(ApiFixture::put(path(rest), {{"name", "y"}, {"providerId", "p"}}).body["name"], "y");
  EXPECT_EQ(get("/flowSpecs?property=sourceConnectionSpecIds[]==" + id).body["items"][0]["name"], "RestStorageToAEP") << "linked by itself";
  const Answer built_in = ApiFixture::put(path("/connectionSpecs/" + std::string(flow::testing::kCrmSpec)), {{"name", "y"}, {"providerId", "p"}});
  EXPECT_EQ(built_in.status, 403);
  EXPECT_EQ(code(built_in), "FLOW-2120-403");
  EXPECT_EQ(del("/flowSpecs/" + std::string(flow::kCrmToAep)).status, 403);
  const std::string user = id_of(post("/connections", {{"name", "c"}, {"connectionSpec", {{"id", id}}}}));
  EXPECT_EQ(code(del(rest)), "FLOW-1447-400");
  EXPECT_EQ(del("/connections/" + user).status, 204);
  EXPECT_EQ(del(rest).status, 204);
  EXPECT_EQ(get(rest).status, 404);
  EXPECT_EQ(get("/connectionSpecs/" + std::string(flow::testing::kCrmSpec) + "/configs?limit=20").body, (Json{{"items", Json::array()}, {"pageInfo", {{"hasNext", false}}}}));
  EXPECT_EQ(provider_code(get("/connectionSpecs/" + std::string(flow::testing::kCrmSpec) + "/explore?objectType=root")), "CONNECTOR-1372-400");
  EXPECT_EQ(get("/connectionSpecs/" + std::string(flow::kLandingZoneSpec) + "/explore?objectType=root").body, Json::array());
  const Answer paged = get("/connectionSpecs?limit=1");
  EXPECT_EQ(paged.body["items"].size(), 1u);
  EXPECT_THAT(text_of(paged.body["_links"]["next"], "href"), ::testing::StartsWith("/connectionSpecs?continuationToken="));
}

TEST_F(FlowApiTest, TellsProvidersErrorsInItsShape) {
  const Answer login = post("/connections", flow::testing::ServiceWorld::connection_body("wrong"));
  EXPECT_EQ(login.status, 400);
  EXPECT_EQ(code(login), "FLOW-1100-400");
  EXPECT_EQ(provider_code(login), "CONNECTOR-1308-400");
  const std::string id = make_connection();
  const Answer table = get("/connections/" + id + "/explore?objectType=table&object=Contcat");
  EXPECT_EQ(table.status, 404);
  EXPECT_EQ(code(table), "FLOW-1101-404");
  EXPECT_EQ(provider_code(table), "CONNECTOR-1330-400");
  flow::testing::FakeSystem::instance().down = true;
  const Answer down = get("/connections/" + id + "/explore?objectType=root");
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(code(down), "FLOW-1103-503");
  const Answer test = get("/connections/" + id + "/test");
  EXPECT_EQ(test.status, 200);
  EXPECT_EQ(test.body["result"], false);
  flow::testing::FakeSystem::instance().down = false;
  Json body = flow_body();
  body["scheduleParams"] = {{"startTime", "<START TIME>"}, {"frequency", "minute"}, {"interval", 5}};
  const Answer several = post("/flows", body);
  EXPECT_EQ(code(several), "FLOW-1100-400");
  ASSERT_EQ(several.body["report"]["errors"].size(), 2u) << several;
  EXPECT_EQ(several.body["report"]["errors"][1]["code"], "CONNECTOR-1340-400");
  EXPECT_EQ(several.body["report"]["errors"][1]["path"], "/scheduleParams/startTime");
  EXPECT_THAT(text_of(several.body["report"]["errors"][1], "message"), HasSubstr("epoch seconds expected"));
}

TEST_F(FlowApiTest, ActsByOperation) {
  const std::string id = make_flow();
  EXPECT_EQ(act("/flows/" + id + "/action?op=DISABLE").status, 200);
  EXPECT_EQ(get("/flows/" + id).body["items"][0]["state"], "disabled");
  EXPECT_EQ(act("/flows/" + id + "/action?op=enable").status, 200);
  EXPECT_EQ(code(act("/flows/" + id + "/action?op=publish")), "FLOW-1409-400");
  EXPECT_EQ(code(act("/flows/" + id + "/action?op=FINALIZE")), "FLOW-1402-400");
  EXPECT_EQ(code(act("/flows/" + id + "/action?op=finalize_update&subOp=APPLY")), "FLOW-1402-400");
  EXPECT_EQ(provider_code(act("/flows/" + id + "/action?op=pause")), "CONNECTOR-1398-400");
  EXPECT_EQ(provider_code(act("/flows/" + id + "/action")), "CONNECTOR-1398-400");
  EXPECT_EQ(provider_code(act("/connections/x/action?op=enable")), "CONNECTOR-1398-400");
  EXPECT_EQ(provider_code(act("/sourceConnections/x/action?op=enable")), "CONNECTOR-1398-400");
  const std::string source = id_of(post("/sourceConnections?mode=draft", flow::testing::ServiceWorld::source_body(make_connection())));
  EXPECT_EQ(act("/connections/" + source + "/action?op=PUBLISH").status, 200) << "one page publishes through connections";
  EXPECT_EQ(get("/sourceConnections/" + source).body["items"][0]["state"], "enabled");
  const std::string target = id_of(post("/targetConnections?mode=draft", {{"name", "t"}}));
  EXPECT_EQ(provider_code(act("/connections/" + target + "/action?op=publish")), "CONNECTOR-1325-400");
  EXPECT_EQ(code(act("/connections/none/action?op=publish")), "FLOW-1439-404");
  EXPECT_EQ(provider_code(post("/flows?mode=sketch", {{"name", "x"}})), "CONNECTOR-1312-400");
}

TEST_F(FlowApiTest, RunsOnDemand) {
  const std::string flow = make_flow();
  const Answer made = post("/runs/", {{"flowId", flow}, {"status", "active"}});
  ASSERT_EQ(made.status, 201) << made;
  const std::string id = text_of(made.body, "id");
  EXPECT_EQ(made.body["items"], Json::array({{{"id", id}, {"etag", made.body["etag"]}}}));
  EXPECT_EQ(made.header("Location"), kBase + "/runs/" + id);
  const Answer got = get("/runs/" + id);
  EXPECT_EQ(got.body["items"][0]["flowId"], flow);
  EXPECT_EQ(got.header("ETag"), text_of(made.body, "etag"));
  for (const std::string& rest : {"/runs?property=flowId==" + flow + "&orderby=-createdAt", "/flows/" + flow + "/runs", std::string("/runs?property=state==queued"),
                                  "/flows/" + flow + "/runs?property=metrics.statusSummary.status==Queued"}) {
    const Answer list = get(rest);
    ASSERT_EQ(list.body["items"].size(), 1u) << rest << list;
    EXPECT_EQ(list.body["items"][0]["id"], id);
  }
  EXPECT_EQ(get("/flows/" + flow + "/runs?property=state==failed").body["items"], Json::array());
  EXPECT_EQ(code(send(http::Verb::put, path("/runs/" + id))), "FLOW-1427-400");
  EXPECT_EQ(provider_code(act("/runs/" + id + "/action?op=re-trigger")), "CONNECTOR-1387-400");
  EXPECT_EQ(act("/runs/" + id + "/action?op=Cancel").status, 200);
  EXPECT_EQ(get("/runs/" + id).body["items"][0]["metrics"]["statusSummary"]["errors"][0]["code"], "FOZ-RUN-CANCELLED");
  const Answer again = act("/runs/" + id + "/action?op=RE_TRIGGER");
  ASSERT_EQ(again.status, 200) << again;
  EXPECT_NE(text_of(again.body, "id"), id);
  EXPECT_EQ(get("/runs/" + text_of(again.body, "id")).body["items"][0]["predecessors"], Json::array({id}));
  EXPECT_EQ(provider_code(act("/runs/" + id + "/action?op=pause")), "CONNECTOR-1401-400");
  const Answer overlapping = post("/runs", {{"flowId", flow}, {"params", {{"windowStartTime", "0"}, {"windowEndTime", 1567411548}}}});
  EXPECT_EQ(overlapping.header("x-foz-warning"), "window-overlap");
}

TEST_F(FlowApiTest, SearchesByBody) {
  for (const char* name : {"a", "b", "c"}) post("/flows?mode=draft", {{"name", name}});
  const Answer found = post("/flows/search", {{"queryString", "property=name!=a&property=state==draft"}, {"orderby", "-name"}, {"limit", 1}, {"projectionFields", "name"}});
  ASSERT_EQ(found.status, 200) << found;
  EXPECT_EQ(found.body["items"][0]["name"], "c");
  EXPECT_EQ(found.body["items"][0].size(), 3u) << "name, id, etag";
  const std::string href = text_of(found.body["_links"]["next"], "href");
  const Answer next = post("/flows/search" + href.substr(href.find('?')), Json::object());
  EXPECT_EQ(next.body["items"][0]["name"], "b") << next;
  EXPECT_EQ(get(href).body["items"][0]["name"], "b") << "the link works by itself";
  EXPECT_EQ(send(http::Verb::post, path("/flows/search")).body["items"].size(), 3u) << "an empty body is no filter";
  EXPECT_EQ(post("/connections/search", {{"count", true}}).body, (Json{{"count", 0}}));
  EXPECT_EQ(post("/flowSpecs/search", {{"queryString", "name==CRMToAEP"}, {"groupByProperty", "x"}}).body["items"].size(), 1u);
  struct Case {
    std::string query, code;
  };
  for (const Case& c : std::vector<Case>{{"property=name~x", "FLOW-1440-400"}, {"property=createdAt>1,2", "FLOW-1443-400"}, {"property=id>1", "FLOW-1448-400"}, {"property=name!>x", "FLOW-1450-400"},
                                         {"property=createdAt>soon", "FLOW-1452-400"}, {"property=createdAt==", "FLOW-1453-400"}, {"limit=0", "FLOW-1451-400"}, {"limit=x", "FLOW-1451-400"},
                                         {"continuationToken=x", "FLOW-1451-400"}, {"orderby=*name", "FLOW-1432-400"}, {"orderby=na%20me", "FLOW-1433-400"}}) {
    const Answer refused = get("/flows?" + c.query);
    EXPECT_EQ(code(refused), c.code) << c.query;
    EXPECT_EQ(refused.status, 400) << c.query;
  }
}

TEST_F(FlowApiTest, KeepsSandboxesAndRightsApart) {
  const std::string id = make_flow();
  value_of(sandboxes->create({.name = "dev", .title = "Dev", .type = "development", .user = "u"}));
  const http::Headers dev = {{"x-sandbox-name", "dev"}};
  EXPECT_EQ(get("/flows/" + id, dev).status, 404);
  EXPECT_EQ(get("/flows", dev).body["items"], Json::array());
  EXPECT_EQ(code(post("/runs", {{"flowId", id}}, dev)), "FLOW-1430-400");
  EXPECT_EQ(code(get("/flows", {{"x-sandbox-name", "none"}})), "FLOW-2100-404");
  EXPECT_EQ(code(get("/flows", {{"x-sandbox-name", "*"}})), "FLOW-2111-403");
  become(add_client("viewer", {"prod"}));
  EXPECT_EQ(get("/flows/" + id).status, 200);
  const Answer refused = act("/flows/" + id + "/action?op=disable");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(code(refused), "FLOW-2121-403");
}

TEST_F(FlowApiTest, HidesWhatBearsLabelsThatTheCallerLacks) {  // 13.10
  const auto label = [&](const std::string& rest, const char* name) {
    EXPECT_EQ(patch(rest, {{"op", "add"}, {"path", "/labels"}, {"value", {name}}}, {{"If-Match", "*"}}).status, 200) << rest;
  };
  const std::string flow = make_flow(), open_flow = make_flow(), connection = make_connection();
  label("/flows/" + flow, "C1");
  label("/connections/" + connection, "C2");
  const std::string run = id_of(post("/runs", {{"flowId", flow}})), open_run = id_of(post("/runs", {{"flowId", open_flow}}));
  const std::string draft = id_of(post("/sourceConnections?mode=draft", {{"name", "s"}, {"labels", {"C1"}}}));
  const Json rename = {{"op", "replace"}, {"path", "/name"}, {"value", "mine"}};
  const auto ids = [&](const std::string& rest) {
    std::set<std::string> found;
    const Answer list = get(rest);
    for (const Json& item : list.body["items"]) found.insert(text_of(item, "id"));
    return found;
  };

  const auto none = add_client("editor", {"prod"}), one = add_client("editor", {"prod"}, {"C1"}), every = add_client("viewer", {"prod"}, {"*"});
  become(none);
  EXPECT_EQ(ids("/flows"), (std::set{open_flow}));
  EXPECT_EQ(get("/flows?count=true").body, (Json{{"count", 1}}));
  EXPECT_EQ(post("/flows/search", {{"queryString", "id==" + flow}}).body["items"], Json::array());
  EXPECT_EQ(ids("/runs"), (std::set{open_run}));
  EXPECT_EQ(get("/runs?count=true&property=flowId==" + flow).body, (Json{{"count", 0}}));
  EXPECT_EQ(get("/flows/" + flow + "/runs").body["items"], Json::array());
  EXPECT_FALSE(ids("/connections").contains(connection));
  EXPECT_FALSE(ids("/sourceConnections").contains(draft));
  for (const std::string& rest : {"/flows/" + flow, "/runs/" + run, "/connections/" + connection, "/connections/" + connection + "/test", "/connections/" + connection + "/explore?objectType=root",
                                  "/connections/" + connection + "/configs", "/sourceConnections/" + draft}) {
    const Answer refused = get(rest);
    EXPECT_EQ(refused.status, 403) << rest;
    EXPECT_EQ(code(refused), "FLOW-2120-403") << rest;
    EXPECT_THAT(refused.text, ::testing::Not(HasSubstr("C1"))) << rest;
  }
  for (const Answer& refused : {patch("/flows/" + flow, rename, {{"If-Match", "*"}}), del("/flows/" + flow), act("/flows/" + flow + "/action?op=disable"), post("/runs", {{"flowId", flow}}),
                                act("/runs/" + run + "/action?op=cancel"), act("/runs/" + run + "/action?op=re-trigger"), send(http::Verb::put, path("/runs/" + run)),
                                patch("/connections/" + connection, rename, {{"If-Match", "*"}}), del("/connections/" + connection), act("/connections/" + connection + "/action?op=publish"),
                                patch("/sourceConnections/" + draft, rename, {{"If-Match", "*"}}), del("/sourceConnections/" + draft), act("/sourceConnections/" + draft + "/action?op=publish")}) {
    EXPECT_EQ(refused.status, 403) << refused;
    EXPECT_EQ(code(refused), "FLOW-2121-403") << refused;
  }
  EXPECT_EQ(code(post("/sourceConnections", flow::testing::ServiceWorld::source_body(connection))), "FLOW-2120-403") << "nor is it used";

  become(one);
  EXPECT_EQ(get("/flows/" + flow).status, 200);
  EXPECT_EQ(ids("/runs"), (std::set{run, open_run}));
  EXPECT_EQ(get("/connections/" + connection).status, 403) << "each object has its own labels";
  EXPECT_EQ(act("/runs/" + run + "/action?op=cancel").status, 200);
  EXPECT_EQ(del("/flows/" + flow).status, 204);
  become(none);
  EXPECT_EQ(get("/runs/" + run).status, 403) << "its flow is gone, its labels are not";
  EXPECT_EQ(ids("/runs"), (std::set{open_run}));
  become(every);
  EXPECT_EQ(get("/connections/" + connection).status, 200);
  EXPECT_EQ(ids("/runs"), (std::set{run, open_run}));
}

TEST_F(FlowApiTest, NamesTheLandingZone) {
  const std::string zone = "/data/foundation/connectors/landingzone";
  EXPECT_EQ(ApiFixture::get(zone + "?type=user_drop_zone").body, (Json{{"containerName", "dlz-user-container"}, {"containerTTL", "7"}}));
  for (const std::string& rest : {zone + "/credentials?type=user_drop_zone", std::string("/data/foundation/connectors/encryption/keys")}) {
    const Answer later = ApiFixture::get(rest);
    EXPECT_EQ(later.status, 501) << rest;
    EXPECT_EQ(later.body, (Json{{"error_code", "501"}, {"message", "Not available in this version"}}));
  }
  EXPECT_EQ(ApiFixture::get(zone, {{"Authorization", ""}}).status, 403);
}

}  // namespace
}  // namespace foz::api
