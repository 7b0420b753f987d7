#include "flow/flow.h"

#include "base/id.h"
#include "flow/document.h"
#include "store/resource_table.h"

namespace foz::flow {
namespace {

const store::ResourceTable kFlows("flows");

std::string first_of(const Json& document, std::string_view name) {
  const std::vector<std::string> ids = texts_of(document, name);
  return ids.empty() ? "" : ids.front();
}

store::Value micros_of(const std::optional<Instant>& instant) {
  if (!instant) return std::monostate{};
  return instant->time_since_epoch().count();
}

std::optional<Instant> instant_at(const store::Row& row, size_t column) {
  const auto micros = row.maybe_integer(column);
  if (!micros) return std::nullopt;
  return Instant(std::chrono::microseconds(*micros));
}

}  // namespace

Result<Flow> flow_of(const Json& stored, double partial_ingestion_percent_default) {
  Flow flow{.sandbox = text_of(stored, "sandboxId"), .id = text_of(stored, "id"), .name = text_of(stored, "name"),
            .sandbox_name = text_of(stored, "sandboxName"), .org_id = text_of(stored, "imsOrgId"), .state = text_of(stored, "state"),
            .source_connection_id = first_of(stored, "sourceConnectionIds"), .target_connection_id = first_of(stored, "targetConnectionIds")};
  flow.doc = stored;
  if (flow.state == "draft") return flow;
  const auto part = [&](std::string_view name) { return member(stored, name) == nullptr ? Json() : *member(stored, name); };
  // Rules that only hold for new schedules (a least interval, say) must not stop a flow that runs already.
  TRY(flow.schedule, read_schedule(part("scheduleParams"), {.minute_interval_min = 1}));
  TRY(flow.options, read_options(part("options"), partial_ingestion_percent_default));
  TRY(flow.transformations, read_transformations(part("transformations")));
  const Json* internal = member(stored, kInternal);
  if (internal != nullptr && flow.transformations.mapping && !flow.transformations.mapping->version) {
    flow.transformations.mapping->version = integer_of(*internal, kPinnedMappingVersion);
  }
  return flow;
}

Run new_run(const Flow& flow, Random& random, Instant now) {
  Run run{.sandbox = flow.sandbox, .id = new_uuid(random), .etag = new_etag(random, now), .sandbox_name = flow.sandbox_name, .org_id = flow.org_id};
  run.created_ms = run.updated_ms = run.not_before_ms = to_millis(now);
  run.flow_id = flow.id;
  if (const Json* spec = member(flow.doc, "flowSpec")) run.flow_spec = *spec;
  if (const Json* types = member(flow.doc, "recordTypes")) run.record_types = *types;
  run.labels = texts_of(flow.doc, "labels");
  run.source_connection_id = flow.source_connection_id;
  run.target_connection_id = flow.target_connection_id;
  run.delta_column = flow.transformations.delta_column;
  return run;
}

Result<Flow> FlowStore::find(store::Reader& reader, std::string_view sandbox, std::string_view id, double partial_ingestion_percent_default) {
  auto found = kFlows.find(reader, sandbox, id);
  if (!found && found.error().kind == ErrorKind::not_found) return no_such("flows", id);
  if (!found) return std::move(found).error();
  return flow_of(found->doc, partial_ingestion_percent_default);
}

Result<std::vector<FlowStore::Key>> FlowStore::enabled(store::Reader& reader) {
  std::vector<Key> keys;
  TRY_DO(reader.each("SELECT sandbox, id FROM flows WHERE state = 'enabled' ORDER BY sandbox, id", {}, [&](const store::Row& row) {
    keys.push_back({row.text(0), row.text(1)});
    return true;
  }));
  return keys;
}

Status FlowStore::set_last_run(store::Transaction& transaction, const Run& run) {
  auto found = kFlows.find(transaction, run.sandbox, run.flow_id);
  if (!found && found.error().kind == ErrorKind::not_found) return {};
  if (!found) return std::move(found).error();
  Json details = {{"id", run.id}, {"state", name_of(run.state)}};
  if (run.started_ms) details["startedAtUTC"] = *run.started_ms;
  if (run.completed_ms) details["completedAtUTC"] = *run.completed_ms;
  found->doc["lastRunDetails"] = details;
  return kFlows.update(transaction, *found, found->etag);
}

Result<Position> FlowStore::position(store::Reader& reader, std::string_view sandbox, std::string_view id, Instant now) {
  TRY(const auto row, reader.first("SELECT since_us, begun, covered_us, ticks_after_us FROM flow_positions WHERE sandbox = ? AND flow_id = ?",
                                   {std::string(sandbox), std::string(id)}));
  if (!row) return Position{.since = now};
  return Position{.since = Instant(std::chrono::microseconds(row->integer(0))), .begun = row->integer(1) != 0,
                  .covered = instant_at(*row, 2), .ticks_after = instant_at(*row, 3)};
}

Status FlowStore::put_position(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const Position& position) {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO flow_positions (sandbox, flow_id, since_us, begun, covered_us, ticks_after_us) VALUES (?, ?, ?, ?, ?, ?) "
                       "ON CONFLICT (sandbox, flow_id) DO UPDATE SET since_us = excluded.since_us, begun = excluded.begun, covered_us = excluded.covered_us, "
                       "ticks_after_us = excluded.ticks_after_us",
                       {std::string(sandbox), std::string(id), position.since.time_since_epoch().count(), int64_t{position.begun ? 1 : 0},
                        micros_of(position.covered), micros_of(position.ticks_after)}));
  return {};
}

