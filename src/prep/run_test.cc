// Rows through programs: shapes, coercion on the way, rules, rejections. Follows: Data Prep contract, 2.5, 2.6, 5.1, 7.
#include "prep/run.h"

#include <gmock/gmock.h>

#include "prep/testing.h"

namespace foz::prep {
namespace {

using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

struct Case {
  const char* name;
  Pairs mappings;
  std::string_view record;
  std::string_view wanted;
};

TEST(Run, ShapesRecords) {
  const auto target = target_of();
  const Case kCases[] = {
      {"an id from a number", {{"id", "_id"}}, R"({"id": 1234})", R"({"_id": "1234"})"},
      {"nested members", {{"f", "person.name.firstName"}, {"l", "person.name.lastName"}}, R"({"f": "Ana", "l": "Reis"})", R"({"person": {"name": {"firstName": "Ana", "lastName": "Reis"}}})"},
      {"a missing attribute is not written", {{"f", "_id"}, {"a.b", "repositoryCreatedBy"}}, R"({"a": {"c": 1}})", "{}"},
      {"nested source", {{"a.b.c", "_id"}}, R"({"a": {"b": {"c": "x"}}})", R"({"_id": "x"})"},
      {"an element", {{"a[1].b", "_id"}}, R"({"a": [{"b": 1}, {"b": 2}]})", R"({"_id": "2"})"},
      {"a name with a blank", {{"${First Name}", "_id"}}, R"({"First Name": "x"})", R"({"_id": "x"})"},
      {"a name as it is", {{"First Name", "_id"}}, R"({"First Name": "x"})", R"({"_id": "x"})"},
      {"a name with a point", {{"${First\\.Name}", "_id"}}, R"({"First.Name": "x"})", R"({"_id": "x"})"},
      {"a name with a point, unescaped", {{"${First.Name}", "_id"}}, R"({"First.Name": "x"})", R"({"_id": "x"})"},
      {"a point inside a nested name", {{"address.street\\.name", "_id"}}, R"({"address": {"street.name": "x"}})", R"({"_id": "x"})"},
      {"a constant", {{"'abc'", "_id"}}, "{}", R"({"_id": "abc"})"},
      {"an expression", {{"=concat(a, \"-\", b)", "_id"}}, R"({"a": 1, "b": "x"})", R"({"_id": "1-x"})"},
      {"an array by index", {{"a", "pi[1].value"}}, R"({"a": "x"})", R"({"pi": [null, {"value": "x"}]})"},
      {"two indices", {{"a", "pi[0].value"}, {"b", "pi[1].value"}, {"c", "pi[0].kind"}}, R"({"a": "x", "b": "y", "c": "z"})", R"({"pi": [{"kind": "z", "value": "x"}, {"value": "y"}]})"},
      {"wildcards on both sides", {{"e[*].n", "pi[*].value"}, {"e[*].k", "pi[*].kind"}}, R"({"e": [{"n": "a", "k": 1}, {"n": "b"}]})", R"({"pi": [{"kind": "1", "value": "a"}, {"value": "b"}]})"},
      {"a wildcard to an object keeps the name", {{"e[*].name", "pi[*].names"}}, R"({"e": [{"name": "a"}, {"name": "b"}]})", R"({"pi": [{"names": {"name": "a"}}, {"names": {"name": "b"}}]})"},
      {"a source wildcard gives an array", {{"e[*].n", "tags"}}, R"({"e": [{"n": "a"}, {"n": 2}]})", R"({"tags": ["a", "2"]})"},
      {"a destination wildcard takes a single value", {{"n", "pi[*].value"}}, R"({"n": "a"})", R"({"pi": [{"value": "a"}]})"},
      {"a single value is one element", {{"n", "tags"}}, R"({"n": 5})", R"({"tags": ["5"]})"},
      {"arrays element by element", {{"n", "numbers"}}, R"({"n": ["1", 2, 3.0]})", R"({"numbers": [1, 2, 3]})"},
      {"an object by common members", {{"p", "person.name"}}, R"({"p": {"firstName": "A", "lastName": 5, "other": 1}})", R"({"person": {"name": {"firstName": "A", "lastName": "5"}}})"},
      {"single mappings override the object, whatever the order", {{"x", "person.name.firstName"}, {"p", "person.name"}}, R"({"x": "X", "p": {"firstName": "A", "lastName": "B"}})",
       R"({"person": {"name": {"firstName": "X", "lastName": "B"}}})"},
      {"an object that is missing", {{"p", "person.name"}, {"x", "person.name.firstName"}}, R"({"x": "X"})", R"({"person": {"name": {"firstName": "X"}}})"},
      {"map entries", {{"a", "labels.one"}, {"b", "labels.two"}}, R"({"a": 1, "b": null})", R"({"labels": {"one": "1"}})"},
      {"a whole map", {{"m", "labels"}}, R"({"m": {"k": 1, "l": "x"}})", R"({"labels": {"k": "1", "l": "x"}})"},
      {"a map by an expression", {{"=to_map(\"k\", a)", "labels"}}, R"({"a": 1})", R"({"labels": {"k": "1"}})"},
      {"an object by an expression", {{"=to_object(\"firstName\", a)", "person.name"}}, R"({"a": 1})", R"({"person": {"name": {"firstName": "1"}}})"},
      {"the last of two mappings wins", {{"a", "_id"}, {"b", "_id"}}, R"({"a": 1, "b": 2})", R"({"_id": "2"})"},
      {"dates", {{"d", "person.birthDate"}, {"t", "createdAt"}, {"f", "person.name.firstName"}}, R"({"d": "2020-02-29", "t": "2020-04-15T23:34:21.034Z", "f": "A"})",
       R"({"createdAt": "2020-04-15T23:34:21.034Z", "person": {"birthDate": "2020-02-29", "name": {"firstName": "A"}}})"},
      {"variables in texts", {{"=concat(a, \"@${CRM_ORG_ID}.Salesforce\")", "_id"}}, R"({"a": 1})", R"({"_id": "1@org1.Salesforce"})"},
      {"text yes", {{"a", "active"}}, R"({"a": "Yes"})", R"({"active": true})"},
  };
  for (const Case& c : kCases) {
    const Mapped result = mapped(set_of(c.mappings), {parsed(c.record)}, target);
    ASSERT_EQ(result.problem, "") << c.name;
    EXPECT_EQ(to_text(result.records[0]), to_text(parsed(c.wanted))) << c.name;
    EXPECT_THAT(result.warnings, ::testing::IsEmpty()) << c.name;
  }
}

TEST(Run, CountsFieldErrorsAndGoesOn) {
  const auto target = target_of();
  struct ErrorCase {
    Pairs mappings;
    std::string_view record, wanted;
  };
  const ErrorCase kCases[] = {
      {{{"a", "count"}}, R"({"a": "12.6"})", "0 DPMAP-3101-400 x1: the text is no whole number"},
      {{{"a", "count"}}, R"({"a": 2147483648})", "0 DPMAP-3102-400 x1: the number is out of the range of the target type"},
      {{{"a", "active"}}, R"({"a": "maybe"})", "0 DPMAP-3101-400 x1: the text is no boolean (y, yes, on, true, n, no, off, false)"},
      {{{"=1 / a", "count"}}, R"({"a": 0})", "0 DPMAP-3103-400 x1: /: division by zero (at 1:3)"},
      {{{"=a + 1", "count"}}, R"({})", "0 DPMAP-3103-400 x1: +: an operand is null (at 1:3)"},
      {{{"a", "_id"}}, R"({"a": {"b": 1}})", "0 DPMAP-3104-400 x1: an object or an array cannot become a text (an expression can take it apart)"},
      {{{"a", "numbers"}}, R"({"a": [1, "x"]})", "0 DPMAP-3101-400 x1: the text is no whole number"},
      {{{"=concat(\"${NOBODY}\")", "_id"}}, "{}", "0 DPMAP-3103-400 x1: text: the text holds a ${variable} that this run does not know (at 1:8)"},
  };
  for (const ErrorCase& c : kCases) {
    const Mapped result = mapped(set_of(c.mappings), {parsed(c.record)}, target);
    ASSERT_EQ(result.problem, "") << c.wanted;
    EXPECT_EQ(result.warnings, std::vector<std::string>{std::string(c.wanted)});
    EXPECT_THAT(result.rejections, ::testing::IsEmpty()) << c.wanted;
  }
}

TEST(Run, RejectsRowsThatBreakTheSchema) {  // 7
  const auto target = target_of();
  struct RuleCase {
    const char* name;
    Pairs mappings;
    std::string_view record;
    std::vector<std::string> wanted;
  };
  const RuleCase kCases[] = {
      {"enum", {{"g", "person.gender"}, {"g", "person.name.firstName"}}, R"({"g": "other"})", {"0 INGEST-1557-400 person.gender: person.gender is not one of female, male"}},
      {"length", {{"l", "person.name.lastName"}}, R"({"l": "abcdefghijk"})", {"0 INGEST-1557-400 person.name.lastName: person.name.lastName is longer than 10 characters"}},
      {"format", {{"e", "personalEmail.address"}}, R"({"e": "no mail"})", {"0 INGEST-1557-400 personalEmail.address: personalEmail.address is not an e-mail address"}},
      {"bounds", {{"a", "age"}}, R"({"a": 151})", {"0 INGEST-1557-400 age: age is above 150"}},
      {"an element that breaks nothing", {{"t", "tags"}}, R"({"t": ["a", "b", "c"]})", {}},
      {"too many elements", {{"t", "tags"}}, R"({"t": [1, 2, 3, 4]})", {"0 INGEST-1557-400 tags: tags has more than 3 items"}},
      {"a required member of an object that is there", {{"g", "person.gender"}}, R"({"g": "male"})", {"0 INGEST-1555-400 person.name: A required field is missing or null: person.name"}},
      {"no object, no required member", {{"g", "person.gender"}}, R"({"x": 1})", {}},
      {"inside arrays", {{"k", "pi[0].kind"}}, R"({"k": 1})", {"0 INGEST-1555-400 pi[0].value: A required field is missing or null: pi[0].value"}},
      {"an element that is null", {{"v", "pi[1].value"}}, R"({"v": 1})", {}},
      {"two reasons", {{"a", "age"}, {"e", "personalEmail.address"}}, R"({"a": -1, "e": "x"})",
       {"0 INGEST-1557-400 age: age is below 0", "0 INGEST-1557-400 personalEmail.address: personalEmail.address is not an e-mail address"}},
  };
  for (const RuleCase& c : kCases) {
    const Mapped result = mapped(set_of(c.mappings), {parsed(c.record)}, target);
    ASSERT_EQ(result.problem, "") << c.name;
    EXPECT_EQ(result.rejections, c.wanted) << c.name;
  }
}

TEST(Run, RequiresMembersOfTheRoot) {  // 9.1, 28
  const auto target = target_of(R"({"required": ["_id"], "properties": {"_id": {"type": "string"}, "born": {"type": "string", "format": "date"}, "at": {"type": "object", "required": ["born"],
      "properties": {"born": {"type": "string", "format": "date"}, "note": {"type": "string"}}}}})");
  const Mapped result = mapped(set_of({{"id", "_id"}, {"b", "at.born"}, {"n", "at.note"}}),
                               {parsed(R"({"id": 1, "b": "2020-01-01", "n": "x"})"), parsed(R"({"id": null, "b": "2020-01-01"})"), parsed(R"({"id": 2, "b": "junk", "n": "x"})"), parsed(R"({"id": 3})")}, target);
  EXPECT_EQ(result.rejections, (std::vector<std::string>{"1 INGEST-1555-400 _id: A required field is missing or null: _id",
                                                         "2 INGEST-1555-400 at.born: A required field is missing or null: at.born"}));
  EXPECT_EQ(result.warnings, std::vector<std::string>{"1 DPMAP-3101-400 x1: the text has none of the known date formats"});
  const Mapped unmapped = mapped(set_of({{"b", "born"}}), {parsed(R"({"b": "2020-01-01"})")}, target);
  EXPECT_EQ(unmapped.rejections, std::vector<std::string>{"0 INGEST-1555-400 _id: A required field is missing or null: _id"});
}

