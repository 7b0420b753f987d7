#include "schedule/calendar.h"

#include <algorithm>

namespace foz::schedule {
namespace {

using std::chrono::microseconds;

/// The first tick at or after `moment`, whether or not the schedule has ended.
Instant tick_from(const Timetable& timetable, Instant moment) {
  if (moment <= timetable.start) return timetable.start;
  const microseconds period = *timetable.period;
  const int64_t count = ((moment - timetable.start) + period - microseconds(1)) / period;
  return timetable.start + count * period;
}

bool counts(const Timetable& timetable, Instant tick) { return !timetable.end || tick < *timetable.end; }

/// The last tick at or before `moment`; nothing when there is none yet.
std::optional<Instant> tick_until(const Timetable& timetable, Instant moment) {
  if (timetable.end) moment = std::min(moment, *timetable.end - microseconds(1));
  if (moment < timetable.start) return std::nullopt;
  const microseconds period = *timetable.period;
  return timetable.start + (moment - timetable.start) / period * period;
}

NextRun make(const CalendarInput& input, std::optional<Instant> from, std::optional<Instant> to) {
  DueRun due{.from = from, .to = to, .first_backfill = !from};
  due.after = Coverage{.begun = true, .covered = to, .ticks_after = input.coverage.ticks_after};
  return {.due = due};
}

NextRun once(const CalendarInput& input) {
  if (input.coverage.begun) return {};
  if (input.now < input.timetable.start) return {.look_again = input.timetable.start};
  // The one-time run covers up to its own start, should the flow become recurring later.
  NextRun next = make(input, std::nullopt, std::nullopt);
  next.due->after.covered = input.now;
  return next;
}

/// A flow made after its start time runs at once, up to the moment it was made.
NextRun immediate(const CalendarInput& input) {
  if (input.timetable.backfill) return make(input, std::nullopt, input.created);
  if (input.created <= input.timetable.start) return {.look_again = tick_after(input.timetable, input.timetable.start)};
  const Instant settled = input.created + input.settle;
  if (input.now < settled) return {.look_again = settled};
  return make(input, input.timetable.start, input.created);
}

/// The tick that ends the next window, from the ticks in (after, now - settle].
Instant window_end(const CalendarInput& input, Instant first, Instant last) {
  if (input.catch_up == CatchUp::replay && first <= input.up_since) return first;
  return last;
}

/// Where the next window begins.
std::optional<Instant> window_begin(const CalendarInput& input, Instant first, Instant end) {
  const bool missed = end > first && first <= input.up_since;
  if (input.catch_up == CatchUp::skip && missed && input.coverage.covered) return end - *input.timetable.period;
  return input.coverage.covered;
}

}  // namespace

NextRun next_run(const CalendarInput& input) {
  const Timetable& timetable = input.timetable;
  if (!timetable.period) return once(input);
  const bool late = timetable.start <= input.created;
  if (!input.coverage.begun && late && counts(timetable, timetable.start)) return immediate(input);

  CalendarInput begun = input;
  if (!begun.coverage.covered && !timetable.backfill) begun.coverage.covered = timetable.start;
  std::optional<Instant> after = begun.coverage.covered;
  if (begun.coverage.ticks_after && (!after || *begun.coverage.ticks_after > *after)) after = begun.coverage.ticks_after;
  const Instant first = after ? tick_from(timetable, *after + microseconds(1)) : timetable.start;
  if (!counts(timetable, first)) return {};
  if (input.now < first + input.settle) return {.look_again = first + input.settle};
  const Instant last = tick_until(timetable, input.now - input.settle).value_or(first);
  const Instant end = window_end(begun, first, last);
  const std::optional<Instant> from = window_begin(begun, first, end);
  if (from && *from >= end) return {.look_again = tick_after(timetable, end)};
  return make(begun, from, end);
}

NextRefresh next_refresh(const Timetable& grid, Instant last, Instant now) {
  const auto tick = tick_after(grid, last);
  if (!tick) return {};
  if (*tick > now) return {.look_again = tick};
  return {.due = true};
}

std::optional<Instant> tick_after(const Timetable& timetable, Instant moment) {
  if (!timetable.period) return std::nullopt;
  const Instant tick = tick_from(timetable, moment + microseconds(1));
  if (!counts(timetable, tick)) return std::nullopt;
  return tick;
}

std::vector<Instant> upcoming(const Timetable& timetable, Instant now, size_t count) {
  std::vector<Instant> ticks;
  if (!timetable.period) {
    if (timetable.start > now) ticks.push_back(timetable.start);
    return ticks;
  }
  for (auto tick = tick_after(timetable, now); tick && ticks.size() < count; tick = tick_after(timetable, *tick)) ticks.push_back(*tick);
  return ticks;
}

}  // namespace foz::schedule
