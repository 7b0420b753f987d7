#include "prep/coerce.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.h"
#include "prep/date_pattern.h"
#include "prep/decimal.h"
#include "prep/moment.h"

namespace foz::prep {
namespace {

using engine::Arena;
using engine::Kind;
using engine::Type;
using engine::Value;

constexpr Fault kNoBoolean{Trouble::parse, "the text is no boolean (y, yes, on, true, n, no, off, false)"};
constexpr Fault kNoInteger{Trouble::parse, "the text is no whole number"};
constexpr Fault kNoNumber{Trouble::parse, "the text is no decimal number"};
constexpr Fault kNoDate{Trouble::parse, "the text has none of the known date formats"};
constexpr Fault kTooLarge{Trouble::range, "the number is out of the range of the target type"};
constexpr Fault kNotWhole{Trouble::range, "the number has a fraction and the target type has none"};
constexpr Fault kNotOneOrZero{Trouble::range, "only 1 and 0 become a boolean"};
constexpr Fault kNoMoment{Trouble::range, "the moment is outside the years 0001 to 9999"};
constexpr Fault kNoWay{Trouble::coercion, "a value of this type cannot become the target type"};
constexpr Fault kNested{Trouble::coercion, "an object or an array cannot become a text (an expression can take it apart)"};
constexpr Fault kNotScalar{Trouble::coercion, "a single value cannot become an object or a map"};

struct Bounds {
  int64_t low, high;
};
Bounds bounds_of(Kind kind) {
  switch (kind) {
    case Kind::int8: return {-128, 127};
    case Kind::int16: return {-32768, 32767};
    case Kind::int32: return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    default: return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  }
}

bool is_integer(Kind kind) { return kind >= Kind::int8 && kind <= Kind::int64; }

Outcome<Value> bounded(int64_t value, Kind kind) {
  const Bounds bounds = bounds_of(kind);
  if (value < bounds.low || value > bounds.high) return kTooLarge;
  return Value::of_integer(value);
}

Outcome<Value> moment_value(int64_t micros, Kind kind) {
  if (micros < kMomentMin || micros > kMomentMax) return kNoMoment;
  return kind == Kind::date ? Value::of_date(day_of(micros)) : Value::of_timestamp(micros);
}

template <class T, class Make>
Outcome<Value> made(const Outcome<T>& outcome, Make make) {
  if (outcome.is_fault()) return outcome.fault();
  if (outcome.is_null()) return nullptr;
  return make(outcome.value());
}

Outcome<Value> text_to_kind(std::string_view text, Kind kind) {
  if (text.empty()) return nullptr;
  switch (kind) {
    case Kind::boolean: return made(boolean_of_text(text), Value::of_boolean);
    case Kind::number: return made(number_of_text(text), Value::of_number);
    case Kind::date: return made(day_of_text(text), Value::of_date);
    case Kind::timestamp: return made(moment_of_text(text), Value::of_timestamp);
    default: break;
  }
  const auto read = integer_of_text(text);
  return read.is_value() ? bounded(read.value(), kind) : Outcome<Value>(read.fault());
}

Outcome<Value> integer_to_kind(int64_t value, Kind kind, bool* lost_precision) {
  if (is_integer(kind)) return bounded(value, kind);
  switch (kind) {
    case Kind::boolean: return value == 0 || value == 1 ? Outcome<Value>(Value::of_boolean(value == 1)) : kNotOneOrZero;
    case Kind::number: {
      const auto number = static_cast<double>(value);
      const bool exact = std::abs(number) < 9e15 || decimal_of_double(number)->unscaled == value;
      if (!exact && lost_precision != nullptr) *lost_precision = true;
      return Value::of_number(number);
    }
    case Kind::date:
    case Kind::timestamp:
      if (value < kMomentMin / 1000 || value > kMomentMax / 1000) return kNoMoment;
      return moment_value(value * 1000, kind);
    default: return kNoWay;
  }
}

Outcome<Value> number_to_kind(double value, Kind kind) {
  if (kind == Kind::number) return std::isfinite(value) ? Outcome<Value>(Value::of_number(value)) : kTooLarge;
  if (kind == Kind::boolean) {
    return value == 0 || value == 1 ? Outcome<Value>(Value::of_boolean(value == 1)) : kNotOneOrZero;
  }
  if (!is_integer(kind)) return kNoWay;
  if (std::isnan(value) || value < -0x1p63 || value >= 0x1p63) return kTooLarge;
  if (value != std::trunc(value)) return kNotWhole;
  return bounded(static_cast<int64_t>(value), kind);
}

bool survives_double(Decimal value, double number) {
  constexpr engine::Int128 kAlwaysExact = 999'999'999'999'999;  // 15 digits
  if (value.unscaled <= kAlwaysExact && value.unscaled >= -kAlwaysExact) return true;
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  const auto back = decimal_of_text({text.data(), end});
  return back && compare(*back, value) == 0;
}

Outcome<Value> decimal_to_kind(Decimal value, Kind kind, bool* lost_precision) {
  if (kind == Kind::number) {
    const double number = to_double(value);
    if (lost_precision != nullptr && !survives_double(value, number)) *lost_precision = true;
    return Value::of_number(number);
  }
  if (kind != Kind::boolean && !is_integer(kind)) return kNoWay;
  const auto whole = to_int64(value);
  if (whole) return integer_to_kind(*whole, kind, nullptr);
  if (kind == Kind::boolean) return kNotOneOrZero;
  return shortest(value).scale == 0 ? kTooLarge : kNotWhole;
}

Outcome<Value> date_to_kind(int64_t day, Kind kind) {
  if (kind == Kind::date) return Value::of_date(day);
  if (kind == Kind::timestamp) return Value::of_timestamp(day * kMicrosPerDay);
  return kNoWay;
}

Outcome<Value> timestamp_to_kind(int64_t micros, Kind kind) {
  switch (kind) {
    case Kind::timestamp: return Value::of_timestamp(micros);
    case Kind::date: return Value::of_date(day_of(micros));
    case Kind::number: return Value::of_number(static_cast<double>(micros) / 1000.0);
    default: break;
  }
  if (!is_integer(kind)) return kNoWay;
  return bounded(micros >= 0 ? micros / 1000 : -((-micros + 999) / 1000), kind);
}

std::string_view keep(Arena& arena, const char* text, size_t size) { return arena.keep({text, size}); }

std::string_view text_of_number(Arena& arena, double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return "0";
  std::array<char, 400> buffer;
  const bool plain = std::fabs(value) < 1e16 && std::fabs(value) >= 1e-6;
  char* const last = buffer.data() + buffer.size();
  const auto end = plain ? std::to_chars(buffer.data(), last, value, std::chars_format::fixed).ptr
                         : std::to_chars(buffer.data(), last, value).ptr;
  return keep(arena, buffer.data(), static_cast<size_t>(end - buffer.data()));
}

}  // namespace

std::string_view code_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::parse: return "DPMAP-3101-400";
    case Trouble::range: return "DPMAP-3102-400";
    case Trouble::none:
    case Trouble::function: return "DPMAP-3103-400";
    case Trouble::coercion: return "DPMAP-3104-400";
  }
  return "DPMAP-3103-400";
}

