#include "schedule/ingest/ingestor.h"

#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/pool.h"
#include "catalog/column_ids.h"
#include "schedule/ingest/file_columns.h"
#include "schedule/ingest/preview.h"
#include "schedule/ingest/record.h"
#include "schedule/run_engine.h"
#include "schedule/run_report.h"

namespace foz::schedule {
namespace {

using catalog::Batch;
using catalog::BatchStatus;

/// Times that a batch is taken when storage fails, and the pause between them.
constexpr int kAttemptsMax = 3;
constexpr std::chrono::seconds kRetryAfter{30};

double threshold_of(const Batch& batch) {
  const auto values = batch.tag("acp_partialIngestionPercent");
  return values.empty() ? 0 : as_number(Json(values.front())).value_or(0);
}

bool wants_diagnostics(const Batch& batch, const catalog::Dataset& dataset) {
  const auto values = batch.tag("acp_enableErrorDiagnostics");
  const bool asked = values.empty() ? dataset.error_diagnostics() : as_boolean(Json(values.front())).value_or(false);
  return asked || threshold_of(batch) > 0;
}

catalog::BatchCounts counts_of(const IngestResult& result, bool lands, size_t input_files, int64_t begin_ms, int64_t end_ms) {
  catalog::BatchCounts counts{.input_bytes = static_cast<int64_t>(result.input_bytes),
                              .input_files = static_cast<int64_t>(input_files),
                              .records_read = static_cast<int64_t>(result.read),
                              .records_written = lands ? static_cast<int64_t>(result.written) : 0,
                              .records_failed = static_cast<int64_t>(result.rejected),
                              .start_ms = begin_ms,
                              .end_ms = end_ms};
  if (!lands) return counts;
  counts.output_files = static_cast<int64_t>(result.files.size());
  for (const lake::DataFile& file : result.files) counts.output_bytes += static_cast<int64_t>(file.bytes);
  return counts;
}

catalog::BatchError replaced_already(const std::string& id) {
  return {.code = "INGEST-1000-409", .description = "Batch " + id + ", which this batch was to replace, was replaced by another one meanwhile. Make a batch that replaces that one."};
}

}  // namespace

std::vector<catalog::BatchError> errors_of(const IngestResult& result, bool with_diagnostics) {
  RunNumbers numbers{.rejected_kinds = result.rejected_kinds, .diagnostics = with_diagnostics};
  numbers.totals.rejected = result.rejected;
  numbers.totals.written = result.written;
  return batch_errors(numbers);
}

Ingestor::Ingestor(IngestorParts parts, IngestSettings settings)
    : parts_(std::move(parts)), settings_(settings), uploads_(parts_.database, parts_.catalog, parts_.files) {}

Ingestor::~Ingestor() { stop(); }

void Ingestor::start() {
  drop_cut_off_bodies();
  woken_ = true;  // what an earlier process left
  thread_ = std::jthread([this](std::stop_token stop) {
    name_this_thread("foz-ingest");
    loop(stop);
  });
}

/// Bodies that a process before this one was receiving when it ended.
void Ingestor::drop_cut_off_bodies() {
  const auto bodies = parts_.files.list(parts_.catalog.settings().data_dir / "uploads");
  if (!bodies) return log::warning("ingest.uploads", {{"error", bodies.error()}});
  for (const lake::FileEntry& body : *bodies) {
    if (const Status removed = parts_.files.remove_file(body.path); !removed) log::warning("ingest.leftover", {{"error", removed.error()}});
  }
}

void Ingestor::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Ingestor::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void Ingestor::loop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, kRetryAfter, [this] { return woken_; });
      woken_ = false;
    }
    if (stop.stop_requested()) return;
    if (const Status worked = work_off(stop); !worked) log::warning("ingest.failed", {{"error", worked.error()}});
  }
}

Status Ingestor::work_off(std::stop_token stop) {
  TRY(const auto waiting, parts_.catalog.batches_to_ingest(parts_.database));
  for (const Batch& batch : waiting) {
    if (stop.stop_requested()) return {};
    const Status taken = take(batch, stop);
    if (taken) {
      attempts_.erase({batch.sandbox, batch.id});
      continue;
    }
    // Its data set went meanwhile, or a client changed it: the next look tells.
    if (taken.error().kind != ErrorKind::cancelled) log::warning("ingest.batch_left", {{"batch", batch.id}, {"error", taken.error()}});
  }
  return {};
}

