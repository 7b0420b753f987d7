#pragma once
// Types of stored columns, and of the values that stand in them while rows pass through.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foz::engine {

/// What a stored column is. Follows: Schema Registry contract, 16 (XDM, Parquet and DuckDB forms).
enum class Kind : uint8_t {
  boolean,
  int8,       ///< XDM byte
  int16,      ///< XDM short
  int32,      ///< XDM int
  int64,      ///< XDM long
  number,     ///< double
  string,
  date,       ///< days since 1970
  timestamp,  ///< microseconds since 1970 UTC
  object,     ///< children: its members
  list,       ///< children: one, the element
  map,        ///< children: two, the key (string) and the value
};

std::string_view name_of(Kind kind);
inline bool is_scalar(Kind kind) { return kind < Kind::object; }

/// A column of a table, or a part of one, with the field id that Parquet carries.
/// Element, key and value of lists and maps are named "element", "key", "value".
struct Field {
  std::string name;
  Kind kind = Kind::string;
  int32_t id = 0;  ///< from 1; never changes, never given again (Schema Registry contract, 10.5)
  std::vector<Field> children = {};

  friend bool operator==(const Field&, const Field&) = default;
};

/// The DuckDB type of a field: `STRUCT("a" VARCHAR, "b" BIGINT[])`.
std::string sql_type(const Field& field);
/// `"name"`, with quotes inside doubled.
std::string quoted(std::string_view identifier);
/// `'text'`, with quotes inside doubled.
std::string sql_text(std::string_view text);
/// The `FIELD_IDS` option of COPY for these columns: `{"a": {__duckdb_field_id: 1, "b": 2}}`.
std::string field_ids(const std::vector<Field>& fields);

}  // namespace foz::engine
