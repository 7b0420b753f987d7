#pragma once
// Calls to other servers, in layers: each is a Transport around the next.
//   Authorizing (token, renewed on 401) > Retrying (again or not) > Limited (rate) > Traced (log, metrics) > CurlTransport

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "http/egress.h"
#include "http/message.h"
#include "http/retry.h"

namespace foz::http {

/// Sends one request and waits for the whole answer. Thread-safe.
/// Any answer of the other side is a value, whatever its status; errors are: unavailable (no connection, time-out, cut
/// off), forbidden (egress), corrupt (longer than asked for, bad encoding), cancelled.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
};

/// A GET with common defaults.
Request get(std::string url);
/// A POST of `application/x-www-form-urlencoded`.
Request post_form(std::string url, const Query& form);
Request post_json(std::string url, std::string body);

struct CurlOptions {
  std::string user_agent = "Foz";
  std::string ca_file = {};  ///< PEM bundle in the place of the system's
};

/// libcurl, HTTP/1.1, connections kept per transport. No redirects, no proxies from the environment; gzip is accepted;
/// less than 1 byte per second for 30 s counts as a time-out. Egress is checked on the URL and at connect.
class CurlTransport final : public Transport {
 public:
  CurlTransport(Egress egress, CurlOptions options);
  ~CurlTransport() override;
  Result<Response> send(const Request& request, std::stop_token stop) override;
  const Egress& egress() const { return egress_; }

 private:
  struct Handles;
  const Egress egress_;
  const CurlOptions options_;
  std::unique_ptr<Handles> idle_;
};

/// Counts and times calls (`foz_http_client_*`), logs them at debug without query or headers.
class Traced final : public Transport {
 public:
  Traced(Transport& next, std::string purpose) : next_(next), purpose_(std::move(purpose)) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  Transport& next_;
  const std::string purpose_;
};

/// Waits between calls so that at most `per_second` go out on average, `burst` at once. Shared by all users of a
/// connection; `slow_down` holds everybody back until a moment the other side named.
class Limited final : public Transport {
 public:
  Limited(Transport& next, const Clock& clock, double per_second, double burst)
      : next_(next), clock_(clock), per_second_(per_second), burst_(burst), tokens_(burst), filled_(clock.tick()) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;
  void slow_down(std::chrono::milliseconds span);

 private:
  std::chrono::milliseconds take();
  Transport& next_;
  const Clock& clock_;
  std::mutex mutex_;
  const double per_second_, burst_;
  double tokens_;
  Tick filled_;
  Tick held_until_{};
};

/// Repeats what is worth repeating (retry.h), waiting in between.
class Retrying final : public Transport {
 public:
  using Judge = std::function<Verdict(const Response&)>;
  /// `judge` knows the vendor's own words; null: by status alone.
  Retrying(Transport& next, const Clock& clock, Random& random, RetryRules rules = {}, Judge judge = {})
      : next_(next), clock_(clock), random_(random), rules_(rules), judge_(std::move(judge)) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  Transport& next_;
  const Clock& clock_;
  Random& random_;
  const RetryRules rules_;
  const Judge judge_;
};

/// Where access tokens come from. Thread-safe.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  struct Token {
    Secret value;
    uint64_t generation = 0;  ///< tells a renewed token from a stale one
  };
  /// The token in force; gets the first one when there is none.
  virtual Result<Token> current(std::stop_token stop) = 0;
  /// Replaces the token of `stale` generation. Of many callers one asks, the others get its answer.
  virtual Result<Token> renew(uint64_t stale, std::stop_token stop) = 0;
};

/// Keeps one token for many callers and renews it once, whoever asks. `fetch` gets a token and how long it lives
/// (zero: not told); it is renewed when 80 % of that life is over.
class CachedToken final : public TokenSource {
 public:
  struct Fetched {
    Secret value;
    std::chrono::seconds life{0};
  };
  using Fetch = std::function<Result<Fetched>(std::stop_token)>;
  CachedToken(const Clock& clock, Fetch fetch) : clock_(clock), fetch_(std::move(fetch)) {}
  /// A token that is known already.
  CachedToken(const Clock& clock, Fetch fetch, Fetched first);
  Result<Token> current(std::stop_token stop) override;
  Result<Token> renew(uint64_t stale, std::stop_token stop) override;

 private:
  Result<Token> fetch_locked(std::stop_token stop);
  void keep(Fetched fetched);
  const Clock& clock_;
  const Fetch fetch_;
  std::mutex mutex_;  ///< held while fetching: single flight
  Token token_;
  std::optional<Tick> renew_at_;
};

/// Adds `Authorization: Bearer`; on 401 renews the token exactly once and repeats the request.
class Authorizing final : public Transport {
 public:
  Authorizing(Transport& next, TokenSource& tokens) : next_(next), tokens_(tokens) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  Transport& next_;
  TokenSource& tokens_;
};

}  // namespace foz::http
