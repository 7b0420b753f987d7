// What the org has: versions, objects, fields, allowances. Follows: Sources contract, 2.1, 2.3 and 2.6.
#include "base/text.h"
#include "base/time_text.h"
#include "simulators/salesforce/objects.h"
#include "simulators/salesforce/salesforce.h"

namespace foz::sim {
namespace {

constexpr int kSpring24 = 60;
constexpr size_t kSubRequestsMax = 25;

std::string version_label(int version) {
  const int since = version - kSpring24 + 300;  // three releases a year: Spring, Summer, Winter of the next year
  const int year = 24 + since / 3 - 100;
  static constexpr std::string_view kSeasons[] = {"Spring", "Summer", "Winter"};
  return std::string(kSeasons[since % 3]) + " '" + std::to_string(since % 3 == 2 ? year + 1 : year);
}

http::Response no_object(std::string_view) {
  return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
}

}  // namespace

http::Response Salesforce::versions(Visit&) {
  Json list = Json::array();
  for (int version = 31; version <= 66; ++version) {
    const std::string text = std::to_string(version) + ".0";
    list.push_back({{"label", version_label(version)}, {"url", "/services/data/v" + text}, {"version", text}});
  }
  return json_response(200, list);
}

http::Response Salesforce::resources(Visit& visit) {
  Json list = Json::object();
  for (const char* name : {"sobjects", "query", "queryAll", "limits", "composite", "jobs"}) {
    list[name] = "/services/data/" + visit.part("version") + "/" + name;
  }
  return json_response(200, list);
}

http::Response Salesforce::sobjects(Visit& visit) {
  Json list = Json::array();
  for (const TableRef& table : world_.tables.all()) list.push_back(salesforce_summary(table->spec(), visit.part("version")));
  return json_response(200, Json{{"encoding", "UTF-8"}, {"maxBatchSize", 200}, {"sobjects", std::move(list)}});
}

http::Response Salesforce::describe(Visit& visit) {
  const TableRef table = world_.tables.find_ignoring_case(visit.part("object"));  // hidden ones, too, as the list has them
  if (table == nullptr) return no_object(visit.part("object"));
  http::Response response = json_response(200, salesforce_describe(table->spec(), visit.part("version")));
  const std::string etag = "\"" + made_secret(salt_of(response.body), "etag", 8) + "\"";
  const Instant changed = from_millis(table->spec().changed_at);
  const auto since = parse_http_date(visit.request.headers.get("If-Modified-Since").value_or(""));
  const auto tag = visit.request.headers.get("If-None-Match");  // outweighs the date, which has whole seconds only
  if (tag ? *tag == etag : since && changed <= *since) response = {.status = 304};
  response.headers.set("ETag", etag);
  response.headers.set("Last-Modified", http_date(changed));
  return response;
}

http::Response Salesforce::sobject_info(Visit& visit) {
  const TableRef table = readable_table(visit);
  if (table == nullptr) return no_object(visit.part("object"));
  return json_response(200, Json{{"objectDescribe", salesforce_summary(table->spec(), visit.part("version"))}, {"recentItems", Json::array()}});
}

http::Response Salesforce::limits(Visit& visit) {
  const auto bucket = [](int64_t max, int64_t used) { return Json{{"Max", max}, {"Remaining", std::max<int64_t>(0, max - used)}}; };
  return json_response(200, Json{{"DailyApiRequests", bucket(calls_max_, calls_.count(visit.now))},
                                 {"DailyBulkApiBatches", bucket(15'000, 0)},
                                 {"DailyBulkV2QueryJobs", bucket(jobs_max_, jobs_made_.count(visit.now))},
                                 {"DailyBulkV2QueryFileStorageMB", bucket(976'562, 0)},
                                 {"ConcurrentAsyncGetReportInstances", bucket(200, 0)},
                                 {"DataStorageMB", bucket(5, 2)},
                                 {"FileStorageMB", bucket(20, 1)}});
}

/// Up to 25 GETs in one call, each counted as its own.
http::Response Salesforce::composite_batch(Visit& visit) {
  const auto body = parse_json(visit.request.body);
  const Json* requests = body ? member(*body, "batchRequests") : nullptr;
  if (requests == nullptr || !requests->is_array()) return salesforce_error(400, "JSON_PARSER_ERROR", "batchRequests is required");
  if (requests->size() > kSubRequestsMax) {
    return salesforce_error(400, "INVALID_BATCH", "Batch size exceeds the limit of 25");
  }
  bool has_errors = false;
  Json results = Json::array();
  for (const Json& one : *requests) {
    const std::string path = text_of(one, "url");
    http::Request inner = visit.request;
    inner.verb_text = upper(text_of(one, "method", "GET"));
    inner.verb = http::verb_named(inner.verb_text);
    inner.url = path.starts_with("/services/data/") ? path : "/services/data/" + path;
    inner.body.clear();
    Visit sub{.request = inner, .effects = visit.effects, .path = inner.path(), .now = visit.now, .origin = visit.origin,
              .query = http::Query::parse(inner.raw_query())};
    const bool nested = sub.path.find("/composite") != std::string_view::npos;
    const http::Response answered = nested ? salesforce_error(400, "INVALID_BATCH", "nested batches are not allowed") : answer(sub);
    visit.records += sub.records;
    has_errors = has_errors || answered.status >= 400;
    const auto result = parse_json(answered.body);
    results.push_back({{"statusCode", answered.status}, {"result", result ? *result : Json(nullptr)}});
  }
  return json_response(200, Json{{"hasErrors", has_errors}, {"results", std::move(results)}});
}

}  // namespace foz::sim
