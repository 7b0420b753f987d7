#pragma once
// Moments and dates as text, and IANA time zones. Years 0001 to 9999.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace foz {

using Date = std::chrono::year_month_day;

/// "2020-04-15T23:34:21.034Z": always three digits of fraction.
std::string iso_millis(Instant instant);
/// "2020-04-15T23:34:21Z": the fraction is cut off.
std::string iso_seconds(Instant instant);
/// Shortest exact form: a fraction of 3 or 6 digits only where it is not zero.
std::string iso_shortest(Instant instant);
/// "2020-04-15".
std::string iso_date(Date date);
std::string iso_date(std::chrono::sys_days day);

/// Reads `yyyy-MM-dd`. Nothing when the text is longer, or the day is not in the calendar.
std::optional<std::chrono::sys_days> parse_iso_date(std::string_view text);
/// Reads RFC 3339 and the forms vendors print: `T` or a blank between date and time, seconds required, 0 to 9 digits of
/// fraction (cut to microseconds), then `Z`, `+00:00`, `+0000`, `+00` or nothing (UTC).
std::optional<Instant> parse_iso_instant(std::string_view text);
/// The same, and the zone must be there.
std::optional<Instant> parse_rfc3339(std::string_view text);
/// HTTP dates: "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<Instant> parse_http_date(std::string_view text);
std::string http_date(Instant instant);

/// A time zone by IANA name, `UTC`, `Z`, an offset (`+02:00`, `GMT+2`, `UTC-08:00`), or one of the few American
/// abbreviations Java knows (PST, EST ...). Cheap to copy.
class Zone {
 public:
  static Result<Zone> named(std::string_view name);
  static Zone utc() { return Zone(nullptr, std::chrono::seconds(0)); }

  /// The instant of a wall-clock time. A time that a jump skips counts as the jump; of two, the earlier.
  Instant to_utc(std::chrono::local_time<std::chrono::microseconds> local) const;
  std::chrono::local_time<std::chrono::microseconds> to_local(Instant instant) const;
  std::chrono::seconds offset_at(Instant instant) const;
  /// "PST", "+02:00": what the zone is called at that instant.
  std::string abbreviation_at(Instant instant) const;
  std::string name() const;

 private:
  Zone(const void* iana, std::chrono::seconds offset) : iana_(iana), offset_(offset) {}
  const void* iana_;  ///< a zone of the library; null: a fixed offset
  std::chrono::seconds offset_;
};

}  // namespace foz
