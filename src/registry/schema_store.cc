#include "registry/schema_store.h"

#include <algorithm>

#include "store/resource_table.h"

namespace foz::registry {
namespace {

const store::ResourceTable kResources("registry_resources");
constexpr std::string_view kColumns = "SELECT kind, id, etag, created_ms, updated_ms, doc FROM registry_resources";

std::string tail_of(std::string_view id) { return std::string(id.substr(id.rfind('/') + 1)); }

Result<Stored> stored_in(const store::Row& row) {
  auto doc = parse_json(row.text(5), {.depth_max = 256});
  const auto kind = kind_of_type(row.text(0));
  if (!doc || !kind) return Error{.kind = ErrorKind::corrupt, .message = "the stored resource " + row.text(1) + " cannot be read"};
  return Stored{.kind = *kind, .id = row.text(1), .etag = row.text(2), .created_ms = row.integer(3), .updated_ms = row.integer(4), .doc = std::move(*doc)};
}

store::Resource row_of(std::string_view sandbox, const Stored& resource) {
  return {.sandbox = std::string(sandbox), .id = resource.id, .etag = resource.etag, .created_ms = resource.created_ms,
          .updated_ms = resource.updated_ms, .doc = resource.doc};
}

store::Extras extras_of(const Stored& resource) {
  return {{"kind", std::string(words_of(resource.kind).type)}, {"alt_id", alt_id_of(resource.id)}, {"tail", tail_of(resource.id)},
          {"title", resource.title()}, {"class_id", resource.class_id()}, {"in_union", int64_t{resource.in_union()}}};
}

Status save_refs(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const std::vector<std::string>& refs) {
  TRY([[maybe_unused]] const auto gone, transaction.exec("DELETE FROM registry_refs WHERE sandbox = ? AND id = ?", {std::string(sandbox), std::string(id)}));
  for (const std::string& ref : refs) {
    TRY([[maybe_unused]] const auto added, transaction.exec("INSERT INTO registry_refs (sandbox, id, ref) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                                            {std::string(sandbox), std::string(id), ref}));
  }
  return {};
}

Result<std::vector<std::string>> texts(store::Reader& reader, std::string_view sql, const store::Values& parameters) {
  std::vector<std::string> found;
  TRY_DO(reader.each(sql, parameters, [&](const store::Row& row) {
    found.push_back(row.text(0));
    return true;
  }));
  return found;
}

Status each_stored(store::Reader& reader, const std::string& sql, const store::Values& parameters, const std::function<bool(Stored)>& visit) {
  Status damage;
  TRY_DO(reader.each(sql, parameters, [&](const store::Row& row) {
    auto resource = stored_in(row);
    if (resource) return visit(std::move(*resource));
    damage = std::move(resource).error();
    return false;
  }));
  return damage;
}

}  // namespace

bool Stored::in_union() const {
  const auto tags = texts_of(doc, "meta:immutableTags");
  return std::find(tags.begin(), tags.end(), "union") != tags.end();
}

Result<std::optional<Stored>> find_resource(store::Reader& reader, std::string_view sandbox, std::string_view id_or_alt_id) {
  const std::string id(id_or_alt_id);
  const std::string alt_id = id.starts_with('_') ? id : "_" + id;
  TRY(const auto row, reader.first(std::string(kColumns) + " WHERE sandbox = ? AND (id = ? OR alt_id = ?)", {std::string(sandbox), id, alt_id}));
  if (!row) return std::optional<Stored>();
  TRY(Stored resource, stored_in(*row));
  return std::optional(std::move(resource));
}

Result<std::vector<std::string>> ids_with_tail(store::Reader& reader, std::string_view sandbox, ResourceKind kind, std::string_view tail) {
  return texts(reader, "SELECT id FROM registry_resources WHERE sandbox = ? AND tail = ? AND kind = ?",
               {std::string(sandbox), std::string(tail), std::string(words_of(kind).type)});
}

Result<std::optional<std::string>> title_owner(store::Reader& reader, std::string_view sandbox, std::string_view title, std::string_view own_id) {
  TRY(const auto row, reader.first("SELECT id FROM registry_resources WHERE sandbox = ? AND title = ? AND id <> ? ORDER BY created_ms, id",
                                   {std::string(sandbox), std::string(title), std::string(own_id)}));
  return row ? std::optional(row->text(0)) : std::nullopt;
}

Result<std::vector<std::string>> ids_of(store::Reader& reader, std::string_view sandbox, ResourceKind kind) {
  return texts(reader, "SELECT id FROM registry_resources WHERE sandbox = ? AND kind = ? ORDER BY updated_ms, id",
               {std::string(sandbox), std::string(words_of(kind).type)});
}

Result<std::vector<Stored>> union_schemas(store::Reader& reader, std::string_view sandbox, std::string_view class_id) {
  std::vector<Stored> found;
  std::string sql = std::string(kColumns) + " WHERE sandbox = ? AND in_union = 1";
  store::Values parameters = {std::string(sandbox)};
  if (!class_id.empty()) {
    sql += " AND class_id = ?";
    parameters.push_back(std::string(class_id));
  }
  TRY_DO(each_stored(reader, sql + " ORDER BY created_ms, id", parameters, [&](Stored schema) {
    found.push_back(std::move(schema));
    return true;
  }));
  return found;
}

Result<std::vector<std::string>> referring(store::Reader& reader, std::string_view sandbox, std::string_view id) {
  return texts(reader, "SELECT id FROM registry_refs WHERE sandbox = ? AND ref = ? AND id <> ref ORDER BY id", {std::string(sandbox), std::string(id)});
}

Result<std::vector<Dependant>> resources_with(store::Reader& reader, std::string_view sandbox, std::string_view id) {
  std::vector<Dependant> found;
  TRY_DO(reader.each(
      "WITH RECURSIVE users (id) AS (SELECT ? UNION SELECT refs.id FROM registry_refs refs JOIN users ON refs.ref = users.id WHERE refs.sandbox = ?) "
      "SELECT users.id, resources.kind FROM users JOIN registry_resources resources ON resources.sandbox = ? AND resources.id = users.id ORDER BY users.id",
      {std::string(id), std::string(sandbox), std::string(sandbox)}, [&](const store::Row& row) {
        if (const auto kind = kind_of_type(row.text(1))) found.push_back({*kind, row.text(0)});
        return true;
      }));
  return found;
}

Status insert_resource(store::Transaction& transaction, std::string_view sandbox, const Stored& resource, const std::vector<std::string>& refs) {
  TRY_DO(kResources.insert(transaction, row_of(sandbox, resource), extras_of(resource)));
  TRY_DO(save_refs(transaction, sandbox, resource.id, refs));
  return raise_generation(transaction, sandbox);
}

Status update_resource(store::Transaction& transaction, std::string_view sandbox, const Stored& resource, const std::vector<std::string>& refs) {
  TRY_DO(kResources.update(transaction, row_of(sandbox, resource), "", extras_of(resource)));
  TRY_DO(save_refs(transaction, sandbox, resource.id, refs));
  return raise_generation(transaction, sandbox);
}

Status remove_resource(store::Transaction& transaction, std::string_view sandbox, std::string_view id) {
  TRY_DO(kResources.remove(transaction, sandbox, id));
  TRY_DO(save_refs(transaction, sandbox, id, {}));
  return raise_generation(transaction, sandbox);
}

Result<int64_t> generation_of(store::Reader& reader, std::string_view sandbox) {
  TRY(const auto row, reader.first("SELECT value FROM registry_generations WHERE sandbox = ?", {std::string(sandbox)}));
  return row ? row->integer(0) : 0;
}

Status raise_generation(store::Transaction& transaction, std::string_view sandbox) {
  TRY([[maybe_unused]] const auto raised,
      transaction.exec("INSERT INTO registry_generations (sandbox, value) VALUES (?, 1) ON CONFLICT (sandbox) DO UPDATE SET value = registry_generations.value + 1",
                       {std::string(sandbox)}));
  return {};
}

Result<IdTable> column_ids(store::Reader& reader, std::string_view sandbox, std::string_view schema_id) {
  TRY(const auto row, reader.first("SELECT doc FROM registry_columns WHERE sandbox = ? AND schema_id = ?", {std::string(sandbox), std::string(schema_id)}));
  if (!row) return IdTable{};
  const auto doc = parse_json(row->text(0));
  if (!doc) return Error{.kind = ErrorKind::corrupt, .message = "the stored column ids of " + std::string(schema_id) + " cannot be read"};
  return id_table_of(*doc);
}

Status save_column_ids(store::Transaction& transaction, std::string_view sandbox, std::string_view schema_id, const IdTable& table) {
  TRY([[maybe_unused]] const auto saved,
      transaction.exec("INSERT INTO registry_columns (sandbox, schema_id, doc) VALUES (?, ?, ?) ON CONFLICT (sandbox, schema_id) DO UPDATE SET doc = excluded.doc",
                       {std::string(sandbox), std::string(schema_id), to_text(to_json(table))}));
  return {};
}

Result<std::vector<LibraryText>> imported_library(store::Reader& reader) {
  std::vector<LibraryText> found;
  TRY_DO(reader.each("SELECT id, kind, version, doc FROM registry_library ORDER BY id", {}, [&](const store::Row& row) {
    if (const auto kind = kind_of_type(row.text(1))) {
      found.push_back({.id = row.text(0), .kind = *kind, .version = row.text(2), .text = row.text(3)});
    }
    return true;
  }));
  return found;
}

}  // namespace foz::registry
