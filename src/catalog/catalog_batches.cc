// Batches of the catalog. Follows: Catalog contract, 4; Ingestion contract, 4-5.
#include <algorithm>
#include <set>

#include "base/crash_point.h"
#include "base/id.h"
#include "catalog/batch_store.h"
#include "catalog/catalog.h"
#include "catalog/preconditions.h"
#include "catalog/pushdown.h"

namespace foz::catalog {
namespace {

Error wrong_state(const Batch& batch, std::string_view what) {
  return Error{.kind = ErrorKind::invalid, .message = "Batch " + batch.id + " is " + std::string(name_of(batch.status)) + ": " + std::string(what)};
}

Error bad_replay(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message), .where = "/replay"}; }

/// Marks a batch whose uploads the engine is to read; a batch that only says `loaded` is metadata.
constexpr const char* kToIngest = "toIngest";

/// Ids become names of folders.
bool is_batch_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) { return isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; });
}

/// A batch of that id that went with its sandbox's content may have files that wait for their removal.
Status check_unused(store::Reader& reader, std::string_view sandbox, std::string_view id) {
  const std::string folder = "/" + std::string(sandbox) + "/" + std::string(id);
  TRY(const auto planned, reader.first("SELECT 1 FROM purges WHERE path IN (?, ?)", {"uploads" + folder, "diagnostics" + folder}));
  if (!planned) return {};
  return Error{.kind = ErrorKind::conflict, .message = "the files of an earlier batch " + std::string(id) + " are not removed yet: try again later, or with another id"};
}

Json new_batch_doc(const NewBatch& wanted, const Scope& scope, const std::string& format) {
  Json doc = wanted.extra;
  doc["createdClient"] = scope.client;
  doc["createdUser"] = scope.user;
  doc["updatedUser"] = scope.user;
  doc["tags"] = wanted.tags;
  doc["replay"] = wanted.replay;
  doc["inputFormat"] = wanted.input_format.is_null() ? Json{{"format", format}} : wanted.input_format;
  return doc;
}

/// What a finished batch says of itself.
void describe(Batch& batch, const std::vector<BatchError>& errors, const BatchCounts& counts) {
  batch.doc["errors"] = to_json(errors);
  batch.doc["metrics"] = to_json(counts);
  batch.doc["recordCount"] = counts.records_written;
  batch.doc["failedRecordCount"] = counts.records_failed;
  batch.doc["size"] = counts.input_bytes;
}

Status check_counts(const Batch& batch, const BatchResult& result) {
  int64_t in_files = 0;
  for (const NewFile& file : result.files) in_files += file.records;
  const BatchCounts& counts = result.counts;
  const bool whole = counts.records_read == counts.records_written + counts.records_failed + counts.records_skipped;
  if (whole && in_files == counts.records_written) return {};
  return Error{.kind = ErrorKind::internal,
               .message = "batch " + batch.id + " does not add up: " + std::to_string(counts.records_read) + " read, " +
                          std::to_string(counts.records_written) + " written, " + std::to_string(counts.records_failed) + " failed, " +
                          std::to_string(counts.records_skipped) + " skipped, " + std::to_string(in_files) + " in files"};
}

/// `have` with everything that `more` has observed.
Json merged_schemas(Json have, const Json& more) {
  if (!have.is_object() || !more.is_object()) return more;
  for (const auto& [name, value] : more.items()) {
    have[name] = have.contains(name) && value.is_object() ? merged_schemas(have[name], value) : value;
  }
  return have;
}

Status note_last_status(store::Transaction& transaction, const Batch& batch) {
  TRY([[maybe_unused]] const auto rows,
      transaction.exec("UPDATE datasets SET last_status = ? WHERE sandbox = ? AND id = ? AND last_batch = ?",
                       {std::string(name_of(batch.status)), batch.sandbox, batch.dataset, batch.id}));
  if (batch.status != BatchStatus::success && batch.status != BatchStatus::failed) return {};
  const std::string column = batch.status == BatchStatus::success ? "last_success" : "last_failure";
  TRY([[maybe_unused]] const auto last, transaction.exec("UPDATE datasets SET " + column + " = ? WHERE sandbox = ? AND id = ?",
                                                         {batch.id, batch.sandbox, batch.dataset}));
  return {};
}

}  // namespace

