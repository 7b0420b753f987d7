// The language as people read it: the operators that are served, and docs/reference/mapping.md.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "prep/functions.h"

namespace foz::prep {
namespace {

struct OperatorRow {
  std::string_view symbol, method;
  int operands;
  std::string_view about, example, result;
};

/// Follows: Data Prep contract, 3.5, 4.3.
constexpr OperatorRow kOperators[] = {
    {"+", "add", 2, "Adds numbers; with a text on either side, glues texts together.", R"("a" + 1)", R"("a1")"},
    {"-", "subtract", 2, "Subtracts.", "3 - 1", "2"},
    {"*", "multiply", 2, "Multiplies; a numeric text counts as a number.", R"("12" * 2)", "24"},
    {"/", "divide", 2, "Divides; whole numbers give a whole number.", "7 / 2", "3"},
    {"%", "mod", 2, "The remainder, never negative.", "-7 % 4", "1"},
    {"&", "and", 2, "Bits that both whole numbers have.", "6 & 3", "2"},
    {"|", "or", 2, "Bits that either whole number has.", "6 | 3", "7"},
    {"^", "xor", 2, "Bits that one of two whole numbers has.", "6 ^ 3", "5"},
    {"==", "equals", 2, "Equality; a text against a number is read as a number.", R"("1" == 1)", "true"},
    {"!=", "notEquals", 2, "The opposite of ==.", "1 != 2", "true"},
    {"<", "lessThan", 2, "Order; null is less than nothing.", R"("10" < 9)", "false"},
    {"<=", "lessThanOrEqual", 2, "Order or equality.", "null <= null", "true"},
    {">", "greaterThan", 2, "Order.", "2 > 1", "true"},
    {">=", "greaterThanOrEqual", 2, "Order or equality.", "2 >= 2", "true"},
    {"=~", "contains", 2, "Does the whole text match a regular expression, or stand in an array or among the keys of a map?", R"("abc" =~ "a.c")", "true"},
    {"!~", "notContains", 2, "The opposite of =~.", R"("abc" !~ "b")", "true"},
    {"=^", "startsWith", 2, "Does the text begin so?", R"("abc" =^ "ab")", "true"},
    {"!^", "notStartsWith", 2, "The opposite of =^.", R"("abc" !^ "ab")", "false"},
    {"=$", "endsWith", 2, "Does the text end so?", R"("abc" =$ "bc")", "true"},
    {"!$", "notEndsWith", 2, "The opposite of =$.", R"("abc" !$ "bc")", "false"},
    {"&&", "logicalAnd", 2, "Are both true? The right side is looked at only when the left one is true.", "true && null", "false"},
    {"||", "logicalOr", 2, "Is one true? The right side is looked at only when the left one is not.", "null || true", "true"},
    {"!", "not", 1, "The opposite.", "!true", "false"},
    {"~", "complement", 1, "All bits turned.", "~5", "-6"},
    {"-", "negate", 1, "The number with the other sign.", "-(1 - 3)", "2"},
    {"empty", "empty", 1, "True for null, an empty text, array or map, and 0.", R"(empty "")", "true"},
    {"size", "size", 1, "Length of a text, an array or a map.", R"(size "abc")", "3"},
    {".", "propertyGet", 2, "A member; null when there is none.", R"({"a": {"b": 1}}.a.b)", "1"},
    {"[]", "arrayGet", 2, "An element by number from 0, or a member by name; null when there is none.", "[5, 6][1]", "6"},
    {"? :", "conditional", 3, "One of two values.", "1 < 2 ? \"yes\" : \"no\"", R"("yes")"},
    {"?:", "elvis", 2, "The left value when it is true, else the right one.", R"("" ?: "none")", R"("none")"},
    {"..", "range", 2, "Whole numbers from one to another.", "1..3", "[1, 2, 3]"},
};

constexpr std::string_view kIntroduction = R"(# The mapping language

Made from the function table by the test `LanguageReference.PageIsFresh`; `FOZ_REFRESH=1` writes it anew.

An expression computes one value of the target from the attributes of a source record. `null` as the required argument of a
function gives null. What cannot be computed gives null too, and a warning is counted for the mapping.

- Attributes: `email`, `address.city`, `items[0].sku`, `items[*].sku`; other names are wrapped, `${First Name}`.
- Values: `null`, `true`, `42`, `1.5`, `0.1b` (exact), `"text"`, `'text'`, `[1, 2]`, `{"key": 1}`, `1..5`, `x -> x > 0`.
- `"${CRM_ORG_ID}"` inside a text is filled in by the run.
- Reserved words stand wrapped, too: )";

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string code(std::string_view text) { return "`" + cell(text) + "`"; }

std::string_view shown(engine::Type type) { return type == engine::Type::any ? "any value" : engine::name_of(type); }

std::string operators_table() {
  std::string page = "\n## Operators\n\n| Operator | Meaning | Example | Gives |\n|---|---|---|---|\n";
  for (const OperatorRow& row : kOperators) page += "| " + code(row.symbol) + " | " + cell(row.about) + " | " + code(row.example) + " | " + code(row.result) + " |\n";
  return page;
}

std::string function_section(const Function& function) {
  std::string page = "\n### " + std::string(function.name) + "\n\n" + code(function.syntax()) + " gives " + std::string(shown(function.returns)) + ".";
  for (const std::string_view alias : function.aliases) {
    if (!alias.empty()) page += " Also " + code(alias) + ".";
  }
  page += "\n\n" + std::string(function.about) + "\n";
  if (!function.listed().empty()) page += "\n| Parameter | Type | |\n|---|---|---|\n";
  for (const Parameter& parameter : function.listed()) {
    page += "| " + code(parameter.name) + (parameter.optional ? " (optional)" : "") + " | " + std::string(shown(parameter.type)) + " | " + cell(parameter.about) + " |\n";
  }
  page += "\n| Example | Gives |\n|---|---|\n";
  for (const Example& example : function.listed_examples()) page += "| " + code(example.expression) + " | " + code(example.result) + " |\n";
  return page;
}

std::string methods_table() {
  std::string page = "\n## Methods\n\nThey stand behind a value and a point.\n\n| Method | Meaning | Example | Gives |\n|---|---|---|---|\n";
  for (const Function* method : all_methods()) {
    const Example& example = method->examples[0];
    page += "| " + code(method->syntax()) + " | " + cell(method->about) + " | " + code(example.expression) + " | " + code(example.result) + " |\n";
  }
  return page;
}

}  // namespace

Json operators_json() {
  Json list = Json::array();
  for (const OperatorRow& row : kOperators) {
    list.push_back({{"operatorSymbol", row.symbol},
                    {"methodName", row.method},
                    {"numberOfOperands", row.operands},
                    {"description", row.about},
                    {"example", std::string(row.example) + " gives " + std::string(row.result)}});
  }
  return list;
}

std::string reference_page() {
  std::string page(kIntroduction);
  const auto words = reserved_words();
  for (size_t i = 0; i < words.size(); ++i) page += (i > 0 ? ", " : "") + code(words[i]);
  page += ".\n" + operators_table();
  std::string_view category;
  for (const Function* function : all_functions()) {
    if (name_of(function->category) != category) {
      category = name_of(function->category);
      page += "\n## " + std::string(category) + "\n";
    }
    page += function_section(*function);
  }
  return page + methods_table();
}

}  // namespace foz::prep
