// Bulk API 1.0 queries, for clients that still use it. Follows: Sources contract, 2.6.
#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/salesforce/salesforce.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kChunkMax = 250'000;
constexpr int64_t kChunkUsual = 100'000;

std::string moment(int64_t millis) { return iso_millis(from_millis(millis)); }

bool wants_json(const http::Request& request) {
  return request.headers.get("Content-Type").value_or("").find("json") != std::string_view::npos ||
         request.headers.get("Accept").value_or("").find("json") != std::string_view::npos;
}

/// Batches of CSV jobs are told in XML, whatever form the job itself was made in, unless the client accepts JSON only.
bool batch_in_json(const http::Request& request) { return request.headers.get("Accept").value_or("").find("json") != std::string_view::npos; }

/// A flat document in the form that the client speaks.
http::Response info(bool json, std::string_view root, const Json& fields, int status = 200) {
  if (json) return json_response(status, fields);
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><" + std::string(root) + " xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\">";
  for (const auto& [name, value] : fields.items()) {
    xml += "<" + name + ">";
    append_xml_escaped(xml, as_text(value));
    xml += "</" + name + ">";
  }
  return text_response(status, "application/xml", xml + "</" + std::string(root) + ">");
}

http::Response refused(bool json, std::string_view code, std::string_view message, int status = 400) {
  return info(json, "error", Json{{"exceptionCode", code}, {"exceptionMessage", message}}, status);
}

/// A member of a body that is JSON or flat XML.
std::string field_of(const std::string& body, std::string_view name) {
  if (const auto json = parse_json(body)) return text_of(*json, name);
  const std::string open = "<" + std::string(name) + ">";
  const size_t at = body.find(open);
  if (at == body.npos) return "";
  return body.substr(at + open.size(), body.find('<', at + open.size()) - at - open.size());
}

/// `chunkSize` of `Sforce-Enable-PKChunking: true; chunkSize=100000; parent=Account`; nothing when it is off.
std::optional<int64_t> chunk_rows(const http::Request& request) {
  const std::string header = lower(request.headers.get("Sforce-Enable-PKChunking").value_or(""));
  if (header.empty() || header.starts_with("false")) return std::nullopt;
  const size_t at = header.find("chunksize=");
  if (at == header.npos) return kChunkUsual;
  const size_t from = at + 10;
  return std::clamp<int64_t>(to_integer(std::string_view(header).substr(from, header.find_first_not_of("0123456789", from) - from)).value_or(kChunkUsual), 1, kChunkMax);
}

}  // namespace

Json Salesforce::bulk1_job_json(const Bulk1Job& job) const {
  return {{"id", job.id}, {"operation", job.operation}, {"object", job.object}, {"createdById", secrets_.user_id}, {"createdDate", moment(job.created)},
          {"systemModstamp", moment(job.created)}, {"state", job.state}, {"concurrencyMode", "Parallel"}, {"contentType", "CSV"},
          {"numberBatchesTotal", job.batches.size()}, {"numberBatchesCompleted", job.batches.size()}, {"numberBatchesFailed", 0}};
}

Json Salesforce::bulk1_batch_json(const Bulk1Job& job, const Bulk1Batch& batch, int64_t now) const {
  const bool ready = now >= batch.ready_at;
  const std::string state = !batch.error.empty() ? "Failed" : batch.query == nullptr ? "Not Processed" : ready ? "Completed" : "InProgress";
  Json json = {{"id", batch.id}, {"jobId", job.id}, {"state", state}, {"createdDate", moment(job.created)}, {"systemModstamp", moment(job.created)},
               {"numberRecordsProcessed", state == "Completed" ? batch.count : 0}, {"numberRecordsFailed", 0}, {"totalProcessingTime", 1}};
  if (!batch.error.empty()) json["stateMessage"] = batch.error;
  return json;
}

/// Everything below /services/async, by its path: job, batch, result.
http::Response Salesforce::bulk1(Visit& visit) {
  const std::string rest = visit.part("rest");
  const auto steps = split(rest, '/');
  std::lock_guard lock(mutex_);
  if (visit.request.verb == http::Verb::post && steps.size() == 1) return bulk1_create(visit);
  const auto found = steps.size() > 1 ? bulk1_jobs_.find(std::string(steps[1])) : bulk1_jobs_.end();
  if (steps[0] != "job" || found == bulk1_jobs_.end()) return refused(wants_json(visit.request), "InvalidJob", "Invalid job id: " + std::string(steps.size() > 1 ? steps[1] : ""));
  Bulk1Job& job = found->second;
  const bool post = visit.request.verb == http::Verb::post;
  if (steps.size() == 2) {
    if (post && !field_of(visit.request.body, "state").empty()) job.state = field_of(visit.request.body, "state");
    return info(job.json, "jobInfo", bulk1_job_json(job));
  }
  if (steps[2] != "batch") return refused(job.json, "InvalidUrl", "no such resource", 404);
  if (steps.size() == 3) return post ? bulk1_add_batch(visit, job) : bulk1_list(visit, job);
  const auto batch = std::find_if(job.batches.begin(), job.batches.end(), [&](const Bulk1Batch& one) { return one.id == steps[3]; });
  if (batch == job.batches.end()) return refused(wants_json(visit.request), "InvalidBatch", "Invalid batch id: " + std::string(steps[3]));
  if (steps.size() == 4) return info(batch_in_json(visit.request), "batchInfo", bulk1_batch_json(job, *batch, visit.now));
  return bulk1_result(visit, *batch, steps.size() > 5 ? steps[5] : "");
}

