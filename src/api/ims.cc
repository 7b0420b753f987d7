// /ims: access tokens. Follows: Sandbox and authentication contract, 3.
#include <arpa/inet.h>

#include "api/multipart.h"
#include "api/routes.h"
#include "base/metrics.h"
#include "base/text.h"
#include "http/allowance.h"
#include "security/organisation.h"
#include "security/token.h"

namespace foz::api {
namespace {

Error ims_error(std::string code, std::string message) {
  return Error{.kind = code == "invalid_client" ? ErrorKind::unauthorized : ErrorKind::invalid, .message = std::move(message), .code = std::move(code)};
}

/// Parameters from the query, then from a form body of either kind, which wins; client id and secret also as HTTP Basic.
http::Query parameters_of(const Request& request) {
  http::Query parameters = request.query;
  const std::string_view type = request.http.headers.get("Content-Type").value_or("");
  const bool multipart = starts_with_ignoring_case(type, "multipart/form-data");
  const http::Query form = multipart ? multipart_fields(request.http.body, type) : http::Query::parse(request.http.body);
  for (const auto& [name, value] : form) parameters.add(name, value);
  const std::string_view header = request.http.headers.get("Authorization").value_or("");
  if (starts_with_ignoring_case(header, "basic ")) {
    const std::string pair = from_base64(trim(header.substr(6))).value_or("");
    if (const size_t colon = pair.find(':'); colon != pair.npos) {
      parameters.add("client_id", pair.substr(0, colon));
      parameters.add("client_secret", pair.substr(colon + 1));
    }
  }
  return parameters;
}

/// Whose failures count together: an address, of IPv6 the network that one household or machine has (/64).
std::string network_of(const std::string& peer) {
  in6_addr address{};
  if (inet_pton(AF_INET6, peer.c_str(), &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address)) return peer;
  return to_hex(std::string_view(reinterpret_cast<const char*>(address.s6_addr), 8));
}

/// A token of the address for this attempt, before the secret is looked at: checking it costs memory and time.
Status check_attempts(Services& services, const std::string& network) {
  const auto wait = services.failed_logins == nullptr ? std::nullopt : services.failed_logins->take(network);
  if (!wait) return {};
  metrics::count("foz_http_server_limited_total", {{"limit", "failed_logins"}});
  return Error{.kind = ErrorKind::rate_limited, .message = "Too many requests with a wrong client or secret came from this address", .code = "too_many_requests", .retry_after = *wait};
}

Result<security::Client> authenticated(Services& services, const Request& request, const http::Query& parameters) {
  const auto id = parameters.value("client_id");
  if (!id) return ims_error("invalid_request", "client_id is missing");
  const auto secret = parameters.value("client_secret");
  if (!secret) return ims_error("invalid_request", "client_secret is missing");
  const std::string network = network_of(request.http.peer);
  TRY_DO(check_attempts(services, network));
  auto client = services.organisation.authenticate(*id, Secret(*secret), services.clock.now());
  if (services.failed_logins != nullptr && (client || client.error().kind != ErrorKind::unauthorized)) services.failed_logins->give_back(network);
  if (client) return client;
  if (client.error().kind != ErrorKind::unauthorized) return client;
  const auto known = services.organisation.client(*id, services.clock.now());
  const bool is_known = known && known->has_value();
  return ims_error("invalid_client", is_known ? "invalid client_secret parameter" : "invalid client_id parameter");
}

Response token_response(Services& services, const security::Client& client, const std::string& scope, int64_t expires_in) {
  const Secret token = services.tokens.issue({.client_id = client.client_id, .user_id = client.user_id,
                                              .org_id = services.organisation.id(), .scope = scope, .expires = {}},
                                             services.settings.token_life, services.clock, services.random);
  Response response = json_response(200, {{"access_token", token.reveal()}, {"token_type", "bearer"}, {"expires_in", expires_in}});
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Result<Response> client_credentials(Services& services, const Request& request) {
  const http::Query parameters = parameters_of(request);
  const auto grant = parameters.value("grant_type");
  if (!grant) return ims_error("invalid_request", "grant_type is missing");
  if (*grant != "client_credentials") {
    return ims_error("unsupported_grant_type", "the grant type \"" + *grant + "\" is not offered; client_credentials is");
  }
  TRY(const auto client, authenticated(services, request, parameters));
  return token_response(services, client, parameters.get("scope").value_or("openid,AdobeID,read_organizations"),
                        services.settings.token_life.count() - 1);
}

Result<Response> authorization_code(Services&, const Request&) {
  return ims_error("unsupported_grant_type", "Foz has no login page that hands out codes: use client_credentials");
}

/// The claims, when one of the client's keys signed them (3.3).
Result<Json> verified_claims(const security::Client& client, std::string_view jwt, bool verify) {
  if (!verify) {
    const auto parts = split(jwt, '.');
    const auto text = parts.size() == 3 ? from_base64(parts[1]) : std::nullopt;
    auto claims = text ? parse_json(*text) : Result<Json>(Error{.kind = ErrorKind::invalid});
    if (claims) return claims;
    return ims_error("invalid_token", "The JWT token cannot be read");
  }
  for (const std::string& pem : client.public_keys) {
    const auto key = security::PublicKey::parse(pem);
    if (!key) continue;
    if (auto claims = key->verify(jwt)) return claims;
  }
  return ims_error("invalid_token", "Could not match JWT signature to any of the bindings");
}

bool has_metascope(const Json& claims) {
  for (const auto& [name, value] : claims.items()) {
    if (name.find("/s/") != name.npos && value == true) return true;
  }
  return false;
}

Result<Response> exchange_jwt(Services& services, const Request& request) {
  const http::Query parameters = parameters_of(request);
  TRY(const auto client, authenticated(services, request, parameters));
  const auto jwt = parameters.value("jwt_token");
  if (!jwt) return ims_error("invalid_request", "jwt_token is missing");
  TRY(const Json claims, verified_claims(client, *jwt, services.settings.jwt_verify));
  const auto expires = integer_of(claims, "exp");
  // Some clients of the time wrote milliseconds.
  const int64_t seconds = expires ? (*expires > 100'000'000'000 ? *expires / 1000 : *expires) : 0;
  if (from_seconds(seconds) <= services.clock.now()) return ims_error("invalid_token", "The JWT token is expired");
  if (text_of(claims, "iss") != services.organisation.id()) return ims_error("invalid_token", "The JWT token is of another organisation");
  if (!text_of(claims, "aud").ends_with("/c/" + client.client_id)) return ims_error("invalid_token", "The JWT token is for another client");
  if (!has_metascope(claims)) return ims_error("invalid_scope", "The JWT token has no metascope");
  return token_response(services, client, "ent_dataservices_sdk", services.settings.token_life.count() * 1000 - 8);
}

Result<Response> keys(Services& services, const Request&) {
  return Response{.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = services.tokens.jwks()};
}

constexpr Route kImsRoutes[] = {
    {http::Verb::post, "/token/v2", Right::open, client_credentials, "Get an access token", BodyUse::raw, {.gives = "Token", .takes = "Form", .query = "client_id"}},
    {http::Verb::post, "/token/v3", Right::open, client_credentials, "Get an access token", BodyUse::raw, {.gives = "Token", .takes = "Form", .query = "client_id"}},
    {http::Verb::post, "/token/v1", Right::open, authorization_code, "Exchange an authorization code", BodyUse::raw, {.gives = "Token", .takes = "Form"}},
    {http::Verb::post, "/exchange/jwt", Right::open, exchange_jwt, "Exchange a signed JWT for an access token", BodyUse::raw, {.gives = "Token", .takes = "Form"}},
    {http::Verb::get, "/keys", Right::open, keys, "The public keys that access tokens are signed with", BodyUse::ignored, {.gives = "Object"}},
};

}  // namespace

RouteTable ims_routes() { return {Service::ims, "/ims", false, kImsRoutes}; }

}  // namespace foz::api
