#include "registry/validate.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "base/json.h"
#include "base/text.h"

namespace foz::registry {

class Pattern {
 public:
  explicit Pattern(const std::string& text) : re2_(text, re2::RE2::Quiet) {}
  const re2::RE2& re2() const { return re2_; }

 private:
  re2::RE2 re2_;
};

namespace {

/// One @ outside of quotes, with something on both sides.
bool is_quoted_email(std::string_view text) {
  bool quoted = false;
  size_t at = std::string_view::npos;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') { ++i; continue; }
    if (text[i] == '"') quoted = !quoted;
    if (text[i] != '@' || quoted) continue;
    if (at != std::string_view::npos) return false;
    at = i;
  }
  return at != std::string_view::npos && at > 0 && at + 1 < text.size();
}

bool is_email(std::string_view text) {
  if (text.find('"') != std::string_view::npos) return is_quoted_email(text);
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos;
}

constexpr std::array<bool, 256> uri_characters() {
  std::array<bool, 256> allowed{};
  for (size_t c = 0x21; c < 256; ++c) allowed[c] = c != 0x7f;
  for (const char c : {'<', '>', '"', '{', '}', '|', '\\', '^', '`'}) allowed[static_cast<unsigned char>(c)] = false;
  return allowed;
}

bool is_uri_reference(std::string_view text) {
  static constexpr std::array<bool, 256> kAllowed = uri_characters();
  return std::all_of(text.begin(), text.end(), [](char c) { return kAllowed[static_cast<unsigned char>(c)]; });
}

bool is_uri(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto scheme_part = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; };
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !letter(text[0])) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), scheme_part) && is_uri_reference(text);
}

bool is_address(int family, std::string_view text) {
  char terminated[INET6_ADDRSTRLEN] = {};
  if (text.size() >= sizeof(terminated)) return false;
  std::copy(text.begin(), text.end(), terminated);
  unsigned char parsed[16];
  return text.find('\0') == std::string_view::npos && inet_pton(family, terminated, parsed) == 1;
}

bool has_format(Format format, std::string_view text) {
  switch (format) {
    case Format::none: return true;
    case Format::email: return is_email(text);
    case Format::uri: return is_uri(text);
    case Format::uri_reference: return is_uri_reference(text);
    case Format::ipv4: return is_address(AF_INET, text);
    case Format::ipv6: return is_address(AF_INET6, text);
  }
  return true;
}

std::string_view describe(Format format) {
  switch (format) {
    case Format::none: break;
    case Format::email: return "an e-mail address";
    case Format::uri: return "a URI";
    case Format::uri_reference: return "a URI reference";
    case Format::ipv4: return "an IPv4 address";
    case Format::ipv6: return "an IPv6 address";
  }
  return "of the format";
}

Format format_of(std::string_view name) {
  if (name == "email") return Format::email;
  if (name == "uri" || name == "url") return Format::uri;
  if (name == "uri-reference") return Format::uri_reference;
  if (name == "ipv4") return Format::ipv4;
  if (name == "ipv6") return Format::ipv6;
  return Format::none;
}

/// Bytes are at least code points, so counting is rarely needed.
std::optional<Keyword> broken_length(const Rules& rules, std::string_view text) {
  const auto bytes = static_cast<int64_t>(text.size());
  if (rules.length_max && bytes > *rules.length_max &&
      static_cast<int64_t>(utf8::length(text)) > *rules.length_max) {
    return Keyword::length_max;
  }
  if (rules.length_min && (bytes < *rules.length_min ||
                           (bytes < 4 * *rules.length_min && static_cast<int64_t>(utf8::length(text)) < *rules.length_min))) {
    return Keyword::length_min;
  }
  return std::nullopt;
}

/// Number is int64_t or double. A long double holds both exactly where it has 64 bits of mantissa.
template <class Number>
std::optional<Keyword> broken_bound(const Rules& rules, Number number) {
  const auto value = static_cast<long double>(number);
  if (rules.minimum) {
    const long double bound = *rules.minimum;
    if (!(rules.exclusive_minimum ? value > bound : value >= bound)) return Keyword::minimum;
  }
  if (rules.maximum) {
    const long double bound = *rules.maximum;
    if (!(rules.exclusive_maximum ? value < bound : value <= bound)) return Keyword::maximum;
  }
  if (!rules.allowed_numbers.empty() &&
      std::none_of(rules.allowed_numbers.begin(), rules.allowed_numbers.end(),
                   [&](double allowed) { return static_cast<long double>(allowed) == value; })) {
    return Keyword::one_of;
  }
  return std::nullopt;
}

