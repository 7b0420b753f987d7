#pragma once
// Named worker threads behind a bounded queue.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace foz {

/// Runs jobs on `threads` threads, in the order of their coming. Jobs waiting never exceed `waiting_max`. Thread-safe.
/// A job wakes the thread that went to sleep last: few threads do many quick jobs, with warm caches, and the others sleep on.
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
  using Job = std::function<void()>;
  struct Sleeper {
    std::condition_variable wake;
    bool told = false;
  };
  void work();
  void wake_one();
  void run(Job job) const;

  const std::string name_;
  const size_t waiting_max_;
  std::mutex mutex_;
  std::deque<Job> jobs_;
  std::vector<Sleeper*> idle_;  ///< the last one went to sleep last
  bool closed_ = false;
  std::vector<std::jthread> threads_;
};

/// Names the calling thread for debuggers and profilers (15 characters are kept).
void name_this_thread(const std::string& name);

}  // namespace foz
