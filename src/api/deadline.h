#pragma once
// A statement that may take long, and when it must stop.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace foz::api {

/// Asks for a stop when its time is up.
class Deadline {
 public:
  explicit Deadline(std::chrono::seconds span) : waiter_([this, span](std::stop_token done) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, done, span, [] { return false; });
    if (!done.stop_requested()) stop_.request_stop();
  }) {}
  std::stop_token token() const { return stop_.get_token(); }
  bool passed() const { return stop_.stop_requested(); }

 private:
  std::stop_source stop_;
  std::jthread waiter_;
};

}  // namespace foz::api