bool is_numeric(engine::Type type) {
  return type == engine::Type::integer || type == engine::Type::number || type == engine::Type::decimal;
}

long double numeric_value(const engine::Value& value) {
  switch (value.type) {
    case engine::Type::integer: return static_cast<long double>(value.integer);
    case engine::Type::number: return value.number;
    default: return static_cast<long double>(value.decimal->unscaled) * std::pow(10.0L, -value.decimal->scale);
  }
}

bool equal_values(const engine::Value& a, const engine::Value& b) {
  if (is_numeric(a.type) && is_numeric(b.type)) return numeric_value(a) == numeric_value(b);
  if (a.type != b.type) return false;
  switch (a.type) {
    case engine::Type::null: return true;
    case engine::Type::boolean: return a.boolean == b.boolean;
    case engine::Type::string: return a.as_text() == b.as_text();
    case engine::Type::date:
    case engine::Type::timestamp: return a.integer == b.integer;
    case engine::Type::array:
      return std::equal(a.as_array().begin(), a.as_array().end(), b.as_array().begin(), b.as_array().end(), equal_values);
    case engine::Type::object:
      return a.size == b.size && std::all_of(a.as_object().begin(), a.as_object().end(), [&](const engine::Member& m) {
               const engine::Value* other = b.member(m.name);
               return other != nullptr && equal_values(m.value, *other);
             });
    default: return false;
  }
}

size_t hash_value(const engine::Value& value) {
  if (is_numeric(value.type)) return std::hash<double>{}(static_cast<double>(numeric_value(value)));
  size_t hash = static_cast<size_t>(value.type);
  switch (value.type) {
    case engine::Type::boolean: return hash * 31 + (value.boolean ? 1 : 0);
    case engine::Type::string: return std::hash<std::string_view>{}(value.as_text());
    case engine::Type::date:
    case engine::Type::timestamp: return std::hash<int64_t>{}(value.integer);
    case engine::Type::array:
      for (const engine::Value& item : value.as_array()) hash = hash * 1000003 + hash_value(item);
      return hash;
    case engine::Type::object:  // a sum: members count in any order
      for (const engine::Member& m : value.as_object()) {
        hash += std::hash<std::string_view>{}(m.name) * 31 + hash_value(m.value);
      }
      return hash;
    default: return hash;
  }
}

bool all_unique(std::span<const engine::Value> items) {
  constexpr size_t kFewItems = 16;
  if (items.size() <= kFewItems) {
    for (size_t i = 0; i < items.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (equal_values(items[i], items[j])) return false;
      }
    }
    return true;
  }
  std::unordered_multimap<size_t, const engine::Value*> seen;
  for (const engine::Value& item : items) {
    const size_t hash = hash_value(item);
    const auto [begin, end] = seen.equal_range(hash);
    if (std::any_of(begin, end, [&](const auto& entry) { return equal_values(*entry.second, item); })) return false;
    seen.emplace(hash, &item);
  }
  return true;
}

