#include "registry/listing.h"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "base/text.h"
#include "registry/errors.h"

namespace foz::registry {
namespace {

using Op = Condition::Op;

struct Spelling {
  std::string_view text;
  Op op;
};
/// Longer ones first: `<=` is not `<`.
constexpr Spelling kOps[] = {{"==", Op::equals},        {"!=", Op::not_equals}, {"<=", Op::less_equal},
                             {">=", Op::greater_equal}, {"<", Op::less},        {">", Op::greater},     {"~", Op::matches}};

/// Stands between the parts of a page mark.
constexpr char kSeparator = '\x1f';

const Spelling* op_at(std::string_view text) {
  for (const Spelling& spelling : kOps) {
    if (text.starts_with(spelling.text)) return &spelling;
  }
  return nullptr;
}

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view(":$@._-/").find(c) != std::string_view::npos; }

/// Length of a `name OP` at the beginning of `text`, blanks before the operator allowed; 0 when there is none.
size_t condition_head(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_name_character(text[at])) ++at;
  if (at == 0) return 0;
  size_t op = at;
  while (op < text.size() && text[op] == ' ') ++op;
  return op_at(text.substr(op)) != nullptr ? op : 0;
}

/// Where the next condition begins behind a comma; npos when there is none.
size_t next_condition(std::string_view text, size_t from) {
  for (size_t comma = text.find(',', from); comma != text.npos; comma = text.find(',', comma + 1)) {
    size_t begin = comma + 1;
    while (begin < text.size() && text[begin] == ' ') ++begin;
    if (condition_head(text.substr(begin)) > 0) return comma;
  }
  return text.npos;
}

Result<Condition> parse_condition(std::string_view text) {
  text = trim(text);
  size_t at = 0;
  const Spelling* spelling = nullptr;
  while (at < text.size() && (spelling = op_at(text.substr(at))) == nullptr) ++at;
  Condition condition{.path = std::string(trim(text.substr(0, at)))};
  if (condition.path.empty()) {
    return bad_parameter("The parameter property looks like name, name==value or name~expression, not \"" + std::string(text) + "\".");
  }
  if (spelling == nullptr) return condition;
  condition.op = spelling->op;
  condition.value = std::string(trim(text.substr(at + spelling->text.size())));
  if (condition.op != Op::matches) return condition;
  auto pattern = compile_pattern(condition.value);
  if (!pattern) return bad_parameter("The parameter property holds no regular expression: " + pattern.error().message);
  condition.pattern = std::move(*pattern);
  return condition;
}

int sign_of(double difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }
int sign_of(const std::string& a, const std::string& b) { return a < b ? -1 : a > b ? 1 : 0; }

int compare_versions(const std::string& a, const std::string& b) {
  const auto x = split(a, '.'), y = split(b, '.');
  for (size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
    const double p = i < x.size() ? to_number(x[i]).value_or(0) : 0, q = i < y.size() ? to_number(y[i]).value_or(0) : 0;
    if (p != q) return sign_of(p - q);
  }
  return 0;
}

/// A value of a member against a text: versions by component, numbers as numbers, all else as text.
int compare(std::string_view name, const Json& value, const std::string& text) {
  if (name == "version") return compare_versions(as_text(value), text);
  if (value.is_number_integer()) {
    if (const auto number = to_integer(text)) return value.get<int64_t>() < *number ? -1 : value.get<int64_t>() > *number ? 1 : 0;
  }
  if (value.is_number()) {
    if (const auto number = to_number(text)) return sign_of(value.get<double>() - *number);
  }
  return sign_of(as_text(value), text);
}

bool test(const Condition& condition, const Json& value) {
  if (value.is_object()) return false;
  switch (condition.op) {
    case Op::exists: return true;
    case Op::equals:
    case Op::not_equals: return compare(condition.path, value, condition.value) == 0;
    case Op::less_equal: return compare(condition.path, value, condition.value) <= 0;
    case Op::greater_equal: return compare(condition.path, value, condition.value) >= 0;
    case Op::less: return compare(condition.path, value, condition.value) < 0;
    case Op::greater: return compare(condition.path, value, condition.value) > 0;
    case Op::matches: return matches(*condition.pattern, as_text(value));
  }
  return false;
}

