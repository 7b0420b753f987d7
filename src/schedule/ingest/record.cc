#include "schedule/ingest/record.h"

#include <algorithm>
#include <unordered_map>

#include "registry/validate.h"

namespace foz::schedule {
namespace {

using engine::Arena;
using engine::Kind;
using engine::Member;
using engine::Value;
using registry::Node;

/// Reasons that are kept of one record, of each level.
constexpr size_t kReasonsMax = 8;

std::optional<registry::Keyword> broken_keyword(const Node& node, const Value& value) {
  if (!node.rules) return std::nullopt;
  switch (value.type) {
    case engine::Type::string: return registry::broken_keyword(*node.rules, value.as_text());
    case engine::Type::integer: return registry::broken_keyword(*node.rules, value.integer);
    case engine::Type::number: return registry::broken_keyword(*node.rules, value.number);
    default: return std::nullopt;
  }
}

bool all_null(std::span<const Value> values) {
  return std::all_of(values.begin(), values.end(), [](const Value& value) { return value.is_null(); });
}

/// The members of `node` that have a value, as an object; null when none has.
Value object_of(const Node& node, std::span<const Value> values, Arena& arena) {
  const auto count = static_cast<size_t>(std::count_if(values.begin(), values.end(), [](const Value& value) { return !value.is_null(); }));
  if (count == 0) return {};
  const auto members = arena.make<Member>(count);
  size_t at = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_null()) members[at++] = {node.children[i].name, values[i]};
  }
  return Value::of_object(members);
}

std::string below(const std::string& path, std::string_view name) { return path.empty() ? std::string(name) : path + "." + std::string(name); }

}  // namespace

Places::Places(const Node& of, size_t first)
    : node(&of), begin(first), end(first), has_required(std::any_of(of.children.begin(), of.children.end(), [](const Node& child) { return child.required; })) {
  if (of.kind != Kind::object || of.children.empty()) {
    ++end;
    return;
  }
  children.reserve(of.children.size());
  for (const Node& child : of.children) {
    children.push_back(Places(child, end));
    end = children.back().end;
  }
}

void RecordIssues::add(size_t level, prep::Reason reason) {
  if (rules_.validates && by_level_[level].size() < kReasonsMax) by_level_[level].push_back(std::move(reason));
}

void RecordIssues::unknown(const std::string& path) {
  if (rules_.reject_unknown) add(0, {.code = "INGEST-1556-400", .message = "The schema has no field " + path, .destination = path, .keyword = "additionalProperties"});
}

void RecordIssues::misfit(const std::string& path, std::string_view why) {
  add(1, {.code = "INGEST-1558-400", .message = path + " " + std::string(why), .destination = path});
}

void RecordIssues::broken(const std::string& path, const registry::Rules& rules, registry::Keyword keyword) {
  add(2, {.code = "INGEST-1557-400", .message = path + " " + registry::explain(rules, keyword), .destination = path, .keyword = std::string(registry::name_of(keyword))});
}

void RecordIssues::missing(const std::string& path) {
  add(2, {.code = "INGEST-1555-400", .message = "A required field is missing or null: " + path, .destination = path, .keyword = "required"});
}

void RecordIssues::check(const Node& node, const Value& value, const std::string& path) {
  if (const auto keyword = broken_keyword(node, value)) broken(path, *node.rules, *keyword);
}

void RecordIssues::check_required(const Node& node, std::span<const Value> values, const std::string& path) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (node.children[i].required && values[i].is_null()) missing(below(path, node.children[i].name));
  }
}

void RecordIssues::check_required(const Places& places, std::span<const Value> values, const std::string& path) {
  for (const Places& child : places.children) {
    if (child.node->required && all_null(values.subspan(child.begin, child.end - child.begin))) missing(below(path, child.node->name));
  }
}

void RecordIssues::take(std::vector<prep::Reason>& reasons) {
  reasons.clear();
  for (auto& level : by_level_) std::move(level.begin(), level.end(), std::back_inserter(reasons));
}

