// Runs: their shape, their states, their table. Follows: Flow Service contract, 11.1, 11.2.
#include "flow/run.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "flow/flow.h"
#include "flow/testing.h"

namespace foz::flow {
namespace {

/// The run that the contract prints.
Run documented_run() {
  flow::Run run{.sandbox = "b0d1c3aa-51f7-4a0e-90d1-c3aa51f7ba0e", .id = "b7a8c9d0-1e2f-4a3b-9c4d-5e6f7a8b9c0d",
          .etag = "\"3a02c511-0000-0200-0000-66f202860000\"", .sandbox_name = "prod", .org_id = "0123456789ABCDEF01234567@AdobeOrg",
          .created_ms = 1727136000310, .updated_ms = 1727136390120, .flow_id = "51a0d5de-8d2f-4b7e-9a0d-5de8d2fbb733"};
  run.flow_spec = {{"id", "14518937-270c-4525-bdec-c2ba7cce3860"}, {"version", "1.0"}};
  run.record_types = Json::array({"profile"});
  run.source_connection_id = "e2b7a7ac-53c7-4a4e-8f53-5d1d8e4c0b11";
  run.target_connection_id = "0a4d2b6e-91f4-4d84-a0e7-2f6a1c9f7d22";
  run.state = RunState::partial_success;
  run.not_before_ms = 1727136000000;
  run.window_from = from_seconds(1727049600);
  run.window_to = from_seconds(1727136000);
  run.delta_column = DeltaColumn{.name = "LastModifiedDate"};
  run.batch_id = "01J8F0Q3ZK7Y5D";
  run.has_diagnostics = true;
  run.started_ms = 1727136301250;
  run.completed_ms = 1727136388021;
  run.errors = {{"CONNECTOR-2001-500", "3 of 1200 rows could not be ingested."}};
  run.copy = {.started_ms = 1727136301250, .completed_ms = 1727136350044, .updated_ms = 1727136350044, .state = RunState::success,
              .input_bytes = 482133, .output_bytes = 355020, .input_records = 1200, .output_records = 1200, .input_files = 1, .output_files = 1};
  run.promotion = ActivityReport{.started_ms = 1727136301980, .completed_ms = 1727136388021, .updated_ms = 1727136388021,
                                 .state = RunState::partial_success, .input_bytes = 355020, .output_bytes = 301554, .input_records = 1200,
                                 .output_records = 1197, .failed_records = 3, .input_files = 1, .output_files = 1,
                                 .errors = {{"CONNECTOR-2001-500", "3 of 1200 rows could not be ingested."}},
                                 .kinds = {{"INGEST-1212-400", "3 errors, 1197 rows ingested."},
                                           {"INGEST-1555-400", "A required field is missing or null.", 3}}};
  return run;
}

constexpr std::string_view kDocumented = R"({
 "id":"b7a8c9d0-1e2f-4a3b-9c4d-5e6f7a8b9c0d","createdAt":1727136000310,"updatedAt":1727136390120,
 "createdBy":"foz-scheduler","updatedBy":"foz-scheduler","createdClient":"foz-scheduler","updatedClient":"foz-scheduler",
 "sandboxId":"b0d1c3aa-51f7-4a0e-90d1-c3aa51f7ba0e","sandboxName":"prod","imsOrgId":"0123456789ABCDEF01234567@AdobeOrg",
 "flowId":"51a0d5de-8d2f-4b7e-9a0d-5de8d2fbb733","flowSpec":{"id":"14518937-270c-4525-bdec-c2ba7cce3860","version":"1.0"},
 "providerRefId":"M-51a0d5de-8d2f-4b7e-9a0d-5de8d2fbb733-incremental-0:b7a8c9d0-1e2f-4a3b-9c4d-5e6f7a8b9c0d",
 "etag":"\"3a02c511-0000-0200-0000-66f202860000\"",
 "params":{"startTime":1727136000,"windowStartTime":1727049600,"windowEndTime":1727136000,"deltaColumn":{"name":"LastModifiedDate"}},
 "metrics":{
  "durationSummary":{"startedAtUTC":1727136301250,"completedAtUTC":1727136388021},
  "sizeSummary":{"inputBytes":482133,"outputBytes":301554},
  "recordSummary":{"inputRecordCount":1200,"outputRecordCount":1197,"failedRecordCount":3,"skippedRecordCount":0},
  "fileSummary":{"inputFileCount":1,"outputFileCount":1,"activityRefs":["37b34f84-1ada-11eb-adc1-0242ac120002"]},
  "statusSummary":{"status":"partialSuccess",
   "errors":[{"code":"CONNECTOR-2001-500","message":"3 of 1200 rows could not be ingested."}],
   "activityRefs":["37b34f84-1ada-11eb-adc1-0242ac120002"]}},
 "activities":[
  {"id":"4f008a00-3a04-11eb-adc1-0242ac120002","name":"Copy Activity","updatedAtUTC":1727136350044,
   "durationSummary":{"startedAtUTC":1727136301250,"completedAtUTC":1727136350044,
     "extensions":{"windowStart":1727049600000,"windowEnd":1727136000000}},
   "sizeSummary":{"inputBytes":482133,"outputBytes":355020},
   "recordSummary":{"inputRecordCount":1200,"outputRecordCount":1200},
   "fileSummary":{"inputFileCount":1,"outputFileCount":1},
   "statusSummary":{"status":"success"},
   "sourceInfo":[{"id":"e2b7a7ac-53c7-4a4e-8f53-5d1d8e4c0b11","type":"SourceConnection"}]},
  {"id":"37b34f84-1ada-11eb-adc1-0242ac120002","name":"Promotion Activity","updatedAtUTC":1727136388021,
   "durationSummary":{"startedAtUTC":1727136301980,"completedAtUTC":1727136388021},
   "sizeSummary":{"inputBytes":355020,"outputBytes":301554},
   "recordSummary":{"inputRecordCount":1200,"outputRecordCount":1197,"failedRecordCount":3,"skippedRecordCount":0},
   "fileSummary":{"inputFileCount":1,"outputFileCount":1,"extensions":{"manifest":{
     "fileInfo":"http://foz.example/data/foundation/export/batches/01J8F0Q3ZK7Y5D/meta?path=input_files"}}},
   "statusSummary":{"status":"partialSuccess",
    "errors":[{"code":"CONNECTOR-2001-500","message":"3 of 1200 rows could not be ingested."}],
    "extensions":{"type":"one-time",
     "manifest":{"failedRecords":"http://foz.example/data/foundation/export/batches/01J8F0Q3ZK7Y5D/meta?path=row_errors",
       "sampleErrors":"http://foz.example/data/foundation/export/batches/01J8F0Q3ZK7Y5D/meta?path=row_error_samples.json"},
     "errors":[{"code":"INGEST-1212-400","message":"3 errors, 1197 rows ingested."},
       {"code":"INGEST-1555-400","message":"A required field is missing or null.","recordCount":3}]}},
   "targetInfo":[{"id":"0a4d2b6e-91f4-4d84-a0e7-2f6a1c9f7d22","type":"TargetConnection",
     "reference":{"type":"Batch","ids":["01J8F0Q3ZK7Y5D"]}}]}],
 "recordTypes":["profile"]})";

