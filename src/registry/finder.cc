#include "registry/finder.h"

#include <algorithm>

#include "registry/errors.h"
#include "registry/names.h"
#include "registry/unions.h"

namespace foz::registry {
namespace {

Found found_in(const Stored& stored) {
  return {.kind = stored.kind, .id = stored.id, .etag = stored.etag, .created_ms = stored.created_ms, .updated_ms = stored.updated_ms,
          .part = part_of_body(stored.doc)};
}

Found found_in(const Library& library, const Library::Entry& entry) {
  Found found{.kind = entry.kind, .id = entry.id, .global = true, .part = library.part(entry)};
  if (const Json* metadata = member(*found.part, "meta:registryMetadata")) {
    found.etag = text_of(*metadata, "eTag");
    found.created_ms = integer_of(*metadata, "repo:createdDate").value_or(0);
    found.updated_ms = integer_of(*metadata, "repo:lastModifiedDate").value_or(0);
  }
  return found;
}

Status make_refs_plain(Json& node, Finder& finder) {
  if (node.is_array()) {
    for (Json& entry : node) TRY_DO(make_refs_plain(entry, finder));
  }
  if (!node.is_object()) return {};
  for (auto& [name, value] : node.items()) {
    if (name == "$ref" && value.is_string()) {
      const std::string text = value.get<std::string>();
      const Reference reference = reference_of(text);
      if (reference.id.empty()) continue;
      TRY(const auto found, finder.find(reference.id));
      if (!found) return cannot_merge("The $ref " + text + " names no resource of this sandbox or of the global container.");
      value = reference.pointer.empty() ? found->id : found->id + "#" + reference.pointer;
    } else if (value.is_structured() && name != "enum" && name != "default" && name != "examples" && name != "meta:enum") {
      TRY_DO(make_refs_plain(value, finder));
    }
  }
  return {};
}

}  // namespace

bool is_adhoc(const Json& raw) {
  const auto refs = part_refs(raw);
  const auto extends = texts_of(raw, "meta:extends");
  const auto behavior = [](const std::string& id) { return is_adhoc_behavior(id); };
  return std::any_of(refs.begin(), refs.end(), behavior) || (refs.empty() && std::any_of(extends.begin(), extends.end(), behavior));
}

std::shared_ptr<const Json> part_of_body(const Json& raw) {
  return std::make_shared<const Json>(is_adhoc(raw) ? raw : to_compat_names(raw));
}

std::optional<Found> Finder::known(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(id);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Finder::put(Found found) {
  const std::lock_guard lock(mutex_);
  known_[found.id] = std::move(found);
}

Result<std::optional<Found>> Finder::find_stored(const std::string& id) {
  TRY(const auto stored, find_resource(reader_, sandbox_, id));
  if (!stored) return std::optional<Found>();
  Found found = found_in(*stored);
  if (auto before = known(found.id)) return before;
  put(found);
  return std::optional(std::move(found));
}

Result<std::optional<Found>> Finder::find_foreign(const std::string& id) {
  const auto parts = tenant_id_in(id);
  const auto kind = parts ? kind_of_type(parts->type) : std::nullopt;
  if (!kind) return std::optional<Found>();
  TRY(const auto ids, ids_with_tail(reader_, sandbox_, *kind, parts->tail));
  if (ids.size() != 1) return std::optional<Found>();
  return find_stored(ids.front());
}

Result<std::optional<Found>> Finder::find(std::string_view id_or_alt_id) {
  const std::string id = plain_id(id_or_alt_id);
  if (auto found = known(id)) return found;
  if (const auto class_id = class_of_union(id)) return find_union(*class_id);
  if (const Library::Entry* entry = library_->find(id)) {
    Found found = found_in(*library_, *entry);
    put(found);
    return std::optional(std::move(found));
  }
  TRY(auto stored, find_stored(id));
  if (stored) return stored;
  return find_foreign(id);
}

Result<Found> Finder::get(ResourceKind kind, std::string_view id_or_alt_id) {
  TRY(auto found, find(id_or_alt_id));
  if (!found || found->kind != kind) return no_resource(kind, id_or_alt_id);
  return std::move(*found);
}

Result<std::optional<Found>> Finder::find_union(std::string_view class_id_or_alt_id) {
  TRY(const auto class_found, find(class_id_or_alt_id));
  if (!class_found || class_found->kind != ResourceKind::class_) return std::optional<Found>();
  TRY(const auto schemas, union_schemas(reader_, sandbox_, class_found->id));
  if (schemas.empty()) return std::optional<Found>();
  std::vector<std::shared_ptr<const Json>> bodies;
  Found made{.kind = ResourceKind::union_view, .id = union_id_of(class_found->id), .created_ms = schemas.front().created_ms};
  for (const Stored& schema : schemas) {
    bodies.push_back(std::make_shared<const Json>(schema.doc));
    made.updated_ms = std::max(made.updated_ms, schema.updated_ms);
  }
  Json doc = union_of(*class_found->part, bodies, parts());
  made.etag = text_of(doc["meta:registryMetadata"], "eTag");
  doc["meta:registryMetadata"]["meta:globalLibVersion"] = library_->version();
  made.part = std::make_shared<const Json>(std::move(doc));
  put(made);
  return std::optional(std::move(made));
}

PartOf Finder::parts() {
  return [this](const std::string& id) -> std::shared_ptr<const Json> {
    auto found = find(id);
    if (found) return *found ? (*found)->part : nullptr;
    const std::lock_guard lock(mutex_);
    if (status_) status_ = std::move(found).error();
    return nullptr;
  };
}

Status Finder::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Result<Json> with_plain_refs(const Json& raw, Finder& finder) {
  Json made = raw;
  TRY_DO(make_refs_plain(made, finder));
  return made;
}

Result<Composition> compose(const Found& found, Finder& finder, const ComposeLimits& limits) {
  const PartOf parts = finder.parts();
  const Json completed = found.kind == ResourceKind::union_view ? with_union_fields(*found.part, parts) : Json();
  auto made = compose(completed.is_null() ? *found.part : completed, parts, limits);
  TRY_DO(finder.status());
  return made;
}

}  // namespace foz::registry
