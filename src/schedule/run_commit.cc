#include "schedule/run_commit.h"

#include "base/crash_point.h"
#include "flow/flow.h"

namespace foz::schedule {
namespace {

Status swap_keys(store::Transaction& transaction, const flow::Run& run, const std::string& file) {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO flow_keys (sandbox, flow_id, file) VALUES (?, ?, ?) ON CONFLICT (sandbox, flow_id) DO UPDATE SET file = excluded.file",
                       {run.sandbox, run.flow_id, file}));
  return {};
}

Status keep_calculated(store::Transaction& transaction, const RunCommit& commit) {
  const store::Values flow = {commit.run.sandbox, commit.run.flow_id};
  int64_t ordinal = 1;
  TRY(const auto last, transaction.first("SELECT max(ordinal) FROM flow_calculated WHERE sandbox = ? AND flow_id = ?", flow));
  if (last) ordinal += last->maybe_integer(0).value_or(0);
  if (commit.calculated_anew) {
    TRY([[maybe_unused]] const auto removed, transaction.exec("DELETE FROM flow_calculated WHERE sandbox = ? AND flow_id = ?", flow));
  }
  if (commit.calculated_file.empty()) return {};
  TRY([[maybe_unused]] const auto added, transaction.exec("INSERT INTO flow_calculated (sandbox, flow_id, ordinal, file) VALUES (?, ?, ?, ?)",
                                                          {commit.run.sandbox, commit.run.flow_id, ordinal, commit.calculated_file}));
  return {};
}

/// Rejected rows land once, however often somebody asks.
Status note_replay(store::Transaction& transaction, const flow::Run& run) {
  const store::Values names = {run.sandbox, run.replay_rejected};
  TRY(const auto earlier, transaction.first("SELECT by_run FROM run_replays WHERE sandbox = ? AND run_id = ?", names));
  if (earlier) {
    return Error{.kind = ErrorKind::invalid, .message = "the rejected rows of run " + run.replay_rejected + " have landed already, by run " + earlier->text(0), .code = "CONNECTOR-1384-400"};
  }
  TRY([[maybe_unused]] const auto noted,
      transaction.exec("INSERT INTO run_replays (sandbox, run_id, by_run) VALUES (?, ?, ?)", {run.sandbox, run.replay_rejected, run.id}));
  return {};
}

/// How far the flow has heard of removed records; a comparison of all keys counts from now on.
Status keep_removals(store::Transaction& transaction, const flow::Run& run, const RemovalReport& report) {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO flow_removals (sandbox, flow_id, bookmark, reconciled_ms) VALUES (?, ?, ?, ?) ON CONFLICT (sandbox, flow_id) DO UPDATE SET "
                       "bookmark = excluded.bookmark, reconciled_ms = CASE WHEN ? THEN excluded.reconciled_ms ELSE reconciled_ms END",
                       {run.sandbox, run.flow_id, report.bookmark, run.updated_ms, report.reconciled ? int64_t{1} : int64_t{0}}));
  return {};
}

/// Beside the flow's sequence rows may land that were read before their removal was told: then the next window compares all keys.
Status look_anew_for_removals(store::Transaction& transaction, const RunCommit& commit) {
  const flow::Run& run = commit.run;
  TRY(const std::string look, last_removal_look(transaction, run.sandbox, run.flow_id));
  if (look == commit.removal_look && run.replay_rejected.empty()) return {};
  TRY([[maybe_unused]] const auto changed, transaction.exec("UPDATE flow_removals SET reconciled_ms = 0 WHERE sandbox = ? AND flow_id = ?", {run.sandbox, run.flow_id}));
  return {};
}

Status keep_shape(store::Transaction& transaction, const flow::Run& run, const Shape& shape) {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO flow_shapes (sandbox, flow_id, doc) VALUES (?, ?, ?) ON CONFLICT (sandbox, flow_id) DO UPDATE SET doc = excluded.doc",
                       {run.sandbox, run.flow_id, to_text(to_json(shape))}));
  return {};
}

std::vector<catalog::NewFile> new_files(const RunCommit& commit) {
  std::vector<engine::Field> layout;
  for (const prep::Layout& column : commit.plan.program->layout().children) layout.push_back(prep::to_field(column));
  std::vector<catalog::NewFile> list;
  for (const lake::DataFile& file : commit.result.files) {
    list.push_back({.name = file.path.filename().string(),
                    .path = std::filesystem::relative(file.path, commit.catalog.settings().data_dir),
                    .bytes = static_cast<int64_t>(file.bytes),
                    .records = file.records,
                    .layout = layout,
                    .statistics = lake::to_json(file.columns)});
  }
  return list;
}

Status commit_batch(store::Transaction& transaction, const RunCommit& commit) {
  const flow::Run& run = commit.run;
  const catalog::Scope scope{.sandbox = run.sandbox, .client = run.client_id, .user = run.user_id};
  catalog::NewBatch wanted = catalog::run_batch(DatasetId(commit.plan.dataset_id), FlowId(run.flow_id), RunId(run.id));
  wanted.id = run.batch_id;
  const flow::Options& options = commit.plan.flow.options;
  if (options.error_diagnostics) wanted.tags["acp_enableErrorDiagnostics"] = true;
  if (options.partial_ingestion_percent > 0) wanted.tags["acp_partialIngestionPercent"] = options.partial_ingestion_percent;
  TRY([[maybe_unused]] const auto opened, commit.catalog.open_batch(transaction, scope, wanted));
  const catalog::BatchCounts counts = batch_counts(run, commit.numbers, commit.lands, run.updated_ms);
  if (!commit.lands) {
    TRY([[maybe_unused]] const auto failed, commit.catalog.fail_batch(transaction, run.sandbox, run.batch_id, batch_errors(commit.numbers), counts));
    return {};
  }
  catalog::BatchResult batch{.files = new_files(commit), .counts = counts, .errors = batch_errors(commit.numbers)};
  TRY([[maybe_unused]] const auto landed, commit.catalog.commit_batch(transaction, run.sandbox, run.batch_id, batch));
  return {};
}

}  // namespace

Status commit_run(store::Transaction& transaction, const RunCommit& commit) {
  const flow::Run& run = commit.run;
  TRY_DO(flow::RunStore::update(transaction, run, flow::RunState::in_progress, run.fence));
  if (!commit.keys_file.empty()) TRY_DO(swap_keys(transaction, run, commit.keys_file));
  if (commit.lands) TRY_DO(keep_calculated(transaction, commit));
  if (commit.lands && !run.replay_rejected.empty()) TRY_DO(note_replay(transaction, run));
  if (!run.batch_id.empty()) TRY_DO(commit_batch(transaction, commit));
  const bool in_sequence = run.trigger == flow::Trigger::tick;  // a run that repeats an old window knows nothing new
  if (commit.lands && commit.removals != nullptr && in_sequence) TRY_DO(keep_removals(transaction, run, *commit.removals));
  if (commit.lands && commit.plan.flow.options.deletes && !in_sequence && commit.result.totals.written > 0) TRY_DO(look_anew_for_removals(transaction, commit));
  if (commit.lands && commit.plan.shape && in_sequence) TRY_DO(keep_shape(transaction, run, *commit.plan.shape));
  TRY_DO(flow::FlowStore::set_last_run(transaction, run));
  crash_point("run.inside_commit");
  return {};
}

}  // namespace foz::schedule
