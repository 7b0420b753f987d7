// Follows: Catalog contract, 4; Ingestion contract, 4-5.
#include "catalog/batch.h"

#include <gtest/gtest.h>

#include <fstream>

#include "catalog/janitor.h"
#include "catalog/testing.h"

namespace foz::catalog {
namespace {

TEST(BatchStatus, HasSynonyms) {  // 4.2
  EXPECT_EQ(status_named("active"), BatchStatus::success);
  EXPECT_EQ(status_named("failure"), BatchStatus::failed);
  EXPECT_EQ(status_named("retained"), BatchStatus::retained);
  EXPECT_EQ(status_named("done"), std::nullopt);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(status_named(name_of(static_cast<BatchStatus>(i))), static_cast<BatchStatus>(i));
}

TEST(References, GiveTheirIds) {
  struct Case { std::string_view reference, id; };
  constexpr Case kCases[] = {{"@/dataSets/abc", "abc"}, {"@/datasets/abc", "abc"}, {"/dataSets/abc", "abc"}, {"abc", "abc"},
                             {"@/dataSets/abc/views/v/files", "abc"}, {"@/batches/B1", "B1"}, {"@/dataSets", ""}, {"", ""}};
  for (const Case& c : kCases) EXPECT_EQ(id_of_reference(c.reference), c.id) << c.reference;
}

TEST(NewBatch, IsReadInAllForms) {  // 4.3, Ingestion 2
  struct Case { const char* name; Json body; std::string_view dataset; };
  const Case kCases[] = {{"datasetId", {{"datasetId", "d"}}, "d"},
                         {"reference", {{"datasetId", "@/dataSets/d"}}, "d"},
                         {"related", {{"relatedObjects", Json::array({{{"type", "batch"}, {"id", "b"}}, {{"type", "dataSet"}, {"id", "d"}}})}}, "d"},
                         {"none", Json::object(), ""}};
  for (const Case& c : kCases) EXPECT_EQ(read_new_batch(c.body, "")->dataset, c.dataset) << c.name;
  const auto batch = read_new_batch({{"datasetId", "d"}, {"status", "active"}, {"externalId", "e"},
                                     {"tags", {{"acp_enableErrorDiagnostics", {"true"}}, {"acp_partialIngestionPercent", {"5"}}, {"colour", "red"}}},
                                     {"replay", {{"predecessors", {"$A", "B"}}, {"reason", "again"}}}}, "");
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->status, BatchStatus::success);
  EXPECT_EQ(to_text(batch->tags), R"({"acp_enableErrorDiagnostics":true,"acp_partialIngestionPercent":5,"colour":["red"]})");
  EXPECT_EQ(to_text(batch->replay), R"({"predecessors":["A","B"],"reason":"again"})");
}

TEST(NewBatch, RefusesWrongMembers) {
  for (const auto& [member, value] : std::initializer_list<std::pair<const char*, Json>>{
           {"status", "done"}, {"status", 3}, {"tags", "x"}, {"inputFormat", "json"}, {"errors", "x"}, {"metrics", 1}, {"recordCount", "x"}, {"externalId", 1}}) {
    const auto batch = read_new_batch({{member, value}}, "");
    ASSERT_FALSE(batch) << member;
    EXPECT_EQ(batch.error().where, std::string("/") + member);
  }
}

class Batches : public CatalogFixture {
 protected:
  Batches() : data_set(*create(crm_dataset())) {}
  Batch stored(const std::string& id) { return *catalog->batch(*database, scope.sandbox, id); }
  Batch committed(int64_t records, NewBatch wanted = {}) {
    wanted.dataset = data_set.id;
    const std::string id = open(wanted)->id;
    clock.advance(std::chrono::seconds(3));
    return *commit(id, one_file(data_set, id, records));
  }
  Result<Batch> fail(const std::string& id) {
    return write([&](store::Transaction& tx) {
      return catalog->fail_batch(tx, scope.sandbox, id, {{.code = "106", .description = "Dataset file is empty. Please upload file with data."}},
                                 {.records_read = 2, .records_failed = 2});
    });
  }
  std::vector<std::string> visible_batches() {
    std::vector<std::string> ids;
    const auto files = catalog->files_of(*database, scope.sandbox, data_set.id);
    for (const DatasetFile& file : *files) ids.push_back(file.batch);
    return ids;
  }
  const Dataset data_set;
};

TEST_F(Batches, OfARunIsAtWorkAndTagged) {
  const auto batch = open(run_batch(DatasetId(data_set.id), FlowId("flow-1"), RunId("run-1")));
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->id.size(), 26u);
  EXPECT_EQ(batch->status, BatchStatus::processing);
  EXPECT_EQ(batch->tag("flowId"), std::vector<std::string>{"flow-1"});
  const Json object = shown(*batch, outside);
  EXPECT_EQ(to_text(object.at("relatedObjects")), R"([{"type":"dataSet","id":")" + data_set.id + "\"}]");
  EXPECT_EQ(object.at("errors"), Json::array());
  EXPECT_EQ(object.at("started"), 1605029790000);
  EXPECT_FALSE(object.contains("failedBatchLocation"));
  const Dataset after = *look_up(data_set.id);
  EXPECT_EQ(after.state.last_batch, batch->id);
  EXPECT_EQ(after.state.last_status, "processing");
  EXPECT_EQ(after.version, "1.0.0");  // the engine's work is no write of a client
}

