#include "simulators/dynamics/odata.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/time_text.h"

namespace foz::sim {
namespace {

using Op = ODataFilter::Op;
using Type = ODataValue::Type;

constexpr int64_t kDay = 86'400'000;

constexpr std::pair<std::string_view, Op> kComparisons[] = {{"eq", Op::eq}, {"ne", Op::ne}, {"gt", Op::gt}, {"ge", Op::ge}, {"lt", Op::lt}, {"le", Op::le}};
constexpr std::pair<std::string_view, Op> kTextFunctions[] = {{"contains", Op::contains}, {"startswith", Op::starts_with}, {"endswith", Op::ends_with}};
constexpr std::string_view kNamespace = "Microsoft.Dynamics.CRM.";
constexpr std::pair<std::string_view, Op> kQueryFunctions[] = {
    {"On", Op::on}, {"OnOrAfter", Op::on_or_after}, {"OnOrBefore", Op::on_or_before}, {"In", Op::in}, {"EqualUserId", Op::eq}, {"ContainValues", Op::contain_values}};

template <size_t N>
const std::pair<std::string_view, Op>* named(const std::pair<std::string_view, Op> (&table)[N], std::string_view name) {
  const auto* found = std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.first == name; });
  return found == std::end(table) ? nullptr : found;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' || c == ':' || c == '+' || c == '/'; }

/// A bare word as a literal: a number, a moment, a day, a guid, true, false or null.
ODataValue literal_of(std::string_view word) {
  if (word == "null") return {};
  if (word == "true" || word == "false") return {.type = Type::boolean, .number = word == "true" ? 1.0 : 0.0};
  if (const auto number = to_number(word)) return {.type = Type::number, .number = *number};
  if (const auto day = parse_iso_date(word)) return {.type = Type::number, .number = static_cast<double>(day->time_since_epoch().count() * kDay)};
  if (const auto instant = parse_iso_instant(word)) return {.type = Type::number, .number = static_cast<double>(to_millis(*instant))};
  return odata_text(word);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  ODataParsed parse() {
    ODataFilter filter = disjunction(0);
    skip();
    if (error_.empty() && at_ < text_.size()) fail("Syntax error: something follows the expression");
    if (!error_.empty()) return error_ + " at position " + std::to_string(at_) + " in '" + std::string(text_) + "'.";
    return filter;
  }

 private:
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void need(char c) {
    if (!take(c)) fail(std::string("Syntax error: '") + c + "' expected");
  }
  std::string_view word() {
    skip();
    const size_t from = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  bool keyword(std::string_view wanted) {
    const size_t from = at_;
    if (word() == wanted) return true;
    at_ = from;
    return false;
  }

  ODataFilter disjunction(int depth) {
    ODataFilter any{.op = Op::any_of, .parts = {conjunction(depth)}};
    while (error_.empty() && keyword("or")) any.parts.push_back(conjunction(depth));
    return any.parts.size() == 1 ? std::move(any.parts.front()) : any;
  }

  ODataFilter conjunction(int depth) {
    ODataFilter all{.op = Op::all_of, .parts = {term(depth)}};
    while (error_.empty() && keyword("and")) all.parts.push_back(term(depth));
    return all.parts.size() == 1 ? std::move(all.parts.front()) : all;
  }

  ODataFilter term(int depth) {
    if (depth > 50) return fail("The filter is nested too deep"), ODataFilter{};
    if (keyword("not")) return {.op = Op::negation, .parts = {term(depth + 1)}};
    if (take('(')) {
      ODataFilter inner = disjunction(depth + 1);
      need(')');
      return inner;
    }
    const std::string_view name = word();
    if (name.empty()) return fail("Syntax error: an expression is expected"), ODataFilter{};
    if (name.starts_with(kNamespace)) return query_function(name.substr(kNamespace.size()));
    if (const auto* function = named(kTextFunctions, name)) return text_function(function->second);
    ODataFilter filter{.property = std::string(name)};
    const auto* comparison = named(kComparisons, word());
    if (comparison == nullptr) return fail("Syntax error: an operator is expected behind '" + std::string(name) + "'"), filter;
    filter.op = comparison->second;
    filter.values.push_back(literal());
    return filter;
  }

  ODataFilter text_function(Op op) {
    ODataFilter filter{.op = op};
    need('(');
    filter.property = std::string(word());
    need(',');
    filter.values.push_back(literal());
    need(')');
    return filter;
  }

  /// `Microsoft.Dynamics.CRM.OnOrAfter(PropertyName='modifiedon',PropertyValue='2024-01-01')`
  ODataFilter query_function(std::string_view name) {
    const auto* function = named(kQueryFunctions, name);
    if (function == nullptr) return fail("Query function '" + std::string(name) + "' is not offered here"), ODataFilter{};
    ODataFilter filter{.op = function->second};
    need('(');
    do {
      const std::string_view parameter = word();
      need('=');
      if (parameter == "PropertyName") filter.property = quoted();
      else if (parameter == "PropertyValue") filter.values.push_back(literal_of(quoted()));
      else if (parameter == "PropertyValues") values_into(filter);
      else fail("unknown parameter '" + std::string(parameter) + "'");
    } while (error_.empty() && take(','));
    need(')');
    if (filter.property.empty() || filter.values.empty()) fail("the function lacks a parameter");
    return filter;
  }

  void values_into(ODataFilter& filter) {
    need('[');
    do {
      filter.values.push_back(literal_of(quoted()));
    } while (error_.empty() && take(','));
    need(']');
  }

  std::string quoted() {
    std::string text;
    need('\'');
    while (error_.empty()) {
      if (at_ >= text_.size()) return fail("Syntax error: a text never closes"), text;
      if (text_[at_] == '\'') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '\'') return text;
      }
      text += text_[at_++];
    }
    return text;
  }

