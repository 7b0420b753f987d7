// Follows: Schema Registry contract, 10.3; XDM core, 2.
#include "registry/names.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace foz::registry {
namespace {

Json json_of(std::string_view text) {
  auto json = parse_json(text);
  EXPECT_TRUE(json) << text << (json ? "" : json.error().message);
  return *json;
}

TEST(Names, StepsOfAKey) {
  const std::pair<std::string, std::vector<std::string>> kCases[] = {
      {"xdm:name", {"name"}},
      {"@id", {"_id"}},
      {"@type", {"_type"}},
      {"repo:createDate", {"_repo", "createDate"}},
      {"schema:latitude", {"_schema", "latitude"}},
      {"iptc4xmpExt:x", {"_iptc4xmpExt", "x"}},
      {"https://ns.adobe.com/experience/analytics/x", {"_experience", "analytics", "x"}},
      {"https://ns.adobe.com/experience/analytics/", {"_experience", "analytics"}},
      {"https://ns.adobe.com/xdm/channels/direct-mail", {"_xdm", "channels", "direct-mail"}},
      {"_foz", {"_foz"}},
      {"plain", {"plain"}},
      {"xdm:", {"xdm:"}},
      {":x", {":x"}},
      {"@", {"@"}},
      {"http://other.example/x", {"http://other.example/x"}},
  };
  for (const auto& [key, steps] : kCases) EXPECT_EQ(compat_steps(key), steps) << key;
}

const char* const kStandard = R"({
  "type": "object",
  "definitions": {"d": {"properties": {"xdm:a": {"type": "string", "title": "A"}}, "required": ["xdm:a"]}},
  "allOf": [{"$ref": "#/definitions/d"}],
  "properties": {
    "@id": {"type": "string"},
    "repo:createDate": {"type": "string", "format": "date-time"},
    "repo:modifyDate": {"type": "string", "format": "date-time"},
    "https://ns.adobe.com/experience/analytics/x": {"type": "object", "properties": {"xdm:y": {"type": "integer"}}},
    "xdm:list": {"type": "array", "items": {"type": "object", "properties": {"schema:z": {"type": "number"}}}},
    "_foz": {"type": "object", "properties": {"plain": {"type": "string"}}}
  },
  "required": ["@id", "repo:createDate"]
})";

TEST(Names, CompatibilityForm) {
  const Json compat = to_compat_names(json_of(kStandard));
  EXPECT_EQ(to_text(compat["definitions"]["d"]),
            R"({"properties":{"a":{"type":"string","title":"A","meta:xdmField":"xdm:a"}},"required":["a"]})");
  const Json& fields = compat["properties"];
  EXPECT_EQ(to_text(fields["_id"]), R"({"type":"string","meta:xdmField":"@id"})");
  EXPECT_EQ(to_text(fields["_repo"]),
            R"({"type":"object","meta:xedConverted":true,"meta:xdmType":"object","properties":{)"
            R"("createDate":{"type":"string","format":"date-time","meta:xdmField":"repo:createDate"},)"
            R"("modifyDate":{"type":"string","format":"date-time","meta:xdmField":"repo:modifyDate"}},"required":["createDate"]})");
  EXPECT_EQ(text_of(fields["_experience"]["properties"]["analytics"]["properties"]["x"]["properties"]["y"], "meta:xdmField"), "xdm:y");
  EXPECT_EQ(to_text(fields["list"]["items"]["properties"]["_schema"]["properties"]["z"]), R"({"type":"number","meta:xdmField":"schema:z"})");
  EXPECT_EQ(to_text(fields["_foz"]), R"({"type":"object","properties":{"plain":{"type":"string"}}})");
  EXPECT_EQ(compat["required"], json_of(R"(["_id", "_repo"])"));
}

TEST(Names, BothWaysAndTwice) {
  const Json standard = json_of(kStandard);
  const Json compat = to_compat_names(standard);
  EXPECT_TRUE(same_json(to_compat_names(compat), compat)) << to_pretty_text(to_compat_names(compat));
  EXPECT_TRUE(same_json(to_standard_names(compat), standard)) << to_pretty_text(to_standard_names(compat));
}

TEST(Names, AFieldCalledPropertiesIsAField) {
  const Json compat = to_compat_names(json_of(R"({"properties": {"xdm:properties": {"type": "string"}, "title": {"type": "string"}}})"));
  EXPECT_EQ(text_of(compat["properties"]["properties"], "meta:xdmField"), "xdm:properties");
  EXPECT_EQ(compat["properties"]["title"], json_of(R"({"type": "string"})"));
}

TEST(Names, ValuesThatLookLikeSchemasAreLeftAlone) {
  const std::string text = R"({"type":"object","default":{"properties":{"xdm:a":1}},"examples":[{"xdm:b":2}],"meta:enum":{"xdm:c":"C"}})";
  EXPECT_EQ(to_text(to_compat_names(json_of(text))), text);
}

TEST(Names, ObjectAndPathThroughItMeet) {
  const Json compat = to_compat_names(json_of(R"({"properties": {
      "https://ns.adobe.com/experience/a/b": {"type": "string"},
      "https://ns.adobe.com/experience/a": {"type": "object", "properties": {"xdm:c": {"type": "string"}}}}})"));
  const Json& a = compat["properties"]["_experience"]["properties"]["a"]["properties"];
  EXPECT_TRUE(a.contains("b"));
  EXPECT_TRUE(a.contains("c"));
}

TEST(Names, CollisionsAreFound) {
  EXPECT_TRUE(name_collisions(json_of(kStandard)).empty());
  EXPECT_EQ(name_collisions(json_of(R"({"properties": {"xdm:o": {"properties": {"xdm:a": {}, "a": {}}}}})")),
            std::vector<std::string>{"o.a"});
}

}  // namespace
}  // namespace foz::registry
