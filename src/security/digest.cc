#include "security/digest.h"

#include <openssl/evp.h>

#include "base/error.h"
#include "base/text.h"

namespace foz::security {
namespace {

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  const int outcome = EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(result.data()), &length, algorithm, nullptr);
  FOZ_CHECK(outcome == 1);
  result.resize(length);
  return result;
}

}  // namespace

std::string sha256_bytes(std::string_view bytes) { return digest(EVP_sha256(), bytes); }
std::string sha256_hex(std::string_view bytes) { return to_hex(sha256_bytes(bytes)); }
std::string sha1_bytes(std::string_view bytes) { return digest(EVP_sha1(), bytes); }

}  // namespace foz::security
