// Follows: Schema Registry contract, 10.1 and 10.2.
#include "registry/compose.h"

#include <gmock/gmock.h>

#include <map>

#include "registry/compatibility.h"

namespace foz::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::map<std::string, Json> kParts = {
    {"a", {{"$id", "a"}, {"title", "A"}, {"type", "object"}, {"properties", {{"x", {{"type", "string"}, {"title", "X of A"}}}, {"o", {{"type", "object"}, {"properties", {{"p", {{"type", "string"}}}}}}}}},
           {"required", {"x"}}}},
    {"b", {{"$id", "b"}, {"type", "object"}, {"properties", {{"x", {{"type", "string"}, {"title", ""}, {"maxLength", 5}}}, {"o", {{"type", "object"}, {"properties", {{"q", {{"type", "number"}}}}}}}}},
           {"required", {"o", "x"}}}},
    {"number", {{"$id", "number"}, {"type", "object"}, {"properties", {{"x", {{"type", "number"}}}}}}},
    {"type", {{"$id", "type"}, {"title", "Type"}, {"description", "D"}, {"type", "object"}, {"meta:status", "stable"}, {"properties", {{"v", {{"type", "integer"}}}}}}},
    {"old", {{"$id", "old"}, {"title", "Old"}, {"type", "object"}, {"meta:status", "deprecated"}, {"properties", {{"v", {{"type", "integer"}}}}}}},
    {"loop", {{"$id", "loop"}, {"type", "object"}, {"properties", {{"next", {{"$ref", "loop"}}}, {"v", {{"type", "string"}}}}}}},
    {"library", {{"$id", "library"}, {"definitions", {{"dates", {{"properties", {{"_repo", {{"type", "object"}, {"properties", {{"made", {{"type", "string"}, {"format", "date"}}}}}}}, {"who", {{"type", "string"}}}}}}}}}}},
    {"extensible", {{"$id", "extensible"}, {"definitions", {{"@context", {{"properties", {{"ghost", {{"type", "string"}}}}}}}}}}},
};

std::shared_ptr<const Json> part_of(const std::string& id) {
  const auto found = kParts.find(id);
  return found == kParts.end() ? nullptr : std::make_shared<const Json>(found->second);
}

Composition composed(const Json& doc) {
  auto made = compose(doc, part_of);
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : Composition{};
}

Json refs(const std::vector<std::string>& ids) {
  Json all = Json::array();
  for (const std::string& id : ids) all.push_back({{"$ref", id}});
  return {{"type", "object"}, {"allOf", all}};
}

TEST(Compose, Section10_1PartsMerge) {
  const Composition made = composed(refs({"a", "b"}));
  const Json& fields = made.doc["properties"];
  EXPECT_EQ(text_of(fields["x"], "title"), "X of A");  // an empty text overrides nothing
  EXPECT_EQ(fields["x"]["maxLength"], 5);
  EXPECT_EQ(fields["o"]["properties"].size(), 2u);
  EXPECT_THAT(texts_of(made.doc, "required"), ElementsAre("x", "o"));
  EXPECT_EQ(fields.begin().key(), "o");  // alphabetical
  EXPECT_EQ(made.leaves, 3u);
  for (const char* name : {"allOf", "definitions", "refs", "$schema"}) EXPECT_FALSE(made.doc.contains(name)) << name;
}

TEST(Compose, Section10_1OfDifferentTypesTheFirstStands) {
  const Composition made = composed(refs({"a", "number"}));
  EXPECT_EQ(text_of(made.doc["properties"]["x"], "type"), "string");
  ASSERT_EQ(made.conflicts.size(), 1u);
  EXPECT_EQ(made.conflicts[0].path, "/x");
}

