// Export, import, samples, audit log, schemas from CSV. Follows: Schema Registry contract, 12.
#include "registry/registry.h"

#include <set>

#include "base/id.h"
#include "registry/audit.h"
#include "registry/csv_schema.h"
#include "registry/errors.h"
#include "registry/field_type.h"
#include "registry/sample.h"
#include "registry/schema_store.h"
#include "registry/snapshot.h"
#include "registry/transfer.h"
#include "registry/writing.h"

namespace foz::registry {
namespace {

constexpr size_t kIdDigits = 48;

/// The kind that an id speaks of, for an answer about what is not there.
ResourceKind kind_in(std::string_view id) {
  const auto parts = tenant_id_in(plain_id(id));
  return parts ? kind_of_type(parts->type).value_or(ResourceKind::schema) : ResourceKind::schema;
}

Error nothing_has(std::string_view id) {
  if (tenant_id_in(plain_id(id))) return no_resource(kind_in(id), id);
  Error error = no_resource(ResourceKind::schema, id);
  error.message = "The requested resource " + plain_id(id) + " is not found.";
  error.code = "XDM-1017-404";
  return error;
}

/// The kind of a tenant resource, where its id and `meta:resourceType` agree.
std::optional<ResourceKind> kind_in_import(const Json& resource) {
  const auto parts = tenant_id_in(text_of(resource, "$id"));
  if (!parts || text_of(resource, "meta:resourceType", parts->type) != parts->type) return std::nullopt;
  return kind_of_type(parts->type);
}

Error as_import(const Error& error) {
  Error failed = import_failed(error.message);
  failed.problems = error.problems;
  return failed;
}

}  // namespace

Result<Json> Registry::export_resource(const Scope& scope, std::string_view id) {
  TRY(const auto state, snapshot(scope.sandbox));
  TRY(const auto found, state->finder.find(id));
  if (!found || found->kind == ResourceKind::union_view) return nothing_has(id);
  std::vector<Json> resources;
  std::vector<std::string> waiting = {found->id};
  std::set<std::string> seen = {found->id};
  while (!waiting.empty()) {
    const std::string next = std::move(waiting.back());
    waiting.pop_back();
    TRY(auto resource, find_resource(database_, scope.sandbox, next));
    if (!resource) continue;  // a global one is only referred to
    for (const std::string& ref : external_refs(resource->doc)) {
      if (seen.insert(ref).second) waiting.push_back(ref);
    }
    resources.push_back(std::move(resource->doc));
  }
  Json exported = Json::array();
  for (const Json& resource : in_dependency_order(std::move(resources))) {
    exported.push_back(with_tenant(resource, settings_.tenant, std::string(kTenantStandIn)));
  }
  return exported;
}

/// References of an import may run in a circle: what is not stored yet is known as it came.
Status Registry::expect(Writing& writing, const std::vector<Json>& resources) const {
  for (const Json& resource : resources) {
    const std::string id = text_of(resource, "$id");
    const auto kind = kind_in_import(resource);
    if (!kind) return import_failed("The $id " + id + " is none of a schema, class, field group or data type of a tenant.");
    TRY(const auto stored, find_resource(writing.transaction, writing.scope.sandbox, id));
    if (stored) continue;
    Json expected = client_members(resource);
    if (const Status fine = check_types(expected); !fine) return as_import(fine.error());
    expected["$id"] = id;
    expected["meta:resourceType"] = words_of(*kind).type;
    writing.now.put({.kind = *kind, .id = id, .part = part_of_body(expected)});
  }
  return {};
}

Result<Shown> Registry::import_one(Writing& writing, const Json& resource) const {
  const std::string id = text_of(resource, "$id");
  const auto kind = kind_in_import(resource);
  TRY(auto before, find_resource(writing.transaction, writing.scope.sandbox, id));
  if (before) {
    auto checked = checked_body(*kind, resource, id, writing.now, rules());
    if (!checked) return as_import(checked.error());
    if (says_the_same(before->doc, *checked)) return Shown{.body = before->doc, .etag = before->etag};
    return import_failed("An object " + id + " already exists with other content");
  }
  auto made = put(writing, {.kind = *kind, .id = id, .body = resource});
  if (!made) return as_import(made.error());
  return made;
}

Result<Json> Registry::import_resources(const Scope& scope, const Json& body) {
  if (!body.is_array() || body.empty()) return malformed("The body of an import is an array of resources, as an export gives it.");
  std::vector<Json> resources;
  for (const Json& resource : body) {
    if (!resource.is_object()) return malformed("The body of an import is an array of resources; one of them is no object.");
    resources.push_back(with_tenant(resource, std::string(kTenantStandIn), settings_.tenant));
  }
  TRY(auto shown, write(scope, [&](Writing& writing) -> Result<Shown> {
    TRY_DO(expect(writing, resources));
    Shown all{.body = Json::array()};
    for (const Json& resource : in_dependency_order(resources)) {
      TRY(Shown one, import_one(writing, resource));
      all.body.push_back(std::move(one.body));
    }
    return all;
  }));
  return std::move(shown.body);
}

Result<Json> Registry::sample(const Scope& scope, std::string_view schema_id, Naming naming) {
  TRY(const auto found, schema(scope.sandbox, schema_id));
  return sample_of(presented(found->doc, {.naming = naming, .full = true}));
}

Result<Json> Registry::audit_log(const Scope& scope, std::string_view id) {
  TRY(const auto state, snapshot(scope.sandbox));
  TRY(const auto found, state->finder.find(id));
  const auto gone = tenant_id_in(plain_id(id));
  TRY(Json entries, audit_of(database_, scope.sandbox, found ? found->id : gone ? id_text(*gone) : plain_id(id)));
  if (!found && entries.empty()) return nothing_has(id);
  return entries;
}

Result<Json> Registry::schema_from_csv(const CsvSchema& wanted) {
  return resources_of(wanted, {.group_tail = random_hex(random_, kIdDigits), .schema_tail = random_hex(random_, kIdDigits)});
}

}  // namespace foz::registry
