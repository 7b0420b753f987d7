#pragma once
// Which rows of a flow were seen before: look-back without doubles. Follows: docs/formats/keys.md; Sources contract, 1.6.

#include <array>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "lake/file_io.h"

namespace foz::schedule {

/// Hash of a row's key and modification stamp.
struct KeyHash {
  std::array<uint64_t, 2> words{};
  friend auto operator<=>(const KeyHash&, const KeyHash&) = default;
};

/// The hash of a row: its key values in column order, and what tells its version: the number that the vendor gives it, else its
/// stamp in microseconds.
KeyHash hash_of_row(std::span<const std::string_view> key, int64_t version);
/// The hash of a record, whatever its version.
KeyHash hash_of_key(std::span<const std::string_view> key);

/// Rows seen by earlier runs. Immutable; shared by threads.
class KeyMemory {
 public:
  KeyMemory() = default;
  /// Errors: corrupt, not_found, unavailable.
  static Result<KeyMemory> read(lake::FileIo& files, const std::filesystem::path& file);

  bool holds(const KeyHash& hash) const { return hashes_.contains(hash); }
  /// The row's version is known, or, from before versions were told apart by more than their stamp, its stamp.
  bool holds(std::span<const std::string_view> key, int64_t version, int64_t stamp_us) const {
    return holds(hash_of_row(key, version)) || (version != stamp_us && holds(hash_of_row(key, stamp_us)));
  }
  /// Every row with a stamp from here on that has landed is known; nothing is sure of those before.
  Instant complete_from() const { return complete_from_; }
  size_t size() const { return entries_.size(); }

  struct Entry {
    KeyHash hash;
    int64_t stamp_us = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  struct Mix {
    size_t operator()(const KeyHash& hash) const { return hash.words[0]; }
  };
  Instant complete_from_ = Instant::min();
  std::vector<Entry> entries_;
  std::unordered_set<KeyHash, Mix> hashes_;
};

/// Gathers what a run saw, for the runs after it. Thread-safe.
class KeyGatherer {
 public:
  /// Rows with stamps before `keep_from` need no memory.
  explicit KeyGatherer(Instant keep_from) : keep_from_us_(keep_from.time_since_epoch().count()) {}
  bool wants(int64_t stamp_us) const { return stamp_us >= keep_from_us_; }
  void add(std::vector<KeyMemory::Entry> entries);
  /// Writes the gathered entries and those of `before` that still matter. `complete_from` as KeyMemory shows it. Durable when
  /// this returns.
  Status write(lake::FileIo& files, const std::filesystem::path& file, const KeyMemory& before, Instant complete_from) const;
  Instant keep_from() const { return Instant(std::chrono::microseconds(keep_from_us_)); }

 private:
  const int64_t keep_from_us_;
  mutable std::mutex mutex_;
  std::vector<KeyMemory::Entry> entries_;
};

}  // namespace foz::schedule
