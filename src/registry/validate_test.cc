// Follows: Schema Registry contract, 16; XDM core, 4.1 (uri-reference) and 6.3 (email).
#include "registry/validate.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace foz::registry {
namespace {

Rules rules_for(const std::string& schema, engine::Kind kind) {
  const auto json = parse_json(schema);
  EXPECT_TRUE(json) << schema;
  auto rules = rules_of(*json, kind);
  EXPECT_TRUE(rules) << schema;
  return *rules ? **rules : Rules{};
}

struct TextCase {
  std::string schema, text, broken;
};

class ValidateText : public testing::TestWithParam<TextCase> {};

TEST_P(ValidateText, BreaksOrKeepsItsRule) {
  const auto& [schema, text, broken] = GetParam();
  const Rules rules = rules_for(schema, engine::Kind::string);
  const auto keyword = broken_keyword(rules, std::string_view(text));
  EXPECT_EQ(keyword ? name_of(*keyword) : "", broken) << schema << " on " << text;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ValidateText,
    testing::Values(
        TextCase{R"({"maxLength": 3})", "abc", ""}, TextCase{R"({"maxLength": 3})", "abcd", "maxLength"},
        TextCase{R"({"maxLength": 3})", "äöü", ""}, TextCase{R"({"maxLength": 1})", "\xF0\x9F\x98\x80", ""},
        TextCase{R"({"minLength": 1})", "", "minLength"}, TextCase{R"({"minLength": 2})", "ä", "minLength"},
        TextCase{R"({"minLength": 2})", "\xF0\x9F\x98\x80", "minLength"}, TextCase{R"({"minLength": 2})", "äö", ""},
        TextCase{R"({"minLength": 0})", "", ""},
        TextCase{R"({"enum": ["a", "b"]})", "b", ""}, TextCase{R"({"enum": ["a", "b"]})", "B", "enum"},
        TextCase{R"({"const": "x"})", "x", ""}, TextCase{R"({"const": "x"})", "y", "enum"},
        TextCase{R"({"enum": ["x", "y"], "const": "x"})", "y", "enum"},
        TextCase{R"({"pattern": "^[A-Z]{2}$"})", "DE", ""}, TextCase{R"({"pattern": "^[A-Z]{2}$"})", "DEU", "pattern"},
        TextCase{R"({"pattern": "^[A-Z]{2}$"})", "DE\n", "pattern"},
        TextCase{R"({"pattern": "[0-1][0-9]-[0-9][0-9]"})", "born 12-24", ""},
        TextCase{R"_({"pattern": "([A-Z]{2}-[A-Z0-9]{1,3}|)"})_", "anything", ""},
        TextCase{R"({"meta:enum": {"a": "A"}})", "z", ""}, TextCase{R"({"default": "a"})", "z", ""},
        TextCase{R"({"format": "email"})", "a@b", ""}, TextCase{R"({"format": "email"})", "a.b+c@d.example", ""},
        TextCase{R"({"format": "email"})", R"("a@b"@c)", ""}, TextCase{R"({"format": "email"})", R"("a\"@b"@c)", ""},
        TextCase{R"({"format": "email"})", "a@b@c", "format"}, TextCase{R"({"format": "email"})", "@b", "format"},
        TextCase{R"({"format": "email"})", "a@", "format"}, TextCase{R"({"format": "email"})", "ab", "format"},
        TextCase{R"({"format": "email"})", R"("a@b)", "format"}, TextCase{R"({"format": "email"})", "", "format"},
        TextCase{R"({"format": "uri-reference"})", "62515", ""}, TextCase{R"({"format": "uri-reference"})", "/a?b#c", ""},
        TextCase{R"({"format": "uri-reference"})", "", ""}, TextCase{R"({"format": "uri-reference"})", "a b", "format"},
        TextCase{R"({"format": "uri-reference"})", "a\\b", "format"}, TextCase{R"({"format": "uri-reference"})", "a\x7f", "format"},
        TextCase{R"({"format": "uri-reference"})", "{id}", "format"}, TextCase{R"({"format": "uri-reference"})", "ä", ""},
        TextCase{R"({"format": "uri"})", "https://a.example/b", ""}, TextCase{R"({"format": "uri"})", "urn:x", ""},
        TextCase{R"({"format": "uri"})", "62515", "format"}, TextCase{R"({"format": "uri"})", ":x", "format"},
        TextCase{R"({"format": "uri"})", "1a:x", "format"}, TextCase{R"({"format": "uri"})", "http://a b", "format"},
        TextCase{R"({"format": "ipv4"})", "10.0.0.1", ""}, TextCase{R"({"format": "ipv4"})", "10.0.0.256", "format"},
        TextCase{R"({"format": "ipv4"})", "10.0.0", "format"}, TextCase{R"({"format": "ipv4"})", "", "format"},
        TextCase{R"({"format": "ipv6"})", "::1", ""}, TextCase{R"({"format": "ipv6"})", "fe80::1%eth0", "format"},
        TextCase{R"({"format": "ipv6"})", std::string(200, '1'), "format"},
        TextCase{R"({"format": "date-time"})", "anything: the kind decides", ""}));

struct NumberCase {
  std::string schema;
  engine::Kind kind;
  double value;
  std::string broken;
};

class ValidateNumber : public testing::TestWithParam<NumberCase> {};

TEST_P(ValidateNumber, BreaksOrKeepsItsRule) {
  const auto& [schema, kind, value, broken] = GetParam();
  const Rules rules = rules_for(schema, kind);
  const auto as_double = broken_keyword(rules, value);
  EXPECT_EQ(as_double ? name_of(*as_double) : "", broken) << schema << " on " << value;
  if (value != static_cast<double>(static_cast<int64_t>(value))) return;
  const auto whole = broken_keyword(rules, static_cast<int64_t>(value));
  EXPECT_EQ(whole ? name_of(*whole) : "", broken) << schema << " on " << value;
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, ValidateNumber,
    testing::Values(
        NumberCase{R"({"minimum": 1, "maximum": 32767})", engine::Kind::int16, 1, ""},
        NumberCase{R"({"minimum": 1, "maximum": 32767})", engine::Kind::int16, 0, "minimum"},
        NumberCase{R"({"minimum": -90, "maximum": 90})", engine::Kind::number, 90.5, "maximum"},
        NumberCase{R"({"minimum": -90, "maximum": 90})", engine::Kind::number, -90, ""},
        NumberCase{R"({"exclusiveMinimum": 0})", engine::Kind::number, 0, "minimum"},
        NumberCase{R"({"exclusiveMinimum": 0})", engine::Kind::number, 0.001, ""},
        NumberCase{R"({"minimum": 5, "exclusiveMinimum": 0})", engine::Kind::number, 5, ""},
        NumberCase{R"({"minimum": 0, "exclusiveMinimum": true})", engine::Kind::number, 0, "minimum"},
        NumberCase{R"({"maximum": 3, "exclusiveMaximum": 3})", engine::Kind::int32, 3, "maximum"},
        NumberCase{R"({"enum": [1, 2.5]})", engine::Kind::number, 2.5, ""},
        NumberCase{R"({"enum": [1, 2]})", engine::Kind::int32, 3, "enum"},
        NumberCase{R"({"const": 7})", engine::Kind::int64, 7, ""}));

TEST(Validate, LongsAreComparedExactly) {
  const Rules rules = rules_for(R"({"maximum": 9007199254740991})", engine::Kind::int64);
  EXPECT_FALSE(broken_keyword(rules, int64_t{9007199254740991}));
  EXPECT_EQ(broken_keyword(rules, int64_t{9007199254740992}), Keyword::maximum);
}

TEST(Validate, NotANumberBreaksABound) {
  const Rules rules = rules_for(R"({"minimum": 0})", engine::Kind::number);
  EXPECT_EQ(broken_keyword(rules, std::numeric_limits<double>::quiet_NaN()), Keyword::minimum);
}

TEST(Validate, NoRulesIsANullPointer) {
  for (const auto& [schema, kind] : std::vector<std::pair<std::string, engine::Kind>>{
           {R"({"type": "string", "title": "x", "meta:enum": {"a": "b"}})", engine::Kind::string},
           {R"({"minimum": -32768, "maximum": 32767})", engine::Kind::int16},
           {R"({"minimum": -2147483648, "maximum": 2147483647})", engine::Kind::int32},
           {R"({"minLength": 0})", engine::Kind::string},
           {R"({"format": "date-time"})", engine::Kind::timestamp},
           {R"({"maxLength": 3})", engine::Kind::boolean}}) {
    const auto rules = rules_of(*parse_json(schema), kind);
    ASSERT_TRUE(rules) << schema;
    EXPECT_EQ(*rules, nullptr) << schema;
  }
}

TEST(Validate, PatternThatCannotBeReadIsAnError) {
  const auto rules = rules_of(*parse_json(R"({"pattern": "(?<=a)b"})"), engine::Kind::string);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().kind, ErrorKind::invalid);
}

