#include "security/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace foz::security {
namespace {

Error disk_error(const std::filesystem::path& file, std::string_view what) {
  return Error{.kind = ErrorKind::unavailable,
               .message = std::string(what) + " " + file.string() + " failed: " + std::strerror(errno)};
}

}  // namespace

Status write_private(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path staged = file;
  staged += ".new";
  const int fd = ::open(staged.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error(staged, "opening");
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written) return disk_error(staged, "writing");
  if (::rename(staged.c_str(), file.c_str()) != 0) return disk_error(file, "renaming");
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return {};
}

Result<Secret> read_or_make(const std::filesystem::path& file, const std::function<Secret()>& make) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) {
    if (errno != ENOENT) return disk_error(file, "looking at");
    Secret made = make();
    TRY_DO(write_private(file, made.reveal()));
    return made;
  }
  if ((info.st_mode & 077) != 0) {
    return Error{.kind = ErrorKind::forbidden,
                 .message = file.string() + " can be read by others: chmod 600 it, and think about replacing what it protects"};
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream || text.str().empty()) {
    return Error{.kind = ErrorKind::corrupt, .message = file.string() + " is empty or cannot be read: restore it from a backup"};
  }
  return Secret(text.str());
}

}  // namespace foz::security
