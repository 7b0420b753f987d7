// Descriptors of a sandbox.
#include "registry/registry.h"

#include <algorithm>

#include "base/id.h"
#include "registry/descriptor.h"
#include "registry/errors.h"
#include "registry/schema_store.h"
#include "registry/union_rules.h"
#include "registry/writing.h"

namespace foz::registry {
namespace {

constexpr size_t kIdDigits = 48;

Descriptor descriptor_in(Json doc, int64_t created_ms, int64_t updated_ms) {
  return {.id = text_of(doc, "@id"), .etag = text_of(doc["meta:registryMetadata"], "eTag"), .created_ms = created_ms, .updated_ms = updated_ms, .doc = std::move(doc)};
}

Result<Descriptor> existing(store::Reader& reader, const Scope& scope, std::string_view id) {
  TRY(auto found, find_descriptor(reader, scope.sandbox, id));
  if (!found) return no_resource(ResourceKind::descriptor, id);
  return std::move(*found);
}

/// Another descriptor must not say the same, nor be a second primary identity.
Status check_against(const std::vector<Descriptor>& others, const Json& checked, std::string_view own_id) {
  const Descriptor wanted{.doc = checked};
  for (const Descriptor& other : others) {
    if (other.id == own_id) continue;
    if (same_subject(other.doc, checked)) {
      return bad_descriptor("The descriptor " + other.id + " of type " + other.type() + " exists already for this field; change it, or delete it first.");
    }
    if (wanted.is_primary_identity() && other.is_primary_identity()) {
      return second_primary_identity("The schema " + other.source_schema() + " has a primary identity already: the descriptor " + other.id + " on " +
                                     (other.properties().empty() ? "/" : other.properties().front()) + ".");
    }
  }
  return {};
}

bool keeps_identity(const Descriptor& before, const Json& after) {
  for (const char* name : {"xdm:sourceProperty", "xdm:namespace", "xdm:property", "xdm:isPrimary"}) {
    if (before.doc.value(name, Json()) != after.value(name, Json())) return false;
  }
  return true;
}

}  // namespace

/// May the primary identity of a schema change or go? (11.3)
Status Registry::check_identity_change(Writing& writing, const Descriptor& before) const {
  if (!before.is_primary_identity()) return {};
  TRY(const Found schema, writing.earlier.get(ResourceKind::schema, before.source_schema()));
  if (tagged_union(*schema.part)) {
    TRY(const auto composition, compose(schema, writing.earlier, rules().limits));
    if (!has_identity_map(composition.doc)) {
      return union_needs_primary_identity("The schema " + schema.id + " takes part in a union and has no identityMap; its primary identity, the descriptor " + before.id + ", must stay.");
    }
  }
  TRY(const bool used, in_use(writing.transaction, writing.scope.sandbox, schema));
  return used ? Status(breaking("The schema " + schema.id + " is in use; its primary identity, the descriptor " + before.id + ", must stay as it is.")) : Status();
}

Result<Json> Registry::create_descriptor(const Scope& scope, const Json& body) {
  TRY(auto shown, write(scope, [&](Writing& writing) -> Result<Shown> {
    TRY(const Json checked, checked_descriptor(body, writing.now, rules()));
    TRY(const auto others, descriptors_of(writing.transaction, scope.sandbox, text_of(checked, "xdm:sourceSchema")));
    for (const Descriptor& other : others) {
      if (same_json(descriptor_members(other.doc), checked)) return Shown{.body = other.doc, .etag = other.etag};
    }
    TRY_DO(check_against(others, checked, ""));
    TRY(const int64_t count, count_descriptors(writing.transaction, scope.sandbox));
    if (count >= settings_.descriptors_max) {
      return bad_descriptor("A sandbox holds no more than " + std::to_string(settings_.descriptors_max) + " descriptors.");
    }
    const int64_t now_ms = to_millis(clock_.now());
    Json doc = with_envelope(checked, {.id = random_hex(random_, kIdDigits), .org_id = settings_.org_id, .library_version = writing.library->version(),
                                       .created_ms = now_ms, .updated_ms = now_ms, .created_client = scope.client, .created_user = scope.user}, scope);
    const Descriptor made = descriptor_in(std::move(doc), now_ms, now_ms);
    TRY_DO(insert_descriptor(writing.transaction, scope.sandbox, made));
    return Shown{.body = made.doc, .etag = made.etag};
  }));
  return std::move(shown.body);
}

Result<Json> Registry::replace_descriptor(const Scope& scope, std::string_view id, const Json& body) {
  TRY(auto shown, write(scope, [&](Writing& writing) -> Result<Shown> {
    TRY(const Descriptor before, existing(writing.transaction, scope, id));
    TRY(const Json checked, checked_descriptor(body, writing.now, rules()));
    if (text_of(checked, "@type") != before.type() || text_of(checked, "xdm:sourceSchema") != before.source_schema()) {
      return bad_descriptor("The @type and xdm:sourceSchema of a descriptor cannot change; make a new one.");
    }
    TRY(const auto others, descriptors_of(writing.transaction, scope.sandbox, before.source_schema()));
    TRY_DO(check_against(others, checked, before.id));
    if (!keeps_identity(before, checked)) TRY_DO(check_identity_change(writing, before));
    const int64_t now_ms = to_millis(clock_.now());
    Json doc = with_envelope(checked, {.id = before.id, .org_id = settings_.org_id, .library_version = writing.library->version(), .created_ms = before.created_ms,
                                       .updated_ms = now_ms, .created_client = text_of(before.doc, "createdClient"), .created_user = text_of(before.doc, "createdUser")}, scope);
    const Descriptor made = descriptor_in(std::move(doc), before.created_ms, now_ms);
    TRY_DO(update_descriptor(writing.transaction, scope.sandbox, made));
    return Shown{.body = made.doc, .etag = made.etag};
  }));
  return std::move(shown.body);
}

Status Registry::delete_descriptor(const Scope& scope, std::string_view id) {
  TRY([[maybe_unused]] const Shown gone, write(scope, [&](Writing& writing) -> Result<Shown> {
    TRY(const Descriptor before, existing(writing.transaction, scope, id));
    TRY_DO(check_identity_change(writing, before));
    TRY_DO(registry::remove_descriptor(writing.transaction, scope.sandbox, before.id));
    return Shown{};
  }));
  return {};
}

Result<Json> Registry::descriptor(const Scope& scope, std::string_view id) {
  TRY(auto found, existing(database_, scope, id));
  return std::move(found.doc);
}

Result<Page> Registry::list_descriptors(const Scope& scope, const Listing& listing) {
  TRY(const auto all, descriptors_of(database_, scope.sandbox));
  std::vector<Json> docs;
  for (const Descriptor& descriptor : all) docs.push_back(descriptor.doc);
  return page_of(std::move(docs), listing, "@id");
}

}  // namespace foz::registry
