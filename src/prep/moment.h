#pragma once
// Moments of the language: an instant, and the zone in which it is shown.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/time_text.h"
#include "engine/chunk.h"

namespace foz::prep {

/// First and last microsecond that has a four-digit year (0001 to 9999).
inline constexpr int64_t kMomentMin = -62135596800'000'000;
inline constexpr int64_t kMomentMax = 253402300799'999'999;
inline constexpr int64_t kMicrosPerDay = 86'400'000'000;

/// In a Value of type timestamp, `size` holds the zone number; typed columns hold UTC only.
struct Moment {
  int64_t micros = 0;
  uint32_t zone = 0;  ///< 0: UTC

  Instant instant() const { return Instant(std::chrono::microseconds(micros)); }
};

/// The number of a zone for as long as the program runs. Thread-safe. Errors: invalid (no such zone).
Result<uint32_t> zone_number(std::string_view name);
const Zone& zone_of(uint32_t number);

inline engine::Value to_value(Moment moment) {
  engine::Value value = engine::Value::of_timestamp(moment.micros);
  value.size = moment.zone;
  return value;
}
inline Moment moment_of(const engine::Value& value) { return {value.integer, value.size}; }

/// Days since 1970 of a moment's UTC day.
inline int64_t day_of(int64_t micros) {
  return micros >= 0 ? micros / kMicrosPerDay : -((-micros + kMicrosPerDay - 1) / kMicrosPerDay);
}

/// ISO 8601 in the moment's zone, `Z` for UTC; fraction of 3 or 6 digits only where it is not zero.
/// Writes at most 40 characters and returns their number.
size_t write_iso(Moment moment, char* out);
/// `yyyy-MM-dd`; at most 16 characters.
size_t write_iso_day(int64_t day, char* out);

}  // namespace foz::prep
