#include "simulators/limits.h"

namespace foz::sim {

void SlidingCount::roll(int64_t now_ms) {
  const int64_t step = now_ms / step_ms_;
  if (step - step_ >= kSteps || step_ - step >= kSteps) {
    counts_.fill(0);
    sum_ = 0;
    step_ = step;
    return;
  }
  while (step_ < step) {
    ++step_;
    int64_t& slot = counts_[static_cast<size_t>(step_ % kSteps)];
    sum_ -= slot;
    slot = 0;
  }
}

bool SlidingCount::take(int64_t now_ms, int64_t max, int64_t amount) {
  std::lock_guard lock(mutex_);
  roll(now_ms);
  if (sum_ + amount > max) return false;
  counts_[static_cast<size_t>(step_ % kSteps)] += amount;
  sum_ += amount;
  return true;
}

void SlidingCount::add(int64_t now_ms, int64_t amount) {
  std::lock_guard lock(mutex_);
  roll(now_ms);
  counts_[static_cast<size_t>(step_ % kSteps)] += amount;
  sum_ += amount;
}

int64_t SlidingCount::count(int64_t now_ms) {
  std::lock_guard lock(mutex_);
  roll(now_ms);
  return sum_;
}

int64_t SlidingCount::until_relief_ms(int64_t now_ms) {
  std::lock_guard lock(mutex_);
  roll(now_ms);
  for (int64_t step = step_ - kSteps + 1; step <= step_; ++step) {
    if (step >= 0 && counts_[static_cast<size_t>(step % kSteps)] > 0) return (step + kSteps) * step_ms_ - now_ms;
  }
  return 0;
}

void SlidingCount::reset() {
  std::lock_guard lock(mutex_);
  counts_.fill(0);
  sum_ = 0;
}

}  // namespace foz::sim
