#pragma once
// What a test may turn on a running simulator: whole numbers by name, each with a word on what it does.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"

namespace foz::sim {

/// Filled while the vendor is made, then read and written by many threads.
class Settings {
 public:
  using Value = std::atomic<int64_t>;

  /// REQUIRES: no other setting has the name.
  const Value& add(std::string name, int64_t value, std::string about);
  /// Sets what `changes` names. Errors: invalid, naming an unknown setting and the known ones, or a value that is no
  /// whole number; then nothing is changed.
  Status change(const Json& changes);
  void reset();
  /// The value of a setting; 0 when the vendor has none of that name.
  int64_t get(std::string_view name) const;
  /// `{name: value}`.
  Json all() const;
  /// Every setting with its default and what it does; for the reference page.
  Json described() const;

 private:
  struct Setting {
    Value value = 0;
    int64_t initial = 0;
    std::string about;
  };
  std::map<std::string, Setting, std::less<>> settings_;
};

}  // namespace foz::sim
