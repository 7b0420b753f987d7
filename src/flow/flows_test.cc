// Flows: made, changed, published, switched, removed. Follows: Flow Service contract, 10, 13.2, 13.8.
#include "flow/flows.h"

#include <gtest/gtest.h>

#include "flow/flow.h"
#include "flow/service_world.h"

namespace foz::flow {
namespace {

using testing::kStartSeconds;

class FlowsTest : public ::testing::Test {
 protected:
  const Flows& flows() { return world_.service->flows; }
  Result<Written> create(const Json& body, Mode mode = Mode::live) { return flows().create(world_.scope(), body, mode); }
  Result<Written> patch(const std::string& id, const Json& operations) { return flows().patch(world_.scope(), id, "*", operations); }
  static Json replace(const std::string& path, const Json& value) { return Json::array({{{"op", "replace"}, {"path", path}, {"value", value}}}); }
  template <class T>
  static std::string code(const Result<T>& result) { return result ? "ok" : result.error().code; }

  testing::ServiceWorld world_;
};

TEST_F(FlowsTest, IsShownWithWhatItInherits) {
  const std::string id = world_.flow();
  const auto& parts = world_.parts();
  const Json flow = shown(world_.stored(id));
  EXPECT_EQ(flow["state"], "enabled");
  EXPECT_EQ(flow["runs"], "/runs?property=flowId==" + id);
  EXPECT_EQ(flow["providerRefId"], id);
  EXPECT_EQ(flow["sandboxName"], "prod");
  EXPECT_EQ(flow["etag"], flow["version"]);
  EXPECT_EQ(flow["lastOperation"]["operation"], "create");
  const Json spec = {{"id", testing::kCrmSpec}, {"version", "1.0"}};
  EXPECT_TRUE(same_json(flow["inheritedAttributes"],
                        {{"properties", {{"isSourceFlow", true}}},
                         {"sourceConnections", {{{"id", parts.source}, {"connectionSpec", spec}, {"baseConnection", {{"id", parts.base}, {"connectionSpec", spec}}}}}},
                         {"targetConnections", {{{"id", parts.target}, {"connectionSpec", {{"id", kDataLakeSpec}, {"version", "1.0"}}}}}}}))
      << flow["inheritedAttributes"];
  EXPECT_FALSE(flow.contains("_foz"));
  EXPECT_FALSE(flow.contains("lastRunDetails"));
  EXPECT_EQ(world_.position(id), (Position{.since = world_.store.clock.now()}));
  EXPECT_EQ(world_.heard.take(), (std::vector<std::string>{"changed " + id}));
}

TEST_F(FlowsTest, EchoesScheduleAndTransformationsAndNormalisesOptions) {
  Json body = world_.flow_body();
  body["scheduleParams"] = {{"startTime", "1567411548"}, {"frequency", "minute"}, {"interval", "30"}};
  body["transformations"][0] = {{"name", "Copy"}, {"params", {{"mode", "append"}}}};
  body["transformations"][1]["params"]["mappingVersion"] = "0";
  body["options"] = {{"partialIngestionPercent", "10"}, {"errorDiagnosticsEnabled", "true"}};
  body["policy"] = {{"own", 1}};
  const std::string id = create(body).value().id;
  const Json flow = world_.stored(id);
  EXPECT_EQ(flow["scheduleParams"], body["scheduleParams"]);
  EXPECT_EQ(flow["transformations"], body["transformations"]);
  EXPECT_EQ(flow["options"], (Json{{"partialIngestionPercent", 10}, {"errorDiagnosticsEnabled", true}}));
  EXPECT_EQ(flow["policy"], body["policy"]);
  ASSERT_TRUE(patch(id, replace("/options/partialIngestionPercent", "12.5")));
  EXPECT_EQ(world_.stored(id)["options"]["partialIngestionPercent"], 12.5);
}

struct Refusal {
  std::string name;
  std::function<void(Json& body)> change;
  std::string code, where;
};

TEST_F(FlowsTest, RefusesWhatCannotRun) {
  const Json good = world_.flow_body();
  const Json copy = good["transformations"][0], mapping = good["transformations"][1];
  const std::vector<Refusal> cases = {
      {"no name", [](Json& b) { b.erase("name"); }, "CONNECTOR-1304-400", "/name"},
      {"a state", [](Json& b) { b["state"] = "enabled"; }, "FLOW-1410-400", "/state"},
      {"no flow spec", [](Json& b) { b.erase("flowSpec"); }, "CONNECTOR-1304-400", "/flowSpec/id"},
      {"an unknown flow spec", [](Json& b) { b["flowSpec"]["id"] = "c1a19761-d2c7-4702-b9fa-fe91f0613e81"; }, "FLOW-1413-400", "/flowSpec/id"},
      {"no sources", [](Json& b) { b.erase("sourceConnectionIds"); }, "CONNECTOR-1304-400", "/sourceConnectionIds"},
      {"two sources", [](Json& b) { b["sourceConnectionIds"].push_back("x"); }, "CONNECTOR-1321-400", "/sourceConnectionIds"},
      {"no source in the list", [](Json& b) { b["sourceConnectionIds"] = Json::array(); }, "CONNECTOR-1321-400", "/sourceConnectionIds"},
      {"an unknown source", [](Json& b) { b["sourceConnectionIds"] = {"44b1c1e43-x"}; }, "FLOW-1411-400", "/sourceConnectionIds/0"},
      {"a target as text", [](Json& b) { b["targetConnectionIds"] = "x"; }, "CONNECTOR-1321-400", "/targetConnectionIds"},
      {"an unknown target", [](Json& b) { b["targetConnectionIds"] = {"x"}; }, "FLOW-1411-400", "/targetConnectionIds/0"},
      {"no mapping", [&](Json& b) { b["transformations"] = {copy}; }, "CONNECTOR-1370-400", "/transformations"},
      {"no transformations", [](Json& b) { b.erase("transformations"); }, "CONNECTOR-1370-400", "/transformations"},
      {"an unknown transformation", [&](Json& b) { b["transformations"] = {mapping, {{"name", "Sort"}}}; }, "CONNECTOR-1312-400", "/transformations/1/name"},
      {"encryption", [&](Json& b) { b["transformations"] = {mapping, {{"name", "Encryption"}}}; }, "CONNECTOR-1312-400", "/transformations/1/name"},
      {"another mode", [](Json& b) { b["transformations"][0]["params"]["mode"] = "overwrite"; }, "CONNECTOR-1368-400", "/transformations/0/params/mode"},
      {"an unknown mapping set", [](Json& b) { b["transformations"][1]["params"]["mappingId"] = "0123456789abcdef0123456789abcdef"; }, "FLOW-1419-400", "/transformations/1/params/mappingId"},
      {"an unknown mapping version", [](Json& b) { b["transformations"][1]["params"]["mappingVersion"] = 7; }, "FLOW-1412-400", "/transformations/1/params/mappingVersion"},
      {"no schedule", [](Json& b) { b.erase("scheduleParams"); }, "CONNECTOR-1317-400", "/scheduleParams"},
      {"an empty schedule", [](Json& b) { b["scheduleParams"] = Json::object(); }, "CONNECTOR-1317-400", "/scheduleParams"},
      {"a start time that is none", [](Json& b) { b["scheduleParams"]["startTime"] = "<START TIME>"; }, "CONNECTOR-1340-400", "/scheduleParams/startTime"},
      {"an unknown frequency", [](Json& b) { b["scheduleParams"]["frequency"] = "month"; }, "CONNECTOR-1397-400", "/scheduleParams/frequency"},
      {"an interval too short", [](Json& b) { b["scheduleParams"].update({{"frequency", "minute"}, {"interval", 14}}); }, "CONNECTOR-1362-400", "/scheduleParams/interval"},
      {"an interval with once", [](Json& b) { b["scheduleParams"]["frequency"] = "once"; }, "CONNECTOR-1361-400", "/scheduleParams/interval"},
      {"backfill with once", [](Json& b) { b["scheduleParams"] = {{"startTime", 1}, {"frequency", "once"}, {"backfill", true}}; }, "CONNECTOR-1364-400", "/scheduleParams/backfill"},
      {"a threshold over 100", [](Json& b) { b["options"] = {{"partialIngestionPercent", 101}}; }, "CONNECTOR-1312-400", "/options/partialIngestionPercent"},
      {"an unknown delta column", [](Json& b) { b["transformations"][0]["params"]["deltaColumn"]["name"] = "LastModifed"; }, "CONNECTOR-1330-400", "/transformations/0/params/deltaColumn/name"},
  };
  for (const Refusal& c : cases) {
    Json body = good;
    c.change(body);
    const auto refused = create(body);
    ASSERT_FALSE(refused) << c.name;
    EXPECT_EQ(refused.error().code, c.code) << c.name << ": " << refused.error().message;
    EXPECT_EQ(refused.error().where, c.where) << c.name << ": " << refused.error().message;
  }
  EXPECT_EQ(code(create(Json::array())), "FLOW-1405-400");
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM flows").value()->integer(0), 0) << "something half-made stayed";
  EXPECT_EQ(world_.heard.take(), std::vector<std::string>());
}

TEST_F(FlowsTest, TellsAllMistakesOfABodyAtOnce) {
  Json body = world_.flow_body();
  body["scheduleParams"] = {{"startTime", "soon"}, {"frequency", "hour"}, {"interval", 0}};
  body["options"] = {{"deletes", "perhaps"}};
  body["transformations"][0]["params"]["mode"] = "upsert";
  const auto refused = create(body);
  ASSERT_FALSE(refused);
  std::vector<std::string> found;
  for (const Problem& problem : refused.error().problems) found.push_back(problem.code + " " + problem.path);
  EXPECT_EQ(found, (std::vector<std::string>{"CONNECTOR-1362-400 /scheduleParams/interval", "CONNECTOR-1340-400 /scheduleParams/startTime",
                                             "CONNECTOR-1312-400 /options/deletes", "CONNECTOR-1368-400 /transformations/0/params/mode"}));
}

TEST_F(FlowsTest, IsCheckedAgainstSourceAndDataSet) {
  const auto& parts = world_.parts();
  Json body = world_.flow_body();
  body["transformations"][1]["params"] = {{"mappingId", world_.mapping_set(parts.schema, {{"FirstNam", "person.name.firstName"}, {"Id", "person.shoeSize"}}).id}};
  const auto refused = create(body);
  ASSERT_FALSE(refused);
  std::vector<std::string> codes;
  for (const Problem& problem : refused.error().problems) codes.push_back(problem.code);
  EXPECT_EQ(codes, (std::vector<std::string>{"CONNECTOR-1330-400", "CONV-1007-400"})) << refused.error().message;
  EXPECT_NE(refused.error().message.find("FirstName"), std::string::npos) << "the nearest name: " << refused.error().message;

  Json other_table = testing::ServiceWorld::source_body(parts.base);
  other_table["params"] = {{"tableName", "Contcat"}};
  body = world_.flow_body();
  body["sourceConnectionIds"] = {world_.service->source_connections.create(world_.scope(), other_table, Mode::live).value().id};
  const auto no_table = create(body);
  EXPECT_EQ(code(no_table), "CONNECTOR-1330-400");
  EXPECT_EQ(no_table.error().kind, ErrorKind::invalid);
  EXPECT_NE(no_table.error().message.find("Contact"), std::string::npos) << no_table.error().message;

  other_table["params"] = {{"tableName", "Contact"}, {"columns", {{{"name", "first_name"}}, {{"name", "Shoe"}}}}};
  body["sourceConnectionIds"] = {world_.service->source_connections.create(world_.scope(), other_table, Mode::live).value().id};
  EXPECT_NE(create(body).error().message.find("Shoe"), std::string::npos);
}

TEST_F(FlowsTest, NeedsItsSourceWithinReach) {
  const Json body = world_.flow_body();
  world_.system().down = true;
  const auto refused = create(body);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM flows").value()->integer(0), 0);
}

TEST_F(FlowsTest, RefusesDraftsAndWhatIsGone) {
  Json body = world_.flow_body();
  body["sourceConnectionIds"] = {world_.service->source_connections.create(world_.scope(), {{"name", "draft"}}, Mode::draft).value().id};
  EXPECT_EQ(code(create(body)), "FLOW-1409-400");
  body = world_.flow_body();
  world_.delete_dataset(world_.parts().dataset);
  const auto gone = create(body);
  EXPECT_EQ(code(gone), "FLOW-1413-400");
  EXPECT_NE(gone.error().message.find(world_.parts().dataset), std::string::npos);
}

TEST_F(FlowsTest, WarnsOfSpecsAndSchemasThatDoNotMatch) {
  Json body = world_.flow_body();
  body["flowSpec"]["id"] = kCloudStorageToAep;
  body["transformations"][1]["params"] = {{"mappingId", world_.mapping_set(world_.schema("Another")).id}};
  const auto written = create(body);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->warnings, (std::vector<std::string>{"flow-spec-source-mismatch", "schema-mismatch"}));
  EXPECT_EQ(world_.stored(written->id)["flowSpec"]["id"], kCloudStorageToAep) << "echoed as sent";
}

TEST(FlowsStrict, RefuseAnotherSchema) {
  testing::ServiceWorld world({.strict_schema = true});
  Json body = world.flow_body();
  body["transformations"][1]["params"] = {{"mappingId", world.mapping_set(world.schema("Another")).id}};
  EXPECT_EQ(world.service->flows.create(world.scope(), body, Mode::live).error().code, "FLOW-1425-400");
}

TEST(FlowsOffline, LeaveTheLookAtTheSourceToTheFirstRun) {
  testing::ServiceWorld world({.test_on_create = false});
  world.system().down = true;
  EXPECT_TRUE(world.service->flows.create(world.scope(), world.flow_body(), Mode::live));
  EXPECT_EQ(world.system().looks, 0);
}

TEST_F(FlowsTest, PinsTheMappingVersionThatItLeavesOpen) {
  const auto& parts = world_.parts();
  Json body = world_.flow_body();
  body["transformations"][1]["params"] = {{"mappingId", parts.mappings.id}};
  const std::string id = create(body).value().id;
  const auto version = [&] { return FlowStore::find(world_.database(), world_.scope().sandbox, id).value().transformations.mapping->version; };
  EXPECT_EQ(version(), 0);
  world_.next_version(parts.mappings);
  EXPECT_EQ(version(), 0);
  ASSERT_TRUE(patch(id, replace("/name", "renamed")));
  ASSERT_TRUE(patch(id, replace("/transformations/0/params/deltaColumn", {{"name", "SystemModstamp"}})));
  EXPECT_EQ(version(), 0) << "a patch that does not speak of the mapping";
  ASSERT_TRUE(patch(id, replace("/transformations/1", body["transformations"][1])));
  EXPECT_EQ(version(), 1);
  EXPECT_FALSE(world_.stored(id)["transformations"][1]["params"].contains("mappingVersion")) << "not added to the echo";
}

TEST_F(FlowsTest, PatchesByTheRules) {
  const std::string id = world_.flow();
  struct Case {
    std::string path;
    Json value;
    std::string code;
  };
  const std::vector<Case> cases = {
      {"/name", "renamed", "ok"},
      {"/description", "text", "ok"},
      {"/labels", Json::array({"C2"}), "ok"},
      {"/labels", "C2", "CONNECTOR-1312-400"},
      {"/policy/own", 1, "FLOW-1455-400"},
      {"/policy", {{"own", 1}}, "ok"},
      {"/recordTypes", Json::array({"profile"}), "ok"},
      {"/options", {{"partialIngestionPercent", 5}}, "ok"},
      {"/options/errorDiagnosticsEnabled", true, "ok"},
      {"/options/drift", "sometimes", "CONNECTOR-1312-400"},
      {"/options", {{"calculatedRefresh", {{"frequency", "day"}, {"interval", 1}}}}, "ok"},
      {"/options", {{"calculatedRefresh", {{"frequency", "minute"}, {"interval", 14}}}}, "CONNECTOR-1312-400"},
      {"/options", {{"calculatedRefresh", {{"frequency", "day"}, {"interval", 1}, {"columns", {"NoSuch"}}}}}, "CONNECTOR-1330-400"},
      {"/scheduleParams/interval", 2, "ok"},
      {"/scheduleParams/interval", 0, "CONNECTOR-1362-400"},
      {"/transformations", Json::array(), "CONNECTOR-1370-400"},
      {"/sourceConnectionIds", Json::array({"x"}), "FLOW-1455-400"},
      {"/targetConnectionIds", Json::array({"x"}), "FLOW-1455-400"},
      {"/flowSpec", {{"id", kRestStorageToAep}}, "FLOW-1455-400"},
      {"/id", "x", "FLOW-1455-400"},
      {"/etag", "x", "FLOW-1455-400"},
      {"/lastRunDetails", Json::object(), "FLOW-1455-400"},
      {"/_foz/mappingVersion", 3, "FLOW-1455-400"},
      {"/state", "paused", "FLOW-1456-400"},
      {"/state", "draft", "FLOW-1456-400"},
      {"/state", "Disabled", "ok"},
  };
  for (const Case& c : cases) EXPECT_EQ(code(patch(id, replace(c.path, c.value))), c.code) << c.path << " " << c.value;
  const Json flow = world_.stored(id);
  EXPECT_EQ(flow["state"], "disabled");
  EXPECT_EQ(flow["lastOperation"]["operation"], "update");
  EXPECT_EQ(flow["lastOperation"]["ops"], replace("/state", "Disabled"));
  EXPECT_EQ(code(patch(id, Json::array({{{"op", "remove"}, {"path", "/state"}}}))), "FLOW-1456-400");
  EXPECT_EQ(code(patch(id, Json::array({{{"op", "remove"}, {"path", "/notThere"}}}))), "FLOW-1455-400");
  EXPECT_EQ(code(patch(id, Json::array({{{"op", "move"}, {"from", "/name"}, {"path", "/description"}}}))), "FLOW-1434-400");
  EXPECT_EQ(code(patch(id, Json::array())), "FLOW-1405-400");
  EXPECT_EQ(code(patch("none", replace("/name", "x"))), "FLOW-1439-404");
}

TEST_F(FlowsTest, AppliesAllOperationsOrNone) {
  const std::string id = world_.flow();
  EXPECT_FALSE(patch(id, Json::array({{{"op", "Replace"}, {"path", "/name"}, {"value", "half"}}, {{"op", "ADD"}, {"path", "/scheduleParams/interval"}, {"value", 0}}})));
  EXPECT_EQ(world_.stored(id)["name"], "Harbour contacts nightly");
  EXPECT_TRUE(patch(id, Json{{"op", "Replace"}, {"path", "/name"}, {"value", "one object"}}));
}

TEST_F(FlowsTest, FreezesTheStartOnceItHasPassed) {
  const std::string id = world_.flow();
  EXPECT_TRUE(patch(id, replace("/scheduleParams/startTime", kStartSeconds + 60)));
  EXPECT_TRUE(patch(id, replace("/scheduleParams/backfill", false)));
  world_.store.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(code(patch(id, replace("/scheduleParams/startTime", kStartSeconds + 7200))), "CONNECTOR-1366-400");
  EXPECT_TRUE(patch(id, replace("/scheduleParams/startTime", std::to_string(kStartSeconds + 60)))) << "the same start in other letters";
  EXPECT_EQ(code(patch(id, replace("/scheduleParams", {{"startTime", kStartSeconds + 60}, {"frequency", "once"}}))), "CONNECTOR-1403-400");
  EXPECT_EQ(code(patch(id, replace("/scheduleParams/backfill", true))), "CONNECTOR-1404-400");
}

TEST_F(FlowsTest, MovesTheGridOnlyWhenItChanges) {
  const std::string id = world_.flow();
  const Position made = world_.position(id);
  world_.store.clock.advance(std::chrono::minutes(5));
  ASSERT_TRUE(patch(id, replace("/name", "renamed")));
  ASSERT_TRUE(patch(id, replace("/scheduleParams/interval", "1")));
  EXPECT_EQ(world_.position(id), made);
  ASSERT_TRUE(patch(id, replace("/scheduleParams/interval", 2)));
  EXPECT_EQ(world_.position(id), (Position{.since = made.since, .ticks_after = world_.store.clock.now()}));
}

TEST_F(FlowsTest, SwitchesOnAndOff) {
  const std::string id = world_.flow();
  const std::string etag = text_of(world_.stored(id), "etag");
  EXPECT_EQ(flows().enable(world_.scope(), id, std::nullopt).value().etag, etag) << "nothing changes";
  ASSERT_TRUE(flows().disable(world_.scope(), id, std::nullopt));
  EXPECT_EQ(world_.stored(id)["state"], "disabled");
  EXPECT_EQ(world_.stored(id)["lastOperation"]["operation"], "disable");
  EXPECT_EQ(code(flows().enable(world_.scope(), id, etag)), "FLOW-1404-412");
  world_.store.clock.advance(std::chrono::minutes(9));
  ASSERT_TRUE(flows().enable(world_.scope(), id, std::nullopt));
  EXPECT_EQ(world_.position(id).ticks_after, world_.store.clock.now()) << "no run at the moment of enabling";
  EXPECT_EQ(code(flows().enable(world_.scope(), "none", std::nullopt)), "FLOW-1439-404");
}

TEST_F(FlowsTest, DemandsThePresentEtag) {
  const std::string id = world_.flow();
  const std::string etag = text_of(world_.stored(id), "etag"), bare = etag.substr(1, etag.size() - 2);
  const auto with = [&](const std::optional<std::string>& if_match) { return code(flows().patch(world_.scope(), id, if_match, replace("/name", "x"))); };
  EXPECT_EQ(with(std::nullopt), "FLOW-1403-400");
  EXPECT_EQ(with("\"00000000-0000-0200-0000-66f0a3880000\""), "FLOW-1404-412");
  EXPECT_EQ(with(etag), "ok");
  EXPECT_EQ(with(etag), "FLOW-1404-412") << "it changed meanwhile";
  for (const char* form : {"plain", "weak", "star"}) {
    const std::string now = text_of(world_.stored(id), "etag");
    const std::string tag = form == std::string("plain") ? now.substr(1, now.size() - 2) : form == std::string("weak") ? "W/" + now : "*";
    EXPECT_EQ(with(tag), "ok") << form;
  }
}

TEST_F(FlowsTest, KeepsAClientsEtagThroughRuns) {
  const std::string id = world_.flow();
  const std::string etag = text_of(world_.stored(id), "etag");
  flow::Run run{.sandbox = world_.scope().sandbox, .id = "r", .flow_id = id};
  run.started_ms = 5;
  ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) { return FlowStore::set_last_run(transaction, run); }));
  EXPECT_EQ(world_.stored(id)["etag"], etag);
  ASSERT_TRUE(flows().patch(world_.scope(), id, etag, replace("/name", "x")));
  EXPECT_EQ(world_.stored(id)["lastRunDetails"], (Json{{"id", "r"}, {"state", "queued"}, {"startedAtUTC", 5}}));
}