/// The member at a path; names may hold dots themselves.
const Json* value_at(const Json& resource, std::string_view path) {
  if (const Json* value = member(resource, path)) return value;
  for (size_t dot = path.find('.'); dot != path.npos; dot = path.find('.', dot + 1)) {
    const Json* next = member(resource, path.substr(0, dot));
    if (next == nullptr) continue;
    if (const Json* value = value_at(*next, path.substr(dot + 1))) return value;
  }
  return nullptr;
}

const Json* sort_value(const Json& resource, const std::string& name) {
  if (name == "updated" || name == "created") {
    if (const Json* flat = member(resource, name)) return flat;
    return member_at(resource, {"meta:registryMetadata", name == "updated" ? "repo:lastModifiedDate" : "repo:createdDate"});
  }
  const Json* value = value_at(resource, name);
  return value == nullptr || value->is_structured() || value->is_null() ? nullptr : value;
}

/// What a resource is sorted by; what it lacks sorts as an empty text.
struct Keys {
  std::vector<Json> values;
  std::string id;
};

Keys keys_of(const Json& resource, const Listing& listing, std::string_view id_member) {
  Keys keys{.values = {}, .id = text_of(resource, id_member)};
  for (const Order& order : listing.order) {
    const Json* value = sort_value(resource, order.member);
    keys.values.push_back(value == nullptr ? Json("") : *value);
  }
  return keys;
}

/// Numbers stand before texts.
int compare_values(const std::string& name, const Json& a, const Json& b) {
  if (a.is_number_integer() && b.is_number_integer()) return a.get<int64_t>() < b.get<int64_t>() ? -1 : a.get<int64_t>() > b.get<int64_t>() ? 1 : 0;
  if (a.is_number() != b.is_number()) return a.is_number() ? -1 : 1;
  return compare(name, a, as_text(b));
}

int compare_keys(const Listing& listing, const Keys& a, const Keys& b) {
  for (size_t i = 0; i < listing.order.size(); ++i) {
    const int sign = compare_values(listing.order[i].member, a.values[i], b.values[i]);
    if (sign != 0) return listing.order[i].descending ? -sign : sign;
  }
  return sign_of(a.id, b.id);
}

/// A page mark: texts of the sort members and, where those do not tell resources apart, the id.
struct Mark {
  std::vector<std::string> values;
  std::optional<std::string> id;
};

Mark mark_of(const Listing& listing) {
  const auto decoded = from_base64(listing.start);
  if (decoded && decoded->find(kSeparator) != decoded->npos && utf8::valid(*decoded)) {
    Mark mark;
    for (const std::string_view part : split(*decoded, kSeparator)) mark.values.emplace_back(part);
    if (mark.values.size() == listing.order.size() + 1) {
      mark.id = mark.values.back();
      mark.values.pop_back();
      return mark;
    }
  }
  return {.values = {listing.start}, .id = std::nullopt};
}

/// Numbers stand before texts, also where a mark gives either as a text.
int compare_to_mark(const std::string& name, const Json& value, const std::string& mark, bool has_numbers) {
  if (has_numbers && value.is_number() != to_number(mark).has_value()) return value.is_number() ? -1 : 1;
  return compare(name, value, mark);
}

/// True when the resource stands strictly behind the mark.
bool is_behind(const Listing& listing, const Mark& mark, const Keys& keys, const std::vector<bool>& has_numbers) {
  for (size_t i = 0; i < mark.values.size(); ++i) {
    const int sign = compare_to_mark(listing.order[i].member, keys.values[i], mark.values[i], has_numbers[i]);
    if (sign != 0) return (sign > 0) != listing.order[i].descending;
  }
  return mark.id && keys.id > *mark.id;
}

/// For every member of the order: is it a number somewhere?
std::vector<bool> members_with_numbers(const Listing& listing, const std::vector<Keys>& keys) {
  std::vector<bool> has_numbers;
  for (size_t i = 0; i < listing.order.size(); ++i) {
    has_numbers.push_back(std::any_of(keys.begin(), keys.end(), [&](const Keys& one) { return one.values[i].is_number(); }));
  }
  return has_numbers;
}

