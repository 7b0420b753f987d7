#include "base/json_rows.h"

#include <gmock/gmock.h>

namespace foz {
namespace {

using Kind = JsonSlot::Kind;

/// "text:Ana" and the like, so that a table of cases reads well.
std::string shown(const JsonSlot& slot) {
  switch (slot.kind) {
    case Kind::missing: return "missing";
    case Kind::null: return "null";
    case Kind::boolean: return slot.boolean ? "true" : "false";
    case Kind::integer: return "integer:" + std::to_string(slot.integer);
    case Kind::number: return "number:" + std::string(slot.text);
    case Kind::text: return "text:" + std::string(slot.text);
    case Kind::json: return "json:" + std::string(slot.text);
  }
  return "?";
}

/// All rows of a page, slots joined by blanks; "error" at the end when the page breaks.
std::vector<std::string> rows_of(const std::string& body, const std::string& records, const std::vector<std::vector<std::string>>& paths) {
  std::vector<std::string> rows;
  JsonPage page;
  if (!page.open(body, records)) return {"error"};
  const JsonPaths wanted(paths);
  std::vector<JsonSlot> slots(wanted.size());
  for (;;) {
    const auto more = page.next(wanted, slots);
    if (!more) {
      rows.push_back("error");
      return rows;
    }
    if (!*more) return rows;
    std::string row;
    for (const JsonSlot& slot : slots) row += (row.empty() ? "" : " ") + shown(slot);
    rows.push_back(row);
  }
}

TEST(JsonRows, ReadsChosenValuesOfEachRecord) {
  const std::string body = R"({"total": 3, "results": [
    {"id": "1", "properties": {"name": "Ana \u00e9", "age": 41, "score": 1.50, "vip": true, "tags": ["a", {"b": 1}]}},
    {"properties": {"age": null, "name": ""}, "id": "2", "extra": {"x": [1, 2, {"y": "}"}]}},
    {"id": "3"}], "paging": {"next": {"after": "MTA="}}})";
  EXPECT_THAT(rows_of(body, "/results", {{"id"}, {"properties", "name"}, {"properties", "age"}, {"properties", "score"}, {"properties", "vip"}, {"properties", "tags"}}),
              testing::ElementsAre(R"(text:1 text:Ana é integer:41 number:1.50 true json:["a", {"b": 1}])",
                                   "text:2 text: null missing missing missing", "text:3 missing missing missing missing missing"));
}

TEST(JsonRows, NumbersKeepTheirDigits) {
  EXPECT_THAT(rows_of(R"([{"n": 12345678901234567890123}, {"n": -0.10}, {"n": 1e400}, {"n": 9223372036854775807}])", "", {{"n"}}),
              testing::ElementsAre("number:12345678901234567890123", "number:-0.10", "number:1e400", "integer:9223372036854775807"));
}

TEST(JsonRows, APathMayLeadThroughAnother) {
  EXPECT_THAT(rows_of(R"([{"a": {"b": 1}}, {"a": 2}, {"a": {"b": {"c": 3}}}])", "", {{"a"}, {"a", "b"}}),
              testing::ElementsAre(R"(json:{"b": 1} integer:1)", "integer:2 missing", R"(json:{"b": {"c": 3}} json:{"c": 3})"));
}

TEST(JsonRows, EscapedKeysAndTextsAreRead) {
  EXPECT_THAT(rows_of(R"([{"x\"y": 1, "k": "a\nb\u0041"}])", "", {{"x\\\"y"}, {"k"}}), testing::ElementsAre("integer:1 text:a\nbA"));
}

TEST(JsonRows, RecordsMayNameTheirMembersInAnyOrder) {
  const std::string body = R"([{"a": 1, "b": 2, "x": 0, "c": {"d": 3, "e": 4}},
    {"a": 5, "b": 6, "x": 0, "c": {"d": 7, "e": 8}},
    {"c": {"e": 9}, "a": 10},
    {"x": 1, "c": {"f": 2, "d": 11}, "abc": 3, "b": 12, "a": 13},
    {"a": 14, "ab": 1, "b": 15}, {}, {"b": 16}])";
  EXPECT_THAT(rows_of(body, "", {{"a"}, {"b"}, {"c", "d"}, {"c", "e"}}),
              testing::ElementsAre("integer:1 integer:2 integer:3 integer:4", "integer:5 integer:6 integer:7 integer:8",
                                   "integer:10 missing missing integer:9", "integer:13 integer:12 integer:11 missing",
                                   "integer:14 integer:15 missing missing", "missing missing missing missing", "missing integer:16 missing missing"));
}