Outcome<bool> boolean_of_text(std::string_view text) {
  for (const std::string_view word : {"true", "y", "yes", "on"}) {
    if (equal_ignoring_case(text, word)) return true;
  }
  for (const std::string_view word : {"false", "n", "no", "off"}) {
    if (equal_ignoring_case(text, word)) return false;
  }
  return kNoBoolean;
}

Outcome<int64_t> integer_of_text(std::string_view text) {
  const size_t point = text.find('.');
  if (point != text.npos && text.size() > point + 1 && text.find_first_not_of('0', point + 1) == text.npos) {
    text = text.substr(0, point);
  }
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return kNoInteger;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return kNoInteger;
  if (error != std::errc()) return kTooLarge;
  return value;
}

Outcome<double> number_of_text(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return kNoNumber;
  }
  const size_t first = text.starts_with('-') ? 1 : 0;
  if (first >= text.size() || !((text[first] >= '0' && text[first] <= '9') || text[first] == '.')) return kNoNumber;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return kNoNumber;
  if (error != std::errc() || !std::isfinite(value)) return kTooLarge;
  return value;
}

Outcome<int64_t> moment_of_text(std::string_view text) {
  const auto instant = parse_automatic(text);
  if (!instant) return kNoDate;
  return instant->time_since_epoch().count();
}

Outcome<int64_t> day_of_text(std::string_view text) {
  const auto instant = parse_automatic(text);
  if (!instant) return kNoDate;
  return day_of(instant->time_since_epoch().count());
}

Outcome<Value> to_kind(Arena& arena, const Value& value, Kind kind, bool* lost_precision) {
  if (value.is_null()) return nullptr;
  if (kind >= Kind::object) return kNotScalar;
  if (kind == Kind::string) return made(text_of(arena, value), Value::of_text);
  switch (value.type) {
    case Type::string: return text_to_kind(value.as_text(), kind);
    case Type::integer: return integer_to_kind(value.integer, kind, lost_precision);
    case Type::number: return number_to_kind(value.number, kind);
    case Type::decimal: return decimal_to_kind(*value.decimal, kind, lost_precision);
    case Type::date: return date_to_kind(value.integer, kind);
    case Type::timestamp: return timestamp_to_kind(value.integer, kind);
    case Type::boolean:
      if (kind == Kind::boolean) return value;
      if (kind == Kind::number) return Value::of_number(value.boolean ? 1 : 0);
      return is_integer(kind) ? Outcome<Value>(Value::of_integer(value.boolean ? 1 : 0)) : kNoWay;
    default: return kNoWay;
  }
}

Outcome<std::string_view> text_of(Arena& arena, const Value& value) {
  std::array<char, 48> buffer;
  switch (value.type) {
    case Type::null: return nullptr;
    case Type::boolean: return std::string_view(value.boolean ? "true" : "false");
    case Type::string: return value.as_text();
    case Type::number: return text_of_number(arena, value.number);
    case Type::integer: {
      const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.integer).ptr;
      return keep(arena, buffer.data(), static_cast<size_t>(end - buffer.data()));
    }
    case Type::decimal: {
      DecimalBuffer digits;
      return arena.keep(decimal_text(*value.decimal, digits));
    }
    case Type::date: return keep(arena, buffer.data(), write_iso_day(value.integer, buffer.data()));
    case Type::timestamp: return keep(arena, buffer.data(), write_iso(moment_of(value), buffer.data()));
    default: return kNested;
  }
}

bool can_become(Type type, Kind kind) {
  if (type == Type::any || type == Type::null) return true;
  if (kind == Kind::list) return true;
  if (kind == Kind::object || kind == Kind::map) return type == Type::object;
  if (type == Type::object || type == Type::array) return false;
  if (kind == Kind::string || type == Type::string) return true;
  const bool calendar = kind == Kind::date || kind == Kind::timestamp;
  switch (type) {
    case Type::boolean:
    case Type::decimal:
    case Type::number: return !calendar;
    case Type::date: return calendar;
    case Type::timestamp: return kind != Kind::boolean;
    default: return true;
  }
}

}  // namespace foz::prep
