#pragma once
// When a flow runs next, and over which window: pure decisions. Follows: Flow Service contract, 13.1-13.2.

#include <chrono>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace foz::schedule {

/// A schedule as it is computed with. Ticks are start + k * period, k = 0, 1, 2 ..., before `end`.
struct Timetable {
  Instant start{};
  std::optional<std::chrono::seconds> period = {};  ///< nothing: once
  std::optional<Instant> end = {};
  bool backfill = true;
};

/// How far a flow's windows have been handed to runs. Kept with the flow; moves in the transaction that makes a run.
struct Coverage {
  bool begun = false;                     ///< a first window (or the one-time run) was handed out
  std::optional<Instant> covered = {};    ///< end of the last window; nothing: minus infinity
  /// Ticks up to here do not count: the schedule was changed, or the flow was enabled, at that moment.
  std::optional<Instant> ticks_after = {};
};

/// What to do about ticks that were missed while Foz was down (`schedule.catchUp`).
enum class CatchUp { coalesce, replay, skip };

struct CalendarInput {
  Timetable timetable;
  Coverage coverage;
  Instant created{};                 ///< of the flow (of its publication, if it was a draft)
  Instant now{};
  Instant up_since{};                ///< when this process began to watch; ticks before it were missed
  std::chrono::seconds settle{0};
  CatchUp catch_up = CatchUp::coalesce;
};

/// A run that is due: its window is [from, to); no `from`: everything; no `to`: no delta condition at all.
struct DueRun {
  std::optional<Instant> from = {};
  std::optional<Instant> to = {};
  bool first_backfill = false;  ///< reads without upper bound where the source allows it
  Coverage after = {};          ///< to keep when the run is made
};

/// What a flow waits for.
struct NextRun {
  std::optional<DueRun> due = {};         ///< make this run now
  std::optional<Instant> look_again = {}; ///< nothing is due before; neither: the flow is idle for good
};

NextRun next_run(const CalendarInput& input);

/// When the calculated columns of a flow are looked at again: at the ticks of a grid of their own, from the flow's start on,
/// however many were missed. `last`: when they were, or the flow was made.
struct NextRefresh {
  bool due = false;
  std::optional<Instant> look_again = {};
};
NextRefresh next_refresh(const Timetable& grid, Instant last, Instant now);

/// The first tick after `moment`; nothing when the schedule ends before, or is once.
std::optional<Instant> tick_after(const Timetable& timetable, Instant moment);
/// The next `count` times a flow would run from `now` on, for people to look at.
std::vector<Instant> upcoming(const Timetable& timetable, Instant now, size_t count);

}  // namespace foz::schedule
