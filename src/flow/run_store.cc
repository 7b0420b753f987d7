#include "flow/document.h"
#include "flow/run.h"
#include "store/resource_table.h"

namespace foz::flow {
namespace {

const store::ResourceTable kRuns("runs");

constexpr std::string_view kFinal = "state IN ('success', 'partialSuccess', 'failed')";
constexpr std::string_view kUnfinished = "state IN ('scheduled', 'queued', 'inProgress')";

store::Extras extras_of(const Run& run) {
  store::Extras extras = {{"flow_id", run.flow_id}, {"state", std::string(name_of(run.state))}, {"not_before_ms", run.not_before_ms}};
  if (run.started_ms) extras.emplace_back("started_ms", *run.started_ms);
  return extras;
}

store::Resource resource_of_run(const Run& run) {
  return {.sandbox = run.sandbox, .id = run.id, .etag = run.etag, .created_ms = run.created_ms, .updated_ms = run.updated_ms, .doc = to_document(run)};
}

Result<std::vector<Run>> runs_of(const std::vector<store::Row>& rows) {
  std::vector<Run> runs;
  for (const store::Row& row : rows) {
    TRY(const Json document, parse_json(row.text(0), {.depth_max = 256}));
    TRY(Run run, run_of(document));
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace

Status RunStore::insert(store::Transaction& transaction, const Run& run) { return kRuns.insert(transaction, resource_of_run(run), extras_of(run)); }

Result<Run> RunStore::find(store::Reader& reader, std::string_view sandbox, std::string_view id) {
  auto found = kRuns.find(reader, sandbox, id);
  if (!found && found.error().kind == ErrorKind::not_found) return no_such("runs", id);
  if (!found) return std::move(found).error();
  return run_of(found->doc);
}

Status RunStore::update(store::Transaction& transaction, const Run& run, RunState expected, std::string_view fence) {
  TRY(const Run stored, find(transaction, run.sandbox, run.id));
  const bool moved = stored.state != expected || (!fence.empty() && stored.fence != fence);
  if (moved) {
    return Error{.kind = ErrorKind::conflict,
                 .message = "run " + run.id + " is " + std::string(name_of(stored.state)) + " by now: somebody else moved it", .where = "runs/" + run.id};
  }
  return kRuns.update(transaction, resource_of_run(run), {}, extras_of(run));
}

Status RunStore::beat(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const RunBeat& beat) {
  TRY(Run run, find(transaction, sandbox, id));
  run.updated_ms = beat.now_ms;
  run.copy.updated_ms = beat.moved_ms;
  run.copy.input_bytes = run.copy.output_bytes = beat.fetched_bytes;
  if (beat.loads) {
    ActivityReport& promotion = run.promotion ? *run.promotion : run.promotion.emplace();
    promotion.started_ms = promotion.started_ms.value_or(beat.now_ms);
    promotion.updated_ms = beat.moved_ms;
    promotion.input_bytes = beat.fetched_bytes;
    promotion.input_records = beat.loaded_records;
  }
  return update(transaction, run, RunState::in_progress, beat.fence);
}

Result<std::vector<Run>> RunStore::to_do(store::Reader& reader, Instant now, size_t count_max) {
  TRY(const auto rows, reader.query("SELECT doc FROM runs WHERE " + std::string(kUnfinished) + " AND not_before_ms <= ? ORDER BY not_before_ms, created_ms, id LIMIT ?",
                                    {to_millis(now), static_cast<int64_t>(count_max)}));
  return runs_of(rows);
}

Status RunStore::each_due(store::Reader& reader, Instant now, const std::function<bool(const RunRef&)>& visit) {
  return reader.each("SELECT sandbox, id, flow_id FROM runs WHERE " + std::string(kUnfinished) + " AND not_before_ms <= ? ORDER BY not_before_ms, created_ms, id",
                     {to_millis(now)}, [&](const store::Row& row) { return visit({.sandbox = row.text(0), .id = row.text(1), .flow_id = row.text(2)}); });
}

Result<std::optional<Instant>> RunStore::next_due(store::Reader& reader, Instant now) {
  TRY(const auto row, reader.first("SELECT min(not_before_ms) FROM runs WHERE " + std::string(kUnfinished) + " AND not_before_ms > ?", {to_millis(now)}));
  if (!row || row->is_null(0)) return std::optional<Instant>();
  return std::optional(from_millis(row->integer(0)));
}

Result<std::vector<Run>> RunStore::unfinished_of(store::Reader& reader, std::string_view sandbox, std::string_view flow) {
  TRY(const auto rows, reader.query("SELECT doc FROM runs WHERE sandbox = ? AND flow_id = ? AND " + std::string(kUnfinished) + " ORDER BY created_ms, id",
                                    {std::string(sandbox), std::string(flow)}));
  return runs_of(rows);
}

Result<std::vector<Run>> RunStore::landed_of(store::Reader& reader, std::string_view sandbox, std::string_view flow, size_t count_max) {
  TRY(const auto rows, reader.query("SELECT doc FROM runs WHERE sandbox = ? AND flow_id = ? AND state IN ('success', 'partialSuccess') ORDER BY created_ms DESC, id LIMIT ?",
                                    {std::string(sandbox), std::string(flow), static_cast<int64_t>(count_max)}));
  return runs_of(rows);
}

Result<std::vector<Run>> RunStore::failed_since(store::Reader& reader, std::string_view sandbox, std::string_view flow, Instant since) {
  TRY(const auto rows, reader.query("SELECT doc FROM runs WHERE sandbox = ? AND flow_id = ? AND created_ms >= ? AND state = 'failed' ORDER BY created_ms DESC, id",
                                    {std::string(sandbox), std::string(flow), to_millis(since)}));
  return runs_of(rows);
}

Result<std::set<std::string>> RunStore::batches_of(store::Reader& reader, std::string_view sandbox, std::string_view flow) {
  std::set<std::string> batches;
  TRY(const auto rows, reader.query("SELECT doc FROM runs WHERE sandbox = ? AND flow_id = ? AND state IN ('success', 'partialSuccess')", {std::string(sandbox), std::string(flow)}));
  TRY(const auto runs, runs_of(rows));
  for (const Run& run : runs) {
    if (!run.batch_id.empty()) batches.insert(run.batch_id);
  }
  return batches;
}

Status RunStore::keep_snapshot(store::Transaction& transaction, std::string_view sandbox, std::string_view run, const Json& snapshot) {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO run_snapshots (sandbox, run_id, doc) VALUES (?, ?, ?) ON CONFLICT (sandbox, run_id) DO UPDATE SET doc = excluded.doc",
                       {std::string(sandbox), std::string(run), to_text(snapshot)}));
  return {};
}

Result<std::optional<Json>> RunStore::snapshot(store::Reader& reader, std::string_view sandbox, std::string_view run) {
  TRY(const auto row, reader.first("SELECT doc FROM run_snapshots WHERE sandbox = ? AND run_id = ?", {std::string(sandbox), std::string(run)}));
  if (!row) return std::optional<Json>();
  TRY(Json doc, parse_json(row->text(0), {.depth_max = 256}));
  return std::optional(std::move(doc));
}

Result<int64_t> RunStore::remove_ended(store::Transaction& transaction, Instant ended_before, size_t count_max) {
  const std::string newer = "SELECT 1 FROM runs n WHERE n.sandbox = runs.sandbox AND n.flow_id = runs.flow_id AND n.created_ms >= runs.created_ms AND "
                            "(n.created_ms > runs.created_ms OR n.id > runs.id)";
  TRY(const auto rows, transaction.query("SELECT sandbox, id FROM runs WHERE " + std::string(kFinal) + " AND updated_ms < ? AND EXISTS (" + newer + ") ORDER BY updated_ms LIMIT ?",
                                         {to_millis(ended_before), static_cast<int64_t>(count_max)}));
  for (const store::Row& row : rows) {
    const store::Values names = {row.text(0), row.text(1)};
    for (const std::string_view sql : {"DELETE FROM run_snapshots WHERE sandbox = ? AND run_id = ?", "DELETE FROM run_replays WHERE sandbox = ? AND run_id = ?",
                                       "DELETE FROM runs WHERE sandbox = ? AND id = ?"}) {
      TRY([[maybe_unused]] const auto removed, transaction.exec(sql, names));
    }
  }
  return static_cast<int64_t>(rows.size());
}

Result<int64_t> RunStore::remove_snapshots(store::Transaction& transaction, Instant ended_before, size_t count_max) {
  return transaction.exec("DELETE FROM run_snapshots WHERE rowid IN (SELECT s.rowid FROM run_snapshots s LEFT JOIN runs r ON r.sandbox = s.sandbox AND r.id = s.run_id WHERE "
                          "r.id IS NULL OR (r." + std::string(kFinal) + " AND r.updated_ms < ?) LIMIT ?)",
                          {to_millis(ended_before), static_cast<int64_t>(count_max)});
}

}  // namespace foz::flow
