#include "simulators/salesforce/jwt.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>

#include "base/text.h"

namespace foz::sim {
namespace {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;

Key public_key(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return nullptr;
  Key key(PEM_read_PUBKEY(file, nullptr, nullptr, nullptr));
  if (key == nullptr) {
    std::rewind(file);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_X509(file, nullptr, nullptr, nullptr), X509_free);
    if (certificate != nullptr) key.reset(X509_get_pubkey(certificate.get()));
  }
  std::fclose(file);
  return key;
}

bool signature_fits(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1) return false;
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

}  // namespace

std::optional<Json> verified_jwt(std::string_view token, const std::string& key_file) {
  const auto parts = split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto head = from_base64(parts[0]), claims = from_base64(parts[1]), signature = from_base64(parts[2]);
  if (!head || !claims || !signature) return std::nullopt;
  const auto head_json = parse_json(*head);
  if (!head_json || text_of(*head_json, "alg") != "RS256") return std::nullopt;
  const Key key = public_key(key_file);
  const std::string_view text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (key == nullptr || !signature_fits(key.get(), text, *signature)) return std::nullopt;
  auto json = parse_json(*claims);
  return json ? std::optional(*std::move(json)) : std::nullopt;
}

std::string pkce_challenge(std::string_view verifier) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(verifier.data(), verifier.size(), digest, &size, EVP_sha256(), nullptr);
  return to_base64url(std::string_view(reinterpret_cast<const char*>(digest), size));
}

}  // namespace foz::sim
