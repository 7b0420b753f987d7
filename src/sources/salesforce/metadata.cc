#include "sources/salesforce/metadata.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/json.h"
#include "sources/salesforce/deny_list.h"

namespace foz::sources::salesforce {
namespace {

/// Follows: Sources contract, 2.3. What is missing here is text.
const std::map<std::string, ColumnType, std::less<>> kTypes = {
    {"boolean", ColumnType::boolean}, {"int", ColumnType::int32},       {"long", ColumnType::int64},
    {"double", ColumnType::decimal},  {"currency", ColumnType::decimal}, {"percent", ColumnType::decimal},
    {"date", ColumnType::date},       {"datetime", ColumnType::timestamp}, {"json", ColumnType::json},
};

/// Follows: Sources contract, 2.7: the first that exists and can be filtered.
constexpr std::array<std::string_view, 4> kModifiedColumns = {"SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime"};

/// Columns that behave as formulas do, and are not marked so. A line each, as they are reported.
struct ColumnOfObject {
  std::string_view object, column;
};
constexpr std::array<ColumnOfObject, 1> kUnmarkedFormulas = {{{"ContractLineItem", "Status"}}};  // follows today's date

bool is_unmarked_formula(std::string_view object, std::string_view column) {
  return std::any_of(kUnmarkedFormulas.begin(), kUnmarkedFormulas.end(), [&](const ColumnOfObject& known) { return known.object == object && known.column == column; });
}

bool is_set(const Json& json, std::string_view name) { return boolean_of(json, name).value_or(false); }

/// Declared numbers as exact decimals where their declaration makes sense.
void set_precision(const Json& field, Column& column) {
  const int64_t precision = integer_of(field, "precision").value_or(0), scale = integer_of(field, "scale").value_or(0);
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
    column.type = ColumnType::number;
    return;
  }
  column.precision = static_cast<int32_t>(precision);
  column.scale = static_cast<int32_t>(scale);
}

std::string modified_column_of(const Description& description) {
  for (const std::string_view name : kModifiedColumns) {
    const auto found = std::find_if(description.columns.begin(), description.columns.end(), [&](const Column& column) { return column.name == name; });
    if (found != description.columns.end() && found->cursor) return std::string(name);
  }
  return "";
}

}  // namespace

std::vector<Table> tables_of(const Json& answer) {
  std::vector<Table> tables;
  const Json* objects = member(answer, "sobjects");
  if (objects == nullptr || !objects->is_array()) return tables;
  for (const Json& object : *objects) {
    const std::string name = text_of(object, "name");
    const Access access = access_of(name);
    if (name.empty() || !is_set(object, "queryable") || is_set(object, "deprecatedAndHidden") || access == Access::never) continue;
    tables.push_back({.name = name,
                      .path = name,
                      .also_known_as = {text_of(object, "label"), text_of(object, "labelPlural")},
                      .hidden = access == Access::filtered || access == Access::no_query});
  }
  return tables;
}

std::optional<Column> column_of(const Json& field) {
  const std::string type = text_of(field, "type"), name = text_of(field, "name");
  if (name.empty() || type == "address" || type == "location" || type == "base64" || is_set(field, "deprecatedAndHidden")) return std::nullopt;
  Column column{.name = name, .raw_path = {name}, .calculated = is_set(field, "calculated"), .original_type = type};
  const auto known = kTypes.find(type);
  if (known != kTypes.end()) column.type = known->second;
  if (column.type == ColumnType::decimal) set_precision(field, column);
  column.key = type == "id" && name == "Id";
  const bool timely = column.type == ColumnType::date || column.type == ColumnType::timestamp;
  column.cursor = timely && boolean_of(field, "filterable").value_or(true);
  return column;
}

Object object_of(const Json& answer) {
  const std::string name = text_of(answer, "name");
  Object object;
  object.description.table = {.name = name, .path = name, .also_known_as = {text_of(answer, "label"), text_of(answer, "labelPlural")}};
  if (const Json* fields = member(answer, "fields"); fields != nullptr && fields->is_array()) {
    for (const Json& field : *fields) {
      object.fields.push_back(text_of(field, "name"));
      auto column = column_of(field);
      if (!column) continue;
      column->calculated |= is_unmarked_formula(name, column->name);
      object.description.columns.push_back(std::move(*column));
    }
  }
  object.description.modified_column = modified_column_of(object.description);
  object.description.if_missing = "a field may be hidden from the integration user by field-level security";
  const auto& columns = object.description.columns;
  object.traits.bulk = access_of(name) == Access::plain && !is_set(answer, "customSetting");
  object.traits.replicateable = is_set(answer, "replicateable");
  object.traits.has_created_date = std::any_of(columns.begin(), columns.end(), [](const Column& column) { return column.name == "CreatedDate" && column.cursor; });
  return object;
}

}  // namespace foz::sources::salesforce
