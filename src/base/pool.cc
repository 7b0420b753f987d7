#include "base/pool.h"

#include <pthread.h>

#include <exception>

#include "base/log.h"

namespace foz {

Pool::Pool(std::string name, size_t threads, size_t waiting_max) : name_(std::move(name)), waiting_max_(waiting_max) {
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

Pool::~Pool() {
  std::deque<Job> dropped;
  {
    std::lock_guard lock(mutex_);
    dropped.swap(jobs_);
  }
  finish();
}

bool Pool::submit(Job job) {
  std::lock_guard lock(mutex_);
  if (closed_ || jobs_.size() >= waiting_max_) return false;
  jobs_.push_back(std::move(job));
  wake_one();
  return true;
}

void Pool::finish() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    while (!idle_.empty()) wake_one();
  }
  threads_.clear();
}

void Pool::work() {
  name_this_thread(name_);
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!jobs_.empty()) {
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      run(std::move(job));
      lock.lock();
      continue;
    }
    if (closed_) return;
    Sleeper self;
    idle_.push_back(&self);
    self.wake.wait(lock, [&] { return self.told; });
  }
}

void Pool::wake_one() {
  if (idle_.empty()) return;
  Sleeper& sleeper = *idle_.back();
  idle_.pop_back();
  sleeper.told = true;
  sleeper.wake.notify_one();
}

void Pool::run(Job job) const {
  try {
    job();
  } catch (const std::exception& e) {
    log::error("pool.job_failed", {{"pool", name_}, {"fault", e.what()}});
  }
}

void name_this_thread(const std::string& name) { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); }

}  // namespace foz
