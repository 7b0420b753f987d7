// The methods of values that may stand in an expression. Follows: Data Prep contract, 4.3.
#include <algorithm>

#include "base/text.h"
#include "prep/function_tables.h"
#include "prep/operators.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using engine::Value;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;

constexpr Fault kOutside{Trouble::function, "an index is outside the text"};
constexpr Fault kNoContainer{Trouble::function, "the receiver is no text, array or map"};

bool equals_text(Text text, OptionalText other) { return other && text == *other; }
bool equals_ignoring_case(Text text, OptionalText other) { return other && lower_case(text) == lower_case(*other); }
int64_t length(Text text) { return static_cast<int64_t>(utf8::length(text)); }

Outcome<Text> substring(Text text, int64_t begin, std::optional<int64_t> end) {
  const int64_t size = length(text), last = end.value_or(size);
  if (begin < 0 || last > size || begin > last) return kOutside;
  return characters(text, begin, last - begin);
}

int64_t index_of(Text text, Text part) {
  const size_t at = find_text(text, part);
  return at == text.npos ? -1 : length(text.substr(0, at));
}

Outcome<bool> contains_thing(Call& call, Value receiver, std::optional<Value> other) {
  const Value wanted = other.value_or(Value());
  if (receiver.type == Type::array || receiver.type == Type::object) return contains(call.arena(), receiver, wanted);
  if (receiver.type != Type::string) return kNoContainer;
  const auto part = text_of(call.arena(), wanted);
  return part.is_value() && find_text(receiver.as_text(), part.value()) != Text::npos;
}

bool starts_with(Text text, OptionalText part) { return part && text.starts_with(*part); }
bool ends_with(Text text, OptionalText part) { return part && text.ends_with(*part); }
Outcome<Text> to_upper(Call& call, Text text) { return made_text(call, upper_case(text)); }
Outcome<Text> to_lower(Call& call, Text text) { return made_text(call, lower_case(text)); }
Text trim_both(Text text) { return trimmed(text, true, true); }
Outcome<Text> replace(Call& call, Text text, Text from, Text to) { return from.empty() ? Outcome<Text>(text) : made_text(call, replace_all(std::string(text), from, to)); }
Outcome<Text> append(Call& call, Text text, OptionalText other) { return made_text(call, std::string(text) + std::string(other.value_or(""))); }

Outcome<bool> is_empty_thing(Value receiver) {
  if (receiver.type != Type::string && receiver.type != Type::array && receiver.type != Type::object) return kNoContainer;
  return receiver.size == 0;
}

Text as_text(Text text) { return text; }

Outcome<Value> get(Call& call, Value receiver, std::optional<Value> key) {
  const Value wanted = key.value_or(Value());
  if (receiver.type == Type::array) {
    const auto index = value_as(call.arena(), wanted, Type::integer);
    if (index.is_fault()) return index.fault();
    const int64_t at = index.value().is_null() ? -1 : index.value().integer;
    return at < 0 || at >= receiver.size ? Outcome<Value>(nullptr) : receiver.as_array()[static_cast<size_t>(at)];
  }
  if (receiver.type != Type::object) return kNoContainer;
  const auto name = text_of(call.arena(), wanted);
  const Value* member = name.is_value() ? receiver.member(name.value()) : nullptr;
  return member == nullptr ? Outcome<Value>(nullptr) : *member;
}

Outcome<bool> contains_key(Call& call, Value receiver, std::optional<Value> key) {
  if (receiver.type != Type::object) return kNoContainer;
  return contains(call.arena(), receiver, key.value_or(Value()));
}

Outcome<int64_t> size_of(Value receiver) {
  if (receiver.type != Type::array && receiver.type != Type::object) return kNoContainer;
  return static_cast<int64_t>(receiver.size);
}

constexpr Parameter kText{"text", Type::string, "The receiver."};
constexpr Parameter kThing{"value", Type::any, "The receiver."};

