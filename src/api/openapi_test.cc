// The API description holds every route, and only names that exist.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "api/openapi.h"
#include "api/testing.h"
#include "base/text.h"

namespace foz::api {
namespace {

const Json& document() {
  static const Json kDocument = describe(all_routes());
  return kDocument;
}

TEST(Description, HasEveryRoute) {
  size_t operations = 0;
  std::set<std::string> ids;
  for (const RouteTable& table : all_routes()) {
    for (const Route& route : table.routes) {
      const std::string path = described_path(table, route), verb = lower(http::name_of(route.verb));
      ASSERT_TRUE(document()["paths"].contains(path)) << path;
      ASSERT_TRUE(document()["paths"][path].contains(verb)) << verb << " " << path;
      EXPECT_TRUE(ids.insert(text_of(document()["paths"][path][verb], "operationId")).second) << "two routes are described as one: " << verb << " " << path;
      ++operations;
    }
  }
  RecordProperty("operations", static_cast<int>(operations));
  EXPECT_GT(operations, 150U);
}

void collect_references(const Json& json, std::set<std::string>& references) {
  if (json.is_object() && json.contains("$ref")) references.insert(json["$ref"].is_string() ? json["$ref"].get<std::string>() : "");
  if (json.is_structured()) {
    for (const Json& inner : json) collect_references(inner, references);
  }
}

TEST(Description, RefersToWhatItHas) {
  std::set<std::string> references;
  for (const auto& part : {document()["paths"], document()["components"]}) collect_references(part, references);
  for (const std::string& reference : references) {
    if (reference.empty()) continue;  // a property that is called $ref
    EXPECT_NE(at_pointer(document(), reference.substr(1)), nullptr) << reference;
  }
  EXPECT_GT(references.size(), 20U);
}

TEST(Description, NamesEveryPathVariable) {
  for (const auto& [path, verbs] : document()["paths"].items()) {
    for (const auto& [verb, operation] : verbs.items()) {
      std::set<std::string> described;
      for (const Json& parameter : operation["parameters"]) {
        if (text_of(parameter, "in") == "path") described.insert(text_of(parameter, "name"));
      }
      for (const std::string_view step : split(path, '/')) {
        if (step.starts_with('{')) { EXPECT_TRUE(described.contains(std::string(step.substr(1, step.size() - 2)))) << verb << " " << path; }
      }
    }
  }
}

TEST(Description, NamesThePreconditionsOfChanges) {
  size_t checked = 0;
  for (const auto& [path, verbs] : document()["paths"].items()) {
    for (const auto& [verb, operation] : verbs.items()) {
      const bool change = (path.starts_with("/data/foundation/flowservice/") && verb == "patch") || (path.ends_with("/labels") && (verb == "put" || verb == "delete"));
      if (!change) continue;
      const Json& parameters = operation["parameters"];
      EXPECT_TRUE(std::any_of(parameters.begin(), parameters.end(), [](const Json& one) { return text_of(one, "in") == "header" && text_of(one, "name") == "If-Match"; })) << verb << " " << path;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 6u);
}

TEST(Description, SaysWhoNeedsNoToken) {
  for (const auto& [path, verbs] : document()["paths"].items()) {
    for (const auto& [verb, operation] : verbs.items()) {
      const bool open = operation.contains("security") && operation["security"].empty();
      EXPECT_EQ(open, path.starts_with("/ims/") || path == "/foz/health" || path == "/foz/metrics" || path == "/foz/openapi.json") << verb << " " << path;
    }
  }
}

class DescriptionRoute : public ApiFixture {
 protected:
  DescriptionRoute() : ApiFixture({health_routes()}) {}
};

TEST_F(DescriptionRoute, AnswersWithoutCredentials) {
  const Answer answer = get("/foz/openapi.json", {{"Authorization", ""}, {"x-api-key", ""}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_TRUE(same_json(answer.body, document()));
}

}  // namespace
}  // namespace foz::api
