// /xdmBatchConversions: the mapping stages of runs, for reading only. Follows: Data Prep contract, 3.8.
#include "api/conversion.h"
#include "api/flow_routes.h"
#include "flow/access_labels.h"
#include "flow/runs.h"
#include "schedule/conversions.h"

namespace foz::api {
namespace {

Result<Response> list_batches(Services& services, const Request& request) {
  TRY(const prep::MappingSetList list, list_query(request));
  const flow::Scope scope = scope_of(request);
  TRY(auto admits, flow::admitted(services.database, scope, flow::kRunShelf));
  const schedule::ConversionQuery query{.start = list.start,
                                        .limit = list.limit,
                                        .by_creation = list.order == prep::MappingSetList::Order::created,
                                        .descending = list.descending,
                                        .dataset = request.query.value("destinationDatasetId").value_or(""),
                                        .batch = request.query.value("sourceBatchId").value_or(""),
                                        .status = request.query.value("status").value_or(""),
                                        .properties = list.properties,
                                        .admits = std::move(admits)};
  TRY(schedule::ConversionPage page, schedule::list_conversions(services.database, request.sandbox.id, query));
  return list_response(request, "/xdmBatchConversions", list, std::move(page.conversions), page.more);
}

Result<schedule::Conversion> asked_for(Services& services, const Request& request) {
  const flow::Scope scope = scope_of(request);
  TRY(const auto admits, flow::admitted(services.database, scope, flow::kRunShelf));
  return schedule::find_conversion(services.database, request.sandbox.id, request.part("id"), admits);
}

Result<Response> get_batch(Services& services, const Request& request) {
  TRY(const auto conversion, asked_for(services, request));
  return json_response(200, conversion.shown);
}

Result<Response> list_activities(Services& services, const Request& request) {
  TRY(const auto conversion, asked_for(services, request));
  return json_response(200, schedule::activities_of(conversion));
}

Result<Response> get_activity(Services& services, const Request& request) {
  TRY(const auto conversion, asked_for(services, request));
  TRY(const Json activity, schedule::find_activity(conversion, request.part("activityId")));
  return json_response(200, activity);
}

constexpr Route kRows[] = {
    {http::Verb::get, "/xdmBatchConversions", Right::view_sources, list_batches, "List the mapping stages of runs", BodyUse::ignored, {.gives = "BatchConversions", .query = "limit,start,orderBy,property,destinationDatasetId,sourceBatchId,status"}},
    {http::Verb::get, "/xdmBatchConversions/{id}", Right::view_sources, get_batch, "Look up the mapping stage of a run", BodyUse::ignored, {.gives = "BatchConversion"}},
    {http::Verb::get, "/xdmBatchConversions/{id}/activities", Right::view_sources, list_activities, "List the activities of a mapping stage", BodyUse::ignored, {.gives = "ConversionActivities"}},
    {http::Verb::get, "/xdmBatchConversions/{id}/activities/{activityId}", Right::view_sources, get_activity, "Look up an activity", BodyUse::ignored, {.gives = "ConversionActivity"}},
};

}  // namespace

std::span<const Route> conversion_batch_rows() { return kRows; }

}  // namespace foz::api