TEST_F(Batches, CommitShowsEverythingInOneStep) {  // 4.1, 3.2
  const Batch batch = committed(3);
  const Json object = shown(stored(batch.id), outside);
  EXPECT_EQ(text_of(object, "status"), "success");
  EXPECT_EQ(object.at("recordCount"), 3);
  EXPECT_EQ(object.at("failedRecordCount"), 0);
  EXPECT_EQ(object.at("size"), 150);
  EXPECT_EQ(object.at("completed"), 1605029793000);
  EXPECT_EQ(object.at("metrics").at("outputRecordCount"), 3);
  const auto files = catalog->files_of(*database, scope.sandbox, data_set.id);
  ASSERT_EQ(files->size(), 1u);
  EXPECT_EQ(files->at(0).path, "tables/sandbox-1/" + data_set.id + "/" + batch.id + "/part-00000.parquet");
  EXPECT_EQ(files->at(0).layout->at(1), (engine::Field{.name = "age", .kind = engine::Kind::int32, .id = 2}));
  const Json after = shown(*look_up(data_set.id), outside);
  EXPECT_EQ(text_of(after, "lastBatchId"), batch.id);
  EXPECT_EQ(text_of(after, "lastBatchStatus"), "success");
  EXPECT_EQ(text_of(after, "lastSuccessfulBatch"), batch.id);
  EXPECT_FALSE(after.contains("lastFailedBatch"));
  EXPECT_EQ(to_text(after.at("statsCache")), R"({"recordCount":3,"size":300})");
  EXPECT_EQ(to_text(after.at("observableSchema")), R"({"type":"object","meta:xdmType":"object","properties":{"_id":{"type":"string","meta:xdmType":"string"}}})");
}

TEST_F(Batches, ObservedColumnsAddUp) {
  committed(3);
  const std::string id = open({.dataset = data_set.id})->id;
  BatchResult more = one_file(data_set, id, 2);
  more.files[0].statistics = {{"age", {{"values", 2}, {"nulls", 1}}}};
  ASSERT_TRUE(commit(id, more));
  const Json properties = look_up(data_set.id)->state.observed.at("properties");
  EXPECT_TRUE(properties.contains("_id") && properties.contains("age")) << to_text(properties);
}

TEST_F(Batches, CountsMustAddUp) {
  const std::string id = open({.dataset = data_set.id})->id;
  BatchResult result = one_file(data_set, id, 3);
  result.counts.records_read = 5;
  EXPECT_EQ(commit(id, result).error().kind, ErrorKind::internal);
  result.counts.records_failed = 1;
  result.counts.records_skipped = 1;
  EXPECT_TRUE(commit(id, result));
  EXPECT_EQ(shown(stored(id), outside).at("failedBatchLocation"), "http://foz.test/data/foundation/export/batches/" + id + "/failed");
}

TEST_F(Batches, AFinishedOneStaysAsItIs) {
  const Batch done = committed(1);
  EXPECT_EQ(commit(done.id, one_file(data_set, done.id, 1)).error().kind, ErrorKind::invalid);
  EXPECT_EQ(fail(done.id).error().kind, ErrorKind::invalid);
  EXPECT_EQ(write([&](store::Transaction& tx) { return catalog->move_batch(tx, scope.sandbox, done.id, BatchStatus::staging); }).error().kind, ErrorKind::invalid);
  EXPECT_EQ(visible_batches(), std::vector<std::string>{done.id});
}

TEST_F(Batches, AFailedOneShowsNothing) {
  const std::string id = open({.dataset = data_set.id})->id;
  ASSERT_TRUE(fail(id));
  const Json object = shown(stored(id), outside);
  EXPECT_EQ(text_of(object, "status"), "failed");
  EXPECT_EQ(to_text(object.at("errors")), R"([{"code":"106","description":"Dataset file is empty. Please upload file with data.","rows":[]}])");
  EXPECT_EQ(object.at("failedRecordCount"), 2);
  EXPECT_TRUE(visible_batches().empty());
  EXPECT_EQ(look_up(data_set.id)->state.last_failure, id);
}

