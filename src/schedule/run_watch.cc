// What others than its own thread write into the record of a run: signs of life, and its end when that thread does not come back.
#include "base/log.h"
#include "base/metrics.h"
#include "flow/document.h"
#include "schedule/run_engine.h"
#include "schedule/run_report.h"

namespace foz::schedule {

using flow::Run;
using flow::RunState;

void RunEngine::beat(const std::string& sandbox, const std::string& run_id, const RunControlBlock& control) {
  const Progress& progress = control.progress;
  const Instant now = parts_.clock.now();
  const auto still_for = std::chrono::duration_cast<std::chrono::milliseconds>(parts_.clock.tick() - progress.last_moved());
  const flow::RunBeat beat{.fence = control.fence(), .now_ms = to_millis(now), .moved_ms = to_millis(now - still_for),
                           .fetched_bytes = static_cast<int64_t>(progress.bytes_fetched), .loaded_records = static_cast<int64_t>(progress.records_loaded),
                           .loads = progress.pages_loaded > 0};
  if (beat.fence.empty()) return;
  const Status beaten = parts_.database.write([&](store::Transaction& transaction) { return flow::RunStore::beat(transaction, sandbox, run_id, beat); });
  if (!beaten && beaten.error().kind != ErrorKind::conflict) log::warning("run.no_beat", {{"run", run_id}, {"error", beaten.error()}});
}

void RunEngine::abandon(const std::string& sandbox, const std::string& run_id, const RunControlBlock& control) {
  const Instant now = parts_.clock.now();
  const Status ended = parts_.database.write([&](store::Transaction& transaction) -> Status {
    TRY(Run run, flow::RunStore::find(transaction, sandbox, run_id));
    report_failure(run, Stage::copy, {.kind = ErrorKind::internal, .message = standstill(control.progress) + ", and its thread does not end"}, to_millis(now));
    run.batch_id.clear();
    run.updated_ms = to_millis(now);
    run.etag = flow::new_etag(parts_.random, now);
    TRY_DO(flow::FlowStore::give_window_back(transaction, run, now));
    TRY_DO(flow::RunStore::update(transaction, run, RunState::in_progress, control.fence()));
    return flow::FlowStore::set_last_run(transaction, run);
  });
  log::error("run.abandoned", {{"run", run_id}, {"recorded", ended.has_value()}});
  metrics::count("foz_runs_abandoned_total");
}

}  // namespace foz::schedule
