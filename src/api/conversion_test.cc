// Follows: Data Prep contract, 1 to 3.
#include "api/conversion.h"

#include "api/testing.h"
#include "prep/mapping_set_store.h"
#include "registry/registry.h"

namespace foz::api {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kBase = "/data/foundation/conversion";

class ConversionTest : public ApiFixture {
 protected:
  ConversionTest() : ApiFixture({conversion_routes()}) {
    Json schema = value_of(parse_json(R"({"required": ["_id"], "properties": {"_id": {"type": "string"}, "age": {"type": "integer", "meta:xdmType": "int", "minimum": 0, "maximum": 150},
        "person": {"type": "object", "properties": {"name": {"type": "object", "properties": {"firstName": {"type": "string"}}}}}}})"));
    root = std::make_shared<const registry::Node>(registry::node_of(schema));
    sets.emplace(*database, clock, random,
                 prep::MappingSetHooks{.schema_root = [this](std::string_view, const prep::TargetSchema& target) -> Result<std::shared_ptr<const registry::Node>> {
                                         if (target.id == "https://ns.adobe.com/foz/schemas/crm") return root;
                                         return Error{.kind = ErrorKind::not_found, .message = "no schema " + target.id};
                                       },
                                       .used_by = [this](store::Reader&, std::string_view, std::string_view) -> Result<std::optional<std::string>> {
                                         return flow.empty() ? std::nullopt : std::optional(flow);
                                       }});
    services->mapping_sets = &*sets;
  }

  static Json body(const std::string& source = "Id", const std::string& destination = "_id") {
    return {{"xdmSchema", "https://ns.adobe.com/foz/schemas/crm"}, {"xdmVersion", "1.0"}, {"mappings", {{{"sourceAttribute", source}, {"destinationXdmPath", destination}}}}};
  }
  std::string path(const std::string& rest = "") const { return kBase + std::string("/mappingSets") + rest; }
  std::string create() { return post(path(), body()).body["id"]; }

  std::shared_ptr<const registry::Node> root;
  std::string flow;
  std::optional<prep::MappingSets> sets;
};

TEST_F(ConversionTest, CreatesReadsReplacesAndDeletes) {
  const Answer created = post(path(), body());
  ASSERT_EQ(created.status, 200) << created;
  EXPECT_EQ(created.body.size(), 6u);
  EXPECT_EQ(created.body["version"], 0);
  EXPECT_EQ(created.body["createdBy"], client.client.user_id);
  const std::string id = created.body["id"];
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{32}"));

  const Answer read = get(path("/" + id));
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.body["mappings"][0]["source"], "Id");
  EXPECT_EQ(read.body["mappings"][0]["sourceAttribute"], "Id");

  const Answer replaced = put(path("/" + id), body("Key"));
  EXPECT_EQ(replaced.status, 200);
  EXPECT_EQ(replaced.body["version"], 1);
  EXPECT_NE(replaced.body["mappings"][0]["id"], read.body["mappings"][0]["id"]);
  EXPECT_EQ(get(path("/" + id + "?version=0")).body["mappings"][0]["source"], "Id");
  EXPECT_EQ(get(path("/" + id)).body["mappings"][0]["source"], "Key");
  EXPECT_EQ(get(path("/" + id + "?version=7")).status, 404);
  EXPECT_EQ(get(path("/" + id + "?version=x")).status, 400);

  flow = "flow-1";
  const Answer used = del(path("/" + id));
  EXPECT_EQ(used.status, 409);
  EXPECT_THAT(used.text, HasSubstr("CONV-1008-409"));
  flow = "";
  EXPECT_EQ(del(path("/" + id)).status, 204);
  EXPECT_EQ(get(path("/" + id)).status, 404);
}

TEST_F(ConversionTest, ErrorsHaveTheServicesShape) {
  Json wrong = body();
  wrong["mappings"].push_back({{"source", "x"}});
  const Answer answer = post(path(), wrong);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body["type"], "http://ns.adobe.com/aep/errors/CONV-1004-400");
  EXPECT_EQ(answer.body["title"], "Mapping set is not valid");
  EXPECT_EQ(answer.body["status"], 400);
  EXPECT_EQ(answer.body["detail"], "mappings[1].destination is required");
  EXPECT_EQ(answer.body["report"]["tenantInfo"]["sandboxName"], "prod");
  EXPECT_EQ(answer.body["report"]["additionalContext"][0]["path"], "mappings[1].destination");
  EXPECT_EQ(answer.body["report"]["additionalContext"][0]["reason"], "REQUIRED");

  struct Case { std::string body; std::string_view code; };
  const Case kCases[] = {{"{\"xdmSchema\": ", "CONV-1003-400"},
                         {"[]", "CONV-1004-400"},
                         {"", "CONV-1004-400"},
                         {R"j({"xdmSchema":"x","mappings":[{"sourceType":"EXPRESSION","source":"upper(","destination":"_id"}]})j", "CONV-1005-400"},
                         {R"j({"xdmSchema":"x","mappings":[{"sourceType":"EXPRESSION","source":"up('a')","destination":"_id"}]})j", "CONV-1006-400"}};
  for (const Case& c : kCases) {
    const Answer refused = send(http::Verb::post, path(), {.body = c.body});
    EXPECT_EQ(refused.status, 400) << c.body;
    EXPECT_EQ(refused.body["type"], "http://ns.adobe.com/aep/errors/" + std::string(c.code)) << c.body;
  }
  EXPECT_THAT(get(path("/0123")).text, HasSubstr("CONV-1000-404"));
  EXPECT_THAT(get(path("/" + create() + "/mappings/12")).text, HasSubstr("CONV-1002-404"));
}

