#include "simulators/hubspot/search.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

using Op = HubspotFilter::Op;
using Operand = HubspotFilter::Operand;

constexpr size_t kGroupsMax = 5, kGroupFiltersMax = 6, kFiltersMax = 18, kQueryMax = 3000;
constexpr uint64_t kLimitMax = 200, kWall = 10'000;
constexpr int64_t kDay = 86'400'000;

constexpr std::pair<std::string_view, Op> kOps[] = {
    {"EQ", Op::eq},       {"NEQ", Op::neq}, {"LT", Op::lt},         {"LTE", Op::lte},
    {"GT", Op::gt},       {"GTE", Op::gte}, {"BETWEEN", Op::between}, {"IN", Op::in},
    {"NOT_IN", Op::not_in}, {"HAS_PROPERTY", Op::has_property}, {"NOT_HAS_PROPERTY", Op::not_has_property},
    {"CONTAINS_TOKEN", Op::contains_token}, {"NOT_CONTAINS_TOKEN", Op::not_contains_token}};

bool is_moment(const Column& column) { return column.kind == Kind::datetime || column.kind == Kind::date; }
bool is_number(const Column& column) {
  return column.kind == Kind::number || column.kind == Kind::integer || column.kind == Kind::decimal || column.kind == Kind::currency;
}
bool is_range(Op op) { return op == Op::lt || op == Op::lte || op == Op::gt || op == Op::gte || op == Op::between; }

/// A filter's value by its column's type: moments come as milliseconds or in ISO form.
std::optional<Operand> operand_of(const Column& column, const std::string& text) {
  if (is_moment(column)) {
    if (const auto millis = to_integer(text)) return Operand{.numeric = true, .number = static_cast<double>(*millis)};
    if (const auto instant = parse_iso_instant(text)) return Operand{.numeric = true, .number = static_cast<double>(to_millis(*instant))};
    if (const auto day = parse_iso_date(text)) return Operand{.numeric = true, .number = static_cast<double>(day->time_since_epoch().count() * kDay)};
    return std::nullopt;
  }
  if (is_number(column)) {
    if (const auto number = to_number(text)) return Operand{.numeric = true, .number = *number};
    return std::nullopt;
  }
  return Operand{.text = lower(text)};
}

Operand operand_of(const Column& column, const Value& value) {
  switch (value.type) {
    case Value::Type::decimal: return {.numeric = true, .number = static_cast<double>(value.number) / std::pow(10.0, value.scale)};
    case Value::Type::date: return {.numeric = true, .number = static_cast<double>(value.number * kDay)};
    case Value::Type::integer:
    case Value::Type::instant: return {.numeric = true, .number = static_cast<double>(value.number)};
    case Value::Type::boolean: return {.text = value.number != 0 ? "true" : "false"};
    default: break;
  }
  const auto number = is_number(column) ? to_number(value.text) : std::nullopt;
  if (number) return {.numeric = true, .number = *number};
  return {.text = lower(value.text)};
}

int compare(const Operand& a, const Operand& b) {
  if (a.numeric && b.numeric) return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
  if (a.numeric != b.numeric) return a.numeric ? -1 : 1;
  return a.text.compare(b.text);
}

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens(1);
  for (const char c : text) {
    const bool part = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '*' || static_cast<unsigned char>(c) >= 0x80;
    if (part) tokens.back() += c;
    else if (!tokens.back().empty()) tokens.emplace_back();
  }
  if (tokens.back().empty()) tokens.pop_back();
  return tokens;
}

bool contains_token(const std::string& text, const std::string& wanted) {
  if (wanted.find('*') != wanted.npos && matches_wildcard(wanted, text)) return true;
  const auto tokens = tokens_of(text);
  const auto needs = tokens_of(wanted);
  return !needs.empty() && std::all_of(needs.begin(), needs.end(), [&](const std::string& need) {
    return std::any_of(tokens.begin(), tokens.end(), [&](const std::string& token) { return matches_wildcard(need, token); });
  });
}

bool equals(const Column& column, const Operand& value, const Operand& wanted) {
  if (compare(value, wanted) == 0) return true;
  if (column.kind != Kind::multipicklist) return false;
  const auto chosen = split(value.text, ';');
  return std::find(chosen.begin(), chosen.end(), wanted.text) != chosen.end();
}

