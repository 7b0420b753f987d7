#include "schedule/calendar.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>

#include "base/random.h"
#include "base/time_text.h"

namespace foz::schedule {
namespace {

using namespace std::chrono_literals;

Instant at(std::string_view text) { return parse_iso_instant(text).value(); }

std::string shown(const std::optional<Instant>& instant) { return instant ? iso_shortest(*instant).substr(11, 8) : "-"; }

/// "run [08:00:00, 09:00:00)", "wait 09:00:00" or "idle".
std::string shown(const NextRun& next) {
  if (next.due) return "run [" + shown(next.due->from) + ", " + shown(next.due->to) + ")";
  if (next.look_again) return "wait " + shown(next.look_again);
  return "idle";
}

CalendarInput hourly(std::string_view start, std::string_view created, std::string_view now) {
  return {.timetable = {.start = at(start), .period = 1h}, .created = at(created), .now = at(now), .up_since = at(created)};
}

// Flow Service contract, 13.2.
TEST(Calendar, BackfillReadsAllHistoryAtTheFirstTick) {
  auto input = hourly("2024-05-01T08:00:00Z", "2024-05-01T07:00:00Z", "2024-05-01T07:30:00Z");
  EXPECT_EQ(shown(next_run(input)), "wait 08:00:00");
  input.now = at("2024-05-01T08:00:00Z");
  EXPECT_EQ(shown(next_run(input)), "run [-, 08:00:00)");
  EXPECT_TRUE(next_run(input).due->first_backfill);
  input.coverage = next_run(input).due->after;
  EXPECT_EQ(shown(next_run(input)), "wait 09:00:00");
  input.now = at("2024-05-01T09:00:01Z");
  EXPECT_EQ(shown(next_run(input)), "run [08:00:00, 09:00:00)");
  EXPECT_FALSE(next_run(input).due->first_backfill);
}

TEST(Calendar, WithoutBackfillTheFirstWindowBeginsAtTheStart) {
  auto input = hourly("2024-05-01T08:00:00Z", "2024-05-01T07:00:00Z", "2024-05-01T08:30:00Z");
  input.timetable.backfill = false;
  EXPECT_EQ(shown(next_run(input)), "wait 09:00:00");
  input.now = at("2024-05-01T09:00:00Z");
  EXPECT_EQ(shown(next_run(input)), "run [08:00:00, 09:00:00)");
}

TEST(Calendar, AStartInThePastRunsAtOnceAndThenOnTheGrid) {
  // The CRM tutorial: 2 September 2019 08:05:48 UTC, every 30 minutes.
  CalendarInput input{.timetable = {.start = at("2019-09-02T08:05:48Z"), .period = 30min},
                      .created = at("2026-11-24T10:00:00Z"), .now = at("2026-11-24T10:00:01Z"), .up_since = at("2026-11-24T09:00:00Z")};
  EXPECT_EQ(shown(next_run(input)), "run [-, 10:00:00)");
  input.coverage = next_run(input).due->after;
  EXPECT_EQ(shown(next_run(input)), "wait 10:05:48");
  input.now = at("2026-11-24T10:35:48Z");
  EXPECT_EQ(shown(next_run(input)), "run [10:00:00, 10:35:48)") << "ticks that fell due meanwhile are one run";
}

TEST(Calendar, AStartInThePastWithoutBackfillWaitsItsSettleTime) {
  auto input = hourly("2024-05-01T08:00:00Z", "2024-05-01T10:30:00Z", "2024-05-01T10:31:00Z");
  input.timetable.backfill = false;
  input.settle = 300s;
  EXPECT_EQ(shown(next_run(input)), "wait 10:35:00");
  input.now = at("2024-05-01T10:35:00Z");
  EXPECT_EQ(shown(next_run(input)), "run [08:00:00, 10:30:00)");
  input.coverage = next_run(input).due->after;
  EXPECT_EQ(shown(next_run(input)), "wait 11:05:00");
}

TEST(Calendar, RecurringWindowsWaitForTheirSettleTime) {
  auto input = hourly("2024-05-01T08:00:00Z", "2024-05-01T07:00:00Z", "2024-05-01T09:04:59Z");
  input.settle = 300s;
  input.coverage = {.begun = true, .covered = at("2024-05-01T08:00:00Z")};
  EXPECT_EQ(shown(next_run(input)), "wait 09:05:00");
  input.now = at("2024-05-01T09:05:00Z");
  EXPECT_EQ(shown(next_run(input)), "run [08:00:00, 09:00:00)");
}

TEST(Calendar, OnceRunsOnce) {
  CalendarInput input{.timetable = {.start = at("2024-05-01T08:00:00Z")}, .created = at("2024-05-01T07:00:00Z"), .now = at("2024-05-01T07:59:59Z")};
  EXPECT_EQ(shown(next_run(input)), "wait 08:00:00");
  input.now = at("2024-05-01T08:00:02Z");
  EXPECT_EQ(shown(next_run(input)), "run [-, -)");
  input.coverage = next_run(input).due->after;
  EXPECT_EQ(shown(next_run(input)), "idle");
  EXPECT_EQ(input.coverage.covered, at("2024-05-01T08:00:02Z")) << "a later change to recurring goes on from here";
}

TEST(Calendar, TheEndIsNoTick) {
  auto input = hourly("2024-05-01T08:00:00Z", "2024-05-01T07:00:00Z", "2024-05-01T12:00:00Z");
  input.timetable.end = at("2024-05-01T10:00:00Z");
  input.coverage = {.begun = true, .covered = at("2024-05-01T08:00:00Z")};
  EXPECT_EQ(shown(next_run(input)), "run [08:00:00, 09:00:00)");
  input.coverage = next_run(input).due->after;
  EXPECT_EQ(shown(next_run(input)), "idle");
}

TEST(Calendar, DowntimeIsCaughtUpAsTheSettingSays) {
  auto input = hourly("2024-05-01T00:00:00Z", "2024-05-01T00:00:00Z", "2024-05-01T08:30:00Z");
  input.coverage = {.begun = true, .covered = at("2024-05-01T03:00:00Z")};
  input.up_since = at("2024-05-01T08:10:00Z");
  input.catch_up = CatchUp::coalesce;
  EXPECT_EQ(shown(next_run(input)), "run [03:00:00, 08:00:00)");
  input.catch_up = CatchUp::replay;
  EXPECT_EQ(shown(next_run(input)), "run [03:00:00, 04:00:00)");
  input.catch_up = CatchUp::skip;
  EXPECT_EQ(shown(next_run(input)), "run [07:00:00, 08:00:00)");
  // Ticks that a long run overlapped were not missed: they are coalesced whatever the setting.
  input.up_since = at("2024-05-01T02:00:00Z");
  for (const CatchUp policy : {CatchUp::coalesce, CatchUp::replay, CatchUp::skip}) {
    input.catch_up = policy;
    EXPECT_EQ(shown(next_run(input)), "run [03:00:00, 08:00:00)");
  }
}

TEST(Calendar, EnablingOrPatchingMakesNoExtraRun) {
  auto input = hourly("2024-05-01T00:00:00Z", "2024-05-01T00:00:00Z", "2024-05-01T08:30:00Z");
  input.coverage = {.begun = true, .covered = at("2024-05-01T03:00:00Z"), .ticks_after = at("2024-05-01T08:15:00Z")};
  EXPECT_EQ(shown(next_run(input)), "wait 09:00:00");
  input.now = at("2024-05-01T09:00:00Z");
  EXPECT_EQ(shown(next_run(input)), "run [03:00:00, 09:00:00)") << "the window holds the disabled time";
}

TEST(Calendar, AFailedFirstBackfillIsTakenUpByTheNextTick) {
  auto input = hourly("2024-05-01T08:00:00Z", "2024-05-01T10:30:00Z", "2024-05-01T10:31:00Z");
  input.coverage = {.begun = true, .ticks_after = at("2024-05-01T10:30:40Z")};
  EXPECT_EQ(shown(next_run(input)), "wait 11:00:00");
  input.now = at("2024-05-01T11:00:00Z");
  EXPECT_EQ(shown(next_run(input)), "run [-, 11:00:00)");
  EXPECT_TRUE(next_run(input).due->first_backfill);
}

// F16: ticks are UTC, whatever the zone of the host does: two years of it, a leap day and four changes of the clocks among them.
TEST(Calendar, TheZoneOfTheHostChangesNothing) {
  const char* before = std::getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  for (const char* zone : {"UTC", "Europe/Lisbon", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "Africa/Casablanca"}) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    auto input = hourly("2023-11-01T00:00:00Z", "2023-10-31T00:00:00Z", "2023-10-31T00:00:00Z");
    input.settle = 120s;
    int runs = 0;
    for (Instant expected = input.timetable.start; expected < at("2025-11-01T00:00:00Z"); ++runs) {
      const NextRun next = next_run(input);
      if (!next.due) {
        input.now = *next.look_again;
        --runs;
        continue;
      }
      ASSERT_EQ(next.due->to, expected) << zone;
      ASSERT_EQ(at(iso_shortest(expected)), expected) << zone;
      input.coverage = next.due->after;
      expected += 1h;
    }
    EXPECT_EQ(runs, 731 * 24) << zone << ": a leap year and a common one";
  }
  kept.empty() ? ::unsetenv("TZ") : ::setenv("TZ", kept.c_str(), 1);
  ::tzset();
}

// Flow Service contract, 17.8: whatever happens, windows touch and never overlap.
TEST(Calendar, WindowsAreDisjointAndWithoutGaps) {
  SeededRandom random(20241124);
  for (int round = 0; round < 2000; ++round) {
    const Instant epoch = at("2024-01-01T00:00:00Z");
    CalendarInput input;
    input.timetable = {.start = epoch + std::chrono::seconds(random.below(5 * 86'400)), .period = std::chrono::seconds(60 * (1 + random.below(300))),
                       .backfill = random.below(2) == 0};
    input.created = epoch + std::chrono::seconds(random.below(5 * 86'400));
    input.settle = std::chrono::seconds(random.below(3) * 150);
    input.catch_up = random.below(2) == 0 ? CatchUp::coalesce : CatchUp::replay;
    input.now = input.up_since = input.created;
    std::optional<Instant> end;
    for (int step = 0; step < 60; ++step) {
      const NextRun next = next_run(input);
      if (!next.due) {
        ASSERT_TRUE(next.look_again) << "round " << round;
        ASSERT_GT(*next.look_again, input.now) << "round " << round;
        // Sometimes nobody looks for days: the process is down, and comes back.
        const bool down = random.below(8) == 0;
        input.now = *next.look_again + std::chrono::seconds(random.below(down ? 4 * 86'400 : 30));
        if (down) input.up_since = input.now;
        continue;
      }
      const DueRun& due = *next.due;
      ASSERT_TRUE(due.to);
      ASSERT_LE(*due.to + (due.first_backfill ? std::chrono::seconds(0) : input.settle), input.now);
      if (end) {
        ASSERT_EQ(due.from, end) << "round " << round << ": a gap or an overlap";
      } else if (input.timetable.backfill) {
        ASSERT_FALSE(due.from);
      } else {
        ASSERT_EQ(due.from, input.timetable.start);
      }
      ASSERT_TRUE(!due.from || *due.from < *due.to);
      end = due.to;
      input.coverage = due.after;
      input.now += std::chrono::seconds(random.below(20'000));  // the run takes its time
    }
    ASSERT_TRUE(end) << "round " << round;
  }
}

}  // namespace
}  // namespace foz::schedule
