#pragma once
// SOQL as text: names are checked, values are escaped literals. Follows: Sources contract, 2.1, 2.4, 2.7; faults F28.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sources/source.h"

namespace foz::sources::salesforce {

/// True for what may stand in SOQL as an object or field: a letter, then letters, digits and `_`.
bool is_soql_name(std::string_view name);

/// `'text'`, everything special escaped.
std::string soql_text(std::string_view text);
/// `2024-01-02T03:04:05.678Z`, unquoted; the fraction only where there is one.
std::string soql_millis(int64_t millis);
std::string soql_time(Instant instant);

struct Select {
  std::string object;
  std::vector<std::string> fields;
  std::vector<std::string> conditions = {};  ///< joined with AND; empty ones are left out
  std::string order = {};                    ///< "Id"
  size_t limit = 0;                          ///< 0: none
};

/// Errors: invalid (a name that is none).
Result<std::string> to_soql(const Select& select);

/// The condition of a window on a column; empty: nothing to narrow, or nothing that can be narrowed.
/// Errors: invalid (the time zone).
Result<std::string> window_condition(const Column& column, const Window& window);

}  // namespace foz::sources::salesforce
