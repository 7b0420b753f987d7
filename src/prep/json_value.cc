#include "prep/json_value.h"

#include <algorithm>
#include <unordered_set>

#include "base/json.h"
#include "prep/decimal.h"
#include "prep/moment.h"

namespace foz::prep {

using engine::Arena;
using engine::Member;
using engine::Type;
using engine::Value;

Value value_of_json(Arena& arena, const Json& json) {
  if (json.is_boolean()) return Value::of_boolean(json.get<bool>());
  if (json.is_number_unsigned() && json.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) return Value::of_decimal(arena, {.unscaled = json.get<uint64_t>(), .scale = 0});
  if (json.is_number_integer()) return Value::of_integer(json.get<int64_t>());
  if (json.is_number()) return Value::of_number(json.get<double>());
  if (json.is_string()) return Value::of_text(arena.keep(json.get_ref<const std::string&>()));
  if (json.is_array()) {
    const auto items = arena.make<Value>(json.size());
    for (size_t i = 0; i < items.size(); ++i) items[i] = value_of_json(arena, json[i]);
    return Value::of_array(items);
  }
  if (!json.is_object()) return {};
  const auto members = arena.make<Member>(json.size());
  size_t i = 0;
  for (const auto& [name, value] : json.items()) members[i++] = {arena.keep(name), value_of_json(arena, value)};
  return Value::of_object(members);
}

Json json_of(const Value& value) {
  switch (value.type) {
    case Type::boolean: return value.boolean;
    case Type::integer: return value.integer;
    case Type::number: return value.number;
    case Type::string: return std::string(value.as_text());
    case Type::date: {
      char text[16];
      return std::string(text, write_iso_day(value.integer, text));
    }
    case Type::timestamp: {
      char text[48];
      return std::string(text, write_iso(moment_of(value), text));
    }
    case Type::decimal: {
      if (const auto whole = to_int64(*value.decimal)) return *whole;
      return to_double(*value.decimal);
    }
    case Type::array: {
      Json list = Json::array();
      for (const Value& item : value.as_array()) list.push_back(json_of(item));
      return list;
    }
    case Type::object: {
      Json object = Json::object();
      for (const Member& one : value.as_object()) object[std::string(one.name)] = json_of(one.value);
      return object;
    }
    default: return nullptr;
  }
}

std::vector<SourceColumn> columns_of_records(std::span<const Json> records) {
  std::vector<SourceColumn> columns;
  std::unordered_set<std::string> seen;
  for (const Json& record : records) {
    for (const auto& [name, value] : record.items()) {
      if (seen.insert(name).second) columns.push_back({.name = name, .type = Type::any});
    }
  }
  return columns;
}

void fill_chunk(engine::Chunk& chunk, const std::vector<SourceColumn>& columns, std::span<const Json> records) {
  FOZ_CHECK(records.size() <= engine::kChunkRows);
  chunk.rows = records.size();
  chunk.arena.clear();
  chunk.columns.clear();
  for (const SourceColumn& column : columns) {
    engine::Column& filled = chunk.columns.emplace_back(Type::any);
    for (size_t row = 0; row < records.size(); ++row) {
      const Json* value = member(records[row], column.name);
      if (value != nullptr) filled.put(row, value_of_json(chunk.arena, *value));
    }
  }
}

}  // namespace foz::prep
