// Look-ups and lists.
#include "registry/registry.h"

#include <algorithm>

#include "registry/errors.h"
#include "registry/schema_store.h"
#include "registry/snapshot.h"

namespace foz::registry {
namespace {

constexpr int kMajor = 1;

Json with_sandbox(Json body, const Scope& scope, const std::string& org_id) {
  body["imsOrg"] = org_id;
  body["meta:sandboxId"] = scope.sandbox;
  body["meta:sandboxType"] = scope.sandbox_type;
  return body;
}

}  // namespace

Result<Json> Registry::shown_as(Snapshot& snapshot, const Found& found, const Form& form, const Scope& scope) {
  std::shared_ptr<const Json> doc = found.part;
  if (form.full && !form.id) {
    TRY(doc, effective(snapshot, found));
  }
  Json body = presented(*doc, form);
  if (form.id) return body;
  if (found.kind == ResourceKind::union_view) body = with_sandbox(std::move(body), scope, settings_.org_id);
  if (!form.full) return body;
  if (!found.global) body["meta:allFieldAccess"] = true;
  if (form.desc) {
    TRY(const auto descriptors, descriptors_of(database_, scope.sandbox, found.id));
    body["meta:descriptors"] = Json::array();
    for (const Descriptor& descriptor : descriptors) body["meta:descriptors"].push_back(descriptor.doc);
  }
  return body;
}

Result<Shown> Registry::get(const Scope& scope, const Shelf& shelf, std::string_view id, const Form& form) {
  const int major = form.major.value_or(kMajor);
  TRY(const auto state, snapshot(scope.sandbox));
  TRY(const auto found, state->finder.find(id));
  const bool fits = found && (found->kind == shelf.kind || (found->kind == ResourceKind::union_view && shelf.kind == ResourceKind::schema));
  if (!fits || (shelf.global && !found->global) || major != kMajor) return no_resource(shelf.kind, plain_id(id), major);
  TRY(Json body, shown_as(*state, *found, form, scope));
  return Shown{.body = std::move(body), .etag = found->etag};
}

Result<std::vector<Found>> Registry::all_of(Snapshot& snapshot, const Shelf& shelf) {
  std::vector<Found> all;
  std::vector<std::string> ids;
  const std::string& sandbox = snapshot.finder.sandbox();
  if (shelf.global) {
    for (const Library::Entry* entry : snapshot.finder.library().all(shelf.kind)) ids.push_back(entry->id);
  } else if (shelf.kind == ResourceKind::union_view) {
    TRY(const auto schemas, union_schemas(database_, sandbox, ""));
    for (const Stored& schema : schemas) ids.push_back(union_id_of(schema.class_id()));
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  } else {
    TRY(ids, ids_of(database_, sandbox, shelf.kind));
  }
  for (const std::string& id : ids) {
    TRY(auto found, snapshot.finder.find(id));
    if (found) all.push_back(std::move(*found));
  }
  return all;
}

Result<Page> Registry::list(const Scope& scope, const Shelf& shelf, const Form& form, const Listing& listing) {
  TRY(const auto state, snapshot(scope.sandbox));
  TRY(const auto all, all_of(*state, shelf));
  std::vector<Json> resources;
  for (const Found& found : all) {
    resources.push_back(found.kind == ResourceKind::union_view ? with_sandbox(*found.part, scope, settings_.org_id) : *found.part);
  }
  Page page = page_of(std::move(resources), listing);
  for (Json& resource : page.results) {
    const std::string id = text_of(resource, "$id");
    const auto found = std::find_if(all.begin(), all.end(), [&](const Found& one) { return one.id == id; });
    TRY(resource, shown_as(*state, *found, form, scope));
    if (!form.id) resource = projected(resource, listing.properties);
  }
  return page;
}

}  // namespace foz::registry
