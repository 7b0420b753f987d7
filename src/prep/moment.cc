#include "prep/moment.h"

#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace foz::prep {
namespace {

struct ZoneTable {
  std::mutex mutex;
  std::deque<Zone> zones{Zone::utc()};
  std::map<std::string, uint32_t, std::less<>> numbers;
};

ZoneTable& zone_table() {
  static ZoneTable table;
  return table;
}

char* put_digits(char* out, int64_t value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + width;
}

char* put_day(char* out, int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  out = put_digits(out, static_cast<int>(date.year()), 4);
  *out++ = '-';
  out = put_digits(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  return put_digits(out, static_cast<unsigned>(date.day()), 2);
}

}  // namespace

Result<uint32_t> zone_number(std::string_view name) {
  ZoneTable& table = zone_table();
  const std::lock_guard lock(table.mutex);
  if (const auto found = table.numbers.find(name); found != table.numbers.end()) return found->second;
  TRY(const Zone zone, Zone::named(name));
  table.zones.push_back(zone);
  const auto number = static_cast<uint32_t>(table.zones.size() - 1);
  table.numbers.emplace(name, number);
  return number;
}

const Zone& zone_of(uint32_t number) {
  ZoneTable& table = zone_table();
  if (number == 0) return table.zones.front();
  const std::lock_guard lock(table.mutex);
  return table.zones.at(number);
}

size_t write_iso_day(int64_t day, char* out) { return static_cast<size_t>(put_day(out, day) - out); }

size_t write_iso(Moment moment, char* out) {
  const int64_t offset = moment.zone == 0 ? 0 : zone_of(moment.zone).offset_at(moment.instant()).count();
  const int64_t wall = moment.micros + offset * 1'000'000;
  const int64_t day = day_of(wall);
  const int64_t in_day = wall - day * kMicrosPerDay;
  const int64_t second = in_day / 1'000'000, micros = in_day % 1'000'000;
  char* at = put_day(out, day);
  *at++ = 'T';
  at = put_digits(at, second / 3600, 2);
  *at++ = ':';
  at = put_digits(at, second / 60 % 60, 2);
  *at++ = ':';
  at = put_digits(at, second % 60, 2);
  if (micros != 0) {
    *at++ = '.';
    at = micros % 1000 == 0 ? put_digits(at, micros / 1000, 3) : put_digits(at, micros, 6);
  }
  if (offset == 0) {
    *at++ = 'Z';
  } else {
    *at++ = offset < 0 ? '-' : '+';
    at = put_digits(at, std::abs(offset) / 3600, 2);
    *at++ = ':';
    at = put_digits(at, std::abs(offset) / 60 % 60, 2);
  }
  return static_cast<size_t>(at - out);
}

}  // namespace foz::prep
