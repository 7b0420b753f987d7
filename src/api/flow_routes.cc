// The Flow Service's table, and what its files share. Follows: Flow Service contract, 1-3.
#include "api/flow_routes.h"

#include "api/routes.h"
#include "base/text.h"
#include "flow/access_labels.h"

namespace foz::api {

flow::Scope scope_of(const Request& request) {
  return {.org_id = request.caller.org_id, .sandbox = request.sandbox.id, .sandbox_name = request.sandbox.name,
          .client_id = request.caller.client_id, .user_id = request.caller.user_id, .labels = request.caller.labels};
}

std::optional<std::string> if_match_of(const Request& request) {
  if (const auto header = request.http.headers.get("If-Match")) return std::string(*header);
  return request.query.value("if-match");
}

Result<flow::Mode> mode_of(const Request& request) { return flow::mode_named(request.query.value("mode").value_or("")); }

std::string operation_of(const Request& request) {
  std::string word = lower(trim(request.query.value("op").value_or("")));
  std::erase_if(word, [](char c) { return c == '-' || c == '_'; });
  return word;
}

Response flow_json(int status, const Json& body) {
  Response response = json_response(status, body);
  response.headers.set("Content-Type", "application/json;charset=utf-8");
  return response;
}

Response one_item(Json shown) {
  const std::string etag = text_of(shown, "etag");
  Response response = flow_json(200, {{"items", Json::array({std::move(shown)})}, {"_links", Json::object()}});
  if (!etag.empty()) response.headers.set("ETag", etag);
  return response;
}

Response changed(const Request& request, const flow::Written& written) {
  for (const std::string& warning : written.warnings) request.warn(warning);
  Response response = flow_json(200, flow::to_json(written));
  response.headers.set("ETag", written.etag);
  return response;
}

Response created(const Request& request, std::string_view collection, const flow::Written& written) {
  Response response = changed(request, written);
  response.status = 201;
  response.headers.set("Location", std::string(flow::kBasePath) + "/" + std::string(collection) + "/" + written.id);
  return response;
}

namespace {

/// From the stored document of a collection to what is shown of it.
flow::Show show_of(const Request& request, const flow::Collection& collection) {
  if (&collection != &flow::kRunList) return [](Json stored) { return flow::shown(std::move(stored)); };
  return [&request](Json stored) { return flow::shown_run(std::move(stored), request.public_url); };
}

}  // namespace

Result<Response> list_found(Services& services, const Request& request, const flow::Collection& collection, flow::ListQuery query) {
  if (&collection == &flow::kRunList) query = flow::with_run_names(std::move(query));
  const flow::Scope scope = scope_of(request);
  TRY(const auto admits, flow::admitted(services.database, scope, {.collection = collection.name, .table = collection.table}));
  TRY(const Json list, flow::answer_list(services.database, services.flows->tokens, collection, request.sandbox.id, query, {show_of(request, collection), admits}));
  return flow_json(200, list);
}

Result<Response> list_stored(Services& services, const Request& request, const flow::Collection& collection) {
  TRY(auto query, flow::read_list_query(request.query, {.collection = collection.name}, request.sandbox.id, services.flows->tokens));
  return list_found(services, request, collection, std::move(query));
}

Result<Response> search_stored(Services& services, const Request& request, const flow::Collection& collection) {
  TRY(auto query, flow::read_search(request.body, request.query.value("continuationToken"), {.collection = collection.name}, request.sandbox.id, services.flows->tokens));
  return list_found(services, request, collection, std::move(query));
}

std::optional<Error> provider_only(const std::string& operation) {
  if (operation != "finalize" && operation != "finalizeupdate") return std::nullopt;
  return flow::flow_error(1402, "This action is one of source providers, not of clients.");
}

RouteTable flow_routes() {
  static const std::vector<Route> kRows = [] {
    std::vector<Route> rows;
    for (const auto part : {flow_spec_rows(), flow_connection_rows(), flow_source_target_rows(), flow_flow_rows(), flow_run_rows()}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return {Service::flow, flow::kBasePath, true, kRows};
}

}  // namespace foz::api
