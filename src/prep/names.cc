#include "prep/names.h"

#include <algorithm>

#include "base/text.h"
#include "prep/decimal.h"
#include "prep/functions.h"

namespace foz::prep {
namespace {

using engine::Type;

std::string_view described(Type type) {
  switch (type) {
    case Type::string: return "a text";
    case Type::boolean: return "a boolean";
    case Type::date:
    case Type::timestamp: return "a date";
    default: return "a number";
  }
}

bool may_have_members(Type type) { return type == Type::any || type == Type::array || type == Type::object || type == Type::null; }

bool append_name(const Tree& tree, Path& path) {
  if (tree.wrapped) {
    for (std::string& name : wrapped_names(tree.text)) path.push_back({.name = std::move(name)});
  } else {
    path.push_back({.name = tree.text});
  }
  return true;
}

bool append_steps(const Tree& tree, Path& path) {
  switch (tree.kind) {
    case TreeKind::name: return append_name(tree, path);
    case TreeKind::member: return append_steps(tree.children[0], path) && append_name(tree, path);
    case TreeKind::every:
      if (!append_steps(tree.children[0], path)) return false;
      path.push_back({.kind = Step::Kind::every});
      return true;
    case TreeKind::index: {
      if (!append_steps(tree.children[0], path)) return false;
      const Tree& index = tree.children[1];
      if (index.kind == TreeKind::text) {
        path.push_back({.name = index.text});
        return true;
      }
      const auto number = index.kind == TreeKind::integer ? to_int64(index.decimal) : std::nullopt;
      if (!number) return false;
      path.push_back({.kind = Step::Kind::index, .index = static_cast<size_t>(*number)});
      return true;
    }
    default: return false;
  }
}

const std::string& root_name(const Tree& tree) {
  const Tree* at = &tree;
  while (at->kind != TreeKind::name) at = &at->children[0];
  return at->text;
}

Type common(Type a, Type b) {
  if (a == b || b == Type::null) return a;
  return a == Type::null ? b : Type::any;
}

Type type_of_operator(Operator op) {
  switch (op) {
    case Operator::add:
    case Operator::subtract:
    case Operator::multiply:
    case Operator::divide:
    case Operator::modulo:
    case Operator::negate: return Type::any;
    case Operator::bit_or:
    case Operator::bit_xor:
    case Operator::bit_and:
    case Operator::complement:
    case Operator::size: return Type::integer;
    case Operator::range: return Type::array;
    default: return Type::boolean;
  }
}

Type type_of(const Tree& tree) {
  switch (tree.kind) {
    case TreeKind::null_value: return Type::null;
    case TreeKind::boolean: return Type::boolean;
    case TreeKind::integer: return to_int64(tree.decimal) ? Type::integer : Type::decimal;
    case TreeKind::number: return Type::number;
    case TreeKind::decimal: return Type::decimal;
    case TreeKind::text:
    case TreeKind::join: return Type::string;
    case TreeKind::every:
    case TreeKind::array:
    case TreeKind::set: return Type::array;
    case TreeKind::map: return Type::object;
    case TreeKind::unary:
    case TreeKind::binary: return type_of_operator(tree.op);
    case TreeKind::conditional: return common(tree.children[1].type, tree.children[2].type);
    case TreeKind::otherwise: return common(tree.children[0].type, tree.children[1].type);
    case TreeKind::call:
      if (tree.function != nullptr && tree.function->form == Form::iif && tree.children.size() == 3) return common(tree.children[1].type, tree.children[2].type);
      return tree.function == nullptr ? Type::any : tree.function->returns;
    case TreeKind::method: return tree.function == nullptr ? Type::any : tree.function->returns;
    default: return Type::any;
  }
}

class Binder {
 public:
  Binder(const ColumnIndex* columns, bool open_source, std::vector<Error>& mistakes)
      : columns_(columns), open_source_(open_source), mistakes_(mistakes) {}

