#include "base/clock.h"

namespace foz {

using std::chrono::duration_cast;

int64_t to_millis(Instant instant) {
  return std::chrono::floor<std::chrono::milliseconds>(instant).time_since_epoch().count();
}
int64_t to_seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}
Instant from_millis(int64_t millis) { return Instant(std::chrono::milliseconds(millis)); }
Instant from_seconds(int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Tick SystemClock::tick() const { return std::chrono::steady_clock::now(); }

bool SystemClock::sleep_until(Instant until, std::stop_token stop) const {
  // In slices of a second, so that a wall clock that is set does not strand the sleeper.
  while (!stop.stop_requested()) {
    const auto left = until - now();
    if (left <= left.zero()) return true;
    const auto slice = std::min<std::chrono::microseconds>(left, std::chrono::seconds(1));
    if (!sleep_for(std::chrono::ceil<std::chrono::milliseconds>(slice), stop)) return false;
  }
  return false;
}

bool SystemClock::sleep_for(std::chrono::milliseconds span, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, span, [] { return false; });
  return !stop.stop_requested();
}

Instant ManualClock::now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

Tick ManualClock::tick() const {
  std::lock_guard lock(mutex_);
  return tick_;
}

bool ManualClock::sleep_until(Instant until, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  return moved_.wait(lock, stop, [&] { return now_ >= until; });
}

bool ManualClock::sleep_for(std::chrono::milliseconds span, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  const Tick until = tick_ + span;
  return moved_.wait(lock, stop, [&] { return tick_ >= until; });
}

void ManualClock::advance(std::chrono::microseconds by) {
  std::lock_guard lock(mutex_);
  now_ += by;
  tick_ += by;
  moved_.notify_all();
}

void ManualClock::set(Instant now) {
  std::lock_guard lock(mutex_);
  now_ = now;
  moved_.notify_all();
}

}  // namespace foz