std::string list_of_allowed(const Rules& rules) {
  constexpr size_t kShown = 8;
  std::vector<std::string> values = rules.allowed;
  for (const double number : rules.allowed_numbers) values.push_back(number_text(number));
  const size_t more = values.size() > kShown ? values.size() - kShown : 0;
  values.resize(values.size() - more);
  return join(values, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

void read_allowed(const Json& value, Rules& rules) {
  if (value.is_string()) rules.allowed.push_back(value.get<std::string>());
  if (value.is_number()) rules.allowed_numbers.push_back(value.get<double>());
}

std::optional<double> number_at(const Json& node, const char* name) {
  const Json* value = member(node, name);
  return value != nullptr && value->is_number() ? std::optional(value->get<double>()) : std::nullopt;
}

/// Draft 6 has a number in `exclusiveMinimum`; the older boolean beside `minimum` is read too.
void read_bounds(const Json& node, Rules& rules) {
  rules.minimum = number_at(node, "minimum");
  rules.maximum = number_at(node, "maximum");
  if (const auto bound = number_at(node, "exclusiveMinimum"); bound && (!rules.minimum || *bound >= *rules.minimum)) {
    rules.minimum = bound;
    rules.exclusive_minimum = true;
  }
  if (const auto bound = number_at(node, "exclusiveMaximum"); bound && (!rules.maximum || *bound <= *rules.maximum)) {
    rules.maximum = bound;
    rules.exclusive_maximum = true;
  }
  if (rules.minimum && boolean_of(node, "exclusiveMinimum").value_or(false)) rules.exclusive_minimum = true;
  if (rules.maximum && boolean_of(node, "exclusiveMaximum").value_or(false)) rules.exclusive_maximum = true;
}

struct Width {
  double minimum, maximum;
};

Width width_of(engine::Kind kind) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (kind) {
    case engine::Kind::int8: return {-128, 127};
    case engine::Kind::int16: return {-32768, 32767};
    case engine::Kind::int32: return {-2147483648.0, 2147483647.0};
    case engine::Kind::int64: return {-9223372036854775808.0, 9223372036854775807.0};
    default: return {-kInfinity, kInfinity};
  }
}

void drop_implied_bounds(Rules& rules, engine::Kind kind) {
  const Width width = width_of(kind);
  if (rules.minimum && *rules.minimum <= width.minimum && !rules.exclusive_minimum) rules.minimum.reset();
  if (rules.maximum && *rules.maximum >= width.maximum && !rules.exclusive_maximum) rules.maximum.reset();
}

bool says_something(const Rules& rules) {
  return !rules.allowed.empty() || !rules.allowed_numbers.empty() || rules.pattern || rules.format != Format::none ||
         rules.minimum || rules.maximum || rules.length_min || rules.length_max || rules.items_min || rules.items_max ||
         rules.items_unique;
}

Status read_text_rules(const Json& node, Rules& rules) {
  rules.format = format_of(text_of(node, "format"));
  rules.length_min = integer_of(node, "minLength");
  rules.length_max = integer_of(node, "maxLength");
  if (rules.length_min && *rules.length_min <= 0) rules.length_min.reset();
  rules.pattern_text = text_of(node, "pattern");
  if (rules.pattern_text.empty()) return {};
  TRY(rules.pattern, compile_pattern(rules.pattern_text));
  return {};
}

}  // namespace

std::string_view name_of(Keyword keyword) {
  switch (keyword) {
    case Keyword::one_of: return "enum";
    case Keyword::pattern: return "pattern";
    case Keyword::format: return "format";
    case Keyword::minimum: return "minimum";
    case Keyword::maximum: return "maximum";
    case Keyword::length_min: return "minLength";
    case Keyword::length_max: return "maxLength";
    case Keyword::items_min: return "minItems";
    case Keyword::items_max: return "maxItems";
    case Keyword::items_unique: return "uniqueItems";
  }
  return "";
}

std::optional<Keyword> broken_keyword(const Rules& rules, std::string_view text) {
  if (!rules.allowed.empty() && std::find(rules.allowed.begin(), rules.allowed.end(), text) == rules.allowed.end()) {
    return Keyword::one_of;
  }
  if (const auto length = broken_length(rules, text)) return length;
  if (!has_format(rules.format, text)) return Keyword::format;
  if (rules.pattern && !matches(*rules.pattern, text)) return Keyword::pattern;
  return std::nullopt;
}

std::optional<Keyword> broken_keyword(const Rules& rules, int64_t value) { return broken_bound(rules, value); }
std::optional<Keyword> broken_keyword(const Rules& rules, double value) { return broken_bound(rules, value); }

std::optional<Keyword> broken_items_keyword(const Rules& rules, size_t count) {
  const auto items = static_cast<int64_t>(count);
  if (rules.items_min && items < *rules.items_min) return Keyword::items_min;
  if (rules.items_max && items > *rules.items_max) return Keyword::items_max;
  return std::nullopt;
}

