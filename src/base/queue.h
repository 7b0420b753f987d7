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
/// An item wakes one consumer: a crowd of idle threads sleeps on.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t weight_max) : weight_max_(weight_max) {}

  /// Waits for room. False, and `item` is dropped, when the queue is closed or `stop` is asked for.
  bool push(T item, size_t weight, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    ++producers_waiting_;
    room_.wait(lock, stop, [&] { return closed_ || fits(weight); });
    --producers_waiting_;
    if (closed_ || stop.stop_requested()) return false;
    add(std::move(item), weight);
    return true;
  }

  /// False when there is no room right now or the queue is closed.
  bool try_push(T item, size_t weight) {
    std::lock_guard lock(mutex_);
    if (closed_ || !fits(weight)) return false;
    add(std::move(item), weight);
    return true;
  }

  /// Waits for an item. Nothing when the queue is closed and empty, or `stop` is asked for.
  std::optional<T> pop(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, stop, [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    if (stop.stop_requested()) {
      arrived_.notify_one();  // the item that woke this consumer is another one's
      return std::nullopt;
    }
    auto [item, weight] = std::move(items_.front());
    items_.pop_front();
    weight_ -= weight;
    // Which of the waiting items fits now is for their producers to see.
    if (producers_waiting_ > 0) room_.notify_all();
    return std::move(item);
  }

  /// No more items will come; those inside can still be taken.
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    arrived_.notify_all();
    room_.notify_all();
  }

  size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  bool fits(size_t weight) const { return weight_ == 0 || weight_ + weight <= weight_max_; }

  void add(T item, size_t weight) {
    items_.emplace_back(std::move(item), weight);
    weight_ += weight;
    arrived_.notify_one();
  }

  const size_t weight_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::condition_variable_any room_;
  std::deque<std::pair<T, size_t>> items_;
  size_t weight_ = 0;
  size_t producers_waiting_ = 0;
  bool closed_ = false;
};

}  // namespace foz
