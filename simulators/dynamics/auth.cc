// Azure AD, and the service protection limits. Follows: Sources contract, 3.2 and 3.7.
#include "base/text.h"
#include "base/time_text.h"
#include "simulators/dynamics/dynamics.h"

namespace foz::sim {
namespace {

constexpr int64_t kWindowSeconds = 300;

http::Response aad_error(const Visit& visit, int status, std::string_view error, int code, std::string_view words) {
  const std::string moment = replace_all(iso_seconds(from_millis(visit.now)), "T", " ");
  return json_response(status, Json{{"error", error}, {"error_description", "AADSTS" + std::to_string(code) + ": " + std::string(words)}, {"error_codes", Json::array({code})},
                                    {"timestamp", moment}, {"trace_id", made_uuid(static_cast<uint64_t>(visit.now), "trace")},
                                    {"correlation_id", made_uuid(static_cast<uint64_t>(visit.now), "correlation")}});
}

http::Response too_many(std::string_view code, const std::string& message, int64_t wait_ms) {
  http::Response response = dynamics_error({.status = 429, .code = std::string(code), .message = message});
  response.headers.set("Retry-After", std::to_string(std::max<int64_t>(1, (wait_ms + 999) / 1000)));
  return response;
}

}  // namespace

http::Response Dynamics::token(Visit& visit, const std::string& tenant, bool v2) {
  const http::Query form = http::Query::parse(visit.request.body);
  const auto value = [&](std::string_view name) { return form.get(name).value_or(""); };
  const bool password = value("grant_type") == "password";
  const bool shared = password && (tenant == "common" || tenant == "organizations");
  if (tenant != secrets_.tenant && !shared) return aad_error(visit, 400, "invalid_request", 90002, "Tenant '" + tenant + "' not found.");
  if (!password && value("grant_type") != "client_credentials") return aad_error(visit, 400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  const std::string wanted = v2 ? value("scope") : value("resource");
  const std::string origin = visit.origin;
  const bool fits = v2 ? wanted == origin + "/.default" || wanted == origin + "//.default" : wanted == origin || wanted == origin + "/";
  if (!fits && v2) return aad_error(visit, 400, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.");
  if (!fits) return aad_error(visit, 400, "invalid_resource", 500011, "The resource principal named " + wanted + " was not found in the tenant.");
  if (value("client_id") != secrets_.client_id && !password) {
    return aad_error(visit, 400, "unauthorized_client", 700016, "Application with identifier '" + value("client_id") + "' was not found in the directory.");
  }
  if (password) {
    if (value("username") != secrets_.username || value("password") != secrets_.password) {
      return aad_error(visit, 400, "invalid_grant", 50126, "Error validating credentials due to invalid username or password.");
    }
    if (needs_second_factor_ != 0) return aad_error(visit, 400, "invalid_grant", 50076, "Due to a configuration change made by your administrator you must use multi-factor authentication.");
  } else if (value("client_secret") != secrets_.client_secret) {
    return aad_error(visit, 401, "invalid_client", 7000215, "Invalid client secret provided.");
  }
  return granted(visit, v2);
}

http::Response Dynamics::granted(Visit& visit, bool v2) {
  const uint64_t number = ++issued_;
  const int64_t life = token_life_;
  const std::string token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9." + made_secret(world_.seed + number * 7919, "dataverse access", 200) + "." + made_secret(number, "dataverse signature", 86);
  tokens_.add(token, {.expires_at = visit.now + life * 1000, .subject = secrets_.client_id});
  if (v2) return json_response(200, Json{{"token_type", "Bearer"}, {"expires_in", life}, {"ext_expires_in", life}, {"access_token", token}});
  const int64_t now = visit.now / 1000;
  return json_response(200, Json{{"token_type", "Bearer"}, {"expires_in", std::to_string(life)}, {"ext_expires_in", std::to_string(life)}, {"expires_on", std::to_string(now + life)},
                                 {"not_before", std::to_string(now)}, {"resource", visit.origin}, {"access_token", token}});
}

std::optional<http::Response> Dynamics::unauthorized(const Visit& visit) {
  if (tokens_.check(bearer_of(visit.request), visit.now) == Tokens::State::valid) {
    if (not_a_member_ != 0) return dynamics_error({.status = 403, .code = "0x80072560", .message = "The user is not a member of the organization."});
    return std::nullopt;
  }
  http::Response response = text_response(401, "text/html", "");
  response.headers.set("WWW-Authenticate", "Bearer authorization_uri=" + visit.forged_origin() + "/" + secrets_.tenant + "/oauth2/authorize, resource_id=" + visit.origin + "/");
  return response;
}

std::optional<http::Response> Dynamics::over_limit(Visit& visit) {
  const std::string window = " over time window of " + std::to_string(kWindowSeconds) + " seconds.";
  if (visit.concurrency > concurrent_max_) {
    return too_many("0x80072326", "Number of concurrent requests exceeded the limit of " + std::to_string(concurrent_max_.load()) + ".", 1000);
  }
  if (!requests_.take(visit.now, requests_max_)) {
    return too_many("0x80072322", "Number of requests exceeded the limit of " + std::to_string(requests_max_.load()) + window, requests_.until_relief_ms(visit.now));
  }
  if (!milliseconds_.take(visit.now, milliseconds_max_, std::max<int64_t>(0, cost_))) {
    return too_many("0x80072321", "Combined execution time of incoming requests exceeded limit of " + std::to_string(milliseconds_max_.load()) + " milliseconds" + window +
                                      " Decrease number of concurrent requests or reduce the duration of requests and try again later.",
                    milliseconds_.until_relief_ms(visit.now));
  }
  return std::nullopt;
}

void Dynamics::add_limit_headers(const Visit& visit, http::Response& response) {
  if (visit.effects.has(FaultKind::no_rate_headers)) return;
  const int64_t milliseconds = milliseconds_max_ - milliseconds_.count(visit.now);
  response.headers.set("x-ms-ratelimit-burst-remaining-xrm-requests", std::to_string(std::max<int64_t>(0, requests_max_ - requests_.count(visit.now))));
  response.headers.set("x-ms-ratelimit-time-remaining-xrm-requests", number_text(static_cast<double>(std::max<int64_t>(0, milliseconds)) / 1000));
}

}  // namespace foz::sim