IngestFolders Ingestor::folders_of(const Batch& batch) const {
  const catalog::Catalog& catalog = parts_.catalog;
  return {.uploads = catalog.upload_folder(batch.sandbox, batch.id) / "files",
          .data = catalog.batch_folder(batch.sandbox, batch.dataset, batch.id),
          .diagnostics = catalog.diagnostics_folder(batch.sandbox, batch.id),
          .spill = catalog.settings().data_dir / "spill"};
}

Status Ingestor::move(const Batch& batch, BatchStatus to) {
  return parts_.database.write([&](store::Transaction& transaction) -> Status {
    TRY([[maybe_unused]] const auto moved, parts_.catalog.move_batch(transaction, batch.sandbox, batch.id, to));
    return {};
  });
}

Status Ingestor::take(const Batch& batch, std::stop_token stop) {
  const int64_t begin_ms = to_millis(parts_.clock.now());
  const auto found = parts_.catalog.dataset(parts_.database, batch.sandbox, batch.dataset);
  if (!found) return fail(batch, found.error(), begin_ms);
  const catalog::Dataset& dataset = *found;
  crash_point("ingest.before_staging");
  TRY_DO(move(batch, BatchStatus::staging));
  crash_point("ingest.after_staging");
  const auto root = root_of(batch, dataset, stop);
  if (!root) return fail(batch, root.error(), begin_ms);
  TRY_DO(move(batch, BatchStatus::processing));
  crash_point("ingest.after_processing");
  const auto result = read(batch, dataset, **root, wants_diagnostics(batch, dataset), stop);
  if (!result) return fail(batch, result.error(), begin_ms);
  crash_point("ingest.before_commit");
  return conclude(batch, *result, begin_ms);
}

Result<std::shared_ptr<const registry::Node>> Ingestor::root_of(const Batch& batch, const catalog::Dataset& dataset, std::stop_token stop) {
  if (!dataset.schema_id().empty()) return parts_.schema_root(batch.sandbox, dataset.schema_id());
  TRY(const auto format, read_input_format(batch.doc.at("inputFormat")));
  TRY(const auto inputs, uploads_.list(batch.sandbox, batch.id));
  TRY(registry::Node root, infer_root(parts_.files, inputs, format, folders_of(batch), settings_, stop));
  TRY_DO(parts_.database.write([&](store::Transaction& transaction) { return catalog::give_column_ids(transaction, batch.sandbox, batch.dataset, root); }));
  return std::make_shared<const registry::Node>(std::move(root));
}

Result<IngestResult> Ingestor::read(const Batch& batch, const catalog::Dataset& dataset, const registry::Node& root, bool keep_rows, std::stop_token stop) {
  TRY(const auto format, read_input_format(batch.doc.at("inputFormat")));
  TRY(const auto inputs, uploads_.list(batch.sandbox, batch.id));
  return ingest(parts_.files, {.files = inputs, .format = format, .root = root, .validates = dataset.validates_rows(), .keep_rejected_rows = keep_rows}, folders_of(batch),
                settings_, stop);
}

/// All rows were read: the threshold decides whether they land.
Status Ingestor::conclude(const Batch& batch, const IngestResult& result, int64_t begin_ms) {
  TRY(const auto dataset, parts_.catalog.dataset(parts_.database, batch.sandbox, batch.dataset));
  TRY(const auto inputs, uploads_.list(batch.sandbox, batch.id));
  const bool lands = within_threshold(result.rejected, result.read, threshold_of(batch));
  const auto errors = errors_of(result, wants_diagnostics(batch, dataset));
  const catalog::BatchCounts counts = counts_of(result, lands, inputs.size(), begin_ms, to_millis(parts_.clock.now()));
  bool came_late = false;  // another batch replaced what this one was to replace
  TRY_DO(parts_.database.write([&](store::Transaction& transaction) -> Status {
    if (!lands) {
      TRY([[maybe_unused]] const auto failed, parts_.catalog.fail_batch(transaction, batch.sandbox, batch.id, errors, counts));
      return {};
    }
    TRY(const auto taken, parts_.catalog.replaced_by_another(transaction, batch));
    if (taken) {
      came_late = true;
      TRY([[maybe_unused]] const auto failed, parts_.catalog.fail_batch(transaction, batch.sandbox, batch.id, {replaced_already(*taken)},
                                                                        counts_of(result, false, inputs.size(), begin_ms, counts.end_ms)));
      return {};
    }
    catalog::BatchResult whole{.counts = counts, .errors = errors};
    for (const lake::DataFile& file : result.files) whole.files.push_back(catalog::new_file(file, result.layout, parts_.catalog.settings().data_dir));
    TRY([[maybe_unused]] const auto committed, parts_.catalog.commit_batch(transaction, batch.sandbox, batch.id, whole));
    crash_point("ingest.inside_commit");
    return {};
  }));
  crash_point("ingest.after_commit");
  const bool landed = lands && !came_late;
  metrics::count("foz_ingest_batches_total", {{"status", landed ? "success" : "failed"}});
  log::info("ingest.batch", {{"batch", batch.id}, {"read", result.read}, {"written", result.written}, {"rejected", result.rejected}, {"landed", landed}});
  return {};
}

