#include "api/routes.h"

namespace foz::api {

std::vector<RouteTable> all_routes() {
  return {
      ims_routes(),
      sandbox_routes(),
      registry_routes(),
      flow_routes(),
      connector_routes(),
      query_routes(),
      conversion_routes(),
      health_routes(),
      catalog_routes(),
      label_routes(),
      ingestion_routes(),
      access_routes(),
      access_control_routes(),
      sandbox_tooling_routes(),
      observability_routes(),
  };
}

}  // namespace foz::api
