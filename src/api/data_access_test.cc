// Files, bytes, diagnostics and previews over the API. Follows: Ingestion and access contract, 11-18.
#include <gmock/gmock.h>

#include "api/testing.h"
#include "base/text.h"
#include "engine/engine.h"

namespace foz::api {
namespace {

using catalog::BatchStatus;
using catalog::crm_dataset;
using engine::Field;
using engine::Kind;
using testing::HasSubstr;
using testing::MatchesRegex;

const std::string kBase = "/data/foundation/export";

/// Two columns, one of them nested.
const std::vector<Field> kLayout = {{"_id", Kind::string, 1},
                                    {"person", Kind::object, 2, {{"born", Kind::date, 3}, {"name", Kind::object, 4, {{"first", Kind::string, 5}}}}},
                                    {"seen", Kind::timestamp, 6}};

class DataAccess : public ApiFixture {
 protected:
  DataAccess() : ApiFixture({access_routes()}), dataset_id(create(crm_dataset())->id) {}

  std::string at(const std::string& path) { return kBase + path; }

  /// A part with the rows that `sql` gives.
  catalog::NewFile part(const std::string& batch, const std::string& name, const std::string& sql, int64_t records) {
    const std::filesystem::path folder_of_batch = catalog->batch_folder(scope.sandbox, dataset_id, batch), path = folder_of_batch / name;
    std::filesystem::create_directories(folder_of_batch);
    const auto engine = value_of(engine::Engine::open({.allowed_folders = {folder_of_batch}}));
    value_of(engine->query("COPY (" + sql + ") TO " + engine::sql_text(path.string()) + " (FORMAT parquet)"));
    return {.name = name, .path = path.lexically_relative(catalog->settings().data_dir), .bytes = static_cast<int64_t>(std::filesystem::file_size(path)),
            .records = records, .layout = kLayout};
  }
  static std::string rows(const std::string& prefix, int count) {
    return "SELECT '" + prefix + "' || i AS _id, {born: DATE '1990-01-02', name: {first: 'Ana'}} AS person, "
           "TIMESTAMPTZ '2020-11-10 17:36:30+00' AS seen FROM range(" + std::to_string(count) + ") t(i)";
  }
  /// A successful batch with the parts made for it.
  std::string landed(const std::vector<std::pair<std::string, int>>& parts) {
    clock.advance(std::chrono::seconds(1));
    const std::string id = open({.dataset = dataset_id, .status = BatchStatus::processing})->id;
    catalog::BatchResult result;
    for (const auto& [prefix, count] : parts) {
      result.files.push_back(part(id, "part-0000" + std::to_string(result.files.size()) + ".parquet", rows(prefix, count), count));
      result.counts.records_read += count;
      result.counts.records_written += count;
    }
    const auto batch = commit(id, result);
    EXPECT_TRUE(batch) << (batch ? "" : to_string(batch.error()));
    return id;
  }
  std::string failed_batch() {
    const std::string id = open({.dataset = dataset_id, .status = BatchStatus::processing})->id;
    EXPECT_TRUE(write([&](store::Transaction& tx) { return catalog->fail_batch(tx, scope.sandbox, id, {}, {.records_read = 2, .records_failed = 2}); }));
    return id;
  }
  void keep(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::string href(const Answer& answer, size_t index) { return answer.body["data"][index]["_links"]["self"]["href"]; }
  /// GETs an absolute link as a client follows it.
  Answer follow(const std::string& link) {
    EXPECT_TRUE(link.starts_with("http://foz.test/")) << link;
    return get(link.substr(15));
  }
  std::vector<std::string> names(const Answer& answer) {
    std::vector<std::string> found;
    for (const Json& one : answer.body["data"]) {
      EXPECT_TRUE(one["length"].is_string()) << one;
      found.push_back(one["name"]);
    }
    return found;
  }

  const std::string dataset_id;
};

using Names = std::vector<std::string>;

TEST_F(DataAccess, FilesOfABatch) {  // 11
  const std::string id = landed({{"a", 3}, {"b", 2}});
  const Answer answer = get(at("/batches/" + id + "/files"));
  EXPECT_EQ(answer.status, 200) << answer;
  const auto parts = *catalog->files_of_batch(*database, scope.sandbox, id);
  const std::string time = std::to_string(parts[0].created_ms);
  EXPECT_EQ(answer.body["data"], Json::array({{{"dataSetFileId", id + "-1"}, {"dataSetViewId", look_up(dataset_id)->view_id}, {"version", "1.0.0"},
                                               {"created", time}, {"updated", time}, {"records", "5"}, {"size", std::to_string(parts[0].bytes + parts[1].bytes)},
                                               {"isValid", true}, {"_links", {{"self", {{"href", "http://foz.test/data/foundation/export/files/" + id + "-1"}}}}}}}));
  EXPECT_EQ(answer.body["_page"], (Json{{"limit", 100}, {"count", 1}}));
  EXPECT_EQ(answer.body["_links"], (Json{{"page", {{"href", "http://foz.test/data/foundation/export/batches/" + id + "/files{?start,limit}"}, {"templated", true}}}}));
  const Answer behind = get(at("/batches/" + id + "/files?start=1&limit=1"));
  EXPECT_EQ(behind.body["data"], Json::array());
  EXPECT_EQ(behind.body["_page"], (Json{{"limit", 1}, {"count", 0}}));
}

TEST_F(DataAccess, BatchesThatDidNotSucceedShowNoFiles) {  // 11
  const std::string loading = open({.dataset = dataset_id})->id, failed = failed_batch(), reverted = landed({{"a", 1}});
  ASSERT_TRUE(revert(reverted));
  for (const std::string& id : {loading, failed, reverted}) {
    const Answer answer = get(at("/batches/" + id + "/files"));
    EXPECT_EQ(answer.status, 200) << id;
    EXPECT_EQ(answer.body["data"], Json::array()) << id;
    EXPECT_EQ(get(at("/files/" + id + "-1")).status, 404) << id;
  }
}

TEST_F(DataAccess, PartsOfAFile) {  // 12, 15
  const std::string id = landed({{"a", 1}, {"b", 1}, {"c", 1}});
  const std::string file = at("/files/" + id + "-1");
  const Names all = {"part-00000.parquet", "part-00001.parquet", "part-00002.parquet"};
  struct Case { std::string_view query; Names wanted; std::string_view next; };
  const Case kCases[] = {{"", all, ""},
                         {"?limit=2", {all[0], all[1]}, "?start=2&limit=2"},
                         {"?start=2&limit=2", {all[2]}, ""},
                         {"?start=part-00000.parquet", {all[1], all[2]}, ""},
                         {"?start=part-00000.parquet&limit=1", {all[1]}, "?start=2&limit=1"},
                         {"?start=part-00002.parquet", {}, ""},
                         {"?start=7", {}, ""}};
  for (const Case& c : kCases) {
    const Answer answer = get(file + std::string(c.query));
    EXPECT_EQ(answer.status, 200) << c.query << answer;
    EXPECT_EQ(names(answer), c.wanted) << c.query;
    EXPECT_EQ(answer.body["_page"]["count"], c.wanted.size()) << c.query;
    if (c.next.empty()) {
      EXPECT_FALSE(answer.body.contains("_links")) << c.query;
    } else {
      EXPECT_EQ(answer.body["_links"]["next"]["href"], "http://foz.test" + file + std::string(c.next));
    }
  }
  const Answer list = get(file);
  EXPECT_EQ(href(list, 1), "http://foz.test" + file + "?path=part-00001.parquet");
  EXPECT_EQ(list.body["data"][1]["length"], std::to_string(follow(href(list, 1)).text.size()));
}

TEST_F(DataAccess, PagesRefuseWrongParameters) {  // 15, 16
  const std::string id = landed({{"a", 1}});
  for (const std::string& list : {"/files/" + id + "-1", "/batches/" + id + "/files"}) {
    for (const char* query : {"limit=0", "limit=101", "limit=x", "start=-1", "start=none"}) {
      const Answer answer = get(at(list + "?" + query));
      EXPECT_EQ(answer.status, 400) << list << query;
      EXPECT_EQ(text_of(answer.body, "type"), "http://ns.adobe.com/aep/errors/ACCESS-1000-400");
    }
  }
}

TEST_F(DataAccess, BytesOfAPart) {  // 12
  const std::string id = landed({{"a", 3}});
  const std::string path = at("/files/" + id + "-1?path=part-00000.parquet");
  const Answer answer = get(path, {{"Accept", "application/json"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text.substr(0, 4), "PAR1");
  EXPECT_EQ(answer.text.substr(answer.text.size() - 4), "PAR1");
  EXPECT_EQ(answer.header("Content-Type"), "application/parquet");
  EXPECT_EQ(answer.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=\"part-00000.parquet\"");
  EXPECT_THAT(answer.header("ETag"), MatchesRegex("\"[0-9a-f]{32}\""));
  EXPECT_EQ(get(path).header("ETag"), answer.header("ETag"));
}

TEST_F(DataAccess, RangesOfAPart) {  // 12
  const std::string id = landed({{"a", 3}});
  const std::string path = at("/files/" + id + "-1?path=part-00000.parquet");
  const Answer whole = get(path);
  const std::string total = std::to_string(whole.text.size());
  struct Case { const char* name; http::Headers headers; std::string query; int status; std::string range; size_t offset, length; };
  const Case kCases[] = {
      {"header", {{"Range", "bytes=0-3"}}, "", 206, "bytes 0-3/" + total, 0, 4},
      {"query", {}, "&range=bytes=4-7", 206, "bytes 4-7/" + total, 4, 4},
      {"header wins", {{"Range", "bytes=0-3"}}, "&range=bytes=4-7", 206, "bytes 0-3/" + total, 0, 4},
      {"beyond the end", {{"Range", "bytes=8-99999"}}, "", 206, "bytes 8-99999/" + total, 8, whole.text.size() - 8},
      {"open", {{"Range", "bytes=8-"}}, "", 206, "bytes 8-" + std::to_string(whole.text.size() - 1) + "/" + total, 8, whole.text.size() - 8},
      {"suffix", {{"Range", "bytes=-4"}}, "", 206, "bytes " + std::to_string(whole.text.size() - 4) + "-" + std::to_string(whole.text.size() - 1) + "/" + total, whole.text.size() - 4, 4},
      {"malformed", {{"Range", "bytes=x"}}, "", 200, "", 0, whole.text.size()},
      {"several", {{"Range", "bytes=0-1,3-4"}}, "", 200, "", 0, whole.text.size()},
      {"same state", {{"Range", "bytes=0-3"}, {"If-Range", whole.header("ETag")}}, "", 206, "bytes 0-3/" + total, 0, 4},
      {"another state", {{"Range", "bytes=0-3"}, {"If-Range", "\"old\""}}, "", 200, "", 0, whole.text.size()},
  };
  for (const Case& c : kCases) {
    const Answer answer = get(path + c.query, c.headers);
    EXPECT_EQ(answer.status, c.status) << c.name;
    EXPECT_EQ(answer.header("Content-Range"), c.range) << c.name;
    EXPECT_EQ(answer.text, whole.text.substr(c.offset, c.length)) << c.name;
  }
  services->settings.clamp_content_range = true;
  EXPECT_EQ(get(path, {{"Range", "bytes=8-99999"}}).header("Content-Range"), "bytes 8-" + std::to_string(whole.text.size() - 1) + "/" + total);
}

TEST_F(DataAccess, RangeBehindTheEnd) {  // 12, 16
  const std::string id = landed({{"a", 3}});
  const std::string path = at("/files/" + id + "-1?path=part-00000.parquet");
  const size_t total = get(path).text.size();
  const Answer answer = get(path, {{"Range", "bytes=" + std::to_string(total) + "-"}});
  EXPECT_EQ(answer.status, 416);
  EXPECT_EQ(answer.header("Content-Range"), "bytes */" + std::to_string(total));
  EXPECT_EQ(text_of(answer.body, "type"), "http://ns.adobe.com/aep/errors/ACCESS-1000-416");
}

TEST_F(DataAccess, LargeDownloadsAreNeverLoaded) {  // constant memory
  const std::string id = landed({{"a", 3}});
  const auto send_raw = [&](http::Headers more) {
    http::Request request{.url = at("/files/" + id + "-1?path=part-00000.parquet"), .headers = {{"Authorization", "Bearer " + token_of(client.client)},
                                                                                                   {"x-api-key", client.client.client_id}, {"x-gw-ims-org-id", organisation->id()}}};
    for (const auto& [name, value] : more) request.headers.set(name, value);
    return gateway->handle(std::move(request));
  };
  for (const http::Headers& headers : {http::Headers{}, http::Headers{{"Range", "bytes=2-9"}}}) {
    const http::Response response = send_raw(headers);
    ASSERT_TRUE(response.file.has_value());
    EXPECT_TRUE(response.body.empty());
    EXPECT_EQ(response.file->offset, headers.has("Range") ? 2U : 0U);
  }
}

TEST_F(DataAccess, HeadTellsTheSize) {  // 12
  const std::string id = landed({{"a", 3}});
  const Answer answer = head(at("/files/" + id + "-1?path=part-00000.parquet"), {{"Range", "bytes=0-3"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(answer.text.size(), get(at("/files/" + id + "-1?path=part-00000.parquet")).text.size());
  EXPECT_EQ(head(at("/files/" + id + "-1")).status, 400);
  EXPECT_EQ(head(at("/files/none-1?path=x")).status, 404);
}

TEST_F(DataAccess, UnknownThingsAreNotFound) {  // 11-14, 16
  const std::string id = landed({{"a", 3}});
  for (const std::string& path : {std::string("/batches/none/files"), std::string("/batches/none/failed"), std::string("/batches/none/meta"), std::string("/files/none"),
                                  std::string("/files/none-1"), "/files/" + id, "/files/" + id + "-2", "/files/" + id + "-1?path=part-00001.parquet",
                                  "/files/" + id + "-1?path=../../foz.db", "/batches/" + id + "/meta", "/batches/" + id + "/failed", std::string("/datasets/none/preview")}) {
    const Answer answer = get(at(path));
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(text_of(answer.body, "type"), "http://ns.adobe.com/aep/errors/ACCESS-1000-404") << path;
    EXPECT_EQ(text_of(answer.body, "title"), "Not Found") << path;
    EXPECT_EQ(text_of(answer.body["report"], "timestamp"), "2020-11-10T17:36:31Z") << path;
    EXPECT_EQ(text_of(answer.body["report"], "requestId"), answer.header("x-request-id")) << path;
  }
}

TEST_F(DataAccess, WrongVerbsAndLongAddresses) {  // 16
  const Answer wrong = post(at("/batches/none/files"), Json::object());
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET");
  EXPECT_EQ(text_of(wrong.body, "type"), "http://ns.adobe.com/aep/errors/ACCESS-1000-405");
  const std::string base = at("/files/x?path=");
  const Answer fits = get(base + std::string(2000 - base.size(), 'a')), too_long = get(base + std::string(2001 - base.size(), 'a'));
  EXPECT_EQ(fits.status, 404);
  EXPECT_EQ(too_long.status, 414);
  EXPECT_EQ(text_of(too_long.body, "type"), "http://ns.adobe.com/aep/errors/ACCESS-1000-414");
}

TEST_F(DataAccess, DiagnosticsOfABatch) {  // 10, 13
  const std::string id = failed_batch();
  const std::filesystem::path kept = catalog->diagnostics_folder(scope.sandbox, id);
  keep(kept / "row_errors" / "conversion_errors_0.json", "{\"a\": 1}\n");
  keep(kept / "row_errors" / "parsing_errors_0.json", "{\"b\": 12}\n");
  keep(kept / "input_files" / "fileMetaData1.json", "{\"path\": \"F1.json\"}\n");
  keep(kept / "row_errors_sample.json", "[{\"a\": 1}]");
  keep(kept / "row_warnings_sample.json", "[{\"c\": 3}]");
  const std::string meta = at("/batches/" + id + "/meta");
  const Answer folders = get(meta);
  EXPECT_EQ(names(folders), (Names{"row_errors", "input_files"}));
  EXPECT_EQ(href(folders, 0), "http://foz.test" + meta + "?path=row_errors");
  const Answer errors = follow(href(folders, 0));
  EXPECT_EQ(names(errors), (Names{"row_errors/conversion_errors_0.json", "row_errors/parsing_errors_0.json"}));
  EXPECT_EQ(errors.body["data"][1]["length"], "10");
  EXPECT_EQ(href(errors, 0), "http://foz.test" + meta + "?path=row_errors%2Fconversion_errors_0.json");
  struct Case { std::string_view path; std::string_view text; };
  constexpr Case kCases[] = {{"row_errors/conversion_errors_0.json", "{\"a\": 1}\n"},     {"row_errors%2Fconversion_errors_0.json", "{\"a\": 1}\n"},
                             {"input_files/fileMetaData1.json", "{\"path\": \"F1.json\"}\n"}, {"row_errors_sample.json", "[{\"a\": 1}]"},
                             {"row_error_samples.json", "[{\"a\": 1}]"},                      {"row_warnings_sample.json", "[{\"c\": 3}]"}};
  for (const Case& c : kCases) {
    const Answer answer = get(meta + "?path=" + std::string(c.path));
    EXPECT_EQ(answer.text, c.text) << c.path;
    EXPECT_EQ(answer.header("Content-Type"), "application/json") << c.path;
  }
  EXPECT_EQ(names(get(meta + "?path=input_files")), Names{"input_files/fileMetaData1.json"});
  EXPECT_EQ(names(get(meta + "?path=row_errors/&limit=1")), Names{"row_errors/conversion_errors_0.json"});
  const std::string next = get(meta + "?path=row_errors&limit=1").body["_links"]["next"]["href"];
  EXPECT_EQ(names(follow(next)), Names{"row_errors/parsing_errors_0.json"}) << next << ": the next page is of the same folder";
  EXPECT_EQ(get(meta + "?path=row_errors/conversion_errors_0.json", {{"Range", "bytes=1-3"}}).text, "\"a\"");
  for (const char* path : {"row_errors/none.json", "none", "../x", "row_errors/../../../foz.db", "row_errors/conversion_errors_0.json/x"}) {
    EXPECT_EQ(get(meta + "?path=" + path).status, 404) << path;
  }
}

TEST_F(DataAccess, WhatAFailedBatchCouldNotTake) {  // 10, 13
  const std::string id = failed_batch();
  keep(catalog->upload_folder(scope.sandbox, id) / "files" / "year=2020" / "a b.json", "{}\n");
  keep(catalog->upload_folder(scope.sandbox, id) / "files" / "b.json", "{\"x\": 1}\n");
  const std::string failed = at("/batches/" + id + "/failed");
  const Answer list = get(failed);
  EXPECT_EQ(names(list), (Names{"_SUCCESS", "b.json", "year=2020/a b.json"}));
  EXPECT_EQ(list.body["data"][0]["length"], "0");
  EXPECT_EQ(href(list, 2), "http://foz.test" + failed + "?path=year%3D2020%2Fa%20b.json");
  EXPECT_EQ(follow(href(list, 2)).text, "{}\n");
  const Answer marker = follow(href(list, 0));
  EXPECT_EQ(marker.status, 200);
  EXPECT_EQ(marker.text, "");
  EXPECT_EQ(get(failed + "?path=b.json", {{"Range", "bytes=0-1"}}).text, "{\"");
  EXPECT_EQ(get(failed + "?path=none").status, 404);
  // Rejected rows stand in for an input that is not kept; the input of a batch that loads is nobody's business.
  const std::string flow = failed_batch(), loading = open({.dataset = dataset_id})->id;
  keep(catalog->diagnostics_folder(scope.sandbox, flow) / "row_errors" / "validation_errors_0.json", "{}\n");
  keep(catalog->upload_folder(scope.sandbox, loading) / "files" / "a.json", "{}\n");
  EXPECT_EQ(names(get(at("/batches/" + flow + "/failed"))), (Names{"_SUCCESS", "validation_errors_0.json"}));
  EXPECT_EQ(get(at("/batches/" + loading + "/failed")).status, 404);
}

TEST_F(DataAccess, PreviewShowsTheNewestRows) {  // 14
  EXPECT_EQ(get(at("/datasets/" + dataset_id + "/preview")).body, (Json{{"data", Json::array()}}));
  landed({{"old", 90}});
  landed({{"new", 20}});
  const Answer answer = get(at("/datasets/" + dataset_id + "/preview"));
  EXPECT_EQ(answer.status, 200) << answer;
  ASSERT_EQ(answer.body["data"].size(), 100U);
  EXPECT_EQ(answer.body["data"][0], (Json{{"_id", "new0"}, {"person", {{"born", "1990-01-02"}, {"name", {{"first", "Ana"}}}}}, {"seen", "2020-11-10T17:36:30.000Z"}}));
  EXPECT_EQ(answer.body["data"][20]["_id"], "old0");
  EXPECT_EQ(get(at("/dataSets/" + dataset_id + "/preview")).body, answer.body);
}

TEST_F(DataAccess, SandboxesAndRights) {  // Sandbox and authentication 4, 5.7
  const std::string id = landed({{"a", 3}});
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  for (const std::string& path : {"/batches/" + id + "/files", "/files/" + id + "-1", "/files/" + id + "-1?path=part-00000.parquet", "/datasets/" + dataset_id + "/preview"}) {
    EXPECT_EQ(get(at(path), {{"x-sandbox-name", "dev"}}).status, 404) << path;
    EXPECT_EQ(get(at(path), {{"Authorization", ""}}).status, 403) << path;
  }
  become(add_client("viewer", {"prod"}));
  EXPECT_EQ(get(at("/files/" + id + "-1")).status, 200);
}

TEST_F(DataAccess, LinksFollowTheRequest) {  // 12: `{public}`
  services->settings.public_url = "";
  const std::string id = landed({{"a", 1}});
  struct Case { const char* name; http::Headers headers; std::string wanted; };
  const Case kCases[] = {{"host", {{"Host", "foz.example:8080"}}, "http://foz.example:8080"},
                         {"forwarded", {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "data.example"}}, "https://data.example"}};
  for (const Case& c : kCases) EXPECT_EQ(href(get(at("/batches/" + id + "/files"), c.headers), 0), c.wanted + "/data/foundation/export/files/" + id + "-1") << c.name;
}

}  // namespace
}  // namespace foz::api
