// One run from claim to commit, on a source in memory. Follows: Flow Service contract, 13.2, 13.5-13.7.
#include "schedule/run_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/time_text.h"
#include "lake/faulty_file_io.h"
#include "schedule/run_world.h"
#include "store/faulty_database.h"

namespace foz::schedule {
namespace {

using flow::RunState;
using flow::shown_run;
using ::testing::HasSubstr;

const Json kWholeWindow = {{"windowStartTime", 0}};

class RunEngineTest : public ::testing::Test {
 protected:
  std::string file(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  /// A flow that rejects rows whose FirstName is no date.
  std::string strict_flow() {
    Json body = world_.flow_body();
    const Json set = {{"version", 0}, {"xdmSchema", world_.parts().schema}, {"strictMapping", true},
                      {"mappings", {{{"destinationXdmPath", "_id"}, {"sourceAttribute", "Id"}}, {{"destinationXdmPath", "person.birthDate"}, {"sourceAttribute", "FirstName"}}}}};
    body["transformations"][1]["params"]["mappingId"] = world_.mapping_sets.create(world_.scope().sandbox, prep::read_mapping_set(set).value(), "user").value().id;
    return world_.must(world_.service->flows.create(world_.scope(), body, flow::Mode::live)).id;
  }

  /// A flow that wants removals, from a source whose feed never tells any.
  std::string flow_with_feed() {
    world_.system().has_feed = true;
    Json body = world_.flow_body();
    body["options"] = {{"deletes", true}};
    return world_.must(world_.service->flows.create(world_.scope(), body, flow::Mode::live)).id;
  }

  testing::RunWorld world_;
};

TEST_F(RunEngineTest, LandsWhatTheSourceHas) {
  const std::string flow = world_.flow();
  const flow::Run run = world_.execute(world_.ask(flow, kWholeWindow));
  ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
  EXPECT_EQ(run.promotion->output_records, 2);
  const Json rows = world_.landed(run.batch_id, "_id");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["_id"], "0035x01");
  EXPECT_EQ(rows[0]["person"]["name"]["firstName"], "Ana");
  EXPECT_EQ(file(world_.catalog.diagnostics_folder(run.sandbox, run.batch_id) / "input_files" / "fileMetaData1.json"), R"({"path":"page-000001.json","slice":"all","page":1,"bytes":)" + std::to_string(run.copy.input_bytes) + ",\"from\":\"\"}\n")
      << "the list that the run links";
}

TEST_F(RunEngineTest, RemembersWhereItsRowsCameFrom) {
  const std::string flow = world_.flow();
  world_.system().pages = {world_.page(R"([{"Id":"1","FirstName":"Ana"}])"), world_.page(R"([{"Id":"2","FirstName":"Rui"}])"), world_.page(R"([{"Id":"3","FirstName":"Eva"}])")};
  world_.system().breaks_at = 2;
  const std::string id = world_.ask(flow, kWholeWindow);
  ASSERT_EQ(world_.execute(id).state, RunState::queued);
  world_.system().breaks_at.reset();
  const flow::Run run = world_.execute(id);
  ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
  const flow::Run stored = *flow::run_of(to_document(run));
  ASSERT_EQ(stored.slices.size(), 1U);
  ASSERT_TRUE(stored.slices[0].rows);
  EXPECT_EQ(stored.slices[0].rows->read, 3);
  EXPECT_EQ(stored.slices[0].rows->written, 3);
  const std::string each = std::to_string(run.copy.input_bytes / 3);
  EXPECT_EQ(to_text(flow::origins_json(run)), R"({"pages":3,"slices":[{"slice":"all","pages":3,"firstPage":1,"lastPage":3,"bytes":)" + std::to_string(run.copy.input_bytes) +
                                                  R"(,"from":""}],"slicesLeftOut":0})");
  EXPECT_EQ(to_text(flow::origins_json(*flow::run_of(to_document(run)))), to_text(flow::origins_json(run)));
  EXPECT_EQ(file(world_.catalog.diagnostics_folder(run.sandbox, run.batch_id) / "input_files" / "fileMetaData1.json"),
            R"({"path":"page-000001.json","slice":"all","page":1,"bytes":)" + each + R"(,"from":"","next":"1"})" + "\n" +
            R"({"path":"page-000002.json","slice":"all","page":2,"bytes":)" + each + R"(,"from":"1","next":"2"})" + "\n" +
            R"({"path":"page-000003.json","slice":"all","page":3,"bytes":)" + each + R"(,"from":"2"})" + "\n");
}

TEST_F(RunEngineTest, GoesOnWithTheColumnsItsSpoolWasPlannedWith) {
  const std::string flow = world_.flow();
  world_.system().pages = {world_.page(R"([{"Id":"1","FirstName":"Ana"}])"), world_.page(R"([{"Id":"2","FirstName":"Rui"}])")};
  world_.system().breaks_at = 1;
  const std::string id = world_.ask(flow, kWholeWindow);
  ASSERT_EQ(world_.execute(id).state, RunState::queued) << "the stage is tried again later";

  world_.system().breaks_at.reset();
  world_.system().more_columns = {{.name = "New__c", .raw_path = {"New__c"}}, {.name = "Newer__c", .raw_path = {"Newer__c"}}};
  const flow::Run run = world_.execute(id);
  ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
  EXPECT_EQ(world_.system().reads, 3) << "the first page is not asked for again";
  const Json rows = world_.landed(run.batch_id, "_id");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1]["_id"], "2");
  EXPECT_EQ(rows[1]["person"]["name"]["firstName"], "Rui");
}

