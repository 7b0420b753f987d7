// Data sets of the catalog. Follows: Catalog contract, 3.
#include <algorithm>

#include "base/id.h"
#include "catalog/batch_store.h"
#include "catalog/catalog.h"
#include "catalog/dataset_store.h"
#include "catalog/preconditions.h"
#include "catalog/pushdown.h"

namespace foz::catalog {
namespace {

constexpr std::string_view kTableTag = "adobe/pqs/table";

Error schema_not_found(std::string_view id) {
  return Error{.kind = ErrorKind::invalid, .message = "Schema " + std::string(id) + " not found", .where = "/schemaRef/id"};
}

/// The facts of the schema that `checked` names; nothing when it names none, or unknown ones are accepted.
Result<std::optional<SchemaFacts>> facts_for(const Json& checked, const Schemas& schemas, bool accept_unknown) {
  const auto ref = schema_ref_of(checked);
  if (!ref) return std::optional<SchemaFacts>();
  const auto found = schemas.find(ref->id);
  if (found == schemas.end()) {
    return Error{.kind = ErrorKind::conflict, .message = "the data set was changed by somebody else meanwhile: read it again"};
  }
  if (found->second) return std::optional(*found->second);
  const Error& error = found->second.error();
  if (error.kind != ErrorKind::not_found) return error;
  if (accept_unknown) return std::optional<SchemaFacts>();
  return schema_not_found(ref->id);
}

/// Stored without it: the table name has a column of its own.
void drop_table_tag(Json& doc) {
  if (Json* tags = member(doc, "tags")) tags->erase(std::string(kTableTag));
}

Result<bool> is_table_name_free(store::Reader& reader, const std::string& sandbox, const std::string& name) {
  const auto taken = find_dataset(reader, sandbox, "table_name", name);
  if (taken) return false;
  if (taken.error().kind == ErrorKind::not_found) return true;
  return taken.error();
}

Error table_name_taken(const std::string& name) {
  return Error{.kind = ErrorKind::invalid, .message = "another data set has the table name \"" + name + "\" already", .where = "/tags/adobe~1pqs~1table"};
}

/// The table name that the document asks for, or one made of its name that is free.
Result<std::string> new_table_name(store::Reader& reader, const std::string& sandbox, const Json& checked) {
  const std::string wanted = wanted_table_name(checked);
  const std::string base = wanted.empty() ? table_name_for(text_of(checked, "name")) : wanted;
  std::string name = base;
  for (int number = 1;; ++number) {
    TRY(const bool free, is_table_name_free(reader, sandbox, name));
    if (free) return name;
    if (!wanted.empty()) return table_name_taken(name);
    name = base + "_" + std::to_string(number);
  }
}

TaggedObject tagged(const Dataset& dataset) { return {dataset.sandbox, "dataSets", dataset.id}; }

}  // namespace

Result<Dataset> Catalog::dataset(store::Reader& reader, std::string_view sandbox, std::string_view id) const {
  return find_dataset(reader, sandbox, "id", id);
}

Result<Dataset> Catalog::dataset_of_table(store::Reader& reader, std::string_view sandbox, std::string_view table_name) const {
  return find_dataset(reader, sandbox, "table_name", table_name);
}

Result<Dataset> Catalog::dataset_of_view(store::Reader& reader, std::string_view sandbox, std::string_view view_id) const {
  return find_dataset(reader, sandbox, "view_id", view_id);
}

Result<std::vector<Dataset>> Catalog::datasets(store::Reader& reader, std::string_view sandbox) const {
  std::vector<Dataset> all;
  TRY_DO(each_dataset(reader, sandbox, {.order = "created_ms, id"}, [&](Dataset dataset) {
    all.push_back(std::move(dataset));
    return true;
  }));
  return all;
}

Result<Dataset> Catalog::create_dataset(store::Transaction& transaction, const Scope& scope, const Json& body, const Schemas& schemas) const {
  const int64_t now = to_millis(clock_.now());
  TRY(Json checked, checked_dataset(body));
  TRY(const auto facts, facts_for(checked, schemas, settings_.accept_unknown_schema));
  TRY(checked, with_schema(std::move(checked), facts, now));
  Dataset dataset{.sandbox = scope.sandbox,
                  .id = new_object_id(random_, clock_.now()),
                  .version = "1.0.0",
                  .created_ms = now,
                  .updated_ms = now,
                  .view_id = new_object_id(random_, clock_.now())};
  TRY(dataset.table_name, new_table_name(transaction, scope.sandbox, checked));
  dataset.doc = std::move(checked);
  drop_table_tag(dataset.doc);
  dataset.doc["createdClient"] = scope.client;
  dataset.doc["createdUser"] = scope.user;
  dataset.doc["updatedUser"] = scope.user;
  TRY_DO(insert_dataset(transaction, dataset));
  TRY_DO(index_tags(transaction, tagged(dataset), shown(dataset, {}).at("tags")));
  return dataset;
}

Result<Dataset> Catalog::change_dataset(store::Transaction& transaction, const Scope& scope, std::string_view id, const Edit& edit,
                                        const Precondition& precondition, const Schemas& schemas) const {
  TRY(const Dataset current, dataset(transaction, scope.sandbox, id));
  TRY_DO(check(precondition, current.version));
  TRY(const Json wanted, edit(shown(current, {.org_id = settings_.org_id})));
  TRY(Json checked, checked_dataset(wanted));
  TRY(const auto facts, facts_for(checked, schemas, settings_.accept_unknown_schema));
  TRY(checked, with_schema(std::move(checked), facts, current.created_ms));
  Dataset changed = current;
  changed.version = next_version(current.version);
  changed.updated_ms = to_millis(clock_.now());
  const std::string table_name = wanted_table_name(checked);
  if (!table_name.empty() && table_name != current.table_name) {
    TRY(changed.table_name, new_table_name(transaction, scope.sandbox, checked));
  }
  changed.doc = std::move(checked);
  drop_table_tag(changed.doc);
  for (const char* kept : {"createdClient", "createdUser"}) changed.doc[kept] = text_of(current.doc, kept);
  changed.doc["updatedUser"] = scope.user;
  if (changed.schema_id() != current.schema_id() && !current.state.last_success.empty()) {
    return Error{.kind = ErrorKind::invalid, .message = "the schema of a data set that holds a successful batch cannot be changed", .where = "/schemaRef/id"};
  }
  TRY_DO(update_dataset(transaction, changed, current.version));
  TRY_DO(index_tags(transaction, tagged(changed), shown(changed, {}).at("tags")));
  return changed;
}

Result<bool> Catalog::delete_dataset(store::Transaction& transaction, const Scope& scope, std::string_view id, const Precondition& precondition) const {
  const auto found = dataset(transaction, scope.sandbox, id);
  if (!found && found.error().kind == ErrorKind::not_found) return false;
  if (!found) return found.error();
  TRY_DO(check(precondition, found->version));
  const int64_t now = to_millis(clock_.now());
  const int64_t after = now + std::chrono::milliseconds(settings_.purge_delay).count();
  const store::Values key = {scope.sandbox, std::string(id)};
  for (const std::string_view folder : {"uploads/", "diagnostics/"}) {
    TRY([[maybe_unused]] const auto planned,
        transaction.exec("INSERT INTO purges (path, sandbox, after_ms) SELECT '" + std::string(folder) + "' || sandbox || '/' || id, sandbox, " +
                             std::to_string(after) + " FROM batches WHERE sandbox = ? AND dataset = ? ON CONFLICT (path) DO UPDATE SET after_ms = excluded.after_ms", key));
  }
  TRY_DO(plan_purge(transaction, {.path = "tables/" + scope.sandbox + "/" + std::string(id), .sandbox = scope.sandbox, .after_ms = after}));
  TRY([[maybe_unused]] const auto batches,
      transaction.exec("UPDATE batches SET status = 'deleted', updated_ms = ?, etag = '1.0.' || (CAST(substr(etag, 5) AS INTEGER) + 1) "
                       "WHERE sandbox = ? AND dataset = ? AND status <> 'deleted'",
                       {now, scope.sandbox, std::string(id)}));
  TRY_DO(remove_dataset(transaction, scope.sandbox, id));
  return true;
}

Result<Json> Catalog::list_datasets(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const {
  Selection selection(listing);
  const Where where = where_of(listing, "dataSets", sandbox);
  TRY_DO(each_dataset(reader, sandbox, where, [&](const Dataset& dataset) { return selection.add({dataset.id, shown(dataset, outside)}); }));
  return selection.take();
}

Result<Json> Catalog::list_views(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const {
  Selection selection(listing);
  TRY_DO(each_dataset(reader, sandbox, {.order = "created_ms DESC, view_id"},
                      [&](const Dataset& dataset) { return selection.add({dataset.view_id, shown_view(dataset, outside)}); }));
  return selection.take();
}

Result<Json> Catalog::list_last_batches(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const {
  Selection selection(listing);
  const Where where{.condition = "last_batch <> ''", .order = "created_ms DESC, id"};
  TRY_DO(each_dataset(reader, sandbox, where, [&](const Dataset& dataset) {
    const TableState& state = dataset.state;
    Json object = {{"lastBatchId", state.last_batch}, {"lastBatchStatus", state.last_status}};
    if (!state.last_success.empty()) object["lastSuccessfulBatchId"] = state.last_success;
    if (!state.last_failure.empty()) object["lastFailedBatchId"] = state.last_failure;
    object.update({{"imsOrg", outside.org_id}, {"sandboxId", dataset.sandbox}, {"created", dataset.created_ms}, {"updated", dataset.updated_ms}});
    return selection.add({dataset.id, std::move(object)});
  }));
  return selection.take();
}

}  // namespace foz::catalog
