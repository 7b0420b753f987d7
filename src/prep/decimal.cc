#include "prep/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace foz::prep {
namespace {

using engine::Int128;
__extension__ typedef unsigned __int128 UInt128;

constexpr UInt128 power_of_ten(int exponent) {
  UInt128 value = 1;
  for (int i = 0; i < exponent; ++i) value *= 10;
  return value;
}

constexpr auto kPowers = [] {
  std::array<UInt128, kDecimalDigitsMax + 1> powers{};
  for (int i = 0; i <= kDecimalDigitsMax; ++i) powers[static_cast<size_t>(i)] = power_of_ten(i);
  return powers;
}();
constexpr UInt128 kMagnitudeMax = kPowers[kDecimalDigitsMax] - 1;

/// Whole numbers up to it, and these powers of ten, are doubles exactly.
constexpr UInt128 kExactMagnitudeMax = UInt128(1) << 53;
constexpr std::array<double, 23> kExactPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

UInt128 magnitude(Int128 value) { return value < 0 ? UInt128(0) - static_cast<UInt128>(value) : static_cast<UInt128>(value); }

std::optional<Decimal> checked(bool negative, UInt128 digits, int32_t scale) {
  if (digits > kMagnitudeMax) return std::nullopt;
  const Int128 value = static_cast<Int128>(digits);
  return Decimal{.unscaled = negative ? -value : value, .scale = scale};
}

std::optional<UInt128> times(UInt128 a, UInt128 b) {
  UInt128 product = 0;
  if (__builtin_mul_overflow(a, b, &product) || product > kMagnitudeMax) return std::nullopt;
  return product;
}

/// `value` with `scale` digits behind the point, no fewer than it has.
std::optional<Decimal> rescaled(Decimal value, int32_t scale) {
  const int32_t more = scale - value.scale;
  if (more == 0 || value.unscaled == 0) return Decimal{.unscaled = value.unscaled, .scale = scale};
  if (more > kDecimalDigitsMax) return std::nullopt;
  const auto digits = times(magnitude(value.unscaled), kPowers[static_cast<size_t>(more)]);
  if (!digits) return std::nullopt;
  return checked(value.unscaled < 0, *digits, scale);
}

/// One digit of a long division: 10 * `rest` / `divisor`, for rest < divisor < 2^127, without a wider type.
unsigned next_digit(UInt128& rest, UInt128 divisor) {
  UInt128 left = 0;
  unsigned digit = 0;
  for (const bool bit : {true, false, true, false}) {
    left *= 2;
    digit *= 2;
    if (left >= divisor) left -= divisor, ++digit;
    if (bit) {
      left += rest;
      if (left >= divisor) left -= divisor, ++digit;
    }
  }
  rest = left;
  return digit;
}

int digits_of(UInt128 value) {
  int count = 0;
  while (count < kDecimalDigitsMax && value >= kPowers[static_cast<size_t>(count)]) ++count;
  return count;
}

bool round_up(UInt128 quotient, UInt128 rest, UInt128 divisor) {
  const UInt128 other = divisor - rest;
  return rest > other || (rest == other && (quotient & 1) != 0);
}

/// |a| / |b| as a fraction of `kQuotientDigits` significant digits.
std::optional<Decimal> quotient(Decimal a, Decimal b) {
  const UInt128 divisor = magnitude(b.unscaled);
  const UInt128 dividend = magnitude(a.unscaled);
  const bool negative = (a.unscaled < 0) != (b.unscaled < 0);
  UInt128 whole = dividend / divisor;
  UInt128 rest = dividend % divisor;
  int32_t scale = a.scale - b.scale;
  int digits = digits_of(whole);
  for (; rest != 0 && digits < kQuotientDigits && scale < kScaleMax; ++scale) {
    whole = whole * 10 + next_digit(rest, divisor);
    if (whole != 0) ++digits;
  }
  if (rest != 0 && round_up(whole, rest, divisor)) ++whole;
  for (; scale < 1; ++scale) {
    const auto wider = times(whole, 10);
    if (!wider) return std::nullopt;
    whole = *wider;
  }
  while (scale > 1 && whole % 10 == 0) whole /= 10, --scale;
  return checked(negative, whole, scale);
}

template <class Operation>
std::optional<Decimal> aligned(Decimal a, Decimal b, Operation operation) {
  const int32_t scale = std::max(a.scale, b.scale);
  const auto left = rescaled(a, scale);
  const auto right = rescaled(b, scale);
  if (!left || !right) return std::nullopt;
  return operation(left->unscaled, right->unscaled, scale);
}

}  // namespace

std::optional<Decimal> add(Decimal a, Decimal b) {
  return aligned(a, b, [](Int128 x, Int128 y, int32_t scale) -> std::optional<Decimal> {
    // Twice 38 digits need 128 bits: only sums of one sign can be that large, and those are added without it.
    if ((x < 0) == (y < 0)) return checked(x < 0, magnitude(x) + magnitude(y), scale);
    return Decimal{.unscaled = x + y, .scale = scale};
  });
}

