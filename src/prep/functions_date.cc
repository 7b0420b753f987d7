// Dates and times. Follows: Data Prep contract, 6.5.
#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "prep/function_tables.h"
#include "prep/moment.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using engine::Value;
using std::chrono::days;
using std::chrono::microseconds;
using Text = std::string_view;
using Local = std::chrono::local_time<microseconds>;

constexpr Fault kNoDate{Trouble::parse, "the text is no date of the pattern"};
constexpr Fault kNoKnownDate{Trouble::parse, "the text has none of the known date formats"};
constexpr Fault kNoComponent{Trouble::function, "there is no such part of a date"};
constexpr Fault kNotInCalendar{Trouble::range, "there is no such date or time"};
constexpr Fault kNoZone{Trouble::function, "there is no such time zone"};

Instant now(Call& call) { return call.context().now; }
int64_t timestamp(Call& call) { return to_millis(call.context().now); }

Outcome<Text> format(Call& call, Moment moment, Text pattern) {
  const DatePattern* compiled = call.date_pattern(pattern);
  if (compiled == nullptr) return kBadPattern;
  return made_text(call, compiled->print(moment.instant(), zone_of(moment.zone)));
}

Outcome<Text> dformat(Call& call, int64_t millis, Text pattern) {
  if (millis < kMomentMin / 1000 || millis > kMomentMax / 1000) return kNotInCalendar;
  return format(call, {.micros = millis * 1000}, pattern);
}

Outcome<Moment> default_date(Call& call, const std::optional<Value>& otherwise) {
  if (!otherwise || otherwise->is_null()) return nullptr;
  const auto made = value_as(call.arena(), *otherwise, Type::timestamp);
  if (made.is_fault()) return made.fault();
  return made.is_value() ? Outcome<Moment>(moment_of(made.value())) : nullptr;
}

Outcome<Moment> date(Call& call, std::optional<Value> input, std::optional<Text> pattern, std::optional<Value> otherwise) {
  if (!input || input->is_null()) return default_date(call, otherwise);
  if (input->type == Type::timestamp) return moment_of(*input);
  if (input->type == Type::date) return Moment{.micros = input->integer * kMicrosPerDay};
  const auto text = text_of(call.arena(), *input);
  if (text.is_fault()) return text.fault();
  if (text.value().empty()) return default_date(call, otherwise);
  std::optional<Instant> instant;
  if (pattern) {
    const DatePattern* compiled = call.date_pattern(*pattern);
    if (compiled == nullptr) return kBadPattern;
    instant = compiled->parse(text.value());
  } else {
    instant = parse_automatic(text.value());
  }
  if (!instant) return pattern ? kNoDate : kNoKnownDate;
  return Moment{.micros = instant->time_since_epoch().count()};
}

enum class Component : uint8_t { year, quarter, month, day_of_year, day, week, weekday, hour, hour12, minute, second, millisecond };

std::optional<Component> component_of(Text name) {
  struct Row { Component component; Text names[4]; };
  static constexpr Row kRows[] = {
      {Component::year, {"year", "yyyy", "yy"}},   {Component::quarter, {"quarter", "qq", "q"}}, {Component::month, {"month", "mm", "m"}},
      {Component::day_of_year, {"dayofyear", "dy", "y"}}, {Component::day, {"day", "dd", "d"}},  {Component::week, {"week", "ww", "w"}},
      {Component::weekday, {"weekday", "dw"}},     {Component::hour, {"hour", "hh", "hh24"}},    {Component::hour12, {"hh12"}},
      {Component::minute, {"minute", "mi", "n"}},  {Component::second, {"second", "ss", "s"}},   {Component::millisecond, {"millisecond", "ms", "sss"}}};
  for (const Row& row : kRows) {
    for (const Text alias : row.names) {
      if (!alias.empty() && equal_ignoring_case(alias, name)) return row.component;
    }
  }
  return std::nullopt;
}

/// A moment as its zone's calendar and clock show it.
struct Wall {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<microseconds> time;
  std::chrono::sys_days day;

