#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "lake/file_io.h"

namespace foz::lake {
namespace {

namespace fs = std::filesystem;

Error disk_failure(int code, std::string_view what, const fs::path& file) {
  if (code == ENOENT) return Error{.kind = ErrorKind::not_found, .message = file.string() + " is not there"};
  if (code == ENOSPC || code == EDQUOT) {
    return Error{.kind = ErrorKind::unavailable, .message = "storage is full: " + std::string(what) + " " + file.string() + " found no room"};
  }
  return Error{.kind = ErrorKind::unavailable, .message = std::string(what) + " " + file.string() + " failed: " + std::strerror(code)};
}

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

Status rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return disk_failure(errno, "renaming", from);
  return sync_folder(to.parent_path());
}

/// Writes past the page cache: whole blocks, from memory that begins at one. Copies what it is given into such memory.
class DirectWriter {
 public:
  static constexpr size_t kBlockBytes = 4096;

  explicit DirectWriter(const fs::path& file) : file_(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_DIRECT)) {}
  bool works() const { return file_.get() >= 0; }

  /// How many of `bytes`, which belong at `offset` (a whole number of blocks), went to the disk: fewer than all of them where
  /// the file system takes no more this way. What is left is for a plain write, which has the words for what is wrong.
  size_t write(std::string_view bytes, uint64_t offset) {
    if (!piece_) piece_.reset(static_cast<char*>(std::aligned_alloc(kBlockBytes, kPieceBytes)));
    size_t done = 0;
    while (piece_ && bytes.size() - done >= kBlockBytes) {
      const size_t wanted = std::min(kPieceBytes, (bytes.size() - done) / kBlockBytes * kBlockBytes);
      std::memcpy(piece_.get(), bytes.data() + done, wanted);
      const ssize_t written = ::pwrite(file_.get(), piece_.get(), wanted, static_cast<off_t>(offset + done));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;
      done += static_cast<size_t>(written) / kBlockBytes * kBlockBytes;
      if (static_cast<size_t>(written) < wanted) break;
    }
    return done;
  }

 private:
  static constexpr size_t kPieceBytes = 1u << 20;
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  OpenFile file_;
  std::unique_ptr<char, Free> piece_;
};

class LocalAppendFile final : public AppendFile {
 public:
  LocalAppendFile(int fd, fs::path path, uint64_t end, ReadBack read_back) : file_(fd), path_(std::move(path)), end_(end), read_back_(read_back) {}

  Status append(std::string_view bytes) override {
    if (read_back_ == ReadBack::rarely && bytes.size() >= kDirectBytesMin) {
      const size_t to_block = (DirectWriter::kBlockBytes - end_ % DirectWriter::kBlockBytes) % DirectWriter::kBlockBytes;
      TRY_DO(write(bytes.substr(0, to_block)));
      bytes.remove_prefix(to_block);
      if (!direct_) direct_.emplace(path_);
      const size_t done = direct_->works() ? direct_->write(bytes, end_) : 0;
      end_ += done;
      bytes.remove_prefix(done);
    }
    return write(bytes);
  }
  Status sync() override {
    const uint64_t end = end_;
    if (::fdatasync(file_.get()) != 0) return disk_failure(errno, "syncing", path_);
    if (read_back_ == ReadBack::rarely) leave_cache(end);
    return {};
  }

 private:
  /// Smaller pieces gain nothing.
  static constexpr size_t kDirectBytesMin = 256 * 1024;

  Status write(std::string_view bytes) {
    TRY_DO(write_all(file_.get(), bytes, end_, path_));
    end_ += bytes.size();
    return {};
  }

  /// Gives the pages up to `end`, which are on the disk, back to the kernel: the next ones take their place instead of
  /// memory that something else could use. Advice only; whether it was taken does not matter.
  void leave_cache(uint64_t end) {
    (void)::posix_fadvise(file_.get(), static_cast<off_t>(left_), static_cast<off_t>(end - left_), POSIX_FADV_DONTNEED);
    left_ = end / DirectWriter::kBlockBytes * DirectWriter::kBlockBytes;
  }

  OpenFile file_;
  const fs::path path_;
  std::atomic<uint64_t> end_;  ///< a sync may run beside an append
  uint64_t left_ = 0;  ///< no page before it is in the cache any more
  const ReadBack read_back_;
  std::optional<DirectWriter> direct_;
};

}  // namespace

