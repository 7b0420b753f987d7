#pragma once
// `scheduleParams` of a flow: when it runs, as typed values. Follows: Flow Service contract, 13.1; windows are 13.2.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"

namespace foz::flow {

enum class Frequency { once, minute, hour, day, week };

std::string_view name_of(Frequency frequency);
/// In any letter case.
std::optional<Frequency> frequency_named(std::string_view text);

/// Ticks stand at start + k * period, k = 0, 1, 2 ..., before `end`. UTC, fixed length, no daylight saving.
struct Schedule {
  Instant start{};
  Frequency frequency = Frequency::once;
  int64_t interval = 0;      ///< in units of the frequency; 0 with `once`
  bool backfill = true;
  std::optional<Instant> end = {};

  bool recurring() const { return frequency != Frequency::once; }
  /// Zero with `once`.
  std::chrono::seconds period() const;

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

struct ScheduleRules {
  int64_t minute_interval_min = 15;  ///< setting `schedule.minuteIntervalMin`
};

/// Reads `scheduleParams`. Errors: invalid, every mistake at once in `problems`: CONNECTOR-1304 (startTime missing), 1312,
/// 1317 (empty), 1340 (times), 1361, 1362, 1363 (interval), 1364 (backfill), 1397 (frequency).
Result<Schedule> read_schedule(const Json& params, const ScheduleRules& rules = {});

/// A stretch of time that comes again and again.
struct Every {
  Frequency frequency = Frequency::day;
  int64_t interval = 1;
  std::chrono::seconds period() const;
  friend bool operator==(const Every&, const Every&) = default;
};
/// `{"frequency","interval"}` of `options.calculatedRefresh`. Errors: invalid, CONNECTOR-1312.
Result<Every> read_every(const Json& params);

/// What may not change once the start has passed. Same values are no change.
/// Errors: invalid, CONNECTOR-1366 (startTime), 1403 (frequency to once), 1404 (backfill).
Status check_schedule_change(const Schedule& before, const Schedule& after, Instant now);

/// A time as this service takes it: seconds or, from 10^11 on, milliseconds since 1970, as a number or its digits, or ISO
/// 8601 with a zone. Errors: invalid, CONNECTOR-1340, naming `what`.
Result<Instant> read_time(const Json& value, std::string_view what);

}  // namespace foz::flow
