#include "schedule/ingest/infer.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time_text.h"

namespace foz::schedule {

using engine::Kind;

/// What stood at one place of all records so far.
struct Inference::Seen {
  bool boolean = false, integer = false, number = false, text = false, object = false, array = false;
  bool dates = false, instants = false, other_texts = false;  ///< among the texts, where these are told apart
  std::map<std::string, Seen, std::less<>> members = {};
  std::unique_ptr<Seen> element = {};

  bool scalar() const { return boolean || integer || number || text; }

  /// Nothing when there is no value to store.
  std::optional<registry::Node> node(const std::string& name) const {
    registry::Node node{.name = name};
    if (scalar() || (object && array)) {
      node.kind = scalar_kind();
      return node;
    }
    if (array && element) {
      auto inner = element->node("element");
      if (!inner) return std::nullopt;
      node.kind = Kind::list;
      node.children.push_back(std::move(*inner));
      return node;
    }
    node.kind = Kind::object;
    for (const auto& [child_name, child] : members) {
      if (auto inner = child.node(child_name)) node.children.push_back(std::move(*inner));
    }
    if (node.children.empty()) return std::nullopt;
    return node;
  }

  Kind scalar_kind() const {
    const bool only_times = text && !other_texts && !boolean && !integer && !number && !object && !array;
    if (only_times && dates != instants) return dates ? Kind::date : Kind::timestamp;
    if (object || array || text) return Kind::string;
    if (boolean) return integer || number ? Kind::string : Kind::boolean;
    return number ? Kind::number : Kind::int64;
  }
};

class Inference::Visitor final : public JsonVisitor {
 public:
  Visitor(Seen& root, bool with_times) : root_(root), with_times_(with_times) {}
  void start() { open_.clear(), target_ = &root_; }
  size_t fields() const { return fields_; }

  bool begin_object() override {
    target_->object = true;
    open_.push_back(target_);
    return true;
  }
  bool member(std::string_view name) override {
    const auto [place, fresh] = open_.back()->members.try_emplace(std::string(name));
    fields_ += fresh ? 1 : 0;
    target_ = &place->second;
    return true;
  }
  void end_object() override { close(); }
  bool begin_array() override {
    if (open_.empty()) return false;
    target_->array = true;
    if (!target_->element) target_->element = std::make_unique<Seen>();
    open_.push_back(target_);
    target_ = target_->element.get();
    return true;
  }
  void end_array() override { close(); }
  void scalar(const JsonSlot& slot) override {
    switch (slot.kind) {
      case JsonSlot::Kind::boolean: target_->boolean = true; return;
      case JsonSlot::Kind::integer: target_->integer = true; return;
      case JsonSlot::Kind::number: target_->number = true; return;
      case JsonSlot::Kind::text: see_text(slot.text); return;
      default: return;
    }
  }

 private:
  void see_text(std::string_view text) {
    target_->text = true;
    if (!with_times_) target_->other_texts = true;
    else if (parse_iso_date(text)) target_->dates = true;
    else if (parse_rfc3339(text)) target_->instants = true;
    else target_->other_texts = true;
  }

  /// Elements of an array follow each other; members name their own place.
  void close() {
    open_.pop_back();
    if (!open_.empty() && open_.back()->element && open_.back()->array) target_ = open_.back()->element.get();
  }

  Seen& root_;
  const bool with_times_;
  std::vector<Seen*> open_;
  Seen* target_ = nullptr;
  size_t fields_ = 0;
};

Inference::Inference(bool with_times) : seen_(std::make_unique<Seen>()), visitor_(std::make_unique<Visitor>(*seen_, with_times)) {}
Inference::~Inference() = default;

void Inference::look_at(std::string_view text) {
  visitor_->start();
  if (const Status walked = walk_.over(text, *visitor_); !walked) return;  // it will be rejected when it is read
}

void Inference::add_text(const std::string& name) {
  const auto [column, fresh] = seen_->members.try_emplace(name);
  texts_ += fresh ? 1 : 0;
  column->second.text = column->second.other_texts = true;
}

size_t Inference::fields() const { return visitor_->fields() + texts_; }

registry::Node Inference::root() const {
  registry::Node node{.kind = Kind::object};
  for (const auto& [name, child] : seen_->members) {
    if (auto inner = child.node(name)) node.children.push_back(std::move(*inner));
  }
  return node;
}

}  // namespace foz::schedule
