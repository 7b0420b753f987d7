#include "security/token.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace foz::security {
namespace {

struct Signing {
  TemporaryFolder folder;
  ManualClock clock{from_seconds(1'700'000'000)};
  SeededRandom random{1};
  TokenSigner signer = TokenSigner::open(folder.path() / "key.pem").value();

  std::string token(std::string client) {
    return std::string(signer.issue({.client_id = std::move(client), .user_id = "user", .org_id = "org", .scope = "openid"}, std::chrono::seconds(60), clock, random).reveal());
  }
  std::string client_of(std::string_view token) const {
    const auto claims = signer.verify(token, clock.now());
    return claims ? claims->client_id : claims.error().message;
  }
};

TEST(TokenSigner, KnowsItsOwnTokensAgain) {
  Signing one;
  const std::string a = one.token("a"), b = one.token("b");
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(one.client_of(a), "a");
    EXPECT_EQ(one.client_of(b), "b");
  }
  EXPECT_EQ(TokenSigner::open(one.folder.path() / "key.pem").value().verify(a, one.clock.now()).value().client_id, "a");
}

TEST(TokenSigner, ATokenThatWasGoodStillEnds) {
  Signing one;
  const std::string token = one.token("a");
  EXPECT_EQ(one.client_of(token), "a");
  one.clock.advance(std::chrono::seconds(59));
  EXPECT_EQ(one.client_of(token), "a");
  one.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(one.client_of(token), "the token is not valid: it has expired");
}

TEST(TokenSigner, EveryByteOfAKnownTokenCounts) {
  Signing one;
  const std::string token = one.token("a");
  ASSERT_EQ(one.client_of(token), "a");
  for (size_t at = 0; at + 1 < token.size(); at += 7) {
    std::string forged = token;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(one.signer.verify(forged, one.clock.now())) << at;
  }
  Signing other;
  EXPECT_FALSE(other.signer.verify(token, other.clock.now()));
}

}  // namespace
}  // namespace foz::security
