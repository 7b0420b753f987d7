#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "simulators/salesforce/soql.h"

namespace foz::sim {
namespace {

using Op = SoqlCondition::Op;

constexpr int64_t kDay = 86'400'000;

double as_double(const Value& value) {
  if (value.type != Value::Type::decimal) return static_cast<double>(value.number);
  return static_cast<double>(value.number) / std::pow(10.0, value.scale);
}

template <class T>
int order_of(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int compare_text(std::string_view a, std::string_view b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const auto x = static_cast<unsigned char>(a[i] >= 'A' && a[i] <= 'Z' ? a[i] + 32 : a[i]);
    const auto y = static_cast<unsigned char>(b[i] >= 'A' && b[i] <= 'Z' ? b[i] + 32 : b[i]);
    if (x != y) return order_of(x, y);
  }
  return order_of(a.size(), b.size());
}

bool is_key(const Column& column) { return column.kind == Kind::id || column.kind == Kind::reference; }

/// Ids keep their case; 15 characters stand for the 18 that begin with them.
int compare_key(std::string_view a, std::string_view b) {
  if (b.size() == 15 && a.size() == 18) a = a.substr(0, 15);
  return order_of(a, b);
}

/// The cell against a literal: below, equal or above. A span is equal to everything in it.
int compare(const Column& column, const Value& value, const SoqlLiteral& literal) {
  using Type = SoqlLiteral::Type;
  const bool is_date = value.type == Value::Type::date;
  switch (literal.type) {
    case Type::text: {
      if (value.type != Value::Type::text) return -1;
      return is_key(column) ? compare_key(value.text, literal.text) : compare_text(value.text, literal.text);
    }
    case Type::number: return order_of(as_double(value), literal.number);
    case Type::boolean: return order_of(static_cast<double>(value.number), literal.number);
    case Type::instant: return order_of(is_date ? value.number * kDay : value.number, literal.from);
    case Type::date: return order_of(is_date ? value.number : value.number / kDay, literal.from);
    case Type::span: {
      const int64_t at = is_date ? value.number * kDay : value.number;
      return at < literal.from ? -1 : at >= literal.to ? 1 : 0;
    }
    case Type::null: return -1;
  }
  return -1;
}

bool equals(const Column& column, const Value& value, const SoqlLiteral& literal) {
  const bool no_value = value.is_null() || (value.type == Value::Type::text && value.text.empty());
  if (literal.type == SoqlLiteral::Type::null || (literal.type == SoqlLiteral::Type::text && literal.text.empty())) return no_value;
  return !no_value && compare(column, value, literal) == 0;
}

bool like(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = pattern.npos, mark = 0;
  const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '_' || low(pattern[p]) == low(text[t]))) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

bool includes(std::string_view chosen, std::string_view wanted) {
  const auto has = split(chosen, ';');
  const auto needs = split(wanted, ';');
  return std::all_of(needs.begin(), needs.end(), [&](auto one) { return std::find(has.begin(), has.end(), one) != has.end(); });
}

bool literal_fits(const Column& column, const SoqlLiteral& literal) {
  using Type = SoqlLiteral::Type;
  if (literal.type == Type::null) return true;
  switch (column.kind) {
    case Kind::boolean: return literal.type == Type::boolean;
    case Kind::integer: case Kind::bigint: case Kind::number: case Kind::decimal: case Kind::currency: case Kind::percent:
      return literal.type == Type::number;
    case Kind::datetime: return literal.type == Type::instant || literal.type == Type::span;
    case Kind::date: return literal.type == Type::date || literal.type == Type::span;
    default: return literal.type == Type::text;
  }
}

struct SortKey {
  const Column* column;
  bool descending, nulls_last;
};

/// Sorting needs the values of all rows: each kept as text or number beside its row.
struct Sortable {
  std::string text;
  double number = 0;
  bool null = true;
  bool is_text = false;
};

Sortable sortable(const Row& row, const Column& column, Scratch& scratch) {
  const Value value = row.cell(column, scratch);
  if (value.is_null()) return {};
  if (value.type == Value::Type::text) return {.text = is_key(column) ? std::string(value.text) : lower(value.text), .null = false, .is_text = true};
  return {.number = as_double(value), .null = false};
}

int compare_sortable(const Sortable& a, const Sortable& b, const SortKey& key) {
  if (a.null != b.null) return (a.null ? -1 : 1) * (key.nulls_last ? -1 : 1);
  const int order = a.is_text ? order_of(a.text, b.text) : order_of(a.number, b.number);
  return key.descending ? -order : order;
}

void sort_rows(SoqlRows& result, const SoqlQuery& query) {
  std::vector<SortKey> keys;
  for (const SoqlOrder& order : query.order) {
    keys.push_back({result.table->column_ignoring_case(order.field), order.descending, order.nulls_last});
  }
  Scratch scratch;
  std::vector<std::pair<std::vector<Sortable>, uint32_t>> keyed;
  for (const uint32_t number : result.rows) {
    scratch.reset();
    const Row row(*result.table, number, result.as_of);
    std::vector<Sortable> values;
    for (const SortKey& key : keys) values.push_back(sortable(row, *key.column, scratch));
    keyed.emplace_back(std::move(values), number);
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    for (size_t i = 0; i < keys.size(); ++i) {
      if (const int order = compare_sortable(a.first[i], b.first[i], keys[i]); order != 0) return order < 0;
    }
    return false;
  });
  for (size_t i = 0; i < keyed.size(); ++i) result.rows[i] = keyed[i].second;
}

