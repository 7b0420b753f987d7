#pragma once
// Resources on their way between organisations: whose tenant they name, and in which order they come.
// Follows: Schema Registry contract, 12 (export and import).

#include <string>
#include <vector>

#include "base/json.h"

namespace foz::registry {

/// What stands for the tenant in an exported resource.
inline constexpr std::string_view kTenantStandIn = "<XDM_TENANTID_PLACEHOLDER>";

/// `resource` with the tenant `from` (without underscore) written as `to`: in ids, references and field names.
Json with_tenant(const Json& resource, const std::string& from, const std::string& to);

/// Resources so that each stands behind those of the list that it refers to; otherwise in the order they came.
std::vector<Json> in_dependency_order(std::vector<Json> resources);

}  // namespace foz::registry
