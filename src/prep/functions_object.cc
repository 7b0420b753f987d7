// Objects and maps: texts read as such, taken apart, put together. Follows: Data Prep contract, 6.6, 6.7.
#include <algorithm>

#include "base/json.h"
#include "prep/entries.h"
#include "prep/function_tables.h"
#include "prep/json_value.h"
#include "prep/operators.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Arena;
using engine::Member;
using engine::Type;
using engine::Value;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalValue = std::optional<Value>;
using Further = std::span<const OptionalValue>;

constexpr Fault kNoKey{Trouble::function, "a key is null, an array or an object"};
constexpr Fault kNoJson{Trouble::parse, "the text is no JSON"};
constexpr Fault kNoObject{Trouble::function, "an argument is no object"};
constexpr Fault kNoArray{Trouble::function, "an argument is no array"};
constexpr Fault kNoObjectInArray{Trouble::function, "an element of the array is no object"};

Value value_or_null(const OptionalValue& value) { return value.value_or(Value()); }

int64_t size_of(OptionalValue value) {
  const auto size = size_of_value(value_or_null(value));
  return size.is_value() ? size.value() : 0;
}

bool is_empty_thing(OptionalValue value) {
  const Value given = value_or_null(value);
  const bool counted = given.type == Type::string || given.type == Type::array || given.type == Type::object;
  return given.is_null() || (counted && given.size == 0);
}

Outcome<Value> pairs(Call& call, Further arguments) {
  Entries members(call.arena(), arguments.size() / 2);
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const auto key = text_of(call.arena(), value_or_null(arguments[i]));
    if (!key.is_value()) return kNoKey;
    members.set(key.value(), value_or_null(arguments[i + 1]));
  }
  return members.value();
}

Outcome<Value> to_map(Call& call, Further arguments) {
  for (size_t i = 0; i < arguments.size(); i += 2) {
    if (value_or_null(arguments[i]).is_null()) return nullptr;
  }
  return pairs(call, arguments);
}

Outcome<Value> arrays_to_object(Call& call, Further arguments) {
  size_t longest = 0;
  bool any = false;
  for (size_t i = 1; i < arguments.size(); i += 2) {
    const Value array = value_or_null(arguments[i]);
    if (array.is_null()) continue;
    if (array.type != Type::array) return kNoArray;
    any = true;
    longest = std::max<size_t>(longest, array.size);
  }
  if (!any) return nullptr;
  const auto objects = call.arena().make<Value>(longest);
  for (size_t at = 0; at < longest; ++at) {
    Entries members(call.arena(), arguments.size() / 2);
    for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
      const auto key = text_of(call.arena(), value_or_null(arguments[i]));
      if (!key.is_value()) return kNoKey;
      const Value array = value_or_null(arguments[i + 1]);
      members.set(key.value(), at < array.size ? array.as_array()[at] : Value());
    }
    objects[at] = members.value();
  }
  return Value::of_array(objects);
}

OptionalText delimiter(OptionalText given, Text otherwise) { return given && !given->empty() ? given : OptionalText(otherwise); }

Value str_to_object(Call& call, Text text, OptionalText value_delimiter, OptionalText field_delimiter) {
  const Text between = *delimiter(value_delimiter, ":"), after = *delimiter(field_delimiter, ",");
  size_t count = 0;
  each_piece(text, after, [&](Text) { ++count; });
  Entries members(call.arena(), count);
  each_piece(text, after, [&](Text pair) {
    if (pair.empty()) return;
    const size_t at = pair.find(between);
    members.set(pair.substr(0, at), at == pair.npos ? Value() : Value::of_text(pair.substr(at + between.size())));
  });
  return members.value();
}

Outcome<Text> get_values(Text text, Text key, OptionalText value_delimiter, OptionalText field_delimiter) {
  const Text between = *delimiter(value_delimiter, ":"), after = *delimiter(field_delimiter, ",");
  OptionalText found;
  each_piece(text, after, [&](Text pair) {
    const size_t at = pair.find(between);
    if (!found && at != pair.npos && trimmed(pair.substr(0, at), true, true) == key) found = trimmed(pair.substr(at + between.size()), true, true);
  });
  return found;
}

std::optional<Value> nullify() { return std::nullopt; }

Value get_keys(Call& call, Object object) {
  const auto names = call.arena().make<Value>(object.members.size());
  for (size_t i = 0; i < names.size(); ++i) names[i] = Value::of_text(object.members[i].name);
  return Value::of_array(names);
}

