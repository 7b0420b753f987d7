#pragma once
// The union of a class: what all its schemas with the tag `union` hold together. Follows: Schema Registry contract, 7.6.

#include <memory>
#include <vector>

#include "base/json.h"
#include "registry/compose.h"

namespace foz::registry {

/// The raw body, without the members that a caller's sandbox adds. `class_body` in compatibility names; `schemas` in any.
Json union_of(const Json& class_body, const std::vector<std::shared_ptr<const Json>>& schemas, const PartOf& part_of);

/// A union's body with what only its resolved form shows: identityMap, timeSeriesEvents, segmentMembership.
Json with_union_fields(const Json& union_body, const PartOf& part_of);

}  // namespace foz::registry
