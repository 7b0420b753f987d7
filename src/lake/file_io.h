#pragma once
// Files that last: append, sync, publish, list. The local disk now; faults in tests.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace foz::lake {

/// A file that grows. One writer.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  /// All of `bytes`, or an error and an end of the file that nobody should trust.
  virtual Status append(std::string_view bytes) = 0;
  /// What was appended survives a power cut when this returns. A failed sync is never tried again as if it could succeed.
  virtual Status sync() = 0;
};

/// Who reads what is appended.
enum class ReadBack {
  soon,  ///< it stays in the page cache
  rarely,  ///< it goes to the disk in large pieces past the page cache, where the file system can; see `settle`
};

struct FileEntry {
  std::filesystem::path path;
  uint64_t bytes = 0;
};

struct FolderEntry {
  std::filesystem::path path;
  Instant changed{};  ///< when something was last made or removed in it
};

/// Errors of all calls: unavailable (storage is full, the disk fails), not_found. Thread-safe.
class FileIo {
 public:
  virtual ~FileIo() = default;
  /// With its parents; none is an error when it is there. What was made survives a power cut when this returns.
  virtual Status make_folder(const std::filesystem::path& folder) = 0;
  /// Opens a file to append to; makes it when it is not there. Bytes behind `keep_bytes` are cut off.
  virtual Result<std::unique_ptr<AppendFile>> open_append(const std::filesystem::path& file, uint64_t keep_bytes, ReadBack read_back) = 0;
  Result<std::unique_ptr<AppendFile>> open_append(const std::filesystem::path& file, uint64_t keep_bytes) { return open_append(file, keep_bytes, ReadBack::soon); }
  /// What was appended with ReadBack::rarely is sure to be found in the file after a sync, or when it was closed. Where a process was
  /// killed, this puts it there: call it before the file is read. None is no error. REQUIRES: nobody has the file open.
  virtual Status settle(const std::filesystem::path& file) = 0;
  /// Up to `length` bytes from `offset`; fewer at the end of the file.
  virtual Result<std::string> read(const std::filesystem::path& file, uint64_t offset, uint64_t length) = 0;
  virtual Result<uint64_t> size(const std::filesystem::path& file) = 0;
  /// The new content is there whole, or the old one is.
  virtual Status write_whole(const std::filesystem::path& file, std::string_view text) = 0;
  /// Makes a file that was written elsewhere durable and gives it its final name. A folder whose files are durable moves the same way.
  virtual Status publish(const std::filesystem::path& staged, const std::filesystem::path& final_name) = 0;
  virtual Status remove_file(const std::filesystem::path& file) = 0;
  /// A folder with everything in it; none is no error.
  virtual Status remove_tree(const std::filesystem::path& folder) = 0;
  /// The files in a folder, not below it, by name; an absent folder has none.
  virtual Result<std::vector<FileEntry>> list(const std::filesystem::path& folder) = 0;
  /// The folders in a folder, not below it, by name; an absent folder has none.
  virtual Result<std::vector<FolderEntry>> folders(const std::filesystem::path& folder) = 0;
};

class LocalFileIo final : public FileIo {
 public:
  Status make_folder(const std::filesystem::path& folder) override;
  using FileIo::open_append;
  Result<std::unique_ptr<AppendFile>> open_append(const std::filesystem::path& file, uint64_t keep_bytes, ReadBack read_back) override;
  Status settle(const std::filesystem::path& file) override;
  Result<std::string> read(const std::filesystem::path& file, uint64_t offset, uint64_t length) override;
  Result<uint64_t> size(const std::filesystem::path& file) override;
  Status write_whole(const std::filesystem::path& file, std::string_view text) override;
  Status publish(const std::filesystem::path& staged, const std::filesystem::path& final_name) override;
  Status remove_file(const std::filesystem::path& file) override;
  Status remove_tree(const std::filesystem::path& folder) override;
  Result<std::vector<FileEntry>> list(const std::filesystem::path& folder) override;
  Result<std::vector<FolderEntry>> folders(const std::filesystem::path& folder) override;
};

}  // namespace foz::lake
