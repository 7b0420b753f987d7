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

}  // namespace

std::string field_name(std::string_view column, std::set<std::string>& taken) {
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

Result<std::vector<DerivedColumn>> csv_columns(std::string_view csv) {
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
  std::vector<DerivedColumn> columns;
  std::set<std::string> taken;
  for (size_t i = 0; i < header->size(); ++i) {
    std::string title(trim((*header)[i]));
    if (title.empty()) title = "Column " + std::to_string(i + 1);
    Json field = {{"title", title}};
    field.update(guesses[i].type());
    columns.push_back({.name = title, .field = field_name((*header)[i], taken), .schema = std::move(field)});
  }
  return columns;
}

Result<Json> resources_of(const CsvSchema& wanted, const CsvIds& ids) {
  if (trim(wanted.name).empty()) return malformed("The part schema-name is missing.");
  if (trim(wanted.class_id).empty()) return malformed("The part schema-class-id is missing.");
  TRY(const auto columns, csv_columns(wanted.csv));
  OwnFields own{.name = wanted.name, .description = wanted.description, .class_id = wanted.class_id, .group_tail = ids.group_tail, .schema_tail = ids.schema_tail};
  for (const DerivedColumn& column : columns) own.fields[column.field] = column.schema;
  return resources_with(own);
}

Json resources_with(const OwnFields& own) {
  const std::string tenant(kTenantStandIn);
  const std::string group_id = id_text({tenant, "mixins", own.group_tail}), schema_id = id_text({tenant, "schemas", own.schema_tail});
  Json resources = Json::array(), parts = Json::array({{{"$ref", own.class_id}}});
  for (const std::string& group : own.groups) parts.push_back({{"$ref", group}});
  if (!own.fields.empty()) {
    const Json fields = {{"type", "object"}, {"properties", {{"_" + tenant, {{"type", "object"}, {"properties", own.fields}}}}}};
    resources.push_back({{"$id", group_id}, {"meta:altId", alt_id_of(group_id)}, {"meta:resourceType", "mixins"}, {"version", "1.0"},
                         {"title", own.name + " field group"}, {"description", own.description}, {"type", "object"},
                         {"definitions", {{"customFields", fields}}}, {"allOf", Json::array({{{"$ref", "#/definitions/customFields"}}})},
                         {"meta:intendedToExtend", Json::array({own.class_id})}});
    parts.push_back({{"$ref", group_id}});
  }
  resources.push_back({{"$id", schema_id}, {"meta:altId", alt_id_of(schema_id)}, {"meta:resourceType", "schemas"}, {"version", "1.0"},
                       {"title", own.name}, {"description", own.description}, {"type", "object"}, {"allOf", parts}, {"meta:class", own.class_id}});
  return resources;
}

}  // namespace foz::registry
