// /foz without credentials: is it alive, what does it serve, and, for a collector on the same machine, how it is doing.
#include "api/openapi.h"
#include "api/routes.h"
#include "base/metrics.h"

namespace foz::api {
namespace {

bool is_loopback(std::string_view peer) { return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127."); }

Result<Response> health(Services&, const Request&) { return json_response(200, {{"status", "ok"}}); }

/// Counts and durations by name, no rows and no names of customers. Only for this machine: it needs no credentials.
Result<Response> get_metrics(Services&, const Request& request) {
  if (!is_loopback(request.http.peer)) {
    return Error{.kind = ErrorKind::forbidden, .message = "metrics are read on the machine itself: collect them there"};
  }
  return Response{.status = 200, .headers = {{"Content-Type", "text/plain; version=0.0.4"}}, .body = metrics::exposition()};
}

Result<Response> get_description(Services&, const Request&) {
  static const std::string kDescription = to_text(describe(all_routes()));
  return Response{.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = kDescription};
}

constexpr Route kHealthRoutes[] = {
    {http::Verb::get, "/health", Right::open, health, "Is the server alive?", BodyUse::ignored, {.gives = "Health"}},
    {http::Verb::get, "/openapi.json", Right::open, get_description, "The description of all APIs", BodyUse::ignored, {.gives = "Object"}},
    {http::Verb::get, "/metrics", Right::open, get_metrics, "Counters and durations, in the Prometheus text format", BodyUse::ignored, {.gives = "Text", .also = "403"}},
};

}  // namespace

RouteTable health_routes() { return {Service::gateway, "/foz", false, kHealthRoutes}; }

}  // namespace foz::api