TEST(Compose, Section10_1FieldsOfADataType) {
  const Composition made = composed({{"type", "object"}, {"properties", {{"f", {{"$ref", "type"}, {"title", "F"}}}, {"g", {{"$ref", "old"}}}, {"l", {{"type", "array"}, {"items", {{"$ref", "type"}}}}}}}});
  const Json& fields = made.doc["properties"];
  EXPECT_EQ(text_of(fields["f"], "title"), "F");
  EXPECT_EQ(text_of(fields["f"], "description"), "D");
  EXPECT_EQ(text_of(fields["f"], "meta:referencedFrom"), "type");
  EXPECT_FALSE(fields["f"].contains("$id"));
  EXPECT_FALSE(fields["f"].contains("meta:status"));
  EXPECT_EQ(text_of(fields["g"], "meta:status"), "deprecated");
  EXPECT_EQ(text_of(fields["l"]["items"], "meta:referencedFrom"), "type");
  EXPECT_EQ(text_of(fields["l"]["items"]["properties"]["v"], "meta:xdmType"), "int");
}

struct ReferenceCase {
  std::string ref;
  std::vector<std::string> fields;
  std::vector<std::string> missing;
};

TEST(Compose, Section10_1References) {
  const ReferenceCase kCases[] = {
      {"library#/definitions/dates", {"_repo", "who"}, {}},
      {"library%23/definitions/dates", {"_repo", "who"}, {}},
      {"library#/definitions/dates/properties/repo:made", {}, {}},  // a scalar adds no fields
      {"#/definitions/own", {"mine"}, {}},
      {"#/definitions/a~1b", {"slashed"}, {}},
      {"extensible#/definitions/@context", {}, {}},
      {"loop", {"next", "v"}, {}},
      {"nothing", {}, {"nothing"}},
      {"library#/definitions/nothing", {}, {"library#/definitions/nothing"}},
      {"#/definitions/nothing", {}, {"#/definitions/nothing"}},
  };
  for (const ReferenceCase& c : kCases) {
    Json doc = refs({c.ref});
    doc["definitions"] = {{"own", {{"properties", {{"mine", {{"type", "string"}}}}}}}, {"a/b", {{"properties", {{"slashed", {{"type", "string"}}}}}}}};
    const Composition made = composed(doc);
    std::vector<std::string> names;
    if (const Json* fields = member(made.doc, "properties")) {
      for (const auto& [name, field] : fields->items()) names.push_back(name);
    }
    EXPECT_EQ(names, c.fields) << c.ref;
    EXPECT_EQ(made.missing, c.missing) << c.ref;
  }
}

TEST(Compose, Section7_3OfXdmCorePointersNameFieldsByTheirStandardNames) {
  const Json doc = {{"type", "object"}, {"properties", {{"when", {{"$ref", "library#/definitions/dates/properties/repo:made"}}}, {"who", {{"$ref", "library#/definitions/dates/properties/xdm:who"}}}}}};
  const Composition made = composed(doc);
  EXPECT_THAT(made.missing, IsEmpty());
  EXPECT_EQ(text_of(made.doc["properties"]["when"], "format"), "date");
  EXPECT_EQ(text_of(made.doc["properties"]["who"], "type"), "string");
}

TEST(Compose, LimitsHold) {
  Json doc = {{"type", "object"}, {"properties", Json::object()}};
  for (int i = 0; i < 20; ++i) doc["properties"]["f" + std::to_string(i)] = {{"type", "string"}};
  EXPECT_TRUE(compose(doc, part_of, {.leaves_max = 20}));
  const auto refused = compose(doc, part_of, {.leaves_max = 19});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "XDM-1413-400");
}

TEST(Compose, DescriptorsThatNameNothingChangeNothing) {
  Json effective = composed(refs({"a"})).doc;
  const Json before = effective;
  require_field(effective, "/o/nothing");
  deprecate_field(effective, "/nothing");
  rename_field(effective, "/nothing", {{"xdm:title", {{"en_us", "T"}}}});
  EXPECT_EQ(effective, before);
}

TEST(Compatibility, TheSameAndMoreIsFine) {
  const Json a = composed(refs({"a"})).doc, both = composed(refs({"a", "type"})).doc;
  EXPECT_THAT(breaking_changes(a, a), IsEmpty());
  EXPECT_THAT(breaking_changes(a, both), IsEmpty());
  const auto lost = breaking_changes(both, a);
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].path, "/v");
  EXPECT_EQ(lost[0].code, kLostField);
}

}  // namespace
}  // namespace foz::registry
