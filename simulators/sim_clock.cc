#include "simulators/sim_clock.h"

namespace foz::sim {

int64_t SimClock::now_locked() const {
  const std::chrono::duration<double, std::milli> passed = real_.tick() - from_tick_;
  return from_ + static_cast<int64_t>(passed.count() * rate_);
}

int64_t SimClock::now() const {
  std::lock_guard lock(mutex_);
  return now_locked();
}

void SimClock::set(int64_t millis) {
  std::lock_guard lock(mutex_);
  from_ = millis;
  from_tick_ = real_.tick();
}

void SimClock::run(double rate) {
  std::lock_guard lock(mutex_);
  from_ = now_locked();
  from_tick_ = real_.tick();
  rate_ = rate;
}

double SimClock::rate() const {
  std::lock_guard lock(mutex_);
  return rate_;
}

void SimClock::reset() {
  std::lock_guard lock(mutex_);
  from_ = to_millis(real_.now());
  from_tick_ = real_.tick();
  rate_ = 1;
}

}  // namespace foz::sim
