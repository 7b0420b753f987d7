#include "prep/date_pattern.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace foz::prep {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 12> kMonthNames = {"January", "February", "March",     "April",   "May",      "June",
                                                          "July",    "August",   "September", "October", "November", "December"};
/// Monday first: number 1.
constexpr std::array<std::string_view, 7> kDayNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};
constexpr std::string_view kLetters = "GyYMLwWDdFEuaHkKhmsSzZXVOQq";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(const DatePattern::Part& part) {
  switch (part.letter) {
    case 'M': case 'L': case 'Q': case 'q': return part.count <= 2;
    case 'y': case 'Y': case 'w': case 'W': case 'D': case 'd': case 'F': case 'u':
    case 'H': case 'k': case 'K': case 'h': case 'm': case 's': case 'S': return true;
    default: return false;
  }
}

int iso_weekday(sys_days day) { return static_cast<int>(weekday(day).iso_encoding()); }

sys_days first_of_week_year(int year) {
  const sys_days fourth = sys_days(std::chrono::year(year) / 1 / 4);
  return fourth - days(iso_weekday(fourth) - 1);
}

struct WeekDate {
  int year = 0, week = 0;
};

WeekDate iso_week(sys_days day) {
  int year = static_cast<int>(year_month_day(day).year());
  if (day < first_of_week_year(year)) --year;
  else if (day >= first_of_week_year(year + 1)) ++year;
  return {year, static_cast<int>((day - first_of_week_year(year)).count() / 7) + 1};
}

sys_days first_of_month(year_month_day date) { return sys_days(date.year() / date.month() / 1); }

int week_of_month(year_month_day date) {
  return (static_cast<int>(static_cast<unsigned>(date.day())) + iso_weekday(first_of_month(date)) - 2) / 7 + 1;
}

/// Abbreviations as the fixed offsets they name, whatever the date.
std::optional<seconds> fixed_abbreviation(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, int>, 22> kMinutes = {{
      {"UTC", 0},    {"GMT", 0},    {"Z", 0},     {"PST", -480}, {"PDT", -420}, {"MST", -420}, {"MDT", -360}, {"CST", -360},
      {"CDT", -300}, {"EST", -300}, {"EDT", -240}, {"AKST", -540}, {"AKDT", -480}, {"HST", -600}, {"WET", 0}, {"WEST", 60},
      {"BST", 60},   {"CET", 60},   {"CEST", 120}, {"EET", 120},  {"EEST", 180}, {"MSK", 180}}};
  for (const auto& [abbreviation, minutes] : kMinutes) {
    if (abbreviation == name) return seconds(minutes * 60);
  }
  if (name == "JST") return seconds(9 * 3600);
  if (name == "IST") return seconds(5 * 3600 + 1800);
  return std::nullopt;
}

/// What a text said; -1 and nothing: did not say.
struct Parts {
  int year = -1, week_year = -1, quarter = -1, month = -1, week = -1, week_of_month = -1, day_of_year = -1, day = -1;
  int nth_weekday = -1, weekday = -1, half = -1, hour = -1, half_hour = -1, minute = 0, second = 0;
  int64_t micros = 0;
  bool before_christ = false;
  std::optional<seconds> offset = {};
  std::optional<Zone> zone = {};
};

class Reading {
 public:
  explicit Reading(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }

