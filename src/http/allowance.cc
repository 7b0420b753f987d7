#include "http/allowance.h"

#include <algorithm>

namespace foz::http {
namespace {

Tick::duration seconds_of(double seconds) { return std::chrono::duration_cast<Tick::duration>(std::chrono::duration<double>(seconds)); }

}  // namespace

Allowance::Allowance(const Clock& clock, AllowanceOptions options)
    : clock_(clock),
      callers_max_(options.callers_max),
      unlimited_(options.per_second <= 0),
      token_(unlimited_ ? Tick::duration(0) : seconds_of(1 / options.per_second)),
      whole_(unlimited_ ? Tick::duration(0) : seconds_of(std::max(options.burst, 1.0) / options.per_second)) {}

std::optional<std::chrono::milliseconds> Allowance::take(std::string_view caller) {
  if (unlimited_) return std::nullopt;
  const Tick now = clock_.tick();
  Shard& shard = shard_of(caller);
  const std::lock_guard lock(shard.mutex);
  auto found = shard.full_at.find(caller);
  const Tick full_at = (found == shard.full_at.end() ? now : std::max(found->second, now)) + token_;
  if (full_at - now > whole_) return std::max(std::chrono::ceil<std::chrono::milliseconds>(full_at - now - whole_), std::chrono::milliseconds(1));
  if (found != shard.full_at.end()) {
    found->second = full_at;
  } else {
    if (shard.full_at.size() >= std::max<size_t>(callers_max_ / kShards, 1)) make_room(shard.full_at, now);
    shard.full_at.emplace(caller, full_at);
  }
  return std::nullopt;
}

void Allowance::give_back(std::string_view caller) {
  if (unlimited_) return;
  Shard& shard = shard_of(caller);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.full_at.find(caller); found != shard.full_at.end()) found->second -= token_;
}

size_t Allowance::callers() const {
  size_t all = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    all += shard.full_at.size();
  }
  return all;
}

/// Full buckets go; when there is none, the one that lacks least.
void Allowance::make_room(Buckets& buckets, Tick now) const {
  if (std::erase_if(buckets, [&](const auto& bucket) { return bucket.second <= now; }) > 0) return;
  buckets.erase(std::min_element(buckets.begin(), buckets.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
}

}  // namespace foz::http
