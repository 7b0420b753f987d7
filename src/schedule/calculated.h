#pragma once
// Calculated columns, which change without the record's modification stamp: what they came to when rows landed, and which rows
// land again. Follows: docs/formats/calculated.md; Sources contract, 6, pain 5.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/chunk.h"
#include "flow/options.h"
#include "flow/run_windows.h"
#include "prep/compile.h"
#include "schedule/key_memory.h"
#include "schedule/landed_keys.h"
#include "sources/source.h"

namespace foz::schedule {

/// The calculated columns among those that a run reads. Immutable; shared by load workers.
class CalculatedColumns {
 public:
  CalculatedColumns() = default;
  /// Columns of the plan that are marked so, or named in the flow's options, and that the program reads: what nobody maps
  /// cannot be stale.
  static CalculatedColumns of(const sources::ReadPlan& plan, const prep::Program& program, const flow::Options& options);

  /// Where in the plan they stand.
  const std::vector<uint32_t>& indices() const { return indices_; }
  bool empty() const { return indices_.empty(); }
  const std::vector<std::string>& names() const { return names_; }
  /// Columns with these names that stand side by side, from `first` on.
  static CalculatedColumns side_by_side(std::vector<std::string> names, uint32_t first = 0);
  /// One number for the values of a row, decoded: the same whichever way the vendor wrote them, never kNotSure. Columns
  /// are part of it: when they are others, every row differs.
  uint64_t hash(const engine::Chunk& source, size_t row) const;

 private:
  std::vector<uint32_t> indices_;
  std::vector<std::string> names_;
};

/// The values of a record are not known: two rows of one run landed with different ones, and one version.
inline constexpr uint64_t kNotSure = 0;

/// A record that landed, by the hash of its key, and what its calculated columns came to.
struct LandedValues {
  KeyHash key;
  int64_t version = INT64_MIN;  ///< see RowVersion; of two, the greater one is the record's newest
  uint64_t values = kNotSure;
  friend auto operator<=>(const LandedValues&, const LandedValues&) = default;
};

/// What earlier runs landed of each record's newest version. Immutable; shared by threads. 32 bytes for each record.
class CalculatedMemory {
 public:
  CalculatedMemory() = default;
  /// Reads files in the order they were written: of the same version a later one has the last word. Errors: corrupt, not_found, unavailable.
  static Result<CalculatedMemory> read(lake::FileIo& files, std::span<const std::filesystem::path> paths);
  /// The same; damage is told in the log, and what is left is empty. Errors: unavailable.
  static Result<CalculatedMemory> read_or_empty(lake::FileIo& files, std::span<const std::filesystem::path> paths);
  std::optional<uint64_t> of(const KeyHash& key) const;
  /// True when this is the version of the record that landed last.
  bool holds(const KeyHash& key, int64_t version) const;
  const std::vector<LandedValues>& entries() const { return entries_; }

 private:
  const LandedValues* find(const KeyHash& key) const;
  std::vector<LandedValues> entries_;  ///< in order, each key once
};

/// Gathers what a run lands. Thread-safe.
class CalculatedGatherer {
 public:
  void add(std::vector<LandedValues> entries);
  bool empty() const;
  /// Writes what was gathered over what `before` holds. Durable when this returns.
  Status write(lake::FileIo& files, const std::filesystem::path& file, const CalculatedMemory& before) const;

 private:
  mutable std::mutex mutex_;
  std::vector<LandedValues> entries_;
};

/// Which records a refresh lands again: those that landed, whose values are others now, and that no window of the flow is
/// about to bring. Immutable; shared by threads. Borrows the memories.
struct RefreshRule {
  const CalculatedMemory* values = nullptr;
  std::shared_ptr<const LandedKeys> landed = {};  ///< keys that stand in the data set
  const KeyMemory* seen = nullptr;                ///< rows that the next window will know again; null: it looks at none
  std::optional<Instant> covered = {};            ///< where the next window begins; nothing: it reads all history
  std::vector<flow::Span> waiting = {};           ///< windows whose rows are still to land

  /// A record as the source has it now.
  struct Record {
    std::string_view key;
    uint64_t values = kNotSure;              ///< of its calculated columns
    std::optional<int64_t> stamp_us = {};
    int64_t version = 0;                     ///< see RowVersion
  };
  bool takes(const Record& record) const;

 private:
  bool comes_by_window(const Record& record) const;
};

}  // namespace foz::schedule
