// Creating, replacing, patching and deleting schemas, classes, field groups and data types.
#include "registry/registry.h"

#include <algorithm>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "registry/audit.h"
#include "registry/body_fields.h"
#include "registry/compatibility.h"
#include "registry/errors.h"
#include "registry/field_type.h"
#include "registry/patch.h"
#include "registry/schema_store.h"
#include "registry/union_rules.h"
#include "registry/writing.h"

namespace foz::registry {
namespace {

constexpr size_t kIdDigits = 48;

/// Field groups that a schema in use would lose, and its class.
void report_lost_parts(const Json& before, const Json& after, std::vector<Problem>& problems) {
  const auto now = texts_of(after, "refs");
  for (const std::string& ref : texts_of(before, "refs")) {
    if (std::find(now.begin(), now.end(), ref) == now.end()) problems.push_back({.path = "/allOf", .message = "loses " + ref});
  }
}

Error conflict_of(const std::vector<Problem>& conflicts) {
  Error error = cannot_merge("The field " + conflicts.front().path + " " + conflicts.front().message + "; these cannot be merged.");
  error.problems = conflicts;
  return error;
}

Error breaking_of(const std::string& schema_id, std::vector<Problem> problems) {
  const std::string first = problems.front().path + " " + problems.front().message;
  return breaking("The schema " + schema_id + " is in use, and this change would break it: " + first + ".", std::move(problems));
}

}  // namespace

Result<bool> Registry::in_use(store::Reader& reader, std::string_view sandbox, const Found& schema) const {
  const auto tags = texts_of(*schema.part, "meta:immutableTags");
  if (std::find(tags.begin(), tags.end(), "union") != tags.end()) return true;
  if (!use_) return false;
  TRY(const SchemaUse use, use_(reader, sandbox, schema.id));
  return use.holds_rows;
}

Status Registry::check_title(Writing& writing, const std::string& id, const std::string& title) const {
  if (!settings_.unique_titles) return {};
  TRY(const auto owner, title_owner(writing.transaction, writing.scope.sandbox, title, id));
  return owner ? Status(title_taken(*owner)) : Status();
}

/// Every resource that holds this one must still be one, and schemas compatible ones where they are in use.
Status Registry::check_dependants(Writing& writing, const Found& changed, const Json* before) const {
  TRY(auto composition, compose(changed, writing.now, rules().limits));
  if (!composition.conflicts.empty()) return conflict_of(composition.conflicts);
  if (!composition.missing.empty()) return cannot_merge("The reference " + composition.missing.front() + " names nothing.");
  if (before == nullptr) return {};
  TRY(const auto dependants, resources_with(writing.transaction, writing.scope.sandbox, changed.id));
  for (const Dependant& one : dependants) {
    if (one.kind == ResourceKind::schema) TRY_DO(check_dependant(writing, one.id, changed, *before));
    else if (one.id != changed.id) TRY_DO(check_part(writing, one));
  }
  return {};
}

/// A part that no schema holds yet: it must not grow beyond what a schema can be. One that was broken before may stay so.
Status Registry::check_part(Writing& writing, const Dependant& part) const {
  TRY(const Found now, writing.now.get(part.kind, part.id));
  const auto is = compose(now, writing.now, rules().limits);
  if (is && is->conflicts.empty()) return {};
  TRY(const Found before, writing.earlier.get(part.kind, part.id));
  const auto was = compose(before, writing.earlier, rules().limits);
  if (!was || !was->conflicts.empty()) return {};
  return is ? conflict_of(is->conflicts) : is.error();
}

Status Registry::check_dependant(Writing& writing, const std::string& id, const Found& changed, const Json& before) const {
  TRY(const Found schema_before, writing.earlier.get(ResourceKind::schema, id));
  TRY(const Found schema_now, writing.now.get(ResourceKind::schema, id));
  TRY(const auto was, compose(schema_before, writing.earlier, rules().limits));
  TRY(const auto is, compose(schema_now, writing.now, rules().limits));
  if (was.conflicts.empty() && !is.conflicts.empty()) return conflict_of(is.conflicts);
  if (id != changed.id && tagged_union(*schema_now.part) && unfit_for_union(was.doc).empty()) {
    if (const std::string unfit = unfit_for_union(is.doc); !unfit.empty()) return unfit_field(unfit);
  }
  TRY(const bool used, in_use(writing.transaction, writing.scope.sandbox, schema_before));
  std::vector<Impact>* const impact = writing.scope.impact;
  if (!used && impact == nullptr) return {};
  std::vector<Problem> problems = breaking_changes(was.doc, is.doc);
  if (id == changed.id) report_lost_parts(before, *schema_now.part, problems);
  if (problems.empty()) return {};
  if (impact == nullptr) return breaking_of(id, std::move(problems));
  impact->push_back({.schema = id, .title = text_of(*schema_now.part, "title"), .in_use = used, .problems = std::move(problems)});
  return {};
}

Status Registry::check_union(Writing& writing, const Found& schema, const Stored* before) const {
  const bool enabled = tagged_union(*schema.part);
  if (before != nullptr && before->in_union() && !enabled) return union_is_forever();
  if (!enabled) return {};
  TRY(auto composition, compose(schema, writing.now, rules().limits));
  TRY(const auto descriptors, descriptors_of(writing.transaction, writing.scope.sandbox, schema.id));
  return check_union_possible({.behavior = behavior_of(*schema.part, writing.now.parts()), .relational = is_relational(*schema.part), .effective = composition.doc, .descriptors = descriptors});
}

Result<Shown> Registry::put(Writing& writing, const Draft& draft) const {
  const Stored* before = draft.before ? &*draft.before : nullptr;
  Json body = draft.body;
  if (before != nullptr) forget_stale_types(body, before->doc);
  TRY(const Json checked, checked_body(draft.kind, body, draft.id, writing.now, rules()));
  if (before != nullptr && says_the_same(before->doc, checked)) return Shown{.body = before->doc, .etag = before->etag};
  if (const size_t levels = nesting_of(checked, rules().tenant_namespace()); levels > kNestingUsual) {
    log::warning("registry.nesting_deep", {{"resource", draft.id}, {"levels", levels}});
  }
  TRY_DO(check_title(writing, draft.id, text_of(checked, "title")));
  const int64_t now_ms = to_millis(clock_.now());
  History history{.created_ms = now_ms, .created_client = writing.scope.client, .created_user = writing.scope.user};
  if (before != nullptr) {
    history = history_of(before->doc);
    history.version = next_version(history.version);
  }
  const Json doc = with_envelope(checked, {.kind = draft.kind, .id = draft.id, .org_id = settings_.org_id, .library_version = writing.library->version(),
                                           .now_ms = now_ms, .history = history}, writing.scope, rules());
  const Stored stored{.kind = draft.kind, .id = draft.id, .etag = text_of(doc["meta:registryMetadata"], "eTag"),
                      .created_ms = history.created_ms, .updated_ms = now_ms, .doc = doc};
  const Found found{.kind = draft.kind, .id = draft.id, .etag = stored.etag, .created_ms = stored.created_ms, .updated_ms = now_ms, .part = part_of_body(doc)};
  if (before != nullptr && draft.kind == ResourceKind::class_ &&
      behavior_of(before->doc, writing.earlier.parts()) != behavior_of(doc, writing.now.parts())) {
    return breaking("The behavior of a class cannot change; make a new class.");
  }
  writing.now.put(found);
  TRY_DO(check_dependants(writing, found, before == nullptr ? nullptr : &before->doc));
  if (draft.kind == ResourceKind::schema) TRY_DO(check_union(writing, found, before));
  const auto refs = external_refs(doc);
  if (before == nullptr) TRY_DO(insert_resource(writing.transaction, writing.scope.sandbox, stored, refs));
  else TRY_DO(update_resource(writing.transaction, writing.scope.sandbox, stored, refs));
  TRY_DO(append_audit(writing.transaction, writing.scope, settings_.org_id, clock_.now(),
                      {.id = draft.id, .kind = draft.kind, .before = before == nullptr ? Json() : before->doc, .after = doc}));
  return Shown{.body = doc, .etag = stored.etag};
}

Result<Stored> Registry::stored(Writing& writing, ResourceKind kind, std::string_view id) const {
  TRY(const auto found, writing.earlier.find(id));
  if (!found || found->kind != kind) return no_resource(kind, plain_id(id));
  if (found->global) return library_is_read_only();
  TRY(auto resource, find_resource(writing.transaction, writing.scope.sandbox, found->id));
  if (!resource) return no_resource(kind, plain_id(id));
  return std::move(*resource);
}

Result<Shown> Registry::create(const Scope& scope, ResourceKind kind, const Json& body) {
  const std::string id = id_text({.tenant = settings_.tenant, .type = std::string(words_of(kind).type), .tail = random_hex(random_, kIdDigits)});
  return write(scope, [&](Writing& writing) { return put(writing, {.kind = kind, .id = id, .body = body}); });
}

Result<Shown> Registry::replace(const Scope& scope, ResourceKind kind, std::string_view id, const Json& body) {
  return write(scope, [&](Writing& writing) -> Result<Shown> {
    TRY(Stored before, stored(writing, kind, id));
    const std::string own_id = before.id;
    return put(writing, {.kind = kind, .id = own_id, .body = body, .before = std::move(before)});
  });
}

Result<Shown> Registry::patch(const Scope& scope, ResourceKind kind, std::string_view id, const Json& patch) {
  return write(scope, [&](Writing& writing) -> Result<Shown> {
    TRY(Stored before, stored(writing, kind, id));
    TRY(Json body, patched(before.doc, patch));
    const std::string own_id = before.id;
    return put(writing, {.kind = kind, .id = own_id, .body = std::move(body), .before = std::move(before)});
  });
}

Result<Json> Registry::impact(const Scope& scope, const Change& change) {
  std::vector<Impact> impact;
  Scope trial = scope;
  trial.impact = &impact;
  Json changes = Json::array();
  bool compatible = true;
  const Status tried = change(*this, trial);
  if (!tried && tried.error().kind != ErrorKind::cancelled) {
    if (tried.error().code != kBreakingCode) return tried.error();
    compatible = false;
    changes.push_back({{"schema", ""}, {"title", ""}, {"inUse", true}, {"path", ""}, {"message", tried.error().message}});
  }
  for (const Impact& one : impact) {
    compatible = compatible && !one.in_use;
    for (const Problem& problem : one.problems) {
      changes.push_back({{"schema", one.schema}, {"title", one.title}, {"inUse", one.in_use}, {"path", problem.path}, {"message", problem.message}});
    }
  }
  return Json{{"compatible", compatible}, {"changes", std::move(changes)}};
}

Status Registry::check_removal(Writing& writing, const Stored& resource) const {
  const std::string& sandbox = writing.scope.sandbox;
  TRY(const auto users, referring(writing.transaction, sandbox, resource.id));
  if (!users.empty()) {
    return breaking("The " + std::string(words_of(resource.kind).noun) + " " + resource.id + " is part of " + users.front() + "; change that first.");
  }
  if (resource.kind != ResourceKind::schema) return {};
  if (resource.in_union()) return breaking("The schema " + resource.id + " takes part in a union and cannot be deleted.");
  TRY(const auto pointing, descriptors_to(writing.transaction, sandbox, resource.id));
  if (!pointing.empty()) {
    return breaking("The descriptor " + pointing.front().id + " of the schema " + pointing.front().source_schema() + " points to " + resource.id + "; delete that first.");
  }
  if (!use_) return {};
  TRY(const SchemaUse use, use_(writing.transaction, sandbox, resource.id));
  return use.referenced ? Status(breaking("A data set stands on the schema " + resource.id + "; delete that first.")) : Status();
}

Status Registry::remove(const Scope& scope, ResourceKind kind, std::string_view id) {
  TRY([[maybe_unused]] const Shown gone, write(scope, [&](Writing& writing) -> Result<Shown> {
    TRY(const Stored before, stored(writing, kind, id));
    TRY_DO(check_removal(writing, before));
    if (kind == ResourceKind::schema) TRY_DO(remove_descriptors(writing.transaction, scope.sandbox, before.id));
    TRY_DO(remove_resource(writing.transaction, scope.sandbox, before.id));
    TRY_DO(append_audit(writing.transaction, scope, settings_.org_id, clock_.now(),
                        {.id = before.id, .kind = kind, .before = before.doc, .after = Json()}));
    return Shown{};
  }));
  return {};
}

}  // namespace foz::registry
