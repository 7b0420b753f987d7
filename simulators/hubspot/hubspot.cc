#include "simulators/hubspot/hubspot.h"

#include <algorithm>

#include "base/text.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kTenSeconds = 10'000, kSecond = 1000, kDay = 86'400'000;
constexpr int64_t kOpen = 100'000'000;  // an allowance that nothing uses up
constexpr size_t kUrlMax = 16'384;

}  // namespace

http::Response hubspot_error(int status, std::string_view category, std::string_view message) {
  static std::atomic<uint64_t> number = 0;
  return json_response(status, Json{{"status", "error"}, {"message", message}, {"correlationId", made_uuid(++number, "correlation")}, {"category", category}});
}

std::vector<std::string> names_in(const http::Query& query, std::string_view parameter) {
  std::vector<std::string> names;
  for (const auto& [name, value] : query) {
    if (name != parameter) continue;
    for (const std::string_view one : split(value, ',')) {
      if (!trim(one).empty()) names.emplace_back(trim(one));
    }
  }
  return names;
}

void append_hubspot_json(std::string& out, const Value& value) {
  if (value.is_null()) {
    out += "null";
  } else if (value.type == Value::Type::text) {
    append_json_string(out, value.text);
  } else {
    out += '"';
    append_value_text(out, value, InstantForm::millis_z);
    out += '"';
  }
}

