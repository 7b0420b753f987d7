#pragma once
// Stored Parquet parts, and the columns they were written with.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/types.h"
#include "lake/parquet.h"

namespace foz::catalog {

/// The columns of a file, in their order. Shared by the files that were written alike.
using Layout = std::shared_ptr<const std::vector<engine::Field>>;

/// A part that a batch is to make visible: complete, synced and re-opened.
struct NewFile {
  std::string name;            ///< "part-00000.parquet", unique in its batch
  std::filesystem::path path;  ///< relative to the data directory
  int64_t bytes = 0;
  int64_t records = 0;
  std::vector<engine::Field> layout;
  Json statistics = Json::object();  ///< as lake::to_json gives them
};

/// A part as the Parquet writer made it, below `data_dir`.
NewFile new_file(const lake::DataFile& written, std::vector<engine::Field> layout, const std::filesystem::path& data_dir);

/// A part that readers see.
struct DatasetFile {
  std::string dataset, batch, name;
  std::filesystem::path path;  ///< relative to the data directory
  int64_t bytes = 0;
  int64_t records = 0;
  int64_t created_ms = 0;
  Layout layout;
  Json statistics;
};

/// What Catalog calls a data set file: all parts of one batch in one data set. Follows: Catalog contract, 6.2.
struct BatchFile {
  std::string batch, dataset;
  int64_t bytes = 0;
  int64_t records = 0;
  int64_t created_ms = 0;

  std::string id() const { return batch + "-1"; }
};

/// The batch of a data set file id ("01EQ...TCQ-1"). Errors: not_found, when no file is called so.
Result<std::string> batch_of_file(std::string_view file_id);

/// Columns as JSON: `[{"name", "kind", "id", "children"}]`.
Json layout_to_json(const std::vector<engine::Field>& fields);
/// Errors: corrupt.
Result<std::vector<engine::Field>> layout_from_json(const Json& json);

/// The leaves of `fields` that hold a value according to `statistics`, as a JSON schema of objects, arrays and maps:
/// `{"type": "object", "meta:xdmType": "object", "properties": {...}}`. Follows: Catalog contract, 3.2 (observableSchema).
Json observable_schema(const std::vector<engine::Field>& fields, const Json& statistics);

}  // namespace foz::catalog
