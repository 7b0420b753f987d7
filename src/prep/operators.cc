#include "prep/operators.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "prep/decimal.h"
#include "prep/frame.h"
#include "prep/moment.h"

namespace foz::prep {
namespace {

using engine::Arena;
using engine::Type;
using engine::Value;

constexpr Fault kNullOperand{Trouble::function, "an operand is null"};
constexpr Fault kNoOperand{Trouble::function, "an operand is no number"};
constexpr Fault kDividedByZero{Trouble::function, "division by zero"};
constexpr Fault kTooManyDigits{Trouble::range, "the result has more than 38 digits"};
constexpr Fault kCannotCompare{Trouble::function, "values of these types cannot be compared"};
constexpr Fault kNoTextForm{Trouble::function, "an array or an object has no text"};

/// An operand read as a number.
struct Number {
  enum class Kind : uint8_t { integer, floating, exact } kind = Kind::integer;
  int64_t integer = 0;
  double floating = 0;
  Decimal exact = {};  ///< also whole numbers beyond 64 bits
};

bool looks_floating(std::string_view text) { return text.find_first_of(".eE") != text.npos; }

std::optional<Number> number_of_whole_text(std::string_view text) {
  if (text.empty()) return Number{};
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number.integer);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc()) return number;
  const auto wide = decimal_of_text(text);
  if (!wide) return std::nullopt;
  return Number{.kind = Number::Kind::exact, .exact = *wide};
}

std::optional<Number> number_of(const Value& value) {
  switch (value.type) {
    case Type::null: return Number{};
    case Type::boolean: return Number{.integer = value.boolean ? 1 : 0};
    case Type::integer: return Number{.integer = value.integer};
    case Type::number: return Number{.kind = Number::Kind::floating, .floating = value.number};
    case Type::decimal: return Number{.kind = Number::Kind::exact, .exact = *value.decimal};
    case Type::string: {
      if (!looks_floating(value.as_text())) return number_of_whole_text(value.as_text());
      const auto read = number_of_text(value.as_text());
      if (!read.is_value()) return std::nullopt;
      return Number{.kind = Number::Kind::floating, .floating = read.value()};
    }
    default: return std::nullopt;
  }
}

double as_double(const Number& number) {
  switch (number.kind) {
    case Number::Kind::integer: return static_cast<double>(number.integer);
    case Number::Kind::floating: return number.floating;
    case Number::Kind::exact: return to_double(number.exact);
  }
  return 0;
}

/// Exact value of an operand; of a text its own digits, never those of a double.
std::optional<Decimal> as_decimal(const Value& value, const Number& number) {
  if (value.type == Type::string && number.kind == Number::Kind::floating) return decimal_of_text(value.as_text());
  if (number.kind == Number::Kind::integer) return decimal_of(number.integer);
  return number.kind == Number::Kind::exact ? number.exact : decimal_of_double(number.floating);
}

bool is_fraction(const Number& number) { return number.kind == Number::Kind::exact && number.exact.scale > 0; }

Outcome<Value> whole_value(Arena& arena, Decimal value) {
  if (const auto narrow = to_int64(value)) return Value::of_integer(*narrow);
  return Value::of_decimal(arena, value);
}

std::optional<Decimal> apply_exact(Operator op, Decimal left, Decimal right) {
  switch (op) {
    case Operator::add: return add(left, right);
    case Operator::subtract: return subtract(left, right);
    case Operator::multiply: return multiply(left, right);
    case Operator::divide: return divide(left, right);
    default: return modulo(left, right);
  }
}

Outcome<Value> calculate_whole(Arena& arena, Operator op, const Number& left, const Number& right) {
  if (left.kind == Number::Kind::integer && right.kind == Number::Kind::integer) {
    const int64_t a = left.integer, b = right.integer;
    int64_t result = 0;
    switch (op) {
      case Operator::add:
        if (!__builtin_add_overflow(a, b, &result)) return Value::of_integer(result);
        break;
      case Operator::subtract:
        if (!__builtin_sub_overflow(a, b, &result)) return Value::of_integer(result);
        break;
      case Operator::multiply:
        if (!__builtin_mul_overflow(a, b, &result)) return Value::of_integer(result);
        break;
      case Operator::divide:
        if (a != INT64_MIN || b != -1) return Value::of_integer(a / b);
        break;
      default:
        if (b == -1) return Value::of_integer(0);
        result = a % b;
        return Value::of_integer(result < 0 ? (b < 0 ? result - b : result + b) : result);
    }
  }
  const Decimal a = left.kind == Number::Kind::exact ? left.exact : decimal_of(left.integer);
  const Decimal b = right.kind == Number::Kind::exact ? right.exact : decimal_of(right.integer);
  const auto result = apply_exact(op, a, b);
  return result ? whole_value(arena, *result) : Outcome<Value>(kTooManyDigits);
}

