// Logging in with an assertion, which the simulated org verifies with the app's public key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <filesystem>
#include <fstream>

#include "security/jwt.h"
#include "sources/salesforce/salesforce.h"
#include "sources/test_simulator.h"

namespace foz::sources::salesforce {
namespace {

using test::SimulatorTransport;
using testing::HasSubstr;
using testing::Not;

class JwtLogin : public testing::Test {
 protected:
  JwtLogin() {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    private_pem = pem([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
    std::ofstream(key_file) << pem([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, key); });
    EVP_PKEY_free(key);
    auto made = sim::Simulator::make({.vendor = "salesforce", .rows = 1, .jwt_key_file = key_file.string()}, clock);
    simulator = std::move(made).value();
    ready = simulator->ready_line(std::string(SimulatorTransport::kOrigin));
    transport = std::make_unique<SimulatorTransport>(*simulator);
  }
  ~JwtLogin() override { std::filesystem::remove(key_file); }

  template <class Write>
  static std::string pem(Write write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio, &text);
    std::string copy(text, static_cast<size_t>(length));
    BIO_free(bio);
    return copy;
  }

  Status check(std::initializer_list<std::pair<std::string, std::string>> parameters) {
    Login login{.auth_spec = "OAuth2 JWT Token Credential"};
    for (const auto& [name, value] : parameters) login.parameters.emplace_back(name, Secret(value));
    TRY(const auto source, kSalesforce.open(login, {.transport = *transport, .clock = clock, .random = random}));
    return source->check({});
  }

  std::string private_pem;
  const std::filesystem::path key_file = std::filesystem::temp_directory_path() / ("foz-jwt-" + std::to_string(::getpid()) + ".pem");
  test::LeapingClock clock;
  SeededRandom random{1};
  std::unique_ptr<sim::Simulator> simulator;
  std::unique_ptr<SimulatorTransport> transport;
  Json ready;
};

TEST_F(JwtLogin, SignsItsOwnAssertion) {
  const std::string url(SimulatorTransport::kOrigin), app = text_of(ready, "clientId"), user = text_of(ready, "username");
  const Status checked = check({{"consumerKey", app}, {"username", user}, {"privateKey", private_pem}, {"environmentUrl", url}});
  EXPECT_TRUE(checked) << (checked ? "" : checked.error().message);
  EXPECT_TRUE(check({{"consumerKey", app}, {"username", user}, {"privateKey", private_pem}, {"loginUrl", url}, {"audience", "https://login.salesforce.com"}}));

  const Status stranger = check({{"consumerKey", app}, {"username", "nobody@acme.test"}, {"privateKey", private_pem}, {"environmentUrl", url}});
  ASSERT_FALSE(stranger);
  EXPECT_THAT(stranger.error().message, HasSubstr("pre-authorise"));
}

TEST_F(JwtLogin, TakesAGivenAssertion) {
  const std::string url(SimulatorTransport::kOrigin);
  const Json claims = {{"iss", text_of(ready, "clientId")}, {"sub", text_of(ready, "username")}, {"aud", url}, {"exp", to_seconds(clock.now()) + 60}};
  const std::string assertion = security::sign_jwt(claims, Secret(private_pem)).value().reveal();
  EXPECT_TRUE(check({{"jwtToken", assertion}, {"clientId", text_of(ready, "clientId")}, {"clientSecret", text_of(ready, "clientSecret")}, {"instanceUrl", url}}));
  clock.advance(std::chrono::minutes(5));
  EXPECT_FALSE(check({{"jwtToken", assertion}, {"clientId", text_of(ready, "clientId")}, {"clientSecret", text_of(ready, "clientSecret")}, {"instanceUrl", url}})) << "it has expired";
}

TEST_F(JwtLogin, NamesAKeyThatIsNone) {
  const Status bad = check({{"consumerKey", "a"}, {"username", "u"}, {"privateKey", "-----BEGIN C4NARY-----"}, {"environmentUrl", std::string(SimulatorTransport::kOrigin)}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().where, "/auth/params/privateKey");
  EXPECT_THAT(bad.error().message, Not(HasSubstr("C4NARY")));
  EXPECT_EQ(transport->calls, 0u);
}

}  // namespace
}  // namespace foz::sources::salesforce
