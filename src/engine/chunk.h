#pragma once
// Up to 2048 rows as columns: what sources fill, mappings compute on and the Parquet writer empties.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/types.h"

namespace foz::engine {

/// Rows in a chunk, DuckDB's vector size.
inline constexpr size_t kChunkRows = 2048;

/// Memory for the texts and nested values of one chunk; freed all at once. Not thread-safe.
class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  /// `bytes` of uninitialised memory, aligned for any value.
  void* allocate(size_t bytes);
  template <class T>
  std::span<T> make(size_t count) {
    T* memory = static_cast<T*>(allocate(count * sizeof(T)));
    for (size_t i = 0; i < count; ++i) new (memory + i) T();
    return {memory, count};
  }
  /// A copy of `text` that lives as long as the arena.
  std::string_view keep(std::string_view text);
  /// Forgets everything; keeps a few blocks for the next chunk.
  void clear();
  /// Bytes handed out since the last `clear`.
  size_t used() const { return used_; }

 private:
  static constexpr size_t kBlockBytes = 256 * 1024;
  static constexpr size_t kKeptBytes = 8 * 1024 * 1024;
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    size_t size = 0;
  };
  std::vector<Block> blocks_;
  size_t block_ = 0;   ///< the one being filled
  size_t offset_ = 0;  ///< into it
  size_t used_ = 0;
};

__extension__ typedef __int128 Int128;

/// An exact decimal: `unscaled` / 10^`scale`, at most 38 digits.
struct Decimal {
  Int128 unscaled = 0;
  int32_t scale = 0;
};

/// The type of a value, or what a column holds.
enum class Type : uint8_t {
  null,       ///< no value
  boolean,
  integer,    ///< 64 bits
  decimal,
  number,     ///< double
  string,     ///< well-formed UTF-8
  date,       ///< days since 1970
  timestamp,  ///< microseconds since 1970 UTC
  array,
  object,     ///< members in order; also maps
  any,        ///< of a column only: a Value in each row
};

/// The column that holds values of a kind: boolean, integer (all widths, range-checked), number, string, date, timestamp;
/// `any` for objects, lists and maps. Values of `any` columns have the shape of their node: the members of an object stand
/// in node order and those that are null are left out; an entry of a map is a member; every leaf has `column_type` of its kind.
Type column_type(Kind kind);

std::string_view name_of(Type type);

struct Member;

/// One value of any type, 16 bytes. Texts, elements, members and decimals live in an arena or in a page.
struct Value {
  Type type = Type::null;
  uint32_t size = 0;  ///< bytes of a text, elements of an array, members of an object
  union {
    bool boolean;
    int64_t integer;  ///< also date and timestamp
    double number;
    const char* text;
    const Decimal* decimal;
    const Value* elements;
    const Member* members;
  };

  Value() : integer(0) {}
  static Value of_boolean(bool value) { Value v; v.type = Type::boolean; v.boolean = value; return v; }
  static Value of_integer(int64_t value) { Value v; v.type = Type::integer; v.integer = value; return v; }
  static Value of_number(double value) { Value v; v.type = Type::number; v.number = value; return v; }
  static Value of_date(int64_t days) { Value v; v.type = Type::date; v.integer = days; return v; }
  static Value of_timestamp(int64_t micros) { Value v; v.type = Type::timestamp; v.integer = micros; return v; }
  /// `text` must outlive the value and be shorter than 4 GiB.
  static Value of_text(std::string_view text);
  static Value of_decimal(Arena& arena, Decimal decimal);
  static Value of_array(std::span<const Value> elements);
  static Value of_object(std::span<const Member> members);

  bool is_null() const { return type == Type::null; }
  std::string_view as_text() const { return {text, size}; }
  std::span<const Value> as_array() const { return {elements, size}; }
  std::span<const Member> as_object() const;
  /// The member `name` of an object; null pointer when it is none or lacks it.
  const Value* member(std::string_view name) const;
};

struct Member {
  std::string_view name;
  Value value;
};

/// Up to 2048 values of one type with a null mask.
/// booleans are bytes; integers, dates and timestamps 64-bit; texts views into a page or an arena.
class Column {
 public:
  explicit Column(Type type = Type::any);
  Column(Column&&) = default;
  Column& operator=(Column&&) = default;

  /// A column that shows the values of this one without copying them. Both share the memory until one of them is
  /// replaced: write neither while the other is read.
  Column alias() const;

  Type type() const { return type_; }
  bool is_null(size_t row) const { return nulls_[row] != 0; }
  void set_null(size_t row) { nulls_[row] = 1; }
  void set_valid(size_t row) { nulls_[row] = 0; }
  /// 1 = null. All rows start as null.
  std::span<uint8_t> nulls() { return {nulls_.get(), kChunkRows}; }
  std::span<const uint8_t> nulls() const { return {nulls_.get(), kChunkRows}; }
  void set_all_null() { std::memset(nulls_.get(), 1, kChunkRows); }

  uint8_t* booleans() { return data<uint8_t>(); }
  const uint8_t* booleans() const { return data<uint8_t>(); }
  int64_t* integers() { return data<int64_t>(); }
  const int64_t* integers() const { return data<int64_t>(); }
  double* numbers() { return data<double>(); }
  const double* numbers() const { return data<double>(); }
  std::string_view* texts() { return data<std::string_view>(); }
  const std::string_view* texts() const { return data<std::string_view>(); }
  Decimal* decimals() { return data<Decimal>(); }
  const Decimal* decimals() const { return data<Decimal>(); }
  Value* values() { return data<Value>(); }
  const Value* values() const { return data<Value>(); }

  /// The value of a row, whatever the type. A decimal is copied into `arena`.
  Value at(size_t row, Arena& arena) const;
  /// Puts a value in a row: `value` must be null or of the column's type (any type where that is `any`).
  void put(size_t row, const Value& value);

 private:
  template <class T>
  T* data() { return reinterpret_cast<T*>(data_.get()); }
  template <class T>
  const T* data() const { return reinterpret_cast<const T*>(data_.get()); }

  Column(const Column&) = default;  ///< shares; only `alias` says so aloud

  Type type_;
  std::shared_ptr<uint8_t[]> nulls_;
  std::shared_ptr<std::byte> data_;
};

/// Rows as columns. The arena holds texts and nested values that no page holds.
struct Chunk {
  size_t rows = 0;
  std::vector<Column> columns;
  Arena arena;
};

}  // namespace foz::engine
