#include "base/time_text.h"

#include <date/tz.h>

#include <array>
#include <cstdio>

#include "base/text.h"

namespace foz {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr std::array<const char*, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads exactly `count` digits at `offset`; -1 when there are others.
template <size_t count>
int digits(std::string_view text, size_t offset) {
  if (offset + count > text.size()) return -1;
  int value = 0;
  bool all = true;
  for (size_t i = 0; i < count; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[offset + i]) - static_cast<unsigned>('0');
    all = all && digit <= 9;
    value = value * 10 + static_cast<int>(digit);
  }
  return all ? value : -1;
}

std::string time_text(Instant instant, int fraction_digits) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss time(instant - day);
  std::array<char, 16> clock;
  std::snprintf(clock.data(), clock.size(), "T%02d:%02d:%02d", static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  std::string text = iso_date(day) + clock.data();
  if (fraction_digits > 0) {
    std::array<char, 16> fraction;
    std::snprintf(fraction.data(), fraction.size(), ".%06d", static_cast<int>(time.subseconds().count()));
    text += std::string_view(fraction.data(), static_cast<size_t>(fraction_digits) + 1);
  }
  return text + "Z";
}

std::optional<sys_days> read_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = digits<4>(text, 0), month = digits<2>(text, 5), day = digits<2>(text, 8);
  if (year < 1 || month < 0 || day < 0) return std::nullopt;
  const Date date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                  std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

/// `Z`, `+hh`, `+hhmm`, `+hh:mm` as the whole of `text`.
std::optional<seconds> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return seconds(0);
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  const int hours = digits<2>(text, 1);
  int minutes = 0;
  if (text.size() == 5) minutes = digits<2>(text, 3);
  else if (text.size() == 6 && text[3] == ':') minutes = digits<2>(text, 4);
  else if (text.size() != 3) return std::nullopt;
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return std::nullopt;
  return seconds(sign * (hours * 3600 + minutes * 60));
}

std::optional<Instant> read_instant(std::string_view text, bool zone_required) {
  const auto day = read_date(text);
  if (!day || text.size() < 19) return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  if (text[13] != ':' || text[16] != ':') return std::nullopt;
  const int hour = digits<2>(text, 11), minute = digits<2>(text, 14), second = digits<2>(text, 17);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  size_t at = 19;
  int64_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    size_t count = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++count) {
      if (count < 6) fraction = fraction * 10 + (text[at] - '0');
    }
    if (count == 0 || count > 9) return std::nullopt;
    for (; count < 6; ++count) fraction *= 10;
  }
  seconds offset(0);
  if (at < text.size()) {
    const auto read = read_offset(text.substr(at));
    if (!read) return std::nullopt;
    offset = *read;
  } else if (zone_required) {
    return std::nullopt;
  }
  return Instant(*day) + std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second) +
         microseconds(fraction) - offset;
}

const date::time_zone* iana(const void* zone) { return static_cast<const date::time_zone*>(zone); }

/// "GMT+2", "UTC-08:00", "+02:00", "+2".
std::optional<seconds> read_named_offset(std::string_view name) {
  for (const std::string_view prefix : {"GMT", "UTC", "UT"}) {
    if (starts_with_ignoring_case(name, prefix)) {
      name.remove_prefix(prefix.size());
      break;
    }
  }
  if (name.empty()) return std::nullopt;
  if (name.size() == 2 && (name[0] == '+' || name[0] == '-')) return read_offset(std::string{name[0], '0', name[1]});
  return read_offset(name);
}

std::string_view java_abbreviation(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kNames = {{
      {"PST", "America/Los_Angeles"}, {"PDT", "America/Los_Angeles"}, {"MST", "America/Denver"},
      {"MDT", "America/Denver"}, {"CST", "America/Chicago"}, {"CDT", "America/Chicago"},
      {"EST", "America/New_York"}, {"EDT", "America/New_York"}, {"CET", "Europe/Paris"}, {"CEST", "Europe/Paris"}}};
  for (const auto& [abbreviation, zone] : kNames) {
    if (abbreviation == name) return zone;
  }
  return name;
}

}  // namespace

std::string iso_millis(Instant instant) { return time_text(instant, 3); }
std::string iso_seconds(Instant instant) { return time_text(instant, 0); }

std::string iso_shortest(Instant instant) {
  const int64_t micros = (instant - std::chrono::floor<seconds>(instant)).count();
  return time_text(instant, micros == 0 ? 0 : micros % 1000 == 0 ? 3 : 6);
}

std::string iso_date(Date date) {
  std::array<char, 24> text;
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::string iso_date(sys_days day) { return iso_date(Date(day)); }

std::optional<sys_days> parse_iso_date(std::string_view text) {
  return text.size() == 10 ? read_date(text) : std::nullopt;
}

std::optional<Instant> parse_iso_instant(std::string_view text) { return read_instant(text, false); }

std::optional<Instant> parse_rfc3339(std::string_view text) {
  if (text.size() > 10 && text[10] == ' ') return std::nullopt;
  return read_instant(text, true);
}

std::optional<Instant> parse_http_date(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT") || text[3] != ',') return std::nullopt;
  unsigned month = 0;
  for (unsigned i = 0; i < 12; ++i) {
    if (text.substr(8, 3) == kMonths[i]) month = i + 1;
  }
  const int day = digits<2>(text, 5), year = digits<4>(text, 12);
  const int hour = digits<2>(text, 17), minute = digits<2>(text, 20), second = digits<2>(text, 23);
  if (month == 0 || day < 1 || year < 1 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const Date date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return Instant(sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second);
}

std::string http_date(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const Date date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  std::array<char, 40> text;
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kWeekdays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

Result<Zone> Zone::named(std::string_view name) {
  if (name.empty() || name == "UTC" || name == "GMT" || name == "Z") return utc();
  if (const auto offset = read_named_offset(name)) return Zone(nullptr, *offset);
  try {
    return Zone(date::locate_zone(std::string(java_abbreviation(name))), seconds(0));
  } catch (const std::exception&) {
    return Error{.kind = ErrorKind::invalid,
                 .message = "\"" + std::string(name) + "\" is no time zone; IANA names such as Europe/Lisbon are"};
  }
}

Instant Zone::to_utc(std::chrono::local_time<microseconds> local) const {
  const date::local_time<microseconds> other(local.time_since_epoch());
  if (iana_ == nullptr) return Instant(local.time_since_epoch()) - offset_;
  return iana(iana_)->to_sys(other, date::choose::earliest);
}

std::chrono::local_time<microseconds> Zone::to_local(Instant instant) const {
  return std::chrono::local_time<microseconds>(instant.time_since_epoch() + offset_at(instant));
}

seconds Zone::offset_at(Instant instant) const {
  if (iana_ == nullptr) return offset_;
  return iana(iana_)->get_info(instant).offset;
}

std::string Zone::abbreviation_at(Instant instant) const {
  return iana_ == nullptr ? name() : iana(iana_)->get_info(instant).abbrev;
}

std::string Zone::name() const {
  if (iana_ != nullptr) return iana(iana_)->name();
  if (offset_ == offset_.zero()) return "UTC";
  const int64_t minutes = std::chrono::abs(offset_).count() / 60;
  std::array<char, 16> text;
  std::snprintf(text.data(), text.size(), "%c%02d:%02d", offset_.count() < 0 ? '-' : '+',
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  return text.data();
}

}  // namespace foz
