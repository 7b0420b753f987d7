#pragma once
// Row filters (PQL as JSON): checked, resolved against a table, and evaluated where a source does not.
// Follows: Flow Service contract, 8.3.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "sources/source.h"

namespace foz::flow {

enum class FilterOp : uint8_t {
  equal, not_equal, less, less_or_equal, greater, greater_or_equal, like, in, is_null, is_not_null,  // of a column
  all, any, none,                                                                                    // and, or, not
};

/// A node: a comparison of a column with a literal, or a combination of others.
struct RowFilter {
  FilterOp op = FilterOp::all;
  std::string column = {};                ///< of comparisons
  Json literal = nullptr;                 ///< of comparisons with a value; an array of `in`
  bool date_time = false;                 ///< literalType DateTime
  std::vector<RowFilter> parts = {};      ///< of combinations
};

/// Reads `{"type":"PQL","format":"pql/json","value":{...}}`. Errors: invalid, CONNECTOR-1349 (shape), 1350 (no operator),
/// 1351 (unknown operator), 1355 (type), 1356 (format), 1357 (no value), 1377 (null), 1390 (`not`).
Result<RowFilter> read_row_filter(const Json& filter);
/// The same from base64 text. Errors: also CONNECTOR-1389.
Result<RowFilter> read_row_filter_text(std::string_view base64);

/// `filter` with the table's own column names. Errors: invalid, CONNECTOR-1378 (column), 1379 (a literal of another type).
Result<RowFilter> resolved(RowFilter filter, const sources::Description& table);

/// The tree of `value`, `{"nodeType":"fnApply",...}`: for ReadPlan::filter.
Json to_pql(const RowFilter& filter);

/// Does a row (an object by column name, values as a preview shows them) pass? A null passes only `isNull`.
bool passes(const RowFilter& filter, const Json& row);

/// SQL's LIKE: `%` any run, `_` one character.
bool matches_like(std::string_view pattern, std::string_view text);

}  // namespace foz::flow
