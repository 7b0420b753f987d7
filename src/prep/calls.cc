#include "prep/calls.h"

#include "base/text.h"
#include "prep/date_pattern.h"
#include "prep/functions.h"
#include "prep/regex.h"

namespace foz::prep {
namespace {

std::string plural(size_t count) { return std::to_string(count) + (count == 1 ? " argument" : " arguments"); }

std::string wanted_arguments(const Function& function) {
  const size_t least = function.arguments_min(), most = function.arguments_max();
  const std::string rule = function.repeat == Repeat::pairs && function.form != Form::decode ? ", in pairs" : "";
  if (most == SIZE_MAX) return "at least " + plural(least) + rule;
  return least == most ? plural(least) : std::to_string(least) + " to " + plural(most);
}

Error unknown_function(const Tree& call) {
  Error error = expression_error(call.at, "there is no function " + call.text + did_you_mean(call.text, function_names()));
  error.code = "CONV-1006-400";
  return error;
}

Error wrong_count(const Tree& call, const Function& function, size_t given) {
  const bool method = call.kind == TreeKind::method;
  Error error = expression_error(call.at, function.syntax() + " takes " + wanted_arguments(function) + (method ? ", the receiver counted" : "") +
                                              "; here are " + std::to_string(given));
  error.code = "CONV-1006-400";
  return error;
}

bool is_pattern_text(const Tree& tree) { return tree.kind == TreeKind::text && tree.text.find("${") == std::string::npos; }

/// Patterns that stand in the expression are compiled now, so that a mistake shows when the mapping is saved.
void check_pattern(const Tree& argument, std::string_view parameter, std::vector<Error>& mistakes) {
  if (!is_pattern_text(argument)) return;
  if (parameter == "regex") {
    if (auto regex = check_regex(argument.text); !regex) mistakes.push_back(expression_error(argument.at, regex.error().message));
  } else if (parameter == "pattern") {
    if (auto pattern = DatePattern::compile(argument.text); !pattern) mistakes.push_back(expression_error(argument.at, pattern.error().message));
  }
}

void check_call(Tree& call, std::vector<Error>& mistakes) {
  const Function& function = *call.function;
  if (!takes(function, call.children.size())) {
    mistakes.push_back(wrong_count(call, function, call.children.size()));
    return;
  }
  const auto parameters = function.listed();
  for (size_t i = 0; i < call.children.size() && i < parameters.size(); ++i) check_pattern(call.children[i], parameters[i].name, mistakes);
  const bool wants_lambda = function.form == Form::filter || function.form == Form::transform;
  for (size_t i = 0; i < call.children.size(); ++i) {
    const bool lambda = call.children[i].kind == TreeKind::lambda;
    if (lambda == (wants_lambda && i == 1)) continue;
    mistakes.push_back(expression_error(call.children[i].at, lambda ? "a function (->) can only be given to filterArray and transformArray"
                                                                    : call.text + " wants a function here, such as x -> x > 0"));
  }
}

void bind_call(Tree& tree, std::vector<Error>& mistakes) {
  if (tree.kind == TreeKind::call) {
    tree.function = find_function(tree.text);
    if (tree.function == nullptr) mistakes.push_back(unknown_function(tree));
  } else {
    tree.function = find_method(tree.text);
    if (tree.function == nullptr) {
      mistakes.push_back(expression_error(tree.at, "the method " + tree.text + " is not offered" + did_you_mean(tree.text, method_names())));
    }
  }
  if (tree.function != nullptr) check_call(tree, mistakes);
}

}  // namespace

bool takes(const Function& function, size_t arguments) {
  if (arguments < function.arguments_min() || arguments > function.arguments_max()) return false;
  if (function.repeat != Repeat::pairs || function.form == Form::decode) return true;
  const size_t listed = function.listed().size();
  return arguments < listed || (arguments - listed) % 2 == 0;
}

void bind_calls(Tree& tree, std::vector<Error>& mistakes) {
  if (tree.kind == TreeKind::call || tree.kind == TreeKind::method) bind_call(tree, mistakes);
  if (tree.kind == TreeKind::binary && (tree.op == Operator::matches || tree.op == Operator::matches_not)) {
    check_pattern(tree.children[1], "regex", mistakes);
  }
  const bool is_call = tree.kind == TreeKind::call;
  for (Tree& child : tree.children) {
    if (child.kind == TreeKind::lambda && !is_call) {
      mistakes.push_back(expression_error(child.at, "a function (->) can only be given to filterArray and transformArray"));
    }
    bind_calls(child, mistakes);
  }
}

Result<Tree> parse_and_bind(std::string_view expression) {
  TRY(Tree tree, parse(expression));
  std::vector<Error> mistakes;
  if (tree.kind == TreeKind::lambda) mistakes.push_back(expression_error(tree.at, "a function (->) alone is no value"));
  bind_calls(tree, mistakes);
  if (mistakes.empty()) return tree;
  Error error = mistakes.front();
  for (const Error& mistake : mistakes) error.problems.push_back({.path = mistake.where, .code = mistake.code, .message = mistake.message});
  return error;
}

}  // namespace foz::prep
