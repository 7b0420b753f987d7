#include "sources/salesforce/select.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "http/message.h"
#include "sources/salesforce/filter.h"
#include "sources/window.h"

namespace foz::sources::salesforce {
namespace {

/// URL and headers may have 16,384 bytes; tokens, host names and other headers need some of them.
constexpr size_t kUrlBytesMax = 12'000;

const Column* column_named(const Description& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

std::string key_condition(const std::vector<std::string>& keys) {
  std::vector<std::string> literals;
  for (const std::string& key : keys) literals.push_back(soql_text(key));
  return "Id IN (" + join(literals, ",") + ")";
}

}  // namespace

bool has_id(const ReadPlan& plan) { return column_named(plan.table, "Id") != nullptr; }

std::vector<std::string> fields_of(const ReadPlan& plan) {
  std::vector<std::string> fields;
  if (has_id(plan)) fields.push_back("Id");
  for (const Column& column : plan.columns) {
    if (column.raw_path.empty() || std::find(fields.begin(), fields.end(), column.raw_path[0]) != fields.end()) continue;
    fields.push_back(column.raw_path[0]);
  }
  return fields;
}

Result<std::vector<std::string>> conditions_of(const ReadPlan& plan, const Part& part) {
  std::vector<std::string> conditions;
  if (!part.keys.empty()) return std::vector<std::string>{key_condition(part.keys)};
  if (plan.window) {
    const Column* column = column_named(plan.table, plan.window->column);
    if (column == nullptr) {
      return Error{.kind = ErrorKind::not_found, .message = plan.table.table.path + " has no column \"" + plan.window->column + "\" to read by", .code = "CONNECTOR-1330-400"};
    }
    TRY(std::string condition, window_condition(*column, *plan.window));
    if (!condition.empty()) conditions.push_back(std::move(condition));
  }
  if (plan.filter != nullptr) conditions.push_back(filter_condition(plan.table, *plan.filter));
  if (std::string condition = span_condition("CreatedDate", part); !condition.empty()) conditions.push_back(std::move(condition));
  return conditions;
}

std::string span_condition(const std::string& column, const Part& span) {
  std::vector<std::string> bounds;
  if (span.from) bounds.push_back(column + " >= " + soql_millis(*span.from));
  if (span.to) bounds.push_back(column + " < " + soql_millis(*span.to));
  if (!span.id_from.empty()) bounds.push_back("Id >= " + soql_text(span.id_from));
  if (!span.id_to.empty()) bounds.push_back("Id < " + soql_text(span.id_to));
  return join(bounds, " AND ");
}

std::pair<std::string, Part> times_of(const ReadPlan& plan, const Part& part) {
  if (plan.window) {
    const Column* column = column_named(plan.table, plan.window->column);
    if (column != nullptr && column->type == ColumnType::timestamp) {
      const MillisRange millis = millis_range(*plan.window);
      return {column->raw_path.at(0), {.from = millis.from, .to = millis.to}};
    }
  }
  const Column* created = column_named(plan.table, "CreatedDate");
  if (created == nullptr || !created->cursor) return {};
  return {"CreatedDate", {.from = part.from, .to = part.to}};
}

std::vector<std::vector<std::string>> field_lists(const std::vector<std::string>& fields, size_t rest_bytes) {
  const size_t room = kUrlBytesMax > rest_bytes + 1000 ? kUrlBytesMax - rest_bytes : 1000;
  const bool keyed = !fields.empty() && fields[0] == "Id";
  std::vector<std::vector<std::string>> lists(1);
  size_t used = 0;
  for (const std::string& field : fields) {
    const size_t bytes = http::percent_encode(field).size() + 3;  // and an encoded comma
    if (keyed && used + bytes > room && lists.back().size() > 1) {
      lists.push_back({"Id"});
      used = 5;
    }
    lists.back().push_back(field);
    used += bytes;
  }
  return lists;
}

}  // namespace foz::sources::salesforce
