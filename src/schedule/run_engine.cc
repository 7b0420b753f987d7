#include "schedule/run_engine.h"

#include <algorithm>
#include <utility>

#include "base/crash_point.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/time_text.h"
#include "catalog/system_columns.h"
#include "flow/document.h"
#include "schedule/landed_data.h"
#include "schedule/rejected_rows.h"
#include "schedule/removals.h"
#include "schedule/run_calculated.h"
#include "schedule/run_commit.h"
#include "schedule/run_memory.h"
#include "schedule/run_report.h"
#include "schedule/silence.h"

namespace foz::schedule {
namespace {

using flow::Run;
using flow::RunState;

/// A vendor's clock that is further behind than this is not believed.
constexpr std::chrono::hours kClockBehindMax{48};

/// All keys of a flow that wants removals are compared this often, whatever its feed tells (Sources contract, 5.2).
constexpr int64_t kReconcileMs = 7LL * 86'400'000;

std::string_view name_of_stage(Stage stage) { return stage == Stage::copy ? "copy" : "promotion"; }

}  // namespace

/// One pass through the stages of a run.
class RunEngine::Execution {
 public:
  Execution(const RunEngineParts& parts, const RunEngineSettings& settings, Run run, RunControlBlock& control)
      : parts_(parts), settings_(settings), run_(std::move(run)), control_(control), memory_(parts.database, parts.files, settings.keys_dir, run_),
        calculated_(parts.database, parts.files, settings.keys_dir, run_) {}

  void go() {
    control_.progress.touch(parts_.clock);
    crash_point("run.before_claim");
    if (const Status claimed = claim(); !claimed) return give_up("claim", claimed.error());
    log::info("run.started", {{"run", run_.id}, {"flow", run_.flow_id}, {"attempt", run_.attempts + 1}});
    crash_point("run.after_claim");
    const auto snapshot = snapshot_of_run();
    if (!snapshot) return after_failure(Stage::copy, snapshot.error(), {});
    crash_point("run.after_snapshot");
    if (const Status loaded = memory_.load(); !loaded) return after_failure(Stage::copy, loaded.error(), {});
    if (const Status loaded = calculated_.load(); !loaded) return after_failure(Stage::copy, loaded.error(), {});
    if (const Status opened = open_spool(); !opened) return after_failure(Stage::copy, opened.error(), {});
    Planner::Outcome planned = plan(*snapshot);
    if (!planned.plan) return after_failure(planned.failure->promotion ? Stage::promotion : Stage::copy, planned.failure->error, {});
    plan_ = std::move(*planned.plan);
    if (const auto wait = until_settled()) return wait_for_vendor(*wait);
    if (!run_.replay_rejected.empty()) {
      if (const Status replay = plan_replay(); !replay) return after_failure(Stage::copy, replay.error(), {});
    }
    if (const Status removals = add_removals(); !removals) return after_failure(Stage::promotion, removals.error(), {});
    if (const Status refresh = add_refresh(); !refresh) return after_failure(Stage::promotion, refresh.error(), {});
    if (const Status kept = keep_plan(); !kept) return after_failure(Stage::copy, kept.error(), {});
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
    control_.hold(run_.fence);
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

  Status open_spool() {
    const std::filesystem::path own = settings_.spool_dir / run_.id;
    if (!run_.predecessor.empty() && run_.trigger != flow::Trigger::refresh) TRY_DO(take_over_spool(settings_.spool_dir / run_.predecessor, own));
    TRY(spool_, Spool::open(parts_.files, parts_.clock, own));
    const bool repeats = run_.trigger == flow::Trigger::retrigger;  // takes the rows of its own window only
    const bool has_memory = memory_.in_force() != nullptr;
    if (!calculated_.is_stale(spool_->plan()) && (!reads_before_window() || has_memory || repeats)) return {};
    // The memory is damaged that its look-back was planned with: without it those pages would double rows. Or rows have landed
    // since a refresh compared: what it read may be older than they are.
    TRY_DO(spool_->remove());
    TRY(spool_, Spool::open(parts_.files, parts_.clock, own));
    return {};
  }

  bool reads_before_window() const {
    if (!spool_->plan() || !spool_->plan()->plan.window) return false;
    const sources::Window& window = *spool_->plan()->plan.window;
    return window.from && run_.window_from && *window.from < *run_.window_from;
  }

  /// A run that repeats one whose pages were fetched, and did not land, loads from those pages while they are kept (13.2).
  Status take_over_spool(const std::filesystem::path& from, const std::filesystem::path& own) {
    if (parts_.files.size(own / "plan.json") || !parts_.files.size(from / "plan.json")) return {};
    TRY_DO(parts_.files.remove_tree(own));
    TRY_DO(parts_.files.publish(from, own));
    log::info("run.took_over_spool", {{"run", run_.id}, {"from", run_.predecessor}});
    return {};
  }

  /// On what the spool was planned with, if it was. Pages taken over that lack what the mapping reads by now are no use: then
  /// the source is read again.
  Planner::Outcome plan(const RunSnapshot& snapshot) {
    const auto limit = memory_.look_back_limit();
    if (!limit) return {.failure = PlanFailure{.error = limit.error()}};
    Planner::Ground ground{.remembers = memory_.seen() != nullptr, .look_back_limit = *limit};
    if (spool_->plan()) ground.kept = &spool_->plan()->plan;
    Planner::Outcome planned = parts_.planner.plan(run_, snapshot, ground, control_.stop.get_token());
    if (planned.plan || !planned.failure->promotion || ground.kept == nullptr || run_.predecessor.empty()) return planned;
    if (const Status dropped = spool_->remove(); !dropped) return {.failure = PlanFailure{.error = dropped.error()}};
    if (const Status opened = open_spool(); !opened) return {.failure = PlanFailure{.error = opened.error()}};
    ground.kept = nullptr;
    return parts_.planner.plan(run_, snapshot, ground, control_.stop.get_token());
  }

  /// How long until the vendor's clock, which dates the rows, is past the window and its settle time. A clock that is days
  /// behind is broken, and not waited for.
  std::optional<std::chrono::milliseconds> until_settled() const {
    const auto vendor_now = plan_->settled_at ? plan_->source->source->vendor_now() : std::nullopt;
    if (!vendor_now || *vendor_now >= *plan_->settled_at) return std::nullopt;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*plan_->settled_at - *vendor_now);
    if (parts_.clock.now() - *vendor_now <= kClockBehindMax) return wait;
    log::warning("run.vendor_clock", {{"run", run_.id}, {"vendor_ms", to_millis(*vendor_now)}});
    return std::nullopt;
  }

