#pragma once
// An append file whose end waits beside it, so that it reaches the disk in large pieces past the page cache; a killed process loses
// nothing of it. Follows: docs/formats/spool.md, "The tail".

#include <filesystem>

#include "lake/file_io.h"

namespace foz::lake {

/// A `file` that is there, ended with byte `end` and is open nowhere else, opened to append to.
Result<std::unique_ptr<AppendFile>> open_tailed(const std::filesystem::path& file, uint64_t end);

/// Moves what a killed process left in the tail of `file` into `file`, and removes the tail. One from before the machine last started is
/// only removed: what was synced before that is in the file.
Status settle_tail(const std::filesystem::path& file);

}  // namespace foz::lake
