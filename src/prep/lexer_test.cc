// Follows: Data Prep contract, 4.1, 4.2, 4.7.
#include "prep/lexer.h"

#include <gtest/gtest.h>

#include "prep/decimal.h"

namespace foz::prep {
namespace {

std::string kinds_of(std::string_view expression) {
  const auto tokens = tokens_of(expression);
  if (!tokens) return "error " + tokens.error().where;
  static constexpr std::string_view kNames[] = {"end", "name", "wrapped", "symbol", "word", "integer", "number", "decimal", "text", "template"};
  std::string text;
  for (const Token& token : *tokens) {
    if (token.kind == TokenKind::end) break;
    text += (text.empty() ? "" : " ") + std::string(kNames[static_cast<size_t>(token.kind)]) + ":" + token.text;
  }
  return text;
}

TEST(Lexer, ReadsTokens) {
  struct Case { std::string_view text, wanted; };
  constexpr Case kCases[] = {
      {"a b_1 $c", "name:a name:b_1 name:$c"},
      {"größe", "name:größe"},
      {"${First Name}", "wrapped:First Name"},
      {"${First\\.Name}", "wrapped:First\\.Name"},
      {"a and b or not c", "name:a symbol:&& name:b symbol:|| symbol:! name:c"},
      {"1 eq 2", "integer:1 symbol:== integer:2"},
      {"a div b mod c", "name:a symbol:/ name:b symbol:% name:c"},
      {"a=~b !~ c =^ d =$ e", "name:a symbol:=~ name:b symbol:!~ name:c symbol:=^ name:d symbol:=$ name:e"},
      {"null true false empty size", "word:null word:true word:false word:empty word:size"},
      {"'a' \"b\"", "text:a text:b"},
      {R"("a\"b" 'c\'d' "e\\f")", R"(text:a"b text:c'd text:e\f)"},
      {R"("\u00e9\ud83d\ude00")", "text:é😀"},
      {R"("a\nb\d")", R"(text:a\nb\d)"},
      {"`a${b}c`", "template:a${b}c"},
      {"1 // one\n2 ## two\n3 /* three\n */ 4", "integer:1 integer:2 integer:3 integer:4"},
      {"1..5", "integer:1 symbol:.. integer:5"},
      {"a.0.1", "name:a symbol:. integer:0 symbol:. integer:1"},
      {"x -> x", "name:x symbol:-> name:x"},
      {"", ""},
  };
  for (const Case& c : kCases) EXPECT_EQ(kinds_of(c.text), c.wanted) << c.text;
}

TEST(Lexer, ReadsNumbers) {
  struct Case { std::string_view text; TokenKind kind; double wanted; };
  constexpr Case kCases[] = {
      {"42", TokenKind::integer, 42},        {"0x2A", TokenKind::integer, 42},      {"052", TokenKind::integer, 42},  {"42L", TokenKind::integer, 42},
      {"42h", TokenKind::integer, 42},       {"1.5", TokenKind::number, 1.5},       {"1.5e3", TokenKind::number, 1500}, {"1e3", TokenKind::number, 1000},
      {"1.5f", TokenKind::number, 1.5},      {"2d", TokenKind::number, 2},          {"0.1b", TokenKind::decimal, 0.1}, {"2B", TokenKind::decimal, 2},
      {"99999999999999999999", TokenKind::integer, 1e20},
  };
  for (const Case& c : kCases) {
    const auto tokens = tokens_of(c.text);
    ASSERT_TRUE(tokens) << c.text;
    EXPECT_EQ((*tokens)[0].kind, c.kind) << c.text;
    EXPECT_DOUBLE_EQ(c.kind == TokenKind::number ? (*tokens)[0].number : to_double((*tokens)[0].decimal), c.wanted) << c.text;
  }
}

TEST(Lexer, RefusesWithThePlace) {
  struct Case { std::string_view text, where; };
  constexpr Case kCases[] = {
      {"\"abc", "1:1"}, {"a + 'b", "1:5"}, {"1 /* x", "1:3"}, {"${a", "1:1"}, {"${ }", "1:1"}, {"`a", "1:1"}, {"a\n  @", "2:3"}, {"09", "1:1"}, {"0x", "1:1"}, {"12abc", "1:1"},
      {"\xff", "1:1"}, {"é # x", "1:3"}, {"99999999999999999999999999999999999999999", "1:1"},
  };
  for (const Case& c : kCases) {
    const auto tokens = tokens_of(c.text);
    ASSERT_FALSE(tokens) << c.text;
    EXPECT_EQ(tokens.error().code, "CONV-1005-400") << c.text;
    EXPECT_EQ(tokens.error().where, c.where) << c.text;
  }
  EXPECT_TRUE(tokens_of(std::string(kExpressionMax, ' ')));
  EXPECT_FALSE(tokens_of(std::string(kExpressionMax + 1, ' ')));
}

}  // namespace
}  // namespace foz::prep
