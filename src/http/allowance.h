#pragma once
// How often a caller may ask: a bucket of tokens for each, refilled at one pace. The side that is asked; client.h has the other.

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace foz::http {

struct AllowanceOptions {
  double per_second = 0;  ///< refill of each bucket; 0: no limit at all
  double burst = 1;       ///< what a full bucket holds; at least 1
  size_t callers_max = 16'384;  ///< buckets kept; beyond, the one nearest to full is forgotten
};

/// Thread-safe. A bucket that is full again is the same as none, so memory is bounded by the callers of the last
/// `burst / per_second` seconds and by `callers_max`.
class Allowance {
 public:
  Allowance(const Clock& clock, AllowanceOptions options);

  /// Takes a token of `caller`. Nothing: it had one; otherwise how long until it has one again, and none is taken.
  std::optional<std::chrono::milliseconds> take(std::string_view caller);
  /// Puts back a token that `take` gave.
  void give_back(std::string_view caller);
  /// Buckets kept now.
  size_t callers() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  /// When each bucket will be full, should nobody take from it.
  using Buckets = std::unordered_map<std::string, Tick, Hash, std::equal_to<>>;
  struct Shard {
    mutable std::mutex mutex;
    Buckets full_at;
  };
  static constexpr size_t kShards = 16;

  Shard& shard_of(std::string_view caller) { return shards_[Hash()(caller) % kShards]; }
  void make_room(Buckets& buckets, Tick now) const;

  const Clock& clock_;
  const size_t callers_max_;
  const bool unlimited_;
  const Tick::duration token_;  ///< in which one token comes
  const Tick::duration whole_;  ///< in which an empty bucket fills
  std::array<Shard, kShards> shards_;
};

}  // namespace foz::http
