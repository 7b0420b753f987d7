#include "schedule/run_engine.h"

#include "base/crash_point.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "catalog/relation.h"
#include "engine/engine.h"
#include "flow/document.h"
#include "schedule/rejected_rows.h"
#include "schedule/run_report.h"

namespace foz::schedule {
namespace {

using flow::Run;
using flow::RunState;

std::string_view name_of_stage(Stage stage) { return stage == Stage::copy ? "copy" : "promotion"; }

}  // namespace

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

/// One pass through the stages of a run.
class RunEngine::Execution {
 public:
  Execution(const RunEngineParts& parts, const RunEngineSettings& settings, Run run, RunControlBlock& control)
      : parts_(parts), settings_(settings), run_(std::move(run)), control_(control) {}

  void go() {
    control_.progress.touch(parts_.clock);
    crash_point("run.before_claim");
    if (const Status claimed = claim(); !claimed) return give_up("claim", claimed.error());
    log::info("run.started", {{"run", run_.id}, {"flow", run_.flow_id}, {"attempt", run_.attempts + 1}});
    crash_point("run.after_claim");
    const auto snapshot = snapshot_of_run();
    if (!snapshot) return fail(Stage::copy, snapshot.error());
    crash_point("run.after_snapshot");
    load_memory();
    Planner::Outcome planned = parts_.planner.plan(run_, *snapshot, memory_.has_value(), control_.stop.get_token());
    if (!planned.plan) return after_failure(planned.failure->promotion ? Stage::promotion : Stage::copy, planned.failure->error, {});
    plan_ = std::move(*planned.plan);
    if (!run_.replay_rejected.empty()) {
      if (const Status replay = plan_replay(); !replay) return fail(Stage::copy, replay.error());
    }
    if (const Status spooled = open_spool(); !spooled) return after_failure(Stage::copy, spooled.error(), {});
    crash_point("run.after_plan");
    run_pipeline();
  }

  /// What became of the run could not be stored.
  bool store_failed() const { return store_failed_; }

 private:
  /// Takes the run: from here on only this execution may move it.
  Status claim() {
    const RunState before = run_.state;
    if (before != RunState::queued && before != RunState::in_progress && before != RunState::scheduled) {
      return Error{.kind = ErrorKind::conflict, .message = "the run is over"};
    }
    run_.state = RunState::in_progress;
    run_.fence = new_uuid(parts_.random);
    const int64_t now = now_ms();
    run_.started_ms = run_.started_ms.value_or(now);
    run_.copy = {.started_ms = now, .updated_ms = now};
    run_.promotion.reset();
    run_.errors.clear();
    if (run_.batch_id.empty()) run_.batch_id = new_ulid(parts_.random, parts_.clock.now());
    run_.updated_ms = now;
    return parts_.database.write([&](store::Transaction& transaction) -> Status {
      TRY_DO(flow::RunStore::update(transaction, run_, before));
      return flow::FlowStore::set_last_run(transaction, run_);
    });
  }

  Result<RunSnapshot> snapshot_of_run() {
    TRY(const auto kept, flow::RunStore::snapshot(parts_.database, run_.sandbox, run_.id));
    if (kept) return snapshot_of(*kept);
    TRY(const RunSnapshot snapshot, parts_.planner.freeze(run_));
    TRY_DO(parts_.database.write([&](store::Transaction& transaction) {
      return flow::RunStore::keep_snapshot(transaction, run_.sandbox, run_.id, to_json(snapshot));
    }));
    return snapshot;
  }

  /// What earlier runs of the flow saw. Damage costs the look-back of one run, never a doubled row.
  void load_memory() {
    const auto row = parts_.database.first("SELECT file FROM flow_keys WHERE sandbox = ? AND flow_id = ?", {run_.sandbox, run_.flow_id});
    if (!row || !*row) return;
    memory_file_ = settings_.keys_dir / (*row)->text(0);
    auto memory = KeyMemory::read(parts_.files, memory_file_);
    if (memory) memory_ = std::move(*memory);
    else log::warning("run.no_key_memory", {{"flow", run_.flow_id}, {"error", memory.error()}});
  }

