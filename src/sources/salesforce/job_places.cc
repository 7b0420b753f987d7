#include "sources/salesforce/job_places.h"

#include <utility>

namespace foz::sources::salesforce {
namespace {
/// Looks at a job are seconds apart; a call that is tried again takes longer.
constexpr std::chrono::minutes kForgottenAfter{5};
}

std::optional<JobPlaces::Place> JobPlaces::take(Instant now) {
  std::lock_guard lock(mutex_);
  std::erase_if(at_work_, [&](const auto& job) { return now - job.second > kForgottenAfter; });
  if (starting_ + at_work_.size() >= max_) return std::nullopt;
  ++starting_;
  return std::optional<Place>(std::in_place, *this, now);
}

void JobPlaces::settle(const std::string& job, Instant at) {
  std::lock_guard lock(mutex_);
  --starting_;
  if (!job.empty()) at_work_[job] = at;
}

void JobPlaces::at_work(const std::string& job, Instant now) {
  std::lock_guard lock(mutex_);
  at_work_[job] = now;
}

void JobPlaces::ended(const std::string& job) {
  std::lock_guard lock(mutex_);
  at_work_.erase(job);
}

}  // namespace foz::sources::salesforce
