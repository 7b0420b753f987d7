#pragma once
// The data directory: its folders, and the lock that keeps a second Foz out.

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace foz::server {

struct DataDir {
  std::filesystem::path root;  ///< absolute

  std::filesystem::path database() const { return root / "foz.db"; }
  std::filesystem::path key() const { return root / "key"; }
  std::filesystem::path signing_key() const { return root / "signing-key.pem"; }
  std::filesystem::path credentials() const { return root / "credentials.json"; }
  std::filesystem::path spool() const { return root / "spool"; }
  std::filesystem::path spill() const { return root / "spill"; }
  std::filesystem::path keys() const { return root / "keys"; }
  std::filesystem::path uploads() const { return root / "uploads"; }

  /// Makes the folders, mode 0700. Errors: unavailable, saying what cannot be made or written.
  static Result<DataDir> prepare(const std::filesystem::path& given);
};

/// Held while a Foz lives on a data directory; goes with the process, however that ends.
class DataLock {
 public:
  /// Errors: conflict, when another process holds it.
  static Result<DataLock> take(const DataDir& dir);
  DataLock(DataLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

struct NewCredentials {
  std::string endpoint, org_id, tenant, client_id, sandbox;
  Secret client_secret;
};

/// Writes `credentials.json` (0600): what tests, scripts and foreign clients start from.
Status write_credentials(const DataDir& dir, const NewCredentials& credentials);
/// Puts another address into `credentials.json`; nothing happens where it stands already.
Status update_endpoint(const DataDir& dir, const std::string& endpoint);

}  // namespace foz::server