/// `value` with one digit less behind the point, rounded half even.
Decimal shortened(Decimal value) {
  engine::Int128 cut = value.unscaled / 10;
  const auto last = static_cast<int>(value.unscaled % 10);
  const bool up = last > 5 || (last == 5 && cut % 2 != 0), down = last < -5 || (last == -5 && cut % 2 != 0);
  cut += up ? 1 : down ? -1 : 0;
  return {.unscaled = cut, .scale = value.scale - 1};
}

/// The exact result, or the nearest one whose digits fit: fractions give up digits behind the point first.
std::optional<Decimal> apply_rounding(Operator op, Decimal left, Decimal right) {
  while (true) {
    const auto result = apply_exact(op, left, right);
    if (result || (left.scale <= 0 && right.scale <= 0)) return result;
    if (left.scale >= right.scale) left = shortened(left);
    else right = shortened(right);
    const bool divides = op == Operator::divide || op == Operator::modulo;
    if (divides && is_zero(right)) return std::nullopt;
  }
}

Outcome<Value> calculate_fraction(Arena& arena, Operator op, Decimal left, Decimal right, bool narrow) {
  auto result = apply_rounding(op, left, right);
  if (!result) return kTooManyDigits;
  // As JEXL does: a whole result is an integer again when one side was one.
  if (narrow) {
    if (const auto whole = to_int64(*result)) return Value::of_integer(*whole);
  }
  if (result->scale == 0) {
    result = multiply(*result, {.unscaled = 10, .scale = 1});
    if (!result) return kTooManyDigits;
  }
  return Value::of_decimal(arena, *result);
}

double calculate_floating(Operator op, double left, double right) {
  switch (op) {
    case Operator::add: return left + right;
    case Operator::subtract: return left - right;
    case Operator::multiply: return left * right;
    case Operator::divide: return left / right;
    default: {
      const double rest = std::fmod(left, right);
      return rest < 0 ? rest + std::fabs(right) : rest;
    }
  }
}

bool is_zero_number(const Number& number) {
  switch (number.kind) {
    case Number::Kind::integer: return number.integer == 0;
    case Number::Kind::floating: return number.floating == 0;
    case Number::Kind::exact: return is_zero(number.exact);
  }
  return false;
}

bool concatenates(Arithmetic arithmetic, const Value& left, const Value& right) {
  const bool left_text = left.type == Type::string, right_text = right.type == Type::string;
  return arithmetic == Arithmetic::strict ? left_text || right_text : left_text && right_text;
}

Outcome<Value> concatenated(Arena& arena, const Value& left, const Value& right) {
  const auto a = text_of(arena, left), b = text_of(arena, right);
  if (a.is_fault() || b.is_fault()) return kNoTextForm;
  const std::string_view x = a.is_value() ? a.value() : "", y = b.is_value() ? b.value() : "";
  if (x.empty()) return Value::of_text(y);
  if (y.empty()) return Value::of_text(x);
  if (x.size() + y.size() > kTextBytesMax) return kTextTooLong;
  char* text = static_cast<char*>(arena.allocate(x.size() + y.size()));
  std::copy(x.begin(), x.end(), text);
  std::copy(y.begin(), y.end(), text + x.size());
  return Value::of_text({text, x.size() + y.size()});
}

/// An operand of a bit operator.
Outcome<int64_t> bits_of(Arithmetic arithmetic, const Value& value) {
  if (value.is_null()) return arithmetic == Arithmetic::strict ? Outcome<int64_t>(kNullOperand) : Outcome<int64_t>(0);
  if (value.type == Type::string && looks_floating(value.as_text())) return kNoOperand;
  const auto number = number_of(value);
  if (!number) return kNoOperand;
  if (number->kind == Number::Kind::integer) return number->integer;
  const double floating = std::trunc(as_double(*number));
  if (!(floating >= -0x1p63 && floating < 0x1p63)) return kNoOperand;
  if (number->kind == Number::Kind::floating) return static_cast<int64_t>(floating);
  engine::Int128 unscaled = number->exact.unscaled;
  for (int32_t i = 0; i < number->exact.scale; ++i) unscaled /= 10;
  return static_cast<int64_t>(unscaled);
}

