// Batches, files, tags and the root over the API. Follows: Catalog contract, 1, 4-8 and 10.
#include <gmock/gmock.h>

#include "api/testing.h"
#include "base/text.h"

namespace foz::api {
namespace {

using catalog::crm_dataset;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::UnorderedElementsAre;

const std::string kBase = "/data/foundation/catalog";

class CatalogBatches : public ApiFixture {
 protected:
  CatalogBatches() : ApiFixture({catalog_routes()}), dataset_id(create(crm_dataset())->id) {}

  std::string at(std::string_view path) { return kBase + std::string(path); }
  std::string made(const Json& body) {
    const Answer answer = post(at("/batches"), body);
    EXPECT_EQ(answer.status, 201) << answer;
    return answer.body.is_array() ? answer.body[0].get<std::string>().substr(10) : "";
  }
  Json object(const std::string& id) { return get(at("/batches/" + id)).body.value(id, Json()); }
  /// A successful batch with `records` rows.
  std::string landed(int64_t records, catalog::NewBatch wanted = {}) {
    clock.advance(std::chrono::seconds(1));
    wanted.dataset = dataset_id;
    wanted.status = catalog::BatchStatus::processing;
    const std::string id = open(wanted)->id;
    EXPECT_TRUE(commit(id, one_file(*look_up(dataset_id), id, records)));
    return id;
  }
  std::vector<std::string> ids(const std::string& path) {
    const Answer answer = get(kBase + path);
    EXPECT_EQ(answer.status, 200) << path << answer;
    std::vector<std::string> found;
    for (const auto& [id, value] : answer.body.items()) found.push_back(id);
    return found;
  }

