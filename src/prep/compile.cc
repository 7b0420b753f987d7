#include "prep/compile.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "prep/analysis.h"
#include "prep/names.h"
#include "prep/program.h"

namespace foz::prep {
namespace {

using engine::Kind;
using engine::Type;
using registry::Node;

Layout whole(const Node& node) {
  Layout layout{.name = node.name, .kind = node.kind, .id = node.id};
  for (const Node& child : node.children) layout.children.push_back(whole(child));
  return layout;
}

void collect_outputs(const Layout& layout, std::vector<uint32_t>& outputs) {
  if (layout.output >= 0) return outputs.push_back(static_cast<uint32_t>(layout.output));
  for (const Layout& child : layout.children) collect_outputs(child, outputs);
}

bool has_inner_rules(const Node& node) {
  if (engine::is_scalar(node.kind)) return false;
  if (node.kind != Kind::object && node.rules) return true;
  return std::any_of(node.children.begin(), node.children.end(), [&](const Node& child) {
    return (node.kind == Kind::object && child.required) || has_inner_rules(child);
  });
}

/// A path as a key: names may hold points.
std::string key_of(const Path& path) {
  std::string key;
  for (const Step& step : path) key += step.kind == Step::Kind::member ? "\n" + step.name : "[" + std::to_string(step.kind == Step::Kind::index ? step.index : SIZE_MAX);
  return key;
}

/// The last name on a source path: the member that `{name: value}` gets.
std::string leaf_name_of(const Tree& tree) {
  const auto last_member = [](const Path& path) -> std::string {
    for (auto step = path.rbegin(); step != path.rend(); ++step) {
      if (step->kind == Step::Kind::member) return step->name;
    }
    return "";
  };
  if (!tree.path.empty()) return last_member(tree.path);
  const auto path = path_of(tree);
  return path ? last_member(*path) : "";
}

class Compiler {
 public:
  Compiler(const MappingSet& set, const std::vector<SourceColumn>& columns, const CompileOptions& options, ProgramParts& parts, Analysis& analysis)
      : set_(set), index_(columns), parts_(parts), analysis_(analysis), trees_(parts.constants, slots_, index_, options.arithmetic) {}

  void run() {
    for (const Mapping& mapping : set_.mappings) parts_.mappings.push_back(info_of(mapping));
    choose_anchors();
    for (uint32_t i = 0; i < set_.mappings.size(); ++i) {
      if (!is_superseded(i)) add_piece(i);
      add_identity(i);
    }
    build(parts_.target, parts_.layout, "");
    share_identities();
    require(parts_.target, parts_.layout, "", true);
    parts_.slots = slots_.used;
    for (const uint32_t column : columns_read_) parts_.columns_read.push_back(column);
  }

 private:
  struct Anchor {
    const Node* node = nullptr;
    size_t steps = 0;
  };

  const Destination& destination(size_t mapping) const { return *analysis_.readings[mapping].destination; }

  MappingInfo info_of(const Mapping& mapping) const {
    MappingInfo info{.source = mapping.source, .destination = mapping.destination};
    if (mapping.source_type == SourceType::attribute) info.columns = {mapping.source};
    if (mapping.source_type == SourceType::expression) info.columns = attributes_of(mapping.source);
    return info;
  }

  /// A column is made of each anchor; one that lies below another belongs to that one.
  void choose_anchors() {
    std::set<const Node*> nodes;
    for (size_t i = 0; i < set_.mappings.size(); ++i) nodes.insert(destination(i).anchor);
    for (size_t i = 0; i < set_.mappings.size(); ++i) {
      Anchor anchor{destination(i).anchor, destination(i).anchor_steps};
      const Node* node = &parts_.target;
      for (size_t step = 0; step + 1 < destination(i).anchor_steps; ++step) {  // names only: above an anchor are objects
        node = node->member(destination(i).path[step].name);
        if (!nodes.contains(node)) continue;
        anchor = {node, step + 1};
        break;
      }
      anchors_.push_back(anchor);
      last_by_path_[key_of(destination(i).path)] = i;
    }
  }

