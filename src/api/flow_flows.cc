// /flows: what moves rows from a source connection to a target connection. Follows: Flow Service contract, 10.
#include "api/flow_routes.h"
#include "flow/access_labels.h"

namespace foz::api {
namespace {

constexpr std::string_view kCollection = "flows";

Result<Response> list(Services& services, const Request& request) { return list_stored(services, request, flow::kFlowList); }
Result<Response> search(Services& services, const Request& request) { return search_stored(services, request, flow::kFlowList); }

Result<Response> create(Services& services, const Request& request) {
  TRY(const flow::Mode mode, mode_of(request));
  TRY(const auto written, services.flows->flows.create(scope_of(request), request.body, mode));
  return created(request, kCollection, written);
}

Result<Response> get(Services& services, const Request& request) {
  TRY(Json stored, flow::find_reachable(services.database, flow::kFlowShelf, scope_of(request), request.part("id"), flow::Use::read));
  return one_item(flow::shown(std::move(stored)));
}

Result<Response> patch(Services& services, const Request& request) {
  TRY(const auto written, services.flows->flows.patch(scope_of(request), request.part("id"), if_match_of(request), request.body));
  return changed(request, written);
}

Result<Response> remove(Services& services, const Request& request) {
  TRY_DO(services.flows->flows.remove(scope_of(request), request.part("id"), if_match_of(request)));
  return no_content();
}

Result<flow::Written> done(Services& services, const Request& request, const std::string& operation) {
  const flow::Flows& flows = services.flows->flows;
  const std::string& id = request.part("id");
  if (operation == "enable") return flows.enable(scope_of(request), id, if_match_of(request));
  if (operation == "disable") return flows.disable(scope_of(request), id, if_match_of(request));
  if (operation == "publish") return flows.publish(scope_of(request), id, if_match_of(request));
  return flow::provider_error(1398, "The action op of a flow is enable, disable or publish, not \"" + operation + "\".");
}

Result<Response> act(Services& services, const Request& request) {
  const std::string operation = operation_of(request);
  if (auto refused = provider_only(operation)) return *refused;
  TRY(const auto written, done(services, request, operation));
  return changed(request, written);
}

constexpr Route kRows[] = {
    {http::Verb::get, "/flows", Right::view_sources, list, "List flows", BodyUse::ignored, {.gives = "Flows", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::post, "/flows", Right::manage_sources, create, "Create a flow", BodyUse::json, {.status = 201, .gives = "IdAndEtag", .takes = "FlowBody", .query = "mode"}},
    {http::Verb::post, "/flows/search", Right::view_sources, search, "Search flows", BodyUse::json, {.gives = "Flows", .takes = "SearchBody", .query = "continuationToken"}},
    {http::Verb::get, "/flows/{id}", Right::view_sources, get, "Look up a flow", BodyUse::ignored, {.gives = "OneFlow"}},
    {http::Verb::patch, "/flows/{id}", Right::manage_sources, patch, "Update a flow", BodyUse::json, {.gives = "IdAndEtag", .takes = "FlowPatch", .query = "if-match", .headers = "If-Match"}},
    {http::Verb::del, "/flows/{id}", Right::manage_sources, remove, "Delete a flow", BodyUse::ignored, {.status = 204, .headers = "If-Match"}},
    {http::Verb::post, "/flows/{id}/action", Right::manage_sources, act, "Enable, disable or publish a flow", BodyUse::ignored, {.gives = "IdAndEtag", .query = "op", .headers = "If-Match"}},
};

}  // namespace

std::span<const Route> flow_flow_rows() { return kRows; }

}  // namespace foz::api
