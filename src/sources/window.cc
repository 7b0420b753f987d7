#include "sources/window.h"

#include <array>

#include "base/text.h"
#include "base/time_text.h"

namespace foz::sources {
namespace {

using std::chrono::days;
using std::chrono::floor;
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

/// Follows: Flow Service contract, 13.4.
constexpr std::string_view kDefaultFormat = "yyyy-MM-dd HH:mm:ss";

int64_t millis_rounded_up(Instant instant) { return std::chrono::ceil<std::chrono::milliseconds>(instant).time_since_epoch().count(); }

Result<Zone> zone_of(const Window& window) { return window.timezone.empty() ? Result<Zone>(Zone::utc()) : Zone::named(window.timezone); }

/// The first local day whose midnight is at or after `instant`.
std::chrono::local_days day_rounded_up(const Zone& zone, Instant instant) {
  const auto day = floor<days>(zone.to_local(instant));
  return zone.to_utc(day) >= instant ? day : day + days(1);
}

/// A field of a date format, with the span that one step of it covers.
struct FormatField {
  std::string_view letters;
  std::chrono::microseconds step;
};
using namespace std::chrono_literals;
constexpr std::array<FormatField, 7> kFields = {{{"yyyy", 0us}, {"MM", 0us}, {"dd", 24h}, {"HH", 1h}, {"mm", 1min}, {"ss", 1s}, {"SSS", 1ms}}};

/// The format's pieces in order: fields by number, literals as text.
struct Piece {
  size_t field = kFields.size();
  std::string literal = {};
};

/// The fields must come from the largest on, each once and at full width: then texts sort as times do.
std::optional<std::vector<Piece>> sortable_pieces(std::string format) {
  format = replace_all(replace_all(std::move(format), "YYYY", "yyyy"), "DD", "dd");
  std::vector<Piece> pieces;
  size_t next_field = 0;
  for (size_t i = 0; i < format.size();) {
    if (next_field < kFields.size() && format.compare(i, kFields[next_field].letters.size(), kFields[next_field].letters) == 0) {
      pieces.push_back({.field = next_field});
      i += kFields[next_field++].letters.size();
      continue;
    }
    const bool letter = (format[i] >= 'a' && format[i] <= 'z') || (format[i] >= 'A' && format[i] <= 'Z');
    if (format[i] == '\'' ) {
      ++i;
      continue;
    }
    if (letter && format[i] != 'T' && format[i] != 'Z') return std::nullopt;
    pieces.push_back({.literal = std::string(1, format[i++])});
  }
  if (next_field < 3) return std::nullopt;  // coarser than a day: the bounds would be too wide to help
  return pieces;
}

std::string digits(int64_t value, size_t width) {
  std::string text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

/// `instant` in the format, rounded up to the finest field it has.
std::string text_rounded_up(const std::vector<Piece>& pieces, const Zone& zone, Instant instant) {
  std::chrono::microseconds step = 24h;
  for (const Piece& piece : pieces) {
    if (piece.field < kFields.size() && kFields[piece.field].step > 0us) step = kFields[piece.field].step;
  }
  LocalTime local = zone.to_local(instant);
  const auto over = local.time_since_epoch() % step;
  if (over != 0us) local += step - (over < 0us ? over + step : over);
  const auto day = floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(local - day);
  const std::array<int64_t, 7> values = {int{date.year()}, unsigned{date.month()}, unsigned{date.day()}, time.hours().count(), time.minutes().count(),
                                         time.seconds().count(), time.subseconds().count() / 1000};
  std::string text;
  for (const Piece& piece : pieces) {
    text += piece.field < kFields.size() ? digits(values[piece.field], kFields[piece.field].letters.size()) : piece.literal;
  }
  return text;
}

}  // namespace

MillisRange millis_range(const Window& window) {
  MillisRange range;
  if (window.from) range.from = millis_rounded_up(*window.from);
  if (window.to) range.to = millis_rounded_up(*window.to);
  return range;
}

Result<DayRange> day_range(const Window& window) {
  TRY(const Zone zone, zone_of(window));
  DayRange range;
  const auto bound = [&](Instant instant) { return std::chrono::sys_days((day_rounded_up(zone, instant) - days(1)).time_since_epoch()); };
  if (window.from) range.from = bound(*window.from);
  if (window.to) range.to = bound(*window.to);
  return range;
}

Result<std::optional<TextRange>> text_range(const Window& window) {
  TRY(const Zone zone, zone_of(window));
  const auto pieces = sortable_pieces(window.date_format.empty() ? std::string(kDefaultFormat) : window.date_format);
  if (!pieces) return std::optional<TextRange>();
  TextRange range;
  if (window.from) range.from = text_rounded_up(*pieces, zone, *window.from);
  if (window.to) range.to = text_rounded_up(*pieces, zone, *window.to);
  return std::optional<TextRange>(std::move(range));
}

}  // namespace foz::sources