  bool is_superseded(size_t mapping) const { return last_by_path_.at(key_of(destination(mapping).path)) != mapping; }

  void add_piece(uint32_t i) {
    Reading& reading = analysis_.readings[i];
    const Anchor& anchor = anchors_[i];
    Piece piece = source_of(i);
    piece.below.assign(destination(i).path.begin() + static_cast<std::ptrdiff_t>(anchor.steps), destination(i).path.end());
    piece.leaf = destination(i).leaf;
    piece.wildcard = destination(i).has_wildcard();
    piece.leaf_name = leaf_name_of(*reading.tree);
    piece.unusable = reading.unusable;
    auto& pieces = pieces_[anchor.node];
    // Parts of an object override what was copied with the whole.
    const auto place = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& other) { return other.below.size() > piece.below.size(); });
    pieces.insert(place, std::move(piece));
  }

  Piece source_of(uint32_t i) {
    const Tree& tree = *analysis_.readings[i].tree;
    Piece piece{.mapping = i};
    switch (set_.mappings[i].source_type) {
      case SourceType::constant: piece.term = constant_term(parts_.constants, engine::Value::of_text(set_.mappings[i].source)); break;
      case SourceType::expression:
        piece.term = trees_.compile(tree);
        each_path(tree, [&](const Path& path) {
          if (const auto found = resolve(path, index_)) columns_read_.insert(static_cast<uint32_t>(found->column));
        });
        break;
      case SourceType::attribute:
        if (tree.column >= 0) columns_read_.insert(static_cast<uint32_t>(tree.column));
        if (tree.column >= 0 && tree.path.empty()) piece.column = tree.column;
        else piece.term = trees_.path_term(tree.at, tree.column, tree.path);
        break;
    }
    return piece;
  }

  /// `identity` also files the value under its namespace. Follows: Data Prep contract, 2.6.
  void add_identity(uint32_t i) {
    const std::string name_space = identity_namespace(set_.mappings[i]);
    const Node* map = name_space.empty() ? nullptr : identity_map_of(parts_.target);
    if (map == nullptr) return;
    Piece piece = source_of(i);
    piece.leaf = map;
    piece.name_space = name_space;
    piece.primary = set_.mappings[i].primary_identity;
    pieces_[map].push_back(std::move(piece));
  }

  /// An identity is what its mapping wrote: `uuid()` must not be drawn twice.
  void share_identities() {
    std::map<uint32_t, int> output_of;
    for (size_t i = 0; i < parts_.outputs.size(); ++i) {
      if (parts_.outputs[i].type != Type::any) output_of[parts_.plans[i].pieces.front().mapping] = static_cast<int>(i);
    }
    for (OutputPlan& plan : parts_.plans) {
      for (Piece& piece : plan.pieces) {
        if (piece.name_space.empty()) continue;
        plan.has_identities = true;
        if (const auto found = output_of.find(piece.mapping); found != output_of.end()) piece.from_output = found->second;
      }
    }
  }

  /// The layout of `node`: false when nothing below it is written.
  bool build(const Node& node, Layout& layout, const std::string& path) {
    layout = {.name = node.name, .kind = node.kind, .id = node.id};
    if (const auto found = pieces_.find(&node); found != pieces_.end()) {
      layout = whole(node);
      layout.output = add_output(node, path, std::move(found->second));
      return true;
    }
    if (node.kind != Kind::object) return false;
    for (const Node& child : node.children) {
      Layout below;
      if (build(child, below, path.empty() ? child.name : path + "." + child.name)) layout.children.push_back(std::move(below));
    }
    return !layout.children.empty();
  }

  int add_output(const Node& node, const std::string& path, std::vector<Piece> pieces) {
    Output output{.path = path, .node = &node, .type = column_type(node.kind), .mappings = {}};
    OutputPlan plan{.pieces = std::move(pieces), .has_inner_rules = has_inner_rules(node)};
    std::vector<std::string> columns;
    for (const Piece& piece : plan.pieces) {
      output.mappings.push_back(piece.mapping);
      for (const std::string& column : parts_.mappings[piece.mapping].columns) {
        if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
      }
    }
    plan.columns = join(columns, ", ");
    plan.aliases = may_alias(node, plan.pieces.front());
    parts_.outputs.push_back(std::move(output));
    parts_.plans.push_back(std::move(plan));
    return static_cast<int>(parts_.outputs.size()) - 1;
  }

