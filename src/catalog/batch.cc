#include "catalog/batch.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace foz::catalog {
namespace {

constexpr std::array<std::string_view, 16> kStatusNames = {
    "loading", "loaded", "queued",    "staging",   "staged",   "processing", "retrying", "stalled",
    "success", "failed", "aborted", "abandoned", "inactive", "deleted",    "archived", "retained"};

/// Members of a batch that a client may set after its creation. Follows: Catalog contract, 4.3.
constexpr std::array<std::string_view, 5> kClientMembers = {"tags", "metrics", "errors", "availableDates", "recordCount"};

Error wrong_batch(std::string message, std::string where) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .where = std::move(where)};
}

/// The two diagnostics tags are a bare boolean and number, whatever form they come in. Follows: Catalog contract, 4.1.
Json bare_tag(std::string_view name, const Json& value) {
  const Json& inner = value.is_array() && value.size() == 1 ? value[0] : value;
  if (name == "acp_enableErrorDiagnostics") {
    if (const auto flag = as_boolean(inner)) return *flag;
  }
  if (name == "acp_partialIngestionPercent") {
    if (const auto whole = as_integer(inner)) return *whole;
    if (const auto number = as_number(inner)) return *number;
  }
  return nullptr;
}

Result<Json> checked_tags(const Json& tags) {
  if (tags.is_null()) return Json(Json::object());
  if (!tags.is_object()) return wrong_batch("tags is an object of arrays", "/tags");
  Json result = Json::object();
  for (const auto& [name, value] : tags.items()) {
    if (Json bare = bare_tag(name, value); !bare.is_null()) {
      result[name] = std::move(bare);
    } else {
      result[name] = value.is_array() ? value : Json::array({value});
    }
  }
  return result;
}

Status check_types(const Json& body) {
  struct Rule {
    std::string_view name;
    bool (*fits)(const Json&);
    std::string_view wanted;
  };
  static constexpr Rule kRules[] = {
      {"inputFormat", [](const Json& v) { return v.is_object(); }, "an object"},
      {"metrics", [](const Json& v) { return v.is_object(); }, "an object"},
      {"errors", [](const Json& v) { return v.is_array(); }, "an array"},
      {"availableDates", [](const Json& v) { return v.is_object(); }, "an object"},
      {"recordCount", [](const Json& v) { return as_integer(v).has_value(); }, "an integer"},
      {"externalId", [](const Json& v) { return v.is_string(); }, "a text"},
      {"status", [](const Json& v) { return v.is_string(); }, "a text"},
      {"relatedObjects", [](const Json& v) { return v.is_array(); }, "an array"},
      {"replay", [](const Json& v) { return v.is_object(); }, "an object"},
  };
  for (const Rule& rule : kRules) {
    const Json* value = member(body, rule.name);
    if (value == nullptr || value->is_null() || rule.fits(*value)) continue;
    return wrong_batch(std::string(rule.name) + " is " + std::string(rule.wanted), "/" + std::string(rule.name));
  }
  return {};
}

Result<BatchStatus> status_in(const Json& body, BatchStatus otherwise) {
  const std::string name = text_of(body, "status");
  if (name.empty()) return otherwise;
  const auto status = status_named(name);
  if (!status) return wrong_batch("\"" + name + "\" is no status of a batch", "/status");
  return *status;
}

/// The data set that a body names: `datasetId`, or a related object of the type dataSet.
std::string dataset_in(const Json& body) {
  for (const std::string_view name : {"datasetId", "dataSetId"}) {
    if (const std::string id = text_of(body, name); !id.empty()) return id_of_reference(id);
  }
  const Json* related = member(body, "relatedObjects");
  if (related == nullptr || !related->is_array()) return "";
  for (const Json& object : *related) {
    if (equal_ignoring_case(text_of(object, "type"), "dataSet")) return id_of_reference(text_of(object, "id"));
  }
  return "";
}

