#pragma once
// A data set's files as one SQL relation, although each holds only the columns that its mapping wrote.

#include <filesystem>
#include <string>
#include <vector>

#include "catalog/dataset_file.h"
#include "engine/types.h"

namespace foz::catalog {

/// `SELECT "a"::..., "b"::... FROM read_parquet([...])`: all of `columns` in their order, those that no file holds as NULL.
/// Paths are below `data_dir`. No files give a relation without rows.
std::string relation_sql(const std::filesystem::path& data_dir, const std::vector<DatasetFile>& files,
                         const std::vector<engine::Field>& columns);

}  // namespace foz::catalog
