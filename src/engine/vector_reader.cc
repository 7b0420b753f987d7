#include "engine/vector_reader.h"

#include <cmath>

#include "base/text.h"
#include "base/time_text.h"
#include "engine/chunk.h"
#include "engine/types.h"

namespace foz::engine {
namespace {

template <class T>
T stored(duckdb_vector vector, idx_t row) {
  return static_cast<T*>(duckdb_vector_get_data(vector))[row];
}

std::string_view text_in(duckdb_vector vector, idx_t row) {
  auto* value = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector)) + row;
  return {duckdb_string_t_data(value), duckdb_string_t_length(*value)};
}

/// Decimal digits of a 128-bit integer with the point `scale` digits from the right.
std::string decimal_text(Int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  std::string digits;
  for (auto rest = unscaled; rest != 0; rest /= 10) {
    const int digit = static_cast<int>(rest % 10);
    digits.insert(digits.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
  }
  if (digits.size() <= static_cast<size_t>(scale)) digits.insert(0, static_cast<size_t>(scale) + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), 1, '.');
  return (negative ? "-" : "") + digits;
}

Json decimal_value(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const int scale = duckdb_decimal_scale(type);
  switch (duckdb_decimal_internal_type(type)) {
    case DUCKDB_TYPE_SMALLINT: return decimal_text(stored<int16_t>(vector, row), scale);
    case DUCKDB_TYPE_INTEGER: return decimal_text(stored<int32_t>(vector, row), scale);
    case DUCKDB_TYPE_BIGINT: return decimal_text(stored<int64_t>(vector, row), scale);
    default: {
      const auto huge = stored<duckdb_hugeint>(vector, row);
      return decimal_text((static_cast<Int128>(huge.upper) << 64) | static_cast<Int128>(huge.lower), scale);
    }
  }
}

Json number_value(double value) {
  if (std::isfinite(value)) return value;
  return number_text(value);
}

Json huge_value(duckdb_hugeint huge) {
  const auto value = (static_cast<Int128>(huge.upper) << 64) | static_cast<Int128>(huge.lower);
  if (value >= INT64_MIN && value <= INT64_MAX) return static_cast<int64_t>(value);
  return decimal_text(value, 0);
}

Json list_value(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const auto entry = stored<duckdb_list_entry>(vector, row);
  const Owned<duckdb_logical_type> child_type(duckdb_list_type_child_type(type));
  const duckdb_vector child = duckdb_list_vector_get_child(vector);
  Json list = Json::array();
  for (idx_t i = 0; i < entry.length; ++i) list.push_back(json_value(child, child_type.get(), entry.offset + i));
  return list;
}

Json map_value(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  const auto entry = stored<duckdb_list_entry>(vector, row);
  const Owned<duckdb_logical_type> key_type(duckdb_map_type_key_type(type));
  const Owned<duckdb_logical_type> value_type(duckdb_map_type_value_type(type));
  const duckdb_vector entries = duckdb_list_vector_get_child(vector);
  Json map = Json::object();
  for (idx_t i = 0; i < entry.length; ++i) {
    const Json key = json_value(duckdb_struct_vector_get_child(entries, 0), key_type.get(), entry.offset + i);
    map[as_text(key)] = json_value(duckdb_struct_vector_get_child(entries, 1), value_type.get(), entry.offset + i);
  }
  return map;
}

/// Members that are null are left out, as absent ones are.
Json struct_value(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  Json object = Json::object();
  const idx_t count = duckdb_struct_type_child_count(type);
  for (idx_t i = 0; i < count; ++i) {
    const Owned<duckdb_logical_type> child_type(duckdb_struct_type_child_type(type, i));
    Json value = json_value(duckdb_struct_vector_get_child(vector, i), child_type.get(), row);
    if (value.is_null()) continue;
    char* name = duckdb_struct_type_child_name(type, i);
    object[name] = std::move(value);
    duckdb_free(name);
  }
  return object;
}

}  // namespace

Json json_value(duckdb_vector vector, duckdb_logical_type type, idx_t row) {
  uint64_t* validity = duckdb_vector_get_validity(vector);
  if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) return nullptr;
  switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_BOOLEAN: return stored<bool>(vector, row);
    case DUCKDB_TYPE_TINYINT: return stored<int8_t>(vector, row);
    case DUCKDB_TYPE_SMALLINT: return stored<int16_t>(vector, row);
    case DUCKDB_TYPE_INTEGER: return stored<int32_t>(vector, row);
    case DUCKDB_TYPE_BIGINT: return stored<int64_t>(vector, row);
    case DUCKDB_TYPE_UTINYINT: return stored<uint8_t>(vector, row);
    case DUCKDB_TYPE_USMALLINT: return stored<uint16_t>(vector, row);
    case DUCKDB_TYPE_UINTEGER: return stored<uint32_t>(vector, row);
    case DUCKDB_TYPE_UBIGINT: return stored<uint64_t>(vector, row);
    case DUCKDB_TYPE_HUGEINT: return huge_value(stored<duckdb_hugeint>(vector, row));
    case DUCKDB_TYPE_FLOAT: return number_value(static_cast<double>(stored<float>(vector, row)));
    case DUCKDB_TYPE_DOUBLE: return number_value(stored<double>(vector, row));
    case DUCKDB_TYPE_DECIMAL: return decimal_value(vector, type, row);
    case DUCKDB_TYPE_VARCHAR: return text_in(vector, row);
    case DUCKDB_TYPE_BLOB: return to_base64(text_in(vector, row));
    case DUCKDB_TYPE_DATE: return iso_date(std::chrono::sys_days(std::chrono::days(stored<int32_t>(vector, row))));
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: return iso_millis(Instant(std::chrono::microseconds(stored<int64_t>(vector, row))));
    case DUCKDB_TYPE_LIST: return list_value(vector, type, row);
    case DUCKDB_TYPE_MAP: return map_value(vector, type, row);
    case DUCKDB_TYPE_STRUCT: return struct_value(vector, type, row);
    default: return "(unsupported type)";
  }
}

}  // namespace foz::engine