std::optional<Keyword> broken_items_keyword(const Rules& rules, std::span<const engine::Value> items) {
  if (const auto count = broken_items_keyword(rules, items.size())) return count;
  if (rules.items_unique && !all_unique(items)) return Keyword::items_unique;
  return std::nullopt;
}

std::string explain(const Rules& rules, Keyword keyword) {
  const auto count = [](std::optional<int64_t> n, std::string_view noun) {
    return std::to_string(n.value_or(0)) + " " + std::string(noun) + (n == 1 ? "" : "s");
  };
  switch (keyword) {
    case Keyword::one_of: return "is not one of " + list_of_allowed(rules);
    case Keyword::pattern: return "does not match the pattern " + rules.pattern_text;
    case Keyword::format: return "is not " + std::string(describe(rules.format));
    case Keyword::minimum:
      return (rules.exclusive_minimum ? "is not above " : "is below ") + number_text(rules.minimum.value_or(0));
    case Keyword::maximum:
      return (rules.exclusive_maximum ? "is not below " : "is above ") + number_text(rules.maximum.value_or(0));
    case Keyword::length_min: return "is shorter than " + count(rules.length_min, "character");
    case Keyword::length_max: return "is longer than " + count(rules.length_max, "character");
    case Keyword::items_min: return "has fewer than " + count(rules.items_min, "item");
    case Keyword::items_max: return "has more than " + count(rules.items_max, "item");
    case Keyword::items_unique: return "holds an item twice";
  }
  return "";
}

namespace {

std::optional<std::string> explained(const Rules& rules, std::optional<Keyword> keyword) {
  return keyword ? std::optional(explain(rules, *keyword)) : std::nullopt;
}

}  // namespace

std::optional<std::string> violation_of(const Rules& rules, std::string_view text) {
  return explained(rules, broken_keyword(rules, text));
}
std::optional<std::string> violation_of(const Rules& rules, int64_t value) {
  return explained(rules, broken_keyword(rules, value));
}
std::optional<std::string> violation_of(const Rules& rules, double value) {
  return explained(rules, broken_keyword(rules, value));
}
std::optional<std::string> items_violation_of(const Rules& rules, size_t count) {
  return explained(rules, broken_items_keyword(rules, count));
}
std::optional<std::string> items_violation_of(const Rules& rules, std::span<const engine::Value> items) {
  return explained(rules, broken_items_keyword(rules, items));
}

Result<std::shared_ptr<const Pattern>> compile_pattern(const std::string& text) {
  auto pattern = std::make_shared<const Pattern>(text);
  if (pattern->re2().ok()) return pattern;
  return Error{.kind = ErrorKind::invalid,
               .message = "The pattern " + text + " cannot be read: " + pattern->re2().error() + "; write it in RE2 syntax."};
}

bool matches(const Pattern& pattern, std::string_view text) {
  return pattern.re2().Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

Result<std::shared_ptr<const Rules>> rules_of(const Json& node, engine::Kind kind) {
  Rules rules;
  if (const Json* values = member(node, "enum"); values != nullptr && values->is_array()) {
    for (const Json& value : *values) read_allowed(value, rules);
  }
  if (const Json* value = member(node, "const"); value != nullptr) {
    rules.allowed.clear();
    rules.allowed_numbers.clear();
    read_allowed(*value, rules);
  }
  switch (kind) {
    case engine::Kind::string: TRY_DO(read_text_rules(node, rules)); break;
    case engine::Kind::list:
      rules.items_min = integer_of(node, "minItems");
      rules.items_max = integer_of(node, "maxItems");
      rules.items_unique = boolean_of(node, "uniqueItems").value_or(false);
      break;
    case engine::Kind::map:
      rules.items_min = integer_of(node, "minProperties");
      rules.items_max = integer_of(node, "maxProperties");
      break;
    default: read_bounds(node, rules); drop_implied_bounds(rules, kind);
  }
  if (!says_something(rules)) return std::shared_ptr<const Rules>();
  return std::shared_ptr<const Rules>(std::make_shared<Rules>(std::move(rules)));
}

}  // namespace foz::registry
