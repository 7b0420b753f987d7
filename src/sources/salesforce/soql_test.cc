#include "sources/salesforce/soql.h"

#include <gtest/gtest.h>

#include <array>

#include "sources/salesforce/select.h"

namespace foz::sources::salesforce {
namespace {

// Faults F28: names are checked, values are literals.
TEST(Soql, LetsOnlyNamesStandAsNames) {
  for (const char* good : {"Account", "Custom__c", "ns__Thing__c", "A1"}) EXPECT_TRUE(is_soql_name(good)) << good;
  const std::array bad = {"", "1A", "_A", "A B", "A,B", "A.B", "A'", "A--", "A) FROM User", "Id FROM Account LIMIT 1", "A\n", "Ä", "A;B", "COUNT()"};
  for (const char* name : bad) {
    EXPECT_FALSE(is_soql_name(name)) << name;
    EXPECT_FALSE(to_soql({.object = name, .fields = {"Id"}})) << name;
  }
  EXPECT_FALSE(to_soql({.object = "Account", .fields = {"Id", "Name FROM User--"}}));
}

TEST(Soql, EscapesText) {
  EXPECT_EQ(soql_text("O'Reilly"), R"('O\'Reilly')");
  EXPECT_EQ(soql_text("' OR Name != '"), R"('\' OR Name != \'')");
  EXPECT_EQ(soql_text("a\\"), R"('a\\')");
  EXPECT_EQ(soql_text("a\nb\t\"\r\b\f"), R"('a\nb\t\"\r\b\f')");
}

TEST(Soql, IsWrittenFromItsParts) {
  EXPECT_EQ(*to_soql({.object = "Contact", .fields = {"Id", "Name"}, .conditions = {"", "A = 1", "B = 2"}, .order = "Id", .limit = 5}),
            "SELECT Id,Name FROM Contact WHERE A = 1 AND B = 2 ORDER BY Id LIMIT 5");
  EXPECT_EQ(*to_soql({.object = "Contact", .fields = {"COUNT()"}}), "SELECT COUNT() FROM Contact");
}

Column column(std::string name, ColumnType type) { return {.name = name, .type = type, .raw_path = {name}}; }
Instant at(int64_t millis) { return from_millis(millis); }

struct WindowCase {
  ColumnType type;
  Window window;
  std::string wanted;
};

// Half-open on both sides; rows without a value stay in when there is no lower bound (1.6).
TEST(Soql, WritesWindows) {
  const Instant from = at(1'700'000'000'000), to = at(1'700'003'600'500);
  const WindowCase cases[] = {
      {ColumnType::timestamp, {.from = from, .to = to}, "(C >= 2023-11-14T22:13:20Z AND C < 2023-11-14T23:13:20.500Z)"},
      {ColumnType::timestamp, {.from = from}, "C >= 2023-11-14T22:13:20Z"},
      {ColumnType::timestamp, {.to = to}, "(C < 2023-11-14T23:13:20.500Z OR C = null)"},
      {ColumnType::timestamp, {}, ""},
      {ColumnType::date, {.from = from}, "C >= 2023-11-14"},
      {ColumnType::string, {.from = from}, "C >= '2023-11-14 22:13:20'"},
      {ColumnType::string, {.from = from, .date_format = "dd.MM.yyyy"}, ""},
      {ColumnType::number, {.from = from}, "(C >= 1700000000 OR C >= 1700000000000)"},
      {ColumnType::boolean, {.from = from}, ""},
  };
  for (const WindowCase& one : cases) {
    const auto condition = window_condition(column("C", one.type), one.window);
    ASSERT_TRUE(condition) << one.wanted;
    EXPECT_EQ(*condition, one.wanted);
  }
  EXPECT_FALSE(window_condition(column("C", ColumnType::date), {.from = from, .timezone = "Mars/Base"}));
}

// Pain 9: no field is dropped when they do not fit one URL.
TEST(Select, SplitsFieldsThatDoNotFitAUrl) {
  std::vector<std::string> fields = {"Id"};
  for (int i = 0; i < 800; ++i) fields.push_back("A_rather_long_custom_field_name_" + std::to_string(i) + "__c");
  const auto lists = field_lists(fields, 500);
  ASSERT_GT(lists.size(), 2u);
  std::vector<std::string> all = {"Id"};
  for (const auto& list : lists) {
    EXPECT_EQ(list[0], "Id");
    size_t bytes = 0;
    for (const std::string& field : list) bytes += field.size() + 3;
    EXPECT_LT(bytes, 12'100u);
    all.insert(all.end(), list.begin() + 1, list.end());
  }
  EXPECT_EQ(all, fields);
  EXPECT_EQ(field_lists({"Id", "Name"}, 100).size(), 1u);
}

TEST(Select, AsksForEachFieldOnce) {
  ReadPlan plan;
  plan.table.columns = {column("Id", ColumnType::string)};
  plan.columns = {column("Name", ColumnType::string), column("Id", ColumnType::string), column("Name", ColumnType::string)};
  plan.columns[0].name = "asked_for_as";
  EXPECT_EQ(fields_of(plan), (std::vector<std::string>{"Id", "Name"}));
}

TEST(Select, NamesAWindowColumnThatIsNotThere) {
  ReadPlan plan;
  plan.window = Window{.column = "Gone", .from = at(0)};
  const auto conditions = conditions_of(plan, {});
  ASSERT_FALSE(conditions);
  EXPECT_EQ(conditions.error().code, "CONNECTOR-1330-400");
}

}  // namespace
}  // namespace foz::sources::salesforce
