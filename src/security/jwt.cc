#include "security/jwt.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "base/json.h"
#include "base/text.h"

namespace foz::security {
namespace {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const { Free(object); }
};
using CustomerKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;

/// A key that is locked is refused instead of asking the terminal.
int no_pass_phrase(char*, int, int, void*) { return -1; }

CustomerKey read_customer_key(const std::string& pem) {
  const std::unique_ptr<BIO, FreeWith<BIO_free>> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CustomerKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (key && (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < 2048)) key.reset();
  return key;
}

}  // namespace

Result<Secret> sign_jwt(const Json& claims, const Secret& private_key_pem) {
  const CustomerKey key = read_customer_key(private_key_pem.reveal());
  if (!key) return Error{.kind = ErrorKind::invalid, .message = "the private key is no RSA key of at least 2048 bits in PEM without a pass phrase"};
  const std::string text = to_base64url(R"({"alg":"RS256","typ":"JWT"})") + "." + to_base64url(to_text(claims));
  const std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  size_t length = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  FOZ_CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
  FOZ_CHECK(EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size()) == 1);
  std::string signature(length, '\0');
  FOZ_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes, text.size()) == 1);
  signature.resize(length);
  return Secret(text + "." + to_base64url(signature));
}

}  // namespace foz::security
