// Row filters. Follows: Flow Service contract, 8.3, 4.4.
#include "flow/row_filter.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace foz::flow {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

/// A comparison in short: column, operator, literal as JSON.
std::string cmp(const std::string& column, const std::string& op, const std::string& literal, const std::string& type = "") {
  return R"({"nodeType":"fnApply","fnName":")" + op + R"(","params":[{"nodeType":"fieldLookup","fieldName":")" + column + R"("},{"nodeType":"literal",)" +
         (type.empty() ? "" : R"("literalType":")" + type + R"(",)") + R"("value":)" + literal + "}]}";
}
std::string group(const std::string& op, const std::string& parts) { return R"({"nodeType":"fnApply","fnName":")" + op + R"(","params":[)" + parts + "]}"; }
std::string unary(const std::string& op, const std::string& column) { return group(op, R"({"nodeType":"fieldLookup","fieldName":")" + column + R"("})"); }
Json pql(const std::string& value) { return json(R"({"type":"PQL","format":"pql/json","value":)" + value + "}"); }

sources::Description contacts() {
  sources::Description table;
  table.table.path = "Contact";
  const auto add = [&](std::string name, sources::ColumnType type) {
    sources::Column column;
    column.raw_path = {name};
    column.name = std::move(name);
    column.type = type;
    table.columns.push_back(column);
  };
  add("City", sources::ColumnType::string);
  add("CreatedDate", sources::ColumnType::timestamp);
  add("Visits", sources::ColumnType::int32);
  add("Active", sources::ColumnType::boolean);
  return table;
}

TEST(RowFilter, PassesRowsAsSqlWould) {
  const Json row = json(R"({"City":"Porto","CreatedDate":"2024-03-01T10:00:00Z","Visits":4,"Active":true,"Nothing":null})");
  struct Row { std::string value; bool wanted; };
  for (const Row& test : std::vector<Row>{
           {cmp("City", "=", R"("Porto")"), true}, {cmp("City", "!=", R"("Porto")"), false}, {cmp("City", "like", R"("Por%")"), true},
           {cmp("City", "like", R"("P_rto")"), true}, {cmp("City", "like", R"("por%")"), false}, {cmp("City", "in", R"(["Lisboa","Porto"])"), true},
           {cmp("City", "in", R"(["Lisboa"])"), false}, {cmp("Visits", ">", "3"), true}, {cmp("Visits", ">=", "4"), true}, {cmp("Visits", "<", "10"), true},
           {cmp("Visits", "<=", "3"), false}, {cmp("Visits", "=", R"("4")"), true}, {cmp("Active", "=", "true"), true},
           {cmp("CreatedDate", ">=", R"("2024-01-01T00:00:00Z")", "DateTime"), true}, {cmp("CreatedDate", "<", R"("2024-03-01T11:00:00+02:00")", "DateTime"), false},
           {unary("isNull", "Nothing"), true}, {unary("isNull", "City"), false}, {unary("isNotNull", "City"), true}, {unary("isNull", "Absent"), true},
           {cmp("Nothing", "=", R"("x")"), false}, {cmp("Nothing", "!=", R"("x")"), false},
           {group("not", cmp("Nothing", "=", R"("x")")), false}, {group("not", cmp("City", "=", R"("Faro")")), true},
           {group("and", cmp("City", "=", R"("Porto")") + "," + cmp("Visits", ">", "3")), true},
           {group("and", cmp("City", "=", R"("Porto")") + "," + cmp("Visits", ">", "4")), false},
           {group("or", cmp("Nothing", "=", "1") + "," + cmp("Visits", "=", "4")), true},
           {group("or", cmp("Nothing", "=", "1") + "," + cmp("Visits", "=", "5")), false}}) {
    const auto filter = read_row_filter(pql(test.value));
    ASSERT_TRUE(filter) << test.value << ": " << to_string(filter.error());
    EXPECT_EQ(passes(*filter, row), test.wanted) << test.value;
    EXPECT_EQ(to_pql(*filter), pql(test.value)["value"]) << "prints what it read";
  }
}

