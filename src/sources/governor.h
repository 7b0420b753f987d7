#pragma once
// Rates and allowances kept towards one vendor for one connection. Follows: Sources contract, 1.7 and pain 1.

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sources/source.h"

namespace foz::sources {

/// What a call is for. Looks (a login test, a list of tables) are few and a person waits for them: they may use the share
/// of an allowance that collecting leaves to the customer's other users.
enum class Purpose : uint8_t { look, collect };

/// A window of calls for each of the vendor's rates, the daily allowances as last heard, a ceiling on calls under way, and a
/// breaker: a vendor that only fails is left alone for a while. Starts without rates: they come from the vendor's answers, or
/// are set at the beginning. Thread-safe.
class Governor {
 public:
  struct Rules {
    std::string vendor;               ///< "Salesforce": for messages
    int reserve_percent = 20;         ///< of a daily allowance, not touched by collecting
    size_t concurrent_max = 8;        ///< calls under way at once
    std::chrono::milliseconds probe{3'600'000};  ///< when to ask again for an allowance that tells no reset
    std::chrono::milliseconds wait_max{300'000};  ///< a caller that collects waits no longer in place; the run is queued meanwhile
    int failures_max = 10;            ///< in a row, of all callers: then collecting rests
    std::chrono::milliseconds rest{60'000};
  };
  Governor(const Clock& clock, Rules rules) : clock_(clock), rules_(std::move(rules)) {}

  /// A call under way; its place is free again when this goes.
  class Pass {
   public:
    explicit Pass(Governor* governor) : governor_(governor) {}
    Pass(Pass&& other) noexcept : governor_(std::exchange(other.governor_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass();

   private:
    Governor* governor_;
  };

  /// Waits for a place and for the bucket's turn; "" is a bucket without a rate. Errors, nothing is sent: rate_limited with
  /// `retry_after` (an allowance is gone, the bucket is held for longer than `wait_max`), unavailable with `retry_after` (the
  /// vendor failed too often in a row), cancelled.
  Result<Pass> admit(const std::string& bucket, Purpose purpose, std::stop_token stop);

  /// `calls` in any `interval`, as the vendor's headers say.
  void set_rate(const std::string& bucket, int64_t calls, std::chrono::milliseconds interval);
  /// The vendor counts fewer calls left in the bucket's interval than we did: others use it too.
  void hear_remaining(const std::string& bucket, int64_t remaining);
  /// Nobody calls through the bucket for `span`.
  void hold(const std::string& bucket, std::chrono::milliseconds span);
  /// An allowance comes back at moments that can be told: `next` gives the first after another one.
  void set_reset(const std::string& name, std::function<Instant(Instant now)> next);
  /// How long until the allowance comes back; nothing where nobody can tell.
  std::optional<std::chrono::milliseconds> until_reset(const std::string& name) const;
  /// How an allowance stands. Below its reserve collecting stops until it resets, or until a probe is due.
  void hear_allowance(const Limit& limit);
  /// The vendor refused a call because an allowance is used up: nothing goes out for `span`.
  void allowance_gone(const std::string& name, std::chrono::milliseconds span);

  /// What became of a call. `failures_max` failures in a row, and collecting rests; then one more failure is enough, until a
  /// call succeeds. Looks go through all the time.
  void hear_outcome(bool failed);

  /// All allowances heard of.
  std::vector<Limit> allowances() const;

 private:
  struct Bucket {
    size_t calls_max = 0;  ///< in any `interval`; 0: no rate
    std::chrono::milliseconds interval{0};
    std::deque<Tick> calls = {};  ///< those of the last interval, and those of others that the vendor tells of
    Tick held_until{};
  };
  struct Allowance {
    Limit limit;
    Tick gone_until{};     ///< for all
    Tick kept_until{};     ///< for collecting: the reserve is reached
  };
  std::optional<Error> refusal_locked(Purpose purpose) const;
  Error resting(Tick now) const;
  std::chrono::milliseconds take_locked(Bucket& bucket) const;
  std::chrono::milliseconds until_reset_locked(const Limit& limit) const;
  Error used_up(const Allowance& allowance, Tick until) const;

  const Clock& clock_;
  const Rules rules_;
  mutable std::mutex mutex_;
  std::condition_variable_any place_free_;
  size_t under_way_ = 0;
  std::map<std::string, Bucket, std::less<>> buckets_;
  std::map<std::string, Allowance, std::less<>> allowances_;
  std::map<std::string, std::function<Instant(Instant)>, std::less<>> resets_;
  int failures_ = 0;  ///< in a row
  Tick rests_until_{};
};

}  // namespace foz::sources
