#pragma once
// JSON documents: strict in, plain out, and the small accessors that handlers share. Rows on the hot path use json_rows.h.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace foz {

struct JsonLimits {
  size_t depth_max = 64;
};

/// Parses one whole document. Refuses duplicate member names, integers outside 64 bits, malformed UTF-8, nesting
/// beyond the limit and anything behind the document.
/// Errors: invalid, with `where` = "line:column" (from 1) and a message that says what was expected.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

/// Text of a document; malformed UTF-8 inside becomes U+FFFD.
std::string to_text(const Json& json);
std::string to_pretty_text(const Json& json);
/// Text with members sorted at every level: equal documents give equal text. For digests and comparisons.
std::string to_canonical_text(const Json& json);
/// Equal as JSON: the order of members does not count.
bool same_json(const Json& a, const Json& b);

/// The member `name` of an object, or null pointer when `json` is no object or lacks it.
const Json* member(const Json& json, std::string_view name);
Json* member(Json& json, std::string_view name);
/// The member at a path of names; null pointer when a step is missing.
const Json* member_at(const Json& json, std::initializer_list<std::string_view> path);

/// A text member; `otherwise` when it is missing or no text.
std::string text_of(const Json& json, std::string_view name, std::string_view otherwise = "");
/// An integer member, also written as a digit string; nothing otherwise.
std::optional<int64_t> integer_of(const Json& json, std::string_view name);
/// A boolean member, also written "true"/"false" in any case; nothing otherwise.
std::optional<bool> boolean_of(const Json& json, std::string_view name);
/// The texts in an array member; elements of other types are left out.
std::vector<std::string> texts_of(const Json& json, std::string_view name);

/// An integer, or text that holds one.
std::optional<int64_t> as_integer(const Json& value);
/// A number, or text that holds one.
std::optional<double> as_number(const Json& value);
std::optional<bool> as_boolean(const Json& value);
/// A scalar as people write it: text as it is, numbers and booleans in JSON form, null as "".
std::string as_text(const Json& value);

/// Escapes one step of a JSON pointer (`~` and `/`).
std::string pointer_step(std::string_view name);
/// The value at a JSON pointer (RFC 6901), null pointer when there is none. A malformed pointer finds nothing.
const Json* at_pointer(const Json& json, std::string_view pointer);

}  // namespace foz
