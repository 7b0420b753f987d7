#include "registry/names.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/json.h"
#include "base/text.h"

namespace foz::registry {
namespace {

constexpr std::string_view kAdobeNamespace = "https://ns.adobe.com/";

enum class Part { none, fields, named_nodes, node_list, node };

/// What a member of a schema node holds, as far as nodes are inside.
Part part_of(std::string_view name) {
  if (name == "properties") return Part::fields;
  if (name == "definitions" || name == "patternProperties") return Part::named_nodes;
  if (name == "allOf" || name == "anyOf" || name == "oneOf") return Part::node_list;
  if (name == "items" || name == "additionalProperties" || name == "not") return Part::node;
  return Part::none;
}

void merge_required(Json& node, const std::string& name) {
  Json& required = node["required"];
  if (!required.is_array()) required = Json::array();
  if (std::find(required.begin(), required.end(), Json(name)) == required.end()) required.push_back(name);
}

/// The object that the spelling puts around a field, made where it is missing.
Json& converted_object(Json& fields, const std::string& name) {
  Json& object = fields[name];
  if (!object.is_object()) {
    object = {{"type", "object"}, {"meta:xedConverted", true}, {"meta:xdmType", "object"}, {"properties", Json::object()}};
  }
  if (!object.contains("properties")) object["properties"] = Json::object();
  return object;
}

void put_field(Json& fields, const std::string& key, Json field) {
  const auto steps = compat_steps(key);
  Json* place = &fields;
  for (size_t i = 0; i + 1 < steps.size(); ++i) place = &converted_object(*place, steps[i])["properties"];
  if (field.is_object() && (steps.size() > 1 || steps[0] != key)) field["meta:xdmField"] = key;
  if (Json* existing = member(*place, steps.back()); existing != nullptr && existing->contains("meta:xedConverted") && field.is_object()) {
    for (auto& [name, child] : field["properties"].items()) (*existing)["properties"][name] = std::move(child);
    return;
  }
  (*place)[steps.back()] = std::move(field);
}

void put_required(Json& node, const std::string& key) {
  const auto steps = compat_steps(key);
  Json* place = &node;
  for (size_t i = 0; i + 1 < steps.size(); ++i) {
    merge_required(*place, steps[i]);
    Json& fields = (*place)["properties"];
    if (fields.is_null()) fields = Json::object();
    place = &converted_object(fields, steps[i]);
  }
  merge_required(*place, steps.back());
}

template <class Convert>
Json convert_part(Part part, const Json& value, Convert convert) {
  if (part == Part::node_list && value.is_array()) {
    Json list = Json::array();
    for (const Json& entry : value) list.push_back(convert(entry));
    return list;
  }
  if (part == Part::named_nodes && value.is_object()) {
    Json nodes = Json::object();
    for (const auto& [name, node] : value.items()) nodes[name] = convert(node);
    return nodes;
  }
  return part == Part::none ? value : convert(value);
}

void put_standard_fields(Json& fields, const Json& compat_fields, std::set<std::string>& required);

/// Takes the names of `required` that have no field of their own here (a schema part may require what another declares).
Json standard_node(const Json& node) {
  if (!node.is_object()) return node;
  Json out = Json::object();
  std::set<std::string> required;
  for (const auto& [name, value] : node.items()) {
    if (name == "meta:xdmField" || name == "meta:xedConverted" || name == "required") continue;
    if (name == "properties" && value.is_object()) {
      out["properties"] = Json::object();
      put_standard_fields(out["properties"], value, required);
    } else {
      out[name] = convert_part(part_of(name), value, standard_node);
    }
  }
  const Json* fields = member(node, "properties");
  for (const std::string& name : texts_of(node, "required")) {
    const Json* field = fields == nullptr ? nullptr : member(*fields, name);
    if (field != nullptr && field->contains("meta:xedConverted")) continue;
    required.insert(field == nullptr ? name : text_of(*field, "meta:xdmField", name));
  }
  if (!required.empty()) out["required"] = Json(std::vector<std::string>(required.begin(), required.end()));
  return out;
}

void put_standard_fields(Json& fields, const Json& compat_fields, std::set<std::string>& required) {
  for (const auto& [name, field] : compat_fields.items()) {
    const Json* converted = field.is_object() ? member(field, "meta:xedConverted") : nullptr;
    const Json* inner = converted == nullptr ? nullptr : member(field, "properties");
    if (inner == nullptr) {
      fields[text_of(field, "meta:xdmField", name)] = standard_node(field);
      continue;
    }
    put_standard_fields(fields, *inner, required);
    for (const std::string& needed : texts_of(field, "required")) {
      const Json* child = member(*inner, needed);
      if (child != nullptr && !child->contains("meta:xedConverted")) required.insert(text_of(*child, "meta:xdmField", needed));
    }
  }
}

void collect_collisions(const Json& node, const std::string& path, std::vector<std::string>& found) {
  if (!node.is_object()) return;
  for (const auto& [name, value] : node.items()) {
    switch (part_of(name)) {
      case Part::none: break;
      case Part::fields: {
        std::set<std::string> seen;
        for (const auto& [key, field] : value.items()) {
          const std::string spelled = path + join(compat_steps(key), ".");
          if (!seen.insert(spelled).second) found.push_back(spelled);
          collect_collisions(field, spelled + ".", found);
        }
        break;
      }
      case Part::named_nodes:
      case Part::node_list:
        for (const Json& entry : value) collect_collisions(entry, path, found);
        break;
      case Part::node: collect_collisions(value, path, found); break;
    }
  }
}

}  // namespace

std::vector<std::string> compat_steps(std::string_view standard_key) {
  if (standard_key.starts_with(kAdobeNamespace)) {
    std::vector<std::string> steps;
    for (const std::string_view step : split(standard_key.substr(kAdobeNamespace.size()), '/')) {
      if (!step.empty()) steps.push_back((steps.empty() ? "_" : "") + std::string(step));
    }
    if (!steps.empty()) return steps;
  }
  if (standard_key.starts_with('@') && standard_key.size() > 1) return {"_" + std::string(standard_key.substr(1))};
  const size_t colon = standard_key.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == standard_key.size() ||
      standard_key.find('/') != std::string_view::npos) {
    return {std::string(standard_key)};
  }
  const std::string name(standard_key.substr(colon + 1));
  if (standard_key.starts_with("xdm:")) return {name};
  return {"_" + std::string(standard_key.substr(0, colon)), name};
}

Json to_compat_names(const Json& node) {
  if (!node.is_object()) return node;
  Json out = Json::object();
  for (const auto& [name, value] : node.items()) {
    if (name == "properties" && value.is_object()) {
      Json& fields = out["properties"];
      if (fields.is_null()) fields = Json::object();
      for (const auto& [key, field] : value.items()) put_field(fields, key, to_compat_names(field));
    } else if (name == "required" && value.is_array()) {
      for (const Json& key : value) {
        if (key.is_string()) put_required(out, key.get<std::string>());
      }
    } else {
      out[name] = convert_part(part_of(name), value, to_compat_names);
    }
  }
  return out;
}

Json to_standard_names(const Json& node) { return standard_node(node); }

std::vector<std::string> name_collisions(const Json& node) {
  std::vector<std::string> found;
  collect_collisions(node, "", found);
  return found;
}

}  // namespace foz::registry
