#pragma once
// Single values against the rules of a schema. Runs for every stored value, so nothing here allocates when all is well.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"
#include "engine/chunk.h"
#include "registry/columns.h"

namespace foz::registry {

/// A keyword of the schema that a value breaks.
enum class Keyword : uint8_t {
  one_of,  ///< `enum` or `const`
  pattern,
  format,
  minimum,
  maximum,
  length_min,
  length_max,
  items_min,
  items_max,
  items_unique,
};

/// The keyword as a schema spells it: "maxLength".
std::string_view name_of(Keyword keyword);

/// The first keyword that `text` breaks, or nothing. `text` is well-formed UTF-8. Never allocates.
/// Thread-safe, as is everything below. Follows: Schema Registry contract, 16; XDM core, 4.1, 6.3.
std::optional<Keyword> broken_keyword(const Rules& rules, std::string_view text);
std::optional<Keyword> broken_keyword(const Rules& rules, int64_t value);
std::optional<Keyword> broken_keyword(const Rules& rules, double value);
/// For arrays and maps: the number of elements (entries).
std::optional<Keyword> broken_items_keyword(const Rules& rules, size_t count);
/// The same with `uniqueItems`. Equal as JSON: 1 equals 1.0, members count in any order.
std::optional<Keyword> broken_items_keyword(const Rules& rules, std::span<const engine::Value> items);

/// What breaking `keyword` means in words that follow a name: "is longer than 20 characters".
std::string explain(const Rules& rules, Keyword keyword);

/// What rule `value` breaks ("is longer than 20 characters"), or nothing. Never repeats the value.
std::optional<std::string> violation_of(const Rules& rules, std::string_view text);
std::optional<std::string> violation_of(const Rules& rules, int64_t value);
std::optional<std::string> violation_of(const Rules& rules, double value);
/// The same for arrays (elements) and maps (entries); with the items themselves `uniqueItems` is checked too.
std::optional<std::string> items_violation_of(const Rules& rules, size_t count);
std::optional<std::string> items_violation_of(const Rules& rules, std::span<const engine::Value> items);

/// A compiled pattern. Errors: invalid, when RE2 cannot read it; the message says why.
Result<std::shared_ptr<const Pattern>> compile_pattern(const std::string& text);
/// True when `pattern` is found anywhere in `text`.
bool matches(const Pattern& pattern, std::string_view text);

/// The rules of one node of a resolved schema, or a null pointer when any value of its kind will do.
/// Bounds that the width of `kind` implies anyway are left out; `meta:enum` and `default` are no rules.
/// Errors: invalid, when `pattern` cannot be read.
Result<std::shared_ptr<const Rules>> rules_of(const Json& node, engine::Kind kind);

}  // namespace foz::registry