bool judge(const HubspotFilter& filter, const Row& row, Scratch& scratch) {
  const Column& column = *filter.column;
  const Value cell = row.cell(column, scratch);
  const bool present = !cell.is_null() && !(cell.type == Value::Type::text && cell.text.empty());
  if (filter.op == Op::has_property) return present;
  if (filter.op == Op::not_has_property) return !present;
  if (!present) return false;  // records without the property fit no other filter, NEQ and NOT_IN included
  const Operand value = operand_of(column, cell);
  const std::vector<Operand>& operands = filter.operands;
  if (is_range(filter.op) && value.numeric != operands[0].numeric) return false;
  const auto any_equal = [&] {
    return std::any_of(operands.begin(), operands.end(), [&](const Operand& one) { return equals(column, value, one); });
  };
  switch (filter.op) {
    case Op::eq:
    case Op::in: return any_equal();
    case Op::neq:
    case Op::not_in: return !any_equal();
    case Op::lt: return compare(value, operands[0]) < 0;
    case Op::lte: return compare(value, operands[0]) <= 0;
    case Op::gt: return compare(value, operands[0]) > 0;
    case Op::gte: return compare(value, operands[0]) >= 0;
    case Op::between: return compare(value, operands[0]) >= 0 && compare(value, operands[1]) <= 0;
    case Op::contains_token: return contains_token(value.text, operands[0].text);
    default: return !contains_token(value.text, operands[0].text);
  }
}

/// Reads a search body member by member.
class Reader {
 public:
  Reader(const Json& body, const TableState& table) : body_(body), table_(table) {}

  std::variant<HubspotSearch, std::string> read(const std::vector<std::string>& searched) {
    if (!body_.is_object()) return "Invalid input JSON: an object is expected";
    read_groups();
    read_sort();
    read_page();
    search_.query = lower(text_of(body_, "query"));
    if (text_of(body_, "query").size() > kQueryMax) fail("The query is longer than 3000 characters");
    for (const std::string& name : searched) {
      if (const Column* column = table_.column(name)) search_.searched.push_back(column);
    }
    search_.properties = texts_of(body_, "properties");
    if (!error_.empty()) return error_;
    search_.key = key();
    return std::move(search_);
  }

 private:
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  void read_groups() {
    const Json* groups = member(body_, "filterGroups");
    if (groups == nullptr) return;
    if (!groups->is_array() || groups->size() > kGroupsMax) return fail("filterGroups is an array of at most 5 groups");
    size_t count = 0;
    for (const Json& group : *groups) {
      const Json* filters = member(group, "filters");
      if (filters == nullptr || !filters->is_array()) return fail("a filter group has an array of filters");
      if (filters->size() > kGroupFiltersMax || (count += filters->size()) > kFiltersMax) {
        return fail("there are at most 6 filters in a group and 18 in a search");
      }
      auto& read = search_.groups.emplace_back();
      for (const Json& filter : *filters) read.push_back(read_filter(filter));
    }
  }

  HubspotFilter read_filter(const Json& json) {
    HubspotFilter filter;
    const std::string name = text_of(json, "propertyName"), op = text_of(json, "operator");
    filter.column = table_.column(name);
    if (filter.column == nullptr) fail("There was a problem with the request. Property '" + name + "' does not exist");
    const auto* found = std::find_if(std::begin(kOps), std::end(kOps), [&](const auto& row) { return row.first == op; });
    if (found == std::end(kOps)) fail("Invalid operator '" + op + "'");
    if (!error_.empty()) return filter;
    filter.op = found->second;
    if (filter.op == Op::in || filter.op == Op::not_in) {
      const Json* values = member(json, "values");
      if (values == nullptr || !values->is_array() || values->empty()) fail("operator " + op + " needs \"values\"");
      else for (const Json& value : *values) take(filter, value, name);
    } else if (filter.op != Op::has_property && filter.op != Op::not_has_property) {
      take(filter, json.value("value", Json()), name);
      if (filter.op == Op::between) take(filter, json.value("highValue", Json()), name);
    }
    return filter;
  }

  void take(HubspotFilter& filter, const Json& value, const std::string& name) {
    if (value.is_null()) return fail("a filter on '" + name + "' lacks its value");
    auto operand = operand_of(*filter.column, as_text(value));
    if (!operand) return fail("the value of a filter on '" + name + "' does not fit its type");
    filter.operands.push_back(std::move(*operand));
  }

