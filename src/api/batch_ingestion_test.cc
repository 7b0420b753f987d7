// Batches and uploads over the API. Follows: Ingestion and access contract, 1-9 and 16-18.
#include <gmock/gmock.h>

#include "api/batch_ingestion_testing.h"

namespace foz::api {
namespace {

using http::Verb;
using testing::HasSubstr;
using testing::MatchesRegex;

TEST_F(BatchIngestion, WorkedSession) {  // 18
  const std::string batch = json_batch();
  const std::string row = R"({"_id":"1","person":{"name":{"firstName":"Ana"}},"personalEmail":{"address":"ana@x.org"}})";
  const Json done = ingested(batch, row);
  EXPECT_EQ(done["status"], "success") << done;
  EXPECT_EQ(done["recordCount"], 1);
  EXPECT_EQ(done["failedRecordCount"], 0);
  EXPECT_EQ(done["errors"], Json::array());
  EXPECT_EQ(done["metrics"]["inputByteSize"], row.size());
  EXPECT_EQ(done["metrics"]["inputFileCount"], 1);
  EXPECT_EQ(done["metrics"]["outputFileCount"], 1);
  EXPECT_EQ(done["metrics"]["partitionCount"], 1);
  const std::string file = get(kExport + "/batches/" + batch + "/files").body["data"][0]["dataSetFileId"];
  EXPECT_EQ(file, batch + "-1");
  EXPECT_EQ(get(kExport + "/files/" + file).body["data"][0]["name"], "part-00000.parquet");
  EXPECT_EQ(get(kExport + "/files/" + file + "?path=part-00000.parquet").text.substr(0, 4), "PAR1");
  EXPECT_EQ(preview(), Json::array({{{"_id", "1"}, {"person", {{"name", {{"firstName", "Ana"}}}}}, {"personalEmail", {{"address", "ana@x.org"}}}}}));
  const Json shown = get(kCatalog + "/dataSets/" + dataset_id).body[dataset_id];
  EXPECT_EQ(shown["lastSuccessfulBatch"], batch);
  EXPECT_EQ(shown["observableSchema"]["properties"]["person"]["properties"]["name"]["properties"]["firstName"]["type"], "string");
}

TEST_F(BatchIngestion, CreateAnswersTheBatch) {  // 2
  const Answer answer = post(kImport + "/batches", {{"datasetId", dataset_id}, {"inputFormat", {{"format", "JSON"}}}, {"partialIngestionPercentage", 5}, {"tags", {{"colour", {"red"}}}}});
  EXPECT_EQ(answer.status, 201) << answer;
  const std::string id = text_of(answer.body, "id");
  EXPECT_THAT(id, MatchesRegex("[0-9A-HJKMNP-TV-Z]{26}"));
  EXPECT_EQ(answer.body["status"], "loading");
  EXPECT_EQ(answer.body["externalId"], id);
  EXPECT_EQ(answer.body["inputFormat"], (Json{{"format", "json"}, {"isMultiLineJson", false}}));
  EXPECT_EQ(answer.body["relatedObjects"], Json::array({{{"type", "dataSet"}, {"id", dataset_id}}}));
  EXPECT_EQ(answer.body["tags"]["acp_partialIngestionPercent"], 5);
  EXPECT_EQ(answer.body["tags"]["acp_enableErrorDiagnostics"], true);
  EXPECT_EQ(answer.body["tags"]["colour"], Json::array({"red"}));
  EXPECT_EQ(answer.body["tags"]["acp_stagePath"], Json::array({"foz://uploads/" + prod.id + "/" + id}));
  EXPECT_EQ(answer.body["replay"], Json::object());
  const Answer odd = post(kImport + "/batches", {{"datasetId", dataset_id}, {"id", "mine"}, {"status", "half"}, {"metrics", 5}, {"recordCount", "many"}, {"more", true}});
  EXPECT_EQ(odd.status, 201) << "other members are ignored " << odd;
  EXPECT_EQ(odd.body["status"], "loading");
  EXPECT_NE(odd.body["id"], "mine");
  EXPECT_EQ(patch(kImport + "/batches", {{"datasetId", dataset_id}}).status, 201);
  EXPECT_EQ(post(kImport + "/batches/", {{"datasetId", dataset_id}}).body["inputFormat"], (Json{{"format", "parquet"}}));
}

TEST_F(BatchIngestion, CreateRefuses) {  // 2, 16
  struct Case { const char* name; Json body; int status; };
  const Case kCases[] = {{"no data set", Json::object(), 400},
                         {"no object", Json::array(), 400},
                         {"unknown data set", {{"datasetId", "none"}}, 404},
                         {"avro", {{"datasetId", dataset_id}, {"inputFormat", {{"format", "avro"}}}}, 400},
                         {"csv for a nested schema", {{"datasetId", dataset_id}, {"inputFormat", {{"format", "csv"}}}}, 400},
                         {"delimiter", {{"datasetId", flat_id}, {"inputFormat", {{"format", "csv"}, {"delimiter", ",,"}}}}, 400},
                         {"threshold", {{"datasetId", dataset_id}, {"partialIngestionPercent", 101}}, 400},
                         {"threshold of text", {{"datasetId", dataset_id}, {"partialIngestionPercent", "many"}}, 400},
                         {"diagnostics", {{"datasetId", dataset_id}, {"enableErrorDiagnostics", "perhaps"}}, 400},
                         {"tags", {{"datasetId", dataset_id}, {"tags", 5}}, 400},
                         {"unknown predecessor", {{"datasetId", dataset_id}, {"replay", {{"predecessors", {"none"}}}}}, 400}};
  for (const Case& c : kCases) {
    const Answer answer = post(kImport + "/batches", c.body);
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    EXPECT_EQ(text_of(answer.body, "type"), "http://ns.adobe.com/aep/errors/INGEST-1000-" + std::to_string(c.status)) << c.name;
  }
}

TEST_F(BatchIngestion, SmallFiles) {  // 3.1
  const std::string batch = json_batch();
  const Answer first = upload(file_path(batch), R"({"_id": "old"})");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.text, "");
  EXPECT_EQ(upload(file_path(batch), R"({"_id": "1"})").status, 200);  // replaces
  EXPECT_EQ(upload(file_path(batch, "year%3D2020/b%20c.json"), R"({"_id": "2"})").status, 200);
  EXPECT_EQ(upload(file_path(batch, "year=2020%2Fd.json"), R"({"_id": "3"})", {{"Content-Type", "application/json"}}).status, 200);
  EXPECT_EQ(upload(file_path(batch, "empty.json"), "", {{"Content-Type", ""}}).status, 200);
  act(batch, "complete");
  work();
  EXPECT_EQ(object(batch)["recordCount"], 3) << object(batch);
  EXPECT_EQ(object(batch)["metrics"]["inputFileCount"], 4);
  EXPECT_FALSE(std::filesystem::exists(catalog->upload_folder(scope.sandbox, batch) / "parts"));
}

TEST_F(BatchIngestion, UploadsAreRefused) {  // 3.1, 16
  const std::string batch = json_batch(), done = json_batch();
  act(done, "ABORT");
  upload(file_path(batch, "a"), "{}");
  struct Case { const char* name; std::string path; http::Headers headers; int status; };
  const Case kCases[] = {{"unknown batch", file_path("none"), {}, 404},
                         {"another data set", file_path(batch, "a.json", flat_id), {}, 404},
                         {"not loading", file_path(done), {}, 400},
                         {"dots", file_path(batch, "..%2Fa.json"), {}, 400},
                         {"dots in the middle", file_path(batch, "x/../a.json"), {}, 400},
                         {"too long", file_path(batch, std::string(2000, 'a')), {}, 414},
                         {"long segment", file_path(batch, std::string(300, 'a')), {}, 400},
                         {"below a file", file_path(batch, "a/b"), {}, 400},
                         {"media type", file_path(batch), {{"Content-Type", "image/png"}}, 415},
                         {"no gzip", file_path(batch), {{"Content-Encoding", "gzip"}}, 400},
                         {"another encoding", file_path(batch), {{"Content-Encoding", "br"}}, 415}};
  for (const Case& c : kCases) EXPECT_EQ(upload(c.path, "{}", c.headers).status, c.status) << c.name << upload(c.path, "{}", c.headers);
  upload(file_path(batch, "b/c"), "{}");
  EXPECT_EQ(upload(file_path(batch, "b"), "{}").status, 400);
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  EXPECT_EQ(upload(file_path(batch), "{}", {{"x-sandbox-name", "dev"}}).status, 404);
}

TEST_F(BatchIngestion, StreamedBodiesNeverStay) {
  const auto body = [&](const std::string& path, const http::Headers& more) {
    std::filesystem::create_directories(folder.path() / "data" / "uploads");
    const auto file = folder.path() / "data" / "uploads" / "body-1";
    std::ofstream(file) << R"({"_id": "1"})";
    http::Request request{.verb = Verb::put, .url = path, .headers = {{"Authorization", "Bearer " + token_of(client.client)}, {"x-api-key", client.client.client_id}, {"x-gw-ims-org-id", organisation->id()}}, .body_file = file};
    for (const auto& [name, value] : more) request.headers.set(name, value);
    const int status = gateway->handle(std::move(request)).status;
    return std::to_string(status) + (std::filesystem::exists(file) ? " left" : "");
  };
  const std::string batch = json_batch();
  EXPECT_EQ(body(file_path(batch), {}), "200");
  EXPECT_EQ(body(file_path("none"), {}), "404");
  EXPECT_EQ(body(file_path(batch), {{"Authorization", "Bearer x"}}), "401");
  act(batch, "COMPLETE");
  work();
  EXPECT_EQ(object(batch)["recordCount"], 1);
}

TEST_F(BatchIngestion, GzipIsUnpacked) {  // 3.1
  // {"_id": "1"}
  const std::string packed = *from_hex("1f8b0800000000000203ab568acf4c51b252503254aa0500311115860c000000");
  const std::string batch = json_batch();
  EXPECT_EQ(upload(file_path(batch), packed, {{"Content-Encoding", "gzip"}}).status, 200);
  act(batch, "COMPLETE");
  work();
  EXPECT_EQ(object(batch)["recordCount"], 1) << object(batch);
  EXPECT_EQ(upload(file_path(json_batch()), packed.substr(0, 20), {{"Content-Encoding", "gzip"}}).status, 400);
  EXPECT_EQ(upload(file_path(json_batch()), packed, {{"Content-Encoding", "identity"}}).status, 200) << "as it is";
  services->settings.upload_bytes_max = 11;  // 16: file too large
  const Answer large = upload(file_path(json_batch()), packed, {{"Content-Encoding", "gzip"}});
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(text_of(large.body, "type"), "http://ns.adobe.com/aep/errors/INGEST-1000-413");
}

TEST_F(BatchIngestion, LargeFiles) {  // 3.2
  const std::string batch = json_batch(), path = file_path(batch);
  const std::string bytes = R"({"_id": "1"})" "\n" R"({"_id": "2"})" "\n";
  const std::string total = std::to_string(bytes.size());
  EXPECT_EQ(head(path).status, 404);
  EXPECT_EQ(chunk(path, "bytes 0-9/*", bytes.substr(0, 10)).status, 404);  // not initialized
  const Answer begun = send(Verb::post, path + "?action=initialize");
  EXPECT_EQ(begun.status, 201);
  EXPECT_EQ(begun.text, "");
  const Answer second = chunk(path, "bytes 10-19/*", bytes.substr(10, 10));
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, Json::object());
  EXPECT_EQ(head(path).header("Content-Length"), "10");
  EXPECT_EQ(head(path).header("Content-Range"), "");
  EXPECT_EQ(chunk(path, "bytes 0-9/" + total, bytes.substr(0, 10)).status, 200);
  EXPECT_EQ(chunk(path, "bytes 0-9/" + total, bytes.substr(0, 10)).status, 200);  // repeatable
  EXPECT_EQ(head(path).header("Content-Range"), "bytes 0-19/*");
  EXPECT_EQ(act(batch, "COMPLETE").status, 400);  // unfinished
  EXPECT_EQ(send(Verb::post, path + "?action=COMPLETE").status, 400);  // bytes are missing
  const std::string form = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n" + bytes.substr(20) + "\r\n--xyz--\r\n";
  EXPECT_EQ(chunk(path, "bytes 20-" + std::to_string(bytes.size() - 1) + "/" + total, form, {{"Content-Type", "multipart/form-data; boundary=xyz"}}).status, 200);
  const Answer complete = send(Verb::post, path + "?action=COMPLETE");
  EXPECT_EQ(complete.status, 200) << complete;
  EXPECT_EQ(complete.body, (Json{{"name", "a.json"}, {"sizeInBytes", bytes.size()}}));
  EXPECT_EQ(head(path).header("Content-Length"), total);
  EXPECT_EQ(act(batch, "COMPLETE").status, 200);
  work();
  EXPECT_EQ(object(batch)["recordCount"], 2) << object(batch);
}

