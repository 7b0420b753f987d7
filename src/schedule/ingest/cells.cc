#include <algorithm>

#include "base/text.h"
#include "registry/validate.h"
#include "schedule/ingest/record.h"

namespace foz::schedule {
namespace {

using engine::Arena;
using engine::Kind;
using engine::Member;
using engine::Value;
using registry::Node;

bool is_object_of_scalars(const Node& node) {
  return node.kind == Kind::object && std::all_of(node.children.begin(), node.children.end(), [](const Node& child) { return engine::is_scalar(child.kind); });
}

}  // namespace

bool is_flat(const Node& root) {
  size_t objects = 0;
  for (const Node& child : root.children) {
    if (engine::is_scalar(child.kind)) continue;
    if (!is_object_of_scalars(child)) return false;
    ++objects;
  }
  return objects <= 1;
}

CellRecordReader::CellRecordReader(const Node& root, RecordRules rules, const std::vector<std::string>& header, std::vector<std::string> null_markers)
    : root_(root), issues_(rules), null_markers_(std::move(null_markers)), members_(root.children.size()) {
  for (const std::string& name : header) places_.push_back(place_of(name));
  for (size_t i = 0; i < root.children.size(); ++i) {
    if (root.children[i].kind == Kind::object) members_[i].resize(root.children[i].children.size());
  }
}

/// The leaf whose name or path `name` is: exactly where there is one, else in whatever case.
CellRecordReader::Place CellRecordReader::place_of(const std::string& name) const {
  const std::string wanted = replace_all(name, "/", ".");
  Place loose{.path = name};
  const auto offer = [&](const Node& node, size_t child, size_t member, const std::string& path) {
    const Place place{.node = &node, .child = child, .member = member, .path = path};
    if (node.name == wanted || path == wanted) return loose = place, true;
    const bool alike = equal_ignoring_case(node.name, wanted) || equal_ignoring_case(path, wanted);
    if (alike && loose.node == nullptr) loose = place;
    return false;
  };
  for (size_t i = 0; i < root_.children.size(); ++i) {
    const Node& child = root_.children[i];
    if (engine::is_scalar(child.kind) && offer(child, i, SIZE_MAX, child.name)) return loose;
    if (child.kind != Kind::object) continue;
    for (size_t j = 0; j < child.children.size(); ++j) {
      const Node& leaf = child.children[j];
      if (engine::is_scalar(leaf.kind) && offer(leaf, i, j, child.name + "." + leaf.name)) return loose;
    }
  }
  return loose;
}

void CellRecordReader::mention(Presence& presence) const {
  for (const Place& place : places_) {
    if (place.node != nullptr) presence.mention(place.child, place.member);
  }
}

Status CellRecordReader::read(std::span<const std::string_view> cells, Arena& arena, ReadRecord& record) {
  issues_.start();
  record.values.assign(root_.children.size(), {});
  record.reasons.clear();
  if (cells.size() != places_.size()) {
    return Error{.kind = ErrorKind::corrupt, .message = "the row has " + std::to_string(cells.size()) + " cells, the header " + std::to_string(places_.size())};
  }
  for (auto& members : members_) std::fill(members.begin(), members.end(), Value());
  for (size_t i = 0; i < cells.size(); ++i) {
    const Place& place = places_[i];
    const bool is_null = cells[i].empty() || std::find(null_markers_.begin(), null_markers_.end(), cells[i]) != null_markers_.end();
    if (is_null) continue;
    if (place.node == nullptr) {
      issues_.unknown(place.path);
      continue;
    }
    const Scalar scalar = scalar_of(place.node->kind, {.kind = JsonSlot::Kind::text, .text = cells[i]}, InputForm::csv, arena);
    if (!scalar.misfit.empty()) issues_.misfit(place.path, scalar.misfit);
    else issues_.check(*place.node, scalar.value, place.path);
    (place.member == SIZE_MAX ? record.values[place.child] : members_[place.child][place.member]) = scalar.value;
  }
  finish(arena, record);
  return {};
}

void CellRecordReader::finish(Arena& arena, ReadRecord& record) {
  for (size_t i = 0; i < root_.children.size(); ++i) {
    const Node& child = root_.children[i];
    if (child.kind != Kind::object) continue;
    record.values[i] = object_of(child, members_[i], arena);
    if (!record.values[i].is_null()) issues_.check_required(child, members_[i], child.name);
  }
  issues_.check_required(root_, record.values, "");
  issues_.take(record.reasons);
}

}  // namespace foz::schedule