TEST(Run, StrictSetsRejectRowsWithFieldErrors) {  // 7.1
  const auto target = target_of();
  MappingSet set = set_of({{"a", "count"}, {"=1 / b", "age"}, {"c", "score"}});
  set.strict_mapping = true;
  const Mapped result = mapped(set, {parsed(R"({"a": "x", "b": 1, "c": 1})"), parsed(R"({"a": "1", "b": 0, "c": 9007199254740993})"), parsed(R"({"a": 1, "b": 1})")}, target);
  EXPECT_EQ(result.rejections, (std::vector<std::string>{"0 MAPPER-3700-400 count: DPMAP-3101-400: the text is no whole number",
                                                         "1 MAPPER-3700-400 age: DPMAP-3103-400: /: division by zero (at 1:3)",
                                                         "1 MAPPER-3700-400 score: DPMAP-3102-400: the number has more digits than a double can hold"}));
  EXPECT_THAT(result.warnings, ::testing::IsEmpty());
}

TEST(Run, CountsLostPrecisionAndKeepsTheValue) {
  const auto target = target_of();
  const Mapped result = mapped(set_of({{"c", "score"}}), {parsed(R"({"c": 9007199254740993})"), parsed(R"({"c": 1})")}, target);
  EXPECT_EQ(result.warnings, std::vector<std::string>{"0 DPMAP-3102-400 x1: the number has more digits than a double can hold"});
  EXPECT_EQ(result.records[0]["score"], 9007199254740992.0);
}

