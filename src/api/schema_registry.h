#pragma once
// What the route files of the Schema Registry share.

#include <span>
#include <string>
#include <string_view>

#include "api/request.h"
#include "api/services.h"
#include "registry/registry.h"

namespace foz::api {

inline constexpr std::string_view kRegistryPrefix = "/data/foundation/schemaregistry";

/// Who asks, and where.
registry::Scope registry_scope(const Request& request);

std::string quoted_etag(std::string_view etag);

/// `results`, `_page` and `_links` of a list; `global_collection` names the collection beside it in the global container.
Json page_body(const Request& request, const registry::Page& page, const registry::Listing& listing, std::string_view global_collection);

/// Routes of the other files.
std::span<const Route> descriptor_routes();
std::span<const Route> registry_rpc_routes();

}  // namespace foz::api