TEST_F(RunEngineTest, ARepeatedRunLoadsThePagesOfTheOneThatDidNotLand) {
  const std::string flow = strict_flow();
  // One bad row fails a run without a threshold.
  world_.system().pages = {world_.page(R"([{"Id":"1","FirstName":"1990-02-03"},{"Id":"2","FirstName":"Rui"}])")};
  const std::string first = world_.ask(flow, kWholeWindow);
  const flow::Run failed = world_.execute(first);
  ASSERT_EQ(failed.state, RunState::failed);
  EXPECT_EQ(failed.errors.at(0).code, "CONNECTOR-2001-500");
  const int reads = world_.system().reads;

  const std::string again = world_.must(world_.service->runs.retrigger(world_.scope(), first, std::nullopt)).id;
  const flow::Run repeated = world_.execute(again);
  EXPECT_EQ(repeated.state, RunState::failed) << "the rows are as bad as before";
  EXPECT_EQ(repeated.copy.input_records, 2);
  EXPECT_EQ(world_.system().reads, reads) << "nothing is asked of the source";
  EXPECT_FALSE(std::filesystem::exists(world_.data / "spool" / first)) << "the pages moved on";
  EXPECT_TRUE(std::filesystem::exists(world_.data / "spool" / again));
}

TEST_F(RunEngineTest, ARepeatedRunReadsTheSourceWhenThePagesAreNotKept) {
  const std::string flow = strict_flow();
  world_.system().pages = {world_.page(R"([{"Id":"7","FirstName":"Rui"}])")};
  const std::string first = world_.ask(flow, kWholeWindow);
  ASSERT_EQ(world_.execute(first).state, RunState::failed);
  std::filesystem::remove_all(world_.data / "spool" / first);
  world_.system().pages = {world_.page(R"([{"Id":"7","FirstName":"1990-02-03"}])")};
  const flow::Run repeated = world_.execute(world_.must(world_.service->runs.retrigger(world_.scope(), first, std::nullopt)).id);
  EXPECT_EQ(repeated.state, RunState::success);
  EXPECT_EQ(repeated.promotion->output_records, 1);
}

/// A feed may miss a removal (a hard delete, a merge without trace): once a week all keys are compared. Sources contract, 5.2.
TEST_F(RunEngineTest, Pain4ComparesAllKeysOnceAWeekWhateverTheFeedTells) {
  const std::string flow = flow_with_feed();
  Instant end = world_.store.clock.now();
  const auto next_window = [&](std::chrono::hours later) {
    world_.store.clock.advance(later);
    const Instant begin = end;
    end = world_.store.clock.now();
    return world_.execute(world_.tick(flow, begin, end));
  };
  world_.system().pages = {world_.page(R"([{"Id":"1"},{"Id":"2"}])")};
  ASSERT_EQ(world_.execute(world_.tick(flow, std::nullopt, end)).state, RunState::success);

  world_.system().pages = {world_.page(R"([{"Id":"1"}])")};
  const flow::Run soon = next_window(std::chrono::hours(6 * 24));
  EXPECT_EQ(soon.notes["deletes"], (Json{{"method", "feed, key reconciliation each week"}, {"latenessSeconds", 60}, {"removed", 0}, {"keysCompared", false}}));
  const flow::Run week = next_window(std::chrono::hours(25));
  EXPECT_EQ(week.notes["deletes"]["keysCompared"], true);
  EXPECT_EQ(week.notes["deletes"]["removed"], 1);
  const Json rows = world_.landed(week.batch_id, "_id");
  ASSERT_EQ(rows.size(), 1u) << rows;
  EXPECT_EQ(rows[0]["_id"], "2");
  EXPECT_EQ(rows[0]["_change_request_type"], "d");
  EXPECT_EQ(next_window(std::chrono::hours(24)).notes["deletes"]["keysCompared"], false) << "for another week";
}

