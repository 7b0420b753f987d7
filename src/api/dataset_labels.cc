// /data/foundation/dataset: usage labels of data sets. Follows: Catalog contract, 9.
#include "api/catalog_writes.h"
#include "api/routes.h"
#include "base/text.h"
#include "catalog/labels.h"

namespace foz::api {
namespace {

using http::Verb;

catalog::Labelled labelled(const Request& request) { return {.sandbox = request.sandbox.id, .dataset = request.part("datasetId")}; }

/// The service's errors name the entity and what was tried on it.
Error labels_error(const Request& request, Error error) {
  error.where = request.part("datasetId");
  if (error.kind == ErrorKind::not_found) error.message = upper(http::name_of(request.http.verb)) + " Entities Not Found";
  return error;
}

Result<Response> labels_response(const Request& request, int status, Result<catalog::Labels> labels) {
  if (!labels) return labels_error(request, std::move(labels).error());
  Response response = json_response(status, labels->payload);
  response.headers.set("ETag", quoted_version(labels->etag));
  return response;
}

Result<std::string> if_match_of(const Request& request) {
  auto given = request.header("If-Match");
  if (!given) return labels_error(request, std::move(given).error());
  return given;
}

Result<Response> get_labels(Services& services, const Request& request) {
  return labels_response(request, 200, catalog::find_labels(services.database, labelled(request)));
}

Result<Response> post_labels(Services& services, const Request& request) {
  return labels_response(request, 201, services.database.write_value([&](store::Transaction& transaction) {
    return catalog::create_labels(transaction, labelled(request), request.body, services.clock.now(), services.random);
  }));
}

Result<Response> put_labels(Services& services, const Request& request) {
  TRY(const std::string if_match, if_match_of(request));
  return labels_response(request, 200, services.database.write_value([&](store::Transaction& transaction) {
    return catalog::replace_labels(transaction, labelled(request), request.body, if_match, services.clock.now(), services.random);
  }));
}

Result<Response> remove_labels(Services& services, const Request& request) {
  TRY(const std::string if_match, if_match_of(request));
  const Status removed = services.database.write([&](store::Transaction& transaction) { return catalog::delete_labels(transaction, labelled(request), if_match); });
  if (!removed) return labels_error(request, removed.error());
  return Response{.status = 200};
}

constexpr Route kLabelRoutes[] = {
    {Verb::get, "/datasets/{datasetId}/labels", Right::view_datasets, get_labels, "Look up the labels of a data set", BodyUse::ignored, {.gives = "Labels"}},
    {Verb::post, "/datasets/{datasetId}/labels", Right::manage_datasets, post_labels, "Give labels to a data set", BodyUse::json, {.status = 201, .gives = "Labels", .takes = "Labels"}},
    {Verb::put, "/datasets/{datasetId}/labels", Right::manage_datasets, put_labels, "Replace the labels of a data set", BodyUse::json, {.gives = "Labels", .takes = "Labels", .headers = "If-Match"}},
    {Verb::del, "/datasets/{datasetId}/labels", Right::manage_datasets, remove_labels, "Remove the labels of a data set", BodyUse::ignored, {.gives = "Nothing", .headers = "If-Match"}},
};

}  // namespace

RouteTable label_routes() { return {Service::dataset, "/data/foundation/dataset", true, kLabelRoutes}; }

}  // namespace foz::api
