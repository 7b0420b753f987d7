#include "catalog/dataset_store.h"

#include "catalog/stored_rows.h"

namespace foz::catalog {
namespace {

constexpr std::string_view kDatasetColumns =
    "id, etag, created_ms, updated_ms, doc, table_name, view_id, records, bytes, snapshot, observed, "
    "last_batch, last_status, last_success, last_failure";

Error damaged_dataset(const std::string& id) {
  return Error{.kind = ErrorKind::corrupt, .message = "the stored data set " + id + " cannot be read"};
}

Result<Dataset> dataset_of_row(std::string_view sandbox, const store::Row& row) {
  auto doc = parse_json(row.text(4), {.depth_max = 256});
  if (!doc) return damaged_dataset(row.text(0));
  Dataset dataset{.sandbox = std::string(sandbox),
                  .id = row.text(0),
                  .version = row.text(1),
                  .created_ms = row.integer(2),
                  .updated_ms = row.integer(3),
                  .view_id = row.text(6),
                  .table_name = row.text(5),
                  .doc = std::move(*doc)};
  TableState& state = dataset.state;
  state.records = row.integer(7);
  state.bytes = row.integer(8);
  state.snapshot = row.integer(9);
  if (const std::string observed = row.text(10); !observed.empty()) {
    auto schema = parse_json(observed, {.depth_max = 256});
    if (!schema) return damaged_dataset(dataset.id);
    state.observed = std::move(*schema);
  }
  state.last_batch = row.text(11);
  state.last_status = row.text(12);
  state.last_success = row.text(13);
  state.last_failure = row.text(14);
  return dataset;
}

}  // namespace

Status each_dataset(store::Reader& reader, std::string_view sandbox, const Where& where, const std::function<bool(Dataset)>& visit) {
  return each_stored<Dataset>(reader, "SELECT " + std::string(kDatasetColumns) + " FROM datasets WHERE sandbox = ?", sandbox, where,
                              [&](const store::Row& row) { return dataset_of_row(sandbox, row); }, visit);
}

Result<Dataset> find_dataset(store::Reader& reader, std::string_view sandbox, std::string_view column, std::string_view value) {
  std::optional<Dataset> found;
  TRY_DO(each_dataset(reader, sandbox, {.condition = std::string(column) + " = ?", .parameters = {std::string(value)}}, [&](Dataset dataset) {
    found = std::move(dataset);
    return false;
  }));
  if (!found) return Error{.kind = ErrorKind::not_found, .message = "there is no data set " + std::string(value)};
  return std::move(*found);
}

Status insert_dataset(store::Transaction& transaction, const Dataset& dataset) {
  TRY([[maybe_unused]] const auto rows,
      transaction.exec("INSERT INTO datasets (sandbox, id, etag, created_ms, updated_ms, doc, name, table_name, view_id, schema_id) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       {dataset.sandbox, dataset.id, dataset.version, dataset.created_ms, dataset.updated_ms, to_text(dataset.doc),
                        dataset.name(), dataset.table_name, dataset.view_id, dataset.schema_id()}));
  return {};
}

Status update_dataset(store::Transaction& transaction, const Dataset& dataset, std::string_view expected_version) {
  TRY(const int64_t rows,
      transaction.exec("UPDATE datasets SET etag = ?, updated_ms = ?, doc = ?, name = ?, table_name = ?, schema_id = ? "
                       "WHERE sandbox = ? AND id = ? AND etag = ?",
                       {dataset.version, dataset.updated_ms, to_text(dataset.doc), dataset.name(), dataset.table_name,
                        dataset.schema_id(), dataset.sandbox, dataset.id, std::string(expected_version)}));
  if (rows == 1) return {};
  return Error{.kind = ErrorKind::conflict, .message = "the data set " + dataset.id + " was changed by somebody else meanwhile: read it again"};
}

Status remove_dataset(store::Transaction& transaction, std::string_view sandbox, std::string_view id) {
  for (const std::string_view sql : {"DELETE FROM datasets WHERE sandbox = ? AND id = ?",
                                     "DELETE FROM dataset_files WHERE sandbox = ? AND dataset = ?",
                                     "DELETE FROM dataset_layouts WHERE sandbox = ? AND dataset = ?",
                                     "DELETE FROM dataset_column_ids WHERE sandbox = ? AND dataset = ?",
                                     "DELETE FROM dataset_labels WHERE sandbox = ? AND id = ?"}) {
    TRY([[maybe_unused]] const auto rows, transaction.exec(sql, {std::string(sandbox), std::string(id)}));
  }
  return forget_tags(transaction, {std::string(sandbox), "dataSets", std::string(id)});
}

Status change_state(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const StateChange& change) {
  std::string sql = "UPDATE datasets SET records = records + ?, bytes = bytes + ?, snapshot = snapshot + ?";
  store::Values values = {change.records, change.bytes, int64_t{change.files_changed ? 1 : 0}};
  if (!change.observed.is_null()) {
    sql += ", observed = ?";
    values.push_back(to_text(change.observed));
  }
  values.push_back(std::string(sandbox));
  values.push_back(std::string(id));
  TRY([[maybe_unused]] const auto rows, transaction.exec(sql + " WHERE sandbox = ? AND id = ?", values));
  return {};
}

Status index_tags(store::Transaction& transaction, const TaggedObject& object, const Json& tags) {
  TRY_DO(forget_tags(transaction, object));
  for (const auto& [tag, value] : tags.items()) {
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& one : list) {
      TRY([[maybe_unused]] const auto rows,
          transaction.exec("INSERT INTO catalog_tags VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                           {object.sandbox, object.collection, object.id, tag, as_text(one)}));
    }
  }
  return {};
}

Status forget_tags(store::Transaction& transaction, const TaggedObject& object) {
  TRY([[maybe_unused]] const auto rows,
      transaction.exec("DELETE FROM catalog_tags WHERE sandbox = ? AND collection = ? AND id = ?", {object.sandbox, object.collection, object.id}));
  return {};
}

}  // namespace foz::catalog
