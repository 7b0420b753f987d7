#include "base/pool.h"

#include <pthread.h>

#include <exception>

#include "base/log.h"

namespace foz {

Pool::Pool(std::string name, size_t threads, size_t waiting_max) : name_(std::move(name)), jobs_(waiting_max) {
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

Pool::~Pool() {
  dropping_ = true;
  finish();
}

bool Pool::submit(std::function<void()> job) { return jobs_.try_push(std::move(job), 1); }

void Pool::finish() {
  jobs_.close();
  threads_.clear();
}

void Pool::work() {
  name_this_thread(name_);
  while (auto job = jobs_.pop({})) {
    if (dropping_) continue;
    try {
      (*job)();
    } catch (const std::exception& e) {
      log::error("pool.job_failed", {{"pool", name_}, {"fault", e.what()}});
    }
  }
}

void name_this_thread(const std::string& name) { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); }

}  // namespace foz
