#include "http/client.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"

namespace foz::http {

using std::chrono::milliseconds;

Request get(std::string url) { return Request{.verb = Verb::get, .url = std::move(url)}; }

Request post_form(std::string url, const Query& form) {
  Request request{.verb = Verb::post, .url = std::move(url), .body = form.text()};
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  return request;
}

Request post_json(std::string url, std::string body) {
  Request request{.verb = Verb::post, .url = std::move(url), .body = std::move(body)};
  request.headers.set("Content-Type", "application/json");
  return request;
}

Result<Response> Traced::send(const Request& request, std::stop_token stop) {
  const auto begin = std::chrono::steady_clock::now();
  Result<Response> outcome = next_.send(request, stop);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const std::string status = outcome ? std::to_string(outcome->status) : std::string(name_of(outcome.error().kind));
  metrics::count("foz_http_client_requests_total", {{"purpose", purpose_}, {"status", status}});
  metrics::observe_seconds("foz_http_client_request_seconds", seconds, {{"purpose", purpose_}});
  log::debug("http.call", {{"purpose", purpose_},
                           {"verb", name_of(request.verb)},
                           {"url", request.path()},
                           {"status", status},
                           {"seconds", seconds}});
  return outcome;
}

Result<Response> Limited::send(const Request& request, std::stop_token stop) {
  for (milliseconds wait = take(); wait > wait.zero(); wait = take()) {
    if (!clock_.sleep_for(wait, stop)) return Error{.kind = ErrorKind::cancelled, .message = "stopped while waiting for the rate limit"};
  }
  return next_.send(request, stop);
}

/// Takes a token and returns zero, or returns how long to wait before asking again.
milliseconds Limited::take() {
  std::lock_guard lock(mutex_);
  const Tick now = clock_.tick();
  if (now < held_until_) return std::chrono::ceil<milliseconds>(held_until_ - now);
  tokens_ = std::min(burst_, tokens_ + per_second_ * std::chrono::duration<double>(now - filled_).count());
  filled_ = now;
  if (tokens_ >= 1) {
    tokens_ -= 1;
    return milliseconds(0);
  }
  return milliseconds(std::max<int64_t>(1, static_cast<int64_t>((1 - tokens_) / per_second_ * 1000)));
}

void Limited::slow_down(milliseconds span) {
  std::lock_guard lock(mutex_);
  held_until_ = std::max(held_until_, clock_.tick() + span);
}

Result<Response> Retrying::send(const Request& request, std::stop_token stop) {
  for (int tries = 1;; ++tries) {
    Result<Response> outcome = next_.send(request, stop);
    Verdict verdict = Verdict::transient;
    std::optional<milliseconds> asked;
    if (outcome) {
      verdict = judge_ ? judge_(*outcome) : verdict_of(outcome->status);
      asked = asked_wait(*outcome, clock_.now());
    } else if (!is_retriable(outcome.error())) {
      return outcome;
    }
    const auto wait = wait_before_retry(rules_, tries, verdict, asked, random_.unit());
    if (!wait) return outcome;
    metrics::count("foz_http_client_retries_total");
    log::debug("http.retry", {{"url", request.path()}, {"tries", tries}, {"wait_ms", wait->count()}});
    if (!clock_.sleep_for(*wait, stop)) return Error{.kind = ErrorKind::cancelled, .message = "stopped while waiting to try again"};
  }
}

CachedToken::CachedToken(const Clock& clock, Fetch fetch, Fetched first) : clock_(clock), fetch_(std::move(fetch)) {
  keep(std::move(first));
}

Result<TokenSource::Token> CachedToken::current(std::stop_token stop) {
  std::lock_guard lock(mutex_);
  if (token_.generation == 0) return fetch_locked(stop);
  if (renew_at_ && clock_.tick() >= *renew_at_) {
    // Early renewal is a courtesy: while it fails the old token may still do, and a 401 will tell when it does not.
    if (const auto fresh = fetch_locked(stop)) return fresh;
    renew_at_ = clock_.tick() + std::chrono::seconds(10);
  }
  return token_;
}

Result<TokenSource::Token> CachedToken::renew(uint64_t stale, std::stop_token stop) {
  std::lock_guard lock(mutex_);
  if (token_.generation != stale) return token_;
  return fetch_locked(stop);
}

Result<TokenSource::Token> CachedToken::fetch_locked(std::stop_token stop) {
  TRY(auto fetched, fetch_(stop));
  keep(std::move(fetched));
  return token_;
}

void CachedToken::keep(Fetched fetched) {
  token_ = Token{.value = std::move(fetched.value), .generation = token_.generation + 1};
  renew_at_.reset();
  if (fetched.life > fetched.life.zero()) renew_at_ = clock_.tick() + fetched.life * 4 / 5;
}

Result<Response> Authorizing::send(const Request& request, std::stop_token stop) {
  TRY(auto token, tokens_.current(stop));
  Request authorized = request;
  authorized.headers.set("Authorization", "Bearer " + token.value.reveal());
  TRY(Response response, next_.send(authorized, stop));
  if (response.status != 401) return response;
  TRY(token, tokens_.renew(token.generation, stop));
  authorized.headers.set("Authorization", "Bearer " + token.value.reveal());
  return next_.send(authorized, stop);
}

}  // namespace foz::http
