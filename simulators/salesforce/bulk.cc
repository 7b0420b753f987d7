// Bulk API 2.0 query jobs. Follows: Sources contract, 2.6.
#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/salesforce/salesforce.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kResultLifeMs = 7 * 86'400'000ll;
constexpr int kResultPagesSince = 580;
constexpr size_t kResultPagesMax = 5;

constexpr std::pair<std::string_view, char> kDelimiters[] = {{"COMMA", ','},    {"TAB", '\t'},  {"PIPE", '|'},
                                                             {"SEMICOLON", ';'}, {"CARET", '^'}, {"BACKQUOTE", '`'}};

http::Response wrong(std::string_view code, std::string_view message) { return salesforce_error(400, code, message); }

std::string moment(int64_t millis) {
  std::string text;
  append_instant(text, millis, InstantForm::millis_offset);
  return text;
}

bool ended(const SalesforceJob& job) { return job.state == "JobComplete" || job.state == "Failed" || job.state == "Aborted"; }

/// A place in the results: rows sent before, and where the walk goes on.
std::string locator_of(uint64_t sent, uint64_t position) { return to_base64url(std::to_string(sent) + "-" + std::to_string(position)); }

std::optional<std::pair<uint64_t, uint64_t>> place_of(std::string_view locator) {
  const std::string text = from_base64(locator).value_or("");
  const size_t dash = std::min(text.find('-'), text.size());
  const auto sent = to_integer(std::string_view(text).substr(0, dash)), position = to_integer(std::string_view(text).substr(std::min(dash + 1, text.size())));
  if (!sent || !position || *sent < 0 || *position < 0) return std::nullopt;
  return std::pair(static_cast<uint64_t>(*sent), static_cast<uint64_t>(*position));
}

}  // namespace

/// Objects that the Bulk API leaves out, and parts of SOQL that it does not take.
std::optional<http::Response> Salesforce::not_for_bulk(std::string_view soql) const {
  SoqlParsed parsed = parse_soql(soql, 0);
  if (const auto* error = std::get_if<SoqlError>(&parsed)) return wrong("API_ERROR", error->code + ": " + error->message);
  const auto& query = std::get<SoqlQuery>(parsed);
  const TableRef table = world_.tables.find_ignoring_case(query.object);
  if (table != nullptr && table->spec().has("no_bulk")) {
    return wrong("INVALIDENTITY", "Entity '" + table->spec().name + "' is not supported by the Bulk API.");
  }
  if (query.grouped || query.counts || query.offset > 0) {
    return wrong("API_ERROR", "FUNCTIONALITY_NOT_ENABLED: Aggregate Relationships, GROUP BY and OFFSET are not supported in Bulk Query");
  }
  return std::nullopt;
}

std::variant<SalesforceJob, http::Response> Salesforce::job_asked_for(const Visit& visit, const Json& body) {
  SalesforceJob job{.operation = text_of(body, "operation"), .soql = text_of(body, "query"), .version = visit.part("version"), .created = visit.now,
                    .ready_at = visit.now + job_seconds_ * 1000};
  if (job.operation != "query" && job.operation != "queryAll") return wrong("INVALIDJOB", "operation has to be query or queryAll");
  if (text_of(body, "contentType", "CSV") != "CSV") return wrong("INVALIDJOB", "contentType has to be CSV");
  job.line_ending = text_of(body, "lineEnding", "LF");
  if (job.line_ending != "LF" && job.line_ending != "CRLF") return wrong("INVALIDJOB", "lineEnding has to be LF or CRLF");
  job.delimiter_name = text_of(body, "columnDelimiter", "COMMA");
  const auto* delimiter = std::find_if(std::begin(kDelimiters), std::end(kDelimiters), [&](const auto& row) { return row.first == job.delimiter_name; });
  if (delimiter == std::end(kDelimiters)) return wrong("INVALIDJOB", "columnDelimiter is unknown");
  job.delimiter = delimiter->second;
  if (auto refused = not_for_bulk(job.soql)) return std::move(*refused);
  auto query = prepared(job.soql, visit.now, job.operation == "queryAll", true);
  if (auto* error = std::get_if<SoqlError>(&query)) {
    if (error->code != "QUERY_TIMEOUT") return wrong("API_ERROR", error->code == "MALFORMED_QUERY" ? error->message : error->code + ": " + error->message);
    job.fails = true;
    job.error = "QUERY_TIMEOUT: " + error->message;
  } else {
    job.query = std::make_shared<const SalesforceQuery>(std::move(std::get<SalesforceQuery>(query)));
    job.object = job.query->rows.table->spec().name;
  }
  job.stuck = visit.effects.has(FaultKind::job_stuck);
  job.fails = job.fails || visit.effects.has(FaultKind::job_failed);
  return job;
}