TEST_F(Batches, RevertHidesRowsAtOnceAndPurgesLater) {  // Ingestion 4
  const Batch first = committed(2), second = committed(3);
  const auto folder_of = [&](const Batch& b) { return catalog->batch_folder(scope.sandbox, data_set.id, b.id); };
  for (const Batch& b : {first, second}) {
    std::filesystem::create_directories(folder_of(b));
    std::ofstream(folder_of(b) / "part-00000.parquet") << "x";
  }
  ASSERT_TRUE(revert(second.id));
  EXPECT_EQ(stored(second.id).status, BatchStatus::inactive);
  EXPECT_EQ(visible_batches(), std::vector<std::string>{first.id});
  const Dataset after = *look_up(data_set.id);
  EXPECT_EQ(after.state.records, 2);
  EXPECT_EQ(after.state.bytes, 200);
  EXPECT_EQ(after.state.last_success, first.id);
  EXPECT_EQ(after.state.last_status, "inactive");
  EXPECT_TRUE(revert(second.id));  // again is no mistake
  lake::LocalFileIo files;
  Janitor janitor(*database, *catalog, files, clock);
  ASSERT_TRUE(janitor.sweep());
  EXPECT_TRUE(std::filesystem::exists(folder_of(second)));  // readers may be at work
  clock.advance(std::chrono::minutes(16));
  ASSERT_TRUE(janitor.sweep());
  EXPECT_FALSE(std::filesystem::exists(folder_of(second)));
  EXPECT_TRUE(std::filesystem::exists(folder_of(first)));
  EXPECT_EQ(stored(second.id).status, BatchStatus::deleted);
  EXPECT_TRUE(revert(second.id));
}

TEST_F(Batches, ActionsDependOnTheState) {  // Ingestion 4
  const auto made = [&](BatchStatus status) { return open({.dataset = data_set.id, .status = status})->id; };
  const auto abort = [&](const std::string& id) { return write([&](store::Transaction& tx) { return catalog->abort_batch(tx, scope, id); }); };
  const std::string loading = made(BatchStatus::loading);
  EXPECT_EQ(revert(loading).error().kind, ErrorKind::invalid);
  EXPECT_EQ(abort(loading)->status, BatchStatus::aborted);
  EXPECT_TRUE(abort(loading));
  for (const BatchStatus status : {BatchStatus::loaded, BatchStatus::processing, BatchStatus::success, BatchStatus::failed}) {
    EXPECT_EQ(abort(made(status)).error().kind, ErrorKind::invalid) << name_of(status);
  }
  for (const BatchStatus status : {BatchStatus::loaded, BatchStatus::failed, BatchStatus::aborted, BatchStatus::abandoned}) {
    EXPECT_EQ(revert(made(status)).error().kind, ErrorKind::invalid) << name_of(status);
  }
  EXPECT_EQ(abort("NONE").error().kind, ErrorKind::not_found);
}

TEST_F(Batches, DeleteEndsAllButWorkInProgress) {
  const auto remove = [&](const std::string& id) { return write([&](store::Transaction& tx) { return catalog->delete_batch(tx, scope, id); }); };
  const Batch done = committed(2);
  EXPECT_TRUE(*remove(done.id));
  EXPECT_EQ(stored(done.id).status, BatchStatus::deleted);
  EXPECT_TRUE(visible_batches().empty());
  EXPECT_TRUE(*remove(done.id));
  EXPECT_FALSE(*remove("NONE"));
  EXPECT_EQ(remove(open({.dataset = data_set.id, .status = BatchStatus::processing})->id).error().kind, ErrorKind::invalid);
}

TEST_F(Batches, ReplayReplacesInOneStep) {  // Ingestion 5
  const Batch old = committed(2, {.external_id = "file-1"});
  const std::string failing = open({.dataset = data_set.id, .replay = {{"predecessors", {old.id}}}})->id;
  ASSERT_TRUE(fail(failing));
  EXPECT_EQ(visible_batches(), std::vector<std::string>{old.id});
  const std::string next = open({.dataset = data_set.id, .replay = {{"predecessorsByExternalId", {"file-1"}}, {"reason", "fixed"}}})->id;
  EXPECT_EQ(visible_batches(), std::vector<std::string>{old.id});
  ASSERT_TRUE(commit(next, one_file(data_set, next, 5)));
  EXPECT_EQ(visible_batches(), std::vector<std::string>{next});
  EXPECT_EQ(stored(old.id).status, BatchStatus::inactive);
  EXPECT_EQ(stored(old.id).tag("acp_successor"), std::vector<std::string>{next});
  EXPECT_EQ(shown(stored(next), outside).at("replay").at("reason"), "fixed");
  EXPECT_EQ(look_up(data_set.id)->state.records, 5);
  EXPECT_EQ(look_up(data_set.id)->state.last_success, next);
}

