// Texts and regular expressions. Follows: Data Prep contract, 6.1, 6.2.
#include <algorithm>

#include "base/text.h"
#include "prep/function_tables.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using engine::Value;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;

Outcome<Text> concat(Call& call, std::span<const OptionalText> parts) {
  std::string text;
  bool any = false;
  for (const OptionalText& part : parts) {
    if (!part) continue;
    any = true;
    text += *part;
    if (text.size() > kTextBytesMax) return kTextTooLong;
  }
  if (!any) return nullptr;
  return call.arena().keep(text);
}

bool is_literal(Text regex) { return regex.find_first_of("\\^$.|?*+()[{") == regex.npos && !regex.empty(); }

Outcome<Value> explode(Call& call, Text text, OptionalText pattern) {
  std::vector<Value> parts;
  const Text regex = pattern.value_or(",");
  if (is_literal(regex)) {
    each_piece(text, regex, [&](Text piece) { parts.push_back(Value::of_text(piece)); });
    return made_array(call, parts);
  }
  Regex* compiled = call.regex(regex);
  if (compiled == nullptr) return kBadRegex;
  size_t begin = 0, from = 0;
  RegexBudget budget;  // one for all matches: each of them may look far ahead
  while (from <= text.size()) {
    const Regex::Found found = compiled->find(text, from, budget);
    if (found == Regex::Found::too_hard) return kRegexTooHard;
    if (found == Regex::Found::no) break;
    const Regex::Span match = compiled->group(0);
    const bool empty = match.end == match.begin;
    if (empty && match.begin >= text.size()) break;
    if (!(empty && match.begin == begin)) {  // nothing between two places is no part
      parts.push_back(Value::of_text(text.substr(begin, match.begin - begin)));
      begin = match.end;
    }
    from = match.end;
    if (empty) utf8::next(text, from);
  }
  parts.push_back(Value::of_text(text.substr(begin)));
  return made_array(call, parts);
}

int64_t instr(Text text, Text part, std::optional<int64_t> start, std::optional<int64_t> occurrence) {
  const int64_t first = std::max<int64_t>(start.value_or(0), 0);
  if (first > static_cast<int64_t>(utf8::length(text)) || occurrence.value_or(1) < 1) return -1;
  size_t at = utf8::offset_of(text, first);
  for (int64_t left = occurrence.value_or(1);; --left) {
    at = find_text(text, part, at);
    if (at == text.npos) return -1;
    if (left == 1) return static_cast<int64_t>(utf8::length(text.substr(0, at)));
    if (part.empty() && at == text.size()) return -1;
    at += part.empty() ? 1 : part.size();
  }
}

Outcome<Text> replacestr(Call& call, Text text, OptionalText from, OptionalText to) {
  if (!from || from->empty() || find_text(text, *from) == text.npos) return text;
  std::string result;
  bool first = true;
  each_piece(text, *from, [&](Text piece) {
    if (!first) result += to.value_or("");
    first = false;
    if (result.size() <= kTextBytesMax) result += piece;
  });
  return made_text(call, result);
}

Text substr(Text text, int64_t start, int64_t count) { return characters(text, start, count); }
Outcome<Text> lower_text(Call& call, Text text) { return made_text(call, lower_case(text)); }
Outcome<Text> upper_text(Call& call, Text text) { return made_text(call, upper_case(text)); }

Value split_text(Call& call, Text text, Text separators) {
  std::vector<Value> parts;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    utf8::next(text, at);
    if (separators.find(text.substr(here, at - here)) == separators.npos) continue;
    if (here > begin) parts.push_back(Value::of_text(text.substr(begin, here - begin)));
    begin = at;
  }
  if (begin < text.size()) parts.push_back(Value::of_text(text.substr(begin)));
  return made_array(call, parts);
}

Outcome<Text> join_array(Call& call, OptionalText separator, Array array) { return joined(call, separator, array); }

