#include "registry/compose.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "registry/errors.h"
#include "registry/field_type.h"
#include "registry/names.h"

namespace foz::registry {
namespace {

/// Members that say what values look like: these travel from a part to the whole. Texts and `meta:` ones do not.
constexpr std::string_view kStructure[] = {
    "type", "format", "items", "additionalProperties", "patternProperties", "enum", "const", "pattern", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties", "oneOf", "anyOf", "default", "meta:enum", "meta:xdmType", "examples"};

/// Members of a resource as such, which a field that refers to it does not take over.
constexpr std::string_view kResourceOnly[] = {
    "$id", "$schema", "version", "imsOrg", "auditable", "b2bSchema", "refs", "meta:altId", "meta:resourceType", "meta:extends",
    "meta:extensible", "meta:abstract", "meta:intendedToExtend", "meta:registryMetadata", "meta:containerId", "meta:sandboxId",
    "meta:sandboxType", "meta:tenantNamespace", "meta:tags", "meta:createdDate", "meta:class", "meta:datasetNamespace",
    "meta:immutableTags", "meta:license", "meta:referencedFrom", "meta:xdmField"};

/// Room for what finds its way into a node from its parts.
constexpr size_t kExtraMembers = 8;

/// Members of a raw document that resolution uses up.
constexpr std::string_view kUsedUp[] = {"$ref", "allOf", "definitions", "refs", "$schema"};

template <size_t N>
bool among(std::string_view name, const std::string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool is_empty_text(const Json& value) { return value.is_string() && value.get_ref<const std::string&>().empty(); }

/// Types that can share a column's place: the same, or one of them unknown. Integers of different width go together, and an
/// object without fields with a map.
bool go_together(const Json& a, const Json& b) {
  const std::string x = xdm_type_of(a), y = xdm_type_of(b);
  if (x.empty() || y.empty() || x == y) return true;
  if (text_of(a, "type") != text_of(b, "type")) return false;
  const auto has_fields = [](const Json& node) {
    const Json* fields = member(node, "properties");
    return fields != nullptr && !fields->empty();
  };
  return text_of(a, "type") == "integer" || (text_of(a, "type") == "object" && !has_fields(a) && !has_fields(b));
}

/// Members that hold the schema of inner values: these merge as fields do.
bool holds_inner(std::string_view name) { return name == "items" || name == "additionalProperties"; }

/// The field that a standard key names among compatibility names; null pointer when there is none.
const Json* field_of(const Json& fields, const std::string& standard_key) {
  const auto steps = compat_steps(standard_key);
  const Json* field = member(fields, steps[0]);
  for (size_t i = 1; i < steps.size() && field != nullptr; ++i) field = member_at(*field, {"properties", steps[i]});
  return field;
}

/// The node at a JSON pointer in which field names may be standard ones, though those of `doc` are compatibility names.
/// Null pointer when there is none.
const Json* part_at(const Json& doc, std::string_view pointer) {
  const Json* node = &doc;
  bool among_fields = false;
  while (!pointer.empty() && node != nullptr) {
    const size_t end = std::min(pointer.find('/', 1), pointer.size());
    const std::string step = replace_all(replace_all(std::string(pointer.substr(1, end - 1)), "~1", "/"), "~0", "~");
    const Json* next = node->is_array() ? at_pointer(*node, pointer.substr(0, end)) : member(*node, step);
    node = next == nullptr && among_fields ? field_of(*node, step) : next;
    among_fields = step == "properties" && !among_fields;
    pointer.remove_prefix(end);
  }
  return node;
}

/// Objects are vectors that copy their members when they grow: give them their room before.
Json object_with_room(size_t members) {
  Json object = Json::object();
  object.get_ref<Json::object_t&>().reserve(members);
  return object;
}

/// A copy that takes `more` members without growing.
Json copied(const Json& object, size_t more) {
  Json copy = object_with_room(object.size() + more);
  auto& members = copy.get_ref<Json::object_t&>();
  for (const auto& [name, value] : object.get_ref<const Json::object_t&>()) members.push_back({name, value});
  return copy;
}

void make_room(Json& object, size_t more) {
  auto& members = object.get_ref<Json::object_t&>();
  if (members.capacity() >= members.size() + more) return;
  Json::object_t wider;
  wider.reserve(2 * members.size() + more);
  for (auto& [name, value] : members) wider.push_back({name, std::move(value)});
  members = std::move(wider);
}

class Composer {
 public:
  Composer(const PartOf& part_of, const ComposeLimits& limits) : part_of_(part_of), limits_(limits) {}

  Result<Composition> run(const Json& doc) {
    Composition made;
    made.doc = resolve(doc, {doc, text_of(doc, "$id")}, 0, /*root=*/true);
    if (too_large_) {
      return cannot_merge("The schema has more than " + std::to_string(limits_.leaves_max) +
                          " leaf fields; split it or leave field groups out.");
    }
    made.leaves = finish(made.doc);
    if (made.leaves > limits_.leaves_max) {
      return cannot_merge("The schema has " + std::to_string(made.leaves) + " leaf fields, more than the " +
                          std::to_string(limits_.leaves_max) + " allowed; split it or leave field groups out.");
    }
    made.conflicts = std::move(conflicts_);
    made.missing = std::move(missing_);
    return made;
  }

 private:
  /// The document that local references of a node point into.
  struct Home {
    const Json& doc;
    std::string id;
  };
  struct Resolved {
    std::shared_ptr<const Json> node;
    size_t nodes = 0;
  };

  Json resolve(const Json& node, const Home& home, int depth, bool root = false) {
    if (!node.is_object()) return Json::object();
    Json out = object_with_room(node.size() + kExtraMembers);
    if (depth > limits_.depth_max || too_large_) return out;
    if (++nodes_ > 16 * limits_.leaves_max) too_large_ = true;
    if (const std::string ref = text_of(node, "$ref"); !ref.empty()) out = target(ref, home, depth);
    if (const Json* parts = member(node, "allOf"); parts != nullptr && parts->is_array()) {
      for (const Json& part : *parts) {
        const Json resolved = resolve(part, home, depth + 1);
        take_part(out, resolved);
        if (!root) take_texts(out, resolved);
      }
    }
    overlay(out, node, home, depth);
    return out;
  }

  /// A copy of what a reference names. A whole resource leaves behind what it has as a resource.
  Json target(const std::string& ref, const Home& home, int depth) {
    const Reference reference = reference_of(ref);
    if (reference.pointer == "/definitions/@context") return Json::object();
    const std::string key = (reference.id.empty() ? home.id : reference.id) + "#" + reference.pointer;
    if (std::find(path_.begin(), path_.end(), key) != path_.end()) {
      ++cuts_;
      return Json::object();
    }
    if (const auto known = resolved_.find(key); known != resolved_.end()) {
      nodes_ += known->second.nodes;
      return copied(*known->second.node, kExtraMembers);
    }
    path_.push_back(key);
    const size_t cuts = cuts_, nodes = nodes_;
    Json made = reference.id.empty() ? local_target(reference, home, depth) : external_target(reference, depth);
    path_.pop_back();
    if (cuts == cuts_) resolved_[key] = {std::make_shared<const Json>(made), nodes_ - nodes};
    return made;
  }

  Json local_target(const Reference& reference, const Home& home, int depth) {
    const Json* node = part_at(home.doc, reference.pointer);
    if (node == nullptr) return nothing_at("#" + reference.pointer);
    return resolve(*node, home, depth + 1, reference.pointer.empty());
  }

  Json external_target(const Reference& reference, int depth) {
    const std::shared_ptr<const Json> doc = part_of_(reference.id);
    if (doc == nullptr) return nothing_at(reference.id);
    const Json* node = part_at(*doc, reference.pointer);
    if (node == nullptr) return nothing_at(reference.id + "#" + reference.pointer);
    Json made = resolve(*node, {*doc, reference.id}, depth + 1, reference.pointer.empty());
    if (!reference.pointer.empty()) return made;
    const bool deprecated = text_of(made, "meta:status") == "deprecated";
    Json field = object_with_room(made.size() + kExtraMembers);
    for (auto& [name, value] : made.items()) {
      if (!among(name, kResourceOnly) && name != "meta:status") field[name] = std::move(value);
    }
    if (deprecated) field["meta:status"] = "deprecated";
    field["meta:referencedFrom"] = text_of(*doc, "$id", reference.id);
    return field;
  }

  Json nothing_at(std::string what) {
    if (std::find(missing_.begin(), missing_.end(), what) == missing_.end()) missing_.push_back(std::move(what));
    return Json::object();
  }

  /// Takes what an entry of `allOf` says about values.
  void take_part(Json& whole, const Json& part) {
    if (const Json* fields = member(part, "properties"); fields != nullptr) merge_fields(whole, *fields);
    merge_required(whole, part);
    for (const auto& [name, value] : part.items()) {
      if (!among(name, kStructure)) continue;
      if (const Json* own = member(whole, name); holds_inner(name) && own != nullptr && own->is_object() && value.is_object()) merge_field(whole[name], value);
      else if (!whole.contains(name) || name != "meta:xdmType") whole[name] = value;
    }
  }

  /// A field made of one data type is named like it, where it has no name of its own.
  static void take_texts(Json& whole, const Json& part) {
    for (const char* name : {"title", "description", "meta:referencedFrom"}) {
      if (const Json* value = member(part, name); value != nullptr && !whole.contains(name)) whole[name] = *value;
    }
  }

  /// The node's own members over what its reference and parts gave.
  void overlay(Json& out, const Json& node, const Home& home, int depth) {
    for (const auto& [name, value] : node.items()) {
      if (among(name, kUsedUp)) continue;
      if (name == "properties") {
        if (value.is_object()) merge_fields(out, resolved_children(value, home, depth));
      } else if (name == "required") {
        merge_required(out, node);
      } else if (name == "items" || (name == "additionalProperties" && value.is_object())) {
        out[name] = resolve(value, home, depth + 1);
      } else if (name == "patternProperties" && value.is_object()) {
        out[name] = resolved_children(value, home, depth);
      } else if (!is_empty_text(value) || !out.contains(name)) {
        out[name] = value;
      }
    }
  }

  Json resolved_children(const Json& children, const Home& home, int depth) {
    Json made = object_with_room(children.size());
    for (const auto& [name, child] : children.items()) made[name] = resolve(child, home, depth + 1);
    return made;
  }

  void merge_fields(Json& object, const Json& fields) {
    Json& own = object["properties"];
    if (!own.is_object()) own = Json::object();
    make_room(own, fields.size());
    for (const auto& [name, field] : fields.items()) {
      Json* existing = member(own, name);
      if (existing == nullptr) {
        own[name] = field;
        continue;
      }
      place_.push_back(name);
      merge_field(*existing, field);
      place_.pop_back();
    }
  }

  /// A field that is declared again: objects merge, constraints and texts of the later one win, another type is a conflict.
  void merge_field(Json& field, const Json& again) {
    if (!go_together(field, again)) {
      conflicts_.push_back({.path = "/" + join(place_, "/"),
                            .message = "is declared as " + xdm_type_of(field) + " and as " + xdm_type_of(again)});
      return;
    }
    for (const auto& [name, value] : again.items()) {
      if (name == "properties") merge_fields(field, value);
      else if (name == "required") merge_required(field, again);
      else if (const Json* own = member(field, name); holds_inner(name) && own != nullptr && own->is_object() && value.is_object()) merge_field(field[name], value);
      else if (name == "meta:xedConverted" || name == "meta:referencedFrom" || is_empty_text(value)) continue;
      else field[name] = value;
    }
    if (!again.contains("meta:xedConverted")) field.erase("meta:xedConverted");
  }

  static void merge_required(Json& object, const Json& part) {
    const Json* names = member(part, "required");
    if (names == nullptr || !names->is_array()) return;
    Json& own = object["required"];
    if (!own.is_array()) own = Json::array();
    for (const Json& name : *names) {
      if (std::find(own.begin(), own.end(), name) == own.end()) own.push_back(name);
    }
  }

  /// Alphabetical fields and a type on every node. Returns the number of leaves.
  size_t finish(Json& node) {
    if (!node.is_object()) return 0;
    size_t leaves = 0;
    bool inner = false;
    if (Json* fields = member(node, "properties"); fields != nullptr && fields->is_object()) {
      inner = true;
      auto& members = fields->get_ref<Json::object_t&>();
      const auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
      if (!std::is_sorted(members.begin(), members.end(), by_name)) *fields = sorted(std::move(*fields));
      for (auto& [name, field] : fields->items()) leaves += finish(field);
      if (!node.contains("type")) node["type"] = "object";
    }
    for (const char* name : {"items", "additionalProperties"}) {
      if (Json* child = member(node, name); child != nullptr && child->is_object()) {
        inner = true;
        leaves += finish(*child);
      }
    }
    const std::string type = xdm_type_of(node);
    if (!type.empty() && text_of(node, "meta:xdmType") != type) node["meta:xdmType"] = type;
    return inner ? leaves : (type == "object" ? 0 : 1);
  }

  /// ordered_map cannot be sorted in place: its keys are const.
  static Json sorted(Json fields) {
    std::vector<std::pair<std::string, Json*>> order;
    for (auto& [name, field] : fields.items()) order.emplace_back(name, &field);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Json made = Json::object();
    auto& members = made.get_ref<Json::object_t&>();
    members.reserve(order.size());
    for (auto& [name, field] : order) members.push_back({std::move(name), std::move(*field)});
    return made;
  }

  const PartOf& part_of_;
  const ComposeLimits limits_;
  std::unordered_map<std::string, Resolved> resolved_;
  std::vector<std::string> path_;   ///< references being resolved
  std::vector<std::string> place_;  ///< fields being merged
  std::vector<Problem> conflicts_;
  std::vector<std::string> missing_;
  size_t cuts_ = 0;
  size_t nodes_ = 0;
  bool too_large_ = false;
};

void add_distinct(std::vector<std::string>& list, const std::string& id) {
  if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
}

/// What `doc` is made of and names in `meta:extends`, and all that these extend, before each of them or behind it.
void collect_extends(const Json& doc, const PartOf& part_of, bool self_first, int depth, std::vector<std::string>& found) {
  constexpr int kDepthMax = 32;
  if (depth > kDepthMax) return;
  std::vector<std::string> own = part_refs(doc);
  for (const std::string& id : texts_of(doc, "meta:extends")) add_distinct(own, id);
  for (const std::string& id : own) {
    if (std::find(found.begin(), found.end(), id) != found.end() || id.ends_with("/common/extensible")) continue;
    const auto part = part_of(id);
    if (self_first) add_distinct(found, id);
    if (part != nullptr) collect_extends(*part, part_of, self_first, depth + 1, found);
    add_distinct(found, id);
  }
}

bool is_class(const Json& doc) { return text_of(doc, "meta:resourceType") == "classes"; }

}  // namespace

Result<Composition> compose(const Json& doc, const PartOf& part_of, const ComposeLimits& limits) {
  return Composer(part_of, limits).run(doc);
}

std::vector<std::string> extends_of(const Json& doc, const PartOf& part_of) {
  std::vector<std::string> found;
  std::shared_ptr<const Json> class_doc;
  std::string class_id;
  for (const std::string& id : part_refs(doc)) {
    const auto part = part_of(id);
    if (part != nullptr && is_class(*part) && class_doc == nullptr) {
      class_doc = part;
      class_id = text_of(*part, "$id", id);
      continue;
    }
    add_distinct(found, id);
    if (part != nullptr) collect_extends(*part, part_of, /*self_first=*/true, 0, found);
  }
  if (class_doc == nullptr) return found;
  const std::vector<std::string> class_parts = part_refs(*class_doc);
  const bool adhoc = std::any_of(class_parts.begin(), class_parts.end(), is_adhoc_behavior);
  if (adhoc) add_distinct(found, class_id);
  collect_extends(*class_doc, part_of, /*self_first=*/false, 0, found);
  add_distinct(found, class_id);
  return found;
}

}  // namespace foz::registry
