#pragma once
// Taking in the public component library. Follows: XDM core, 7.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace foz::registry {

struct LibraryImport {
  std::filesystem::path folder;    ///< a checkout of the library (with `components/`), or its `components` folder
  std::filesystem::path data_dir;  ///< where the library's licence text is kept; empty: nowhere
};

struct ImportReport {
  std::string version;
  size_t resources = 0;                 ///< files taken in
  bool changed = false;                 ///< false: it was there already, the same
  std::vector<std::string> warnings = {};  ///< one sentence each: odd files, references to nothing
};

/// Replaces the imported library of the installation, in one step; it takes effect at once in every process.
/// Errors: not_found (no library there); invalid (an id twice, a file that cannot be read, two names on one path);
/// conflict (a schema of a sandbox would lose a field); unavailable (disk).
Result<ImportReport> import_library(store::Database& database, const LibraryImport& wanted);

}  // namespace foz::registry
