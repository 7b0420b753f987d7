#include "schedule/ingest/presence.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"

namespace foz::schedule {
namespace {

using registry::Node;

const Node& schema() {
  static const Node kRoot = registry::node_of(*parse_json(R"({"type": "object", "required": ["_id"], "properties": {
      "_id": {"type": "string", "meta:xdmType": "string"}, "score": {"type": "number", "meta:xdmType": "number"},
      "tags": {"type": "array", "meta:xdmType": "array", "items": {"type": "object", "meta:xdmType": "object", "properties": {"a": {"type": "string", "meta:xdmType": "string"}, "b": {"type": "string", "meta:xdmType": "string"}}}},
      "labels": {"type": "object", "meta:xdmType": "map", "additionalProperties": {"type": "integer", "meta:xdmType": "int"}},
      "person": {"type": "object", "meta:xdmType": "object", "required": ["key"], "properties": {
        "key": {"type": "string", "meta:xdmType": "string"}, "name": {"type": "object", "meta:xdmType": "object", "properties": {"first": {"type": "string", "meta:xdmType": "string"}, "last": {"type": "string", "meta:xdmType": "string"}}}}}}})"));
  return kRoot;
}

std::string left(const std::vector<std::string>& records) {
  Presence presence(schema());
  for (std::string text : records) {
    text.reserve(text.size() + kJsonPadding);
    presence.look_at(text);
  }
  return join(registry::leaf_paths(presence.mentioned_root()), " ");
}

TEST(Presence, KeepsWhatIsMentionedOrRequired) {
  struct Case { std::vector<std::string> records; const char* wanted; };
  const Case kCases[] = {
      {{}, "_id"},
      {{R"({"_id": "1"})", R"({"score": 1})"}, "_id score"},
      {{R"({"score": null})"}, "_id score"},
      {{R"({"person": {"name": {"last": "x"}}})"}, "_id person.key person.name.last"},
      {{R"({"person": {"name": {"last": "x"}}})", R"({"person": {"name": {"first": "x"}}})"}, "_id person.key person.name.first person.name.last"},
      {{R"({"person": {"name": {}}})"}, "_id person.key person.name.first person.name.last"},  // a name without members stays whole
      {{R"({"person": null})"}, "_id person.key"},
      {{R"({"tags": [{"a": "x"}, {"a": "y"}], "score": 1})"}, "_id score tags[].a"},
      {{R"({"tags": [{"a": "x"}, {"b": "y"}]})"}, "_id tags[].a tags[].b"},
      {{R"({"tags": []})"}, "_id tags[].a tags[].b"},
      {{R"({"labels": {"x": 1}})"}, "_id labels.*"},
      {{R"({"unknown": {"deep": [1]}, "score": 1})"}, "_id score"},
      {{R"({"score": {"not": 1}, "person": 5, "tags": "x"})"}, "_id person.key score tags[].a tags[].b"},
      {{R"({"header": {}, "body": {"xdmMeta": {}, "xdmEntity": {"score": 1}}})"}, "_id score"},
      {{R"({"score": 1, rubbish)"}, "_id"},
  };
  for (const Case& c : kCases) EXPECT_EQ(left(c.records), c.wanted) << (c.records.empty() ? "" : c.records[0]);
}

TEST(Presence, KeepsFieldIds) {
  Node root = schema();
  registry::IdTable ids;
  registry::assign_ids(root, ids);
  Presence presence(root);
  presence.mention(2);
  presence.mention(2, 0);
  const Node cut = presence.mentioned_root();
  ASSERT_EQ(cut.children.size(), 2U);
  EXPECT_EQ(cut.children[1].id, root.children[2].id);
}

}  // namespace
}  // namespace foz::schedule