int64_t Catalog::purge_time() const { return to_millis(clock_.now() + settings_.purge_delay); }

Result<Batch> Catalog::batch(store::Reader& reader, std::string_view sandbox, std::string_view id) const { return find_batch(reader, sandbox, id); }

Status Catalog::save(store::Transaction& transaction, Batch& batch, std::string_view user) const {
  const std::string expected = batch.version;
  batch.version = next_version(expected);
  batch.updated_ms = to_millis(clock_.now());
  if (!user.empty()) batch.doc["updatedUser"] = user;
  const bool at_work = engine_works(batch.status) && batch.status != BatchStatus::loaded && batch.status != BatchStatus::queued;
  if (at_work && !batch.started_ms) batch.started_ms = batch.updated_ms;
  if (is_final(batch.status) && !batch.completed_ms) batch.completed_ms = batch.updated_ms;
  TRY_DO(update_batch(transaction, batch, expected));
  return note_last_status(transaction, batch);
}

Result<std::vector<std::string>> Catalog::predecessors(store::Reader& reader, const NewBatch& wanted, std::string_view sandbox) const {
  std::vector<std::string> ids = texts_of(wanted.replay, "predecessors");
  for (const std::string& external_id : texts_of(wanted.replay, "predecessorsByExternalId")) {
    const Where where{.condition = "dataset = ? AND external_id = ?", .parameters = {wanted.dataset, external_id}, .order = "created_ms DESC, id DESC"};
    std::string id;
    TRY_DO(each_batch(reader, sandbox, where, [&](const Batch& batch) {
      if (batch.status == BatchStatus::success) id = batch.id;
      return id.empty();
    }));
    if (id.empty()) return bad_replay("no successful batch of the data set has the external id " + external_id);
    ids.push_back(id);
  }
  for (const std::string& id : ids) {
    const auto batch = find_batch(reader, sandbox, id);
    if (!batch && batch.error().kind != ErrorKind::not_found) return batch.error();
    if (!batch || batch->dataset != wanted.dataset) return bad_replay("the data set has no batch " + id + " to replace");
    if (batch->status != BatchStatus::success) return bad_replay("batch " + id + " is " + std::string(name_of(batch->status)) + ": only a successful one can be replaced");
  }
  return ids;
}

Result<Batch> Catalog::open_batch(store::Transaction& transaction, const Scope& scope, const NewBatch& wanted) const {
  if (!wanted.id.empty() && !is_batch_id(wanted.id)) {
    return Error{.kind = ErrorKind::invalid, .message = "a batch id has 1 to 64 letters, digits, - or _"};
  }
  if (!wanted.id.empty()) TRY_DO(check_unused(transaction, scope.sandbox, wanted.id));
  std::string format = "parquet";
  if (!wanted.dataset.empty()) {
    TRY(const Dataset target, dataset(transaction, scope.sandbox, wanted.dataset));
    format = target.format();
  }
  const int64_t now = to_millis(clock_.now());
  Batch batch{.sandbox = scope.sandbox,
              .id = wanted.id.empty() ? new_ulid(random_, clock_.now()) : wanted.id,
              .version = "1.0.0",
              .created_ms = now,
              .updated_ms = now,
              .dataset = wanted.dataset,
              .status = wanted.status,
              .doc = new_batch_doc(wanted, scope, format)};
  batch.external_id = wanted.external_id.empty() ? batch.id : wanted.external_id;
  if (engine_works(batch.status)) batch.started_ms = now;
  TRY(const auto replaced, predecessors(transaction, wanted, scope.sandbox));
  if (!replaced.empty()) batch.doc["replaces"] = replaced;
  TRY_DO(insert_batch(transaction, batch));
  TRY([[maybe_unused]] const auto rows, transaction.exec("UPDATE datasets SET last_batch = ?, last_status = ? WHERE sandbox = ? AND id = ?",
                                                         {batch.id, std::string(name_of(batch.status)), batch.sandbox, batch.dataset}));
  return batch;
}