TEST(Validate, ItemsAreCountedAndCompared) {
  using engine::Value;
  engine::Arena arena;
  const Rules rules = rules_for(R"({"minItems": 1, "maxItems": 40, "uniqueItems": true})", engine::Kind::list);
  EXPECT_EQ(broken_items_keyword(rules, 0), Keyword::items_min);
  EXPECT_EQ(broken_items_keyword(rules, 41), Keyword::items_max);
  EXPECT_FALSE(broken_items_keyword(rules, 40));
  for (const size_t count : {size_t{3}, size_t{30}}) {  // compared one by one, and by hash
    auto items = arena.make<Value>(count);
    for (size_t i = 0; i < count; ++i) items[i] = Value::of_integer(static_cast<int64_t>(i));
    EXPECT_FALSE(broken_items_keyword(rules, items)) << count;
    items[count - 1] = Value::of_number(0.0);
    EXPECT_EQ(broken_items_keyword(rules, items), Keyword::items_unique) << count;
    items[count - 1] = Value::of_text("0");
    EXPECT_FALSE(broken_items_keyword(rules, items)) << count;
  }
  const engine::Member ab[] = {{"a", Value::of_integer(1)}, {"b", Value::of_text("x")}};
  const engine::Member ba[] = {{"b", Value::of_text("x")}, {"a", Value::of_number(1)}};
  const Value pair[] = {Value::of_object(ab), Value::of_object(ba)};
  EXPECT_EQ(broken_items_keyword(rules, pair), Keyword::items_unique);
}

