#pragma once
// What the files of this room that speak to the kernel share.

#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace foz::lake {

/// A descriptor that closes itself.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  OpenFile(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// The error of a call on `file` that failed with errno `code`; `what` was being done.
Error disk_failure(int code, std::string_view what, const std::filesystem::path& file);
Status write_all(int fd, std::string_view bytes, uint64_t offset, const std::filesystem::path& file);
Status sync_folder(const std::filesystem::path& folder);

}  // namespace foz::lake
