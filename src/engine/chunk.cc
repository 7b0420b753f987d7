#include "engine/chunk.h"

#include <algorithm>
#include <new>

namespace foz::engine {
namespace {

constexpr std::align_val_t kAlign{alignof(std::max_align_t)};

size_t width(Type type) {
  switch (type) {
    case Type::boolean: return sizeof(uint8_t);
    case Type::integer:
    case Type::date:
    case Type::timestamp: return sizeof(int64_t);
    case Type::number: return sizeof(double);
    case Type::string: return sizeof(std::string_view);
    case Type::decimal: return sizeof(Decimal);
    case Type::null:
    case Type::array:
    case Type::object:
    case Type::any: return sizeof(Value);
  }
  return sizeof(Value);
}

}  // namespace

void* Arena::allocate(size_t bytes) {
  bytes = (bytes + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);
  used_ += bytes;
  while (block_ < blocks_.size() && offset_ + bytes > blocks_[block_].size) {
    ++block_;
    offset_ = 0;
  }
  if (block_ == blocks_.size()) {
    const size_t size = std::max(bytes, kBlockBytes);
    blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
    offset_ = 0;
  }
  void* memory = blocks_[block_].bytes.get() + offset_;
  offset_ += bytes;
  return memory;
}

std::string_view Arena::keep(std::string_view text) {
  if (text.empty()) return {};
  char* copy = static_cast<char*>(allocate(text.size()));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void Arena::clear() {
  size_t kept = 0;
  size_t bytes = 0;
  while (kept < blocks_.size() && bytes + blocks_[kept].size <= kKeptBytes) bytes += blocks_[kept++].size;
  blocks_.resize(kept);
  block_ = 0;
  offset_ = 0;
  used_ = 0;
}

std::string_view name_of(Type type) {
  static constexpr std::string_view kNames[] = {"null", "boolean", "integer",   "decimal", "number", "string",
                                                "date", "date-time", "array", "object",  "any"};
  return kNames[static_cast<size_t>(type)];
}

Value Value::of_text(std::string_view text) {
  FOZ_CHECK(text.size() <= UINT32_MAX);
  Value v;
  v.type = Type::string;
  v.size = static_cast<uint32_t>(text.size());
  v.text = text.data();
  return v;
}

Value Value::of_decimal(Arena& arena, Decimal decimal) {
  Value v;
  v.type = Type::decimal;
  v.decimal = new (arena.allocate(sizeof(Decimal))) Decimal(decimal);
  return v;
}

Value Value::of_array(std::span<const Value> elements) {
  FOZ_CHECK(elements.size() <= UINT32_MAX);
  Value v;
  v.type = Type::array;
  v.size = static_cast<uint32_t>(elements.size());
  v.elements = elements.data();
  return v;
}

Value Value::of_object(std::span<const Member> members) {
  FOZ_CHECK(members.size() <= UINT32_MAX);
  Value v;
  v.type = Type::object;
  v.size = static_cast<uint32_t>(members.size());
  v.members = members.data();
  return v;
}

std::span<const Member> Value::as_object() const { return {members, size}; }

const Value* Value::member(std::string_view name) const {
  if (type != Type::object) return nullptr;
  for (const Member& one : as_object()) {
    if (one.name == name) return &one.value;
  }
  return nullptr;
}

Column::Column(Type type)
    : type_(type),
      nulls_(new uint8_t[kChunkRows]),
      data_(static_cast<std::byte*>(::operator new[](kChunkRows * width(type), kAlign)),
            [](std::byte* memory) { ::operator delete[](memory, kAlign); }) {
  set_all_null();
}

Column Column::alias() const { return *this; }

Value Column::at(size_t row, Arena& arena) const {
  if (is_null(row)) return {};
  switch (type_) {
    case Type::boolean: return Value::of_boolean(booleans()[row] != 0);
    case Type::integer: return Value::of_integer(integers()[row]);
    case Type::date: return Value::of_date(integers()[row]);
    case Type::timestamp: return Value::of_timestamp(integers()[row]);
    case Type::number: return Value::of_number(numbers()[row]);
    case Type::string: return Value::of_text(texts()[row]);
    case Type::decimal: return Value::of_decimal(arena, decimals()[row]);
    case Type::null: return {};
    case Type::array:
    case Type::object:
    case Type::any: return values()[row];
  }
  return {};
}

void Column::put(size_t row, const Value& value) {
  if (value.is_null()) return set_null(row);
  set_valid(row);
  switch (type_) {
    case Type::boolean: booleans()[row] = value.boolean ? 1 : 0; return;
    case Type::integer:
    case Type::date:
    case Type::timestamp: integers()[row] = value.integer; return;
    case Type::number: numbers()[row] = value.number; return;
    case Type::string: texts()[row] = value.as_text(); return;
    case Type::decimal: decimals()[row] = *value.decimal; return;
    case Type::null: set_null(row); return;
    case Type::array:
    case Type::object:
    case Type::any: values()[row] = value; return;
  }
}

Type column_type(Kind kind) {
  switch (kind) {
    case Kind::boolean: return Type::boolean;
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64: return Type::integer;
    case Kind::number: return Type::number;
    case Kind::string: return Type::string;
    case Kind::date: return Type::date;
    case Kind::timestamp: return Type::timestamp;
    case Kind::object:
    case Kind::list:
    case Kind::map: return Type::any;
  }
  return Type::any;
}

}  // namespace foz::engine
