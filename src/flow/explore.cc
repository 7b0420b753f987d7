#include "flow/explore.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time_text.h"
#include "flow/document.h"
#include "flow/open_sources.h"
#include "sources/describe_json.h"

namespace foz::flow {
namespace {

/// Pages a preview looks through before it shows fewer rows than it might: a filter that a source cannot apply itself.
constexpr int kPreviewPagesMax = 10;

struct TypeWord {
  ObjectType type;
  std::string_view word;
};
constexpr std::array kTypes = std::to_array<TypeWord>({{ObjectType::root, "root"}, {ObjectType::table, "table"}, {ObjectType::folder, "folder"},
                                                       {ObjectType::file, "file"}, {ObjectType::rest, "rest"}});

/// The last value under any of the names, which vary in older pages.
std::optional<std::string> value_of(const http::Query& query, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (auto value = query.value(name)) return value;
  }
  return std::nullopt;
}

bool is_yes(const http::Query& query, std::string_view name) { return equal_ignoring_case(query.get(name).value_or(""), "true"); }

std::string without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

Status read_file_properties(const http::Query& query, ExploreRequest& request) {
  const auto type = value_of(query, {"fileType", "FileType", "FILE_TYPE"});
  const auto compression = value_of(query, {"compressionType", "CompressionType"});
  const auto delimiter = query.value("columnDelimiter");
  request.determine_properties = is_yes(query, "determineProperties");
  request.has_file_properties = type || compression || delimiter;
  if (request.determine_properties && request.has_file_properties) {
    return provider_error(1374, "determineProperties detects what fileType, compressionType and columnDelimiter would say: send one or the other.");
  }
  if (delimiter && *delimiter != "\\t" && utf8::length(*delimiter) != 1) {
    return provider_error(1331, "columnDelimiter is one character.", "columnDelimiter");
  }
  request.file_type = type.value_or("");
  request.compression = compression.value_or("");
  request.delimiter = delimiter == "\\t" ? "\t" : delimiter.value_or("");
  request.encoding = query.value("encoding").value_or("");
  return {};
}

/// The member at a path of names; null pointer when a step is missing.
const Json* at_path(const Json& record, const std::vector<std::string>& path) {
  const Json* value = &record;
  for (const std::string& step : path) {
    value = member(*value, step);
    if (value == nullptr) return nullptr;
  }
  return value;
}

/// Times as ISO 8601; a text that is none stays.
Json time_value(const sources::Column& column, const Json& value) {
  const auto number = column.wire == sources::Wire::plain ? std::nullopt : as_integer(value);
  if (!number) {
    const std::string text = as_text(value);
    const auto instant = column.type == sources::ColumnType::timestamp ? parse_iso_instant(text) : std::nullopt;
    return instant ? iso_millis(*instant) : text;
  }
  const Instant instant = column.wire == sources::Wire::seconds ? from_seconds(*number) : from_millis(*number);
  return column.type == sources::ColumnType::date ? iso_seconds(instant).substr(0, 10) : iso_millis(instant);
}

Json json_value(const sources::Column& column, const Json& value) {
  if (!value.is_string()) return to_text(value);
  const auto& text = value.get_ref<const std::string&>();
  if (column.wire != sources::Wire::semicolons && column.wire != sources::Wire::commas) return text;
  Json list = Json::array();
  const char separator = column.wire == sources::Wire::commas ? ',' : ';';
  for (const std::string_view part : split(text, separator)) {
    if (part.empty()) continue;
    const auto number = separator == ',' ? to_integer(trim(part)) : std::nullopt;
    list.push_back(number ? Json(*number) : Json(part));
  }
  return to_text(list);
}

Json number_value(const sources::Column& column, const Json& value) {
  if (value.is_number()) return value;
  const bool whole = column.type == sources::ColumnType::int32 || column.type == sources::ColumnType::int64;
  if (const auto integer = as_integer(value); integer && whole) return *integer;
  if (const auto number = as_number(value)) {
    const auto integer = static_cast<int64_t>(*number);
    return static_cast<double>(integer) == *number ? Json(integer) : Json(*number);
  }
  return column.lenient ? Json(nullptr) : Json(as_text(value));
}

/// Records of a page as JSON. Bodies that were split by columns are joined by position.
Result<std::vector<Json>> records_of(const sources::Page& page) {
  std::vector<Json> records;
  for (const std::string& body : page.bodies) {
    TRY(const Json whole, parse_json(body, {.depth_max = 256}));
    const Json* list = page.records.empty() ? &whole : at_pointer(whole, page.records);
    if (list == nullptr || !list->is_array()) return Error{.kind = ErrorKind::corrupt, .message = "The source's answer has no records at " + page.records + "."};
    if (records.empty()) {
      records.assign(list->begin(), list->end());
      continue;
    }
    for (size_t i = 0; i < std::min(records.size(), list->size()); ++i) records[i].merge_patch((*list)[i]);
  }
  return records;
}

/// Splits one CSV text (RFC 4180) into records by header name.
std::vector<Json> csv_records(std::string_view text) {
  std::vector<std::vector<std::string>> lines(1, std::vector<std::string>(1));
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') lines.back().back() += text[++i];
      else if (c == '"') quoted = false;
      else lines.back().back() += c;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      lines.back().emplace_back();
    } else if (c == '\n') {
      lines.emplace_back(1);
    } else if (c != '\r') {
      lines.back().back() += c;
    }
  }
  std::vector<Json> records;
  for (size_t line = 1; line < lines.size(); ++line) {
    if (lines[line].size() == 1 && lines[line][0].empty()) continue;
    Json record = Json::object();
    for (size_t i = 0; i < std::min(lines[0].size(), lines[line].size()); ++i) record[lines[0][i]] = lines[line][i].empty() ? Json(nullptr) : Json(lines[line][i]);
    records.push_back(std::move(record));
  }
  return records;
}

