#pragma once
// What stands in a data set, by column: from what its files tell of themselves, and from a look at the values.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "catalog/dataset_file.h"
#include "engine/engine.h"

namespace foz::catalog {

/// A leaf column, by its dotted path ("person.name.firstName", "tags.element").
struct ColumnSummary {
  std::string path;
  engine::Kind kind = engine::Kind::string;
  int64_t values = 0;                       ///< nulls among them; below lists and maps: elements
  int64_t nulls = 0;                        ///< a file without the column holds nulls only
  std::optional<int64_t> distinct = {};     ///< about; nothing below lists and maps, and before estimate_distinct
  std::string minimum = {}, maximum = {};   ///< as DuckDB writes them; empty: not known

  double null_share() const { return values == 0 ? 1 : static_cast<double>(nulls) / static_cast<double>(values); }
};

struct DatasetSummary {
  int64_t rows = 0, bytes = 0, files = 0;
  std::vector<ColumnSummary> columns;  ///< by path
};

/// Sums up what the files tell of themselves; reads none of them.
DatasetSummary summary_of(const std::vector<DatasetFile>& files);

/// Fills in how many different values the columns hold: sketches, off by a quarter at times; reads all of them.
/// `engine` may read below `data_dir`. Errors: corrupt, unavailable (a file), cancelled.
Status estimate_distinct(engine::Engine& engine, const std::filesystem::path& data_dir, const std::vector<DatasetFile>& files, DatasetSummary& summary,
                         std::stop_token stop);

/// `{"rows", "bytes", "files", "columns": [{"path", "type", "nulls", "nullShare", "distinctEstimate", "min", "max"}]}`.
Json to_json(const DatasetSummary& summary);

}  // namespace foz::catalog
