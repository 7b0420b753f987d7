#pragma once
// What time it is at the vendor, as its answers tell. Follows: Sources contract, 1.6 (settle time).

#include <mutex>
#include <optional>

#include "base/clock.h"
#include "http/message.h"

namespace foz::sources {

/// Thread-safe.
class VendorClock {
 public:
  explicit VendorClock(const Clock& clock) : clock_(clock) {}

  /// Reads the `Date` of an answer, where it has a readable one.
  void hear(const http::Response& response);
  /// The latest that the vendor's clock can show now: `Date` has whole seconds. Goes on with our monotonic clock, so that
  /// a wall clock that is set changes nothing. Nothing before an answer told.
  std::optional<Instant> now() const;
  /// The earliest that it can show now: a look at what it dates has seen all that is older. Before an answer told, our own time.
  Instant earliest() const;

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::optional<Instant> heard_;
  Tick heard_at_{};
};

}  // namespace foz::sources
