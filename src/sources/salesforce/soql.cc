#include "sources/salesforce/soql.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "sources/comparison.h"

namespace foz::sources::salesforce {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_part(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

constexpr Comparisons kWords{.at_least = " >= ", .below = " < ", .equals = " = ", .both = " AND ", .either = " OR "};

}  // namespace

bool is_soql_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && is_letter(name[0]) && std::all_of(name.begin(), name.end(), is_name_part);
}

std::string soql_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    switch (c) {
      case '\'': quoted += "\\'"; break;
      case '"': quoted += "\\\""; break;
      case '\\': quoted += "\\\\"; break;
      case '\n': quoted += "\\n"; break;
      case '\r': quoted += "\\r"; break;
      case '\t': quoted += "\\t"; break;
      case '\b': quoted += "\\b"; break;
      case '\f': quoted += "\\f"; break;
      default: quoted += c;
    }
  }
  return quoted + "'";
}

std::string soql_millis(int64_t millis) { return iso_shortest(from_millis(millis)); }
std::string soql_time(Instant instant) { return soql_millis(std::chrono::ceil<std::chrono::milliseconds>(instant).time_since_epoch().count()); }

Result<std::string> to_soql(const Select& select) {
  const auto bad_name = [](const std::string& name) {
    return Error{.kind = ErrorKind::invalid, .message = "\"" + name + "\" is no name of an object or field in Salesforce", .code = "CONNECTOR-1330-400"};
  };
  if (!is_soql_name(select.object)) return bad_name(select.object);
  std::string soql = "SELECT ";
  for (size_t i = 0; i < select.fields.size(); ++i) {
    const std::string& field = select.fields[i];
    if (!is_soql_name(field) && field != "COUNT()") return bad_name(field);
    if (i > 0) soql += ",";
    soql += field;
  }
  soql += " FROM " + select.object;
  std::string_view glue = " WHERE ";
  for (const std::string& condition : select.conditions) {
    if (condition.empty()) continue;
    soql += std::string(glue) + condition;
    glue = " AND ";
  }
  if (!select.order.empty()) soql += " ORDER BY " + select.order;
  if (select.limit > 0) soql += " LIMIT " + std::to_string(select.limit);
  return soql;
}

Result<std::string> window_condition(const Column& column, const Window& window) {
  const std::string& name = column.raw_path.at(0);
  const MillisRange millis = millis_range(window);
  switch (column.type) {
    case ColumnType::timestamp: return between(kWords, name, millis.from, millis.to, soql_millis);
    case ColumnType::date: {
      TRY(const DayRange days, day_range(window));
      return between(kWords, name, days.from, days.to, [](std::chrono::sys_days day) { return iso_date(day); });
    }
    case ColumnType::int32: case ColumnType::int64: case ColumnType::decimal: case ColumnType::number: return number_between(kWords, name, millis);
    case ColumnType::string: {
      TRY(const auto texts, text_range(window));
      return texts ? between(kWords, name, texts->from, texts->to, soql_text) : std::string();
    }
    default: return std::string();
  }
}

}  // namespace foz::sources::salesforce