/// Ids of the batches that this one replaces; aepp writes a `$` before each.
Json ids_without_dollar(const Json& replay, std::string_view name) {
  Json ids = Json::array();
  for (const std::string& id : texts_of(replay, name)) ids.push_back(id.starts_with('$') ? id.substr(1) : id);
  return ids;
}

Json checked_replay(const Json& body) {
  const Json* replay = member(body, "replay");
  if (replay == nullptr || !replay->is_object()) return Json::object();
  Json result = *replay;
  for (const std::string_view name : {"predecessors", "predecessorsByExternalId"}) {
    if (replay->contains(name)) result[std::string(name)] = ids_without_dollar(*replay, name);
  }
  return result;
}

void show_if(Json& object, std::string_view name, const std::optional<int64_t>& value) {
  if (value) object[std::string(name)] = *value;
}

void show_if(Json& object, std::string_view name, const Json& doc) {
  if (const Json* value = member(doc, name)) object[std::string(name)] = *value;
}

Json value_or(const Json& doc, std::string_view name, Json otherwise) {
  const Json* value = member(doc, name);
  return value == nullptr || value->is_null() ? otherwise : *value;
}

}  // namespace

std::string_view name_of(BatchStatus status) { return kStatusNames[static_cast<size_t>(status)]; }

std::optional<BatchStatus> status_named(std::string_view name) {
  if (name == "active") return BatchStatus::success;
  if (name == "failure") return BatchStatus::failed;
  const auto found = std::find(kStatusNames.begin(), kStatusNames.end(), name);
  if (found == kStatusNames.end()) return std::nullopt;
  return static_cast<BatchStatus>(found - kStatusNames.begin());
}

bool is_final(BatchStatus status) { return status >= BatchStatus::success; }
bool engine_works(BatchStatus status) { return status > BatchStatus::loading && status < BatchStatus::success; }

std::vector<std::string> Batch::tag(std::string_view name) const {
  const Json* value = member_at(doc, {"tags", name});
  if (value == nullptr) return {};
  if (!value->is_array()) return {as_text(*value)};
  std::vector<std::string> values;
  for (const Json& one : *value) values.push_back(as_text(one));
  return values;
}

NewBatch run_batch(const DatasetId& dataset, const FlowId& flow, const RunId& run) {
  return {.dataset = dataset.text,
          .status = BatchStatus::processing,
          .tags = {{"acp_producer", {"foz_flow"}}, {"flowId", {flow.text}}, {"flowRunId", {run.text}}}};
}

Json to_json(const std::vector<BatchError>& errors) {
  Json list = Json::array();
  for (const BatchError& error : errors) {
    Json one = {{"code", error.code}, {"description", error.description}, {"rows", error.rows}};
    if (error.record_count) one["recordCount"] = *error.record_count;
    list.push_back(std::move(one));
  }
  return list;
}

Json to_json(const BatchCounts& counts) {
  Json metrics = {{"inputByteSize", counts.input_bytes},
                  {"inputFileCount", counts.input_files},
                  {"inputRecordCount", counts.records_read},
                  {"outputByteSize", counts.output_bytes},
                  {"outputRecordCount", counts.records_written},
                  {"outputFileCount", counts.output_files},
                  {"partitionCount", counts.output_files > 0 ? 1 : 0},
                  {"failedRecordCount", counts.records_failed},
                  {"startTime", counts.start_ms},
                  {"endTime", counts.end_ms},
                  {"recordsRead", counts.records_read},
                  {"recordsWritten", counts.records_written}};
  if (counts.records_skipped > 0) metrics["recordsSkipped"] = counts.records_skipped;
  for (const auto& [name, value] : counts.more.items()) metrics[name] = value;
  return metrics;
}

