#include "prep/column_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "registry/validate.h"

namespace foz::prep {
namespace {

using engine::Column;
using engine::Type;
using registry::Rules;

/// Texts of so many bytes keep all rules that there are; none do where more than lengths is asked.
struct GoodSizes {
  size_t low = 1, high = 0;

  explicit GoodSizes(const Rules& rules) {
    if (!rules.allowed.empty() || rules.format != registry::Format::none || rules.pattern) return;
    // A code point has one to four bytes.
    low = 4 * static_cast<size_t>(rules.length_min.value_or(0));
    high = rules.length_max ? static_cast<size_t>(std::max<int64_t>(*rules.length_max, 0)) : std::numeric_limits<size_t>::max();
  }
  bool holds(std::string_view text) const { return text.size() >= low && text.size() <= high; }
};

/// Numbers strictly between keep all rules. The ends themselves, and what a double cannot tell apart, are looked at closely.
struct GoodNumbers {
  double low = 0, high = 0;

  explicit GoodNumbers(const Rules& rules) {
    if (!rules.allowed_numbers.empty()) return;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    low = rules.minimum.value_or(-kInfinity);
    high = rules.maximum.value_or(kInfinity);
  }
  bool holds(double number) const { return number > low && number < high; }
};

/// The same for whole numbers that a double holds exactly.
struct GoodIntegers {
  static constexpr int64_t kExact = int64_t{1} << 53;
  int64_t low = 1, high = 0;

  explicit GoodIntegers(const Rules& rules) {
    if (!rules.allowed_numbers.empty()) return;
    constexpr auto kEdge = static_cast<double>(kExact);
    low = static_cast<int64_t>(std::clamp(std::floor(rules.minimum.value_or(-kEdge)) + 1, -kEdge, kEdge));
    high = static_cast<int64_t>(std::clamp(std::ceil(rules.maximum.value_or(kEdge)) - 1, -kEdge, kEdge));
  }
  bool holds(int64_t number) const { return number >= low && number <= high; }
};

template <class T, class Good>
void check_all(const Rules& rules, size_t rows, const Column& column, const T* values, const Good& good, MappingIssues& issues) {
  const auto nulls = column.nulls();
  for (size_t row = 0; row < rows; ++row) {
    if (nulls[row] != 0 || good.holds(values[row])) continue;
    if (const auto keyword = registry::broken_keyword(rules, values[row])) issues.broken(row, rules, *keyword);
  }
}

}  // namespace

void check_column(const registry::Node& node, size_t rows, const Column& column, MappingIssues& issues) {
  if (!node.rules) return;
  const Rules& rules = *node.rules;
  switch (column.type()) {
    case Type::string: return check_all(rules, rows, column, column.texts(), GoodSizes(rules), issues);
    case Type::integer: return check_all(rules, rows, column, column.integers(), GoodIntegers(rules), issues);
    case Type::number: return check_all(rules, rows, column, column.numbers(), GoodNumbers(rules), issues);
    default: return;
  }
}

}  // namespace foz::prep
