#pragma once
// Counting calls the way vendors limit them.

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

namespace foz::sim {

/// Calls in the last `span_ms`, in steps of a fiftieth of it. Thread-safe. Time may jump in both directions.
class SlidingCount {
 public:
  explicit SlidingCount(int64_t span_ms) : step_ms_(span_ms / kSteps) {}

  /// Counts `amount` if the sum stays within `max`; false: over the limit, nothing was counted.
  bool take(int64_t now_ms, int64_t max, int64_t amount = 1);
  /// Counts without asking.
  void add(int64_t now_ms, int64_t amount);
  int64_t count(int64_t now_ms);
  /// How long until the oldest counted step falls out; 0 when nothing is counted.
  int64_t until_relief_ms(int64_t now_ms);
  void reset();

 private:
  static constexpr int64_t kSteps = 50;
  void roll(int64_t now_ms);
  const int64_t step_ms_;
  std::mutex mutex_;
  std::array<int64_t, kSteps> counts_{};
  int64_t sum_ = 0;
  int64_t step_ = 0;  ///< number of the newest step since 1970
};

/// Requests under way at once.
class Concurrency {
 public:
  class Place {
   public:
    explicit Place(Concurrency& owner) : owner_(owner), number_(++owner.now_) {
      int seen = owner_.most_;
      while (number_ > seen && !owner_.most_.compare_exchange_weak(seen, number_)) {}
    }
    ~Place() { --owner_.now_; }
    Place(const Place&) = delete;
    int number() const { return number_; }  ///< how many there are with this one

   private:
    Concurrency& owner_;
    const int number_;
  };
  int now() const { return now_; }
  int most() const { return most_; }
  void reset() { most_ = now_.load(); }

 private:
  std::atomic<int> now_ = 0;
  std::atomic<int> most_ = 0;
};

}  // namespace foz::sim
