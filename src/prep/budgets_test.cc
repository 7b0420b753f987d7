// Hostile expressions and hostile rows end soon, with an error that names what was too much. Follows: Data Prep contract, 4.7.
// Nothing here looks at a clock: what is not bounded makes the test run for minutes or die.
#include <gmock/gmock.h>

#include "prep/testing.h"

namespace foz::prep {
namespace {

using ::testing::HasSubstr;

/// What the mapping gives for one record: the size of what it wrote, or its warning.
std::string given(const std::string& expression, const Json& record = Json::object()) {
  static const auto target = target_of();
  const std::string source = "=" + expression;
  const Mapped result = mapped(set_of({{source, "score"}}), {record}, target);
  if (!result.problem.empty()) return result.problem;
  if (!result.warnings.empty()) return result.warnings[0];
  return result.records[0].contains("score") ? to_text(result.records[0]["score"]) : "null";
}

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

/// "k0:v,k1:v,…": `count` entries with names of their own.
std::string entries(size_t count, char between) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += (i > 0 ? std::string(1, between) : std::string()) + "k" + std::to_string(i) + (between == '&' ? "=v" : ":v");
  return all;
}

TEST(Budgets, PatternsThatLookFarAhead) {
  const Json record = {{"s", repeated("a", 1'000'000)}};
  EXPECT_THAT(given("size_of(explode(s, \"a(?=.*b)|a(?=.*c)\"))", record), HasSubstr("DPMAP-3103-400"));
  EXPECT_THAT(given("size_of(explode(s, \"(a|aa)+$x\"))", record), HasSubstr("DPMAP-3103-400"));
  EXPECT_THAT(given("size_of(extract_regex(s, \"(a+)+b\"))", record), HasSubstr("DPMAP-3103-400"));
  EXPECT_THAT(given("s =~ \"(.*a){25}b\" ? 1 : 2", record), HasSubstr("DPMAP-3103-400"));
  EXPECT_THAT(given("matches_regex(s, concat(\"((a{1,500}){1,500}\", \"){1,500}\")) ? 1 : 2", record), HasSubstr("DPMAP-3103-400"));
}

TEST(Budgets, PlainPatternsOverLongTexts) {
  EXPECT_EQ(given("size_of(explode(s, \",\"))", {{"s", repeated("ab,", 200'000)}}), "200001.0");
  EXPECT_EQ(given("size_of(explode(s, \"[,;] ?\"))", {{"s", repeated("ab, ", 5'000)}}), "5001.0");
  EXPECT_EQ(given("size_of(split(s, \",;\"))", {{"s", repeated("ab,", 200'000)}}), "200000.0");
}

TEST(Budgets, TextsThatGrow) {
  std::string doubled = "s";
  for (int i = 0; i < 7; ++i) doubled = "concat(" + doubled + "," + doubled + ")";
  EXPECT_THAT(given("size " + doubled, {{"s", repeated("x", 10'000)}}), HasSubstr("the text grew beyond 1 MiB"));
  EXPECT_THAT(given("size lpad(\"a\", 9223372036854775807, \"x\")"), HasSubstr("the text grew beyond 1 MiB"));
  EXPECT_THAT(given("size replacestr(s, \"x\", s)", {{"s", repeated("x", 2000)}}), HasSubstr("the text grew beyond 1 MiB"));
  EXPECT_THAT(given("size join(s, 1..10000)", {{"s", repeated("x", 2000)}}), HasSubstr("the text grew beyond 1 MiB"));
  EXPECT_THAT(given("size transformArray(1..10000, x -> lpad(\"a\", 100000, \"x\"))"), HasSubstr("more memory than a row may have"));
  EXPECT_THAT(given("size transformArray(1..10000, x -> 1..10000)"), HasSubstr("than a row may have"));
}

TEST(Budgets, LambdasInsideLambdas) {
  EXPECT_THAT(given("size transformArray(1..1000, x -> size transformArray(1..1000, y -> size transformArray(1..1000, z -> x * y * z)))"), HasSubstr("more steps than a row may have"));
  EXPECT_THAT(given("size filterArray(1..10000, x -> size filterArray(1..10000, y -> x == y) > 0)"), HasSubstr("more steps than a row may have"));
}

TEST(Budgets, ManyKeysAndLongNeedles) {
  EXPECT_EQ(given("size_of(str_to_object(s, \":\", \",\"))", {{"s", entries(60'000, ',')}}), "60000.0");
  EXPECT_EQ(given("size_of(get_url_query_str(concat(\"http://h/?\", s), \"remove\"))", {{"s", entries(60'000, '&')}}), "60000.0");
  Json objects = Json::array();
  for (int i = 0; i < 30'000; ++i) objects.push_back({{"id", "k" + std::to_string(i)}});
  EXPECT_EQ(given("size_of(array_to_map(o, \"id\"))", {{"o", objects}}), "30000.0");
  EXPECT_THAT(given("size_of(map_get_values(array_to_map(o, \"id\"), transformArray(o, x -> x.id)))", {{"o", objects}}), HasSubstr("more steps than a row may have"));
  EXPECT_EQ(given("size_of(add_to_map(array_to_map(o, \"id\"), array_to_map(o, \"id\")))", {{"o", objects}}), "30000.0");
  const Json record = {{"s", repeated("a", 1'000'000)}, {"t", repeated("a", 500'000) + "b"}};
  EXPECT_EQ(given("instr(s, t)", record), "-1.0");
  EXPECT_EQ(given("size_of(explode(s, t))", record), "1.0");
  EXPECT_EQ(given("size_of(replacestr(s, t, \"\"))", record), "1000000.0");
}

TEST(Budgets, DeepValues) {
  EXPECT_THAT(given("size json_to_object(lpad(\"\", 100000, \"[\"))"), HasSubstr("the text is no JSON"));
  const std::string deep = repeated("[", 60) + repeated("]", 60);
  EXPECT_EQ(given("size_of(json_to_object(s))", {{"s", deep}}), "1.0");
  EXPECT_THAT(given(repeated("(", 5000) + "1"), HasSubstr("longer than 4096"));
  EXPECT_THAT(given(repeated("[", 65) + "1" + repeated("]", 65)), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(given(repeated("upper(", 65) + "s" + repeated(")", 65)), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(given(repeated("-", 65) + "1"), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(given("x" + repeated(".y", 2000)), HasSubstr("null"));
  EXPECT_EQ(given(repeated("1+", 2000) + "1"), "2001.0");
}

/// The error of a run names the mapping: its source columns and its destination.
TEST(Budgets, NameTheMapping) {
  const auto target = target_of();
  const std::vector<SourceColumn> columns = {{.name = "s", .type = engine::Type::string}};
  const Compiled compiled = compile(set_of({{"s", "_id"}, {"=lpad(s, 2000000, \"x\")", "repositoryCreatedBy"}}), columns, target);
  engine::Chunk source, out;
  source.columns.emplace_back(engine::Type::string);
  source.rows = 3;
  for (size_t row = 0; row < 3; ++row) source.columns[0].put(row, engine::Value::of_text("a"));
  RowIssues issues;
  Execution execution(compiled.program, test_context());
  execution.run(source, out, issues);
  ASSERT_EQ(issues.warnings().size(), 1u);
  const Warning& warning = issues.warnings().begin()->second;
  EXPECT_EQ(warning.count, 3u);
  EXPECT_EQ(warning.reason.destination, "repositoryCreatedBy");
  EXPECT_EQ(warning.reason.column, "s");
  EXPECT_EQ(warning.reason.message, "lpad: the text grew beyond 1 MiB (at 1:1)");
}

}  // namespace
}  // namespace foz::prep
