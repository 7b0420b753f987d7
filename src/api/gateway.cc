#include "api/gateway.h"

#include <algorithm>

#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "http/allowance.h"
#include "security/organisation.h"
#include "security/sandboxes.h"
#include "security/token.h"

namespace foz::api {
namespace {

/// Either a finished answer or nothing: go on.
using Stop = std::optional<Response>;

bool is_printable_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_unreserved(char c) { return isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_' || c == '~'; }

/// Doubled slashes count once, characters that need no encoding have none; the rest is the router's.
std::string normalised(std::string_view path) {
  std::string result;
  for (size_t at = 0; at < path.size(); ++at) {
    const auto byte = path[at] == '%' ? from_hex(path.substr(at + 1, 2)) : std::nullopt;
    const bool needless = byte && byte->size() == 1 && is_unreserved((*byte)[0]);
    const char c = needless ? (*byte)[0] : path[at];
    if (needless) at += 2;
    if (c == '/' && result.ends_with('/')) continue;
    result += c;
  }
  return result;
}

std::string_view trimmed(const http::Request& request, std::string_view name) { return trim(request.headers.get(name).value_or("")); }

std::string public_url_of(const http::Request& request, const ApiSettings& settings) {
  if (!settings.public_url.empty()) return settings.public_url;
  const auto forwarded = request.headers.get("X-Forwarded-Proto");
  const std::string scheme = forwarded ? std::string(*forwarded) : request.tls ? "https" : "http";
  const auto host = request.headers.get("X-Forwarded-Host");
  return scheme + "://" + std::string(host ? *host : request.headers.get("Host").value_or("localhost"));
}

Stop check_token(Services& services, const http::Request& request, Right right, const ErrorContext& context, Caller& caller) {
  const std::string_view header = trimmed(request, "Authorization");
  const bool bearer = starts_with_ignoring_case(header, "bearer ") && !trim(header.substr(7)).empty();
  if (!bearer) {
    const bool key_may_do = right == Right::specs && services.settings.api_key_reads_specs && header.empty();
    caller.key_only = true;
    if (key_may_do) return std::nullopt;
    return gateway_error(403, "403010", "Oauth token is missing.");
  }
  const auto claims = services.tokens.verify(trim(header.substr(7)), services.clock.now());
  if (!claims) return gateway_error(401, "401013", "Oauth token is not valid");
  // Revoking a client takes its tokens with it.
  const auto client = services.organisation.client(claims->client_id, services.clock.now());
  if (!client) return error_response(Service::gateway, client.error(), context);
  if (!*client) return gateway_error(401, "401013", "Oauth token is not valid");
  caller.client_id = claims->client_id;
  caller.user_id = claims->user_id;
  caller.org_id = claims->org_id;
  caller.grants = (*client)->grants;
  return std::nullopt;
}

Stop check_key(Services& services, const http::Request& request, const ErrorContext& context, Caller& caller) {
  const std::string_view key = trimmed(request, "x-api-key");
  if (key.empty()) return gateway_error(403, "403000", "Api Key is required");
  if (!caller.key_only && caller.client_id == key) return std::nullopt;
  const auto client = services.organisation.client(key, services.clock.now());
  if (!client) return error_response(Service::gateway, client.error(), context);
  if (!*client) return gateway_error(403, "403003", "Api Key is invalid");
  if (!caller.key_only) return gateway_error(403, "403025", "Profile is not valid");
  caller.client_id = std::string(key);
  caller.user_id = (*client)->user_id;
  caller.grants = (*client)->grants;
  return std::nullopt;
}

bool is_org_id(std::string_view text) {
  const size_t at = text.find('@');
  return at != text.npos && at > 0 && text.substr(at) == "@AdobeOrg" &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), [](char c) { return isalnum(static_cast<unsigned char>(c)) != 0; });
}

Stop check_org(Services& services, const http::Request& request, Caller& caller) {
  const std::string_view org = trimmed(request, "x-gw-ims-org-id");
  if (org.empty()) return gateway_error(400, "400003", "Missing header");
  if (!is_org_id(org) || org != services.organisation.id()) return gateway_error(403, "403027", "User region is missing");
  if (!caller.key_only && caller.org_id != org) return gateway_error(403, "403025", "Profile is not valid");
  caller.org_id = std::string(org);
  return std::nullopt;
}

/// A caller that only knows a key cannot use up what the client with the secret may do.
Stop check_allowance(Services& services, const Caller& caller) {
  if (services.requests == nullptr) return std::nullopt;
  const auto wait = services.requests->take(caller.key_only ? "key " + caller.client_id : caller.client_id);
  if (!wait) return std::nullopt;
  metrics::count("foz_http_server_limited_total", {{"limit", "requests"}});
  Response response = gateway_error(429, "429001", "Too many requests");
  response.headers.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count()));
  return response;
}

