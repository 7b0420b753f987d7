#include "flow/run.h"

#include <array>

#include "flow/document.h"

namespace foz::flow {
namespace {

constexpr std::array<std::string_view, 6> kStateNames = {"scheduled", "queued", "inProgress", "success", "partialSuccess", "failed"};

// Constant for all runs: clients match them by name (11.1).
constexpr std::string_view kCopyActivityId = "4f008a00-3a04-11eb-adc1-0242ac120002";
constexpr std::string_view kPromotionActivityId = "37b34f84-1ada-11eb-adc1-0242ac120002";

Json errors_json(const std::vector<RunError>& errors) {
  Json list = Json::array();
  for (const RunError& error : errors) {
    Json one = {{"code", error.code}, {"message", error.message}};
    if (error.record_count) one["recordCount"] = *error.record_count;
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<RunError> errors_of(const Json* list) {
  std::vector<RunError> errors;
  if (list == nullptr || !list->is_array()) return errors;
  for (const Json& one : *list) {
    errors.push_back({.code = text_of(one, "code"), .message = text_of(one, "message"), .record_count = integer_of(one, "recordCount")});
  }
  return errors;
}

Json window_json(const Run& run) {
  return {{"windowStart", run.window_from ? to_millis(*run.window_from) : 0},
          {"windowEnd", run.window_to ? to_millis(*run.window_to) : run.not_before_ms}};
}

Json durations(const ActivityReport& activity) {
  Json json = Json::object();
  if (activity.started_ms) json["startedAtUTC"] = *activity.started_ms;
  if (activity.completed_ms) json["completedAtUTC"] = *activity.completed_ms;
  return json;
}

Json copy_json(const Run& run) {
  const ActivityReport& copy = run.copy;
  // A failed copy has no numbers to stand by (11.1).
  const bool failed = copy.state == RunState::failed;
  Json duration = durations(copy);
  duration["extensions"] = window_json(run);
  Json status = {{"status", name_of(copy.state)}};
  if (!copy.errors.empty()) status["errors"] = errors_json(copy.errors);
  if (!run.notes.empty()) status["extensions"] = run.notes;
  return {{"id", kCopyActivityId},
          {"name", "Copy Activity"},
          {"updatedAtUTC", copy.updated_ms},
          {"durationSummary", duration},
          {"sizeSummary", {{"inputBytes", failed ? -1 : copy.input_bytes}, {"outputBytes", failed ? -1 : copy.output_bytes}}},
          {"recordSummary", {{"inputRecordCount", failed ? 0 : copy.input_records}, {"outputRecordCount", failed ? 0 : copy.output_records}}},
          {"fileSummary", {{"inputFileCount", failed ? -1 : copy.input_files}, {"outputFileCount", failed ? -1 : copy.output_files}}},
          {"statusSummary", status},
          {"sourceInfo", Json::array({{{"id", run.source_connection_id}, {"type", "SourceConnection"}}})}};
}

Json promotion_json(const Run& run) {
  const ActivityReport& promotion = *run.promotion;
  // An unfinished run has an id for its batch, but nobody can look that up yet.
  const bool has_batch = is_final(run.state) && !run.batch_id.empty();
  const std::string batch = "/data/foundation/export/batches/" + run.batch_id + "/meta?path=";
  Json files = {{"inputFileCount", promotion.input_files}, {"outputFileCount", promotion.output_files}};
  if (has_batch) files["extensions"] = {{"manifest", {{"fileInfo", batch + "input_files"}}}};
  Json extensions = {{"type", "one-time"}};
  if (has_batch && run.has_diagnostics) {
    extensions["manifest"] = {{"failedRecords", batch + "row_errors"}, {"sampleErrors", batch + "row_error_samples.json"}};
  }
  if (has_batch && run.has_warning_sample) extensions["manifest"]["sampleWarnings"] = batch + "row_warnings_sample.json";
  if (!promotion.kinds.empty()) extensions["errors"] = errors_json(promotion.kinds);
  Json status = {{"status", name_of(promotion.state)}};
  if (!promotion.errors.empty()) status["errors"] = errors_json(promotion.errors);
  status["extensions"] = extensions;
  Json target = {{"id", run.target_connection_id}, {"type", "TargetConnection"}};
  if (has_batch) target["reference"] = {{"type", "Batch"}, {"ids", {run.batch_id}}};
  return {{"id", kPromotionActivityId},
          {"name", "Promotion Activity"},
          {"updatedAtUTC", promotion.updated_ms},
          {"durationSummary", durations(promotion)},
          {"sizeSummary", {{"inputBytes", promotion.input_bytes}, {"outputBytes", promotion.output_bytes}}},
          {"recordSummary", {{"inputRecordCount", promotion.input_records}, {"outputRecordCount", promotion.output_records},
                             {"failedRecordCount", promotion.failed_records}, {"skippedRecordCount", promotion.skipped_records}}},
          {"fileSummary", files},
          {"statusSummary", status},
          {"targetInfo", Json::array({target})}};
}

Json metrics_json(const Run& run) {
  const ActivityReport none;
  const ActivityReport& promotion = run.promotion ? *run.promotion : none;
  Json duration = Json::object();
  if (run.started_ms) duration["startedAtUTC"] = *run.started_ms;
  if (run.completed_ms) duration["completedAtUTC"] = *run.completed_ms;
  Json records = {{"inputRecordCount", promotion.input_records}, {"outputRecordCount", promotion.output_records},
                  {"failedRecordCount", promotion.failed_records}, {"skippedRecordCount", promotion.skipped_records}};
  if (run.warnings > 0) records["warningRecordCount"] = run.warnings;
  const Json refs = Json::array({kPromotionActivityId});
  return {{"durationSummary", duration},
          {"sizeSummary", {{"inputBytes", run.copy.input_bytes}, {"outputBytes", promotion.output_bytes}}},
          {"recordSummary", records},
          {"fileSummary", {{"inputFileCount", run.copy.input_files}, {"outputFileCount", promotion.output_files}, {"activityRefs", refs}}},
          {"statusSummary", {{"status", name_of(run.state)}, {"errors", errors_json(run.errors)}, {"activityRefs", refs}}}};
}

Json params_json(const Run& run) {
  Json params = {{"startTime", run.not_before_ms / 1000},
                 {"windowStartTime", run.window_from ? to_seconds(*run.window_from) : 0},
                 {"windowEndTime", run.window_to ? to_seconds(*run.window_to) : run.not_before_ms / 1000}};
  if (run.delta_column) params["deltaColumn"] = to_json(*run.delta_column);
  if (!run.replay_rejected.empty()) params["replayRejected"] = run.replay_rejected;
  if (run.mode == RunMode::skip_existing) params["mode"] = "skipExisting";
  return params;
}

Json activity_internal(const ActivityReport& activity) {
  Json json = {{"state", static_cast<int>(activity.state)}, {"updated", activity.updated_ms},
               {"bytes", {activity.input_bytes, activity.output_bytes}},
               {"records", {activity.input_records, activity.output_records, activity.failed_records, activity.skipped_records}},
               {"files", {activity.input_files, activity.output_files}},
               {"errors", errors_json(activity.errors)}, {"kinds", errors_json(activity.kinds)}};
  if (activity.started_ms) json["started"] = *activity.started_ms;
  if (activity.completed_ms) json["completed"] = *activity.completed_ms;
  return json;
}

ActivityReport activity_of(const Json& json) {
  const auto number = [&](const char* name, size_t index) {
    const Json* list = member(json, name);
    return list != nullptr && index < list->size() ? as_integer((*list)[index]).value_or(0) : 0;
  };
  ActivityReport activity;
  activity.state = static_cast<RunState>(integer_of(json, "state").value_or(0));
  activity.updated_ms = integer_of(json, "updated").value_or(0);
  activity.started_ms = integer_of(json, "started");
  activity.completed_ms = integer_of(json, "completed");
  activity.input_bytes = number("bytes", 0), activity.output_bytes = number("bytes", 1);
  activity.input_records = number("records", 0), activity.output_records = number("records", 1);
  activity.failed_records = number("records", 2), activity.skipped_records = number("records", 3);
  activity.input_files = number("files", 0), activity.output_files = number("files", 1);
  activity.errors = errors_of(member(json, "errors"));
  activity.kinds = errors_of(member(json, "kinds"));
  return activity;
}

/// `with_rows`: as they are stored, not as callers see them.
Json slices_json(const std::vector<SliceRead>& slices, bool with_rows = false) {
  Json list = Json::array();
  for (const SliceRead& slice : slices) {
    Json one = {{"slice", slice.slice}, {"pages", slice.pages}, {"firstPage", slice.first_page}, {"lastPage", slice.last_page}, {"bytes", slice.bytes}, {"from", slice.from}};
    if (slice.to) one["to"] = *slice.to;
    if (with_rows && slice.rows) one["rows"] = {{"read", slice.rows->read}, {"written", slice.rows->written}, {"failed", slice.rows->failed}, {"skipped", slice.rows->skipped}};
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<SliceRead> slices_of(const Json* list) {
  std::vector<SliceRead> slices;
  if (list == nullptr || !list->is_array()) return slices;
  for (const Json& one : *list) {
    const auto number = [&](const char* name) { return integer_of(one, name).value_or(0); };
    slices.push_back({.slice = text_of(one, "slice"), .pages = number("pages"), .first_page = number("firstPage"), .last_page = number("lastPage"), .bytes = number("bytes"),
                      .from = text_of(one, "from")});
    if (member(one, "to") != nullptr) slices.back().to = text_of(one, "to");
    if (const Json* rows = member(one, "rows")) {
      const auto count = [&](const char* name) { return integer_of(*rows, name).value_or(0); };
      slices.back().rows = {.read = count("read"), .written = count("written"), .failed = count("failed"), .skipped = count("skipped")};
    }
  }
  return slices;
}

Json internal_json(const Run& run) {
  Json json = {{"trigger", static_cast<int>(run.trigger)}, {"mode", static_cast<int>(run.mode)}, {"notBefore", run.not_before_ms},
               {"attempts", run.attempts}, {"fence", run.fence}, {"batch", run.batch_id}, {"warnings", run.warnings},
               {"source", run.source_connection_id}, {"target", run.target_connection_id}, {"copy", activity_internal(run.copy)}};
  if (!run.labels.empty()) json["labels"] = run.labels;
  if (run.window_from) json["from"] = run.window_from->time_since_epoch().count();
  if (run.window_to) json["to"] = run.window_to->time_since_epoch().count();
  if (run.window_returned) json["returned"] = true;
  if (run.first_backfill) json["firstBackfill"] = true;
  if (!run.replayed_by.empty()) json["replayedBy"] = run.replayed_by;
  if (run.has_diagnostics) json["diagnostics"] = true;
  if (run.has_warning_sample) json["warningSample"] = true;
  if (run.promotion) json["promotion"] = activity_internal(*run.promotion);
  if (!run.notes.empty()) json["notes"] = run.notes;
  if (!run.slices.empty()) json["slices"] = slices_json(run.slices, true);
  if (run.slices_left_out > 0) json["slicesLeftOut"] = run.slices_left_out;
  if (run.pages > 0) json["pages"] = run.pages;
  return json;
}

std::optional<Instant> instant_of(const Json& json, std::string_view name) {
  const auto micros = integer_of(json, name);
  if (!micros) return std::nullopt;
  return Instant(std::chrono::microseconds(*micros));
}

/// Makes the links of a manifest absolute.
void complete_links(Json& node, std::string_view public_url) {
  if (node.is_string()) {
    if (node.get_ref<const std::string&>().starts_with("/data/")) node = std::string(public_url) + node.get<std::string>();
    return;
  }
  if (!node.is_object()) return;
  for (auto& [name, value] : node.items()) complete_links(value, public_url);
}

}  // namespace

Json origins_json(const Run& run) { return {{"pages", run.pages}, {"slices", slices_json(run.slices)}, {"slicesLeftOut", run.slices_left_out}}; }

std::string_view name_of(RunState state) { return kStateNames[static_cast<size_t>(state)]; }

std::optional<RunState> run_state_named(std::string_view name) {
  for (size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == name) return static_cast<RunState>(i);
  }
  return std::nullopt;
}

bool is_final(RunState state) { return state >= RunState::success; }

bool may_move(RunState from, RunState to) {
  if (is_final(from) || from == to) return false;
  if (from == RunState::in_progress) return to == RunState::queued || is_final(to);
  return to > from && to != RunState::success && to != RunState::partial_success;
}

Json to_document(const Run& run) {
  Json document = {{"id", run.id},
                   {"createdAt", run.created_ms},
                   {"updatedAt", run.updated_ms},
                   {"createdBy", run.user_id},
                   {"updatedBy", run.user_id},
                   {"createdClient", run.client_id},
                   {"updatedClient", run.client_id},
                   {"sandboxId", run.sandbox},
                   {"sandboxName", run.sandbox_name},
                   {"imsOrgId", run.org_id},
                   {"flowId", run.flow_id},
                   {"flowSpec", run.flow_spec},
                   {"providerRefId", "M-" + run.flow_id + "-incremental-0:" + run.id},
                   {"etag", run.etag},
                   {"params", params_json(run)},
                   {"metrics", metrics_json(run)}};
  if (!run.predecessor.empty()) document["predecessors"] = {run.predecessor};
  document["activities"] = Json::array();
  if (run.started_ms) document["activities"].push_back(copy_json(run));
  if (run.promotion) document["activities"].push_back(promotion_json(run));
  if (run.record_types.is_array()) document["recordTypes"] = run.record_types;
  document[std::string(kInternal)] = internal_json(run);
  return document;
}

Result<Run> run_of(const Json& document) {
  const Json* internal = member(document, kInternal);
  const Json* status = member_at(document, {"metrics", "statusSummary"});
  const auto state = status == nullptr ? std::nullopt : run_state_named(text_of(*status, "status"));
  if (internal == nullptr || !state) return Error{.kind = ErrorKind::corrupt, .message = "the stored run " + text_of(document, "id") + " cannot be read"};
  Run run{.sandbox = text_of(document, "sandboxId"), .id = text_of(document, "id"), .etag = text_of(document, "etag"),
          .sandbox_name = text_of(document, "sandboxName"), .org_id = text_of(document, "imsOrgId"),
          .client_id = text_of(document, "createdClient"), .user_id = text_of(document, "createdBy"),
          .created_ms = integer_of(document, "createdAt").value_or(0), .updated_ms = integer_of(document, "updatedAt").value_or(0),
          .flow_id = text_of(document, "flowId")};
  run.flow_spec = document.value("flowSpec", Json::object());
  run.record_types = document.value("recordTypes", Json());
  run.labels = texts_of(*internal, "labels");
  run.source_connection_id = text_of(*internal, "source");
  run.target_connection_id = text_of(*internal, "target");
  run.state = *state;
  run.trigger = static_cast<Trigger>(integer_of(*internal, "trigger").value_or(0));
  run.mode = static_cast<RunMode>(integer_of(*internal, "mode").value_or(0));
  run.not_before_ms = integer_of(*internal, "notBefore").value_or(0);
  run.window_from = instant_of(*internal, "from");
  run.window_to = instant_of(*internal, "to");
  run.window_returned = boolean_of(*internal, "returned").value_or(false);
  run.first_backfill = boolean_of(*internal, "firstBackfill").value_or(false);
  if (const Json* column = member_at(document, {"params", "deltaColumn"})) {
    TRY(run.delta_column, read_delta_column(*column, "/params/deltaColumn"));
  }
  const std::vector<std::string> predecessors = texts_of(document, "predecessors");
  run.predecessor = predecessors.empty() ? "" : predecessors.front();
  if (const Json* params = member(document, "params")) run.replay_rejected = text_of(*params, "replayRejected");
  run.replayed_by = text_of(*internal, "replayedBy");
  run.attempts = static_cast<int>(integer_of(*internal, "attempts").value_or(0));
  run.fence = text_of(*internal, "fence");
  run.batch_id = text_of(*internal, "batch");
  run.warnings = integer_of(*internal, "warnings").value_or(0);
  run.has_diagnostics = boolean_of(*internal, "diagnostics").value_or(false);
  run.has_warning_sample = boolean_of(*internal, "warningSample").value_or(false);
  if (const Json* notes = member(*internal, "notes"); notes != nullptr && notes->is_object()) run.notes = *notes;
  run.slices = slices_of(member(*internal, "slices"));
  run.slices_left_out = integer_of(*internal, "slicesLeftOut").value_or(0);
  run.pages = integer_of(*internal, "pages").value_or(0);
  if (const Json* duration = member_at(document, {"metrics", "durationSummary"})) {
    run.started_ms = integer_of(*duration, "startedAtUTC");
    run.completed_ms = integer_of(*duration, "completedAtUTC");
  }
  if (const Json* copy = member(*internal, "copy")) run.copy = activity_of(*copy);
  if (const Json* promotion = member(*internal, "promotion")) run.promotion = activity_of(*promotion);
  run.errors = errors_of(member(*status, "errors"));
  return run;
}

Json shown_run(Json document, std::string_view public_url) {
  document.erase(std::string(kInternal));
  if (Json* activities = member(document, "activities")) {
    for (Json& activity : *activities) {
      for (const char* part : {"fileSummary", "statusSummary"}) {
        Json* summary = member(activity, part);
        Json* extensions = summary == nullptr ? nullptr : member(*summary, "extensions");
        Json* manifest = extensions == nullptr ? nullptr : member(*extensions, "manifest");
        if (manifest != nullptr) complete_links(*manifest, public_url);
      }
    }
  }
  return document;
}

}  // namespace foz::flow
