#include "flow/row_filter.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "base/time_text.h"
#include "flow/document.h"

namespace foz::flow {
namespace {

struct OpWord {
  FilterOp op;
  std::string_view word;
};
constexpr std::array kOps = std::to_array<OpWord>({{FilterOp::equal, "="}, {FilterOp::not_equal, "!="}, {FilterOp::less, "<"},
    {FilterOp::less_or_equal, "<="}, {FilterOp::greater, ">"}, {FilterOp::greater_or_equal, ">="}, {FilterOp::like, "like"},
    {FilterOp::in, "in"}, {FilterOp::is_null, "isNull"}, {FilterOp::is_not_null, "isNotNull"}, {FilterOp::all, "and"},
    {FilterOp::any, "or"}, {FilterOp::none, "not"}});

/// Nesting that a person could mean; deeper ones are refused.
constexpr int kDepthMax = 32;

Error filter_mistake(int code, std::string message) { return provider_error(code, std::move(message), "/params/filters"); }

bool is_combination(FilterOp op) { return op >= FilterOp::all; }

std::string_view word_of(FilterOp op) {
  return std::find_if(kOps.begin(), kOps.end(), [&](const OpWord& row) { return row.op == op; })->word;
}

Result<FilterOp> op_of(const Json& node) {
  const std::string word = text_of(node, "fnName");
  if (word.empty()) return filter_mistake(1350, "A step of the filter has no operator: fnName is missing.");
  const auto found = std::find_if(kOps.begin(), kOps.end(), [&](const OpWord& row) { return equal_ignoring_case(row.word, word); });
  if (found == kOps.end()) return filter_mistake(1351, "The filter has the operator \"" + word + "\", which there is not.");
  return found->op;
}

Result<RowFilter> read_node(const Json& node, int depth);

Result<RowFilter> read_combination(FilterOp op, const Json& params, int depth) {
  if (op == FilterOp::none && params.size() != 1) return filter_mistake(1390, "The operator not takes exactly one part.");
  if (op != FilterOp::none && params.size() < 2) return filter_mistake(1349, "The operator " + std::string(word_of(op)) + " takes two parts or more.");
  RowFilter filter{.op = op};
  for (const Json& param : params) {
    TRY(RowFilter part, read_node(param, depth + 1));
    filter.parts.push_back(std::move(part));
  }
  return filter;
}

Status check_literal(FilterOp op, const Json& literal) {
  const std::string word(word_of(op));
  if (literal.is_null()) return filter_mistake(1377, "The operator " + word + " compares with null: use isNull or isNotNull.");
  if (op == FilterOp::in) {
    const bool scalars = literal.is_array() && !literal.empty() && std::all_of(literal.begin(), literal.end(), [](const Json& one) { return one.is_primitive() && !one.is_null(); });
    if (!scalars) return filter_mistake(1349, "The operator in takes an array of values.");
    return {};
  }
  if (!literal.is_primitive()) return filter_mistake(1349, "The operator " + word + " takes one value.");
  if (op == FilterOp::like && !literal.is_string()) return filter_mistake(1349, "The operator like takes a text.");
  return {};
}

Result<RowFilter> read_comparison(FilterOp op, const Json& params) {
  const bool unary = op == FilterOp::is_null || op == FilterOp::is_not_null;
  const size_t wanted = unary ? 1 : 2;
  if (params.size() < wanted || (params.size() > wanted && !unary)) {
    return filter_mistake(1349, "The operator " + std::string(word_of(op)) + " takes " + (unary ? "a field." : "a field and a literal."));
  }
  const Json& field = params[0];
  RowFilter filter{.op = op, .column = text_of(field, "fieldName")};
  if (text_of(field, "nodeType") != "fieldLookup" || filter.column.empty()) return filter_mistake(1349, "A comparison of the filter begins with a fieldLookup.");
  if (unary) return filter;
  const Json& literal = params[1];
  const Json* value = member(literal, "value");
  if (text_of(literal, "nodeType") != "literal") return filter_mistake(1349, "A comparison of the filter ends with a literal.");
  filter.literal = value == nullptr ? Json(nullptr) : *value;
  filter.date_time = equal_ignoring_case(text_of(literal, "literalType"), "DateTime");
  TRY_DO(check_literal(op, filter.literal));
  return filter;
}

Result<RowFilter> read_node(const Json& node, int depth) {
  if (depth > kDepthMax) return filter_mistake(1349, "The filter is nested too deeply.");
  if (!node.is_object() || text_of(node, "nodeType") != "fnApply") return filter_mistake(1349, "A step of the filter is no fnApply.");
  TRY(const FilterOp op, op_of(node));
  const Json* params = member(node, "params");
  if (params == nullptr || !params->is_array()) return filter_mistake(1349, "The operator " + std::string(word_of(op)) + " has no params.");
  return is_combination(op) ? read_combination(op, *params, depth) : read_comparison(op, *params);
}

// -- resolving -----------------------------------------------------------------------------------------------------

bool fits(const sources::Column& column, const Json& literal) {
  using sources::ColumnType;
  switch (column.type) {
    case ColumnType::int32:
    case ColumnType::int64:
    case ColumnType::decimal:
    case ColumnType::number: return literal.is_number() || (literal.is_string() && as_number(literal));
    case ColumnType::boolean: return as_boolean(literal).has_value();
    case ColumnType::date:
    case ColumnType::timestamp:
      return literal.is_string() && (parse_iso_instant(literal.get_ref<const std::string&>()) || parse_iso_date(literal.get_ref<const std::string&>()));
    default: return literal.is_primitive();
  }
}

Status check_types(const RowFilter& filter, const sources::Column& column) {
  if (filter.op == FilterOp::is_null || filter.op == FilterOp::is_not_null || filter.op == FilterOp::like) return {};
  const Json values = filter.literal.is_array() ? filter.literal : Json::array({filter.literal});
  for (const Json& value : values) {
    if (!fits(column, value)) {
      return filter_mistake(1379, "The column " + column.name + " holds values of the type " + std::string(sources::name_of(column.type)) + ", the filter compares it with something else.");
    }
  }
  return {};
}

// -- evaluating ----------------------------------------------------------------------------------------------------

/// How two values stand to each other; nothing when they cannot be compared.
std::optional<int> sign_between(const Json& value, const Json& literal) {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  if (value.is_boolean()) {
    const auto other = as_boolean(literal);
    return other ? std::optional(sign(value.get<bool>(), *other)) : std::nullopt;
  }
  if (value.is_number() || literal.is_number()) {
    const auto a = as_number(value), b = as_number(literal);
    return a && b ? std::optional(sign(*a, *b)) : std::nullopt;
  }
  const std::string a = as_text(value), b = as_text(literal);
  const auto x = parse_iso_instant(a), y = parse_iso_instant(b);
  if (x && y) return sign(*x, *y);
  return sign(a, b);
}

bool compares(FilterOp op, int sign) {
  switch (op) {
    case FilterOp::equal: return sign == 0;
    case FilterOp::not_equal: return sign != 0;
    case FilterOp::less: return sign < 0;
    case FilterOp::less_or_equal: return sign <= 0;
    case FilterOp::greater: return sign > 0;
    case FilterOp::greater_or_equal: return sign >= 0;
    default: return false;
  }
}

/// SQL's three values: true, false, unknown.
std::optional<bool> judged(const RowFilter& filter, const Json& row) {
  if (filter.op == FilterOp::none) {
    const auto inner = judged(filter.parts[0], row);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (filter.op == FilterOp::all || filter.op == FilterOp::any) {
    const bool ends_with = filter.op == FilterOp::any;
    std::optional<bool> whole = !ends_with;
    for (const RowFilter& part : filter.parts) {
      const auto one = judged(part, row);
      if (one == ends_with) return ends_with;
      if (!one) whole = std::nullopt;
    }
    return whole;
  }
  const Json* value = member(row, filter.column);
  const bool missing = value == nullptr || value->is_null();
  if (filter.op == FilterOp::is_null) return missing;
  if (filter.op == FilterOp::is_not_null) return !missing;
  if (missing) return std::nullopt;
  if (filter.op == FilterOp::like) return matches_like(as_text(filter.literal), as_text(*value));
  if (filter.op == FilterOp::in) {
    return std::any_of(filter.literal.begin(), filter.literal.end(), [&](const Json& one) { return sign_between(*value, one) == 0; });
  }
  const auto sign = sign_between(*value, filter.literal);
  return sign ? std::optional(compares(filter.op, *sign)) : std::nullopt;
}

Json pql_node(const RowFilter& filter) {
  Json params = Json::array();
  if (is_combination(filter.op)) {
    for (const RowFilter& part : filter.parts) params.push_back(pql_node(part));
  } else {
    params.push_back({{"nodeType", "fieldLookup"}, {"fieldName", filter.column}});
    if (!filter.literal.is_null()) {
      Json literal = {{"nodeType", "literal"}};
      if (filter.date_time) literal["literalType"] = "DateTime";
      literal["value"] = filter.literal;
      params.push_back(std::move(literal));
    }
  }
  return {{"nodeType", "fnApply"}, {"fnName", word_of(filter.op)}, {"params", std::move(params)}};
}

}  // namespace

Result<RowFilter> read_row_filter(const Json& filter) {
  if (!filter.is_object()) return filter_mistake(1349, "filters is an object with type, format and value.");
  if (text_of(filter, "type") != "PQL") return filter_mistake(1355, "The type of a filter is PQL.");
  if (text_of(filter, "format") != "pql/json") return filter_mistake(1356, "The format of a filter is pql/json.");
  const Json* value = member(filter, "value");
  if (value == nullptr || !value->is_object() || value->empty()) return filter_mistake(1357, "The filter has no value: the conditions are missing.");
  return read_node(*value, 0);
}

Result<RowFilter> read_row_filter_text(std::string_view base64) {
  const auto text = from_base64(trim(base64));
  if (!text) return filter_mistake(1389, "filters is no base64 text.");
  const auto json = parse_json(*text);
  if (!json) return filter_mistake(1389, "The base64 text of filters holds no JSON: " + json.error().message + ".");
  return read_row_filter(*json);
}

Result<RowFilter> resolved(RowFilter filter, const sources::Description& table) {
  if (is_combination(filter.op)) {
    for (RowFilter& part : filter.parts) {
      TRY(part, resolved(std::move(part), table));
    }
    return filter;
  }
  const auto column = sources::resolve_column(table, filter.column);
  if (!column) return filter_mistake(1378, "The filter names a column that the table lacks: " + column.error().message);
  TRY_DO(check_types(filter, *column));
  const auto own = std::find_if(table.columns.begin(), table.columns.end(), [&](const sources::Column& one) { return one.raw_path == column->raw_path && one.type == column->type; });
  filter.column = own == table.columns.end() ? column->name : own->name;
  return filter;
}

Json to_pql(const RowFilter& filter) { return pql_node(filter); }

bool passes(const RowFilter& filter, const Json& row) { return judged(filter, row) == true; }

bool matches_like(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = pattern.npos, restart = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      restart = t;
    } else if (p < pattern.size() && pattern[p] == '_') {
      ++p;
      utf8::next(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      utf8::next(text, restart);
      t = restart;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

}  // namespace foz::flow
