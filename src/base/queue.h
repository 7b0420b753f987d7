#pragma once
// A bounded queue between two stages: back-pressure is the queue being full.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace foz {

/// Items with weights (bytes, say); `push` waits while the queue holds `weight_max` or more.
/// A single item may weigh more than the limit: it passes when the queue is empty. Thread-safe.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t weight_max) : weight_max_(weight_max) {}

  /// Waits for room. False, and `item` is dropped, when the queue is closed or `stop` is asked for.
  bool push(T item, size_t weight, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return closed_ || weight_ == 0 || weight_ + weight <= weight_max_; });
    if (closed_ || stop.stop_requested()) return false;
    items_.emplace_back(std::move(item), weight);
    weight_ += weight;
    changed_.notify_all();
    return true;
  }

  /// False when there is no room right now or the queue is closed.
  bool try_push(T item, size_t weight) {
    std::lock_guard lock(mutex_);
    if (closed_ || (weight_ > 0 && weight_ + weight > weight_max_)) return false;
    items_.emplace_back(std::move(item), weight);
    weight_ += weight;
    changed_.notify_all();
    return true;
  }

  /// Waits for an item. Nothing when the queue is closed and empty, or `stop` is asked for.
  std::optional<T> pop(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return closed_ || !items_.empty(); });
    if (items_.empty() || stop.stop_requested()) return std::nullopt;
    auto [item, weight] = std::move(items_.front());
    items_.pop_front();
    weight_ -= weight;
    changed_.notify_all();
    return std::move(item);
  }

  /// No more items will come; those inside can still be taken.
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const size_t weight_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::pair<T, size_t>> items_;
  size_t weight_ = 0;
  bool closed_ = false;
};

}  // namespace foz
