// Base, source and target connections: logins, secrets, patches, drafts. Follows: Flow Service contract, 7-9.
#include "flow/connection.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "flow/service_world.h"

namespace foz::flow {
namespace {

class ConnectionsTest : public ::testing::Test {
 protected:
  const Connections& connections() { return world_.service->connections; }
  Result<Written> create(const Json& body, Mode mode = Mode::live) { return connections().create(world_.scope(), body, mode); }
  Result<Written> patch(const std::string& id, const Json& operations) { return connections().patch(world_.scope(), id, "*", operations); }
  static Json replace(const std::string& path, const Json& value) { return Json::array({{{"op", "replace"}, {"path", path}, {"value", value}}}); }
  static Json body(const std::string& password = "right") { return testing::ServiceWorld::connection_body(password); }
  Json stored(const std::string& id) { return connections().find(world_.database(), world_.scope().sandbox, id).value(); }
  Json test(const std::string& id) { return connections().test(world_.scope(), id).value(); }
  template <class T>
  static std::string code(const Result<T>& result) { return result ? "ok" : result.error().code; }

  testing::ServiceWorld world_;
};

TEST_F(ConnectionsTest, TriesTheLoginBeforeItStores) {
  const std::string id = create(body()).value().id;
  EXPECT_EQ(stored(id)["state"], "enabled");
  EXPECT_EQ(test(id), (Json{{"result", true}}));
  const auto refused = create(body("wrong"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "CONNECTOR-1308-400");
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_NE(refused.error().message.find("INVALID_LOGIN"), std::string::npos) << "the source's own words";
  EXPECT_EQ(refused.error().message.find("wrong"), std::string::npos);
  world_.system().down = true;
  EXPECT_EQ(create(body()).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM connections").value()->integer(0), 1);
}

TEST_F(ConnectionsTest, RefusesBodiesByTheRules) {
  struct Case {
    std::string name;
    std::function<void(Json&)> change;
    std::string code;
  };
  const std::vector<Case> cases = {
      {"no name", [](Json& b) { b.erase("name"); }, "CONNECTOR-1304-400"},
      {"a blank name", [](Json& b) { b["name"] = " "; }, "CONNECTOR-1304-400"},
      {"a long name", [](Json& b) { b["name"] = std::string(256, 'x'); }, "CONNECTOR-1312-400"},
      {"labels as text", [](Json& b) { b["labels"] = "C1"; }, "CONNECTOR-1312-400"},
      {"no spec", [](Json& b) { b.erase("connectionSpec"); }, "CONNECTOR-1304-400"},
      {"a spec that is not shipped", [](Json& b) { b["connectionSpec"]["id"] = "be5ec48c-5b78-49d5-b8fa-7c89ec4569b8"; }, "FLOW-1413-400"},
      {"an unknown login", [](Json& b) { b["auth"]["specName"] = "Kerberos"; }, "FLOW-1415-400"},
      {"no login named of two", [](Json& b) { b["auth"].erase("specName"); }, "CONNECTOR-1304-400"},
      {"a secret missing", [](Json& b) { b["auth"]["params"].erase("securityToken"); }, "CONNECTOR-1304-400"},
      {"a login where none is needed", [](Json& b) { b["connectionSpec"]["id"] = kDataLakeSpec; }, "CONNECTOR-1301-400"},
  };
  for (const Case& c : cases) {
    Json bad = body();
    c.change(bad);
    EXPECT_EQ(code(create(bad)), c.code) << c.name;
  }
  EXPECT_EQ(code(create("text")), "FLOW-1405-400");
  Json spelled = body();
  spelled["auth"]["specName"] = "basic-authentication";
  spelled["connectionSpec"]["version"] = 1.0;
  spelled["providerId"] = "0ed90a81-07f4-4586-8190-b40eccef1c5a";
  const std::string id = create(spelled).value().id;
  EXPECT_EQ(stored(id)["providerId"], spelled["providerId"]);
}

/// Acceptance check 11.
TEST_F(ConnectionsTest, ShowsNoSecretAnywhere) {
  const std::string id = create(body()).value().id;
  EXPECT_EQ(stored(id)["auth"]["params"], (Json{{"username", "ana"}, {"password", "********"}, {"securityToken", "********"}}));
  world_.system().password = "n3w-pa55";
  ASSERT_TRUE(patch(id, replace("/auth/params/password", "n3w-pa55")));
  EXPECT_EQ(stored(id)["lastOperation"]["ops"], replace("/auth/params/password", "********"));
  ASSERT_TRUE(patch(id, replace("/auth/params", {{"username", "rui"}, {"password", "********"}, {"securityToken", "********"}})));
  EXPECT_EQ(stored(id)["auth"]["params"]["username"], "rui");
  EXPECT_EQ(test(id), (Json{{"result", true}})) << "the mask leaves the secret as it is";
  EXPECT_EQ(connections().open(world_.scope().sandbox, id).value()->spec, &testing::fake_spec());
  EXPECT_FALSE(patch(id, replace("/auth/params/password", "wr0ng-one")));
  for (const auto& entry : std::filesystem::directory_iterator(world_.store.folder.path())) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    for (const char* secret : {"n3w-pa55", "t0ken-s3cret", "wr0ng-one"}) EXPECT_EQ(bytes.str().find(secret), std::string::npos) << entry.path() << " holds a secret";
  }
}

TEST_F(ConnectionsTest, PatchesByTheRules) {
  const std::string id = create(body()).value().id;
  EXPECT_EQ(code(patch(id, replace("/name", "renamed"))), "ok");
  EXPECT_EQ(code(patch(id, replace("/labels", Json::array({"C1"})))), "ok");
  EXPECT_EQ(code(patch(id, replace("/connectionSpec/id", "x"))), "FLOW-1414-400");
  EXPECT_EQ(code(patch(id, replace("/auth/specName", "OAuth2 Client Credential"))), "CONNECTOR-1302-400");
  EXPECT_EQ(code(patch(id, replace("/auth/specName", "Basic Authentication"))), "ok");
  EXPECT_EQ(code(patch(id, replace("/state", "disabled"))), "FLOW-1455-400");
  EXPECT_EQ(code(patch(id, replace("/_foz/login", "x"))), "FLOW-1455-400");
  EXPECT_EQ(code(patch(id, replace("/auth/params/password", "wrong"))), "CONNECTOR-1308-400");
  EXPECT_EQ(code(patch(id, replace("/auth/params", {{"username", "ana"}}))), "CONNECTOR-1304-400") << "replace takes what is not listed away";
  EXPECT_EQ(test(id), (Json{{"result", true}})) << "refused patches change nothing";
  EXPECT_EQ(code(connections().patch(world_.scope(), id, std::nullopt, replace("/name", "x"))), "FLOW-1403-400");
  EXPECT_EQ(code(connections().patch(world_.scope(), id, "\"stale\"", replace("/name", "x"))), "FLOW-1404-412");
}

TEST_F(ConnectionsTest, TestsTellWhatIsWrong) {
  const std::string id = create(body()).value().id;
  world_.system().password = "changed at the vendor";
  const Json outcome = test(id);
  EXPECT_EQ(outcome["result"], false);
  EXPECT_EQ(outcome["errors"][0]["code"], "CONNECTOR-1308-400");
  EXPECT_EQ(code(connections().test(world_.scope(), "none")), "FLOW-1439-404");
  const std::string lake = create({{"name", "handle"}, {"connectionSpec", {{"id", kDataLakeSpec}}}}).value().id;
  EXPECT_EQ(test(lake), (Json{{"result", true}}));
  EXPECT_FALSE(stored(lake).contains("auth"));
  EXPECT_EQ(test(create({{"name", "d"}}, Mode::draft).value().id)["result"], false) << "drafts may be tested";
}

TEST_F(ConnectionsTest, EndsALookThatTakesTooLong) {
  const std::string id = create(body()).value().id;
  world_.system().hangs = true;
  const auto ended = [&](auto look) {
    std::string found;
    std::atomic<bool> done = false;
    std::thread waiting([&] {
      found = code(look());
      done = true;
    });
    while (!done) {
      world_.store.clock.advance(std::chrono::seconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    waiting.join();
    return found;
  };
  EXPECT_EQ(ended([&] { return connections().test(world_.scope(), id); }), "FLOW-1104-504");
  EXPECT_EQ(ended([&] { return connections().explore(world_.scope(), id, {}); }), "FLOW-1104-504");
}

TEST_F(ConnectionsTest, ExploresTablesAndColumns) {
  const std::string id = create(body()).value().id;
  const auto explore = [&](const std::string& query) -> Json {
    const auto request = read_explore(http::Query::parse(query));
    if (!request) return {{"error", request.error().code}};
    const auto found = connections().explore(world_.scope(), id, *request);
    return found ? *found : Json{{"error", found.error().code}, {"message", found.error().message}};
  };
  EXPECT_EQ(explore("objectType=root")[0], (Json{{"type", "table"}, {"name", "Contact"}, {"path", "Contact"}, {"canPreview", true}, {"canFetchSchema", true}}));
  const Json table = explore("objectType=TABLE&object=%22contact%22&preview=True");
  EXPECT_EQ(table["format"], "flat");
  EXPECT_EQ(table["schema"]["columns"][0], (Json{{"name", "Id"}, {"type", "string"}, {"xdm", {{"type", "string"}}}, {"meta", {{"originalType", "String"}, {"key", true}}}}));
  ASSERT_EQ(table["data"].size(), 2u);
  EXPECT_EQ(table["data"][0]["Visits"], 4);
  EXPECT_TRUE(table["data"][1]["LastName"].is_null());
  struct Case {
    std::string query, code;
  };
  for (const Case& c : std::vector<Case>{{"", "CONNECTOR-1359-400"},
                                         {"objectType=view&object=x", "CONNECTOR-1358-400"},
                                         {"objectType=table", "CONNECTOR-1337-400"},
                                         {"objectType=table&object=Contcat", "CONNECTOR-1330-400"},
                                         {"objectType=table&object=Empty", "CONNECTOR-1330-400"},
                                         {"objectType=folder&object=/", "CONNECTOR-1358-400"},
                                         {"objectType=table&object=Contact&determineProperties=true", "CONNECTOR-1371-400"},
                                         {"objectType=table&object=Contact&determineProperties=true&fileType=json", "CONNECTOR-1374-400"},
                                         {"objectType=table&object=Contact&columnDelimiter=ab", "CONNECTOR-1331-400"}}) {
    EXPECT_EQ(explore(c.query)["error"], c.code) << c.query;
  }
  EXPECT_NE(text_of(explore("objectType=table&object=Contcat"), "message").find("\"Contact\""), std::string::npos);
  EXPECT_EQ(connections().configs(world_.scope(), id, "").value(), (Json{{"items", Json::array()}}));
  EXPECT_EQ(connections().configs(world_.scope(), id, "Contact").value()["items"][0], (Json{{"columnName", "LastModifiedDate"}, {"columnType", "date-time"}}));
}

TEST_F(ConnectionsTest, StaysInItsSandbox) {
  const std::string id = create(body()).value().id;
  const Scope other = world_.other_scope();
  EXPECT_EQ(code(connections().find(world_.database(), other.sandbox, id)), "FLOW-1439-404");
  EXPECT_EQ(code(connections().test(other, id)), "FLOW-1439-404");
  EXPECT_EQ(code(connections().explore(other, id, {})), "FLOW-1439-404");
  EXPECT_EQ(code(connections().remove(other, id, std::nullopt)), "FLOW-1439-404");
  EXPECT_TRUE(connections().remove(world_.scope(), id, std::nullopt));
  EXPECT_EQ(world_.database().first("SELECT count(*) FROM secrets").value()->integer(0), 0) << "its secrets go with it";
}

/// Logins whose refresh token changes with each use: the newest is never lost (pain 14).
class RefreshedConnections : public ConnectionsTest {
 protected:
  static Json refreshed(const Json& params) {
    Json made = body();
    made["auth"] = {{"specName", "OAuth2 Refresh Code"}, {"params", params}};
    made["auth"]["params"]["clientId"] = "app-1";
    return made;
  }
  Json params(const std::string& id) { return stored(id)["auth"]["params"]; }
  const Json works = {{"result", true}};
};

TEST_F(RefreshedConnections, KeepEachTokenThatTheyAreGiven) {
  const std::string id = create(refreshed({{"refreshToken", "r1"}})).value().id;
  const std::string etag = text_of(stored(id), "etag");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test(id), works);
  EXPECT_EQ(text_of(stored(id), "etag"), etag) << "what clients see has not changed";
  EXPECT_EQ(params(id), (Json{{"refreshToken", "********"}, {"clientId", "app-1"}}));
  world_.service->sources.forget(world_.scope().sandbox, id);
  EXPECT_EQ(test(id), works) << "as after a restart";
}

TEST_F(RefreshedConnections, OutliveChangesOfTheirLogin) {
  const std::string id = create(refreshed({{"refreshToken", "r1"}})).value().id;
  const auto under_way = connections().open(world_.scope().sandbox, id).value();
  ASSERT_TRUE(under_way->source->check({}));
  ASSERT_TRUE(patch(id, {{{"op", "add"}, {"path", "/auth/params/apiVersion"}, {"value", "60.0"}}}));
  EXPECT_TRUE(under_way->source->check({})) << "a run that began before";
  EXPECT_EQ(test(id), works);
  EXPECT_TRUE(under_way->source->check({}));
  EXPECT_EQ(code(patch(id, replace("/auth/params/apiVersion", "7"))), "CONNECTOR-1308-400");
  EXPECT_EQ(test(id), works) << "a change that was refused had renewed it";

  world_.system().refresh_token = "of another consent";
  ASSERT_TRUE(patch(id, replace("/auth/params/refreshToken", "of another consent")));
  EXPECT_EQ(test(id), works);
  EXPECT_EQ(code(patch(id, replace("/auth/params/refreshToken", "wrong"))), "CONNECTOR-1308-400");
  EXPECT_EQ(test(id), works);
}

TEST_F(RefreshedConnections, OfAnotherAppTakeNothingFromTheOld) {
  const std::string id = create(refreshed({{"refreshToken", "r1"}})).value().id;
  const auto old = connections().open(world_.scope().sandbox, id).value();
  ASSERT_TRUE(old->source->check({}));
  const std::string before = world_.system().refresh_token;
  world_.system().refresh_token = "of app 2";
  ASSERT_TRUE(patch(id, replace("/auth/params", {{"clientId", "app-2"}, {"refreshToken", "of app 2"}})));
  const std::string now = std::exchange(world_.system().refresh_token, before);
  EXPECT_TRUE(old->source->check({})) << "with its own token";
  world_.system().refresh_token = now;
  EXPECT_EQ(test(id), works) << "what the old app was given is not kept in the new one's place";
}

TEST_F(RefreshedConnections, ChangeACodeForAToken) {
  const std::string id = create(refreshed({{"code", "c0de"}})).value().id;
  EXPECT_EQ(params(id), (Json{{"clientId", "app-1"}, {"refreshToken", "********"}}));
  EXPECT_EQ(test(id), works);
  EXPECT_EQ(code(create(refreshed({{"code", "c0de"}}))), "CONNECTOR-1308-400") << "good for once";
  world_.system().code = "an0ther";
  ASSERT_TRUE(patch(id, {{{"op", "add"}, {"path", "/auth/params/code"}, {"value", "an0ther"}}})) << "a consent given anew";
  EXPECT_EQ(params(id), (Json{{"clientId", "app-1"}, {"refreshToken", "********"}}));
  EXPECT_EQ(test(id), works);
  world_.system().code = "of a draft";
  const std::string draft = create(refreshed({{"code", "of a draft"}}), Mode::draft).value().id;
  ASSERT_TRUE(connections().publish(world_.scope(), draft, std::nullopt));
  EXPECT_EQ(params(draft), (Json{{"clientId", "app-1"}, {"refreshToken", "********"}}));
  EXPECT_EQ(test(draft), works);
}

TEST(RefreshedConnectionsOffline, ChangeTheirCodeAtTheFirstUse) {
  testing::ServiceWorld world({.test_on_create = false});
  const auto& connections = world.service->connections;
  Json body = testing::ServiceWorld::connection_body();
  body["auth"] = {{"specName", "OAuth2 Refresh Code"}, {"params", {{"clientId", "app-1"}, {"code", "c0de"}}}};
  const Written made = connections.create(world.scope(), body, Mode::live).value();
  const auto document = [&] { return connections.find(world.database(), world.scope().sandbox, made.id).value(); };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(connections.test(world.scope(), made.id).value(), (Json{{"result", true}}));
    EXPECT_EQ(document()["auth"]["params"], (Json{{"clientId", "app-1"}, {"refreshToken", "********"}}));
    world.service->sources.forget(world.scope().sandbox, made.id);
  }
  EXPECT_NE(text_of(document(), "etag"), made.etag) << "what clients see has changed";
}

/// A token exchange that nobody waited for.
TEST(ConnectionsOffline, BeginWithTheirFirstLoginAhead) {
  testing::ServiceWorld world({.test_on_create = false});
  const auto& connections = world.service->connections;
  Json body = testing::ServiceWorld::connection_body();
  body["auth"] = {{"specName", "OAuth2 JWT Token Credential"}, {"params", {{"jwtToken", "eyJ"}, {"clientSecret", "right"}}}};
  const std::string id = connections.create(world.scope(), body, Mode::live).value().id;
  const auto state = [&] { return text_of(connections.find(world.database(), world.scope().sandbox, id).value(), "state"); };
  EXPECT_EQ(state(), "initializing");
  EXPECT_EQ(world.system().logins, 0);
  EXPECT_EQ(connections.patch(world.scope(), id, "*", {{"op", "replace"}, {"path", "/name"}, {"value", "x"}}).error().code, "FLOW-1416-400");
  EXPECT_EQ(connections.remove(world.scope(), id, std::nullopt).error().code, "FLOW-1417-400");
  EXPECT_EQ(connections.test(world.scope(), id).value(), (Json{{"result", true}}));
  EXPECT_EQ(state(), "enabled");
  EXPECT_TRUE(connections.mark_login(world.scope().sandbox, id, false));
  EXPECT_EQ(state(), "disabled") << "a run found the login broken";
  EXPECT_TRUE(connections.remove(world.scope(), id, std::nullopt));
}

TEST_F(ConnectionsTest, MayForbidPatchesBySpec) {
  const Json spec = {{"name", "fixed"}, {"providerId", kProviderId}, {"attributes", {{"isPatchSupported", false}, {"isDraftModeSupported", false}}}};
  const std::string spec_id = text_of(world_.service->specs.create_connection_spec(world_.database(), world_.scope(), spec).value(), "id");
  const Json body_of_it = {{"name", "c"}, {"connectionSpec", {{"id", spec_id}}}};
  const std::string id = create(body_of_it).value().id;
  EXPECT_EQ(code(patch(id, replace("/name", "x"))), "CONNECTOR-1300-400");
  EXPECT_EQ(code(create(body_of_it, Mode::draft)), "CONNECTOR-1312-400") << "and drafts";
  EXPECT_EQ(code(world_.service->source_connections.create(world_.scope(), {{"name", "s"}, {"baseConnectionId", id}}, Mode::draft)), "CONNECTOR-1312-400");
}

class EndsTest : public ConnectionsTest {
 protected:
  Result<Written> source(const Json& given, Mode mode = Mode::live) { return world_.service->source_connections.create(world_.scope(), given, mode); }
  Result<Written> target(const Json& given, Mode mode = Mode::live) { return world_.service->target_connections.create(world_.scope(), given, mode); }
  Json source_doc(const std::string& id) { return world_.service->source_connections.find(world_.database(), world_.scope().sandbox, id).value(); }
  Json target_doc(const std::string& id) { return world_.service->target_connections.find(world_.database(), world_.scope().sandbox, id).value(); }
};

TEST_F(EndsTest, SourcesTakeTheSpecOfTheirBase) {
  const auto& parts = world_.parts();
  const Json good = testing::ServiceWorld::source_body(parts.base);
  const Json spec = {{"id", testing::kCrmSpec}, {"version", "1.0"}};
  world_.system().down = true;  // no call to the source is made
  EXPECT_EQ(source_doc(parts.source)["connectionSpec"], spec);
  EXPECT_EQ(source_doc(parts.source)["inheritedAttributes"], (Json{{"baseConnection", {{"id", parts.base}, {"connectionSpec", spec}}}}));
  EXPECT_EQ(source_doc(parts.source)["data"]["format"], "parquet_xdm");
  Json other = good;
  other["connectionSpec"] = {{"id", kLandingZoneSpec}};
  EXPECT_EQ(code(source(other)), "CONNECTOR-1332-400");
  other["connectionSpec"] = {{"id", kDataLakeSpec}};
  const auto told = source(other);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->warnings, (std::vector<std::string>{"connection-spec-mismatch"}));
  EXPECT_EQ(source_doc(told->id)["connectionSpec"], spec) << "the base connection's rules";
  other = good;
  other["data"]["schema"] = {{"id", "https://ns.adobe.com/harbour/schemas/417a33eg81a221bd10495920574gfa2d"}, {"version", "application/vnd.adobe.xed-full-notext+json; version=1"}};
  EXPECT_EQ(source(other).value().warnings, (std::vector<std::string>{"schema-unknown"}));
  other["data"]["schema"]["id"] = parts.schema;
  EXPECT_EQ(source(other).value().warnings, std::vector<std::string>());
  other = good;
  other.erase("data");
  other["params"] = {{"path", "Hubspot.Contacts"}};
  EXPECT_EQ(source_doc(source(other).value().id)["data"], (Json{{"format", "tabular"}}));
}

TEST_F(EndsTest, SourcesAreRefusedByTheRules) {
  const auto& parts = world_.parts();
  const std::string lake = create({{"name", "handle"}, {"connectionSpec", {{"id", kDataLakeSpec}}}}).value().id;
  const std::string draft = create({{"name", "d"}}, Mode::draft).value().id;
  struct Case {
    std::string name;
    std::function<void(Json&)> change;
    std::string code;
  };
  const std::vector<Case> cases = {
      {"no name", [](Json& b) { b.erase("name"); }, "CONNECTOR-1304-400"},
      {"no base", [](Json& b) { b.erase("baseConnectionId"); }, "CONNECTOR-1304-400"},
      {"an unknown base", [](Json& b) { b["baseConnectionId"] = "44b1c1e43-x"; }, "FLOW-1411-400"},
      {"the base of a data set", [&](Json& b) { b["baseConnectionId"] = lake; }, "CONNECTOR-1312-400"},
      {"a draft base", [&](Json& b) { b["baseConnectionId"] = draft; }, "FLOW-1409-400"},
      {"an unknown spec and no base", [](Json& b) { b.erase("baseConnectionId"); b["connectionSpec"] = {{"id", "x"}}; }, "FLOW-1413-400"},
      {"no params", [](Json& b) { b.erase("params"); }, "CONNECTOR-1304-400"},
      {"empty params", [](Json& b) { b["params"] = Json::object(); }, "CONNECTOR-1304-400"},
      {"two tables", [](Json& b) { b["params"]["path"] = "Account"; }, "CONNECTOR-1312-400"},
      {"columns without names", [](Json& b) { b["params"]["columns"] = Json::array({"Id"}); }, "CONNECTOR-1312-400"},
      {"a filter without operator", [](Json& b) { b["params"]["filters"] = {{"type", "PQL"}, {"format", "pql/json"}, {"value", {{"nodeType", "fnApply"}}}}; }, "CONNECTOR-1349-400"},
      {"a long delimiter", [](Json& b) { b["data"]["properties"] = {{"columnDelimiter", "ab"}}; }, "CONNECTOR-1331-400"},
  };
  for (const Case& c : cases) {
    Json bad = testing::ServiceWorld::source_body(parts.base);
    c.change(bad);
    EXPECT_EQ(code(source(bad)).substr(0, 12), c.code.substr(0, 12)) << c.name;
  }
  Json file = {{"name", "f"}, {"connectionSpec", {{"id", kLandingZoneSpec}}}, {"params", {{"path", "/a.csv"}, {"type", "file"}, {"recursive", false}}}, {"data", {{"format", "xml"}}}};
  EXPECT_EQ(code(source(file)), "CONNECTOR-1327-400");
  file.erase("data");
  EXPECT_EQ(source_doc(source(file).value().id)["data"]["format"], "delimited");
  EXPECT_EQ(code(world_.service->source_connections.patch(world_.scope(), parts.source, "*", replace("/connectionSpec", Json::object()))), "FLOW-1455-400");
  EXPECT_EQ(code(world_.service->source_connections.patch(world_.scope(), parts.source, "*", replace("/params/tableName", "Account"))), "ok");
}

TEST_F(EndsTest, TargetsAreDataSetsWhateverTheirSpec) {
  const auto& parts = world_.parts();
  Json body = testing::ServiceWorld::target_body("@/dataSets/" + parts.dataset);
  body["connectionSpec"] = {{"id", testing::kCrmSpec}, {"version", "1.0"}};
  body["baseConnectionId"] = "44b1c1e43-6bfe-4b3a";
  body["data"] = {{"schema", {{"id", "https://ns.adobe.com/other/schemas/x"}, {"version", "application/vnd.adobe.xed-full+json;version=1.0"}}}};
  const auto written = target(body);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->warnings, (std::vector<std::string>{"schema-mismatch", "base-connection-unknown"}));
  EXPECT_EQ(target_doc(written->id)["connectionSpec"], body["connectionSpec"]);
  EXPECT_EQ(target_doc(written->id)["baseConnectionId"], body["baseConnectionId"]);
  EXPECT_EQ(target_doc(parts.target)["connectionSpec"]["id"], kDataLakeSpec) << "made up where none was sent";
  EXPECT_EQ(code(target({{"name", "t"}, {"params", {{"x", 1}}}})), "CONNECTOR-1325-400");
  EXPECT_EQ(code(target(testing::ServiceWorld::target_body("000000000000000000000000"))), "FLOW-1413-400");
  EXPECT_EQ(code(target({{"name", "t"}, {"params", {{"datasetId", parts.dataset}}}})), "ok");
  const auto patch_target = [&](const std::string& path, const Json& value) { return code(world_.service->target_connections.patch(world_.scope(), parts.target, "*", replace(path, value))); };
  EXPECT_EQ(patch_target("/params/dataSetId", "000000000000000000000000"), "FLOW-1413-400");
  EXPECT_EQ(patch_target("/params", Json::object()), "FLOW-1455-400");
  EXPECT_EQ(patch_target("/description", "x"), "ok");
}

TEST_F(EndsTest, DraftsShowASpec) {
  const Json draft = target_doc(target({{"name", "t"}}, Mode::draft).value().id);
  EXPECT_EQ(draft["connectionSpec"]["id"], kDataLakeSpec);
  const std::string id = source({{"name", "s"}, {"baseConnectionId", world_.parts().base}}, Mode::draft).value().id;
  EXPECT_EQ(source_doc(id)["connectionSpec"]["id"], testing::kCrmSpec);
  EXPECT_EQ(code(world_.service->source_connections.publish(world_.scope(), id, std::nullopt)), "CONNECTOR-1304-400") << "no table yet";
}

}  // namespace
}  // namespace foz::flow
