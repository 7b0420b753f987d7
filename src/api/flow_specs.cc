// /connectionSpecs and /flowSpecs: what kinds of systems there are, and how flows run. Follows: Flow Service contract, 5 and 6.
#include <algorithm>

#include "api/flow_routes.h"
#include "base/text.h"
#include "flow/deadline.h"
#include "flow/landing_zone.h"

namespace foz::api {
namespace {

constexpr std::string_view kConnectionSpecs = "connectionSpecs", kFlowSpecs = "flowSpecs";

Result<std::vector<Json>> specs_of(Services& services, const Request& request, std::string_view collection) {
  // Without a token only public descriptions show, not what customers added (1.3).
  const bool custom = !request.caller.key_only;
  const flow::Specs& specs = services.flows->specs;
  return collection == kFlowSpecs ? specs.flow_specs(services.database, request.sandbox.id, custom)
                                  : specs.connection_specs(services.database, request.sandbox.id, custom);
}

Result<Response> answer(Services& services, const Request& request, std::string_view collection, const flow::ListQuery& query) {
  TRY(const auto documents, specs_of(services, request, collection));
  TRY(const Json list, flow::answer_list(documents, services.flows->tokens, collection, request.sandbox.id, query));
  return flow_json(200, list);
}

Result<Response> list(Services& services, const Request& request, std::string_view collection) {
  TRY(const auto query, flow::read_list_query(request.query, {.collection = collection, .paged = false}, request.sandbox.id, services.flows->tokens));
  return answer(services, request, collection, query);
}

/// The spec with the id of the path.
Result<Json> find(Services& services, const Request& request, std::string_view collection) {
  TRY(auto documents, specs_of(services, request, collection));
  const std::string& id = request.part("id");
  const auto found = std::find_if(documents.begin(), documents.end(), [&](const Json& document) { return text_of(document, "id") == id; });
  if (found == documents.end()) return flow::no_such(collection, id);
  return std::move(*found);
}

Response whole_spec(int status, std::string_view collection, const Json& spec) {
  Response response = flow_json(status, spec);
  if (const std::string etag = text_of(spec, "etag"); !etag.empty()) response.headers.set("ETag", etag);
  if (status == 201) response.headers.set("Location", std::string(flow::kBasePath) + "/" + std::string(collection) + "/" + text_of(spec, "id"));
  return response;
}

Result<Response> list_connection_specs(Services& services, const Request& request) { return list(services, request, kConnectionSpecs); }
Result<Response> list_flow_specs(Services& services, const Request& request) { return list(services, request, kFlowSpecs); }

Result<Response> search_flow_specs(Services& services, const Request& request) {
  TRY(const auto query, flow::read_search(request.body, request.query.value("continuationToken"), {.collection = kFlowSpecs, .paged = false}, request.sandbox.id, services.flows->tokens));
  return answer(services, request, kFlowSpecs, query);
}

Result<Response> get_connection_spec(Services& services, const Request& request) {
  TRY(Json spec, find(services, request, kConnectionSpecs));
  return one_item(std::move(spec));
}

Result<Response> get_flow_spec(Services& services, const Request& request) {
  TRY(Json spec, find(services, request, kFlowSpecs));
  return one_item(std::move(spec));
}

Result<Response> create_connection_spec(Services& services, const Request& request) {
  TRY(const Json spec, services.flows->specs.create_connection_spec(services.database, scope_of(request), request.body));
  return whole_spec(201, kConnectionSpecs, spec);
}

Result<Response> create_flow_spec(Services& services, const Request& request) {
  TRY(const Json spec, services.flows->specs.create_flow_spec(services.database, scope_of(request), request.body));
  return whole_spec(201, kFlowSpecs, spec);
}

Result<Response> put_connection_spec(Services& services, const Request& request) {
  TRY(const Json spec, services.flows->specs.replace_connection_spec(services.database, scope_of(request), request.part("id"), request.body));
  return whole_spec(200, kConnectionSpecs, spec);
}

Result<Response> put_flow_spec(Services& services, const Request& request) {
  TRY(const Json spec, services.flows->specs.replace_flow_spec(services.database, scope_of(request), request.part("id"), request.body));
  return whole_spec(200, kFlowSpecs, spec);
}

Result<Response> delete_connection_spec(Services& services, const Request& request) {
  TRY_DO(services.flows->specs.remove_connection_spec(services.database, scope_of(request), request.part("id")));
  return no_content();
}

Result<Response> delete_flow_spec(Services& services, const Request& request) {
  TRY_DO(services.flows->specs.remove_flow_spec(services.database, scope_of(request), request.part("id")));
  return no_content();
}

/// Only specs that need no account can be looked into without a connection.
Result<Response> explore_connection_spec(Services& services, const Request& request) {
  TRY(const Json spec, find(services, request, kConnectionSpecs));
  if (text_of(spec, "id") != flow::kLandingZoneSpec) {
    return flow::provider_error(1372, "\"" + text_of(spec, "name") + "\" is explored through a connection: create one, then GET /connections/{id}/explore.");
  }
  TRY(const auto wanted, flow::read_explore(request.query));
  const flow::Environment& environment = services.flows->environment;
  TRY(const Json found, flow::within(environment.clock, environment.settings.explore_timeout, [&](std::stop_token stop) {
    return flow::explore_landing_zone(environment.settings.landing_zone, request.sandbox.name, wanted, stop);
  }));
  return flow_json(200, found);
}

/// No spec that ships has more to tell; the form is the one that clients page through.
Result<Response> get_spec_configs(Services& services, const Request& request) {
  TRY([[maybe_unused]] const Json spec, find(services, request, kConnectionSpecs));
  return flow_json(200, {{"items", Json::array()}, {"pageInfo", {{"hasNext", false}}}});
}

constexpr Route kRows[] = {
    {http::Verb::get, "/connectionSpecs", Right::specs, list_connection_specs, "List connection specs", BodyUse::ignored, {.gives = "ConnectionSpecs", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::post, "/connectionSpecs", Right::manage_sources, create_connection_spec, "Create a connection spec", BodyUse::json, {.status = 201, .gives = "ConnectionSpec", .takes = "SpecBody"}},
    {http::Verb::get, "/connectionSpecs/{id}", Right::specs, get_connection_spec, "Look up a connection spec", BodyUse::ignored, {.gives = "OneConnectionSpec"}},
    {http::Verb::put, "/connectionSpecs/{id}", Right::manage_sources, put_connection_spec, "Replace a connection spec", BodyUse::json, {.gives = "ConnectionSpec", .takes = "SpecBody"}},
    {http::Verb::del, "/connectionSpecs/{id}", Right::manage_sources, delete_connection_spec, "Delete a connection spec", BodyUse::ignored, {.status = 204}},
    {http::Verb::get, "/connectionSpecs/{id}/explore", Right::view_sources, explore_connection_spec, "Look into a source that needs no account", BodyUse::ignored, {.gives = "Explored", .query = "objectType,object,preview,all,filters,fileType,columnDelimiter,compressionType,encoding,determineProperties"}},
    {http::Verb::get, "/connectionSpecs/{id}/configs", Right::view_sources, get_spec_configs, "List further settings of a connection spec", BodyUse::ignored, {.gives = "SpecConfigs", .query = "limit,start"}},
    {http::Verb::get, "/flowSpecs", Right::specs, list_flow_specs, "List flow specs", BodyUse::ignored, {.gives = "FlowSpecs", .query = "property,orderby,limit,continuationToken,count"}},
    {http::Verb::post, "/flowSpecs", Right::manage_sources, create_flow_spec, "Create a flow spec", BodyUse::json, {.status = 201, .gives = "FlowSpec", .takes = "SpecBody"}},
    {http::Verb::post, "/flowSpecs/search", Right::view_sources, search_flow_specs, "Search flow specs", BodyUse::json, {.gives = "FlowSpecs", .takes = "SearchBody", .query = "continuationToken"}},
    {http::Verb::get, "/flowSpecs/{id}", Right::specs, get_flow_spec, "Look up a flow spec", BodyUse::ignored, {.gives = "OneFlowSpec"}},
    {http::Verb::put, "/flowSpecs/{id}", Right::manage_sources, put_flow_spec, "Replace a flow spec", BodyUse::json, {.gives = "FlowSpec", .takes = "SpecBody"}},
    {http::Verb::del, "/flowSpecs/{id}", Right::manage_sources, delete_flow_spec, "Delete a flow spec", BodyUse::ignored, {.status = 204}},
};

}  // namespace

std::span<const Route> flow_spec_rows() { return kRows; }

}  // namespace foz::api