bool is_moment(const Value& value) { return value.type == Type::date || value.type == Type::timestamp; }
int64_t micros_of(const Value& value) {
  return value.type == Type::date ? value.integer * kMicrosPerDay : value.integer;
}

/// NaN is below every number and equal to itself.
int compare_doubles(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) ? (std::isnan(right) ? 0 : -1) : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

Outcome<int> compare_exact(const Value& left, const Value& right) {
  const auto a = number_of(left), b = number_of(right);
  if (!a || !b) return kNoOperand;
  const auto x = as_decimal(left, *a), y = as_decimal(right, *b);
  if (x && y) return compare(*x, *y);
  return compare_doubles(as_double(*a), as_double(*b));
}

Outcome<int> compare_floating(const Value& left, const Value& right) {
  const auto read = [](const Value& value) -> std::optional<double> {
    if (value.type == Type::string && value.size == 0) return std::nan("");
    if (value.type == Type::string) {
      const auto number = number_of_text(value.as_text());
      return number.is_value() ? std::optional(number.value()) : std::nullopt;
    }
    const auto number = number_of(value);
    return number ? std::optional(as_double(*number)) : std::nullopt;
  };
  const auto a = read(left), b = read(right);
  if (!a || !b) return kNoOperand;
  return compare_doubles(*a, *b);
}

Outcome<int> compare_whole(const Value& left, const Value& right) {
  const auto read = [](const Value& value) -> std::optional<Number> {
    if (value.type == Type::string && looks_floating(value.as_text())) return std::nullopt;
    return number_of(value);
  };
  const auto a = read(left), b = read(right);
  if (!a || !b) return kNoOperand;
  if (a->kind == Number::Kind::integer && b->kind == Number::Kind::integer) {
    return a->integer < b->integer ? -1 : a->integer > b->integer ? 1 : 0;
  }
  return compare_exact(left, right);
}

bool same_members(const Value& left, const Value& right) {
  if (left.size != right.size) return false;
  return std::all_of(left.as_object().begin(), left.as_object().end(), [&](const engine::Member& one) {
    const Value* other = right.member(one.name);
    return other != nullptr && same(one.value, *other);
  });
}

bool is_numeric(Type type) { return type == Type::integer || type == Type::number || type == Type::decimal; }

}  // namespace

Outcome<Value> calculate(Arena& arena, Operator op, Arithmetic arithmetic, const Value& left, const Value& right) {
  if (arithmetic == Arithmetic::strict && (left.is_null() || right.is_null())) return kNullOperand;
  if (op == Operator::add && concatenates(arithmetic, left, right)) return concatenated(arena, left, right);
  const auto a = number_of(left), b = number_of(right);
  if (!a || !b) {
    const bool joins = op == Operator::add && (left.type == Type::string || right.type == Type::string);
    return joins ? concatenated(arena, left, right) : Outcome<Value>(kNoOperand);
  }
  if ((op == Operator::divide || op == Operator::modulo) && is_zero_number(*b)) {
    return arithmetic == Arithmetic::strict ? Outcome<Value>(kDividedByZero) : Value::of_number(0);
  }
  if (is_fraction(*a) || is_fraction(*b)) {
    const auto x = as_decimal(left, *a), y = as_decimal(right, *b);
    if (!x || !y) return kTooManyDigits;
    return calculate_fraction(arena, op, *x, *y, left.type == Type::integer || right.type == Type::integer);
  }
  if (a->kind == Number::Kind::floating || b->kind == Number::Kind::floating) {
    // Beside a fraction an empty text is no number, where it counts as 0 beside a whole one.
    const auto operand = [](const Value& value, const Number& number) { return value.type == Type::string && value.size == 0 ? std::nan("") : as_double(number); };
    return Value::of_number(calculate_floating(op, operand(left, *a), operand(right, *b)));
  }
  return calculate_whole(arena, op, *a, *b);
}

Outcome<Value> bitwise(Operator op, Arithmetic arithmetic, const Value& left, const Value& right) {
  const auto a = bits_of(arithmetic, left), b = bits_of(arithmetic, right);
  if (a.is_fault()) return a.fault();
  if (b.is_fault()) return b.fault();
  switch (op) {
    case Operator::bit_and: return Value::of_integer(a.value() & b.value());
    case Operator::bit_or: return Value::of_integer(a.value() | b.value());
    default: return Value::of_integer(a.value() ^ b.value());
  }
}