  void read_sort() {
    const Json* sorts = member(body_, "sorts");
    if (sorts == nullptr || !sorts->is_array() || sorts->empty()) return;
    if (sorts->size() > 1) return fail("there is one sort at most");
    const Json& sort = sorts->front();
    std::string name = sort.is_string() ? sort.get<std::string>() : text_of(sort, "propertyName");
    search_.descending = name.starts_with('-') || text_of(sort, "direction") == "DESCENDING";
    if (name.starts_with('-')) name.erase(0, 1);
    search_.sort = table_.column(name);
    if (search_.sort == nullptr) fail("There was a problem with the request. Property '" + name + "' does not exist");
  }

  void read_page() {
    const int64_t limit = integer_of(body_, "limit").value_or(10);
    if (limit < 0 || static_cast<uint64_t>(limit) > kLimitMax) return fail("the limit lies between 0 and 200");
    const Json* after = member(body_, "after");
    const bool none = after == nullptr || after->is_null() || *after == "";
    const auto offset = none ? std::optional<int64_t>(0) : as_integer(*after);
    if (!offset || *offset < 0) return fail("'after' is no handle of a page");
    search_.limit = static_cast<uint64_t>(limit);
    search_.after = static_cast<uint64_t>(*offset);
    if (search_.after + search_.limit > kWall) fail("Paging beyond 10000 results is not supported: 'after' plus 'limit' lies behind it");
  }

  std::string key() const {
    Json parts = Json::array();
    for (const char* name : {"filterGroups", "query", "sorts"}) parts.push_back(body_.value(name, Json()));
    return to_text(parts);
  }

  const Json& body_;
  const TableState& table_;
  HubspotSearch search_;
  std::string error_;
};

void sort_by(std::vector<uint32_t>& rows, const Column& column, bool descending, const TableState& table, int64_t as_of) {
  if (column.recipe == Recipe::id) {
    if (descending) std::reverse(rows.begin(), rows.end());
    return;
  }
  Scratch scratch;
  std::vector<std::pair<Operand, uint32_t>> keyed;
  for (const uint32_t number : rows) {
    scratch.reset();
    const Value cell = Row(table, number, as_of).cell(column, scratch);
    keyed.emplace_back(cell.is_null() ? Operand{} : operand_of(column, cell), number);
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return descending ? compare(b.first, a.first) < 0 : compare(a.first, b.first) < 0;
  });
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = keyed[i].second;
}

}  // namespace

std::variant<HubspotSearch, std::string> HubspotSearch::read(const Json& body, const TableState& table, const std::vector<std::string>& searched) {
  return Reader(body, table).read(searched);
}

bool HubspotSearch::accepts(const Row& row, Scratch& scratch) const {
  const auto all_of = [&](const std::vector<HubspotFilter>& group) {
    return std::all_of(group.begin(), group.end(), [&](const HubspotFilter& filter) { return judge(filter, row, scratch); });
  };
  if (!groups.empty() && std::none_of(groups.begin(), groups.end(), all_of)) return false;
  if (query.empty()) return true;
  return std::any_of(searched.begin(), searched.end(), [&](const Column* column) {
    return contains_token(operand_of(*column, row.cell(*column, scratch)).text, query);
  });
}

/// The rows whose ids no filter excludes, from and to: searches of a range of ids need not look at others.
std::pair<uint64_t, uint64_t> HubspotSearch::rows_possible(const TableState& table) const {
  uint64_t first = 0, end = table.rows();
  if (groups.size() != 1) return {first, end};
  for (const HubspotFilter& filter : groups[0]) {
    const bool lower_bound = filter.op == HubspotFilter::Op::gt || filter.op == HubspotFilter::Op::gte;
    const bool upper_bound = filter.op == HubspotFilter::Op::lt || filter.op == HubspotFilter::Op::lte;
    if (filter.column->recipe != Recipe::id) continue;
    const double id = filter.operands[0].number - static_cast<double>(table.spec().id.first);
    if (lower_bound && id > 0) first = std::max(first, static_cast<uint64_t>(id));
    if (upper_bound) end = id < 0 ? 0 : std::min(end, static_cast<uint64_t>(id) + 1);
  }
  return {first, end};
}

std::vector<uint32_t> HubspotSearch::run(const TableState& table, int64_t as_of) const {
  std::vector<uint32_t> rows;
  Scratch scratch;
  const auto [first, end] = rows_possible(table);
  for (uint64_t number = first; number < end; ++number) {
    const Row row(table, number, as_of);
    if (!row.live()) continue;
    scratch.reset();
    if (accepts(row, scratch)) rows.push_back(static_cast<uint32_t>(number));
  }
  if (sort != nullptr) sort_by(rows, *sort, descending, table, as_of);
  return rows;
}

}  // namespace foz::sim