/// A batch that cannot be read at all fails, whatever its threshold. Storage gets further chances.
Status Ingestor::fail(const Batch& batch, const Error& error, int64_t begin_ms) {
  if (error.kind == ErrorKind::cancelled) return error;
  if (error.kind == ErrorKind::unavailable && ++attempts_[{batch.sandbox, batch.id}] < kAttemptsMax) {
    TRY_DO(move(batch, BatchStatus::retrying));
    return error;
  }
  catalog::BatchError shown{.code = error.code, .description = error.message};
  if (error.kind != ErrorKind::invalid && error.kind != ErrorKind::not_found) {
    log::error("ingest.batch_failed", {{"batch", batch.id}, {"error", error}});
    shown = {.code = "INGEST-1100-500", .description = "The batch could not be ingested because of an internal failure."};
  }
  if (shown.code.empty()) shown.code = "INGEST-1401-400";
  metrics::count("foz_ingest_batches_total", {{"status", "failed"}});
  return parts_.database.write([&](store::Transaction& transaction) -> Status {
    TRY([[maybe_unused]] const auto failed,
        parts_.catalog.fail_batch(transaction, batch.sandbox, batch.id, {shown}, {.start_ms = begin_ms, .end_ms = to_millis(parts_.clock.now())}));
    return {};
  });
}

Result<std::vector<registry::DerivedColumn>> Ingestor::columns_of(const std::filesystem::path& file, const Json& input_format, std::string_view name) const {
  TRY(const auto format, read_input_format(input_format));
  const std::filesystem::path folder = parts_.catalog.settings().data_dir / "spill" / ("columns-" + std::string(name));
  const IngestFolders folders{.uploads = folder / "files", .data = folder / "data", .diagnostics = folder / "diagnostics", .spill = folder / "spill"};
  TRY_DO(parts_.files.make_folder(folders.uploads));
  Result<std::vector<registry::DerivedColumn>> columns = Error{.kind = ErrorKind::internal, .message = "nothing was read"};
  if (const Status moved = parts_.files.publish(file, folders.uploads / "file"); !moved) columns = moved.error();
  else columns = file_columns(parts_.files, folders.uploads / "file", format, folders, settings_);
  TRY_DO(parts_.files.remove_tree(folder));
  return columns;
}

Result<Json> Ingestor::preview(const Batch& batch, const Json& input_format, size_t rows_max) const {
  TRY(const auto format, read_input_format(input_format));
  TRY(const auto inputs, uploads_.list(batch.sandbox, batch.id));
  IngestFolders folders = folders_of(batch);
  folders.spill /= "preview-" + batch.sandbox + "-" + batch.id + "-" + std::to_string(previews_.fetch_add(1));
  const auto shown = preview_upload(parts_.files, inputs, format, rows_max, folders, settings_);
  TRY_DO(parts_.files.remove_tree(folders.spill));
  return shown;
}

Status Ingestor::check_format(std::string_view sandbox, const catalog::Dataset& dataset, const Json& input_format) const {
  TRY(const auto format, read_input_format(input_format));
  if (format.form != InputForm::csv || dataset.schema_id().empty()) return {};
  TRY(const auto root, parts_.schema_root(sandbox, dataset.schema_id()));
  if (is_flat(*root)) return {};
  return Error{.kind = ErrorKind::invalid, .message = "Rows of CSV need a flat schema: this one is nested deeper than one object of scalars", .where = "/inputFormat/format"};
}

}  // namespace foz::schedule