TEST_F(BatchIngestion, ChunksThatDoNotFit) {  // 3.2
  struct Case { const char* name; std::vector<std::pair<const char*, size_t>> chunks; };
  const Case kCases[] = {{"none", {}},
                         {"a gap", {{"bytes 0-3/*", 4}, {"bytes 5-8/*", 4}}},
                         {"no beginning", {{"bytes 1-4/*", 4}}},
                         {"an overlap", {{"bytes 0-3/*", 4}, {"bytes 3-6/*", 4}}},
                         {"the same bytes twice", {{"bytes 0-3/*", 4}, {"bytes 0-7/*", 8}}},
                         {"short of the total", {{"bytes 0-3/9", 4}}},
                         {"different totals", {{"bytes 0-3/8", 4}, {"bytes 4-8/9", 5}}}};
  for (const Case& c : kCases) {
    const std::string path = file_path(json_batch());
    send(Verb::post, path + "?action=INITIALIZE");
    for (const auto& [range, length] : c.chunks) EXPECT_EQ(chunk(path, range, std::string(length, ' ')).status, 200) << c.name;
    EXPECT_EQ(send(Verb::post, path + "?action=COMPLETE").status, 400) << c.name;
  }
  const std::string path = file_path(json_batch());
  send(Verb::post, path + "?action=INITIALIZE");
  for (const char* range : {"bytes 0-9/*", "bytes 3-1/*", "bytes 0-3/2", "0-3/4", "bytes 0-3", "bytes a-b/c", ""}) EXPECT_EQ(chunk(path, range, "abcd").status, 400) << range;
  EXPECT_EQ(send(Verb::post, path + "?action=FORGET").status, 400);
}

