#pragma once
// Chance as an argument: from the system, or from a seed.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <span>

namespace foz {

/// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;

  uint64_t next();
  /// Uniform in [0, bound); `bound` > 0.
  uint64_t below(uint64_t bound);
  /// Uniform in [0, 1).
  double unit();
};

/// The operating system's generator, fit for keys and secrets.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;
};

/// The same numbers for the same seed, on every machine. Never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> bytes) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace foz
