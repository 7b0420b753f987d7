// Every example of the function table runs, and the table keeps its own rules. Follows: Data Prep contract, 6.
#include "prep/functions.h"

#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "base/time_text.h"
#include "prep/evaluate.h"
#include "prep/json_value.h"
#include "prep/operators.h"

namespace foz::prep {
namespace {

SeededRandom& chance() {
  static SeededRandom random(11);
  return random;
}

RunContext context() { return {.now = *parse_iso_instant("2024-05-06T07:08:09.123Z"), .random = &chance()}; }

Result<Evaluation> evaluated(std::string_view expression) { return Evaluation::of(expression, Json::object(), context()); }

void expect_example(const Function& function, const Example& example) {
  const auto given = evaluated(example.expression);
  ASSERT_TRUE(given) << example.expression << ": " << given.error().message;
  if (example.result == "error") {
    EXPECT_NE(given->problem(), "") << example.expression << " gives " << to_text(json_of(given->value()));
    return;
  }
  EXPECT_EQ(given->problem(), "") << example.expression;
  const auto wanted = evaluated(example.result);
  ASSERT_TRUE(wanted) << function.name << ": " << example.result << ": " << wanted.error().message;
  EXPECT_TRUE(same(given->value(), wanted->value())) << example.expression << "\n  gives " << to_text(json_of(given->value())) << "\n  not   " << example.result;
}

TEST(Functions, EveryExampleHolds) {
  for (const Function* function : all_functions()) {
    EXPECT_FALSE(function->listed_examples().empty()) << function->name << " shows no example";
    for (const Example& example : function->listed_examples()) expect_example(*function, example);
  }
}

TEST(Functions, EveryExampleOfAMethodHolds) {
  for (const Function* method : all_methods()) {
    EXPECT_FALSE(method->listed_examples().empty()) << method->name << " shows no example";
    for (const Example& example : method->listed_examples()) expect_example(*method, example);
  }
}

/// The kernel takes what the row lists.
void expect_complete_row(const Function& function) {
  EXPECT_FALSE(function.about.empty()) << function.name;
  EXPECT_TRUE(function.about.ends_with('.') || function.about.ends_with('?')) << function.name;
  for (const Parameter& parameter : function.listed()) EXPECT_FALSE(parameter.about.empty()) << function.name << " " << parameter.name;
  EXPECT_EQ(function.form == Form::plain, static_cast<bool>(function.kernel)) << function.name;
  if (!function.kernel) return;
  EXPECT_EQ(function.repeat != Repeat::no, function.kernel.rest) << function.name;
  if (!function.kernel.rest) {
    EXPECT_EQ(function.listed().size(), function.kernel.fixed) << function.name;
  }
}

TEST(Functions, RowsAreComplete) {
  for (const Function* function : all_functions()) expect_complete_row(*function);
  for (const Function* method : all_methods()) expect_complete_row(*method);
}

TEST(Functions, AllOfTheContractAreThere) {
  const std::set<std::string> kWanted = {
      "concat", "explode", "instr", "replacestr", "substr", "lower", "lcase", "upper", "ucase", "split", "join", "lpad", "rpad", "left", "right", "ltrim", "rtrim", "trim",
      "extract_regex", "matches_regex", "md5", "sha1", "sha256", "sha512", "crc32", "get_url_protocol", "get_url_host", "get_url_port", "get_url_path", "get_url_query_str",
      "get_url_encoded", "get_url_decoded", "now", "timestamp", "format", "dformat", "date", "date_part", "set_date_part", "make_date_time", "make_timestamp", "zone_date_to_utc",
      "zone_date_to_zone", "size_of", "is_empty", "arrays_to_object", "arrays_to_objects", "to_object", "str_to_object", "contains_key", "is_set", "nullify", "get_keys", "get_values",
      "json_to_object", "to_map", "object_to_map", "array_to_map", "add_to_map", "map_get_values", "map_has_keys", "coalesce", "first", "last", "to_array", "add_to_array",
      "join_arrays", "array_to_string", "filterArray", "transformArray", "flattenArray", "upsert_array_append", "upsert_array_replace", "decode", "iif", "min", "max", "to_bigint",
      "to_decimal", "to_float", "to_integer", "uuid", "guid", "fpid_to_ecid", "ua_os_name", "ua_os_version", "ua_os_version_major", "ua_os_name_version", "ua_agent_name",
      "ua_agent_version", "ua_agent_version_major", "ua_device_class", "aa_get_event_id", "aa_get_event_value", "aa_get_product_categories", "aa_get_product_names",
      "aa_get_product_quantities", "aa_get_product_prices", "aa_get_product_event_values", "aa_get_product_evars"};
  EXPECT_EQ(std::set<std::string>(function_names().begin(), function_names().end()), kWanted);
  const std::set<std::string> kMethods = {"equals", "equalsIgnoreCase", "length", "substring", "indexOf", "contains", "startsWith", "endsWith", "toUpperCase", "toLowerCase",
                                          "trim", "replace", "concat", "isEmpty", "toString", "get", "containsKey", "size"};
  EXPECT_EQ(std::set<std::string>(method_names().begin(), method_names().end()), kMethods);
}

TEST(Functions, AreServedWithTheirWords) {  // 3.4
  const Json list = functions_json();
  EXPECT_EQ(list.size(), function_names().size());
  for (const Json& one : list) {
    for (const char* name : {"category", "function", "description", "syntax", "returns", "returnType", "params", "since"}) EXPECT_TRUE(one.contains(name)) << to_text(one);
    if (one["function"] != "concat") continue;
    EXPECT_EQ(one["syntax"], "concat(STRING_1, STRING_2)");
    EXPECT_EQ(one["returnType"], "java.lang.String");
    EXPECT_EQ(one["params"][0]["position"], 1);
  }
}

}  // namespace
}  // namespace foz::prep
