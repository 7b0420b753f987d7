#include "sources/salesforce/filter.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sources/salesforce/soql.h"

namespace foz::sources::salesforce {
namespace {

/// One string of a WHERE clause may have 4,000 characters; windows and keys need some.
constexpr size_t kConditionMax = 3000;

constexpr std::array<std::string_view, 6> kComparisons = {"=", "!=", "<", "<=", ">", ">="};
/// Texts that can be filtered by; long and encrypted ones cannot.
constexpr std::array<std::string_view, 7> kTexts = {"string", "picklist", "id", "reference", "email", "phone", "url"};

template <size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

using Condition = std::optional<std::string>;

/// A literal as SOQL writes it for a column; nothing for what does not compare there as it does here.
Condition literal_of(const Column& column, const Json& value) {
  switch (column.type) {
    case ColumnType::boolean: return value.is_boolean() ? Condition(value.get<bool>() ? "true" : "false") : std::nullopt;
    case ColumnType::int32: case ColumnType::int64: case ColumnType::decimal: case ColumnType::number:
      return value.is_number() ? Condition(value.dump()) : std::nullopt;
    case ColumnType::timestamp: {
      const auto instant = value.is_string() ? parse_iso_instant(value.get_ref<const std::string&>()) : std::nullopt;
      return instant ? Condition(soql_time(*instant)) : std::nullopt;
    }
    case ColumnType::date: {
      const auto day = value.is_string() ? parse_iso_date(value.get_ref<const std::string&>()) : std::nullopt;
      return day ? Condition(iso_date(*day)) : std::nullopt;
    }
    case ColumnType::string: return value.is_string() ? Condition(soql_text(value.get_ref<const std::string&>())) : std::nullopt;
    default: return std::nullopt;
  }
}

Condition list_of(const Column& column, const Json& values) {
  if (!values.is_array() || values.empty()) return std::nullopt;
  std::vector<std::string> literals;
  for (const Json& value : values) {
    const Condition literal = literal_of(column, value);
    if (!literal) return std::nullopt;
    literals.push_back(*literal);
  }
  return "(" + join(literals, ",") + ")";
}

class Narrowing {
 public:
  explicit Narrowing(const Description& table) : table_(table) {}

  /// `exact`: the condition stands below a `not`, where one that lets more rows through would keep some out.
  Condition of(const Json& node, bool exact) const {
    const std::string word = lower(text_of(node, "fnName"));
    const Json* params = member(node, "params");
    if (params == nullptr || !params->is_array() || params->empty()) return std::nullopt;
    if (word == "not") {
      const Condition inner = of((*params)[0], true);
      return inner ? Condition("(NOT " + *inner + ")") : std::nullopt;
    }
    if (word == "and" || word == "or") return combined(word, *params, exact);
    return comparison(word, *params, exact);
  }

 private:
  /// Of an `and` some parts do; an `or` needs all.
  Condition combined(std::string_view word, const Json& params, bool exact) const {
    std::vector<std::string> parts;
    for (const Json& param : params) {
      Condition part = of(param, exact);
      if (part) parts.push_back(*std::move(part));
      else if (exact || word == "or") return std::nullopt;
    }
    if (parts.empty()) return std::nullopt;
    return "(" + join(parts, word == "or" ? " OR " : " AND ") + ")";
  }

  Condition comparison(const std::string& word, const Json& params, bool exact) const {
    const Column* column = column_named(text_of(params[0], "fieldName"));
    if (column == nullptr) return std::nullopt;
    const std::string& name = column->raw_path[0];
    if (word == "isnull") return name + " = null";
    if (word == "isnotnull") return name + " != null";
    const Json* literal = params.size() > 1 ? member(params[1], "value") : nullptr;
    if (literal == nullptr) return std::nullopt;
    const bool text = column->type == ColumnType::string;
    if (text && (exact || (word != "=" && word != "in" && word != "like"))) return std::nullopt;
    if (word == "in") {
      const Condition list = list_of(*column, *literal);
      return list ? Condition(name + " IN " + *list) : std::nullopt;
    }
    const Condition value = literal_of(*column, *literal);
    if (!value || (word != "like" && !one_of(word, kComparisons)) || (word == "like" && !text)) return std::nullopt;
    return name + " " + upper(word) + " " + *value;
  }

  const Column* column_named(std::string_view name) const {
    const auto found = std::find_if(table_.columns.begin(), table_.columns.end(), [&](const Column& column) { return column.name == name; });
    if (found == table_.columns.end() || found->raw_path.size() != 1 || !is_soql_name(found->raw_path[0])) return nullptr;
    return found->type != ColumnType::string || one_of(found->original_type, kTexts) ? &*found : nullptr;
  }

  const Description& table_;
};

}  // namespace

std::string filter_condition(const Description& table, const Json& filter) {
  const Condition condition = Narrowing(table).of(filter, false);
  return condition && condition->size() <= kConditionMax ? *condition : "";
}

}  // namespace foz::sources::salesforce