  bool literal(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  /// Between `least` and `most` digits within [low, high].
  struct Number { size_t least, most; int low, high; };
  bool number(int& value, Number form) {
    size_t count = 0;
    int read = 0;
    while (count < form.most && count < rest_.size() && is_digit(rest_[count])) read = read * 10 + (rest_[count++] - '0');
    if (count < form.least || read < form.low || read > form.high) return false;
    rest_.remove_prefix(count);
    value = read;
    return true;
  }

  bool fraction(int64_t& micros, size_t exactly) {
    size_t count = 0;
    int64_t read = 0;
    const size_t most = exactly != 0 ? exactly : 9;
    for (; count < most && count < rest_.size() && is_digit(rest_[count]); ++count) {
      if (count < 6) read = read * 10 + (rest_[count] - '0');
    }
    if (count == 0 || (exactly != 0 && count != exactly)) return false;
    rest_.remove_prefix(count);
    for (; count < 6; ++count) read *= 10;
    micros = read;
    return true;
  }

  /// One of `names` (their first `length` characters; 0: all) in any letter case; `value` counts from 1.
  template <size_t N>
  bool name(int& value, const std::array<std::string_view, N>& names, size_t length) {
    for (size_t i = 0; i < N; ++i) {
      const std::string_view wanted = length == 0 ? names[i] : names[i].substr(0, length);
      if (!starts_with_ignoring_case(rest_, wanted)) continue;
      rest_.remove_prefix(wanted.size());
      value = static_cast<int>(i) + 1;
      return true;
    }
    return false;
  }

  /// `Z`, `+hh`, `+hhmm`, `+hh:mm`; with `short_hours` also `+h`.
  bool offset(std::optional<seconds>& value, bool short_hours = false) {
    if (literal("Z")) return value = seconds(0), true;
    if (rest_.empty() || (rest_[0] != '+' && rest_[0] != '-')) return false;
    const int sign = rest_[0] == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    int hours = 0, minutes = 0;
    if (!number(hours, {short_hours ? 1u : 2u, 2, 0, 18})) return false;
    if (rest_.starts_with(':')) {
      rest_.remove_prefix(1);
      if (!number(minutes, {2, 2, 0, 59})) return false;
    } else if (!rest_.empty() && is_digit(rest_[0]) && !number(minutes, {2, 2, 0, 59})) {
      return false;
    }
    value = seconds(sign * (hours * 3600 + minutes * 60));
    return true;
  }

  bool zone(Parts& parts) {
    size_t length = 0;
    while (length < rest_.size() && (is_letter(rest_[length]) || is_digit(rest_[length]) ||
                                     std::string_view("_/+-:").find(rest_[length]) != std::string_view::npos)) {
      ++length;
    }
    const std::string_view word = rest_.substr(0, length);
    if (word.empty()) return false;
    if (const auto fixed = fixed_abbreviation(word)) {
      parts.offset = fixed;
    } else {
      auto named = Zone::named(word);
      if (!named) return false;
      parts.zone = *named;
    }
    rest_.remove_prefix(length);
    return true;
  }

 private:
  std::string_view rest_;
};

bool read_part(Reading& in, const DatePattern::Part& part, Parts& out) {
  const size_t exactly = part.touches ? part.count : 0;
  const auto two = [&](int& value, int low, int high) {
    return in.number(value, exactly != 0 ? Reading::Number{exactly, exactly, low, high} : Reading::Number{1, 2, low, high});
  };
  const auto one = [&](int& value, int high) { return in.number(value, {1, std::max<size_t>(1, exactly), 1, high}); };
  const auto year = [&](int& value) {
    if (part.count == 2) return in.number(value, {2, 2, 0, 99}) && (value += 2000, true);
    if (part.count >= 4 || exactly != 0) return in.number(value, {part.count, part.count, 1, 9999});
    return in.number(value, {1, 4, 1, 9999});
  };
  int name = 0;
  switch (part.letter) {
    case 0: return in.literal(part.literal);
    case 'G':
      if (in.literal("AD") || in.literal("Anno Domini")) return true;
      out.before_christ = in.literal("BC") || in.literal("Before Christ");
      return out.before_christ;
    case 'y': return year(out.year);
    case 'Y': return year(out.week_year);
    case 'M':
    case 'L':
      return part.count <= 2 ? two(out.month, 1, 12) : in.name(out.month, kMonthNames, part.count == 3 ? 3 : 0);
    case 'Q':
    case 'q':
      if (part.count <= 2) return two(out.quarter, 1, 4);
      return in.literal("Q") && in.number(out.quarter, {1, 1, 1, 4});
    case 'w': return two(out.week, 1, 53);
    case 'W': return one(out.week_of_month, 6);
    case 'D': return in.number(out.day_of_year, {exactly != 0 ? exactly : 1, std::max<size_t>(3, exactly), 1, 366});
    case 'd': return two(out.day, 1, 31);
    case 'F': return one(out.nth_weekday, 5);
    case 'E': return in.name(out.weekday, kDayNames, part.count <= 3 ? 3 : 0);
    case 'u': return one(out.weekday, 7);
    case 'a':
      static constexpr std::array<std::string_view, 2> kHalves = {"AM", "PM"};
      if (!in.name(name, kHalves, 0)) return false;
      out.half = name - 1;
      return true;
    case 'H': return two(out.hour, 0, 23);
    case 'k':
      if (!two(out.hour, 1, 24)) return false;
      out.hour %= 24;
      return true;
    case 'K': return two(out.half_hour, 0, 11);
    case 'h':
      if (!two(out.half_hour, 1, 12)) return false;
      out.half_hour %= 12;
      return true;
    case 'm': return two(out.minute, 0, 59);
    case 's': return two(out.second, 0, 59);
    case 'S': return in.fraction(out.micros, exactly);
    case 'z':
    case 'V': return in.zone(out);
    case 'Z': return in.literal("GMT") ? (in.offset(out.offset) || (out.offset = seconds(0), true)) : in.offset(out.offset);
    case 'X': return in.offset(out.offset);
    case 'O': return in.literal("GMT") && (in.offset(out.offset, true) || (out.offset = seconds(0), true));
    default: return false;
  }
}

/// The day by the parts that name one, each fallback only where the better one was not said.
std::optional<sys_days> day_by_parts(const Parts& parts) {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  const int said = parts.before_christ ? 1 - parts.year : parts.year;
  if (parts.week_year >= 0 && parts.week >= 0 && parts.day < 0 && parts.month < 0) {
    const sys_days found = first_of_week_year(parts.week_year) + days((parts.week - 1) * 7 + std::max(parts.weekday, 1) - 1);
    if (iso_week(found).year != parts.week_year && parts.week == 53) return std::nullopt;
    return found;
  }
  const year y(parts.year >= 0 ? said : parts.week_year >= 0 ? parts.week_year : 1970);
  if (parts.day_of_year >= 0 && parts.month < 0 && parts.day < 0) {
    if (parts.day_of_year == 366 && !y.is_leap()) return std::nullopt;
    return sys_days(y / 1 / 1) + days(parts.day_of_year - 1);
  }
  const int month_number = parts.month >= 0 ? parts.month : parts.quarter >= 0 ? parts.quarter * 3 - 2 : 1;
  const month m(static_cast<unsigned>(month_number));
  if (parts.day < 0 && parts.weekday >= 1 && (parts.nth_weekday >= 1 || parts.week_of_month >= 1)) {
    const sys_days first = sys_days(y / m / 1);
    const int first_weekday = iso_weekday(first);
    const int shift = parts.nth_weekday >= 1
        ? (parts.weekday - first_weekday + 7) % 7 + (parts.nth_weekday - 1) * 7
        : (parts.week_of_month - 1) * 7 + parts.weekday - first_weekday;
    const sys_days found = first + days(shift);
    if (year_month_day(found).month() != m) return std::nullopt;
    return found;
  }
  const year_month_day date{y, m, day(static_cast<unsigned>(parts.day >= 0 ? parts.day : 1))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

/// True when nothing else that was said contradicts the day.
bool agrees(sys_days day, const Parts& parts) {
  const year_month_day date(day);
  const bool full = parts.day >= 0 && parts.month >= 0;
  if (parts.weekday >= 1 && full && iso_weekday(day) != parts.weekday) return false;
  if (parts.quarter >= 1 && (static_cast<int>(static_cast<unsigned>(date.month())) + 2) / 3 != parts.quarter) return false;
  return true;
}

std::optional<Instant> resolve(const Parts& parts, const Zone& zone) {
  const auto day = day_by_parts(parts);
  if (!day || !agrees(*day, parts)) return std::nullopt;
  const int hour = parts.hour >= 0 ? parts.hour : parts.half_hour >= 0 ? parts.half_hour + (parts.half == 1 ? 12 : 0) : 0;
  const auto wall = std::chrono::local_days(day->time_since_epoch()) + std::chrono::hours(hour) +
                    std::chrono::minutes(parts.minute) + seconds(parts.second) + microseconds(parts.micros);
  if (parts.offset) return Instant(wall.time_since_epoch()) - *parts.offset;
  return (parts.zone ? *parts.zone : zone).to_utc(wall);
}

void put_number(std::string& text, int64_t value, size_t width) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value < 0 ? -value : value).ptr;
  const auto count = static_cast<size_t>(end - digits.data()) + (value < 0 ? 1 : 0);
  if (value < 0) text += '-';
  text.append(std::min<size_t>(width, 19) - std::min<size_t>({width, 19, count}), '0');
  text.append(digits.data(), end);
}

enum class OffsetForm { hours, plain, colon };
void put_offset(std::string& text, seconds offset, OffsetForm form) {
  const int64_t minutes = std::chrono::abs(offset).count() / 60;
  text += offset.count() < 0 ? '-' : '+';
  put_number(text, minutes / 60, 2);
  if (form == OffsetForm::hours && minutes % 60 == 0) return;
  if (form == OffsetForm::colon) text += ':';
  put_number(text, minutes % 60, 2);
}

/// A moment taken apart for printing.
struct Wall {
  sys_days day;
  year_month_day date;
  std::chrono::hh_mm_ss<microseconds> time;
  seconds offset;
  Instant instant;
  const Zone& zone;
};

void print_offset(const Wall& wall, char letter, size_t count, std::string& text) {
  if (letter == 'X' || (letter == 'Z' && count == 5)) {
    if (wall.offset.count() == 0) text += 'Z';
    else put_offset(text, wall.offset, letter == 'X' && count == 1 ? OffsetForm::hours : letter == 'X' && count == 2 ? OffsetForm::plain : OffsetForm::colon);
  } else if (letter == 'Z' && count <= 3) {
    put_offset(text, wall.offset, OffsetForm::plain);
  } else {
    text += "GMT";
    if (wall.offset.count() == 0) return;
    if (letter == 'Z' || count == 4) return put_offset(text, wall.offset, OffsetForm::colon);
    const int64_t minutes = std::chrono::abs(wall.offset).count() / 60;
    text += wall.offset.count() < 0 ? '-' : '+';
    put_number(text, minutes / 60, 1);
    if (minutes % 60 != 0) text += ':', put_number(text, minutes % 60, 2);
  }
}

void print_name(std::string_view name, size_t count, std::string& text) {
  text += count == 4 ? name : name.substr(0, count >= 5 ? 1 : 3);
}

void print_fraction(const Wall& wall, size_t count, std::string& text) {
  std::string digits;
  put_number(digits, wall.time.subseconds().count(), 6);
  digits.resize(std::max<size_t>(count, 6), '0');
  text.append(digits, 0, count);
}

void print_day(const Wall& wall, const DatePattern::Part& part, std::string& text) {
  const size_t n = part.count;
  const int month = static_cast<int>(static_cast<unsigned>(wall.date.month()));
  const int day = static_cast<int>(static_cast<unsigned>(wall.date.day()));
  const int year = static_cast<int>(wall.date.year());
  const int quarter = (month + 2) / 3;
  switch (part.letter) {
    case 'G': text += year > 0 ? (n >= 4 ? "Anno Domini" : "AD") : (n >= 4 ? "Before Christ" : "BC"); return;
    case 'y': return n == 2 ? put_number(text, year % 100, 2) : put_number(text, year > 0 ? year : 1 - year, n);
    case 'Y': return n == 2 ? put_number(text, iso_week(wall.day).year % 100, 2) : put_number(text, iso_week(wall.day).year, n);
    case 'M':
    case 'L': return n <= 2 ? put_number(text, month, n) : print_name(kMonthNames[static_cast<size_t>(month) - 1], n, text);
    case 'Q':
    case 'q':
      if (n <= 2) return put_number(text, quarter, n);
      text += 'Q';
      return put_number(text, quarter, 1);
    case 'w': return put_number(text, iso_week(wall.day).week, n);
    case 'W': return put_number(text, week_of_month(wall.date), n);
    case 'D': return put_number(text, (wall.day - sys_days(wall.date.year() / 1 / 1)).count() + 1, n);
    case 'd': return put_number(text, day, n);
    case 'F': return put_number(text, (day - 1) / 7 + 1, n);
    case 'E': return print_name(kDayNames[static_cast<size_t>(iso_weekday(wall.day)) - 1], n, text);
    default: return put_number(text, iso_weekday(wall.day), n);  // u
  }
}

void print_time(const Wall& wall, const DatePattern::Part& part, std::string& text) {
  const size_t n = part.count;
  const int64_t hour = wall.time.hours().count();
  switch (part.letter) {
    case 'a': text += hour < 12 ? "AM" : "PM"; return;
    case 'H': return put_number(text, hour, n);
    case 'k': return put_number(text, hour == 0 ? 24 : hour, n);
    case 'K': return put_number(text, hour % 12, n);
    case 'h': return put_number(text, hour % 12 == 0 ? 12 : hour % 12, n);
    case 'm': return put_number(text, wall.time.minutes().count(), n);
    case 's': return put_number(text, wall.time.seconds().count(), n);
    case 'S': return print_fraction(wall, n, text);
    case 'z': text += n >= 4 ? wall.zone.name() : wall.zone.abbreviation_at(wall.instant); return;
    case 'V': text += wall.zone.name(); return;
    default: return print_offset(wall, part.letter, n, text);
  }
}

Error pattern_error(std::string_view pattern, size_t offset, std::string why) {
  return {.kind = ErrorKind::invalid,
          .message = "the date pattern \"" + std::string(pattern) + "\" " + std::move(why) + " at column " +
                     std::to_string(offset + 1)};
}

}  // namespace

