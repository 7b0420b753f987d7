#include "security/token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "security/digest.h"
#include "security/key_file.h"

namespace foz::security {
namespace {

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;

EVP_PKEY* key_of(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

std::shared_ptr<void> owned(EVP_PKEY* key) {
  return {key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); }};
}

Error bad_token(std::string why) { return Error{.kind = ErrorKind::unauthorized, .message = "the token is not valid: " + std::move(why)}; }

std::string sign(EVP_PKEY* key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  size_t length = 0;
  FOZ_CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  FOZ_CHECK(EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size()) == 1);
  std::string signature(length, '\0');
  FOZ_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes, text.size()) == 1);
  signature.resize(length);
  return signature;
}

bool signature_holds(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1) return false;
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

Secret new_private_key_pem() {
  const auto key = owned(EVP_RSA_gen(2048));
  FOZ_CHECK(key != nullptr);
  const Bio bio(BIO_new(BIO_s_mem()));
  FOZ_CHECK(PEM_write_bio_PrivateKey(bio.get(), key_of(key), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return Secret(std::string(text, static_cast<size_t>(length)));
}

std::string big_number(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  FOZ_CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return bytes;
}

std::string key_id(EVP_PKEY* key) { return sha256_hex(big_number(key, OSSL_PKEY_PARAM_RSA_N)).substr(0, 16); }

}  // namespace

Result<PublicKey> PublicKey::parse(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto key = owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (key == nullptr || EVP_PKEY_get_base_id(key_of(key)) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key_of(key)) < 2048) {
    return Error{.kind = ErrorKind::invalid, .message = "this is no RSA public key of at least 2048 bits in PEM"};
  }
  return PublicKey(std::move(key));
}

Result<Json> PublicKey::verify(std::string_view token) const {
  const auto parts = split(token, '.');
  if (parts.size() != 3) return bad_token("it has not three parts");
  const auto header_text = from_base64(parts[0]), claims_text = from_base64(parts[1]), signature = from_base64(parts[2]);
  if (!header_text || !claims_text || !signature) return bad_token("it is not Base64");
  const auto header = parse_json(*header_text);
  // The algorithm is ours to choose, never the token's.
  if (!header || text_of(*header, "alg") != "RS256") return bad_token("its algorithm is not RS256");
  const std::string_view signed_part = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!signature_holds(key_of(key_), signed_part, *signature)) return bad_token("its signature is not ours");
  auto claims = parse_json(*claims_text);
  if (!claims || !claims->is_object()) return bad_token("its claims cannot be read");
  return std::move(*claims);
}

/// Claims of tokens that are signed by us, by the digest of the token. Thread-safe.
class TokenSigner::Verified {
 public:
  std::optional<TokenClaims> find(const std::string& digest) const {
    std::lock_guard lock(mutex_);
    const auto found = claims_.find(digest);
    return found == claims_.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(std::string digest, const TokenClaims& claims) {
    std::lock_guard lock(mutex_);
    if (claims_.size() >= kTokensMax) claims_.clear();
    claims_.insert_or_assign(std::move(digest), claims);
  }

 private:
  static constexpr size_t kTokensMax = 4096;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, TokenClaims> claims_;
};

TokenSigner::TokenSigner(std::shared_ptr<void> key)
    : key_(std::move(key)), public_key_(std::make_shared<const PublicKey>(PublicKey(key_))), verified_(std::make_shared<Verified>()) {}

Result<TokenSigner> TokenSigner::open(const std::filesystem::path& key_file) {
  TRY(const Secret pem, read_or_make(key_file, new_private_key_pem));
  const Bio bio(BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size())));
  auto key = owned(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (key == nullptr || EVP_PKEY_get_base_id(key_of(key)) != EVP_PKEY_RSA) {
    return Error{.kind = ErrorKind::corrupt, .message = key_file.string() + " holds no RSA key in PEM: restore it, or remove it to make a new one (all tokens end)"};
  }
  return TokenSigner(std::move(key));
}

Secret TokenSigner::issue(const TokenClaims& claims, std::chrono::seconds life, const Clock& clock, Random& random) const {
  const Instant now = clock.now();
  const std::string header = to_base64url(to_text(Json{{"alg", "RS256"}, {"kid", key_id(key_of(key_))}, {"typ", "JWT"}}));
  for (;;) {
    const Json payload = {{"id", std::to_string(to_millis(now)) + "_" + new_uuid(random)},
                          {"client_id", claims.client_id},
                          {"user_id", claims.user_id},
                          {"type", "access_token"},
                          {"as", "ims-na1"},
                          {"org", claims.org_id},
                          {"scope", claims.scope},
                          {"created_at", std::to_string(to_millis(now))},
                          {"expires_at", std::to_string(to_millis(now + life))},
                          {"expires_in", std::to_string(life.count() * 1000)},
                          {"iat", to_seconds(now)},
                          {"exp", to_seconds(now + life)}};
    const std::string middle = to_base64url(to_text(payload));
    if (middle.find_first_of("-_") != middle.npos) continue;
    const std::string text = header + "." + middle;
    return Secret(text + "." + to_base64url(sign(key_of(key_), text)));
  }
}

Result<TokenClaims> TokenSigner::verify(std::string_view token, Instant now) const {
  std::string digest = sha256_bytes(token);
  auto claims = verified_->find(digest);
  if (!claims) {
    TRY(claims, claims_of(token));
    verified_->keep(std::move(digest), *claims);
  }
  if (claims->expires <= now) return bad_token("it has expired");
  return std::move(*claims);
}

Result<TokenClaims> TokenSigner::claims_of(std::string_view token) const {
  TRY(const Json claims, public_key_->verify(token));
  const auto expires = integer_of(claims, "exp");
  if (!expires) return bad_token("it does not say when it ends");
  if (text_of(claims, "type") != "access_token") return bad_token("it is no access token");
  return TokenClaims{.client_id = text_of(claims, "client_id"),
                     .user_id = text_of(claims, "user_id"),
                     .org_id = text_of(claims, "org"),
                     .scope = text_of(claims, "scope"),
                     .expires = from_seconds(*expires)};
}

std::string TokenSigner::jwks() const {
  EVP_PKEY* key = key_of(key_);
  const Json jwk = {{"kty", "RSA"}, {"use", "sig"}, {"alg", "RS256"}, {"kid", key_id(key)},
                    {"n", to_base64url(big_number(key, OSSL_PKEY_PARAM_RSA_N))},
                    {"e", to_base64url(big_number(key, OSSL_PKEY_PARAM_RSA_E))}};
  return to_text(Json{{"keys", Json::array({jwk})}});
}

}  // namespace foz::security
