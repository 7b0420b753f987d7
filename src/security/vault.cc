#include "security/vault.h"

#include <sodium.h>

#include "base/text.h"
#include "security/key_file.h"

namespace foz::security {
namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr char kVersion = '\x01';

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Secret random_key() {
  FOZ_CHECK(sodium_init() >= 0);
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  return Secret(std::move(key));
}

/// nonce + ciphertext + tag.
std::string encrypt(std::string_view key, std::string_view text, std::string_view associated) {
  std::string box(kNonceBytes + text.size() + kTagBytes, '\0');
  randombytes_buf(box.data(), kNonceBytes);
  unsigned long long length = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(box) + kNonceBytes, &length, raw(text), text.size(), raw(associated),
                                             associated.size(), nullptr, raw(box), raw(key));
  return box;
}

std::optional<std::string> decrypt(std::string_view key, std::string_view box, std::string_view associated) {
  if (box.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string text(box.size() - kNonceBytes - kTagBytes, '\0');
  unsigned long long length = 0;
  const int outcome = crypto_aead_xchacha20poly1305_ietf_decrypt(
      raw(text), &length, nullptr, raw(box) + kNonceBytes, box.size() - kNonceBytes, raw(associated), associated.size(),
      raw(box), raw(key));
  if (outcome != 0) return std::nullopt;
  return text;
}

std::string associated_data(const SecretName& name) { return name.sandbox + '\x1f' + name.object + '\x1f' + name.field; }

}  // namespace

Result<Vault> Vault::open(const std::filesystem::path& key_file) {
  TRY(const Secret text, read_or_make(key_file, [] { return Secret(to_hex(random_key().reveal()) + "\n"); }));
  const auto key = from_hex(trim(text.reveal()));
  if (!key || key->size() != kKeyBytes) {
    return Error{.kind = ErrorKind::corrupt, .message = key_file.string() + " holds no key of 64 hex digits: restore it from a backup"};
  }
  FOZ_CHECK(sodium_init() >= 0);
  return Vault(Secret(*key));
}

std::string Vault::seal(const SecretName& name, const Secret& secret) const {
  const Secret data_key = random_key();
  const std::string associated = associated_data(name);
  const std::string sealed_key = encrypt(key_.reveal(), data_key.reveal(), associated);
  return to_base64(kVersion + sealed_key + encrypt(data_key.reveal(), secret.reveal(), associated));
}

Result<Secret> Vault::unseal(const SecretName& name, std::string_view sealed) const {
  constexpr size_t kSealedKeyBytes = kNonceBytes + kKeyBytes + kTagBytes;
  const Error broken{.kind = ErrorKind::corrupt,
                     .message = "the secret " + name.field + " cannot be opened: the key file is another one, or the secret was damaged"};
  const auto bytes = from_base64(sealed);
  if (!bytes || bytes->size() < 1 + kSealedKeyBytes || (*bytes)[0] != kVersion) return broken;
  const std::string associated = associated_data(name);
  const auto data_key = decrypt(key_.reveal(), std::string_view(*bytes).substr(1, kSealedKeyBytes), associated);
  if (!data_key) return broken;
  auto text = decrypt(*data_key, std::string_view(*bytes).substr(1 + kSealedKeyBytes), associated);
  if (!text) return broken;
  return Secret(std::move(*text));
}

Status Vault::put(store::Transaction& transaction, const SecretName& name, const Secret& secret) const {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO secrets (sandbox, object, field, sealed) VALUES (?, ?, ?, ?) "
                       "ON CONFLICT (sandbox, object, field) DO UPDATE SET sealed = excluded.sealed",
                       {name.sandbox, name.object, name.field, seal(name, secret)}));
  return {};
}

Result<Secret> Vault::get(store::Reader& reader, const SecretName& name) const {
  TRY(const auto row, reader.first("SELECT sealed FROM secrets WHERE sandbox = ? AND object = ? AND field = ?",
                                   {name.sandbox, name.object, name.field}));
  if (!row) return Error{.kind = ErrorKind::not_found, .message = "there is no secret " + name.field};
  return unseal(name, row->text(0));
}

Status Vault::remove(store::Transaction& transaction, const SecretName& name) const {
  TRY([[maybe_unused]] const auto changed, transaction.exec("DELETE FROM secrets WHERE sandbox = ? AND object = ? AND field = ?",
                                                            {name.sandbox, name.object, name.field}));
  return {};
}

Status Vault::forget(store::Transaction& transaction, std::string_view sandbox, std::string_view object) const {
  TRY([[maybe_unused]] const auto changed, transaction.exec("DELETE FROM secrets WHERE sandbox = ? AND object = ?",
                                                            {std::string(sandbox), std::string(object)}));
  return {};
}

}  // namespace foz::security
