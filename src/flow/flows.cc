#include "flow/flows.h"

#include <array>

#include "base/log.h"
#include "base/text.h"
#include "flow/access_labels.h"
#include "flow/flow.h"
#include "flow/runs.h"
#include "flow/source_connection.h"
#include "flow/target_connection.h"
#include "prep/mapping_set.h"

namespace foz::flow {
namespace {

constexpr auto kPatchableOfFlows = std::to_array<std::string_view>(
    {"/name", "/description", "/labels", "/policy", "/recordTypes", "/options", "/transformations", "/scheduleParams", "/state"});

std::string first_id(const Json& document, std::string_view name) {
  const std::vector<std::string> ids = texts_of(document, name);
  return ids.empty() ? "" : ids.front();
}

/// The mapping set a flow names, as the Data Prep service writes ids.
std::string mapping_set_in(const Json& document) {
  const Json* list = member(document, "transformations");
  if (list == nullptr || !list->is_array()) return "";
  for (const Json& entry : *list) {
    const Json* params = member(entry, "params");
    const std::string id = params == nullptr ? "" : text_of(*params, "mappingId");
    if (!id.empty()) return prep::plain_id(id);
  }
  return "";
}

store::Extras columns_of_flow(const Json& document) {
  return {{"state", text_of(document, "state")},
          {"source_connection_id", first_id(document, "sourceConnectionIds")},
          {"target_connection_id", first_id(document, "targetConnectionIds")},
          {"mapping_id", mapping_set_in(document)}};
}

/// A state that a patch asks for; a draft is published, not enabled.
Status check_state_request(const Json& before, const PatchRequest& request) {
  const std::string where = where_of(kFlowShelf, text_of(before, "id"));
  for (const PatchOperation& operation : request.operations) {
    if (!is_at_or_below(operation.path, "/state")) continue;
    const std::string word = operation.value == nullptr || operation.op == "remove" ? "" : as_text(*operation.value);
    const bool known = operation.path == "/state" && (equal_ignoring_case(word, "enabled") || equal_ignoring_case(word, "disabled"));
    if (!known) return flow_error(1456, "The state of a flow is enabled or disabled.", where);
    if (text_of(before, "state") == "draft") return flow_error(1422, "A draft is neither enabled nor disabled: publish it.", where);
  }
  return {};
}

/// Schedules that mean the same are the same, however they are written.
bool same_schedule(const Json& a, const Json& b) {
  const auto schedule = [](const Json& document) {
    const Json* params = member(document, "scheduleParams");
    return read_schedule(params == nullptr ? Json() : *params, {.minute_interval_min = 1});
  };
  const auto before = schedule(a), after = schedule(b);
  return before && after && *before == *after;
}

}  // namespace

Flows::Flows(const Environment& environment, const Specs& specs, const Connections& connections, const Listeners& listeners)
    : environment_(environment), specs_(specs), connections_(connections), listeners_(listeners),
      kind_{.shelf = kFlowShelf, .noun = "flow", .patchable = kPatchableOfFlows,
            .complete = [this](Candidate& candidate) { return complete(candidate); }, .columns = columns_of_flow,
            .check_request = check_state_request, .complete_draft = [this](Candidate& candidate) { return complete_draft(candidate); },
            .on_store = [this](store::Transaction& transaction, Json& document, const Json* before) { return keep_position(transaction, document, before); }} {}

Result<Written> Flows::create(const Scope& scope, const Json& body, Mode mode) const {
  if (body.is_object() && body.contains("state")) {
    return flow_error(1410, "The state of a new flow cannot be given: it is enabled, or with mode=draft a draft.", "/state");
  }
  TRY(Written written, create_document(environment_, kind_, scope, body, mode));
  listeners_.flow_changed(scope.sandbox, written.id);
  return written;
}

Result<Json> Flows::find(store::Reader& reader, std::string_view sandbox, std::string_view id) const { return find_stored(reader, kFlowShelf, sandbox, id); }

Result<Written> Flows::patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const {
  TRY(Written written, patch_document(environment_, kind_, scope, {.id = id, .if_match = if_match}, body));
  listeners_.flow_changed(scope.sandbox, written.id);
  return written;
}

Result<Written> Flows::publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  TRY(Written written, publish_document(environment_, kind_, scope, {.id = id, .if_match = if_match}));
  listeners_.flow_changed(scope.sandbox, written.id);
  return written;
}

Result<Written> Flows::set_state(const Scope& scope, const Addressed& addressed, std::string_view operation, std::string_view state) const {
  const Instant begun = environment_.clock.now();
  const std::string where = where_of(kFlowShelf, addressed.id);
  TRY(const Json before, find_reachable(environment_.database, kFlowShelf, scope, addressed.id, Use::change));
  TRY_DO(check_if_match(addressed.if_match, text_of(before, "etag"), false, where));
  const std::string present = text_of(before, "state");
  if (present == "draft") return flow_error(1422, "A draft is neither enabled nor disabled: publish it.", where);
  if (present == state) return Written{text_of(before, "id"), text_of(before, "etag")};
  Json document = before;
  document["state"] = state;
  TRY(Written written, replace_document(environment_, kind_, {.scope = scope, .operation = operation, .begun = begun, .before = before}, std::move(document)));
  listeners_.flow_changed(scope.sandbox, written.id);
  return written;
}

Result<Written> Flows::enable(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  return set_state(scope, {.id = id, .if_match = if_match}, "enable", "enabled");
}

