#include "schedule/plan_json.h"

#include "base/time_text.h"

namespace foz::schedule {
namespace {

using sources::Column;

Json column_json(const Column& column) {
  Json json = {{"name", column.name}, {"type", static_cast<int>(column.type)}, {"wire", static_cast<int>(column.wire)},
               {"path", column.raw_path}, {"precision", column.precision}, {"scale", column.scale}};
  if (column.constant) json["constant"] = *column.constant;
  for (const auto& [name, flag] : {std::pair("lenient", column.lenient), std::pair("key", column.key), std::pair("cursor", column.cursor),
                                   std::pair("calculated", column.calculated), std::pair("onRequest", column.on_request)}) {
    if (flag) json[name] = true;
  }
  if (!column.prefix.empty()) json["prefix"] = column.prefix;
  if (!column.original_type.empty()) json["originalType"] = column.original_type;
  return json;
}

Column column_of(const Json& json) {
  Column column;
  column.name = text_of(json, "name");
  column.type = static_cast<sources::ColumnType>(integer_of(json, "type").value_or(0));
  column.wire = static_cast<sources::Wire>(integer_of(json, "wire").value_or(0));
  column.raw_path = texts_of(json, "path");
  column.precision = static_cast<int32_t>(integer_of(json, "precision").value_or(38));
  column.scale = static_cast<int32_t>(integer_of(json, "scale").value_or(10));
  if (member(json, "constant") != nullptr) column.constant = text_of(json, "constant");
  column.lenient = boolean_of(json, "lenient").value_or(false);
  column.key = boolean_of(json, "key").value_or(false);
  column.cursor = boolean_of(json, "cursor").value_or(false);
  column.calculated = boolean_of(json, "calculated").value_or(false);
  column.on_request = boolean_of(json, "onRequest").value_or(false);
  column.prefix = text_of(json, "prefix");
  column.original_type = text_of(json, "originalType");
  return column;
}

Json window_json(const sources::Window& window) {
  Json json = {{"column", window.column}, {"dateFormat", window.date_format}, {"timezone", window.timezone}};
  if (window.from) json["from"] = iso_shortest(*window.from);
  if (window.to) json["to"] = iso_shortest(*window.to);
  return json;
}

sources::Window window_of(const Json& json) {
  sources::Window window{.column = text_of(json, "column"), .date_format = text_of(json, "dateFormat"), .timezone = text_of(json, "timezone")};
  window.from = parse_rfc3339(text_of(json, "from"));
  window.to = parse_rfc3339(text_of(json, "to"));
  return window;
}

}  // namespace

Json columns_json(const std::vector<Column>& columns) {
  Json list = Json::array();
  for (const Column& column : columns) list.push_back(column_json(column));
  return list;
}

std::vector<Column> columns_of(const Json& list) {
  std::vector<Column> columns;
  for (const Json& one : list) columns.push_back(column_of(one));
  return columns;
}

Json to_json(const SpoolPlan& plan) {
  const sources::Table& table = plan.plan.table.table;
  Json json = {{"table", {{"name", table.name}, {"path", table.path}, {"modifiedColumn", plan.plan.table.modified_column}, {"versionColumn", plan.plan.table.version_column},
                          {"columns", columns_json(plan.plan.table.columns)}}},
               {"columns", columns_json(plan.plan.columns)},
               {"deletes", plan.plan.deletes}};
  if (plan.plan.window) json["window"] = window_json(*plan.plan.window);
  if (plan.plan.filter) json["filter"] = *plan.plan.filter;
  Json slices = Json::array();
  for (const sources::Slice& slice : plan.slices) slices.push_back({{"id", slice.id}, {"query", slice.query}});
  json["slices"] = slices;
  if (!plan.removal_look.empty()) json["removalLook"] = plan.removal_look;
  if (plan.refresh) {
    json["refresh"] = {{"columns", plan.refresh->columns}, {"compared", plan.refresh->compared}, {"changed", plan.refresh->changed}, {"memory", plan.refresh->memory}};
  }
  return json;
}

Result<SpoolPlan> plan_of(const Json& json) {
  const Json *table = member(json, "table"), *columns = member(json, "columns"), *slices = member(json, "slices");
  if (table == nullptr || columns == nullptr || slices == nullptr || !slices->is_array() || !columns->is_array()) {
    return Error{.kind = ErrorKind::corrupt, .message = "the plan of a spool cannot be read"};
  }
  SpoolPlan plan;
  plan.plan.table.table = {.name = text_of(*table, "name"), .path = text_of(*table, "path")};
  plan.plan.table.modified_column = text_of(*table, "modifiedColumn");
  plan.plan.table.version_column = text_of(*table, "versionColumn");
  if (const Json* all = member(*table, "columns")) plan.plan.table.columns = columns_of(*all);
  plan.plan.columns = columns_of(*columns);
  plan.plan.deletes = boolean_of(json, "deletes").value_or(false);
  if (const Json* window = member(json, "window")) plan.plan.window = window_of(*window);
  if (const Json* filter = member(json, "filter")) plan.plan.filter = std::make_shared<const Json>(*filter);
  for (const Json& slice : *slices) plan.slices.push_back({.id = text_of(slice, "id"), .query = text_of(slice, "query")});
  plan.removal_look = text_of(json, "removalLook");
  if (const Json* refresh = member(json, "refresh")) {
    plan.refresh = {.columns = texts_of(*refresh, "columns"), .compared = integer_of(*refresh, "compared").value_or(0),
                    .changed = integer_of(*refresh, "changed").value_or(0), .memory = integer_of(*refresh, "memory").value_or(0)};
  }
  return plan;
}

}  // namespace foz::schedule
