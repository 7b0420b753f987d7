#pragma once
// Files that hold keys: made once with mode 0600, refused when others can read them.

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace foz::security {

/// The content of `file`; made with `make` when the file is not there (written whole or not at all, mode 0600, fsynced).
/// Errors: forbidden (the file can be read by others), corrupt (it is empty), unavailable (disk).
Result<Secret> read_or_make(const std::filesystem::path& file, const std::function<Secret()>& make);

/// Writes `text` so that a crash leaves the old file or the new one; mode 0600.
Status write_private(const std::filesystem::path& file, std::string_view text);

}  // namespace foz::security
