#include "catalog/batch_store.h"

#include <map>

#include "catalog/stored_rows.h"
#include "security/digest.h"

namespace foz::catalog {
namespace {

constexpr std::string_view kBatchColumns = "id, etag, created_ms, updated_ms, doc, dataset, status, external_id, started_ms, completed_ms";

store::Value value_of(const std::optional<int64_t>& number) { return number ? store::Value(*number) : store::Value(); }

Error damaged(std::string_view what, const std::string& id) {
  return Error{.kind = ErrorKind::corrupt, .message = "the stored " + std::string(what) + " " + id + " cannot be read"};
}

Result<Batch> batch_of_row(std::string_view sandbox, const store::Row& row) {
  auto doc = parse_json(row.text(4), {.depth_max = 256});
  const auto status = status_named(row.text(6));
  if (!doc || !status) return damaged("batch", row.text(0));
  return Batch{.sandbox = std::string(sandbox),
               .id = row.text(0),
               .version = row.text(1),
               .created_ms = row.integer(2),
               .updated_ms = row.integer(3),
               .started_ms = row.maybe_integer(8),
               .completed_ms = row.maybe_integer(9),
               .dataset = row.text(5),
               .status = *status,
               .external_id = row.text(7),
               .doc = std::move(*doc)};
}

/// Reads each stored layout once.
class LayoutCache {
 public:
  Result<Layout> layout(const std::string& digest, const std::string& text) {
    const auto known = layouts_.find(digest);
    if (known != layouts_.end()) return known->second;
    TRY(const Json json, parse_json(text, {.depth_max = 256}));
    TRY(auto fields, layout_from_json(json));
    return layouts_[digest] = std::make_shared<const std::vector<engine::Field>>(std::move(fields));
  }

 private:
  std::map<std::string, Layout> layouts_;
};

Result<DatasetFile> file_of_row(const store::Row& row, LayoutCache& layouts) {
  DatasetFile file{.dataset = row.text(0),
                   .batch = row.text(1),
                   .name = row.text(2),
                   .path = row.text(3),
                   .bytes = row.integer(4),
                   .records = row.integer(5),
                   .created_ms = row.integer(6)};
  auto layout = layouts.layout(row.text(7), row.text(9));
  auto statistics = parse_json(row.text(8));
  if (!layout || !statistics) return damaged("file", file.batch + "/" + file.name);
  file.layout = std::move(*layout);
  file.statistics = std::move(*statistics);
  return file;
}

}  // namespace

Status each_batch(store::Reader& reader, std::string_view sandbox, const Where& where, const std::function<bool(Batch)>& visit) {
  return each_stored<Batch>(reader, "SELECT " + std::string(kBatchColumns) + " FROM batches WHERE sandbox = ?", sandbox, where,
                            [&](const store::Row& row) { return batch_of_row(sandbox, row); }, visit);
}

Result<Batch> find_batch(store::Reader& reader, std::string_view sandbox, std::string_view id) {
  std::optional<Batch> found;
  TRY_DO(each_batch(reader, sandbox, {.condition = "id = ?", .parameters = {std::string(id)}}, [&](Batch batch) {
    found = std::move(batch);
    return false;
  }));
  if (!found) return Error{.kind = ErrorKind::not_found, .message = "Batch " + std::string(id) + " was not found"};
  return std::move(*found);
}

Status insert_batch(store::Transaction& transaction, const Batch& batch) {
  const auto rows = transaction.exec("INSERT INTO batches (sandbox, id, etag, created_ms, updated_ms, doc, dataset, status, external_id, started_ms, completed_ms) "
                                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                     {batch.sandbox, batch.id, batch.version, batch.created_ms, batch.updated_ms, to_text(batch.doc), batch.dataset,
                                      std::string(name_of(batch.status)), batch.external_id, value_of(batch.started_ms), value_of(batch.completed_ms)});
  if (rows) return index_tags(transaction, {batch.sandbox, "batches", batch.id}, batch.doc.at("tags"));
  if (rows.error().kind != ErrorKind::conflict) return rows.error();
  return Error{.kind = ErrorKind::conflict, .message = "a batch " + batch.id + " exists already"};
}

Status update_batch(store::Transaction& transaction, const Batch& batch, std::string_view expected_version) {
  TRY(const int64_t rows,
      transaction.exec("UPDATE batches SET etag = ?, updated_ms = ?, doc = ?, status = ?, external_id = ?, started_ms = ?, completed_ms = ? "
                       "WHERE sandbox = ? AND id = ? AND etag = ?",
                       {batch.version, batch.updated_ms, to_text(batch.doc), std::string(name_of(batch.status)), batch.external_id,
                        value_of(batch.started_ms), value_of(batch.completed_ms), batch.sandbox, batch.id, std::string(expected_version)}));
  if (rows == 1) return index_tags(transaction, {batch.sandbox, "batches", batch.id}, batch.doc.at("tags"));
  return Error{.kind = ErrorKind::conflict, .message = "the batch " + batch.id + " was changed by somebody else meanwhile: read it again"};
}

Status each_file(store::Reader& reader, std::string_view sandbox, const Where& where, const std::function<bool(DatasetFile)>& visit) {
  LayoutCache layouts;
  return each_stored<DatasetFile>(
      reader,
      "SELECT f.dataset, f.batch, f.name, f.path, f.bytes, f.records, f.created_ms, f.layout, f.statistics, l.doc FROM dataset_files f "
      "JOIN dataset_layouts l ON l.sandbox = f.sandbox AND l.dataset = f.dataset AND l.digest = f.layout WHERE f.sandbox = ?",
      sandbox, where, [&](const store::Row& row) { return file_of_row(row, layouts); }, visit);
}

Status insert_file(store::Transaction& transaction, const Batch& batch, const NewFile& file, int64_t now_ms) {
  const std::string layout = to_text(layout_to_json(file.layout));
  const std::string digest = security::sha256_hex(layout).substr(0, 32);
  TRY([[maybe_unused]] const auto made, transaction.exec("INSERT INTO dataset_layouts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                                                         {batch.sandbox, batch.dataset, digest, layout}));
  TRY([[maybe_unused]] const auto rows,
      transaction.exec("INSERT INTO dataset_files (sandbox, dataset, batch, name, path, bytes, records, created_ms, layout, statistics) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       {batch.sandbox, batch.dataset, batch.id, file.name, file.path.string(), file.bytes, file.records, now_ms, digest,
                        to_text(file.statistics)}));
  return {};
}

Result<FileTotals> remove_files(store::Transaction& transaction, std::string_view sandbox, std::string_view batch) {
  const store::Values key = {std::string(sandbox), std::string(batch)};
  TRY(const auto row, transaction.first("SELECT coalesce(sum(records), 0), coalesce(sum(bytes), 0), count(*) FROM dataset_files "
                                        "WHERE sandbox = ? AND batch = ?", key));
  TRY([[maybe_unused]] const auto rows, transaction.exec("DELETE FROM dataset_files WHERE sandbox = ? AND batch = ?", key));
  return FileTotals{.records = row->integer(0), .bytes = row->integer(1), .files = row->integer(2)};
}

Status plan_purge(store::Transaction& transaction, const Purge& purge) {
  TRY([[maybe_unused]] const auto rows,
      transaction.exec("INSERT INTO purges (path, sandbox, batch, after_ms) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET "
                       "after_ms = CASE WHEN excluded.after_ms < purges.after_ms THEN excluded.after_ms ELSE purges.after_ms END",
                       {purge.path, purge.sandbox, purge.batch, purge.after_ms}));
  return {};
}

}  // namespace foz::catalog