TEST_F(Batches, ReplayOfWhatCannotBeReplacedIsRefused) {
  const Dataset other = *create(crm_dataset("other"));
  const std::string foreign = open({.dataset = other.id})->id;
  ASSERT_TRUE(commit(foreign, one_file(other, foreign, 1)));
  const std::string loading = open({.dataset = data_set.id})->id;
  for (const Json& replay : {Json{{"predecessors", {"NONE"}}}, Json{{"predecessors", {foreign}}}, Json{{"predecessors", {loading}}}, Json{{"predecessorsByExternalId", {"none"}}}}) {
    const auto batch = open({.dataset = data_set.id, .replay = replay});
    ASSERT_FALSE(batch) << to_text(replay);
    EXPECT_EQ(batch.error().kind, ErrorKind::invalid);
  }
}

TEST_F(Batches, IdsOfClientsAreHarmless) {  // F26
  for (const std::string id : {"..", "a/b", ".", "a b", "x.y", "ü", "%2e"}) {
    EXPECT_EQ(open({.dataset = data_set.id, .id = id}).error().kind, ErrorKind::invalid) << id;
  }
  EXPECT_EQ(open({.dataset = data_set.id, .id = std::string("a\0b", 3)}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(open({.dataset = data_set.id, .id = std::string(65, 'a')}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(open({.dataset = data_set.id, .id = "5d01230fc78a4e4f8c0c6b387b4b8d1c"})->id, "5d01230fc78a4e4f8c0c6b387b4b8d1c");
  EXPECT_EQ(open({.dataset = data_set.id, .id = "5d01230fc78a4e4f8c0c6b387b4b8d1c"}).error().kind, ErrorKind::conflict);
}

TEST_F(Batches, ClientsChangeWhatIsTheirs) {  // 4.3
  const std::string id = open({.dataset = data_set.id})->id;
  const auto change_to = [&](const Json& patch) {
    return write([&](store::Transaction& tx) {
      return catalog->change_batch(tx, scope, id, [&](const Json& object) -> Result<Json> { return merge_patched(object, patch); }, {});
    });
  };
  const auto changed = change_to({{"tags", {{"colour", "red"}}}, {"externalId", "mine"}, {"id", "x"}, {"created", 1}, {"imsOrg", "x"}, {"recordCount", 9}});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->version, "1.0.1");
  EXPECT_EQ(changed->id, id);
  EXPECT_EQ(changed->external_id, "mine");
  EXPECT_EQ(changed->tag("colour"), std::vector<std::string>{"red"});
  EXPECT_EQ(change_to({{"status", "loaded"}})->status, BatchStatus::loaded);
  EXPECT_EQ(change_to({{"status", "success"}}).error().where, "/status");  // now it is the engine's
}

TEST_F(Batches, PatchingToInactiveReverts) {
  const Batch done = committed(2);
  const auto changed = write([&](store::Transaction& tx) {
    return catalog->change_batch(tx, scope, done.id, [](const Json& object) -> Result<Json> { return merge_patched(object, {{"status", "inactive"}}); }, {});
  });
  ASSERT_TRUE(changed);
  EXPECT_TRUE(visible_batches().empty());
}

TEST_F(Batches, LoadingForTooLongIsAbandoned) {  // 4.2
  const std::string id = open({.dataset = data_set.id})->id;
  const std::string busy = open({.dataset = data_set.id, .status = BatchStatus::processing})->id;
  lake::LocalFileIo files;
  Janitor janitor(*database, *catalog, files, clock);
  clock.advance(std::chrono::hours(48));
  EXPECT_EQ(janitor.sweep()->abandoned, 0);
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(janitor.sweep()->abandoned, 1);
  EXPECT_EQ(stored(id).status, BatchStatus::abandoned);
  EXPECT_EQ(stored(busy).status, BatchStatus::processing);
}

TEST_F(Batches, DiagnosticsGoAfterThirtyDays) {  // Ingestion 10
  const std::string id = open({.dataset = data_set.id})->id;
  const auto diagnostics = catalog->diagnostics_folder(scope.sandbox, id);
  std::filesystem::create_directories(diagnostics / "row_errors");
  ASSERT_TRUE(fail(id));
  lake::LocalFileIo files;
  Janitor janitor(*database, *catalog, files, clock);
  clock.advance(std::chrono::hours(30 * 24 - 1));
  ASSERT_TRUE(janitor.sweep());
  EXPECT_TRUE(std::filesystem::exists(diagnostics));
  clock.advance(std::chrono::hours(2));
  ASSERT_TRUE(janitor.sweep());
  EXPECT_FALSE(std::filesystem::exists(diagnostics));
}

}  // namespace
}  // namespace foz::catalog