TEST(Run, IsShownAsDocumented) {
  const Json shown = shown_run(to_document(documented_run()), "http://foz.example");
  EXPECT_EQ(to_canonical_text(shown), to_canonical_text(parse_json(kDocumented).value()));
}

TEST(Run, YoungOnesHaveNoStagesAndNoWindowStart) {
  flow::Run run{.sandbox = "s", .id = "r", .flow_id = "f"};
  run.not_before_ms = 1727136000000;
  const Json shown = shown_run(to_document(run), "");
  EXPECT_EQ(shown["activities"], Json::array());
  EXPECT_EQ(shown["params"], (Json{{"startTime", 1727136000}, {"windowStartTime", 0}, {"windowEndTime", 1727136000}}));
  EXPECT_EQ(shown["metrics"]["durationSummary"], Json::object());
  EXPECT_EQ(shown["metrics"]["statusSummary"]["status"], "queued");
  EXPECT_EQ(shown["metrics"]["statusSummary"]["errors"], Json::array());
  EXPECT_FALSE(shown.contains("_foz"));
}

TEST(Run, ComesBackAsItWasStored) {
  flow::Run run = documented_run();
  run.predecessor = "old";
  run.trigger = Trigger::retrigger;
  run.mode = RunMode::skip_existing;
  run.first_backfill = true;
  run.window_returned = true;
  run.window_from = Instant(std::chrono::microseconds(1727049600000001));
  run.attempts = 2;
  run.fence = "lease";
  run.warnings = 7;
  const Json document = to_document(run);
  const flow::Run again = run_of(document).value();
  EXPECT_EQ(to_document(again), document);
  EXPECT_EQ(again.window_from, run.window_from);
  EXPECT_EQ(again.mode, RunMode::skip_existing);
  EXPECT_TRUE(again.window_returned);
  EXPECT_EQ(run_of(Json::object()).error().kind, ErrorKind::corrupt);
}

