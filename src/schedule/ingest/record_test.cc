// Follows: Ingestion and access contract, 2, 7 and 8.
#include "schedule/ingest/record.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "prep/json_value.h"

namespace foz::schedule {
namespace {

using registry::Node;

/// A schema of every kind: some rules, some required members.
const Node& schema() {
  static const Node kRoot = registry::node_of(*parse_json(R"({
    "type": "object", "required": ["_id"],
    "properties": {
      "_id": {"type": "string", "meta:xdmType": "string"},
      "active": {"type": "boolean", "meta:xdmType": "boolean"},
      "born": {"type": "string", "format": "date", "meta:xdmType": "date"},
      "count": {"type": "integer", "meta:xdmType": "int"},
      "level": {"type": "integer", "meta:xdmType": "byte", "minimum": 1, "maximum": 5},
      "seen": {"type": "string", "format": "date-time", "meta:xdmType": "date-time"},
      "score": {"type": "number", "meta:xdmType": "number"},
      "colour": {"type": "string", "meta:xdmType": "string", "enum": ["red", "blue"]},
      "tags": {"type": "array", "meta:xdmType": "array", "maxItems": 3, "items": {"type": "string", "meta:xdmType": "string", "maxLength": 4}},
      "labels": {"type": "object", "meta:xdmType": "map", "additionalProperties": {"type": "integer", "meta:xdmType": "int"}},
      "person": {"type": "object", "meta:xdmType": "object", "required": ["name"], "properties": {
        "name": {"type": "object", "meta:xdmType": "object", "properties": {"first": {"type": "string", "meta:xdmType": "string"}, "last": {"type": "string", "meta:xdmType": "string"}}},
        "age": {"type": "integer", "meta:xdmType": "int"}}}}})"));
  return kRoot;
}

/// The values below an object as JSON.
Json json_of(const Places& places, const ReadRecord& record) {
  Json json = Json::object();
  for (const Places& child : places.children) {
    const Json value = child.is_spread() ? json_of(child, record) : prep::json_of(record.values[child.begin]);
    if (!value.is_null() && !(child.is_spread() && value.empty())) json[child.node->name] = value;
  }
  return json;
}

/// What the record came to: its members as JSON, or the codes and paths of its reasons.
std::string shown(const Node& root, const ReadRecord& record) {
  if (!record.is_good()) {
    std::string text;
    for (const prep::Reason& reason : record.reasons) text += (text.empty() ? "" : ", ") + reason.code.substr(7, 4) + " " + reason.destination;
    return text;
  }
  return to_text(json_of(Places(root), record));
}

std::string read_json(std::string text, RecordRules rules = {}) {
  text.reserve(text.size() + kJsonPadding);
  JsonRecordReader reader(schema(), rules);
  engine::Arena arena;
  ReadRecord record;
  const Status status = reader.read(text, arena, record);
  return status ? shown(schema(), record) : "corrupt";
}

struct RecordCase {
  std::string_view text, wanted;
};

TEST(JsonRecords, GoodOnesKeepTheirShape) {  // 8
  const RecordCase kCases[] = {
      {R"({"_id": "1"})", R"({"_id":"1"})"},
      {R"({"_id": "1", "active": true, "count": -5, "level": 5, "score": 1.5, "born": "2020-04-15", "seen": "2020-04-15T23:34:21.034Z", "colour": "red"})",
       R"({"_id":"1","active":true,"born":"2020-04-15","colour":"red","count":-5,"level":5,"score":1.5,"seen":"2020-04-15T23:34:21.034Z"})"},
      {R"({"_id": "1", "tags": ["a", "b"], "labels": {"x": 1, "y": 2}})", R"({"_id":"1","labels":{"x":1,"y":2},"tags":["a","b"]})"},
      {R"({"person": {"age": 7, "name": {"last": "Silva", "first": "Ana"}}, "_id": "1"})", R"({"_id":"1","person":{"age":7,"name":{"first":"Ana","last":"Silva"}}})"},
      {R"({"_id": "1", "count": null, "person": null, "tags": null, "labels": {"x": null}})", R"({"_id":"1","labels":{}})"},
      {R"({"_id": "1", "tags": [null, "b"], "person": {"name": {"first": "A"}}})", R"({"_id":"1","person":{"name":{"first":"A"}},"tags":[null,"b"]})"},
      {R"({"_id": "1", "score": 3, "count": 12.0, "born": "2020-04-15T00:00:00Z"})", R"({"_id":"1","born":"2020-04-15","count":12,"score":3.0})"},
      {R"({"_id": "1", "_id": "2", "labels": {"x": 1, "x": 3}})", R"({"_id":"2","labels":{"x":3}})"},  // 7: the last one wins
      {R"({"header": {"schemaRef": {}}, "body": {"xdmMeta": {"x": 1}, "xdmEntity": {"_id": "1", "count": 2}}})", R"({"_id":"1","count":2})"},
      {R"({"body": {"xdmEntity": {"_id": "1"}, "xdmMeta": {}}, "header": {}})", R"({"_id":"1"})"},
      {R"({"count": 7, "body": {"xdmEntity": {"_id": "1"}}, "count": 9, "person": {"name": {"first": "beside"}}})", R"({"_id":"1"})"},
      {R"({"_id": "1", "person": {"age": 7, "name": {"first": "A"}}, "person": {"name": {"last": "B"}}})", R"({"_id":"1","person":{"name":{"last":"B"}}})"},
      {R"({"_id": "1", "person": {"age": 7, "name": {"first": "A"}}, "person": null})", R"({"_id":"1"})"},
  };
  for (const RecordCase& c : kCases) EXPECT_EQ(read_json(std::string(c.text)), c.wanted) << c.text;
}

TEST(JsonRecords, WholeNumbersAreNeverRounded) {  // 8: 2^53 + 1 is no double, so 2^53 as one may have been that
  engine::Arena arena;
  const auto read = [&](double number) { return scalar_of(engine::Kind::int64, {.kind = JsonSlot::Kind::number, .number = number}, InputForm::json, arena); };
  EXPECT_EQ(read(9'007'199'254'740'991.0).value.integer, 9'007'199'254'740'991);
  EXPECT_FALSE(read(9'007'199'254'740'992.0).misfit.empty());
  EXPECT_FALSE(read(-9'007'199'254'740'992.0).misfit.empty());
}

TEST(JsonRecords, BadOnesHaveTheirReasons) {  // 8, 9
  const RecordCase kCases[] = {
      {R"({})", "1555 _id"},
      {R"({"_id": null})", "1555 _id"},
      {R"({"_id": "1", "person": {}})", "1555 person.name"},
      {R"({"_id": "1", "nothing": 1})", "1556 nothing"},
      {R"({"_id": "1", "person": {"name": {"middle": "x"}}})", "1556 person.name.middle, 1555 person.name"},
      {R"({"_id": 5})", "1558 _id, 1555 _id"},
      {R"({"_id": "1", "count": "5"})", "1558 count"},
      {R"({"_id": "1", "count": 2147483648})", "1558 count"},
      {R"({"_id": "1", "count": 1.5})", "1558 count"},
      {R"({"_id": "1", "score": "1.5"})", "1558 score"},
      {R"({"_id": "1", "score": 1e999})", "1558 score"},
      {R"({"_id": "1", "active": "true"})", "1558 active"},
      {R"({"_id": "1", "active": 1})", "1558 active"},
      {R"({"_id": "1", "born": "15.04.2020"})", "1558 born"},
      {R"({"_id": "1", "born": "2020-04-15T10:00:00Z"})", "1558 born"},
      {R"({"_id": "1", "seen": 1586993661034})", "1558 seen"},
      {R"({"_id": "1", "seen": "yesterday"})", "1558 seen"},
      {R"({"_id": "1", "person": "Ana"})", "1558 person"},
      {R"({"_id": "1", "person": ["Ana"]})", "1558 person"},
      {R"({"_id": "1", "tags": "a"})", "1558 tags"},
      {R"({"_id": "1", "tags": {"a": 1}})", "1558 tags"},
      {R"({"_id": "1", "tags": ["a", 5]})", "1558 tags[1]"},
      {R"({"_id": "1", "labels": {"x": "y"}})", "1558 labels.x"},
      {R"({"_id": "1", "colour": {"r": 1}})", "1558 colour"},
      {R"({"_id": "1", "level": 6})", "1557 level"},
      {R"({"_id": "1", "colour": "green"})", "1557 colour"},
      {R"({"_id": "1", "tags": ["a", "b", "c", "d"]})", "1557 tags"},
      {R"({"_id": "1", "tags": ["a", "toolong"]})", "1557 tags[1]"},
      {R"({"colour": "green", "count": "x", "extra": 1})", "1556 extra, 1558 count, 1557 colour, 1555 _id"},  // by level
      {R"({"_id": "1", "header": {}})", "1556 header"},
      {R"({"_id": "1", "body": 5})", "1556 body"},
      {R"({"_id": "1", "body": {"other": 1}})", "1556 body"},
      {R"({"body": {"xdmEntity": {"count": "x"}}})", "1558 count, 1555 _id"},
      {R"([1])", "corrupt"},
      {R"({"_id": "1")", "corrupt"},
      {R"({_id: 1})", "corrupt"},
      {R"({"_id": "1"} x)", "corrupt"},
  };
  for (const RecordCase& c : kCases) EXPECT_EQ(read_json(std::string(c.text)), c.wanted) << c.text;
}

TEST(JsonRecords, ReasonsNeverHoldValues) {
  std::string text = R"({"_id": "1", "colour": "secret", "count": "secret", "secret-name": 1})";
  text.reserve(text.size() + kJsonPadding);
  JsonRecordReader reader(schema(), {});
  engine::Arena arena;
  ReadRecord record;
  ASSERT_TRUE(reader.read(text, arena, record));
  ASSERT_EQ(record.reasons.size(), 3U);
  for (size_t i = 1; i < 3; ++i) EXPECT_EQ(record.reasons[i].message.find("secret"), std::string::npos) << record.reasons[i].message;
}

TEST(JsonRecords, RulesSayHowStrict) {  // 8, 20
  const RecordRules drops{.reject_unknown = false}, lenient{.validates = false}, parquet{.form = InputForm::parquet, .reject_unknown = false};
  EXPECT_EQ(read_json(R"({"_id": "1", "nothing": {"deep": [1]}})", drops), R"({"_id":"1"})");
  EXPECT_EQ(read_json(R"({"count": "x", "level": 9, "nothing": 1, "person": {}})", lenient), R"({"level":9})");
  EXPECT_EQ(read_json(R"({"count": )", lenient), "corrupt");
  EXPECT_EQ(read_json(R"({"_id": "1", "seen": 1586993661034})", parquet), R"({"_id":"1","seen":"2020-04-15T23:34:21.034Z"})");
  EXPECT_EQ(read_json(R"({"_id": "1", "seen": "2020-04-15 23:34:21"})", parquet), R"({"_id":"1","seen":"2020-04-15T23:34:21Z"})");
  EXPECT_EQ(read_json(R"({"_id": "1", "count": "5"})", parquet), "1558 count");
}

/// As schema(), without what tables cannot hold.
const Node& flat_schema() {
  static const Node kRoot = registry::node_of(*parse_json(R"({"type": "object", "properties": {
      "_id": {"type": "string", "meta:xdmType": "string"},
      "_foz": {"type": "object", "meta:xdmType": "object", "required": ["email"], "properties": {
        "active": {"type": "boolean", "meta:xdmType": "boolean"}, "count": {"type": "integer", "meta:xdmType": "int"}, "email": {"type": "string", "meta:xdmType": "string", "maxLength": 9},
        "score": {"type": "number", "meta:xdmType": "number"}, "seen": {"type": "string", "format": "date-time", "meta:xdmType": "date-time"}}}}})"));
  return kRoot;
}

std::string read_cells(const std::vector<std::string>& header, const std::vector<std::string_view>& cells, RecordRules rules = {.form = InputForm::csv, .reject_unknown = false}) {
  CellRecordReader reader(flat_schema(), rules, header, {"null", "\\N"});
  engine::Arena arena;
  ReadRecord record;
  const Status status = reader.read(cells, arena, record);
  return status ? shown(flat_schema(), record) : "corrupt";
}

TEST(CellRecords, GoByTheNamesOfLeaves) {  // 7
  const std::string wanted = R"({"_foz":{"count":5,"email":"a@x.org"},"_id":"1"})";
  for (const std::vector<std::string>& header : {std::vector<std::string>{"_id", "count", "email"}, {"_ID", "Count", "EMAIL"}, {"_id", "_foz.count", "_foz/email"}}) {
    EXPECT_EQ(read_cells(header, {"1", "5", "a@x.org"}), wanted) << header[1];
  }
  EXPECT_EQ(read_cells({"_id", "email", "other"}, {"1", "a@x.org", "x"}), R"({"_foz":{"email":"a@x.org"},"_id":"1"})");
  EXPECT_EQ(read_cells({"_id", "email", "other"}, {"1", "a@x.org", "x"}, {.form = InputForm::csv, .reject_unknown = true}), "1556 other");
  EXPECT_EQ(read_cells({"_id", "email", "other"}, {"1", "a@x.org", ""}, {.form = InputForm::csv, .reject_unknown = true}), R"({"_foz":{"email":"a@x.org"},"_id":"1"})");
}

TEST(CellRecords, TextsBecomeWhatTheSchemaSays) {  // 8
  struct Case { std::string name; std::string_view cell; std::string wanted; };
  const Case kCases[] = {
      {"count", " 5 ", R"("count":5,)"}, {"count", "5.0", R"("count":5,)"}, {"count", "x", "1558"}, {"count", "3000000000", "1558"},
      {"score", "1.5", R"("score":1.5)"}, {"score", "1,5", "1558"}, {"active", "TRUE", R"("active":true,)"}, {"active", "perhaps", "1558"},
      {"seen", "1586993661034", R"("seen":"2020-04-15T23:34:21.034Z")"}, {"seen", "2020-04-15T23:34:21Z", R"("seen":"2020-04-15T23:34:21Z")"}, {"seen", "x", "1558"},
      {"score", "", ""}, {"score", "null", ""}, {"score", "\\N", ""}};
  for (const Case& c : kCases) {
    const bool before = c.name < "email";
    const std::string good = before ? "{\"_foz\":{" + c.wanted + "\"email\":\"a\"}}" : "{\"_foz\":{\"email\":\"a\"" + (c.wanted.empty() ? "" : "," + c.wanted) + "}}";
    EXPECT_EQ(read_cells({"email", c.name}, {"a", c.cell}), c.wanted == "1558" ? "1558 _foz." + c.name : good) << c.name << " " << c.cell;
  }
}

TEST(CellRecords, RequiredAndRules) {
  EXPECT_EQ(read_cells({"_id", "count"}, {"1", "5"}), "1555 _foz.email");
  EXPECT_EQ(read_cells({"_id", "count"}, {"1", ""}), R"({"_id":"1"})");
  EXPECT_EQ(read_cells({"_id", "email"}, {"1", "a-long-address"}), "1557 _foz.email");
  EXPECT_EQ(read_cells({"_id", "email"}, {"1"}), "corrupt");
  EXPECT_EQ(read_cells({"_id", "email"}, {"1", "2", "3"}), "corrupt");
}

TEST(FlatSchemas, HaveAtMostOneObjectOfScalars) {  // 2
  EXPECT_TRUE(is_flat(flat_schema()));
  EXPECT_FALSE(is_flat(schema()));
  const auto flat = [](const char* properties) { return is_flat(registry::node_of(*parse_json(std::string(R"({"type": "object", "properties": )") + properties + "}"))); };
  const std::string text = R"({"type": "string", "meta:xdmType": "string"})", object = R"({"type": "object", "meta:xdmType": "object", "properties": {"x": )" + text + "}}";
  EXPECT_TRUE(flat(("{\"a\": " + text + "}").c_str()));
  EXPECT_TRUE(flat(("{\"a\": " + text + ", \"b\": " + object + "}").c_str()));
  EXPECT_FALSE(flat(("{\"a\": " + object + ", \"b\": " + object + "}").c_str()));
  EXPECT_FALSE(flat((R"({"a": {"type": "array", "meta:xdmType": "array", "items": )" + text + "}}").c_str()));
}

}  // namespace
}  // namespace foz::schedule