Status LocalFileIo::make_folder(const fs::path& folder) {
  std::error_code absent;
  std::vector<fs::path> missing;
  for (fs::path at = folder; at.has_relative_path() && !fs::is_directory(at, absent); at = at.parent_path()) missing.push_back(at);
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    if (::mkdir(at->c_str(), 0777) != 0 && (errno != EEXIST || !fs::is_directory(*at, absent))) return disk_failure(errno, "making", *at);
    TRY_DO(sync_folder(at->parent_path().empty() ? "." : at->parent_path()));
  }
  return {};
}

Result<std::unique_ptr<AppendFile>> LocalFileIo::open_append(const fs::path& file, uint64_t keep_bytes, ReadBack read_back) {
  const int fd = ::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0640);
  if (fd < 0) return disk_failure(errno, "opening", file);
  OpenFile opened(fd);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return disk_failure(errno, "looking at", file);
  const uint64_t end = std::min(static_cast<uint64_t>(info.st_size), keep_bytes);
  if (static_cast<uint64_t>(info.st_size) > end && ::ftruncate(fd, static_cast<off_t>(end)) != 0) {
    return disk_failure(errno, "cutting", file);
  }
  TRY_DO(sync_folder(file.parent_path()));
  return std::unique_ptr<AppendFile>(std::make_unique<LocalAppendFile>(opened.release(), file, end, read_back));
}

Result<std::string> LocalFileIo::read(const fs::path& file, uint64_t offset, uint64_t length) {
  const OpenFile opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) return disk_failure(errno, "opening", file);
  struct stat info {};
  if (::fstat(opened.get(), &info) != 0) return disk_failure(errno, "looking at", file);
  const uint64_t size = static_cast<uint64_t>(info.st_size);
  std::string text(offset < size ? std::min(length, size - offset) : 0, '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::pread(opened.get(), text.data() + done, text.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_failure(errno, "reading", file);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  text.resize(done);
  return text;
}

Result<uint64_t> LocalFileIo::size(const fs::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return disk_failure(errno, "looking at", file);
  return static_cast<uint64_t>(info.st_size);
}

Status LocalFileIo::write_whole(const fs::path& file, std::string_view text) {
  fs::path staged = file;
  staged += ".new";
  {
    const OpenFile opened(::open(staged.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0640));
    if (opened.get() < 0) return disk_failure(errno, "opening", staged);
    TRY_DO(write_all(opened.get(), text, 0, staged));
    if (::fsync(opened.get()) != 0) return disk_failure(errno, "syncing", staged);
  }
  return rename_durably(staged, file);
}

Status LocalFileIo::publish(const fs::path& staged, const fs::path& final_name) {
  {
    const OpenFile opened(::open(staged.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0) return disk_failure(errno, "opening", staged);
    if (::fsync(opened.get()) != 0) return disk_failure(errno, "syncing", staged);
  }
  return rename_durably(staged, final_name);
}

Status LocalFileIo::remove_file(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return disk_failure(errno, "removing", file);
  return {};
}

Status LocalFileIo::remove_tree(const fs::path& folder) {
  std::error_code code;
  fs::remove_all(folder, code);
  if (code) return disk_failure(code.value(), "removing", folder);
  return {};
}

Result<std::vector<FileEntry>> LocalFileIo::list(const fs::path& folder) {
  std::vector<FileEntry> entries;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    if (!at->is_regular_file(code)) continue;
    entries.push_back({.path = at->path(), .bytes = at->file_size(code)});
  }
  if (code && code.value() != ENOENT) return disk_failure(code.value(), "listing", folder);
  std::sort(entries.begin(), entries.end(), [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; });
  return entries;
}

Result<std::vector<FolderEntry>> LocalFileIo::folders(const fs::path& folder) {
  std::vector<FolderEntry> entries;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    struct stat info {};
    if (::lstat(at->path().c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) continue;
    entries.push_back({.path = at->path(), .changed = from_seconds(info.st_mtim.tv_sec) + std::chrono::microseconds(info.st_mtim.tv_nsec / 1000)});
  }
  if (code && code.value() != ENOENT) return disk_failure(code.value(), "listing", folder);
  std::sort(entries.begin(), entries.end(), [](const FolderEntry& a, const FolderEntry& b) { return a.path < b.path; });
  return entries;
}

}  // namespace foz::lake
