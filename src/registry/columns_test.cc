// Follows: Schema Registry contract, 10.5 and 16.
#include "registry/columns.h"

#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "registry/validate.h"

namespace foz::registry {
namespace {

Json schema_of(std::string_view text) {
  auto json = parse_json(text);
  EXPECT_TRUE(json) << text << (json ? "" : json.error().message);
  return *json;
}

struct KindCase {
  std::string field;
  std::string sql;  ///< "" when the field has no column
};

TEST(Columns, KindOfEachFieldType) {
  const KindCase kCases[] = {
      {R"({"type": "string"})", "VARCHAR"},
      {R"({"type": "string", "format": "date"})", "DATE"},
      {R"({"type": "string", "format": "date-time"})", "TIMESTAMPTZ"},
      {R"({"type": "string", "format": "uri"})", "VARCHAR"},
      {R"({"type": "string", "format": "time"})", "VARCHAR"},
      {R"({"type": "string", "format": "date-time", "meta:xdmType": "string"})", "VARCHAR"},
      {R"({"type": "number"})", "DOUBLE"},
      {R"({"type": "integer"})", "INTEGER"},
      {R"({"type": "integer", "minimum": 0})", "INTEGER"},
      {R"({"type": "integer", "maximum": 10})", "INTEGER"},
      {R"({"type": "integer", "minimum": -128, "maximum": 127})", "TINYINT"},
      {R"({"type": "integer", "minimum": -129, "maximum": 127})", "SMALLINT"},
      {R"({"type": "integer", "minimum": 0, "maximum": 32768})", "INTEGER"},
      {R"({"type": "integer", "minimum": 0, "maximum": 2147483648})", "BIGINT"},
      {R"({"type": "integer", "meta:xdmType": "long"})", "BIGINT"},
      {R"({"type": "integer", "meta:xdmType": "short", "minimum": 1, "maximum": 9})", "SMALLINT"},
      {R"({"type": "integer", "meta:xdmType": "string"})", "INTEGER"},
      {R"({"type": "boolean"})", "BOOLEAN"},
      {R"({"properties": {"b": {"type": "string"}, "a": {"type": "boolean"}}})", R"(STRUCT("a" BOOLEAN, "b" VARCHAR))"},
      {R"({"type": "array", "items": {"type": "integer"}})", "INTEGER[]"},
      {R"({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}})", R"(STRUCT("a" VARCHAR)[])"},
      {R"({"type": "object", "additionalProperties": {"type": "integer"}})", "MAP(VARCHAR, INTEGER)"},
      {R"({"type": "object", "patternProperties": {".*": {"type": "string"}}})", "MAP(VARCHAR, VARCHAR)"},
      {R"({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}}})",
       R"(MAP(VARCHAR, STRUCT("id" VARCHAR)[]))"},
      {R"({"enum": ["a", "b"]})", "VARCHAR"},
      {R"({"type": ["null", "number"]})", "DOUBLE"},
      {R"({"type": "object"})", ""},
      {R"({"type": "object", "properties": {"o": {"type": "object"}}})", ""},
      {R"({"type": "array", "items": {"type": "object"}})", ""},
      {R"({"type": "array"})", ""},
      {R"({"title": "no type at all"})", ""},
  };
  for (const KindCase& c : kCases) {
    const Node root = node_of({{"type", "object"}, {"properties", {{"f", schema_of(c.field)}}}});
    ASSERT_EQ(root.children.size(), c.sql.empty() ? 0u : 1u) << c.field;
    if (!c.sql.empty()) { EXPECT_EQ(engine::sql_type(to_field(root.children[0])), c.sql) << c.field; }
  }
}

constexpr std::string_view kSchema = R"({"type": "object", "required": ["b"], "properties": {
  "b": {"type": "object", "required": ["x"], "properties": {"y": {"type": "string"}, "x": {"type": "string", "maxLength": 3}}},
  "a": {"type": "string"},
  "l": {"type": "array", "items": {"type": "object", "properties": {"e": {"type": "string"}}}},
  "m": {"type": "object", "additionalProperties": {"type": "integer"}}}})";

