#include "prep/frame.h"

#include <cmath>
#include <cstring>

#include "prep/decimal.h"
#include "prep/moment.h"

namespace foz::prep {
namespace {

using engine::Arena;
using engine::Column;
using engine::kChunkRows;
using engine::Type;
using engine::Value;

constexpr Fault kNoArray{Trouble::function, "an argument is no array"};
constexpr Fault kNoObject{Trouble::function, "an argument is no object"};
constexpr Fault kNoNumberHere{Trouble::function, "an argument is no number"};

constexpr std::array<uint16_t, kChunkRows> kEveryRow = [] {
  std::array<uint16_t, kChunkRows> rows{};
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<uint16_t>(i);
  return rows;
}();

engine::Kind kind_for(Type type) {
  switch (type) {
    case Type::integer: return engine::Kind::int64;
    case Type::number: return engine::Kind::number;
    case Type::date: return engine::Kind::date;
    case Type::timestamp: return engine::Kind::timestamp;
    default: return engine::Kind::string;
  }
}

/// True when a column of `type` can be read as `wanted` without conversion.
bool already(Type type, Type wanted) {
  return type == wanted;
}

}  // namespace

Rows Rows::first(size_t count) { return {kEveryRow.data(), count, true}; }

Frame::Frame(RunContext context, size_t slots)
    : context_(std::move(context)), slots_(slots), caches_(slots), faults_(kChunkRows), spent_(kChunkRows) {
  failed_rows_.reserve(kChunkRows);
  spenders_.reserve(kChunkRows);
}

void Frame::start_chunk(const engine::Chunk& source, Arena& arena, std::span<const RowPosition> positions) {
  source_ = &source;
  arena_ = &arena;
  positions_ = positions;
  start_mapping();
}

void Frame::start_mapping() {
  for (const uint16_t row : failed_rows_) faults_[row] = {};
  failed_rows_.clear();
  for (const uint16_t row : spenders_) spent_[row] = {};
  spenders_.clear();
}

Column& Frame::column(size_t slot, Type type) {
  auto& column = slots_[slot][static_cast<size_t>(type)];
  if (!column) column = std::make_unique<Column>(type);
  return *column;
}

SiteCache& Frame::cache(size_t slot) {
  if (!caches_[slot]) caches_[slot] = std::make_unique<SiteCache>();
  return *caches_[slot];
}

Selection& Frame::borrow_selection() {
  if (selections_used_ == selections_.size()) selections_.push_back(std::make_unique<Selection>());
  Selection& selection = *selections_[selections_used_++];
  selection.clear();
  return selection;
}

void Frame::fail(size_t row, Fault fault, const Site& site) {
  if (faults_[row].site != nullptr) return;
  faults_[row] = {fault, &site};
  failed_rows_.push_back(static_cast<uint16_t>(row));
}

bool Frame::spend_bytes(size_t row, size_t bytes) {
  if (bytes == 0) return true;
  Spent& spent = spent_[row];
  if (spent.bytes == 0 && spent.steps == 0) spenders_.push_back(static_cast<uint16_t>(row));
  spent.bytes = static_cast<uint32_t>(std::min<size_t>(kRowBytesMax + 1, spent.bytes + bytes));
  return spent.bytes <= kRowBytesMax && arena_->used() <= kChunkBytesMax;
}

bool Frame::spend_steps(size_t row, size_t steps) {
  Spent& spent = spent_[row];
  if (spent.bytes == 0 && spent.steps == 0) spenders_.push_back(static_cast<uint16_t>(row));
  spent.steps = static_cast<uint32_t>(std::min<size_t>(kRowStepsMax + 1, spent.steps + steps));
  return spent.steps <= kRowStepsMax;
}

bool truth(const Value& value) {
  switch (value.type) {
    case Type::null: return false;
    case Type::boolean: return value.boolean;
    case Type::integer: return value.integer != 0;
    case Type::number: return value.number != 0 && !std::isnan(value.number);
    case Type::decimal: return !is_zero(*value.decimal);
    case Type::string: return value.size != 0 && value.as_text() != "false";
    default: return true;
  }
}

Outcome<Value> value_as(Arena& arena, const Value& value, Type type) {
  if (value.is_null() || value.type == type) return value;
  switch (type) {
    case Type::any: return value;
    case Type::boolean: return Value::of_boolean(truth(value));
    case Type::array: return kNoArray;
    case Type::object: return kNoObject;
    case Type::decimal: {
      if (value.type == Type::integer) return Value::of_decimal(arena, decimal_of(value.integer));
      if (value.type == Type::boolean) return Value::of_decimal(arena, decimal_of(value.boolean ? 1 : 0));
      const auto text = text_of(arena, value);
      const auto read = text.is_value() ? decimal_of_text(text.value()) : std::nullopt;
      return read ? Outcome<Value>(Value::of_decimal(arena, *read)) : kNoNumberHere;
    }
    default: break;
  }
  const auto made = to_kind(arena, value, kind_for(type));
  // Empty text is no number and no date; only targets take it for null.
  if (made.is_null() && (type == Type::integer || type == Type::number)) return kNoNumberHere;
  return made;
}

Vector converted(Frame& frame, const Site& site, size_t slot, const Vector& vector, Type type, Rows rows) {
  if (already(vector.type(), type)) return vector;
  const bool nested = type == Type::array || type == Type::object;
  Column& to = frame.column(slot, nested ? Type::any : type);
  const auto convert = [&](size_t from_row, size_t to_row) {
    Fault fault;
    if (vector.is_null(from_row)) {
      to.set_null(to_row);
      return fault;
    }
    const auto made = value_as(frame.arena(), vector.value(from_row, frame.arena()), type);
    if (made.is_value()) {
      to.put(to_row, made.value());
    } else {
      to.set_null(to_row);
      if (made.is_fault()) fault = made.fault();
    }
    return fault;
  };
  if (vector.is_constant()) {
    if (rows.empty()) return vector;
    const size_t at = rows.front();
    if (const Fault fault = convert(at, at)) rows.each([&](size_t row) { frame.fail(row, fault, site); });
    return Vector::constant(to, at);
  }
  rows.each([&](size_t row) {
    if (const Fault fault = convert(row, row)) frame.fail(row, fault, site);
  });
  return Vector(to);
}

void copy_rows(const Vector& from, Rows rows, Column& to, Arena& arena) {
  const Column& column = from.column();
  const auto copy = [&](auto* target, const auto* values) {
    rows.each([&](size_t row) {
      const size_t at = from.index(row);
      const bool null = column.is_null(at);
      if (null) to.set_null(row);
      else to.set_valid(row), target[row] = values[at];
    });
  };
  if (to.type() != from.type()) {
    rows.each([&](size_t row) { to.put(row, from.value(row, arena)); });
    return;
  }
  switch (to.type()) {
    case Type::boolean: return copy(to.booleans(), column.booleans());
    case Type::integer:
    case Type::date:
    case Type::timestamp: return copy(to.integers(), column.integers());
    case Type::number: return copy(to.numbers(), column.numbers());
    case Type::string: return copy(to.texts(), column.texts());
    case Type::decimal: return copy(to.decimals(), column.decimals());
    default: return copy(to.values(), column.values());
  }
}

}  // namespace foz::prep
