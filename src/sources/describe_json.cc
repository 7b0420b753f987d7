#include "sources/describe_json.h"

#include <array>
#include <limits>

#include "base/json.h"
#include "base/text.h"

namespace foz::sources {
namespace {

constexpr size_t kTablesMax = 20'000;
/// Whole numbers that every JSON reader keeps exactly.
constexpr int64_t kSafeInteger = 9'007'199'254'740'991;

/// How a type is spelled. Follows: the type table of Flow Service contract, 7.4; names: Sources contract, 1.5.
struct TypeWords {
  std::string_view name, json, xdm, format, original;
};
constexpr std::array<TypeWords, 10> kTypeWords = {{{"string", "string", "", "", "String"},
                                                   {"boolean", "boolean", "", "", "Boolean"},
                                                   {"int32", "integer", "", "", "Int32"},
                                                   {"int64", "integer", "long", "", "Int64"},
                                                   {"decimal", "number", "", "", "Decimal"},
                                                   {"double", "number", "", "", "Double"},
                                                   {"date", "string", "date", "date", "Date"},
                                                   {"timestamp", "string", "date-time", "date-time", "DateTime"},
                                                   {"json", "string", "", "", "String"},
                                                   {"binary", "string", "", "", "Byte[]"}}};

const TypeWords& words_of(ColumnType type) { return kTypeWords[static_cast<size_t>(type)]; }

Json xdm_of(ColumnType type) {
  const TypeWords& words = words_of(type);
  Json xdm = {{"type", words.json}};
  if (!words.format.empty()) xdm["format"] = words.format;
  if (type == ColumnType::int32) {
    xdm["minimum"] = std::numeric_limits<int32_t>::min();
    xdm["maximum"] = std::numeric_limits<int32_t>::max();
  } else if (type == ColumnType::int64) {
    xdm["minimum"] = -kSafeInteger;
    xdm["maximum"] = kSafeInteger;
  }
  return xdm;
}

Json meta_of(const Column& column) {
  Json meta = {{"originalType", words_of(column.type).original}};
  if (!column.original_type.empty()) meta["vendorType"] = column.original_type;
  if (!column.raw_path.empty() && column.raw_path != std::vector<std::string>{column.name}) meta["rawPath"] = join(column.raw_path, ".");
  if (column.type == ColumnType::decimal) {
    meta["precision"] = column.precision;
    meta["scale"] = column.scale;
  }
  if (column.key) meta["key"] = true;
  if (column.calculated) meta["calculated"] = true;
  if (column.on_request) meta["onRequest"] = true;
  return meta;
}

}  // namespace

std::string_view name_of(ColumnType type) { return words_of(type).name; }

Json tables_json(const std::vector<Table>& tables, bool all) {
  Json list = Json::array();
  for (const Table& table : tables) {
    if (table.hidden && !all) continue;
    if (list.size() == kTablesMax) break;
    list.push_back({{"type", "table"},
                    {"name", table.name},
                    {"path", table.path},
                    {"canPreview", table.can_preview},
                    {"canFetchSchema", table.can_fetch_schema}});
  }
  return list;
}

Json column_json(const Column& column) {
  const TypeWords& words = words_of(column.type);
  Json json = {{"name", column.name}, {"type", words.json}};
  if (!words.xdm.empty()) json["meta:xdmType"] = words.xdm;
  json["xdm"] = xdm_of(column.type);
  json["meta"] = meta_of(column);
  return json;
}

Json description_json(const Description& description, bool all) {
  Json columns = Json::array();
  for (const Column& column : description.columns) {
    if (!column.on_request || all) columns.push_back(column_json(column));
  }
  return {{"format", "flat"}, {"schema", {{"columns", std::move(columns)}}}};
}

Json delta_columns_json(const Description& description) {
  Json items = Json::array();
  for (const Column& column : description.columns) {
    if (!column.cursor) continue;
    const TypeWords& words = words_of(column.type);
    items.push_back({{"columnName", column.name}, {"columnType", words.xdm.empty() ? words.json : words.xdm}});
  }
  return items;
}

}  // namespace foz::sources