http::Response Salesforce::create_job(Visit& visit) {
  const auto body = parse_json(visit.request.body);
  if (!body) return wrong("JSON_PARSER_ERROR", body.error().message);
  auto asked = job_asked_for(visit, *body);
  if (auto* refused = std::get_if<http::Response>(&asked)) return std::move(*refused);
  const int64_t jobs_max = jobs_max_;
  if (!jobs_made_.take(visit.now, jobs_max)) {
    return wrong("LIMIT_EXCEEDED", "Max bulk v2 query jobs (" + std::to_string(jobs_max) + ") per 24 hrs has been reached (" + std::to_string(jobs_max + 21) + ").");
  }
  auto& job = std::get<SalesforceJob>(asked);
  std::lock_guard lock(mutex_);
  std::erase_if(jobs_, [&](const auto& entry) { return visit.now - entry.second.created > kResultLifeMs; });
  job.id = id_text({.form = IdStyle::Form::salesforce, .prefix = "750"}, ++numbered_);
  const Json answer = job_json(job, false);
  jobs_[job.id] = std::move(job);
  return json_response(200, answer);
}

Json Salesforce::job_json(const SalesforceJob& job, bool full) const {
  Json json = {{"id", job.id}, {"operation", job.operation}, {"object", job.object}, {"createdById", secrets_.user_id}, {"createdDate", moment(job.created)},
               {"systemModstamp", moment(job.created)}, {"state", job.state}, {"concurrencyMode", "Parallel"}, {"contentType", "CSV"},
               {"apiVersion", static_cast<double>(salesforce_version(job.version).value_or(600)) / 10}, {"lineEnding", job.line_ending},
               {"columnDelimiter", job.delimiter_name}};
  if (!full) return json;
  const bool complete = job.state == "JobComplete";
  json["jobType"] = "V2Query";
  json["numberRecordsProcessed"] = complete ? job.query->rows.size : 0;
  json["retries"] = 0;
  json["totalProcessingTime"] = complete ? std::max<int64_t>(1, job.ready_at - job.created) : 0;
  json["isPkChunkingSupported"] = true;
  if (job.state == "Failed" && !job.error.empty()) json["errorMessage"] = job.error;
  return json;
}

/// Lets time pass over a job.
void Salesforce::advance(SalesforceJob& job, int64_t now) const {
  if (ended(job)) return;
  if (job.stuck || now < job.ready_at) job.state = "InProgress";
  else job.state = job.fails ? "Failed" : "JobComplete";
}

/// The job that a path names; null pointer when there is none. REQUIRES: the mutex is held.
SalesforceJob* Salesforce::find_job(const Visit& visit) {
  std::string id = visit.part("job");
  if (id.size() == 15) id += salesforce_suffix(id);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || visit.now - found->second.created > kResultLifeMs) return nullptr;
  advance(found->second, visit.now);
  return &found->second;
}

http::Response Salesforce::get_job(Visit& visit) {
  std::lock_guard lock(mutex_);
  const SalesforceJob* job = find_job(visit);
  if (job == nullptr) return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
  return json_response(200, job_json(*job, true));
}

http::Response Salesforce::list_jobs(Visit& visit) {
  std::lock_guard lock(mutex_);
  Json records = Json::array();
  for (auto& [id, job] : jobs_) {
    advance(job, visit.now);
    Json json = job_json(job, false);
    json["jobType"] = "V2Query";
    records.push_back(std::move(json));
  }
  return json_response(200, Json{{"done", true}, {"records", std::move(records)}, {"nextRecordsUrl", nullptr}});
}

http::Response Salesforce::abort_job(Visit& visit) {
  const auto body = parse_json(visit.request.body);
  if (!body || text_of(*body, "state") != "Aborted") return wrong("INVALIDJOB", "state has to be Aborted");
  std::lock_guard lock(mutex_);
  SalesforceJob* job = find_job(visit);
  if (job == nullptr) return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
  if (ended(*job)) return wrong("INVALIDJOBSTATE", "Aborting already Completed Job not allowed");
  job->state = "Aborted";
  return json_response(200, job_json(*job, true));
}

http::Response Salesforce::delete_job(Visit& visit) {
  std::lock_guard lock(mutex_);
  const SalesforceJob* job = find_job(visit);
  if (job == nullptr) return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
  if (!ended(*job)) return wrong("INVALIDJOBSTATE", "Deleting an open job is not allowed");
  jobs_.erase(job->id);
  return {.status = 204};
}

/// A copy of a job whose results can be had, or the refusal.
std::variant<SalesforceJob, http::Response> Salesforce::finished_job(const Visit& visit) {
  std::lock_guard lock(mutex_);
  const SalesforceJob* job = find_job(visit);
  if (job == nullptr) return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
  if (job->version != visit.part("version")) {
    return salesforce_error(409, "API_ERROR", "The API version of the request has to be the one of the job: " + job->version);
  }
  if (job->state != "JobComplete") return wrong("INVALIDJOBSTATE", "The job is " + job->state + ": it has no results");
  return *job;
}