/// Builds values while a record is walked: a frame for each object, list or map that is open. Members of objects that are
/// spread go to their places at once; what is in lists and maps is gathered first.
class JsonRecordReader::Builder final : public JsonVisitor {
 public:
  Builder(const Node& root, RecordRules rules, const Node* whole) : root_(root), places_(root), issues_(rules) {
    if (whole != nullptr) note_parts(root, *whole);
  }
  bool met_left_out() const { return met_left_out_; }

  void start(Arena& arena, ReadRecord& record) {
    arena_ = &arena;
    record_ = &record;
    record.values.assign(places_.end, {});
    issues_.start();
    depth_ = 0;
    is_object_ = has_entity_ = expects_body_ = expects_entity_ = false;
  }
  /// False when there was no object.
  bool finish() {
    issues_.take(record_->reasons);
    return is_object_;
  }

  bool begin_object() override {
    if (depth_ == 0) {
      is_object_ = true;
      push(Shape::object, root_, &places_);
      return true;
    }
    if (expects_body_) {
      expects_body_ = false;
      push(Shape::body, root_);
      return true;
    }
    if (expects_entity_) {
      expects_entity_ = false;
      has_entity_ = true;
      issues_.start();
      empty(places_);
      push(Shape::object, root_, &places_);
      return true;
    }
    const Node& node = target();
    if (node.kind == Kind::object) {
      const Places* places = places_of(top());
      const bool is_spread = places != nullptr && places->is_spread();
      if (is_spread) empty(*places);  // the last of two objects counts, whole
      push(Shape::object, node, is_spread ? places : nullptr);
      return true;
    }
    if (node.kind == Kind::map) return push(Shape::map, node), true;
    return refuse("is an object, and its field is none");
  }

  bool member(std::string_view name) override {
    Frame& frame = top();
    if (frame.shape == Shape::body) return expects_entity_ = name == "xdmEntity";
    if (frame.shape == Shape::map) {
      frame.key = name;
      return true;
    }
    if (const size_t child = child_named(frame, name); child != SIZE_MAX) {
      frame.at = child;
      return true;
    }
    if (is_left_out(*frame.node, name)) return !(met_left_out_ = true);
    if (depth_ == 1 && name == "body") return expects_body_ = true;
    if (depth_ == 1 && name == "header") return !(header_is_unknown_ = true);  // until an entity shows that it is an envelope
    issues_.unknown(below(path(depth_ - 1), name));
    return false;
  }

  void end_object() override {
    Frame& frame = top();
    if (frame.shape == Shape::body) {
      if (!has_entity_) issues_.unknown("body");
      return void(--depth_);
    }
    if (frame.shape == Shape::map) {
      check_count(frame);
      const auto members = arena_->make<Member>(frame.members.size());
      std::copy(frame.members.begin(), frame.members.end(), members.begin());
      return pop(Value::of_object(members));
    }
    const bool is_record = frame.node == &root_;
    if (is_record && has_entity_ && depth_ == 1) return void(--depth_);  // the envelope
    if (is_record && depth_ == 1 && header_is_unknown_) issues_.unknown("header");
    if (frame.places != nullptr) {
      if (frame.places->has_required) issues_.check_required(*frame.places, record_->values, is_record ? "" : path(depth_ - 1));
      return void(--depth_);
    }
    if (needs_any(*frame.node)) issues_.check_required(*frame.node, frame.values, path(depth_ - 1));
    pop(object_of(*frame.node, frame.values, *arena_));
  }

  bool begin_array() override {
    if (depth_ == 0) return false;
    if (!takes_value()) return false;
    const Node& node = target();
    if (node.kind == Kind::list) return push(Shape::list, node), true;
    return refuse("is an array, and its field is none");
  }

  void end_array() override {
    Frame& frame = top();
    check_count(frame);
    const auto items = arena_->make<Value>(frame.values.size());
    std::copy(frame.values.begin(), frame.values.end(), items.begin());
    pop(Value::of_array(items));
  }

