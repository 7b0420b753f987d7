#pragma once
// A disk that fails when it is told to, tears writes and loses power: for tests of everything that keeps files.

#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "base/random.h"
#include "lake/file_io.h"

namespace foz::lake {

/// A call of a FileIo, before it is done.
struct FileCall {
  enum class What : uint8_t { make_folder, open_append, append, sync, read, size, write_whole, publish, remove_file, remove_tree, list, folders, settle };
  What what = What::read;
  const std::filesystem::path& path;
  uint64_t bytes = 0;  ///< that are to be written
};
std::string_view name_of(FileCall::What what);

/// What becomes of a call that fails.
struct FileFault {
  Error error;
  /// The share of the effect that happens all the same. 0: none; 1: all of it, only the answer is an error; between: a write
  /// leaves its first bytes, a removal takes the first files.
  double done = 0;
};

/// The fault of a call; nothing: it goes well. Called from all threads that use the FileIo.
using FileFaults = std::function<std::optional<FileFault>(const FileCall& call)>;

/// Another FileIo with faults. Thread-safe.
class FaultyFileIo final : public FileIo {
 public:
  /// With a clock, `folders` tells its time in the place of the disk's.
  FaultyFileIo(FileIo& next, FileFaults faults, const Clock* clock = nullptr) : next_(next), faults_(std::move(faults)), clock_(clock) {}

  /// What a power cut takes: of every file that was appended to, some or all of what was not synced; of what stays, a block
  /// may hold zeros. REQUIRES: no file is open.
  void cut_power(Random& random);

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

 private:
  class Appended;
  /// Does `effect` unless the call fails; a fault with all of its effect does it, too.
  template <class Effect>
  auto unless_faulty(const FileCall& call, Effect&& effect) -> decltype(effect());
  Status append(AppendFile& file, const std::filesystem::path& path, std::string_view bytes);
  Status sync(AppendFile& file, const std::filesystem::path& path);
  void touch(const std::filesystem::path& folder);

  FileIo& next_;
  const FileFaults faults_;
  const Clock* clock_;
  std::mutex mutex_;
  std::map<std::filesystem::path, uint64_t> synced_;    ///< bytes that are safe, of files that were appended to
  std::map<std::filesystem::path, Instant> changed_;    ///< folders
};

}  // namespace foz::lake
