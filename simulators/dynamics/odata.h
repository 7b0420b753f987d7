#pragma once
// OData filters and query options, as far as Sources contract 7.2 lists them.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "simulators/tables/table.h"

namespace foz::sim {

/// A value in a filter or a row: numbers, moments (milliseconds) and days (their first millisecond) are `number`.
struct ODataValue {
  enum class Type : uint8_t { null, text, number, boolean };
  Type type = Type::null;
  double number = 0;
  std::string text = {};  ///< lower case: the database compares without case
};

struct ODataFilter {
  enum class Op : uint8_t { all_of, any_of, negation, eq, ne, gt, ge, lt, le, contains, starts_with, ends_with, on, on_or_after, on_or_before, in, contain_values };
  Op op = Op::all_of;
  std::vector<ODataFilter> parts = {};
  std::string property = {};
  std::vector<ODataValue> values = {};
  const Column* column = nullptr;  ///< once bound to a table
};

using ODataParsed = std::variant<ODataFilter, std::string>;
/// The filter, or what is wrong with the text.
ODataParsed parse_odata_filter(std::string_view text);

/// True when the filter holds for the values that `value_of` gives for its leaves.
bool odata_holds(const ODataFilter& filter, const std::function<ODataValue(const ODataFilter&)>& value_of);

ODataValue odata_value(const Column& column, const Value& value);
ODataValue odata_text(std::string_view text);

/// `name($select=a,b),other` at the top level of a list: commas inside parentheses do not split.
std::vector<std::string> odata_list(std::string_view text);
/// `primarycontactid($select=fullname;$expand=...)`
struct ODataExpand {
  std::string name;
  std::vector<std::string> select = {};
  bool nested = false;
};
ODataExpand parse_odata_expand(std::string_view text);

}  // namespace foz::sim