  Status open_spool() {
    TRY(spool_, Spool::open(parts_.files, parts_.clock, settings_.spool_dir / run_.id));
    if (spool_->plan()) return {};
    TRY(auto slices, source().plan(plan_->read, control_.stop.get_token()));
    control_.progress.touch(parts_.clock);
    crash_point("spool.before_plan");
    TRY_DO(spool_->keep_plan({.plan = plan_->read, .slices = std::move(slices)}));
    crash_point("spool.after_plan");
    return {};
  }

  /// Where the pages come from: the vendor, or rows that an earlier run rejected.
  sources::Source& source() { return rejected_rows_ ? *rejected_rows_ : *plan_->source->source; }

  /// The rows that another run rejected take the place of the source (11.3).
  Status plan_replay() {
    TRY(const Run before, flow::RunStore::find(parts_.database, run_.sandbox, run_.replay_rejected));
    plan_->read = replay_plan(std::move(plan_->read));
    plan_->filter.reset();
    plan_->look_back = plan_->look_back.zero();
    rejected_rows_.emplace(parts_.files, parts_.catalog.diagnostics_folder(before.sandbox, before.batch_id) / "row_errors");
    return {};
  }

  /// The keys that are in the data set, where the run is to skip them.
  Result<std::shared_ptr<const LandedKeys>> landed_keys() {
    if (run_.mode != flow::RunMode::skip_existing) return std::shared_ptr<const LandedKeys>();
    TRY(const auto paths, key_paths(spool_->plan()->plan, *plan_->program));
    TRY(const auto files, parts_.catalog.files_of(parts_.database, run_.sandbox, plan_->dataset_id));
    const std::filesystem::path data_dir = parts_.catalog.settings().data_dir;
    TRY(const auto engine, engine::Engine::open({.memory_bytes = settings_.pipeline.memory_bytes / 2, .spill_folder = settings_.spill_dir, .allowed_folders = {data_dir / "tables"}}));
    std::vector<engine::Field> columns;
    for (const prep::Layout& column : plan_->program->layout().children) columns.push_back(prep::to_field(column));
    return LandedKeys::read(*engine, catalog::relation_sql(data_dir, files, columns), paths, control_.stop.get_token());
  }

  void run_pipeline() {
    const catalog::Catalog& catalog = parts_.catalog;
    const PipelineFolders folders{.data = catalog.batch_folder(run_.sandbox, plan_->dataset_id, run_.batch_id),
                                  .diagnostics = catalog.diagnostics_folder(run_.sandbox, run_.batch_id),
                                  .spill = settings_.spill_dir};
    Pipeline pipeline(parts_.files, parts_.clock, settings_.pipeline, folders);
    LoadSpec load{.plan = spool_->plan()->plan, .program = plan_->program, .context = {.now = from_millis(*run_.started_ms), .random = &parts_.random},
                  .workers = settings_.pipeline.load_workers};
    auto gate = RowGate::make(load.plan, plan_->filter);
    if (!gate) return after_failure(Stage::copy, gate.error(), {});
    load.gate = std::move(*gate);
    auto landed = landed_keys();
    if (!landed) return after_failure(Stage::promotion, landed.error(), {});
    load.landed = std::move(*landed);
    if (plan_->flow.options.replay_safe_ids) load.context.replay_id = run_.flow_id;
    if (plan_->look_back > plan_->look_back.zero() && run_.window_to) {
      gatherer_.emplace(*run_.window_to - plan_->look_back);
      load.look_back = LookBack{.seen = memory_ ? &*memory_ : nullptr, .gatherer = &*gatherer_, .stamp_path = stamp_path()};
    }
    PipelineOutcome outcome = pipeline.run({.source = source(), .spool = *spool_, .load = std::move(load),
                                            .keep_rejected_rows = plan_->flow.options.error_diagnostics},
                                           control_.progress, control_.stop.get_token());
    if (outcome.failure) return after_failure(outcome.failure->stage, outcome.failure->error, outcome.failure->broken_page);
    crash_point("run.before_commit");
    finish(*outcome.result);
  }

  /// Where the value lies that dates a row.
  std::vector<std::string> stamp_path() const {
    const sources::ReadPlan& plan = spool_->plan()->plan;
    const std::string name = plan.window ? plan.window->column : run_.delta_column ? run_.delta_column->name : plan.table.modified_column;
    const auto column = sources::resolve_column(plan.table, name);
    return column ? column->raw_path : std::vector<std::string>();
  }