  void scalar(const JsonSlot& slot) override {
    if (!takes_value()) return;
    const Node& node = target();
    if (slot.kind == JsonSlot::Kind::null) return put({});
    if (!engine::is_scalar(node.kind)) return void(refuse("is a single value, and its field is none"));
    if (node.kind == Kind::string && !issues_.rules().validates && slot.kind != JsonSlot::Kind::text) return put(written_text(slot));
    const Scalar scalar = scalar_of(node.kind, slot, issues_.rules().form, *arena_);
    if (!scalar.misfit.empty()) issues_.misfit(path(depth_), scalar.misfit);
    else if (const auto keyword = broken_keyword(node, scalar.value)) issues_.broken(path(depth_), *node.rules, *keyword);
    put(scalar.value);
  }

 private:
  enum class Shape : uint8_t { object, list, map, body };
  struct Frame {
    Shape shape = Shape::object;
    const Node* node = nullptr;
    const Places* places = nullptr;  ///< of an object that is spread
    size_t at = 0;                 ///< child of an object that the next value is for
    std::string key = {};          ///< of the entry of a map
    std::vector<Value> values = {};    ///< by child of an object that is gathered; elements of a list
    std::vector<Member> members = {};  ///< entries of a map
  };

  Frame& top() { return frames_[depth_ - 1]; }

  /// Where the value lies that the frame takes next; null: in the frame itself.
  const Places* places_of(const Frame& frame) const {
    const bool is_envelope = depth_ == 1 && has_entity_;  // what stands beside the entity is no part of the record
    return frame.places != nullptr && !is_envelope ? &frame.places->children[frame.at] : nullptr;
  }

  void empty(const Places& places) {
    std::fill(record_->values.begin() + static_cast<std::ptrdiff_t>(places.begin), record_->values.begin() + static_cast<std::ptrdiff_t>(places.end), Value());
  }

  void push(Shape shape, const Node& node, const Places* places = nullptr) {
    if (frames_.size() == depth_) frames_.emplace_back();
    Frame& frame = frames_[depth_++];
    frame.shape = shape;
    frame.node = &node;
    frame.places = places;
    frame.at = 0;
    frame.members.clear();
    frame.values.clear();
    if (shape == Shape::object && (places == nullptr || depth_ == 1)) frame.values.resize(node.children.size());  // the root may become an envelope
    if (depth_ == 1) header_is_unknown_ = false;
  }

  void pop(const Value& value) {
    --depth_;
    put(value);
  }

  /// The node that the next value is for.
  const Node& target() {
    Frame& frame = top();
    switch (frame.shape) {
      case Shape::list: return frame.node->children.at(0);
      case Shape::map: return frame.node->children.at(1);
      default: return frame.node->children.at(frame.at);
    }
  }

  /// What stands in the place of an envelope's body or entity and is none, is unknown like any other member.
  bool takes_value() {
    const std::string name = expects_body_ ? "body" : expects_entity_ ? "body.xdmEntity" : "";
    expects_body_ = expects_entity_ = false;
    if (name.empty()) return true;
    issues_.unknown(name);
    return false;
  }

  void put(const Value& value) {
    Frame& frame = top();
    if (frame.shape == Shape::object) {
      const Places* places = places_of(frame);
      if (places == nullptr) frame.values[frame.at] = value;
      else if (places->is_spread()) empty(*places);  // no object has a value but null
      else record_->values[places->begin] = value;
    } else if (frame.shape == Shape::list) {
      frame.values.push_back(value);
    } else {
      const auto same = std::find_if(frame.members.begin(), frame.members.end(), [&](const Member& one) { return one.name == frame.key; });
      if (same != frame.members.end()) frame.members.erase(same);  // the last one counts
      if (!value.is_null()) frame.members.push_back({arena_->keep(frame.key), value});
    }
  }