Result<std::optional<Instant>> FlowStore::refreshed(store::Reader& reader, std::string_view sandbox, std::string_view id) {
  TRY(const auto row, reader.first("SELECT refreshed_us FROM flow_refreshes WHERE sandbox = ? AND flow_id = ?", {std::string(sandbox), std::string(id)}));
  return row ? instant_at(*row, 0) : std::nullopt;
}

Status FlowStore::put_refreshed(store::Transaction& transaction, std::string_view sandbox, std::string_view id, Instant at) {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO flow_refreshes (sandbox, flow_id, refreshed_us) VALUES (?, ?, ?) ON CONFLICT (sandbox, flow_id) DO UPDATE SET refreshed_us = excluded.refreshed_us",
                       {std::string(sandbox), std::string(id), at.time_since_epoch().count()}));
  return {};
}

Status FlowStore::give_window_back(store::Transaction& transaction, Run& run, Instant now) {
  if (run.trigger != Trigger::tick) return {};
  TRY(Position given, position(transaction, run.sandbox, run.flow_id, now));
  if (!given.begun || given.covered != run.window_to) return {};
  given.covered = run.window_from;
  given.ticks_after = now;  // the next tick, not at once
  run.window_returned = true;
  return put_position(transaction, run.sandbox, run.flow_id, given);
}

Status FlowStore::remove_position(store::Transaction& transaction, std::string_view sandbox, std::string_view id) {
  for (const char* sql : {"DELETE FROM flow_positions WHERE sandbox = ? AND flow_id = ?", "DELETE FROM flow_keys WHERE sandbox = ? AND flow_id = ?",
                          "DELETE FROM flow_removals WHERE sandbox = ? AND flow_id = ?", "DELETE FROM flow_shapes WHERE sandbox = ? AND flow_id = ?",
                          "DELETE FROM flow_calculated WHERE sandbox = ? AND flow_id = ?", "DELETE FROM flow_refreshes WHERE sandbox = ? AND flow_id = ?"}) {
    TRY([[maybe_unused]] const auto changed, transaction.exec(sql, {std::string(sandbox), std::string(id)}));
  }
  return {};
}

}  // namespace foz::flow