constexpr Function kMethods[] = {
    {.name = "equals", .category = Category::method, .parameters = {kText, {"other", Type::string, "The other text."}}, .returns = Type::boolean, .kernel = kernel<equals_text>,
     .about = "The same text?", .examples = {{R"("string1".equals("STRING1"))", "false"}, {R"("a".equals(null))", "false"}, {R"(null.equals("a"))", "null"}}},
    {.name = "equalsIgnoreCase", .category = Category::method, .parameters = {kText, {"other", Type::string, "The other text."}}, .returns = Type::boolean,
     .kernel = kernel<equals_ignoring_case>, .about = "The same text, capital letters or not?", .examples = {{R"("string1".equalsIgnoreCase("STRING1"))", "true"}, {R"("é".equalsIgnoreCase("É"))", "true"}}},
    {.name = "length", .category = Category::method, .parameters = {kText}, .returns = Type::integer, .kernel = kernel<length>, .about = "Characters of a text.",
     .examples = {{R"("äb".length())", "2"}}},
    {.name = "substring", .category = Category::method, .parameters = {kText, {"begin", Type::integer, "First character."}, {"end", Type::integer, "First one that does not count.", true}},
     .returns = Type::string, .kernel = kernel<substring>, .about = "The characters from one place to another.",
     .examples = {{R"("abcd".substring(1, 3))", R"("bc")"}, {R"("abcd".substring(2))", R"("cd")"}, {R"("abcd".substring(3, 9))", "error"}}},
    {.name = "indexOf", .category = Category::method, .parameters = {kText, {"part", Type::string, "What to look for."}}, .returns = Type::integer, .kernel = kernel<index_of>,
     .about = "Where a text stands in another; -1 when it does not.", .examples = {{R"("abcd".indexOf("c"))", "2"}, {R"("abcd".indexOf("x"))", "-1"}}},
    {.name = "contains", .category = Category::method, .parameters = {kThing, {"part", Type::any, "What to look for."}}, .returns = Type::boolean, .kernel = kernel<contains_thing>,
     .about = "Is it part of the text, an element of the array, a key of the map?", .examples = {{R"("abcd".contains("bc"))", "true"}, {"[1, 2].contains(2)", "true"}}},
    {.name = "startsWith", .category = Category::method, .parameters = {kText, {"part", Type::string, "The beginning."}}, .returns = Type::boolean, .kernel = kernel<starts_with>,
     .about = "Does the text begin so?", .examples = {{R"("abcd".startsWith("ab"))", "true"}}},
    {.name = "endsWith", .category = Category::method, .parameters = {kText, {"part", Type::string, "The end."}}, .returns = Type::boolean, .kernel = kernel<ends_with>,
     .about = "Does the text end so?", .examples = {{R"("abcd".endsWith("ab"))", "false"}}},
    {.name = "toUpperCase", .category = Category::method, .parameters = {kText}, .returns = Type::string, .kernel = kernel<to_upper>, .about = "The text in capital letters.",
     .examples = {{R"("aé".toUpperCase())", R"("AÉ")"}}},
    {.name = "toLowerCase", .category = Category::method, .parameters = {kText}, .returns = Type::string, .kernel = kernel<to_lower>, .about = "The text in small letters.",
     .examples = {{R"("AÉ".toLowerCase())", R"("aé")"}}},
    {.name = "trim", .category = Category::method, .parameters = {kText}, .returns = Type::string, .kernel = kernel<trim_both>, .about = "The text without white space around it.",
     .examples = {{R"(" a ".trim())", R"("a")"}}},
    {.name = "replace", .category = Category::method, .parameters = {kText, {"from", Type::string, "What to replace."}, {"to", Type::string, "What takes its place."}},
     .returns = Type::string, .kernel = kernel<replace>, .about = "The text with every occurrence replaced.", .examples = {{R"("a.b.c".replace(".", "-"))", R"("a-b-c")"}}},
    {.name = "concat", .category = Category::method, .parameters = {kText, {"other", Type::string, "What follows."}}, .returns = Type::string, .kernel = kernel<append>,
     .about = "The text with another behind it.", .examples = {{R"("a".concat("b"))", R"("ab")"}, {R"("a".concat(null))", R"("a")"}}},
    {.name = "isEmpty", .category = Category::method, .parameters = {kThing}, .returns = Type::boolean, .kernel = kernel<is_empty_thing>, .about = "Does it hold nothing?",
     .examples = {{R"("".isEmpty())", "true"}, {"[1].isEmpty()", "false"}}},
    {.name = "toString", .category = Category::method, .parameters = {kText}, .returns = Type::string, .kernel = kernel<as_text>, .about = "The text form of a value.",
     .examples = {{"(12).toString()", R"("12")"}}},
    {.name = "get", .category = Category::method, .parameters = {kThing, {"key", Type::any, "A name, or the number of an element."}}, .returns = Type::any, .kernel = kernel<get>,
     .about = "The member or element; null when there is none.", .examples = {{R"({"a": 1}.get("a"))", "1"}, {"[1, 2].get(1)", "2"}, {"[1, 2].get(5)", "null"}}},
    {.name = "containsKey", .category = Category::method, .parameters = {kThing, {"key", Type::any, "The name."}}, .returns = Type::boolean, .kernel = kernel<contains_key>,
     .about = "Does the map have the key?", .examples = {{R"({"a": 1}.containsKey("b"))", "false"}}},
    {.name = "size", .category = Category::method, .parameters = {kThing}, .returns = Type::integer, .kernel = kernel<size_of>, .about = "Elements of an array, entries of a map.",
     .examples = {{"[1, 2].size()", "2"}, {"null.size()", "null"}}},
};

}  // namespace

std::span<const Function> methods() { return kMethods; }

}  // namespace foz::prep