  explicit Wall(Moment moment) : Wall(zone_of(moment.zone).to_local(moment.instant())) {}
  explicit Wall(Local local)
      : date(std::chrono::floor<days>(local)), time(local - std::chrono::floor<days>(local)), day(std::chrono::floor<days>(local).time_since_epoch()) {}
};

/// ISO 8601: the week that holds the year's first Thursday is week 1.
int64_t iso_week(std::chrono::sys_days day) {
  const std::chrono::sys_days thursday = day + days(4 - static_cast<int>(std::chrono::weekday(day).iso_encoding()));
  const std::chrono::sys_days first{std::chrono::year_month_day(thursday).year() / 1 / 1};
  return (thursday - first).count() / 7 + 1;
}

int64_t part_of(const Wall& wall, Component component) {
  const auto hour = static_cast<int64_t>(wall.time.hours().count());
  const auto month = static_cast<int64_t>(static_cast<unsigned>(wall.date.month()));
  switch (component) {
    case Component::year: return static_cast<int>(wall.date.year());
    case Component::quarter: return (month + 2) / 3;
    case Component::month: return month;
    case Component::day_of_year: return (wall.day - std::chrono::sys_days(wall.date.year() / 1 / 1)).count() + 1;
    case Component::day: return static_cast<unsigned>(wall.date.day());
    case Component::week: return iso_week(wall.day);
    case Component::weekday: return std::chrono::weekday(wall.day).iso_encoding();
    case Component::hour: return hour;
    case Component::hour12: return (hour + 11) % 12 + 1;
    case Component::minute: return wall.time.minutes().count();
    case Component::second: return wall.time.seconds().count();
    case Component::millisecond: return wall.time.subseconds().count() / 1000;
  }
  return 0;
}

Outcome<int64_t> date_part(Text name, Moment moment) {
  const auto component = component_of(name);
  if (!component) return kNoComponent;
  return part_of(Wall(moment), *component);
}

struct Parts {
  int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
};

Outcome<Moment> moment_of_parts(const Parts& parts, uint32_t zone) {
  const auto in = [](int64_t value, int64_t low, int64_t high) { return value >= low && value <= high; };
  if (!in(parts.year, 1, 9999) || !in(parts.month, 1, 12) || !in(parts.day, 1, 31) || !in(parts.hour, 0, 23) || !in(parts.minute, 0, 59) || !in(parts.second, 0, 59)) {
    return kNotInCalendar;
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(parts.year)), std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day))};
  if (!date.ok()) return kNotInCalendar;
  const Local local = std::chrono::local_days(date) + std::chrono::hours(parts.hour) + std::chrono::minutes(parts.minute) + std::chrono::seconds(parts.second) +
                      microseconds(parts.micros);
  const int64_t micros = zone_of(zone).to_utc(local).time_since_epoch().count();
  if (micros < kMomentMin || micros > kMomentMax) return kNotInCalendar;
  return Moment{.micros = micros, .zone = zone};
}

Outcome<Moment> set_date_part(Text name, int64_t value, Moment moment) {
  const auto component = component_of(name);
  const Wall wall(moment);
  Parts parts{part_of(wall, Component::year), part_of(wall, Component::month),  part_of(wall, Component::day),
              part_of(wall, Component::hour), part_of(wall, Component::minute), part_of(wall, Component::second), wall.time.subseconds().count()};
  if (!component) return kNoComponent;
  switch (*component) {
    case Component::year: parts.year = value; break;
    case Component::month: parts.month = value; break;
    case Component::day: parts.day = value; break;
    case Component::hour: parts.hour = value; break;
    case Component::minute: parts.minute = value; break;
    case Component::second: parts.second = value; break;
    default: return kNoComponent;
  }
  return moment_of_parts(parts, moment.zone);
}