http::Response Salesforce::job_results(Visit& visit) {
  auto found = finished_job(visit);
  if (auto* refused = std::get_if<http::Response>(&found)) return std::move(*refused);
  const auto& job = std::get<SalesforceJob>(found);
  const auto asked = to_integer(visit.query.value("maxRecords").value_or("0"));
  if (!asked || *asked < 0) return wrong("INVALID_QUERY_VALUE", "maxRecords has to be a whole number");
  const auto bound = static_cast<uint64_t>(result_rows_.load());
  uint64_t rows_max = *asked > 0 ? static_cast<uint64_t>(*asked) : job.query->rows.size;
  if (bound > 0) rows_max = std::min(rows_max, bound);
  PageStart start{.sent = 0, .position = job.query->rows.start};
  if (const auto locator = visit.query.value("locator"); locator && *locator != "0") {
    const auto place = place_of(*locator);
    if (!place || place->first > job.query->rows.size) return wrong("INVALID_QUERY_LOCATOR", "invalid query locator");
    start = {.sent = place->first, .position = place->second};
  }
  return csv_page(visit, job, start, std::max<uint64_t>(1, rows_max));
}

http::Response Salesforce::csv_page(Visit& visit, const SalesforceJob& job, PageStart start, uint64_t rows_max) {
  const SalesforceQuery& query = *job.query;
  const std::string_view line_end = job.line_ending == "CRLF" ? "\r\n" : "\n";
  const uint64_t left = query.rows.size - start.sent;
  const uint64_t count = visit.effects.has(FaultKind::empty_page) ? 0 : std::min(left, rows_max);
  std::string body;
  body.reserve(count * 20 * query.columns.size() + 1024);
  for (const Column* column : query.columns) {
    if (!body.empty()) body += job.delimiter;
    body += '"' + column->name + '"';
  }
  body += line_end;
  SalesforceWalk walk(query.rows, start.position);
  Scratch scratch;
  for (uint64_t i = 0; i < count; ++i) {
    const auto row = walk.next();
    if (!row) break;
    scratch.reset();
    bool first = true;
    for (const Column* column : query.columns) {
      if (!first) body += job.delimiter;
      first = false;
      append_salesforce_csv(body, *column, row->cell(*column, scratch));
    }
    body += line_end;
  }
  visit.records += count;
  http::Response response = text_response(200, "text/csv", std::move(body));
  const bool stays = visit.effects.has(FaultKind::loop_page);
  const uint64_t sent = stays ? start.sent : start.sent + count;
  const FaultRule* off = visit.effects.find(FaultKind::wrong_total);
  response.headers.set("Sforce-NumberOfRecords", std::to_string(static_cast<int64_t>(count) + (off == nullptr ? 0 : off->by)));
  response.headers.set("Sforce-Locator", sent >= query.rows.size ? "null" : locator_of(sent, stays ? start.position : walk.position()));
  return response;
}

/// Where the next pages begin, so that they can be fetched at the same time.
http::Response Salesforce::result_pages(Visit& visit) {
  if (salesforce_version(visit.part("version")).value_or(0) < kResultPagesSince) {
    return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
  }
  auto found = finished_job(visit);
  if (auto* refused = std::get_if<http::Response>(&found)) return std::move(*refused);
  const auto& job = std::get<SalesforceJob>(found);
  const std::string base = "/services/data/" + job.version + "/jobs/query/" + job.id;
  const auto place = place_of(visit.query.value("locator").value_or(locator_of(0, job.query->rows.start)));
  if (!place) return wrong("INVALID_QUERY_LOCATOR", "invalid query locator");
  auto [sent, position] = *place;
  const uint64_t size = job.query->rows.size, bound = static_cast<uint64_t>(result_rows_.load());
  Json pages = Json::array();
  SalesforceWalk walk(job.query->rows, position);
  while (pages.size() < kResultPagesMax && (sent < size || pages.empty())) {
    pages.push_back({{"resultUrl", base + "/results?locator=" + locator_of(sent, walk.position())}});
    const uint64_t step = bound == 0 ? size - sent : std::min(bound, size - sent);
    for (uint64_t i = 0; i < step; ++i) walk.next();
    sent += step;
    if (step == 0) break;
  }
  const bool done = sent >= size;
  const Json next = done ? Json(nullptr) : Json(base + "/resultPages?locator=" + locator_of(sent, walk.position()));
  return json_response(200, Json{{"resultPages", std::move(pages)}, {"nextRecordsUrl", next}, {"done", done}});
}

}  // namespace foz::sim
