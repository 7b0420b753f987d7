#include "registry/descriptor.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "registry/compose.h"
#include "registry/errors.h"
#include "registry/field_type.h"
#include "registry/names.h"
#include "security/digest.h"

namespace foz::registry {
namespace {

/// What the source property of a type is.
enum class Property : uint8_t { any, field, fields, scalar, identity };

/// The rest of what a type demands, on top of its property.
using Check = Status (*)(Json& body, Finder& finder, const BodyRules& rules);

struct DescriptorType {
  std::string_view name;
  Property property;
  Check check;
};

Status need_text(const Json& body, std::string_view name) {
  if (!text_of(body, name).empty()) return {};
  return bad_descriptor("A descriptor of type " + text_of(body, "@type") + " needs " + std::string(name) + ".");
}

Status need_one_of(const Json& body, std::string_view name, const std::vector<std::string>& allowed) {
  const std::string value = text_of(body, name);
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
  return bad_descriptor("The member " + std::string(name) + " of a descriptor is one of " + join(allowed, ", ") + ".");
}

/// A version as a number, also where it came as a text.
Status take_version(Json& body, const char* name) {
  const auto version = integer_of(body, name);
  if (!version) return bad_descriptor("The member " + std::string(name) + " is a whole number.");
  body[name] = *version;
  return {};
}

bool all_texts(const Json& values) {
  return std::all_of(values.begin(), values.end(), [](const Json& value) { return value.is_string(); });
}

Status no_more(Json&, Finder&, const BodyRules&) { return {}; }

Status check_identity(Json& body, Finder&, const BodyRules&) {
  const Json* space = member(body, "xdm:namespace");
  if (space == nullptr || as_text(*space).empty()) return bad_descriptor("A descriptor of type xdm:descriptorIdentity needs xdm:namespace.");
  if (!body.contains("xdm:property")) body["xdm:property"] = "xdm:code";
  TRY_DO(need_one_of(body, "xdm:property", {"xdm:code", "xdm:id"}));
  if (body.contains("xdm:isPrimary") && !boolean_of(body, "xdm:isPrimary")) {
    return bad_descriptor("The member xdm:isPrimary of a descriptor is true or false.");
  }
  body["xdm:isPrimary"] = boolean_of(body, "xdm:isPrimary").value_or(false);
  return {};
}

Status check_display(Json& body, Finder&, const BodyRules&) {
  for (const char* name : {"xdm:title", "xdm:description", "xdm:note"}) {
    const Json* texts = member(body, name);
    const bool fine = texts == nullptr || (texts->is_object() && all_texts(*texts));
    if (!fine) return bad_descriptor(std::string("The member ") + name + " of a descriptor is an object of texts by language: {\"en_us\": \"...\"}.");
  }
  if (const Json* values = member(body, "meta:enum"); values != nullptr && !values->is_object()) {
    return bad_descriptor("The member meta:enum of a descriptor is an object of values and labels.");
  }
  return {};
}

Status check_reference(Json& body, Finder&, const BodyRules&) { return need_text(body, "xdm:identityNamespace"); }

Result<Json> effective_of(const std::string& id, Finder& finder, const BodyRules& rules) {
  TRY(const auto found, finder.find(id));
  if (!found || found->kind != ResourceKind::schema) return bad_descriptor("There is no schema " + id + " in this sandbox.");
  TRY(auto composition, compose(*found, finder, rules.limits));
  composition.doc["$id"] = found->id;
  return std::move(composition.doc);
}

Status check_destination(Json& body, Finder& finder, const BodyRules& rules) {
  TRY_DO(need_text(body, "xdm:destinationSchema"));
  TRY(const Json destination, effective_of(text_of(body, "xdm:destinationSchema"), finder, rules));
  body["xdm:destinationSchema"] = text_of(destination, "$id");
  if (!body.contains("xdm:destinationVersion")) body["xdm:destinationVersion"] = 1;
  TRY_DO(take_version(body, "xdm:destinationVersion"));
  const std::string path = text_of(body, "xdm:destinationProperty");
  if (path.empty()) return {};
  body["xdm:destinationProperty"] = plain_path(path, destination);
  if (field_at(destination, text_of(body, "xdm:destinationProperty")) == nullptr) {
    return bad_descriptor("The schema " + text_of(destination, "$id") + " has no field " + path + ".");
  }
  return {};
}

Status check_relationship(Json& body, Finder& finder, const BodyRules& rules) {
  TRY_DO(check_destination(body, finder, rules));
  return need_one_of(body, "xdm:cardinality", {"1:1", "1:0", "M:1", "M:0"});
}

Status check_granularity(Json& body, Finder&, const BodyRules&) {
  TRY_DO(need_one_of(body, "xdm:granularity", {"hour", "day", "week", "month", "quarter", "year"}));
  const std::string zone = text_of(body, "xdm:ianaTimezone");
  if (!zone.empty() && !Zone::named(zone)) {
    return bad_descriptor("The member xdm:ianaTimezone of a descriptor is a time zone such as Europe/Berlin, not " + zone + ".");
  }
  return {};
}

Status check_label(Json& body, Finder&, const BodyRules&) {
  if (const Json* single = member(body, "xdm:label"); single != nullptr && !body.contains("xdm:labels")) {
    body["xdm:labels"] = single->is_array() ? *single : Json::array({*single});
    body.erase("xdm:label");
  }
  const Json* labels = member(body, "xdm:labels");
  const bool texts = labels != nullptr && labels->is_array() && !labels->empty() && all_texts(*labels);
  return texts ? Status() : bad_descriptor("A descriptor of type xdm:descriptorLabel needs xdm:labels, an array of texts.");
}

constexpr DescriptorType kTypes[] = {
    {"xdm:descriptorIdentity", Property::identity, check_identity},
    {"xdm:alternateDisplayInfo", Property::field, check_display},
    {"xdm:descriptorReferenceIdentity", Property::identity, check_reference},
    {"xdm:descriptorOneToOne", Property::scalar, check_destination},
    {"xdm:descriptorRelationship", Property::scalar, check_relationship},
    {"xdm:descriptorPrimaryKey", Property::fields, no_more},
    {"xdm:descriptorVersion", Property::field, no_more},
    {"xdm:descriptorTimestamp", Property::field, no_more},
    {"xdm:descriptorTimeSeriesGranularity", Property::any, check_granularity},
    {"xdm:descriptorDeprecated", Property::fields, no_more},
    {"xdm:descriptorLabel", Property::scalar, check_label},
    {"xdm:descriptorManyToOne", Property::any, no_more},
    {"xdm:descriptorOneToMany", Property::any, no_more},
    {"xdm:descriptorManyToMany", Property::any, no_more},
    {"xdm:descriptorMetaEnumRemove", Property::any, no_more},
    {"xdm:descriptorDuplicationExclusions", Property::any, no_more},
};

constexpr std::string_view kServerMembers[] = {"@id", "imsOrg", "version", "meta:containerId", "meta:sandboxId", "meta:sandboxType", "meta:registryMetadata",
                                               "createdUser", "createdClient", "updatedUser", "updatedClient", "created", "updated"};

Result<const DescriptorType*> type_named(const std::string& name) {
  std::vector<std::string> known;
  for (const DescriptorType& type : kTypes) {
    if (type.name == name) return &type;
    known.emplace_back(type.name);
  }
  if (name.empty()) return bad_descriptor("A descriptor needs an @type such as xdm:descriptorIdentity.");
  return bad_descriptor("There is no descriptor type " + name + did_you_mean(name, known) + ".");
}

Status check_field(const Json& effective, const std::string& path, const std::string& given, Property property) {
  const Json* field = field_at(effective, path);
  if (field == nullptr) return bad_descriptor("The schema " + text_of(effective, "$id") + " has no field " + given + ".");
  const auto kind = kind_of_xdm_type(xdm_type_of(*field));
  const bool scalar = kind && engine::is_scalar(*kind);
  if (property == Property::scalar && !scalar) return bad_descriptor("The field " + given + " is no single value.");
  const std::string type = text_of(*field, "type");
  if (property == Property::identity && (!scalar || (type != "string" && type != "integer"))) {
    return bad_descriptor("The field " + given + " cannot be an identity: it is neither a string nor an integer.");
  }
  return {};
}

/// Brings `xdm:sourceProperty` to its stored form and checks what it names.
Status check_property(const DescriptorType& type, Json& body, const Json& effective) {
  const Json* given = member(body, "xdm:sourceProperty");
  if (given == nullptr) {
    return type.property == Property::any ? Status() : bad_descriptor("A descriptor of type " + std::string(type.name) + " needs xdm:sourceProperty.");
  }
  const bool list = given->is_array();
  if (list && type.property != Property::fields && type.property != Property::any) {
    return bad_descriptor("The member xdm:sourceProperty of this type is one path.");
  }
  Json paths = Json::array();
  for (const Json& one : list ? *given : Json::array({*given})) {
    if (!one.is_string() || one.get_ref<const std::string&>().empty()) {
      return bad_descriptor("The member xdm:sourceProperty is a path such as /personalEmail/address.");
    }
    paths.push_back(plain_path(one.get<std::string>(), effective));
    if (type.property != Property::any) TRY_DO(check_field(effective, paths.back().get<std::string>(), one.get<std::string>(), type.property));
  }
  if (paths.empty()) return bad_descriptor("The member xdm:sourceProperty names no field.");
  body["xdm:sourceProperty"] = list ? std::move(paths) : paths.front();
  return {};
}

std::string joined(const std::vector<std::string>& steps) { return "/" + join(steps, "/"); }

}  // namespace

Json descriptor_members(const Json& body) {
  Json made = Json::object();
  for (const auto& [name, value] : body.items()) {
    if (std::find(std::begin(kServerMembers), std::end(kServerMembers), name) == std::end(kServerMembers)) made[name] = value;
  }
  return made;
}

std::string plain_path(const std::string& path, const Json& effective) {
  std::vector<std::string> given, converted;
  for (const std::string_view step : split(path, '/')) {
    if (step.empty()) continue;
    given.emplace_back(step);
    for (std::string& name : compat_steps(step)) converted.push_back(std::move(name));
  }
  for (const auto& steps : {given, converted}) {
    if (field_at(effective, joined(steps)) != nullptr) return joined(steps);
  }
  std::vector<std::string> stripped;
  for (const std::string& step : converted) {
    if (step != "properties" && step != "items") stripped.push_back(step);
  }
  return field_at(effective, joined(stripped)) != nullptr ? joined(stripped) : joined(converted);
}

Result<Json> checked_descriptor(const Json& body, Finder& finder, const BodyRules& rules) {
  if (!body.is_object()) return malformed("The body is a JSON object that describes a descriptor.");
  Json made = descriptor_members(body);
  TRY(const DescriptorType* type, type_named(text_of(made, "@type")));
  TRY_DO(need_text(made, "xdm:sourceSchema"));
  TRY(const Json effective, effective_of(text_of(made, "xdm:sourceSchema"), finder, rules));
  made["xdm:sourceSchema"] = text_of(effective, "$id");
  if (!made.contains("xdm:sourceVersion")) made["xdm:sourceVersion"] = 1;
  TRY_DO(take_version(made, "xdm:sourceVersion"));
  TRY_DO(check_property(*type, made, effective));
  TRY_DO(type->check(made, finder, rules));
  return made;
}

bool same_subject(const Json& a, const Json& b) {
  for (const char* name : {"@type", "xdm:sourceSchema", "xdm:sourceProperty"}) {
    const Json *x = member(a, name), *y = member(b, name);
    if ((x == nullptr) != (y == nullptr) || (x != nullptr && *x != *y)) return false;
  }
  return true;
}

Json with_envelope(const Json& checked, const DescriptorEnvelope& envelope, const Scope& scope) {
  Json doc = {{"@id", envelope.id}};
  for (const auto& [name, value] : checked.items()) doc[name] = value;
  doc["imsOrg"] = envelope.org_id;
  doc["version"] = "1";
  doc["meta:containerId"] = "tenant";
  doc["meta:sandboxId"] = scope.sandbox;
  doc["meta:sandboxType"] = scope.sandbox_type;
  doc["createdUser"] = envelope.created_user;
  doc["createdClient"] = envelope.created_client;
  doc["updatedUser"] = scope.user;
  doc["created"] = envelope.created_ms;
  doc["updated"] = envelope.updated_ms;
  const std::string etag = security::sha256_hex(to_canonical_text(doc));
  doc["meta:registryMetadata"] = {{"repo:createdDate", envelope.created_ms}, {"repo:lastModifiedDate", envelope.updated_ms},
                                  {"xdm:createdClientId", envelope.created_client}, {"xdm:lastModifiedClientId", scope.client},
                                  {"xdm:createdUserId", envelope.created_user}, {"xdm:lastModifiedUserId", scope.user},
                                  {"eTag", etag}, {"meta:globalLibVersion", envelope.library_version}};
  return doc;
}

void apply_descriptor(Json& effective, const Descriptor& descriptor) {
  const std::string type = descriptor.type();
  for (const std::string& path : descriptor.properties()) {
    if (descriptor.is_primary_identity()) require_field(effective, path);
    if (type == "xdm:descriptorDeprecated") deprecate_field(effective, path);
    if (type == "xdm:alternateDisplayInfo") rename_field(effective, path, descriptor.doc);
  }
}

}  // namespace foz::registry
