// Follows: Data Prep contract, 3.8.
#include "schedule/conversions.h"

#include "base/json.h"
#include "flow/run.h"
#include "flow/runs.h"
#include "flow/testing.h"
#include "schedule/planner.h"

namespace foz::schedule {
namespace {

using flow::RunState;

class Conversions : public ::testing::Test {
 protected:
  /// A run of sandbox "s"; `stage` says whether its mapping began.
  void make(const std::string& id, int64_t created_ms, RunState state, bool stage, const std::string& dataset = "d1", std::vector<std::string> labels = {}) {
    flow::Run run{.sandbox = "s", .id = id, .etag = "e", .created_ms = created_ms, .updated_ms = created_ms, .flow_id = "f"};
    run.state = state;
    run.batch_id = "batch-" + id;
    run.warnings = 3;
    run.labels = std::move(labels);
    if (stage) run.promotion = flow::ActivityReport{.started_ms = 5, .completed_ms = 9, .state = state, .input_records = 10, .output_records = 7, .failed_records = 2, .skipped_records = 1, .errors = {{.code = "MAPPER-3700-400", .message = "why"}}};
    const RunSnapshot snapshot{.flow = {{"transformations", {{{"name", "Mapping"}, {"params", {{"mappingId", "m1"}, {"mappingVersion", "2"}}}}}}},
                               .source_connection = Json::object(),
                               .target_connection = {{"params", {{"dataSetId", dataset}}}},
                               .mapping_version = 2};
    const Status stored = store_.database->write([&](store::Transaction& transaction) -> Status {
      TRY_DO(flow::RunStore::insert(transaction, run));
      return flow::RunStore::keep_snapshot(transaction, "s", id, to_json(snapshot));
    });
    ASSERT_TRUE(stored) << stored.error().message;
  }

  std::string ids(const ConversionQuery& query) {
    const auto page = list_conversions(*store_.database, "s", query);
    if (!page) return page.error().message;
    std::string text;
    for (const Json& one : page->conversions) text += text_of(one, "id") + " ";
    return text + (page->more ? "more" : "");
  }

  flow::testing::Store store_;
};

TEST_F(Conversions, ShowWhatARunMapped) {
  make("r", 1, RunState::partial_success, true);
  const auto found = find_conversion(*store_.database, "s", "r");
  ASSERT_TRUE(found) << found.error().message;
  const Json wanted = parse_json(R"({"id": "r", "flowId": "f", "flowRunId": "r", "sourceBatchId": "batch-r", "destinationBatchId": "batch-r", "destinationDatasetId": "d1", "mappingSetId": "m1", "mappingSetVersion": 2,
      "status": "partialSuccess", "startedDate": 5, "completedDate": 9, "inputRecordCount": 10, "outputRecordCount": 7, "failedRecordCount": 2, "skippedRecordCount": 1, "warningCount": 3,
      "errors": [{"code": "MAPPER-3700-400", "message": "why"}]})").value();
  for (const auto& [name, value] : wanted.items()) EXPECT_EQ(found->shown[name], value) << name;
  const Json activities = activities_of(*found);
  ASSERT_EQ(activities.size(), 1u);
  EXPECT_EQ(activities[0]["id"], "r-0");
  EXPECT_EQ(activities[0]["outputRecordCount"], 7);
  EXPECT_EQ(*find_activity(*found, "r-0"), activities[0]);
  EXPECT_EQ(find_activity(*found, "r-1").error().code, "CONV-1012-404");
}

TEST_F(Conversions, HaveAnActivityForEachSlice) {  // Data Prep contract, 3.8
  Conversion conversion{.shown = {{"id", "r"}, {"status", "partialSuccess"}, {"startedDate", 5}, {"completedDate", 9}, {"inputRecordCount", 12}, {"outputRecordCount", 9},
                                  {"failedRecordCount", 2}, {"skippedRecordCount", 1}, {"errors", {{{"code", "MAPPER-3700-400"}, {"message", "why"}}}}},
                        .slices = {{.slice = "a", .rows = flow::SliceRows{.read = 6, .written = 6}}, {.slice = "b", .rows = flow::SliceRows{.read = 6, .written = 3, .failed = 2, .skipped = 1}}}};
  const Json both = activities_of(conversion);
  ASSERT_EQ(both.size(), 2u) << both;
  EXPECT_EQ(both[0]["id"], "r-0");
  EXPECT_EQ(both[0]["partition"], "a");
  EXPECT_EQ(both[0]["errors"], Json::array());
  EXPECT_EQ(both[1]["failedRecordCount"], 2);
  EXPECT_EQ(both[1]["errors"].size(), 1u);
  EXPECT_EQ(*find_activity(conversion, "r-1"), both[1]);
  conversion.slices.pop_back();  // more slices than are told apart
  const Json with_rest = activities_of(conversion);
  ASSERT_EQ(with_rest.size(), 2u);
  EXPECT_EQ(with_rest[1]["partition"], nullptr);
  EXPECT_EQ(with_rest[1]["outputRecordCount"], 3);
}

TEST_F(Conversions, AreListedAndFiltered) {
  make("a", 1, RunState::success, true);
  make("b", 2, RunState::failed, true, "d2");
  make("c", 3, RunState::failed, false);  // it never came to its mapping
  make("d", 4, RunState::success, true, "d2");
  EXPECT_EQ(ids({}), "d b a ");
  EXPECT_EQ(ids({.limit = 2}), "d b more");
  EXPECT_EQ(ids({.start = 1, .limit = 2}), "b a ");
  EXPECT_EQ(ids({.by_creation = true, .descending = false}), "a b d ");
  EXPECT_EQ(ids({.dataset = "d2"}), "d b ");
  EXPECT_EQ(ids({.start = 1, .dataset = "d2"}), "b ");
  EXPECT_EQ(ids({.batch = "batch-a"}), "a ");
  EXPECT_EQ(ids({.status = "FAILED"}), "b ");
  EXPECT_EQ(ids({.properties = {{"mappingSetVersion", "2"}, {"destinationDatasetId", "d1"}}}), "a ");
  EXPECT_EQ(ids({.properties = {{"nobody", "x"}}}), "");
  EXPECT_EQ(list_conversions(*store_.database, "other", {})->conversions.size(), 0u);
  EXPECT_EQ(find_conversion(*store_.database, "s", "c").error().code, "CONV-1011-404");
  EXPECT_EQ(find_conversion(*store_.database, "other", "a").error().code, "CONV-1011-404");
}

TEST_F(Conversions, GoWithTheAccessLabelsOfTheirRuns) {  // Flow Service contract, 13.10
  make("a", 1, RunState::success, true);
  make("b", 2, RunState::success, true, "d1", {"C1"});
  flow::Scope scope;
  scope.sandbox = "s";
  const auto seen = [&] { return ids({.admits = *flow::admitted(*store_.database, scope, flow::kRunShelf)}); };
  EXPECT_EQ(seen(), "a ");
  EXPECT_EQ(find_conversion(*store_.database, "s", "b", *flow::admitted(*store_.database, scope, flow::kRunShelf)).error().code, "CONV-1011-404");
  scope.labels.add("C1");
  EXPECT_EQ(seen(), "b a ");
}

}  // namespace
}  // namespace foz::schedule
