#pragma once
// Exact decimals of up to 38 digits. Scale 0 is a whole number of any size; a scale above 0 is a decimal fraction, also
// when its digits are zeros ("2.0"): division cuts the first and not the second.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/chunk.h"

namespace foz::prep {

using engine::Decimal;

/// Largest magnitude: 38 nines.
inline constexpr int kDecimalDigitsMax = 38;
/// Significant digits of a quotient, rounded half even (as DECIMAL128 does).
inline constexpr int kQuotientDigits = 34;
/// Digits behind the point that are kept at all.
inline constexpr int kScaleMax = 38;

inline Decimal decimal_of(int64_t value) { return {.unscaled = value, .scale = 0}; }

/// Nothing when the exact result has more than 38 digits.
std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);
/// Whole numbers give a whole number, cut towards zero. REQUIRES: b is not zero.
std::optional<Decimal> divide(Decimal a, Decimal b);
/// The remainder that is never negative. REQUIRES: b is not zero.
std::optional<Decimal> modulo(Decimal a, Decimal b);
Decimal negated(Decimal value);
/// <0, 0, >0.
int compare(Decimal a, Decimal b);
bool is_zero(Decimal value);

/// The value when it is whole and fits.
std::optional<int64_t> to_int64(Decimal value);
/// `value` without zeros behind the last other digit of its fraction; scale 0 for whole numbers.
Decimal shortest(Decimal value);
/// The nearest double.
double to_double(Decimal value);
/// The exact value of a double where it has at most 38 digits.
std::optional<Decimal> decimal_of_double(double value);

/// Digits with an optional sign, point and exponent, the whole text. The scale is the number of digits behind the point.
std::optional<Decimal> decimal_of_text(std::string_view text);

/// Text of a decimal without exponent and without needless zeros; stands in `buffer`.
using DecimalBuffer = std::array<char, 96>;
std::string_view decimal_text(Decimal value, DecimalBuffer& buffer);

}  // namespace foz::prep
