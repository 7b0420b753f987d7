#include "flow/schedule_params.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "flow/document.h"

namespace foz::flow {
namespace {

/// From here on a number counts milliseconds.
constexpr int64_t kMillisFrom = 100'000'000'000;
/// The last millisecond of the year 9999.
constexpr int64_t kMillisMax = 253'402'300'799'999;
/// A period never exceeds some nineteen thousand years, and arithmetic on it stays in range.
constexpr int64_t kIntervalMax = 1'000'000;

struct FrequencyWord {
  Frequency frequency;
  std::string_view word;
  int64_t seconds;
};
constexpr std::array kFrequencies = std::to_array<FrequencyWord>({{Frequency::once, "once", 0},
                                                                  {Frequency::minute, "minute", 60},
                                                                  {Frequency::hour, "hour", 3600},
                                                                  {Frequency::day, "day", 86'400},
                                                                  {Frequency::week, "week", 604'800}});

std::chrono::seconds span_of(Frequency frequency, int64_t interval) {
  return std::chrono::seconds(kFrequencies[static_cast<size_t>(frequency)].seconds * interval);
}

/// A member that is there and not null.
const Json* given(const Json& json, std::string_view name) {
  const Json* value = member(json, name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

std::string pointer(std::string_view name) { return "/scheduleParams/" + std::string(name); }

void read_interval(const Json& params, const ScheduleRules& rules, Schedule& schedule, std::vector<Error>& mistakes) {
  const Json* value = given(params, "interval");
  const int64_t interval = value == nullptr ? -1 : as_integer(*value).value_or(-1);
  if (!schedule.recurring()) {
    if (value != nullptr && interval != 0) {
      mistakes.push_back(provider_error(1361, "A flow that runs once has no interval: leave it out.", pointer("interval")));
    }
    return;
  }
  const int64_t least = schedule.frequency == Frequency::minute ? std::max<int64_t>(rules.minute_interval_min, 1) : 1;
  const std::string unit(name_of(schedule.frequency));
  if (interval < least) {
    mistakes.push_back(provider_error(1362, "With the frequency " + unit + " the interval is a whole number from " + std::to_string(least) + ".", pointer("interval")));
  } else if (interval > kIntervalMax) {
    mistakes.push_back(provider_error(1363, "An interval of " + std::to_string(interval) + " is too long for the frequency " + unit + ".", pointer("interval")));
  } else {
    schedule.interval = interval;
  }
}

void read_backfill(const Json& params, Schedule& schedule, std::vector<Error>& mistakes) {
  const Json* value = given(params, "backfill");
  if (value == nullptr) return;
  const auto backfill = as_boolean(*value);
  if (!schedule.recurring()) {
    mistakes.push_back(provider_error(1364, "A flow that runs once reads everything: leave backfill out.", pointer("backfill")));
  } else if (!backfill) {
    mistakes.push_back(provider_error(1312, "backfill is true or false.", pointer("backfill")));
  } else {
    schedule.backfill = *backfill;
  }
}

void read_times(const Json& params, Schedule& schedule, std::vector<Error>& mistakes) {
  const Json* start = given(params, "startTime");
  if (start == nullptr) {
    mistakes.push_back(provider_error(1304, "The mandatory field startTime is missing: epoch seconds expected.", pointer("startTime")));
  } else if (const auto time = read_time(*start, pointer("startTime")); time) {
    schedule.start = *time;
  } else {
    mistakes.push_back(time.error());
  }
  const Json* end = given(params, "endTime");
  if (end == nullptr) return;
  const auto time = read_time(*end, pointer("endTime"));
  if (!time) {
    mistakes.push_back(time.error());
  } else if (start != nullptr && *time <= schedule.start) {
    mistakes.push_back(provider_error(1340, "endTime does not lie behind startTime.", pointer("endTime")));
  } else {
    schedule.end = *time;
  }
}

}  // namespace

std::string_view name_of(Frequency frequency) { return kFrequencies[static_cast<size_t>(frequency)].word; }

std::optional<Frequency> frequency_named(std::string_view text) {
  for (const FrequencyWord& row : kFrequencies) {
    if (equal_ignoring_case(row.word, trim(text))) return row.frequency;
  }
  return std::nullopt;
}

std::chrono::seconds Schedule::period() const { return span_of(frequency, interval); }
std::chrono::seconds Every::period() const { return span_of(frequency, interval); }

Result<Instant> read_time(const Json& value, std::string_view what) {
  const Error mistake = provider_error(1340, std::string(what.substr(what.rfind('/') + 1)) + " cannot be read: epoch seconds expected.", std::string(what));
  if (value.is_number_float() || value.is_boolean()) return mistake;
  if (const auto number = as_integer(value)) {
    const int64_t millis = *number >= kMillisFrom ? *number : *number * 1000;
    if (*number < 0 || millis > kMillisMax) return mistake;
    return from_millis(millis);
  }
  if (!value.is_string()) return mistake;
  const auto instant = parse_rfc3339(trim(value.get_ref<const std::string&>()));
  if (!instant) return mistake;
  return *instant;
}

Result<Schedule> read_schedule(const Json& params, const ScheduleRules& rules) {
  if (!params.is_object() || params.empty()) return provider_error(1317, "scheduleParams is missing or empty.", "/scheduleParams");
  std::vector<Error> mistakes;
  Schedule schedule;
  const Json* word = given(params, "frequency");
  const auto frequency = word == nullptr ? std::nullopt : frequency_named(as_text(*word));
  if (frequency) {
    schedule.frequency = *frequency;
    read_interval(params, rules, schedule, mistakes);
    read_backfill(params, schedule, mistakes);
  } else {
    const std::string shown = word == nullptr ? "no frequency" : "\"" + as_text(*word) + "\"";
    mistakes.push_back(provider_error(1397, "The frequency is once, minute, hour, day or week; this one has " + shown + ".", pointer("frequency")));
  }
  read_times(params, schedule, mistakes);
  if (!mistakes.empty()) return several(std::move(mistakes));
  return schedule;
}

Result<Every> read_every(const Json& params) {
  const auto frequency = frequency_named(text_of(params, "frequency"));
  const auto interval = integer_of(params, "interval");
  if (!frequency || frequency == Frequency::once || !interval || *interval < 1 || *interval > kIntervalMax) {
    return provider_error(1312, "calculatedRefresh has a frequency (minute, hour, day or week) and an interval from 1.", "/options/calculatedRefresh");
  }
  return Every{*frequency, *interval};
}

Status check_schedule_change(const Schedule& before, const Schedule& after, Instant now) {
  if (now < before.start) return {};
  if (after.start != before.start) {
    return provider_error(1366, "The start has passed: startTime cannot be changed any more.", pointer("startTime"));
  }
  if (before.recurring() && !after.recurring()) {
    return provider_error(1403, "The start has passed: the frequency cannot become once any more.", pointer("frequency"));
  }
  if (before.recurring() && after.backfill != before.backfill) {
    return provider_error(1404, "The start has passed: backfill cannot be changed any more.", pointer("backfill"));
  }
  return {};
}

}  // namespace foz::flow
