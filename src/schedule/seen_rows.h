#pragma once
// What a run that did not land had to skip, kept for whoever repeats it. Follows: docs/formats/keys.md.

#include <filesystem>
#include <optional>
#include <string>

#include "flow/run.h"
#include "schedule/key_memory.h"
#include "store/database.h"

namespace foz::schedule {

/// True when `memory` has every row of the run's window that landed.
bool knows_all_of(const KeyMemory& memory, const flow::Run& run);

/// The memories of runs that failed or were cancelled: `keys/<sandbox>/<flow>/<run>.seen`.
class SeenRows {
 public:
  SeenRows(lake::FileIo& files, store::Database& database, std::filesystem::path keys_dir) : files_(files), database_(database), keys_dir_(std::move(keys_dir)) {}

  /// The file of the nearest run that `run` repeats, itself or through others, and that has one; empty: there is none.
  /// Errors: unavailable.
  Result<std::filesystem::path> file_for(const flow::Run& run) const;

  Status keep(const flow::Run& run, const KeyMemory& memory) const;
  /// Before `run` replaces `memory`, which is in force: keeps it for runs of the flow's sequence that failed or were cancelled and whose
  /// windows it knows all of. One that was cancelled while it waited has kept nothing itself.
  Status keep_for_others(const flow::Run& run, const KeyMemory& memory) const;

 private:
  std::filesystem::path file_of(const flow::Run& run) const { return keys_dir_ / run.sandbox / run.flow_id / (run.id + ".seen"); }
  Result<bool> has_file(const std::filesystem::path& file) const;

  lake::FileIo& files_;
  store::Database& database_;
  const std::filesystem::path keys_dir_;
};

}  // namespace foz::schedule
