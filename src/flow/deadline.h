#pragma once
// Work that must end in time: a look at a source system while a client waits.

#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/error.h"

namespace foz::flow {

/// Runs `work(stop_token)` and asks it to stop after `limit`. A failure after that is FLOW-1104-504.
template <class Work>
auto within(const Clock& clock, std::chrono::milliseconds limit, Work&& work) -> decltype(work(std::stop_token())) {
  std::stop_source stop;
  std::atomic<bool> expired = false;
  std::jthread watch([&](std::stop_token done) {
    if (!clock.sleep_for(limit, done)) return;
    expired = true;
    stop.request_stop();
  });
  auto result = work(stop.get_token());
  watch.request_stop();
  watch.join();
  if (!result && expired) {
    return Error{.kind = ErrorKind::unavailable,
                 .message = "The source system did not answer within " + std::to_string(limit.count() / 1000) + " seconds: try again, or look at it.",
                 .code = "FLOW-1104-504"};
  }
  return result;
}

}  // namespace foz::flow
