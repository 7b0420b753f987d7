#pragma once
// The gateway over a data directory of its own, for tests: requests in, answers out, nothing listens.

#include <gmock/gmock.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "api/gateway.h"
#include "api/openapi.h"
#include "api/routes.h"
#include "base/testing.h"
#include "base/text.h"
#include "catalog/testing.h"
#include "security/organisation.h"
#include "security/sandboxes.h"
#include "security/token.h"

namespace foz::api {

/// A response as a client sees it: `body` is the JSON in it, `text` its bytes, those of a file included.
struct Answer {
  int status = 0;
  http::Headers headers;
  std::string text;
  Json body = nullptr;

  std::string header(std::string_view name) const { return std::string(headers.get(name).value_or("")); }
};

inline std::ostream& operator<<(std::ostream& out, const Answer& answer) { return out << answer.status << " " << answer.text.substr(0, 2000); }

/// What a request is made of beyond verb and path.
struct Ask {
  std::string body = {};
  http::Headers headers = {};  ///< in the place of the fixture's own; an empty value leaves one out
};

/// Verbs over the routes of some services. The caller is an admin of all sandboxes and names none: `prod` it is.
/// The catalog knows the schemas in `schemas` (catalog/testing.h); other services are null until a test sets them.
class ApiFixture : public catalog::CatalogFixture {
 protected:
  explicit ApiFixture(std::vector<RouteTable> tables) : tables_(std::move(tables)) {
    organisation = value_of(security::Organisation::open(*database, random, "foz", "ABCDEF@AdobeOrg"));
    sandboxes = value_of(security::Sandboxes::open(*database, clock, random, 75));
    prod = value_of(sandboxes->standard());
    scope.sandbox = prod.id;
    client = add_client("admin", {"*"});
    services = std::make_unique<Services>(Services{.clock = clock, .random = random, .settings = {.public_url = "http://foz.test"},
                                                   .database = *database, .organisation = *organisation, .sandboxes = *sandboxes,
                                                   .tokens = signer(), .catalog = &*catalog});
    gateway = std::make_unique<Gateway>(*services, tables_);
  }

  /// Ends the test when there is no value.
  template <class T>
  static T value_of(Result<T> result) {
    FOZ_CHECK(result.has_value(), result ? "" : to_string(result.error()));
    return std::move(result).value();
  }

  /// The signing key takes long to make: all tests of a program share one.
  static const security::TokenSigner& signer() {
    static const TemporaryFolder kFolder;
    static const security::TokenSigner kSigner = value_of(security::TokenSigner::open(kFolder.path() / "signing-key.pem"));
    return kSigner;
  }

  /// A client with one role in some sandboxes, where it holds access labels.
  security::NewClient add_client(const std::string& role, const std::vector<std::string>& in_sandboxes, const std::vector<std::string>& labels = {}) {
    return value_of(organisation->add_client(role, {{.role = role, .sandboxes = in_sandboxes, .labels = labels}}, {}, {}, random, clock.now()));
  }
  std::string token_of(const security::Client& of, std::chrono::seconds life = std::chrono::hours(24)) const {
    return signer().issue({.client_id = of.client_id, .user_id = of.user_id, .org_id = organisation->id(), .scope = "openid"}, life, clock, random_).reveal();
  }
  /// From now on this client asks.
  void become(const security::NewClient& other) { client = other; }

  Answer send(http::Verb verb, const std::string& path, const Ask& ask = {}) {
    http::Request request{.verb = verb, .verb_text = std::string(http::name_of(verb)), .url = path, .body = ask.body, .body_bytes = ask.body.size()};
    request.headers = {{"Host", "foz.test"}, {"Authorization", "Bearer " + token_of(client.client)}, {"x-api-key", client.client.client_id},
                       {"x-gw-ims-org-id", organisation->id()}};
    if (!ask.body.empty()) request.headers.set("Content-Type", "application/json");
    for (const auto& [name, value] : ask.headers) {
      if (value.empty()) request.headers.remove(name);
      else request.headers.set(name, value);
    }
    Answer answer = answer_of(gateway->handle(std::move(request)));
    if (checks_description) expect_described(verb, path, answer);
    return answer;
  }
  Answer get(const std::string& path, const http::Headers& headers = {}) { return send(http::Verb::get, path, {.headers = headers}); }
  Answer head(const std::string& path, const http::Headers& headers = {}) { return send(http::Verb::head, path, {.headers = headers}); }
  Answer post(const std::string& path, const Json& body, const http::Headers& headers = {}) { return send(http::Verb::post, path, {to_text(body), headers}); }
  Answer put(const std::string& path, const Json& body, const http::Headers& headers = {}) { return send(http::Verb::put, path, {to_text(body), headers}); }
  Answer patch(const std::string& path, const Json& body, const http::Headers& headers = {}) { return send(http::Verb::patch, path, {to_text(body), headers}); }
  Answer del(const std::string& path, const http::Headers& headers = {}) { return send(http::Verb::del, path, {.headers = headers}); }

  std::unique_ptr<security::Organisation> organisation;
  std::unique_ptr<security::Sandboxes> sandboxes;
  security::Sandbox prod;
  security::NewClient client;  ///< who asks
  std::unique_ptr<Services> services;
  std::unique_ptr<Gateway> gateway;
  bool checks_description = true;  ///< every status must be one that the API description has for its route

 private:
  void expect_described(http::Verb verb, const std::string& url, const Answer& answer) {
    if (description_.is_null()) description_ = describe(tables_);
    for (const RouteTable& table : tables_) {
      const std::string path = url.substr(0, url.find('?'));
      if (!path.starts_with(std::string(table.prefix) + "/")) continue;
      http::Router router;
      for (size_t i = 0; i < table.routes.size(); ++i) router.add(table.routes[i].verb, table.routes[i].pattern, i);
      const auto match = router.match(verb, path.substr(table.prefix.size()));
      if (!match.route) continue;
      const Json& operation = description_["paths"][described_path(table, table.routes[*match.route])][lower(http::name_of(verb))];
      EXPECT_TRUE(operation["responses"].contains(std::to_string(answer.status))) << http::name_of(verb) << " " << url << " answers a status that is not described: " << answer;
    }
  }

  static Answer answer_of(const http::Response& response) {
    Answer answer{.status = response.status, .headers = response.headers, .text = response.body};
    if (response.file) {
      std::ifstream file(response.file->path, std::ios::binary);
      file.seekg(static_cast<std::streamoff>(response.file->offset));
      answer.text.resize(response.file->length);
      file.read(answer.text.data(), static_cast<std::streamsize>(answer.text.size()));
      answer.text.resize(static_cast<size_t>(file.gcount()));
    }
    if (auto json = parse_json(answer.text)) answer.body = std::move(*json);
    return answer;
  }

  std::vector<RouteTable> tables_;
  Json description_ = nullptr;
  mutable SeededRandom random_{11};
};

}  // namespace foz::api
