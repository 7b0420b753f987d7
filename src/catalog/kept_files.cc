#include "catalog/kept_files.h"

#include <algorithm>
#include <system_error>

namespace foz::catalog {

namespace fs = std::filesystem;

Result<std::vector<KeptFile>> kept_files(const fs::path& folder) {
  std::vector<KeptFile> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;  // a file that the janitor takes meanwhile is no error
    const bool plain = entry->symlink_status(gone).type() == fs::file_type::regular;
    const uint64_t bytes = plain && !gone ? entry->file_size(gone) : 0;
    if (plain && !gone) files.push_back({.name = entry->path().lexically_relative(folder).generic_string(), .path = entry->path(), .bytes = bytes});
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Error{.kind = ErrorKind::unavailable, .message = "the kept files of a batch cannot be listed: " + error.message()};
  }
  std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace foz::catalog
