#pragma once
// The vendor's clock: runs with ours, faster, or only when told.

#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace foz::sim {

/// Milliseconds since 1970. Thread-safe.
class SimClock {
 public:
  explicit SimClock(const Clock& real) : real_(real) { reset(); }

  int64_t now() const;
  /// Goes on from `millis`.
  void set(int64_t millis);
  void advance(int64_t millis) { set(now() + millis); }
  /// 1: as fast as ours; 0: stands still; n: n times as fast.
  void run(double rate);
  double rate() const;
  /// With our own clock again.
  void reset();

 private:
  int64_t now_locked() const;
  const Clock& real_;
  mutable std::mutex mutex_;
  int64_t from_ = 0;
  Tick from_tick_{};
  double rate_ = 1;
};

}  // namespace foz::sim
