// /data/foundation/connectors: the landing zone, and keys for encrypted files. Follows: Flow Service contract, 12.
#include "api/flow_routes.h"
#include "api/not_offered.h"
#include "api/routes.h"

namespace foz::api {
namespace {

Result<Response> landing_zone(Services&, const Request& request) {
  const std::string type = request.query.value("type").value_or("user_drop_zone");
  if (type != "user_drop_zone") return flow::provider_error(1312, "The type of a landing zone is user_drop_zone, not \"" + type + "\".", "type");
  return flow_json(200, {{"containerName", "dlz-user-container"}, {"containerTTL", "7"}});
}

constexpr Route kRows[] = {
    {http::Verb::get, "/landingzone", Right::view_sources, landing_zone, "Name the landing zone", BodyUse::ignored, {.gives = "LandingZone", .query = "type"}},
    {http::Verb::get, "/landingzone/credentials", Right::manage_sources, not_offered, "Get credentials of the landing zone"},
    {http::Verb::post, "/landingzone/credentials", Right::manage_sources, not_offered, "Renew credentials of the landing zone"},
    {http::Verb::get, "/encryption/keys", Right::view_sources, not_offered, "List encryption keys"},
    {http::Verb::post, "/encryption/keys", Right::manage_sources, not_offered, "Create an encryption key"},
    {http::Verb::get, "/encryption/keys/{id}", Right::view_sources, not_offered, "Look up an encryption key"},
    {http::Verb::del, "/encryption/keys/{id}", Right::manage_sources, not_offered, "Delete an encryption key"},
};

}  // namespace

RouteTable connector_routes() { return {Service::flow, "/data/foundation/connectors", true, kRows}; }

}  // namespace foz::api
