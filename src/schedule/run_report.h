#pragma once
// What a run tells about itself: activities, metrics, errors. Pure. Follows: Flow Service contract, 4.5, 11.1, 13.7.

#include "catalog/batch.h"
#include "flow/run.h"
#include "schedule/pipeline.h"
#include "schedule/progress.h"
#include "schedule/spool.h"

namespace foz::schedule {

/// What both activities moved, from a finished pipeline.
struct RunNumbers {
  LoadTotals totals;
  std::map<std::string, Diagnostics::Kind> rejected_kinds;
  uint64_t spooled_bytes = 0;
  uint64_t output_bytes = 0;
  size_t output_files = 0;
  std::vector<SpooledPage> pages = {};
  bool diagnostics = false;  ///< were asked for
  bool has_warning_sample = false;
};

/// Fills copy and promotion of `run` with the numbers; both end in `end`.
void report_numbers(flow::Run& run, const RunNumbers& numbers, flow::RunState end, int64_t now_ms);
/// True when trying the same again may help.
bool is_worth_retrying(const Error& error);
/// Bad rows against the threshold: equal passes (13.7).
bool within_threshold(uint64_t rejected, uint64_t read, double percent);
/// Words for a run in which nothing moves.
std::string standstill(const Progress& progress);
/// Marks the stage that failed, with CONNECTOR-1001-500, 2001-500 or 3001-500 and the words of `error`.
void report_failure(flow::Run& run, Stage stage, const Error& error, int64_t now_ms);

/// What a batch of these numbers shows. `kept` rows land, or, where the batch failed, nothing does.
catalog::BatchCounts batch_counts(const flow::Run& run, const RunNumbers& numbers, bool landed, int64_t now_ms);
std::vector<catalog::BatchError> batch_errors(const RunNumbers& numbers);

}  // namespace foz::schedule
