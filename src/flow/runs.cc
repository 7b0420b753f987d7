#include "flow/runs.h"

#include <filesystem>

#include "base/id.h"
#include "base/text.h"
#include "base/time_text.h"
#include "catalog/catalog.h"
#include "flow/access_labels.h"
#include "flow/flows.h"
#include "flow/run_windows.h"
#include "store/resource_table.h"

namespace foz::flow {
namespace {

/// Rejected rows are mapped again once: the run they came from remembers who did.
Status claim_rejected_rows(store::Transaction& transaction, const catalog::Catalog& catalog, const Run& run) {
  const std::string& id = run.replay_rejected;
  auto replayed = RunStore::find(transaction, run.sandbox, id);
  if (!replayed && replayed.error().kind != ErrorKind::not_found) return replayed.error();
  if (!replayed || replayed->flow_id != run.flow_id) return flow_error(1428, "The flow has no run " + id + ".", "/params/replayRejected");
  const auto refused = [&](const std::string& why) { return provider_error(1384, "The run " + id + " " + why, "/params/replayRejected"); };
  const bool landed = replayed->state == RunState::success || replayed->state == RunState::partial_success;
  const bool rejected = landed && replayed->promotion && replayed->promotion->failed_records > 0;
  if (!rejected) return refused("has no rejected rows beside landed ones.");
  if (!replayed->has_diagnostics) return refused("kept no rejected rows: errorDiagnosticsEnabled was off.");
  std::error_code failure;
  if (!std::filesystem::exists(catalog.diagnostics_folder(run.sandbox, replayed->batch_id) / "row_errors", failure)) {
    return refused("keeps its rejected rows no longer.");
  }
  if (!replayed->replayed_by.empty()) {
    const auto earlier = RunStore::find(transaction, run.sandbox, replayed->replayed_by);
    if (earlier && earlier->state != RunState::failed) return refused("is replayed by the run " + earlier->id + " already: replay that one.");
  }
  replayed->replayed_by = run.id;
  return RunStore::update(transaction, *replayed, replayed->state);
}

/// The delta column of a request is the flow's; a flow without one takes it over. True when the flow changed.
Result<bool> take_delta_column(store::Transaction& transaction, const Environment& environment, const Scope& scope, const Flow& flow, const RunRequest& request) {
  const auto& own = flow.transformations.delta_column;
  if (!request.delta_column) return false;
  if (own && equal_ignoring_case(own->name, request.delta_column->name)) return false;
  if (own) {
    return provider_error(1382, "The flow reads by the column " + own->name + ", not by " + request.delta_column->name + ".", "/params/deltaColumn");
  }
  const Instant now = environment.clock.now();
  Json document = flow.doc;
  document["transformations"] = with_delta_column(document.value("transformations", Json()), *request.delta_column);
  stamp(document, scope, new_etag(environment.random, now), now);
  TRY_DO(replace_stored(transaction, kFlowShelf, flow.sandbox, document, text_of(flow.doc, "etag"), {}));
  return true;
}

bool found_nothing(const Run& run) { return run.state == RunState::success && run.copy.input_records == 0; }

}  // namespace

Run cancelled(Run run, const Cancellation& cancellation) {
  FOZ_CHECK(!is_final(run.state));
  const int64_t now_ms = to_millis(cancellation.now);
  const auto end = [&](ActivityReport& activity) {
    if (activity.completed_ms) return;
    activity.state = RunState::failed;
    activity.completed_ms = activity.updated_ms = now_ms;
  };
  run.state = RunState::failed;
  run.errors = {{.code = "FOZ-RUN-CANCELLED", .message = cancellation.why}};
  if (run.started_ms) end(run.copy);
  if (run.promotion) end(*run.promotion);
  run.batch_id.clear();
  run.completed_ms = run.updated_ms = now_ms;
  run.etag = cancellation.etag;
  return run;
}

Result<Json> Runs::find(store::Reader& reader, std::string_view sandbox, std::string_view id) const { return find_stored(reader, kRunShelf, sandbox, id); }

Result<Written> Runs::create(const Scope& scope, const Json& body) const {
  TRY(const RunRequest request, read_run_request(body));
  const Instant now = environment_.clock.now();
  Written written;
  bool flow_changed = false;
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    auto flow = FlowStore::find(transaction, scope.sandbox, request.flow_id, environment_.settings.partial_ingestion_percent_default);
    if (!flow && flow.error().kind == ErrorKind::not_found) return flow_error(1430, "There is no flow " + request.flow_id + " in this sandbox.", "/flowId");
    if (!flow) return std::move(flow).error();
    TRY_DO(check_reach(scope, flow->doc, Use::change, where_of(kFlowShelf, flow->id)));
    if (!flow->enabled()) return flow_error(1444, "The flow is " + flow->state + ": only an enabled flow runs.", where_of(kFlowShelf, flow->id));
    Run run = new_run(*flow, environment_.random, now);
    run.client_id = scope.client_id;
    run.user_id = scope.user_id;
    written = Written{run.id, run.etag};
    run.trigger = Trigger::on_demand;
    run.mode = request.mode;
    TRY(flow_changed, take_delta_column(transaction, environment_, scope, *flow, request));
    if (flow_changed) run.delta_column = request.delta_column;
    if (request.start && *request.start > now) {
      run.not_before_ms = to_millis(*request.start);
      run.state = RunState::scheduled;
    }
    TRY_DO(take_work(transaction, *flow, request, run, written.warnings));
    return RunStore::insert(transaction, run);
  }));
  if (flow_changed) listeners_.flow_changed(scope.sandbox, request.flow_id);
  listeners_.wake();
  return written;
}

