// /dataSets and their views. Follows: Catalog contract, 3 and 6.
#include "api/catalog_tables.h"
#include "api/catalog_writes.h"
#include "base/text.h"

namespace foz::api {
namespace {

using catalog::Collection;
using http::Verb;

Error no_view(const std::string& id) { return Error{.kind = ErrorKind::not_found, .message = "there is no view " + id}; }

Result<Response> list_datasets(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::datasets));
  TRY(const Json list, services.catalog->list_datasets(services.database, request.sandbox.id, listing, outside_of(services, request)));
  return json_response(200, list);
}

/// `/dataSets/a,b`: those that exist.
Result<Response> get_datasets(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::datasets));
  const auto ids = split(request.part("id"), ',');
  Json found = Json::object();
  std::string version;
  for (const std::string_view id : ids) {
    const auto dataset = services.catalog->dataset(services.database, request.sandbox.id, trim(id));
    if (!dataset && dataset.error().kind != ErrorKind::not_found) return dataset.error();
    if (!dataset) continue;
    found[dataset->id] = catalog::projected(catalog::shown(*dataset, outside_of(services, request)), listing.properties);
    version = dataset->version;
  }
  if (found.empty()) return Error{.kind = ErrorKind::not_found, .message = "there is no data set " + request.part("id")};
  Response response = json_response(200, found);
  if (ids.size() == 1) response.headers.set("ETag", quoted_version(version));
  return response;
}

Result<Response> list_views(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::views));
  TRY(const Json list, services.catalog->list_views(services.database, request.sandbox.id, listing, outside_of(services, request)));
  return json_response(200, list);
}

Response view_response(const Services& services, const Request& request, const catalog::Dataset& dataset, const catalog::Listing& listing) {
  return json_response(200, {{dataset.view_id, catalog::projected(catalog::shown_view(dataset, outside_of(services, request)), listing.properties)}});
}

Result<Response> get_view(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::views));
  const auto dataset = services.catalog->dataset_of_view(services.database, request.sandbox.id, request.part("viewId"));
  if (!dataset) return dataset.error().kind == ErrorKind::not_found ? no_view(request.part("viewId")) : dataset.error();
  return view_response(services, request, *dataset, listing);
}

Result<Response> views_of_dataset(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::views));
  TRY(const auto dataset, services.catalog->dataset(services.database, request.sandbox.id, request.part("id")));
  const auto view_id = request.parts.find("viewId");
  if (view_id != request.parts.end() && view_id->second != dataset.view_id) return no_view(view_id->second);
  return view_response(services, request, dataset, listing);
}

/// Foz keeps files itself and hands out no secrets. Follows: Catalog contract, 6.3.
Result<Response> get_credentials(Services& services, const Request& request) {
  TRY(const auto dataset, services.catalog->dataset(services.database, request.sandbox.id, request.part("id")));
  std::string path = catalog::storage_uri(dataset), stage;
  if (const auto id = request.query.value("batchId")) {
    TRY(const auto batch, services.catalog->batch(services.database, request.sandbox.id, *id));
    path += "/" + batch.id;
    stage = "foz://uploads/" + batch.sandbox + "/" + batch.id;
  }
  return json_response(200, {{"dataSetId", dataset.id},
                             {"path", path},
                             {"stagePath", stage},
                             {"credentials", {{"clientKey", ""}, {"clientId", ""}, {"tenantId", ""}, {"name", "foz"}, {"adlsType", "local"}, {"adlsUri", ""}, {"hadoopUri", ""}}}});
}

constexpr Route kDatasetRoutes[] = {
    {Verb::get, "/dataSets", Right::view_datasets, list_datasets, "List data sets", BodyUse::ignored, {.gives = "DataSets", .query = "limit,start,orderBy,property,properties,createdAfter,createdBefore,tags"}},
    {Verb::post, "/dataSets", Right::manage_datasets, written<create_dataset>, "Create a data set", BodyUse::json, {.status = 201, .gives = "References", .takes = "DataSetBody", .query = "requestDataSource", .headers = "Pragma"}},
    {Verb::get, "/dataSets/{id}", Right::view_datasets, get_datasets, "Look up data sets, several ids by commas", BodyUse::ignored, {.gives = "DataSets", .query = "properties"}},
    {Verb::put, "/dataSets/{id}", Right::manage_datasets, written<replace_dataset>, "Replace a data set", BodyUse::json, {.gives = "References", .takes = "DataSetBody", .headers = "If-Match,If-None-Match,Pragma"}},
    {Verb::patch, "/dataSets/{id}", Right::manage_datasets, written<patch_dataset>, "Change a data set: merge, or JSON Patch", BodyUse::json, {.gives = "References", .headers = "If-Match,Pragma"}},
    {Verb::patch, "/v2/dataSets/{id}", Right::manage_datasets, written<merge_dataset>, "Change a data set by merging", BodyUse::json, {.gives = "References", .takes = "DataSetBody", .headers = "If-Match,Pragma"}},
    {Verb::del, "/dataSets/{id}", Right::manage_datasets, written<delete_dataset>, "Delete a data set", BodyUse::ignored, {.gives = "References", .headers = "If-Match,Pragma"}},
    {Verb::get, "/dataSets/{id}/credentials", Right::view_datasets, get_credentials, "Where a data set lies", BodyUse::ignored, {.gives = "Credentials"}},
    {Verb::get, "/dataSets/{id}/views", Right::view_datasets, views_of_dataset, "List the views of a data set", BodyUse::ignored, {.gives = "ById"}},
    {Verb::get, "/dataSets/{id}/views/{viewId}", Right::view_datasets, views_of_dataset, "Look up a view of a data set", BodyUse::ignored, {.gives = "ById"}},
    {Verb::get, "/dataSetViews", Right::view_datasets, list_views, "List views", BodyUse::ignored, {.gives = "ById", .query = "limit,start,orderBy,property,properties"}},
    {Verb::get, "/dataSetViews/{viewId}", Right::view_datasets, get_view, "Look up a view", BodyUse::ignored, {.gives = "ById"}},
    {Verb::get, "/dataSetView/{viewId}", Right::view_datasets, get_view, "Look up a view", BodyUse::ignored, {.gives = "ById"}},
};

}  // namespace

std::span<const Route> catalog_dataset_routes() { return kDatasetRoutes; }

}  // namespace foz::api