Outcome<Value> json_to_object(Call& call, Text text) {
  const auto json = parse_json(text);
  if (!json) return kNoJson;
  return value_of_json(call.arena(), *json);
}

/// Objects keyed by one of their attributes.
Outcome<Value> keyed(Call& call, const Value& array, const Value& attribute) {
  if (array.type != Type::array) return kNoArray;
  const auto name = text_of(call.arena(), attribute);
  if (!name.is_value()) return kNoKey;
  Entries members(call.arena(), array.size);
  for (const Value& element : array.as_array()) {
    if (element.is_null()) continue;
    if (element.type != Type::object) return kNoObjectInArray;
    const Value* key = element.member(name.value());
    if (key == nullptr || key->is_null()) continue;
    const auto text = text_of(call.arena(), *key);
    if (!text.is_value()) return kNoKey;
    members.set(text.value(), element);
  }
  return members.value();
}

Outcome<Value> object_to_map(Call& call, OptionalValue first, Further further) {
  const Value given = value_or_null(first);
  if (further.empty()) {
    if (given.is_null()) return nullptr;
    return given.type == Type::object ? Outcome<Value>(given) : kNoObject;
  }
  if (given.is_null()) return nullptr;
  if (further.size() == 1 && given.type == Type::array) return keyed(call, given, value_or_null(further[0]));
  std::vector<OptionalValue> all = {given};
  all.insert(all.end(), further.begin(), further.end());
  return all.size() % 2 == 0 ? to_map(call, all) : Outcome<Value>(kNoKey);
}

Outcome<Value> array_to_map(Call& call, Value array, Value attribute) { return keyed(call, array, attribute); }

Outcome<Value> add_to_map(Call& call, std::span<const std::optional<Object>> maps) {
  size_t most = 0;
  bool any = false;
  for (const auto& map : maps) {
    if (!map) continue;
    any = true;
    most += map->members.size();
  }
  if (!any) return nullptr;
  Entries members(call.arena(), most);
  for (const auto& map : maps) {
    if (!map) continue;
    for (const Member& one : map->members) members.set_new(one.name, one.value);
  }
  return members.value();
}

const Value* entry(Call& call, const Object& map, const Value& key) {
  const auto name = text_of(call.arena(), key);
  if (!name.is_value()) return nullptr;
  const auto found = std::find_if(map.members.begin(), map.members.end(), [&](const Member& one) { return one.name == name.value(); });
  return found == map.members.end() ? nullptr : &found->value;
}

Outcome<Value> map_get_values(Call& call, Object map, Value keys) {
  if (keys.type != Type::array) {
    const Value* value = entry(call, map, keys);
    return value == nullptr ? Outcome<Value>(nullptr) : *value;
  }
  std::vector<Value> values;
  for (const Value& key : keys.as_array()) {
    const Value* value = entry(call, map, key);
    const Value one = value == nullptr ? Value() : *value;
    if (!call.spend_steps(map.members.size() + values.size())) return kTooManySteps;
    if (std::none_of(values.begin(), values.end(), [&](const Value& other) { return same(one, other); })) values.push_back(one);
  }
  return made_array(call, values);
}

Outcome<bool> map_has_keys(Call& call, std::optional<Object> map, OptionalValue keys) {
  if (!map || value_or_null(keys).is_null()) return false;
  if (keys->type != Type::array) return entry(call, *map, *keys) != nullptr;
  for (const Value& key : keys->as_array()) {
    if (entry(call, *map, key) != nullptr) return true;
    if (!call.spend_steps(map->members.size())) return kTooManySteps;
  }
  return false;
}

constexpr Parameter kKey{"key", Type::string, "The name."};
constexpr Parameter kValue{"value", Type::any, "The value."};
constexpr Parameter kValueDelimiter{"valueDelimiter", Type::string, "What stands between key and value; : when empty.", true};
constexpr Parameter kFieldDelimiter{"fieldDelimiter", Type::string, "What stands between two pairs; a comma when empty.", true};

