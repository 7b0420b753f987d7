#include "server/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <system_error>

#include "base/json.h"
#include "security/key_file.h"

namespace foz::server {
namespace {

namespace fs = std::filesystem;

Status make_private_folder(const fs::path& folder) {
  std::error_code code;
  const bool made = fs::create_directories(folder, code);
  if (code) return Error{.kind = ErrorKind::unavailable, .message = "the folder " + folder.string() + " cannot be made: " + code.message()};
  if (made) fs::permissions(folder, fs::perms::owner_all, code);
  if (::access(folder.c_str(), W_OK) != 0) {
    return Error{.kind = ErrorKind::unavailable, .message = "the folder " + folder.string() + " cannot be written: look at its owner and rights"};
  }
  return {};
}

}  // namespace

Result<DataDir> DataDir::prepare(const fs::path& given) {
  std::error_code code;
  const fs::path absolute = fs::absolute(given, code);
  DataDir dir{.root = absolute.lexically_normal()};
  TRY_DO(make_private_folder(dir.root));
  dir.root = fs::canonical(dir.root, code);
  for (const fs::path& folder : {dir.spool(), dir.keys(), dir.spill(), dir.uploads(), dir.root / "tables", dir.root / "diagnostics"}) TRY_DO(make_private_folder(folder));
  return dir;
}

Result<DataLock> DataLock::take(const DataDir& dir) {
  const fs::path file = dir.root / "lock";
  const int fd = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return Error{.kind = ErrorKind::unavailable, .message = file.string() + " cannot be opened"};
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return Error{.kind = ErrorKind::conflict, .message = "another Foz is running on " + dir.root.string() + ": stop it, or name another directory with --data"};
  }
  return DataLock(fd);
}

DataLock::~DataLock() {
  if (fd_ >= 0) ::close(fd_);
}

Status write_credentials(const DataDir& dir, const NewCredentials& credentials) {
  const Json json = {{"endpoint", credentials.endpoint},     {"imsEndpoint", credentials.endpoint},
                     {"orgId", credentials.org_id},          {"tenant", credentials.tenant},
                     {"clientId", credentials.client_id},    {"clientSecret", credentials.client_secret.reveal()},
                     {"sandbox", credentials.sandbox}};
  return security::write_private(dir.credentials(), to_pretty_text(json) + "\n");
}

Status update_endpoint(const DataDir& dir, const std::string& endpoint) {
  std::ifstream stream(dir.credentials());
  std::ostringstream text;
  text << stream.rdbuf();
  auto json = parse_json(text.str());
  if (!json || !json->is_object()) {
    return Error{.kind = ErrorKind::corrupt, .message = dir.credentials().string() + " cannot be read: make a new client with foz client add, and remove the file"};
  }
  if (text_of(*json, "endpoint") == endpoint && text_of(*json, "imsEndpoint") == endpoint) return {};
  (*json)["endpoint"] = endpoint;
  (*json)["imsEndpoint"] = endpoint;
  return security::write_private(dir.credentials(), to_pretty_text(*json) + "\n");
}

}  // namespace foz::server
