#include "store/resource_table.h"

namespace foz::store {
namespace {

Error nothing_has(std::string_view id) {
  return Error{.kind = ErrorKind::not_found, .message = "nothing has the id " + std::string(id)};
}

/// Documents come from our own writer, so one that does not parse is damage.
Result<Resource> resource_of(std::string_view sandbox, const Row& row) {
  auto doc = parse_json(row.text(4), {.depth_max = 256});
  if (!doc) return Error{.kind = ErrorKind::corrupt, .message = "the stored document " + row.text(0) + " cannot be read"};
  return Resource{.sandbox = std::string(sandbox),
                  .id = row.text(0),
                  .etag = row.text(1),
                  .created_ms = row.integer(2),
                  .updated_ms = row.integer(3),
                  .doc = std::move(*doc)};
}

}  // namespace

Status ResourceTable::insert(Transaction& transaction, const Resource& resource, const Extras& extras) const {
  std::string columns = "sandbox, id, etag, created_ms, updated_ms, doc";
  std::string marks = "?, ?, ?, ?, ?, ?";
  Values values = {resource.sandbox, resource.id, resource.etag, resource.created_ms, resource.updated_ms, to_text(resource.doc)};
  for (const auto& [name, value] : extras) {
    columns += ", " + name;
    marks += ", ?";
    values.push_back(value);
  }
  TRY([[maybe_unused]] const auto rows, transaction.exec("INSERT INTO " + table_ + " (" + columns + ") VALUES (" + marks + ")", values));
  return {};
}

Result<Resource> ResourceTable::find(Reader& reader, std::string_view sandbox, std::string_view id) const {
  TRY(const auto row, reader.first("SELECT id, etag, created_ms, updated_ms, doc FROM " + table_ + " WHERE sandbox = ? AND id = ?",
                                   {std::string(sandbox), std::string(id)}));
  if (!row) return nothing_has(id);
  return resource_of(sandbox, *row);
}

Status ResourceTable::update(Transaction& transaction, const Resource& resource, std::string_view expected_etag,
                             const Extras& extras) const {
  std::string sql = "UPDATE " + table_ + " SET etag = ?, updated_ms = ?, doc = ?";
  Values values = {resource.etag, resource.updated_ms, to_text(resource.doc)};
  for (const auto& [name, value] : extras) {
    sql += ", " + name + " = ?";
    values.push_back(value);
  }
  sql += " WHERE sandbox = ? AND id = ?";
  values.push_back(resource.sandbox);
  values.push_back(resource.id);
  if (!expected_etag.empty()) {
    sql += " AND etag = ?";
    values.push_back(std::string(expected_etag));
  }
  TRY(const int64_t changed, transaction.exec(sql, values));
  if (changed == 1) return {};
  TRY([[maybe_unused]] const Resource other, find(transaction, resource.sandbox, resource.id));
  return Error{.kind = ErrorKind::conflict, .message = resource.id + " was changed by somebody else meanwhile: read it again"};
}

Status ResourceTable::remove(Transaction& transaction, std::string_view sandbox, std::string_view id) const {
  TRY(const int64_t changed, transaction.exec("DELETE FROM " + table_ + " WHERE sandbox = ? AND id = ?",
                                              {std::string(sandbox), std::string(id)}));
  if (changed == 0) return nothing_has(id);
  return {};
}

Status ResourceTable::each(Reader& reader, std::string_view sandbox, std::string_view condition, const Values& parameters,
                           std::string_view order, const std::function<bool(Resource)>& visit) const {
  std::string sql = "SELECT id, etag, created_ms, updated_ms, doc FROM " + table_ + " WHERE sandbox = ?";
  if (!condition.empty()) sql += " AND (" + std::string(condition) + ")";
  if (!order.empty()) sql += " ORDER BY " + std::string(order);
  Values values = {std::string(sandbox)};
  values.insert(values.end(), parameters.begin(), parameters.end());
  Status damage;
  TRY_DO(reader.each(sql, values, [&](const Row& row) {
    auto resource = resource_of(sandbox, row);
    if (!resource) {
      damage = std::move(resource).error();
      return false;
    }
    return visit(std::move(*resource));
  }));
  return damage;
}

}  // namespace foz::store