/// What is missing to `count` characters, made of `padding`.
Outcome<std::string> padding_for(Text text, int64_t count, OptionalText padding) {
  const Text fill = padding && !padding->empty() ? *padding : Text(" ");
  const int64_t missing = count - static_cast<int64_t>(utf8::length(text));
  if (missing <= 0) return std::string();
  if (missing > static_cast<int64_t>(kTextBytesMax)) return kTextTooLong;
  std::string made;
  const auto fill_length = static_cast<int64_t>(utf8::length(fill));
  for (int64_t done = 0; done < missing; done += fill_length) made += fill;
  return std::string(characters(made, 0, missing));
}

Outcome<Text> lpad(Call& call, Text text, int64_t count, OptionalText padding) {
  const auto made = padding_for(text, count, padding);
  return made.is_fault() ? Outcome<Text>(made.fault()) : made_text(call, made.value() + std::string(text));
}
Outcome<Text> rpad(Call& call, Text text, int64_t count, OptionalText padding) {
  const auto made = padding_for(text, count, padding);
  return made.is_fault() ? Outcome<Text>(made.fault()) : made_text(call, std::string(text) + made.value());
}

Text left(Text text, int64_t count) { return characters(text, 0, count); }
Text right(Text text, int64_t count) {
  const auto length = static_cast<int64_t>(utf8::length(text));
  return characters(text, length - std::clamp<int64_t>(count, 0, length), count);
}
Text ltrim(Text text) { return trimmed(text, true, false); }
Text rtrim(Text text) { return trimmed(text, false, true); }
Text trim_both(Text text) { return trimmed(text, true, true); }

Outcome<Value> extract_regex(Call& call, Text text, Text pattern) {
  Regex* regex = call.regex(pattern);
  if (regex == nullptr) return kBadRegex;
  const Regex::Found found = regex->find(text);
  if (found == Regex::Found::too_hard) return kRegexTooHard;
  if (found == Regex::Found::no) return nullptr;
  std::vector<Value> groups;
  for (size_t i = 0; i <= regex->groups(); ++i) {
    const Regex::Span group = regex->group(i);
    groups.push_back(group.took_part ? Value::of_text(text.substr(group.begin, group.end - group.begin)) : Value());
  }
  return made_array(call, groups);
}

Outcome<bool> matches_regex(Call& call, Text text, Text pattern) {
  Regex* regex = call.regex(pattern);
  if (regex == nullptr) return kBadRegex;
  const Regex::Found found = regex->matches_whole(text);
  if (found == Regex::Found::too_hard) return kRegexTooHard;
  return found == Regex::Found::yes;
}

constexpr Parameter kInput{"input", Type::string, "The text."};

