#include "prep/destination.h"

#include <algorithm>

#include "base/text.h"

namespace foz::prep {
namespace {

using engine::Kind;
using registry::Node;

Error not_there(std::string message) {
  return {.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1007-400"};
}

std::string named(std::span<const Step> before) { return before.empty() ? "the schema" : to_string(before); }

Error no_member(const Node& node, std::span<const Step> before, const Step& step) {
  std::vector<std::string> names;
  for (const Node& child : node.children) names.push_back(child.name);
  return not_there(named(before) + " has no field " + step.name + did_you_mean(step.name, names));
}

Error wrong_step(const Node& node, std::span<const Step> before, const Step& step) {
  const std::string name = named(before);
  if (node.kind == Kind::list) return not_there(name + " is an array: write " + name + "[0] or " + name + "[*] before ." + step.name);
  if (node.kind == Kind::map) return not_there(name + " is a map: write " + name + ".key");
  if (node.kind == Kind::object) return not_there(name + " is an object and has no index");
  return not_there(name + " is a " + std::string(engine::name_of(node.kind)) + " and has no parts");
}

Result<const Node*> child_of(const Node& node, std::span<const Step> before, const Step& step) {
  const bool by_name = step.kind == Step::Kind::member;
  if (node.kind == Kind::object && by_name) {
    if (const Node* child = node.member(step.name)) return child;
    return no_member(node, before, step);
  }
  if (node.kind == Kind::list && !by_name) return &node.children.at(0);
  if (node.kind == Kind::map && by_name) return &node.children.at(1);
  return wrong_step(node, before, step);
}

}  // namespace

bool Destination::has_wildcard() const {
  return std::any_of(path.begin(), path.end(), [](const Step& step) { return step.kind == Step::Kind::every; });
}

std::string Destination::anchor_path() const { return to_string(std::span(path).first(anchor_steps)); }

Result<Destination> find_destination(std::string_view text, const Node& root) {
  auto path = parse_destination_path(text);
  if (!path) return not_there(path.error().message);
  Destination found{.path = *std::move(path), .anchor = &root, .leaf = &root};
  for (size_t i = 0; i < found.path.size(); ++i) {
    TRY(const Node* child, child_of(*found.leaf, std::span(found.path).first(i), found.path[i]));
    if (found.leaf->kind == Kind::object && found.anchor == found.leaf) {
      found.anchor = child;
      found.anchor_steps = i + 1;
    }
    found.leaf = child;
  }
  return found;
}

}  // namespace foz::prep