constexpr Function kFunctions[] = {
    {.name = "size_of",
     .category = Category::object,
     .parameters = {{"input", Type::any, "An array, object, map or text."}},
     .returns = Type::integer,
     .kernel = kernel<size_of>,
     .about = "The number of elements, entries or characters; 0 for null.",
     .examples = {{"size_of([1, 2, 3, 4])", "4"}, {R"(size_of("äb"))", "2"}, {R"(size_of({"a": 1}))", "1"}, {"size_of(null)", "0"}}},
    {.name = "is_empty",
     .category = Category::object,
     .parameters = {{"input", Type::any, "An array, object, map or text."}},
     .returns = Type::boolean,
     .kernel = kernel<is_empty_thing>,
     .about = "True for null and for what holds nothing.",
     .examples = {{"is_empty([1, 2, 3])", "false"}, {"is_empty([])", "true"}, {R"(is_empty(""))", "true"}, {"is_empty(null)", "true"}, {"is_empty(0)", "false"}}},
    {.name = "arrays_to_object",
     .aliases = {"arrays_to_objects"},
     .category = Category::object,
     .parameters = {kKey, {"array", Type::array, "The values of that name."}},
     .repeat = Repeat::pairs,
     .returns = Type::array,
     .kernel = kernel<arrays_to_object>,
     .about = "Parallel arrays as one array of objects; a shorter array gives nulls.",
     .examples = {{R"(arrays_to_object("sku", ["s1", "s2"], "price", [10, 20]))", R"([{"sku": "s1", "price": 10}, {"sku": "s2", "price": 20}])"},
                  {R"(arrays_to_objects("a", [1], "b", [2, 3]))", R"([{"a": 1, "b": 2}, {"a": null, "b": 3}])"},
                  {R"(arrays_to_object("a", null))", "null"}}},
    {.name = "to_object",
     .category = Category::object,
     .parameters = {kKey, kValue},
     .repeat = Repeat::pairs,
     .returns = Type::object,
     .kernel = kernel<pairs>,
     .about = "An object of names and values; a null value keeps its name.",
     .examples = {{R"(to_object("firstName", "John", "lastName", "Doe"))", R"({"firstName": "John", "lastName": "Doe"})"},
                  {R"(to_object("a", null))", R"({"a": null})"},
                  {R"(to_object(null, 1))", "error"}}},
    {.name = "str_to_object",
     .category = Category::object,
     .parameters = {{"text", Type::string, "Pairs such as \"a:1,b:2\"."}, kValueDelimiter, kFieldDelimiter},
     .returns = Type::object,
     .kernel = kernel<str_to_object>,
     .about = "A text of pairs as a map of texts; the last value of a key counts.",
     .examples = {{R"(str_to_object("firstName=John,lastName=Doe,phone=123 456 7890", "=", ","))", R"({"firstName": "John", "lastName": "Doe", "phone": "123 456 7890"})"},
                  {R"(str_to_object("a:1,b"))", R"({"a": "1", "b": null})"},
                  {R"(str_to_object("a:1,a:2").get("a"))", R"("2")"},
                  {"str_to_object(null)", "null"}}},
    {.name = "contains_key",
     .aliases = {"is_set"},
     .category = Category::object,
     .parameters = {{"path", Type::any, "A path to a source attribute, also in quotes."}},
     .returns = Type::boolean,
     .form = Form::contains_key,
     .about = "True when the source record holds something at the path.",
     .examples = {{R"(contains_key("no.such.attribute"))", "false"}}},
    {.name = "nullify",
     .category = Category::object,
     .returns = Type::null,
     .kernel = kernel<nullify>,
     .about = "Always null: the target attribute is not written.",
     .examples = {{"nullify()", "null"}}},
    {.name = "get_keys",
     .category = Category::object,
     .parameters = {{"object", Type::object, "The object or map."}},
     .returns = Type::array,
     .kernel = kernel<get_keys>,
     .about = "The names in an object, in order.",
     .examples = {{R"(get_keys({"book1": "Pride and Prejudice", "book2": "1984"}))", R"(["book1", "book2"])"}, {"get_keys(null)", "null"}, {"get_keys(1)", "error"}}},
    {.name = "get_values",
     .category = Category::object,
     .parameters = {{"text", Type::string, "Pairs such as \"a - 1 , b - 2\"."}, kKey, {"valueDelimiter", Type::string, "What stands between key and value; : when empty."}, kFieldDelimiter},
     .returns = Type::string,
     .kernel = kernel<get_values>,
     .about = "The value of a key in a text of pairs, without white space around it.",
     .examples = {{R"(get_values("firstName - John , lastName - Cena , phone - 555 420 8692", "firstName", "-", ","))", R"("John")"},
                  {R"(get_values("a:1", "b", ":"))", "null"},
                  {R"(get_values("a:1,b:2", "b", null))", R"("2")"}}},
    {.name = "json_to_object",
     .category = Category::object,
     .parameters = {{"text", Type::string, "JSON."}},
     .returns = Type::any,
     .kernel = kernel<json_to_object>,
     .about = "What a JSON text holds.",
     .examples = {{R"(json_to_object("{\"info\":{\"firstName\":\"John\",\"lastName\":\"Doe\"}}"))", R"({"info": {"firstName": "John", "lastName": "Doe"}})"},
                  {R"(json_to_object("[1,2.5,null]"))", "[1, 2.5, null]"},
                  {R"(json_to_object("{oops}"))", "error"},
                  {"json_to_object(null)", "null"}}},
};