TEST_F(FlowsTest, DraftsMayLackAnything) {
  const std::string id = create({{"name", "sketch"}, {"options", {{"partialIngestionPercent", "3"}}}, {"sourceConnectionIds", {"nowhere"}}, {"scheduleParams", nullptr}}, Mode::draft).value().id;
  const Json draft = world_.stored(id);
  EXPECT_EQ(draft["state"], "draft");
  EXPECT_EQ(draft["options"]["partialIngestionPercent"], 3);
  EXPECT_EQ(draft["inheritedAttributes"]["targetConnections"][0]["connectionSpec"]["id"], kDataLakeSpec) << "clients index into it";
  EXPECT_FALSE(draft.contains("targetConnectionIds"));
  EXPECT_FALSE(draft.contains("scheduleParams"));
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM flow_positions").value()->integer(0), 0) << "a draft was scheduled";
  EXPECT_EQ(code(create({{"description", "x"}}, Mode::draft)), "CONNECTOR-1304-400");
  EXPECT_EQ(code(flows().enable(world_.scope(), id, std::nullopt)), "FLOW-1422-400");
  EXPECT_EQ(code(flows().disable(world_.scope(), id, std::nullopt)), "FLOW-1422-400");
  EXPECT_EQ(code(patch(id, replace("/state", "enabled"))), "FLOW-1422-400");
  EXPECT_EQ(code(flows().publish(world_.scope(), id, std::nullopt)), "CONNECTOR-1304-400") << "the flow spec is missing";
  EXPECT_TRUE(flows().remove(world_.scope(), id, std::nullopt));
}

