#include "flow/specs.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "store/resource_table.h"

namespace foz::flow {
namespace {

const store::ResourceTable kConnectionSpecs("custom_connection_specs");
const store::ResourceTable kFlowSpecs("custom_flow_specs");

/// Letters and digits alone, lower case: how auth spec names are compared (5.4).
std::string folded(std::string_view name) {
  std::string text = lower(name);
  std::erase_if(text, [](char c) { return c == ' ' || c == '-' || c == '_'; });
  return text;
}

Error built_in_error(std::string_view collection, std::string_view id) {
  return Error{.kind = ErrorKind::forbidden, .message = "This spec is built in and cannot be changed: create one of your own.", .code = "FLOW-2120-403",
               .where = std::string(collection) + "/" + std::string(id)};
}

/// True when a text anywhere in `json` holds an expression template.
bool has_template(const Json& json) {
  if (json.is_string()) return json.get_ref<const std::string&>().find("@{") != std::string::npos;
  return json.is_structured() && std::any_of(json.begin(), json.end(), has_template);
}

Status check_spec_body(const Json& body) {
  if (!body.is_object()) return flow_error(1405, "The body is not an object: send the spec.");
  TRY_DO(check_name(body));
  if (text_of(body, "providerId").empty()) return provider_error(1304, "The mandatory field providerId is missing.", "/providerId");
  TRY_DO(check_forms(body));
  if (has_template(body)) return provider_error(1312, "Expression templates @{...} are not run: write {SCHEDULE_QUERY} where the window goes.");
  return {};
}

Error name_taken(std::string_view name) { return provider_error(1312, "There is a spec with the name \"" + std::string(name) + "\" already.", "/name"); }

Result<std::vector<Json>> all_custom(store::Reader& reader, const store::ResourceTable& table, std::string_view sandbox) {
  std::vector<Json> docs;
  TRY_DO(table.each(reader, sandbox, "", {}, "created_ms, id", [&](store::Resource resource) {
    docs.push_back(shown(std::move(resource.doc)));
    return true;
  }));
  return docs;
}

Result<std::optional<Json>> find_custom(store::Reader& reader, const store::ResourceTable& table, std::string_view sandbox, std::string_view id) {
  auto found = table.find(reader, sandbox, id);
  if (found) return std::optional(shown(std::move(found->doc)));
  if (found.error().kind == ErrorKind::not_found) return std::optional<Json>();
  return std::move(found).error();
}

std::vector<AuthForm> auth_forms_of(const Json& doc) {
  std::vector<AuthForm> forms;
  const Json* specs = member(doc, "authSpec");
  if (specs == nullptr || !specs->is_array()) return forms;
  for (const Json& auth : *specs) {
    AuthForm form{.name = text_of(auth, "name"), .type = text_of(auth, "type"), .parameters = {}};
    const Json* spec = member(auth, "spec");
    const std::vector<std::string> required = spec == nullptr ? std::vector<std::string>() : texts_of(*spec, "required");
    const Json* properties = spec == nullptr ? nullptr : member(*spec, "properties");
    if (properties != nullptr && properties->is_object()) {
      for (const auto& [name, property] : properties->items()) {
        const bool needed = std::find(required.begin(), required.end(), name) != required.end();
        form.parameters.push_back({.name = name, .required = needed, .secret = text_of(property, "format") == "password"});
      }
    }
    forms.push_back(std::move(form));
  }
  return forms;
}

/// The stored form of a custom spec: its own version stays, audit members are added.
Json custom_document(const Scope& scope, const Json& body, const std::string& id, const std::string& etag, Instant now) {
  Json document = new_document(scope, body, id, etag, now);
  const std::string version = text_of(body, "version");
  document["version"] = version.empty() ? "1.0" : version;
  return document;
}

void append_missing(Json& ids, const std::vector<std::string>& more) {
  for (const std::string& id : more) {
    if (std::find(ids.begin(), ids.end(), Json(id)) == ids.end()) ids.push_back(id);
  }
}

}  // namespace

const AuthForm* ConnectionSpec::auth_form(std::string_view spec_name) const {
  if (trim(spec_name).empty()) return auth.size() == 1 ? &auth.front() : nullptr;
  const std::string wanted = folded(spec_name);
  const auto found = std::find_if(auth.begin(), auth.end(), [&](const AuthForm& form) { return folded(form.name) == wanted || folded(form.type) == wanted; });
  return found == auth.end() ? nullptr : &*found;
}

ConnectionSpec connection_spec_of(Json doc) {
  ConnectionSpec spec{.id = text_of(doc, "id"), .name = text_of(doc, "name"), .kind = SpecKind::resource, .custom = true, .doc = {}};
  spec.auth = auth_forms_of(doc);
  if (const Json* draft = member_at(doc, {"attributes", "isDraftModeSupported"})) spec.draft_mode = as_boolean(*draft).value_or(true);
  spec.doc = std::move(doc);
  return spec;
}

Specs::Specs(std::span<const sources::SourceSpec* const> sources, const Clock& clock, Random& random)
    : connection_specs_(builtin_connection_specs(sources)), flow_specs_(builtin_flow_specs(connection_specs_)), clock_(clock), random_(random) {}

const ConnectionSpec* Specs::built_in(std::string_view id) const {
  const auto found = std::find_if(connection_specs_.begin(), connection_specs_.end(), [&](const ConnectionSpec& spec) { return spec.id == id; });
  return found == connection_specs_.end() ? nullptr : &*found;
}

Result<std::vector<Json>> Specs::connection_specs(store::Reader& reader, std::string_view sandbox, bool custom) const {
  std::vector<Json> docs;
  for (const ConnectionSpec& spec : connection_specs_) docs.push_back(spec.doc);
  if (!custom) return docs;
  TRY(auto own, all_custom(reader, kConnectionSpecs, sandbox));
  for (Json& doc : own) docs.push_back(std::move(doc));
  return docs;
}

/// RestStorageToAEP with every custom spec, and what a PUT linked to it (5.5).
Result<Json> Specs::linked(store::Reader& reader, std::string_view sandbox, Json flow_spec, bool custom) const {
  if (!custom || text_of(flow_spec, "id") != kRestStorageToAep) return flow_spec;
  TRY(const auto own, all_custom(reader, kConnectionSpecs, sandbox));
  std::vector<std::string> ids;
  for (const Json& doc : own) ids.push_back(text_of(doc, "id"));
  append_missing(flow_spec["sourceConnectionSpecIds"], ids);
  TRY(const auto changed, find_custom(reader, kFlowSpecs, sandbox, kRestStorageToAep));
  if (!changed) return flow_spec;
  append_missing(flow_spec["sourceConnectionSpecIds"], texts_of(*changed, "sourceConnectionSpecIds"));
  append_missing(flow_spec["targetConnectionSpecIds"], texts_of(*changed, "targetConnectionSpecIds"));
  return flow_spec;
}

Result<std::vector<Json>> Specs::flow_specs(store::Reader& reader, std::string_view sandbox, bool custom) const {
  std::vector<Json> docs;
  for (const Json& spec : flow_specs_) {
    TRY(Json doc, linked(reader, sandbox, spec, custom));
    docs.push_back(std::move(doc));
  }
  if (!custom) return docs;
  TRY(auto own, all_custom(reader, kFlowSpecs, sandbox));
  for (Json& doc : own) {
    if (text_of(doc, "id") != kRestStorageToAep) docs.push_back(std::move(doc));
  }
  return docs;
}

Result<std::optional<ConnectionSpec>> Specs::find_connection_spec(store::Reader& reader, std::string_view sandbox, std::string_view id) const {
  if (const ConnectionSpec* spec = built_in(id)) return std::optional(*spec);
  TRY(auto own, find_custom(reader, kConnectionSpecs, sandbox, id));
  if (!own) return std::optional<ConnectionSpec>();
  return std::optional(connection_spec_of(std::move(*own)));
}

Result<std::optional<Json>> Specs::find_flow_spec(store::Reader& reader, std::string_view sandbox, std::string_view id) const {
  for (const Json& spec : flow_specs_) {
    if (text_of(spec, "id") != id) continue;
    TRY(Json doc, linked(reader, sandbox, spec, true));
    return std::optional(std::move(doc));
  }
  return find_custom(reader, kFlowSpecs, sandbox, id);
}

Result<Json> Specs::create_connection_spec(store::Database& database, const Scope& scope, const Json& body) const {
  TRY_DO(check_spec_body(body));
  const std::string name = text_of(body, "name");
  const bool shadows = std::any_of(connection_specs_.begin(), connection_specs_.end(), [&](const ConnectionSpec& spec) { return spec.name == name; });
  if (shadows) return name_taken(name);
  Json document = custom_document(scope, body, new_uuid(random_), new_etag(random_, clock_.now()), clock_.now());
  const Status stored = database.write([&](store::Transaction& transaction) {
    return kConnectionSpecs.insert(transaction, resource_of(scope.sandbox, document), {{"name", name}});
  });
  if (!stored) return stored.error().kind == ErrorKind::conflict ? name_taken(name) : stored.error();
  return document;
}

Result<Json> Specs::create_flow_spec(store::Database& database, const Scope& scope, const Json& body) const {
  TRY_DO(check_spec_body(body));
  const std::string name = text_of(body, "name");
  const bool shadows = std::any_of(flow_specs_.begin(), flow_specs_.end(), [&](const Json& spec) { return text_of(spec, "name") == name; });
  if (shadows) return name_taken(name);
  Json document = custom_document(scope, body, new_uuid(random_), new_etag(random_, clock_.now()), clock_.now());
  const Status stored = database.write([&](store::Transaction& transaction) {
    return kFlowSpecs.insert(transaction, resource_of(scope.sandbox, document), {{"name", name}});
  });
  if (!stored) return stored.error().kind == ErrorKind::conflict ? name_taken(name) : stored.error();
  return document;
}

namespace {

/// `body` in the place of a stored custom spec.
Result<Json> replace_custom(store::Database& database, const store::ResourceTable& table, std::string_view collection, const Scope& scope,
                            std::string_view id, const Json& body, const std::string& etag, Instant now) {
  TRY_DO(check_spec_body(body));
  if (const std::string own = text_of(body, "id"); !own.empty() && own != id) {
    return provider_error(1312, "The id of the body is not the one of the path.", "/id");
  }
  const std::string name = text_of(body, "name");
  Json document;
  const Status stored = database.write([&](store::Transaction& transaction) -> Status {
    auto before = table.find(transaction, scope.sandbox, id);
    if (!before) return before.error().kind == ErrorKind::not_found ? no_such(collection, id) : before.error();
    document = custom_document(scope, body, std::string(id), etag, now);
    for (const char* kept : {"createdAt", "createdBy", "createdClient"}) document[kept] = before->doc[kept];
    return table.update(transaction, resource_of(scope.sandbox, document), "", {{"name", name}});
  });
  if (!stored) return stored.error().kind == ErrorKind::conflict ? name_taken(name) : stored.error();
  return document;
}

}  // namespace

Result<Json> Specs::replace_connection_spec(store::Database& database, const Scope& scope, std::string_view id, const Json& body) const {
  if (built_in(id) != nullptr) return built_in_error("connectionSpecs", id);
  const std::string name = body.is_object() ? text_of(body, "name") : "";
  const bool shadows = std::any_of(connection_specs_.begin(), connection_specs_.end(), [&](const ConnectionSpec& spec) { return spec.name == name; });
  if (shadows) return name_taken(name);
  return replace_custom(database, kConnectionSpecs, "connectionSpecs", scope, id, body, new_etag(random_, clock_.now()), clock_.now());
}

Result<Json> Specs::replace_flow_spec(store::Database& database, const Scope& scope, std::string_view id, const Json& body) const {
  const bool built_in = std::any_of(flow_specs_.begin(), flow_specs_.end(), [&](const Json& spec) { return text_of(spec, "id") == id; });
  if (!built_in) return replace_custom(database, kFlowSpecs, "flowSpecs", scope, id, body, new_etag(random_, clock_.now()), clock_.now());
  if (id != kRestStorageToAep) return built_in_error("flowSpecs", id);
  if (!body.is_object()) return flow_error(1405, "The body is not an object: send the spec.");
  Json links = {{"name", "RestStorageToAEP"}};
  for (const char* name : {"sourceConnectionSpecIds", "targetConnectionSpecIds"}) links[name] = texts_of(body, name);
  const Json document = custom_document(scope, links, std::string(id), new_etag(random_, clock_.now()), clock_.now());
  TRY_DO(database.write([&](store::Transaction& transaction) -> Status {
    const auto before = kFlowSpecs.find(transaction, scope.sandbox, id);
    const store::Resource resource = resource_of(scope.sandbox, document);
    if (before) return kFlowSpecs.update(transaction, resource, "");
    return kFlowSpecs.insert(transaction, resource, {{"name", std::string("RestStorageToAEP")}});
  }));
  TRY(auto whole, find_flow_spec(database, scope.sandbox, id));
  return *whole;
}

Status Specs::remove_connection_spec(store::Database& database, const Scope& scope, std::string_view id) const {
  if (built_in(id) != nullptr) return built_in_error("connectionSpecs", id);
  return database.write([&](store::Transaction& transaction) -> Status {
    TRY(const auto used, transaction.first("SELECT id FROM connections WHERE sandbox = ? AND spec_id = ? LIMIT 1", {scope.sandbox, std::string(id)}));
    if (used) {
      Error error = flow_error(1447, "The connection " + used->text(0) + " uses this spec: delete it first.", "connectionSpecs/" + std::string(id));
      return error;
    }
    const Status removed = kConnectionSpecs.remove(transaction, scope.sandbox, id);
    return !removed && removed.error().kind == ErrorKind::not_found ? Status(no_such("connectionSpecs", id)) : removed;
  });
}

Status Specs::remove_flow_spec(store::Database& database, const Scope& scope, std::string_view id) const {
  const bool built_in = std::any_of(flow_specs_.begin(), flow_specs_.end(), [&](const Json& spec) { return text_of(spec, "id") == id; });
  if (built_in) return built_in_error("flowSpecs", id);
  return database.write([&](store::Transaction& transaction) -> Status {
    std::string user;
    TRY_DO(store::ResourceTable("flows").each(transaction, scope.sandbox, "", {}, "", [&](const store::Resource& flow) {
      if (spec_id_of(flow.doc, "flowSpec") == id) user = flow.id;
      return user.empty();
    }));
    if (!user.empty()) return flow_error(1447, "The flow " + user + " uses this spec: delete it first.", "flowSpecs/" + std::string(id));
    const Status removed = kFlowSpecs.remove(transaction, scope.sandbox, id);
    return !removed && removed.error().kind == ErrorKind::not_found ? Status(no_such("flowSpecs", id)) : removed;
  });
}

}  // namespace foz::flow
