#pragma once
// Files that a batch keeps beside its rows: what was uploaded, what was rejected. Follows: Ingestion and access contract, 10.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace foz::catalog {

struct KeptFile {
  std::string name;            ///< below the folder: "row_errors/parsing_errors_0.json"
  std::filesystem::path path;  ///< absolute
  uint64_t bytes = 0;
};

/// All files at any depth below `folder`, by name; none when it is absent. Links are passed over.
/// Errors: unavailable (storage).
Result<std::vector<KeptFile>> kept_files(const std::filesystem::path& folder);

}  // namespace foz::catalog
