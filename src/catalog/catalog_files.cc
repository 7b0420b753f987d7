// Files and tags of the catalog. Follows: Catalog contract, 6.2 and 7.
#include "catalog/batch_store.h"
#include "catalog/catalog.h"
#include "catalog/pushdown.h"

namespace foz::catalog {
namespace {

Result<std::vector<DatasetFile>> collect_files(store::Reader& reader, std::string_view sandbox, const Where& where) {
  std::vector<DatasetFile> files;
  TRY_DO(each_file(reader, sandbox, where, [&](DatasetFile file) {
    files.push_back(std::move(file));
    return true;
  }));
  return files;
}

/// The batches and data sets that a list of files is about, for the index.
Where where_of_files(const Listing& listing) {
  Where where;
  for (const auto& [path, column] : {std::pair("batchId", "f.batch"), std::pair("dataSetId", "f.dataset"), std::pair("dataSetViewId", "d.view_id")}) {
    const auto wanted = wanted_values(listing, path);
    if (!wanted || wanted->size() != 1) continue;
    where.condition += " AND " + std::string(column) + " = ?";
    where.parameters.push_back(wanted->front());
  }
  if (const auto ids = wanted_values(listing, "id"); ids && ids->size() == 1) {
    const auto batch = batch_of_file(ids->front());
    where.condition += " AND f.batch = ?";
    where.parameters.push_back(batch ? *batch : "");
  }
  return where;
}

}  // namespace

Result<std::vector<DatasetFile>> Catalog::files_of(store::Reader& reader, std::string_view sandbox, std::string_view dataset) const {
  return collect_files(reader, sandbox, {.condition = "f.dataset = ?", .parameters = {std::string(dataset)}, .order = "f.created_ms, f.batch, f.name"});
}

Result<std::vector<DatasetFile>> Catalog::files_of_batch(store::Reader& reader, std::string_view sandbox, std::string_view batch) const {
  return collect_files(reader, sandbox, {.condition = "f.batch = ?", .parameters = {std::string(batch)}, .order = "f.name"});
}

Result<Json> Catalog::list_files(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const {
  const Where where = where_of_files(listing);
  store::Values values = {std::string(sandbox)};
  values.insert(values.end(), where.parameters.begin(), where.parameters.end());
  Selection selection(listing);
  Status damage;
  TRY_DO(reader.each("SELECT f.batch, f.dataset, d.view_id, sum(f.bytes), sum(f.records), min(f.created_ms), b.doc FROM dataset_files f "
                     "JOIN datasets d ON d.sandbox = f.sandbox AND d.id = f.dataset "
                     "JOIN batches b ON b.sandbox = f.sandbox AND b.id = f.batch "
                     "WHERE f.sandbox = ?" + where.condition +
                         " GROUP BY f.batch, f.dataset, d.view_id, b.doc ORDER BY min(f.created_ms) DESC, f.batch",
                     values, [&](const store::Row& row) {
    const BatchFile file{.batch = row.text(0), .dataset = row.text(1), .bytes = row.integer(3), .records = row.integer(4), .created_ms = row.integer(5)};
    auto doc = parse_json(row.text(6), {.depth_max = 256});
    if (!doc) {
      damage = std::move(doc).error();
      return false;
    }
    return selection.add({file.id(), {{"id", file.id()},
                                      {"batchId", file.batch},
                                      {"dataSetId", file.dataset},
                                      {"dataSetViewId", row.text(2)},
                                      {"imsOrg", outside.org_id},
                                      {"sandboxId", sandbox},
                                      {"createdUser", text_of(*doc, "createdUser")},
                                      {"createdClient", text_of(*doc, "createdClient")},
                                      {"updatedUser", text_of(*doc, "updatedUser")},
                                      {"version", "1.0.0"},
                                      {"created", file.created_ms},
                                      {"updated", file.created_ms},
                                      {"isValid", true},
                                      {"size", file.bytes},
                                      {"records", file.records}}});
  }));
  if (!damage) return damage.error();
  return selection.take();
}

Result<Json> Catalog::tag_values(store::Reader& reader, std::string_view sandbox, std::string_view tag) const {
  Json result = {{"dataSets", Json::array()}, {"batches", Json::array()}};
  bool found = false;
  TRY_DO(reader.each("SELECT DISTINCT collection, value FROM catalog_tags WHERE sandbox = ? AND tag = ? ORDER BY value",
                     {std::string(sandbox), std::string(tag)}, [&](const store::Row& row) {
    result[row.text(0)].push_back(row.text(1));
    return found = true;
  }));
  if (!found) return Error{.kind = ErrorKind::not_found, .message = "nothing has the tag " + std::string(tag)};
  return result;
}

}  // namespace foz::catalog