Result<Batch> Catalog::move_batch(store::Transaction& transaction, std::string_view sandbox, std::string_view id, BatchStatus to) const {
  TRY(Batch batch, find_batch(transaction, sandbox, id));
  if (is_final(batch.status) || is_final(to)) return wrong_state(batch, "it cannot become " + std::string(name_of(to)));
  batch.status = to;
  TRY_DO(save(transaction, batch, ""));
  return batch;
}

Result<Batch> Catalog::commit_batch(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const BatchResult& result) const {
  TRY(Batch batch, find_batch(transaction, sandbox, id));
  TRY(const Dataset target, dataset(transaction, sandbox, batch.dataset));
  if (is_final(batch.status)) return wrong_state(batch, "it cannot succeed any more");
  TRY_DO(check_counts(batch, result));
  StateChange change{.files_changed = !result.files.empty()};
  Json observed = target.state.observed;
  const int64_t now = to_millis(clock_.now());
  for (const NewFile& file : result.files) {
    TRY_DO(insert_file(transaction, batch, file, now));
    change.records += file.records;
    change.bytes += file.bytes;
    observed = merged_schemas(std::move(observed), observable_schema(file.layout, file.statistics));
  }
  if (observed != target.state.observed) change.observed = std::move(observed);
  TRY_DO(change_state(transaction, sandbox, batch.dataset, change));
  describe(batch, result.errors, result.counts);
  batch.status = BatchStatus::success;
  TRY_DO(save(transaction, batch, ""));
  TRY_DO(replace_predecessors(transaction, batch));
  TRY_DO(limit_diagnostics(transaction, batch));
  return batch;
}

Result<std::optional<std::string>> Catalog::replaced_by_another(store::Reader& reader, const Batch& batch) const {
  for (const std::string& id : texts_of(batch.doc, "replaces")) {
    TRY(const Batch old, find_batch(reader, batch.sandbox, id));
    for (const std::string& successor : old.tag("acp_successor")) {
      const auto other = find_batch(reader, batch.sandbox, successor);
      if (!other && other.error().kind != ErrorKind::not_found) return other.error();
      if (other && other->id != batch.id && other->status == BatchStatus::success) return std::optional(id);
    }
  }
  return std::optional<std::string>();
}

Status Catalog::replace_predecessors(store::Transaction& transaction, const Batch& batch) const {
  for (const std::string& id : texts_of(batch.doc, "replaces")) {
    TRY(Batch old, find_batch(transaction, batch.sandbox, id));
    if (old.status != BatchStatus::success) continue;  // reverted meanwhile: nothing of it shows
    old.doc["tags"]["acp_successor"] = {batch.id};
    TRY_DO(hide(transaction, old, ""));
  }
  return {};
}

Result<Batch> Catalog::fail_batch(store::Transaction& transaction, std::string_view sandbox, std::string_view id,
                                  const std::vector<BatchError>& errors, const BatchCounts& counts) const {
  TRY(Batch batch, find_batch(transaction, sandbox, id));
  if (is_final(batch.status)) return wrong_state(batch, "it cannot fail any more");
  describe(batch, errors, counts);
  batch.status = BatchStatus::failed;
  TRY_DO(save(transaction, batch, ""));
  TRY_DO(limit_diagnostics(transaction, batch));
  if (batch.dataset.empty()) return batch;
  // Whatever a worker left there is seen by nobody.
  TRY_DO(plan_purge(transaction, {.path = "tables/" + batch.sandbox + "/" + batch.dataset + "/" + batch.id, .sandbox = batch.sandbox, .after_ms = purge_time()}));
  return batch;
}

Result<Batch> Catalog::complete_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const {
  TRY(Batch batch, find_batch(transaction, scope.sandbox, id));
  if (engine_works(batch.status) || batch.status == BatchStatus::success) return batch;
  if (batch.status != BatchStatus::loading) return wrong_state(batch, "it cannot be completed any more");
  if (batch.completed_ms) return wrong_state(batch, "but it ended once, and its files go with that: make a new batch");
  batch.status = BatchStatus::loaded;
  batch.doc[kToIngest] = true;
  TRY_DO(save(transaction, batch, scope.user));
  return batch;
}