TEST_F(BatchIngestion, SizesHaveALimit) {  // 3.2, 17
  const std::string batch = json_batch(), path = file_path(batch);
  send(Verb::post, path + "?action=INITIALIZE");
  for (const char* range : {"bytes 0-3/100000000001", "bytes 99999999997-100000000000/*"}) EXPECT_EQ(chunk(path, range, "abcd").status, 413) << range;
  EXPECT_EQ(chunk(path, "bytes 99999999996-99999999999/100000000000", "abcd").status, 200);
  const auto sparse = [&](const std::filesystem::path& file, uint64_t bytes) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file).flush();
    std::error_code error;
    std::filesystem::resize_file(file, bytes, error);
    return !error;
  };
  // A chunk as large as all that is left, put there behind the server's back.
  const auto parts = std::filesystem::directory_iterator(catalog->upload_folder(scope.sandbox, batch) / "parts")->path();
  const uint64_t all = std::filesystem::space(parts).available + (1u << 30);
  std::filesystem::remove(parts / "99999999996-99999999999-100000000000");
  if (sparse(parts / ("0-" + std::to_string(all - 1) + "-any"), all)) {
    const Answer full = send(Verb::post, path + "?action=COMPLETE");
    EXPECT_EQ(full.status, 503) << full;
    EXPECT_THAT(full.text, HasSubstr("left"));
  }
  const std::string large = json_batch();
  bool fits = true;
  for (const char* name : {"a", "b"}) fits = fits && sparse(catalog->upload_folder(scope.sandbox, large) / "files" / name, 500'000'000'001);
  if (fits) { EXPECT_EQ(act(large, "COMPLETE").status, 400); }
}

