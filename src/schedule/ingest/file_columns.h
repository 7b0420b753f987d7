#pragma once
// The columns of a file as fields of a schema.

#include <filesystem>
#include <vector>

#include "registry/csv_schema.h"
#include "schedule/ingest/ingest.h"

namespace foz::schedule {

/// Of CSV by the header and the first rows, of JSON and Parquet by all records; members of objects are columns of their own.
/// Errors: invalid (it cannot be read, or holds nothing); unavailable (storage).
Result<std::vector<registry::DerivedColumn>> file_columns(lake::FileIo& files, const std::filesystem::path& file, const InputFormat& format,
                                                          const IngestFolders& folders, const IngestSettings& settings);

/// The leaves below `root` as columns: lists and maps are one each.
std::vector<registry::DerivedColumn> columns_below(const registry::Node& root);

}  // namespace foz::schedule
