#include "catalog/retention.h"

#include <string>

#include "base/text.h"

namespace foz::catalog {
namespace {

struct TtlUnit {
  char letter;
  bool of_time;  ///< behind the T
  int64_t months, seconds;
};

/// In the order they may stand.
constexpr TtlUnit kTtlUnits[] = {{'Y', false, 12, 0}, {'M', false, 1, 0},     {'W', false, 0, 604'800}, {'D', false, 0, 86'400},
                                 {'H', true, 0, 3'600}, {'M', true, 0, 60}, {'S', true, 0, 1}};

Error no_duration(std::string_view text) {
  return Error{.kind = ErrorKind::invalid, .message = "\"" + std::string(text) + "\" is no ISO 8601 duration such as P3Y or P30D"};
}

}  // namespace

Result<Ttl> parse_ttl(std::string_view text) {
  if (text.size() < 3 || text.front() != 'P') return no_duration(text);
  Ttl ttl;
  size_t unit = 0;
  bool in_time = false;
  std::string_view rest = text.substr(1);
  while (!rest.empty()) {
    if (rest.front() == 'T' && !in_time) {
      in_time = true;
      rest.remove_prefix(1);
      if (rest.empty()) return no_duration(text);
    }
    const size_t digits = rest.find_first_not_of("0123456789");
    if (digits == 0 || digits == rest.npos || digits > 9) return no_duration(text);
    while (unit < std::size(kTtlUnits) && (kTtlUnits[unit].letter != rest[digits] || kTtlUnits[unit].of_time != in_time)) ++unit;
    if (unit == std::size(kTtlUnits)) return no_duration(text);
    const int64_t count = *to_integer(rest.substr(0, digits));
    ttl.months += count * kTtlUnits[unit].months;
    ttl.seconds += count * kTtlUnits[unit].seconds;
    ++unit;
    rest.remove_prefix(digits + 1);
  }
  const bool empty = ttl.months == 0 && ttl.seconds == 0;
  if (empty || ttl.months > 12'000 || ttl.seconds > 31'556'952'000) return no_duration(text);
  return ttl;
}

Instant Ttl::cutoff(Instant now) const {
  using namespace std::chrono;
  const sys_days day = floor<days>(now);
  const auto time = now - day;
  year_month_day date{day};
  const year_month month = date.year() / date.month() - std::chrono::months(this->months);
  date = month / date.day();
  if (!date.ok()) date = year_month_day{month / last};
  return sys_days{date} + time - std::chrono::seconds(this->seconds);
}

}  // namespace foz::catalog
