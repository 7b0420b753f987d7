#include "api/not_offered.h"

#include "api/error_body.h"
#include "api/routes.h"

namespace foz::api {
namespace {

using http::Verb;

constexpr Route kNotOfferedRoutes[] = {
    {Verb::get, "/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},  {Verb::post, "/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
    {Verb::put, "/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},  {Verb::patch, "/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
    {Verb::del, "/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},  {Verb::get, "/", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
    {Verb::post, "/", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
};

}  // namespace

Result<Response> not_offered(Services&, const Request&) { return gateway_error(501, "501", "Not available in this version"); }

RouteTable sandbox_tooling_routes() { return {Service::gateway, "/data/foundation/exim", false, kNotOfferedRoutes}; }
RouteTable observability_routes() { return {Service::gateway, "/data/infrastructure/observability/insights", false, kNotOfferedRoutes}; }

}  // namespace foz::api
