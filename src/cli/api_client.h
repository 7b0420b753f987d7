#pragma once
// The command line's way to the APIs: credentials from the data directory, a token, requests.

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"

namespace foz::cli {

/// `credentials.json`, as `foz serve` writes it.
struct Credentials {
  std::string endpoint, ims_endpoint, org_id, tenant, client_id, sandbox;
  Secret client_secret;

  /// Errors: not_found (no server was started on that directory), corrupt.
  static Result<Credentials> read(const std::filesystem::path& data_dir);
};

class ApiClient {
 public:
  explicit ApiClient(Credentials credentials);

  const Credentials& credentials() const { return credentials_; }
  /// A fresh access token. Errors: unavailable (the server is not there), unauthorized.
  Result<Secret> token();

  struct Call {
    http::Verb verb = http::Verb::get;
    std::string path = {};  ///< with query: "/data/foundation/flowservice/flows"
    Json body = nullptr;
    http::Headers headers = {};
    std::string bytes = {};  ///< sent as they are in the place of `body`
  };
  /// Sends a call with token, key, org and sandbox. Errors: those of the answer, with its own words.
  Result<Json> send(const Call& call);
  /// The answer as it came, whatever its status.
  Result<http::Response> exchange(const Call& call);

 private:
  Credentials credentials_;
  SystemClock clock_;
  std::unique_ptr<http::CurlTransport> transport_;
  Secret token_;
};

/// What an error answer of any service says, in a sentence.
std::string words_of(const http::Response& response);

}  // namespace foz::cli
