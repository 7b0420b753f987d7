#pragma once
// Secrets at rest: an envelope for each, its key sealed by the installation's key.
// XChaCha20-Poly1305 (libsodium); the associated data binds a secret to its sandbox, object and field.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "store/database.h"

namespace foz::security {

/// Whose secret it is: part of what the seal protects, so that a row cannot be moved to another object.
struct SecretName {
  std::string sandbox;
  std::string object;  ///< id of the resource
  std::string field;   ///< "auth.params.password"
};

/// Thread-safe.
class Vault {
 public:
  /// Reads the installation's key (32 bytes, hex), or makes it on first start.
  /// Errors: those of read_or_make; corrupt (no key in the file).
  static Result<Vault> open(const std::filesystem::path& key_file);

  std::string seal(const SecretName& name, const Secret& secret) const;
  /// Errors: corrupt (another key, another object, damaged).
  Result<Secret> unseal(const SecretName& name, std::string_view sealed) const;

  Status put(store::Transaction& transaction, const SecretName& name, const Secret& secret) const;
  /// Errors: not_found, corrupt.
  Result<Secret> get(store::Reader& reader, const SecretName& name) const;
  /// Removes one secret, if it is there.
  Status remove(store::Transaction& transaction, const SecretName& name) const;
  /// Removes all secrets of an object.
  Status forget(store::Transaction& transaction, std::string_view sandbox, std::string_view object) const;

 private:
  explicit Vault(Secret key) : key_(std::move(key)) {}
  Secret key_;  ///< 32 raw bytes
};

}  // namespace foz::security