/// Acceptance check 14.
TEST_F(FlowsTest, IsBuiltBottomUpFromDrafts) {
  const Json body = world_.flow_body();
  const auto& service = *world_.service;
  const Scope& scope = world_.scope();
  const std::string base = service.connections.create(scope, {{"name", "b"}}, Mode::draft).value().id;
  const std::string source = service.source_connections.create(scope, {{"name", "s"}}, Mode::draft).value().id;
  const std::string target = service.target_connections.create(scope, {{"name", "t"}}, Mode::draft).value().id;
  const std::string id = create({{"name", "f"}}, Mode::draft).value().id;
  const auto add = [](const std::string& path, const Json& value) { return Json{{"op", "add"}, {"path", path}, {"value", value}}; };

  const Json login = testing::ServiceWorld::connection_body();
  ASSERT_TRUE(service.connections.patch(scope, base, "*", Json::array({add("/connectionSpec", login["connectionSpec"]), add("/auth", login["auth"])})));
  ASSERT_TRUE(service.source_connections.patch(scope, source, "*", Json::array({add("/baseConnectionId", base), add("/params", {{"tableName", "Contact"}})})));
  ASSERT_TRUE(service.target_connections.patch(scope, target, "*", Json::array({add("/params", {{"dataSetId", "@/dataSets/" + world_.parts().dataset}})})));
  Json changes = Json::array({add("/sourceConnectionIds", {source}), add("/targetConnectionIds", {target})});
  for (const char* name : {"flowSpec", "transformations", "scheduleParams"}) changes.push_back(add("/" + std::string(name), body[name]));
  ASSERT_TRUE(patch(id, changes));

  EXPECT_EQ(code(flows().publish(scope, id, std::nullopt)), "FLOW-1409-400") << "its connections are drafts";
  EXPECT_EQ(code(service.source_connections.publish(scope, source, std::nullopt)), "FLOW-1409-400") << "its base connection is a draft";
  EXPECT_TRUE(service.connections.publish(scope, base, std::nullopt));
  EXPECT_TRUE(service.source_connections.publish(scope, source, std::nullopt));
  EXPECT_EQ(code(flows().publish(scope, id, std::nullopt)), "FLOW-1409-400") << "the target is a draft";
  EXPECT_TRUE(service.target_connections.publish(scope, target, std::nullopt));
  world_.heard.take();
  ASSERT_TRUE(flows().publish(scope, id, std::nullopt));
  EXPECT_EQ(world_.stored(id)["state"], "enabled");
  EXPECT_EQ(world_.heard.take(), (std::vector<std::string>{"changed " + id}));
  EXPECT_EQ(code(flows().publish(scope, id, std::nullopt)), "FLOW-1409-400") << "no draft any more";
  EXPECT_EQ(code(service.connections.publish(scope, base, std::nullopt)), "FLOW-1409-400");
}

