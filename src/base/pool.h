#pragma once
// Named worker threads behind a bounded queue.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/queue.h"

namespace foz {

/// Runs jobs on `threads` threads. Jobs waiting never exceed `waiting_max`. Thread-safe.
/// A job that throws is logged as a fault in Foz and does not end its thread.
class Pool {
 public:
  Pool(std::string name, size_t threads, size_t waiting_max);
  /// Waits for the jobs under way and drops those that have not begun.
  ~Pool();
  Pool(const Pool&) = delete;

  /// False when too many jobs wait or the pool is stopping.
  bool submit(std::function<void()> job);
  /// Takes no more jobs, finishes all that were taken, joins the threads.
  void finish();

 private:
  void work();
  const std::string name_;
  std::atomic<bool> dropping_ = false;
  BoundedQueue<std::function<void()>> jobs_;
  std::vector<std::jthread> threads_;
};

/// Names the calling thread for debuggers and profilers (15 characters are kept).
void name_this_thread(const std::string& name);

}  // namespace foz
