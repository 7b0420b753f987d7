#include "flow/ordering.h"

#include "base/json.h"
#include "base/text.h"

namespace foz::flow {
namespace {

Error order_error(std::string_view code, std::string message) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "FLOW-" + std::string(code) + "-400", .where = "orderby"};
}

/// The first value at a path; arrays on the way give their first element.
const Json* value_at(const Json& document, const Path& path) {
  const Json* value = &document;
  for (const PathStep& step : path) {
    while (value->is_array() && !value->empty()) value = &value->front();
    value = member(*value, step.name);
    if (value == nullptr) return nullptr;
  }
  while (value->is_array() && !value->empty()) value = &value->front();
  return value->is_primitive() && !value->is_null() ? value : nullptr;
}

int rank_of(const Json& value) { return value.is_number() ? 0 : value.is_string() ? 1 : value.is_boolean() ? 2 : 3; }

int sign_between(const Json& a, const Json& b) {
  if (rank_of(a) != rank_of(b)) return rank_of(a) < rank_of(b) ? -1 : 1;
  if (a.is_number_integer() && b.is_number_integer()) {
    const auto x = a.get<int64_t>(), y = b.get<int64_t>();
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.is_number()) {
    const auto x = a.get<double>(), y = b.get<double>();
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.is_string()) return a.get_ref<const std::string&>().compare(b.get_ref<const std::string&>());
  if (a.is_boolean()) return static_cast<int>(a.get<bool>()) - static_cast<int>(b.get<bool>());
  return 0;
}

}  // namespace

Result<Ordering> parse_ordering(std::string_view text) {
  Ordering ordering;
  if (trim(text).empty()) return ordering;
  for (std::string_view field : split(text, ',')) {
    const bool prefixed = !field.empty() && (field.front() == '-' || field.front() == '+' || field.front() == ' ');
    const bool descending = prefixed && field.front() == '-';
    if (prefixed) field.remove_prefix(1);
    field = trim(field);
    if (field.empty()) return order_error("1433", "orderby has a field without a name");
    const bool begins_well = isalnum(static_cast<unsigned char>(field.front())) != 0 || field.front() == '_' || field.front() == '$';
    if (!begins_well) return order_error("1432", "\"" + std::string(field.substr(0, 1)) + "\" is no prefix of orderby: use - or +");
    auto path = parse_path(field);
    if (!path) return order_error("1433", "orderby cannot sort by \"" + std::string(field) + "\"");
    ordering.push_back({.path = std::move(*path), .descending = descending});
  }
  return ordering;
}

std::string print(const Ordering& ordering) {
  std::string text;
  for (const OrderField& field : ordering) text += std::string(text.empty() ? "" : ",") + (field.descending ? "-" : "+") + print(field.path);
  return text;
}

PlaceInOrder place_of(const Ordering& ordering, const Json& document) {
  PlaceInOrder place{.values = {}, .created_ms = integer_of(document, "createdAt").value_or(0), .id = text_of(document, "id")};
  for (const OrderField& field : ordering) {
    const Json* value = value_at(document, field.path);
    place.values.push_back(value == nullptr ? Json(nullptr) : *value);
  }
  return place;
}

bool comes_before(const Ordering& ordering, const PlaceInOrder& a, const PlaceInOrder& b) {
  for (size_t i = 0; i < ordering.size(); ++i) {
    const Json &x = a.values[i], &y = b.values[i];
    if (x.is_null() != y.is_null()) return y.is_null();
    const int sign = sign_between(x, y);
    if (sign != 0) return ordering[i].descending ? sign > 0 : sign < 0;
  }
  if (a.created_ms != b.created_ms) return a.created_ms > b.created_ms;
  return a.id < b.id;
}

}  // namespace foz::flow
