#include "catalog/listing.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/batch.h"

namespace foz::catalog {
namespace {

using Op = Condition::Op;

/// Items kept beyond twice the wanted ones before the rest is dropped.
constexpr size_t kSlack = 64;

/// Parameters that filter on the member of the same name.
constexpr std::string_view kFieldParameters[] = {
    "name",         "description", "version", "state",       "createdClient",     "createdUser",   "updatedUser", "enableErrorDiagnostics",
    "externalId",   "status",      "size",    "recordCount", "failedRecordCount", "schemaRef.id",  "schema",      "lastBatchId",
    "lastBatchStatus", "lastSuccessfulBatchId", "lastFailedBatchId"};
constexpr std::string_view kTimeParameters[] = {"created", "updated", "started", "completed"};

Error bad_parameter(std::string_view name, std::string_view rule) {
  return Error{.kind = ErrorKind::invalid, .message = "The parameter " + std::string(name) + " " + std::string(rule)};
}

Result<int64_t> number_parameter(const http::Query& query, std::string_view name, int64_t otherwise, int64_t least, int64_t most, std::string_view rule) {
  const auto text = query.value(name);
  if (!text) return otherwise;
  const auto number = to_integer(*text);
  if (!number || *number < least || *number > most) return bad_parameter(name, rule);
  return *number;
}

/// `desc:created,asc:name`; a field without direction ascends, or goes on in the direction of `asc:a,b`.
Result<std::vector<Order>> parse_order(std::string_view text) {
  std::vector<Order> order;
  bool descending = false;
  for (std::string_view part : split(text, ',')) {
    part = trim(part);
    if (const size_t colon = part.find(':'); colon != part.npos) {
      const std::string_view direction = part.substr(0, colon);
      if (direction == "asc" || direction == "desc") {
        descending = direction == "desc";
        part.remove_prefix(colon + 1);
      } else if (direction.find_first_of("./@") == direction.npos) {
        return bad_parameter("orderBy", "takes asc: or desc: before a field, not \"" + std::string(direction) + ":\"");
      }
    }
    if (part.empty()) return bad_parameter("orderBy", "names no field");
    order.push_back({std::string(part), descending});
  }
  return order;
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> values;
  for (const std::string_view part : split(text, ',')) values.emplace_back(trim(part));
  return values;
}

/// `name==v`, `!name`, `name~regex`, `name`: the first operator counts.
Result<Condition> parse_property(std::string_view text) {
  struct Spelling {
    std::string_view text;
    Op op;
  };
  static constexpr Spelling kOps[] = {{"==", Op::equals},  {"!=", Op::not_equals},    {"<=", Op::less_equal}, {">=", Op::greater_equal},
                                      {"<", Op::less},     {">", Op::greater}, {"~", Op::matches}};
  const size_t at = text.find_first_of("=<>~!", 1);
  if (at == text.npos) {
    const bool absent = text.starts_with('!');
    const std::string_view name = trim(text.substr(absent ? 1 : 0));
    if (name.empty()) return bad_parameter("property", "names no member");
    return Condition{.path = std::string(name), .op = absent ? Op::absent : Op::exists};
  }
  for (const Spelling& spelling : kOps) {
    if (!text.substr(at).starts_with(spelling.text)) continue;
    Condition condition{.path = std::string(trim(text.substr(0, at))), .op = spelling.op, .values = {std::string(trim(text.substr(at + spelling.text.size())))}};
    if (spelling.op == Op::matches) {
      auto pattern = registry::compile_pattern(condition.values[0]);
      if (!pattern) return bad_parameter("property", "holds no regular expression: " + pattern.error().message);
      condition.pattern = *pattern;
    }
    return condition;
  }
  return bad_parameter("property", "looks like name==value, name~regex, name or !name, not \"" + std::string(text) + "\"");
}

/// `a,b`: any; `!a`: not; `*` stands for any text and `**` for a star.
std::vector<Condition> field_conditions(std::string path, std::string_view text) {
  Condition any{.path = path, .op = Op::like};
  std::vector<Condition> conditions;
  for (std::string& value : list_of(text)) {
    if (value.starts_with('!')) {
      conditions.push_back({.path = path, .op = Op::like, .values = {value.substr(1)}, .negated = true});
    } else {
      any.values.push_back(std::move(value));
    }
  }
  if (!any.values.empty()) conditions.push_back(std::move(any));
  return conditions;
}

/// `123`, `<123`, `>=123`.
Result<Condition> time_condition(std::string_view name, std::string_view text) {
  Op op = Op::equals;
  if (text.starts_with("<=")) op = Op::less_equal;
  else if (text.starts_with(">=")) op = Op::greater_equal;
  else if (text.starts_with('<')) op = Op::less;
  else if (text.starts_with('>')) op = Op::greater;
  const size_t sign = op == Op::equals ? 0 : op == Op::less || op == Op::greater ? 1 : 2;
  const std::string_view number = trim(text.substr(sign));
  if (!to_integer(number)) return bad_parameter(name, "is a time in milliseconds, with <, >, <= or >= before it if need be");
  return Condition{.path = std::string(name), .op = op, .values = {std::string(number)}};
}

struct Bound {
  std::string_view parameter, path;
  Op op;
  bool seconds_too;  ///< small values are seconds
};
constexpr Bound kBounds[] = {{"createdAfter", "created", Op::greater, false},  {"createdBefore", "created", Op::less, false},
                             {"startAfter", "started", Op::greater, true},     {"startBefore", "started", Op::less, true},
                             {"endAfter", "completed", Op::greater, true},     {"endBefore", "completed", Op::less, true}};

Result<std::optional<Condition>> bound_condition(const http::Query& query, const Bound& bound) {
  const auto text = query.value(bound.parameter);
  if (!text) return std::optional<Condition>();
  auto time = to_integer(*text);
  if (!time) return bad_parameter(bound.parameter, "is a time in milliseconds");
  if (bound.seconds_too && *time < 100'000'000'000) *time *= 1000;
  return std::optional(Condition{.path = std::string(bound.path), .op = bound.op, .values = {std::to_string(*time)}});
}

/// Where the related-object parameters look. Empty: the parameter means nothing there.
std::string_view related_path(std::string_view parameter, Collection collection) {
  const bool dataset = parameter == "dataSet" || parameter == "dataSetId";
  const bool view = parameter == "dataSetViewId";
  switch (collection) {
    case Collection::batches: return dataset ? "relatedObjects.id" : view ? "" : "id";
    case Collection::files: return dataset ? "dataSetId" : view ? "dataSetViewId" : "batchId";
    case Collection::views: return dataset ? "dataSetId" : view ? "id" : "";
    case Collection::datasets: return dataset ? "id" : view ? "viewId" : "lastBatchId";
    case Collection::last_batches: return dataset ? "id" : view ? "" : "lastBatchId";
  }
  return "";
}

void add_related(const http::Query& query, Collection collection, std::vector<Condition>& conditions) {
  for (const std::string_view parameter : {"dataSet", "dataSetId", "dataSetViewId", "batchId", "batch"}) {
    const auto text = query.value(parameter);
    const std::string_view path = related_path(parameter, collection);
    if (!text || path.empty()) continue;
    Condition condition{.path = std::string(path), .op = Op::equals};
    for (const std::string& value : list_of(*text)) condition.values.push_back(id_of_reference(value));
    conditions.push_back(std::move(condition));
  }
}

/// `k:v,k2:*,k3`: all of them. The last colon splits, as tag names may hold colons less often than values; both are tried.
void add_tags(const http::Query& query, std::vector<Condition>& conditions) {
  for (const std::string& text : query.get_all("tags")) {
    if (text.empty()) continue;
    for (const std::string& part : list_of(text)) {
      const size_t colon = part.find(':');
      const std::string path = "tags." + part.substr(0, colon);
      if (colon == part.npos || part.substr(colon + 1) == "*") {
        conditions.push_back({.path = path, .op = Op::exists});
      } else {
        conditions.push_back({.path = path, .op = Op::like, .values = {part.substr(colon + 1)}});
      }
    }
  }
}

int sign_of(double difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

/// Versions compare by component, numbers as numbers, everything else as text.
int compare_texts(const std::string& a, const std::string& b, bool by_component) {
  if (by_component) {
    const auto p = split(a, '.'), q = split(b, '.');
    for (size_t i = 0; i < std::max(p.size(), q.size()); ++i) {
      const double x = i < p.size() ? to_number(p[i]).value_or(0) : -1;
      const double y = i < q.size() ? to_number(q[i]).value_or(0) : -1;
      if (x != y) return sign_of(x - y);
    }
    return 0;
  }
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int compare_with_text(const Json& value, const std::string& text, bool by_component) {
  if (value.is_number_integer()) {
    if (const auto number = to_integer(text)) return value.get<int64_t>() < *number ? -1 : value.get<int64_t>() > *number ? 1 : 0;
  }
  if (value.is_number()) {
    if (const auto number = to_number(text)) return sign_of(value.get<double>() - *number);
  }
  return compare_texts(as_text(value), text, by_component);
}

/// `*` any run of characters, `**` a star.
bool like(const std::string& pattern, const std::string& text) {
  if (pattern.find('*') == pattern.npos) return pattern == text;
  // The doubled star becomes a character that no text holds, on both sides alike.
  static const std::string kStar(1, '\x01');
  return matches_wildcard(replace_all(pattern, "**", kStar), replace_all(text, "*", kStar));
}

/// `failed` and `failure`, `success` and `active` are the same status.
std::string same_status(std::string_view path, const std::string& text) {
  if (path != "status" && path != "lastBatchStatus") return text;
  const auto status = status_named(text);
  return status ? std::string(name_of(*status)) : text;
}

bool holds(const Condition& condition, const Json& value) {
  const bool by_component = condition.path == "version";
  const auto any = [&](auto test) { return std::any_of(condition.values.begin(), condition.values.end(), test); };
  switch (condition.op) {
    case Op::equals:
    case Op::not_equals: return any([&](const std::string& v) { return compare_with_text(value, same_status(condition.path, v), false) == 0; });
    case Op::less: return compare_with_text(value, condition.values[0], by_component) < 0;
    case Op::less_equal: return compare_with_text(value, condition.values[0], by_component) <= 0;
    case Op::greater: return compare_with_text(value, condition.values[0], by_component) > 0;
    case Op::greater_equal: return compare_with_text(value, condition.values[0], by_component) >= 0;
    case Op::matches: return registry::matches(*condition.pattern, as_text(value));
    case Op::like: return any([&](const std::string& v) { return like(same_status(condition.path, v), as_text(value)); });
    case Op::exists:
    case Op::absent: return true;
  }
  return false;
}

bool meets(const Condition& condition, const Item& item) {
  const Json key = item.id;
  std::vector<const Json*> values = condition.path == "id" ? std::vector<const Json*>{&key} : values_at(item.object, condition.path);
  const bool any = std::any_of(values.begin(), values.end(), [&](const Json* value) { return holds(condition, *value); });
  const bool inverted = condition.op == Op::absent || condition.op == Op::not_equals || condition.negated;
  return any != inverted;
}

void collect_values(const Json& at, std::string_view path, std::vector<const Json*>& values) {
  if (path.empty()) {
    if (!at.is_array()) return values.push_back(&at);
    if (at.empty()) values.push_back(&at);
    for (const Json& element : at) values.push_back(&element);
    return;
  }
  if (at.is_array()) {
    for (const Json& element : at) collect_values(element, path, values);
    return;
  }
  if (!at.is_object()) return;
  // Names may hold dots themselves (tags): try every end of a step.
  for (size_t end = path.find('.'); ; end = path.find('.', end + 1)) {
    const Json* next = member(at, path.substr(0, end));
    if (next != nullptr && !next->is_null()) collect_values(*next, end == path.npos ? "" : path.substr(end + 1), values);
    if (end == path.npos) return;
  }
}

/// Numbers before texts; what is missing comes last in ascending order.
int compare_values(const Item& a, const Item& b, const std::string& path) {
  const auto first = [&](const Item& item) -> const Json* {
    const auto values = values_at(item.object, path);
    return values.empty() ? nullptr : values[0];
  };
  if (path == "id") return compare_texts(a.id, b.id, false);
  const Json *x = first(a), *y = first(b);
  if (x == nullptr || y == nullptr) return x == y ? 0 : x == nullptr ? 1 : -1;
  if (x->is_number_integer() && y->is_number_integer()) return x->get<int64_t>() < y->get<int64_t>() ? -1 : x->get<int64_t>() > y->get<int64_t>() ? 1 : 0;
  if (x->is_number() && y->is_number()) return sign_of(x->get<double>() - y->get<double>());
  if (x->is_number() != y->is_number()) return x->is_number() ? -1 : 1;
  return compare_texts(as_text(*x), as_text(*y), path == "version");
}

/// Puts what `path` names in `from` into `to`; arrays keep their length.
void copy_path(const Json& from, std::string_view path, Json& to) {
  for (size_t end = path.find('.'); ; end = path.find('.', end + 1)) {
    const std::string name(path.substr(0, end));
    if (const Json* value = member(from, name)) {
      if (end == path.npos) {
        to[name] = *value;
        return;
      }
      const std::string_view rest = path.substr(end + 1);
      if (value->is_object()) {
        if (!to.contains(name)) to[name] = Json::object();
        return copy_path(*value, rest, to[name]);
      }
      if (value->is_array()) {
        if (!to.contains(name)) to[name] = Json::array();
        Json& list = to[name];
        for (size_t i = 0; i < value->size(); ++i) {
          if (list.size() <= i) list.push_back(Json::object());
          copy_path((*value)[i], rest, list[i]);
        }
        return;
      }
    }
    if (end == path.npos) return;
  }
}

}  // namespace

Result<Listing> parse_listing(const http::Query& query, Collection collection) {
  Listing listing;
  TRY(listing.limit, number_parameter(query, "limit", 20, 1, 100, "is a number from 1 to 100"));
  TRY(const int64_t offset, number_parameter(query, "offset", 0, 0, INT64_MAX / 2, "is a number from 0"));
  TRY(listing.start, number_parameter(query, "start", offset, 0, INT64_MAX / 2, "is a number from 0"));
  for (const std::string_view name : {"sort", "orderBy"}) {
    if (const auto text = query.value(name)) {
      TRY(listing.order, parse_order(*text));
    }
  }
  for (const std::string& text : query.get_all("property")) {
    if (text.empty()) continue;
    TRY(Condition condition, parse_property(text));
    listing.conditions.push_back(std::move(condition));
  }
  for (const std::string_view name : kFieldParameters) {
    if (const auto text = query.value(name)) {
      for (Condition& condition : field_conditions(std::string(name), *text)) listing.conditions.push_back(std::move(condition));
    }
  }
  for (const std::string_view name : kTimeParameters) {
    if (const auto text = query.value(name)) {
      TRY(Condition condition, time_condition(name, *text));
      listing.conditions.push_back(std::move(condition));
    }
  }
  for (const Bound& bound : kBounds) {
    TRY(auto condition, bound_condition(query, bound));
    if (condition) listing.conditions.push_back(std::move(*condition));
  }
  add_related(query, collection, listing.conditions);
  add_tags(query, listing.conditions);
  if (const auto text = query.value("properties")) listing.properties = list_of(*text);
  return listing;
}

bool keeps(const Listing& listing, const Item& item) {
  return std::all_of(listing.conditions.begin(), listing.conditions.end(), [&](const Condition& c) { return meets(c, item); });
}

bool Selection::before(const Item& a, const Item& b) const {
  for (const Order& order : listing_.order) {
    if (const int difference = compare_values(a, b, order.path); difference != 0) return (difference < 0) != order.descending;
  }
  return a.id < b.id;
}

bool Selection::add(Item item) {
  if (!keeps(listing_, item)) return true;
  const auto wanted = static_cast<size_t>(listing_.start + listing_.limit);
  items_.push_back(std::move(item));
  const bool newest_first = listing_.order.size() == 1 && listing_.order[0].path == "created" && listing_.order[0].descending;
  if (newest_first) return items_.size() < wanted;
  if (items_.size() >= 2 * wanted + kSlack) keep_first(wanted);
  return true;
}

/// Drops all but the first `count` items of the order.
void Selection::keep_first(size_t count) {
  if (items_.size() <= count) return;
  const auto earlier = [this](const Item& a, const Item& b) { return before(a, b); };
  std::nth_element(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(count), items_.end(), earlier);
  items_.resize(count);
}

Json Selection::take() {
  const auto end = static_cast<size_t>(listing_.start + listing_.limit);
  keep_first(end);
  std::sort(items_.begin(), items_.end(), [this](const Item& a, const Item& b) { return before(a, b); });
  Json result = Json::object();
  for (size_t i = static_cast<size_t>(listing_.start); i < items_.size(); ++i) {
    result[items_[i].id] = projected(items_[i].object, listing_.properties);
  }
  return result;
}

Json projected(const Json& object, const std::vector<std::string>& properties) {
  if (properties.empty() || std::find(properties.begin(), properties.end(), "*") != properties.end()) return object;
  Json result = Json::object();
  for (const std::string& path : properties) copy_path(object, path, result);
  return result;
}

std::vector<const Json*> values_at(const Json& object, std::string_view path) {
  std::vector<const Json*> values;
  collect_values(object, path, values);
  return values;
}

std::optional<std::vector<std::string>> wanted_values(const Listing& listing, std::string_view path) {
  for (const Condition& condition : listing.conditions) {
    const bool plain = condition.op == Op::equals || (condition.op == Op::like && !condition.negated);
    const bool wild = std::any_of(condition.values.begin(), condition.values.end(), [](const std::string& v) { return v.find('*') != v.npos; });
    if (condition.path == path && plain && !(wild && condition.op == Op::like)) return condition.values;
  }
  return std::nullopt;
}

}  // namespace foz::catalog