/// A run that is tried again lands pages that may be older than a removal the feed told meanwhile: nobody would tell it once more.
TEST_F(RunEngineTest, Pain4ComparesAllKeysBehindPagesThatAreOlderThanALookForRemovals) {
  const std::string flow = flow_with_feed();
  Instant end = world_.store.clock.now();
  const auto next_window = [&] {
    world_.store.clock.advance(std::chrono::hours(1));
    const Instant begin = std::exchange(end, world_.store.clock.now());
    return world_.execute(world_.tick(flow, begin, end));
  };
  world_.system().pages = {world_.page(R"([{"Id":"1"}])")};
  ASSERT_EQ(world_.execute(world_.tick(flow, std::nullopt, end)).state, RunState::success);
  world_.system().pages = {world_.page(R"([{"Id":"2"}])"), world_.page(R"([{"Id":"3"}])")};
  world_.system().breaks_at = 1;
  const std::string asked = world_.ask(flow, kWholeWindow);
  ASSERT_EQ(world_.execute(asked).state, RunState::queued) << "its first page is kept";
  world_.system().breaks_at.reset();
  world_.system().pages = {world_.page(R"([{"Id":"1"}])"), world_.page(R"([{"Id":"3"}])")};  // 2 is gone
  EXPECT_EQ(next_window().notes["deletes"]["keysCompared"], false);
  ASSERT_EQ(world_.execute(asked).promotion->output_records, 2);
  const flow::Run behind = next_window();
  EXPECT_EQ(behind.notes["deletes"]["keysCompared"], true);
  const Json rows = world_.landed(behind.batch_id, "_change_request_type, _id");
  EXPECT_EQ(rows[0]["_id"], "2") << rows;
  EXPECT_EQ(rows[0]["_change_request_type"], "d");
  EXPECT_EQ(next_window().notes["deletes"]["keysCompared"], false);
}

/// Stamps of whole seconds do not tell two changes in one second apart; a vendor's own numbers do (Sources contract, 3.5).
TEST_F(RunEngineTest, Pain6LandsARowThatChangedTwiceInOneSecond) {
  world_.system().more_columns = {{.name = "Version", .type = sources::ColumnType::int64, .raw_path = {"Version"}}};
  world_.system().version_column = "Version";
  const std::string flow = world_.flow();
  const Instant end = world_.store.clock.now();
  const auto contact = [&](int version, const std::string& name) {
    return world_.page(Json::array({{{"Id", "1"}, {"FirstName", name}, {"Version", version}, {"LastModifiedDate", iso_shortest(end - std::chrono::seconds(30))}}}).dump());
  };
  world_.system().pages = {contact(1, "first")};
  ASSERT_EQ(world_.execute(world_.tick(flow, std::nullopt, end)).promotion->output_records, 1);
  const auto look_back = [&](int minutes) {
    world_.store.clock.advance(std::chrono::minutes(1));
    return world_.execute(world_.tick(flow, end + std::chrono::minutes(minutes - 1), end + std::chrono::minutes(minutes)));
  };
  EXPECT_EQ(look_back(1).promotion->output_records, 0) << "seen before";
  world_.system().pages = {contact(2, "second")};
  // Its window begins after the stamp: only the gate of the look-back lets it in.
  const flow::Run run = look_back(2);
  ASSERT_EQ(run.promotion->output_records, 1) << to_document(run).dump(1);
  EXPECT_EQ(world_.landed(run.batch_id, "_id")[0]["person"]["name"]["firstName"], "second");
  EXPECT_EQ(look_back(3).promotion->output_records, 0);
}

TEST_F(RunEngineTest, AScheduledWindowWaitsForTheClockThatDatesTheRows) {
  const std::string flow = world_.flow();
  const Instant now = world_.store.clock.now();
  world_.system().vendor_now = now - std::chrono::seconds(90);
  const std::string id = world_.tick(flow, now - std::chrono::hours(1), now - std::chrono::seconds(30));
  const flow::Run waiting = world_.execute(id);
  ASSERT_EQ(waiting.state, RunState::queued) << to_document(waiting).dump(1);
  EXPECT_EQ(waiting.errors.at(0).code, "FOZ-RUN-UNSETTLED");
  EXPECT_EQ(waiting.not_before_ms, to_millis(now + std::chrono::seconds(70))) << "a minute behind, and ten seconds to settle";
  EXPECT_EQ(waiting.attempts, 0) << "waiting is no failure";
  EXPECT_EQ(world_.system().reads, 0);

  world_.system().vendor_now = now - std::chrono::seconds(20);
  const flow::Run run = world_.execute(id);
  EXPECT_EQ(run.state, RunState::success);
  EXPECT_TRUE(run.errors.empty());
}

TEST_F(RunEngineTest, AVendorsClockThatIsDaysBehindIsNotWaitedFor) {
  const Instant now = world_.store.clock.now();
  world_.system().vendor_now = now - std::chrono::hours(24 * 365);
  const flow::Run run = world_.execute(world_.tick(world_.flow(), now - std::chrono::hours(1), now - std::chrono::seconds(30)));
  EXPECT_EQ(run.state, RunState::success);
}

