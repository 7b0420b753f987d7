// Arrays. Follows: Data Prep contract, 6.8.
#include <algorithm>

#include "prep/function_tables.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using engine::Value;
using OptionalValue = std::optional<Value>;
using Further = std::span<const OptionalValue>;

constexpr Fault kNoArrayInside{Trouble::function, "an element is no array"};

/// The elements of a single array argument, else the arguments themselves.
Outcome<Value> pick(Further given, bool last) {
  if (given.empty()) return nullptr;
  if (given.size() == 1 && given[0] && given[0]->type == Type::array) {
    const auto items = given[0]->as_array();
    return items.empty() ? Outcome<Value>(nullptr) : last ? items.back() : items.front();
  }
  return (last ? given.back() : given.front()).value_or(Value());
}
Outcome<Value> first(Further arguments) { return pick(arguments, false); }
Outcome<Value> last(Further arguments) { return pick(arguments, true); }

Value to_array(Call& call, bool include_nulls, Further arguments) {
  std::vector<Value> items;
  for (const OptionalValue& one : arguments) {
    if (one || include_nulls) items.push_back(one.value_or(Value()));
  }
  return made_array(call, items);
}

Value add_to_array(Call& call, std::optional<Array> array, Further further) {
  std::vector<Value> items;
  if (array) items.assign(array->items.begin(), array->items.end());
  for (const OptionalValue& one : further) items.push_back(one.value_or(Value()));
  return made_array(call, items);
}

Outcome<Value> join_arrays(Call& call, std::span<const std::optional<Array>> arrays) {
  std::vector<Value> items;
  for (const auto& array : arrays) {
    if (array) items.insert(items.end(), array->items.begin(), array->items.end());
  }
  return made_array(call, items);
}

Outcome<std::string_view> array_to_string(Call& call, std::optional<std::string_view> separator, Array array) { return joined(call, separator, array); }

Outcome<Value> flatten(Call& call, Array array) {
  std::vector<Value> items;
  for (const Value& inner : array.items) {
    if (inner.is_null()) continue;
    if (inner.type != Type::array) return kNoArrayInside;
    items.insert(items.end(), inner.as_array().begin(), inner.as_array().end());
  }
  return made_array(call, items);
}

Value upsert_append(Array array) { return Value::of_array(array.items); }
Value upsert_replace(Array array, std::optional<int64_t>) { return Value::of_array(array.items); }

constexpr Parameter kArray{"array", Type::array, "The array."};

