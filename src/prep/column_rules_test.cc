// The glance at a column agrees with the close look at each value.
#include "prep/column_rules.h"

#include <gtest/gtest.h>

#include <limits>

#include "prep/testing.h"
#include "registry/validate.h"

namespace foz::prep {
namespace {

/// Rows that a run rejects of a column copied to a field with `rules`; the column is the field's own type.
std::vector<size_t> rejected(std::string_view rules, engine::Type type, const std::vector<engine::Value>& values) {
  const auto target = target_of(R"({"properties": {"x": {)" + std::string(rules) + "}}}");
  const std::vector<SourceColumn> columns = {{.name = "x", .type = type}};
  const Compiled compiled = compile(set_of({{"x", "x"}}), columns, target);
  engine::Chunk source, out;
  source.columns.emplace_back(type);
  source.rows = values.size();
  for (size_t row = 0; row < values.size(); ++row) source.columns[0].put(row, values[row]);
  RowIssues issues;
  Execution execution(compiled.program, test_context());
  execution.run(source, out, issues);
  std::vector<size_t> rows;
  for (size_t row = 0; row < values.size(); ++row) {
    if (issues.is_rejected(row)) rows.push_back(row);
  }
  return rows;
}

/// The same, by the rules of one value at a time.
template <class Read>
std::vector<size_t> broken(std::string_view rules, const std::vector<engine::Value>& values, Read read) {
  const auto target = target_of(R"({"properties": {"x": {)" + std::string(rules) + "}}}");
  const auto& own = target.member("x")->rules;
  std::vector<size_t> rows;
  for (size_t row = 0; row < values.size(); ++row) {
    if (own && !values[row].is_null() && registry::broken_keyword(*own, read(values[row]))) rows.push_back(row);
  }
  return rows;
}

TEST(ColumnRules, TextsAtTheEdges) {
  const std::vector<engine::Value> values = {engine::Value::of_text(""), engine::Value::of_text("a"), engine::Value::of_text("ab"), engine::Value::of_text("abc"), engine::Value::of_text("abcd"),
                                             engine::Value::of_text("äöü"), engine::Value::of_text("äöüß"), engine::Value::of_text("😀"), engine::Value::of_text("😀😀"), engine::Value::of_text("a@b"), {}};
  for (const std::string_view rule : {R"("maxLength": 3)", R"("minLength": 2)", R"("minLength": 2, "maxLength": 3)", R"("maxLength": 0)", R"("enum": ["a", "äöü"])", R"("format": "email")", R"("pattern": "^a")",
                                      R"("pattern": "^a", "maxLength": 2)", R"("minLength": 1, "format": "email")"}) {
    const std::string rules = R"("type": "string", )" + std::string(rule);
    EXPECT_EQ(rejected(rules, engine::Type::string, values), broken(rules, values, [](const engine::Value& value) { return value.as_text(); })) << rule;
  }
}

TEST(ColumnRules, NumbersAtTheEdges) {
  std::vector<engine::Value> integers, numbers = {{}};
  for (const int64_t edge : {int64_t{0}, int64_t{5}, int64_t{1} << 53, -(int64_t{1} << 53), INT64_MAX, INT64_MIN}) {
    for (int64_t step = -2; step <= 2; ++step) {
      if ((edge == INT64_MAX && step > 0) || (edge == INT64_MIN && step < 0)) continue;
      integers.push_back(engine::Value::of_integer(edge + step));
      numbers.push_back(engine::Value::of_number(static_cast<double>(edge) + static_cast<double>(step) / 2));
    }
  }
  for (const std::string_view rule : {R"("minimum": 0)", R"("maximum": 5)", R"("minimum": 0.5, "maximum": 4.5)", R"("exclusiveMinimum": 0, "exclusiveMaximum": 5)", R"("minimum": -9007199254740991, "maximum": 9007199254740991)",
                                      R"("minimum": 9007199254740993)", R"("enum": [0, 5, 7])", R"("minimum": 7, "maximum": 3)", R"("minimum": -1e300, "maximum": 1e300)"}) {
    const std::string whole = R"("type": "integer", "meta:xdmType": "long", )" + std::string(rule), any = R"("type": "number", )" + std::string(rule);
    EXPECT_EQ(rejected(whole, engine::Type::integer, integers), broken(whole, integers, [](const engine::Value& value) { return value.integer; })) << rule;
    EXPECT_EQ(rejected(any, engine::Type::number, numbers), broken(any, numbers, [](const engine::Value& value) { return value.number; })) << rule;
  }
}

}  // namespace
}  // namespace foz::prep
