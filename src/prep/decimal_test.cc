#include "prep/decimal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/random.h"

namespace foz::prep {
namespace {

std::string text(const std::optional<Decimal>& value) {
  if (!value) return "none";
  DecimalBuffer buffer;
  return std::string(decimal_text(*value, buffer));
}
Decimal d(std::string_view digits) { return *decimal_of_text(digits); }

TEST(Decimal, ReadsAndWrites) {
  struct Case { std::string_view digits, wanted; };
  constexpr Case kCases[] = {{"0", "0"}, {"-0", "0"}, {"12", "12"}, {"+12", "12"}, {"-12.50", "-12.5"}, {"0.001", "0.001"}, {".5", "0.5"}, {"1e3", "1000"}, {"1.25e1", "12.5"}, {"1e-3", "0.001"},
                             {"99999999999999999999999999999999999999", "99999999999999999999999999999999999999"}, {"100000000000000000000000000000000000000", "none"},
                             {"", "none"}, {"-", "none"}, {".", "none"}, {"1.2.3", "none"}, {"1e", "none"}, {"abc", "none"}, {" 1", "none"}, {"1e400", "none"}, {"1,5", "none"}, {"0x1", "none"}};
  for (const Case& c : kCases) EXPECT_EQ(text(decimal_of_text(c.digits)), c.wanted) << c.digits;
}

TEST(Decimal, KeepsItsScale) {
  EXPECT_EQ(d("2.0").scale, 1);
  EXPECT_EQ(d("2").scale, 0);
  EXPECT_EQ(shortest(d("2.500")).scale, 1);
  EXPECT_EQ(shortest(d("2.000")).scale, 0);
}

TEST(Decimal, Calculates) {
  EXPECT_EQ(text(add(d("0.1"), d("0.2"))), "0.3");
  EXPECT_EQ(text(subtract(d("1"), d("0.9"))), "0.1");
  EXPECT_EQ(text(multiply(d("1.5"), d("-2"))), "-3");
  EXPECT_EQ(text(divide(d("7"), d("2"))), "3");
  EXPECT_EQ(text(divide(d("-7"), d("2"))), "-3");
  EXPECT_EQ(text(divide(d("7.0"), d("2"))), "3.5");
  EXPECT_EQ(text(divide(d("1.0"), d("3"))), "0.3333333333333333333333333333333333");
  EXPECT_EQ(text(modulo(d("-7"), d("4"))), "1");
  EXPECT_EQ(text(modulo(d("7.5"), d("2"))), "1.5");
  EXPECT_EQ(text(add(d("99999999999999999999999999999999999999"), d("1"))), "none");
  EXPECT_EQ(text(multiply(d("99999999999999999999"), d("99999999999999999999"))), "none");
}

TEST(Decimal, Compares) {
  EXPECT_EQ(compare(d("1.0"), d("1")), 0);
  EXPECT_LT(compare(d("-1"), d("0.5")), 0);
  EXPECT_GT(compare(d("10000000000000000000000000000000000000"), d("0.00000000000000000000000000000000000001")), 0);
  EXPECT_TRUE(is_zero(d("0.000")));
}

TEST(Decimal, ConvertsExactlyOrNot) {
  EXPECT_EQ(to_int64(d("12.00")), 12);
  EXPECT_EQ(to_int64(d("12.5")), std::nullopt);
  EXPECT_EQ(to_int64(d("9223372036854775807")), INT64_MAX);
  EXPECT_EQ(to_int64(d("9223372036854775808")), std::nullopt);
  EXPECT_EQ(to_int64(d("-9223372036854775808")), INT64_MIN);
  EXPECT_EQ(text(decimal_of_double(0.5)), "0.5");
  EXPECT_EQ(text(decimal_of_double(1e30)), "1000000000000000019884624838656");
  EXPECT_EQ(decimal_of_double(std::nan("")), std::nullopt);
  EXPECT_EQ(decimal_of_double(1e300), std::nullopt);
}

/// Against 64-bit arithmetic, where that is exact.
TEST(Decimal, AgreesWithIntegers) {
  SeededRandom random(5);
  for (int i = 0; i < 100'000; ++i) {
    const auto a = static_cast<int64_t>(random.below(4'000'000)) - 2'000'000, b = static_cast<int64_t>(random.below(2'000)) - 1'000;
    EXPECT_EQ(to_int64(*add(decimal_of(a), decimal_of(b))), a + b);
    EXPECT_EQ(to_int64(*multiply(decimal_of(a), decimal_of(b))), a * b);
    if (b == 0) continue;
    EXPECT_EQ(to_int64(*divide(decimal_of(a), decimal_of(b))), a / b) << a << "/" << b;
    const int64_t rest = ((a % b) + std::abs(b)) % std::abs(b);
    EXPECT_EQ(to_int64(*modulo(decimal_of(a), decimal_of(b))), rest) << a << "%" << b;
    const Decimal x{a, 3}, y{b, 1};
    EXPECT_EQ(compare(x, y) < 0, a < b * 100) << a << " " << b;
    EXPECT_DOUBLE_EQ(to_double(x), static_cast<double>(a) / 1000);
  }
}

/// A double that is written and read again is the same.
TEST(Decimal, NearestDouble) {
  SeededRandom random(9);
  for (int i = 0; i < 20'000; ++i) {
    const double value = (random.unit() - 0.5) * std::pow(10.0, static_cast<double>(random.below(12)));
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    const auto exact = decimal_of_text(digits);
    ASSERT_TRUE(exact) << digits;
    EXPECT_EQ(to_double(*exact), value) << digits;
  }
  for (int i = 0; i < 20'000; ++i) {  // few digits, as most numbers have, and just more than a double has
    const int scale = static_cast<int>(random.below(26));
    const int64_t digits = static_cast<int64_t>(random.below(uint64_t{1} << (10 + random.below(46)))) * (random.below(2) == 0 ? 1 : -1);
    const std::string text = std::to_string(digits) + "e-" + std::to_string(scale);
    EXPECT_EQ(to_double({.unscaled = digits, .scale = scale}), std::strtod(text.c_str(), nullptr)) << text;
  }
}

}  // namespace
}  // namespace foz::prep
