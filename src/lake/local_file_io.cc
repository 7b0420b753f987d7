#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include "lake/disk.h"
#include "lake/file_io.h"
#include "lake/tailed_file.h"

namespace foz::lake {
namespace {

namespace fs = std::filesystem;

Status rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return disk_failure(errno, "renaming", from);
  return sync_folder(to.parent_path());
}

class LocalAppendFile final : public AppendFile {
 public:
  LocalAppendFile(int fd, fs::path path, uint64_t end) : file_(fd), path_(std::move(path)), end_(end) {}

  Status append(std::string_view bytes) override {
    TRY_DO(write_all(file_.get(), bytes, end_, path_));
    end_ += bytes.size();
    return {};
  }
  Status sync() override {
    if (::fdatasync(file_.get()) != 0) return disk_failure(errno, "syncing", path_);
    return {};
  }

 private:
  OpenFile file_;
  const fs::path path_;
  uint64_t end_;
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
  if (read_back == ReadBack::rarely) TRY_DO(settle_tail(file));
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
  if (read_back == ReadBack::rarely) return open_tailed(file, end);
  return std::unique_ptr<AppendFile>(std::make_unique<LocalAppendFile>(opened.release(), file, end));
}

Status LocalFileIo::settle(const fs::path& file) { return settle_tail(file); }

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