TEST_F(ConversionTest, ChecksTheTargetWhenAsked) {
  EXPECT_EQ(post(path(), body("Id", "nowhere")).status, 200);
  const Answer refused = post(path("?validate=True"), body("Id", "nowhere"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.text, HasSubstr("CONV-1007-400"));
  EXPECT_EQ(post(path("?validate=true"), body()).status, 200);
  EXPECT_EQ(post(path("?validate=perhaps"), body()).status, 400);
}

TEST_F(ConversionTest, ListsPageByPage) {
  for (int i = 0; i < 3; ++i) {
    clock.advance(std::chrono::seconds(1));
    Json named = body();
    named["name"] = "set " + std::to_string(i);
    post(path(), named);
  }
  const Answer first = get(path("?limit=2&orderBy=%2BcreatedDate&name=set*"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body["data"].size(), 2u);
  EXPECT_EQ(first.body["data"][0]["name"], "set 0");
  EXPECT_EQ(first.body["_page"], (Json{{"count", 2}, {"limit", 2}}));
  const std::string next = first.body["_links"]["next"]["href"];
  EXPECT_THAT(next, HasSubstr("start=2"));
  const Answer second = get(next.substr(next.find("/data/")));
  EXPECT_EQ(second.body["data"].size(), 1u);
  EXPECT_EQ(second.body["data"][0]["name"], "set 2");
  EXPECT_FALSE(second.body["_links"].contains("next"));
  EXPECT_EQ(get(path("?expandSchema=True")).body["data"].size(), 3u);
  EXPECT_EQ(get(path("?property=status==DRAFT")).body["data"].size(), 0u);
  for (const char* wrong : {"?limit=0", "?limit=1001", "?limit=x", "?start=-1", "?orderBy=name", "?property=status", "?expandSchema=2"}) {
    const Answer refused = get(path(wrong));
    EXPECT_EQ(refused.status, 400) << wrong;
    EXPECT_THAT(refused.text, HasSubstr("CONV-1009-400")) << wrong;
  }
}

TEST_F(ConversionTest, ChangesSingleMappings) {
  const std::string id = create();
  EXPECT_TRUE(get(path("/" + id + "/mappings")).body.is_array());
  const Answer added = post(path("/" + id + "/mappings"), {{"source", "Age"}, {"destination", "age"}});
  EXPECT_EQ(added.status, 200);
  const std::string mapping = added.body["id"];
  EXPECT_EQ(get(path("/" + id + "/mappings/" + mapping)).body["source"], "Age");
  EXPECT_EQ(put(path("/" + id + "/mappings/" + mapping), {{"source", "Years"}, {"destination", "age"}}).body["source"], "Years");
  EXPECT_EQ(get(path("/" + id)).body["version"], 2);
  EXPECT_EQ(del(path("/" + id + "/mappings/" + mapping)).status, 204);
  EXPECT_EQ(get(path("/" + id + "/mappings")).body.size(), 1u);
  EXPECT_EQ(post(path("/" + id + "/mappings"), {{"source", "Age"}}).status, 400);
}

TEST_F(ConversionTest, PreviewsAndValidates) {
  const Json question = {{"data", Json::array({{{"Id", 1234}}, {{"Id", nullptr}}})}, {"mappingSet", body()}};
  const Answer preview = post(path("/preview"), question);
  ASSERT_EQ(preview.status, 200) << preview;
  EXPECT_EQ(to_text(preview.body[0]), R"({"data":{"_id":"1234"},"errors":null})");
  EXPECT_THAT(preview.body[1]["errors"][0]["exception"].get<std::string>(), HasSubstr("INGEST-1555-400"));
  EXPECT_EQ(post(path("/preview"), {{"data", 1}, {"mappingSet", body()}}).status, 400);
  EXPECT_EQ(post(path("/preview"), {{"data", Json::object()}}).status, 400);
  EXPECT_EQ(post(path("/preview"), {{"mappingSet", body()}}).status, 400);
  EXPECT_EQ(post(path("/preview"), {{"data", {{"Id", std::string(1'100'000, 'x')}}}, {"mappingSet", body()}}).status, 400);

  const Answer validated = post(path("/validate"), body("Id", "nowhere"));
  EXPECT_EQ(validated.status, 200);
  EXPECT_EQ(validated.body["validationResponse"][0]["status"], "FAILED");
  EXPECT_EQ(post(path("/validate"), body()).body["validationResponse"][0]["status"], "SUCCESS");
  Json other = body();
  other["xdmSchema"] = "https://ns.adobe.com/foz/schemas/none";
  EXPECT_EQ(post(path("/validate"), other).body["validationResponse"][0]["status"], "FAILED");
  EXPECT_EQ(post(path("/validate"), Json::array()).status, 400);
}

TEST_F(ConversionTest, DescribesTheLanguage) {
  const std::string languages = kBase + std::string("/languages/el");
  const Answer functions = get(languages + "/functions");
  EXPECT_EQ(functions.status, 200);
  EXPECT_GT(functions.body.size(), 80u);
  EXPECT_GT(get(languages + "/operators").body.size(), 25u);
  EXPECT_EQ(to_text(post(languages + "/validate", {{"expression", "concat(a,b)"}}).body), R"({"validationStatus":"succeeded","error":"none"})");
  EXPECT_EQ(post(languages + "/validate", {{"expression", "concat("}}).body["validationStatus"], "failed");
  EXPECT_EQ(post(languages + "/validate", Json::object()).status, 400);
}

TEST_F(ConversionTest, KeepsSamplesAndSchemas) {  // 3.7
  const std::string samples = kBase + std::string("/samples"), kept_schemas = kBase + std::string("/schemas");
  const Answer sample = post(samples, {{"sampleData", R"([{"name": "Ana", "age": 5}])"}, {"sampleType", "JSON"}});
  ASSERT_EQ(sample.status, 200) << sample;
  const std::string id = sample.body["id"];
  EXPECT_EQ(sample.body["version"], 0);
  EXPECT_EQ(get(samples + "/" + id).body["sampleData"], R"([{"name": "Ana", "age": 5}])");
  clock.advance(std::chrono::seconds(1));
  const Answer replaced = put(samples + "/" + id, {{"sampleData", {{"name", "Rui"}}}});
  EXPECT_EQ(replaced.body["version"], 1);
  EXPECT_EQ(replaced.body["sampleData"], R"({"name":"Rui"})");
  EXPECT_EQ(put(samples + "/0123", {{"sampleData", "{}"}}).status, 404);
  EXPECT_EQ(post(samples, Json::object()).status, 400);
  EXPECT_EQ(post(samples, {{"sampleData", "[1]"}}).status, 400);

  const Answer of_sample = post(kept_schemas, {{"sampleId", id}});
  ASSERT_EQ(of_sample.status, 200) << of_sample;
  EXPECT_EQ(of_sample.body["jsonSchema"]["title"], "SampleSchema:" + id);
  EXPECT_EQ(of_sample.body["jsonSchema"]["properties"]["name"]["type"], "string");
  EXPECT_EQ(post(kept_schemas, {{"jsonSchema", R"({"type": "object"})"}}).body["jsonSchema"]["type"], "object");
  EXPECT_EQ(post(kept_schemas, {{"sampleId", "0123"}}).status, 404);
  EXPECT_EQ(post(kept_schemas, Json::object()).status, 400);
  EXPECT_EQ(get(kept_schemas + "/" + id).status, 404);  // a sample is no schema

  const std::string form = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nId,Name\n1,Ana\n\r\n--xyz--\r\n";
  const http::Headers multipart = {{"Content-Type", "multipart/form-data; boundary=xyz"}};
  const Answer file = send(http::Verb::post, samples + "/upload", {form, multipart});
  ASSERT_EQ(file.status, 200) << file;
  EXPECT_EQ(file.body["sampleData"], R"([{"Id":"1","Name":"Ana"}])");
  const Answer inferred = send(http::Verb::post, kept_schemas + "/upload", {form, multipart});
  EXPECT_EQ(inferred.body["jsonSchema"]["properties"]["Name"]["type"], "string") << inferred;
  EXPECT_EQ(send(http::Verb::post, kept_schemas + "/upload", {"nothing", multipart}).status, 400);

  EXPECT_EQ(get(samples + "?limit=1").body["data"].size(), 1u);
  EXPECT_THAT(get(samples + "?limit=1").text, HasSubstr("/samples?limit=1&start=1"));
  EXPECT_EQ(get(kept_schemas).body["_page"]["count"], 3);
}

TEST_F(ConversionTest, NeedsTheRight) {
  const std::string id = create();
  become(add_client("viewer", {"*"}));
  EXPECT_EQ(get(path("/" + id)).status, 200);
  EXPECT_EQ(post(path(), body()).status, 403);
  EXPECT_EQ(del(path("/" + id)).status, 403);
}

TEST_F(ConversionTest, SandboxesAreApart) {
  const std::string id = create();
  const auto other = value_of(sandboxes->create({.name = "dev", .title = "Dev", .type = "development", .user = "u"}));
  EXPECT_EQ(get(path("/" + id), {{"x-sandbox-name", "dev"}}).status, 404);
  EXPECT_EQ(get(path(), {{"x-sandbox-name", "dev"}}).body["data"].size(), 0u);
}

}  // namespace
}  // namespace foz::api
