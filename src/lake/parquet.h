#pragma once
// Data files: Parquet with field ids, zstd, counts and bounds by column.

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "engine/engine.h"
#include "lake/file_io.h"

namespace foz::lake {

/// What a file holds in one leaf column, by dotted path ("person.name.firstName", "tags.element"). Bounds are DuckDB's texts.
struct ColumnStatistics {
  int64_t values = 0;
  int64_t nulls = 0;
  int64_t bytes = 0;
  std::string minimum = {}, maximum = {};
  bool has_bounds = false;
};

struct DataFile {
  std::filesystem::path path;
  int64_t records = 0;
  uint64_t bytes = 0;
  std::map<std::string, ColumnStatistics> columns = {};
};

Json to_json(const std::map<std::string, ColumnStatistics>& columns);

struct ParquetOptions {
  std::filesystem::path folder;                ///< made if need be; must lie in the engine's allowed folders
  uint64_t file_bytes_target = 256u << 20;     ///< about; files end with a row group
  size_t row_group_rows = 122'880;             ///< gathered in memory by each thread before they are written,
  uint64_t row_group_bytes = 32u << 20;        ///< or fewer, when they come to that many bytes of memory
};

/// Writes the rows of `table` as data files into `folder`, named part-00000.parquet and so on. Columns come in the order
/// of its slots; no rows give no files. The files are complete and durable when this returns.
/// Errors: those of the table's readers; unavailable (storage), cancelled. Files of a failed call are removed.
Result<std::vector<DataFile>> write_parquet(engine::Engine& engine, engine::ChunkTable& table, FileIo& files,
                                            const ParquetOptions& options, std::stop_token stop);

/// Rows that the footer of a file promises. Errors: corrupt when it cannot be read.
Result<int64_t> footer_records(engine::Engine& engine, const std::filesystem::path& file);

}  // namespace foz::lake
