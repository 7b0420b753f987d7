#pragma once
// How many bulk jobs of a login are at work at once. Follows: Sources contract, 2.7.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"

namespace foz::sources::salesforce {

/// Thread-safe. Jobs that nobody looks after any more (a run that was cancelled) give their place back after five minutes.
class JobPlaces {
 public:
  /// A place that is given back unless a job keeps it.
  class Place {
   public:
    Place(JobPlaces& places, Instant at) : places_(&places), at_(at) {}
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)), at_(other.at_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (places_ != nullptr) places_->settle("", at_);
    }
    void keep(const std::string& job) { std::exchange(places_, nullptr)->settle(job, at_); }

   private:
    JobPlaces* places_;
    Instant at_;
  };

  explicit JobPlaces(size_t max) : max_(max) {}
  /// Nothing: all are taken.
  std::optional<Place> take(Instant now);
  /// A job was seen at work, one of before a restart, too.
  void at_work(const std::string& job, Instant now);
  void ended(const std::string& job);

 private:
  void settle(const std::string& job, Instant at);

  const size_t max_;
  std::mutex mutex_;
  size_t starting_ = 0;
  std::map<std::string, Instant> at_work_;  ///< when it was last seen
};

}  // namespace foz::sources::salesforce