  void bind(Tree& tree) {
    if (auto path = path_of(tree)) {
      if (!is_parameter(root_name(tree))) return bind_path(tree, *std::move(path));
    }
    if (tree.kind == TreeKind::call && tree.function != nullptr && tree.function->form == Form::contains_key && key_path_of(tree)) {
      tree.type = Type::boolean;
      return;
    }
    if (tree.kind == TreeKind::lambda) parameters_.insert(parameters_.end(), tree.names.begin(), tree.names.end());
    for (Tree& child : tree.children) bind(child);
    if (tree.kind == TreeKind::lambda) parameters_.resize(parameters_.size() - tree.names.size());
    tree.type = type_of(tree);
  }

 private:
  bool is_parameter(const std::string& name) const { return std::find(parameters_.begin(), parameters_.end(), name) != parameters_.end(); }

  void bind_path(Tree& tree, Path path) {
    tree.type = Type::any;
    tree.column = -1;
    tree.path = path;
    if (columns_ == nullptr) return;
    const auto found = find_column(path, *columns_);
    if (!found) {
      tree.type = Type::null;
      if (!open_source_) refuse(tree, found.error());
      return;
    }
    const SourceColumn& column = columns_->columns()[found->column];
    tree.column = static_cast<int>(found->column);
    tree.path.assign(path.begin() + static_cast<std::ptrdiff_t>(found->steps_used), path.end());
    if (tree.path.empty()) {
      tree.type = column.type;
    } else if (!may_have_members(column.type)) {
      refuse(tree, {.message = "the column " + column.name + " holds " + std::string(described(column.type)) + ", which has no " + to_string(tree.path)});
    }
  }

  void refuse(const Tree& tree, const Error& why) {
    Error error = expression_error(tree.at, why.message);
    error.code = "CONNECTOR-1330-400";
    mistakes_.push_back(std::move(error));
  }

  const ColumnIndex* columns_;
  bool open_source_;
  std::vector<Error>& mistakes_;
  std::vector<std::string> parameters_;
};

void visit_paths(const Tree& tree, std::vector<std::string>& parameters, const std::function<void(const Path&)>& visit) {
  if (const auto path = path_of(tree)) {
    if (std::find(parameters.begin(), parameters.end(), root_name(tree)) == parameters.end()) visit(*path);
    return;
  }
  if (tree.kind == TreeKind::call && tree.text == "contains_key") {
    if (const auto path = key_path_of(tree)) return visit(*path);
  }
  if (tree.kind == TreeKind::lambda) parameters.insert(parameters.end(), tree.names.begin(), tree.names.end());
  for (const Tree& child : tree.children) visit_paths(child, parameters, visit);
  if (tree.kind == TreeKind::lambda) parameters.resize(parameters.size() - tree.names.size());
}

}  // namespace

std::optional<Path> path_of(const Tree& tree) {
  Path path;
  if (!append_steps(tree, path)) return std::nullopt;
  return path;
}

std::optional<Path> key_path_of(const Tree& call) {
  if (call.children.size() != 1) return std::nullopt;
  const Tree& argument = call.children[0];
  if (argument.kind != TreeKind::text) return path_of(argument);
  auto path = parse_source_path(argument.text);
  return path ? std::optional(*std::move(path)) : std::nullopt;
}

void bind_names(Tree& tree, const ColumnIndex* columns, bool open_source, std::vector<Error>& mistakes) {
  Binder(columns, open_source, mistakes).bind(tree);
}

Result<Resolved> find_column(const Path& path, const ColumnIndex& columns) {
  if (const auto found = resolve(path, columns)) return *found;
  std::vector<std::string> names;
  for (const SourceColumn& column : columns.columns()) names.push_back(column.name);
  const std::string given = to_string(path);
  return Error{.kind = ErrorKind::invalid, .message = "the source has no column " + given + did_you_mean(given, names), .code = "CONNECTOR-1330-400"};
}

void each_path(const Tree& tree, const std::function<void(const Path&)>& visit) {
  std::vector<std::string> parameters;
  visit_paths(tree, parameters, visit);
}

}  // namespace foz::prep