TEST(Columns, MembersAreAlphabeticalAndRequiredOnesSayso) {
  const Node root = node_of(schema_of(kSchema));
  EXPECT_EQ(leaf_paths(root), (std::vector<std::string>{"a", "b.x", "b.y", "l[].e", "m.*"}));
  EXPECT_TRUE(root.member("b")->required);
  EXPECT_FALSE(root.member("a")->required);
  EXPECT_TRUE(root.at("b.x")->required);
  EXPECT_FALSE(root.at("b.y")->required);
  EXPECT_EQ(violation_of(*root.at("b.x")->rules, std::string_view("long")), "is longer than 3 characters");
  EXPECT_EQ(root.at("b.y")->rules, nullptr);
  EXPECT_EQ(root.at("b.z"), nullptr);
}

void collect_ids(const Node& node, std::vector<int32_t>& ids) {
  for (const Node& child : node.children) {
    ids.push_back(child.id);
    collect_ids(child, ids);
  }
}

TEST(ColumnIds, EveryNodeGetsOneFromOneOn) {
  Node root = node_of(schema_of(kSchema));
  IdTable table;
  EXPECT_TRUE(assign_ids(root, table));
  std::vector<int32_t> ids;
  collect_ids(root, ids);
  EXPECT_EQ(ids, (std::vector<int32_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(table.next, 11);
  EXPECT_EQ(root.id, 0);
  EXPECT_FALSE(assign_ids(root, table));
}

TEST(ColumnIds, NewFieldsTakeTheNextNumbersAndVanishedOnesAreGone) {
  Node root = node_of(schema_of(kSchema));
  IdTable table;
  assign_ids(root, table);
  const int32_t y = root.at("b.y")->id;

  Json changed = schema_of(kSchema);
  changed["properties"]["b"]["properties"].erase("y");
  changed["properties"]["aa"] = {{"type", "string"}};
  Node second = node_of(changed);
  EXPECT_TRUE(assign_ids(second, table));
  EXPECT_EQ(second.member("aa")->id, 11);
  EXPECT_EQ(second.at("b.x")->id, root.at("b.x")->id);

  Node third = node_of(schema_of(kSchema));
  EXPECT_TRUE(assign_ids(third, table));
  EXPECT_EQ(third.at("b.y")->id, 12);
  EXPECT_NE(third.at("b.y")->id, y);
}

TEST(ColumnIds, AnotherKindIsAnotherColumn) {
  Node root = node_of(schema_of(kSchema));
  IdTable table;
  assign_ids(root, table);
  Json changed = schema_of(kSchema);
  changed["properties"]["a"]["type"] = "integer";
  Node second = node_of(changed);
  EXPECT_TRUE(assign_ids(second, table));
  EXPECT_EQ(second.member("a")->id, 11);
}

TEST(ColumnIds, TheTableSurvivesStorage) {
  Node root = node_of(schema_of(kSchema));
  IdTable table;
  assign_ids(root, table);
  auto read = id_table_of(to_json(table));
  ASSERT_TRUE(read);
  Node again = node_of(schema_of(kSchema));
  EXPECT_FALSE(assign_ids(again, *read));
  EXPECT_EQ(to_field(again), to_field(root));
}

TEST(ColumnIds, ADamagedTableIsCorrupt) {
  for (const std::string_view text : {"{}", R"({"next": 0, "given": {}})", R"({"next": 2, "given": {"/a": 1}})",
                                      R"({"next": 2, "given": {"/a": [1, "strange"]}})", R"({"next": 2, "given": {"/a": ["1", "string"]}})"}) {
    const auto table = id_table_of(schema_of(text));
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().kind, ErrorKind::corrupt);
  }
}

TEST(ColumnIds, RandomHistoriesNeverGiveAnIdTwice) {
  IdTable table;
  std::map<std::string, int32_t> last;      // by path, while it is there
  std::set<int32_t> retired;
  uint32_t seed = 7;
  const auto chance = [&seed] { return (seed = seed * 1664525 + 1013904223) >> 16; };
  for (int round = 0; round < 200; ++round) {
    Json fields = Json::object();
    for (const char* name : {"a", "b", "c", "d", "e"}) {
      if (chance() % 2 == 0) fields[name] = {{"type", chance() % 4 == 0 ? "integer" : "string"}};
    }
    Node root = node_of({{"type", "object"}, {"properties", fields}});
    assign_ids(root, table);
    std::map<std::string, int32_t> now;
    for (const Node& column : root.children) now[column.name] = column.id;
    for (const auto& [name, id] : last) {
      if (!now.contains(name) || now[name] != id) retired.insert(id);
    }
    for (const auto& [name, id] : now) EXPECT_FALSE(retired.contains(id)) << name << " in round " << round;
    last = now;
  }
}

}  // namespace
}  // namespace foz::registry
