// Every mistake of a mapping set at once.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "prep/analysis.h"
#include "prep/calls.h"
#include "prep/coerce.h"
#include "prep/functions.h"
#include "prep/names.h"

namespace foz::prep {
namespace {

using engine::Kind;
using engine::Type;
using registry::Node;

class Analyser {
 public:
  Analyser(const MappingSet& set, const std::vector<SourceColumn>* columns, const Node* target, const CompileOptions& options)
      : set_(set), target_(target), options_(options) {
    if (columns != nullptr) columns_.emplace(*columns);
  }

  Analysis run() {
    for (at_ = 0; at_ < set_.mappings.size(); ++at_) {
      Reading& reading = analysis_.readings.emplace_back();
      read_source(reading);
      read_destination(reading);
      check_types(reading);
      check_identity();
    }
    check_doubles();
    check_letter_case();
    check_required();
    return std::move(analysis_);
  }

 private:
  const Mapping& mapping() const { return set_.mappings[at_]; }
  const ColumnIndex* columns() const { return columns_ ? &*columns_ : nullptr; }

  void add(Severity severity, std::string message, std::string code = {}, std::string where = {}) {
    analysis_.mistakes.push_back({.mapping = at_,
                                  .severity = severity,
                                  .code = std::move(code),
                                  .message = std::move(message),
                                  .where = std::move(where),
                                  .source = mapping().source,
                                  .destination = mapping().destination});
  }
  void add_error(const Error& error) {
    if (error.problems.size() > 1) {
      for (const Problem& problem : error.problems) add(Severity::error, problem.message, problem.code, problem.path);
    } else {
      add(Severity::error, error.message, error.code, error.where);
    }
  }

  void read_source(Reading& reading) {
    switch (mapping().source_type) {
      case SourceType::constant: reading.tree = Tree{.kind = TreeKind::text, .text = mapping().source, .type = Type::string}; return;
      case SourceType::attribute: return read_attribute(reading);
      case SourceType::expression: return read_expression(reading);
    }
  }

  void read_attribute(Reading& reading) {
    Tree tree{.kind = TreeKind::name, .type = Type::any};
    // A column of exactly that name is meant, whatever characters it holds.
    if (const auto exact = columns() != nullptr ? columns()->find(mapping().source) : std::nullopt) {
      tree.column = static_cast<int>(*exact);
      tree.type = columns()->columns()[*exact].type;
      tree.path = {};
      reading.tree = std::move(tree);
      return warn_reserved();
    }
    const auto path = parse_source_path(mapping().source);
    if (!path) return add(columns() == nullptr ? Severity::unusable : Severity::error, path.error().message, columns() == nullptr ? "" : "CONNECTOR-1330-400");
    warn_reserved();
    tree.path = *path;
    if (columns() != nullptr && !bind_attribute(tree, *path)) return;
    reading.tree = std::move(tree);
  }

  bool bind_attribute(Tree& tree, const Path& path) {
    const auto found = find_column(path, *columns());
    if (!found) {
      tree.type = Type::null;
      if (!options_.open_source) add_error(found.error());
      return options_.open_source;
    }
    const SourceColumn& column = columns()->columns()[found->column];
    tree.column = static_cast<int>(found->column);
    tree.path.assign(path.begin() + static_cast<std::ptrdiff_t>(found->steps_used), path.end());
    tree.type = tree.path.empty() ? column.type : Type::any;
    const bool nested = column.type == Type::any || column.type == Type::array || column.type == Type::object;
    if (tree.path.empty() || nested) return true;
    add(Severity::error, "the column " + column.name + " holds single values of type " + std::string(engine::name_of(column.type)) + ", which have no " + to_string(tree.path),
        "CONNECTOR-1330-400");
    return false;
  }

  void warn_reserved() {
    if (is_reserved_word(mapping().source)) {
      add(Severity::unusable, "the word " + mapping().source + " is reserved: an attribute of that name is written ${" + mapping().source + "}");
    }
  }

  void read_expression(Reading& reading) {
    auto tree = parse_and_bind(mapping().source);
    if (!tree) return add_error(tree.error());
    std::vector<Error> mistakes;
    bind_names(*tree, columns(), options_.open_source, mistakes);
    for (const Error& error : mistakes) add_error(error);
    if (!options_.analytics_source) refuse_analytics(*tree);
    if (mistakes.empty()) reading.tree = *std::move(tree);
  }

  void refuse_analytics(const Tree& tree) {
    if (tree.kind == TreeKind::call && tree.function != nullptr && tree.function->category == Category::analytics) {
      add(Severity::error, "the function " + tree.text + " works with Analytics sources only (at " + to_string(tree.at) + ")", "CONV-1006-400", to_string(tree.at));
    }
    for (const Tree& child : tree.children) refuse_analytics(child);
  }

  void read_destination(Reading& reading) {
    if (target_ == nullptr) {
      if (const auto path = parse_destination_path(mapping().destination); !path) add(Severity::error, path.error().message, "CONV-1007-400");
      return;
    }
    auto destination = find_destination(mapping().destination, *target_);
    if (destination) reading.destination = *std::move(destination);
    else add_error(destination.error());
  }