constexpr Function kFunctions[] = {
    {.name = "coalesce",
     .category = Category::array,
     .parameters = {{"value", Type::any, "A value."}},
     .repeat = Repeat::last,
     .returns = Type::any,
     .form = Form::coalesce,
     .about = "The first argument that is not null.",
     .examples = {{R"(coalesce(null, null, null, "first", null, "second"))", R"("first")"}, {"coalesce(null, null)", "null"}, {"coalesce(1, 1 / 0)", "1"}}},
    {.name = "first",
     .category = Category::array,
     .parameters = {{"value", Type::any, "Values, or one array."}},
     .repeat = Repeat::last,
     .returns = Type::any,
     .kernel = kernel<first>,
     .about = "The first argument, or the first element of a single array.",
     .examples = {{R"(first("1", "2", "3"))", R"("1")"}, {"first([4, 5])", "4"}, {"first([])", "null"}}},
    {.name = "last",
     .category = Category::array,
     .parameters = {{"value", Type::any, "Values, or one array."}},
     .repeat = Repeat::last,
     .returns = Type::any,
     .kernel = kernel<last>,
     .about = "The last argument, or the last element of a single array.",
     .examples = {{R"(last("1", "2", "3"))", R"("3")"}, {"last([4, 5])", "5"}, {"last([])", "null"}}},
    {.name = "to_array",
     .category = Category::array,
     .parameters = {{"includeNulls", Type::boolean, "false: nulls are left out."}, {"value", Type::any, "An element.", true}},
     .repeat = Repeat::last,
     .returns = Type::array,
     .kernel = kernel<to_array>,
     .about = "The arguments as an array.",
     .examples = {{"to_array(false, 1, null, 2, 3)", "[1, 2, 3]"}, {"to_array(true, 1, null)", "[1, null]"}, {"to_array(false, null)", "[]"}}},
    {.name = "add_to_array",
     .category = Category::array,
     .parameters = {kArray, {"value", Type::any, "A further element."}},
     .repeat = Repeat::last,
     .returns = Type::array,
     .kernel = kernel<add_to_array>,
     .about = "An array with further elements at its end; null counts as an empty array.",
     .examples = {{"add_to_array(['a', 'b'], 'c', 'd')", R"(["a", "b", "c", "d"])"}, {"add_to_array(null, 1)", "[1]"}, {"add_to_array([1], null)", "[1, null]"}}},
    {.name = "join_arrays",
     .category = Category::array,
     .parameters = {{"array", Type::array, "An array; null is skipped."}},
     .repeat = Repeat::last,
     .returns = Type::array,
     .kernel = kernel<join_arrays>,
     .about = "Arrays one behind the other.",
     .examples = {{"join_arrays(['a', 'b'], ['c'], ['d', 'e'])", R"(["a", "b", "c", "d", "e"])"}, {"join_arrays([1], null)", "[1]"}, {"join_arrays([1], 2)", "error"}}},
    {.name = "array_to_string",
     .category = Category::array,
     .parameters = {{"separator", Type::string, "What stands between two elements."}, kArray},
     .returns = Type::string,
     .kernel = kernel<array_to_string>,
     .about = "The elements of an array as one text; a null element is empty.",
     .examples = {{R"(array_to_string("; ", ["a", "b"]))", R"("a; b")"}, {R"(array_to_string("; ", null))", "null"}}},
    {.name = "filterArray",
     .category = Category::array,
     .parameters = {kArray, {"predicate", Type::any, "A function of an element, such as x -> x > 0."}},
     .returns = Type::array,
     .form = Form::filter,
     .about = "The elements for which the function is true.",
     .examples = {{"filterArray([5, -6, 0, 7], x -> x > 0)", "[5, 7]"},
                  {"filterArray([1, null], x -> { x != null })", "[1]"},
                  {"filterArray([1, 2, 3], (x, i) -> i != 1)", "[1, 3]"},
                  {"filterArray(null, x -> true)", "null"}}},
    {.name = "transformArray",
     .category = Category::array,
     .parameters = {kArray, {"function", Type::any, "A function of an element, such as x -> x + 1."}},
     .returns = Type::array,
     .form = Form::transform,
     .about = "What the function gives for each element.",
     .examples = {{"transformArray([5, 6, 7], x -> x + 1)", "[6, 7, 8]"},
                  {R"(transformArray([{"a": 1}, {"a": 2}], x -> x.a * 10))", "[10, 20]"},
                  {R"(transformArray([[1, 2], [3]], x -> transformArray(x, y -> y * size_of(x))))", "[[2, 4], [3]]"},
                  {"transformArray([], x -> x)", "[]"},
                  {"transformArray([1], x -> x / 0)", "error"}}},
    {.name = "flattenArray",
     .category = Category::array,
     .parameters = {kArray},
     .returns = Type::array,
     .kernel = kernel<flatten>,
     .about = "An array of arrays with one level of nesting less; a null inner array is skipped.",
     .examples = {{"flattenArray([[1, 2], null, [3]])", "[1, 2, 3]"}, {"flattenArray([1])", "error"}}},
    {.name = "upsert_array_append",
     .category = Category::array,
     .parameters = {kArray},
     .returns = Type::array,
     .kernel = kernel<upsert_append>,
     .about = "The array itself: a directive for streaming updates, without effect on rows that are appended.",
     .examples = {{"upsert_array_append([1])", "[1]"}}},
    {.name = "upsert_array_replace",
     .category = Category::array,
     .parameters = {kArray, {"index", Type::integer, "The element that would be replaced.", true}},
     .returns = Type::array,
     .kernel = kernel<upsert_replace>,
     .about = "The array itself: a directive for streaming updates, without effect on rows that are appended.",
     .examples = {{"upsert_array_replace([1], 0)", "[1]"}}},
};

}  // namespace

std::span<const Function> array_functions() { return kFunctions; }

}  // namespace foz::prep