std::optional<Decimal> subtract(Decimal a, Decimal b) { return add(a, negated(b)); }

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  const auto digits = times(magnitude(a.unscaled), magnitude(b.unscaled));
  if (!digits) return std::nullopt;
  auto product = checked((a.unscaled < 0) != (b.unscaled < 0), *digits, a.scale + b.scale);
  while (product && product->scale > kScaleMax) {
    if (product->unscaled % 10 != 0) return std::nullopt;
    product->unscaled /= 10;
    --product->scale;
  }
  return product;
}

std::optional<Decimal> divide(Decimal a, Decimal b) {
  if (a.scale == 0 && b.scale == 0) return Decimal{.unscaled = a.unscaled / b.unscaled, .scale = 0};
  return quotient(a, b);
}

std::optional<Decimal> modulo(Decimal a, Decimal b) {
  return aligned(a, b, [](Int128 x, Int128 y, int32_t scale) -> std::optional<Decimal> {
    Int128 rest = x % y;
    if (rest < 0) rest += y < 0 ? -y : y;
    return Decimal{.unscaled = rest, .scale = scale};
  });
}

Decimal negated(Decimal value) { return {.unscaled = -value.unscaled, .scale = value.scale}; }

bool is_zero(Decimal value) { return value.unscaled == 0; }

int compare(Decimal a, Decimal b) {
  const int sign_a = a.unscaled < 0 ? -1 : a.unscaled > 0 ? 1 : 0;
  const int sign_b = b.unscaled < 0 ? -1 : b.unscaled > 0 ? 1 : 0;
  if (sign_a != sign_b) return sign_a < sign_b ? -1 : 1;
  const auto difference = aligned(a, b, [](Int128 x, Int128 y, int32_t) -> std::optional<Decimal> {
    return Decimal{.unscaled = x < y ? -1 : x > y ? 1 : 0, .scale = 0};
  });
  if (difference) return static_cast<int>(difference->unscaled);
  // One of them outgrew 38 digits at the other's scale: compare by the size of the whole part.
  const int size_a = digits_of(magnitude(a.unscaled)) - a.scale, size_b = digits_of(magnitude(b.unscaled)) - b.scale;
  if (size_a != size_b) return (size_a < size_b ? -1 : 1) * sign_a;
  const double x = to_double(a), y = to_double(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

std::optional<int64_t> to_int64(Decimal value) {
  value = shortest(value);
  if (value.scale != 0 || value.unscaled > INT64_MAX || value.unscaled < INT64_MIN) return std::nullopt;
  return static_cast<int64_t>(value.unscaled);
}

Decimal shortest(Decimal value) {
  if (value.unscaled == 0) return {};
  while (value.scale > 0 && value.unscaled % 10 == 0) value.unscaled /= 10, --value.scale;
  return value;
}

double to_double(Decimal value) {
  if (value.scale == 0 && value.unscaled <= INT64_MAX && value.unscaled >= INT64_MIN) {
    return static_cast<double>(static_cast<int64_t>(value.unscaled));
  }
  // Both are doubles exactly, so their quotient is the double nearest to the decimal.
  if (magnitude(value.unscaled) <= kExactMagnitudeMax && value.scale > 0 && value.scale < static_cast<int32_t>(kExactPowers.size())) {
    return static_cast<double>(static_cast<int64_t>(value.unscaled)) / kExactPowers[static_cast<size_t>(value.scale)];
  }
  DecimalBuffer buffer;
  const std::string_view text = decimal_text(value, buffer);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<Decimal> decimal_of_double(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  std::array<char, 400> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed).ptr;
  return decimal_of_text({buffer.data(), end});
}

std::optional<Decimal> decimal_of_text(std::string_view text) {
  size_t at = 0;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) ++at;
  UInt128 digits = 0;
  int32_t scale = 0;
  bool point = false, any = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    const auto wider = times(digits, 10);
    if (!wider) return std::nullopt;
    digits = *wider + static_cast<unsigned>(c - '0');
    if (point) ++scale;
  }
  if (!any || digits > kMagnitudeMax) return std::nullopt;
  if (at < text.size()) {
    if ((text[at] != 'e' && text[at] != 'E') || at + 1 == text.size()) return std::nullopt;
    std::string_view exponent_text = text.substr(at + 1);
    if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
    int32_t exponent = 0;
    const auto [end, error] =
        std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
    if (error != std::errc() || end != exponent_text.data() + exponent_text.size()) return std::nullopt;
    if (exponent > 400 || exponent < -400) return std::nullopt;
    scale -= exponent;
  }
  for (; scale < 0; ++scale) {
    const auto wider = times(digits, 10);
    if (!wider) return std::nullopt;
    digits = *wider;
  }
  for (; scale > kScaleMax; --scale) {
    if (digits % 10 != 0) return std::nullopt;
    digits /= 10;
  }
  return checked(negative, digits, scale);
}

std::string_view decimal_text(Decimal value, DecimalBuffer& buffer) {
  value = shortest(value);
  UInt128 rest = magnitude(value.unscaled);
  size_t at = buffer.size();
  int32_t written = 0;
  do {
    buffer[--at] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (++written == value.scale) buffer[--at] = '.';
  } while (rest != 0 || written <= value.scale);
  if (value.unscaled < 0) buffer[--at] = '-';
  return {buffer.data() + at, buffer.size() - at};
}

}  // namespace foz::prep
