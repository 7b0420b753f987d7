#include "schedule/sweeper.h"

#include "base/log.h"
#include "flow/run.h"

namespace foz::schedule {
namespace {

/// Tells whether the folder of a batch may be written to or read: the catalog, planned removals, batches that are being
/// ingested and unfinished runs are asked.
constexpr std::string_view kBatchIsKnown =
    "SELECT 1 FROM dataset_files WHERE sandbox = ? AND batch = ? UNION ALL SELECT 1 FROM purges WHERE path = ? UNION ALL "
    "SELECT 1 FROM batches WHERE sandbox = ? AND id = ? AND status IN ('loaded', 'queued', 'staging', 'staged', 'processing', 'retrying', 'stalled') LIMIT 1";

/// Rows that one transaction removes.
constexpr size_t kRemovedTogether = 200;

}  // namespace

Result<Swept> Sweeper::sweep(std::stop_token stop) {
  Swept swept;
  TRY(const Unfinished before, unfinished());
  TRY(swept.spools, sweep_spools(before, stop));
  TRY(swept.batches, sweep_batches(stop));
  TRY(swept.key_files, sweep_keys(before, stop));
  TRY(swept.runs, remove_all([&](store::Transaction& transaction, size_t count) { return flow::RunStore::remove_ended(transaction, ago(settings_.run_days), count); }, stop));
  TRY(swept.snapshots, remove_all([&](store::Transaction& transaction, size_t count) { return flow::RunStore::remove_snapshots(transaction, ago(settings_.spool_days), count); }, stop));
  return swept;
}

Result<Sweeper::Unfinished> Sweeper::unfinished() {
  // A horizon far away: runs that wait for their time are unfinished, too.
  TRY(const auto runs, flow::RunStore::to_do(database_, clock_.now() + std::chrono::hours(24 * 365 * 100), SIZE_MAX >> 1));
  Unfinished all;
  for (const flow::Run& run : runs) {
    all.runs.insert(run.id);
    if (!run.batch_id.empty()) all.batches.insert(run.batch_id);
  }
  return all;
}

Result<int64_t> Sweeper::sweep_spools(const Unfinished& unfinished, std::stop_token stop) {
  int64_t removed = 0;
  const auto kept = std::chrono::microseconds(static_cast<int64_t>(settings_.spool_days * 86'400e6));
  TRY(const auto folders, files_.folders(settings_.spool_dir));
  for (const lake::FolderEntry& folder : folders) {
    if (stop.stop_requested()) return removed;
    const std::string run = folder.path.filename().string();
    if (unfinished.runs.contains(run) || !is_old(folder.changed, settings_.grace)) continue;
    TRY(const auto row, database_.first("SELECT state, updated_ms FROM runs WHERE id = ?", {run}));
    const bool over = !row || (flow::is_final(flow::run_state_named(row->text(0)).value_or(flow::RunState::queued)) &&
                               is_old(from_millis(row->integer(1)), kept));
    if (over && remove(folder.path)) ++removed;
  }
  return removed;
}

Result<int64_t> Sweeper::sweep_batches(std::stop_token stop) {
  int64_t removed = 0;
  TRY(const auto sandboxes, files_.folders(settings_.tables_dir));
  for (const lake::FolderEntry& sandbox : sandboxes) {
    TRY(const auto datasets, files_.folders(sandbox.path));
    for (const lake::FolderEntry& dataset : datasets) {
      TRY(const auto batches, files_.folders(dataset.path));
      TRY(const auto visible, landed(sandbox.path.filename(), dataset.path.filename()));
      for (const lake::FolderEntry& batch : batches) {
        if (stop.stop_requested()) return removed;
        if (!is_old(batch.changed, settings_.grace) || visible.contains(batch.path.filename())) continue;
        TRY(const bool orphan, is_orphan(sandbox.path.filename(), dataset.path.filename(), batch.path.filename()));
        if (orphan && remove(batch.path)) ++removed;
      }
    }
  }
  return removed;
}

Result<std::set<std::string>> Sweeper::landed(const std::string& sandbox, const std::string& dataset) {
  std::set<std::string> batches;
  TRY_DO(database_.each("SELECT DISTINCT batch FROM dataset_files WHERE sandbox = ? AND dataset = ?", {sandbox, dataset}, [&](const store::Row& row) {
    batches.insert(row.text(0));
    return true;
  }));
  return batches;
}

/// The catalog is asked once more behind the runs: one that committed in between
/// shows there.
Result<bool> Sweeper::is_orphan(const std::string& sandbox, const std::string& dataset, const std::string& batch) {
  const store::Values names = {sandbox, batch, "tables/" + sandbox + "/" + dataset + "/" + batch, sandbox, batch};
  TRY(const auto known, database_.first(kBatchIsKnown, names));
  if (known) return false;
  TRY(const Unfinished now, unfinished());
  if (now.batches.contains(batch)) return false;
  TRY(const auto known_by_now, database_.first(kBatchIsKnown, names));
  return !known_by_now.has_value();
}

Result<int64_t> Sweeper::sweep_keys(const Unfinished& unfinished, std::stop_token stop) {
  int64_t removed = 0;
  TRY(const auto sandboxes, files_.folders(settings_.keys_dir));
  for (const lake::FolderEntry& sandbox : sandboxes) {
    TRY(const auto flows, files_.folders(sandbox.path));
    for (const lake::FolderEntry& flow : flows) {
      if (stop.stop_requested()) return removed;
      if (!is_old(flow.changed, settings_.grace)) continue;
      TRY(const auto row, database_.first("SELECT file FROM flow_keys WHERE sandbox = ? AND flow_id = ?",
                                          {sandbox.path.filename().string(), flow.path.filename().string()}));
      std::set<std::string> in_force;
      if (row) in_force.insert(std::filesystem::path(row->text(0)).filename().string());
      TRY_DO(database_.each("SELECT file FROM flow_calculated WHERE sandbox = ? AND flow_id = ?", {sandbox.path.filename().string(), flow.path.filename().string()},
                            [&](const store::Row& calculated) {
                              in_force.insert(std::filesystem::path(calculated.text(0)).filename().string());
                              return true;
                            }));
      TRY(const auto files, files_.list(flow.path));
      for (const lake::FileEntry& file : files) {
        if (in_force.contains(file.path.filename().string()) || unfinished.runs.contains(file.path.stem().string())) continue;
        TRY(const bool wanted, is_wanted_again(file.path, row.has_value()));
        if (wanted) continue;
        if (const Status gone = files_.remove_file(file.path); gone) ++removed;
      }
    }
  }
  return removed;
}

Result<int64_t> Sweeper::remove_all(const RemoveSome& remove_some, std::stop_token stop) {
  int64_t removed = 0;
  while (!stop.stop_requested()) {
    TRY(const int64_t some, database_.write_value([&](store::Transaction& transaction) { return remove_some(transaction, kRemovedTogether); }));
    removed += some;
    if (some < static_cast<int64_t>(kRemovedTogether)) break;
  }
  return removed;
}

/// What a failed run had skipped is asked for when the run is repeated.
Result<bool> Sweeper::is_wanted_again(const std::filesystem::path& file, bool flow_lives) {
  if (file.extension() != ".seen" || !flow_lives) return false;
  TRY(const auto failed, database_.first("SELECT 1 FROM runs WHERE id = ? AND state = 'failed'", {file.stem().string()}));
  return failed.has_value();
}

bool Sweeper::remove(const std::filesystem::path& folder) {
  const Status removed = files_.remove_tree(folder);
  if (!removed) log::warning("sweeper.leftover", {{"folder", folder.filename().string()}, {"error", removed.error()}});
  return removed.has_value();
}

}  // namespace foz::schedule