/// The end of the body is nearer than the key of the record before is long.
TEST(JsonRows, AKeyIsNotComparedBeyondTheBody) {
  const std::string name(500, 'k');
  EXPECT_THAT(rows_of("[{\"" + name + "\": 1}, {\"k\": 2}]", "", {{name}}), testing::ElementsAre("integer:1", "missing"));
}

TEST(JsonRows, TellsWhichTextsMayHoldANulCharacter) {
  JsonPage page;
  const JsonPaths paths({{"v"}});
  std::vector<JsonSlot> slots(1);
  const std::string longer(40, 'x');
  for (const auto& [text, held] : std::initializer_list<std::pair<std::string, bool>>{{"", false}, {"plain", false}, {longer, false}, {"\\u0000", true}, {longer + "\\u0000y", true}}) {
    for (const std::string other : {"", "\\n"}) {  // an escape elsewhere in the page says nothing of this text
      ASSERT_TRUE(page.open("[{\"v\":\"" + text + "\",\"w\":\"" + other + "\"}]", ""));
      ASSERT_TRUE(page.next(paths, slots).value());
      EXPECT_EQ(slots[0].text.find('\0') != std::string_view::npos, held) << text;
      EXPECT_EQ(slots[0].may_hold_nul, held) << text;
    }
  }
}

TEST(JsonRows, TheRawRecordCanBeHadAgain) {
  JsonPage page;
  ASSERT_TRUE(page.open(R"([{"a": "}]"} , {"b": [1,{"c":"\""}]}])", ""));
  const JsonPaths paths({{"a"}});
  std::vector<JsonSlot> slots(1);
  std::vector<std::string> raw;
  while (*page.next(paths, slots)) raw.emplace_back(raw_record(page.record_begin()));
  EXPECT_THAT(raw, testing::ElementsAre(R"({"a": "}]"})", R"({"b": [1,{"c":"\""}]})"));
}

TEST(JsonRows, NothingIsTakenForWholeThatIsNot) {
  const std::string body = R"({"results": [{"id": 1}, {"id": 2}], "paging": {}})";
  for (size_t length = 0; length < 35; ++length) {
    const auto rows = rows_of(body.substr(0, length), "/results", {{"id"}});
    EXPECT_EQ(rows.empty() ? "" : rows.back(), "error") << "cut after " << length << " bytes";
  }
  EXPECT_THAT(rows_of(R"({"results": {}})", "/results", {{"id"}}), testing::ElementsAre("error"));
  EXPECT_THAT(rows_of("{}", "/results", {{"id"}}), testing::ElementsAre("error"));
  EXPECT_THAT(rows_of("[{\"id\": \"\xff\"}]", "", {{"id"}}), testing::ElementsAre("error")) << "malformed UTF-8";
  EXPECT_THAT(rows_of(R"([{"id": tru}])", "", {{"id"}}), testing::ElementsAre("error"));
  EXPECT_THAT(rows_of(R"([{"id": 1x}])", "", {{"id"}}), testing::ElementsAre("error"));
}

TEST(JsonRows, RecordsThatAreNoObjectsHaveNothing) {
  EXPECT_THAT(rows_of(R"([1, "x", null, {"id": 1}])", "", {{"id"}}), testing::ElementsAre("missing", "missing", "missing", "integer:1"));
}

TEST(ScanJson, FindsOneValueInALargePage) {
  const std::string body = R"({"results": [{"a": 1}], "paging": {"next": {"after": "x\u0041"}}, "n": 12, "none": null})";
  EXPECT_EQ(scan_json(body, "/paging/next/after").value(), "xA");
  EXPECT_EQ(scan_json(body, "/n").value(), "12");
  EXPECT_EQ(scan_json(body, "/none").value(), std::nullopt);
  EXPECT_EQ(scan_json(body, "/paging/prev").value(), std::nullopt);
  EXPECT_FALSE(scan_json("{\"a\": ", "/a"));
}

}  // namespace
}  // namespace foz