  void wait_for_vendor(std::chrono::milliseconds wait) {
    run_.state = RunState::queued;
    run_.not_before_ms = now_ms() + wait.count();
    run_.errors = {{.code = "FOZ-RUN-UNSETTLED", .message = "The source's clock has not passed the end of the window and its settle time: it is read at " +
                                                            iso_shortest(from_millis(run_.not_before_ms)) + "."}};
    log::info("run.unsettled", {{"run", run_.id}, {"wait_ms", wait.count()}});
    store_end();
  }

  Status keep_plan() {
    if (spool_->plan()) return {};
    TRY(std::string look, last_removal_look(parts_.database, run_.sandbox, run_.flow_id));
    TRY(auto slices, source().plan(plan_->read, control_.stop.get_token()));
    control_.progress.touch(parts_.clock);
    crash_point("spool.before_plan");
    TRY_DO(spool_->keep_plan({.plan = plan_->read, .slices = std::move(slices), .refresh = calculated_.refresh() != nullptr ? std::optional(calculated_.refresh()->report()) : std::nullopt,
                              .removal_look = std::move(look)}));
    crash_point("spool.after_plan");
    return {};
  }

  /// Where the pages come from: the vendor, with what it removed where the flow wants that, or rows that an earlier run
  /// rejected.
  sources::Source& source() {
    if (rejected_rows_) return *rejected_rows_;
    if (calculated_.refresh() != nullptr) return *calculated_.refresh();
    return with_removals_ ? *with_removals_ : *plan_->source->source;
  }

  /// Removals come with the runs of the flow's own sequence; those beside it read rows alone (5.2). What was planned stays.
  Status add_removals() {
    if (!plan_->flow.options.deletes || rejected_rows_) return {};
    const bool planned = spool_->plan() && has_removal_slice(*spool_->plan());
    if (spool_->plan() ? !planned : run_.trigger != flow::Trigger::tick) return {};
    TRY(const auto paths, key_paths(plan_->read, *plan_->program, "options.deletes"));
    TRY(const auto row, parts_.database.first("SELECT bookmark, reconciled_ms FROM flow_removals WHERE sandbox = ? AND flow_id = ?", {run_.sandbox, run_.flow_id}));
    RemovalState state;
    if (!row && (run_.first_backfill || !run_.window_from)) {  // nothing by windows; what somebody asked for may have been
      TRY(const auto batches, flow::RunStore::batches_of(parts_.database, run_.sandbox, run_.flow_id));
      state.nothing_landed = batches.empty();
    }
    if (row) state = {.bookmark = row->text(0), .reconcile = now_ms() - row->integer(1) >= kReconcileMs};
    else state.reconcile = !state.nothing_landed;
    plan_->read.deletes = true;
    with_removals_.emplace(*plan_->source->source, std::move(state), [this, path = paths.front()](const PresentKeys& present, std::stop_token stop) -> Result<std::vector<std::string>> {
      TRY(const LandedData landed, landed_data(true));
      return landed.missing(present, path, stop);
    });
    return {};
  }

