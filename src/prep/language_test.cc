// Expressions and what they give. Follows: Data Prep contract, 4.2 to 4.8, 9.1.
#include <gtest/gtest.h>

#include "prep/evaluate.h"
#include "prep/operators.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

constexpr std::string_view kRecord = R"({"s": "12", "t": "abc", "e": "", "n": 5, "d": 2.5, "yes": true, "no": false, "a": [1, 2, "x"], "o": {"k": "v", "deep": [{"x": 1}, {"x": 2}]},
  "state": "pa", "gendercode": "1", "genderCode": "2", "total_consents": 6000, "AccountId": "001", "firstName": "Ana", "lastName": "Reis", "orderDate": "2020-01-02",
  "mapObject": {"keyName": "VALUE"}, "First Name": "wrapped", "new": "reserved"})";

std::string given(std::string_view expression, Arithmetic arithmetic = Arithmetic::strict) {
  const auto evaluation = Evaluation::of(expression, parsed(kRecord), test_context(), {.arithmetic = arithmetic});
  if (!evaluation) return "invalid: " + evaluation.error().message;
  if (!evaluation->problem().empty()) return "error";
  return to_text(json_of(evaluation->value()));
}

struct Case { std::string_view expression, wanted; };

TEST(Language, Operators) {  // 4.4
  constexpr Case kCases[] = {
      {"7 / 2", "3"}, {"7 / 2.0", "3.5"}, {"-7 % 4", "1"}, {"-7 % -4", "1"}, {"7 % -4", "3"}, {"2147483647 + 1", "2147483648"}, {"9223372036854775807 + 1 == 9223372036854775808", "true"},
      {"0.1b + 0.2b", "0.3"}, {"0.1b + 0.2b == 0.3b", "true"}, {"\"a\" + 1", "\"a1\""}, {"\"1\" + 2", "\"12\""}, {"1 + \"2\"", "\"12\""}, {"s * 2", "24"}, {"\"1.5\" * 2", "3.0"}, {"\"abc\" * 2", "error"},
      {"-\"5\"", "error"}, {"1 / 0", "error"}, {"3 % 0", "error"}, {"1 / 0.0", "error"}, {"1 == 1.0", "true"}, {"\"1\" == 1", "true"}, {"true == \"true\"", "true"}, {"true == \"yes\"", "true"},
      {"false == \"\"", "true"}, {"\"1.0\" == 1", "error"}, {"\"a\" == 1", "error"}, {"\"10\" < 9", "false"}, {"\"10\" < \"9\"", "true"}, {"null == null", "true"}, {"null == \"\"", "false"},
      {"null == 0", "false"}, {"null < 1", "false"}, {"1 > null", "false"}, {"null <= null", "true"}, {"null >= null", "true"}, {"null < null", "false"}, {"null != 1", "true"},
      {"\"abc\" =~ \"a.c\"", "true"}, {"\"abc\" =~ \"b\"", "false"}, {"\"abc\" !~ \"b\"", "true"}, {"\"a\" =~ [\"a\", \"b\"]", "true"}, {"\"k\" =~ {\"k\": 1}", "true"}, {"\"c\" =~ [\"a\"]", "false"},
      {"2 =~ [1, 2]", "true"}, {"t =^ \"ab\"", "true"}, {"t =$ \"bc\"", "true"}, {"t !^ \"x\"", "true"}, {"t !$ \"bc\"", "false"}, {"null =^ \"a\"", "false"}, {"null =^ null", "true"}, {"null =~ [null]", "false"}, {"null !~ [1]", "true"},
      {"empty null", "true"}, {"empty \"\"", "true"}, {"empty 0", "true"}, {"empty []", "true"}, {"empty {:}", "true"}, {"empty \"0\"", "false"}, {"empty missing", "true"},
      {"size \"äbc\"", "3"}, {"size [1, 2]", "2"}, {"size {\"a\": 1}", "1"}, {"size null", "0"}, {"!\"0\"", "false"}, {"!\"false\"", "true"}, {"!0", "true"}, {"!\"\"", "true"}, {"!NaN", "true"},
      {"5 & 3", "1"}, {"5 | 3", "7"}, {"5 ^ 3", "6"}, {"~5", "-6"}, {"-n", "-5"}, {"5 / 2 * 2", "4"}, {"1..3", "[1,2,3]"}, {"3..1", "[1,2,3]"},
      {"(0.1b / 31) * 2147483647 > 6927366.6", "true"}, {"1.0b / 3 * 3 < 1", "true"}, {"1000000000000000000000000000000000000 * 1000", "error"}, {"d + n", "7.5"}, {"n - 7", "-2"}, {"a + 1", "error"}, {"o - 1", "error"},
      {"date(\"2020-01-02\") > date(\"2020-01-01\")", "true"}, {"date(\"2020-01-01\") == date(\"2020-01-01T00:00:00Z\")", "true"},
  };
  for (const Case& c : kCases) EXPECT_EQ(given(c.expression), c.wanted) << c.expression;
}

TEST(Language, LenientArithmetic) {  // 4.5
  constexpr Case kCases[] = {
      {"null + null", "0"}, {"null + 1", "1"}, {"\"1\" + 2", "3"}, {"\"1\" + \"2\"", "\"12\""}, {"\"a\" + 2", "\"a2\""}, {"1 / 0", "0.0"}, {"!null", "true"}, {"null * 5", "0"},
  };
  for (const Case& c : kCases) EXPECT_EQ(given(c.expression, Arithmetic::lenient), c.wanted) << c.expression;
}

