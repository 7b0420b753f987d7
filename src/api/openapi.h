#pragma once
// The description of Foz's APIs, made from the route tables: what `/foz/openapi.json` answers.
// Follows: OpenAPI Specification 3.0.3.

#include <string>
#include <string_view>
#include <vector>

#include "api/request.h"
#include "base/json.h"

namespace foz::api {

/// One operation for each route; path variables that take the rest of a path are described as one segment.
/// REQUIRES: every name in the routes' shapes is known (openapi_test.cc).
Json describe(const std::vector<RouteTable>& tables);

/// A route's key among `paths`: "/data/foundation/catalog/dataSets/{id}".
std::string described_path(const RouteTable& table, const Route& route);

/// `components.schemas`: shapes of bodies and answers, by name.
const Json& description_schemas();

/// A query parameter or a header that routes name in their shapes.
struct Parameter {
  std::string_view name;
  std::string_view type;   ///< of its values: string, integer, boolean
  std::string_view about;
  bool repeats = false;
};
/// Null pointer when there is none.
const Parameter* parameter_named(std::string_view name);

}  // namespace foz::api
