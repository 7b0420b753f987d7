#include "schedule/ingest/presence.h"

#include <algorithm>

namespace foz::schedule {

using engine::Kind;
using registry::Node;

/// What was mentioned below a node; null: nothing.
struct Presence::Mention {
  std::vector<std::unique_ptr<Mention>> children;  ///< as the node's own

  explicit Mention(const Node& node) : children(node.children.size()) {}
  Mention& of(const Node& node, size_t child) {
    if (!children[child]) children[child] = std::make_unique<Mention>(node.children[child]);
    return *children[child];
  }
};

class Presence::Visitor final : public JsonVisitor {
 public:
  Visitor(const Node& root, Mention& mentions) : root_(root), mentions_(mentions) {}
  void start() {
    open_.clear();
    next_ = {&root_, &mentions_};
  }

  bool begin_object() override {
    if (next_.node->kind != Kind::object && next_.node->kind != Kind::map) return false;
    open_.push_back(next_);
    return true;
  }

  bool member(std::string_view name) override {
    const Place& place = open_.back();
    if (place.node->kind == Kind::map) return go_to(place, 1);
    const auto& children = place.node->children;
    const auto found = std::lower_bound(children.begin(), children.end(), name, [](const Node& child, std::string_view n) { return child.name < n; });
    if (found != children.end() && found->name == name) return go_to(place, static_cast<size_t>(found - children.begin()));
    // The entity in an envelope is a record, wherever it stands.
    next_ = {&root_, &mentions_};
    return place.node == &root_ && (name == "body" || name == "xdmEntity");
  }

  void end_object() override { close(); }
  bool begin_array() override {
    if (open_.empty() || next_.node->kind != Kind::list) return false;
    open_.push_back(next_);
    return go_to(open_.back(), 0);
  }
  void end_array() override { close(); }
  void scalar(const JsonSlot&) override {}

 private:
  struct Place {
    const Node* node;
    Mention* mention;
  };

  bool go_to(const Place& place, size_t child) {
    Mention& mention = place.mention->of(*place.node, child);
    next_ = {&place.node->children[child], &mention};
    return true;
  }

  /// Elements of a list follow each other; members name their own place.
  void close() {
    open_.pop_back();
    if (!open_.empty() && open_.back().node->kind == Kind::list) go_to(Place(open_.back()), 0);
  }

  const Node& root_;
  Mention& mentions_;
  std::vector<Place> open_;
  Place next_ = {};
};

namespace {

/// `node` without what was not mentioned; an object of which nothing was stays whole.
template <class Mention>
Node cut_down(const Node& node, const Mention* mention) {
  if (mention == nullptr || engine::is_scalar(node.kind)) return node;
  Node cut = node;
  cut.children.clear();
  for (size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    const auto* of_child = mention->children[i].get();
    const bool stays = of_child != nullptr || child.required || node.kind != Kind::object;
    if (stays) cut.children.push_back(cut_down(child, of_child));
  }
  return cut.children.empty() ? node : cut;
}

}  // namespace

Presence::Presence(const Node& root) : root_(root), mentions_(std::make_unique<Mention>(root)), visitor_(std::make_unique<Visitor>(root, *mentions_)) {}
Presence::~Presence() = default;

void Presence::look_at(std::string_view text) {
  visitor_->start();
  if (const Status walked = walk_.over(text, *visitor_); !walked) return;  // it will be rejected when it is read
}

void Presence::mention(size_t child, size_t member) {
  Mention& mention = mentions_->of(root_, child);
  if (member != SIZE_MAX) mention.of(root_.children[child], member);
}

Node Presence::mentioned_root() const { return cut_down(root_, mentions_.get()); }

}  // namespace foz::schedule