  /// What stands in the data set; with `own` what this flow landed of it.
  Result<LandedData> landed_data(bool own) const {
    return LandedData::open({.catalog = parts_.catalog, .database = parts_.database, .sandbox = run_.sandbox, .dataset_id = plan_->dataset_id,
                             .flow_id = own ? std::optional(run_.flow_id) : std::nullopt, .program = *plan_->program,
                             .memory_bytes = settings_.pipeline.memory_bytes / 2, .spill_dir = settings_.spill_dir});
  }

  /// A refresh compares with what landed.
  Status add_refresh() {
    calculated_.plan(*plan_);
    if (run_.trigger != flow::Trigger::refresh) return {};
    TRY_DO(record_key(plan_->read.table, "options.calculatedRefresh"));
    TRY(const auto paths, key_paths(plan_->read, *plan_->program, "options.calculatedRefresh"));
    TRY(const LandedData landed, landed_data(true));
    TRY(auto keys, landed.live_keys(paths.front(), control_.stop.get_token()));
    return calculated_.add_refresh(std::move(keys), memory_.in_force(), [this] { control_.progress.touch(parts_.clock); });
  }

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
    TRY(const auto paths, key_paths(spool_->plan()->plan, *plan_->program, "the mode skipExisting"));
    TRY(const LandedData landed, landed_data(false));
    return landed.keys(paths, control_.stop.get_token());
  }

  void run_pipeline() {
    const catalog::Catalog& catalog = parts_.catalog;
    const PipelineFolders folders{.data = catalog.batch_folder(run_.sandbox, plan_->dataset_id, run_.batch_id),
                                  .diagnostics = catalog.diagnostics_folder(run_.sandbox, run_.batch_id),
                                  .spill = settings_.spill_dir};
    Pipeline pipeline(parts_.files, parts_.clock, settings_.pipeline, folders);
    LoadSpec load{.plan = spool_->plan()->plan, .program = plan_->program, .context = {.now = from_millis(*run_.started_ms), .random = &parts_.random},
                  .workers = settings_.pipeline.load_workers};
    bound_by_window(load.plan);
    auto gate = RowGate::make(load.plan, plan_->filter);
    if (!gate) return after_failure(Stage::copy, gate.error(), {});
    load.gate = std::move(*gate);
    auto landed = landed_keys();
    if (!landed) return after_failure(Stage::promotion, landed.error(), {});
    load.landed = std::move(*landed);
    load.rejects_misfits = plan_->rejects_misfits;
    if (const Status added = calculated_.add_to(load); !added) return after_failure(Stage::copy, added.error(), {});
    if (tells_changes(plan_->flow.options)) load.plan.columns.push_back(change_type_column());
    if (plan_->flow.options.replay_safe_ids) load.context.replay_id = run_.flow_id;
    if (plan_->look_back > plan_->look_back.zero() && run_.window_to) {
      auto stamp = RowStamp::make(load.plan, plan_->stamp);
      if (!stamp) return after_failure(Stage::copy, stamp.error(), {});
      KeyGatherer& gatherer = memory_.gather(*run_.window_to - plan_->look_back);
      load.look_back = LookBack{.seen = memory_.seen(), .gatherer = &gatherer, .stamp = std::move(*stamp), .version = RowVersion::of(load.plan)};
    }
    PipelineOutcome outcome = pipeline.run({.source = source(), .spool = *spool_, .load = std::move(load),
                                            .keep_rejected_rows = plan_->flow.options.error_diagnostics},
                                           control_.progress, control_.stop.get_token());
    if (outcome.failure) return after_failure(outcome.failure->stage, outcome.failure->error, outcome.failure->broken_page);
    crash_point("run.before_commit");
    finish(*outcome.result);
  }

