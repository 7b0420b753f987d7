#pragma once
// Completed batches, taken one after the other: staged, read, committed or failed. What a crash interrupts begins anew.
// Follows: Ingestion and access contract, 1 and 9; Catalog contract, 4.2.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "lake/file_io.h"
#include "registry/columns.h"
#include "registry/csv_schema.h"
#include "schedule/ingest/ingest.h"
#include "schedule/ingest/uploads.h"
#include "store/database.h"

namespace foz::schedule {

/// The columns of a schema, by its id. Errors: not_found, those of composition.
using SchemaRoot = std::function<Result<std::shared_ptr<const registry::Node>>(std::string_view sandbox, std::string_view schema_id)>;

struct IngestorParts {
  store::Database& database;
  lake::FileIo& files;
  const catalog::Catalog& catalog;
  SchemaRoot schema_root;
  const Clock& clock;
};

/// Thread-safe.
class Ingestor {
 public:
  Ingestor(IngestorParts parts, IngestSettings settings);
  /// Stops at once.
  ~Ingestor();

  /// Takes what waits, now and whenever `wake` is called.
  void start();
  void stop();
  void wake();

  /// Takes everything that waits on the calling thread. Errors: unavailable (database).
  Status work_off(std::stop_token stop = {});

  const Uploads& uploads() const { return uploads_; }
  lake::FileIo& files() const { return parts_.files; }
  /// May a batch of this format go into a schema? Errors: invalid (the format, or a table for a nested schema).
  Status check_format(std::string_view sandbox, const catalog::Dataset& dataset, const Json& input_format) const;
  /// The columns of a file that belongs to no batch: its header and first rows where it is CSV, all of its records otherwise.
  /// The file is gone afterwards. Errors: invalid (the format, a file that cannot be read, one without records).
  Result<std::vector<registry::DerivedColumn>> columns_of(const std::filesystem::path& file, const Json& input_format, std::string_view name) const;
  /// The first rows of what was uploaded (preview.h). Errors: not_found, invalid (the format).
  Result<Json> preview(const catalog::Batch& batch, const Json& input_format, size_t rows_max) const;

 private:
  void drop_cut_off_bodies();
  void loop(std::stop_token stop);
  Status take(const catalog::Batch& batch, std::stop_token stop);
  Result<IngestResult> read(const catalog::Batch& batch, const catalog::Dataset& dataset, const registry::Node& root, bool keep_rows, std::stop_token stop);
  Result<std::shared_ptr<const registry::Node>> root_of(const catalog::Batch& batch, const catalog::Dataset& dataset, std::stop_token stop);
  Status move(const catalog::Batch& batch, catalog::BatchStatus to);
  Status conclude(const catalog::Batch& batch, const IngestResult& result, int64_t begin_ms);
  Status fail(const catalog::Batch& batch, const Error& error, int64_t begin_ms);
  IngestFolders folders_of(const catalog::Batch& batch) const;

  const IngestorParts parts_;
  const IngestSettings settings_;
  const Uploads uploads_;
  std::map<std::pair<std::string, std::string>, int> attempts_;  ///< by sandbox and batch, of those that storage failed
  mutable std::atomic<uint64_t> previews_ = 0;                   ///< so far; each has a folder of its own

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::jthread thread_;
};

/// Follows: Ingestion and access contract, 9: the errors of a batch with rejected rows.
std::vector<catalog::BatchError> errors_of(const IngestResult& result, bool with_diagnostics);

}  // namespace foz::schedule
