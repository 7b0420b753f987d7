#pragma once
// Access tokens: JSON web tokens, RS256 and nothing else. Follows: Sandbox and authentication contract, 3.3 and 3.5.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace foz::security {

/// What a token says about its bearer.
struct TokenClaims {
  std::string client_id;
  std::string user_id;
  std::string org_id;
  std::string scope;
  Instant expires;
};

/// An RSA public key, and the signatures it vouches for. Immutable; shared by threads.
class PublicKey {
 public:
  /// Errors: invalid (no RSA public key of at least 2048 bits in PEM).
  static Result<PublicKey> parse(std::string_view pem);
  /// The claims of `token` when it is RS256, well-formed and signed by this key. Times are the caller's to check.
  /// Errors: unauthorized.
  Result<Json> verify(std::string_view token) const;

 private:
  friend class TokenSigner;
  explicit PublicKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
  std::shared_ptr<void> key_;
};

/// Makes and checks Foz's own tokens. Thread-safe.
class TokenSigner {
 public:
  /// Reads the signing key (PEM), or makes one on first start; so tokens survive restarts.
  static Result<TokenSigner> open(const std::filesystem::path& key_file);

  /// A token that lives for `life`. Its middle part holds neither `-` nor `_`: old clients decode it as plain Base64.
  Secret issue(const TokenClaims& claims, std::chrono::seconds life, const Clock& clock, Random& random) const;
  /// A signature is computed once for a token and remembered (a client sends one token with all its requests); its end is
  /// looked at every time. Errors: unauthorized (malformed, another key or algorithm, expired).
  Result<TokenClaims> verify(std::string_view token, Instant now) const;
  /// The public key as a JWK set.
  std::string jwks() const;

 private:
  class Verified;
  explicit TokenSigner(std::shared_ptr<void> key);
  Result<TokenClaims> claims_of(std::string_view token) const;
  std::shared_ptr<void> key_;
  std::shared_ptr<const PublicKey> public_key_;
  std::shared_ptr<Verified> verified_;
};

}  // namespace foz::security