Result<Batch> Catalog::give_up_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const {
  TRY(const Batch batch, find_batch(transaction, scope.sandbox, id));
  if (batch.status != BatchStatus::loading) return wrong_state(batch, "only a batch that is loading can be given up");
  return fail_batch(transaction, scope.sandbox, id, {{.code = "INGEST-FAIL", .description = "The client marked the batch as failed."}}, {});
}

Result<std::vector<Batch>> Catalog::batches_to_ingest(store::Reader& reader) const {
  std::vector<Batch> waiting;
  TRY(const auto rows, reader.query("SELECT sandbox, id FROM batches WHERE status IN ('loaded', 'queued', 'staging', 'staged', 'processing', 'retrying', 'stalled') ORDER BY created_ms, id"));
  for (const store::Row& row : rows) {
    TRY(Batch batch, find_batch(reader, row.text(0), row.text(1)));
    if (batch.doc.contains(kToIngest)) waiting.push_back(std::move(batch));
  }
  return waiting;
}

Status Catalog::discard_uploads(store::Transaction& transaction, const Batch& batch) const {
  return plan_purge(transaction, {.path = "uploads/" + batch.sandbox + "/" + batch.id, .sandbox = batch.sandbox, .after_ms = to_millis(clock_.now())});
}

Status Catalog::limit_diagnostics(store::Transaction& transaction, const Batch& batch) const {
  const int64_t after = to_millis(clock_.now() + settings_.diagnostics_max);
  TRY_DO(plan_purge(transaction, {.path = "diagnostics/" + batch.sandbox + "/" + batch.id, .sandbox = batch.sandbox, .after_ms = after}));
  // A failed batch shows its input as long as its diagnostics.
  if (batch.status == BatchStatus::success) return discard_uploads(transaction, batch);
  return plan_purge(transaction, {.path = "uploads/" + batch.sandbox + "/" + batch.id, .sandbox = batch.sandbox, .after_ms = after});
}

Result<Batch> Catalog::abort_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const {
  TRY(Batch batch, find_batch(transaction, scope.sandbox, id));
  if (batch.status == BatchStatus::aborted) return batch;
  if (batch.status != BatchStatus::loading) return wrong_state(batch, "only a batch that is loading can be aborted");
  batch.status = BatchStatus::aborted;
  TRY_DO(save(transaction, batch, scope.user));
  TRY_DO(discard_uploads(transaction, batch));
  return batch;
}

Status Catalog::hide(store::Transaction& transaction, Batch& batch, std::string_view user) const {
  batch.status = BatchStatus::inactive;
  TRY_DO(save(transaction, batch, user));
  TRY(const FileTotals gone, remove_files(transaction, batch.sandbox, batch.id));
  TRY_DO(change_state(transaction, batch.sandbox, batch.dataset, {.records = -gone.records, .bytes = -gone.bytes, .files_changed = gone.files > 0}));
  TRY([[maybe_unused]] const auto rows,
      transaction.exec("UPDATE datasets SET last_success = coalesce((SELECT b.id FROM batches b WHERE b.sandbox = datasets.sandbox AND "
                       "b.dataset = datasets.id AND b.status = 'success' ORDER BY b.completed_ms DESC, b.id DESC LIMIT 1), '') "
                       "WHERE sandbox = ? AND id = ? AND last_success = ?",
                       {batch.sandbox, batch.dataset, batch.id}));
  return plan_purge(transaction, {.path = "tables/" + batch.sandbox + "/" + batch.dataset + "/" + batch.id, .sandbox = batch.sandbox, .batch = batch.id,
                                  .after_ms = purge_time()});
}