TEST_F(RunEngineTest, WhatNobodyScheduledDoesNotWait) {
  const std::string flow = world_.flow();
  world_.system().vendor_now = world_.store.clock.now() - std::chrono::hours(3);
  EXPECT_EQ(world_.execute(world_.ask(flow, kWholeWindow)).state, RunState::success);
  const std::string backfill = world_.tick(flow, std::nullopt, world_.store.clock.now());
  EXPECT_EQ(world_.execute(backfill).state, RunState::queued) << "it would end hours behind what the next window looks back to";
  world_.system().vendor_now = world_.store.clock.now() - std::chrono::seconds(60);
  EXPECT_EQ(world_.execute(backfill).state, RunState::success) << "the first backfill has no upper bound";
}

TEST_F(RunEngineTest, AnEmptyWindowIsSaidAloudWhereRowsAreUsual) {
  const std::string flow = world_.flow();
  Instant from = world_.store.clock.now();
  const auto window = [&](const std::string& records) {
    const Instant to = from + std::chrono::hours(1);
    world_.store.clock.set(to + std::chrono::minutes(10));
    world_.system().pages = {world_.page(records)};
    const flow::Run run = world_.execute(world_.tick(flow, from, to));
    EXPECT_EQ(run.state, RunState::success) << to_document(run).dump(1);
    from = to;
    return run;
  };
  const auto stamped = [&] { return R"([{"Id":"1","FirstName":"Ana","SystemModstamp":")" + iso_shortest(from + std::chrono::minutes(5)) + R"(","LastModifiedDate":")" + iso_shortest(from + std::chrono::minutes(5)) + R"("}])"; };
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(window(stamped()).errors.empty());
  const flow::Run silent = window("[]");
  ASSERT_EQ(silent.errors.size(), 1u);
  EXPECT_EQ(silent.errors[0].code, "FOZ-RUN-NO-ROWS");
  EXPECT_THAT(silent.errors[0].message, HasSubstr("4 of the last 4 windows"));
  EXPECT_TRUE(silent.batch_id.empty());
}

TEST_F(RunEngineTest, RowsThatLoseAValueAreKeptAsExamples) {
  Json body = world_.flow_body();
  const prep::MappingSet set = world_.mapping_set(world_.parts().schema, {{"Id", "_id"}, {"FirstName", "person.birthDate"}});
  body["transformations"][1]["params"]["mappingId"] = set.id;
  body["options"] = {{"errorDiagnosticsEnabled", true}};
  const std::string flow = world_.must(world_.service->flows.create(world_.scope(), body, flow::Mode::live)).id;
  world_.system().pages = {world_.page(R"([{"Id":"1","FirstName":"1990-02-03"},{"Id":"2","FirstName":"yesterday"}])")};
  const flow::Run run = world_.execute(world_.ask(flow, kWholeWindow));
  ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
  EXPECT_EQ(run.warnings, 1);
  EXPECT_EQ(run.promotion->output_records, 2) << "the rows landed";
  ASSERT_TRUE(run.has_warning_sample);
  const Json sample = *parse_json(file(world_.catalog.diagnostics_folder(run.sandbox, run.batch_id) / "row_warnings_sample.json"));
  ASSERT_EQ(sample.size(), 1u);
  EXPECT_EQ(sample[0]["Id"], "2");
  EXPECT_EQ(sample[0]["FirstName"], "yesterday");
  EXPECT_EQ(sample[0]["_filename"], "page-000001.json");
  EXPECT_EQ(sample[0]["_warnings"][0]["destination"], "person.birthDate");
  const Json shown = shown_run(to_document(run), "http://foz.example");
  EXPECT_EQ(shown["activities"][1]["statusSummary"]["extensions"]["manifest"]["sampleWarnings"],
            "http://foz.example/data/foundation/export/batches/" + run.batch_id + "/meta?path=row_warnings_sample.json");
}

TEST_F(RunEngineTest, ARunUnderWayTellsHowFarItHasCome) {
  const std::string flow = world_.flow();
  const std::string id = world_.ask(flow, kWholeWindow);
  RunControlBlock control;
  flow::Run claimed = world_.stored_run(id);
  const std::string etag = claimed.etag;
  claimed.state = RunState::in_progress;
  claimed.fence = "lease-1";
  claimed.started_ms = to_millis(world_.store.clock.now());
  ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) { return flow::RunStore::update(transaction, claimed, RunState::queued); }));
  control.hold("lease-1");
  control.progress.touch(world_.store.clock);
  control.progress.pages_fetched = 3, control.progress.pages_loaded = 2;
  control.progress.bytes_fetched = 4000, control.progress.records_loaded = 150;
  world_.store.clock.advance(std::chrono::seconds(7));
  world_.engine->beat(claimed.sandbox, id, control);

  const Json shown = shown_run(to_document(world_.stored_run(id)), "");
  EXPECT_EQ(shown["etag"], etag) << "a sign of life is no change";
  EXPECT_EQ(shown["updatedAt"], to_millis(world_.store.clock.now()));
  EXPECT_EQ(shown["activities"][0]["sizeSummary"]["inputBytes"], 4000);
  EXPECT_EQ(shown["activities"][0]["updatedAtUTC"], to_millis(world_.store.clock.now()) - 7000) << "when something last moved";
  EXPECT_EQ(shown["activities"][1]["recordSummary"]["inputRecordCount"], 150);
  EXPECT_EQ(shown["activities"][1]["statusSummary"]["status"], "inProgress");

  RunControlBlock stale;
  stale.hold("lease-0");
  world_.engine->beat(claimed.sandbox, id, stale);
  EXPECT_EQ(world_.stored_run(id).copy.input_bytes, 4000) << "whoever lost the lease writes nothing";
}

