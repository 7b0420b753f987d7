// Trees to terms.
#include "prep/decimal.h"
#include "prep/names.h"
#include "prep/term.h"

namespace foz::prep {
namespace {

using engine::Value;

/// The tree below trailing members and constant indices, and those as steps.
const Tree& base_of(const Tree& tree, Path& steps) {
  const bool steps_on = tree.kind == TreeKind::member || tree.kind == TreeKind::every || tree.kind == TreeKind::index;
  if (!steps_on) return tree;
  // The path of this one node, as if its child were a plain name.
  Tree alone = tree;
  alone.children[0] = Tree{.kind = TreeKind::name, .text = "x"};
  const auto path = path_of(alone);
  if (!path) return tree;
  const Tree& base = base_of(tree.children[0], steps);
  steps.insert(steps.end(), path->begin() + 1, path->end());
  return base;
}

Value value_of(const Tree& tree, engine::Arena& arena) {
  switch (tree.kind) {
    case TreeKind::boolean: return Value::of_boolean(tree.truth);
    case TreeKind::number: return Value::of_number(tree.number);
    case TreeKind::decimal: return Value::of_decimal(arena, tree.decimal);
    case TreeKind::text: return Value::of_text(tree.text);
    case TreeKind::integer: {
      const auto narrow = to_int64(tree.decimal);
      return narrow ? Value::of_integer(*narrow) : Value::of_decimal(arena, tree.decimal);
    }
    default: return {};
  }
}

}  // namespace

Site TreeCompiler::site(const Tree& tree, std::string label, size_t arguments) {
  return {.slot = slots_.take(static_cast<uint32_t>(1 + arguments)), .label = std::move(label), .position = to_string(tree.at)};
}

Terms TreeCompiler::children(const Tree& tree) {
  Terms terms;
  for (const Tree& child : tree.children) terms.push_back(compile(child));
  return terms;
}

TermPtr TreeCompiler::literal(const Tree& tree) { return constant_term(constants_, value_of(tree, constants_.arena())); }

TermPtr TreeCompiler::text(const Tree& tree) {
  if (tree.text.find("${") == std::string::npos) return literal(tree);
  return template_term(site(tree, "text", 0), tree.text);
}

TermPtr TreeCompiler::path_term(Position at, int column, const Path& rest) {
  if (column < 0) return constant_term(constants_, {});
  TermPtr from = column_term(static_cast<uint32_t>(column));
  if (rest.empty()) return from;
  return walk_term({.slot = slots_.take(1), .label = to_string(rest), .position = to_string(at)}, std::move(from), rest);
}

TermPtr TreeCompiler::name(const Tree& tree) {
  const auto path = path_of(tree);
  if (!path) return nullptr;
  for (auto one = parameters_.rbegin(); one != parameters_.rend(); ++one) {
    if (one->first != path->front().name) continue;
    TermPtr parameter = parameter_term(one->second);
    if (path->size() == 1) return parameter;
    return walk_term(site(tree, to_string(*path), 0), std::move(parameter), Path(path->begin() + 1, path->end()));
  }
  return path_term(tree.at, tree.column, tree.path);
}

TermPtr TreeCompiler::contains_key(const Tree& tree) {
  const auto path = key_path_of(tree);
  if (path) {
    const auto found = resolve(*path, columns_);
    if (!found) return constant_term(constants_, Value::of_boolean(false));
    return holds_term(site(tree, tree.text, 1), column_term(static_cast<uint32_t>(found->column)),
                      Path(path->begin() + static_cast<std::ptrdiff_t>(found->steps_used), path->end()));
  }
  return holds_term(site(tree, tree.text, 1), compile(tree.children[0]), {});
}

TermPtr TreeCompiler::lambda_call(const Tree& tree) {
  const Tree& lambda = tree.children[1];
  std::vector<uint32_t> slots;
  TermPtr array = compile(tree.children[0]);
  for (const std::string& parameter : lambda.names) {
    slots.push_back(slots_.take(1));
    parameters_.emplace_back(parameter, slots.back());
  }
  if (slots.empty()) slots.push_back(slots_.take(1));
  TermPtr body = compile(lambda.children[0]);
  parameters_.resize(parameters_.size() - lambda.names.size());
  return lambda_term(site(tree, tree.text, 2), tree.function->form == Form::filter, std::move(array), std::move(body), std::move(slots));
}

TermPtr TreeCompiler::call(const Tree& tree) {
  Site here = site(tree, tree.text, tree.children.size());
  switch (tree.function->form) {
    case Form::contains_key: return contains_key(tree);
    case Form::filter:
    case Form::transform: return lambda_call(tree);
    case Form::decode: return decode_term(std::move(here), children(tree));
    case Form::coalesce: return otherwise_term(std::move(here), false, children(tree));
    case Form::iif: return condition_term(std::move(here), compile(tree.children[0]), compile(tree.children[1]), compile(tree.children[2]));
    case Form::plain: break;
  }
  return call_term(std::move(here), tree.function->kernel, children(tree));
}

TermPtr TreeCompiler::binary(const Tree& tree) {
  Site here = site(tree, std::string(symbol_of(tree.op)), 2);
  TermPtr left = compile(tree.children[0]), right = compile(tree.children[1]);
  if (tree.op == Operator::and_also || tree.op == Operator::or_else) {
    return logic_term(std::move(here), tree.op == Operator::or_else, std::move(left), std::move(right));
  }
  return binary_term(std::move(here), tree.op, arithmetic_, std::move(left), std::move(right));
}

TermPtr TreeCompiler::compile(const Tree& tree) {
  if (TermPtr path = name(tree)) return path;
  switch (tree.kind) {
    case TreeKind::null_value:
    case TreeKind::boolean:
    case TreeKind::integer:
    case TreeKind::number:
    case TreeKind::decimal: return literal(tree);
    case TreeKind::text: return text(tree);
    case TreeKind::join: return join_term(site(tree, "text", 0), children(tree));
    case TreeKind::array:
    case TreeKind::set: return array_term(site(tree, "[]", 0), children(tree), tree.kind == TreeKind::set);
    case TreeKind::map: return map_term(site(tree, "{}", 0), children(tree));
    case TreeKind::call:
    case TreeKind::method: return call(tree);
    case TreeKind::unary: return unary_term(site(tree, std::string(symbol_of(tree.op)), 1), tree.op, arithmetic_, compile(tree.children[0]));
    case TreeKind::binary: return binary(tree);
    case TreeKind::conditional:
      return condition_term(site(tree, "?:", 0), compile(tree.children[0]), compile(tree.children[1]), compile(tree.children[2]));
    case TreeKind::otherwise: return otherwise_term(site(tree, "?:", 0), true, children(tree));
    default: break;
  }
  Path steps;
  const Tree& base = base_of(tree, steps);
  if (!steps.empty()) return walk_term(site(tree, to_string(steps), 0), compile(base), std::move(steps));
  FOZ_CHECK(tree.kind == TreeKind::index);
  TermPtr from = compile(tree.children[0]);
  return index_term(site(tree, "[]", 2), std::move(from), compile(tree.children[1]));
}

}  // namespace foz::prep