  bool may_alias(const Node& node, const Piece& piece) const {
    if (piece.column < 0 || piece.unusable) return false;
    const Type type = index_.columns()[static_cast<size_t>(piece.column)].type;
    const bool any_value_will_do = node.kind == Kind::string || node.kind == Kind::boolean || node.kind == Kind::int64 || node.kind == Kind::date || node.kind == Kind::timestamp;
    return any_value_will_do && type == column_type(node.kind);
  }

  void require(const Node& node, const Layout& layout, const std::string& path, bool is_root) {
    if (layout.output >= 0) return;
    std::vector<uint32_t> object_outputs;
    collect_outputs(layout, object_outputs);
    for (const Node& child : node.children) {
      const auto below = std::find_if(layout.children.begin(), layout.children.end(), [&](const Layout& one) { return one.name == child.name; });
      const std::string child_path = path.empty() ? child.name : path + "." + child.name;
      if (child.required) {
        RequiredMember rule{.always = is_root, .object_outputs = object_outputs, .destination = child_path};
        if (below != layout.children.end()) collect_outputs(*below, rule.member_outputs);
        std::vector<std::string> columns;
        for (const uint32_t output : rule.member_outputs) {
          if (!parts_.plans[output].columns.empty()) columns.push_back(parts_.plans[output].columns);
        }
        rule.columns = join(columns, ", ");
        parts_.required.push_back(std::move(rule));
      }
      if (below != layout.children.end() && child.kind == Kind::object) require(child, *below, child_path, false);
    }
  }

  const MappingSet& set_;
  ColumnIndex index_;
  ProgramParts& parts_;
  Analysis& analysis_;
  SlotCounter slots_;
  TreeCompiler trees_;
  std::vector<Anchor> anchors_;
  std::map<std::string, size_t> last_by_path_;  ///< the mapping that wins
  std::map<const Node*, std::vector<Piece>> pieces_;
  std::set<uint32_t> columns_read_;
};

}  // namespace

engine::Field to_field(const Layout& layout) {
  engine::Field field{.name = layout.name, .kind = layout.kind, .id = layout.id};
  for (const Layout& child : layout.children) field.children.push_back(to_field(child));
  return field;
}

Program::Program(std::unique_ptr<const ProgramParts> parts) : parts_(std::move(parts)) {}
Program::~Program() = default;
const std::vector<Output>& Program::outputs() const { return parts_->outputs; }
const Layout& Program::layout() const { return parts_->layout; }
const std::vector<SourceColumn>& Program::source_columns() const { return parts_->source_columns; }
const std::vector<uint32_t>& Program::columns_read() const { return parts_->columns_read; }
const std::vector<MappingInfo>& Program::mappings() const { return parts_->mappings; }
bool Program::strict_mapping() const { return parts_->strict_mapping; }
bool Program::allow_null_values() const { return parts_->allow_null_values; }

Compiled compile(const MappingSet& set, const std::vector<SourceColumn>& columns, const Node& target, const CompileOptions& options) {
  auto parts = std::make_unique<ProgramParts>();
  parts->target = target;
  parts->source_columns = columns;
  parts->strict_mapping = set.strict_mapping;
  parts->allow_null_values = set.allow_null_values;
  Analysis analysis = analyse(set, &parts->source_columns, &parts->target, options);
  Compiled compiled;
  if (!has_errors(analysis.mistakes)) {
    Compiler(set, parts->source_columns, options, *parts, analysis).run();
    compiled.program = std::make_shared<const Program>(std::move(parts));
  }
  compiled.mistakes = std::move(analysis.mistakes);
  return compiled;
}

}  // namespace foz::prep