  bool reads_json(const Tree& tree) const {
    return tree.kind == TreeKind::name && tree.column >= 0 && tree.path.empty() && columns()->columns()[static_cast<size_t>(tree.column)].json;
  }

  void check_types(Reading& reading) {
    if (!reading.tree || !reading.destination) return;
    const Destination& destination = *reading.destination;
    const Kind kind = destination.leaf->kind;
    Type type = reading.tree->type;
    if (destination.has_wildcard()) {
      if (type == Type::array || kind == Kind::object) type = Type::any;  // element by element; or as {leafName: value}
    }
    if (can_become(type, kind) && !(columns() != nullptr && reads_json(*reading.tree) && kind != Kind::string)) return;
    reading.unusable = true;
    const std::string what = type == Type::string && kind != Kind::object && kind != Kind::map ? "JSON text" : "a value of type " + std::string(engine::name_of(type));
    add(Severity::unusable, what + " cannot become " + std::string(engine::name_of(kind)) + " (" + mapping().destination + ")");
  }

  void check_identity() {
    if (target_ == nullptr || identity_namespace(mapping()).empty() || identity_map_of(*target_) != nullptr) return;
    add(Severity::warning, "identity is set, but the target schema has no identityMap: nothing is written for it");
  }

  void check_doubles() {
    std::map<std::string, size_t> last;
    for (size_t i = 0; i < set_.mappings.size(); ++i) last[set_.mappings[i].destination] = i;
    for (at_ = 0; at_ < set_.mappings.size(); ++at_) {
      const size_t winner = last[mapping().destination];
      if (winner == at_) continue;
      add(Severity::warning, "the destination " + mapping().destination + " is named twice: mapping " + std::to_string(winner + 1) + " wins");
    }
  }

  void check_letter_case() {
    const auto clash = letter_case_clash(set_.mappings);
    if (!clash) return;
    at_ = clash->mapping;
    add(Severity::error, message_of(*clash), "CONV-1007-400");
  }

  /// Members of the root that every record must hold and no mapping writes.
  void check_required() {
    if (target_ == nullptr || set_.mappings.empty()) return;
    at_ = 0;
    for (const Node& child : target_->children) {
      const bool written = std::any_of(analysis_.readings.begin(), analysis_.readings.end(), [&](const Reading& reading) {
        return !reading.destination || reading.destination->path.front().name == child.name;
      });
      if (!child.required || written) continue;
      analysis_.mistakes.push_back({.mapping = 0,
                                    .severity = Severity::warning,
                                    .message = "the schema requires " + child.name + " and no mapping writes it: every row will be rejected",
                                    .destination = child.name});
    }
  }

  const MappingSet& set_;
  const Node* target_;
  const CompileOptions& options_;
  std::optional<ColumnIndex> columns_;
  Analysis analysis_;
  size_t at_ = 0;
};

}  // namespace

Analysis analyse(const MappingSet& set, const std::vector<SourceColumn>* columns, const Node* target, const CompileOptions& options) {
  return Analyser(set, columns, target, options).run();
}

std::string identity_namespace(const Mapping& mapping) {
  if (!mapping.identity) return "";
  return mapping.namespace_code.empty() ? mapping.identity_group : mapping.namespace_code;
}

const Node* identity_map_of(const Node& target) {
  const Node* map = target.member("identityMap");
  if (map == nullptr || map->kind != Kind::map || map->children.at(1).kind != Kind::list) return nullptr;
  const Node& element = map->children[1].children.at(0);
  const Node* id = element.member("id");
  return id != nullptr && id->kind == Kind::string ? map : nullptr;
}

std::vector<Mistake> check(const MappingSet& set, const CheckAgainst& against) {
  return analyse(set, against.columns, against.target, against.options).mistakes;
}

bool has_errors(const std::vector<Mistake>& mistakes) {
  return std::any_of(mistakes.begin(), mistakes.end(), [](const Mistake& mistake) { return mistake.severity == Severity::error; });
}

Error to_error(const std::vector<Mistake>& mistakes) {
  Error error{.kind = ErrorKind::invalid};
  for (const Mistake& mistake : mistakes) {
    if (mistake.severity != Severity::error) continue;
    const std::string message = "mapping " + std::to_string(mistake.mapping + 1) + " (" + mistake.source + " to " + mistake.destination + "): " + mistake.message;
    if (error.code.empty()) error.code = mistake.code;
    error.message += (error.message.empty() ? "" : "; ") + message;
    error.problems.push_back({.path = "mappings[" + std::to_string(mistake.mapping) + "]", .code = mistake.code, .message = message});
  }
  if (error.code.empty()) error.code = "CONV-1004-400";
  return error;
}

std::vector<std::string> attributes_of(std::string_view expression) {
  std::vector<std::string> paths;
  const auto tree = parse(expression);
  if (!tree) return paths;
  each_path(*tree, [&](const Path& path) {
    std::string text = to_string(path);
    if (std::find(paths.begin(), paths.end(), text) == paths.end()) paths.push_back(std::move(text));
  });
  return paths;
}

}  // namespace foz::prep
