#include "flow/landing_zone.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/engine.h"
#include "flow/document.h"
#include "sources/describe_json.h"

namespace foz::flow {
namespace {

namespace fs = std::filesystem;

constexpr size_t kEntriesMax = 20'000;
/// Rows of a file that a filtered preview looks through.
constexpr size_t kRowsLookedAt = 10'000;

Error no_such_path(std::string_view path) {
  return Error{.kind = ErrorKind::not_found, .message = "The landing zone has no " + std::string(path) + ".", .code = "CONNECTOR-1330-400"};
}

/// A sandbox's folder, and a path in it. Links may point where they want: what lies outside is not there.
struct Zone {
  fs::path home;

  Result<fs::path> at(std::string_view given) const {
    std::error_code failure;
    const fs::path inside = fs::path(given).relative_path();
    const fs::path real = fs::weakly_canonical(home / inside, failure);
    const fs::path base = fs::weakly_canonical(home, failure);
    const auto [end, rest] = std::mismatch(base.begin(), base.end(), real.begin(), real.end());
    if (failure || end != base.end()) return no_such_path(given);
    return real;
  }

  /// As clients name it: "/exports/may.csv".
  std::string name_of(const fs::path& path, bool folder) const {
    std::error_code failure;
    const std::string inside = path.lexically_relative(fs::weakly_canonical(home, failure)).generic_string();
    return inside == "." ? "/" : "/" + inside + (folder ? "/" : "");
  }
};

Result<Json> list_folder(const Zone& zone, const fs::path& folder, std::string_view given) {
  std::vector<Json> entries;
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return given == "/" ? Result<Json>(Json::array()) : Result<Json>(no_such_path(given));
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failure)) {
    const bool is_folder = entry.is_directory(failure);
    if (entry.is_symlink(failure) || entries.size() >= kEntriesMax) continue;
    entries.push_back({{"type", is_folder ? "folder" : "file"}, {"name", entry.path().filename().string()}, {"path", zone.name_of(entry.path(), is_folder)},
                       {"canPreview", !is_folder}, {"canFetchSchema", !is_folder}});
  }
  if (failure) return Error{.kind = ErrorKind::unavailable, .message = "The landing zone cannot be read: " + failure.message()};
  std::sort(entries.begin(), entries.end(), [](const Json& a, const Json& b) { return text_of(a, "name") < text_of(b, "name"); });
  return Json(std::move(entries));
}