std::string next_mark(const Listing& listing, const Keys& last, const Keys& next) {
  const bool plain = listing.order.size() == 1 && !as_text(last.values[0]).empty() && compare_values(listing.order[0].member, last.values[0], next.values[0]) != 0;
  if (plain) return as_text(last.values[0]);
  std::string mark;
  for (const Json& value : last.values) mark += as_text(value) + kSeparator;
  return to_base64url(mark + last.id);
}

Result<std::vector<Order>> parse_order(std::string_view text) {
  std::vector<Order> order;
  for (std::string_view part : split(text, ',')) {
    part = trim(part);
    const bool descending = part.starts_with('-');
    if (descending || part.starts_with('+')) part.remove_prefix(1);
    if (part.empty()) return bad_parameter("The parameter orderby names members, with - before one for descending order.");
    order.push_back({std::string(part), descending});
  }
  return order;
}

}  // namespace

Result<std::vector<Condition>> parse_property(std::string_view text) {
  std::vector<Condition> conditions;
  for (;;) {
    const size_t comma = next_condition(text, 0);
    TRY(Condition condition, parse_condition(text.substr(0, comma)));
    conditions.push_back(std::move(condition));
    if (comma == text.npos) return conditions;
    text.remove_prefix(comma + 1);
  }
}

Result<Listing> parse_listing(const http::Query& query) {
  Listing listing;
  for (const std::string_view name : {"orderBy", "orderby"}) {
    if (const auto text = query.value(name)) {
      TRY(listing.order, parse_order(*text));
      listing.order_text = *text;
    }
  }
  if (const auto text = query.value("limit")) {
    const auto limit = to_integer(*text);
    if (!limit || *limit < 0 || *limit > kPageMax) {
      return bad_parameter("The parameter limit is a number from 0 to " + std::to_string(kPageMax) + ".");
    }
    listing.limit = static_cast<size_t>(*limit);
  }
  listing.start = query.value("start").value_or("");
  for (const std::string& text : query.get_all("property")) {
    if (trim(text).empty()) continue;
    TRY(auto conditions, parse_property(text));
    std::move(conditions.begin(), conditions.end(), std::back_inserter(listing.conditions));
  }
  if (const auto text = query.value("properties")) {
    for (const std::string_view name : split(*text, ',')) listing.properties.emplace_back(trim(name));
  }
  return listing;
}

bool holds(const Condition& condition, const Json& resource) {
  const Json* value = value_at(resource, condition.path);
  if (value == nullptr || value->is_null()) return condition.op == Op::not_equals;
  if (condition.op == Op::exists) return true;
  const bool any = value->is_array() ? std::any_of(value->begin(), value->end(), [&](const Json& element) { return test(condition, element); })
                                     : test(condition, *value);
  return any != (condition.op == Op::not_equals);
}

Page page_of(std::vector<Json> resources, const Listing& listing, std::string_view id_member) {
  std::erase_if(resources, [&](const Json& resource) {
    return !std::all_of(listing.conditions.begin(), listing.conditions.end(), [&](const Condition& condition) { return holds(condition, resource); });
  });
  std::vector<Keys> keys;
  for (const Json& resource : resources) keys.push_back(keys_of(resource, listing, id_member));
  std::vector<size_t> order(resources.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return compare_keys(listing, keys[a], keys[b]) < 0; });
  if (!listing.start.empty()) {
    const Mark mark = mark_of(listing);
    const auto has_numbers = members_with_numbers(listing, keys);
    std::erase_if(order, [&](size_t i) { return !is_behind(listing, mark, keys[i], has_numbers); });
  }
  const size_t count = std::min(order.size(), listing.limit.value_or(order.size()));
  Page page;
  if (count > 0 && count < order.size()) page.next = next_mark(listing, keys[order[count - 1]], keys[order[count]]);
  for (size_t i = 0; i < count; ++i) page.results.push_back(std::move(resources[order[i]]));
  return page;
}

Json projected(const Json& resource, const std::vector<std::string>& properties) {
  if (properties.empty()) return resource;
  Json shown = Json::object();
  for (const std::string& name : properties) {
    if (const Json* value = member(resource, name)) shown[name] = *value;
  }
  return shown;
}

}  // namespace foz::registry
