#pragma once
// All that happens in a simulated world, line by line, and a hash that tells two traces apart.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace foz::simulation {

/// One thread.
class Trace {
 public:
  /// `each` (may be null) gets the lines as they come.
  explicit Trace(std::function<void(std::string_view line)> each) : each_(std::move(each)) {}

  void note(int64_t millis, std::string_view what, std::string_view detail);
  uint64_t hash() const { return hash_; }
  uint64_t lines() const { return lines_; }

 private:
  const std::function<void(std::string_view line)> each_;
  uint64_t hash_ = 14'695'981'039'346'656'037u;  // FNV-1a
  uint64_t lines_ = 0;
};

}  // namespace foz::simulation