Outcome<Value> negated(Arena& arena, const Value& value) {
  switch (value.type) {
    case Type::null: return kNullOperand;
    case Type::boolean: return Value::of_boolean(!value.boolean);
    case Type::number: return Value::of_number(-value.number);
    case Type::decimal: return Value::of_decimal(arena, negated(*value.decimal));
    case Type::integer:
      if (value.integer == INT64_MIN) return Value::of_decimal(arena, negated(decimal_of(value.integer)));
      return Value::of_integer(-value.integer);
    default: return kNoOperand;
  }
}

Outcome<Value> complemented(Arithmetic arithmetic, const Value& value) {
  const auto bits = bits_of(arithmetic, value);
  return bits.is_fault() ? Outcome<Value>(bits.fault()) : Value::of_integer(~bits.value());
}

Outcome<int> compared(Arena& arena, const Value& left, const Value& right) {
  if (is_moment(left) && is_moment(right)) {
    const int64_t a = micros_of(left), b = micros_of(right);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const auto either = [&](Type type) { return left.type == type || right.type == type; };
  if (either(Type::decimal)) return compare_exact(left, right);
  if (either(Type::number)) return compare_floating(left, right);
  if (either(Type::integer)) return compare_whole(left, right);
  if (either(Type::string)) {
    const auto a = text_of(arena, left), b = text_of(arena, right);
    if (!a.is_value() || !b.is_value()) return kCannotCompare;
    const int order = a.value().compare(b.value());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  if (left.type == Type::boolean && right.type == Type::boolean) return (left.boolean ? 1 : 0) - (right.boolean ? 1 : 0);
  return kCannotCompare;
}

Outcome<bool> equals(Arena& arena, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  if (left.type == Type::boolean || right.type == Type::boolean) return truth(left) == truth(right);
  const auto nested = [](const Value& value) { return value.type == Type::array || value.type == Type::object; };
  if (nested(left) || nested(right)) return same(left, right);
  const auto order = compared(arena, left, right);
  if (order.is_fault()) return order.fault();
  return order.value() == 0;
}

Outcome<bool> ordered(Arena& arena, Operator op, const Value& left, const Value& right) {
  const bool or_equal = op == Operator::less_equal || op == Operator::greater_equal;
  if (left.is_null() || right.is_null()) return or_equal && left.is_null() && right.is_null();
  const auto order = compared(arena, left, right);
  if (order.is_fault()) return order.fault();
  if (order.value() == 0) return or_equal;
  return (order.value() < 0) == (op == Operator::less || op == Operator::less_equal);
}

bool contains(Arena& arena, const Value& container, const Value& value) {
  if (container.type == Type::array) {
    return std::any_of(container.as_array().begin(), container.as_array().end(),
                       [&](const Value& element) { return same(element, value); });
  }
  if (container.type != Type::object) return false;
  const auto key = text_of(arena, value);
  return key.is_value() && container.member(key.value()) != nullptr;
}

bool same(const Value& left, const Value& right) {
  if (is_numeric(left.type) && is_numeric(right.type)) {
    if (left.type == Type::integer && right.type == Type::integer) return left.integer == right.integer;
    const auto order = left.type == Type::decimal || right.type == Type::decimal ? compare_exact(left, right)
                                                                                 : compare_floating(left, right);
    return order.is_value() && order.value() == 0;
  }
  if (left.type != right.type) return false;
  switch (left.type) {
    case Type::null: return true;
    case Type::boolean: return left.boolean == right.boolean;
    case Type::string: return left.as_text() == right.as_text();
    case Type::date:
    case Type::timestamp: return left.integer == right.integer;
    case Type::array:
      return std::equal(left.as_array().begin(), left.as_array().end(), right.as_array().begin(), right.as_array().end(), same);
    case Type::object: return same_members(left, right);
    default: return false;
  }
}

bool is_empty(const Value& value) {
  switch (value.type) {
    case Type::null: return true;
    case Type::string:
    case Type::array:
    case Type::object: return value.size == 0;
    case Type::integer: return value.integer == 0;
    case Type::number: return value.number == 0 || std::isnan(value.number);
    case Type::decimal: return is_zero(*value.decimal);
    default: return false;
  }
}

Outcome<int64_t> size_of_value(const Value& value) {
  switch (value.type) {
    case Type::null: return 0;
    case Type::string: return static_cast<int64_t>(utf8::length(value.as_text()));
    case Type::array:
    case Type::object: return static_cast<int64_t>(value.size);
    default: return nullptr;
  }
}

}  // namespace foz::prep
