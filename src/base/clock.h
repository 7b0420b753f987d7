#pragma once
// Time as an argument: the real clock, and one that a test moves.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace foz {

/// A moment in UTC, with microseconds: the precision that rows are stored with.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
/// A moment of the monotonic clock; for deadlines and leases, never shown.
using Tick = std::chrono::steady_clock::time_point;

/// Milliseconds (seconds) since 1970 UTC: what the APIs print.
int64_t to_millis(Instant instant);
int64_t to_seconds(Instant instant);
Instant from_millis(int64_t millis);
Instant from_seconds(int64_t seconds);

/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual Tick tick() const = 0;
  /// Sleeps until `until` by the wall clock or until `stop` is asked for, whichever comes first.
  /// Returns false when it was stopped.
  virtual bool sleep_until(Instant until, std::stop_token stop) const = 0;
  /// The same for a span of the monotonic clock.
  virtual bool sleep_for(std::chrono::milliseconds span, std::stop_token stop) const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  Tick tick() const override;
  bool sleep_until(Instant until, std::stop_token stop) const override;
  bool sleep_for(std::chrono::milliseconds span, std::stop_token stop) const override;
};

/// Stands still until `advance` or `set` moves it; sleepers wake when their time has come.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override;
  Tick tick() const override;
  bool sleep_until(Instant until, std::stop_token stop) const override;
  bool sleep_for(std::chrono::milliseconds span, std::stop_token stop) const override;

  /// Moves both clocks.
  void advance(std::chrono::microseconds by);
  /// Moves the wall clock only, forwards or backwards, as an operator would.
  void set(Instant now);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any moved_;
  Instant now_;
  Tick tick_{};
};

}  // namespace foz