bool natural_order(const SoqlQuery& query) {
  return query.order.empty() || (query.order.size() == 1 && equal_ignoring_case(query.order[0].field, "Id") && !query.order[0].descending);
}

}  // namespace

std::variant<SoqlFilter, SoqlError> SoqlFilter::compile(const SoqlQuery& query, const TableState& table) {
  SoqlFilter filter;
  if (!query.where) return filter;
  filter.root_.emplace();
  if (auto error = build(query, *query.where, table, *filter.root_)) return *error;
  return filter;
}

std::optional<SoqlError> SoqlFilter::build(const SoqlQuery& query, const SoqlCondition& condition, const TableState& table, Node& node) {
  node.op = condition.op;
  node.column = nullptr;
  for (const SoqlCondition& part : condition.parts) {
    if (auto error = build(query, part, table, node.parts.emplace_back())) return error;
  }
  if (condition.field.empty()) return std::nullopt;
  node.column = table.column_ignoring_case(condition.field);
  if (node.column == nullptr) return no_such_column(query.text, condition.at, condition.field, table.spec().name);
  if (node.column->kind == Kind::textarea && node.column->length > 255) {
    return SoqlError{"INVALID_FIELD", soql_message(query.text, condition.at, "field '" + node.column->name + "' can not be filtered in a query call")};
  }
  for (const SoqlLiteral& literal : condition.values) {
    if (literal_fits(*node.column, literal)) continue;
    return SoqlError{"INVALID_FIELD", soql_message(query.text, condition.at, "filter criterion must match the type of field '" + node.column->name + "' and should not be enclosed in quotes where the type is not text")};
  }
  node.values = condition.values;
  return std::nullopt;
}

bool SoqlFilter::judge(const Node& node, const Row& row, Scratch& scratch) {
  const auto judged = [&](const Node& part) { return judge(part, row, scratch); };
  switch (node.op) {
    case Op::all_of: return std::all_of(node.parts.begin(), node.parts.end(), judged);
    case Op::any_of: return std::any_of(node.parts.begin(), node.parts.end(), judged);
    case Op::negation: return !judged(node.parts.front());
    default: break;
  }
  const Column& column = *node.column;
  const Value value = row.cell(column, scratch);
  const auto equal = [&](const SoqlLiteral& literal) { return equals(column, value, literal); };
  const auto included = [&](const SoqlLiteral& literal) { return includes(value.text, literal.text); };
  switch (node.op) {
    case Op::eq: return equal(node.values[0]);
    case Op::ne: return !equal(node.values[0]);
    case Op::in: return std::any_of(node.values.begin(), node.values.end(), equal);
    case Op::not_in: return std::none_of(node.values.begin(), node.values.end(), equal);
    case Op::includes: return std::any_of(node.values.begin(), node.values.end(), included);
    case Op::excludes: return std::none_of(node.values.begin(), node.values.end(), included);
    case Op::like: return like(node.values[0].text, value.text);
    default: break;
  }
  if (value.is_null()) return false;
  const int order = compare(column, value, node.values[0]);
  if (node.op == Op::lt) return order < 0;
  if (node.op == Op::le) return order <= 0;
  return node.op == Op::gt ? order > 0 : order >= 0;
}

bool SoqlFilter::pins(const Node& node, std::string_view field) {
  const auto pinned = [&](const Node& part) { return pins(part, field); };
  if (node.op == Op::all_of) return std::any_of(node.parts.begin(), node.parts.end(), pinned);
  if (node.op == Op::any_of) return std::all_of(node.parts.begin(), node.parts.end(), pinned);
  return (node.op == Op::eq || node.op == Op::in) && node.column != nullptr && node.column->name == field;
}

bool SoqlFilter::requires_key(std::string_view field) const { return root_ && pins(*root_, field); }

SoqlRows run_soql(const SoqlQuery& query, const SoqlFilter& filter, TableRef table, int64_t as_of, bool with_archived) {
  SoqlRows result{.table = std::move(table), .as_of = as_of, .with_archived = with_archived};
  const uint64_t limit = query.limit.value_or(UINT64_MAX);
  if (filter.accepts_all() && natural_order(query) && query.offset == 0 && !with_archived) {
    result.size = std::min(limit, result.table->live_rows(as_of));
    return result;
  }
  result.streamed = false;
  Scratch scratch;
  const bool sorted = !natural_order(query);
  const uint64_t wanted = sorted || limit == UINT64_MAX ? UINT64_MAX : limit + query.offset;
  for (uint64_t number = 0; number < result.table->rows() && result.rows.size() < wanted; ++number) {
    const Row row(*result.table, number, as_of);
    if (!(with_archived ? row.exists() : row.live())) continue;
    scratch.reset();
    if (filter.accepts(row, scratch)) result.rows.push_back(static_cast<uint32_t>(number));
  }
  if (sorted) sort_rows(result, query);
  result.start = std::min<uint64_t>(query.offset, result.rows.size());
  result.size = std::min<uint64_t>(limit, result.rows.size() - result.start);
  return result;
}

}  // namespace foz::sim