/// How a file is to be read.
struct FileForm {
  std::string type;         ///< delimited, json, parquet
  bool gzip = false;
  std::string delimiter;    ///< empty: detected
  std::string encoding;
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypesByEnding = {{{".csv", "delimited"}, {".tsv", "delimited"}, {".txt", "delimited"},
                                                                                          {".json", "json"}, {".jsonl", "json"}, {".ndjson", "json"}, {".parquet", "parquet"}}};

Result<FileForm> form_of(const fs::path& file, const ExploreRequest& request) {
  std::string name = lower(file.filename().string());
  FileForm form{.type = lower(request.file_type), .delimiter = request.delimiter, .encoding = request.encoding};
  form.gzip = name.ends_with(".gz");
  if (form.gzip) name.resize(name.size() - 3);
  if (!request.compression.empty()) form.gzip = equal_ignoring_case(request.compression, "gzip");
  if (!request.compression.empty() && !form.gzip) {
    return provider_error(1371, "Files with the compression \"" + request.compression + "\" are not read by this version: use gzip.", "compressionType");
  }
  for (const auto& [ending, type] : kTypesByEnding) {
    if (form.type.empty() && name.ends_with(ending)) form.type = type;
  }
  if (form.type.empty()) return provider_error(1376, "The ending of " + name + " tells no file type: send fileType.", "fileType");
  if (form.type != "delimited" && form.type != "json" && form.type != "parquet") {
    return provider_error(1312, "fileType is delimited, json or parquet, not \"" + request.file_type + "\".", "fileType");
  }
  if (!form.encoding.empty() && !equal_ignoring_case(form.encoding, "UTF-8") && !equal_ignoring_case(form.encoding, "ISO-8859-1")) {
    return provider_error(1312, "encoding is UTF-8 or ISO-8859-1, not \"" + form.encoding + "\".", "encoding");
  }
  return form;
}

std::string literal(std::string_view text) { return "'" + replace_all(std::string(text), "'", "''") + "'"; }

std::string table_sql(const fs::path& file, const FileForm& form) {
  // A `*` in a file's name is a letter of it, not a pattern.
  std::string path = replace_all(replace_all(replace_all(file.string(), "[", "[[]"), "*", "[*]"), "?", "[?]");
  if (form.type == "parquet") return "read_parquet(" + literal(path) + ")";
  const std::string_view compression = form.gzip ? "gzip" : form.type == "json" ? "uncompressed" : "none";
  const std::string begin = "(" + literal(path) + ", compression=" + literal(compression);
  if (form.type == "json") return "read_json" + begin + ")";
  std::string sql = "read_csv" + begin;
  if (!form.delimiter.empty()) sql += ", delim=" + literal(form.delimiter);
  if (equal_ignoring_case(form.encoding, "ISO-8859-1")) sql += ", encoding='latin-1'";
  return sql + ")";
}

sources::ColumnType type_named(std::string_view word) {
  using sources::ColumnType;
  const auto is = [&](std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (is({"VARCHAR", "UUID", "TIME", "INTERVAL"})) return ColumnType::string;
  if (is({"BOOLEAN"})) return ColumnType::boolean;
  if (is({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"})) return ColumnType::int32;
  if (is({"BIGINT", "UINTEGER"})) return ColumnType::int64;
  if (is({"HUGEINT", "UBIGINT", "UHUGEINT"}) || word.starts_with("DECIMAL")) return ColumnType::decimal;
  if (is({"FLOAT", "DOUBLE"})) return ColumnType::number;
  if (is({"DATE"})) return ColumnType::date;
  if (word.starts_with("TIMESTAMP")) return ColumnType::timestamp;
  return is({"BLOB"}) ? ColumnType::binary : ColumnType::json;
}

Error not_understood(const Error& error) {
  if (error.kind != ErrorKind::invalid) return error;
  return provider_error(1376, "The file cannot be read as what it seems to be: send fileType and columnDelimiter, or mend it.");
}

Result<sources::Description> describe_file(engine::Engine& engine, const std::string& table, std::stop_token stop) {
  auto rows = engine.query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + table + ")", stop);
  if (!rows) return not_understood(rows.error());
  sources::Description description;
  for (const auto& row : rows->rows) {
    sources::Column column{.name = as_text(row.at(0)), .type = type_named(as_text(row.at(1)))};
    column.raw_path = {column.name};
    description.columns.push_back(std::move(column));
  }
  return description;
}

Result<Json> taste(engine::Engine& engine, const std::string& table, const sources::Description& description, const std::optional<RowFilter>& filter, std::stop_token stop) {
  std::optional<RowFilter> own;
  if (filter) {
    TRY(own, resolved(*filter, description));
  }
  auto rows = engine.query("SELECT * FROM " + table + " LIMIT " + std::to_string(own ? kRowsLookedAt : kPreviewRowsMax), stop);
  if (!rows) return not_understood(rows.error());
  Json list = Json::array();
  for (const auto& values : rows->rows) {
    Json row = Json::object();
    for (size_t i = 0; i < values.size(); ++i) row[rows->columns.at(i)] = values[i];
    if (list.size() < kPreviewRowsMax && (!own || passes(*own, row))) list.push_back(std::move(row));
  }
  return list;
}

Result<Json> properties_of(engine::Engine& engine, const fs::path& file, const FileForm& form, std::stop_token stop) {
  Json properties = {{"fileType", form.type}};
  if (form.gzip) properties["compressionType"] = "gzip";
  if (form.type != "delimited") return properties;
  auto rows = engine.query("SELECT Delimiter FROM sniff_csv(" + literal(file.string()) + ")", stop);
  if (!rows || rows->rows.empty()) return provider_error(1376, "The delimiter of the file cannot be detected: send columnDelimiter.");
  const std::string delimiter = as_text(rows->rows[0].at(0));
  properties["columnDelimiter"] = delimiter == "\t" ? "\\t" : delimiter;
  return properties;
}

Result<Json> explore_file(const fs::path& file, const ExploreRequest& request, std::stop_token stop) {
  TRY(const FileForm form, form_of(file, request));
  TRY(const auto engine, engine::Engine::open({.memory_bytes = 256u << 20, .threads = 1, .allowed_folders = {file.parent_path()}}));
  const std::string table = table_sql(file, form);
  TRY(const auto description, describe_file(*engine, table, stop));
  Json answer = sources::description_json(description);
  if (request.determine_properties) {
    TRY(answer["properties"], properties_of(*engine, file, form, stop));
  }
  if (request.preview) {
    TRY(answer["data"], taste(*engine, table, description, request.filter, stop));
  }
  return answer;
}

}  // namespace

Result<Json> explore_landing_zone(const fs::path& root, std::string_view sandbox_name, const ExploreRequest& request, std::stop_token stop) {
  if (root.empty()) return Error{.kind = ErrorKind::not_found, .message = "This server has no landing zone: its operator names a folder for it.", .code = "FLOW-1101-404"};
  const Zone zone{.home = root / sandbox_name};
  const std::string object = request.type == ObjectType::root ? "/" : request.object;
  if (request.type == ObjectType::table || request.type == ObjectType::rest) {
    return provider_error(1358, "The landing zone has folders and files: explore it with objectType=root, folder or file.", "objectType");
  }
  TRY(const fs::path path, zone.at(object));
  if (request.type != ObjectType::file) return list_folder(zone, path, object);
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) return no_such_path(object);
  return explore_file(path, request, stop);
}

}  // namespace foz::flow
