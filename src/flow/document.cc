#include "flow/document.h"

#include <algorithm>
#include <array>

#include "base/id.h"
#include "base/text.h"

namespace foz::flow {
namespace {

constexpr std::array kServerOwned = std::to_array<std::string_view>(
    {"id", "createdAt", "updatedAt", "createdBy", "updatedBy", "createdClient", "updatedClient", "sandboxId", "sandboxName",
     "imsOrgId", "etag", "version", "state", "inheritedAttributes", "lastOperation", "lastRunDetails", "runs", "providerRefId", "_foz"});

/// What a member holds where it is there. Clients index into all of these but `text`: null means that they are not there (15).
enum class Form : uint8_t { text, object, list, texts, objects, spec, auth, any };
struct MemberForm {
  std::string_view name;
  Form form;
};
constexpr auto kForms = std::to_array<MemberForm>(
    {{"description", Form::text}, {"type", Form::text}, {"auth", Form::auth}, {"connectionSpec", Form::spec}, {"flowSpec", Form::spec}, {"data", Form::object}, {"options", Form::object},
     {"params", Form::object}, {"scheduleParams", Form::object}, {"sourceConnectionIds", Form::texts}, {"targetConnectionIds", Form::texts},
     {"transformations", Form::objects}, {"labels", Form::texts}, {"policy", Form::any}, {"recordTypes", Form::any}, {"attributes", Form::object},
     {"sourceSpec", Form::object}, {"targetSpec", Form::object}, {"exploreSpec", Form::object}, {"permissionsInfo", Form::object}, {"optionSpec", Form::object},
     {"scheduleSpec", Form::object}, {"runSpec", Form::object}, {"authSpec", Form::objects}, {"encryptionSpecs", Form::list}, {"transformationSpecs", Form::objects},
     {"sourceConnectionSpecIds", Form::texts}, {"targetConnectionSpecIds", Form::texts}});

bool is_never_null(std::string_view name) {
  return std::any_of(kForms.begin(), kForms.end(), [&](const MemberForm& row) { return row.name == name && row.form != Form::text; });
}

bool is_list_of(const Json& value, bool (*fits)(const Json&)) { return value.is_array() && std::all_of(value.begin(), value.end(), fits); }
bool is_text(const Json& value) { return value.is_string(); }
bool is_object(const Json& value) { return value.is_object(); }
/// True when the member is missing, null or fits.
bool may_be(const Json& value, std::string_view name, bool (*fits)(const Json&)) {
  const Json* found = member(value, name);
  return found == nullptr || found->is_null() || fits(*found);
}

bool has_form(const Json& value, Form form) {
  switch (form) {
    case Form::text: return value.is_string();
    case Form::object: return value.is_object();
    case Form::list: return value.is_array();
    case Form::texts: return is_list_of(value, is_text);
    case Form::objects: return is_list_of(value, is_object);
    case Form::spec: return value.is_object() && !text_of(value, "id").empty() && may_be(value, "version", [](const Json& version) { return version.is_string() || version.is_number(); });
    case Form::auth: return value.is_object() && may_be(value, "specName", is_text) && may_be(value, "params", is_object);
    case Form::any: return true;
  }
  return true;
}

/// As the member's mistake is told: "labels is an array of texts."
std::string_view words_of(Form form) {
  switch (form) {
    case Form::text: return "a text";
    case Form::object: return "an object";
    case Form::list: return "an array";
    case Form::texts: return "an array of texts";
    case Form::objects: return "an array of objects";
    case Form::spec: return "an object with the id of a spec, and its version where that matters";
    case Form::auth: return "an object with specName, a text, and params, an object";
    case Form::any: break;
  }
  return "anything";
}

template <size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The text inside an entity tag.
std::string_view bare_tag(std::string_view tag) {
  tag = trim(tag);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  return tag;
}

std::string hex8(uint64_t number) {
  std::string digits(8, '0');
  for (size_t i = 8; i-- > 0; number >>= 4) digits[i] = "0123456789abcdef"[number & 15];
  return digits;
}

}  // namespace

Json to_json(const Written& written) { return {{"id", written.id}, {"etag", written.etag}}; }

std::string new_etag(Random& random, Instant now) {
  return "\"" + random_hex(random, 8) + "-0000-0200-0000-" + hex8(static_cast<uint64_t>(to_seconds(now))) + "0000\"";
}

Status check_if_match(const std::optional<std::string>& if_match, std::string_view etag, bool required, std::string_view where) {
  if (!if_match || trim(*if_match).empty()) {
    if (!required) return {};
    return Error{.kind = ErrorKind::invalid, .message = "The header If-Match is missing: send the etag that you read.",
                 .code = "FLOW-1403-400", .where = std::string(where)};
  }
  for (const std::string_view tag : split(*if_match, ',')) {
    if (trim(tag) == "*" || bare_tag(tag) == bare_tag(etag)) return {};
  }
  return stale(where);
}

Error stale(std::string_view where) {
  return Error{.kind = ErrorKind::conflict, .message = "Somebody changed it since you read it: read it again and send its present etag in If-Match.",
               .code = "FLOW-1404-412", .where = std::string(where)};
}

Error no_such(std::string_view collection, std::string_view id) {
  return Error{.kind = ErrorKind::not_found,
               .message = "No " + std::string(collection) + " resource " + std::string(id) + " exists in this sandbox.",
               .code = "FLOW-1439-404",
               .where = std::string(collection) + "/" + std::string(id)};
}

bool is_server_owned(std::string_view member) { return is_among(kServerOwned, member); }

Json shown(Json stored) {
  stored.erase(std::string(kInternal));
  return stored;
}

Json internal_of(const Json& stored, std::string_view name) {
  const Json* value = member_at(stored, {kInternal, name});
  return value == nullptr ? Json(nullptr) : *value;
}

void set_internal(Json& stored, std::string_view name, Json value) { stored[std::string(kInternal)][std::string(name)] = std::move(value); }

Json new_document(const Scope& scope, const Json& body, std::string id, const std::string& etag, Instant now) {
  Json document = {{"id", std::move(id)},
                   {"createdAt", to_millis(now)},
                   {"updatedAt", to_millis(now)},
                   {"createdBy", scope.user_id},
                   {"updatedBy", scope.user_id},
                   {"createdClient", scope.client_id},
                   {"updatedClient", scope.client_id},
                   {"sandboxId", scope.sandbox},
                   {"sandboxName", scope.sandbox_name},
                   {"imsOrgId", scope.org_id}};
  for (const auto& [name, value] : body.items()) {
    if (is_server_owned(name) || (value.is_null() && is_never_null(name))) continue;
    document[name] = value;
  }
  document["version"] = etag;
  document["etag"] = etag;
  return document;
}

void stamp(Json& document, const Scope& scope, const std::string& etag, Instant now) {
  document["updatedAt"] = to_millis(now);
  document["updatedBy"] = scope.user_id;
  document["updatedClient"] = scope.client_id;
  document["version"] = etag;
  document["etag"] = etag;
}

Json operation_json(std::string_view operation, Instant started, Instant now, const Json* ops) {
  Json json = {{"started", to_millis(started)}, {"updated", to_millis(now)}, {"percentCompleted", 100.0},
               {"status", {{"value", "completed"}, {"errors", Json::array()}}}};
  if (ops != nullptr) json["ops"] = *ops;
  json["operation"] = operation;
  return json;
}

store::Resource resource_of(std::string_view sandbox, Json document) {
  return store::Resource{.sandbox = std::string(sandbox),
                         .id = text_of(document, "id"),
                         .etag = text_of(document, "etag"),
                         .created_ms = integer_of(document, "createdAt").value_or(0),
                         .updated_ms = integer_of(document, "updatedAt").value_or(0),
                         .doc = std::move(document)};
}

std::string where_of(const Shelf& shelf, std::string_view id) { return std::string(shelf.collection) + "/" + std::string(id); }

Result<Json> find_stored(store::Reader& reader, const Shelf& shelf, std::string_view sandbox, std::string_view id) {
  auto found = store::ResourceTable(shelf.table).find(reader, sandbox, id);
  if (found) return std::move(found->doc);
  if (found.error().kind == ErrorKind::not_found) return no_such(shelf.collection, id);
  return std::move(found).error();
}

Status replace_stored(store::Transaction& transaction, const Shelf& shelf, std::string_view sandbox, const Json& document,
                      std::string_view before, const store::Extras& extras) {
  const store::Resource resource = resource_of(sandbox, document);
  const Status replaced = store::ResourceTable(shelf.table).update(transaction, resource, before, extras);
  if (replaced || replaced.error().kind == ErrorKind::unavailable) return replaced;
  if (replaced.error().kind == ErrorKind::not_found) return no_such(shelf.collection, resource.id);
  return replaced.error().kind == ErrorKind::conflict ? Status(stale(where_of(shelf, resource.id))) : replaced;
}

void drop_nulls(Json& document) {
  for (const MemberForm& row : kForms) {
    if (const Json* value = member(document, row.name); value != nullptr && value->is_null() && row.form != Form::text) document.erase(std::string(row.name));
  }
}

Status check_forms(const Json& document) {
  for (const MemberForm& row : kForms) {
    const Json* value = member(document, row.name);
    if (value == nullptr || value->is_null() || has_form(*value, row.form)) continue;
    return provider_error(1312, std::string(row.name) + " is " + std::string(words_of(row.form)) + ".", "/" + std::string(row.name));
  }
  return {};
}

void move_behind(Json& document, const Place& place) {
  const Json* moved = member(document, place.member);
  if (moved == nullptr || member(document, place.after) == nullptr) return;
  Json ordered = Json::object();
  for (const auto& [name, value] : document.items()) {
    if (name == place.member) continue;
    ordered[name] = value;
    if (name == place.after) ordered[std::string(place.member)] = *moved;
  }
  document = std::move(ordered);
}

Error provider_error(int number, std::string message, std::string where) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONNECTOR-" + std::to_string(number) + "-400", .where = std::move(where)};
}