Error sandbox_error(Service service, std::string message, std::string flow_code, ErrorKind kind) {
  return Error{.kind = kind, .message = std::move(message), .code = service == Service::flow ? std::move(flow_code) : ""};
}

Response sandbox_response(Service service, const Error& error, const ErrorContext& context) {
  Response response = error_response(service, error, context);
  if (service == Service::flow) return response;
  if (auto body = parse_json(response.body); body && body->contains("title")) {
    (*body)["title"] = error.kind == ErrorKind::conflict ? "Sandbox not active" : "Sandbox not found";
    response.body = to_text(*body);
  }
  return response;
}

/// Which sandbox the headers name (2.4). One that the caller may not use at all is not there for it, whatever state it is in.
Result<security::Sandbox> select_sandbox(Services& services, Service service, const http::Request& request, const Caller& caller) {
  const std::string name(trimmed(request, "x-sandbox-name"));
  const std::string id(trimmed(request, "x-sandbox-id"));
  if (name == "*") return sandbox_error(service, "x-sandbox-name cannot be *: name one sandbox", "FLOW-2111-403", ErrorKind::forbidden);
  Result<security::Sandbox> found = !name.empty() ? services.sandboxes.named(name)
                                    : !id.empty() ? services.sandboxes.with_id(id)
                                                  : services.sandboxes.standard();
  if (!found && found.error().kind != ErrorKind::not_found) return found;
  const bool usable = found && found->state != "deleted" && !security::permissions_in(caller.grants, found->name).empty();
  if (!usable) {
    const bool standard = name.empty() && id.empty();
    const std::string shown = !name.empty() ? name : !id.empty() ? id : found ? found->name : "";
    return sandbox_error(service, "There is no sandbox \"" + shown + "\" that this caller may use.",
                         standard && !found ? "FLOW-2106-404" : "FLOW-2100-404", ErrorKind::not_found);
  }
  if (!name.empty() && !id.empty() && found->id != id) {
    return sandbox_error(service, "x-sandbox-name and x-sandbox-id name two different sandboxes.", "FLOW-2103-404", ErrorKind::not_found);
  }
  if (!found->active()) {
    return sandbox_error(service, "The sandbox \"" + found->name + "\" is " + found->state + ": wait until it is active.", "FLOW-2100-409", ErrorKind::conflict);
  }
  return found;
}

std::optional<security::Permission> permission_of(Right right) {
  using security::Permission;
  switch (right) {
    case Right::open:
    case Right::any: return std::nullopt;
    case Right::specs:
    case Right::view_sources: return Permission::view_sources;
    case Right::manage_sources: return Permission::manage_sources;
    case Right::view_schemas: return Permission::view_schemas;
    case Right::manage_schemas: return Permission::manage_schemas;
    case Right::view_datasets: return Permission::view_datasets;
    case Right::manage_datasets: return Permission::manage_datasets;
    case Right::view_sandboxes: return Permission::view_sandboxes;
    case Right::manage_sandboxes: return Permission::manage_sandboxes;
    case Right::reset_sandboxes: return Permission::reset_sandboxes;
    case Right::manage_access: return Permission::manage_access;
  }
  return std::nullopt;
}

Error lacks_right(Service service, security::Permission permission) {
  Error error{.kind = ErrorKind::forbidden, .message = "This caller lacks the permission " + std::string(security::name_of(permission)) + " in this sandbox."};
  if (service == Service::flow) error.code = permission == security::Permission::manage_sources ? "FLOW-2121-403" : "FLOW-2120-403";
  return error;
}