TEST(Run, FilesIdentities) {  // 2.6
  const auto target = target_of();
  MappingSet set = set_of({{"mail", "personalEmail.address"}, {"crm", "_id"}, {"other", "repositoryCreatedBy"}});
  set.mappings[0].identity = true;
  set.mappings[0].namespace_code = "Email";
  set.mappings[0].primary_identity = true;
  set.mappings[1].identity = true;
  set.mappings[1].identity_group = "CRMID";
  set.mappings[2].identity = true;  // no namespace: nothing more happens
  const Mapped result = mapped(set, {parsed(R"({"mail": "a@b.pt", "crm": 7, "other": "x"})"), parsed(R"({"mail": "", "other": "x"})")}, target);
  EXPECT_EQ(to_text(result.records[0]["identityMap"]), R"({"Email":[{"id":"a@b.pt","primary":true}],"CRMID":[{"id":"7","primary":false}]})");
  EXPECT_FALSE(result.records[1].contains("identityMap"));

  const auto plain = target_of(R"({"properties": {"_id": {"type": "string"}}})");
  MappingSet one = set_of({{"crm", "_id"}});
  one.mappings[0].identity = true;
  one.mappings[0].namespace_code = "CRMID";
  EXPECT_EQ(to_text(mapped(one, {parsed(R"({"crm": 7})")}, plain).records[0]), R"({"_id":"7"})");
}

