#include "prep/sample.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"

namespace foz::prep {
namespace {

Error no_sample(std::string message, std::string where = {}) {
  return {.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1004-400", .where = std::move(where)};
}

/// RFC 4180: quoted cells may hold commas, line ends and doubled quotes.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  size_t line() const { return line_; }

  Result<std::vector<std::string>> row() {
    std::vector<std::string> cells;
    while (true) {
      TRY(std::string cell, text_.substr(at_).starts_with('"') ? quoted() : Result<std::string>(plain()));
      cells.push_back(std::move(cell));
      if (at_end() || text_[at_] != ',') break;
      ++at_;
    }
    if (text_.substr(at_).starts_with("\r\n")) at_ += 2;
    else if (!at_end()) ++at_;
    ++line_;
    return cells;
  }

 private:
  std::string plain() {
    const size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string cell(text_.substr(at_, end - at_));
    at_ = end;
    return cell;
  }

  Result<std::string> quoted() {
    std::string cell;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell += text_[at_];
      } else if (text_.substr(at_).starts_with("\"\"")) {
        cell += '"';
        ++at_;
      } else {
        ++at_;
        if (at_end() || std::string_view(",\r\n").find(text_[at_]) != std::string_view::npos) return cell;
        return no_sample("a quoted cell ends in the middle of line " + std::to_string(line_));
      }
    }
    return no_sample("the quoted cell of line " + std::to_string(line_) + " is not closed");
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
};

Result<Json> read_csv(std::string_view text) {
  CsvReader reader(text);
  TRY(const std::vector<std::string> names, reader.row());
  for (const std::string& name : names) {
    if (trim(name).empty()) return no_sample("the head line has an empty name");
  }
  Json records = Json::array();
  while (!reader.at_end() && records.size() < kSampleRecordsMax) {
    const size_t line = reader.line();
    TRY(const std::vector<std::string> cells, reader.row());
    if (cells.size() == 1 && cells[0].empty()) continue;
    if (cells.size() > names.size()) return no_sample("line " + std::to_string(line) + " has " + std::to_string(cells.size()) + " cells, and the head line " + std::to_string(names.size()));
    Json record = Json::object();
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!cells[i].empty()) record[std::string(trim(names[i]))] = cells[i];
    }
    records.push_back(std::move(record));
  }
  return records;
}

Result<Json> read_json_lines(std::string_view text) {
  Json records = Json::array();
  size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    auto record = parse_json(trim(line));
    if (!record) return no_sample("line " + std::to_string(number) + " is no JSON: " + record.error().message);
    records.push_back(*std::move(record));
    if (records.size() == kSampleRecordsMax) break;
  }
  return records;
}

Result<Json> checked(Json records) {
  if (!records.is_array()) records = Json::array({std::move(records)});
  if (records.size() > kSampleRecordsMax) records.erase(records.begin() + static_cast<std::ptrdiff_t>(kSampleRecordsMax), records.end());
  for (const Json& record : records) {
    if (!record.is_object()) return no_sample("a sample is a record, an object, or an array of records");
  }
  return records;
}

/// Everything that is known of one member.
struct Seen {
  bool text = false, boolean = false, integer = false, number = false, dates_only = true;
  Json objects = Json::array(), elements = Json::array();
};

Json schema_of_values(const std::vector<Json>& values);

Json object_schema(const Json& records) {
  Json properties = Json::object();
  std::vector<std::pair<std::string, std::vector<Json>>> members;
  for (const Json& record : records) {
    for (const auto& [name, value] : record.items()) {
      auto found = std::find_if(members.begin(), members.end(), [&name = name](const auto& one) { return one.first == name; });
      if (found == members.end()) found = members.insert(members.end(), {name, {}});
      found->second.push_back(value);
    }
  }
  for (const auto& [name, values] : members) properties[name] = schema_of_values(values);
  return {{"type", "object"}, {"properties", std::move(properties)}};
}

void note(const Json& value, Seen& seen) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    seen.text = true;
    seen.dates_only = seen.dates_only && parse_rfc3339(text).has_value();
  } else if (value.is_boolean()) {
    seen.boolean = true;
  } else if (value.is_number_integer()) {
    seen.integer = true;
  } else if (value.is_number()) {
    seen.number = true;
  } else if (value.is_object()) {
    seen.objects.push_back(value);
  } else if (value.is_array()) {
    for (const Json& element : value) seen.elements.push_back(element);
    if (value.empty()) seen.elements.push_back(nullptr);
  }
}

Json schema_of_values(const std::vector<Json>& values) {
  Seen seen;
  for (const Json& value : values) note(value, seen);
  const int kinds = (seen.text ? 1 : 0) + (seen.boolean ? 1 : 0) + (seen.integer || seen.number ? 1 : 0) + (seen.objects.empty() ? 0 : 1) + (seen.elements.empty() ? 0 : 1);
  const Json text = {{"type", "string"}};
  if (kinds != 1) return text;
  if (seen.boolean) return {{"type", "boolean"}};
  if (seen.number) return {{"type", "number"}};
  if (seen.integer) return {{"type", "integer"}};
  if (!seen.objects.empty()) return object_schema(seen.objects);
  if (!seen.elements.empty()) return {{"type", "array"}, {"items", schema_of_values(std::vector<Json>(seen.elements.begin(), seen.elements.end()))}};
  return seen.dates_only ? Json{{"type", "string"}, {"format", "date-time"}} : text;
}

}  // namespace

Result<Json> read_sample(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string_view begin = trim(text);
  if (begin.empty()) return no_sample("the sample is empty");
  if (!utf8::valid(text)) return no_sample("the sample is no well-formed UTF-8");
  if (begin.front() != '{' && begin.front() != '[') {
    TRY(Json records, read_csv(text));
    return checked(std::move(records));
  }
  auto json = parse_json(begin);
  if (json) return checked(*std::move(json));
  if (begin.front() == '[' || begin.find('\n') == begin.npos) return no_sample("the sample is no JSON: " + json.error().message, json.error().where);
  TRY(Json lines, read_json_lines(begin));
  return checked(std::move(lines));
}

Json schema_of_records(const Json& records, const std::string& title) {
  Json schema = {{"title", title}};
  schema.update(object_schema(records));
  return schema;
}

Json text_schema_of_records(const Json& records, const std::string& title) {
  Json properties = Json::object();
  for (const Json& record : records) {
    for (const auto& [name, value] : record.items()) properties[name] = {{"type", "string"}};
  }
  return {{"title", title}, {"type", "object"}, {"properties", std::move(properties)}};
}

}  // namespace foz::prep