/// Acceptance check 13.
TEST_F(FlowsTest, KeepsWhatItUsesFromDeletion) {
  const auto& parts = world_.parts();
  const auto& service = *world_.service;
  const Scope& scope = world_.scope();
  for (const bool draft : {false, true}) {
    const std::string id = draft ? create(world_.flow_body(), Mode::draft).value().id : world_.flow();
    const auto used = service.connections.remove(scope, parts.base, std::nullopt);
    EXPECT_EQ(code(used), "FLOW-1418-400");
    EXPECT_NE(used.error().message.find(id), std::string::npos);
    EXPECT_EQ(code(service.source_connections.remove(scope, parts.source, std::nullopt)), "FLOW-1447-400");
    EXPECT_EQ(code(service.target_connections.remove(scope, parts.target, std::nullopt)), "FLOW-1447-400");
    EXPECT_EQ(code(flows().remove(scope, id, "\"stale\"")), "FLOW-1404-412");
    EXPECT_TRUE(flows().remove(scope, id, std::nullopt));
    EXPECT_EQ(code(flows().find(world_.database(), scope.sandbox, id)), "FLOW-1439-404");
  }
  EXPECT_TRUE(service.connections.remove(scope, parts.base, std::nullopt)) << "idle source connections do not hold it";
  EXPECT_TRUE(service.source_connections.find(world_.database(), scope.sandbox, parts.source)) << "readable, with a dangling id";
  EXPECT_TRUE(service.source_connections.remove(scope, parts.source, std::nullopt));
  EXPECT_TRUE(service.target_connections.remove(scope, parts.target, std::nullopt));
}

