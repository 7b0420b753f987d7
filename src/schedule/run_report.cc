#include "schedule/run_report.h"

#include <map>

namespace foz::schedule {
namespace {

using flow::RunError;
using flow::RunState;

std::string rows_failed(const RunNumbers& numbers) {
  return std::to_string(numbers.totals.rejected) + " of " + std::to_string(numbers.totals.read) + " rows could not be ingested.";
}

/// By kind: rejected rows, then warnings (values that became null while their rows went on).
std::vector<RunError> kinds_of(const RunNumbers& numbers) {
  std::vector<RunError> kinds;
  if (numbers.totals.rejected > 0 && numbers.diagnostics) {
    kinds.push_back({.code = "INGEST-1212-400", .message = std::to_string(numbers.totals.rejected) + " errors, " + std::to_string(numbers.totals.written) + " rows ingested."});
    for (const auto& [code, kind] : numbers.rejected_kinds) {
      kinds.push_back({.code = code, .message = kind.description, .record_count = static_cast<int64_t>(kind.rows)});
    }
  } else if (numbers.totals.rejected > 0) {
    kinds.push_back({.code = "INGEST-1211-400", .message = "Errors were found, but error diagnostics are off: switch errorDiagnosticsEnabled on to see the rows."});
  }
  for (const auto& [key, warning] : numbers.totals.issues.warnings()) {
    kinds.push_back({.code = warning.reason.code, .message = warning.reason.destination + ": " + warning.reason.message, .record_count = static_cast<int64_t>(warning.count)});
  }
  for (const auto& [column, count] : numbers.totals.misfits) {
    kinds.push_back({.code = "DPMAP-3101-400", .message = "values of the source column " + column + " are not of its type and were left out", .record_count = static_cast<int64_t>(count)});
  }
  return kinds;
}

/// What was read of each slice. Of very many slices the first ones are told apart.
void report_origins(flow::Run& run, const std::vector<SpooledPage>& pages) {
  std::map<std::string, size_t> places;
  run.slices.clear();
  run.pages = 0;
  for (const SpooledPage& page : pages) {
    if (page.body_bytes == 0) continue;
    ++run.pages;
    const auto [place, fresh] = places.emplace(page.slice, run.slices.size());
    if (fresh) run.slices.push_back({.slice = page.slice, .first_page = page.ordinal, .from = page.from});
    flow::SliceRead& slice = run.slices[place->second];
    ++slice.pages;
    slice.last_page = page.ordinal;
    slice.bytes += static_cast<int64_t>(page.body_bytes);
    slice.to = page.next;
  }
  run.slices_left_out = run.slices.size() > flow::kSlicesKeptMax ? static_cast<int64_t>(run.slices.size() - flow::kSlicesKeptMax) : 0;
  if (run.slices_left_out > 0) run.slices.resize(flow::kSlicesKeptMax);
}

/// What became of the rows of each slice. A run that failed shows none of them.
void report_rows(flow::Run& run, const LoadTotals& totals, bool landed) {
  for (flow::SliceRead& slice : run.slices) {
    const auto found = totals.slices.find(slice.slice);
    const SliceTotals rows = found == totals.slices.end() ? SliceTotals() : found->second;
    slice.rows = {.read = static_cast<int64_t>(rows.read),
                  .written = landed ? static_cast<int64_t>(rows.written) : 0,
                  .failed = static_cast<int64_t>(landed ? rows.rejected : rows.read - rows.skipped),
                  .skipped = static_cast<int64_t>(rows.skipped)};
  }
}

}  // namespace

void report_numbers(flow::Run& run, const RunNumbers& numbers, RunState end, int64_t now_ms) {
  const LoadTotals& totals = numbers.totals;
  const auto read = static_cast<int64_t>(totals.read);
  flow::ActivityReport& copy = run.copy;
  copy.state = RunState::success;
  copy.completed_ms = copy.completed_ms.value_or(now_ms);
  copy.updated_ms = now_ms;
  copy.input_bytes = static_cast<int64_t>(totals.body_bytes);
  copy.output_bytes = static_cast<int64_t>(numbers.spooled_bytes);
  copy.input_records = copy.output_records = read;
  copy.input_files = copy.output_files = 1;
  report_origins(run, numbers.pages);

  flow::ActivityReport& promotion = run.promotion ? *run.promotion : run.promotion.emplace();
  promotion.started_ms = promotion.started_ms.value_or(run.started_ms.value_or(now_ms));
  promotion.completed_ms = now_ms;
  promotion.updated_ms = now_ms;
  promotion.state = end;
  promotion.input_bytes = copy.output_bytes;
  promotion.input_records = read;
  promotion.input_files = 1;
  const bool landed = end != RunState::failed;
  report_rows(run, totals, landed);
  promotion.output_records = landed ? static_cast<int64_t>(totals.written) : 0;
  promotion.failed_records = landed ? static_cast<int64_t>(totals.rejected) : read - static_cast<int64_t>(totals.skipped);
  promotion.skipped_records = static_cast<int64_t>(totals.skipped);
  promotion.output_bytes = landed ? static_cast<int64_t>(numbers.output_bytes) : 0;
  promotion.output_files = landed ? static_cast<int64_t>(numbers.output_files) : 0;
  promotion.kinds = kinds_of(numbers);
  if (totals.rejected > 0) promotion.errors = {{.code = "CONNECTOR-2001-500", .message = rows_failed(numbers)}};
  run.errors = promotion.errors;
  int64_t warnings = static_cast<int64_t>(totals.issues.warning_count());
  for (const auto& [column, count] : totals.misfits) warnings += static_cast<int64_t>(count);
  run.warnings = warnings;
  run.state = end;
  run.completed_ms = now_ms;
  run.has_diagnostics = numbers.diagnostics && totals.rejected > 0;
  run.has_warning_sample = numbers.has_warning_sample;
}

bool is_worth_retrying(const Error& error) {
  switch (error.kind) {
    case ErrorKind::unavailable:
    case ErrorKind::rate_limited:
    case ErrorKind::corrupt: return true;
    case ErrorKind::invalid:
    case ErrorKind::unauthorized:
    case ErrorKind::forbidden:
    case ErrorKind::not_found:
    case ErrorKind::conflict:
    case ErrorKind::cancelled:
    case ErrorKind::internal: return false;
  }
  return false;
}

bool within_threshold(uint64_t rejected, uint64_t read, double percent) {
  return rejected == 0 || (percent > 0 && static_cast<double>(rejected) * 100 <= percent * static_cast<double>(read));
}

std::string standstill(const Progress& progress) {
  return "nothing moved for too long, with " + std::to_string(progress.pages_fetched) + " pages fetched and " + std::to_string(progress.pages_loaded) +
         " of them loaded: the stage was given up";
}

void report_failure(flow::Run& run, Stage stage, const Error& error, int64_t now_ms) {
  const bool own_code = error.code == "FOZ-RUN-CANCELLED" || error.code == "CONNECTOR-3001-500";
  const RunError failure{.code = own_code ? error.code : stage == Stage::copy ? "CONNECTOR-1001-500" : "CONNECTOR-2001-500",
                         .message = error.code.empty() || own_code ? error.message : error.message + " (" + error.code + ")"};
  flow::ActivityReport& activity = stage == Stage::copy ? run.copy : run.promotion ? *run.promotion : run.promotion.emplace();
  activity.state = RunState::failed;
  activity.started_ms = activity.started_ms.value_or(run.started_ms.value_or(now_ms));
  activity.completed_ms = now_ms;
  activity.updated_ms = now_ms;
  activity.errors = {failure};
  if (stage == Stage::copy) run.promotion.reset();
  run.errors = {failure};
  run.state = RunState::failed;
  run.completed_ms = now_ms;
}

catalog::BatchCounts batch_counts(const flow::Run& run, const RunNumbers& numbers, bool landed, int64_t now_ms) {
  const LoadTotals& totals = numbers.totals;
  catalog::BatchCounts counts{.input_bytes = static_cast<int64_t>(totals.body_bytes),
                              .input_files = 1,
                              .records_read = static_cast<int64_t>(totals.read),
                              .records_written = landed ? static_cast<int64_t>(totals.written) : 0,
                              .records_failed = static_cast<int64_t>(totals.rejected),
                              .records_skipped = static_cast<int64_t>(totals.skipped),
                              .output_bytes = landed ? static_cast<int64_t>(numbers.output_bytes) : 0,
                              .output_files = landed ? static_cast<int64_t>(numbers.output_files) : 0,
                              .start_ms = run.started_ms.value_or(now_ms),
                              .end_ms = now_ms};
  return counts;
}

std::vector<catalog::BatchError> batch_errors(const RunNumbers& numbers) {
  std::vector<catalog::BatchError> errors;
  const LoadTotals& totals = numbers.totals;
  if (totals.rejected == 0) return errors;
  if (!numbers.diagnostics) {
    errors.push_back({.code = "INGEST-1211-400",
                      .description = "Encountered errors while parsing, converting or otherwise validating the data. Please resend the data with error diagnostics "
                                     "enabled to collect additional information on failure types"});
    return errors;
  }
  errors.push_back({.code = "INGEST-1212-400",
                    .description = "Encountered " + std::to_string(totals.rejected) + " errors in the data. Successfully ingested " + std::to_string(totals.written) +
                                   " rows. Please review the associated diagnostic files for more details."});
  for (const auto& [code, kind] : numbers.rejected_kinds) {
    errors.push_back({.code = code, .description = kind.description, .record_count = static_cast<int64_t>(kind.rows)});
  }
  return errors;
}

}  // namespace foz::schedule
