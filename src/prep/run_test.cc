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

}  // namespace
}  // namespace foz::prep
