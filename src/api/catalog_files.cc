// /dataSetFiles, /tags and the collections of older days. Follows: Catalog contract, 1, 6.2 and 7.
#include "api/catalog_tables.h"
#include "api/catalog_writes.h"

namespace foz::api {
namespace {

using catalog::Collection;
using http::Verb;

Result<Json> files_by(Services& services, const Request& request, std::vector<catalog::Condition> more) {
  TRY(auto listing, catalog::parse_listing(request.query, Collection::files));
  for (catalog::Condition& condition : more) listing.conditions.push_back(std::move(condition));
  return services.catalog->list_files(services.database, request.sandbox.id, listing, outside_of(services, request));
}

Result<Response> list_files(Services& services, const Request& request) {
  TRY(const Json list, files_by(services, request, {}));
  return json_response(200, list);
}

Result<Response> get_file(Services& services, const Request& request) {
  TRY(const Json list, files_by(services, request, {{.path = "id", .values = {request.part("fileId")}}}));
  if (list.empty()) return Error{.kind = ErrorKind::not_found, .message = "there is no file " + request.part("fileId")};
  return json_response(200, list);
}

Result<Response> files_of_view(Services& services, const Request& request) {
  TRY(const auto dataset, services.catalog->dataset(services.database, request.sandbox.id, request.part("id")));
  if (request.part("viewId") != dataset.view_id) return Error{.kind = ErrorKind::not_found, .message = "there is no view " + request.part("viewId")};
  TRY(const Json list, files_by(services, request, {{.path = "dataSetId", .values = {dataset.id}}}));
  return json_response(200, list);
}

Result<Response> get_tag_values(Services& services, const Request& request) {
  TRY(const Json values, services.catalog->tag_values(services.database, request.sandbox.id, request.part("tagNamespace")));
  return json_response(200, values);
}

/// Collections that the platform gave up: nothing is ever in them.
Result<Response> nothing(Services&, const Request&) { return json_response(200, Json::object()); }

constexpr Route kFileRoutes[] = {
    {Verb::get, "/dataSetFiles", Right::view_datasets, list_files, "List files of data sets", BodyUse::ignored, {.gives = "ById", .query = "limit,start,orderBy,property,properties,dataSetId,batch"}},
    {Verb::get, "/dataSetFiles/{fileId}", Right::view_datasets, get_file, "Look up a file of a data set", BodyUse::ignored, {.gives = "ById"}},
    {Verb::get, "/dataSets/{id}/views/{viewId}/files", Right::view_datasets, files_of_view, "List the files of a view", BodyUse::ignored, {.gives = "ById", .query = "limit,start"}},
    {Verb::get, "/tags/{tagNamespace...}", Right::view_datasets, get_tag_values, "Distinct values of a tag", BodyUse::ignored, {.gives = "Object"}},
    {Verb::get, "/accounts", Right::view_datasets, nothing, "Empty", BodyUse::ignored, {.gives = "Object"}},
    {Verb::get, "/connectors", Right::view_datasets, nothing, "Empty", BodyUse::ignored, {.gives = "Object"}},
    {Verb::get, "/connections", Right::view_datasets, nothing, "Empty", BodyUse::ignored, {.gives = "Object"}},
    {Verb::get, "/connections/{id}", Right::view_datasets, nothing, "Empty", BodyUse::ignored, {.gives = "Object"}},
    {Verb::get, "/dataSources", Right::view_datasets, nothing, "Empty", BodyUse::ignored, {.gives = "Object"}},
    {Verb::get, "/transforms", Right::view_datasets, nothing, "Empty", BodyUse::ignored, {.gives = "Object"}},
};

}  // namespace

std::span<const Route> catalog_file_routes() { return kFileRoutes; }

}  // namespace foz::api