  ODataValue literal() {
    skip();
    if (at_ < text_.size() && text_[at_] == '\'') return odata_text(quoted());
    const std::string_view name = word();
    if (at_ < text_.size() && text_[at_] == '\'') return odata_text(quoted());  // an enumeration: Namespace.Type'Member'
    if (name.empty()) fail("Syntax error: a value is expected");
    return literal_of(name);
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string error_;
};

int order_of(const ODataValue& a, const ODataValue& b) {
  if (a.type == Type::text && b.type == Type::text) return a.text.compare(b.text);
  return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
}

bool equal(const ODataValue& value, const ODataValue& wanted) {
  if (value.type == Type::null || wanted.type == Type::null) return value.type == wanted.type;
  if ((value.type == Type::text) != (wanted.type == Type::text)) {
    const ODataValue& text = value.type == Type::text ? value : wanted;
    const auto number = to_number(text.text);
    return number && *number == (value.type == Type::text ? wanted : value).number;
  }
  return order_of(value, wanted) == 0;
}

bool text_holds(Op op, const std::string& text, const std::string& wanted) {
  if (op == Op::starts_with) return text.starts_with(wanted);
  if (op == Op::ends_with) return text.ends_with(wanted);
  return text.find(wanted) != text.npos;
}

bool contains_value(const std::string& chosen, const ODataValue& wanted) {
  const std::string text = wanted.type == Type::number ? number_text(wanted.number) : wanted.text;
  const auto parts = split(chosen, ',');
  return std::find(parts.begin(), parts.end(), text) != parts.end();
}

bool leaf_holds(const ODataFilter& filter, const ODataValue& value) {
  const ODataValue& wanted = filter.values.front();
  if (filter.op == Op::eq) return equal(value, wanted);
  if (filter.op == Op::ne) return !equal(value, wanted);
  if (filter.op == Op::in) return std::any_of(filter.values.begin(), filter.values.end(), [&](const ODataValue& one) { return equal(value, one); });
  if (value.type == Type::null) return false;
  const double day = std::floor(wanted.number / kDay) * kDay;
  switch (filter.op) {
    case Op::gt: return order_of(value, wanted) > 0;
    case Op::ge: return order_of(value, wanted) >= 0;
    case Op::lt: return order_of(value, wanted) < 0;
    case Op::le: return order_of(value, wanted) <= 0;
    case Op::on: return value.number >= day && value.number < day + kDay;
    case Op::on_or_after: return value.number >= day;
    case Op::on_or_before: return value.number < day + kDay;
    case Op::contain_values:
      return std::any_of(filter.values.begin(), filter.values.end(), [&](const ODataValue& one) { return contains_value(value.text, one); });
    default: return text_holds(filter.op, value.text, wanted.text);
  }
}

}  // namespace

ODataParsed parse_odata_filter(std::string_view text) { return Parser(text).parse(); }

bool odata_holds(const ODataFilter& filter, const std::function<ODataValue(const ODataFilter&)>& value_of) {
  const auto holds = [&](const ODataFilter& part) { return odata_holds(part, value_of); };
  switch (filter.op) {
    case Op::all_of: return std::all_of(filter.parts.begin(), filter.parts.end(), holds);
    case Op::any_of: return std::any_of(filter.parts.begin(), filter.parts.end(), holds);
    case Op::negation: return !holds(filter.parts.front());
    default: return leaf_holds(filter, value_of(filter));
  }
}

ODataValue odata_text(std::string_view text) { return {.type = Type::text, .text = lower(text)}; }

ODataValue odata_value(const Column& column, const Value& value) {
  switch (value.type) {
    case Value::Type::null: return {};
    case Value::Type::boolean: return {.type = Type::boolean, .number = static_cast<double>(value.number)};
    case Value::Type::decimal: return {.type = Type::number, .number = static_cast<double>(value.number) / std::pow(10.0, value.scale)};
    case Value::Type::date: return {.type = Type::number, .number = static_cast<double>(value.number * kDay)};
    case Value::Type::integer:
    case Value::Type::instant: return {.type = Type::number, .number = static_cast<double>(value.number)};
    case Value::Type::text: break;
  }
  if (value.text.empty()) return {};
  if (column.kind == Kind::picklist) {
    if (const auto number = to_number(value.text)) return {.type = Type::number, .number = *number};
  }
  ODataValue text = odata_text(value.text);
  if (column.kind == Kind::multipicklist) text.text = replace_all(std::move(text.text), ";", ",");
  return text;
}

std::vector<std::string> odata_list(std::string_view text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::string part;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      if (!trim(part).empty()) parts.emplace_back(trim(part));
      part.clear();
    } else {
      part += c;
    }
  }
  if (!trim(part).empty()) parts.emplace_back(trim(part));
  return parts;
}

ODataExpand parse_odata_expand(std::string_view text) {
  const size_t open = std::min(text.find('('), text.size());
  ODataExpand expand{.name = std::string(trim(text.substr(0, open)))};
  if (open >= text.size()) return expand;
  std::string_view inside = text.substr(open + 1);
  if (inside.ends_with(')')) inside.remove_suffix(1);
  for (const std::string_view option : split(inside, ';')) {
    const std::string_view one = trim(option);
    if (one.starts_with("$select=")) expand.select = odata_list(one.substr(8));
    else if (!one.empty()) expand.nested = true;
  }
  return expand;
}

}  // namespace foz::sim
