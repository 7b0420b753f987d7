// Choices, comparison and conversion. Follows: Data Prep contract, 6.9, 6.10.
#include <limits>

#include "prep/decimal.h"
#include "prep/function_tables.h"
#include "prep/operators.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using engine::Value;
using Further = std::span<const std::optional<Value>>;

constexpr Fault kNoNumber{Trouble::parse, "the text is no number"};
constexpr Fault kNotWhole{Trouble::parse, "the text is no whole number"};
constexpr Fault kTooLarge{Trouble::range, "the number does not fit the type"};
constexpr Fault kTooManyDigits{Trouble::range, "the number has more than 38 digits"};

Outcome<Value> extreme(Call& call, Further arguments, int wanted_order) {
  Value best;
  for (const auto& one : arguments) {
    if (!one || one->is_null()) continue;
    if (best.is_null()) {
      best = *one;
      continue;
    }
    const auto order = compared(call.arena(), *one, best);
    if (order.is_fault()) return order.fault();
    if (order.value() * wanted_order > 0) best = *one;
  }
  return best;
}
Outcome<Value> smallest(Call& call, Further arguments) { return extreme(call, arguments, -1); }
Outcome<Value> largest(Call& call, Further arguments) { return extreme(call, arguments, 1); }

/// A number of any size, exact; of a text without the white space around it.
Outcome<Value> to_bigint(Call& call, Value value) {
  if (value.type == Type::integer || value.type == Type::decimal) return value;
  const auto text = text_of(call.arena(), value);
  if (text.is_fault()) return text.fault();
  const std::string_view digits = trimmed(text.value(), true, true);
  if (digits.empty()) return nullptr;
  const auto exact = decimal_of_text(digits);
  if (!exact) return number_of_text(digits).is_value() ? kTooManyDigits : kNoNumber;
  const auto narrow = to_int64(*exact);
  return narrow ? Value::of_integer(*narrow) : Value::of_decimal(call.arena(), *exact);
}

Outcome<double> to_number(Call& call, const Value& value) {
  if (value.type == Type::boolean) return value.boolean ? 1.0 : 0.0;
  if (value.type == Type::integer) return static_cast<double>(value.integer);
  if (value.type == Type::number) return value.number;
  const auto text = text_of(call.arena(), value);
  if (text.is_fault()) return text.fault();
  const std::string_view digits = trimmed(text.value(), true, true);
  if (digits.empty()) return nullptr;
  const auto number = number_of_text(digits);
  return number.is_fault() && number.fault().trouble == Trouble::parse ? Outcome<double>(kNoNumber) : number;
}

Outcome<double> to_decimal(Call& call, Value value) { return to_number(call, value); }

Outcome<double> to_float(Call& call, Value value) {
  const auto number = to_number(call, value);
  if (!number.is_value()) return number;
  const double bound = std::numeric_limits<float>::max();
  if (number.value() > bound || number.value() < -bound) return kTooLarge;
  return static_cast<double>(static_cast<float>(number.value()));
}

Outcome<int64_t> to_integer(Call& call, Value value) {
  if (value.type == Type::string) {
    const std::string_view digits = trimmed(value.as_text(), true, true);
    if (digits.empty()) return nullptr;
    value = Value::of_text(digits);
  }
  const auto made = to_kind(call.arena(), value, engine::Kind::int32);
  if (made.is_fault()) return made.fault().trouble == Trouble::parse ? kNotWhole : made.fault();
  return made.value().integer;
}

constexpr Parameter kAny{"value", Type::any, "A value."};
constexpr Parameter kText{"input", Type::string, "The text; an empty one counts as null."};