constexpr Function kMapFunctions[] = {
    {.name = "to_map",
     .category = Category::map,
     .parameters = {kKey, kValue},
     .repeat = Repeat::pairs,
     .returns = Type::object,
     .kernel = kernel<to_map>,
     .about = "A map of keys and values; null when a key is null.",
     .examples = {{R"(to_map("a", 1, "b", 2))", R"({"a": 1, "b": 2})"}, {R"(to_map(null, 1))", "null"}}},
    {.name = "object_to_map",
     .category = Category::map,
     .parameters = {{"object", Type::any, "An object; the first key of pairs; or an array of objects."},
                    {"value", Type::any, "The value of that key; or the attribute that keys the array.", true},
                    {"key", Type::any, "A further key.", true},
                    {"value", Type::any, "Its value.", true}},
     .repeat = Repeat::pairs,
     .returns = Type::object,
     .kernel = kernel<object_to_map>,
     .about = "An object, pairs, or an array of objects keyed by one of their attributes, as a map.",
     .examples = {{R"(object_to_map({"a": 1}))", R"({"a": 1})"},
                  {R"(object_to_map("a", 1, "b", 2))", R"({"a": 1, "b": 2})"},
                  {R"(object_to_map([{"k": "x", "v": 1}, {"v": 2}], "k"))", R"({"x": {"k": "x", "v": 1}})"},
                  {"object_to_map(null)", "null"}}},
    {.name = "array_to_map",
     .category = Category::map,
     .parameters = {{"array", Type::array, "Objects."}, {"keyAttribute", Type::string, "The attribute whose value is the key."}},
     .returns = Type::object,
     .kernel = kernel<array_to_map>,
     .about = "An array of objects as a map keyed by one of their attributes; the last of a key counts.",
     .examples = {{R"(array_to_map([{"k": "x", "v": 1}, {"k": "x", "v": 2}], "k"))", R"({"x": {"k": "x", "v": 2}})"}, {R"(array_to_map(null, "k"))", "null"}}},
    {.name = "add_to_map",
     .category = Category::map,
     .parameters = {{"map", Type::object, "A map; null counts as none."}},
     .repeat = Repeat::last,
     .returns = Type::object,
     .kernel = kernel<add_to_map>,
     .about = "The union of maps; of a key that several have the first map's value counts.",
     .examples = {{R"(add_to_map({"a": 1}, {"a": 2, "b": 3}))", R"({"a": 1, "b": 3})"}, {R"(add_to_map(null, {"b": 3}))", R"({"b": 3})"}, {"add_to_map(null, null)", "null"}}},
    {.name = "map_get_values",
     .category = Category::map,
     .parameters = {{"map", Type::object, "The map."}, {"keys", Type::any, "A key, or an array of keys."}},
     .returns = Type::any,
     .kernel = kernel<map_get_values>,
     .about = "The value of a key, or the values of several keys, each value once.",
     .examples = {{R"(map_get_values({"a": "x", "b": "y"}, "b"))", R"("y")"},
                  {R"(map_get_values({"a": 1, "b": 2, "c": 1}, ["c", "a", "b"]))", "[1, 2]"},
                  {R"(map_get_values({"a": 1}, "z"))", "null"}}},
    {.name = "map_has_keys",
     .category = Category::map,
     .parameters = {{"map", Type::object, "The map."}, {"keys", Type::any, "A key, or an array of keys."}},
     .returns = Type::boolean,
     .kernel = kernel<map_has_keys>,
     .about = "True as soon as the map has one of the keys.",
     .examples = {{R"(map_has_keys({"a": 1}, ["z", "a"]))", "true"}, {R"(map_has_keys({"a": 1}, "z"))", "false"}, {R"(map_has_keys(null, "a"))", "false"}}},
};

}  // namespace

std::span<const Function> object_functions() { return kFunctions; }
std::span<const Function> map_functions() { return kMapFunctions; }

}  // namespace foz::prep