TEST_F(RunEngineTest, ARunWhoseThreadDoesNotEndIsEndedOnRecord) {
  const std::string flow = world_.flow();
  const Instant now = world_.store.clock.now();
  const std::string id = world_.tick(flow, now - std::chrono::hours(2), now - std::chrono::hours(1));
  flow::Run claimed = world_.stored_run(id);
  claimed.state = RunState::in_progress;
  claimed.fence = "lease-1";
  ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) -> Status {
    TRY_DO(flow::RunStore::update(transaction, claimed, RunState::queued));
    return flow::FlowStore::put_position(transaction, claimed.sandbox, flow, {.since = now, .begun = true, .covered = claimed.window_to});
  }));
  RunControlBlock control;
  control.hold("lease-1");
  control.progress.pages_fetched = 3;
  world_.engine->abandon(claimed.sandbox, id, control);
  const flow::Run ended = world_.stored_run(id);
  EXPECT_EQ(ended.state, RunState::failed);
  EXPECT_THAT(ended.errors.at(0).message, HasSubstr("3 pages fetched"));
  EXPECT_EQ(world_.position(flow).covered, claimed.window_from) << "the window came back";
  const Status late = world_.database().write([&](store::Transaction& transaction) { return flow::RunStore::update(transaction, claimed, RunState::in_progress, "lease-1"); });
  EXPECT_FALSE(late) << "what the lost thread still tries is refused";
}

TEST_F(RunEngineTest, LateRowsLandOnceWhateverTheKindOfDeltaColumn) {
  Json body = world_.flow_body();
  body["transformations"][0]["params"]["deltaColumn"] = {{"name", "LastName"}, {"dateFormat", "yyyy-MM-dd HH:mm:ss"}};  // a text column with times
  const std::string flow = world_.must(world_.service->flows.create(world_.scope(), body, flow::Mode::live)).id;
  const Instant first = world_.store.clock.now(), second = first + std::chrono::hours(1);
  const auto row = [](const char* id, const char* at) { return std::string(R"({"Id":")") + id + R"(","LastName":")" + at + R"("})"; };
  // 2024-09-23 00:00:00 is where the first window ends; the backfill reads past it.
  world_.system().pages = {world_.page("[" + row("1", "2024-09-22 10:00:00") + "," + row("2", "2024-09-22 23:59:00") + "," + row("3", "2024-09-23 00:00:30") + "]")};
  ASSERT_EQ(world_.execute(world_.tick(flow, std::nullopt, first)).promotion->output_records, 3);
  world_.store.clock.set(second + std::chrono::minutes(10));
  // Row 9 became visible late, with a time before the window; 2 and 3 come once more, 3 has changed since.
  world_.system().pages = {world_.page("[" + row("2", "2024-09-22 23:59:00") + "," + row("9", "2024-09-22 23:58:00") + "," + row("3", "2024-09-23 00:00:30") + "," + row("3", "2024-09-23 00:20:00") + "]")};
  const flow::Run run = world_.execute(world_.tick(flow, first, second));
  ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
  EXPECT_EQ(run.promotion->output_records, 2);
  EXPECT_EQ(run.promotion->skipped_records, 2);
  const Json rows = world_.landed(run.batch_id, "_id");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["_id"], "3");
  EXPECT_EQ(rows[1]["_id"], "9");
}

TEST_F(RunEngineTest, ReadsAnewWhenFewerRowsCameThanWereAnnounced) {
  const std::string flow = world_.flow();
  sources::Page lying = world_.page(R"([{"Id":"1","FirstName":"Ana"}])");
  lying.total = 3;
  world_.system().pages = {lying};
  const std::string id = world_.ask(flow, kWholeWindow);
  const flow::Run waiting = world_.execute(id);
  ASSERT_EQ(waiting.state, RunState::queued);
  EXPECT_THAT(waiting.errors.at(0).message, HasSubstr("announced 3 records and delivered 1"));
  world_.system().pages = {world_.page(R"([{"Id":"1","FirstName":"Ana"},{"Id":"2","FirstName":"Rui"}])")};
  const flow::Run run = world_.execute(id);
  EXPECT_EQ(run.state, RunState::success);
  EXPECT_EQ(run.promotion->output_records, 2);
}

