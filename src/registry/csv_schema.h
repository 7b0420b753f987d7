#pragma once
// A schema made from a CSV file: one field group with a field for each column. Follows: Schema Registry contract, 12 (csv2schema).

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace foz::registry {

/// A column of a table as a field of a schema.
struct DerivedColumn {
  std::string name;   ///< as the table has it; members of objects after dots
  std::string field;  ///< a name that fields of a tenant may have, unlike those before it
  Json schema;        ///< {"title", "type", "format", "meta:xdmType"}
};
/// The columns of a CSV text with a header line, by its first thousand rows. Errors: XDM-1401-400.
Result<std::vector<DerivedColumn>> csv_columns(std::string_view csv);
/// `column` as a field may be called, unlike the names in `taken`, which gains it.
std::string field_name(std::string_view column, std::set<std::string>& taken);

/// What a field group of the tenant's own and a schema with it are made of.
struct OwnFields {
  std::string name, description;
  std::string class_id;
  std::vector<std::string> groups = {};  ///< further parts of the schema
  Json fields = Json::object();          ///< below the tenant's object; none: no group
  std::string group_tail, schema_tail;   ///< ends of their ids
};
/// Resources as an import takes them, the tenant as its stand-in: the field group (if it has fields), then the schema.
Json resources_with(const OwnFields& own);

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
