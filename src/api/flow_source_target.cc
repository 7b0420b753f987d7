// /sourceConnections and /targetConnections: where rows come from, where they land. Follows: Flow Service contract, 8 and 9.
#include "api/flow_routes.h"
#include "flow/access_labels.h"

namespace foz::api {
namespace {

/// One kind of connection: its list, and the part of the service that looks after it.
struct Sources {
  static constexpr std::string_view kName = "sourceConnections";
  static constexpr flow::Shelf kShelf = flow::kSourceShelf;
  static const flow::Collection& list() { return flow::kSourceList; }
  static const auto& part(Services& services) { return services.flows->source_connections; }
};
struct Targets {
  static constexpr std::string_view kName = "targetConnections";
  static constexpr flow::Shelf kShelf = flow::kTargetShelf;
  static const flow::Collection& list() { return flow::kTargetList; }
  static const auto& part(Services& services) { return services.flows->target_connections; }
};

template <class Kind>
Result<Response> list(Services& services, const Request& request) {
  return list_stored(services, request, Kind::list());
}

template <class Kind>
Result<Response> create(Services& services, const Request& request) {
  TRY(const flow::Mode mode, mode_of(request));
  TRY(const auto written, Kind::part(services).create(scope_of(request), request.body, mode));
  return created(request, Kind::kName, written);
}

template <class Kind>
Result<Response> get(Services& services, const Request& request) {
  TRY(Json stored, flow::find_reachable(services.database, Kind::kShelf, scope_of(request), request.part("id"), flow::Use::read));
  return one_item(flow::shown(std::move(stored)));
}

template <class Kind>
Result<Response> patch(Services& services, const Request& request) {
  TRY(const auto written, Kind::part(services).patch(scope_of(request), request.part("id"), if_match_of(request), request.body));
  return changed(request, written);
}

template <class Kind>
Result<Response> remove(Services& services, const Request& request) {
  TRY_DO(Kind::part(services).remove(scope_of(request), request.part("id"), if_match_of(request)));
  return no_content();
}

template <class Kind>
Result<Response> act(Services& services, const Request& request) {
  const std::string operation = operation_of(request);
  if (auto refused = provider_only(operation)) return *refused;
  if (operation != "publish") return flow::provider_error(1398, "The action op of a connection is publish, not \"" + operation + "\".");
  TRY(const auto written, Kind::part(services).publish(scope_of(request), request.part("id"), if_match_of(request)));
  return changed(request, written);
}

constexpr Route kRows[] = {
    {http::Verb::get, "/sourceConnections", Right::view_sources, list<Sources>, "List source connections", BodyUse::ignored, {.gives = "SourceConnections", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::post, "/sourceConnections", Right::manage_sources, create<Sources>, "Create a source connection", BodyUse::json, {.status = 201, .gives = "IdAndEtag", .takes = "SourceConnectionBody", .query = "mode"}},
    {http::Verb::get, "/sourceConnections/{id}", Right::view_sources, get<Sources>, "Look up a source connection", BodyUse::ignored, {.gives = "OneSourceConnection"}},
    {http::Verb::patch, "/sourceConnections/{id}", Right::manage_sources, patch<Sources>, "Update a source connection", BodyUse::json, {.gives = "IdAndEtag", .takes = "FlowPatch", .query = "if-match", .headers = "If-Match"}},
    {http::Verb::del, "/sourceConnections/{id}", Right::manage_sources, remove<Sources>, "Delete a source connection", BodyUse::ignored, {.status = 204, .headers = "If-Match"}},
    {http::Verb::post, "/sourceConnections/{id}/action", Right::manage_sources, act<Sources>, "Publish a draft source connection", BodyUse::ignored, {.gives = "IdAndEtag", .query = "op", .headers = "If-Match"}},
    {http::Verb::get, "/targetConnections", Right::view_sources, list<Targets>, "List target connections", BodyUse::ignored, {.gives = "TargetConnections", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::post, "/targetConnections", Right::manage_sources, create<Targets>, "Create a target connection", BodyUse::json, {.status = 201, .gives = "IdAndEtag", .takes = "TargetConnectionBody", .query = "mode"}},
    {http::Verb::get, "/targetConnections/{id}", Right::view_sources, get<Targets>, "Look up a target connection", BodyUse::ignored, {.gives = "OneTargetConnection"}},
    {http::Verb::patch, "/targetConnections/{id}", Right::manage_sources, patch<Targets>, "Update a target connection", BodyUse::json, {.gives = "IdAndEtag", .takes = "FlowPatch", .query = "if-match", .headers = "If-Match"}},
    {http::Verb::del, "/targetConnections/{id}", Right::manage_sources, remove<Targets>, "Delete a target connection", BodyUse::ignored, {.status = 204, .headers = "If-Match"}},
    {http::Verb::post, "/targetConnections/{id}/action", Right::manage_sources, act<Targets>, "Publish a draft target connection", BodyUse::ignored, {.gives = "IdAndEtag", .query = "op", .headers = "If-Match"}},
};

}  // namespace

std::span<const Route> flow_source_target_rows() { return kRows; }

}  // namespace foz::api