  /// All rows are through: the threshold decides whether they land.
  void finish(const PipelineResult& result) {
    RunNumbers numbers{.totals = result.totals, .rejected_kinds = result.rejected_kinds, .spooled_bytes = spool_->bytes(),
                       .output_files = result.files.size(), .diagnostics = plan_->flow.options.error_diagnostics};
    for (const lake::DataFile& file : result.files) numbers.output_bytes += file.bytes;
    const bool lands = within_threshold(result.totals.rejected, result.totals.read, plan_->flow.options.partial_ingestion_percent);
    RunState end = RunState::success;
    if (result.totals.rejected > 0) end = settings_.partial_as_success ? RunState::success : RunState::partial_success;
    if (!lands) end = RunState::failed;
    report_numbers(run_, numbers, end, now_ms());
    const Status committed = commit(result, numbers, lands);
    if (!committed) return after_failure(Stage::promotion, committed.error(), {});
    crash_point("run.after_commit");
    if (!lands) remove_data();
    done(lands);
  }

  /// Batch, files, run and the flow's last run appear in one step.
  Status commit(const PipelineResult& result, const RunNumbers& numbers, bool lands) {
    const bool any_rows = result.totals.written > 0 || result.totals.rejected > 0;
    if (!any_rows) run_.batch_id.clear();
    run_.updated_ms = now_ms();
    run_.etag = flow::new_etag(parts_.random, parts_.clock.now());
    const std::string keys = run_.sandbox + "/" + run_.flow_id + "/" + run_.id + ".keys";
    const bool remembers = lands && gatherer_.has_value();
    if (remembers) TRY_DO(gatherer_->write(parts_.files, settings_.keys_dir / keys, memory_.value_or(KeyMemory())));
    crash_point("run.after_keys");
    const Status committed = parts_.database.write([&](store::Transaction& transaction) -> Status {
      TRY_DO(flow::RunStore::update(transaction, run_, RunState::in_progress, run_.fence));
      if (remembers) TRY_DO(swap_keys(transaction, keys));
      if (lands && !run_.replay_rejected.empty()) TRY_DO(note_replay(transaction));
      if (any_rows) TRY_DO(commit_batch(transaction, result, numbers, lands));
      TRY_DO(flow::FlowStore::set_last_run(transaction, run_));
      crash_point("run.inside_commit");
      return {};
    });
    if (committed && remembers && !memory_file_.empty()) forget_keys(memory_file_);
    return committed;
  }

  Status swap_keys(store::Transaction& transaction, const std::string& file) {
    TRY([[maybe_unused]] const auto changed,
        transaction.exec("INSERT INTO flow_keys (sandbox, flow_id, file) VALUES (?, ?, ?) ON CONFLICT (sandbox, flow_id) DO UPDATE SET file = excluded.file",
                         {run_.sandbox, run_.flow_id, file}));
    return {};
  }

  /// Rejected rows land once, however often somebody asks.
  Status note_replay(store::Transaction& transaction) {
    const store::Values names = {run_.sandbox, run_.replay_rejected};
    TRY(const auto earlier, transaction.first("SELECT by_run FROM run_replays WHERE sandbox = ? AND run_id = ?", names));
    if (earlier) {
      return Error{.kind = ErrorKind::invalid, .message = "the rejected rows of run " + run_.replay_rejected + " have landed already, by run " + earlier->text(0), .code = "CONNECTOR-1384-400"};
    }
    TRY([[maybe_unused]] const auto noted,
        transaction.exec("INSERT INTO run_replays (sandbox, run_id, by_run) VALUES (?, ?, ?)", {run_.sandbox, run_.replay_rejected, run_.id}));
    return {};
  }

  void forget_keys(const std::filesystem::path& file) {
    if (const Status removed = parts_.files.remove_file(file); !removed) log::warning("run.leftover", {{"run", run_.id}, {"error", removed.error()}});
  }

