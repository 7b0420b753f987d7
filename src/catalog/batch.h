#pragma once
// Batches: one arrival of rows in a data set, and what became of it. Follows: Catalog contract, 4.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "catalog/dataset_file.h"

namespace foz::catalog {

/// Follows: Catalog contract, 4.2. Foz makes loading, loaded, staging, processing, success, failed, aborted, abandoned,
/// inactive and deleted.
enum class BatchStatus : uint8_t {
  loading, loaded, queued, staging, staged, processing, retrying, stalled,
  success, failed, aborted, abandoned, inactive, deleted, archived, retained,
};

std::string_view name_of(BatchStatus status);
/// Reads `active` as success and `failure` as failed. Nothing when no status is called so.
std::optional<BatchStatus> status_named(std::string_view name);
/// Nothing more will happen to it by itself.
bool is_final(BatchStatus status);
/// Complete was called: the engine is at work on it.
bool engine_works(BatchStatus status);

struct Batch {
  std::string sandbox;
  std::string id;       ///< 26 characters, a ULID; older forms are taken as they are
  std::string version;  ///< "1.0.3"; also its etag
  int64_t created_ms = 0, updated_ms = 0;
  std::optional<int64_t> started_ms, completed_ms;
  std::string dataset;  ///< empty: metadata without a data set
  BatchStatus status = BatchStatus::loading;
  std::string external_id;
  Json doc;  ///< tags, inputFormat, errors, metrics, recordCount ..., who made and changed it

  /// The tag's values; a bare number or boolean counts as one.
  std::vector<std::string> tag(std::string_view name) const;
};

/// A batch to be made.
struct NewBatch {
  std::string dataset;              ///< id; empty: metadata without a data set
  std::string id = {};              ///< empty: a new one
  BatchStatus status = BatchStatus::loading;
  std::string external_id = {};     ///< empty: as the id
  Json tags = Json::object();
  Json input_format = nullptr;      ///< null: the data set's own
  Json replay = Json::object();     ///< {"predecessors": [ids], "reason"}: they become inactive when this one succeeds
  Json extra = Json::object();      ///< members that a client may set (metrics, errors, availableDates, recordCount)
};

/// The batch of a run: at work from the start, tagged with flow and run.
NewBatch run_batch(const DatasetId& dataset, const FlowId& flow, const RunId& run);

/// One kind of mistake in the rows of a batch. Follows: Ingestion contract, 9.
struct BatchError {
  std::string code, description;
  std::vector<std::string> rows = {};
  std::optional<int64_t> record_count = {};
};

Json to_json(const std::vector<BatchError>& errors);

/// What a batch took and gave.
struct BatchCounts {
  int64_t input_bytes = 0, input_files = 0;
  int64_t records_read = 0, records_written = 0, records_failed = 0, records_skipped = 0;
  int64_t output_bytes = 0, output_files = 0;
  int64_t start_ms = 0, end_ms = 0;
  Json more = Json::object();  ///< further metrics, by their names
};

/// `metrics` of a batch: {"inputByteSize", ..., "recordsWritten"}.
Json to_json(const BatchCounts& counts);

/// What a successful batch is to show. `read = written + failed + skipped` must hold.
struct BatchResult {
  std::vector<NewFile> files;
  BatchCounts counts;
  std::vector<BatchError> errors = {};
};

/// What a batch looks like from outside.
struct Outside {
  std::string org_id;
  std::string public_url = {};  ///< "https://foz.example", for absolute links
};

/// The object behind the id. Follows: Catalog contract, 4.1.
Json shown(const Batch& batch, const Outside& outside);

/// `body` of a create (Catalog, or Batch Ingestion: the forms are one) as a batch to be made; `id` from the path, if any.
/// Errors: invalid (a member of the wrong type, an unknown status).
Result<NewBatch> read_new_batch(const Json& body, std::string_view id);

/// `batch` after a client's change: members that clients own come from `wanted` (as `shown` gave and a patch changed it).
/// A status is taken by the rules of Catalog 4.3. Errors: invalid.
Result<Batch> changed_batch(const Batch& batch, const Json& wanted);

/// "1.0.3" -> "1.0.4".
std::string next_version(std::string_view version);
/// The id at the end of `@/dataSets/{id}`, `/batches/{id}` or a bare id; what stands behind the id is dropped.
std::string id_of_reference(std::string_view reference);

}  // namespace foz::catalog
