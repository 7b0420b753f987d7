// /connections: logins to source systems, and handles of data sets. Follows: Flow Service contract, 7.
#include "api/flow_routes.h"
#include "flow/access_labels.h"

namespace foz::api {
namespace {

constexpr std::string_view kCollection = "connections";

Result<Response> list(Services& services, const Request& request) { return list_stored(services, request, flow::kConnectionList); }
Result<Response> search(Services& services, const Request& request) { return search_stored(services, request, flow::kConnectionList); }

Result<Response> create(Services& services, const Request& request) {
  TRY(const flow::Mode mode, mode_of(request));
  TRY(const auto written, services.flows->connections.create(scope_of(request), request.body, mode));
  return created(request, kCollection, written);
}

Result<Response> get(Services& services, const Request& request) {
  TRY(Json stored, flow::find_reachable(services.database, flow::kConnectionShelf, scope_of(request), request.part("id"), flow::Use::read));
  return one_item(flow::shown(std::move(stored)));
}

Result<Response> patch(Services& services, const Request& request) {
  TRY(const auto written, services.flows->connections.patch(scope_of(request), request.part("id"), if_match_of(request), request.body));
  return changed(request, written);
}

Result<Response> remove(Services& services, const Request& request) {
  TRY_DO(services.flows->connections.remove(scope_of(request), request.part("id"), if_match_of(request)));
  return no_content();
}

Result<Response> test(Services& services, const Request& request) {
  TRY(const Json outcome, services.flows->connections.test(scope_of(request), request.part("id")));
  return flow_json(200, outcome);
}

Result<Response> explore(Services& services, const Request& request) {
  TRY(const auto wanted, flow::read_explore(request.query));
  TRY(const Json found, services.flows->connections.explore(scope_of(request), request.part("id"), wanted));
  return flow_json(200, found);
}

Result<Response> configs(Services& services, const Request& request) {
  TRY(const Json found, services.flows->connections.configs(scope_of(request), request.part("id"), request.query.value("object").value_or("")));
  return flow_json(200, found);
}

/// Source and target connections are published through this path too, as one page of the documentation does.
Result<flow::Written> publish(flow::FlowService& flows, const flow::Scope& scope, const std::string& id, const std::optional<std::string>& if_match) {
  auto written = flows.connections.publish(scope, id, if_match);
  if (written || written.error().kind != ErrorKind::not_found) return written;
  auto source = flows.source_connections.publish(scope, id, if_match);
  if (source || source.error().kind != ErrorKind::not_found) return source;
  auto target = flows.target_connections.publish(scope, id, if_match);
  return target || target.error().kind != ErrorKind::not_found ? target : written;
}

Result<Response> act(Services& services, const Request& request) {
  const std::string operation = operation_of(request);
  if (auto refused = provider_only(operation)) return *refused;
  if (operation != "publish") return flow::provider_error(1398, "The action op of a connection is publish, not \"" + operation + "\".");
  TRY(const auto written, publish(*services.flows, scope_of(request), request.part("id"), if_match_of(request)));
  return changed(request, written);
}

constexpr Route kRows[] = {
    {http::Verb::get, "/connections", Right::view_sources, list, "List connections", BodyUse::ignored, {.gives = "Connections", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::post, "/connections", Right::manage_sources, create, "Create a connection", BodyUse::json, {.status = 201, .gives = "IdAndEtag", .takes = "ConnectionBody", .query = "mode"}},
    {http::Verb::post, "/connections/search", Right::view_sources, search, "Search connections", BodyUse::json, {.gives = "Connections", .takes = "SearchBody", .query = "continuationToken"}},
    {http::Verb::get, "/connections/{id}", Right::view_sources, get, "Look up a connection", BodyUse::ignored, {.gives = "OneConnection"}},
    {http::Verb::patch, "/connections/{id}", Right::manage_sources, patch, "Update a connection", BodyUse::json, {.gives = "IdAndEtag", .takes = "FlowPatch", .query = "if-match", .headers = "If-Match"}},
    {http::Verb::del, "/connections/{id}", Right::manage_sources, remove, "Delete a connection", BodyUse::ignored, {.status = 204, .headers = "If-Match"}},
    {http::Verb::get, "/connections/{id}/test", Right::view_sources, test, "Test a connection's login", BodyUse::ignored, {.gives = "Tested"}},
    {http::Verb::get, "/connections/{id}/explore", Right::view_sources, explore, "Explore the source system of a connection", BodyUse::ignored, {.gives = "Explored", .query = "objectType,object,preview,all,filters,fileType,columnDelimiter,compressionType,encoding,determineProperties"}},
    {http::Verb::get, "/connections/{id}/configs", Right::view_sources, configs, "List columns that can serve as delta column", BodyUse::ignored, {.gives = "DeltaColumns", .query = "object"}},
    {http::Verb::post, "/connections/{id}/action", Right::manage_sources, act, "Publish a draft connection", BodyUse::ignored, {.gives = "IdAndEtag", .query = "op", .headers = "If-Match"}},
};

}  // namespace

std::span<const Route> flow_connection_rows() { return kRows; }

}  // namespace foz::api