Result<Written> Flows::disable(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  return set_state(scope, {.id = id, .if_match = if_match}, "disable", "disabled");
}

Status Flows::remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  std::vector<std::string> stopped;
  const Instant now = environment_.clock.now();
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    stopped.clear();
    TRY(const Json document, find_reachable(transaction, kFlowShelf, scope, id, Use::change));
    TRY_DO(check_if_match(if_match, text_of(document, "etag"), false, where_of(kFlowShelf, id)));
    TRY(const auto unfinished, RunStore::unfinished_of(transaction, scope.sandbox, id));
    for (const Run& run : unfinished) {
      const Run ended = cancelled(run, {.why = "The flow was deleted.", .now = now, .etag = new_etag(environment_.random, now)});
      TRY_DO(RunStore::update(transaction, ended, run.state));
      stopped.push_back(run.id);
    }
    TRY_DO(FlowStore::remove_position(transaction, scope.sandbox, id));
    return store::ResourceTable(kFlowShelf.table).remove(transaction, scope.sandbox, id);
  }));
  for (const std::string& run : stopped) listeners_.cancel(run);
  listeners_.flow_changed(scope.sandbox, std::string(id));
  return {};
}

/// A live flow's connections are still there, the last run that was noted meanwhile stays, and windows go on where they
/// are: from now where the flow is new, behind now where it was switched on or its grid changed (13.2).
Status Flows::keep_position(store::Transaction& transaction, Json& document, const Json* before) const {
  const std::string sandbox = text_of(document, "sandboxId"), id = text_of(document, "id");
  if (before != nullptr) {
    TRY(const Json stored, find(transaction, sandbox, id));
    if (const Json* last = member(stored, "lastRunDetails")) document["lastRunDetails"] = *last;
  }
  if (text_of(document, "state") == "draft") return {};
  const bool was_live = before != nullptr && text_of(*before, "state") != "draft";
  for (const auto& [name, shelf] : {std::pair("sourceConnectionIds", &kSourceShelf), std::pair("targetConnectionIds", &kTargetShelf)}) {
    const std::string connection = first_id(document, name);
    const auto there = find_stored(transaction, *shelf, sandbox, connection);
    if (!there && there.error().kind != ErrorKind::not_found) return there.error();
    if (!there && !was_live) return flow_error(1411, where_of(*shelf, connection) + " was deleted meanwhile.", "/" + std::string(name) + "/0");
  }
  const Instant now = environment_.clock.now();
  if (!was_live) return FlowStore::put_position(transaction, sandbox, id, {.since = now});
  const bool woke = text_of(*before, "state") == "disabled" && text_of(document, "state") == "enabled";
  if (!woke && same_schedule(*before, document)) return {};
  TRY(Position position, FlowStore::position(transaction, sandbox, id, now));
  position.ticks_after = now;
  return FlowStore::put_position(transaction, sandbox, id, position);
}

void inherit(Json& document, const Json* source_connection, const Json* target_connection) {
  const auto known = [&](std::string_view name) {
    const Json* list = member_at(document, {"inheritedAttributes", name});
    return list != nullptr && list->is_array() ? *list : Json::array();
  };
  Json sources = known("sourceConnections"), targets = known("targetConnections");
  if (source_connection != nullptr) {
    Json source = {{"id", text_of(*source_connection, "id")}};
    if (const Json* spec = member(*source_connection, "connectionSpec")) source["connectionSpec"] = *spec;
    if (const Json* base = member_at(*source_connection, {"inheritedAttributes", "baseConnection"})) source["baseConnection"] = *base;
    sources = Json::array({std::move(source)});
  }
  // Whatever spec a target connection was sent with, rows land in the data lake.
  Json target = {{"connectionSpec", {{"id", kDataLakeSpec}, {"version", "1.0"}}}};
  if (target_connection != nullptr) target = Json{{"id", text_of(*target_connection, "id")}, {"connectionSpec", target["connectionSpec"]}};
  if (target_connection != nullptr || targets.empty()) targets = Json::array({std::move(target)});
  document["inheritedAttributes"] = {{"properties", {{"isSourceFlow", true}}}, {"sourceConnections", std::move(sources)}, {"targetConnections", std::move(targets)}};
}

Status inherit_anew(store::Transaction& transaction, std::string_view sandbox, const Json& source_connection) {
  const store::ResourceTable table(kFlowShelf.table);
  std::vector<store::Resource> flows;
  TRY_DO(table.each(transaction, sandbox, "source_connection_id = ?", {text_of(source_connection, "id")}, "", [&](store::Resource flow) {
    flows.push_back(std::move(flow));
    return true;
  }));
  for (store::Resource& flow : flows) {
    inherit(flow.doc, &source_connection, nullptr);
    TRY_DO(table.update(transaction, flow, flow.etag));
  }
  return {};
}

Result<std::optional<std::string>> enabled_flow_over_mapping(store::Reader& reader, std::string_view sandbox, std::string_view mapping_set) {
  TRY(const auto row, reader.first("SELECT doc FROM flows WHERE sandbox = ? AND mapping_id = ? AND state = 'enabled' LIMIT 1",
                                   {std::string(sandbox), prep::plain_id(mapping_set)}));
  if (!row) return std::optional<std::string>();
  TRY(const Json document, parse_json(row->text(0), {.depth_max = 256}));
  return std::optional(text_of(document, "name"));
}

}  // namespace foz::flow
