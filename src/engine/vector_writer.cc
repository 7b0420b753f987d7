#include "engine/vector_writer.h"

#include <array>
#include <cstring>

namespace foz::engine {
namespace {

using NullBytes = std::array<uint8_t, kChunkRows>;

duckdb_type scalar_type(Kind kind) {
  switch (kind) {
    case Kind::boolean: return DUCKDB_TYPE_BOOLEAN;
    case Kind::int8: return DUCKDB_TYPE_TINYINT;
    case Kind::int16: return DUCKDB_TYPE_SMALLINT;
    case Kind::int32: return DUCKDB_TYPE_INTEGER;
    case Kind::int64: return DUCKDB_TYPE_BIGINT;
    case Kind::number: return DUCKDB_TYPE_DOUBLE;
    case Kind::string: return DUCKDB_TYPE_VARCHAR;
    case Kind::date: return DUCKDB_TYPE_DATE;
    case Kind::timestamp: return DUCKDB_TYPE_TIMESTAMP_TZ;
    case Kind::object:
    case Kind::list:
    case Kind::map: break;
  }
  FOZ_CHECK(false, "no scalar");
  return DUCKDB_TYPE_INVALID;
}

/// Sets the validity mask from bytes; leaves it alone when nothing is null.
void write_nulls(duckdb_vector vector, const uint8_t* nulls, size_t rows) {
  if (std::memchr(nulls, 1, rows) == nullptr) return;
  duckdb_vector_ensure_validity_writable(vector);
  uint64_t* mask = duckdb_vector_get_validity(vector);
  for (size_t begin = 0; begin < rows; begin += 64) {
    const size_t count = std::min<size_t>(64, rows - begin);
    uint64_t bits = 0;
    for (size_t i = 0; i < count; ++i) bits |= uint64_t{nulls[begin + i] == 0} << i;
    mask[begin / 64] = bits;
  }
}

/// A text as DuckDB holds it in a vector: a short one stands there itself, with zeroes behind it; a longer one stays where it
/// is. It stays there until the next chunk is asked for (ChunkReader), and by then whatever keeps rows has copied them.
duckdb_string_t string_of(std::string_view text) {
  duckdb_string_t string{};
  string.value.inlined.length = static_cast<uint32_t>(text.size());
  if (text.size() <= sizeof string.value.inlined.inlined) {
    if (!text.empty()) std::memcpy(string.value.inlined.inlined, text.data(), text.size());
    return string;
  }
  std::memcpy(string.value.pointer.prefix, text.data(), sizeof string.value.pointer.prefix);
  string.value.pointer.ptr = const_cast<char*>(text.data());
  return string;
}

template <class Stored>
void write_integers(const Column& column, size_t rows, duckdb_vector vector) {
  auto* data = static_cast<Stored*>(duckdb_vector_get_data(vector));
  const int64_t* values = column.integers();
  for (size_t i = 0; i < rows; ++i) data[i] = static_cast<Stored>(column.is_null(i) ? 0 : values[i]);
}

void write_scalars(const Field& field, const Column& column, size_t rows, duckdb_vector vector) {
  switch (field.kind) {
    case Kind::boolean: {
      auto* data = static_cast<bool*>(duckdb_vector_get_data(vector));
      for (size_t i = 0; i < rows; ++i) data[i] = !column.is_null(i) && column.booleans()[i] != 0;
      break;
    }
    case Kind::int8: write_integers<int8_t>(column, rows, vector); break;
    case Kind::int16: write_integers<int16_t>(column, rows, vector); break;
    case Kind::int32:
    case Kind::date: write_integers<int32_t>(column, rows, vector); break;
    case Kind::int64:
    case Kind::timestamp: write_integers<int64_t>(column, rows, vector); break;
    case Kind::number: {
      auto* data = static_cast<double*>(duckdb_vector_get_data(vector));
      for (size_t i = 0; i < rows; ++i) data[i] = column.is_null(i) ? 0 : column.numbers()[i];
      break;
    }
    case Kind::string: {
      auto* strings = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
      for (size_t i = 0; i < rows; ++i) {
        if (!column.is_null(i)) strings[i] = string_of(column.texts()[i]);
      }
      break;
    }
    default: FOZ_CHECK(false, "no scalar");
  }
  write_nulls(vector, column.nulls().data(), rows);
}

void set_null(duckdb_vector vector, size_t row) {
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

void write_value(const Field& field, const Value& value, duckdb_vector vector, size_t row);

void write_scalar(const Field& field, const Value& value, duckdb_vector vector, size_t row) {
  void* data = duckdb_vector_get_data(vector);
  FOZ_CHECK(value.type == column_type(field.kind), "a value of another type than its field");
  switch (field.kind) {
    case Kind::boolean: static_cast<bool*>(data)[row] = value.boolean; return;
    case Kind::int8: static_cast<int8_t*>(data)[row] = static_cast<int8_t>(value.integer); return;
    case Kind::int16: static_cast<int16_t*>(data)[row] = static_cast<int16_t>(value.integer); return;
    case Kind::int32:
    case Kind::date: static_cast<int32_t*>(data)[row] = static_cast<int32_t>(value.integer); return;
    case Kind::int64:
    case Kind::timestamp: static_cast<int64_t*>(data)[row] = value.integer; return;
    case Kind::number: static_cast<double*>(data)[row] = value.number; return;
    case Kind::string: static_cast<duckdb_string_t*>(data)[row] = string_of(value.as_text()); return;
    default: FOZ_CHECK(false, "no scalar");
  }
}

/// Makes room for `count` more children of a list or map and returns where they begin.
uint64_t grow_list(duckdb_vector vector, size_t row, size_t count) {
  const idx_t begin = duckdb_list_vector_get_size(vector);
  duckdb_list_vector_reserve(vector, begin + count);
  duckdb_list_vector_set_size(vector, begin + count);
  static_cast<duckdb_list_entry*>(duckdb_vector_get_data(vector))[row] = {begin, count};
  return begin;
}

void write_list(const Field& field, const Value& value, duckdb_vector vector, size_t row) {
  FOZ_CHECK(value.type == Type::array, "a list column takes arrays");
  const uint64_t begin = grow_list(vector, row, value.size);
  for (size_t i = 0; i < value.size; ++i) {
    // A nested list may move its child: ask for it each time.
    write_value(field.children[0], value.elements[i], duckdb_list_vector_get_child(vector), begin + i);
  }
}

void write_map(const Field& field, const Value& value, duckdb_vector vector, size_t row) {
  FOZ_CHECK(value.type == Type::object, "a map column takes objects");
  const uint64_t begin = grow_list(vector, row, value.size);
  for (size_t i = 0; i < value.size; ++i) {
    const duckdb_vector entries = duckdb_list_vector_get_child(vector);
    const Member& member = value.members[i];
    write_value(field.children[0], Value::of_text(member.name), duckdb_struct_vector_get_child(entries, 0), begin + i);
    write_value(field.children[1], member.value, duckdb_struct_vector_get_child(entries, 1), begin + i);
  }
}

void write_object(const Field& field, const Value& value, duckdb_vector vector, size_t row) {
  FOZ_CHECK(value.type == Type::object, "an object column takes objects");
  for (size_t i = 0; i < field.children.size(); ++i) {
    const Value* member = value.member(field.children[i].name);
    write_value(field.children[i], member == nullptr ? Value() : *member, duckdb_struct_vector_get_child(vector, i), row);
  }
}

/// A null object needs null members too: readers look at either.
void write_null(const Field& field, duckdb_vector vector, size_t row) {
  set_null(vector, row);
  if (field.kind == Kind::object) {
    for (size_t i = 0; i < field.children.size(); ++i) write_null(field.children[i], duckdb_struct_vector_get_child(vector, i), row);
  } else if (field.kind == Kind::list || field.kind == Kind::map) {
    static_cast<duckdb_list_entry*>(duckdb_vector_get_data(vector))[row] = {duckdb_list_vector_get_size(vector), 0};
  }
}

void write_value(const Field& field, const Value& value, duckdb_vector vector, size_t row) {
  if (value.is_null()) return write_null(field, vector, row);
  switch (field.kind) {
    case Kind::list: return write_list(field, value, vector, row);
    case Kind::map: return write_map(field, value, vector, row);
    case Kind::object: return write_object(field, value, vector, row);
    default: return write_scalar(field, value, vector, row);
  }
}

/// Fills a vector and notes which rows are null in it.
void fill(const Slot& slot, const Chunk& chunk, duckdb_vector vector, uint8_t* nulls) {
  if (slot.column < 0) {
    std::memset(nulls, 1, chunk.rows);
    NullBytes member_nulls;
    for (size_t i = 0; i < slot.members.size(); ++i) {
      fill(slot.members[i], chunk, duckdb_struct_vector_get_child(vector, i), member_nulls.data());
      for (size_t row = 0; row < chunk.rows; ++row) nulls[row] &= member_nulls[row];
    }
    write_nulls(vector, nulls, chunk.rows);
    return;
  }
  const Column& column = chunk.columns.at(static_cast<size_t>(slot.column));
  std::memcpy(nulls, column.nulls().data(), chunk.rows);
  if (column.type() != Type::any) {
    FOZ_CHECK(column.type() == column_type(slot.field.kind), slot.field.name);
    return write_scalars(slot.field, column, chunk.rows, vector);
  }
  for (size_t row = 0; row < chunk.rows; ++row) {
    write_value(slot.field, column.is_null(row) ? Value() : column.values()[row], vector, row);
  }
}

}  // namespace

Owned<duckdb_logical_type> logical_type(const Field& field) {
  if (is_scalar(field.kind)) return Owned<duckdb_logical_type>(duckdb_create_logical_type(scalar_type(field.kind)));
  std::vector<Owned<duckdb_logical_type>> types;
  for (const Field& child : field.children) types.push_back(logical_type(child));
  if (field.kind == Kind::list) return Owned<duckdb_logical_type>(duckdb_create_list_type(types.at(0).get()));
  if (field.kind == Kind::map) return Owned<duckdb_logical_type>(duckdb_create_map_type(types.at(0).get(), types.at(1).get()));
  std::vector<duckdb_logical_type> raw;
  std::vector<const char*> names;
  for (size_t i = 0; i < types.size(); ++i) {
    raw.push_back(types[i].get());
    names.push_back(field.children[i].name.c_str());
  }
  return Owned<duckdb_logical_type>(duckdb_create_struct_type(raw.data(), names.data(), raw.size()));
}

void write_vector(const Slot& slot, const Chunk& chunk, duckdb_vector vector) {
  NullBytes nulls;
  fill(slot, chunk, vector, nulls.data());
}

}  // namespace foz::engine
