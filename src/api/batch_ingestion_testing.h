#pragma once
// The ingestion API over a catalog and an ingestor that works when it is told to, for tests.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "api/testing.h"
#include "base/text.h"
#include "catalog/testing.h"
#include "schedule/ingest/ingestor.h"

namespace foz::api {

inline const std::string kImport = "/data/foundation/import";
inline const std::string kExport = "/data/foundation/export";
inline const std::string kCatalog = "/data/foundation/catalog";

inline registry::Node node_of(const char* properties) {
  registry::Node root = registry::node_of(*parse_json(std::string(R"({"type": "object", "required": ["_id"], "properties": )") + properties + "}"));
  registry::IdTable ids;
  registry::assign_ids(root, ids);
  return root;
}

/// Data sets: `dataset_id` with nested fields and _id required, `flat_id` with few columns.
class BatchIngestion : public ApiFixture {
 protected:
  BatchIngestion() : ApiFixture({ingestion_routes(), access_routes(), catalog_routes()}) {
    roots["https://ns.adobe.com/foz/schemas/crm"] = node_of(R"({
        "_id": {"type": "string", "meta:xdmType": "string"}, "personalEmail": {"type": "object", "meta:xdmType": "object", "properties": {"address": {"type": "string", "meta:xdmType": "string"}}},
        "person": {"type": "object", "meta:xdmType": "object", "properties": {"name": {"type": "object", "meta:xdmType": "object", "properties": {"firstName": {"type": "string", "meta:xdmType": "string"}}}}}})");
    roots["https://ns.adobe.com/foz/schemas/event"] = node_of(R"({"_id": {"type": "string", "meta:xdmType": "string"}, "_foz": {"type": "object", "meta:xdmType": "object", "properties": {
        "age": {"type": "integer", "meta:xdmType": "int"}, "name": {"type": "string", "meta:xdmType": "string"}}}})");
    restart();
    dataset_id = create(catalog::crm_dataset())->id;
    flat_id = create({{"name", "flat"}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/event"}}}})->id;
  }

  /// As after a crash: what is stored is all there is.
  void restart() {
    const auto root_of = [this](std::string_view, std::string_view id) -> Result<std::shared_ptr<const registry::Node>> { return std::make_shared<const registry::Node>(roots.at(std::string(id))); };
    ingestor = std::make_unique<schedule::Ingestor>(schedule::IngestorParts{.database = *database, .files = files, .catalog = *catalog, .schema_root = root_of, .clock = clock},
                                                    schedule::IngestSettings{});
    services->ingestor = ingestor.get();
  }
  void work() {
    const Status worked = ingestor->work_off();
    EXPECT_TRUE(worked) << (worked ? "" : to_string(worked.error()));
  }

  std::string batch_of(Json body) {
    if (!body.contains("datasetId")) body["datasetId"] = dataset_id;
    const Answer answer = post(kImport + "/batches", body);
    EXPECT_EQ(answer.status, 201) << answer;
    return text_of(answer.body, "id");
  }
  std::string json_batch() { return batch_of({{"inputFormat", {{"format", "json"}}}}); }
  std::string file_path(const std::string& batch, const std::string& file = "a.json", const std::string& dataset = "") {
    return kImport + "/batches/" + batch + "/datasets/" + (dataset.empty() ? dataset_id : dataset) + "/files/" + file;
  }
  Answer upload(const std::string& path, const std::string& bytes, const http::Headers& headers = {}) {
    http::Headers all = {{"Content-Type", "application/octet-stream"}};
    for (const auto& [name, value] : headers) all.set(name, value);
    return send(http::Verb::put, path, {.body = bytes, .headers = all});
  }
  Answer chunk(const std::string& path, const std::string& range, const std::string& bytes, const http::Headers& headers = {}) {
    http::Headers all = {{"Content-Type", "application/octet-stream"}, {"Content-Range", range}};
    for (const auto& [name, value] : headers) all.set(name, value);
    return send(http::Verb::patch, path, {.body = bytes, .headers = all});
  }
  Answer act(const std::string& batch, const std::string& action) { return send(http::Verb::post, kImport + "/batches/" + batch + "?action=" + action); }
  /// Uploads a file, completes the batch and has it ingested.
  Json ingested(const std::string& batch, const std::string& bytes, const std::string& dataset = "") {
    EXPECT_EQ(upload(file_path(batch, "a.json", dataset), bytes).status, 200);
    EXPECT_EQ(act(batch, "COMPLETE").status, 200);
    work();
    return object(batch);
  }
  Json object(const std::string& batch) { return get(kCatalog + "/batches/" + batch).body.value(batch, Json()); }
  Json preview(const std::string& dataset = "") { return get(kExport + "/datasets/" + (dataset.empty() ? dataset_id : dataset) + "/preview").body["data"]; }

  lake::LocalFileIo files;
  std::map<std::string, registry::Node> roots;
  std::unique_ptr<schedule::Ingestor> ingestor;
  std::string dataset_id, flat_id;
};

}  // namespace foz::api
