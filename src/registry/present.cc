// Effective schemas as callers ask for them, and what descriptors change in them.
#include <algorithm>

#include "base/text.h"
#include "registry/compose.h"
#include "registry/field_type.h"

namespace foz::registry {
namespace {

/// The node that holds the members of `node`: itself, or the element of a list (of lists).
Json* with_members(Json* node) {
  while (node != nullptr && !node->contains("properties") && node->contains("items")) node = member(*node, "items");
  return node;
}

std::vector<std::string_view> steps_of(std::string_view slash_path) {
  std::vector<std::string_view> steps;
  for (const std::string_view step : split(slash_path, '/')) {
    if (!step.empty()) steps.push_back(step);
  }
  return steps;
}

void require_member(Json& object, std::string_view name) {
  Json& required = object["required"];
  if (!required.is_array()) required = Json::array();
  if (std::find(required.begin(), required.end(), Json(name)) == required.end()) required.push_back(name);
}

/// Removes the texts of schema nodes; fields that are called title stay, they are names of `properties`.
void remove_texts(Json& node) {
  if (!node.is_object()) return;
  node.erase("title");
  node.erase("description");
  for (auto& [name, value] : node.items()) {
    if (name == "properties" || name == "definitions" || name == "patternProperties") {
      if (!value.is_object()) continue;
      for (auto& [child_name, child] : value.items()) remove_texts(child);
    } else if (name == "items" || name == "additionalProperties") {
      remove_texts(value);
    } else if ((name == "allOf" || name == "anyOf" || name == "oneOf") && value.is_array()) {
      for (Json& part : value) remove_texts(part);
    }
  }
}

void collect_flat(const Json& fields, const std::string& prefix, Json& flat) {
  for (const auto& [name, field] : fields.items()) {
    const std::string path = prefix.empty() ? name : prefix + "/" + name;
    const Json* inner = member(field, "properties");
    if (inner != nullptr && inner->is_object()) collect_flat(*inner, path, flat);
    else flat[path] = field;
  }
}

/// Standard names have another order than compatibility names.
void sort_fields(Json& node) {
  if (!node.is_object()) return;
  if (Json* fields = member(node, "properties"); fields != nullptr && fields->is_object()) {
    std::vector<std::pair<std::string, Json*>> order;
    for (auto& [name, field] : fields->items()) {
      sort_fields(field);
      order.emplace_back(name, &field);
    }
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Json sorted = Json::object();
    auto& members = sorted.get_ref<Json::object_t&>();
    members.reserve(order.size());
    for (auto& [name, field] : order) members.push_back({std::move(name), std::move(*field)});
    *fields = std::move(sorted);
  }
  for (const char* name : {"items", "additionalProperties"}) {
    if (Json* child = member(node, name); child != nullptr) sort_fields(*child);
  }
}

Json summary_of(const Json& doc) {
  Json summary = Json::object();
  for (const char* name : {"title", "$id", "meta:altId", "version"}) {
    if (const Json* value = member(doc, name); value != nullptr) summary[name] = *value;
  }
  return summary;
}

/// Texts of a descriptor: `{"en_us": "..."}`; the first language stands in where English is missing.
std::string localized(const Json& descriptor, std::string_view name) {
  const Json* texts = member(descriptor, name);
  if (texts == nullptr) return "";
  if (texts->is_string()) return texts->get<std::string>();
  if (!texts->is_object() || texts->empty()) return "";
  const std::string english = text_of(*texts, "en_us");
  return english.empty() && texts->front().is_string() ? texts->front().get<std::string>() : english;
}

}  // namespace

Json* field_at(Json& effective, std::string_view slash_path) {
  Json* node = &effective;
  for (const std::string_view step : steps_of(slash_path)) {
    node = with_members(node);
    Json* fields = node == nullptr ? nullptr : member(*node, "properties");
    node = fields == nullptr ? nullptr : member(*fields, step);
    if (node == nullptr) return nullptr;
  }
  return node;
}

const Json* field_at(const Json& effective, std::string_view slash_path) {
  return field_at(const_cast<Json&>(effective), slash_path);
}

void require_field(Json& effective, std::string_view slash_path) {
  const auto steps = steps_of(slash_path);
  if (steps.empty() || field_at(effective, slash_path) == nullptr) return;
  Json* node = &effective;
  for (const std::string_view step : steps) {
    node = with_members(node);
    require_member(*node, step);
    node = &(*node)["properties"][std::string(step)];
  }
  if (text_of(*node, "type") == "string" && integer_of(*node, "minLength").value_or(0) < 1) (*node)["minLength"] = 1;
}

void deprecate_field(Json& effective, std::string_view slash_path) {
  if (Json* field = field_at(effective, slash_path)) (*field)["meta:status"] = "deprecated";
}

void rename_field(Json& effective, std::string_view slash_path, const Json& descriptor) {
  Json* field = field_at(effective, slash_path);
  if (field == nullptr) return;
  if (const std::string title = localized(descriptor, "xdm:title"); !title.empty()) (*field)["title"] = title;
  if (const std::string about = localized(descriptor, "xdm:description"); !about.empty()) (*field)["description"] = about;
  if (const Json* values = member(descriptor, "meta:enum"); values != nullptr && values->is_object()) (*field)["meta:enum"] = *values;
  for (const char* name : {"xdm:excludeMetaEnum", "meta:excludeMetaEnum"}) {
    const Json* excluded = member(descriptor, name);
    Json* values = member(*field, "meta:enum");
    if (excluded == nullptr || values == nullptr) continue;
    if (excluded->is_object()) {
      for (const auto& [value, label] : excluded->items()) values->erase(value);
    } else if (excluded->is_array()) {
      for (const std::string& value : texts_of(descriptor, name)) values->erase(value);
    }
  }
}

Json presented(const Json& doc, const Form& form) {
  if (form.id) return summary_of(doc);
  Json shown = doc;
  if (form.naming == Naming::xdm) {
    shown = to_standard_names(shown);
    if (form.full) sort_fields(shown);
  }
  if (form.notext) remove_texts(shown);
  if (form.flat && form.full) {
    Json flat = Json::object();
    if (const Json* fields = member(shown, "properties"); fields != nullptr) collect_flat(*fields, "", flat);
    shown["properties"] = std::move(flat);
    shown.erase("required");
  }
  return shown;
}

}  // namespace foz::registry