  /// What kind of change a row is: told by removals themselves, the same for all rows of a refresh.
  sources::Column change_type_column() const {
    sources::Column column{.name = std::string(catalog::kChangeTypeColumn)};
    if (run_.trigger == flow::Trigger::refresh) column.constant = "u";
    else column.raw_path = {column.name};
    return column;
  }

  /// Of pages that were read for another run only the rows of this run's window are its own.
  void bound_by_window(sources::ReadPlan& plan) const {
    if (run_.trigger != flow::Trigger::retrigger || !run_.window_to || plan_->stamp.column.empty()) return;
    sources::Window window{.column = plan_->stamp.column, .from = run_.window_from, .to = run_.window_to, .date_format = plan_->stamp.date_format, .timezone = plan_->stamp.timezone};
    if (plan.window && plan.window->from && memory_.seen() != nullptr) window.from = std::min(plan.window->from, window.from);
    plan.window = std::move(window);
  }

  /// All rows are through: the threshold decides whether they land.
  void finish(const PipelineResult& result) {
    RunNumbers numbers{.totals = result.totals, .rejected_kinds = result.rejected_kinds, .spooled_bytes = spool_->bytes(),
                       .output_files = result.files.size(), .pages = spool_->pages(), .diagnostics = plan_->flow.options.error_diagnostics,
                       .has_warning_sample = result.has_warning_sample};
    for (const lake::DataFile& file : result.files) numbers.output_bytes += file.bytes;
    const bool lands = within_threshold(result.totals.rejected, result.totals.read, plan_->flow.options.partial_ingestion_percent);
    RunState end = RunState::success;
    if (result.totals.rejected > 0) end = settings_.partial_as_success ? RunState::success : RunState::partial_success;
    if (!lands) end = RunState::failed;
    report_numbers(run_, numbers, end, now_ms());
    if (const Status noted = note_removals(); !noted) return after_failure(Stage::promotion, noted.error(), {});
    note_silence();
    if (!lands) memory_.keep_seen();
    const Status committed = commit(result, numbers, lands);
    if (!committed) return after_failure(Stage::promotion, committed.error(), {});
    crash_point("run.after_commit");
    if (!lands) remove_data(run_.batch_id);
    done(lands);
  }

  /// What the run shows of removed records and calculated columns.
  Status note_removals() {
    TRY(removals_, removal_report(*spool_));
    if (removals_) run_.notes["deletes"] = to_json(*removals_);
    if (spool_->plan()->refresh) run_.notes["calculated"] = to_json(*spool_->plan()->refresh);
    return {};
  }

  /// A scheduled window without new rows is said aloud where rows are usual. That it cannot be found out is no reason to fail.
  void note_silence() {
    const bool scheduled = run_.trigger == flow::Trigger::tick && run_.window_to && !run_.first_backfill;
    if (!scheduled || run_.state != RunState::success || new_rows_of(run_) > 0) return;
    const auto earlier = rows_of_earlier_windows(parts_.database, run_);
    const auto words = earlier ? unusual_silence(*earlier) : std::nullopt;
    if (!words) return;
    const flow::RunError warning{.code = "FOZ-RUN-NO-ROWS", .message = *words};
    run_.errors.push_back(warning);
    run_.promotion->kinds.push_back(warning);
    metrics::count("foz_runs_silent_total");
    log::warning("run.no_new_rows", {{"run", run_.id}, {"flow", run_.flow_id}});
  }

  /// Batch, files, run and the flow's last run appear in one step.
  Status commit(const PipelineResult& result, const RunNumbers& numbers, bool lands) {
    const bool any_rows = result.totals.written > 0 || result.totals.rejected > 0;
    if (!any_rows) run_.batch_id.clear();
    run_.updated_ms = now_ms();
    run_.etag = flow::new_etag(parts_.random, parts_.clock.now());
    std::string keys, calculated;
    if (lands) {
      TRY(keys, memory_.write());
      TRY(calculated, calculated_.write());
    }
    crash_point("run.after_keys");
    const RunCommit commit{.catalog = parts_.catalog, .run = run_, .plan = *plan_, .result = result, .numbers = numbers, .lands = lands, .keys_file = keys,
                           .calculated_file = calculated, .calculated_anew = calculated_.replaces_all(), .removal_look = spool_->plan()->removal_look,
                           .removals = removals_ ? &*removals_ : nullptr};
    const Status committed = parts_.database.write([&](store::Transaction& transaction) { return commit_run(transaction, commit); });
    if (committed && lands) {
      memory_.forget_replaced();
      calculated_.forget_replaced();
    }
    return committed;
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
    if (reason == StopReason::stalled) cause = Error{.kind = ErrorKind::unavailable, .message = standstill(control_.progress)};
    if (broken_page && spool_) {
      const uint32_t behind = spool_->progress(broken_page->slice).pages - broken_page->slice_page + 1;
      if (const Status dropped = spool_->drop_last(broken_page->slice, behind); !dropped) return fail(stage, dropped.error());
    }
    const bool reads_anew = stage == Stage::copy && !broken_page && are_pages_of_no_use(cause.kind);
    if (reads_anew) drop_spool();
    if ((is_worth_retrying(cause) || reads_anew) && static_cast<size_t>(run_.attempts) < settings_.retry_waits.size()) return try_later(stage, cause);
    fail(stage, cause);
  }