TEST_F(RunEngineTest, FetchesAPageAgainThatHasOtherRowsThanItsHeadSays) {
  const std::string flow = world_.flow();
  const auto page = [](std::string records, int64_t count) {
    sources::Page made = testing::RunWorld::page(std::move(records));
    made.count = count;
    return made;
  };
  const sources::Page first = page(R"([{"Id":"1","FirstName":"Ana"}])", 1);
  for (const int64_t count : {0, 1, 3}) {
    world_.system().pages = {first, page(R"([{"Id":"2","FirstName":"Rui"},{"Id":"3","FirstName":"Eva"}])", count)};
    const std::string id = world_.ask(flow, kWholeWindow);
    const flow::Run waiting = world_.execute(id);
    ASSERT_EQ(waiting.state, RunState::queued);
    EXPECT_THAT(waiting.errors.at(0).message, HasSubstr("page 2 of slice all: it is said to have " + std::to_string(count) + " records and has 2"));
    world_.system().pages = {world_.page("[]"), page(R"([{"Id":"2","FirstName":"Rui"},{"Id":"3","FirstName":"Eva"}])", 2)};
    const flow::Run run = world_.execute(id);
    ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
    EXPECT_EQ(run.promotion->output_records, 3) << "the first page is not fetched again";
  }
}

TEST_F(RunEngineTest, ReadsAnewWhenTheHandleOfTheNextPageDied) {
  const std::string flow = world_.flow();
  const auto pages = {world_.page(R"([{"Id":"1","FirstName":"Ana"}])"), world_.page(R"([{"Id":"2","FirstName":"Rui"}])")};
  world_.system().pages = pages;
  world_.system().breaks_at = 1;
  world_.system().break_kind = ErrorKind::not_found;
  const std::string id = world_.ask(flow, kWholeWindow);
  ASSERT_EQ(world_.execute(id).state, RunState::queued);
  world_.system().breaks_at = 0;
  EXPECT_EQ(world_.execute(id).state, RunState::failed) << "there is no first page either: the table is gone";

  world_.system().breaks_at = 1;
  const std::string other = world_.ask(flow, kWholeWindow);
  ASSERT_EQ(world_.execute(other).state, RunState::queued);
  world_.system().breaks_at.reset();
  world_.system().reads = 0;
  const flow::Run run = world_.execute(other);
  ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
  EXPECT_EQ(world_.system().reads, 2) << "the first page, too: what it led to is dead";
  EXPECT_EQ(run.promotion->output_records, 2);
}

TEST_F(RunEngineTest, PagesThatGoInCirclesNeverComeTwiceHoweverOftenItIsTried) {
  const std::string flow = world_.flow();
  world_.system().pages = {world_.page(R"([{"Id":"1","FirstName":"Ana"}])"), world_.page(R"([{"Id":"2","FirstName":"Rui"}])"), world_.page(R"([{"Id":"3","FirstName":"Eva"}])")};
  world_.system().leads_back_to = 1;  // from the last page
  const std::string id = world_.ask(flow, kWholeWindow);
  for (int attempt = 0; attempt < 3; ++attempt) {
    const flow::Run waiting = world_.execute(id);
    ASSERT_EQ(waiting.state, RunState::queued) << attempt;
    EXPECT_THAT(waiting.errors.at(0).message, HasSubstr("repeats a page handle"));
  }
  world_.system().leads_back_to.reset();
  const flow::Run run = world_.execute(id);
  ASSERT_EQ(run.state, RunState::success) << to_document(run).dump(1);
  EXPECT_EQ(run.promotion->output_records, 3);
}

TEST_F(RunEngineTest, ARepeatedWindowLandsItsRowsOnceThoughLaterWindowsLandedMeanwhile) {
  const std::string flow = strict_flow();
  const Instant t0 = world_.store.clock.now(), t1 = t0 + std::chrono::hours(1), t2 = t1 + std::chrono::hours(1);
  const auto row = [](const char* id, Instant stamp, const char* date = "1990-02-03") {
    return std::string(R"({"Id":")") + id + R"(","FirstName":")" + date + R"(","LastModifiedDate":")" + iso_shortest(stamp) + R"("})";
  };
  const auto source_has = [&](const std::vector<std::string>& rows) { world_.system().pages = {world_.page("[" + join(rows, ",") + "]")}; };
  const auto window = [&](std::optional<Instant> from, Instant to) {
    world_.store.clock.set(to + std::chrono::minutes(10));
    return world_.execute(world_.tick(flow, from, to));
  };
  const std::string before = row("1", t0 - std::chrono::seconds(30)), late = row("2", t0 - std::chrono::seconds(60)), inside = row("3", t1 - std::chrono::seconds(30));
  source_has({before});
  ASSERT_EQ(window(std::nullopt, t0).promotion->output_records, 1);
  source_has({before, late, inside, row("4", t1 - std::chrono::minutes(20), "no date")});
  const flow::Run failed = window(t0, t1);
  ASSERT_EQ(failed.state, RunState::failed);
  source_has({inside, row("5", t1 + std::chrono::seconds(30))});
  EXPECT_EQ(window(t1, t2).promotion->output_records, 1) << "a window that has not landed is left to its own run";

  const Json patch = {{{"op", "add"}, {"path", "/options"}, {"value", {{"partialIngestionPercent", 50}}}}};
  ASSERT_TRUE(world_.service->flows.patch(world_.scope(), flow, text_of(world_.stored(flow), "etag"), patch));
  const flow::Run repeated = world_.execute(world_.must(world_.service->runs.retrigger(world_.scope(), failed.id, std::nullopt)).id);
  ASSERT_EQ(repeated.state, RunState::partial_success) << to_document(repeated).dump(1);
  const Json rows = world_.landed(repeated.batch_id, "_id");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["_id"], "2") << "a late row that only this window saw";
  EXPECT_EQ(rows[1]["_id"], "3");
  EXPECT_EQ(repeated.promotion->skipped_records, 1);

  source_has({row("5", t1 + std::chrono::seconds(30)), row("6", t2 + std::chrono::seconds(5))});
  EXPECT_EQ(window(t2, t2 + std::chrono::hours(1)).promotion->output_records, 1);
}