Result<DatePattern> DatePattern::compile(std::string_view pattern) {
  DatePattern compiled;
  compiled.text_ = pattern;
  const auto add_literal = [&](std::string_view text) {
    if (compiled.parts_.empty() || compiled.parts_.back().letter != 0) compiled.parts_.push_back({});
    compiled.parts_.back().literal += text;
  };
  if (pattern.empty() || pattern.size() > 256) return pattern_error(pattern.substr(0, 32), 0, "is empty or too long");
  for (size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '\'') {
      if (pattern.substr(at).starts_with("''")) {
        add_literal("'");
        at += 2;
        continue;
      }
      size_t end = at + 1;
      for (; end < pattern.size(); ++end) {
        if (pattern[end] != '\'') add_literal(pattern.substr(end, 1));
        else if (pattern.substr(end).starts_with("''")) add_literal("'"), ++end;
        else break;
      }
      if (end == pattern.size()) return pattern_error(pattern, at, "has an open quote");
      at = end + 1;
    } else if (!is_letter(c) || c == 'T') {
      add_literal(pattern.substr(at, 1));
      ++at;
    } else {
      if (kLetters.find(c) == kLetters.npos) return pattern_error(pattern, at, std::string("has the unknown letter ") + c);
      size_t end = at;
      while (end < pattern.size() && pattern[end] == c) ++end;
      compiled.parts_.push_back({.letter = c, .count = end - at});
      at = end;
    }
  }
  for (size_t i = 1; i < compiled.parts_.size(); ++i) {
    Part& before = compiled.parts_[i - 1];
    Part& after = compiled.parts_[i];
    if (is_number(before) && is_number(after)) before.touches = after.touches = true;
  }
  return compiled;
}