TEST(Validate, MapsCountTheirEntries) {
  const Rules rules = rules_for(R"({"minProperties": 2, "maxProperties": 3})", engine::Kind::map);
  EXPECT_EQ(items_violation_of(rules, size_t{1}), "has fewer than 2 items");
  EXPECT_EQ(items_violation_of(rules, size_t{4}), "has more than 3 items");
}

TEST(Validate, WordsNameTheRuleAndNeverTheValue) {
  EXPECT_EQ(violation_of(rules_for(R"({"maxLength": 20})", engine::Kind::string), std::string_view("a secret that is too long")),
            "is longer than 20 characters");
  EXPECT_EQ(violation_of(rules_for(R"({"minLength": 1})", engine::Kind::string), std::string_view("")),
            "is shorter than 1 character");
  EXPECT_EQ(violation_of(rules_for(R"({"enum": ["male", "female"]})", engine::Kind::string), std::string_view("m")),
            "is not one of male, female");
  EXPECT_EQ(violation_of(rules_for(R"({"enum": [1,2,3,4,5,6,7,8,9,10]})", engine::Kind::int32), int64_t{11}),
            "is not one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more");
  EXPECT_EQ(violation_of(rules_for(R"({"exclusiveMaximum": 0.5})", engine::Kind::number), 0.5), "is not below 0.5");
  EXPECT_EQ(violation_of(rules_for(R"({"format": "email"})", engine::Kind::string), std::string_view("nobody")),
            "is not an e-mail address");
}

}  // namespace
}  // namespace foz::registry
