#include "tests/simulation/timeline.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace foz::simulation {

void Timeline::pass_until(Instant until, const std::function<bool()>& enough) {
  if (passing_) {  // what happens takes its own time, and nothing happens in between
    now_ = std::max(now_, until);
    return;
  }
  while (now_ < until) {
    const auto next = next_event ? next_event() : std::nullopt;
    if (!next || *next > until) break;
    now_ = std::max(now_, *next);
    passing_ = true;
    happen();
    passing_ = false;
    if (enough && enough()) return;
  }
  now_ = std::max(now_, until);
}

bool HostClock::sleep_until(Instant until, std::stop_token stop) const {
  while (now() < until && !stop.stop_requested()) {
    if (!sleep_for(std::chrono::ceil<std::chrono::milliseconds>(std::min<std::chrono::microseconds>(until - now(), std::chrono::minutes(1))), stop)) break;
  }
  return !stop.stop_requested();
}

bool HostClock::sleep_for(std::chrono::milliseconds span, std::stop_token stop) const {
  if (std::this_thread::get_id() == thread_) {
    if (!stop.stop_requested()) timeline_.pass_until(timeline_.now() + span, [&] { return stop.stop_requested(); });
    return !stop.stop_requested();
  }
  std::mutex mutex;
  std::condition_variable_any told;
  std::unique_lock lock(mutex);
  told.wait(lock, stop, [] { return false; });
  return false;
}

}  // namespace foz::simulation
