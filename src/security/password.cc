#include "security/password.h"

#include <sodium.h>

#include <array>

#include "base/error.h"

namespace foz::security {
namespace {

constexpr size_t kMemoryBytes = 16u << 20;
constexpr unsigned long long kPasses = 3;

}  // namespace

std::string hash_password(const Secret& password) {
  FOZ_CHECK(sodium_init() >= 0);
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const int outcome = crypto_pwhash_str_alg(hash.data(), password.reveal().data(), password.reveal().size(), kPasses,
                                            kMemoryBytes, crypto_pwhash_ALG_ARGON2ID13);
  FOZ_CHECK(outcome == 0, "no memory to hash a password");
  return hash.data();
}

bool verify_password(std::string_view hash, const Secret& password) {
  return crypto_pwhash_str_verify(std::string(hash).c_str(), password.reveal().data(), password.reveal().size()) == 0;
}

}  // namespace foz::security