TEST(Run, FilesAnIdentityAsItWasWritten) {
  const auto target = target_of();
  MappingSet set = set_of({{"=uuid()", "_id"}, {"=1 / n", "count"}});
  for (Mapping& mapping : set.mappings) mapping.identity = true, mapping.namespace_code = "X";
  SeededRandom random(1);
  RunContext context = test_context();
  context.random = &random;
  const Mapped result = mapped(set, {parsed(R"({"n": 0})"), parsed(R"({"n": 1})")}, target, nullptr, {}, context);
  EXPECT_EQ(result.records[0]["identityMap"]["X"][0]["id"], result.records[0]["_id"]);
  EXPECT_EQ(result.records[0]["identityMap"]["X"].size(), 1u);
  EXPECT_EQ(result.records[1]["identityMap"]["X"][1]["id"], "1");
  EXPECT_EQ(result.warnings, std::vector<std::string>{"1 DPMAP-3103-400 x1: /: division by zero (at 1:3)"});  // once, not twice
}

TEST(Run, ReadsTypedColumns) {
  const auto target = target_of();
  const std::vector<SourceColumn> columns = {{.name = "text", .type = engine::Type::string},     {.name = "yes", .type = engine::Type::boolean}, {.name = "whole", .type = engine::Type::integer},
                                             {.name = "exact", .type = engine::Type::decimal},   {.name = "number", .type = engine::Type::number}, {.name = "at", .type = engine::Type::timestamp},
                                             {.name = "raw", .type = engine::Type::string, .json = true}};
  const auto compiled = compile(set_of({{"text", "_id"}, {"yes", "active"}, {"whole", "big"}, {"exact", "score"}, {"at", "createdAt"}, {"at", "repositoryCreatedBy"}, {"whole", "tiny"}, {"raw", "person.name.firstName"},
                                        {"=number * 2", "count"}, {"=concat(text, whole)", "person.name.lastName"}}), columns, target);
  ASSERT_TRUE(compiled.program) << to_error(compiled.mistakes).message;
  EXPECT_EQ(compiled.program->columns_read(), (std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6}));
  engine::Chunk source, out;
  for (const SourceColumn& column : columns) source.columns.emplace_back(column.type);
  Execution execution(compiled.program, test_context());
  RowIssues issues;
  for (int round = 0; round < 3; ++round) {  // columns are used again; what was shown before must not shine through
    source.rows = 2;
    source.arena.clear();
    const std::string text = "row" + std::to_string(round);
    source.columns[0].put(0, engine::Value::of_text(source.arena.keep(text)));
    source.columns[1].put(0, engine::Value::of_boolean(round == 1));
    source.columns[2].put(0, engine::Value::of_integer(100 * round));
    source.columns[3].put(0, engine::Value::of_decimal(source.arena, {.unscaled = 125, .scale = 1}));
    source.columns[4].put(0, engine::Value::of_number(2.0 * round));
    source.columns[5].put(0, engine::Value::of_timestamp(1586993661034000));
    source.columns[6].put(0, engine::Value::of_text("[1]"));
    for (engine::Column& column : source.columns) column.set_null(1);
    execution.run(source, out, issues);
    const std::string wanted = R"({"_id":")" + text + R"(","active":)" + (round == 1 ? "true" : "false") + R"(,"big":)" + std::to_string(100 * round) + R"(,"count":)" + std::to_string(4 * round) +
                               R"(,"createdAt":"2020-04-15T23:34:21.034Z","person":{"name":{"firstName":"[1]","lastName":")" + text + std::to_string(100 * round) +
                               R"("}},"repositoryCreatedBy":"2020-04-15T23:34:21.034Z","score":12.5)" + (round == 2 ? "" : R"(,"tiny":)" + std::to_string(100 * round)) + "}";
    EXPECT_EQ(to_text(record_json(compiled.program->layout(), out, 0)), to_text(parsed(wanted)));
    EXPECT_EQ(to_text(record_json(compiled.program->layout(), out, 1)), "{}");
  }
  EXPECT_EQ(issues.warning_count(), 4u);  // 200 is no byte; null * 2 in each second row
}