TEST(RowFilter, MistakesHaveTheirCodes) {
  struct Row { std::string filter, code; };
  const std::string city = cmp("City", "=", R"("x")");
  for (const Row& row : std::vector<Row>{
           {"[]", "CONNECTOR-1349-400"}, {"{}", "CONNECTOR-1355-400"}, {R"({"type":"SQL"})", "CONNECTOR-1355-400"},
           {R"({"type":"PQL","format":"text"})", "CONNECTOR-1356-400"}, {R"({"type":"PQL","format":"pql/json"})", "CONNECTOR-1357-400"},
           {R"({"type":"PQL","format":"pql/json","value":{}})", "CONNECTOR-1357-400"},
           {to_text(pql(R"({"nodeType":"fnApply","params":[]})")), "CONNECTOR-1350-400"},
           {to_text(pql(R"({"nodeType":"literal","value":1})")), "CONNECTOR-1349-400"},
           {to_text(pql(cmp("City", "~", "1"))), "CONNECTOR-1351-400"}, {to_text(pql(cmp("City", "=", "null"))), "CONNECTOR-1377-400"},
           {to_text(pql(group("not", city + "," + city))), "CONNECTOR-1390-400"}, {to_text(pql(group("and", city))), "CONNECTOR-1349-400"},
           {to_text(pql(cmp("City", "in", R"("x")"))), "CONNECTOR-1349-400"}, {to_text(pql(cmp("City", "in", "[]"))), "CONNECTOR-1349-400"},
           {to_text(pql(cmp("City", "like", "5"))), "CONNECTOR-1349-400"}, {to_text(pql(cmp("City", "=", "{}"))), "CONNECTOR-1349-400"},
           {to_text(pql(group("=", R"({"nodeType":"literal","value":1},{"nodeType":"literal","value":1})"))), "CONNECTOR-1349-400"}}) {
    const auto filter = read_row_filter(json(row.filter));
    ASSERT_FALSE(filter) << row.filter;
    EXPECT_EQ(filter.error().code, row.code) << row.filter;
  }
  std::string deep = city;
  for (int i = 0; i < 20; ++i) deep = group("not", deep);
  EXPECT_TRUE(read_row_filter(pql(deep)));
  EXPECT_EQ(read_row_filter_text("%%%").error().code, "CONNECTOR-1389-400");
  EXPECT_EQ(read_row_filter_text(to_base64("{")).error().code, "CONNECTOR-1389-400");
  EXPECT_TRUE(read_row_filter_text(to_base64(to_text(pql(city)))));
  EXPECT_TRUE(read_row_filter_text(to_base64url(to_text(pql(city)))));
}

TEST(RowFilter, ResolvesAgainstTheTable) {
  const auto resolve = [](const std::string& value) { return resolved(read_row_filter(pql(value)).value(), contacts()); };
  EXPECT_EQ(resolve(cmp("created_date", ">", R"("2024-01-01T00:00:00Z")")).value().column, "CreatedDate");
  EXPECT_EQ(resolve(group("and", cmp("CITY", "=", R"("x")") + "," + unary("isNull", "visits"))).value().parts[1].column, "Visits");
  EXPECT_EQ(resolve(cmp("Town", "=", R"("x")")).error().code, "CONNECTOR-1378-400");
  for (const std::string& value : {cmp("Visits", "=", R"("many")"), cmp("CreatedDate", ">", "5"), cmp("CreatedDate", ">", R"("soon")"),
                                   cmp("Active", "=", R"("perhaps")"), cmp("Visits", "in", R"([1,"x"])")}) {
    EXPECT_EQ(resolve(value).error().code, "CONNECTOR-1379-400") << value;
  }
}

TEST(RowFilter, LikeKnowsItsTwoSigns) {
  struct Row { std::string_view pattern, text; bool wanted; };
  for (const Row& row : {Row{"%", "", true}, Row{"a%c", "abbc", true}, Row{"a%c", "abbd", false}, Row{"%b%", "abc", true}, Row{"_", "é", true},
                         Row{"__", "é", false}, Row{"%_é", "aaé", true}, Row{"", "", true}, Row{"", "x", false}, Row{"a%b%c", "axxbyybzc", true}}) {
    EXPECT_EQ(matches_like(row.pattern, row.text), row.wanted) << row.pattern << " " << row.text;
  }
}

}  // namespace
}  // namespace foz::flow
