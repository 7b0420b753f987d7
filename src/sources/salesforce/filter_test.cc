#include "sources/salesforce/filter.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace foz::sources::salesforce {
namespace {

Description contacts() {
  Description table;
  const auto add = [&](const char* name, ColumnType type, const char* original) { table.columns.push_back({.name = name, .type = type, .raw_path = {name}, .original_type = original}); };
  add("City", ColumnType::string, "string");
  add("Notes", ColumnType::string, "textarea");
  add("Visits", ColumnType::int32, "int");
  add("Active", ColumnType::boolean, "boolean");
  add("Born", ColumnType::date, "date");
  add("CreatedDate", ColumnType::timestamp, "datetime");
  return table;
}

std::string compare(std::string word, std::string field, std::string literal) {
  return R"({"nodeType":"fnApply","fnName":")" + word + R"(","params":[{"nodeType":"fieldLookup","fieldName":")" + field + "\"}" + (literal.empty() ? "" : R"(,{"nodeType":"literal","value":)" + literal + "}") + "]}";
}
std::string combine(std::string word, std::vector<std::string> parts) {
  std::string text = R"({"nodeType":"fnApply","fnName":")" + word + R"(","params":[)";
  for (size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? "," : "") + parts[i];
  return text + "]}";
}

struct Case {
  std::string filter, wanted;
};

TEST(SalesforceFilter, NarrowsAsFarAsSoqlCan) {
  const std::string city = compare("=", "City", R"("Porto")"), visits = compare(">=", "Visits", "5"), notes = compare("=", "Notes", R"("x")");
  const Case cases[] = {
      {city, "City = 'Porto'"},
      {compare("like", "City", R"("Por%'")"), R"(City LIKE 'Por%\'')"},
      {compare("in", "City", R"(["a","b"])"), "City IN ('a','b')"},
      {compare("!=", "City", R"("Porto")"), ""},  // SOQL would take PORTO for Porto
      {compare("<", "City", R"("Porto")"), ""},
      {visits, "Visits >= 5"},
      {compare("!=", "Visits", "5"), "Visits != 5"},
      {compare("=", "Visits", R"("5")"), ""},
      {compare("=", "Active", "true"), "Active = true"},
      {compare(">", "Born", R"("2024-01-02")"), "Born > 2024-01-02"},
      {compare("<=", "CreatedDate", R"("2024-01-01T00:00:00Z")"), "CreatedDate <= 2024-01-01T00:00:00Z"},
      {compare("isNull", "City", ""), "City = null"},
      {compare("isNotNull", "Visits", ""), "Visits != null"},
      {notes, ""},
      {compare("=", "Gone", R"("x")"), ""},
      {combine("and", {city, visits}), "(City = 'Porto' AND Visits >= 5)"},
      {combine("and", {notes, visits}), "(Visits >= 5)"},
      {combine("or", {city, visits}), "(City = 'Porto' OR Visits >= 5)"},
      {combine("or", {notes, visits}), ""},
      {combine("not", {visits}), "(NOT Visits >= 5)"},
      {combine("not", {city}), ""},
      {combine("not", {combine("and", {notes, visits})}), ""},
      {combine("and", {combine("not", {city}), visits}), "(Visits >= 5)"},
      {R"({"fnName":"and"})", ""},
  };
  for (const Case& one : cases) EXPECT_EQ(filter_condition(contacts(), *parse_json(one.filter)), one.wanted) << one.filter;
}

TEST(SalesforceFilter, LeavesOutWhatIsTooLong) {
  std::string list = "[";
  for (int i = 0; i < 2000; ++i) list += (i > 0 ? "," : "") + std::to_string(i);
  EXPECT_EQ(filter_condition(contacts(), *parse_json(compare("in", "Visits", list + "]"))), "");
}

}  // namespace
}  // namespace foz::sources::salesforce
