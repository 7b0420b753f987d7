#include "registry/body_fields.h"

#include <algorithm>

#include "base/text.h"
#include "registry/errors.h"
#include "registry/field_type.h"
#include "registry/names.h"

namespace foz::registry {
namespace {

constexpr std::string_view kAdhocName = "_adhoc";

void walk(const Json& node, const std::string& path, const std::function<void(const Json&, const std::string&)>& visit) {
  if (!node.is_object()) return;
  for (const auto& [name, value] : node.items()) {
    if (name == "properties" && value.is_object()) {
      visit(value, path);
      for (const auto& [field, child] : value.items()) walk(child, path + "/" + field, visit);
    } else if ((name == "definitions" || name == "patternProperties") && value.is_object()) {
      for (const auto& [key, child] : value.items()) walk(child, path, visit);
    } else if (name == "allOf" && value.is_array()) {
      for (const Json& child : value) walk(child, path, visit);
    } else if (name == "items" || name == "additionalProperties") {
      walk(value, path, visit);
    }
  }
}

bool rename_in(Json& node, const std::string& name) {
  Json* fields = member(node, "properties");
  if (fields == nullptr || !fields->is_object()) return false;
  if (!fields->contains(kAdhocName)) return fields->contains(name);
  Json renamed = Json::object();
  for (auto& [key, field] : fields->items()) renamed[key == kAdhocName ? name : key] = std::move(field);
  *fields = std::move(renamed);
  if (Json* required = member(node, "required"); required != nullptr && required->is_array()) {
    for (Json& needed : *required) {
      if (needed == kAdhocName) needed = name;
    }
  }
  return true;
}

bool is_plain_name(std::string_view name) {
  const auto alphanumeric = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return !name.empty() && alphanumeric(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) { return alphanumeric(c) || c == '_' || c == '-'; });
}

bool is_source_name(std::string_view name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// `doc` without what it takes from other resources.
Json own_part(const Json& doc) {
  Json own = doc;
  Json kept = Json::array();
  if (const Json* parts = member(doc, "allOf"); parts != nullptr) {
    for (const Json& part : *parts) {
      if (const std::string ref = text_of(part, "$ref"); ref.empty() || reference_of(ref).id.empty()) kept.push_back(part);
    }
  }
  own["allOf"] = std::move(kept);
  return own;
}

/// What `doc` extends, resolved: its parts and the classes it names.
Result<Json> extended_part(const Json& doc, Finder& finder, const BodyRules& rules) {
  Json extended = {{"type", "object"}, {"allOf", Json::array()}};
  std::vector<std::string> ids = part_refs(doc);
  for (const std::string& id : texts_of(doc, "meta:intendedToExtend")) ids.push_back(id);
  for (const std::string& id : ids) extended["allOf"].push_back({{"$ref", id}});
  TRY(auto made, compose(extended, finder.parts(), rules.limits));
  return std::move(made.doc);
}

/// The path of the first field of `own` that stands outside the tenant's object and repeats nothing; "" when there is none.
std::string first_outside(const Json& own, const Json* extended, const std::string& tenant_namespace, const std::string& path) {
  const Json* fields = member(own, "properties");
  const Json* existing = extended == nullptr ? nullptr : member(*extended, "properties");
  if (fields == nullptr) return "";
  for (const auto& [name, field] : fields->items()) {
    if (name == tenant_namespace) continue;
    const std::string field_path = path + "/" + name;
    const Json* again = existing == nullptr ? nullptr : member(*existing, name);
    if (again == nullptr || xdm_type_of(*again) != xdm_type_of(field)) return field_path;
    if (const std::string inner = first_outside(field, again, tenant_namespace, field_path); !inner.empty()) return inner;
  }
  return "";
}

}  // namespace

void each_fields(const Json& doc, const std::function<void(const Json&, const std::string&)>& visit) { walk(doc, "", visit); }

bool rename_adhoc_fields(Json& class_body, const std::string& name) {
  bool renamed = rename_in(class_body, name);
  if (Json* parts = member(class_body, "allOf"); parts != nullptr) {
    for (Json& part : *parts) renamed = rename_in(part, name) || renamed;
  }
  if (Json* definitions = member(class_body, "definitions"); definitions != nullptr) {
    for (auto& [key, definition] : definitions->items()) renamed = rename_in(definition, name) || renamed;
  }
  return renamed;
}

size_t nesting_of(const Json& body, const std::string& tenant_namespace) {
  size_t deepest = 0;
  each_fields(body, [&](const Json&, const std::string& path) {
    const size_t own = (path + "/").find("/" + tenant_namespace + "/");
    if (own == path.npos) return;
    const auto below = path.substr(own + 1 + tenant_namespace.size());
    deepest = std::max(deepest, static_cast<size_t>(std::count(below.begin(), below.end(), '/')));
  });
  return deepest;
}

Status check_field_names(const Json& body, bool adhoc, const Library& library, const BodyRules& rules) {
  Status status;
  const auto check = [&](const Json& fields, const std::string& path) {
    for (const auto& [name, field] : fields.items()) {
      if (!status) return;
      if (adhoc) {
        if (!is_source_name(name)) status = bad_field_name(path + "/" + name, "is empty, or has a slash or a control character in it");
      } else if (!is_plain_name(name) && name != rules.tenant_namespace() && !library.underscore_names().contains(name)) {
        status = bad_field_name(path + "/" + name, "begins with a letter or digit and goes on with letters, digits, _ and -; only " +
                                                       rules.tenant_namespace() + " and names of standard fields begin with _");
      }
    }
  };
  if (!adhoc) {
    if (const auto twice = name_collisions(body); !twice.empty()) {
      return bad_field_name("/" + replace_all(twice.front(), ".", "/"), "stands for two fields: xdm:a and a are one name");
    }
  }
  each_fields(adhoc ? body : to_compat_names(body), check);
  return status;
}

Status check_namespace(ResourceKind kind, const Json& body, Finder& finder, const BodyRules& rules) {
  const Json compat = to_compat_names(body);
  TRY(const auto own, compose(own_part(compat), finder.parts(), rules.limits));
  TRY(const Json extended, extended_part(compat, finder, rules));
  const std::string outside = first_outside(own.doc, &extended, rules.tenant_namespace(), "");
  if (!outside.empty()) return outside_namespace(kind, outside, rules.tenant_namespace());
  return {};
}

}  // namespace foz::registry