/// Rejected rows, a window, or what comes next in the flow's own sequence.
Status Runs::take_work(store::Transaction& transaction, const Flow& flow, const RunRequest& request, Run& run, std::vector<std::string>& warnings) const {
  if (!request.replay_rejected.empty()) {
    run.trigger = Trigger::replay;
    run.replay_rejected = request.replay_rejected;
    return claim_rejected_rows(transaction, environment_.catalog, run);
  }
  if (request.has_window) {
    TRY_DO(take_window(request, run));
    TRY(const bool landed, has_landed(transaction, run));
    if (landed) warnings.emplace_back("window-overlap");
    return {};
  }
  if (run.state == RunState::scheduled) {
    return provider_error(1384, "A run that starts later needs a window: send windowStartTime and windowEndTime.", "/params/windowStartTime");
  }
  return take_next_window(transaction, flow, run, from_millis(run.not_before_ms));
}

Result<Written> Runs::retrigger(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  const Instant now = environment_.clock.now();
  Written written;
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    TRY(const Json stored, find_reachable_run(transaction, scope, id, Use::change));
    TRY(const Run old, run_of(stored));
    TRY_DO(check_if_match(if_match, old.etag, false, where_of(kRunShelf, id)));
    TRY(const Run run, repetition_of(transaction, scope, old, now));
    written = Written{run.id, run.etag};
    return RunStore::insert(transaction, run);
  }));
  listeners_.wake();
  return written;
}

Result<Run> Runs::repetition_of(store::Transaction& transaction, const Scope& scope, const Run& old, Instant now) const {
  const std::string where = where_of(kRunShelf, old.id);
  if (old.state != RunState::failed && !found_nothing(old)) {
    return provider_error(1387, "Only a run that failed, or read no rows, is repeated; this one is " + std::string(name_of(old.state)) + ".", where);
  }
  const auto flow = FlowStore::find(transaction, scope.sandbox, old.flow_id, environment_.settings.partial_ingestion_percent_default);
  if (!flow && flow.error().kind != ErrorKind::not_found) return flow.error();
  const std::string flow_state = flow ? flow->state : "deleted";
  if (flow_state != "enabled") return provider_error(1388, "The flow is " + flow_state + ": only runs of an enabled flow are repeated.", where);

  Run run = new_run(*flow, environment_.random, now);
  run.client_id = scope.client_id;
  run.user_id = scope.user_id;
  run.predecessor = old.id;
  run.mode = old.mode;
  run.window_from = old.window_from;
  run.window_to = old.window_to;
  run.first_backfill = old.first_backfill;
  run.delta_column = old.delta_column;
  run.replay_rejected = old.replay_rejected;
  run.trigger = old.trigger;
  if (old.trigger == Trigger::refresh) {
    TRY(const auto since, reader_since(transaction, old));
    if (since) return provider_error(1387, "The calculated columns were looked at since, by the run " + since->id + ".", where);
    return run;
  }
  if (old.trigger == Trigger::replay) {
    TRY_DO(claim_rejected_rows(transaction, environment_.catalog, run));
    return run;
  }
  TRY(const bool next_again, take_out_again(transaction, old, now));
  if (next_again) return run;
  TRY(const auto standing, next_reader(transaction, old, now));
  if (standing) {
    const std::string up_to = standing->covered ? "up to " + iso_shortest(*standing->covered) + " only" : "not at all";
    return provider_error(1387, "The flow has been read " + up_to + ": its next run reads the window of this run, too. To have it read now, ask for a run without a window.", where);
  }
  if (old.trigger == Trigger::tick) run.trigger = Trigger::retrigger;
  TRY(const auto since, reader_since(transaction, old));
  if (since) return provider_error(1387, "The window of this run was given to the run " + since->id + " since.", where);
  return run;
}

Result<Written> Runs::cancel(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  const Instant now = environment_.clock.now();
  const std::string where = where_of(kRunShelf, id);
  Run ended;
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    TRY(const Json stored, find_reachable_run(transaction, scope, id, Use::change));
    TRY(const Run run, run_of(stored));
    TRY_DO(check_if_match(if_match, run.etag, false, where));
    if (is_final(run.state)) return provider_error(1387, "The run is over: " + std::string(name_of(run.state)) + ".", where);
    ended = cancelled(run, {.why = "The run was cancelled.", .now = now, .etag = new_etag(environment_.random, now)});
    TRY_DO(FlowStore::give_window_back(transaction, ended, now));
    TRY_DO(RunStore::update(transaction, ended, run.state));
    return ended.started_ms ? FlowStore::set_last_run(transaction, ended) : Status();
  }));
  listeners_.cancel(ended.id);
  listeners_.flow_changed(ended.sandbox, ended.flow_id);
  return Written{ended.id, ended.etag};
}

}  // namespace foz::flow
