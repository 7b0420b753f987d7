#include "sources/dynamics/odata.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/time_text.h"

namespace foz::sources::dynamics {
namespace {

Instant at(const char* text) { return *parse_iso_instant(text); }

Description contacts() {
  Description table{.table = {.name = "Contact", .path = "contact"}};
  const auto add = [&](const char* name, ColumnType type, const char* original, const char* raw) {
    table.columns.push_back({.name = name, .type = type, .raw_path = {raw}, .original_type = original});
  };
  add("name", ColumnType::string, "String", "name");
  add("about", ColumnType::string, "Memo", "about");
  add("children", ColumnType::int32, "Integer", "children");
  add("gendercode", ColumnType::int32, "Picklist", "gendercode");
  add("donotemail", ColumnType::boolean, "Boolean", "donotemail");
  add("limit", ColumnType::decimal, "Money", "limit");
  add("birthdate", ColumnType::date, "DateTime", "birthdate");
  add("modifiedon", ColumnType::timestamp, "DateTime", "modifiedon");
  add("parentid", ColumnType::string, "Customer(account,contact)", "_parentid_value");
  add("parentid_label", ColumnType::string, "label of parentid", "_parentid_value@OData.Community.Display.V1.FormattedValue");
  add("interests", ColumnType::json, "MultiSelectPicklist", "interests");
  table.columns.push_back({.name = "boss.fullname", .raw_path = {"boss", "fullname"}});
  return table;
}

TEST(ODataText, DoublesQuotes) {
  EXPECT_EQ(odata_text("O'Brien"), "'O''Brien'");
  EXPECT_EQ(odata_text("' or 1 eq 1 or name eq '"), "''' or 1 eq 1 or name eq '''");
  EXPECT_EQ(odata_text(""), "''");
}

struct WindowCase {
  const char* column;
  const char* from;
  const char* to;
  const char* wanted;
};

TEST(ODataWindow, IsHalfOpenInTheColumnsOwnForm) {
  const WindowCase cases[] = {
      {"modifiedon", "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "(modifiedon ge 2024-01-01T00:00:00Z and modifiedon lt 2024-01-02T00:00:00Z)"},
      {"modifiedon", "2024-01-01T00:00:00.500Z", "", "modifiedon ge 2024-01-01T00:00:00.500Z"},
      {"modifiedon", "", "2024-01-02T00:00:00Z", "(modifiedon lt 2024-01-02T00:00:00Z or modifiedon eq null)"},
      {"birthdate", "2024-01-01T00:00:00Z", "2024-01-03T00:00:00Z", "(birthdate ge 2023-12-31 and birthdate lt 2024-01-02)"},
      {"children", "1970-01-01T00:00:10Z", "", "(children ge 10 or children ge 10000)"},
      {"name", "2024-01-01T00:00:00Z", "", ""},
      {"boss.fullname", "2024-01-01T00:00:00Z", "", ""},
  };
  const Description table = contacts();
  for (const WindowCase& one : cases) {
    Window window{.column = one.column};
    if (*one.from != '\0') window.from = at(one.from);
    if (*one.to != '\0') window.to = at(one.to);
    const auto column = std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& each) { return each.name == one.column; });
    const auto condition = window_condition(*column, window);
    ASSERT_TRUE(condition) << one.wanted;
    EXPECT_EQ(*condition, one.wanted);
  }
}

Json call(const char* word, Json params) { return {{"type", "PQL"}, {"nodeType", "fnApply"}, {"fnName", word}, {"params", std::move(params)}}; }
Json field(const char* name) { return {{"nodeType", "fieldLookup"}, {"fieldName", name}}; }
Json literal(Json value) { return {{"nodeType", "literal"}, {"value", std::move(value)}}; }
Json compare(const char* word, const char* name, Json value) { return call(word, Json::array({field(name), literal(std::move(value))})); }

struct FilterCase {
  Json filter;
  std::string wanted;
};

// What is sent lets every row of the filter through; where that is not sure, nothing is sent.
TEST(ODataFilter, IsASupersetOfTheFilter) {
  const std::string guid = "6F9619FF-8B86-D011-B42D-00CF4FC964FF";
  const FilterCase cases[] = {
      {compare("=", "name", "O'Brien"), "name eq 'O''Brien'"},
      {compare(">", "name", "a"), ""},
      {compare("like", "name", "a%"), ""},
      {compare("!=", "children", 3), ""},
      {compare(">=", "children", 3), "children ge 3"},
      {compare("=", "children", 3.5), ""},
      {compare("=", "gendercode", 1), "gendercode eq 1"},
      {compare("=", "donotemail", true), "donotemail eq true"},
      {compare("=", "donotemail", "yes"), ""},
      {compare("<", "limit", 10.5), "limit lt 10.5"},
      {compare("<=", "birthdate", "2024-01-01"), "birthdate le 2024-01-01"},
      {compare("<", "modifiedon", "2024-01-01T00:00:00Z"), "modifiedon lt 2024-01-01T00:00:00Z"},
      {compare("=", "parentid", guid), "_parentid_value eq 6f9619ff-8b86-d011-b42d-00cf4fc964ff"},
      {compare("=", "parentid", "x' or 1 eq 1"), ""},
      {compare("=", "parentid_label", "Acme"), ""},
      {compare("=", "about", "long"), ""},
      {compare("=", "interests", "[1]"), ""},
      {compare("=", "boss.fullname", "Ann"), ""},
      {compare("=", "nothing", 1), ""},
      {compare("in", "gendercode", Json::array({1, 2})), "(gendercode eq 1 or gendercode eq 2)"},
      {compare("in", "gendercode", Json::array({1, "x"})), ""},
      {call("isNull", Json::array({field("name")})), "name eq null"},
      {call("isNotNull", Json::array({field("parentid")})), "_parentid_value ne null"},
      {call("not", Json::array({compare("=", "children", 3)})), ""},
      {call("and", Json::array({compare("=", "children", 3), compare("like", "name", "a%")})), "(children eq 3)"},
      {call("or", Json::array({compare("=", "children", 3), compare("=", "children", 4)})), "(children eq 3 or children eq 4)"},
      {call("or", Json::array({compare("=", "children", 3), compare("like", "name", "a%")})), ""},
      {compare("=", "name", std::string(5000, 'x')), ""},
      {Json::array(), ""},
  };
  for (const FilterCase& one : cases) EXPECT_EQ(filter_condition(contacts(), one.filter), one.wanted) << to_text(one.filter);
}

}  // namespace
}  // namespace foz::sources::dynamics
