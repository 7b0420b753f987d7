#pragma once
// One attempt at a run's copy and promotion: fetchers fill the spool and a queue, load workers empty it into data files.
// Follows: architecture.md, "The life of a row" and "Threads"; Flow Service contract, 13.5.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "lake/parquet.h"
#include "schedule/load.h"
#include "schedule/progress.h"
#include "schedule/spool.h"

namespace foz::schedule {

struct PipelineSettings {
  size_t fetchers_max = 4;  ///< 0: the load worker that needs a page fetches it itself, slice after slice, with no other thread
  size_t load_workers = 2;
  uint64_t queue_bytes = 32u << 20;
  uint64_t memory_bytes = 512u << 20;  ///< of the whole run; DuckDB gets a part of it
  uint64_t file_bytes_target = 256u << 20;
};

/// Where the attempt puts things; all absolute.
struct PipelineFolders {
  std::filesystem::path data;         ///< gets the Parquet parts
  std::filesystem::path diagnostics;  ///< gets `row_errors/`, `input_files/` and the samples
  std::filesystem::path spill;        ///< DuckDB's temporary files
};

struct PipelineInput {
  sources::Source& source;
  Spool& spool;  ///< with its plan kept
  LoadSpec load;
  bool keep_rejected_rows = false;
};

/// The stage that failed tells who must act and what happens to the window (13.2).
enum class Stage { copy, promotion };

struct PipelineFailure {
  Stage stage = Stage::copy;
  Error error;
  std::optional<BrokenPage> broken_page = {};  ///< fetch it again before the next attempt
};

struct PipelineResult {
  std::vector<lake::DataFile> files;  ///< complete, durable, re-opened and counted
  LoadTotals totals;
  std::map<std::string, Diagnostics::Kind> rejected_kinds;
  bool has_warning_sample = false;  ///< rows that lost a value were kept as examples
};

struct PipelineOutcome {
  std::optional<PipelineResult> result = {};
  std::optional<PipelineFailure> failure = {};
};

class Pipeline {
 public:
  Pipeline(lake::FileIo& files, const Clock& clock, PipelineSettings settings, PipelineFolders folders)
      : files_(files), clock_(clock), settings_(settings), folders_(std::move(folders)) {}

  /// Loads what the spool holds, fetches the rest, and loads that while it comes. Leaves no data files behind when it
  /// fails. `progress` moves meanwhile.
  PipelineOutcome run(PipelineInput input, Progress& progress, std::stop_token stop);

 private:
  Status finish(Diagnostics& diagnostics, const Spool& spool, const LoadTotals& totals);

  lake::FileIo& files_;
  const Clock& clock_;
  const PipelineSettings settings_;
  const PipelineFolders folders_;
};

}  // namespace foz::schedule