constexpr Function kFunctions[] = {
    {.name = "concat",
     .parameters = {{"string", Type::string, "A text; numbers, booleans and dates take their text form."}},
     .repeat = Repeat::last,
     .returns = Type::string,
     .kernel = kernel<concat>,
     .about = "All arguments as one text, in order. A null adds nothing; all null gives null.",
     .examples = {{R"(concat("Hi, ", "there", "!"))", R"("Hi, there!")"},
                  {R"(concat("a", null, 1, true))", R"("a1true")"},
                  {R"(concat(null, null))", "null"}}},
    {.name = "explode",
     .parameters = {kInput, {"regex", Type::string, "What stands between two parts; a comma when left out.", true}},
     .returns = Type::array,
     .kernel = kernel<explode>,
     .about = "The parts of a text between the matches of a regular expression; empty parts are kept.",
     .examples = {{R"(explode("Hi, there!", " "))", R"(["Hi,", "there!"])"},
                  {R"(explode("a,,b", ","))", R"(["a", "", "b"])"},
                  {R"(explode("a1b22c", "[0-9]+"))", R"(["a", "b", "c"])"},
                  {R"(explode("a.b", "\."))", R"(["a", "b"])"},
                  {R"(explode("abc", ""))", R"(["a", "b", "c"])"},
                  {R"(explode(null, ","))", "null"}}},
    {.name = "instr",
     .parameters = {kInput,
                    {"substring", Type::string, "What to look for."},
                    {"start", Type::integer, "First character that counts, from 0.", true},
                    {"occurrence", Type::integer, "Which one of several, from 1.", true}},
     .returns = Type::integer,
     .kernel = kernel<instr>,
     .about = "Where a text stands in another, counted in characters from 0; -1 when it does not.",
     .examples = {{R"(instr("adobe.com", "com"))", "6"},
                  {R"(instr("a-b-c", "-", 0, 2))", "3"},
                  {R"(instr("a-b-c", "-", 2))", "3"},
                  {R"(instr("äöü-x", "-"))", "3"},
                  {R"(instr("abc", "x"))", "-1"},
                  {R"(instr("abc", "a", 9))", "-1"}}},
    {.name = "replacestr",
     .parameters = {kInput, {"toFind", Type::string, "What to replace."}, {"toReplace", Type::string, "What takes its place."}},
     .returns = Type::string,
     .kernel = kernel<replacestr>,
     .about = "The text with every literal occurrence replaced.",
     .examples = {{R"(replacestr("This is a string re test", "re", "replace"))", R"("This is a string replace test")"},
                  {R"(replacestr("a.b.c", ".", null))", R"("abc")"},
                  {R"(replacestr("abc", "", "x"))", R"("abc")"},
                  {R"(replacestr(null, "a", "b"))", "null"}}},
    {.name = "substr",
     .parameters = {kInput, {"startIndex", Type::integer, "First character, from 0."}, {"length", Type::integer, "How many characters."}},
     .returns = Type::string,
     .kernel = kernel<substr>,
     .about = "A number of characters from a place on, clipped at the ends of the text.",
     .examples = {{R"(substr("This is a substring test", 7, 8))", R"(" a subst")"},
                  {R"(substr("abc", 5, 2))", R"("")"},
                  {R"(substr("abc", -3, 2))", R"("ab")"},
                  {R"(substr("abc", 1, 99))", R"("bc")"},
                  {R"(substr("abc", 1, -1))", R"("")"}}},
    {.name = "lower",
     .aliases = {"lcase"},
     .parameters = {kInput},
     .returns = Type::string,
     .kernel = kernel<lower_text>,
     .about = "The text in small letters, whatever the language.",
     .examples = {{R"(lower("HeLLo"))", R"("hello")"}, {R"(lcase("ÄÖÜ"))", R"("äöü")"}, {"lower(null)", "null"}}},
    {.name = "upper",
     .aliases = {"ucase"},
     .parameters = {kInput},
     .returns = Type::string,
     .kernel = kernel<upper_text>,
     .about = "The text in capital letters, whatever the language.",
     .examples = {{R"(upper("HeLLo"))", R"("HELLO")"}, {R"(ucase("straße é"))", R"("STRASSE É")"}, {"upper(null)", "null"}}},
    {.name = "split",
     .parameters = {kInput, {"separators", Type::string, "Characters that each separate two parts."}},
     .returns = Type::array,
     .kernel = kernel<split_text>,
     .about = "The parts of a text between any of the given characters; empty parts are dropped.",
     .examples = {{R"(split("Hello world", " "))", R"(["Hello", "world"])"},
                  {R"(split("a,,b", ","))", R"(["a", "b"])"},
                  {R"(split("a;b,c", ",;"))", R"(["a", "b", "c"])"},
                  {R"(split(null, ","))", "null"}}},
    {.name = "join",
     .parameters = {{"separator", Type::string, "What stands between two elements."}, {"objects", Type::array, "The elements."}},
     .returns = Type::string,
     .kernel = kernel<join_array>,
     .about = "The elements of an array as one text; a null element is empty.",
     .examples = {{R"(join(" ", to_array(true, "Hello", "world")))", R"("Hello world")"},
                  {R"(join("-", [1, null, true]))", R"("1--true")"},
                  {R"(join(",", null))", "null"}}},
    {.name = "lpad",
     .parameters = {kInput, {"count", Type::integer, "Characters of the result at least."}, {"padding", Type::string, "What fills up; a blank when empty."}},
     .returns = Type::string,
     .kernel = kernel<lpad>,
     .about = "The text, filled up on the left to a number of characters; never cut.",
     .examples = {{R"(lpad("bat", 8, "yz"))", R"("yzyzybat")"}, {R"(lpad("bat", 2, "y"))", R"("bat")"}, {R"(lpad("a", 3, null))", R"("  a")"}}},
    {.name = "rpad",
     .parameters = {kInput, {"count", Type::integer, "Characters of the result at least."}, {"padding", Type::string, "What fills up; a blank when empty."}},
     .returns = Type::string,
     .kernel = kernel<rpad>,
     .about = "The text, filled up on the right to a number of characters; never cut.",
     .examples = {{R"(rpad("bat", 8, "yz"))", R"("batyzyzy")"}, {R"(rpad("bat", 2, "y"))", R"("bat")"}}},
    {.name = "left",
     .parameters = {kInput, {"count", Type::integer, "How many characters."}},
     .returns = Type::string,
     .kernel = kernel<left>,
     .about = "The first characters of a text; a shorter text is returned whole.",
     .examples = {{R"(left("abcde", 2))", R"("ab")"}, {R"(left("ab", 5))", R"("ab")"}, {R"(left("ab", -1))", R"("")"}, {"left(null, 2)", "null"}}},
    {.name = "right",
     .parameters = {kInput, {"count", Type::integer, "How many characters."}},
     .returns = Type::string,
     .kernel = kernel<right>,
     .about = "The last characters of a text; a shorter text is returned whole.",
     .examples = {{R"(right("abcde", 2))", R"("de")"}, {R"(right("ab", 5))", R"("ab")"}, {R"(right("ab", -1))", R"("")"}}},
    {.name = "ltrim",
     .parameters = {kInput},
     .returns = Type::string,
     .kernel = kernel<ltrim>,
     .about = "The text without white space at its beginning.",
     .examples = {{R"(ltrim(" hello"))", R"("hello")"}, {R"(ltrim(" a "))", R"("a ")"}}},
    {.name = "rtrim",
     .parameters = {kInput},
     .returns = Type::string,
     .kernel = kernel<rtrim>,
     .about = "The text without white space at its end.",
     .examples = {{R"(rtrim("hello "))", R"("hello")"}, {R"(rtrim(" a "))", R"(" a")"}}},
    {.name = "trim",
     .parameters = {kInput},
     .returns = Type::string,
     .kernel = kernel<trim_both>,
     .about = "The text without white space at either end: blank, tab, CR, LF, VT, FF.",
     .examples = {{R"(trim(" hello "))", R"("hello")"}, {R"(trim("\u0009\u000A"))", R"("")"}, {"trim(null)", "null"}}},
    {.name = "extract_regex",
     .category = Category::regex,
     .parameters = {kInput, {"regex", Type::string, "The regular expression."}},
     .returns = Type::array,
     .kernel = kernel<extract_regex>,
     .about = "The first match of a regular expression: the whole match, then one element for each group; null when nothing matches.",
     .examples = {{R"x(extract_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)"))x", R"(["E259,E259B_009,1_1", "E259", "1_1"])"},
                  {R"(extract_regex("abc", "x"))", "null"},
                  {R"(extract_regex("ac", "a(b)?c"))", R"(["ac", null])"}}},
    {.name = "matches_regex",
     .category = Category::regex,
     .parameters = {kInput, {"regex", Type::string, "The regular expression."}},
     .returns = Type::boolean,
     .kernel = kernel<matches_regex>,
     .about = "True when the whole text matches the regular expression.",
     .examples = {{R"x(matches_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)"))x", "true"}, {R"(matches_regex("abc", "b"))", "false"}, {R"(matches_regex(null, "b"))", "null"}}},
};

}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace foz::prep
