#include "sources/dynamics/odata.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sources/comparison.h"
#include "sources/dynamics/metadata.h"

namespace foz::sources::dynamics {
namespace {

/// Of the 32 KB that a URL may have; columns, windows and page handles need the rest.
constexpr size_t kConditionMax = 4000;

constexpr Comparisons kWords{.at_least = " ge ", .below = " lt ", .equals = " eq ", .both = " and ", .either = " or "};

bool holds_guids(const Column& column) {
  return column.original_type.starts_with("Lookup") || column.original_type.starts_with("Customer") || column.original_type.starts_with("Owner") ||
         column.original_type == "Uniqueidentifier";
}

using Condition = std::optional<std::string>;

/// A literal as OData writes it for a column; nothing for what does not compare there as it does here.
Condition literal_of(const Column& column, const Json& value) {
  const bool text = value.is_string();
  switch (column.type) {
    case ColumnType::boolean: return value.is_boolean() ? Condition(value.get<bool>() ? "true" : "false") : std::nullopt;
    case ColumnType::int32: case ColumnType::int64: return value.is_number_integer() ? Condition(value.dump()) : std::nullopt;
    case ColumnType::decimal: case ColumnType::number: return value.is_number() ? Condition(value.dump()) : std::nullopt;
    case ColumnType::timestamp: {
      const auto instant = text ? parse_iso_instant(value.get_ref<const std::string&>()) : std::nullopt;
      return instant ? Condition(odata_millis(std::chrono::ceil<std::chrono::milliseconds>(*instant).time_since_epoch().count())) : std::nullopt;
    }
    case ColumnType::date: {
      const auto day = text ? parse_iso_date(value.get_ref<const std::string&>()) : std::nullopt;
      return day ? Condition(iso_date(*day)) : std::nullopt;
    }
    case ColumnType::string: {
      if (!text) return std::nullopt;
      const auto& words = value.get_ref<const std::string&>();
      if (!holds_guids(column)) return odata_text(words);
      return is_guid(words) ? Condition(lower(words)) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

class Narrowing {
 public:
  explicit Narrowing(const Description& table) : table_(table) {}

  Condition of(const Json& node) const {
    const std::string word = lower(text_of(node, "fnName"));
    const Json* params = member(node, "params");
    if (params == nullptr || !params->is_array() || params->empty() || word == "not") return std::nullopt;
    if (word == "and" || word == "or") return combined(word, *params);
    return comparison(word, *params);
  }

 private:
  /// Of an `and` some parts do; an `or` needs all.
  Condition combined(const std::string& word, const Json& params) const {
    std::vector<std::string> parts;
    for (const Json& param : params) {
      Condition part = of(param);
      if (part) parts.push_back(*std::move(part));
      else if (word == "or") return std::nullopt;
    }
    if (parts.empty()) return std::nullopt;
    return "(" + join(parts, " " + word + " ") + ")";
  }

  Condition comparison(const std::string& word, const Json& params) const {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kOperators = {{{"=", "eq"}, {"<", "lt"}, {"<=", "le"}, {">", "gt"}, {">=", "ge"}}};
    const Column* column = column_named(text_of(params[0], "fieldName"));
    if (column == nullptr) return std::nullopt;
    const std::string name = property_of(*column);
    if (word == "isnull") return name + " eq null";
    if (word == "isnotnull") return name + " ne null";
    const Json* literal = params.size() > 1 ? member(params[1], "value") : nullptr;
    if (literal == nullptr) return std::nullopt;
    if (word == "in") return one_of(*column, name, *literal);
    const auto known = std::find_if(kOperators.begin(), kOperators.end(), [&](const auto& each) { return each.first == word; });
    if (known == kOperators.end() || (column->type == ColumnType::string && word != "=")) return std::nullopt;
    const Condition value = literal_of(*column, *literal);
    return value ? Condition(name + " " + std::string(known->second) + " " + *value) : std::nullopt;
  }

  static Condition one_of(const Column& column, const std::string& name, const Json& values) {
    if (!values.is_array() || values.empty()) return std::nullopt;
    std::vector<std::string> parts;
    for (const Json& value : values) {
      const Condition literal = literal_of(column, value);
      if (!literal) return std::nullopt;
      parts.push_back(name + " eq " + *literal);
    }
    return "(" + join(parts, " or ") + ")";
  }

  /// Columns whose own value stands in the row: no labels, nothing of other records, no lists, no long texts.
  const Column* column_named(std::string_view name) const {
    const auto found = std::find_if(table_.columns.begin(), table_.columns.end(), [&](const Column& column) { return column.name == name; });
    if (found == table_.columns.end() || found->raw_path.size() != 1 || found->raw_path[0].find('@') != std::string::npos) return nullptr;
    return found->original_type == "Memo" || found->type == ColumnType::json ? nullptr : &*found;
  }

  const Description& table_;
};

}  // namespace

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

std::string odata_text(std::string_view text) { return "'" + replace_all(std::string(text), "'", "''") + "'"; }
std::string odata_millis(int64_t millis) { return iso_shortest(from_millis(millis)); }

std::string property_of(const Column& column) {
  if (column.raw_path.size() != 1) return "";
  const std::string name = column.raw_path[0].substr(0, column.raw_path[0].find('@'));
  return is_logical_name(name) ? name : "";
}

std::string range_condition(const std::string& property, const TimeRange& range) { return between(kWords, property, range.from, range.to, odata_millis); }

Result<std::string> window_condition(const Column& column, const Window& window) {
  const std::string name = property_of(column);
  if (name.empty()) return std::string();
  const MillisRange millis = millis_range(window);
  switch (column.type) {
    case ColumnType::timestamp: return range_condition(name, {.from = millis.from, .to = millis.to});
    case ColumnType::date: {
      TRY(const DayRange days, day_range(window));
      return between(kWords, name, days.from, days.to, [](std::chrono::sys_days day) { return iso_date(day); });
    }
    case ColumnType::int32: case ColumnType::int64: case ColumnType::decimal: case ColumnType::number: return number_between(kWords, name, millis);
    default: return std::string();
  }
}

std::string filter_condition(const Description& table, const Json& filter) {
  const Condition condition = Narrowing(table).of(filter);
  return condition && condition->size() <= kConditionMax ? *condition : "";
}

}  // namespace foz::sources::dynamics