TEST(Run, CopiesJsonTextToTextsOnly) {  // 5.1
  const auto target = target_of();
  const std::vector<SourceColumn> columns = {{.name = "raw", .type = engine::Type::string, .json = true}};
  const auto compiled = compile(set_of({{"raw", "count"}, {"raw", "tags"}, {"raw", "_id"}}), columns, target);
  ASSERT_TRUE(compiled.program);
  EXPECT_EQ(std::count_if(compiled.mistakes.begin(), compiled.mistakes.end(), [](const Mistake& one) { return one.severity == Severity::unusable; }), 2);
  engine::Chunk source, out;
  source.columns.emplace_back(engine::Type::string);
  source.rows = 1;
  source.columns[0].put(0, engine::Value::of_text("5"));
  RowIssues issues;
  Execution(compiled.program, test_context()).run(source, out, issues);
  EXPECT_EQ(to_text(record_json(compiled.program->layout(), out, 0)), R"({"_id":"5"})");
  EXPECT_EQ(issues.warning_count(), 2u);
}

TEST(Run, KeepsAHundredExamples) {
  const auto target = target_of();
  std::vector<Json> records;
  for (int i = 0; i < 500; ++i) records.push_back({{"a", i % 2 == 0 ? Json("x") : Json(i)}});
  const std::vector<SourceColumn> columns = columns_of_records(records);
  const auto compiled = compile(set_of({{"a", "count"}}), columns, target);
  Execution execution(compiled.program, test_context());
  engine::Chunk source, out;
  fill_chunk(source, columns, records);
  std::vector<RowPosition> positions;
  for (uint32_t i = 0; i < 500; ++i) positions.push_back({.page = 3, .row = i});
  RowIssues issues, all;
  execution.run(source, out, issues, positions);
  EXPECT_EQ(issues.warning_count(), 250u);
  ASSERT_EQ(issues.examples().size(), RowIssues::kExamplesMax);
  EXPECT_EQ(issues.examples()[1].position.page, 3u);
  EXPECT_EQ(issues.examples()[1].position.row, 2u);
  EXPECT_EQ(issues.examples()[1].reason.column, "a");
  EXPECT_EQ(issues.examples()[1].reason.destination, "count");
  all.merge_warnings(issues);
  all.merge_warnings(issues);
  EXPECT_EQ(all.warning_count(), 500u);
  EXPECT_EQ(all.examples().size(), RowIssues::kExamplesMax);
}

