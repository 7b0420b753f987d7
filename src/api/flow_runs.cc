// /runs: executions of flows. Follows: Flow Service contract, 11.
#include "api/flow_routes.h"
#include "flow/access_labels.h"

namespace foz::api {
namespace {

constexpr std::string_view kCollection = "runs";

Result<Response> list(Services& services, const Request& request) { return list_stored(services, request, flow::kRunList); }

/// The old name of `/runs?property=flowId=={id}`.
Result<Response> list_of_flow(Services& services, const Request& request) {
  TRY(auto query, flow::read_list_query(request.query, {.collection = kCollection}, request.sandbox.id, services.flows->tokens));
  query.filter.clauses.push_back({.path = {{"flowId"}}, .values = {request.part("id")}});
  return list_found(services, request, flow::kRunList, std::move(query));
}

/// `{"id","etag"}` and the same as a list: documented in both forms.
Result<Response> create(Services& services, const Request& request) {
  TRY(const auto written, services.flows->runs.create(scope_of(request), request.body));
  Response response = created(request, kCollection, written);
  Json body = flow::to_json(written);
  body["items"] = Json::array({flow::to_json(written)});
  response.body = to_text(body);
  return response;
}

Result<Response> get(Services& services, const Request& request) {
  TRY(Json stored, flow::find_reachable_run(services.database, scope_of(request), request.part("id"), flow::Use::read));
  return one_item(flow::shown_run(std::move(stored), request.public_url));
}

Result<Response> put(Services& services, const Request& request) {
  TRY([[maybe_unused]] const Json stored, flow::find_reachable_run(services.database, scope_of(request), request.part("id"), flow::Use::change));
  return flow::flow_error(1427, "Runs are written by source providers, not by clients.", "runs/" + request.part("id"));
}

Result<Response> act(Services& services, const Request& request) {
  const std::string operation = operation_of(request);
  const flow::Runs& runs = services.flows->runs;
  const std::string& id = request.part("id");
  if (operation == "retrigger") {
    TRY(const auto written, runs.retrigger(scope_of(request), id, if_match_of(request)));
    return changed(request, written);
  }
  if (operation == "cancel") {
    TRY(const auto written, runs.cancel(scope_of(request), id, if_match_of(request)));
    return changed(request, written);
  }
  return flow::provider_error(1401, "The action op of a run is re-trigger or cancel, not \"" + operation + "\".");
}

constexpr Route kRows[] = {
    {http::Verb::get, "/flows/{id}/runs", Right::view_sources, list_of_flow, "List the runs of a flow", BodyUse::ignored, {.gives = "Runs", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::get, "/runs", Right::view_sources, list, "List runs", BodyUse::ignored, {.gives = "Runs", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::post, "/runs", Right::manage_sources, create, "Run a flow on demand", BodyUse::json, {.status = 201, .gives = "RunCreated", .takes = "RunBody"}},
    {http::Verb::get, "/runs/{id}", Right::view_sources, get, "Look up a run", BodyUse::ignored, {.gives = "OneRun"}},
    {http::Verb::put, "/runs/{id}", Right::manage_sources, put, "Refused: runs are written by providers"},
    {http::Verb::post, "/runs/{id}/action", Right::manage_sources, act, "Repeat or cancel a run", BodyUse::ignored, {.gives = "IdAndEtag", .query = "op", .headers = "If-Match"}},
};

}  // namespace

std::span<const Route> flow_run_rows() { return kRows; }

}  // namespace foz::api