Result<Batch> Catalog::revert_batch(store::Transaction& transaction, const Scope& scope, std::string_view id) const {
  TRY(Batch batch, find_batch(transaction, scope.sandbox, id));
  if (batch.status == BatchStatus::inactive || batch.status == BatchStatus::deleted) return batch;
  if (batch.status == BatchStatus::loading) return wrong_state(batch, "nothing of it is visible yet, so abort it instead");
  if (batch.status != BatchStatus::success) return wrong_state(batch, "only a successful batch can be reverted");
  TRY_DO(hide(transaction, batch, scope.user));
  return batch;
}

Result<bool> Catalog::delete_batch(store::Transaction& transaction, const Scope& scope, std::string_view id, const Precondition& precondition) const {
  auto found = find_batch(transaction, scope.sandbox, id);
  if (!found && found.error().kind == ErrorKind::not_found) return false;
  if (!found) return found.error();
  Batch& batch = *found;
  TRY_DO(check(precondition, batch.version));
  if (batch.status == BatchStatus::deleted) return true;
  if (engine_works(batch.status)) return wrong_state(batch, "wait until it has ended");
  if (batch.status == BatchStatus::success) TRY_DO(hide(transaction, batch, scope.user));
  batch.status = BatchStatus::deleted;
  TRY_DO(save(transaction, batch, scope.user));
  TRY_DO(discard_uploads(transaction, batch));
  return true;
}

Result<Batch> Catalog::change_batch(store::Transaction& transaction, const Scope& scope, std::string_view id, const Edit& edit,
                                    const Precondition& precondition) const {
  TRY(const Batch current, find_batch(transaction, scope.sandbox, id));
  TRY_DO(check(precondition, current.version));
  TRY(const Json wanted, edit(shown(current, {.org_id = settings_.org_id})));
  TRY(Batch changed, changed_batch(current, wanted));
  const bool reverts = current.status == BatchStatus::success && (changed.status == BatchStatus::inactive || changed.status == BatchStatus::deleted);
  if (reverts) TRY_DO(hide(transaction, changed, scope.user));
  else TRY_DO(save(transaction, changed, scope.user));
  return changed;
}

Status Catalog::mark_deleted(store::Transaction& transaction, std::string_view sandbox, std::string_view id) const {
  auto batch = find_batch(transaction, sandbox, id);
  if (!batch && batch.error().kind == ErrorKind::not_found) return {};
  if (!batch) return batch.error();
  if (batch->status != BatchStatus::inactive) return {};
  batch->status = BatchStatus::deleted;
  return save(transaction, *batch, "");
}

Result<int64_t> Catalog::abandon_batches(store::Transaction& transaction) const {
  TRY(const auto rows, transaction.query("SELECT sandbox, id FROM batches WHERE status = 'loading' AND created_ms < ?",
                                         {to_millis(clock_.now() - settings_.loading_max)}));
  for (const store::Row& row : rows) {
    TRY(Batch batch, find_batch(transaction, row.text(0), row.text(1)));
    batch.status = BatchStatus::abandoned;
    TRY_DO(save(transaction, batch, ""));
    TRY_DO(discard_uploads(transaction, batch));
  }
  return static_cast<int64_t>(rows.size());
}

Result<Json> Catalog::list_batches(store::Reader& reader, std::string_view sandbox, const Listing& listing, const Outside& outside) const {
  Selection selection(listing);
  TRY_DO(each_batch(reader, sandbox, where_of(listing, "batches", sandbox), [&](const Batch& batch) { return selection.add({batch.id, shown(batch, outside)}); }));
  return selection.take();
}

Result<Json> Catalog::unique_values(store::Reader& reader, std::string_view sandbox, const Listing& listing, std::string_view field,
                                    const Outside& outside) const {
  Json values = Json::array();
  std::set<std::string> known;
  TRY_DO(each_batch(reader, sandbox, where_of(listing, "batches", sandbox), [&](const Batch& batch) {
    const Item item{batch.id, shown(batch, outside)};
    if (!keeps(listing, item)) return true;
    for (const Json* value : values_at(item.object, field)) {
      if (!value->is_null() && known.insert(to_text(*value)).second) values.push_back(*value);
    }
    return true;
  }));
  return values;
}

}  // namespace foz::catalog