TEST(Run, MakesIdsThatAReplayRepeats) {  // Q10
  const auto target = target_of();
  const std::vector<SourceColumn> columns;
  const auto compiled = compile(set_of({{"=uuid()", "_id"}, {"=uuid()", "repositoryCreatedBy"}}), columns, target);
  const auto ids = [&](std::string replay_id, uint32_t page) {
    SeededRandom random(5);
    RunContext context = test_context();
    context.random = &random;
    context.replay_id = std::move(replay_id);
    engine::Chunk source, out;
    source.rows = 2;
    RowIssues issues;
    const RowPosition positions[] = {{page, 0}, {page, 1}};
    Execution(compiled.program, context).run(source, out, issues, positions);
    EXPECT_EQ(issues.warning_count(), 0u);
    return to_text(record_json(compiled.program->layout(), out, 0)) + to_text(record_json(compiled.program->layout(), out, 1));
  };
  EXPECT_EQ(ids("flow", 1), ids("flow", 1));
  EXPECT_NE(ids("flow", 1), ids("flow", 2));
  EXPECT_NE(ids("flow", 1), ids("flow2", 1));
  const std::string random_ids = ids("", 1);
  EXPECT_EQ(random_ids.size(), ids("flow", 1).size());
  const Json row = parsed(ids("flow", 1).substr(0, random_ids.size() / 2));
  EXPECT_NE(row["_id"], row["repositoryCreatedBy"]);
}

TEST(Layout, HoldsWhatIsWrittenWithItsIds) {
  auto target = target_of();
  registry::IdTable ids;
  registry::assign_ids(target, ids);
  const std::vector<SourceColumn> columns = {{.name = "a"}};
  const auto compiled = compile(set_of({{"a", "person.name.lastName"}, {"a", "tags"}, {"a", "pi[0].value"}}), columns, target);
  const Layout& root = compiled.program->layout();
  ASSERT_EQ(root.children.size(), 3u);
  EXPECT_EQ(root.children[0].name, "person");
  EXPECT_EQ(root.children[0].output, -1);
  EXPECT_EQ(root.children[0].children[0].children[0].name, "lastName");
  EXPECT_EQ(root.children[0].children[0].children[0].id, target.at("person.name.lastName")->id);
  EXPECT_EQ(to_field(root.children[1]), registry::to_field(*target.at("pi")));
  EXPECT_EQ(compiled.program->outputs()[static_cast<size_t>(root.children[1].output)].path, "pi");
}

}  // namespace
}  // namespace foz::prep