std::optional<Instant> DatePattern::parse(std::string_view text, const Zone& zone) const {
  Reading in(text);
  Parts out;
  for (const Part& part : parts_) {
    if (!read_part(in, part, out)) return std::nullopt;
  }
  return in.at_end() ? resolve(out, zone) : std::nullopt;
}

void DatePattern::print(Instant instant, const Zone& zone, std::string& text) const {
  const seconds offset = zone.offset_at(instant);
  const Instant shifted = instant + offset;
  const sys_days day = std::chrono::floor<days>(shifted);
  const Wall wall{day, year_month_day(day), std::chrono::hh_mm_ss<microseconds>(shifted - day), offset, instant, zone};
  static constexpr std::string_view kDayLetters = "GyYMLQqwWDdFEu";
  for (const Part& part : parts_) {
    if (part.letter == 0) text += part.literal;
    else if (kDayLetters.find(part.letter) != kDayLetters.npos) print_day(wall, part, text);
    else print_time(wall, part, text);
  }
}

std::string DatePattern::print(Instant instant, const Zone& zone) const {
  std::string text;
  print(instant, zone, text);
  return text;
}

std::optional<Instant> parse_automatic(std::string_view text) {
  static const std::vector<DatePattern> kPatterns = [] {
    std::vector<DatePattern> patterns;
    for (const std::string_view pattern :
         {"yyyy-MM-dd HH:mm:ssZ", "yyyy-MM-dd HH:mm:ss.SSSZ", "yyyy-MM-dd HH:mm:ss.SSS", "yyyy-MM-dd'T'HH:mm:ss.SSSX",
          "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd", "yyyy-MMM-dd", "yyyyMMdd", "MM-dd-yyyy",
          "MMddyyyy", "M/dd/yyyy", "dd.M.yyyy", "M/dd/yyyy hh:mm:ss a", "dd.M.yyyy hh:mm:ss a", "dd.MMM.yyyy",
          "dd-MMM-yyyy",
          // Not in the published list, but in the published samples.
          "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SSS",
          "yyyy-MM-dd'T'HH:mm:ssX", "yyyy-MM-dd'T'HH:mm:ss z"}) {
      auto compiled = DatePattern::compile(pattern);
      FOZ_CHECK(compiled.has_value());
      patterns.push_back(*std::move(compiled));
    }
    return patterns;
  }();
  // The forms that nearly every text has; the patterns below would say the same.
  if (text.size() >= 19 && (text[10] == 'T' || text[10] == ' ')) {
    if (const auto instant = parse_iso_instant(text)) return instant;
  }
  if (const auto day = parse_iso_date(text)) return Instant(*day);
  for (const DatePattern& pattern : kPatterns) {
    if (const auto instant = pattern.parse(text)) return instant;
  }
  return std::nullopt;
}

}  // namespace foz::prep