TEST(Run, StatesMoveLegally) {
  using enum RunState;
  const std::vector<RunState> all = {scheduled, queued, in_progress, success, partial_success, failed};
  const std::vector<std::pair<RunState, RunState>> legal = {
      {scheduled, queued}, {scheduled, in_progress}, {scheduled, failed}, {queued, in_progress}, {queued, failed},
      {in_progress, queued}, {in_progress, success}, {in_progress, partial_success}, {in_progress, failed}};
  for (const RunState from : all) {
    for (const RunState to : all) {
      const bool wanted = std::find(legal.begin(), legal.end(), std::pair(from, to)) != legal.end();
      EXPECT_EQ(may_move(from, to), wanted) << name_of(from) << " -> " << name_of(to);
    }
  }
}

class RunTable : public ::testing::Test {
 protected:
  flow::Run made(const std::string& id, const std::string& flow, RunState state, int64_t not_before, const std::string& sandbox = "s") {
    flow::Run run{.sandbox = sandbox, .id = id, .etag = "\"e\"", .created_ms = to_millis(store_.clock.now()), .updated_ms = to_millis(store_.clock.now()), .flow_id = flow};
    run.state = state;
    run.not_before_ms = (testing::kStartSeconds + not_before) * 1000;
    EXPECT_TRUE(store_.database->write([&](store::Transaction& transaction) { return RunStore::insert(transaction, run); }));
    store_.clock.advance(std::chrono::seconds(1));
    return run;
  }
  Status update(const flow::Run& run, RunState expected, std::string_view fence = {}) {
    return store_.database->write([&](store::Transaction& transaction) { return RunStore::update(transaction, run, expected, fence); });
  }
  testing::Store store_;
};

TEST_F(RunTable, ARunIsMovedByOneOnly) {
  flow::Run run = made("r", "f", RunState::queued, 0);
  run.state = RunState::in_progress;
  run.fence = "mine";
  ASSERT_TRUE(update(run, RunState::queued));
  EXPECT_EQ(update(run, RunState::queued).error().kind, ErrorKind::conflict) << "claimed twice";
  EXPECT_EQ(update(run, RunState::in_progress, "theirs").error().kind, ErrorKind::conflict) << "a lease that was lost";
  ASSERT_TRUE(update(run, RunState::in_progress, "mine"));
  EXPECT_EQ(RunStore::find(*store_.database, "other", "r").error().code, "FLOW-1439-404");
  run.id = "none";
  EXPECT_EQ(update(run, RunState::queued).error().kind, ErrorKind::not_found);
}