Hubspot::Hubspot(World& world)
    : world_(world),
      types_(hubspot_types(world)),
      portal_(hubspot_portal(world.options.seed)),
      tokens_(world.masker),
      burst_(kTenSeconds),
      search_burst_(kSecond),
      daily_(kDay),
      token_life_(world.settings.add("tokenLifeSeconds", 1800, "life of an OAuth access token")),
      rotate_refresh_(world.settings.add("rotateRefreshToken", 0, "1: each refresh gives a new refresh token, the old one dies")),
      burst_max_(world.settings.add("tenSecondlyRequests", world.options.vendor_limits ? 190 : kOpen, "calls in 10 seconds")),
      daily_max_(world.settings.add("dailyRequests", world.options.vendor_limits ? 625'000 : kOpen, "calls in 24 hours")),
      search_max_(world.settings.add("searchesPerSecond", world.options.vendor_limits ? 5 : kOpen, "searches in a second")),
      search_lag_(world.settings.add("searchLagSeconds", 0, "the search index trails the records by this")),
      search_body_max_(world.settings.add("searchBodyMax", 0, "search bodies with more characters are refused, as the documentation says; 0: only `query` is held to 3,000")),
      missing_scope_(world.settings.add("missingScope", 0, "1: the token lacks the right to read contacts; 2: companies; 4: deals; sums of these")),
      inline_links_max_(world.settings.add("inlineAssociations", 100, "associations of one kind that come with a record of a list; the rest is a page away")),
      batch_links_max_(world.settings.add("batchAssociations", 500, "associations of one record in a batch; the rest is a page away")),
      opaque_handles_(world.settings.add("opaqueHandles", 0, "1: handles of lists are packed, and ids are refused in their place")) {
  const uint64_t seed = world.options.seed;
  secrets_ = {.client_id = made_uuid(seed, "hubspot client"), .client_secret = made_uuid(seed, "hubspot secret"),
              .private_token = "pat-na1-" + made_uuid(seed, "hubspot private"), .refresh_token = "na1-" + made_secret(seed, "hubspot refresh", 40)};
  for (const std::string& secret : {secrets_.client_secret, secrets_.private_token, secrets_.refresh_token}) world.masker.add(secret);
  for (size_t i = 0; i < routes().size(); ++i) router_.add(routes()[i].verb, routes()[i].pattern, i);
  reset();
}

const std::vector<Hubspot::Route>& Hubspot::routes() {
  using enum http::Verb;
  using H = Hubspot;
  static const std::vector<Route> kRoutes = {
      {post, "/oauth/v1/token", &H::token, true},
      {post, "/oauth/v3/token", &H::token, true},
      {post, "/oauth/2026-03/token", &H::token, true},
      {get, "/oauth/v1/access-tokens/{token}", &H::token_info, true},
      {get, "/oauth/v1/refresh-tokens/{token}", &H::refresh_token_info, true},
      {get, "/account-info/v3/details", &H::account},
      {get, "/crm/v3/properties/{type}", &H::properties},
      {get, "/crm/v3/properties/{type}/{name}", &H::property},
      {get, "/crm-object-schemas/v3/schemas", &H::schemas},
      {get, "/crm/v3/schemas", &H::schemas},
      {get, "/crm-object-schemas/v3/schemas/{type}", &H::schema},
      {get, "/crm/v3/schemas/{type}", &H::schema},
      {get, "/crm/v3/pipelines/{type}", &H::pipelines},
      {get, "/crm/v3/owners", &H::owners},
      {get, "/crm/v3/objects/{type}", &H::list},
      {get, "/crm/v4/objects/{type}", &H::list},
      {get, "/crm/objects/2026-03/{type}", &H::list},
      {get, "/crm/v3/objects/{type}/{id}", &H::get_one},
      {get, "/crm/objects/2026-03/{type}/{id}", &H::get_one},
      {post, "/crm/v3/objects/{type}", &H::create_one},
      {patch, "/crm/v3/objects/{type}/{id}", &H::update_one},
      {del, "/crm/v3/objects/{type}/{id}", &H::archive_one},
      {post, "/crm/v3/objects/{type}/search", &H::search, false, true},
      {post, "/crm/objects/2026-03/{type}/search", &H::search, false, true},
      {post, "/crm/v3/objects/{type}/batch/read", &H::batch_read},
      {post, "/crm/objects/2026-03/{type}/batch/read", &H::batch_read},
      {post, "/crm/v3/objects/{type}/batch/create", &H::batch_create},
      {post, "/crm/v3/objects/{type}/batch/update", &H::batch_update},
      {post, "/crm/v3/objects/{type}/batch/archive", &H::batch_archive},
      {post, "/crm/v3/objects/{type}/merge", &H::merge},
      {post, "/crm/v3/objects/{type}/gdpr-delete", &H::gdpr_delete},
      {post, "/crm/v4/associations/{type}/{to}/batch/read", &H::associations_batch},
      {post, "/crm/v3/associations/{type}/{to}/batch/read", &H::associations_batch},
      {get, "/crm/v4/associations/{type}/{to}/labels", &H::association_labels},
      {get, "/crm/v4/objects/{type}/{id}/associations/{to}", &H::associations_of},
      {get, "/crm/v3/objects/{type}/{id}/associations/{to}", &H::associations_of},
      {put, "/crm/v4/objects/{type}/{id}/associations/default/{to}/{toId}", &H::associate},
      {put, "/crm/v4/objects/{type}/{id}/associations/{to}/{toId}", &H::associate},
      {del, "/crm/v4/objects/{type}/{id}/associations/{to}/{toId}", &H::dissociate},
      {post, "/crm/v3/lists/search", &H::lists_search},
      {get, "/crm/v3/lists/{list}/memberships", &H::list_members},
      {get, "/contacts/v1/lists/all/contacts/all", &H::v1_contacts},
      {get, "/contacts/v1/lists/recently_updated/contacts/recent", &H::v1_recent_contacts},
      {get, "/contacts/v1/contact/vids/batch", &H::v1_contacts_batch},
      {get, "/companies/v2/companies/paged", &H::v2_companies},
      {get, "/companies/v2/companies/recent/modified", &H::v2_recent_companies},
      {get, "/deals/v1/deal/paged", &H::v1_deals},
      {get, "/engagements/v1/engagements/paged", &H::v1_engagements},
      {get, "/engagements/v1/engagements/recent/modified", &H::v1_recent_engagements},
      {get, "/email/public/v1/events", &H::email_events},
      {get, "/cms/v3/blogs/{what}", &H::blog},
      {get, "/comments/v3/comments", &H::blog_comments},
      {get, "/marketing/v3/forms", &H::forms},
  };
  return kRoutes;
}

Json Hubspot::credentials() const {
  return {{"accessToken", secrets_.private_token}, {"refreshToken", secrets_.refresh_token}, {"clientId", secrets_.client_id},
          {"clientSecret", secrets_.client_secret}, {"portalId", portal_}};
}

void Hubspot::reset() {
  tokens_.clear();
  burst_.reset();
  search_burst_.reset();
  daily_.reset();
  tokens_.add(secrets_.private_token, {.lasting = true, .subject = "private"});
  std::lock_guard lock(mutex_);
  refresh_token_ = secrets_.refresh_token;
  links_.clear();
  found_.clear();
}

Json Hubspot::counters() {
  const int64_t now = world_.clock.now();
  return {{"tenSecondly", burst_.count(now)}, {"daily", daily_.count(now)}, {"searchesInSecond", search_burst_.count(now)},
          {"tokensIssued", issued_.load()}, {"errors", errors_.load()}};
}

http::Response Hubspot::refusal(int status, const Visit& visit) {
  if (status == 429) {
    const bool search = visit.path.ends_with("/search");
    Json body = {{"status", "error"}, {"message", search ? "You have reached your secondly limit." : "You have reached your ten_secondly_rolling limit."},
                 {"errorType", "RATE_LIMIT"}, {"correlationId", made_uuid(static_cast<uint64_t>(visit.now), "limit")},
                 {"policyName", search ? "SECONDLY" : "TEN_SECONDLY_ROLLING"},
                 {"groupName", search ? "crm:search" : "publicapi:private-app-api-calls-ten-secondly:" + std::to_string(portal_)}};
    return json_response(429, body);
  }
  if (status == 401) return hubspot_error(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired 1 second(s) ago.");
  if (status == 403) return hubspot_error(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.");
  if (status == 500) return hubspot_error(500, "INTERNAL_ERROR", "internal error");
  if (status == 503) return hubspot_error(503, "SERVICE_UNAVAILABLE", "service temporarily unavailable");
  return html_response(status, http::reason_of(status));
}

http::Response Hubspot::answer(Visit& visit) {
  if (visit.request.url.size() > kUrlMax) return html_response(414, "Request-URI Too Large");
  const http::Router::Match match = router_.match(visit.request.verb == http::Verb::head ? http::Verb::get : visit.request.verb, visit.path);
  if (!match.route) {
    if (!match.allow.empty()) return hubspot_error(405, "METHOD_NOT_ALLOWED", "HTTP 405 Method Not Allowed");
    return html_response(404, "Resource not found");
  }
  visit.parts = match.parts;
  const Route& route = routes()[*match.route];
  if (!route.open) {
    if (auto refused = unauthorized(visit)) return ++errors_, std::move(*refused);
    if (auto refused = over_limit(visit, route.search)) return ++errors_, std::move(*refused);
  }
  http::Response response = (this->*route.handler)(visit);
  if (!route.open && !route.search) add_rate_headers(visit, response);
  if (response.status >= 400) ++errors_;
  return response;
}

std::optional<http::Response> Hubspot::over_limit(Visit& visit, bool search) {
  if (search && !search_burst_.take(visit.now, search_max_)) {
    return json_response(429, Json{{"status", "error"}, {"message", "You have reached your secondly limit."}, {"errorType", "RATE_LIMIT"},
                                   {"correlationId", made_uuid(static_cast<uint64_t>(visit.now), "search limit")}, {"policyName", "SECONDLY"},
                                   {"groupName", "crm:search:" + std::to_string(portal_)}});
  }
  if (!daily_.take(visit.now, daily_max_)) {
    return json_response(429, Json{{"status", "error"}, {"message", "You have reached your daily limit."}, {"errorType", "RATE_LIMIT"},
                                   {"correlationId", made_uuid(static_cast<uint64_t>(visit.now), "daily limit")}, {"policyName", "DAILY"},
                                   {"requestId", made_uuid(static_cast<uint64_t>(visit.now), "request")}});
  }
  if (!search && !burst_.take(visit.now, burst_max_)) {
    http::Response response = json_response(
        429, Json{{"status", "error"}, {"message", "You have reached your ten_secondly_rolling limit."}, {"errorType", "RATE_LIMIT"},
                  {"correlationId", made_uuid(static_cast<uint64_t>(visit.now), "burst limit")}, {"policyName", "TEN_SECONDLY_ROLLING"},
                  {"groupName", "publicapi:private-app-api-calls-ten-secondly:" + std::to_string(portal_)}});
    add_rate_headers(visit, response);
    return response;
  }
  return std::nullopt;
}

void Hubspot::add_rate_headers(const Visit& visit, http::Response& response) {
  if (visit.effects.has(FaultKind::no_rate_headers)) return;
  const auto left = [&](SlidingCount& bucket, int64_t max) { return std::to_string(std::max<int64_t>(0, max - bucket.count(visit.now))); };
  response.headers.add("X-HubSpot-RateLimit-Max", std::to_string(burst_max_.load()));
  response.headers.add("X-HubSpot-RateLimit-Remaining", left(burst_, burst_max_));
  response.headers.add("X-HubSpot-RateLimit-Interval-Milliseconds", "10000");
  response.headers.add("X-HubSpot-RateLimit-Secondly", std::to_string(std::max<int64_t>(1, burst_max_ / 10)));
  response.headers.add("X-HubSpot-RateLimit-Secondly-Remaining", std::to_string(std::max<int64_t>(1, burst_max_ / 10) - 1));
  if (bearer_of(visit.request) != secrets_.private_token) return;  // OAuth apps are not told of the day
  response.headers.add("X-HubSpot-RateLimit-Daily", std::to_string(daily_max_.load()));
  response.headers.add("X-HubSpot-RateLimit-Daily-Remaining", left(daily_, daily_max_));
}

std::optional<HubspotObjects> Hubspot::objects_of(std::string_view name) const {
  const HubspotType* type = hubspot_type(types_, name);
  if (type == nullptr) return std::nullopt;
  return HubspotObjects{.type = type, .table = world_.tables.find(type->plural)};
}

std::unique_ptr<Vendor> make_hubspot(World& world) { return std::make_unique<Hubspot>(world); }

}  // namespace foz::sim