  Status commit_batch(store::Transaction& transaction, const PipelineResult& result, const RunNumbers& numbers, bool lands) {
    const catalog::Scope scope{.sandbox = run_.sandbox, .client = run_.client_id, .user = run_.user_id};
    catalog::NewBatch wanted = catalog::run_batch(DatasetId(plan_->dataset_id), FlowId(run_.flow_id), RunId(run_.id));
    wanted.id = run_.batch_id;
    const flow::Options& options = plan_->flow.options;
    if (options.error_diagnostics) wanted.tags["acp_enableErrorDiagnostics"] = true;
    if (options.partial_ingestion_percent > 0) wanted.tags["acp_partialIngestionPercent"] = options.partial_ingestion_percent;
    TRY([[maybe_unused]] const auto opened, parts_.catalog.open_batch(transaction, scope, wanted));
    const catalog::BatchCounts counts = batch_counts(run_, numbers, lands, now_ms());
    if (!lands) {
      TRY([[maybe_unused]] const auto failed, parts_.catalog.fail_batch(transaction, run_.sandbox, run_.batch_id, batch_errors(numbers), counts));
      return {};
    }
    catalog::BatchResult batch{.files = new_files(result.files), .counts = counts, .errors = batch_errors(numbers)};
    TRY([[maybe_unused]] const auto landed, parts_.catalog.commit_batch(transaction, run_.sandbox, run_.batch_id, batch));
    return {};
  }

  std::vector<catalog::NewFile> new_files(const std::vector<lake::DataFile>& files) const {
    std::vector<engine::Field> layout;
    for (const prep::Layout& column : plan_->program->layout().children) layout.push_back(prep::to_field(column));
    std::vector<catalog::NewFile> list;
    for (const lake::DataFile& file : files) {
      list.push_back({.name = file.path.filename().string(),
                      .path = std::filesystem::relative(file.path, parts_.catalog.settings().data_dir),
                      .bytes = static_cast<int64_t>(file.bytes),
                      .records = file.records,
                      .layout = layout,
                      .statistics = lake::to_json(file.columns)});
    }
    return list;
  }

  /// A stage failed: try again later, fail for good, or leave it to a restart.
  void after_failure(Stage stage, const Error& error, const std::optional<BrokenPage>& broken_page) {
    const StopReason reason = control_.reason;
    if (reason == StopReason::shutdown) {
      log::info("run.checkpointed", {{"run", run_.id}});
      return;
    }
    if (reason == StopReason::cancelled) return cancelled();
    Error cause = error;
    if (reason == StopReason::stalled) cause = Error{.kind = ErrorKind::unavailable, .message = "nothing moved for too long: the stage was given up"};
    if (broken_page && spool_) {
      const uint32_t behind = spool_->progress(broken_page->slice).pages - broken_page->slice_page + 1;
      if (const Status dropped = spool_->drop_last(broken_page->slice, behind); !dropped) return fail(stage, dropped.error());
    }
    if (is_worth_retrying(cause) && static_cast<size_t>(run_.attempts) < settings_.retry_waits.size()) return try_later(stage, cause);
    fail(stage, cause);
  }

  void try_later(Stage stage, const Error& error) {
    const bool quota = error.kind == ErrorKind::rate_limited;
    std::chrono::milliseconds wait = settings_.retry_waits[static_cast<size_t>(run_.attempts)];
    if (error.retry_after) wait = std::max(*error.retry_after, std::chrono::milliseconds(1000));
    if (!quota) ++run_.attempts;  // waiting for an allowance is no failure
    run_.state = RunState::queued;
    run_.not_before_ms = now_ms() + wait.count();
    run_.errors = {{.code = stage == Stage::copy ? "CONNECTOR-1001-500" : "CONNECTOR-2001-500",
                    .message = error.message + "; the stage is tried again at " + std::to_string(run_.not_before_ms / 1000)}};
    log::warning("run.try_later", {{"run", run_.id}, {"stage", name_of_stage(stage)}, {"error", error}, {"wait_ms", wait.count()}});
    store_end();
  }

