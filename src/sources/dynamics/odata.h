#pragma once
// Conditions as OData text: names are checked, values are escaped literals. Follows: Sources contract, 3.4 and 3.6; Flow
// Service contract, 8.3; faults F28.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "sources/source.h"

namespace foz::sources::dynamics {

/// A part of a table by a column of moments: milliseconds, half-open, open where nothing stands. The part without a
/// begin has the rows without a value.
struct TimeRange {
  std::optional<int64_t> from, to;

  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// As keys and lookups are written.
bool is_guid(std::string_view text);
/// `'O''Brien'`
std::string odata_text(std::string_view text);
/// `2024-01-02T03:04:05Z`, the fraction only where there is one.
std::string odata_millis(int64_t millis);

/// Names as conditions and selections spell a column: `_parentcustomerid_value` of a lookup or its table; empty for what
/// another record holds.
std::string property_of(const Column& column);

/// The conditions of a range; empty when it is open at both ends.
std::string range_condition(const std::string& property, const TimeRange& range);
/// The condition of a window on a column; empty: nothing to narrow, or nothing that can be narrowed. Texts are not: the
/// vendor sorts them by the rules of a language.
/// Errors: invalid (the time zone).
Result<std::string> window_condition(const Column& column, const Window& window);
/// A condition that all rows of the filter fulfil, and perhaps others: texts compare without case, and `not` and `ne` treat
/// missing values in their own way, so they are left to the reader. Empty: nothing to narrow by. `filter` is a PQL tree.
std::string filter_condition(const Description& table, const Json& filter);

}  // namespace foz::sources::dynamics