bool is_json_type(std::string_view content_type) {
  const std::string type = lower(trim(content_type.substr(0, content_type.find(';'))));
  return type == "application/json" || type.ends_with("+json");
}

Error malformed_body(Service service, const Error& parse) {
  Error error{.kind = ErrorKind::invalid, .message = "The body is not valid JSON: " + parse.message, .where = parse.where};
  switch (service) {
    case Service::flow: error.code = "FLOW-1405-400"; break;
    case Service::registry: error.code = "XDM-1401-400"; break;
    case Service::conversion: error.code = "CONV-1003-400"; break;
    default: break;
  }
  return error;
}

/// Parses the body whatever its label (2.3).
Stop take_json_body(Service service, const http::Request& http, const ErrorContext& context, Request& request) {
  if (http.body.empty()) return std::nullopt;
  const std::string_view label = http.headers.get("Content-Type").value_or("");
  auto parsed = parse_json(http.body);
  if (!parsed) {
    if (!is_json_type(label)) return content_type_error();
    return error_response(service, malformed_body(service, parsed.error()), context);
  }
  if (!is_json_type(label)) request.warn("content-type");
  request.body = std::move(*parsed);
  return std::nullopt;
}

/// The longest address that the services of files take. Follows: Ingestion and access contract, 16 and 17.
constexpr size_t kFileUrlBytesMax = 2000;

bool is_too_long(Service service, const http::Request& request) {
  return (service == Service::ingestion || service == Service::access) && request.url.size() > kFileUrlBytesMax;
}

Error too_long(Service service) {
  return Error{.kind = ErrorKind::invalid,
               .message = "The address is longer than " + std::to_string(kFileUrlBytesMax) + " characters",
               .code = service == Service::access ? "ACCESS-1000-414" : "INGEST-1000-414"};
}

/// Nothing is at a path: the catalog says so itself (Catalog contract, 10), elsewhere the gateway does.
Response no_such_path(Service service, std::string_view path, const ErrorContext& context) {
  if (service != Service::catalog || !path.starts_with("/data/")) return gateway_error(404, "404", "Resource not found");
  return error_response(service, {.kind = ErrorKind::not_found, .message = "The catalog has no such collection"}, context);
}

Response not_allowed(Service service, const std::vector<std::string>& allow, const ErrorContext& context) {
  Error error{.kind = ErrorKind::invalid, .message = "This path has no such method; it has " + join(allow, ", ") + "."};
  error.code = service == Service::flow ? "FLOW-1405-405" : service == Service::registry ? "XDM-1401-405" : service == Service::conversion ? "CONV-1009-405" : "HTTP-405";
  Response response = error_response(service, error, context);
  response.headers.set("Allow", join(allow, ", "));
  return response;
}

}  // namespace

Gateway::Gateway(Services& services, std::vector<RouteTable> tables) : services_(services), tables_(std::move(tables)) {
  for (const RouteTable& table : tables_) {
    http::Router& router = routers_.emplace_back();
    for (size_t i = 0; i < table.routes.size(); ++i) router.add(table.routes[i].verb, table.routes[i].pattern, i);
  }
}

/// The table with the longest prefix of `path`.
const RouteTable* Gateway::table_of(std::string_view path) const {
  const RouteTable* found = nullptr;
  for (const RouteTable& table : tables_) {
    const bool inside = path.starts_with(table.prefix) &&
                        (table.prefix.empty() || path.size() == table.prefix.size() || path[table.prefix.size()] == '/');
    if (inside && (found == nullptr || table.prefix.size() > found->prefix.size())) found = &table;
  }
  return found;
}

bool Gateway::takes_file(const http::Request& head) const {
  const std::string path = normalised(head.path());
  const RouteTable* table = table_of(path);
  if (table == nullptr) return false;
  const auto match = routers_[static_cast<size_t>(table - tables_.data())].match(head.verb, path.substr(table->prefix.size()));
  return match.route && table->routes[*match.route].body == BodyUse::file;
}

