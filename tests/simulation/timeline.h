#pragma once
// Time that moves only when the simulated world lets it: for the vendors as it is, for Foz as its host shows it.

#include <functional>
#include <optional>
#include <thread>

#include "base/clock.h"

namespace foz::simulation {

/// True time. Whoever waits lets it pass, and what falls due meanwhile happens in between. One thread.
class Timeline {
 public:
  explicit Timeline(Instant start) : now_(start) {}

  Instant now() const { return now_; }
  Tick tick() const { return Tick{} + std::chrono::hours(1) + (now_ - Instant{}); }
  /// Moves on to `until`; stops where `enough` says so after something happened.
  void pass_until(Instant until, const std::function<bool()>& enough = {});

  /// When something happens next by itself, and how it does; given before time passes.
  std::function<std::optional<Instant>()> next_event;
  std::function<void()> happen;

 private:
  Instant now_;
  bool passing_ = false;
};

/// A host's clock: true time, and how far somebody has set the wall clock away from it. Sleepers let time pass; those on other
/// threads, which watch for deadlines, sleep until they are told to stop.
class HostClock final : public Clock {
 public:
  explicit HostClock(Timeline& timeline, const std::chrono::microseconds& offset) : timeline_(timeline), offset_(offset) {}
  Instant now() const override { return timeline_.now() + offset_; }
  Tick tick() const override { return timeline_.tick(); }
  bool sleep_until(Instant until, std::stop_token stop) const override;
  bool sleep_for(std::chrono::milliseconds span, std::stop_token stop) const override;

 private:
  Timeline& timeline_;
  const std::chrono::microseconds& offset_;
  const std::thread::id thread_ = std::this_thread::get_id();
};

}  // namespace foz::simulation
