#include "lake/parquet.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/crash_point.h"
#include "base/json.h"
#include "base/text.h"

namespace foz::lake {
namespace {

/// `"person"."name"."firstName"` as `person.name.firstName`; dots inside a name stay ambiguous only to the eye.
std::string plain_path(std::string_view quoted) {
  std::string path;
  bool inside = false;
  for (size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] != '"') {
      path += quoted[i];
    } else if (inside && i + 1 < quoted.size() && quoted[i + 1] == '"') {
      path += quoted[i++];
    } else {
      inside = !inside;
    }
  }
  return path;
}

ColumnStatistics statistics_of(const Json& given) {
  ColumnStatistics statistics;
  statistics.values = integer_of(given, "num_values").value_or(0);
  statistics.nulls = integer_of(given, "null_count").value_or(0);
  statistics.bytes = integer_of(given, "column_size_bytes").value_or(0);
  if (member(given, "min") != nullptr && member(given, "max") != nullptr) {
    statistics.minimum = text_of(given, "min");
    statistics.maximum = text_of(given, "max");
    statistics.has_bounds = true;
  }
  return statistics;
}

/// Distinct values of a column in a row group that are still worth a dictionary. Keys, names and addresses hardly repeat, and to
/// learn that takes as many look-ups: at DuckDB's own limit, a fifth of the rows of a full group, a seventh of a bulk load.
constexpr int kDictionaryValuesMax = 8192;

std::string copy_statement(const engine::ChunkTable& table, const ParquetOptions& options) {
  std::vector<engine::Field> fields;
  for (const engine::Slot& slot : table.slots()) fields.push_back(slot.field);
  return "COPY (SELECT * FROM foz_rows()) TO " + engine::sql_text(options.folder.string()) +
         " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, FIELD_IDS " + engine::field_ids(fields) +
         ", ROW_GROUP_SIZE " + std::to_string(options.row_group_rows) + ", ROW_GROUP_SIZE_BYTES " + std::to_string(options.row_group_bytes) +
         ", DICTIONARY_SIZE_LIMIT " + std::to_string(kDictionaryValuesMax) + ", FILE_SIZE_BYTES " + std::to_string(options.file_bytes_target) +
         ", FILENAME_PATTERN 'staged_{i}', OVERWRITE_OR_IGNORE true, RETURN_STATS true)";
}

Result<std::vector<DataFile>> written_files(const engine::QueryRows& rows) {
  std::vector<DataFile> files;
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    const Json row = rows.object(i);
    DataFile file{.path = text_of(row, "filename"),
                  .records = integer_of(row, "count").value_or(0),
                  .bytes = static_cast<uint64_t>(integer_of(row, "file_size_bytes").value_or(0))};
    if (const Json* columns = member(row, "column_statistics")) {
      for (const auto& [path, statistics] : columns->items()) file.columns[plain_path(path)] = statistics_of(statistics);
    }
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const DataFile& a, const DataFile& b) { return a.path < b.path; });
  return files;
}

/// Drops files without rows, gives the others their final names, makes all durable.
Result<std::vector<DataFile>> finish(std::vector<DataFile> written, FileIo& files, const ParquetOptions& options) {
  std::vector<DataFile> kept;
  for (DataFile& file : written) {
    if (file.records == 0) {
      TRY_DO(files.remove_file(file.path));
      continue;
    }
    std::array<char, 32> name;
    std::snprintf(name.data(), name.size(), "part-%05zu.parquet", kept.size());
    const std::filesystem::path final_name = options.folder / name.data();
    crash_point("load.before_fsync");
    TRY_DO(files.publish(file.path, final_name));
    crash_point("load.after_rename");
    file.path = final_name;
    TRY(file.bytes, files.size(final_name));
    kept.push_back(std::move(file));
  }
  return kept;
}

}  // namespace

Json to_json(const std::map<std::string, ColumnStatistics>& columns) {
  Json json = Json::object();
  for (const auto& [path, statistics] : columns) {
    Json one = {{"values", statistics.values}, {"nulls", statistics.nulls}, {"bytes", statistics.bytes}};
    if (statistics.has_bounds) one["min"] = statistics.minimum, one["max"] = statistics.maximum;
    json[path] = std::move(one);
  }
  return json;
}

Result<std::vector<DataFile>> write_parquet(engine::Engine& engine, engine::ChunkTable& table, FileIo& files,
                                            const ParquetOptions& options, std::stop_token stop) {
  TRY_DO(files.remove_tree(options.folder));
  TRY_DO(files.make_folder(options.folder));
  TRY_DO(engine.add_table("foz_rows", table));
  const auto rows = engine.query(copy_statement(table, options), stop);
  crash_point("load.after_copy");
  Result<std::vector<DataFile>> written = rows ? written_files(*rows) : Result<std::vector<DataFile>>(rows.error());
  if (written) written = finish(std::move(*written), files, options);
  if (!written) {
    if (const Status removed = files.remove_tree(options.folder); !removed) return with_context(std::move(written).error(), "cleaning up failed too");
  }
  return written;
}

Result<int64_t> footer_records(engine::Engine& engine, const std::filesystem::path& file) {
  const auto rows = engine.query("SELECT num_rows FROM parquet_file_metadata(" + engine::sql_text(file.string()) + ")");
  if (!rows || rows->rows.empty()) {
    return Error{.kind = ErrorKind::corrupt, .message = "the data file " + file.filename().string() + " cannot be read back" + (rows ? "" : ": " + rows.error().message)};
  }
  return as_integer(rows->rows[0][0]).value_or(-1);
}

}  // namespace foz::lake
