#include "flow/run_windows.h"

#include <algorithm>

#include "flow/document.h"

namespace foz::flow {
namespace {

/// What a run reads. A one-time run has no end of its own: it reads up to when it was made.
Span span_of(const Run& run) { return {run.window_from, run.window_to.value_or(from_millis(run.created_ms))}; }

bool overlap(const Span& a, const Span& b) {
  const auto begins_before_end = [](const Span& x, const Span& y) { return !x.from || !y.to || *x.from < *y.to; };
  return begins_before_end(a, b) && begins_before_end(b, a);
}

/// Looks through runs of a flow until one fits.
Result<std::optional<Run>> first_run(store::Reader& reader, std::string_view condition, const store::Values& values, const std::function<bool(const Run&)>& fits) {
  std::optional<Run> found;
  Status failure;
  TRY_DO(reader.each("SELECT doc FROM runs WHERE sandbox = ? AND flow_id = ? AND " + std::string(condition) + " ORDER BY created_ms DESC, id", values,
                     [&](const store::Row& row) {
                       const auto document = parse_json(row.text(0), {.depth_max = 256});
                       if (!document) return failure = document.error(), false;
                       auto run = run_of(*document);
                       if (!run) return failure = run.error(), false;
                       if (fits(*run)) found = std::move(*run);
                       return !found;
                     }));
  TRY_DO(failure);
  return found;
}

}  // namespace

Status take_next_window(store::Transaction& transaction, const Flow& flow, Run& run, Instant now) {
  TRY(Position position, FlowStore::position(transaction, flow.sandbox, flow.id, now));
  const bool one_time = !flow.schedule.recurring() && !position.begun;
  run.window_from = position.covered;
  const bool no_history = !position.begun && flow.schedule.recurring() && !flow.schedule.backfill;
  if (no_history) run.window_from = flow.schedule.start;
  if (run.window_from && *run.window_from >= now) return provider_error(1381, "There is nothing to read yet: the flow has been read up to now.");
  if (!one_time) run.window_to = now;
  run.first_backfill = flow.schedule.recurring() && !run.window_from;
  run.trigger = Trigger::tick;
  position.begun = true;
  position.covered = now;
  return FlowStore::put_position(transaction, flow.sandbox, flow.id, position);
}

Status take_window(const RunRequest& request, Run& run) {
  const Instant start = from_millis(run.not_before_ms);
  run.window_from = request.window_from;
  run.window_to = std::min(request.window_to.value_or(start), start);
  if (run.window_from && *run.window_to <= *run.window_from) {
    return provider_error(1381, "The window ends before it begins.", "/params/windowEndTime");
  }
  return {};
}

Result<bool> has_landed(store::Reader& reader, const Run& run) {
  const int64_t from_ms = run.window_from ? to_millis(*run.window_from) : 0;
  TRY(const auto other, first_run(reader, "state <> 'failed' AND (updated_ms >= ? OR state IN ('scheduled', 'queued', 'inProgress'))", {run.sandbox, run.flow_id, from_ms},
                                  [&](const Run& candidate) {
                                    const bool rows = !is_final(candidate.state) || (candidate.promotion && candidate.promotion->output_records > 0);
                                    const bool by_window = candidate.trigger != Trigger::replay && candidate.trigger != Trigger::refresh;
                                    return rows && by_window && overlap(span_of(candidate), span_of(run));
                                  }));
  return other.has_value();
}

Result<bool> take_out_again(store::Transaction& transaction, const Run& old, Instant now) {
  if (old.trigger != Trigger::tick || old.state != RunState::failed || !old.window_to) return false;
  TRY(Position position, FlowStore::position(transaction, old.sandbox, old.flow_id, now));
  if (!position.begun || position.covered != old.window_from) return false;
  position.covered = old.window_to;
  TRY_DO(FlowStore::put_position(transaction, old.sandbox, old.flow_id, position));
  return true;
}

Result<std::optional<Position>> next_reader(store::Reader& reader, const Run& old, Instant now) {
  const bool of_sequence = old.trigger == Trigger::tick || old.trigger == Trigger::retrigger;
  if (!of_sequence || !old.window_to) return std::nullopt;
  TRY(const Position position, FlowStore::position(reader, old.sandbox, old.flow_id, now));
  if (position.covered && *position.covered >= *old.window_to) return std::nullopt;
  return position;
}

Result<std::vector<Span>> windows_out(store::Reader& reader, std::string_view sandbox, std::string_view flow) {
  const store::Values names = {std::string(sandbox), std::string(flow)};
  const auto of_sequence = [](const Run& run) { return (run.trigger == Trigger::tick || run.trigger == Trigger::retrigger) && run.window_to.has_value(); };
  std::vector<Span> out;
  TRY([[maybe_unused]] const auto none, first_run(reader, "state NOT IN ('success', 'partialSuccess')", names, [&](const Run& run) {
        if (of_sequence(run) && !run.window_returned) out.push_back(span_of(run));
        return false;
      }));
  if (out.empty()) return out;
  const auto landed = [](const Span& window, const Run& run) {
    const bool begins = !run.window_from || (window.from && *run.window_from <= *window.from);
    return begins && *run.window_to >= *window.to;
  };
  TRY([[maybe_unused]] const auto still_none, first_run(reader, "state IN ('success', 'partialSuccess')", names, [&](const Run& run) {
        if (of_sequence(run)) std::erase_if(out, [&](const Span& window) { return landed(window, run); });
        return out.empty();
      }));
  return out;
}

Result<std::optional<Run>> reader_since(store::Reader& reader, const Run& old) {
  const bool of_sequence = old.trigger == Trigger::tick || old.trigger == Trigger::retrigger;
  if (old.trigger == Trigger::refresh) {
    return first_run(reader, "state <> 'failed' AND id <> ?", {old.sandbox, old.flow_id, old.id},
                     [&](const Run& other) { return other.trigger == Trigger::refresh && (other.predecessor == old.id || other.created_ms >= old.created_ms); });
  }
  // Windows tell what came later, not clocks, which may have been set back since.
  return first_run(reader, "id <> ?", {old.sandbox, old.flow_id, old.id}, [&](const Run& other) {
    const bool alive = other.state != RunState::failed;
    if (!of_sequence) return alive && !other.predecessor.empty() && other.window_from == old.window_from && other.window_to == old.window_to;
    if (!overlap(span_of(other), span_of(old))) return false;
    const bool handed_out_later = other.trigger == Trigger::tick && !other.window_returned && span_of(other).to > span_of(old).to;
    return handed_out_later || (alive && (other.trigger == Trigger::tick || other.trigger == Trigger::retrigger));
  });
}

}  // namespace foz::flow
