// /foz/v1/datasets/{id}/statistics, /foz/v1/batches/{id}/lineage: what stands in a data set, and where a batch came from.
// Foz's own; there are no such calls at Adobe.
#include "api/insight.h"

#include "api/deadline.h"
#include "api/flow_routes.h"
#include "api/services.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/kept_files.h"
#include "catalog/statistics.h"
#include "flow/access_labels.h"
#include "flow/run.h"

namespace foz::api {
namespace {

constexpr std::chrono::seconds kLookMax{60};
/// Below the diagnostics of a batch: a line for each page, with its slice and cursors; kept as long as they are.
constexpr std::string_view kPageList = "input_files/fileMetaData1.json";

Result<Response> get_statistics(Services& services, const Request& request) {
  TRY(const auto dataset, services.catalog->dataset(services.database, request.sandbox.id, request.part("datasetId")));
  TRY(const auto files, services.catalog->files_of(services.database, request.sandbox.id, dataset.id));
  catalog::DatasetSummary summary = catalog::summary_of(files);
  if (!equal_ignoring_case(request.query.value("distinct").value_or(""), "false")) {
    const std::filesystem::path& data_dir = services.catalog->settings().data_dir;
    TRY(const auto engine, engine::Engine::open({.memory_bytes = 512u << 20, .threads = 2, .allowed_folders = {data_dir / "tables"}}));
    const Deadline deadline(kLookMax);
    const Status looked = catalog::estimate_distinct(*engine, data_dir, files, summary, deadline.token());
    if (!looked && deadline.passed()) {
      return Error{.kind = ErrorKind::invalid, .message = "counting distinct values takes longer than " + std::to_string(kLookMax.count()) + " s here: ask with distinct=false"};
    }
    if (!looked) return looked.error();
  }
  return json_response(200, catalog::to_json(summary));
}

Json first_tag(const catalog::Batch& batch, std::string_view name) {
  const auto values = batch.tag(name);
  return values.empty() ? Json() : Json(values.front());
}

/// The run that wrote a batch: what it read, and by which mapping. Null when it is gone, or not for the caller's eyes.
Result<Json> lineage_of_run(Services& services, const Request& request, const std::string& run_id) {
  const auto stored = flow::find_reachable_run(services.database, scope_of(request), run_id, flow::Use::read);
  const bool unseen = !stored && (stored.error().kind == ErrorKind::not_found || stored.error().kind == ErrorKind::forbidden);
  if (!stored) return unseen ? Result<Json>(Json()) : Result<Json>(stored.error());
  TRY(const flow::Run run, flow::run_of(*stored));
  TRY(const auto snapshot, flow::RunStore::snapshot(services.database, request.sandbox.id, run_id));
  Json lineage = {{"id", run.id}, {"sourceConnectionId", run.source_connection_id}, {"targetConnectionId", run.target_connection_id},
                  {"windowFrom", run.window_from ? Json(to_millis(*run.window_from)) : Json()}, {"windowTo", run.window_to ? Json(to_millis(*run.window_to)) : Json()},
                  {"bytes", run.copy.input_bytes}, {"records", run.copy.input_records}};
  lineage.update(flow::origins_json(run));
  if (run.delta_column) lineage["deltaColumn"] = run.delta_column->name;
  if (!run.predecessor.empty()) lineage["repeats"] = run.predecessor;
  if (!run.replay_rejected.empty()) lineage["replaysRejectedOf"] = run.replay_rejected;
  if (const Json* version = snapshot ? member(*snapshot, "mappingVersion") : nullptr) lineage["mappingVersion"] = *version;
  return lineage;
}

Result<Json> inputs_of(const catalog::Catalog& catalog, const std::string& sandbox, const catalog::Batch& batch) {
  Json inputs = Json::array();
  for (const std::filesystem::path& folder : {catalog.upload_folder(sandbox, batch.id) / "files"}) {
    TRY(const auto files, catalog::kept_files(folder));
    for (const catalog::KeptFile& file : files) inputs.push_back({{"path", file.name}, {"bytes", file.bytes}});
  }
  return inputs;
}

Result<Response> get_lineage(Services& services, const Request& request) {
  const std::string& sandbox = request.sandbox.id;
  TRY(const auto batch, services.catalog->batch(services.database, sandbox, request.part("batchId")));
  TRY(const auto files, services.catalog->files_of_batch(services.database, sandbox, batch.id));
  Json parts = Json::array();
  for (const catalog::DatasetFile& file : files) parts.push_back({{"name", file.name}, {"records", file.records}, {"bytes", file.bytes}});
  TRY(Json inputs, inputs_of(*services.catalog, sandbox, batch));
  Json lineage = {{"batch", batch.id}, {"dataSet", batch.dataset}, {"status", catalog::name_of(batch.status)}, {"flow", first_tag(batch, "flowId")},
                  {"run", nullptr}, {"replaces", texts_of(batch.doc, "replaces")}, {"successor", first_tag(batch, "acp_successor")},
                  {"client", text_of(batch.doc, "createdClient")}, {"inputs", std::move(inputs)}, {"files", std::move(parts)}};
  if (const Json run = first_tag(batch, "flowRunId"); run.is_string()) {
    TRY(lineage["run"], lineage_of_run(services, request, run.get<std::string>()));
    if (std::filesystem::exists(services.catalog->diagnostics_folder(sandbox, batch.id) / kPageList)) {
      lineage["pageList"] = request.public_url + "/data/foundation/export/batches/" + batch.id + "/meta?path=" + std::string(kPageList);
    }
  }
  return json_response(200, lineage);
}

constexpr Route kInsightRoutes[] = {
    {http::Verb::get, "/datasets/{datasetId}/statistics", Right::view_datasets, get_statistics, "Rows, bytes, nulls, bounds and distinct values by column", BodyUse::ignored,
     {.gives = "Statistics", .query = "distinct"}},
    {http::Verb::get, "/batches/{batchId}/lineage", Right::view_datasets, get_lineage, "Flow, run, inputs and files of a batch", BodyUse::ignored, {.gives = "Lineage"}},
};

}  // namespace

std::span<const Route> insight_routes() { return kInsightRoutes; }

}  // namespace foz::api