  const std::string dataset_id;
};

TEST_F(CatalogBatches, CreateMakesALoadingOne) {  // 4.1, 4.3
  const Answer answer = post(at("/batches"), {{"datasetId", dataset_id}, {"inputFormat", {{"format", "json"}}}, {"tags", {{"colour", {"red"}}}}});
  EXPECT_EQ(answer.status, 201) << answer;
  EXPECT_THAT(answer.body[0].get<std::string>(), MatchesRegex("@/batches/[0-9A-HJKMNP-TV-Z]{26}"));
  const std::string id = answer.body[0].get<std::string>().substr(10);
  const Answer shown = get(at("/batches/" + id));
  EXPECT_EQ(shown.header("ETag"), "\"1.0.0\"");
  const Json& batch = shown.body[id];
  EXPECT_EQ(batch["id"], id);
  EXPECT_EQ(batch["status"], "loading");
  EXPECT_EQ(batch["externalId"], id);
  EXPECT_EQ(batch["errors"], Json::array());
  EXPECT_EQ(batch["relatedObjects"], Json::array({{{"type", "dataSet"}, {"id", dataset_id}}}));
  EXPECT_EQ(batch["inputFormat"], (Json{{"format", "json"}}));
  EXPECT_EQ(batch["sandboxId"], prod.id);
  EXPECT_EQ(object(made({{"datasetId", dataset_id}}))["inputFormat"], (Json{{"format", "parquet"}}));
  EXPECT_EQ(object(made(Json::object()))["relatedObjects"], Json::array());
  EXPECT_EQ(object(made({{"datasetId", "@/dataSets/" + dataset_id}}))["relatedObjects"][0]["id"], dataset_id);
}

TEST_F(CatalogBatches, CreateWithAnIdOfItsOwn) {  // 1, 10
  EXPECT_EQ(post(at("/batches/mine-1"), {{"datasetId", dataset_id}}).body, Json::array({"@/batches/mine-1"}));
  const Answer again = post(at("/batches/mine-1"), {{"datasetId", dataset_id}});
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(text_of(again.body, "title"), "ConflictError");
  EXPECT_EQ(post(at("/batches/mine-1"), {}, {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(post(at("/batches/no%2Fslash"), Json::object()).status, 400);
}

TEST_F(CatalogBatches, CreateRefuses) {  // 4.3, 10
  struct Case { std::string_view body; int status; };
  constexpr Case kCases[] = {{R"({"status": "done"})", 400}, {R"({"tags": 5})", 400}, {R"([])", 400}, {R"({"errors": {}})", 400}, {R"({"datasetId": "none"})", 404}, {"{", 400}};
  for (const Case& c : kCases) EXPECT_EQ(send(http::Verb::post, at("/batches"), {.body = std::string(c.body)}).status, c.status) << c.body;
}

TEST_F(CatalogBatches, ClientsChangeWhatIsTheirs) {  // 4.3
  const std::string id = made({{"datasetId", dataset_id}});
  struct Case { const char* name; http::Verb verb; Json body; std::string_view pointer; Json wanted; };
  const Case kCases[] = {
      {"tags", http::Verb::patch, {{"tags", {{"colour", "red"}}}}, "/tags/colour", {"red"}},
      {"bare number", http::Verb::patch, {{"tags", {{"acp_partialIngestionPercent", {"5"}}}}}, "/tags/acp_partialIngestionPercent", 5},
      {"json patch", http::Verb::patch, Json::array({{{"op", "add"}, {"path", "/availableDates/from"}, {"value", 7}}}), "/availableDates/from", 7},
      {"external id", http::Verb::patch, {{"externalId", "mine"}}, "/externalId", "mine"},
      {"record count", http::Verb::patch, {{"recordCount", 12}}, "/recordCount", 12},
      {"not theirs", http::Verb::patch, {{"created", 1}, {"sandboxId", "x"}}, "/sandboxId", prod.id},
      {"put", http::Verb::put, {{"metrics", {{"recordsRead", 3}}}}, "/metrics/recordsRead", 3},
      {"put drops", http::Verb::put, Json::object(), "/tags", Json::object()},
      {"status", http::Verb::patch, {{"status", "failure"}}, "/status", "failed"},
  };
  for (const Case& c : kCases) {
    const Answer answer = send(c.verb, at("/batches/" + id), {.body = to_text(c.body)});
    EXPECT_EQ(answer.status, 200) << c.name << answer;
    EXPECT_EQ(answer.body, Json::array({"@/batches/" + id})) << c.name;
    const Json shown = object(id);
    const Json* found = at_pointer(shown, c.pointer);
    EXPECT_EQ(found == nullptr ? Json() : *found, c.wanted) << c.name;
  }
  EXPECT_EQ(patch(at("/batches/none"), Json::object()).status, 404);
  EXPECT_EQ(put(at("/batches/none"), Json::object()).status, 404);
  EXPECT_EQ(patch(at("/batches/" + id), {{"status", "done"}}).status, 400);
  EXPECT_EQ(patch(at("/batches/" + id), Json::object(), {{"If-Match", "1.0.0"}}).status, 412);
}

TEST_F(CatalogBatches, StatusBelongsToTheEngineWhileItWorks) {  // 4.3
  const std::string id = open({.dataset = dataset_id, .status = catalog::BatchStatus::processing})->id;
  const Answer refused = patch(at("/batches/" + id), {{"status", "failed"}});
  EXPECT_EQ(refused.status, 400) << refused;
  EXPECT_EQ(del(at("/batches/" + id)).status, 400);
  EXPECT_EQ(patch(at("/batches/" + id), {{"externalId", "x"}}).status, 200);
}

TEST_F(CatalogBatches, DeleteAndInactiveHideTheRows) {  // 1, 4.3
  const std::string deleted = landed(3), reverted = landed(4);
  EXPECT_EQ(look_up(dataset_id)->state.records, 7);
  EXPECT_EQ(del(at("/batches/" + deleted)).body, Json::array({"@/batches/" + deleted}));
  EXPECT_EQ(object(deleted)["status"], "deleted");
  EXPECT_EQ(patch(at("/batches/" + reverted), {{"status", "inactive"}}).status, 200);
  EXPECT_EQ(object(reverted)["status"], "inactive");
  EXPECT_EQ(get(at("/dataSetFiles")).body, Json::object());
  EXPECT_EQ(look_up(dataset_id)->state.records, 0);
  const Answer unknown = del(at("/batches/none"));
  EXPECT_EQ(unknown.status, 200);
  EXPECT_EQ(unknown.body, Json::array());
}

TEST_F(CatalogBatches, ListsTakeTheParametersOfSection5) {
  const std::string a = landed(1, {.external_id = "first", .tags = {{"flowId", {"f-1"}}, {"colour", {"red"}}}});
  const std::string b = landed(2, {.external_id = "second", .tags = {{"flowId", {"f-2"}}}});
  clock.advance(std::chrono::seconds(1));
  const std::string c = open({.dataset = dataset_id, .status = catalog::BatchStatus::processing})->id;
  ASSERT_TRUE(write([&](store::Transaction& tx) { return catalog->fail_batch(tx, scope.sandbox, c, {}, {.records_read = 5, .records_failed = 5}); }));
  clock.advance(std::chrono::seconds(1));
  const std::string d = made({{"externalId", "loose"}});
  const auto time = [&](const std::string& id) { return std::to_string(object(id)["created"].get<int64_t>()); };
  using Ids = std::vector<std::string>;
  struct Case { std::string query; Ids wanted; };
  const Case kCases[] = {
      {"", {d, c, b, a}},
      {"?limit=2", {d, c}},
      {"?limit=2&start=1", {c, b}},
      {"?limit=2&offset=3", {a}},
      {"?start=9", {}},
      {"?limit=&start=", {d, c, b, a}},
      {"?orderBy=asc:created", {a, b, c, d}},
      {"?sort=created", {a, b, c, d}},
      {"?orderBy=desc:status,asc:created", {a, b, d, c}},
      {"?orderBy=desc:recordCount", {d, b, a, c}},
      {"?status=success", {b, a}},
      {"?status=active", {b, a}},
      {"?status=failure,loading", {d, c}},
      {"?status=!success", {d, c}},
      {"?property=status==active", {b, a}},
      {"?property=status!=success", {d, c}},
      {"?property=recordCount>=1&property=recordCount<2", {a}},
      {"?property=externalId~^f", {a}},
      {"?property=!started", {d}},
      {"?property=created", {d, c, b, a}},
      {"?property=!created", {}},
      {"?property=metrics.recordsRead>1", {c, b}},
      {"?property=failedRecordCount", {c, b, a}},
      {"?externalId=*s*", {d, b, a}},
      {"?recordCount=2", {b}},
      {"?failedRecordCount=5", {c}},
      {"?tags=flowId:f-1", {a}},
      {"?tags=flowId:*", {b, a}},
      {"?tags=flowId", {b, a}},
      {"?tags=flowId:f-1,colour:red", {a}},
      {"?tags=flowId:f-2,colour:red", {}},
      {"?dataSet=" + dataset_id, {c, b, a}},
      {"?dataSet=@/dataSets/" + dataset_id, {c, b, a}},
      {"?dataSetId=none", {}},
      {"?batch=" + a, {a}},
      {"?created=" + time(b), {b}},
      {"?created=>" + time(b), {d, c}},
      {"?created=<=" + time(b), {b, a}},
      {"?createdAfter=" + time(a) + "&createdBefore=" + time(c), {b}},
      {"?startAfter=" + std::to_string(std::stoll(time(a)) / 1000), {c, b}},
      {"?endBefore=" + time(b), {a}},
      {"?createdUser=" + std::string("nobody"), {}},
      {"?colour=blue", {d, c, b, a}},
  };
  for (const Case& one : kCases) EXPECT_EQ(ids("/batches" + one.query), one.wanted) << one.query;
  const Answer some = get(at("/batches?limit=1&properties=status,relatedObjects.type,nothing"));
  EXPECT_EQ(some.body, (Json{{d, {{"status", "loading"}, {"relatedObjects", Json::array()}}}}));
  EXPECT_EQ(get(at("/batches/" + a + "?properties=*")).body[a], object(a));
  EXPECT_EQ(ids("/batch"), (Ids{d, c, b, a}));
  EXPECT_EQ(ids("/batch/" + a), Ids{a});
  EXPECT_EQ(ids("/batches/" + a + "," + c + ",none"), (Ids{a, c}));
  EXPECT_EQ(ids("/batches/" + a + "?aggregate=true"), Ids{a});
}

TEST_F(CatalogBatches, ListsRefuseWrongParameters) {  // 5, 10
  struct Case { std::string_view query, names; };
  constexpr Case kCases[] = {{"limit=0", "limit"},           {"limit=101", "limit"},     {"limit=abc", "limit"},         {"start=-1", "start"},
                             {"start=x", "start"},           {"offset=-1", "offset"},    {"orderBy=up:created", "orderBy"}, {"orderBy=desc:", "orderBy"},
                             {"property=status~[", "property"}, {"created=soon", "created"}, {"createdAfter=x", "createdAfter"}, {"startBefore=x", "startBefore"}};
  for (const std::string_view collection : {"/batches", "/dataSets", "/dataSetFiles", "/dataSetViews", "/lastBatches", "/batches/uniques/status", "/"}) {
    for (const Case& c : kCases) {
      const Answer answer = get(kBase + std::string(collection) + "?" + std::string(c.query));
      EXPECT_EQ(answer.status, 400) << collection << c.query << answer;
      EXPECT_THAT(text_of(answer.body, "detail"), HasSubstr("parameter " + std::string(c.names))) << collection;
    }
  }
}

TEST_F(CatalogBatches, UniqueValuesAndLastBatches) {  // 1, 5
  const std::string a = landed(1);
  const std::string b = made({{"datasetId", dataset_id}});
  made({{"externalId", "loose"}});
  EXPECT_THAT(get(at("/batches/uniques/status")).body.get<std::vector<std::string>>(), UnorderedElementsAre("success", "loading"));
  EXPECT_EQ(get(at("/batches/uniques/recordCount?status=success")).body, Json::array({1}));
  EXPECT_EQ(get(at("/batches/uniques/relatedObjects.id")).body, Json::array({dataset_id}));
  EXPECT_EQ(get(at("/batches/uniques/nothing")).body, Json::array());
  const Json last = get(at("/lastBatches")).body;
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[dataset_id]["lastBatchId"], b);
  EXPECT_EQ(last[dataset_id]["lastBatchStatus"], "loading");
  EXPECT_EQ(last[dataset_id]["lastSuccessfulBatchId"], a);
  EXPECT_EQ(last[dataset_id]["sandboxId"], prod.id);
  for (const char* query : {"lastBatchStatus=success", "lastBatchId=none", "dataSetId=none", "lastSuccessfulBatchId=none"}) {
    EXPECT_EQ(get(at("/lastBatches?") + query).body, Json::object()) << query;
  }
  EXPECT_EQ(get(at("/lastBatches?lastBatchStatus=loading&dataSetId=" + dataset_id)).body.size(), 1U);
}

TEST_F(CatalogBatches, FilesAreOnePerBatch) {  // 6.2
  const std::string a = landed(3), b = landed(4);
  const std::string view = look_up(dataset_id)->view_id;
  const Json wanted = {{a + "-1", get(at("/dataSetFiles/" + a + "-1")).body[a + "-1"]}};
  EXPECT_EQ(wanted[a + "-1"]["batchId"], a);
  EXPECT_EQ(wanted[a + "-1"]["dataSetViewId"], view);
  EXPECT_EQ(wanted[a + "-1"]["records"], 3);
  EXPECT_EQ(wanted[a + "-1"]["size"], 300);
  EXPECT_EQ(wanted[a + "-1"]["isValid"], true);
  EXPECT_EQ(get(at("/dataSetFiles?batch=" + a)).body, wanted);
  EXPECT_EQ(get(at("/dataSetFiles?batchId=" + a)).body, wanted);
  using Ids = std::vector<std::string>;
  const Ids both = {b + "-1", a + "-1"};
  EXPECT_EQ(ids("/dataSetFiles"), both);
  EXPECT_EQ(ids("/dataSetFiles?dataSetId=" + dataset_id), both);
  EXPECT_EQ(ids("/dataSetFiles?dataSetViewId=" + view), both);
  EXPECT_EQ(ids("/dataSetFiles?limit=1"), Ids{b + "-1"});
  EXPECT_EQ(ids("/dataSets/" + dataset_id + "/views/" + view + "/files"), both);
  EXPECT_EQ(ids("/dataSetFiles?dataSetId=none"), Ids{});
  for (const std::string& path : {std::string("/dataSetFiles/none"), std::string("/dataSets/none/views/v/files"), "/dataSets/" + dataset_id + "/views/none/files"}) EXPECT_EQ(get(kBase + path).status, 404) << path;
  ASSERT_TRUE(revert(a));
  EXPECT_EQ(ids("/dataSetFiles"), Ids{b + "-1"});
}

TEST_F(CatalogBatches, TagsShowTheirValues) {  // 7
  landed(1, {.tags = {{"flowId", {"f-1"}}}});
  EXPECT_EQ(get(at("/tags/flowId")).body, (Json{{"dataSets", Json::array()}, {"batches", {"f-1"}}}));
  for (const char* path : {"/tags/adobe%2Fpqs%2Ftable", "/tags/adobe/pqs/table"}) {
    EXPECT_EQ(get(at(path)).body["dataSets"], Json::array({"target_dataset_for_crm_data"})) << path;
  }
  EXPECT_EQ(get(at("/tags/none")).status, 404);
}

TEST_F(CatalogBatches, CollectionsOfOlderDaysAreEmpty) {  // 1
  for (const char* path : {"/accounts", "/connectors", "/connections", "/connections/x", "/dataSources", "/transforms"}) {
    const Answer answer = get(at(path));
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, Json::object()) << path;
  }
}

TEST_F(CatalogBatches, RootShowsEverything) {  // 8
  const std::string a = landed(1), b = landed(2);
  for (const char* path : {"/", ""}) {
    const Answer all = get(at(path));
    EXPECT_EQ(all.status, 200) << all;
    EXPECT_EQ(all.body["dataSets"].size(), 1U);
    EXPECT_EQ(all.body["batches"].size(), 2U);
  }
  EXPECT_EQ(get(at("/?limit=1&properties=status")).body, (Json{{"dataSets", {{dataset_id, {{"status", "enabled"}}}}}, {"batches", {{b, {{"status", "success"}}}}}}));
}

TEST_F(CatalogBatches, RootWritesSeveralInOneTransaction) {  // 8
  const Json parts = {
      {{"id", "first"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", {{"name", "one"}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/event"}}}}}},
      {{"id", "second"}, {"resource", "/batches"}, {"method", "POST"}, {"body", {{"datasetId", "<<first.id>>"}, {"tags", {{"of", {"<<first.name>> <<first.schemaRef.id>>"}}}}}}},
      {{"id", "third"}, {"resource", "/datasets/<<first.id>>"}, {"method", "patch"}, {"headers", {{"If-Match", "1.0.0"}}}, {"body", {{"description", "<<second.id>>"}}}},
      {{"id", "fourth"}, {"resource", "/batch/<< second.id >>"}, {"method", "delete"}}};
  const Answer answer = post(at("/"), parts);
  EXPECT_EQ(answer.status, 201) << answer;
  ASSERT_EQ(answer.body.size(), 4U);
  const std::string dataset = answer.body[0]["body"][0].get<std::string>().substr(11);
  const std::string batch = answer.body[1]["body"][0].get<std::string>().substr(10);
  EXPECT_EQ(answer.body, (Json{{{"id", "first"}, {"code", 201}, {"body", {"@/dataSets/" + dataset}}},
                               {{"id", "second"}, {"code", 201}, {"body", {"@/batches/" + batch}}},
                               {{"id", "third"}, {"code", 200}, {"body", {"@/dataSets/" + dataset}}},
                               {{"id", "fourth"}, {"code", 200}, {"body", {"@/batches/" + batch}}}}));
  const Json shown = get(at("/dataSets/" + dataset)).body[dataset];
  EXPECT_EQ(shown["description"], batch);
  EXPECT_EQ(shown["classification"]["dataBehavior"], "time-series");
  EXPECT_EQ(object(batch)["tags"]["of"], Json::array({"one https://ns.adobe.com/foz/schemas/event"}));
  EXPECT_EQ(object(batch)["status"], "deleted");
}

