#include "security/jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/json.h"
#include "base/text.h"
#include "security/token.h"

namespace foz::security {
namespace {

struct KeyPair {
  std::string private_pem, public_pem;
};

KeyPair new_pair(int bits) {
  EVP_PKEY* key = EVP_RSA_gen(static_cast<unsigned>(bits));
  const auto pem = [&](auto write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio, &text);
    const std::string copy(text, static_cast<size_t>(length));
    BIO_free(bio);
    return copy;
  };
  KeyPair pair{.private_pem = pem([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); }),
               .public_pem = pem([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, key); })};
  EVP_PKEY_free(key);
  return pair;
}

TEST(SignJwt, MakesWhatThePublicKeyVouchesFor) {
  const KeyPair pair = new_pair(2048);
  const auto token = sign_jwt(Json{{"iss", "app"}, {"exp", 5}}, Secret(pair.private_pem));
  ASSERT_TRUE(token) << to_string(token.error());
  const auto claims = PublicKey::parse(pair.public_pem).value().verify(token->reveal());
  ASSERT_TRUE(claims) << to_string(claims.error());
  EXPECT_EQ(text_of(*claims, "iss"), "app");
  EXPECT_FALSE(PublicKey::parse(new_pair(2048).public_pem).value().verify(token->reveal())) << "another key does not vouch for it";
}

TEST(SignJwt, RefusesWhatIsNoUsableKey) {
  const std::string keys[] = {"", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", new_pair(2048).public_pem, new_pair(1024).private_pem};
  for (const std::string& key : keys) {
    const auto token = sign_jwt(Json{{"iss", "app"}}, Secret(key));
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, ErrorKind::invalid);
  }
}

}  // namespace
}  // namespace foz::security
