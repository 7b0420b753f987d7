// What becomes of batches that are replaced, met again after a crash, or whose data set or files are gone. Follows: Ingestion and access
// contract, 1 and 5; Catalog contract, 4.3.
#include <gmock/gmock.h>

#include "api/batch_ingestion_testing.h"
#include "catalog/janitor.h"

namespace foz::api {
namespace {

using http::Verb;
using testing::HasSubstr;
using testing::MatchesRegex;

TEST_F(BatchIngestion, ReplayReplacesAtomically) {  // 5
  const std::string old = json_batch();
  ingested(old, R"({"_id": "old"})");
  const std::string failing = batch_of({{"inputFormat", {{"format", "json"}}}, {"replay", {{"predecessors", {"$" + old}}, {"reason", "again"}}}});
  ingested(failing, "rubbish");
  EXPECT_EQ(object(old)["status"], "success");
  const std::string newer = batch_of({{"inputFormat", {{"format", "json"}}}, {"replay", {{"predecessorsByExternalId", {old}}}}});
  ingested(newer, R"({"_id": "new"})");
  EXPECT_EQ(object(old)["status"], "inactive");
  EXPECT_EQ(object(old)["tags"]["acp_successor"], Json::array({newer}));
  EXPECT_EQ(preview(), Json::array({{{"_id", "new"}}}));
}

TEST_F(BatchIngestion, OneOfTwoReplaysLands) {  // 5: never both
  const std::string old = json_batch();
  ingested(old, R"({"_id": "old"})");
  const auto replay_of = [&](const std::string& id) { return batch_of({{"inputFormat", {{"format", "json"}}}, {"replay", {{"predecessors", {id}}}}}); };
  const std::string first = replay_of(old), second = replay_of(old);
  ingested(first, R"({"_id": "first"})");
  const Json late = ingested(second, R"({"_id": "second"})");
  EXPECT_EQ(late["status"], "failed") << late;
  EXPECT_THAT(text_of(late["errors"][0], "description"), HasSubstr(old));
  EXPECT_EQ(preview(), Json::array({{{"_id", "first"}}}));
  // A predecessor that was reverted shows nothing: what replaces it lands.
  const std::string third = replay_of(first);
  act(first, "REVERT");
  EXPECT_EQ(ingested(third, R"({"_id": "third"})")["status"], "success");
  EXPECT_EQ(preview(), Json::array({{{"_id", "third"}}}));
}

TEST_F(BatchIngestion, WhatEndedOnceIsNotFilledAgain) {  // 1; Catalog 4.3: a status has no effect on data
  const auto back_to_loading = [&](const std::string& batch) { EXPECT_EQ(patch(kCatalog + "/batches/" + batch, {{"status", "loading"}}).status, 200); };
  const std::string landed = json_batch(), aborted = json_batch(), deleted = json_batch();
  ingested(landed, R"({"_id": "1"})");
  act(aborted, "ABORT");
  del(kCatalog + "/batches/" + deleted);
  for (const std::string& batch : {landed, aborted, deleted}) {
    back_to_loading(batch);
    EXPECT_EQ(upload(file_path(batch), R"({"_id": "2"})").status, 400) << batch;
    EXPECT_EQ(act(batch, "COMPLETE").status, 400) << batch;
  }
  work();
  EXPECT_EQ(preview(), Json::array({{{"_id", "1"}}}));
}

TEST_F(BatchIngestion, ABatchWithoutADataSetFails) {  // Catalog 4.3: legal metadata
  const std::string batch = post(kCatalog + "/batches", {{"status", "loading"}}).body[0].get<std::string>().substr(10);
  EXPECT_EQ(act(batch, "COMPLETE").status, 200);
  work();
  EXPECT_EQ(object(batch)["status"], "failed");
}

TEST_F(BatchIngestion, SandboxesMayUseTheSameId) {  // Sandbox and authentication 5.7
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  const http::Headers dev = {{"x-sandbox-name", "dev"}};
  const auto made = [&](const http::Headers& headers) {
    const std::string dataset = post(kCatalog + "/dataSets", {{"name", "mine"}}, headers).body[0].get<std::string>().substr(11);
    EXPECT_EQ(post(kCatalog + "/batches/MINE", {{"datasetId", dataset}, {"inputFormat", {{"format", "json"}}}}, headers).status, 201);
    return dataset;
  };
  const std::string here = made({}), there = made(dev);
  EXPECT_EQ(upload(file_path("MINE", "a.json", here), R"({"a": "here"})").status, 200);
  EXPECT_EQ(get(kImport + "/batches/MINE/datasets/" + there + "/preview", dev).status, 404) << "nothing was uploaded there";
  EXPECT_EQ(upload(file_path("MINE", "a.json", there), R"({"a": "there"})", dev).status, 200);
  EXPECT_EQ(get(kImport + "/batches/MINE/datasets/" + here + "/preview").body["preview"]["rows"], Json::array({{{"0", "here"}}}));
  EXPECT_EQ(send(Verb::post, kImport + "/batches/MINE?action=COMPLETE", {.headers = dev}).status, 200);
  EXPECT_EQ(object("MINE")["status"], "loading");
  work();
  EXPECT_EQ(get(kExport + "/datasets/" + there + "/preview", dev).body["data"], Json::array({{{"a", "there"}}}));
  EXPECT_EQ(get(kExport + "/files/MINE-1").status, 404);
  EXPECT_EQ(del(kCatalog + "/batches/MINE", dev).status, 200);
  ASSERT_TRUE(catalog::Janitor(*database, *catalog, files, clock).sweep({}));
  EXPECT_EQ(act("MINE", "COMPLETE").status, 200);
  work();
  EXPECT_EQ(preview(here), Json::array({{{"a", "here"}}}));
}

TEST_F(BatchIngestion, AnIdComesBackWhenItsFilesAreGone) {  // a sandbox that was reset keeps its folders until they are removed
  const auto mine = [&](const std::string& dataset) { return post(kCatalog + "/batches/MINE", {{"datasetId", dataset}, {"inputFormat", {{"format", "json"}}}}).status; };
  EXPECT_EQ(mine(dataset_id), 201);
  EXPECT_EQ(mine(dataset_id), 409);
  ASSERT_TRUE(write([&](store::Transaction& tx) -> Status {
    TRY_DO(catalog->discard_sandbox(tx, scope.sandbox));
    TRY([[maybe_unused]] const auto rows, tx.exec("DELETE FROM batches WHERE sandbox = ?", {scope.sandbox}));
    return {};
  }));
  EXPECT_EQ(mine(dataset_id), 409) << "the removal that is planned would take the new batch's files";
  clock.advance(std::chrono::hours(24));
  ASSERT_TRUE(catalog::Janitor(*database, *catalog, files, clock).sweep({}));
  EXPECT_EQ(mine(dataset_id), 201);
}

TEST_F(BatchIngestion, GoesOnAfterACrash) {
  const std::string batch = json_batch();
  upload(file_path(batch), R"({"_id": "1"})");
  act(batch, "COMPLETE");
  // The process died with the batch half done: files of it lie where the next attempt writes.
  ASSERT_TRUE(write([&](store::Transaction& tx) { return catalog->move_batch(tx, scope.sandbox, batch, catalog::BatchStatus::processing); }));
  const auto half = catalog->batch_folder(scope.sandbox, dataset_id, batch);
  std::filesystem::create_directories(half);
  std::ofstream(half / "part-00007.parquet") << "half";
  restart();
  work();
  EXPECT_EQ(object(batch)["status"], "success");
  EXPECT_EQ(preview().size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(half / "part-00007.parquet"));
}

TEST_F(BatchIngestion, MetadataThatOnlySaysLoadedIsLeftAlone) {  // Catalog 4.3
  const Answer made = post(kCatalog + "/batches", {{"datasetId", dataset_id}, {"status", "loaded"}});
  const std::string batch = made.body[0].get<std::string>().substr(10);
  work();
  EXPECT_EQ(object(batch)["status"], "loaded");
}

TEST_F(BatchIngestion, ADataSetDeletedMeanwhileEndsItsBatches) {
  const std::string batch = json_batch();
  upload(file_path(batch), R"({"_id": "1"})");
  act(batch, "COMPLETE");
  EXPECT_EQ(del(kCatalog + "/dataSets/" + dataset_id).status, 200);
  work();
  EXPECT_EQ(object(batch)["status"], "deleted");
}

}  // namespace
}  // namespace foz::api