http::Response Salesforce::bulk1_create(Visit& visit) {
  const bool json = wants_json(visit.request);
  Bulk1Job job{.operation = field_of(visit.request.body, "operation"), .object = field_of(visit.request.body, "object"), .json = json, .created = visit.now};
  if (job.operation != "query" && job.operation != "queryAll") return refused(json, "InvalidJob", "operation has to be query or queryAll");
  if (field_of(visit.request.body, "contentType") != "CSV") return refused(json, "InvalidJob", "contentType has to be CSV");
  job.chunk_rows = chunk_rows(visit.request).value_or(0);
  job.id = id_text({.form = IdStyle::Form::salesforce, .prefix = "750"}, ++numbered_);
  const Json answer = bulk1_job_json(job);
  bulk1_jobs_[job.id] = std::move(job);
  return info(json, "jobInfo", answer, 201);
}

/// With chunking by primary key the batch itself is never processed: others, one for each chunk, stand behind it.
http::Response Salesforce::bulk1_add_batch(Visit& visit, Bulk1Job& job) {
  const auto next_id = [&] { return id_text({.form = IdStyle::Form::salesforce, .prefix = "751"}, ++numbered_); };
  const int64_t ready_at = visit.now + job_seconds_ * 1000;
  Bulk1Batch batch{.id = next_id(), .ready_at = ready_at};
  auto query = prepared(visit.request.body, visit.now, job.operation == "queryAll", true);
  if (const auto* error = std::get_if<SoqlError>(&query)) {
    batch.error = "InvalidBatch : Failed to process query: " + error->code + ": " + error->message;
    job.batches.push_back(batch);
    return info(batch_in_json(visit.request), "batchInfo", bulk1_batch_json(job, batch, visit.now), 201);
  }
  const auto shared = std::make_shared<const SalesforceQuery>(std::move(std::get<SalesforceQuery>(query)));
  const uint64_t size = shared->rows.size;
  if (job.chunk_rows == 0) {
    batch.query = shared;
    batch.start = {.sent = 0, .position = shared->rows.start};
    batch.count = size;
  }
  job.batches.push_back(batch);
  SalesforceWalk walk(shared->rows, shared->rows.start);
  for (uint64_t sent = 0; job.chunk_rows > 0 && sent < size;) {
    const uint64_t step = std::min<uint64_t>(static_cast<uint64_t>(job.chunk_rows), size - sent);
    job.batches.push_back({.id = next_id(), .ready_at = ready_at, .query = shared, .start = {.sent = sent, .position = walk.position()}, .count = step});
    for (uint64_t i = 0; i < step; ++i) walk.next();
    sent += step;
  }
  return info(batch_in_json(visit.request), "batchInfo", bulk1_batch_json(job, batch, visit.now), 201);
}

http::Response Salesforce::bulk1_list(Visit& visit, const Bulk1Job& job) const {
  Json list = Json::array();
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><batchInfoList xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\">";
  for (const Bulk1Batch& batch : job.batches) {
    list.push_back(bulk1_batch_json(job, batch, visit.now));
    const std::string one = info(false, "batchInfo", list.back()).body;
    xml += one.substr(one.find("?>") + 2);
  }
  if (batch_in_json(visit.request)) return json_response(200, Json{{"batchInfo", std::move(list)}});
  return text_response(200, "application/xml", xml + "</batchInfoList>");
}

http::Response Salesforce::bulk1_result(Visit& visit, const Bulk1Batch& batch, std::string_view result) {
  const bool ready = batch.query != nullptr && visit.now >= batch.ready_at;
  const bool json = batch_in_json(visit.request);
  if (!ready) return refused(json, "InvalidBatch", "the batch has no results");
  const std::string id = "752" + batch.id.substr(3);
  if (result.empty()) {
    if (json) return json_response(200, Json::array({id}));
    return text_response(200, "application/xml", "<result-list xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\"><result>" + id + "</result></result-list>");
  }
  if (result != id) return refused(json, "InvalidBatch", "Invalid result id: " + std::string(result));
  SalesforceJob rows{.line_ending = "LF", .query = batch.query};
  http::Response response = csv_page(visit, rows, batch.start, batch.count);
  response.headers.set("Content-Type", "text/csv; charset=UTF-8");
  response.headers.remove("Sforce-Locator");
  response.headers.remove("Sforce-NumberOfRecords");
  return response;
}

}  // namespace foz::sim