TEST_F(RunTable, TellsWhatIsToDo) {
  made("s1", "a", RunState::scheduled, 30);
  made("q1", "b", RunState::queued, 60, "other");
  made("p1", "a", RunState::in_progress, 0);
  made("d1", "a", RunState::success, 0);
  const auto at = [](int64_t seconds) { return from_seconds(testing::kStartSeconds + seconds); };
  const auto due = [&](int64_t seconds) {
    std::vector<std::string> ids;
    const std::vector<flow::Run> runs = RunStore::to_do(*store_.database, at(seconds), 10).value();
    for (const flow::Run& run : runs) ids.push_back(run.id);
    return ids;
  };
  EXPECT_EQ(due(29), (std::vector<std::string>{"p1"}));
  EXPECT_EQ(due(60), (std::vector<std::string>{"p1", "s1", "q1"}));
  EXPECT_EQ(RunStore::next_due(*store_.database, at(0)).value(), at(30));
  EXPECT_EQ(RunStore::next_due(*store_.database, at(60)).value(), std::nullopt);
  EXPECT_EQ(RunStore::unfinished_of(*store_.database, "s", "a").value().size(), 2u);
}

TEST_F(RunTable, UnfinishedRunsAreFoundByTheirOwnIndex) {
  const auto plan = store_.database->query("EXPLAIN QUERY PLAN SELECT doc FROM runs WHERE sandbox = ? AND flow_id = ? AND state IN ('scheduled', 'queued', 'inProgress') ORDER BY created_ms, id",
                                           {std::string("s"), std::string("f")}).value();
  ASSERT_FALSE(plan.empty());
  EXPECT_NE(plan[0].text(3).find("runs_unfinished"), std::string::npos) << plan[0].text(3);
}

TEST_F(RunTable, KeepsSnapshotsBesideTheRuns) {
  made("r", "f", RunState::queued, 0);
  EXPECT_FALSE(RunStore::snapshot(*store_.database, "s", "r").value());
  for (const int version : {1, 2}) {
    ASSERT_TRUE(store_.database->write([&](store::Transaction& transaction) { return RunStore::keep_snapshot(transaction, "s", "r", {{"version", version}}); }));
  }
  EXPECT_EQ(RunStore::snapshot(*store_.database, "s", "r").value(), (Json{{"version", 2}}));
}

TEST_F(RunTable, AFailedWindowIsHandedOutAgain) {
  const auto write = [&](auto body) { ASSERT_TRUE(store_.database->write(body)); };
  const Position position{.since = from_seconds(5), .begun = true, .covered = from_seconds(100)};
  write([&](store::Transaction& transaction) { return FlowStore::put_position(transaction, "s", "f", position); });
  EXPECT_EQ(FlowStore::position(*store_.database, "s", "f", {}).value(), position);
  flow::Run run{.sandbox = "s", .id = "r", .flow_id = "f"};
  run.window_from = from_seconds(60);
  run.window_to = from_seconds(90);
  write([&](store::Transaction& transaction) { return FlowStore::give_window_back(transaction, run, from_seconds(200)); });
  EXPECT_EQ(FlowStore::position(*store_.database, "s", "f", {}).value(), position) << "a later window was handed out";
  run.window_to = from_seconds(100);
  write([&](store::Transaction& transaction) { return FlowStore::give_window_back(transaction, run, from_seconds(200)); });
  EXPECT_EQ(FlowStore::position(*store_.database, "s", "f", {}).value(),
            (Position{.since = from_seconds(5), .begun = true, .covered = from_seconds(60), .ticks_after = from_seconds(200)}));
  write([&](store::Transaction& transaction) { return FlowStore::remove_position(transaction, "s", "f"); });
  EXPECT_EQ(FlowStore::position(*store_.database, "s", "f", from_seconds(7)).value(), Position{.since = from_seconds(7)});
}

}  // namespace
}  // namespace foz::flow