  /// To the next attempt: complete and yet not what the source announced, or behind the last one the source's handle died.
  bool are_pages_of_no_use(ErrorKind error) const {
    if (!spool_ || !spool_->plan()) return false;
    if (error == ErrorKind::not_found) return spool_->bytes() > 0;
    if (error != ErrorKind::corrupt) return false;
    const auto& slices = spool_->plan()->slices;
    return std::all_of(slices.begin(), slices.end(), [&](const sources::Slice& slice) { return spool_->progress(slice.id).ended; });
  }

  void try_later(Stage stage, const Error& error) {
    const bool quota = error.kind == ErrorKind::rate_limited;
    std::chrono::milliseconds wait = settings_.retry_waits[static_cast<size_t>(run_.attempts)];
    if (error.retry_after) wait = std::max(*error.retry_after, quota ? std::chrono::milliseconds(1000) : wait);
    if (!quota) ++run_.attempts;  // waiting for an allowance is no failure
    run_.state = RunState::queued;
    run_.not_before_ms = now_ms() + wait.count();
    run_.errors = {{.code = stage == Stage::copy ? "CONNECTOR-1001-500" : "CONNECTOR-2001-500",
                    .message = error.message + "; the stage is tried again at " + iso_shortest(from_millis(run_.not_before_ms))}};
    log::warning("run.try_later", {{"run", run_.id}, {"stage", name_of_stage(stage)}, {"error", error}, {"wait_ms", wait.count()}});
    store_end();
  }

  void fail(Stage stage, const Error& error) {
    report_failure(run_, stage, error, now_ms());
    if (stage == Stage::promotion) memory_.keep_seen();
    const std::string batch = std::exchange(run_.batch_id, "");
    if (error.kind == ErrorKind::unauthorized) mark_login_broken();
    log::warning("run.failed", {{"run", run_.id}, {"flow", run_.flow_id}, {"stage", name_of_stage(stage)}, {"error", error}});
    const bool gives_window_back = stage == Stage::copy;
    run_.updated_ms = now_ms();
    run_.etag = flow::new_etag(parts_.random, parts_.clock.now());
    const Status stored = parts_.database.write([&](store::Transaction& transaction) -> Status {
      if (gives_window_back) TRY_DO(flow::FlowStore::give_window_back(transaction, run_, parts_.clock.now()));
      TRY_DO(flow::RunStore::update(transaction, run_, RunState::in_progress, run_.fence));
      return flow::FlowStore::set_last_run(transaction, run_);
    });
    if (!stored) return give_up("fail", stored.error());
    remove_data(batch);  // not before: a commit whose answer was lost has made it everybody's
    metrics::count("foz_runs_total", {{"status", "failed"}});
    if (gives_window_back) drop_spool();
  }

  void cancelled() {
    // The record was made final by whoever cancelled; here only what lies about is put away.
    remove_data(run_.batch_id);
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

  void remove_data(const std::string& batch) {
    if (!plan_ || batch.empty()) return;
    const Status removed = parts_.files.remove_tree(parts_.catalog.batch_folder(run_.sandbox, plan_->dataset_id, batch));
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
  RunMemory memory_;
  RunCalculated calculated_;
  bool store_failed_ = false;
  std::optional<RunPlan> plan_;
  std::optional<RejectedRows> rejected_rows_;
  std::optional<WithRemovals> with_removals_;
  std::optional<RemovalReport> removals_;
  std::unique_ptr<Spool> spool_;
};

bool RunEngine::execute(flow::Run run, RunControlBlock& control) {
  Execution execution(parts_, settings_, std::move(run), control);
  execution.go();
  return !execution.store_failed();
}

}  // namespace foz::schedule
