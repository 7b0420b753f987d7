#include "sources/governor.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"

namespace foz::sources {

using std::chrono::milliseconds;

namespace {

Error stopped_waiting() { return Error{.kind = ErrorKind::cancelled, .message = "stopped while waiting for the vendor's rate limit"}; }

}  // namespace

Governor::Pass::~Pass() {
  if (governor_ == nullptr) return;
  std::lock_guard lock(governor_->mutex_);
  --governor_->under_way_;
  governor_->place_free_.notify_one();
}

Result<Governor::Pass> Governor::admit(const std::string& bucket, Purpose purpose, std::stop_token stop) {
  for (;;) {
    milliseconds wait{0};
    {
      std::unique_lock lock(mutex_);
      if (auto refused = refusal_locked(purpose)) return std::move(*refused);
      if (!place_free_.wait(lock, stop, [&] { return under_way_ < rules_.concurrent_max; })) return stopped_waiting();
      wait = take_locked(buckets_[bucket]);
      if (wait == wait.zero()) {
        ++under_way_;
        return Pass(this);
      }
    }
    if (purpose == Purpose::collect && wait > rules_.wait_max) {
      return Error{.kind = ErrorKind::rate_limited, .message = rules_.vendor + " asked for time: no call for " + std::to_string(wait.count() / 1000) + " s",
                   .code = "CONNECTOR-1308-400", .retry_after = wait};
    }
    metrics::count("foz_source_governor_waits_total", {{"vendor", rules_.vendor}});
    if (!clock_.sleep_for(wait, stop)) return stopped_waiting();
  }
}

std::optional<Error> Governor::refusal_locked(Purpose purpose) const {
  const Tick now = clock_.tick();
  if (purpose == Purpose::collect && now < rests_until_) return resting(now);
  for (const auto& [name, allowance] : allowances_) {
    if (now < allowance.gone_until) return used_up(allowance, allowance.gone_until);
    if (purpose == Purpose::collect && now < allowance.kept_until) return used_up(allowance, allowance.kept_until);
  }
  return std::nullopt;
}

/// Counts a call and returns zero, or returns how long to wait before asking again.
milliseconds Governor::take_locked(Bucket& bucket) const {
  const Tick now = clock_.tick();
  if (now < bucket.held_until) return std::chrono::ceil<milliseconds>(bucket.held_until - now);
  if (bucket.calls_max == 0) return milliseconds(0);
  while (!bucket.calls.empty() && bucket.calls.front() + bucket.interval <= now) bucket.calls.pop_front();
  if (bucket.calls.size() >= bucket.calls_max) return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(bucket.calls.front() + bucket.interval - now));
  bucket.calls.push_back(now);
  return milliseconds(0);
}

void Governor::set_rate(const std::string& name, int64_t calls, milliseconds interval) {
  if (calls <= 0 || interval <= interval.zero()) return;
  std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_[name];
  bucket.calls_max = static_cast<size_t>(calls);
  bucket.interval = interval;
}

void Governor::hear_remaining(const std::string& name, int64_t remaining) {
  std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_[name];
  // Calls of ours that are still under way are not in the vendor's count yet, so the smaller number is the safe one: what is
  // missing was called by others, at the latest now.
  const auto left = static_cast<size_t>(std::max<int64_t>(remaining, 0));
  while (bucket.calls.size() + left < bucket.calls_max) bucket.calls.push_back(clock_.tick());
}

void Governor::hold(const std::string& name, milliseconds span) {
  std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_[name];
  bucket.held_until = std::max(bucket.held_until, clock_.tick() + span);
}

void Governor::set_reset(const std::string& name, std::function<Instant(Instant now)> next) {
  std::lock_guard lock(mutex_);
  resets_[name] = std::move(next);
}

std::optional<milliseconds> Governor::until_reset(const std::string& name) const {
  std::lock_guard lock(mutex_);
  if (!resets_.contains(name)) return std::nullopt;
  return until_reset_locked({.name = name});
}

milliseconds Governor::until_reset_locked(const Limit& limit) const {
  const Instant now = clock_.now();
  const auto told = resets_.find(limit.name);
  if (!limit.resets && told == resets_.end()) return rules_.probe;
  const Instant reset = limit.resets ? *limit.resets : told->second(now);
  return std::clamp(std::chrono::ceil<milliseconds>(reset - now), milliseconds(1000), milliseconds(25 * 3'600'000));
}

void Governor::hear_allowance(const Limit& limit) {
  metrics::set("foz_source_allowance_remaining", static_cast<double>(limit.remaining), {{"vendor", rules_.vendor}, {"name", limit.name}});
  std::lock_guard lock(mutex_);
  Allowance& allowance = allowances_[limit.name];
  allowance.limit = limit;
  const bool below = limit.max > 0 && limit.remaining * 100 <= limit.max * rules_.reserve_percent;
  allowance.kept_until = below ? clock_.tick() + until_reset_locked(limit) : Tick{};
}

void Governor::allowance_gone(const std::string& name, milliseconds span) {
  std::lock_guard lock(mutex_);
  Allowance& allowance = allowances_[name];
  allowance.limit.name = name;
  allowance.limit.remaining = 0;
  allowance.gone_until = clock_.tick() + span;
}

Error Governor::resting(Tick now) const {
  return Error{.kind = ErrorKind::unavailable,
               .message = rules_.vendor + " failed " + std::to_string(rules_.failures_max) + " times in a row: no call until it had time to recover",
               .code = "CONNECTOR-1308-400",
               .retry_after = std::chrono::ceil<milliseconds>(rests_until_ - now)};
}

void Governor::hear_outcome(bool failed) {
  std::lock_guard lock(mutex_);
  if (!failed) {
    failures_ = 0;
    rests_until_ = {};
    return;
  }
  const Tick now = clock_.tick();
  if (++failures_ < rules_.failures_max || now < rests_until_) return;
  rests_until_ = now + rules_.rest;
  log::warning("source.rests", {{"vendor", rules_.vendor}, {"failures", failures_}, {"seconds", rules_.rest.count() / 1000}});
  metrics::count("foz_source_rests_total", {{"vendor", rules_.vendor}});
}

std::vector<Limit> Governor::allowances() const {
  std::lock_guard lock(mutex_);
  std::vector<Limit> limits;
  for (const auto& [name, allowance] : allowances_) limits.push_back(allowance.limit);
  return limits;
}

Error Governor::used_up(const Allowance& allowance, Tick until) const {
  const Limit& limit = allowance.limit;
  std::string left;
  if (limit.max > 0) left = " (" + std::to_string(limit.remaining) + " of " + std::to_string(limit.max) + " left)";
  const std::string share = limit.remaining > 0 ? "; " + std::to_string(rules_.reserve_percent) + " % are left to others" : "";
  return Error{.kind = ErrorKind::rate_limited,
               .message = rules_.vendor + ": the allowance " + limit.name + " is used up" + left + share,
               .code = "CONNECTOR-1308-400",
               .retry_after = std::chrono::ceil<milliseconds>(until - clock_.tick())};
}

}  // namespace foz::sources
