#include "schedule/conversions.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "flow/run.h"
#include "flow/transformations.h"
#include "schedule/planner.h"

namespace foz::schedule {
namespace {

constexpr std::string_view kSelect = "SELECT runs.doc, run_snapshots.doc FROM runs JOIN run_snapshots ON run_snapshots.sandbox = runs.sandbox AND run_snapshots.run_id = runs.id ";

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json errors_json(const std::vector<flow::RunError>& errors) {
  Json list = Json::array();
  for (const flow::RunError& error : errors) list.push_back({{"code", error.code}, {"message", error.message}});
  return list;
}

/// Nothing for a run that never came to its mapping stage, or that the caller may not see.
Result<std::optional<Conversion>> conversion_of(std::string_view run_text, std::string_view snapshot_text, const flow::Admits& admits) {
  TRY(const Json run_json, parse_json(run_text, {.depth_max = 256}));
  if (admits && !admits(run_json)) return std::optional<Conversion>();
  TRY(const flow::Run run, flow::run_of(run_json));
  if (!run.promotion) return std::optional<Conversion>();
  TRY(const Json snapshot_json, parse_json(snapshot_text, {.depth_max = 256}));
  const RunSnapshot snapshot = snapshot_of(snapshot_json);
  const Json* steps = member(snapshot.flow, "transformations");
  TRY(const flow::Transformations transformations, flow::read_transformations(steps == nullptr ? Json() : *steps));
  const Json* dataset = member_at(snapshot.target_connection, {"params", "dataSetId"});
  const flow::ActivityReport& stage = *run.promotion;
  const bool counted = std::all_of(run.slices.begin(), run.slices.end(), [](const flow::SliceRead& slice) { return slice.rows.has_value(); });
  return std::optional(Conversion{.shown = {{"id", run.id},
                                  {"createdDate", run.created_ms},
                                  {"modifiedDate", run.updated_ms},
                                  {"createdBy", run.user_id},
                                  {"flowId", run.flow_id},
                                  {"flowRunId", run.id},
                                  {"sourceBatchId", text_or_null(run.batch_id)},
                                  {"destinationBatchId", text_or_null(run.batch_id)},
                                  {"destinationDatasetId", dataset == nullptr ? Json() : *dataset},
                                  {"mappingSetId", transformations.mapping ? Json(transformations.mapping->id) : Json()},
                                  {"mappingSetVersion", snapshot.mapping_version},
                                  {"status", flow::name_of(run.state)},
                                  {"startedDate", stage.started_ms ? Json(*stage.started_ms) : Json()},
                                  {"completedDate", stage.completed_ms ? Json(*stage.completed_ms) : Json()},
                                  {"inputRecordCount", stage.input_records},
                                  {"outputRecordCount", stage.output_records},
                                  {"failedRecordCount", stage.failed_records},
                                  {"skippedRecordCount", stage.skipped_records},
                                  {"warningCount", run.warnings},
                                  {"errors", errors_json(stage.errors)}},
                                  .slices = counted ? run.slices : std::vector<flow::SliceRead>()});
}

bool is_wanted(const Json& conversion, const ConversionQuery& query) {
  const auto is = [&](const char* name, const std::string& wanted) { return wanted.empty() || text_of(conversion, name) == wanted; };
  if (!is("destinationDatasetId", query.dataset) || !is("sourceBatchId", query.batch)) return false;
  if (!query.status.empty() && !equal_ignoring_case(text_of(conversion, "status"), query.status)) return false;
  return std::all_of(query.properties.begin(), query.properties.end(), [&](const auto& one) {
    const Json* value = member(conversion, one.first);
    return value != nullptr && !value->is_null() && as_text(*value) == one.second;
  });
}

Error unknown(std::string_view what, std::string_view id, std::string_view code) {
  return {.kind = ErrorKind::not_found, .message = "there is no " + std::string(what) + " " + std::string(id.substr(0, 64)), .code = std::string(code)};
}

}  // namespace

Result<ConversionPage> list_conversions(store::Reader& reader, std::string_view sandbox, const ConversionQuery& query) {
  const std::string column = query.by_creation ? "runs.created_ms" : "runs.updated_ms", direction = query.descending ? " DESC" : "";
  ConversionPage page;
  Status damage;
  int64_t passed = 0;
  TRY_DO(reader.each(std::string(kSelect) + "WHERE runs.sandbox = ? ORDER BY " + column + direction + ", runs.id" + direction, {std::string(sandbox)}, [&](const store::Row& row) {
    auto conversion = conversion_of(row.text(0), row.text(1), query.admits);
    if (!conversion) damage = conversion.error();
    if (!conversion) return false;
    if (!*conversion || !is_wanted((*conversion)->shown, query) || passed++ < query.start) return true;
    page.more = static_cast<int64_t>(page.conversions.size()) == query.limit;
    if (!page.more) page.conversions.push_back(std::move((*conversion)->shown));
    return !page.more;
  }));
  TRY_DO(std::move(damage));
  return page;
}

Result<Conversion> find_conversion(store::Reader& reader, std::string_view sandbox, std::string_view id, const flow::Admits& admits) {
  TRY(const auto row, reader.first(std::string(kSelect) + "WHERE runs.sandbox = ? AND runs.id = ?", {std::string(sandbox), std::string(id)}));
  if (!row) return unknown("conversion", id, "CONV-1011-404");
  TRY(auto conversion, conversion_of(row->text(0), row->text(1), admits));
  if (!conversion) return unknown("conversion", id, "CONV-1011-404");
  return *std::move(conversion);
}

Json activities_of(const Conversion& conversion) {
  const Json& shown = conversion.shown;
  Json activities = Json::array();
  const auto add = [&](const Json& partition, const flow::SliceRows& rows) {
    const bool has_failed = rows.failed > 0 || conversion.slices.empty();
    activities.push_back({{"id", text_of(shown, "id") + "-" + std::to_string(activities.size())}, {"conversionId", shown["id"]}, {"name", "mapping"}, {"partition", partition},
                          {"status", shown["status"]}, {"startedDate", shown["startedDate"]}, {"completedDate", shown["completedDate"]},
                          {"inputRecordCount", rows.read}, {"outputRecordCount", rows.written}, {"failedRecordCount", rows.failed}, {"skippedRecordCount", rows.skipped},
                          {"errors", has_failed ? shown["errors"] : Json::array()}});
  };
  const auto count = [&](const char* name) { return integer_of(shown, name).value_or(0); };
  flow::SliceRows rest{.read = count("inputRecordCount"), .written = count("outputRecordCount"), .failed = count("failedRecordCount"), .skipped = count("skippedRecordCount")};
  for (const flow::SliceRead& slice : conversion.slices) {
    add(slice.slice, *slice.rows);
    rest.read -= slice.rows->read, rest.written -= slice.rows->written, rest.failed -= slice.rows->failed, rest.skipped -= slice.rows->skipped;
  }
  if (conversion.slices.empty() || rest.read > 0) add(nullptr, rest);
  return activities;
}

Result<Json> find_activity(const Conversion& conversion, std::string_view activity) {
  for (const Json& one : activities_of(conversion)) {
    if (text_of(one, "id") == activity) return one;
  }
  return unknown("activity", activity, "CONV-1012-404");
}

}  // namespace foz::schedule
