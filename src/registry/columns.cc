#include "registry/columns.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "registry/field_type.h"
#include "registry/validate.h"

namespace foz::registry {
namespace {

void collect_leaves(const Node& node, const std::string& path, std::vector<std::string>& leaves) {
  switch (node.kind) {
    case engine::Kind::object:
      for (const Node& child : node.children) {
        collect_leaves(child, path.empty() ? child.name : path + "." + child.name, leaves);
      }
      return;
    case engine::Kind::list: return collect_leaves(node.children.at(0), path + "[]", leaves);
    case engine::Kind::map: return collect_leaves(node.children.at(1), path + ".*", leaves);
    default: leaves.push_back(path);
  }
}

/// Nothing where the schema node holds no values.
std::optional<Node> column_of(const Json& node, std::string name);

std::vector<Node> members_of(const Json& node) {
  std::vector<Node> members;
  const Json* fields = member(node, "properties");
  if (fields == nullptr || !fields->is_object()) return members;
  const std::vector<std::string> required = texts_of(node, "required");
  for (const auto& [name, field] : fields->items()) {
    auto column = column_of(field, name);
    if (!column) continue;
    column->required = std::find(required.begin(), required.end(), name) != required.end();
    members.push_back(std::move(*column));
  }
  std::sort(members.begin(), members.end(), [](const Node& a, const Node& b) { return a.name < b.name; });
  return members;
}

std::shared_ptr<const Rules> rules_or_none(const Json& node, engine::Kind kind) {
  auto rules = rules_of(node, kind);
  return rules ? *rules : nullptr;
}

std::optional<Node> column_of(const Json& node, std::string name) {
  if (!node.is_object()) return std::nullopt;
  const auto kind = kind_of_xdm_type(xdm_type_of(node));
  if (!kind) return std::nullopt;
  Node column{.name = std::move(name), .kind = *kind, .rules = rules_or_none(node, *kind)};
  if (engine::is_scalar(*kind)) return column;
  if (*kind == engine::Kind::object) {
    column.children = members_of(node);
    if (column.children.empty()) return std::nullopt;
    return column;
  }
  const Json* inner = *kind == engine::Kind::list ? member(node, "items") : map_values(node);
  auto value = inner == nullptr ? std::nullopt : column_of(*inner, *kind == engine::Kind::list ? "element" : "value");
  if (!value) return std::nullopt;
  if (*kind == engine::Kind::map) column.children.push_back(Node{.name = "key", .kind = engine::Kind::string, .required = true});
  column.children.push_back(std::move(*value));
  return column;
}

class IdGiver {
 public:
  explicit IdGiver(IdTable& table) : table_(table) {}

  bool run(Node& root) {
    give_members(root, "");
    changed_ = changed_ || kept_.size() != table_.given.size();
    table_.given = std::move(kept_);
    return changed_;
  }

 private:
  void give(Node& node, const std::string& path) {
    const auto found = table_.given.find(path);
    if (found != table_.given.end() && found->second.kind == node.kind) {
      node.id = found->second.id;
    } else {
      node.id = table_.next++;
      changed_ = true;
    }
    kept_[path] = {node.id, node.kind};
    give_members(node, path);
  }

  void give_members(Node& node, const std::string& path) {
    const std::string separator = node.kind == engine::Kind::object ? "/" : "//";
    for (Node& child : node.children) give(child, path + separator + child.name);
  }

  IdTable& table_;
  std::map<std::string, IdTable::Given, std::less<>> kept_;
  bool changed_ = false;
};

constexpr engine::Kind kKinds[] = {engine::Kind::boolean, engine::Kind::int8,   engine::Kind::int16, engine::Kind::int32,
                                   engine::Kind::int64,   engine::Kind::number, engine::Kind::string, engine::Kind::date,
                                   engine::Kind::timestamp, engine::Kind::object, engine::Kind::list, engine::Kind::map};

std::optional<engine::Kind> kind_named(std::string_view name) {
  for (const engine::Kind kind : kKinds) {
    if (engine::name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

Node node_of(const Json& effective) {
  return Node{.name = "", .kind = engine::Kind::object, .children = members_of(effective)};
}

bool assign_ids(Node& root, IdTable& table) { return IdGiver(table).run(root); }

Json to_json(const IdTable& table) {
  Json given = Json::object();
  for (const auto& [path, entry] : table.given) given[path] = {entry.id, engine::name_of(entry.kind)};
  return {{"next", table.next}, {"given", std::move(given)}};
}

Result<IdTable> id_table_of(const Json& json) {
  const Error damaged{.kind = ErrorKind::corrupt, .message = "the stored column ids of a schema cannot be read"};
  IdTable table;
  const Json* given = foz::member(json, "given");
  const auto next = integer_of(json, "next");
  if (given == nullptr || !given->is_object() || !next || *next < 1) return damaged;
  table.next = static_cast<int32_t>(*next);
  for (const auto& [path, entry] : given->items()) {
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_number_integer() || !entry[1].is_string()) return damaged;
    const auto kind = kind_named(entry[1].get<std::string>());
    if (!kind) return damaged;
    table.given[path] = {entry[0].get<int32_t>(), *kind};
  }
  return table;
}

const Node* Node::member(std::string_view member_name) const {
  if (kind != engine::Kind::object) return nullptr;
  const auto found = std::find_if(children.begin(), children.end(), [&](const Node& n) { return n.name == member_name; });
  return found == children.end() ? nullptr : &*found;
}

const Node* Node::at(std::string_view dotted_path) const {
  const Node* node = this;
  for (const std::string_view step : split(dotted_path, '.')) {
    node = node->member(step);
    if (node == nullptr) return nullptr;
  }
  return node;
}

engine::Field to_field(const Node& node) {
  engine::Field field{.name = node.name, .kind = node.kind, .id = node.id};
  for (const Node& child : node.children) field.children.push_back(to_field(child));
  return field;
}

std::vector<std::string> leaf_paths(const Node& root) {
  std::vector<std::string> leaves;
  collect_leaves(root, "", leaves);
  return leaves;
}

}  // namespace foz::registry
