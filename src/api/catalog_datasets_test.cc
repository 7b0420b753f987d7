// Data sets over the API. Follows: Catalog contract, 1-3, 6.1, 6.3, 10 and 11.
#include <gmock/gmock.h>

#include "api/testing.h"
#include "base/text.h"

namespace foz::api {
namespace {

using catalog::crm_dataset;
using testing::MatchesRegex;
using testing::StartsWith;

const std::string kBase = "/data/foundation/catalog";
constexpr std::string_view kNone = "5c8c3c555033b814b69f947f";  ///< an id that nothing has

class CatalogDatasets : public ApiFixture {
 protected:
  CatalogDatasets() : ApiFixture({catalog_routes()}) {}

  /// The id of a new data set.
  std::string made(const Json& body) {
    const Answer answer = post(kBase + "/dataSets", body);
    EXPECT_EQ(answer.status, 201) << answer;
    const std::string reference = answer.body.is_array() ? answer.body[0].get<std::string>() : "";
    return reference.substr(reference.rfind('/') + 1);
  }
  Json object(const std::string& id) {
    const Answer answer = get(kBase + "/dataSets/" + id);
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.body.is_object() ? answer.body.value(id, Json()) : Json();
  }
  std::string at(std::string_view path) { return kBase + std::string(path); }
};

TEST_F(CatalogDatasets, TutorialCreatesOne) {  // 11.1, 11.2, 11.3
  const Answer answer = post(at("/dataSets?requestDataSource=true"), crm_dataset());
  EXPECT_EQ(answer.status, 201) << answer;
  ASSERT_EQ(answer.body.size(), 1U);
  EXPECT_THAT(answer.body[0].get<std::string>(), MatchesRegex("@/dataSets/[0-9a-f]{24}"));
  EXPECT_EQ(answer.header("ETag"), "\"1.0.0\"");
  const std::string id = answer.body[0].get<std::string>().substr(11);
  const Json shown = object(id);
  EXPECT_EQ(shown["schemaRef"]["contentType"], "application/vnd.adobe.xed-full-notext+json; version=1");
  EXPECT_EQ(shown["tags"]["adobe/pqs/table"], Json::array({"target_dataset_for_crm_data"}));
  EXPECT_EQ(shown["files"], "@/dataSets/" + id + "/views/" + shown["viewId"].get<std::string>() + "/files");
  EXPECT_EQ(shown["imsOrg"], "ABCDEF@AdobeOrg");
  EXPECT_EQ(shown["sandboxId"], prod.id);
  EXPECT_EQ(shown["createdClient"], client.client.client_id);
  EXPECT_TRUE(shown["dataSourceId"].is_number_integer());
}

TEST_F(CatalogDatasets, RequestDataSourceHasManySpellings) {  // 3.1
  struct Case { std::string_view query; int status; bool filled; };
  const Case kCases[] = {{"", 201, false}, {"?requestDataSource=true", 201, true}, {"?requestDataSource=True", 201, true},
                         {"?requestDataSource=false", 201, false}, {"?requestDataSource=False", 201, false}, {"?requestDataSource=", 201, false},
                         {"?requestDataSource=perhaps", 400, false}};
  for (const Case& c : kCases) {
    const Answer answer = post(at("/dataSets") + std::string(c.query), crm_dataset());
    EXPECT_EQ(answer.status, c.status) << c.query << answer;
    if (answer.status == 201) { EXPECT_EQ(object(answer.body[0].get<std::string>().substr(11)).contains("dataSourceId"), c.filled) << c.query; }
  }
  const Answer given = post(at("/dataSets?requestDataSource=true"), {{"name", "a"}, {"dataSourceId", 12}});
  EXPECT_EQ(object(given.body[0].get<std::string>().substr(11))["dataSourceId"], 12);
}

TEST_F(CatalogDatasets, CreateRefusesWrongBodies) {  // 3.1, 10
  struct Case { std::string_view body, detail; };
  const Case kCases[] = {
      {R"({"name": 5})", "name must be a text (at /name)"},
      {R"({"schemaRef": "x"})", "schemaRef must be an object with id and contentType (at /schemaRef)"},
      {R"({"schemaRef": {"contentType": "x"}})", "schemaRef needs the id of a schema (at /schemaRef/id)"},
      {R"({"schemaRef": {"id": "https://ns.adobe.com/foz/schemas/14d89c5b"}})", "Schema https://ns.adobe.com/foz/schemas/14d89c5b not found (at /schemaRef/id)"},
      {R"({"tags": "x"})", "tags must be an object of arrays of texts (at /tags)"},
      {R"({"tags": {"a": [1]}})", "the tag \"a\" must hold texts (at /tags/a)"},
      {R"({"fileDescription": {"format": "avro"}})", "the format \"avro\" is none of parquet, json, csv (at /fileDescription/format)"},
      {R"({"enableErrorDiagnostics": "perhaps"})", "enableErrorDiagnostics must be true or false (at /enableErrorDiagnostics)"},
      {R"([])", "a data set is a JSON object"},
      {"", "a data set is a JSON object"},
      {R"({"name": )", "The body is not valid JSON"},
      {R"({"schemaRef": {"id": "https://ns.adobe.com/foz/schemas/crm"}, "tags": {"unifiedProfile": ["enabled:true"]}})",
       "To enable profile datasets the schema should be valid (at /tags/unifiedProfile)"},
  };
  for (const Case& c : kCases) {
    const Answer answer = send(http::Verb::post, at("/dataSets"), {.body = std::string(c.body)});
    EXPECT_EQ(answer.status, 400) << c.body << answer;
    EXPECT_EQ(text_of(answer.body, "title"), "BadRequestError") << c.body;
    EXPECT_EQ(text_of(answer.body, "type"), "/placeholder/type/uri") << c.body;
    EXPECT_EQ(integer_of(answer.body, "status"), 400) << c.body;
    EXPECT_THAT(text_of(answer.body, "detail"), StartsWith(std::string(c.detail))) << c.body;
  }
  EXPECT_EQ(get(at("/dataSets")).body, Json::object());
}

TEST_F(CatalogDatasets, BodyWithoutJsonLabel) {  // Sandbox and authentication 2.3
  const Answer unlabelled = send(http::Verb::post, at("/dataSets"), {.body = R"({"name": "a"})", .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}});
  EXPECT_EQ(unlabelled.status, 201) << unlabelled;
  EXPECT_EQ(unlabelled.header("x-foz-warning"), "content-type");
  const Answer broken = send(http::Verb::post, at("/dataSets"), {.body = "name=a", .headers = {{"Content-Type", "text/plain"}}});
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(text_of(broken.body, "detail"), "A valid content-type must be specified");
}

TEST_F(CatalogDatasets, UnknownSchemaMayBeAccepted) {  // 3.1
  open_catalog({.accept_unknown_schema = true});
  const std::string id = made({{"name", "slip"}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/14d89c5b"}}}});
  EXPECT_EQ(object(id)["schemaRef"]["id"], "https://ns.adobe.com/foz/schemas/14d89c5b");
}

TEST_F(CatalogDatasets, LookUpIsKeyedById) {  // 1, 2
  const std::string a = made({{"name", "a"}}), b = made({{"name", "b"}});
  struct Case { std::string path; int status; std::vector<std::string> ids; };
  const Case kCases[] = {{"/dataSets/" + a, 200, {a}},
                         {"/dataSets/" + a + "/", 200, {a}},
                         {"/datasets/" + a, 200, {a}},
                         {"/dataSet/" + a, 200, {a}},
                         {"/dataSets/" + b + "," + a, 200, {b, a}},
                         {"/dataSets/" + b + "%2C" + a, 200, {b, a}},
                         {"/dataSets/" + a + "," + std::string(kNone), 200, {a}},
                         {"/dataSets/" + std::string(kNone), 404, {}},
                         {"/dataSets/x,y", 404, {}}};
  for (const Case& c : kCases) {
    const Answer answer = get(kBase + c.path);
    EXPECT_EQ(answer.status, c.status) << c.path << answer;
    std::vector<std::string> ids;
    if (answer.status == 200) for (const auto& [id, object] : answer.body.items()) ids.push_back(id);
    EXPECT_EQ(ids, c.ids) << c.path;
    if (c.status == 404) { EXPECT_EQ(text_of(answer.body, "title"), "NotFoundError") << c.path; }
  }
  EXPECT_EQ(get(at("/dataSets/" + a)).header("ETag"), "\"1.0.0\"");
  EXPECT_EQ(get(at("/dataSets/" + a + "?properties=name,schemaRef")).body, (Json{{a, {{"name", "a"}, {"schemaRef", Json::object()}}}}));
  EXPECT_FALSE(object(a).contains("id"));
}

TEST_F(CatalogDatasets, PatchMergesOrFollowsJsonPatch) {  // 3.3, 12
  struct Case { const char* name; Json patch; std::string_view pointer; Json wanted; };
  const Case kCases[] = {
      {"merge", {{"description", "new"}}, "/description", "new"},
      {"merge keeps other tags", {{"tags", {{"colour", {"red"}}}}}, "/tags/adobe~1pqs~1table", {"crm"}},
      {"merge replaces arrays", {{"tags", {{"colour", {"blue"}}}}}, "/tags/colour", {"blue"}},
      {"merge wraps a plain tag", {{"tags", {{"colour", "green"}}}}, "/tags/colour", {"green"}},
      {"null removes", {{"tags", {{"colour", nullptr}}}}, "/tags/colour", nullptr},
      {"add", Json::array({{{"op", "add"}, {"path", "/description"}, {"value", "b"}}}), "/description", "b"},
      {"add makes parents", Json::array({{{"op", "add"}, {"path", "/extensions/mine/deep"}, {"value", 1}}}), "/extensions/mine/deep", 1},
      {"replace adds", Json::array({{{"op", "replace"}, {"path", "/tags/size"}, {"value", {"big"}}}}), "/tags/size", {"big"}},
      {"remove", Json::array({{{"op", "remove"}, {"path", "/tags/size"}}}), "/tags/size", nullptr},
      {"profile", Json::array({{{"op", "add"}, {"path", "/tags/unifiedProfile"}, {"value", {"enabled:true"}}}}), "/tags/unifiedProfile", {"enabled:true"}},
      {"unified tags", {{"unifiedTags", {"t"}}}, "/unifiedTags", {"t"}},
  };
  const std::string id = made({{"name", "crm"}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/profile"}}}});
  int version = 0;
  for (const Case& c : kCases) {
    const Answer answer = patch(at("/dataSets/" + id), c.patch);
    EXPECT_EQ(answer.status, 200) << c.name << answer;
    EXPECT_EQ(answer.body, Json::array({"@/dataSets/" + id})) << c.name;
    EXPECT_EQ(answer.header("ETag"), "\"1.0." + std::to_string(++version) + "\"") << c.name;
    const Json shown = object(id);
    const Json* found = at_pointer(shown, c.pointer);
    EXPECT_EQ(found == nullptr ? Json() : *found, c.wanted) << c.name;
  }
}

TEST_F(CatalogDatasets, PatchRefuses) {  // 3.3, 10
  const std::string id = made(crm_dataset());
  struct Case { const char* name; std::string path; std::string body; int status; };
  const Case kCases[] = {
      {"unknown id", "/dataSets/" + std::string(kNone), "{}", 404},
      {"unknown id, v2", "/v2/dataSets/" + std::string(kNone), "{}", 404},
      {"no body", "/dataSets/" + id, "", 400},
      {"a text", "/dataSets/" + id, "\"x\"", 400},
      {"unknown operation", "/dataSets/" + id, R"([{"op": "jump", "path": "/a"}])", 400},
      {"failed test", "/dataSets/" + id, R"([{"op": "test", "path": "/name", "value": "x"}])", 400},
      {"remove of nothing", "/dataSets/" + id, R"([{"op": "remove", "path": "/nothing"}])", 400},
      {"array on v2", "/v2/dataSets/" + id, R"([{"op": "add", "path": "/description", "value": "x"}])", 400},
      {"wrong type", "/dataSets/" + id, R"({"name": 1})", 400},
      {"bad ttl", "/v2/dataSets/" + id, R"({"extensions": {"adobe_lakeHouse": {"rowExpiration": {"ttlValue": "soon"}}}})", 400},
      {"unknown schema", "/dataSets/" + id, R"({"schemaRef": {"id": "https://ns.adobe.com/foz/schemas/none"}})", 400},
  };
  for (const Case& c : kCases) EXPECT_EQ(send(http::Verb::patch, kBase + c.path, {.body = c.body}).status, c.status) << c.name;
  EXPECT_EQ(object(id)["version"], "1.0.0");
}

TEST_F(CatalogDatasets, V2Merges) {  // 3.3
  const std::string id = made(crm_dataset());
  const Answer answer = patch(at("/v2/dataSets/" + id), {{"description", "kept three years"}, {"extensions", {{"adobe_lakeHouse", {{"rowExpiration", {{"ttlValue", "P3Y"}}}}}}}});
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(object(id)["extensions"]["adobe_lakeHouse"]["rowExpiration"]["ttlValue"], "P3Y");
}

TEST_F(CatalogDatasets, PutReplacesWhatClientsOwn) {  // 3.3
  Json body = crm_dataset("one");
  body["description"] = "old";
  const std::string id = made(body);
  const Json before = object(id);
  const Answer answer = put(at("/dataSets/" + id), {{"name", "two"}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/event"}}}, {"created", 1}, {"viewId", "x"}});
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.body, Json::array({"@/dataSets/" + id}));
  const Json after = object(id);
  EXPECT_EQ(after["name"], "two");
  EXPECT_EQ(after["description"], "");
  EXPECT_EQ(after["classification"]["dataBehavior"], "time-series");
  for (const char* kept : {"created", "viewId", "createdClient", "sandboxId"}) EXPECT_EQ(after[kept], before[kept]) << kept;
  EXPECT_EQ(put(at("/dataSets/") + std::string(kNone), {{"name", "x"}}).status, 404);
}

TEST_F(CatalogDatasets, SchemaChangesOnlyBeforeTheFirstSuccess) {  // 3.3
  const std::string id = made(crm_dataset());
  const Json other = {{"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/event"}}}};
  const Json back = {{"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/crm"}}}};
  EXPECT_EQ(patch(at("/dataSets/" + id), other).status, 200);
  EXPECT_EQ(patch(at("/dataSets/" + id), back).status, 200);
  const catalog::Dataset dataset = *look_up(id);
  const std::string batch = open({.dataset = id})->id;
  ASSERT_TRUE(commit(batch, one_file(dataset, batch, 3)));
  const Answer refused = patch(at("/dataSets/" + id), other);
  EXPECT_EQ(refused.status, 400) << refused;
}

TEST_F(CatalogDatasets, Preconditions) {  // 3.3, 10
  const std::string id = made(crm_dataset());
  const auto etag = [&](int n) { return "1.0." + std::to_string(n); };
  struct Case { const char* name; http::Verb verb; http::Headers headers; int status; };
  const Case kCases[] = {
      {"quoted", http::Verb::patch, {{"If-Match", "\"" + etag(0) + "\""}}, 200},
      {"bare", http::Verb::patch, {{"If-Match", etag(1)}}, 200},
      {"any", http::Verb::patch, {{"If-Match", "*"}}, 200},
      {"old", http::Verb::patch, {{"If-Match", etag(1)}}, 412},
      {"old, put", http::Verb::put, {{"If-Match", etag(1)}}, 412},
      {"old, delete", http::Verb::del, {{"If-Match", etag(1)}}, 412},
      {"must be new", http::Verb::put, {{"If-None-Match", "*"}}, 412},
      {"right, delete", http::Verb::del, {{"If-Match", etag(3)}}, 200},
  };
  for (const Case& c : kCases) {
    const Answer answer = send(c.verb, at("/dataSets/" + id), {.body = R"({"name": "x"})", .headers = c.headers});
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    if (c.status == 412) { EXPECT_EQ(text_of(answer.body, "title"), "PreconditionFailedError") << c.name; }
  }
}

TEST_F(CatalogDatasets, ValidateOnlyKeepsNothing) {  // 3.3
  const http::Headers only = {{"Pragma", "validate-only"}};
  const Answer created = post(at("/dataSets"), crm_dataset(), only);
  EXPECT_EQ(created.status, 201) << created;
  EXPECT_EQ(get(at("/dataSets")).body, Json::object());
  EXPECT_EQ(post(at("/dataSets"), {{"name", 1}}, only).status, 400);
  const std::string id = made(crm_dataset());
  EXPECT_EQ(patch(at("/dataSets/" + id), {{"name", "x"}}, only).status, 200);
  EXPECT_EQ(del(at("/dataSets/" + id), only).body, Json::array({"@/dataSets/" + id}));
  EXPECT_EQ(object(id)["name"], "Target Dataset for CRM data");
}

TEST_F(CatalogDatasets, DeleteTakesEverythingAway) {  // 3.4
  const std::string id = made(crm_dataset());
  const std::string batch = open({.dataset = id})->id;
  ASSERT_TRUE(commit(batch, one_file(*look_up(id), batch, 3)));
  const std::string view = object(id)["viewId"];
  EXPECT_EQ(del(at("/dataSets/" + id)).body, Json::array({"@/dataSets/" + id}));
  const Answer again = del(at("/dataSets/" + id));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, Json::array());
  EXPECT_EQ(get(at("/dataSets/" + id)).status, 404);
  EXPECT_EQ(get(at("/dataSetViews/" + view)).status, 404);
  EXPECT_EQ(get(at("/dataSetFiles?batch=" + batch)).body, Json::object());
  EXPECT_EQ(get(at("/batches/" + batch)).body[batch]["status"], "deleted");
}

TEST_F(CatalogDatasets, ViewsAndCredentials) {  // 6.1, 6.3
  const std::string id = made(crm_dataset());
  const std::string other = made({{"name", "other"}});
  const std::string view = object(id)["viewId"];
  const Json wanted = get(at("/dataSets/" + id + "/views")).body;
  ASSERT_TRUE(wanted.contains(view));
  EXPECT_EQ(wanted[view]["dataSetId"], id);
  EXPECT_EQ(wanted[view]["files"], "@/dataSets/" + id + "/views/" + view + "/files");
  EXPECT_EQ(wanted[view]["transforms"], "@/dataSets/" + id + "/views/" + view + "/transforms");
  EXPECT_EQ(wanted[view]["isLookup"], false);
  for (const std::string& path : {"/dataSets/" + id + "/views/" + view, "/dataSetViews/" + view, "/dataSetView/" + view, "/dataSetViews?dataSetId=" + id}) {
    EXPECT_EQ(get(kBase + path).body, wanted) << path;
  }
  EXPECT_EQ(get(at("/dataSetViews")).body.size(), 2U);
  for (const std::string& path : {"/dataSets/" + other + "/views/" + view, "/dataSets/" + std::string(kNone) + "/views", std::string("/dataSetViews/none"),
                                  "/dataSets/" + std::string(kNone) + "/credentials", "/dataSets/" + id + "/credentials?batchId=none"}) {
    EXPECT_EQ(get(kBase + path).status, 404) << path;
  }
  const Answer credentials = get(at("/dataSets/" + id + "/credentials"));
  EXPECT_EQ(credentials.status, 200);
  EXPECT_EQ(credentials.body["dataSetId"], id);
  EXPECT_EQ(credentials.body["path"], object(id)["basePath"]);
  for (const auto& [name, value] : credentials.body["credentials"].items()) {
    if (name != "name" && name != "adlsType") { EXPECT_EQ(value, "") << name; }
  }
  const std::string batch = open({.dataset = id})->id;
  const Json of_batch = get(at("/dataSets/" + id + "/credentials?batchId=" + batch)).body;
  EXPECT_EQ(of_batch["path"], object(id)["basePath"].get<std::string>() + "/" + batch);
  EXPECT_EQ(of_batch["stagePath"], "foz://uploads/" + prod.id + "/" + batch);
}

TEST_F(CatalogDatasets, RightsDecide) {  // 10; Sandbox and authentication 4
  const std::string id = made(crm_dataset());
  become(add_client("viewer", {"prod"}));
  EXPECT_EQ(get(at("/dataSets/" + id)).status, 200);
  const Answer refused = post(at("/dataSets"), crm_dataset());
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(refused.body, "title"), "ForbiddenError");
  for (const http::Verb verb : {http::Verb::put, http::Verb::patch, http::Verb::del}) EXPECT_EQ(send(verb, at("/dataSets/" + id), {.body = "{}"}).status, 403);
}

TEST_F(CatalogDatasets, UnknownPathsAndVerbs) {  // 10
  struct Case { http::Verb verb; std::string_view path; int status; std::string_view title; };
  constexpr Case kCases[] = {{http::Verb::get, "/dinosaurs", 404, "NotFoundError"},   {http::Verb::post, "/dinosaurs", 404, "NotFoundError"},
                             {http::Verb::get, "/DataSets", 404, "NotFoundError"},    {http::Verb::get, "/dataSets/a/b/c/d/e", 404, "NotFoundError"},
                             {http::Verb::del, "/dataSets", 405, "MethodNotAllowedError"}, {http::Verb::post, "/lastBatches", 405, "MethodNotAllowedError"},
                             {http::Verb::put, "/batches", 405, "MethodNotAllowedError"}};
  for (const Case& c : kCases) {
    const Answer answer = send(c.verb, at(c.path));
    EXPECT_EQ(answer.status, c.status) << c.path << answer;
    EXPECT_EQ(text_of(answer.body, "title"), c.title) << c.path;
  }
  EXPECT_EQ(send(http::Verb::del, at("/dataSets")).header("Allow"), "GET, POST");
}

TEST_F(CatalogDatasets, SandboxesSeeOnlyTheirOwn) {  // Sandbox and authentication 5.7
  const std::string id = made(crm_dataset());
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  const http::Headers in_dev = {{"x-sandbox-name", "dev"}};
  EXPECT_EQ(get(at("/dataSets"), in_dev).body, Json::object());
  EXPECT_EQ(get(at("/dataSets/" + id), in_dev).status, 404);
  EXPECT_EQ(patch(at("/dataSets/" + id), {{"name", "x"}}, in_dev).status, 404);
  EXPECT_EQ(del(at("/dataSets/" + id), in_dev).body, Json::array());
  // The query table's name is unique in each.
  const Answer same = post(at("/dataSets"), crm_dataset(), in_dev);
  const std::string other = same.body[0].get<std::string>().substr(11);
  EXPECT_EQ(get(at("/dataSets/" + other), in_dev).body[other]["tags"]["adobe/pqs/table"], object(id)["tags"]["adobe/pqs/table"]);
}

}  // namespace
}  // namespace foz::api