Error flow_error(int number, std::string message, std::string where) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "FLOW-" + std::to_string(number) + "-400", .where = std::move(where)};
}

Error several(std::vector<Error> errors) {
  FOZ_CHECK(!errors.empty());
  Error first = errors.front();
  if (errors.size() == 1) return first;
  for (Error& error : errors) first.problems.push_back({.path = std::move(error.where), .code = std::move(error.code), .message = std::move(error.message)});
  return first;
}

Status check_name(const Json& document) {
  const Json* name = member(document, "name");
  if (name == nullptr || name->is_null() || (name->is_string() && trim(name->get_ref<const std::string&>()).empty())) {
    return provider_error(1304, "The mandatory field name is missing.", "/name");
  }
  if (!name->is_string()) return provider_error(1312, "The name is not text.", "/name");
  if (utf8::length(name->get_ref<const std::string&>()) > 255) return provider_error(1312, "The name is longer than 255 characters.", "/name");
  return {};
}

std::string spec_id_of(const Json& document, std::string_view name) {
  const Json* spec = member(document, name);
  return spec == nullptr ? "" : text_of(*spec, "id");
}

Json spec_reference(const Json& given) {
  Json reference = given.is_object() ? given : Json::object();
  if (const Json* version = member(reference, "version"); version == nullptr || version->is_null()) reference["version"] = "1.0";
  return reference;
}

}  // namespace foz::flow
