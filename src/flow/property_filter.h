#pragma once
// The `property` language of lists: filters over the JSON that GET returns, and projections of it.
// Follows: Flow Service contract, 3.1.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace foz::flow {

/// A step of a path: a member, or with `each` every element of the array that it holds.
struct PathStep {
  std::string name;
  bool each = false;

  friend bool operator==(const PathStep&, const PathStep&) = default;
};
using Path = std::vector<PathStep>;

/// `params.columns[].name`. Nothing when the text is no path.
std::optional<Path> parse_path(std::string_view text);
std::string print(const Path& path);

enum class Comparison { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

std::string_view name_of(Comparison comparison);

/// `path op value, value`: equal to any of the values, or to none of them.
struct Clause {
  Path path;
  Comparison comparison = Comparison::equal;
  std::vector<std::string> values;  ///< unquoted; ordering comparisons have exactly one

  friend bool operator==(const Clause&, const Clause&) = default;
};

/// All clauses must hold. Without clauses everything passes.
struct Filter {
  std::vector<Clause> clauses;
  std::vector<std::string> projection;  ///< top-level members to return; empty: all

  friend bool operator==(const Filter&, const Filter&) = default;
};

/// Adds what one `property=` parameter says (percent-decoded once). An empty text adds nothing.
/// Errors: invalid with FLOW-1440 (`~`), 1443 (several values to order by), 1448 (ordering ids), 1450 (unknown operator),
/// 1452 (a number is needed), 1453 (no value).
Status add_property(Filter& filter, std::string_view text);

/// The filter of all `property` parameters of a request.
Result<Filter> parse_properties(const std::vector<std::string>& parameters);

/// One text that parses back to the same filter.
std::string print(const Filter& filter);

/// Does `document` pass all clauses? Numbers compare as numbers, `state` and `...status` without case, other text
/// exactly; a missing or null value equals nothing. Errors: invalid, FLOW-1452 (a number field against other text).
Result<bool> matches(const Filter& filter, const Json& document);

/// The members that the projection names, with `id` and `etag`; the whole document without a projection.
Json projected(const Filter& filter, Json document);

}  // namespace foz::flow
