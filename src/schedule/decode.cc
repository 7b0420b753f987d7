#include "schedule/decode.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "prep/decimal.h"

namespace foz::schedule {
namespace {

using engine::Column;
using engine::Type;
using sources::ColumnType;
using sources::Wire;
using Kind = JsonSlot::Kind;

constexpr int64_t kMicrosPerDay = 86'400'000'000;

std::string_view without_nul(std::string_view text, engine::Arena& arena, uint64_t& removed) {
  if (std::memchr(text.data(), '\0', text.size()) == nullptr) return text;
  char* copy = static_cast<char*>(arena.allocate(text.size()));
  char* end = std::copy_if(text.begin(), text.end(), copy, [](char c) { return c != '\0'; });
  removed += text.size() - static_cast<size_t>(end - copy);
  return {copy, static_cast<size_t>(end - copy)};
}

void put_text(Column& target, size_t row, std::string_view text) {
  target.set_valid(row);
  target.texts()[row] = text;
}

void put_integer(Column& target, size_t row, int64_t value) {
  target.set_valid(row);
  target.integers()[row] = value;
}

bool decode_text(const sources::Column& column, const JsonSlot& slot, size_t row, Column& target, engine::Arena& arena, uint64_t& removed) {
  if (slot.kind == Kind::boolean) return put_text(target, row, slot.boolean ? "true" : "false"), true;
  std::string_view text = slot.may_hold_nul && !slot.text.empty() ? without_nul(slot.text, arena, removed) : slot.text;
  if (!column.prefix.empty()) {
    char* whole = static_cast<char*>(arena.allocate(column.prefix.size() + text.size()));
    std::memcpy(whole, column.prefix.data(), column.prefix.size());
    std::memcpy(whole + column.prefix.size(), text.data(), text.size());
    text = {whole, column.prefix.size() + text.size()};
  }
  put_text(target, row, text);
  return true;
}

/// Lists that a vendor writes as one text, as JSON arrays: of texts, or of whole numbers.
bool decode_list(Wire wire, const JsonSlot& slot, size_t row, Column& target, engine::Arena& arena) {
  Json list = Json::array();
  for (const std::string_view item : slot.text.empty() ? std::vector<std::string_view>() : split(slot.text, wire == Wire::semicolons ? ';' : ',')) {
    if (wire == Wire::semicolons) {
      list.push_back(std::string(item));
      continue;
    }
    const auto number = to_integer(trim(item));
    if (!number) return false;
    list.push_back(*number);
  }
  put_text(target, row, arena.keep(to_text(list)));
  return true;
}

bool decode_boolean(const JsonSlot& slot, size_t row, Column& target) {
  bool value = false;
  if (slot.kind == Kind::boolean) value = slot.boolean;
  else if (slot.kind == Kind::integer && (slot.integer == 0 || slot.integer == 1)) value = slot.integer == 1;
  else if (slot.kind == Kind::text && (equal_ignoring_case(slot.text, "true") || slot.text == "1")) value = true;
  else if (slot.kind == Kind::text && (equal_ignoring_case(slot.text, "false") || slot.text == "0")) value = false;
  else return false;
  target.set_valid(row);
  target.booleans()[row] = value ? 1 : 0;
  return true;
}

/// "12", "12.0" (bulk CSV prints integers so), never "12.5".
bool integral(std::string_view text, int64_t& value) {
  if (const auto plain = to_integer(text)) {
    value = *plain;
    return true;
  }
  const auto decimal = prep::decimal_of_text(text);
  const auto whole = decimal ? prep::to_int64(prep::shortest(*decimal)) : std::nullopt;
  if (!whole) return false;
  value = *whole;
  return true;
}

bool decode_integer(const JsonSlot& slot, bool narrow, size_t row, Column& target) {
  int64_t value = slot.integer;
  if (slot.kind != Kind::integer && !((slot.kind == Kind::number || slot.kind == Kind::text) && integral(slot.text, value))) return false;
  if (narrow && (value < INT32_MIN || value > INT32_MAX)) return false;
  put_integer(target, row, value);
  return true;
}

bool decode_decimal(const JsonSlot& slot, size_t row, Column& target) {
  std::optional<engine::Decimal> decimal;
  if (slot.kind == Kind::integer) decimal = prep::decimal_of(slot.integer);
  if (slot.kind == Kind::number || slot.kind == Kind::text) decimal = prep::decimal_of_text(slot.text);
  if (!decimal) return false;
  target.set_valid(row);
  target.decimals()[row] = *decimal;
  return true;
}

bool decode_number(const JsonSlot& slot, size_t row, Column& target) {
  double value = slot.number;
  if (slot.kind == Kind::integer) {
    value = static_cast<double>(slot.integer);
  } else if (slot.kind == Kind::text) {
    const auto read = to_number(slot.text);
    if (!read) return false;
    value = *read;
  } else if (slot.kind != Kind::number || !std::isfinite(value)) {
    return false;
  }
  target.set_valid(row);
  target.numbers()[row] = value;
  return true;
}

/// A moment as microseconds since 1970.
bool moment(const JsonSlot& slot, Wire wire, int64_t& micros) {
  const int64_t factor = wire == Wire::seconds ? 1'000'000 : 1000;
  if (slot.kind == Kind::integer && wire != Wire::plain) {
    return !__builtin_mul_overflow(slot.integer, factor, &micros);
  }
  if (slot.kind != Kind::text) return false;
  if (const auto day = parse_iso_date(slot.text)) return micros = day->time_since_epoch().count() * kMicrosPerDay, true;
  if (const auto instant = parse_iso_instant(slot.text)) return micros = instant->time_since_epoch().count(), true;
  if (wire != Wire::plain) {
    if (const auto count = to_integer(slot.text)) return !__builtin_mul_overflow(*count, factor, &micros);
  }
  return false;
}

bool decode_moment(const JsonSlot& slot, Wire wire, bool day_only, size_t row, Column& target) {
  int64_t micros = 0;
  if (!moment(slot, wire, micros)) return false;
  if (!day_only) return put_integer(target, row, micros), true;
  const int64_t days = micros >= 0 ? micros / kMicrosPerDay : -((-micros + kMicrosPerDay - 1) / kMicrosPerDay);
  put_integer(target, row, days);
  return true;
}

/// Empty text stands for null in every type but text: CSV and form-like APIs know no other null.
bool is_null(const JsonSlot& slot, ColumnType type) {
  if (slot.kind == Kind::missing || slot.kind == Kind::null) return true;
  return slot.kind == Kind::text && slot.text.empty() && type != ColumnType::string && type != ColumnType::json && type != ColumnType::binary;
}

bool decode_value(const sources::Column& column, const JsonSlot& slot, size_t row, Column& target, engine::Arena& arena, uint64_t& nul_characters) {
  switch (column.type) {
    case ColumnType::json:
      if (slot.kind == Kind::text && column.wire != Wire::plain) return decode_list(column.wire, slot, row, target, arena);
      return decode_text(column, slot, row, target, arena, nul_characters);
    case ColumnType::string:
    case ColumnType::binary: return decode_text(column, slot, row, target, arena, nul_characters);
    case ColumnType::boolean: return decode_boolean(slot, row, target);
    case ColumnType::int32: return decode_integer(slot, true, row, target);
    case ColumnType::int64: return decode_integer(slot, false, row, target);
    case ColumnType::decimal: return decode_decimal(slot, row, target);
    case ColumnType::number: return decode_number(slot, row, target);
    case ColumnType::date: return decode_moment(slot, column.wire, true, row, target);
    case ColumnType::timestamp: return decode_moment(slot, column.wire, false, row, target);
  }
  return false;
}

}  // namespace

Type chunk_type(ColumnType type) {
  switch (type) {
    case ColumnType::boolean: return Type::boolean;
    case ColumnType::int32:
    case ColumnType::int64: return Type::integer;
    case ColumnType::decimal: return Type::decimal;
    case ColumnType::number: return Type::number;
    case ColumnType::date: return Type::date;
    case ColumnType::timestamp: return Type::timestamp;
    case ColumnType::string:
    case ColumnType::json:
    case ColumnType::binary: return Type::string;
  }
  return Type::string;
}

std::vector<prep::SourceColumn> source_columns(const std::vector<sources::Column>& columns) {
  std::vector<prep::SourceColumn> list;
  for (const sources::Column& column : columns) {
    list.push_back({.name = column.name, .type = chunk_type(column.type), .json = column.type == ColumnType::json});
  }
  return list;
}

bool decode(const sources::Column& column, const JsonSlot& slot, size_t row, Column& target, engine::Arena& arena, uint64_t& nul_characters) {
  target.set_null(row);
  if (is_null(slot, column.type)) {
    if (!column.constant || (slot.kind != Kind::missing && slot.kind != Kind::null)) return true;
    const JsonSlot constant{.kind = Kind::text, .text = *column.constant};
    return is_null(constant, column.type) || decode_value(column, constant, row, target, arena, nul_characters);
  }
  return decode_value(column, slot, row, target, arena, nul_characters);
}

}  // namespace foz::schedule
