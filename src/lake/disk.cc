#include "lake/disk.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

namespace foz::lake {

namespace fs = std::filesystem;

Error disk_failure(int code, std::string_view what, const fs::path& file) {
  if (code == ENOENT) return Error{.kind = ErrorKind::not_found, .message = file.string() + " is not there"};
  if (code == ENOSPC || code == EDQUOT) {
    return Error{.kind = ErrorKind::unavailable, .message = "storage is full: " + std::string(what) + " " + file.string() + " found no room"};
  }
  return Error{.kind = ErrorKind::unavailable, .message = std::string(what) + " " + file.string() + " failed: " + std::strerror(code)};
}

Status write_all(int fd, std::string_view bytes, uint64_t offset, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0) {
      if (errno == EINTR) continue;
      return disk_failure(errno, "writing", file);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return {};
}

Status sync_folder(const fs::path& folder) {
  const OpenFile opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) return disk_failure(errno, "syncing", folder);
  return {};
}

}  // namespace foz::lake
