#include "registry/body.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "registry/body_fields.h"
#include "registry/errors.h"
#include "registry/field_type.h"
#include "security/digest.h"

namespace foz::registry {
namespace {

constexpr std::string_view kServerMembers[] = {
    "$id", "version", "imsOrg", "refs", "meta:altId", "meta:resourceType", "meta:containerId", "meta:sandboxId", "meta:sandboxType",
    "meta:tenantNamespace", "meta:datasetNamespace", "meta:registryMetadata", "meta:class", "meta:extends", "meta:extensible", "meta:abstract",
    "meta:descriptorStatus", "meta:allFieldAccess", "meta:descriptors"};

Status check_list_of_texts(const Json& body, std::string_view name) {
  const Json* list = member(body, name);
  if (list == nullptr) return {};
  const bool texts = list->is_array() && std::all_of(list->begin(), list->end(), [](const Json& one) { return one.is_string(); });
  return texts ? Status() : malformed("The member " + std::string(name) + " is an array of texts.");
}

Status check_shape(ResourceKind kind, const Json& body) {
  if (!body.is_object()) return malformed("The body is a JSON object that describes a " + std::string(words_of(kind).noun) + ".");
  const Json* title = member(body, "title");
  if (title == nullptr || !title->is_string() || trim(title->get_ref<const std::string&>()).empty()) {
    return malformed("A " + std::string(words_of(kind).noun) + " needs a title, a text that is not empty.");
  }
  if (const Json* about = member(body, "description"); about != nullptr && !about->is_string()) return malformed("The description is a text.");
  const Json* type = member(body, "type");
  if (type != nullptr && kind != ResourceKind::data_type && *type != "object") {
    return malformed("The type of a " + std::string(words_of(kind).noun) + " is \"object\".");
  }
  for (const char* name : {"definitions", "properties"}) {
    const Json* nodes = member(body, name);
    if (nodes != nullptr && !nodes->is_object()) return malformed("The member " + std::string(name) + " is an object.");
  }
  if (const Json* parts = member(body, "allOf"); parts != nullptr) {
    const bool objects = parts->is_array() && std::all_of(parts->begin(), parts->end(), [](const Json& part) { return part.is_object(); });
    if (!objects) return malformed("The member allOf is an array of objects.");
  }
  TRY_DO(check_list_of_texts(body, "meta:immutableTags"));
  return check_list_of_texts(body, "meta:intendedToExtend");
}

bool has_members(const Json& body, std::string_view name) {
  const Json* value = member(body, name);
  return value != nullptr && value->is_structured() && !value->empty();
}

ResourceKind kind_of_part(const std::string& id, const PartOf& parts) {
  const auto part = parts(id);
  return part == nullptr ? ResourceKind::descriptor : kind_of_type(text_of(*part, "meta:resourceType")).value_or(ResourceKind::descriptor);
}

/// What the entries of `allOf` name, by kind.
struct Parts {
  std::vector<std::string> classes, groups, data_types, behaviors, others;
};

Parts parts_of(const Json& body, const PartOf& part_of) {
  Parts parts;
  for (const std::string& id : part_refs(body)) {
    switch (kind_of_part(id, part_of)) {
      case ResourceKind::class_: parts.classes.push_back(id); break;
      case ResourceKind::field_group: parts.groups.push_back(id); break;
      case ResourceKind::data_type: parts.data_types.push_back(id); break;
      case ResourceKind::behavior: parts.behaviors.push_back(id); break;
      default: parts.others.push_back(id);
    }
  }
  return parts;
}

Status check_relational(const Json& body) {
  if (!has_members(body, "definitions") && !has_members(body, "properties")) {
    return cannot_merge("A relational schema has its fields in definitions.customFields.properties; this one has none.");
  }
  if (const std::string behavior = text_of(body, "meta:behaviorType", "record"); behavior != "record" && behavior != "time-series") {
    return malformed("The member meta:behaviorType is record or time-series, not " + behavior + ".");
  }
  if (!part_refs(body).empty()) {
    return cannot_merge("A relational schema has fields of its own only; " + part_refs(body).front() + " is none of them.");
  }
  return {};
}

Status check_schema(const Json& body, const PartOf& part_of) {
  if (is_relational(body)) return check_relational(body);
  if (has_members(body, "properties") || has_members(body, "definitions")) {
    return cannot_merge("A schema is composed of one class and field groups in allOf; fields of its own go into a field group.");
  }
  const Json* entries = member(body, "allOf");
  if (entries == nullptr || entries->empty()) {
    return cannot_merge("The member allOf of a schema names one class and any number of field groups; it is missing.");
  }
  for (const Json& entry : *entries) {
    if (text_of(entry, "$ref").empty()) return cannot_merge("Every entry of allOf in a schema is a $ref to a class or a field group.");
    const Reference reference = reference_of(text_of(entry, "$ref"));
    if (reference.id.empty()) return cannot_merge("A schema has no definitions that " + text_of(entry, "$ref") + " could name.");
    if (!reference.pointer.empty()) {
      return cannot_merge("The $ref " + text_of(entry, "$ref") + " names a part of a resource; a schema is composed of a whole class and whole field groups.");
    }
  }
  const Parts parts = parts_of(body, part_of);
  for (const auto* wrong : {&parts.behaviors, &parts.data_types, &parts.others}) {
    if (!wrong->empty()) {
      return cannot_merge("The $ref " + wrong->front() + " is a " + std::string(words_of(kind_of_part(wrong->front(), part_of)).noun) +
                          "; a schema is composed of one class and field groups.");
    }
  }
  if (parts.classes.size() != 1) {
    return cannot_merge("A schema has exactly one class in allOf; this one has " + (parts.classes.empty() ? "none." : join(parts.classes, ", ") + "."));
  }
  return {};
}

Status check_class(const Json& body, const PartOf& part_of) {
  const Parts parts = parts_of(body, part_of);
  if (parts.behaviors.size() != 1) {
    return cannot_merge("A class has exactly one behavior in allOf (" + std::string(kRecordBehavior) + ", " + std::string(kTimeSeriesBehavior) + " or " +
                        std::string(kAdhocBehavior) + "); this one has " + (parts.behaviors.empty() ? "none." : join(parts.behaviors, ", ") + "."));
  }
  for (const auto* wrong : {&parts.classes, &parts.others}) {
    if (!wrong->empty()) return cannot_merge("The $ref " + wrong->front() + " cannot be part of a class.");
  }
  return {};
}

Status check_field_group(const Json& body, const PartOf& part_of) {
  if (!has_members(body, "allOf") && !has_members(body, "properties") && !has_members(body, "definitions")) {
    return malformed("A field group has fields: in properties, in an entry of allOf, or in definitions that allOf names.");
  }
  const Parts parts = parts_of(body, part_of);
  for (const auto* wrong : {&parts.classes, &parts.behaviors, &parts.others}) {
    if (!wrong->empty()) {
      return cannot_merge("The $ref " + wrong->front() + " cannot be part of a field group; name classes in meta:intendedToExtend.");
    }
  }
  return {};
}

Status check_data_type(const Json& body, const PartOf& part_of) {
  if (!has_members(body, "properties") && !has_members(body, "items") && !has_members(body, "allOf") && !has_members(body, "definitions") &&
      (text_of(body, "type", "object") == "object" && !has_members(body, "additionalProperties"))) {
    return malformed("A data type has fields in properties, or items.");
  }
  const Parts parts = parts_of(body, part_of);
  for (const auto* wrong : {&parts.classes, &parts.behaviors, &parts.others}) {
    if (!wrong->empty()) return cannot_merge("The $ref " + wrong->front() + " cannot be part of a data type.");
  }
  return {};
}

Status check_kind(ResourceKind kind, const Json& body, const PartOf& part_of) {
  switch (kind) {
    case ResourceKind::schema: return check_schema(body, part_of);
    case ResourceKind::class_: return check_class(body, part_of);
    case ResourceKind::field_group: return check_field_group(body, part_of);
    default: return check_data_type(body, part_of);
  }
}

std::string tail_of(const std::string& id) { return id.substr(id.rfind('/') + 1); }

/// Members that follow from the rest.
void derive_members(ResourceKind kind, Json& body, const std::string& id, const PartOf& part_of) {
  std::vector<std::string> refs = external_refs(body);
  if (kind == ResourceKind::schema && !is_relational(body)) {
    const std::string class_id = parts_of(body, part_of).classes.front();
    std::erase(refs, class_id);
    refs.push_back(class_id);
    body["meta:class"] = class_id;
    if (const auto class_body = part_of(class_id); class_body != nullptr && class_body->contains("meta:datasetNamespace")) {
      body["meta:datasetNamespace"] = (*class_body)["meta:datasetNamespace"];
    }
  }
  std::vector<std::string> extends = is_relational(body) ? std::vector<std::string>{std::string(kAdhocV2Behavior)} : extends_of(body, part_of);
  body["refs"] = refs;
  if (!extends.empty() || kind != ResourceKind::data_type) body["meta:extends"] = extends;
  if (kind == ResourceKind::field_group && !body.contains("meta:intendedToExtend")) body["meta:intendedToExtend"] = Json::array();
  if (kind == ResourceKind::class_ && is_adhoc(body) && rename_adhoc_fields(body, "_" + tail_of(id))) {
    body["meta:datasetNamespace"] = "_" + tail_of(id);
  }
}

}  // namespace

Json client_members(const Json& body) {
  Json made = Json::object();
  if (!body.is_object()) return body;
  const bool relational = is_relational(body);
  for (const auto& [name, value] : body.items()) {
    const bool server = std::find(std::begin(kServerMembers), std::end(kServerMembers), name) != std::end(kServerMembers);
    if (!server) made[name] = value;
  }
  if (relational) made["meta:extends"] = Json::array({kAdhocV2Behavior});
  return made;
}

bool says_the_same(const Json& before, const Json& after) {
  Json own = client_members(before), now = client_members(after);
  complete_types(own);
  complete_types(now);
  return same_json(own, now);
}

bool is_relational(const Json& body) {
  const auto extends = texts_of(body, "meta:extends");
  return std::find(extends.begin(), extends.end(), kAdhocV2Behavior) != extends.end() && (has_members(body, "definitions") || has_members(body, "properties"));
}

Result<Json> checked_body(ResourceKind kind, const Json& body, const std::string& id, Finder& finder, const BodyRules& rules) {
  TRY_DO(check_shape(kind, body));
  TRY(Json made, with_plain_refs(client_members(body), finder));
  if (kind != ResourceKind::data_type) made.erase("meta:xdmType");
  if (!made.contains("type") && !made.contains("items")) made["type"] = "object";
  TRY_DO(check_types(made));
  const PartOf parts = finder.parts();
  TRY_DO(check_kind(kind, made, parts));
  derive_members(kind, made, id, parts);
  complete_types(made);
  const bool adhoc = is_adhoc(made) || (kind == ResourceKind::schema && is_relational(made));
  TRY_DO(check_field_names(made, adhoc, finder.library(), rules));
  if (!adhoc && (kind == ResourceKind::field_group || kind == ResourceKind::class_)) TRY_DO(check_namespace(kind, made, finder, rules));
  TRY_DO(finder.status());
  return made;
}

History history_of(const Json& stored) {
  const Json* metadata = member(stored, "meta:registryMetadata");
  if (metadata == nullptr) return {};
  return {.version = text_of(stored, "version", "1.0"), .created_ms = integer_of(*metadata, "repo:createdDate").value_or(0),
          .created_client = text_of(*metadata, "xdm:createdClientId"), .created_user = text_of(*metadata, "xdm:createdUserId")};
}

std::string next_version(std::string_view version) {
  const size_t dot = version.rfind('.');
  const int64_t minor = dot == version.npos ? 0 : to_integer(version.substr(dot + 1)).value_or(0);
  return std::string(version.substr(0, dot)) + "." + std::to_string(minor + 1);
}

Json with_envelope(const Json& checked, const Envelope& envelope, const Scope& scope, const BodyRules& rules) {
  const bool schema = envelope.kind == ResourceKind::schema, data_type = envelope.kind == ResourceKind::data_type;
  Json doc = {{"$id", envelope.id}, {"meta:altId", alt_id_of(envelope.id)}, {"meta:resourceType", words_of(envelope.kind).type},
              {"version", envelope.history.version}, {"title", text_of(checked, "title")}};
  for (const auto& [name, value] : checked.items()) {
    if (!doc.contains(name) && name != "meta:extends" && name != "meta:xdmType" && name != "meta:class") doc[name] = value;
  }
  doc["imsOrg"] = envelope.org_id;
  doc["meta:extensible"] = !schema;
  if (!data_type) doc["meta:abstract"] = !schema;
  if (const Json* extends = member(checked, "meta:extends")) doc["meta:extends"] = *extends;
  doc["meta:xdmType"] = text_of(checked, "meta:xdmType", "object");
  doc["meta:registryMetadata"] = {{"repo:createdDate", envelope.history.created_ms}, {"repo:lastModifiedDate", envelope.now_ms},
                                  {"xdm:createdClientId", envelope.history.created_client}, {"xdm:lastModifiedClientId", scope.client},
                                  {"xdm:createdUserId", envelope.history.created_user}, {"xdm:lastModifiedUserId", scope.user}};
  if (const Json* class_id = member(checked, "meta:class")) doc["meta:class"] = *class_id;
  doc["meta:containerId"] = "tenant";
  doc["meta:sandboxId"] = scope.sandbox;
  doc["meta:sandboxType"] = scope.sandbox_type;
  doc["meta:tenantNamespace"] = rules.tenant_namespace();
  const std::string etag = security::sha256_hex(to_canonical_text(doc));
  doc["meta:registryMetadata"]["eTag"] = etag;
  doc["meta:registryMetadata"]["meta:globalLibVersion"] = envelope.library_version;
  return doc;
}

std::string behavior_of(const Json& raw, const PartOf& part_of) {
  if (is_relational(raw)) return text_of(raw, "meta:behaviorType", "record");
  std::vector<std::string> extends = texts_of(raw, "meta:extends");
  for (const std::string& id : extends_of(raw, part_of)) extends.push_back(id);
  const auto has = [&](std::string_view id) { return std::find(extends.begin(), extends.end(), id) != extends.end(); };
  if (has(kTimeSeriesBehavior)) return "time-series";
  return has(kAdhocBehavior) || has(kAdhocV2Behavior) ? "adhoc" : "record";
}

}  // namespace foz::registry