// The earlier window looks back into rows that landed, and the repetition, whose window is later, has replaced the memory of them meanwhile.
TEST_F(RunEngineTest, ARepetitionThatOvertakesAnEarlierWindowForgetsNothing) {
  const std::string flow = strict_flow();
  const Instant t0 = world_.store.clock.now(), t1 = t0 + std::chrono::hours(1), t2 = t1 + std::chrono::hours(1);
  const auto source_has = [&](const char* id, Instant stamp) {
    world_.system().pages = {world_.page(std::string(R"([{"Id":")") + id + R"(","FirstName":"1990-02-03","LastModifiedDate":")" + iso_shortest(stamp) + R"("}])")};
  };
  const auto known_after = [&](const flow::Run& run) {
    const auto memory = KeyMemory::read(world_.files, world_.store.folder.path() / "data" / "keys" / run.sandbox / run.flow_id / (run.id + ".keys"));
    EXPECT_TRUE(memory) << run.id;
    return memory ? memory->entries().size() : 0;
  };
  world_.store.clock.set(t2 + std::chrono::minutes(10));
  source_has("1", t0 - std::chrono::seconds(30));
  const flow::Run first = world_.execute(world_.tick(flow, std::nullopt, t0));
  ASSERT_EQ(known_after(first), 1U);
  const std::string waits = world_.tick(flow, t0, t1), stopped = world_.tick(flow, t1, t2);
  flow::Run passed = world_.stored_run(stopped);  // it failed, and windows are passed over
  const RunState before = std::exchange(passed.state, RunState::failed);
  passed.window_returned = true;
  ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) { return flow::RunStore::update(transaction, passed, before, passed.fence); }));
  source_has("3", t2 - std::chrono::seconds(30));
  const flow::Run repeated = world_.execute(world_.must(world_.service->runs.retrigger(world_.scope(), stopped, std::nullopt)).id);
  ASSERT_EQ(repeated.trigger, flow::Trigger::retrigger);
  ASSERT_EQ(repeated.promotion->output_records, 1);
  EXPECT_EQ(known_after(repeated), 2U);
  source_has("1", t0 - std::chrono::seconds(30));
  EXPECT_EQ(world_.execute(waits).promotion->output_records, 0);
}

/// The first backfill takes what is there, rows of later windows too. Whoever repeats one of those must know, be it that it was cancelled while it
/// waited, or failed and was passed over.
class RepeatedWindow : public RunEngineTest, public ::testing::WithParamInterface<bool> {
 protected:
  /// Ends a run that waits; what then repeats it.
  std::string ended(const std::string& waiting) {
    if (!GetParam()) {
      EXPECT_TRUE(world_.service->runs.cancel(world_.scope(), waiting, std::nullopt));
      const std::string stopped = world_.must(world_.service->runs.retrigger(world_.scope(), waiting, std::nullopt)).id;
      EXPECT_TRUE(world_.service->runs.cancel(world_.scope(), stopped, std::nullopt));
      return stopped;
    }
    flow::Run passed = world_.stored_run(waiting);
    const RunState before = std::exchange(passed.state, RunState::failed);
    passed.window_returned = true;
    EXPECT_TRUE(world_.database().write([&](store::Transaction& transaction) { return flow::RunStore::update(transaction, passed, before, passed.fence); }));
    return waiting;
  }
};

INSTANTIATE_TEST_SUITE_P(RunEngineTest, RepeatedWindow, ::testing::Bool(), [](const auto& tested) { return tested.param ? "PassedOver" : "Cancelled"; });

