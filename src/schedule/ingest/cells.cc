#include <algorithm>

#include "base/text.h"
#include "registry/validate.h"
#include "schedule/ingest/record.h"

namespace foz::schedule {
namespace {

using engine::Arena;
using engine::Kind;
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
    : places_(root), issues_(rules), null_markers_(std::move(null_markers)) {
  for (const std::string& name : header) targets_.push_back(target_of(name));
}

/// The leaf whose name or path `name` is: exactly where there is one, else in whatever case.
CellRecordReader::Target CellRecordReader::target_of(const std::string& name) const {
  const std::string wanted = replace_all(name, "/", ".");
  Target loose{.path = name};
  const auto offer = [&](const Places& leaf, size_t child, size_t member, const std::string& path) {
    const Node& node = *leaf.node;
    const Target target{.node = &node, .child = child, .member = member, .path = path, .place = leaf.begin};
    if (node.name == wanted || path == wanted) return loose = target, true;
    const bool alike = equal_ignoring_case(node.name, wanted) || equal_ignoring_case(path, wanted);
    if (alike && loose.node == nullptr) loose = target;
    return false;
  };
  for (size_t i = 0; i < places_.children.size(); ++i) {
    const Places& child = places_.children[i];
    if (engine::is_scalar(child.node->kind) && offer(child, i, SIZE_MAX, child.node->name)) return loose;
    for (size_t j = 0; j < child.children.size(); ++j) {
      const Places& leaf = child.children[j];
      if (engine::is_scalar(leaf.node->kind) && offer(leaf, i, j, child.node->name + "." + leaf.node->name)) return loose;
    }
  }
  return loose;
}

void CellRecordReader::mention(Presence& presence) const {
  for (const Target& target : targets_) {
    if (target.node != nullptr) presence.mention(target.child, target.member);
  }
}

Status CellRecordReader::read(std::span<const std::string_view> cells, Arena& arena, ReadRecord& record) {
  issues_.start();
  record.values.assign(places_.end, {});
  record.reasons.clear();
  if (cells.size() != targets_.size()) {
    return Error{.kind = ErrorKind::corrupt, .message = "the row has " + std::to_string(cells.size()) + " cells, the header " + std::to_string(targets_.size())};
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    const Target& target = targets_[i];
    const bool is_null = cells[i].empty() || std::find(null_markers_.begin(), null_markers_.end(), cells[i]) != null_markers_.end();
    if (is_null) continue;
    if (target.node == nullptr) {
      issues_.unknown(target.path);
      continue;
    }
    const Scalar scalar = scalar_of(target.node->kind, {.kind = JsonSlot::Kind::text, .text = cells[i]}, InputForm::csv, arena);
    if (!scalar.misfit.empty()) issues_.misfit(target.path, scalar.misfit);
    else issues_.check(*target.node, scalar.value, target.path);
    record.values[target.place] = scalar.value;
  }
  finish(record);
  return {};
}

void CellRecordReader::finish(ReadRecord& record) {
  for (const Places& child : places_.children) {
    if (!child.is_spread() || !child.has_required) continue;
    const auto members = std::span(record.values).subspan(child.begin, child.end - child.begin);
    const bool any = std::any_of(members.begin(), members.end(), [](const Value& value) { return !value.is_null(); });
    if (any) issues_.check_required(child, record.values, child.node->name);
  }
  if (places_.has_required) issues_.check_required(places_, record.values, "");
  issues_.take(record.reasons);
}

}  // namespace foz::schedule
