// /batches and /lastBatches. Follows: Catalog contract, 4 and 5.
#include "api/catalog_tables.h"
#include "api/catalog_writes.h"
#include "base/text.h"

namespace foz::api {
namespace {

using catalog::Collection;
using http::Verb;

Result<Response> list_batches(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::batches));
  TRY(const Json list, services.catalog->list_batches(services.database, request.sandbox.id, listing, outside_of(services, request)));
  return json_response(200, list);
}

/// `/batches/a,b`: those that exist.
Result<Response> get_batches(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::batches));
  const auto ids = split(request.part("id"), ',');
  Json found = Json::object();
  std::string version;
  for (const std::string_view id : ids) {
    const auto batch = services.catalog->batch(services.database, request.sandbox.id, trim(id));
    if (!batch && batch.error().kind != ErrorKind::not_found) return batch.error();
    if (!batch) continue;
    found[batch->id] = catalog::projected(catalog::shown(*batch, outside_of(services, request)), listing.properties);
    version = batch->version;
  }
  if (found.empty()) return Error{.kind = ErrorKind::not_found, .message = "Batch " + request.part("id") + " was not found"};
  Response response = json_response(200, found);
  if (ids.size() == 1) response.headers.set("ETag", quoted_version(version));
  return response;
}

Result<Response> get_unique_values(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::batches));
  TRY(const Json values, services.catalog->unique_values(services.database, request.sandbox.id, listing, request.part("field"), outside_of(services, request)));
  return json_response(200, values);
}

Result<Response> list_last_batches(Services& services, const Request& request) {
  TRY(const auto listing, catalog::parse_listing(request.query, Collection::last_batches));
  TRY(const Json list, services.catalog->list_last_batches(services.database, request.sandbox.id, listing, outside_of(services, request)));
  return json_response(200, list);
}

constexpr Route kBatchRoutes[] = {
    {Verb::get, "/batches", Right::view_datasets, list_batches, "List batches", BodyUse::ignored, {.gives = "Batches", .query = "limit,start,orderBy,property,properties,dataSet,status,createdAfter,createdBefore,tags"}},
    {Verb::post, "/batches", Right::manage_datasets, written<create_batch>, "Create a batch", BodyUse::json, {.status = 201, .gives = "References", .takes = "CatalogBatchBody", .headers = "Pragma"}},
    {Verb::get, "/batches/{id}", Right::view_datasets, get_batches, "Look up batches, several ids by commas", BodyUse::ignored, {.gives = "Batches", .query = "properties"}},
    {Verb::post, "/batches/{id}", Right::manage_datasets, written<create_batch>, "Create a batch with an id of your own", BodyUse::json, {.status = 201, .gives = "References", .takes = "CatalogBatchBody", .headers = "If-None-Match,Pragma"}},
    {Verb::put, "/batches/{id}", Right::manage_datasets, written<replace_batch>, "Replace a batch", BodyUse::json, {.gives = "References", .takes = "CatalogBatchBody", .headers = "If-Match,If-None-Match,Pragma"}},
    {Verb::patch, "/batches/{id}", Right::manage_datasets, written<patch_batch>, "Change a batch: merge, or JSON Patch", BodyUse::json, {.gives = "References", .headers = "If-Match,Pragma"}},
    {Verb::del, "/batches/{id}", Right::manage_datasets, written<delete_batch>, "Delete a batch and its rows", BodyUse::ignored, {.gives = "References", .headers = "If-Match,Pragma"}},
    {Verb::get, "/batches/uniques/{field}", Right::view_datasets, get_unique_values, "Distinct values of a member of batches", BodyUse::ignored, {.gives = "Values", .query = "property,dataSet,status"}},
    {Verb::get, "/lastBatches", Right::view_datasets, list_last_batches, "The newest batch of each data set", BodyUse::ignored, {.gives = "ById", .query = "limit,start,orderBy,property,properties,dataSetId"}},
};

}  // namespace

std::span<const Route> catalog_batch_routes() { return kBatchRoutes; }

}  // namespace foz::api
