// Tokens, and who they belong to. Follows: Sources contract, 4.2.
#include "base/text.h"
#include "simulators/hubspot/hubspot.h"

namespace foz::sim {
namespace {

constexpr std::string_view kScopes[] = {"oauth", "tickets", "content", "crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.deals.read",
                                        "crm.objects.owners.read", "crm.objects.custom.read", "crm.schemas.contacts.read", "crm.schemas.companies.read",
                                        "crm.schemas.deals.read", "crm.schemas.custom.read", "crm.lists.read"};

http::Response bad_token_request(std::string_view status, std::string_view message) {
  return json_response(400, Json{{"status", status}, {"message", message}, {"correlationId", made_uuid(salt_of(message), "token")}});
}

}  // namespace

std::string Hubspot::new_token(const std::string& subject) {
  const uint64_t number = ++issued_;
  std::string token = "CN" + made_secret(world_.seed + number * 104'729, "hubspot access", 60);
  tokens_.add(token, {.expires_at = world_.clock.now() + token_life_ * 1000, .subject = subject});
  return token;
}

http::Response Hubspot::token(Visit& visit) {
  const http::Query form = http::Query::parse(visit.request.body);
  const std::string grant = form.get("grant_type").value_or("");
  if (form.get("client_id") != secrets_.client_id) return bad_token_request("BAD_CLIENT_ID", "missing or unknown client id");
  if (form.get("client_secret") != secrets_.client_secret) return bad_token_request("BAD_CLIENT_SECRET", "missing or invalid client secret");
  if (grant != "refresh_token" && grant != "authorization_code") return bad_token_request("BAD_GRANT_TYPE", "missing or unknown grant type");
  if (grant == "authorization_code" && form.get("code") != "sim-code") return bad_token_request("BAD_AUTH_CODE", "missing or unknown auth code");
  std::string refresh;
  {
    std::lock_guard lock(mutex_);
    if (grant == "refresh_token" && form.get("refresh_token") != refresh_token_) {
      return bad_token_request("BAD_REFRESH_TOKEN", "missing or invalid refresh token");
    }
    if (rotate_refresh_ != 0) {
      refresh_token_ = "na1-" + made_secret(world_.seed + issued_ + 1, "hubspot refresh", 40);
      world_.masker.add_passing(refresh_token_);
    }
    refresh = refresh_token_;
  }
  Json body = {{"token_type", "bearer"}, {"refresh_token", refresh}, {"access_token", new_token("oauth")}, {"expires_in", token_life_.load()}};
  if (visit.path.find("2026-03") != std::string_view::npos) {
    body["hub_id"] = portal_;
    body["user_id"] = 1;
    body["scopes"] = std::vector<std::string>(std::begin(kScopes), std::end(kScopes));
    body["token_use"] = "access_token";
  }
  return json_response(200, body);
}

http::Response Hubspot::token_info(Visit& visit) {
  const std::string token = visit.part("token");
  const auto known = tokens_.find(token);
  if (!known || known->lasting || tokens_.check(token, visit.now) != Tokens::State::valid) {
    return hubspot_error(404, "OBJECT_NOT_FOUND", "access token not found or expired");
  }
  return json_response(200, Json{{"token", token}, {"user", "integration@example.com"}, {"hub_domain", "portal-" + std::to_string(portal_) + ".example.com"},
                                 {"scopes", std::vector<std::string>(std::begin(kScopes), std::end(kScopes))}, {"hub_id", portal_}, {"app_id", 4711},
                                 {"expires_in", (known->expires_at - visit.now) / 1000}, {"user_id", 1}, {"token_type", "access"}});
}

http::Response Hubspot::refresh_token_info(Visit& visit) {
  std::lock_guard lock(mutex_);
  if (visit.part("token") != refresh_token_) return hubspot_error(404, "OBJECT_NOT_FOUND", "refresh token not found");
  return json_response(200, Json{{"token", refresh_token_}, {"client_id", secrets_.client_id}, {"user", "integration@example.com"}, {"hub_id", portal_},
                                 {"scopes", std::vector<std::string>(std::begin(kScopes), std::end(kScopes))}, {"user_id", 1}, {"token_type", "refresh"}});
}

http::Response Hubspot::account(Visit&) {
  return json_response(200, Json{{"portalId", portal_}, {"accountType", "STANDARD"}, {"timeZone", "Europe/Lisbon"}, {"companyCurrency", "EUR"},
                                 {"additionalCurrencies", Json::array()}, {"utcOffset", "+00:00"}, {"utcOffsetMilliseconds", 0}, {"uiDomain", "app.hubspot.com"},
                                 {"dataHostingLocation", "na1"}});
}

std::optional<http::Response> Hubspot::unauthorized(const Visit& visit) {
  const std::string_view header = visit.request.headers.get("Authorization").value_or("");
  const std::string_view token = bearer_of(visit.request);
  if (header.empty() || token.empty()) {
    return hubspot_error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview");
  }
  if (!token.starts_with("pat-") && !token.starts_with("CN")) {  // the edge does not even pass it on
    return html_response(530, "Origin DNS error");
  }
  switch (tokens_.check(token, visit.now)) {
    case Tokens::State::valid: break;
    case Tokens::State::unknown:
      return hubspot_error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview");
    case Tokens::State::expired: {
      const auto known = tokens_.find(token);
      const int64_t ago = known && known->expires_at != 0 ? std::max<int64_t>(0, (visit.now - known->expires_at) / 1000) : 0;
      return hubspot_error(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired " + std::to_string(ago) + " second(s) ago.");
    }
  }
  const HubspotType* type = hubspot_type(types_, visit.part("type"));
  const int64_t bit = type == nullptr ? 0 : type->plural == "contacts" ? 1 : type->plural == "companies" ? 2 : type->plural == "deals" ? 4 : 0;
  if ((missing_scope_ & bit) == 0) return std::nullopt;
  const std::string scope = "crm.objects." + type->plural + ".read";
  return json_response(403, Json{{"status", "error"}, {"message", "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes."},
                                 {"correlationId", made_uuid(static_cast<uint64_t>(visit.now), "scopes")},
                                 {"errors", Json::array({{{"message", "One or more of the following scopes are required."}, {"context", {{"requiredGranularScopes", Json::array({scope})}}}}})},
                                 {"links", {{"scopes", "https://developers.hubspot.com/scopes"}}}, {"category", "MISSING_SCOPES"}});
}

}  // namespace foz::sim