Json shown(const Batch& batch, const Outside& outside) {
  Json object = {{"id", batch.id},
                 {"imsOrg", outside.org_id},
                 {"sandboxId", batch.sandbox},
                 {"created", batch.created_ms},
                 {"updated", batch.updated_ms}};
  show_if(object, "started", batch.started_ms);
  show_if(object, "completed", batch.completed_ms);
  for (const std::string_view name : {"createdClient", "createdUser", "updatedUser"}) object[std::string(name)] = text_of(batch.doc, name);
  object["version"] = batch.version;
  object["externalId"] = batch.external_id;
  object["status"] = name_of(batch.status);
  for (const std::string_view name : {"recordCount", "failedRecordCount", "size"}) show_if(object, name, batch.doc);
  object["errors"] = value_or(batch.doc, "errors", Json::array());
  show_if(object, "inputFormat", batch.doc);
  Json related = value_or(batch.doc, "relatedObjects", Json::array());
  if (!batch.dataset.empty()) related = Json::array({{{"type", "dataSet"}, {"id", batch.dataset}}});
  object["relatedObjects"] = std::move(related);
  object["metrics"] = value_or(batch.doc, "metrics", Json::object());
  object["tags"] = value_or(batch.doc, "tags", Json::object());
  object["availableDates"] = value_or(batch.doc, "availableDates", Json::object());
  object["replay"] = value_or(batch.doc, "replay", Json::object());
  if (integer_of(batch.doc, "failedRecordCount").value_or(0) > 0) {
    object["failedBatchLocation"] = outside.public_url + "/data/foundation/export/batches/" + batch.id + "/failed";
  }
  return object;
}

Result<NewBatch> read_new_batch(const Json& body, std::string_view id) {
  if (!body.is_object() && !body.is_null()) return wrong_batch("a batch is an object", "");
  TRY_DO(check_types(body));
  NewBatch batch{.dataset = dataset_in(body), .id = std::string(id), .external_id = text_of(body, "externalId"), .replay = checked_replay(body)};
  TRY(batch.status, status_in(body, BatchStatus::loading));
  TRY(batch.tags, checked_tags(value_or(body, "tags", nullptr)));
  if (const Json* format = member(body, "inputFormat")) batch.input_format = *format;
  for (const std::string_view name : kClientMembers) {
    if (name != "tags") show_if(batch.extra, name, body);
  }
  if (batch.dataset.empty()) show_if(batch.extra, "relatedObjects", body);
  return batch;
}

Result<Batch> changed_batch(const Batch& batch, const Json& wanted) {
  if (!wanted.is_object()) return wrong_batch("a batch is an object", "");
  TRY_DO(check_types(wanted));
  Batch changed = batch;
  for (const std::string_view name : kClientMembers) {
    const Json* value = member(wanted, name);
    if (value == nullptr || value->is_null()) {
      changed.doc.erase(std::string(name));
    } else {
      changed.doc[std::string(name)] = *value;
    }
  }
  TRY(changed.doc["tags"], checked_tags(value_or(wanted, "tags", nullptr)));
  changed.external_id = text_of(wanted, "externalId", batch.external_id);
  TRY(changed.status, status_in(wanted, batch.status));
  if (changed.status != batch.status && engine_works(batch.status)) {
    return wrong_batch("the batch is " + std::string(name_of(batch.status)) + ": its status belongs to Foz until that ends", "/status");
  }
  return changed;
}

std::string next_version(std::string_view version) {
  const size_t dot = version.rfind('.');
  const auto last = dot == version.npos ? std::nullopt : to_integer(version.substr(dot + 1));
  if (!last) return "1.0.0";
  return std::string(version.substr(0, dot + 1)) + std::to_string(*last + 1);
}

std::string id_of_reference(std::string_view reference) {
  if (reference.starts_with('@')) reference.remove_prefix(1);
  if (!reference.starts_with('/')) return std::string(reference);
  const auto steps = split(reference.substr(1), '/');
  return steps.size() < 2 ? "" : std::string(steps[1]);
}

}  // namespace foz::catalog
