#include "registry/keyword_check.h"

#include <algorithm>
#include <string_view>

#include "base/json.h"

namespace foz::registry {
namespace {

bool is_text(const Json& value) { return value.is_string() && !value.get_ref<const std::string&>().empty(); }
bool is_number(const Json& value) { return value.is_number(); }
/// Draft 6 has a number; the older boolean beside `minimum` is read too.
bool is_bound(const Json& value) { return value.is_number() || value.is_boolean(); }
bool is_boolean(const Json& value) { return value.is_boolean(); }
bool is_count(const Json& value) { return value.is_number_integer() && value.get<int64_t>() >= 0; }
bool is_list_of_names(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_string(); });
}

struct KeywordType {
  const char* name;
  bool (*fits)(const Json& value);
  std::string_view words;
};

constexpr KeywordType kKeywordTypes[] = {
    {"$ref", is_text, "no id"},
    {"format", is_text, "no text"},
    {"pattern", is_text, "no text"},
    {"meta:xdmType", is_text, "no text"},
    {"minimum", is_number, "no number"},
    {"maximum", is_number, "no number"},
    {"exclusiveMinimum", is_bound, "no number"},
    {"exclusiveMaximum", is_bound, "no number"},
    {"minLength", is_count, "no whole number from 0 on"},
    {"maxLength", is_count, "no whole number from 0 on"},
    {"minItems", is_count, "no whole number from 0 on"},
    {"maxItems", is_count, "no whole number from 0 on"},
    {"minProperties", is_count, "no whole number from 0 on"},
    {"maxProperties", is_count, "no whole number from 0 on"},
    {"uniqueItems", is_boolean, "neither true nor false"},
    {"required", is_list_of_names, "no array of field names"},
};

struct Range {
  const char *least, *most;
};
constexpr Range kRanges[] = {{"minimum", "maximum"}, {"minLength", "maxLength"}, {"minItems", "maxItems"}, {"minProperties", "maxProperties"}};

}  // namespace

std::optional<std::string> wrong_keyword(const Json& node) {
  for (const KeywordType& keyword : kKeywordTypes) {
    const Json* value = member(node, keyword.name);
    if (value != nullptr && !keyword.fits(*value)) return "has a " + std::string(keyword.name) + " that is " + std::string(keyword.words);
  }
  for (const Range& range : kRanges) {
    const Json *least = member(node, range.least), *most = member(node, range.most);
    if (least != nullptr && most != nullptr && *least > *most) {
      return "has a " + std::string(range.least) + " above its " + std::string(range.most);
    }
  }
  return std::nullopt;
}

}  // namespace foz::registry