TEST_F(FlowsTest, IsRemovedWithItsRunsCancelled) {
  const std::string id = world_.flow();
  const std::string run = world_.service->runs.create(world_.scope(), {{"flowId", id}}).value().id;
  ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) -> Status {
    TRY([[maybe_unused]] const auto made, transaction.exec("INSERT INTO flow_keys (sandbox, flow_id, file) VALUES (?, ?, ?)", {world_.scope().sandbox, id, "sandbox-1/flow/run.keys"}));
    return {};
  }));
  world_.heard.take();
  ASSERT_TRUE(flows().remove(world_.scope(), id, std::nullopt));
  EXPECT_EQ(world_.heard.take(), (std::vector<std::string>{"cancel " + run, "changed " + id}));
  const flow::Run ended = RunStore::find(world_.database(), world_.scope().sandbox, run).value();
  EXPECT_EQ(ended.state, RunState::failed);
  ASSERT_EQ(ended.errors.size(), 1u);
  EXPECT_EQ(ended.errors[0].code, "FOZ-RUN-CANCELLED");
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM flow_positions").value()->integer(0), 0);
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM flow_keys").value()->integer(0), 0) << "its key memory is nobody's now";
}

TEST_F(FlowsTest, FollowsItsSourceToAnotherBaseConnection) {
  const std::string id = world_.flow();
  const std::string etag = text_of(world_.stored(id), "etag");
  const std::string base = world_.service->connections.create(world_.scope(), testing::ServiceWorld::connection_body(), Mode::live).value().id;
  ASSERT_TRUE(world_.service->source_connections.patch(world_.scope(), world_.parts().source, "*", replace("/baseConnectionId", base)));
  EXPECT_EQ(world_.stored(id)["inheritedAttributes"]["sourceConnections"][0]["baseConnection"]["id"], base);
  EXPECT_EQ(world_.stored(id)["etag"], etag);
}

