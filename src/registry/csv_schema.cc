#include "registry/csv_schema.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "registry/errors.h"
#include "registry/resource.h"
#include "registry/transfer.h"

namespace foz::registry {
namespace {

constexpr size_t kRowsMax = 1000;
constexpr size_t kColumnsMax = 1000;

/// Records of a CSV text (RFC 4180), one after the other.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  std::optional<std::vector<std::string>> next() {
    if (at_ >= text_.size()) return std::nullopt;
    std::vector<std::string> record;
    do record.push_back(field());
    while (take(','));
    take('\r');
    take('\n');
    return record;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string field() {
    std::string value;
    if (!take('"')) {
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') value += text_[at_++];
      return value;
    }
    while (at_ < text_.size()) {
      if (take('"')) {
        if (!take('"')) break;
        value += '"';
      } else {
        value += text_[at_++];
      }
    }
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
};

/// What every value of a column so far could be.
struct Guess {
  bool integer = true, number = true, boolean = true, date = true, instant = true, seen = false;

  void add(std::string_view value) {
    value = trim(value);
    if (value.empty()) return;
    seen = true;
    const auto whole = to_integer(value);
    // A leading zero is part of a code, not of a number.
    const bool code = value.size() > 1 && value.front() == '0' && value.find('.') == value.npos;
    integer = integer && whole && !code;
    number = number && to_number(value) && !code;
    boolean = boolean && (equal_ignoring_case(value, "true") || equal_ignoring_case(value, "false"));
    date = date && parse_iso_date(value);
    instant = instant && parse_rfc3339(value);
  }

  Json type() const {
    if (!seen) return {{"type", "string"}};
    if (boolean) return {{"type", "boolean"}};
    if (integer) return {{"type", "integer"}, {"meta:xdmType", "long"}};
    if (number) return {{"type", "number"}};
    if (date) return {{"type", "string"}, {"format", "date"}};
    if (instant) return {{"type", "string"}, {"format", "date-time"}};
    return {{"type", "string"}};
  }
};

/// A column's name as a field may be called: letters, digits, `_` and `-`, no `_` first; unlike the names before it.
std::string field_name(const std::string& column, std::set<std::string>& taken) {
  std::string name;
  for (const char c : std::string(trim(column))) {
    const bool fine = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    name += fine ? c : '_';
  }
  name.erase(0, std::min(name.find_first_not_of("_-"), name.size()));
  if (name.empty()) name = "column";
  std::string unlike = name;
  for (int number = 2; !taken.insert(unlike).second; ++number) unlike = name + "_" + std::to_string(number);
  return unlike;
}

Result<Json> fields_of(std::string_view csv) {
  if (!utf8::valid(csv)) return malformed("The csv-file is no UTF-8 text.");
  CsvReader reader(csv);
  const auto header = reader.next();
  if (!header || (header->size() == 1 && trim(header->front()).empty())) {
    return malformed("The csv-file has no header line with the names of its columns.");
  }
  if (header->size() > kColumnsMax) return malformed("The csv-file has more than " + std::to_string(kColumnsMax) + " columns.");
  std::vector<Guess> guesses(header->size());
  for (size_t row = 0; row < kRowsMax; ++row) {
    const auto record = reader.next();
    if (!record) break;
    for (size_t i = 0; i < std::min(record->size(), guesses.size()); ++i) guesses[i].add((*record)[i]);
  }
  Json fields = Json::object();
  std::set<std::string> taken;
  for (size_t i = 0; i < header->size(); ++i) {
    const std::string title(trim((*header)[i]));
    Json field = {{"title", title.empty() ? "Column " + std::to_string(i + 1) : title}};
    field.update(guesses[i].type());
    fields[field_name((*header)[i], taken)] = std::move(field);
  }
  return fields;
}

}  // namespace

Result<Json> resources_of(const CsvSchema& wanted, const CsvIds& ids) {
  if (trim(wanted.name).empty()) return malformed("The part schema-name is missing.");
  if (trim(wanted.class_id).empty()) return malformed("The part schema-class-id is missing.");
  TRY(const Json fields, fields_of(wanted.csv));
  const std::string tenant(kTenantStandIn);
  const std::string group_id = id_text({tenant, "mixins", ids.group_tail}), schema_id = id_text({tenant, "schemas", ids.schema_tail});
  const Json own = {{"type", "object"}, {"properties", {{"_" + tenant, {{"type", "object"}, {"properties", fields}}}}}};
  const Json group = {{"$id", group_id}, {"meta:altId", alt_id_of(group_id)}, {"meta:resourceType", "mixins"}, {"version", "1.0"},
                      {"title", wanted.name + " field group"}, {"description", wanted.description}, {"type", "object"},
                      {"definitions", {{"customFields", own}}}, {"allOf", Json::array({{{"$ref", "#/definitions/customFields"}}})},
                      {"meta:intendedToExtend", Json::array({wanted.class_id})}};
  const Json schema = {{"$id", schema_id}, {"meta:altId", alt_id_of(schema_id)}, {"meta:resourceType", "schemas"}, {"version", "1.0"},
                       {"title", wanted.name}, {"description", wanted.description}, {"type", "object"},
                       {"allOf", Json::array({{{"$ref", wanted.class_id}}, {{"$ref", group_id}}})}, {"meta:class", wanted.class_id}};
  return Json::array({group, schema});
}

}  // namespace foz::registry