Result<std::vector<Json>> raw_records(const sources::Page& page) {
  if (page.format == sources::RecordFormat::json) return records_of(page);
  return page.bodies.empty() ? std::vector<Json>() : csv_records(page.bodies.front());
}

/// Collects rows of pages until there are enough.
class Taste {
 public:
  Taste(const std::vector<sources::Column>& columns, const std::optional<RowFilter>& filter) : columns_(columns), filter_(filter) {}

  Status add(const sources::Page& page) {
    TRY(const auto records, raw_records(page));
    for (const Json& record : records) {
      if (full()) break;
      Json row = Json::object();
      for (const sources::Column& column : columns_) row[column.name] = preview_value(column, record);
      if (!filter_ || passes(*filter_, row)) rows_.push_back(std::move(row));
    }
    return {};
  }
  bool full() const { return rows_.size() >= kPreviewRowsMax; }
  Json take() { return std::move(rows_); }

 private:
  const std::vector<sources::Column>& columns_;
  const std::optional<RowFilter>& filter_;
  Json rows_ = Json::array();
};

}  // namespace

Result<ExploreRequest> read_explore(const http::Query& query) {
  ExploreRequest request;
  const auto word = query.value("objectType");
  if (!word) return provider_error(1359, "The parameter objectType is missing: root, table, folder, file or rest.", "objectType");
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeWord& row) { return equal_ignoring_case(row.word, *word); });
  if (type == kTypes.end()) return provider_error(1358, "objectType is root, table, folder, file or rest, not \"" + *word + "\".", "objectType");
  request.type = type->type;
  request.object = without_quotes(query.value("object").value_or(""));
  if (request.object.empty() && request.type != ObjectType::root) {
    return provider_error(1337, "The parameter object is missing: objectType=" + std::string(type->word) + " needs it.", "object");
  }
  request.preview = is_yes(query, "preview");
  request.all = is_yes(query, "all");
  TRY_DO(read_file_properties(query, request));
  if (const auto filters = query.value("filters")) {
    TRY(request.filter, read_row_filter_text(*filters));
  }
  return request;
}