Outcome<Moment> make_date_time(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, int64_t second, int64_t nanosecond, Text zone) {
  const auto number = zone_number(zone);
  if (!number) return kNoZone;
  if (nanosecond < 0 || nanosecond > 999'999'999) return kNotInCalendar;
  auto made = moment_of_parts({year, month, day, hour, minute, second, nanosecond / 1000}, *number);
  if (!made.is_value()) return made;
  return Moment{.micros = made.value().micros};  // an instant, shown in UTC
}

Moment to_utc(Moment moment) { return {.micros = moment.micros}; }

Outcome<Moment> to_zone(Moment moment, Text zone) {
  const auto number = zone_number(zone);
  if (!number) return kNoZone;
  return Moment{.micros = moment.micros, .zone = *number};
}

constexpr Parameter kDate{"date", Type::timestamp, "The date; a text is read as by date(text)."};
constexpr Parameter kPattern{"pattern", Type::string, "The date pattern, in Java's letters."};
constexpr Parameter kComponent{"component", Type::string, "The part: year, quarter, month, dayofyear, day, week, weekday, hour, hh12, minute, second, millisecond, or a short form."};

constexpr Function kFunctions[] = {
    {.name = "now",
     .category = Category::date,
     .returns = Type::timestamp,
     .kernel = kernel<now>,
     .about = "The instant of the run: one value for all its rows.",
     .examples = {{"now()", R"(date("2024-05-06T07:08:09.123Z"))"}}},
    {.name = "timestamp",
     .category = Category::date,
     .returns = Type::integer,
     .kernel = kernel<timestamp>,
     .about = "The instant of the run in milliseconds since 1970 UTC.",
     .examples = {{"timestamp()", "1714979289123"}}},
    {.name = "format",
     .category = Category::date,
     .parameters = {kDate, kPattern},
     .returns = Type::string,
     .kernel = kernel<format>,
     .about = "The date as text, in the zone it is shown in.",
     .examples = {{R"(format(date("2019-10-23 11:24:35"), "yyyy-MM-dd HH:mm:ss"))", R"("2019-10-23 11:24:35")"},
                  {R"(format("2019-10-23", "EEEE, d MMMM yyyy"))", R"("Wednesday, 23 October 2019")"},
                  {R"(format(zone_date_to_zone(date("2019-10-23T11:24:35Z"), "America/Los_Angeles"), "HH:mm z"))", R"("04:24 PDT")"},
                  {R"(format(null, "yyyy"))", "null"},
                  {R"(format("junk", "yyyy"))", "error"}}},
    {.name = "dformat",
     .category = Category::date,
     .parameters = {{"timestamp", Type::integer, "Milliseconds since 1970 UTC."}, kPattern},
     .returns = Type::string,
     .kernel = kernel<dformat>,
     .about = "A moment in milliseconds as text, in UTC.",
     .examples = {{R"(dformat(1571829875000, "yyyy-MM-dd'T'HH:mm:ss.SSSX"))", R"("2019-10-23T11:24:35.000Z")"}, {R"(dformat(null, "yyyy"))", "null"}}},
    {.name = "date",
     .category = Category::date,
     .parameters = {{"input", Type::string, "The text; an empty one counts as null."},
                    {"pattern", Type::string, "Its date pattern; the automatic list when left out.", true},
                    {"default", Type::timestamp, "What a null becomes.", true}},
     .returns = Type::timestamp,
     .kernel = kernel<date>,
     .about = "A text read as a date; in UTC where it names no zone.",
     .examples = {{R"(date("2019-10-23 11:24", "yyyy-MM-dd HH:mm"))", R"(date("2019-10-23T11:24:00Z"))"},
                  {R"(format(date("12112020"), "yyyy-MM-dd"))", R"("2020-12-11")"},
                  {R"(format(date("2016-11-09T11:44:44.797"), "HH:mm:ss.SSS"))", R"("11:44:44.797")"},
                  {R"(date(null, "yyyy-MM-dd", now()))", "now()"},
                  {R"(date("junk", "yyyy-MM-dd", now()))", "error"},
                  {R"(date("2019-02-30"))", "error"}}},
    {.name = "date_part",
     .category = Category::date,
     .parameters = {kComponent, kDate},
     .returns = Type::integer,
     .kernel = kernel<date_part>,
     .about = "One part of a date as a number; weeks are those of ISO 8601, weekday 1 is Monday.",
     .examples = {{R"(date_part("MM", date("2019-10-17 11:55:12")))", "10"},
                  {R"(date_part("w", "2021-01-03"))", "53"},
                  {R"(date_part("dw", "2019-10-17"))", "4"},
                  {R"(date_part("hh12", "2019-10-17 00:30:00"))", "12"},
                  {R"(date_part("dy", "2020-12-31"))", "366"},
                  {R"(date_part("decade", "2020-12-31"))", "error"}}},
    {.name = "set_date_part",
     .category = Category::date,
     .parameters = {{"component", Type::string, "The part: year, month, day, hour, minute or second, or a short form."}, {"value", Type::integer, "Its new value."}, kDate},
     .returns = Type::timestamp,
     .kernel = kernel<set_date_part>,
     .about = "A date with one part replaced; a day that the calendar lacks is an error.",
     .examples = {{R"(set_date_part("m", 4, date("2016-11-09T11:44:44.797")))", R"(date("2016-04-09T11:44:44.797Z"))"},
                  {R"(set_date_part("month", 4, "2016-05-31"))", "error"},
                  {R"(set_date_part("hour", 24, "2016-05-31"))", "error"}}},
    {.name = "make_date_time",
     .aliases = {"make_timestamp"},
     .category = Category::date,
     .parameters = {{"year", Type::integer, "1 to 9999."},
                    {"month", Type::integer, "1 to 12."},
                    {"day", Type::integer, "1 to 31."},
                    {"hour", Type::integer, "0 to 23."},
                    {"minute", Type::integer, "0 to 59."},
                    {"second", Type::integer, "0 to 59."},
                    {"nanosecond", Type::integer, "0 to 999999999; microseconds are kept."},
                    {"zone", Type::string, "The time zone of these parts, such as Europe/Lisbon."}},
     .returns = Type::timestamp,
     .kernel = kernel<make_date_time>,
     .about = "The instant that the parts name in a time zone.",
     .examples = {{R"(make_date_time(2019, 10, 17, 11, 55, 12, 999, "America/Los_Angeles"))", R"(date("2019-10-17T18:55:12Z"))"},
                  {R"(make_timestamp(2019, 10, 17, 11, 55, 12, 500000000, "UTC"))", R"(date("2019-10-17T11:55:12.5Z"))"},
                  {R"(make_date_time(2019, 2, 29, 0, 0, 0, 0, "UTC"))", "error"},
                  {R"(make_date_time(2019, 2, 28, 0, 0, 0, 0, "Mars/Olympus"))", "error"}}},
    {.name = "zone_date_to_utc",
     .category = Category::date,
     .parameters = {kDate},
     .returns = Type::timestamp,
     .kernel = kernel<to_utc>,
     .about = "The same instant, shown in UTC.",
     .examples = {{R"(zone_date_to_utc(date("2019-10-17T11:55:12 PST")))", R"(date("2019-10-17T19:55:12Z"))"}, {"zone_date_to_utc(null)", "null"}}},
    {.name = "zone_date_to_zone",
     .category = Category::date,
     .parameters = {kDate, {"zone", Type::string, "The time zone, such as Europe/Lisbon."}},
     .returns = Type::timestamp,
     .kernel = kernel<to_zone>,
     .about = "The same instant, shown in a time zone: what format() and texts print.",
     .examples = {{R"(zone_date_to_zone(date("2019-10-17T11:55:12Z"), "Europe/Lisbon") == date("2019-10-17T11:55:12Z"))", "true"},
                  {R"(concat(zone_date_to_zone(date("2019-10-17T11:55:12Z"), "Europe/Lisbon")))", R"("2019-10-17T12:55:12+01:00")"},
                  {R"(zone_date_to_zone(now(), "Nowhere"))", "error"}}},
};

}  // namespace

std::span<const Function> date_functions() { return kFunctions; }

}  // namespace foz::prep