TEST_P(RepeatedWindow, LandsNoRowTwice) {
  const std::string flow = strict_flow();
  const Instant t0 = world_.store.clock.now(), t1 = t0 + std::chrono::hours(1), t2 = t1 + std::chrono::hours(1);
  const auto row = [](const char* id, Instant stamp) { return std::string(R"({"Id":")") + id + R"(","FirstName":"1990-02-03","LastModifiedDate":")" + iso_shortest(stamp) + R"("})"; };
  const auto source_has = [&](const std::vector<std::string>& rows) { world_.system().pages = {world_.page("[" + join(rows, ",") + "]")}; };
  world_.store.clock.set(t2 + std::chrono::minutes(10));
  const std::string early = row("1", t1 - std::chrono::minutes(10)), later = row("2", t1 - std::chrono::minutes(5));
  source_has({early});
  ASSERT_EQ(world_.execute(world_.tick(flow, std::nullopt, t0)).promotion->output_records, 1);
  const std::string waiting = world_.tick(flow, t0, t1), next = world_.tick(flow, t1, t2);
  const std::string before = ended(waiting);
  source_has({row("3", t1 + std::chrono::minutes(5))});
  ASSERT_EQ(world_.execute(next).promotion->output_records, 1);

  source_has({early, later});
  const flow::Run repeated = world_.execute(world_.must(world_.service->runs.retrigger(world_.scope(), before, std::nullopt)).id);
  ASSERT_EQ(repeated.state, RunState::success) << to_document(repeated).dump(1);
  const Json rows = world_.landed(repeated.batch_id, "_id");
  ASSERT_EQ(rows.size(), 1u) << rows;
  EXPECT_EQ(rows[0]["_id"], "2");
}

TEST_F(RunEngineTest, ACommitWhoseAnswerIsLostKeepsItsRows) {
  const std::string id = world_.ask(world_.flow(), kWholeWindow);
  bool lose = false;
  store::FaultyDatabase database(world_.database(), [&](store::DatabaseCall call) {
    const bool now = lose && call == store::DatabaseCall::write;
    if (now) lose = false;
    return now ? std::optional(store::DatabaseFault{.error = {.kind = ErrorKind::unavailable, .message = "no answer"}, .when = store::DatabaseFault::When::after}) : std::nullopt;
  });
  lake::FaultyFileIo files(world_.files, [&](const lake::FileCall& call) {
    if (call.what == lake::FileCall::What::publish && call.path.extension() == ".parquet") lose = true;  // the next change is the commit
    return std::nullopt;
  });
  RunEngineSettings settings{.spool_dir = world_.data / "spool", .spill_dir = world_.data / "spill", .keys_dir = world_.data / "keys", .retry_waits = {}};
  RunEngine engine({.database = database, .files = files, .catalog = world_.catalog, .planner = world_.planner, .connections = world_.service->connections,
                    .clock = world_.store.clock, .random = world_.store.random}, settings);
  RunControlBlock control;
  EXPECT_TRUE(engine.execute(world_.stored_run(id), control));
  const flow::Run run = world_.stored_run(id);
  ASSERT_EQ(run.state, RunState::success) << "the change was made";
  EXPECT_EQ(world_.landed(run.batch_id, "_id").size(), 2u) << "no more tries were left, and the files stay all the same";
}

TEST_F(RunEngineTest, AKeyMemoryThatCannotBeReadRightNowIsWaitedFor) {
  const std::string flow = world_.flow();
  const Instant now = world_.store.clock.now();
  world_.system().pages = {world_.page(R"([{"Id":"1","FirstName":"Ana","LastModifiedDate":"2024-09-22T22:30:00Z"}])")};
  const flow::Run first = world_.execute(world_.tick(flow, now - std::chrono::hours(3), now - std::chrono::hours(1)));
  ASSERT_EQ(first.state, RunState::success) << to_document(first).dump(1);
  lake::FaultyFileIo files(world_.files, [&](const lake::FileCall& call) {
    const bool keys = call.what == lake::FileCall::What::read && call.path.extension() == ".keys";
    return keys ? std::optional(lake::FileFault{.error = {.kind = ErrorKind::unavailable, .message = "reading failed"}}) : std::nullopt;
  });
  RunEngineSettings settings{.spool_dir = world_.data / "spool", .spill_dir = world_.data / "spill", .keys_dir = world_.data / "keys"};
  RunEngine engine({.database = world_.database(), .files = files, .catalog = world_.catalog, .planner = world_.planner, .connections = world_.service->connections,
                    .clock = world_.store.clock, .random = world_.store.random}, settings);
  const std::string id = world_.tick(flow, now - std::chrono::hours(1), now - std::chrono::minutes(30));
  RunControlBlock control;
  EXPECT_TRUE(engine.execute(world_.stored_run(id), control));
  EXPECT_EQ(world_.stored_run(id).state, RunState::queued) << "without it, what look-back brings would land twice";
}

}  // namespace
}  // namespace foz::schedule
