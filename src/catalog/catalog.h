#pragma once
// The catalog of a sandbox: data sets, their batches and files. Follows: Catalog contract.
//
// Reads take the database or a transaction. Writes take a transaction, so that a run commits batch, files and its own
// state in one step; what must be asked of the registry is asked before it (Schemas). Thread-safe.

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "catalog/batch.h"
#include "catalog/dataset.h"
#include "catalog/dataset_file.h"
#include "catalog/listing.h"
#include "store/database.h"

namespace foz::catalog {

struct CatalogSettings {
  std::filesystem::path data_dir;
  std::string org_id;
  bool accept_unknown_schema = false;               ///< `catalog.unknownSchema` = accept
  std::chrono::hours loading_max{48};               ///< `ingest.loadingHours`: then a batch is abandoned
  std::chrono::hours diagnostics_max{30 * 24};      ///< `ingest.diagnosticsDays`
  std::chrono::minutes purge_delay{15};             ///< readers of a reverted batch get this long to finish
};

/// Who asks, and where.
struct Scope {
  std::string sandbox;  ///< id
  std::string client, user;
};

/// Schemas that a write needs to know about, asked for before it; by the id that the data set names.
/// Errors of a schema stay with it.
using Schemas = std::map<std::string, Result<SchemaFacts>, std::less<>>;

/// Asks for one schema, union included, by any id the registry takes.
/// Errors: not_found; invalid (the media type).
using SchemaLookup = std::function<Result<SchemaFacts>(std::string_view sandbox, const SchemaRef& ref)>;

/// What a write demands of what is there.
struct Precondition {
  std::optional<std::string> if_match = {};  ///< a version
  bool must_be_new = false;                  ///< `If-None-Match: *`
};

class Catalog {
 public:
  /// `schemas` is the registry's (schema_lookup.h).
  Catalog(SchemaLookup schemas, const Clock& clock, Random& random, CatalogSettings settings);

  const CatalogSettings& settings() const { return settings_; }

  // --- Data sets -------------------------------------------------------------------------------------------------

  /// Errors: not_found.
  Result<Dataset> dataset(store::Reader& reader, std::string_view sandbox, std::string_view id) const;
  /// By the name that queries use. Errors: not_found.
  Result<Dataset> dataset_of_table(store::Reader& reader, std::string_view sandbox, std::string_view table_name) const;
  Result<Dataset> dataset_of_view(store::Reader& reader, std::string_view sandbox, std::string_view view_id) const;
  /// All of a sandbox, oldest first.
  Result<std::vector<Dataset>> datasets(store::Reader& reader, std::string_view sandbox) const;

  /// Asks the registry about the schemas that the documents name.
  Schemas schemas_of(std::string_view sandbox, const std::vector<Json>& documents) const;
  /// The same for what `edit` would make of a data set; for change_dataset. Errors: not_found, those of `edit`.
  using Edit = std::function<Result<Json>(const Json& shown)>;
  Result<Schemas> schemas_of_change(store::Reader& reader, std::string_view sandbox, std::string_view id, const Edit& edit) const;

  /// Errors: invalid (a member, the schema), conflict (the table name it asks for is taken).
  Result<Dataset> create_dataset(store::Transaction& transaction, const Scope& scope, const Json& body, const Schemas& schemas) const;
  /// Replaces what clients own of it by what `edit` makes of the shown object.
  /// Errors: not_found; conflict with code "412" (precondition); those of `edit` and of create_dataset;
  /// invalid when the schema changes after a batch succeeded; conflict when its schema is not among `schemas`.
  Result<Dataset> change_dataset(store::Transaction& transaction, const Scope& scope, std::string_view id, const Edit& edit,
                                 const Precondition& precondition, const Schemas& schemas) const;
  /// Data set, view and files go; its batches become `deleted`. False when there was none.
  Result<bool> delete_dataset(store::Transaction& transaction, const Scope& scope, std::string_view id,
                              const Precondition& precondition = {}) const;