TEST_F(CatalogBatches, RootAsksForSchemasThatOnlyAStoredObjectNames) {  // 8
  const Json parts = {{{"id", "a"}, {"resource", "/dataSets/" + dataset_id}, {"method", "patch"}, {"body", {{"description", "x"}}}},
                      {{"id", "b"}, {"resource", "/dataSets/" + dataset_id}, {"method", "patch"},
                       {"body", Json::array({{{"op", "replace"}, {"path", "/schemaRef/id"}, {"value", "https://ns.adobe.com/foz/schemas/event"}}})}}};
  EXPECT_EQ(post(at("/"), parts).status, 201);
  EXPECT_EQ(look_up(dataset_id)->schema_id(), "https://ns.adobe.com/foz/schemas/event");
}

TEST_F(CatalogBatches, RootRollsBackAtTheFirstFailure) {  // 8
  const Json good = {{"id", "good"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", {{"name", "one"}}}};
  struct Case { const char* name; Json part; int status; };
  const Case kCases[] = {
      {"bad body", {{"id", "bad"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", {{"name", 1}}}}, 400},
      {"unknown schema", {{"id", "bad"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", {{"schemaRef", {{"id", "none"}}}}}}, 400},
      {"unknown object", {{"id", "bad"}, {"resource", "/batches/none"}, {"method", "patch"}, {"body", Json::object()}}, 404},
      {"unknown collection", {{"id", "bad"}, {"resource", "/dinosaurs"}, {"method", "post"}}, 404},
      {"unknown reference", {{"id", "bad"}, {"resource", "/batches"}, {"method", "post"}, {"body", {{"datasetId", "<<later.id>>"}}}}, 400},
      {"unknown attribute", {{"id", "bad"}, {"resource", "/batches"}, {"method", "post"}, {"body", {{"datasetId", "<<good.size>>"}}}}, 400},
      {"attribute that is an object", {{"id", "bad"}, {"resource", "/batches"}, {"method", "post"}, {"body", {{"datasetId", "<<good.extensions>>"}}}}, 400},
      {"no resource", {{"id", "bad"}, {"method", "post"}}, 400},
      {"wrong verb", {{"id", "bad"}, {"resource", "/dataSets"}, {"method", "delete"}}, 400},
      {"precondition", {{"id", "bad"}, {"resource", "/dataSets/<<good.id>>"}, {"method", "put"}, {"headers", {{"If-Match", "9"}}}, {"body", {{"name", "x"}}}}, 412},
  };
  for (const Case& c : kCases) {
    const Answer answer = post(at("/"), Json::array({good, c.part, good.is_object() ? Json{{"id", "never"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", {{"name", "three"}}}} : Json()}));
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    ASSERT_EQ(answer.body.size(), 2U) << c.name;
    EXPECT_EQ(answer.body[1]["id"], "bad") << c.name;
    EXPECT_EQ(answer.body[1]["code"], c.status) << c.name;
    EXPECT_TRUE(answer.body[1]["body"].contains("detail")) << c.name;
    EXPECT_EQ(get(at("/dataSets")).body.size(), 1U) << c.name;
  }
}

TEST_F(CatalogBatches, RootRefusesWhatIsNoList) {  // 8
  const Json twice = {{{"id", "a"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", Json::object()}}, {{"id", "a"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", Json::object()}}};
  const Json kCases[] = {Json::object(), Json::array(), Json::array({1}), Json::array({{{"resource", "/dataSets"}}}), twice};
  for (const Json& body : kCases) {
    const Answer answer = post(at("/"), body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(text_of(answer.body, "title"), "BadRequestError") << body;
  }
  EXPECT_EQ(post(at("/"), Json::array({{{"id", "a"}, {"resource", "/dataSets"}, {"method", "post"}, {"body", {{"name", "n"}}}}}), {{"Pragma", "validate-only"}}).status, 201);
  EXPECT_EQ(get(at("/dataSets")).body.size(), 1U);
}

}  // namespace
}  // namespace foz::api
