#pragma once
// A catalog over a database of its own, for tests.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/json_patch.h"
#include "base/random.h"
#include "base/testing.h"
#include "base/time_text.h"
#include "catalog/catalog.h"

namespace foz::catalog {

/// Verbs over a catalog whose registry knows the schemas in `schemas`.
class CatalogFixture : public ::testing::Test {
 protected:
  CatalogFixture() {
    auto opened = store::open_sqlite({.file = folder.path() / "foz.db"});
    FOZ_CHECK(opened.has_value(), opened ? "" : opened.error().message);
    database = std::move(*opened);
    schemas["https://ns.adobe.com/foz/schemas/crm"] = {.id = "https://ns.adobe.com/foz/schemas/crm", .title = "CRM", .behavior = "record"};
    schemas["https://ns.adobe.com/foz/schemas/profile"] = {.id = "https://ns.adobe.com/foz/schemas/profile", .title = "Profile", .behavior = "record", .in_union = true};
    schemas["https://ns.adobe.com/foz/schemas/event"] = {.id = "https://ns.adobe.com/foz/schemas/event", .title = "Events", .behavior = "time-series"};
    open_catalog({});
  }

  void open_catalog(CatalogSettings settings) {
    settings.data_dir = folder.path() / "data";
    settings.org_id = "ABCDEF@AdobeOrg";
    catalog.emplace(
        [this](std::string_view, const SchemaRef& ref) -> Result<SchemaFacts> {
          const auto found = schemas.find(ref.id);
          if (found == schemas.end()) return Error{.kind = ErrorKind::not_found, .message = "no schema " + ref.id};
          return found->second;
        },
        clock, random, settings);
  }

  template <class Body>
  auto write(Body&& body) { return database->write_value(std::forward<Body>(body)); }

  Result<Dataset> create(const Json& body) {
    const Schemas known = catalog->schemas_of(scope.sandbox, {body});
    return write([&](store::Transaction& tx) { return catalog->create_dataset(tx, scope, body, known); });
  }
  Result<Dataset> change(const std::string& id, const Catalog::Edit& edit, const Precondition& precondition = {}) {
    TRY(const Schemas known, catalog->schemas_of_change(*database, scope.sandbox, id, edit));
    return write([&](store::Transaction& tx) { return catalog->change_dataset(tx, scope, id, edit, precondition, known); });
  }
  Result<Batch> open(const NewBatch& wanted) {
    return write([&](store::Transaction& tx) { return catalog->open_batch(tx, scope, wanted); });
  }
  Result<Batch> commit(const std::string& id, const BatchResult& result) {
    return write([&](store::Transaction& tx) { return catalog->commit_batch(tx, scope.sandbox, id, result); });
  }
  Result<Batch> revert(const std::string& id) {
    return write([&](store::Transaction& tx) { return catalog->revert_batch(tx, scope, id); });
  }
  Result<Dataset> look_up(const std::string& id) { return catalog->dataset(*database, scope.sandbox, id); }
  Json listed(Result<Json> list) { return list ? *list : Json{{"error", to_string(list.error())}}; }

  /// A result with one file of `records` rows and one leaf that holds values.
  BatchResult one_file(const Dataset& dataset, const std::string& batch, int64_t records) {
    const std::filesystem::path path = catalog->batch_folder(scope.sandbox, dataset.id, batch) / "part-00000.parquet";
    BatchResult result;
    result.files.push_back({.name = "part-00000.parquet",
                            .path = path.lexically_relative(catalog->settings().data_dir),
                            .bytes = 100 * records,
                            .records = records,
                            .layout = {{.name = "_id", .kind = engine::Kind::string, .id = 1}, {.name = "age", .kind = engine::Kind::int32, .id = 2}},
                            .statistics = {{"_id", {{"values", records}, {"nulls", 0}}}, {"age", {{"values", records}, {"nulls", records}}}}});
    result.counts = {.input_bytes = 50 * records, .input_files = 1, .records_read = records, .records_written = records, .output_bytes = 100 * records, .output_files = 1};
    return result;
  }

  TemporaryFolder folder;
  ManualClock clock{*parse_iso_instant("2020-11-10T17:36:30Z")};
  SeededRandom random{7};
  std::unique_ptr<store::Database> database;
  std::map<std::string, SchemaFacts, std::less<>> schemas;
  std::optional<Catalog> catalog;
  Scope scope{.sandbox = "sandbox-1", .client = "client-1", .user = "user-1@AdobeID"};
  const Outside outside{.org_id = "ABCDEF@AdobeOrg", .public_url = "http://foz.test"};
};

inline Json crm_dataset(std::string name = "Target Dataset for CRM data") {
  return {{"name", std::move(name)}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/crm"}, {"contentType", "application/vnd.adobe.xed-full-notext+json; version=1"}}}};
}

}  // namespace foz::catalog
