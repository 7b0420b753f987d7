#pragma once
// THE list of route tables, one per service.

#include <vector>

#include "api/request.h"
#include "api/services.h"

namespace foz::api {

RouteTable ims_routes();
RouteTable sandbox_routes();
RouteTable registry_routes();
RouteTable flow_routes();
RouteTable connector_routes();
RouteTable query_routes();
RouteTable conversion_routes();
RouteTable health_routes();
RouteTable catalog_routes();
RouteTable label_routes();
RouteTable ingestion_routes();
RouteTable access_routes();
RouteTable access_control_routes();
RouteTable sandbox_tooling_routes();
RouteTable observability_routes();

/// All tables that the gateway serves.
std::vector<RouteTable> all_routes();

}  // namespace foz::api