TEST(Language, StrictNullsAndBooleans) {  // 4.5
  constexpr Case kCases[] = {
      {"null + 1", "error"}, {"1 - null", "error"}, {"null * null", "error"}, {"!null", "error"}, {"-null", "error"}, {"null && true", "false"}, {"null || true", "true"}, {"true && null", "false"},
      {"false && 1 / 0", "false"}, {"true || 1 / 0", "true"}, {"missing && missing.x", "false"}, {"missing != null && missing != \"\"", "false"}, {"yes && n", "true"},
      {"false or true and false", "false"},
  };
  for (const Case& c : kCases) EXPECT_EQ(given(c.expression), c.wanted) << c.expression;
}

TEST(Language, NamesAndNavigation) {  // 4.1
  constexpr Case kCases[] = {
      {"o.k", "\"v\""}, {"o['k']", "\"v\""}, {"o[\"k\"]", "\"v\""}, {"o.get(\"k\")", "\"v\""}, {"a[1]", "2"}, {"a.1", "2"}, {"a[9]", "null"}, {"a[-1]", "null"}, {"o.missing.more", "null"}, {"missing", "null"},
      {"missing[0].x", "null"}, {"n.x", "null"}, {"${First Name}", "\"wrapped\""}, {"${new}", "\"reserved\""}, {"o.deep[*].x", "[1,2]"}, {"o.deep[0].x + o.deep[1].x", "3"},
      {"a[n - 4]", "2"}, {"o[concat(\"k\")]", "\"v\""}, {"json_to_object(\"{\\\"q\\\":[{\\\"z\\\":7}]}\").q[0].z", "7"}, {"str_to_object(\"a:1\").a", "\"1\""}, {"[[1, 2], [3]][0][1]", "2"},
      {"transformArray(o.deep, e -> e.x * n)", "[5,10]"}, {"filterArray(a, x -> x == n - 4)", "error"}, {"transformArray(a, n -> n)", "[1,2,\"x\"]"},
      {"`a${n}b${t}`", "\"a5babc\""}, {"`${missing}`", "\"\""}, {"\"@${CRM_ORG_ID}\"", "\"@org1\""}, {"{1, 2, 1}", "[1,2]"}, {"{\"a\": n}.a", "5"},
  };
  for (const Case& c : kCases) EXPECT_EQ(given(c.expression), c.wanted) << c.expression;
}

TEST(Language, Choices) {
  constexpr Case kCases[] = {
      {"n > 3 ? \"big\" : \"small\"", "\"big\""}, {"yes ? 1 : 1 / 0", "1"}, {"missing ?: \"none\"", "\"none\""}, {"e ?: \"none\"", "\"none\""}, {"0 ?: 1", "1"}, {"n ?: 1", "5"}, {"null ?: null", "null"},
      {"no ? 1 : yes ? 2 : 3", "2"}, {"coalesce(missing, e, n)", "\"\""}, {"iif(no, n / 0, t)", "\"abc\""}, {"iif(n / 0, 1, 2)", "error"},
      {"decode(state, \"ca\", \"California\", \"pa\", \"Pennsylvania\", \"N/A\")", "\"Pennsylvania\""}, {"decode(n, 5, 1 / 0)", "error"}, {"decode(n, 6, 1 / 0, \"ok\")", "\"ok\""},
  };
  for (const Case& c : kCases) EXPECT_EQ(given(c.expression), c.wanted) << c.expression;
}

TEST(Language, PublishedExpressions) {  // 4.5
  constexpr Case kCases[] = {
      {"iif(AccountId != null && AccountId != \"\", to_object(\"sourceType\", \"Salesforce\", \"sourceInstanceID\", \"${CRM_ORG_ID}\",\n"
       "    \"sourceKey\", concat(AccountId,\"@${CRM_ORG_ID}.Salesforce\")), null)",
       R"({"sourceType":"Salesforce","sourceInstanceID":"org1","sourceKey":"001@org1.Salesforce"})"},
      {"decode(genderCode, \"1\", \"Male\", \"2\", \"Female\", \"default\")", "\"Female\""},
      {"iif(gendercode.equals(\"1\"), \"Male\", iif(gendercode.equals(\"2\"), \"Female\", \"not_specified\"))", "\"Male\""},
      {"iif(total_consents > 5000, true, false)", "true"},
      {"concat(upper(lastName), upper(firstName), now())", "\"REISANA2024-05-06T07:08:09Z\""},
      {"lower(map_get_values(mapObject, 'keyName'))", "\"value\""},
      {"date(orderDate, \"yyyy-MM-dd\", now())", "\"2020-01-02T00:00:00Z\""},
      {"date(missing, \"yyyy-MM-dd\", now())", "\"2024-05-06T07:08:09Z\""},
      {"join(\" \", to_array(true, firstName, lastName))", "\"Ana Reis\""},
      {"contains_key(\"o.k\")", "true"},
      {"contains_key(o.missing)", "false"},
  };
  for (const Case& c : kCases) EXPECT_EQ(given(c.expression), c.wanted) << c.expression;
}

TEST(Language, Limits) {  // 4.7
  EXPECT_EQ(given("lpad(\"a\", 2000000, \"x\")"), "error");
  EXPECT_EQ(given("size lpad(\"a\", 1000000, \"x\")"), "1000000");
  EXPECT_EQ(given("matches_regex(lpad(\"b\", 30, \"a\"), \"(a|aa)+\")"), "error");  // the steps of a pattern are counted
  EXPECT_EQ(given("size (1..10000)"), "10000");
  EXPECT_EQ(given("1..10001"), "error");
  EXPECT_EQ(given("size transformArray(1..5000, x -> size (transformArray(1..5000, y -> x)))"), "error");  // the steps of a row are
  EXPECT_TRUE(given("matches_regex(t, \"" + std::string(1025, 'a') + "\")").starts_with("invalid"));
}

}  // namespace
}  // namespace foz::prep