Json preview_value(const sources::Column& column, const Json& record) {
  const Json* value = column.raw_path.empty() ? nullptr : at_path(record, column.raw_path);
  if (value == nullptr || value->is_null()) return column.constant ? Json(*column.constant) : Json(nullptr);
  using sources::ColumnType;
  const bool textual = column.type == ColumnType::string || column.type == ColumnType::json;
  if (!textual && value->is_string() && value->get_ref<const std::string&>().empty()) return nullptr;
  switch (column.type) {
    case ColumnType::string:
    case ColumnType::binary: return column.prefix + (value->is_structured() ? to_text(*value) : as_text(*value));
    case ColumnType::boolean: {
      const auto boolean = as_boolean(*value);
      return boolean ? Json(*boolean) : Json(as_text(*value));
    }
    case ColumnType::int32:
    case ColumnType::int64:
    case ColumnType::decimal:
    case ColumnType::number: return number_value(column, *value);
    case ColumnType::date:
    case ColumnType::timestamp: return time_value(column, *value);
    case ColumnType::json: return json_value(column, *value);
  }
  return nullptr;
}

Result<sources::Description> describe_table(sources::Source& source, std::string_view given, std::stop_token stop) {
  auto tables = source.explore(stop);
  if (!tables) return as_provider_error(std::move(tables).error());
  auto table = sources::resolve_table(*tables, given);
  if (!table) return as_provider_error(std::move(table).error());
  auto description = source.describe(table->path, stop);
  if (!description) return as_provider_error(std::move(description).error());
  if (description->columns.empty()) {
    return as_provider_error(Error{.kind = ErrorKind::not_found, .message = "The table " + table->path + " has no columns that this login may read.", .code = "CONNECTOR-1330-400"});
  }
  return description;
}

Result<Json> preview_rows(sources::Source& source, const sources::Description& table, const std::optional<RowFilter>& filter, std::stop_token stop) {
  sources::ReadPlan plan{.table = table, .rows_wanted = kPreviewRowsMax};
  for (const sources::Column& column : table.columns) {
    if (!column.on_request) plan.columns.push_back(column);
  }
  std::optional<RowFilter> own;
  if (filter) {
    TRY(own, resolved(*filter, table));
    plan.filter = std::make_shared<const Json>(to_pql(*own));
  }
  auto slices = source.plan(plan, stop);
  if (!slices) return as_provider_error(std::move(slices).error());
  Taste taste(plan.columns, own);
  int pages = 0;
  for (const sources::Slice& slice : *slices) {
    for (std::optional<sources::Cursor> cursor = sources::Cursor{}; cursor && !taste.full() && pages < kPreviewPagesMax;) {
      auto page = source.read(plan, slice, *cursor, stop);
      if (!page) return as_provider_error(std::move(page).error());
      if (!page->bodies.empty()) ++pages;
      if (Status added = taste.add(*page); !added) return as_provider_error(std::move(added).error());
      cursor = page->next;
    }
  }
  return taste.take();
}

Result<Json> explore_tables(sources::Source& source, const ExploreRequest& request, std::stop_token stop) {
  if (request.determine_properties) return provider_error(1371, "This source has tables: there are no file properties to detect.");
  if (request.type == ObjectType::root) {
    auto tables = source.explore(stop);
    if (!tables) return as_provider_error(std::move(tables).error());
    return sources::tables_json(*tables, request.all);
  }
  if (request.type != ObjectType::table) {
    return provider_error(1358, "This source has tables: explore it with objectType=root or objectType=table.", "objectType");
  }
  TRY(const auto table, describe_table(source, request.object, stop));
  Json answer = sources::description_json(table, request.all);
  if (request.preview) {
    TRY(answer["data"], preview_rows(source, table, request.filter, stop));
  }
  return answer;
}

Result<Json> delta_columns(sources::Source& source, const std::string& table, std::stop_token stop) {
  TRY(const auto description, describe_table(source, table, stop));
  return Json{{"items", sources::delta_columns_json(description)}};
}

}  // namespace foz::flow