Response Gateway::handle(http::Request request) {
  const auto begin = std::chrono::steady_clock::now();
  const auto given = request.headers.get("x-request-id");
  const std::string request_id = given && is_printable_id(*given) ? std::string(*given) : new_uuid(services_.random);
  std::vector<std::string> warnings;
  Response response = answer(request, request_id, warnings);
  if (!request.body_file.empty()) {  // what no handler took is nobody's
    std::error_code ignored;
    std::filesystem::remove(request.body_file, ignored);
  }
  response.headers.set("x-request-id", request_id);
  if (!warnings.empty()) {
    std::sort(warnings.begin(), warnings.end());
    warnings.erase(std::unique(warnings.begin(), warnings.end()), warnings.end());
    response.headers.set("x-foz-warning", join(warnings, ", "));
  }
  response.headers.set("X-Content-Type-Options", "nosniff");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  metrics::count("foz_http_server_requests_total", {{"verb", std::string(name_of(request.verb))}, {"status", std::to_string(response.status)}});
  log::debug("api.request", {{"verb", name_of(request.verb)}, {"path", request.path()}, {"status", response.status},
                             {"seconds", seconds}, {"request_id", request_id}});
  return response;
}

Response Gateway::answer(const http::Request& request, const std::string& request_id, std::vector<std::string>& warnings) {
  const std::string path = normalised(request.path());
  const RouteTable* table = table_of(path);
  ErrorContext context{.request_id = request_id, .org_id = services_.organisation.id(), .now = services_.clock.now()};
  http::Router::Match match;
  if (table != nullptr) match = routers_[static_cast<size_t>(table - tables_.data())].match(request.verb, std::string_view(path).substr(table->prefix.size()));
  const Route* route = match.route ? &table->routes[*match.route] : nullptr;
  const Right right = route != nullptr ? route->right : path.starts_with("/data/") ? Right::any : Right::open;

  Request seen{.http = request, .parts = std::move(match.parts), .query = http::Query::parse(request.raw_query()), .caller = {},
               .sandbox = {}, .request_id = request_id, .public_url = public_url_of(request, services_.settings), .body = nullptr};
  if (right != Right::open) {
    if (auto stop = check_token(services_, request, right, context, seen.caller)) return *stop;
    if (auto stop = check_key(services_, request, context, seen.caller)) return *stop;
    if (auto stop = check_org(services_, request, seen.caller)) return *stop;
    if (auto stop = check_allowance(services_, seen.caller)) return *stop;
  }
  const Service service = table != nullptr ? table->service : Service::gateway;
  if (table != nullptr && table->sandboxed) {
    auto sandbox = select_sandbox(services_, service, request, seen.caller);
    if (!sandbox) return sandbox_response(service, sandbox.error(), context);
    seen.sandbox = std::move(*sandbox);
    context.sandbox_name = seen.sandbox.name;
  }
  const std::string_view granted_in = table != nullptr && !table->sandboxed ? "prod" : std::string_view(seen.sandbox.name);
  seen.caller.permissions = security::permissions_in(seen.caller.grants, granted_in);
  seen.caller.labels = security::labels_in(seen.caller.grants, granted_in);
  if (is_too_long(service, request)) return error_response(service, too_long(service), context);
  if (route == nullptr && !match.allow.empty()) return not_allowed(service, match.allow, context);
  if (route == nullptr) return no_such_path(service, path, context);
  if (const auto permission = permission_of(right); permission && !seen.caller.permissions.has(*permission)) {
    return error_response(service, lacks_right(service, *permission), context);
  }
  if (request.defect) return error_response(service, *request.defect, context);
  if (route->body == BodyUse::json) {
    if (auto stop = take_json_body(service, request, context, seen)) return *stop;
  }
  auto response = route->handler(services_, seen);
  warnings = std::move(seen.warnings);
  if (response) return std::move(*response);
  if (response.error().kind == ErrorKind::internal || response.error().kind == ErrorKind::corrupt) {
    log::error("api.failed", {{"path", request.path()}, {"error", response.error()}, {"request_id", request_id}});
  }
  return error_response(service, response.error(), context);
}

}  // namespace foz::api
