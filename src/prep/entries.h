#pragma once
// Members in the order they were first named. Few are looked through, many are hashed: what a source sends decides how many
// there are, and a look-up must not cost more for it.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "engine/chunk.h"

namespace foz::prep {

class Entries {
 public:
  /// Room for `most` entries in the arena.
  Entries(engine::Arena& arena, size_t most) : members_(arena.make<engine::Member>(most)) {}

  /// A later value of a name replaces the earlier one.
  void set(std::string_view name, const engine::Value& value) {
    if (engine::Member* old = find(name)) old->value = value;
    else add(name, value);
  }
  /// The first value of a name stays.
  void set_new(std::string_view name, const engine::Value& value) {
    if (find(name) == nullptr) add(name, value);
  }
  engine::Value value() const { return engine::Value::of_object(members_.first(count_)); }

 private:
  static constexpr size_t kFew = 16;

  engine::Member* find(std::string_view name) {
    if (count_ <= kFew) {
      const auto end = members_.begin() + static_cast<std::ptrdiff_t>(count_);
      const auto found = std::find_if(members_.begin(), end, [&](const engine::Member& one) { return one.name == name; });
      return found == end ? nullptr : &*found;
    }
    const auto found = places_.find(name);
    return found == places_.end() ? nullptr : &members_[found->second];
  }
  void add(std::string_view name, const engine::Value& value) {
    members_[count_++] = {name, value};
    if (count_ <= kFew) return;
    for (size_t i = places_.size(); i < count_; ++i) places_.emplace(members_[i].name, static_cast<uint32_t>(i));
  }

  std::span<engine::Member> members_;
  size_t count_ = 0;
  std::unordered_map<std::string_view, uint32_t> places_;  ///< of all, once there are more than a few
};

}  // namespace foz::prep