  void fail(Stage stage, const Error& error) {
    report_failure(run_, stage, error, now_ms());
    remove_data();
    run_.batch_id.clear();
    if (error.kind == ErrorKind::unauthorized) mark_login_broken();
    log::warning("run.failed", {{"run", run_.id}, {"flow", run_.flow_id}, {"stage", name_of_stage(stage)}, {"error", error}});
    const bool gives_window_back = stage == Stage::copy;
    run_.updated_ms = now_ms();
    run_.etag = flow::new_etag(parts_.random, parts_.clock.now());
    const Status stored = parts_.database.write([&](store::Transaction& transaction) -> Status {
      TRY_DO(flow::RunStore::update(transaction, run_, RunState::in_progress, run_.fence));
      if (gives_window_back) TRY_DO(flow::FlowStore::give_window_back(transaction, run_, parts_.clock.now()));
      return flow::FlowStore::set_last_run(transaction, run_);
    });
    if (!stored) return give_up("fail", stored.error());
    metrics::count("foz_runs_total", {{"status", "failed"}});
    if (gives_window_back) drop_spool();
  }

  void cancelled() {
    // The record was made final by whoever cancelled; here only what lies about is put away.
    remove_data();
    drop_spool();
    log::info("run.cancelled", {{"run", run_.id}});
  }

  void store_end() {
    run_.updated_ms = now_ms();
    const Status stored = parts_.database.write([&](store::Transaction& transaction) -> Status {
      TRY_DO(flow::RunStore::update(transaction, run_, RunState::in_progress, run_.fence));
      return flow::FlowStore::set_last_run(transaction, run_);
    });
    if (!stored) give_up("store", stored.error());
  }

  void done(bool landed) {
    metrics::count("foz_runs_total", {{"status", std::string(flow::name_of(run_.state))}});
    metrics::count("foz_rows_written_total", {}, static_cast<double>(run_.promotion ? run_.promotion->output_records : 0));
    log::info("run.ended", {{"run", run_.id}, {"flow", run_.flow_id}, {"status", flow::name_of(run_.state)},
                            {"read", run_.copy.input_records}, {"written", run_.promotion ? run_.promotion->output_records : 0},
                            {"rejected", run_.promotion ? run_.promotion->failed_records : 0}});
    if (landed && settings_.spool_days <= 0) drop_spool();
  }

  void remove_data() {
    if (!plan_ || run_.batch_id.empty()) return;
    const Status removed = parts_.files.remove_tree(parts_.catalog.batch_folder(run_.sandbox, plan_->dataset_id, run_.batch_id));
    if (!removed) log::warning("run.leftover", {{"run", run_.id}, {"error", removed.error()}});
  }

  void drop_spool() {
    const Status removed = spool_ ? spool_->remove() : parts_.files.remove_tree(settings_.spool_dir / run_.id);
    if (!removed) log::warning("run.leftover", {{"run", run_.id}, {"error", removed.error()}});
  }

  void mark_login_broken() {
    if (const auto snapshot = flow::RunStore::snapshot(parts_.database, run_.sandbox, run_.id); snapshot && *snapshot) {
      const std::string connection = text_of(snapshot_of(**snapshot).source_connection, "baseConnectionId");
      if (const Status marked = parts_.connections.mark_login(run_.sandbox, connection, false); !marked) {
        log::warning("run.mark_login", {{"connection", connection}, {"error", marked.error()}});
      }
    }
  }

  /// Somebody else moved the run, or the database is away: this execution has no say any more.
  void give_up(std::string_view doing, const Error& error) {
    log::warning("run.given_up", {{"run", run_.id}, {"doing", doing}, {"error", error}});
    store_failed_ = error.kind != ErrorKind::conflict && error.kind != ErrorKind::not_found;
  }

  int64_t now_ms() const { return to_millis(parts_.clock.now()); }

  const RunEngineParts& parts_;
  const RunEngineSettings& settings_;
  Run run_;
  RunControlBlock& control_;
  bool store_failed_ = false;
  std::optional<RunPlan> plan_;
  std::optional<RejectedRows> rejected_rows_;
  std::unique_ptr<Spool> spool_;
  std::optional<KeyMemory> memory_;
  std::filesystem::path memory_file_;
  std::optional<KeyGatherer> gatherer_;
};

bool RunEngine::execute(flow::Run run, RunControlBlock& control) {
  Execution execution(parts_, settings_, std::move(run), control);
  execution.go();
  return !execution.store_failed();
}

}  // namespace foz::schedule
