#include "registry/field_type.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "registry/errors.h"
#include "registry/keyword_check.h"
#include "registry/validate.h"

namespace foz::registry {
namespace {

struct XdmType {
  std::string_view name;
  std::string_view json_type;
  engine::Kind kind;
};

constexpr XdmType kXdmTypes[] = {
    {"string", "string", engine::Kind::string},        {"date", "string", engine::Kind::date},
    {"date-time", "string", engine::Kind::timestamp},  {"number", "number", engine::Kind::number},
    {"int", "integer", engine::Kind::int32},           {"integer", "integer", engine::Kind::int32},
    {"long", "integer", engine::Kind::int64},          {"short", "integer", engine::Kind::int16},
    {"byte", "integer", engine::Kind::int8},           {"boolean", "boolean", engine::Kind::boolean},
    {"object", "object", engine::Kind::object},        {"array", "array", engine::Kind::list},
    {"map", "object", engine::Kind::map},
};

struct IntegerWidth {
  std::string_view xdm_type;
  int64_t minimum, maximum;
};

/// Narrowest first. A long keeps to what every JSON reader holds exactly.
constexpr IntegerWidth kWidths[] = {
    {"byte", -128, 127},
    {"short", -32768, 32767},
    {"int", -2147483648LL, 2147483647LL},
    {"long", -9007199254740991LL, 9007199254740991LL},
};

const XdmType* xdm_type_named(std::string_view name) {
  for (const XdmType& type : kXdmTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

const IntegerWidth* width_named(std::string_view xdm_type) {
  for (const IntegerWidth& width : kWidths) {
    if (width.xdm_type == xdm_type || (width.xdm_type == "int" && xdm_type == "integer")) return &width;
  }
  return nullptr;
}

std::optional<double> bound(const Json& node, const char* name) {
  const Json* value = member(node, name);
  return value != nullptr && value->is_number() ? std::optional(value->get<double>()) : std::nullopt;
}

/// `type`; of a list of types the first that is not null.
std::string json_type_of(const Json& node) {
  const Json* type = member(node, "type");
  if (type != nullptr && type->is_string()) return type->get<std::string>();
  if (type != nullptr && type->is_array()) {
    for (const Json& one : *type) {
      if (one.is_string() && one != "null") return one.get<std::string>();
    }
  }
  if (member(node, "properties") != nullptr || map_values(node) != nullptr) return "object";
  if (member(node, "items") != nullptr) return "array";
  const Json* values = member(node, "enum");
  const Json* sample = values != nullptr && values->is_array() && !values->empty() ? &values->front() : member(node, "const");
  if (sample == nullptr) return "";
  if (sample->is_string()) return "string";
  if (sample->is_boolean()) return "boolean";
  if (sample->is_number_integer()) return "integer";
  return sample->is_number() ? "number" : "";
}

std::string integer_type(const Json& node) {
  const auto minimum = bound(node, "minimum"), maximum = bound(node, "maximum");
  if (!minimum || !maximum) return "int";
  for (const IntegerWidth& width : kWidths) {
    if (*minimum >= static_cast<double>(width.minimum) && *maximum <= static_cast<double>(width.maximum)) {
      return std::string(width.xdm_type);
    }
  }
  return "long";
}

/// The XDM type as the keywords beside `meta:xdmType` have it.
std::string type_without_word(const Json& node) {
  const std::string type = json_type_of(node);
  if (type == "string") {
    const std::string format = text_of(node, "format");
    return format == "date" || format == "date-time" ? format : "string";
  }
  if (type == "integer") return integer_type(node);
  if (type == "object") return map_values(node) != nullptr ? "map" : "object";
  return type == "number" || type == "boolean" || type == "array" ? type : "";
}

void complete_bounds(Json& node) {
  const IntegerWidth* width = width_named(text_of(node, "meta:xdmType"));
  if (width == nullptr || node.contains("minimum") || node.contains("maximum") || node.contains("exclusiveMinimum") ||
      node.contains("exclusiveMaximum") || node.contains("enum") || node.contains("const")) {
    return;
  }
  node["minimum"] = width->minimum;
  node["maximum"] = width->maximum;
}

void complete_children(Json& node);

void complete_node(Json& node, bool in_all_of) {
  if (!node.is_object()) return;
  complete_children(node);
  const bool refers = node.contains("$ref");
  if (refers && !in_all_of) return;
  if (!node.contains("type")) {
    std::string type = json_type_of(node);
    if (type.empty() && (in_all_of || node.contains("allOf"))) type = "object";
    if (type == "object" || type == "array") node["type"] = type;
  }
  if (!refers) complete_bounds(node);
  if (const std::string type = xdm_type_of(node); !type.empty() && text_of(node, "meta:xdmType") != type) node["meta:xdmType"] = type;
}

void complete_children(Json& node) {
  for (const char* name : {"properties", "definitions", "patternProperties"}) {
    Json* children = member(node, name);
    if (children == nullptr || !children->is_object()) continue;
    for (auto& [child_name, child] : children->items()) complete_node(child, false);
  }
  if (Json* parts = member(node, "allOf"); parts != nullptr && parts->is_array()) {
    for (Json& part : *parts) complete_node(part, true);
  }
  for (const char* name : {"items", "additionalProperties"}) {
    if (Json* child = member(node, name); child != nullptr) complete_node(*child, false);
  }
}

Error bad_field(const std::string& path, const std::string& why) {
  return malformed("The field " + (path.empty() ? std::string("/") : path) + " " + why + ".");
}

bool fits(const Json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer() || (value.is_number() && std::floor(value.get<double>()) == value.get<double>());
  return true;
}

Status check_enum(const Json& node, const std::string& path, const std::string& type) {
  if (const Json* fixed = member(node, "const"); fixed != nullptr && !fits(*fixed, type)) {
    return bad_field(path, "is of type " + type + ", and its const is of another type");
  }
  const Json* values = member(node, "enum");
  if (values == nullptr) return {};
  if (!values->is_array() || values->empty()) return bad_field(path, "has an enum that is no list of values");
  for (const Json& value : *values) {
    if (!fits(value, type)) return bad_field(path, "is of type " + type + ", and its enum holds a value of another type");
  }
  return {};
}

Status check_meta_enum(const Json& node, const std::string& path) {
  const Json* values = member(node, "meta:enum");
  if (values == nullptr || values->is_object()) return {};
  return bad_field(path, "has a meta:enum that is no object of values and labels");
}

Status check_bounds(const Json& node, const std::string& path) {
  const auto minimum = bound(node, "minimum"), maximum = bound(node, "maximum");
  const IntegerWidth* width = width_named(xdm_type_of(node));
  if (width == nullptr || width->xdm_type == "long" || text_of(node, "type") != "integer") return {};
  const auto outside = [&](const std::optional<double>& value) {
    return value && (*value < static_cast<double>(width->minimum) || *value > static_cast<double>(width->maximum));
  };
  if (!outside(minimum) && !outside(maximum)) return {};
  return bad_field(path, "has bounds outside the range of its type " + std::string(width->xdm_type) +
                             "; give both minimum and maximum, or the meta:xdmType long");
}

Status check_written_type(const Json& node, const std::string& path) {
  const Json* type = member(node, "type");
  if (type != nullptr && (!type->is_string() || type->get_ref<const std::string&>().empty())) return bad_field(path, "has a type that is no text");
  const std::string name = type == nullptr ? json_type_of(node) : type->get<std::string>();
  const XdmType* known = nullptr;
  for (const XdmType& one : kXdmTypes) {
    if (one.json_type == name) known = &one;
  }
  if (!name.empty() && known == nullptr) {
    return bad_field(path, "has the unknown type " + name + "; known are string, number, integer, boolean, object and array");
  }
  const std::string xdm_type = text_of(node, "meta:xdmType");
  if (xdm_type.empty() || name.empty() || node.contains("$ref")) return {};
  const XdmType* xdm = xdm_type_named(xdm_type);
  if (xdm == nullptr) return bad_field(path, "has the unknown meta:xdmType " + xdm_type);
  if (xdm->json_type != name) return bad_field(path, "has the type " + name + ", and meta:xdmType " + xdm_type + " is none of it");
  return {};
}

/// 14.7: texts or integers by key, no members of their own, at most one array around.
Status check_map(const Json& node, const std::string& path, int arrays) {
  const Json* values = map_values(node);
  if (values == nullptr && text_of(node, "meta:xdmType") == "map") {
    return bad_field(path, "is a map, and a map has additionalProperties with the type of its values, and no properties");
  }
  if (values == nullptr) return {};
  const std::string type = text_of(*values, "type");
  if (type != "string" && type != "integer") return bad_field(path, "is a map, and the values of a custom map are of type string or integer");
  if (arrays > 1) return bad_field(path, "is a map inside more than one array");
  return {};
}

struct Place {
  std::string path;
  int arrays = 0;
};

Status check_node(const Json& node, const Place& place);

Status check_children(const Json& node, const Place& place) {
  for (const auto& [name, value] : node.items()) {
    if (name == "properties" || name == "definitions") {
      if (!value.is_object()) return bad_field(place.path, "has " + name + " that are no object");
      const bool fields = name == "properties";
      for (const auto& [child_name, child] : value.items()) {
        TRY_DO(check_node(child, {fields ? place.path + "/" + child_name : place.path, place.arrays}));
      }
    } else if (name == "allOf" && value.is_array()) {
      for (const Json& part : value) TRY_DO(check_node(part, place));
    } else if (name == "items") {
      if (!value.is_object()) return bad_field(place.path, "has items that are no schema");
      TRY_DO(check_node(value, {place.path, place.arrays + 1}));
    } else if (name == "additionalProperties" && value.is_object()) {
      TRY_DO(check_node(value, place));
    }
  }
  return {};
}

Status check_node(const Json& node, const Place& place) {
  if (!node.is_object()) return bad_field(place.path, "is no schema; a field is an object with a type");
  if (const auto wrong = wrong_keyword(node)) return bad_field(place.path, *wrong);
  TRY_DO(check_written_type(node, place.path));
  const std::string xdm_type = xdm_type_of(node);
  if (!node.contains("$ref")) {
    TRY_DO(check_enum(node, place.path, text_of(node, "type")));
    TRY_DO(check_bounds(node, place.path));
    TRY_DO(check_map(node, place.path, place.arrays));
    if (xdm_type == "array" && !node.contains("items")) return bad_field(place.path, "is an array without items");
  }
  TRY_DO(check_meta_enum(node, place.path));
  if (const Json* pattern = member(node, "pattern"); pattern != nullptr) {
    if (const auto compiled = compile_pattern(pattern->get<std::string>()); !compiled) {
      std::string why = compiled.error().message;
      if (why.ends_with('.')) why.pop_back();
      return bad_field(place.path, "has a pattern that cannot be read: " + why);
    }
  }
  return check_children(node, place);
}

}  // namespace

std::string xdm_type_of(const Json& node) {
  const std::string type = json_type_of(node);
  if (const XdmType* written = xdm_type_named(text_of(node, "meta:xdmType")); written != nullptr && written->json_type == type) {
    const bool map_without_values = written->kind == engine::Kind::map && map_values(node) == nullptr && node.contains("properties");
    if (!map_without_values) return std::string(written->name == "integer" ? "int" : written->name);
  }
  return type_without_word(node);
}

std::optional<engine::Kind> kind_of_xdm_type(std::string_view xdm_type) {
  const XdmType* type = xdm_type_named(xdm_type);
  return type == nullptr ? std::nullopt : std::optional(type->kind);
}

const Json* map_values(const Json& node) {
  if (const Json* fields = member(node, "properties"); fields != nullptr && fields->is_object() && !fields->empty()) return nullptr;
  if (const Json* values = member(node, "additionalProperties"); values != nullptr && values->is_object()) return values;
  const Json* patterns = member(node, "patternProperties");
  return patterns != nullptr && patterns->is_object() && !patterns->empty() ? &patterns->front() : nullptr;
}

void complete_types(Json& node) { complete_node(node, false); }

void forget_stale_types(Json& after, const Json& before) {
  if (after.is_array() && before.is_array()) {
    for (size_t i = 0; i < std::min(after.size(), before.size()); ++i) forget_stale_types(after[i], before[i]);
  }
  if (!after.is_object() || !before.is_object()) return;
  const std::string written = text_of(after, "meta:xdmType");
  const bool found_by_server = !written.empty() && written == text_of(before, "meta:xdmType") && written == type_without_word(before);
  // Without bounds the word would pass for the client's own, and bounds would follow from it.
  const bool unbounded = text_of(after, "type") == "integer" && !after.contains("minimum") && !after.contains("maximum");
  if (found_by_server && (written != type_without_word(after) || unbounded)) after.erase("meta:xdmType");
  for (auto& [name, value] : after.items()) {
    if (const Json* own = member(before, name); own != nullptr && value.is_structured()) forget_stale_types(value, *own);
  }
}

Status check_types(const Json& doc) { return check_node(doc, {}); }

}  // namespace foz::registry