  /// A number or boolean as it is written.
  Value written_text(const JsonSlot& slot) {
    if (slot.kind == JsonSlot::Kind::boolean) return Value::of_text(slot.boolean ? "true" : "false");
    return Value::of_text(arena_->keep(slot.text));
  }

  static bool needs_any(const Node& node) {
    return std::any_of(node.children.begin(), node.children.end(), [](const Node& child) { return child.required; });
  }

  bool refuse(std::string_view why) {
    issues_.misfit(path(depth_), why);
    put({});
    return false;
  }

  void check_count(const Frame& frame) {
    if (!frame.node->rules) return;
    const registry::Rules& rules = *frame.node->rules;
    const auto broken = frame.shape == Shape::list ? registry::broken_items_keyword(rules, frame.values) : registry::broken_items_keyword(rules, frame.members.size());
    if (broken) issues_.broken(path(depth_ - 1), rules, *broken);
  }

  /// The child of that name; records name their members in the same order, so the next one is tried first.
  static size_t child_named(const Frame& frame, std::string_view name) {
    const auto& children = frame.node->children;
    const size_t next = frame.at + 1;
    if (next < children.size() && children[next].name == name) return next;
    const Node* found = named(*frame.node, name);
    return found != nullptr ? static_cast<size_t>(found - children.data()) : SIZE_MAX;
  }

  static const Node* named(const Node& node, std::string_view name) {
    const auto found = std::lower_bound(node.children.begin(), node.children.end(), name, [](const Node& child, std::string_view n) { return child.name < n; });
    return found != node.children.end() && found->name == name ? &*found : nullptr;
  }

  /// Remembers the objects of `part` that have fewer members than in `whole`.
  void note_parts(const Node& part, const Node& whole) {
    const bool is_object = part.kind == Kind::object;
    if (is_object && part.children.size() < whole.children.size()) whole_of_.emplace(&part, &whole);
    for (size_t i = 0; i < part.children.size(); ++i) {
      const Node* same = is_object ? named(whole, part.children[i].name) : &whole.children.at(i);
      if (same != nullptr) note_parts(part.children[i], *same);
    }
  }

  bool is_left_out(const Node& node, std::string_view name) const {
    const auto found = whole_of_.find(&node);
    return found != whole_of_.end() && named(*found->second, name) != nullptr;
  }

  /// Where the value lies that the `depth`-th frame is about to take.
  std::string path(size_t depth) const {
    std::string text;
    for (size_t i = 0; i < depth; ++i) {
      const Frame& frame = frames_[i];
      const bool inner_record = has_entity_ && i < 2;  // envelope and body
      if (inner_record || frame.shape == Shape::body) continue;
      if (frame.shape == Shape::list) text += "[" + std::to_string(frame.values.size()) + "]";
      else text = below(text, frame.shape == Shape::map ? frame.key : frame.node->children.at(frame.at).name);
    }
    return text;
  }

  const Node& root_;
  const Places places_;
  std::unordered_map<const Node*, const Node*> whole_of_;  ///< objects of the root that the schema has more members of
  RecordIssues issues_;
  Arena* arena_ = nullptr;
  ReadRecord* record_ = nullptr;
  std::vector<Frame> frames_;  ///< the first `depth_` are open
  size_t depth_ = 0;
  bool is_object_ = false, has_entity_ = false, expects_body_ = false, expects_entity_ = false, header_is_unknown_ = false;
  bool met_left_out_ = false;
};

JsonRecordReader::JsonRecordReader(const Node& root, RecordRules rules, const Node* whole) : builder_(std::make_unique<Builder>(root, rules, whole)) {}
JsonRecordReader::~JsonRecordReader() = default;

bool JsonRecordReader::met_left_out() const { return builder_->met_left_out(); }

Status JsonRecordReader::read(std::string_view text, Arena& arena, ReadRecord& record) {
  builder_->start(arena, record);
  TRY_DO(walk_.over(text, *builder_));
  if (!builder_->finish()) return Error{.kind = ErrorKind::corrupt, .message = "a record is a JSON object"};
  return {};
}

}  // namespace foz::schedule
