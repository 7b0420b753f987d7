#pragma once
// A JSON record against the columns of a schema, for tests: the plain reading of the rules, value by value.

#include <string>
#include <vector>

#include "base/json.h"
#include "base/time_text.h"
#include "registry/columns.h"
#include "registry/validate.h"

namespace foz::registry {

inline void check_instance(const Node& node, const Json& value, const std::string& path, std::vector<std::string>& problems);

inline void check_members(const Node& node, const Json& value, const std::string& path, std::vector<std::string>& problems) {
  if (!value.is_object()) return problems.push_back(path + " is no object");
  for (const Node& child : node.children) {
    const Json* inner = member(value, child.name);
    if (inner != nullptr && !inner->is_null()) check_instance(child, *inner, path + "/" + child.name, problems);
    else if (child.required) problems.push_back(path + "/" + child.name + " is missing");
  }
}

inline void check_text(const Node& node, const Json& value, const std::string& path, std::vector<std::string>& problems) {
  if (!value.is_string()) return problems.push_back(path + " is no text");
  const std::string& text = value.get_ref<const std::string&>();
  if (node.kind == engine::Kind::date && !parse_iso_date(text)) problems.push_back(path + " is no date");
  if (node.kind == engine::Kind::timestamp && !parse_rfc3339(text)) problems.push_back(path + " is no date-time");
  if (node.rules == nullptr) return;
  if (const auto why = violation_of(*node.rules, text)) problems.push_back(path + " " + *why);
}

inline void check_items(const Node& node, const Json& value, const std::string& path, std::vector<std::string>& problems) {
  if (!value.is_array()) return problems.push_back(path + " is no array");
  for (size_t i = 0; i < value.size(); ++i) check_instance(node.children.at(0), value[i], path + "/" + std::to_string(i), problems);
  if (node.rules == nullptr) return;
  if (const auto why = items_violation_of(*node.rules, value.size())) problems.push_back(path + " " + *why);
}

/// Adds a sentence for everything in `value` that the schema does not allow; members that it does not know are passed over.
inline void check_instance(const Node& node, const Json& value, const std::string& path, std::vector<std::string>& problems) {
  switch (node.kind) {
    case engine::Kind::object: return check_members(node, value, path, problems);
    case engine::Kind::list: return check_items(node, value, path, problems);
    case engine::Kind::map:
      if (!value.is_object()) return problems.push_back(path + " is no map");
      for (const auto& [key, inner] : value.items()) check_instance(node.children.at(1), inner, path + "/" + key, problems);
      return;
    case engine::Kind::boolean:
      if (!value.is_boolean()) problems.push_back(path + " is no boolean");
      return;
    case engine::Kind::string:
    case engine::Kind::date:
    case engine::Kind::timestamp: return check_text(node, value, path, problems);
    default: break;
  }
  const bool whole = value.is_number() && value.get<double>() == std::floor(value.get<double>());
  if (!value.is_number() || (node.kind != engine::Kind::number && !whole)) return problems.push_back(path + " is no number of its kind");
  if (node.rules == nullptr) return;
  if (const auto why = violation_of(*node.rules, value.get<double>())) problems.push_back(path + " " + *why);
}

}  // namespace foz::registry
