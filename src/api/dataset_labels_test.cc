// Labels of data sets over the API. Follows: Catalog contract, 9.
#include <gmock/gmock.h>

#include "api/testing.h"
#include "base/text.h"

namespace foz::api {
namespace {

using catalog::crm_dataset;
using http::Verb;

class DatasetLabels : public ApiFixture {
 protected:
  DatasetLabels() : ApiFixture({label_routes()}), path("/data/foundation/dataset/datasets/" + create(crm_dataset())->id + "/labels") {}

  const Json payload = {{"labels", {"C1"}},
                        {"optionalLabels", Json::array({{{"option", {{"id", "https://ns.adobe.com/foz/schemas/crm"}, {"contentType", "application/vnd.adobe.xed-full+json;version=1"}, {"schemaPath", "/properties/repositoryCreatedBy"}}},
                                                         {"labels", {"C1", "C2"}}}})}};
  const std::string path;
};

TEST_F(DatasetLabels, LiveTheirLife) {
  EXPECT_EQ(get(path).status, 404);
  const Answer made = post(path, payload);
  EXPECT_EQ(made.status, 201) << made;
  EXPECT_EQ(made.body, payload);
  const Answer seen = get(path);
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.body, payload);
  const std::string etag = seen.header("ETag");
  EXPECT_EQ(etag, made.header("ETag"));
  EXPECT_FALSE(etag.empty());
  EXPECT_EQ(post(path, payload).status, 403);
  const Json other = {{"labels", {"I1", "S2"}}, {"optionalLabels", Json::array()}};
  const Answer replaced = put(path, {{"labels", {"I1", "S2"}}}, {{"If-Match", etag}});
  EXPECT_EQ(replaced.status, 200) << replaced;
  EXPECT_EQ(replaced.body, other);
  EXPECT_EQ(get(path).body, other);
  EXPECT_EQ(put(path, payload, {{"If-Match", etag}}).status, 412);
  EXPECT_EQ(put(path, payload).status, 400);
  EXPECT_EQ(del(path).status, 400);
  EXPECT_EQ(del(path, {{"If-Match", etag}}).status, 412);
  const std::string bare = replaced.header("ETag").substr(1, replaced.header("ETag").size() - 2);
  const Answer removed = del(path, {{"If-Match", bare}});
  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.text, "");
  EXPECT_EQ(get(path).status, 404);
  EXPECT_EQ(del(path, {{"If-Match", bare}}).status, 404);
  EXPECT_EQ(put(path, payload, {{"If-Match", bare}}).status, 404);
}

TEST_F(DatasetLabels, ErrorsHaveAShapeOfTheirOwn) {
  const std::string id = path.substr(34, 24);
  EXPECT_EQ(get(path).body, (Json{{"timestamp", "2020-11-10 17:36:30.000000+00:00"}, {"status", "NOT_FOUND"}, {"code", "PES-404"}, {"message", "GET Entities Not Found"}, {"path", "/entities/AEP:dataset:" + id}}));
  const Answer unknown = post("/data/foundation/dataset/datasets/none/labels", payload);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(text_of(unknown.body, "path"), "/entities/AEP:dataset:none");
  EXPECT_EQ(text_of(unknown.body, "message"), "POST Entities Not Found");
  post(path, payload);
  const Answer again = post(path, payload), stale = put(path, payload, {{"If-Match", "x"}});
  EXPECT_EQ(text_of(again.body, "code"), "PES-403");
  EXPECT_EQ(text_of(again.body, "status"), "FORBIDDEN");
  EXPECT_EQ(text_of(stale.body, "code"), "PES-412");
  EXPECT_EQ(text_of(stale.body, "status"), "PRECONDITION_FAILED");
}

TEST_F(DatasetLabels, PayloadsAreChecked) {
  const Json kBad[] = {Json::array(), "C1", {{"labels", "C1"}}, {{"labels", {1}}}, {{"labels", {""}}}, {{"optionalLabels", Json::object()}},
                       {{"optionalLabels", Json::array({{{"labels", {"C1"}}}})}},
                       {{"optionalLabels", Json::array({{{"option", {{"id", "x"}, {"schemaPath", "no slash"}}}, {"labels", {"C1"}}}})}},
                       {{"optionalLabels", Json::array({{{"option", {{"id", "x"}, {"schemaPath", "/a"}}}}})}}};
  for (const Json& body : kBad) {
    const Answer answer = post(path, body);
    EXPECT_EQ(answer.status, 400) << body << answer;
    EXPECT_EQ(text_of(answer.body, "code"), "PES-400") << body;
  }
}

TEST_F(DatasetLabels, GoWithTheirDataSetAndStayInTheirSandbox) {
  post(path, payload);
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  EXPECT_EQ(get(path, {{"x-sandbox-name", "dev"}}).status, 404);
  ASSERT_TRUE(write([&](store::Transaction& tx) { return catalog->delete_dataset(tx, scope, path.substr(34, 24)); }));
  EXPECT_EQ(get(path).status, 404);
}

TEST_F(DatasetLabels, Rights) {
  become(add_client("viewer", {"*"}));
  EXPECT_EQ(get(path).status, 404);
  EXPECT_EQ(post(path, payload).status, 403);
}

}  // namespace
}  // namespace foz::api
