// Follows: Flow Service contract, 13.1, 10.4 and quirks Q9-Q13.
#include "flow/schedule_params.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace foz::flow {
namespace {

Result<Schedule> read(std::string_view text) { return read_schedule(parse_json(text).value()); }

TEST(ScheduleParams, ReadsWhatClientsSend) {
  struct Row {
    std::string_view params;
    Schedule wanted;
  };
  const Instant start = from_seconds(1567411548);
  for (const Row& row : std::vector<Row>{
           {R"({"startTime":"1567411548","frequency":"minute","interval":"30"})", {start, Frequency::minute, 30, true, {}}},
           {R"({"startTime":1567411548,"frequency":"hour","interval":1,"backfill":false})", {start, Frequency::hour, 1, false, {}}},
           {R"({"startTime":1567411548000,"frequency":"day","interval":1,"backfill":"true"})", {start, Frequency::day, 1, true, {}}},
           {R"({"startTime":"1567411548000","frequency":"WEEK","interval":2,"backfill":"False"})", {start, Frequency::week, 2, false, {}}},
           {R"({"startTime":"2019-09-02T08:05:48Z","frequency":"once"})", {start, Frequency::once, 0, true, {}}},
           {R"({"startTime":"2019-09-02T10:05:48+02:00","frequency":"once","interval":0})", {start, Frequency::once, 0, true, {}}},
           {R"({"startTime":1567411548,"frequency":"Once","interval":"0","timeUnit":"x","exportMode":"y"})", {start, Frequency::once, 0, true, {}}},
           {R"({"startTime":1567411548,"endTime":"1567411549","frequency":"minute","interval":15})", {start, Frequency::minute, 15, true, from_seconds(1567411549)}},
           {R"({"startTime":1567411548,"endTime":null,"frequency":"minute","interval":15,"backfill":null})", {start, Frequency::minute, 15, true, {}}},
       }) {
    const auto schedule = read(row.params);
    ASSERT_TRUE(schedule) << row.params << ": " << to_string(schedule.error());
    EXPECT_EQ(*schedule, row.wanted) << row.params;
  }
}

TEST(ScheduleParams, MistakesHaveTheirCodes) {
  struct Row { std::string_view params, code, where; };
  for (const Row& row : {
           Row{"null", "CONNECTOR-1317-400", "/scheduleParams"}, Row{"{}", "CONNECTOR-1317-400", "/scheduleParams"},
           Row{"[]", "CONNECTOR-1317-400", "/scheduleParams"},
           Row{R"({"startTime":"<START TIME>","frequency":"minute","interval":"30"})", "CONNECTOR-1340-400", "/scheduleParams/startTime"},
           Row{R"({"startTime":1567411548.5,"frequency":"minute","interval":30})", "CONNECTOR-1340-400", "/scheduleParams/startTime"},
           Row{R"({"startTime":true,"frequency":"minute","interval":30})", "CONNECTOR-1340-400", "/scheduleParams/startTime"},
           Row{R"({"startTime":-5,"frequency":"minute","interval":30})", "CONNECTOR-1340-400", "/scheduleParams/startTime"},
           Row{R"({"startTime":"2019-09-02T08:05:48","frequency":"minute","interval":30})", "CONNECTOR-1340-400", "/scheduleParams/startTime"},
           Row{R"({"startTime":9223372036854775807,"frequency":"minute","interval":30})", "CONNECTOR-1340-400", "/scheduleParams/startTime"},
           Row{R"({"frequency":"minute","interval":30})", "CONNECTOR-1304-400", "/scheduleParams/startTime"},
           Row{R"({"startTime":5,"endTime":5,"frequency":"minute","interval":30})", "CONNECTOR-1340-400", "/scheduleParams/endTime"},
           Row{R"({"startTime":5,"endTime":"later","frequency":"minute","interval":30})", "CONNECTOR-1340-400", "/scheduleParams/endTime"},
           Row{R"({"startTime":5,"frequency":"month","interval":1})", "CONNECTOR-1397-400", "/scheduleParams/frequency"},
           Row{R"({"timeUnit":"x","interval":0,"exportMode":"y"})", "CONNECTOR-1397-400", "/scheduleParams/frequency"},
           Row{R"({"startTime":5,"frequency":"minute","interval":14})", "CONNECTOR-1362-400", "/scheduleParams/interval"},
           Row{R"({"startTime":5,"frequency":"minute"})", "CONNECTOR-1362-400", "/scheduleParams/interval"},
           Row{R"({"startTime":5,"frequency":"hour","interval":0})", "CONNECTOR-1362-400", "/scheduleParams/interval"},
           Row{R"({"startTime":5,"frequency":"hour","interval":"often"})", "CONNECTOR-1362-400", "/scheduleParams/interval"},
           Row{R"({"startTime":5,"frequency":"hour","interval":1.5})", "CONNECTOR-1362-400", "/scheduleParams/interval"},
           Row{R"({"startTime":5,"frequency":"week","interval":99999999})", "CONNECTOR-1363-400", "/scheduleParams/interval"},
           Row{R"({"startTime":5,"frequency":"once","interval":1})", "CONNECTOR-1361-400", "/scheduleParams/interval"},
           Row{R"({"startTime":5,"frequency":"once","backfill":true})", "CONNECTOR-1364-400", "/scheduleParams/backfill"},
           Row{R"({"startTime":5,"frequency":"day","interval":1,"backfill":"maybe"})", "CONNECTOR-1312-400", "/scheduleParams/backfill"},
       }) {
    const auto schedule = read(row.params);
    ASSERT_FALSE(schedule) << row.params;
    EXPECT_EQ(schedule.error().code, row.code) << row.params;
    EXPECT_EQ(schedule.error().where, row.where) << row.params;
  }
}

TEST(ScheduleParams, TellsAllMistakesAtOnce) {
  const auto schedule = read(R"({"startTime":"soon","frequency":"minute","interval":5})");
  ASSERT_FALSE(schedule);
  ASSERT_EQ(schedule.error().problems.size(), 2u);
  EXPECT_EQ(schedule.error().problems[0].code, "CONNECTOR-1362-400");
  EXPECT_EQ(schedule.error().problems[1].path, "/scheduleParams/startTime");
  EXPECT_NE(schedule.error().problems[1].message.find("epoch seconds expected"), std::string::npos);
}

TEST(ScheduleParams, LeastIntervalOfMinutesIsASetting) {
  const Json params = parse_json(R"({"startTime":5,"frequency":"minute","interval":1})").value();
  EXPECT_FALSE(read_schedule(params));
  EXPECT_TRUE(read_schedule(params, {.minute_interval_min = 1}));
}

TEST(ScheduleParams, PeriodIsFixed) {
  EXPECT_EQ((Schedule{.frequency = Frequency::minute, .interval = 30}.period()), std::chrono::seconds(1800));
  EXPECT_EQ((Schedule{.frequency = Frequency::week, .interval = 2}.period()), std::chrono::seconds(1209600));
  EXPECT_EQ(Schedule{}.period(), std::chrono::seconds(0));
}

TEST(ScheduleParams, ChangesAfterTheStartAreRefused) {
  const Schedule before{.start = from_seconds(100), .frequency = Frequency::hour, .interval = 1};
  struct Row {
    std::string_view name;
    Schedule after;
    int64_t now;
    std::string_view code;  ///< empty: allowed
  };
  Schedule later = before, once = before, other = before, faster = before, ended = before;
  later.start = from_seconds(200);
  once.frequency = Frequency::once;
  once.interval = 0;
  other.backfill = false;
  faster.interval = 5;
  ended.end = from_seconds(500);
  for (const Row& row : {Row{"same", before, 150, ""}, Row{"interval", faster, 150, ""}, Row{"end", ended, 150, ""},
                         Row{"start", later, 150, "CONNECTOR-1366-400"}, Row{"start in time", later, 99, ""},
                         Row{"to once", once, 100, "CONNECTOR-1403-400"}, Row{"to once in time", once, 99, ""},
                         Row{"backfill", other, 150, "CONNECTOR-1404-400"}, Row{"backfill in time", other, 99, ""}}) {
    const Status change = check_schedule_change(before, row.after, from_seconds(row.now));
    EXPECT_EQ(change ? "" : change.error().code, row.code) << row.name;
  }
  EXPECT_TRUE(check_schedule_change(once, other, from_seconds(150))) << "once may become recurring";
}

}  // namespace
}  // namespace foz::flow