  Result<Json> list_datasets(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const;
  Result<Json> list_views(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const;
  Result<Json> list_last_batches(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const;

  // --- Batches ---------------------------------------------------------------------------------------------------

  /// Errors: not_found.
  Result<Batch> batch(store::Reader& reader, std::string_view sandbox, std::string_view id) const;

  /// Errors: not_found (the data set), invalid (predecessors that cannot be replaced), conflict (the id is taken, or was and
  /// its files still wait for their removal).
  Result<Batch> open_batch(store::Transaction& transaction, const Scope& scope, const NewBatch& wanted) const;
  /// Everything is uploaded: a loading batch becomes `loaded`, for the engine to take. Nothing changes when it was completed
  /// before. Errors: not_found, invalid (it was aborted, failed or reverted, or ended once whatever it says now).
  Result<Batch> complete_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const;
  /// The client gives up: a loading batch fails with INGEST-FAIL. Errors: not_found, invalid (it is not loading).
  Result<Batch> give_up_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const;
  /// Batches of all sandboxes that were completed and are not finished, oldest first.
  Result<std::vector<Batch>> batches_to_ingest(store::Reader& reader) const;
  /// Moves an unfinished batch on: loaded, staging, processing ... Errors: not_found, invalid (it is finished).
  Result<Batch> move_batch(store::Transaction& transaction, std::string_view sandbox, std::string_view id, BatchStatus to) const;
  /// Success: batch, files, statistics of the data set, `lastBatch*` and observableSchema appear in one step; the batches
  /// it replaces become inactive in the same one.
  /// Errors: not_found (batch, or its data set was deleted), invalid (it is finished already), internal (counts that do not add up).
  Result<Batch> commit_batch(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const BatchResult& result) const;
  /// The first of the batches it is to replace that another one replaced meanwhile: both would show the same rows.
  Result<std::optional<std::string>> replaced_by_another(store::Reader& reader, const Batch& batch) const;
  /// Failure: nothing of it is visible. Errors: not_found, invalid (it is finished already).
  Result<Batch> fail_batch(store::Transaction& transaction, std::string_view sandbox, std::string_view id,
                           const std::vector<BatchError>& errors, const BatchCounts& counts) const;
  /// From loading only: its uploads go. Errors: not_found, invalid.
  Result<Batch> abort_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const;
  /// A successful batch becomes inactive: its rows are invisible at once. Errors: not_found, invalid.
  Result<Batch> revert_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const;
  /// As revert, whatever its status, and `deleted`. False when there was none. Errors: invalid (the engine works on it).
  Result<bool> delete_batch(store::Transaction& transaction, const Scope& scope, std::string_view id,
                            const Precondition& precondition = {}) const;
  /// Errors: not_found, invalid; conflict with code "412" (precondition).
  Result<Batch> change_batch(store::Transaction& transaction, const Scope& scope, std::string_view id, const Edit& edit,
                             const Precondition& precondition) const;

  Result<Json> list_batches(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const;
  /// Distinct values of a member of the batches that `listing` keeps.
  Result<Json> unique_values(store::Reader& reader, std::string_view sandbox, const Listing& listing, std::string_view field,
                             const Outside& outside) const;

  // --- Files -----------------------------------------------------------------------------------------------------

  /// What readers of a data set see, oldest first.
  Result<std::vector<DatasetFile>> files_of(store::Reader& reader, std::string_view sandbox, std::string_view dataset) const;
  /// The parts of a batch, by name; none when it is not successful.
  Result<std::vector<DatasetFile>> files_of_batch(store::Reader& reader, std::string_view sandbox, std::string_view batch) const;
  Result<Json> list_files(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const;

  /// Distinct values of a tag: {"dataSets": [...], "batches": [...]}. Errors: not_found.
  Result<Json> tag_values(store::Reader& reader, std::string_view sandbox, std::string_view tag) const;

  // --- Upkeep (Janitor) ------------------------------------------------------------------------------------------

  /// The files of an inactive batch are gone.
  Status mark_deleted(store::Transaction& transaction, std::string_view sandbox, std::string_view id) const;
  /// Batches that load for too long become abandoned, in all sandboxes. Returns how many.
  Result<int64_t> abandon_batches(store::Transaction& transaction) const;

  /// Batches of data sets with `rowExpiration` whose rows are all too old become inactive, in all sandboxes: a time series
  /// goes by its newest `timestamp`, other rows by when they landed. Returns how many.
  Result<int64_t> expire_rows(store::Transaction& transaction) const;

  /// Plans the removal of all that a sandbox has on disk; its rows are the caller's to remove, in the same transaction.
  Status discard_sandbox(store::Transaction& transaction, std::string_view sandbox) const;
  /// True when removals of the sandbox's files are still to be done.
  Result<bool> has_leftovers(store::Reader& reader, std::string_view sandbox) const;

  // --- Where things lie, absolute --------------------------------------------------------------------------------

  /// Parquet parts of a batch.
  std::filesystem::path batch_folder(std::string_view sandbox, std::string_view dataset, std::string_view batch) const;
  /// `row_errors/`, `input_files/`, `failed/` and `row_errors_sample.json` of a batch.
  std::filesystem::path diagnostics_folder(std::string_view sandbox, std::string_view batch) const;
  /// What was uploaded for a batch.
  std::filesystem::path upload_folder(std::string_view sandbox, std::string_view batch) const;

 private:
  /// Stores a changed batch with the next version, and its status where the data set shows it.
  Status save(store::Transaction& transaction, Batch& batch, std::string_view user) const;
  /// Takes the rows of a successful batch out of sight.
  Status hide(store::Transaction& transaction, Batch& batch, std::string_view user) const;
  Result<int64_t> expire_batches(store::Transaction& transaction, const Dataset& target, Instant cutoff) const;
  Status discard_uploads(store::Transaction& transaction, const Batch& batch) const;
  Status limit_diagnostics(store::Transaction& transaction, const Batch& batch) const;
  Result<std::vector<std::string>> predecessors(store::Reader& reader, const NewBatch& wanted, std::string_view sandbox) const;
  Status replace_predecessors(store::Transaction& transaction, const Batch& batch) const;
  int64_t purge_time() const;

  const SchemaLookup schemas_;
  const Clock& clock_;
  Random& random_;
  const CatalogSettings settings_;
};

}  // namespace foz::catalog