constexpr Function kFunctions[] = {
    {.name = "decode",
     .category = Category::logic,
     .parameters = {{"key", Type::any, "What to look for."}, {"option", Type::any, "What the key may equal."}, {"result", Type::any, "What it then becomes."}},
     .repeat = Repeat::pairs,
     .returns = Type::any,
     .form = Form::decode,
     .about = "The result beside the first option that equals the key; an argument left over at the end is the default.",
     .examples = {{R"(decode("ca", "ca", "California", "pa", "Pennsylvania", "N/A"))", R"("California")"},
                  {R"(decode("zz", "ca", "California", "N/A"))", R"("N/A")"},
                  {R"(decode("zz", "ca", "California"))", "null"},
                  {R"(decode(1, "1", "one"))", R"("one")"},
                  {R"(decode(null, "1", "one", "none"))", R"("none")"},
                  {R"(decode("x", 1, "one", "x", "found"))", R"("found")"}}},
    {.name = "iif",
     .category = Category::logic,
     .parameters = {{"condition", Type::boolean, "What is asked."}, {"whenTrue", Type::any, "The value when it is true."}, {"whenFalse", Type::any, "The value otherwise."}},
     .returns = Type::any,
     .form = Form::iif,
     .about = "One of two values; only the one that is picked is computed.",
     .examples = {{R"(iif("s".equalsIgnoreCase("S"), "True", "False"))", R"("True")"}, {"iif(null, 1, 2)", "2"}, {"iif(false, 1 / 0, 2)", "2"}}},
    {.name = "min",
     .category = Category::logic,
     .parameters = {kAny},
     .repeat = Repeat::last,
     .returns = Type::any,
     .kernel = kernel<smallest>,
     .about = "The smallest value; nulls are left out.",
     .examples = {{"min(3, 1, 4)", "1"}, {R"(min("b", "a"))", R"("a")"}, {"min(2, null)", "2"}, {"min(null, null)", "null"}, {"min([1], 2)", "error"}}},
    {.name = "max",
     .category = Category::logic,
     .parameters = {kAny},
     .repeat = Repeat::last,
     .returns = Type::any,
     .kernel = kernel<largest>,
     .about = "The largest value; nulls are left out.",
     .examples = {{"max(3, 1, 4)", "4"}, {"max(1, 2.5)", "2.5"}, {R"(max(date("2020-01-01"), date("2019-01-01")))", R"(date("2020-01-01"))"}}},
    {.name = "to_bigint",
     .category = Category::conversion,
     .parameters = {kText},
     .returns = Type::decimal,
     .kernel = kernel<to_bigint>,
     .about = "The exact number in a text, with its fraction, of up to 38 digits.",
     .examples = {{R"(to_bigint("1000000.34"))", "1000000.34b"},
                  {R"(to_bigint("123456789012345678901"))", "123456789012345678901"},
                  {R"(to_bigint("12"))", "12"},
                  {R"(to_bigint("twelve"))", "error"},
                  {"to_bigint(null)", "null"}}},
    {.name = "to_decimal",
     .category = Category::conversion,
     .parameters = {kText},
     .returns = Type::number,
     .kernel = kernel<to_decimal>,
     .about = "The number in a text, with 64 bits.",
     .examples = {{R"(to_decimal("20.5"))", "20.5"}, {R"(to_decimal("1,000"))", "error"}, {R"(to_decimal(""))", "null"}}},
    {.name = "to_float",
     .category = Category::conversion,
     .parameters = {kText},
     .returns = Type::number,
     .kernel = kernel<to_float>,
     .about = "The number in a text, with 32 bits.",
     .examples = {{R"(to_float("12.5"))", "12.5"}, {R"(to_float("12.3456"))", "12.3456f"}, {R"(to_float("1e39"))", "error"}}},
    {.name = "to_integer",
     .category = Category::conversion,
     .parameters = {kText},
     .returns = Type::integer,
     .kernel = kernel<to_integer>,
     .about = "The whole number in a text, with 32 bits.",
     .examples = {{R"(to_integer("12"))", "12"}, {R"(to_integer("12.0"))", "12"}, {R"(to_integer("12.6"))", "error"}, {R"(to_integer("2147483648"))", "error"}, {"to_integer(null)", "null"}}},
};

}  // namespace

std::span<const Function> logic_functions() { return kFunctions; }

}  // namespace foz::prep
