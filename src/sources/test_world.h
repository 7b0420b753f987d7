#pragma once
// A world for tests: a clock that leaps over waits, a vendor in memory behind the real egress rules, saved secrets.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.h"
#include "http/client.h"
#include "http/egress.h"
#include "sources/source.h"

namespace foz::sources::test {

/// Sleepers do not wait: time leaps to where they wanted to be. Thread-safe.
class LeapingClock final : public Clock {
 public:
  explicit LeapingClock(Instant start = from_seconds(1'700'000'000)) : now_(start) {}
  Instant now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  Tick tick() const override {
    std::lock_guard lock(mutex_);
    return Tick{} + std::chrono::hours(1) + (now_ - Instant{});
  }
  bool sleep_until(Instant until, std::stop_token stop) const override {
    std::lock_guard lock(mutex_);
    now_ = std::max(now_, until);
    return !stop.stop_requested();
  }
  bool sleep_for(std::chrono::milliseconds span, std::stop_token stop) const override {
    std::lock_guard lock(mutex_);
    if (stop.stop_requested()) return false;
    now_ += span;
    slept_.push_back(span);
    return true;
  }
  void advance(std::chrono::milliseconds span) {
    std::lock_guard lock(mutex_);
    now_ += span;
  }
  std::vector<std::chrono::milliseconds> slept() const {
    std::lock_guard lock(mutex_);
    return slept_;
  }

 private:
  mutable std::mutex mutex_;
  mutable Instant now_;
  mutable std::vector<std::chrono::milliseconds> slept_;
};

/// A vendor in memory: every call is checked by the real egress rules, kept, and answered by a function.
class FakeVendor final : public http::Transport {
 public:
  using Handler = std::function<Result<http::Response>(const http::Request&)>;
  explicit FakeVendor(Handler handler, std::string_view allow = "") : handler_(std::move(handler)), egress_(http::Egress::parse(allow).value()) {}

  Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
    if (stop.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "stopped"};
    TRY(const auto url, http::Url::parse(request.url));
    TRY_DO(egress_.check_url(url, request.known_hosts));
    std::unique_lock lock(mutex_);
    calls_.push_back(request);
    if (!side_by_side) return handler_(request);
    lock.unlock();
    return handler_(request);
  }
  std::vector<http::Request> calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  /// How many calls went to a URL that holds `part`.
  size_t count(std::string_view part) const {
    std::lock_guard lock(mutex_);
    size_t count = 0;
    for (const auto& call : calls_) count += call.url.find(part) != std::string::npos;
    return count;
  }
  void answer_with(Handler handler) {
    std::lock_guard lock(mutex_);
    handler_ = std::move(handler);
  }
  bool side_by_side = false;  ///< handlers run without the lock

 private:
  Handler handler_;
  const http::Egress egress_;
  mutable std::mutex mutex_;
  std::vector<http::Request> calls_;
};

/// Everything a source may use of the world, in memory.
struct TestWorld {
  explicit TestWorld(FakeVendor::Handler handler, std::string_view allow = "") : vendor(std::move(handler), allow) {}

  LeapingClock clock;
  SeededRandom random{1};
  FakeVendor vendor;
  std::map<std::string, std::string, std::less<>> saved;

  World world() {
    return World{.transport = vendor, .clock = clock, .random = random, .save_secrets = [this](const std::vector<RenewedSecret>& renewed) -> Status {
                   for (const RenewedSecret& one : renewed) saved[one.parameter] = one.now.reveal();
                   return {};
                 }};
  }
};

inline http::Response reply(int status, std::string body, std::initializer_list<std::pair<std::string, std::string>> headers = {}) {
  http::Response response{.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
  for (const auto& [name, value] : headers) response.headers.set(name, value);
  return response;
}

/// The decoded query of a request.
inline http::Query query_of(const http::Request& request) { return http::Query::parse(http::Url::parse(request.url).value().query); }
inline std::string path_of(const http::Request& request) { return http::Url::parse(request.url).value().path; }

}  // namespace foz::sources::test
