#include "prep/functions.h"

#include <algorithm>
#include <unordered_map>

#include "base/json.h"
#include "prep/function_tables.h"
#include "prep/tree.h"

namespace foz::prep {
namespace {

struct Tables {
  std::vector<const Function*> all;
  std::unordered_map<std::string_view, const Function*> by_name;
  std::vector<std::string> names;

  void add(std::span<const Function> rows) {
    for (const Function& row : rows) {
      all.push_back(&row);
      add_name(row.name, row);
      for (const std::string_view alias : row.aliases) {
        if (!alias.empty()) add_name(alias, row);
      }
    }
  }
  void add_name(std::string_view name, const Function& row) {
    FOZ_CHECK(by_name.emplace(name, &row).second, "two functions have one name");
    names.emplace_back(name);
  }
  void sort() {
    std::sort(names.begin(), names.end());
    std::stable_sort(all.begin(), all.end(), [](const Function* a, const Function* b) {
      return a->category != b->category ? a->category < b->category : a->name < b->name;
    });
  }
};

const Tables& function_tables() {
  static const Tables tables = [] {
    Tables made;
    for (const auto rows : {string_functions(), hash_functions(), url_functions(), date_functions(), object_functions(), map_functions(), array_functions(),
                            logic_functions(), special_functions(), user_agent_functions(), analytics_functions()}) {
      made.add(rows);
    }
    made.sort();
    return made;
  }();
  return tables;
}

const Tables& method_tables() {
  static const Tables tables = [] {
    Tables made;
    made.add(methods());
    made.sort();
    return made;
  }();
  return tables;
}

const Function* found(const Tables& tables, std::string_view name) {
  const auto row = tables.by_name.find(name);
  return row == tables.by_name.end() ? nullptr : row->second;
}

template <class T, size_t N>
size_t count_named(const T (&rows)[N], std::string_view T::*name) {
  size_t count = 0;
  while (count < N && !(rows[count].*name).empty()) ++count;
  return count;
}

std::string upper_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') text += '_';
    text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return text;
}

std::string_view java_class(engine::Type type) {
  using engine::Type;
  switch (type) {
    case Type::boolean: return "java.lang.Boolean";
    case Type::integer: return "java.lang.Integer";
    case Type::decimal:
    case Type::number: return "java.lang.Double";
    case Type::string: return "java.lang.String";
    case Type::date:
    case Type::timestamp: return "java.time.ZonedDateTime";
    case Type::array: return "java.util.List";
    case Type::object: return "java.util.Map";
    default: return "java.lang.Object";
  }
}

/// Adobe numbers repeated parameters: concat(STRING_1, STRING_2).
std::string served_syntax(const Function& function, std::string_view name) {
  std::string text = std::string(name) + "(";
  const auto parameters = function.listed();
  const size_t fixed = parameters.size() - (function.repeat == Repeat::no ? 0 : function.repeat == Repeat::last ? 1 : 2);
  for (size_t i = 0; i < fixed; ++i) text += (i > 0 ? ", " : "") + upper_name(parameters[i].name);
  for (int round = 1; round <= 2 && function.repeat != Repeat::no; ++round) {
    for (size_t i = fixed; i < parameters.size(); ++i) text += (text.ends_with("(") ? "" : ", ") + upper_name(parameters[i].name) + "_" + std::to_string(round);
  }
  return text + ")";
}

Json parameters_json(const Function& function) {
  Json list = Json::array();
  for (const Parameter& parameter : function.listed()) {
    list.push_back({{"name", upper_name(parameter.name)},
                    {"description", parameter.about},
                    {"type", java_class(parameter.type)},
                    {"dataType", engine::name_of(parameter.type)},
                    {"position", list.size() + 1},
                    {"required", !parameter.optional}});
  }
  return list;
}

Json function_json(const Function& function, std::string_view name) {
  Json json = {{"category", name_of(function.category)},
               {"function", name},
               {"description", function.about},
               {"syntax", served_syntax(function, name)},
               {"returns", function.about},
               {"returnType", java_class(function.returns)}};
  if (!function.listed_examples().empty()) {
    json["example"] = function.examples[0].expression;
    json["result"] = function.examples[0].result;
  }
  json["params"] = parameters_json(function);
  json["since"] = function.since;
  return json;
}

constexpr std::string_view kCategoryNames[] = {"String", "Regular expressions", "Hashing", "URL",     "Date and time", "Objects",   "Maps",
                                               "Arrays", "Logic",               "Type conversion", "Special", "User agent",    "Analytics", "Methods"};

constexpr std::string_view kReserved[] = {"new",    "mod",  "or",       "break", "var", "lt", "for", "false", "while", "eq", "gt",     "div", "not",      "null",  "continue",
                                          "else",   "and",  "ne",       "true",  "le",  "if", "ge",  "return", "do",   "function", "empty", "size", "_errors"};

}  // namespace

std::string_view name_of(Category category) { return kCategoryNames[static_cast<size_t>(category)]; }

std::span<const Parameter> Function::listed() const { return {parameters, count_named(parameters, &Parameter::name)}; }

std::span<const Example> Function::listed_examples() const { return {examples, count_named(examples, &Example::expression)}; }

size_t Function::arguments_min() const {
  const auto list = listed();
  return static_cast<size_t>(std::count_if(list.begin(), list.end(), [](const Parameter& one) { return !one.optional; }));
}

size_t Function::arguments_max() const { return repeat == Repeat::no ? listed().size() : SIZE_MAX; }

std::string Function::syntax() const {
  const auto list = listed();
  const bool is_method = category == Category::method;
  std::string text = is_method ? std::string(list.front().name) + "." + std::string(name) + "(" : std::string(name) + "(";
  std::string closing;
  for (size_t i = is_method ? 1 : 0; i < list.size(); ++i) {
    const std::string_view comma = text.ends_with("(") ? "" : ", ";
    if (list[i].optional) {
      text += text.ends_with("(") ? "[" : " [";
      closing += "]";
    }
    text += std::string(list[i].optional && comma.empty() ? "" : comma) + std::string(list[i].name);
  }
  if (repeat != Repeat::no) text += ", …";
  return text + closing + ")";
}

const std::vector<const Function*>& all_functions() { return function_tables().all; }
const std::vector<const Function*>& all_methods() { return method_tables().all; }
const Function* find_function(std::string_view name) { return found(function_tables(), name); }
const Function* find_method(std::string_view name) { return found(method_tables(), name); }
const std::vector<std::string>& function_names() { return function_tables().names; }
const std::vector<std::string>& method_names() { return method_tables().names; }

bool is_reserved_word(std::string_view name) { return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved); }

std::span<const std::string_view> reserved_words() { return kReserved; }

Json functions_json() {
  Json list = Json::array();
  for (const Function* function : all_functions()) {
    list.push_back(function_json(*function, function->name));
    for (const std::string_view alias : function->aliases) {
      if (!alias.empty()) list.push_back(function_json(*function, alias));
    }
  }
  return list;
}

}  // namespace foz::prep
