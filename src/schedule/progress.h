#pragma once
// What has moved in a run so far: for the watchdog, and for whoever looks at a run under way.

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace foz::schedule {

/// Thread-safe.
struct Progress {
  std::atomic<int64_t> last_tick_ns{0};  ///< of the monotonic clock, when anything last moved
  std::atomic<uint64_t> pages_fetched{0};
  std::atomic<uint64_t> bytes_fetched{0};
  std::atomic<uint64_t> pages_loaded{0};
  std::atomic<uint64_t> records_loaded{0};

  void touch(const Clock& clock) { last_tick_ns = clock.tick().time_since_epoch().count(); }
  Tick last_moved() const { return Tick(std::chrono::nanoseconds(last_tick_ns)); }
};

}  // namespace foz::schedule
