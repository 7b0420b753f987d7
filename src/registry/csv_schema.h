#pragma once
// A schema made from a CSV file: one field group with a field for each column. Follows: Schema Registry contract, 12 (csv2schema).

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace foz::registry {

struct CsvSchema {
  std::string_view csv;  ///< with a header line
  std::string class_id;
  std::string name, description;
};

/// Resources as an import takes them, the tenant as its stand-in: the field group, then the schema. `group_tail` and
/// `schema_tail` end their ids. Types come from the first thousand rows: integer, number, boolean, date, date-time or string.
/// Errors: XDM-1401-400.
struct CsvIds {
  std::string group_tail, schema_tail;
};
Result<Json> resources_of(const CsvSchema& wanted, const CsvIds& ids);

}  // namespace foz::registry
