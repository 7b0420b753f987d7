// Follows: Data Prep contract, 4.2, 4.3, 4.7.
#include <gtest/gtest.h>

#include "prep/calls.h"
#include "prep/compile.h"
#include "prep/tree.h"

namespace foz::prep {
namespace {

std::string printed(std::string_view expression) {
  const auto tree = parse(expression);
  return tree ? print(*tree) : "error " + tree.error().where + " " + tree.error().message;
}

TEST(Parser, BindsAsTheTableSays) {  // 4.3
  struct Case { std::string_view text, wanted; };
  constexpr Case kCases[] = {
      {"1 + 2 * 3", "(1 + (2 * 3))"},
      {"1 - 2 - 3", "((1 - 2) - 3)"},
      {"a || b && c", "(a || (b && c))"},
      {"a | b ^ c & d", "(a | (b ^ (c & d)))"},
      {"a & b == c", "(a & (b == c))"},
      {"a == b < c", "(a == (b < c))"},
      {"a < b + c", "(a < (b + c))"},
      {"-a * b", "((- a) * b)"},
      {"!a && b", "((! a) && b)"},
      {"not a and b", "((! a) && b)"},
      {"empty a || b", "((empty a) || b)"},
      {"size a > 1", "((size a) > 1)"},
      {"a ? b : c ? d : e", "(a ? b : (c ? d : e))"},
      {"a ?: b ?: c", "(a ?: (b ?: c))"},
      {"(1 + 2) * 3", "((1 + 2) * 3)"},
      {"a.b.c[0].d", "a.b.c[0].d"},
      {"a.0", "a[0]"},
      {"a['b c']", "a[\"b c\"]"},
      {"a[*].b", "a[*].b"},
      {"f(a, g(b))", "f(a, g(b))"},
      {"a.equals('x').b", "a.equals(\"x\").b"},
      {"[1, 'a', []]", "[1, \"a\", []]"},
      {"{1, 2}", "{1, 2}"},
      {"{'a': 1, 'b': [2]}", "{\"a\": 1, \"b\": [2]}"},
      {"{:}", "{:}"},
      {"1..5", "(1 .. 5)"},
      {"filterArray(a, x -> x > 0)", "filterArray(a, ((x) -> (x > 0)))"},
      {"filterArray(a, (x, y) -> { x == y })", "filterArray(a, ((x, y) -> (x == y)))"},
      {"`a${b + 1}c`", "`a${(b + 1)}c`"},
      {"${First Name}", "${First Name}"},
      {"a // the end", "a"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(printed(c.text), c.wanted) << c.text;
    EXPECT_EQ(printed(printed(c.text)), printed(c.text)) << c.text;
  }
}

TEST(Parser, RefusesWithThePlace) {
  struct Case { std::string_view text, where; };
  constexpr Case kCases[] = {
      {"", "1:1"},          {"1 +", "1:4"},        {"(1", "1:3"},     {"f(1", "1:4"},        {"a b", "1:3"},  {"a; b", "1:2"},     {"a = 1", "1:3"},
      {"a += 1", "1:3"},    {"if (a) b", "1:1"},   {"var x", "1:1"},  {"new('x')", "1:1"},   {"a < b < c", "1:7"}, {"a == b == c", "1:8"}, {"x || a == b == c", "1:13"}, {"(x && a != b != c)", "1:14"}, {"x + a < b < c", "1:11"}, {"[1, ", "1:5"},
      {"{'a': }", "1:7"},   {"a.", "1:3"},         {"a[1", "1:4"},    {"for (x : y) z", "1:1"}, {"return 1", "1:1"}, {"`a${`", "1:1"}, {"1 +\n\n )", "3:2"},
      {"a ? b", "1:6"},
  };
  for (const Case& c : kCases) {
    const auto tree = parse(c.text);
    ASSERT_FALSE(tree) << c.text << " is read as " << print(*tree);
    EXPECT_EQ(tree.error().code, "CONV-1005-400") << c.text;
    EXPECT_EQ(tree.error().where, c.where) << c.text << ": " << tree.error().message;
  }
}

TEST(Parser, NestsToItsLimit) {
  const auto nested = [](size_t depth) { return std::string(depth, '(') + "1" + std::string(depth, ')'); };
  EXPECT_TRUE(parse(nested(60)));
  EXPECT_FALSE(parse(nested(70)));
  EXPECT_FALSE(parse(nested(2000)));
  EXPECT_FALSE(parse(std::string(4000, '-') + "1"));
  std::string sum = "1";
  for (int i = 0; i < 900; ++i) sum += " + 1";  // a chain is not nested
  EXPECT_TRUE(parse(sum));
}

TEST(Calls, AreBoundAndCounted) {
  struct Case { std::string_view text, code, part; };
  constexpr Case kCases[] = {
      {"dat(birthday)", "CONV-1006-400", "there is no function dat (did you mean \"date\""},
      {"UPPER(a)", "CONV-1006-400", "there is no function UPPER"},
      {"upper()", "CONV-1006-400", "takes 1 argument; here are 0"},
      {"upper(a, b)", "CONV-1006-400", "takes 1 argument; here are 2"},
      {"substr(a, 1)", "CONV-1006-400", "takes 3 arguments"},
      {"date(a, b, c, d)", "CONV-1006-400", "takes 1 to 3 arguments"},
      {"to_object(a)", "CONV-1006-400", "takes at least 2 arguments, in pairs"},
      {"to_object(a, b, c)", "CONV-1006-400", "in pairs; here are 3"},
      {"decode(a, b)", "CONV-1006-400", "takes at least 3 arguments"},
      {"a.getClass()", "CONV-1005-400", "the method getClass is not offered"},
      {"a.substring()", "CONV-1006-400", "takes 2 to 3 arguments"},
      {"matches_regex(a, '(')", "CONV-1005-400", "the regular expression"},
      {"a =~ '['", "CONV-1005-400", "the regular expression"},
      {"date(a, 'yyyy-bb')", "CONV-1005-400", "b"},
      {"filterArray(a, b)", "CONV-1005-400", "wants a function here"},
      {"upper(x -> x)", "CONV-1005-400", "can only be given to"},
      {"x -> x", "CONV-1005-400", "alone is no value"},
      {"[x -> x]", "CONV-1005-400", "can only be given to"},
  };
  for (const Case& c : kCases) {
    const auto tree = parse_and_bind(c.text);
    ASSERT_FALSE(tree) << c.text;
    EXPECT_EQ(tree.error().code, c.code) << c.text;
    EXPECT_NE(tree.error().message.find(c.part), std::string::npos) << c.text << ": " << tree.error().message;
    EXPECT_NE(tree.error().where, "") << c.text;
  }
  for (const std::string_view right : {"decode(a, b, c)", "decode(a, b, c, d)", "decode(a, b, c, d, e)", "to_object(a, b, c, d)", "object_to_map(a)", "object_to_map(a, b)",
                                       "object_to_map(a, b, c, d)", "concat(a)", "to_array(true)", "filterArray(a, x -> true)", "a.trim().length()"}) {
    EXPECT_TRUE(parse_and_bind(right)) << right;
  }
  EXPECT_EQ(parse_and_bind("f(g(1)) + upper()").error().problems.size(), 3u);
}

TEST(AttributesOf, AreThePathsEachOnce) {
  struct Case { std::string_view text; std::vector<std::string> wanted; };
  const Case kCases[] = {
      {"concat(a, b.c, a)", {"a", "b.c"}},
      {"filterArray(items, x -> x.price > min_price)", {"items", "min_price"}},
      {"a[*].b + c['d']", {"a[*].b", "c.d"}},
      {"contains_key(\"x.y\")", {"x.y"}},
      {"upper(\"a\")", {}},
      {"((", {}},
  };
  for (const Case& c : kCases) EXPECT_EQ(attributes_of(c.text), c.wanted) << c.text;
}

}  // namespace
}  // namespace foz::prep