TEST_F(FlowsTest, OutlivesItsDataSet) {
  const std::string id = world_.flow();
  world_.delete_dataset(world_.parts().dataset);
  EXPECT_TRUE(patch(id, replace("/name", "renamed")));
  EXPECT_TRUE(flows().disable(world_.scope(), id, std::nullopt));
}

TEST_F(FlowsTest, StaysInItsSandbox) {
  const std::string id = world_.flow();
  const Scope other = world_.other_scope();
  EXPECT_EQ(code(flows().find(world_.database(), other.sandbox, id)), "FLOW-1439-404");
  EXPECT_EQ(code(flows().patch(other, id, "*", replace("/name", "x"))), "FLOW-1439-404");
  EXPECT_EQ(code(flows().disable(other, id, std::nullopt)), "FLOW-1439-404");
  EXPECT_EQ(code(flows().remove(other, id, std::nullopt)), "FLOW-1439-404");
  EXPECT_EQ(code(flows().create(other, world_.flow_body(), Mode::live)), "FLOW-1411-400") << "references do not cross";
  const auto& parts = world_.parts();
  EXPECT_EQ(code(world_.service->source_connections.create(other, testing::ServiceWorld::source_body(parts.base), Mode::live)), "FLOW-1411-400");
  EXPECT_EQ(code(world_.service->target_connections.create(other, testing::ServiceWorld::target_body(parts.dataset), Mode::live)), "FLOW-1413-400");
  EXPECT_EQ(code(world_.service->runs.create(other, {{"flowId", id}})), "FLOW-1430-400");
}

TEST_F(FlowsTest, NamesTheEnabledFlowsOverAMappingSet) {
  const std::string& set = world_.parts().mappings.id;
  const auto user = [&](const std::string& id) { return enabled_flow_over_mapping(world_.database(), world_.scope().sandbox, id).value(); };
  EXPECT_EQ(user(set), std::nullopt);
  const std::string id = world_.flow();
  std::string dashed = set;
  for (const size_t at : {20, 16, 12, 8}) dashed.insert(at, "-");
  EXPECT_EQ(user(dashed), "Harbour contacts nightly");
  ASSERT_TRUE(flows().disable(world_.scope(), id, std::nullopt));
  EXPECT_EQ(user(set), std::nullopt);
}

}  // namespace
}  // namespace foz::flow
