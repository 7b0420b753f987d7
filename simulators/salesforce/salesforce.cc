#include "simulators/salesforce/salesforce.h"

#include <cmath>

#include "base/text.h"
#include "simulators/salesforce/objects.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kDayMillis = 86'400'000;
constexpr int64_t kOpen = 1'000'000'000;  // an allowance that nothing uses up
constexpr size_t kUrlMax = 16'384;
constexpr int kVersionFirst = 310, kVersionLast = 660;

}  // namespace

http::Response salesforce_error(int status, std::string_view code, std::string_view message) {
  std::string body = "[{\"message\":";
  append_json_string(body, message);
  body += ",\"errorCode\":";
  append_json_string(body, code);
  body += "}]";
  return json_text_response(status, std::move(body));
}

http::Response salesforce_error(const SoqlError& error) { return salesforce_error(400, error.code, error.message); }

std::optional<int> salesforce_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto number = to_number(text);
  if (!number || !(std::abs(*number) < 1000) || text.find('.') == text.npos) return std::nullopt;
  const auto version = static_cast<int>(std::lround(*number * 10));
  if (version < kVersionFirst || version > kVersionLast || version % 10 != 0) return std::nullopt;
  return version;
}

Salesforce::Salesforce(World& world)
    : world_(world),
      tokens_(world.masker),
      calls_(kDayMillis),
      jobs_made_(kDayMillis),
      token_life_(world.settings.add("tokenIdleSeconds", 7200, "a session dies when unused for that long")),
      calls_max_(world.settings.add("dailyApiRequests", world.options.vendor_limits ? 100'000 : kOpen, "calls in 24 hours")),
      concurrent_max_(world.settings.add("concurrentRequests", world.options.vendor_limits ? 25 : kOpen, "requests under way at once")),
      password_grant_(world.settings.add("passwordGrant", 1, "0: the password grant is blocked, as in orgs made since 2023")),
      password_expired_(world.settings.add("passwordExpired", 0, "1: SOAP login says that the password has expired")),
      rotate_refresh_(world.settings.add("rotateRefreshToken", 0, "1: each refresh gives a new refresh token, the old one dies")),
      require_secret_(world.settings.add("requireClientSecret", 1, "0: the refresh and code grants do without the app's secret")),
      soap_ends_(world.settings.add("soapLoginEndsAtVersion", 0, "SOAP login is refused from this API version on; 0: never")),
      locators_max_(world.settings.add("locatorsMax", 10, "query locators of a user that stay open")),
      job_seconds_(world.settings.add("jobSeconds", 0, "how long a bulk job takes, by the clock")),
      jobs_max_(world.settings.add("dailyBulkQueryJobs", world.options.vendor_limits ? 10'000 : kOpen, "bulk 2.0 query jobs in 24 hours")),
      result_rows_(world.settings.add("bulkResultRows", 50'000, "rows of a bulk result page when the client does not ask, and the most it gets; 0: no bound")),
      feed_ids_max_(world.settings.add("feedIdsMax", 600'000, "ids in a deleted or updated feed")),
      query_timeout_rows_(world.settings.add("queryTimeoutRows", 0, "queries that look at more rows time out; 0: never")) {
  const uint64_t seed = world.options.seed;
  secrets_ = {.client_id = "3MVG9" + made_secret(seed, "client", 80),
              .client_secret = made_secret(seed, "secret", 64),
              .username = "integration." + std::to_string(seed) + "@crm.example.com",
              .password = made_secret(seed, "password", 16),
              .security_token = made_secret(seed, "token", 24),
              .refresh_token = "5Aep" + made_secret(seed, "refresh", 80),
              .org_id = id_text({.form = IdStyle::Form::salesforce, .prefix = "00D"}, seed % 1000),
              .user_id = id_text({.form = IdStyle::Form::salesforce, .prefix = "005"}, 0)};
  for (const std::string& secret : {secrets_.client_secret, secrets_.password, secrets_.security_token, secrets_.refresh_token}) {
    world.masker.add(secret);
  }
  for (size_t i = 0; i < routes().size(); ++i) router_.add(routes()[i].verb, routes()[i].pattern, i);
  reset();
}

const std::vector<Salesforce::Route>& Salesforce::routes() {
  using enum http::Verb;
  using S = Salesforce;
  static const std::vector<Route> kRoutes = {
      {get, "/services/oauth2/authorize", &S::authorize, true},
      {post, "/services/oauth2/token", &S::token, true},
      {post, "/services/oauth2/revoke", &S::revoke, true},
      {get, "/services/oauth2/userinfo", &S::userinfo},
      {post, "/services/oauth2/userinfo", &S::userinfo},
      {get, "/id/{org}/{user}", &S::identity},
      {post, "/services/Soap/u/{version}", &S::soap, true},
      {post, "/services/Soap/u/{version}/{org}", &S::soap, true},
      {get, "/services/data", &S::versions, true},
      {get, "/services/data/{version}", &S::resources},
      {get, "/services/data/{version}/limits", &S::limits},
      {get, "/services/data/{version}/sobjects", &S::sobjects},
      {get, "/services/data/{version}/sobjects/{object}", &S::sobject_info},
      {post, "/services/data/{version}/sobjects/{object}", &S::create_record},
      {get, "/services/data/{version}/sobjects/{object}/describe", &S::describe},
      {get, "/services/data/{version}/sobjects/{object}/deleted", &S::deleted_feed},
      {get, "/services/data/{version}/sobjects/{object}/updated", &S::updated_feed},
      {get, "/services/data/{version}/sobjects/{object}/{id}", &S::get_record},
      {patch, "/services/data/{version}/sobjects/{object}/{id}", &S::update_record},
      {del, "/services/data/{version}/sobjects/{object}/{id}", &S::delete_record},
      {get, "/services/data/{version}/query", &S::query},
      {get, "/services/data/{version}/queryAll", &S::query_all},
      {get, "/services/data/{version}/query/{locator}", &S::more},
      {get, "/services/data/{version}/queryAll/{locator}", &S::more},
      {post, "/services/data/{version}/composite/batch", &S::composite_batch},
      {post, "/services/data/{version}/jobs/query", &S::create_job},
      {get, "/services/data/{version}/jobs/query", &S::list_jobs},
      {get, "/services/data/{version}/jobs/query/{job}", &S::get_job},
      {patch, "/services/data/{version}/jobs/query/{job}", &S::abort_job},
      {del, "/services/data/{version}/jobs/query/{job}", &S::delete_job},
      {get, "/services/data/{version}/jobs/query/{job}/results", &S::job_results},
      {get, "/services/data/{version}/jobs/query/{job}/resultPages", &S::result_pages},
      {get, "/services/async/{version}/{rest...}", &S::bulk1},
      {post, "/services/async/{version}/{rest...}", &S::bulk1},
  };
  return kRoutes;
}

std::vector<TableSpec> Salesforce::tables() { return salesforce_tables(world_); }

Json Salesforce::credentials() const {
  return {{"clientId", secrets_.client_id},     {"clientSecret", secrets_.client_secret}, {"username", secrets_.username},
          {"password", secrets_.password},      {"securityToken", secrets_.security_token}, {"refreshToken", secrets_.refresh_token},
          {"organizationId", secrets_.org_id}};
}

void Salesforce::reset() {
  tokens_.clear();
  calls_.reset();
  jobs_made_.reset();
  std::lock_guard lock(mutex_);
  locators_.clear();
  jobs_.clear();
  bulk1_jobs_.clear();
  consents_.clear();
  refresh_token_ = secrets_.refresh_token;
}

Json Salesforce::counters() {
  const int64_t now = world_.clock.now();
  std::lock_guard lock(mutex_);
  uint64_t unfinished = 0;
  for (const auto& [id, job] : jobs_) unfinished += job.state == "UploadComplete" || job.state == "InProgress" ? 1u : 0u;
  return {{"dailyApiRequests", calls_.count(now)}, {"openLocators", locators_.size()}, {"jobs", jobs_.size()},
          {"unfinishedJobs", unfinished}, {"tokensIssued", issued_.load()}};
}

http::Response Salesforce::refusal(int status, const Visit&) {
  switch (status) {
    case 401: return salesforce_error(401, "INVALID_SESSION_ID", "Session expired or invalid");
    case 403: return salesforce_error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    case 429:
    case 503: return salesforce_error(status, "SERVER_UNAVAILABLE", "Server is busy, please try again later.");
    case 500: return salesforce_error(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (123456789)");
    case 413: return html_response(413, "Request Entity Too Large");
    default: return html_response(status, http::reason_of(status));
  }
}

http::Response Salesforce::answer(Visit& visit) {
  size_t header_bytes = 0;
  for (const auto& [name, value] : visit.request.headers) header_bytes += name.size() + value.size() + 4;
  if (visit.request.url.size() > kUrlMax) return text_response(414, "text/html", "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>");
  if (visit.request.url.size() + header_bytes > kUrlMax) {
    return text_response(431, "text/html", "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>");
  }
  const http::Router::Match match = router_.match(visit.request.verb == http::Verb::head ? http::Verb::get : visit.request.verb, visit.path);
  if (!match.route) {
    if (!match.allow.empty()) {
      return salesforce_error(405, "METHOD_NOT_ALLOWED", "HTTP Method '" + visit.request.verb_text + "' not allowed. Allowed are " + join(match.allow, ","));
    }
    return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
  }
  visit.parts = match.parts;
  const Route& route = routes()[*match.route];
  if (route.open) return (this->*route.handler)(visit);
  if (auto refused = unauthorized(visit)) return std::move(*refused);
  if (auto refused = over_limit(visit)) return std::move(*refused);
  if (visit.parts.contains("version") && !salesforce_version(visit.part("version"))) {
    return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist");
  }
  http::Response response = (this->*route.handler)(visit);
  add_limit_header(visit, response);
  return response;
}

std::optional<http::Response> Salesforce::unauthorized(Visit& visit) {
  std::string_view token = bearer_of(visit.request);
  if (token.empty()) token = visit.request.headers.get("X-SFDC-Session").value_or("");
  const std::string_view header = visit.request.headers.get("Authorization").value_or("");
  if (token.empty() && header.starts_with("OAuth ")) token = header.substr(6);
  if (token.empty()) {
    if (!header.empty()) return salesforce_error(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE");
    return salesforce_error(401, "INVALID_SESSION_ID", "Session expired or invalid");
  }
  if (tokens_.check(token, visit.now) == Tokens::State::valid) return std::nullopt;
  http::Response response = salesforce_error(401, "INVALID_SESSION_ID", "Session expired or invalid");
  response.headers.set("WWW-Authenticate", "Token");
  return response;
}

std::optional<http::Response> Salesforce::over_limit(Visit& visit) {
  if (visit.concurrency > concurrent_max_) {
    return salesforce_error(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.");
  }
  if (calls_.take(visit.now, calls_max_)) return std::nullopt;
  return salesforce_error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
}

void Salesforce::add_limit_header(const Visit& visit, http::Response& response) {
  if (visit.effects.has(FaultKind::no_rate_headers)) return;
  response.headers.set("Sforce-Limit-Info", "api-usage=" + std::to_string(calls_.count(visit.now)) + "/" + std::to_string(calls_max_.load()));
}

TableRef Salesforce::readable_table(const Visit& visit) const {
  TableRef table = world_.tables.find_ignoring_case(visit.part("object"));
  return table != nullptr && !table->spec().has("hidden") ? table : nullptr;
}

std::unique_ptr<Vendor> make_salesforce(World& world) { return std::make_unique<Salesforce>(world); }

}  // namespace foz::sim
