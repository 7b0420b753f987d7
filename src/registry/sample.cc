#include "registry/sample.h"

#include <algorithm>
#include <optional>

#include "base/time_text.h"
#include "registry/columns.h"
#include "registry/field_type.h"
#include "registry/validate.h"

namespace foz::registry {
namespace {

struct FormatSample {
  std::string_view format, value;
};
constexpr FormatSample kFormats[] = {{"uri-reference", "/uri-reference"}, {"date-time", "2004-10-23T12:00:00-06:00"}, {"date", "2004-10-23"},
                                     {"email", "sample@example.com"},     {"uri", "https://example.com/sample"},        {"url", "https://example.com/sample"},
                                     {"ipv4", "192.0.2.1"},               {"ipv6", "2001:db8::1"},                      {"time", "12:00:00Z"}};

/// Tried one after the other where a rule refuses the usual text.
constexpr std::string_view kTexts[] = {"Sample value", "sample", "Sample", "en",    "US",         "A",   "a",     "1",
                                       "12",           "123",    "01-01",  "12:00", "2004-10-23", "USD", "US-CA", "12345"};

constexpr int kDepthMax = 64;

const Rules* rules_or_none(const Json& node, engine::Kind kind, std::shared_ptr<const Rules>& owner) {
  auto found = rules_of(node, kind);
  owner = found ? *found : nullptr;
  return owner.get();
}

bool fits(const Json& node, const Json& value, int depth);

bool text_fits(engine::Kind kind, const Rules* rules, const Json& value) {
  if (!value.is_string()) return false;
  const std::string& text = value.get_ref<const std::string&>();
  if (kind == engine::Kind::date) return parse_iso_date(text).has_value();
  if (kind == engine::Kind::timestamp) return parse_rfc3339(text).has_value();
  return rules == nullptr || !broken_keyword(*rules, text);
}

bool members_fit(const Json& node, const Json& value, int depth) {
  const Json* fields = member(node, "properties");
  if (!value.is_object() || fields == nullptr) return false;
  for (const auto& [name, inner] : value.items()) {
    if (const Json* field = member(*fields, name); field == nullptr || !fits(*field, inner, depth + 1)) return false;
  }
  return true;
}

/// The library's own defaults and examples are not all valid.
bool fits(const Json& node, const Json& value, int depth) {
  const auto kind = kind_of_xdm_type(xdm_type_of(node));
  if (!kind || depth > kDepthMax) return false;
  std::shared_ptr<const Rules> owner;
  const Rules* rules = rules_or_none(node, *kind, owner);
  const auto each_fits = [&](const Json& inner) {
    return std::all_of(value.begin(), value.end(), [&](const Json& one) { return fits(inner, one, depth + 1); });
  };
  switch (*kind) {
    case engine::Kind::object: return members_fit(node, value, depth);
    case engine::Kind::list: {
      const Json* items = member(node, "items");
      if (!value.is_array() || value.empty() || items == nullptr || !each_fits(*items)) return false;
      return rules == nullptr || !broken_items_keyword(*rules, value.size());
    }
    case engine::Kind::map: {
      const Json* values = map_values(node);
      return values != nullptr && value.is_object() && !value.empty() && each_fits(*values);
    }
    case engine::Kind::boolean: return value.is_boolean();
    case engine::Kind::string:
    case engine::Kind::date:
    case engine::Kind::timestamp: return text_fits(*kind, rules, value);
    case engine::Kind::number: return value.is_number() && (rules == nullptr || !broken_keyword(*rules, value.get<double>()));
    default: return value.is_number_integer() && (rules == nullptr || !broken_keyword(*rules, value.get<int64_t>()));
  }
}

/// What the schema itself gives as a value.
const Json* given_value(const Json& node) {
  const Json* examples = member(node, "examples");
  const Json* values = member(node, "enum");
  const auto first = [](const Json* list) { return list != nullptr && list->is_array() && !list->empty() ? &list->front() : nullptr; };
  for (const Json* value : {member(node, "default"), first(examples), first(values), member(node, "const")}) {
    if (value != nullptr && fits(node, *value, 0)) return value;
  }
  return nullptr;
}

std::optional<Json> text_sample(const Json& node, const Rules* rules) {
  const auto passes = [&](std::string_view text) { return rules == nullptr || !broken_keyword(*rules, text); };
  const std::string format = text_of(node, "format");
  for (const FormatSample& sample : kFormats) {
    if (sample.format == format && passes(sample.value)) return Json(sample.value);
  }
  for (const std::string_view text : kTexts) {
    if (passes(text)) return Json(text);
  }
  if (rules != nullptr && rules->length_min && *rules->length_min < 10'000) {
    const std::string padded(static_cast<size_t>(*rules->length_min), 'a');
    if (passes(padded)) return Json(padded);
  }
  return std::nullopt;
}

std::optional<Json> number_sample(const Rules* rules, bool whole) {
  const auto passes = [&](double value) { return rules == nullptr || !broken_keyword(*rules, value); };
  std::vector<double> candidates = {1, 0};
  if (rules != nullptr) {
    for (const auto& bound : {rules->minimum, rules->maximum}) {
      for (const double step : {0.0, 1.0, -1.0}) {
        if (bound) candidates.push_back(*bound + step);
      }
    }
  }
  const auto found = std::find_if(candidates.begin(), candidates.end(), passes);
  if (found == candidates.end()) return std::nullopt;
  const auto integer = static_cast<int64_t>(*found);
  return whole || static_cast<double>(integer) == *found ? Json(integer) : Json(*found);
}

std::optional<Json> sample(const Json& node, int depth);

std::optional<Json> object_sample(const Json& node, int depth) {
  Json made = Json::object();
  const Json* fields = member(node, "properties");
  if (fields == nullptr || !fields->is_object()) return std::nullopt;
  for (const auto& [name, field] : fields->items()) {
    if (auto value = sample(field, depth + 1)) made[name] = std::move(*value);
  }
  if (made.empty()) return std::nullopt;
  return made;
}

/// Lists of unlike items are not made: one item is enough for most rules.
std::optional<Json> list_sample(const Json& node, const Rules* rules, int depth) {
  const Json* items = member(node, "items");
  auto value = items == nullptr ? std::nullopt : sample(*items, depth + 1);
  if (!value) return std::nullopt;
  const int64_t least = rules == nullptr ? 1 : std::max<int64_t>(1, rules->items_min.value_or(1));
  if (least > 100 || (least > 1 && rules->items_unique)) return std::nullopt;
  Json list = Json::array();
  for (int64_t i = 0; i < least; ++i) list.push_back(*value);
  return list;
}

std::optional<Json> sample(const Json& node, int depth) {
  const auto kind = kind_of_xdm_type(xdm_type_of(node));
  if (!kind || depth > kDepthMax) return std::nullopt;
  if (const Json* value = given_value(node)) return *value;
  std::shared_ptr<const Rules> owner;
  const Rules* rules = rules_or_none(node, *kind, owner);
  switch (*kind) {
    case engine::Kind::object: return object_sample(node, depth);
    case engine::Kind::list: return list_sample(node, rules, depth);
    case engine::Kind::map: {
      const Json* values = map_values(node);
      auto value = values == nullptr ? std::nullopt : sample(*values, depth + 1);
      if (!value) return std::nullopt;
      return Json{{"key", std::move(*value)}};
    }
    case engine::Kind::boolean: return Json(true);
    case engine::Kind::string:
    case engine::Kind::date:
    case engine::Kind::timestamp: return text_sample(node, rules);
    case engine::Kind::number: return number_sample(rules, false);
    default: return number_sample(rules, true);
  }
}

}  // namespace

Json sample_of(const Json& effective) {
  auto made = object_sample(effective, 0);
  return made ? std::move(*made) : Json::object();
}

}  // namespace foz::registry
