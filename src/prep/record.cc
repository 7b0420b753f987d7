#include "prep/record.h"

#include <algorithm>

#include "base/text.h"
#include "prep/column_rules.h"

namespace foz::prep {
namespace {

using engine::Arena;
using engine::Column;
using engine::Kind;
using engine::Member;
using engine::Type;
using engine::Value;
using registry::Keyword;
using registry::Node;
using registry::Rules;

constexpr Fault kNotExact{Trouble::range, "the number has more digits than a double can hold"};
constexpr Fault kNoWayHere{Trouble::coercion, "a value of this type cannot become the target type"};
constexpr Fault kNoObject{Trouble::coercion, "a single value cannot become an object or a map"};

std::string path_text(const Trail* trail) {
  if (trail == nullptr) return "";
  const std::string above = path_text(trail->up);
  if (trail->name.empty()) return above + "[" + std::to_string(trail->index) + "]";
  return above + "." + std::string(trail->name);
}

std::optional<Keyword> broken(const Rules& rules, Kind kind, const Value& value) {
  switch (kind) {
    case Kind::string: return registry::broken_keyword(rules, value.as_text());
    case Kind::number: return registry::broken_keyword(rules, value.number);
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64: return registry::broken_keyword(rules, value.integer);
    default: return std::nullopt;
  }
}

template <class T>
void copy_values(const Vector& from, size_t rows, const T* values, T* out, Column& column) {
  for (size_t row = 0; row < rows; ++row) {
    const size_t at = from.index(row);
    column.nulls()[row] = from.column().is_null(at) ? 1 : 0;
    out[row] = values[at];
  }
}

/// Copies columns whose values are right as they are. False for others.
bool copied_as_is(const Vector& from, size_t rows, Kind kind, Column& out) {
  const Column& column = from.column();
  if (from.type() != out.type()) return false;
  switch (kind) {
    case Kind::string: return copy_values(from, rows, column.texts(), out.texts(), out), true;
    case Kind::boolean: return copy_values(from, rows, column.booleans(), out.booleans(), out), true;
    case Kind::int64:
    case Kind::date:
    case Kind::timestamp: return copy_values(from, rows, column.integers(), out.integers(), out), true;
    default: return false;
  }
}

Value scalar(Frame& frame, size_t row, const Node& node, const Value& value, MappingIssues& issues, const Trail* trail) {
  bool lost_precision = false;
  const auto made = to_kind(frame.arena(), value, node.kind, &lost_precision);
  if (made.is_fault()) issues.fault(row, made.fault(), trail);
  if (!made.is_value()) return {};
  if (lost_precision) issues.fault(row, kNotExact, trail);
  if (node.rules) {
    if (const auto keyword = broken(*node.rules, node.kind, made.value())) issues.broken(row, *node.rules, *keyword, trail);
  }
  return made.value();
}

Value shaped_object(Frame& frame, size_t row, const Node& node, const Value& value, MappingIssues& issues, const Trail* trail) {
  const auto members = frame.arena().make<Member>(node.children.size());
  size_t count = 0;
  for (const Node& child : node.children) {
    const Value* given = value.member(child.name);
    if (given == nullptr || given->is_null()) continue;
    const Trail here{trail, child.name};
    const Value made = shaped(frame, row, child, *given, issues, &here);
    if (!made.is_null()) members[count++] = {child.name, made};
  }
  return count == 0 ? Value() : Value::of_object(members.first(count));
}

Value shaped_map(Frame& frame, size_t row, const Node& node, const Value& value, MappingIssues& issues, const Trail* trail) {
  const auto members = frame.arena().make<Member>(value.size);
  size_t count = 0;
  for (const Member& one : value.as_object()) {
    const Trail here{trail, one.name};
    const Value made = shaped(frame, row, node.children.at(1), one.value, issues, &here);
    if (!made.is_null()) members[count++] = {one.name, made};
  }
  return Value::of_object(members.first(count));
}

Value shaped_list(Frame& frame, size_t row, const Node& node, const Value& value, MappingIssues& issues, const Trail* trail) {
  const Node& element = node.children.at(0);
  const bool is_array = value.type == Type::array;
  const auto items = frame.arena().make<Value>(is_array ? value.size : 1);
  for (size_t i = 0; i < items.size(); ++i) {
    const Trail here{trail, {}, i};
    items[i] = shaped(frame, row, element, is_array ? value.as_array()[i] : value, issues, &here);
  }
  if (!is_array && items[0].is_null()) return {};
  return Value::of_array(items);
}

/// `object` with `value` as its member `name`; `before` says whether an existing member stands before the new one.
template <class Before>
Value with_member(Arena& arena, const Value& object, std::string_view name, const Value& value, Before before) {
  const size_t size = object.type == Type::object ? object.size : 0;
  const auto members = arena.make<Member>(size + 1);
  size_t count = 0;
  bool placed = value.is_null();
  for (size_t i = 0; i < size; ++i) {
    const Member& one = object.as_object()[i];
    if (one.name == name) continue;
    if (!placed && !before(one.name)) {
      members[count++] = {name, value};
      placed = true;
    }
    members[count++] = one;
  }
  if (!placed) members[count++] = {name, value};
  return count == 0 ? Value() : Value::of_object(members.first(count));
}

const Value* element_of(const Value& list, size_t index) {
  return list.type == Type::array && index < list.size ? &list.as_array()[index] : nullptr;
}

/// `list` with at least `size` elements, ready to be changed.
std::span<Value> grown(Arena& arena, const Value& list, size_t size) {
  const size_t had = list.type == Type::array ? list.size : 0;
  const auto items = arena.make<Value>(std::max(had, size));
  for (size_t i = 0; i < had; ++i) items[i] = list.as_array()[i];
  return items;
}

/// What stands at the leaf of a piece.
Value leaf_value(Frame& frame, size_t row, const Node& node, const Value& value, const Piece& piece, MappingIssues& issues, const Trail* trail) {
  const bool wraps = piece.wildcard && node.kind == Kind::object && !value.is_null() && value.type != Type::object && !piece.leaf_name.empty();
  if (!wraps) return shaped(frame, row, node, value, issues, trail);
  const auto members = frame.arena().make<Member>(1);
  members[0] = {piece.leaf_name, value};
  return shaped(frame, row, node, Value::of_object(members), issues, trail);
}

}  // namespace

MappingIssues::~MappingIssues() {
  for (Count& count : counts_) {
    if (count.rows > 0) issues_.warn(mapping_, std::move(count.first), count.rows);
  }
}

Reason MappingIssues::reason(std::string_view code, std::string message, const Trail* trail) const {
  const MappingInfo& info = program_.mappings()[mapping_];
  return {.code = std::string(code), .message = std::move(message), .column = join(info.columns, ", "), .destination = info.destination + path_text(trail)};
}

void MappingIssues::fault(size_t row, Fault fault, const Trail* trail, const Site* site) {
  const bool strict = program_.strict_mapping();
  Count& count = counts_[static_cast<size_t>(fault.trouble)];
  const bool wanted = strict || count.rows == 0 || issues_.wants_examples();
  if (!strict) ++count.rows;
  if (!wanted) return;
  std::string text = site == nullptr ? fault.text : site->label + ": " + fault.text + (site->position.empty() ? "" : " (at " + site->position + ")");
  const std::string code(code_of(fault.trouble));
  if (strict) return issues_.reject(static_cast<uint32_t>(row), reason("MAPPER-3700-400", code + ": " + text, trail));
  Reason why = reason(code, std::move(text), trail);
  if (issues_.wants_examples()) {
    issues_.add_example({.mapping = mapping_, .position = frame_.position(row), .row = static_cast<uint32_t>(row), .reason = why});
  }
  if (count.rows == 1) count.first = std::move(why);
}

void MappingIssues::broken(size_t row, const Rules& rules, Keyword keyword, const Trail* trail) {
  Reason why = reason("INGEST-1557-400", "", trail);
  why.message = why.destination + " " + registry::explain(rules, keyword);
  why.keyword = registry::name_of(keyword);
  issues_.reject(static_cast<uint32_t>(row), std::move(why));
}

void write_scalars(Frame& frame, const Vector& from, size_t rows, const Node& node, Column& out, MappingIssues& issues) {
  if (!copied_as_is(from, rows, node.kind, out)) {
    Arena& arena = frame.arena();
    for (size_t row = 0; row < rows; ++row) {
      const size_t at = from.index(row);
      if (from.column().is_null(at)) {
        out.set_null(row);
        continue;
      }
      bool lost_precision = false;
      const auto made = to_kind(arena, from.column().at(at, arena), node.kind, &lost_precision);
      out.put(row, made.is_value() ? made.value() : Value());
      if (made.is_fault()) issues.fault(row, made.fault());
      else if (lost_precision) issues.fault(row, kNotExact);
    }
  }
  check_column(node, rows, out, issues);
}

Value shaped(Frame& frame, size_t row, const Node& node, const Value& value, MappingIssues& issues, const Trail* trail) {
  if (value.is_null()) return {};
  if (engine::is_scalar(node.kind)) return scalar(frame, row, node, value, issues, trail);
  if (node.kind == Kind::list) return shaped_list(frame, row, node, value, issues, trail);
  if (value.type != Type::object) {
    issues.fault(row, value.type == Type::array ? kNoWayHere : kNoObject, trail);
    return {};
  }
  return node.kind == Kind::map ? shaped_map(frame, row, node, value, issues, trail) : shaped_object(frame, row, node, value, issues, trail);
}

Value with_part(Frame& frame, size_t row, const Node& node, const Value& base, std::span<const Step> steps, const Value& value, const Piece& piece,
                MappingIssues& issues, const Trail* trail) {
  if (steps.empty()) return leaf_value(frame, row, node, value, piece, issues, trail);
  const Step& step = steps.front();
  const auto deeper = [&](const Node& child, const Value* old, const Value& given) {
    return with_part(frame, row, child, old == nullptr ? Value() : *old, steps.subspan(1), given, piece, issues, trail);
  };
  if (step.kind == Step::Kind::member) {
    const bool is_map = node.kind == Kind::map;
    const Node& child = is_map ? node.children.at(1) : *node.member(step.name);
    const Value made = deeper(child, base.member(step.name), value);
    if (made.is_null()) return base;
    return with_member(frame.arena(), base, is_map ? std::string_view(step.name) : std::string_view(child.name), made,
                       [&](std::string_view other) { return is_map || other < child.name; });
  }
  const Node& element = node.children.at(0);
  if (step.kind == Step::Kind::index) {
    const Value made = deeper(element, element_of(base, step.index), value);
    if (made.is_null()) return base;
    const auto items = grown(frame.arena(), base, step.index + 1);
    items[step.index] = made;
    return Value::of_array(items);
  }
  if (value.is_null()) return base;
  const bool many = value.type == Type::array;
  const size_t count = many ? value.size : 1;
  const auto items = grown(frame.arena(), base, count);
  for (size_t i = 0; i < count; ++i) items[i] = deeper(element, &items[i], many ? value.as_array()[i] : value);
  return Value::of_array(items);
}

Value with_identity(Frame& frame, size_t row, const Node& map, const Value& base, const Value& value, const Piece& piece, MappingIssues& issues) {
  const auto id = text_of(frame.arena(), value);  // what has no text was told by the mapping itself
  if (!id.is_value() || id.value().empty()) return base;
  const auto members = frame.arena().make<Member>(2);
  members[0] = {"id", Value::of_text(id.value())};
  members[1] = {"primary", Value::of_boolean(piece.primary)};
  const Node& list = map.children.at(1);
  const Value entry = shaped(frame, row, list.children.at(0), Value::of_object(members), issues, nullptr);
  const Value* old = base.member(piece.name_space);
  const size_t had = old == nullptr ? 0 : old->size;
  const auto items = grown(frame.arena(), old == nullptr ? Value() : *old, had + 1);
  items[had] = entry;
  return with_member(frame.arena(), base, piece.name_space, Value::of_array(items), [](std::string_view) { return true; });
}

void check_inside(const Node& node, const Value& value, uint32_t row, const OutputPlan& plan, const std::string& path, RowIssues& issues) {
  if (value.is_null()) return;
  if (node.kind == Kind::object) {
    for (const Node& child : node.children) {
      const Value* member = value.member(child.name);
      if (member != nullptr) {
        check_inside(child, *member, row, plan, path + "." + child.name, issues);
      } else if (child.required) {
        const std::string missing = path + "." + child.name;
        issues.reject(row, {.code = "INGEST-1555-400", .message = "A required field is missing or null: " + missing, .column = plan.columns, .destination = missing, .keyword = "required"});
      }
    }
    return;
  }
  if (engine::is_scalar(node.kind)) return;
  if (node.rules) {
    const auto broken = node.kind == Kind::list ? registry::broken_items_keyword(*node.rules, value.as_array()) : registry::broken_items_keyword(*node.rules, value.size);
    if (broken) {
      issues.reject(row, {.code = "INGEST-1557-400", .message = path + " " + registry::explain(*node.rules, *broken), .column = plan.columns, .destination = path,
                          .keyword = std::string(registry::name_of(*broken))});
    }
  }
  for (size_t i = 0; i < value.size; ++i) {
    if (node.kind == Kind::list) check_inside(node.children.at(0), value.as_array()[i], row, plan, path + "[" + std::to_string(i) + "]", issues);
    else check_inside(node.children.at(1), value.as_object()[i].value, row, plan, path + "." + std::string(value.as_object()[i].name), issues);
  }
}

}  // namespace foz::prep