TEST_F(BatchIngestion, RowsWithoutASchemaHaveSoManyFields) {  // 17
  const std::string free = create({{"name", "free"}})->id;
  const auto ended = [&](int fields) {
    Json row = Json::object();
    for (int i = 0; i < fields; ++i) row["f" + std::to_string(i)] = i;
    return ingested(batch_of({{"datasetId", free}, {"inputFormat", {{"format", "json"}}}}), to_text(row), free);
  };
  const Json wide = ended(10'001);
  EXPECT_EQ(wide["status"], "failed");
  EXPECT_THAT(text_of(wide["errors"][0], "description"), HasSubstr("10000 fields"));
  EXPECT_EQ(ended(500)["status"], "success");
}

TEST_F(BatchIngestion, ActionsFollowTheTable) {  // 4
  const auto loading = [&] { return json_batch(); };
  const auto loaded = [&] {
    const std::string batch = json_batch();
    upload(file_path(batch), R"({"_id": "1"})");
    act(batch, "COMPLETE");
    return batch;
  };
  const auto success = [&] {
    const std::string batch = loaded();
    work();
    return batch;
  };
  const auto after = [&](const std::string& batch, const char* action) {
    act(batch, action);
    return batch;
  };
  const auto aborted = [&] { return after(loading(), "ABORT"); };
  const auto failed = [&] { return after(loading(), "FAIL"); };
  const auto reverted = [&] { return after(success(), "REVERT"); };
  struct Case { const char* name; std::function<std::string()> make; const char* action; int status; std::string then; };
  const Case kCases[] = {{"complete", loading, "COMPLETE", 200, "loaded"},
                         {"complete again", loaded, "Complete", 200, "loaded"},
                         {"complete a success", success, "COMPLETE", 200, "success"},
                         {"complete an aborted one", aborted, "COMPLETE", 400, "aborted"},
                         {"complete a failed one", failed, "COMPLETE", 400, "failed"},
                         {"abort", loading, "ABORT", 200, "aborted"},
                         {"abort again", aborted, "ABORT", 200, "aborted"},
                         {"abort too late", loaded, "ABORT", 400, "loaded"},
                         {"fail", loading, "FAIL", 200, "failed"},
                         {"fail too late", success, "FAIL", 400, "success"},
                         {"revert", success, "REVERT", 200, "inactive"},
                         {"revert again", reverted, "REVERT", 200, "inactive"},
                         {"revert too early", loading, "REVERT", 400, "loading"},
                         {"none", loading, "", 400, "loading"},
                         {"unknown", loading, "EXPLODE", 400, "loading"}};
  for (const Case& c : kCases) {
    const std::string batch = c.make();
    const Answer answer = act(batch, c.action);
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    if (c.status == 200) { EXPECT_EQ(answer.text, "") << c.name; }
    EXPECT_EQ(object(batch)["status"], c.then) << c.name;
  }
  EXPECT_EQ(act("none", "COMPLETE").status, 404);
  EXPECT_EQ(send(Verb::post, kImport + "/batches/" + loading() + "?actions=ABORT").status, 200);
  EXPECT_EQ(object(after(loading(), "FAIL"))["errors"][0]["code"], "INGEST-FAIL");
}

TEST_F(BatchIngestion, ThresholdDecides) {  // 9
  const std::string good = R"({"_id": "1"})" "\n", bad = R"({"_id": 5})" "\n";
  struct Case { const char* name; Json options; std::string bytes; const char* status; int64_t written, failed; std::vector<std::string> codes; };
  const Case kCases[] = {
      {"all good", Json::object(), good + good, "success", 2, 0, {}},
      {"one bad row without threshold", Json::object(), good + bad, "failed", 0, 1, {"INGEST-1211-400"}},
      {"one bad row, diagnostics", {{"enableErrorDiagnostics", true}}, good + bad, "failed", 0, 1, {"INGEST-1212-400", "INGEST-1558-400"}},
      {"exactly at the threshold", {{"partialIngestionPercent", 50}}, good + bad, "success", 1, 1, {"INGEST-1212-400", "INGEST-1558-400"}},
      {"above it", {{"partialIngestionPercent", 49.9}}, good + bad, "failed", 0, 1, {"INGEST-1212-400", "INGEST-1558-400"}},
      {"all bad, all allowed", {{"partialIngestionPercent", 100}}, bad + "rubbish\n", "success", 0, 2, {"INGEST-1212-400", "INGEST-1401-400", "INGEST-1558-400"}},
      {"no rows", {{"partialIngestionPercent", 100}}, "\n", "failed", 0, 0, {"106"}},
  };
  for (const Case& c : kCases) {
    Json options = c.options;
    options["inputFormat"] = {{"format", "json"}};
    const Json done = ingested(batch_of(options), c.bytes);
    EXPECT_EQ(done["status"], c.status) << c.name << done;
    EXPECT_EQ(done["recordCount"], c.written) << c.name;
    EXPECT_EQ(done["failedRecordCount"], c.failed) << c.name;
    std::vector<std::string> codes;
    for (const Json& error : done["errors"]) {
      codes.push_back(error["code"]);
      EXPECT_EQ(error["rows"], Json::array());
    }
    EXPECT_EQ(codes, c.codes) << c.name;
    EXPECT_EQ(done.contains("failedBatchLocation"), c.failed > 0) << c.name;
  }
  EXPECT_EQ(look_up(dataset_id)->state.records, 3);
}

TEST_F(BatchIngestion, FailuresThatNoThresholdForgives) {  // 4, 9
  const std::string nothing = batch_of({{"partialIngestionPercent", 100}});
  act(nothing, "COMPLETE");
  work();
  EXPECT_EQ(object(nothing)["status"], "failed");
  EXPECT_EQ(object(nothing)["errors"][0], (Json{{"code", "106"}, {"description", "Dataset file is empty. Please upload file with data."}, {"rows", Json::array()}}));
  const Json no_parquet = ingested(batch_of({{"partialIngestionPercent", 100}}), "no parquet");
  EXPECT_EQ(no_parquet["status"], "failed");
  EXPECT_EQ(no_parquet["errors"][0]["code"], "INGEST-1401-400");
  const std::string csv = batch_of({{"datasetId", flat_id}, {"inputFormat", {{"format", "csv"}}}});
  const Json no_header = ingested(csv, "\n1,2\n", flat_id);
  EXPECT_EQ(no_header["errors"][0]["code"], "118");
}

TEST_F(BatchIngestion, DiagnosticsAndFailedInputCanBeFetched) {  // 10; 13
  const std::string batch = batch_of({{"inputFormat", {{"format", "json"}}}, {"enableErrorDiagnostics", true}});
  ingested(batch, "{missingQuotes: \"v1\"}\n");
  const std::string meta = kExport + "/batches/" + batch + "/meta?path=";
  EXPECT_THAT(get(meta + "row_errors/parsing_errors_0.json").text, HasSubstr("INGEST-1401-400"));
  EXPECT_EQ(get(meta + "input_files/fileMetaData1.json").text, "{\"path\":\"a.json\"}\n");
  EXPECT_EQ(get(meta + "row_errors_sample.json").body.size(), 1U);
  const Answer failed = get(object(batch)["failedBatchLocation"].get<std::string>().substr(15));
  EXPECT_EQ(failed.body["data"][1]["name"], "a.json");
  EXPECT_EQ(get(kExport + "/batches/" + batch + "/failed?path=a.json").text, "{missingQuotes: \"v1\"}\n");
}

TEST_F(BatchIngestion, CsvIntoAFlatSchema) {  // 2, 7
  ASSERT_TRUE(change(flat_id, [](const Json& shown) -> Result<Json> {
    Json changed = shown;
    changed["fileDescription"] = {{"format", "csv"}, {"delimiters", {";"}}};
    return changed;
  }));
  const std::string batch = batch_of({{"datasetId", flat_id}});
  EXPECT_EQ(object(batch)["inputFormat"]["delimiter"], ";");
  const Json done = ingested(batch, "_id;name;AGE\n1;\"Silva; Ana\";7\n2;null;\n", flat_id);
  EXPECT_EQ(done["status"], "success") << done;
  EXPECT_EQ(preview(flat_id), Json::array({{{"_foz", {{"age", 7}, {"name", "Silva; Ana"}}}, {"_id", "1"}}, {{"_id", "2"}}}));
}

TEST_F(BatchIngestion, DataSetsWithoutSchemaTakeWhatComes) {  // Catalog 3.1; 8
  const std::string free = create({{"name", "free"}})->id;
  const std::string batch = batch_of({{"datasetId", free}, {"inputFormat", {{"format", "json"}}}});
  const Json done = ingested(batch, R"({"a": 1, "b": {"c": [true]}, "d": "x", "e": 1})" "\n" R"({"a": 2.5, "d": 5, "e": null, "f": {}})" "\nrubbish\n", free);
  EXPECT_EQ(done["status"], "failed") << done;  // what cannot be parsed is rejected all the same
  const std::string again = batch_of({{"datasetId", free}, {"inputFormat", {{"format", "json"}}}});
  EXPECT_EQ(ingested(again, R"({"a": 1, "b": {"c": [true]}, "d": "x", "e": 1})" "\n" R"({"a": 2.5, "d": 5, "e": null, "f": {}})" "\n", free)["status"], "success");
  EXPECT_EQ(preview(free), Json::array({{{"a", 1.0}, {"b", {{"c", {true}}}}, {"d", "x"}, {"e", 1}}, {{"a", 2.5}, {"d", "5"}}}));
  const auto first = *catalog->files_of_batch(*database, scope.sandbox, again);
  const std::string third = batch_of({{"datasetId", free}, {"inputFormat", {{"format", "json"}}}});
  ingested(third, R"({"d": "y", "new": 1})", free);
  const auto second = *catalog->files_of_batch(*database, scope.sandbox, third);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ((*second[0].layout)[0].id, (*first[0].layout)[2].id) << "a column keeps its id";
  EXPECT_GT((*second[0].layout)[1].id, (*first[0].layout)[3].id) << "a new one gets another";
}

TEST_F(BatchIngestion, Preview) {  // 6
  const std::string batch = json_batch();
  const auto path = [&](const std::string& of, const std::string& dataset, const std::string& query = "") { return kImport + "/batches/" + of + "/datasets/" + dataset + "/preview" + query; };
  EXPECT_EQ(get(path(batch, dataset_id)).status, 404);
  upload(file_path(batch), R"({"_id": "1", "person": {"name": {"firstName": "Ana"}}})" "\n" R"({"_id": "2", "extra": [1]})" "\nrubbish\n");
  const Answer answer = get(path(batch, dataset_id));
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.body, (Json{{"formatParams", {{"format", "json"}, {"isMultiLineJson", false}}},
                               {"preview", {{"columns", Json::array({{{"cid", "0"}, {"name", "_id"}}, {{"cid", "1"}, {"name", "person/name/firstName"}}, {{"cid", "2"}, {"name", "extra"}}})},
                                            {"rows", Json::array({{{"0", "1"}, {"1", "Ana"}}, {{"0", "2"}, {"2", {1}}}})}}}}));
  EXPECT_EQ(get(path(batch, dataset_id, "?nrow=1")).body["preview"]["rows"].size(), 1U);
  for (const char* query : {"?nrow=0", "?nrow=11", "?nrow=x", "?format=avro"}) EXPECT_EQ(get(path(batch, dataset_id, query)).status, 400) << query;
  EXPECT_EQ(get(path(batch, flat_id)).status, 404);
  EXPECT_EQ(get(path("none", dataset_id)).status, 404);
  const std::string csv = batch_of({{"datasetId", flat_id}, {"inputFormat", {{"format", "csv"}}}});
  upload(file_path(csv, "a.csv", flat_id), "first_name|age\nAna|7\n");
  EXPECT_EQ(get(path(csv, flat_id, "?delimiter=%7C&header=True")).body,
            (Json{{"formatParams", {{"format", "csv"}, {"delimiter", "|"}, {"quote", "\""}, {"escape", "\\"}, {"charset", "UTF-8"}, {"header", true}}},
                  {"preview", {{"columns", Json::array({{{"cid", "0"}, {"name", "first_name"}}, {{"cid", "1"}, {"name", "age"}}})}, {"rows", Json::array({{{"0", "Ana"}, {"1", "7"}}})}}}}));
}

TEST_F(BatchIngestion, Rights) {  // Sandbox and authentication 4
  const std::string batch = json_batch();
  become(add_client("operator", {"*"}));
  EXPECT_EQ(post(kImport + "/batches", {{"datasetId", dataset_id}}).status, 403);
  EXPECT_EQ(upload(file_path(batch), "{}").status, 403);
  EXPECT_EQ(act(batch, "ABORT").status, 403);
  EXPECT_EQ(text_of(act(batch, "ABORT").body, "type"), "http://ns.adobe.com/aep/errors/INGEST-1000-403");
}

}  // namespace
}  // namespace foz::api
