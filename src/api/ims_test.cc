// Access tokens. Follows: Sandbox and authentication contract, 3.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "api/testing.h"
#include "base/text.h"
#include "http/allowance.h"
#include "security/jwt.h"

namespace foz::api {
namespace {

using http::Verb;
using testing::HasSubstr;

struct KeyPair {
  std::string private_pem, public_pem;
};

/// The key of an integration, made once for all tests.
const KeyPair& key_pair() {
  static const KeyPair kPair = [] {
    EVP_PKEY* key = EVP_RSA_gen(2048);
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
  }();
  return kPair;
}

class Ims : public ApiFixture {
 protected:
  Ims() : ApiFixture({ims_routes(), catalog_routes()}) {
    signing = value_of(organisation->add_client("integration", {{.role = "admin", .sandboxes = {"*"}}}, {key_pair().public_pem}, {}, random, clock.now()));
  }

  Answer form(const std::string& path, const std::string& body, const http::Headers& more = {}) {
    http::Headers headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Authorization", ""}};
    for (const auto& [name, value] : more) headers.set(name, value);
    return send(Verb::post, path, {.body = body, .headers = headers});
  }
  std::string pair() const { return "client_id=" + client.client.client_id + "&client_secret=" + client.secret.reveal(); }
  std::string multipart(const http::Query& fields) const {
    std::string body;
    for (const auto& [name, value] : fields) body += "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    return body + "--xyz--\r\n";
  }
  Json claims() const {
    return {{"iss", organisation->id()}, {"sub", "0123@techacct.adobe.com"}, {"exp", to_seconds(clock.now()) + 600},
            {"aud", "https://ims-na1.adobelogin.com/c/" + signing.client.client_id}, {"https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true}};
  }
  std::string jwt(const Json& of) const { return value_of(security::sign_jwt(of, Secret(key_pair().private_pem))).reveal(); }
  Answer exchange(const std::string& token, const std::string& path = "/ims/exchange/jwt") {
    return form(path, "client_id=" + signing.client.client_id + "&client_secret=" + signing.secret.reveal() + "&jwt_token=" + token);
  }

  security::NewClient signing{.secret = Secret("")};
};

TEST_F(Ims, ClientCredentialsInAllForms) {  // 3.1
  const std::string id = client.client.client_id, secret = client.secret.reveal();
  http::Query fields;
  for (const auto& [name, value] : {std::pair("grant_type", std::string("client_credentials")), std::pair("client_id", id), std::pair("client_secret", secret)}) fields.add(name, value);
  struct Case { const char* name; std::string path, body; http::Headers headers; };
  const Case kCases[] = {
      {"form", "/ims/token/v3", "grant_type=client_credentials&" + pair(), {}},
      {"v2", "/ims/token/v2", "grant_type=client_credentials&" + pair(), {}},
      {"trailing slash", "/ims/token/v3/", "grant_type=client_credentials&" + pair(), {}},
      {"query", "/ims/token/v3?grant_type=client_credentials&" + pair(), "", {}},
      {"mixed", "/ims/token/v3?client_id=" + id, "grant_type=client_credentials&client_secret=" + secret, {}},
      {"the body wins", "/ims/token/v3?client_id=other", "grant_type=client_credentials&" + pair(), {}},
      {"scopes by commas", "/ims/token/v3", "grant_type=client_credentials&scope=openid,AdobeID,nonsense&" + pair(), {}},
      {"scopes by blanks", "/ims/token/v3", "grant_type=client_credentials&scope=openid+AdobeID&" + pair(), {}},
      {"basic", "/ims/token/v3", "grant_type=client_credentials", {{"Authorization", "Basic " + to_base64(id + ":" + secret)}}},
      {"multipart", "/ims/token/v3", multipart(fields), {{"Content-Type", "multipart/form-data; boundary=xyz"}}},
  };
  for (const Case& c : kCases) {
    const Answer answer = form(c.path, c.body, c.headers);
    EXPECT_EQ(answer.status, 200) << c.name << answer;
    EXPECT_EQ(text_of(answer.body, "token_type"), "bearer") << c.name;
    EXPECT_EQ(integer_of(answer.body, "expires_in"), 86'399) << c.name;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << c.name;
    EXPECT_EQ(get("/data/foundation/catalog/dataSets", {{"Authorization", "Bearer " + text_of(answer.body, "access_token")}}).status, 200) << c.name;
  }
}

TEST_F(Ims, TokensAreReadableByOldClients) {  // 3.5
  const std::string token = text_of(form("/ims/token/v3", "grant_type=client_credentials&" + pair()).body, "access_token");
  const auto parts = split(token, '.');
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[1].find_first_of("-_"), std::string_view::npos);
  const Json payload = *parse_json(*from_base64(parts[1]));
  EXPECT_EQ(payload["client_id"], client.client.client_id);
  EXPECT_EQ(payload["user_id"], client.client.user_id);
  EXPECT_EQ(payload["type"], "access_token");
  EXPECT_EQ(payload["as"], "ims-na1");
  EXPECT_EQ(payload["org"], organisation->id());
  EXPECT_EQ(payload["created_at"], std::to_string(to_millis(clock.now())));
  EXPECT_EQ(payload["expires_in"], "86400000");
  EXPECT_EQ(payload["exp"], to_seconds(clock.now()) + 86'400);
}

TEST_F(Ims, ClientCredentialsRefuse) {  // 3.1, 3.2, 3.4
  const std::string id = client.client.client_id, secret = client.secret.reveal();
  struct Case { const char* name; std::string path, body; int status; std::string_view error, description; };
  const Case kCases[] = {
      {"no grant", "/ims/token/v3", pair(), 400, "invalid_request", "grant_type is missing"},
      {"no id", "/ims/token/v3", "grant_type=client_credentials", 400, "invalid_request", "client_id is missing"},
      {"no secret", "/ims/token/v3", "grant_type=client_credentials&client_id=" + id, 400, "invalid_request", "client_secret is missing"},
      {"other grant", "/ims/token/v3", "grant_type=password&" + pair(), 400, "unsupported_grant_type", ""},
      {"unknown client", "/ims/token/v3", "grant_type=client_credentials&client_id=x&client_secret=" + secret, 401, "invalid_client", "invalid client_id parameter"},
      {"wrong secret", "/ims/token/v3", "grant_type=client_credentials&client_secret=x&client_id=" + id, 401, "invalid_client", "invalid client_secret parameter"},
      {"authorization code", "/ims/token/v1", "grant_type=authorization_code&code=x&" + pair(), 400, "unsupported_grant_type", ""},
  };
  for (const Case& c : kCases) {
    const Answer answer = form(c.path, c.body);
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    EXPECT_EQ(text_of(answer.body, "error"), c.error) << c.name;
    EXPECT_THAT(text_of(answer.body, "error_description"), HasSubstr(std::string(c.description))) << c.name;
    EXPECT_EQ(answer.text.find(secret), std::string::npos) << c.name;
  }
  ASSERT_TRUE(organisation->revoke(id));
  EXPECT_EQ(form("/ims/token/v3", "grant_type=client_credentials&" + pair()).status, 401);
}

TEST_F(Ims, SecretsAreNotGuessed) {
  http::Allowance allowance(clock, {.per_second = 0.1, .burst = 3});
  services->failed_logins = &allowance;
  const auto ask = [&](const std::string& path, const std::string& peer, const std::string& secret) {
    http::Request request{.verb = Verb::post, .verb_text = "POST", .url = path, .headers = {{"Host", "foz.test"}, {"Content-Type", "application/x-www-form-urlencoded"}}, .peer = peer};
    request.body = "grant_type=client_credentials&jwt_token=x&client_id=" + client.client.client_id + "&client_secret=" + secret;
    return gateway->handle(std::move(request));
  };
  const std::string right = client.secret.reveal();
  for (int i = 0; i < 9; ++i) EXPECT_EQ(ask("/ims/token/v3", "192.0.2.1", right).status, 200) << "what succeeds costs nothing";
  EXPECT_EQ(ask("/ims/token/v3", "192.0.2.1", "wrong").status, 401);
  EXPECT_EQ(ask("/ims/token/v2", "192.0.2.1", "wrong").status, 401);
  EXPECT_EQ(ask("/ims/exchange/jwt", "192.0.2.1", "wrong").status, 401);
  for (const char* path : {"/ims/token/v2", "/ims/token/v3", "/ims/exchange/jwt"}) {
    const http::Response refused = ask(path, "192.0.2.1", right);
    EXPECT_EQ(refused.status, 429) << path << ": a right secret is not told from a wrong one";
    EXPECT_EQ(refused.headers.get("Retry-After"), "10") << path;
    const Json body = *parse_json(refused.body);
    EXPECT_EQ(text_of(body, "error"), "too_many_requests");
    EXPECT_THAT(text_of(body, "error_description"), HasSubstr("Too many requests"));
  }
  EXPECT_EQ(ask("/ims/token/v3", "192.0.2.2", right).status, 200) << "others are not locked out";
  clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(ask("/ims/token/v3", "192.0.2.1", right).status, 200);
  // Of IPv6 a machine has a whole network.
  for (const char* peer : {"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:3::3"}) EXPECT_EQ(ask("/ims/token/v3", peer, "wrong").status, 401) << peer;
  EXPECT_EQ(ask("/ims/token/v3", "2001:db8:1:2::4", right).status, 429);
  EXPECT_EQ(ask("/ims/token/v3", "2001:db8:1:3::1", right).status, 200);
}

TEST_F(Ims, VerbsAndPaths) {  // 3.1, 3.5
  const Answer wrong = get("/ims/token/v3");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "POST");
  EXPECT_EQ(text_of(wrong.body, "error"), "invalid_request");
  EXPECT_EQ(get("/ims/nowhere").status, 404);
  const Answer keys = get("/ims/keys", {{"Authorization", ""}, {"x-api-key", ""}});
  EXPECT_EQ(keys.status, 200);
  EXPECT_EQ(keys.body["keys"][0]["kty"], "RSA");
}

TEST_F(Ims, JwtExchange) {  // 3.3
  http::Query fields;
  for (const auto& [name, value] : {std::pair("client_id", signing.client.client_id), std::pair("client_secret", signing.secret.reveal()), std::pair("jwt_token", jwt(claims()))}) {
    fields.add(name, value);
  }
  for (const Answer& answer : {exchange(jwt(claims())), exchange(jwt(claims()), "/ims/exchange/jwt/"),
                               form("/ims/exchange/jwt", multipart(fields), {{"Content-Type", "multipart/form-data; boundary=\"xyz\""}})}) {
    EXPECT_EQ(answer.status, 200) << answer;
    EXPECT_EQ(text_of(answer.body, "token_type"), "bearer");
    EXPECT_EQ(integer_of(answer.body, "expires_in"), 86'399'992);  // milliseconds here
    EXPECT_EQ(get("/data/foundation/catalog/dataSets", {{"Authorization", "Bearer " + text_of(answer.body, "access_token")}, {"x-api-key", signing.client.client_id}}).status, 200);
  }
  Json in_millis = claims();
  in_millis["exp"] = in_millis["exp"].get<int64_t>() * 1000;
  EXPECT_EQ(exchange(jwt(in_millis)).status, 200);
}

TEST_F(Ims, JwtExchangeRefuses) {  // 3.3, 3.4
  const auto with = [&](const char* name, const Json& value) {
    Json changed = claims();
    changed[name] = value;
    return jwt(changed);
  };
  Json no_scope = claims();
  no_scope.erase("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk");
  const std::string good = jwt(claims());
  const std::string unsigned_header = to_base64url(R"({"alg":"none","typ":"JWT"})");
  struct Case { const char* name; std::string token; std::string_view error, description; };
  const Case kCases[] = {
      {"expired", with("exp", to_seconds(clock.now()) - 1), "invalid_token", "The JWT token is expired"},
      {"another org", with("iss", "0@AdobeOrg"), "invalid_token", ""},
      {"another client", with("aud", "https://ims/c/other"), "invalid_token", ""},
      {"no metascope", jwt(no_scope), "invalid_scope", ""},
      {"a changed signature", good.substr(0, good.size() - 6) + "AAAAAA", "invalid_token", "Could not match JWT signature to any of the bindings"},
      {"no algorithm", unsigned_header + good.substr(good.find('.')), "invalid_token", "Could not match JWT signature to any of the bindings"},
      {"rubbish", "abc", "invalid_token", "Could not match JWT signature to any of the bindings"},
      {"missing", "", "invalid_request", "jwt_token is missing"},
  };
  for (const Case& c : kCases) {
    const Answer answer = exchange(c.token);
    EXPECT_EQ(answer.status, 400) << c.name << answer;
    EXPECT_EQ(text_of(answer.body, "error"), c.error) << c.name;
    EXPECT_THAT(text_of(answer.body, "error_description"), HasSubstr(std::string(c.description))) << c.name;
  }
  const Answer wrong_secret = form("/ims/exchange/jwt", "client_id=" + signing.client.client_id + "&client_secret=x&jwt_token=" + good);
  EXPECT_EQ(wrong_secret.status, 401);
  EXPECT_EQ(text_of(wrong_secret.body, "error"), "invalid_client");
}

TEST_F(Ims, JwtSignatureMayBeSkipped) {  // 3.3: auth.jwtVerify = false
  const std::string forged = to_base64url(R"({"alg":"RS256"})") + "." + to_base64url(to_text(claims())) + ".AAAA";
  EXPECT_EQ(exchange(forged).status, 400);
  services->settings.jwt_verify = false;
  EXPECT_EQ(exchange(forged).status, 200);
  EXPECT_EQ(form("/ims/exchange/jwt", "client_id=" + signing.client.client_id + "&client_secret=x&jwt_token=" + forged).status, 401);
}

}  // namespace
}  // namespace foz::api
