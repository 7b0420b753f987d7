#pragma once
// What a run knows of the rows that its flow saw before, and what it leaves for the runs after it. Follows: docs/formats/keys.md; Flow
// Service contract, 13.2; Sources contract, 1.6 (look-back).

#include <filesystem>
#include <optional>
#include <string>

#include "flow/run.h"
#include "lake/file_io.h"
#include "schedule/key_memory.h"
#include "schedule/seen_rows.h"
#include "store/database.h"

namespace foz::schedule {

/// The key memory around one pass through a run: loaded before its pages are planned, written right before its commit. Used by one thread;
/// what it hands out is shared by load workers.
class RunMemory {
 public:
  /// Borrows all of them; `run` is the run as it stands.
  RunMemory(store::Database& database, lake::FileIo& files, const std::filesystem::path& keys_dir, const flow::Run& run)
      : database_(database), files_(files), keys_dir_(keys_dir), run_(run), seen_rows_(files, database, keys_dir) {}

  /// What earlier runs of the flow saw. Damage costs the look-back of one run, never a doubled row; what cannot be read right now is no
  /// damage: pages that were read with look-back need it. Errors: unavailable.
  Status load();

  /// Of the flow; null: there is none, or it is damaged.
  const KeyMemory* in_force() const { return in_force_ ? &*in_force_ : nullptr; }
  /// Rows that the run skips: those in force, and for a run that repeats another what was known when that one ran. Null: it skips none.
  const KeyMemory* seen() const;
  /// Before this nothing is read, however far the run looks back: windows there have not all landed, or nobody knows their rows.
  Result<Instant> look_back_limit();

  /// Begins to gather what the run sees. Windows behind this one look back to `keep_from`.
  KeyGatherer& gather(Instant keep_from);

  /// Writes what comes into force when the run commits. What it replaces is kept for runs that failed and may be repeated. The file, below
  /// the keys folder; empty: nothing comes into force. Errors: unavailable, those of the store.
  Result<std::string> write();
  /// The run has landed: removes what is not in force any more.
  void forget_replaced() const;

  /// The window stays with this run, failed behind its copy stage: what it skipped must be known when it is repeated.
  void keep_seen() const;

 private:
  Result<std::optional<KeyMemory>> read(const std::filesystem::path& file) const;
  Instant remembered_since() const;
  bool repeats() const { return run_.trigger == flow::Trigger::retrigger; }
  void forget(const std::filesystem::path& file) const;

  store::Database& database_;
  lake::FileIo& files_;
  const std::filesystem::path& keys_dir_;
  const flow::Run& run_;
  const SeenRows seen_rows_;
  std::optional<KeyMemory> in_force_;
  std::filesystem::path in_force_file_;
  std::optional<KeyMemory> seen_then_;    ///< of the run that this one repeats
  std::filesystem::path seen_then_file_;  ///< it is from; empty: it is the one in force, or none
  Instant look_back_limit_ = Instant::min();  ///< windows before have not all landed
  std::optional<KeyGatherer> gatherer_;
  bool written_ = false;
};

}  // namespace foz::schedule
