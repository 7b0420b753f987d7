#pragma once
// What the files with shapes of bodies and answers share; openapi_schemas.cc joins them.

#include <span>
#include <string_view>

#include "base/json.h"

namespace foz::api {

/// A shape by the name that route tables use.
struct NamedSchema {
  std::string_view name;
  std::string_view json;
};
/// REQUIRES: each is JSON, and no name is there yet.
void add_schemas(Json& all, std::span<const NamedSchema> schemas);
/// REQUIRES: the name is not there yet.
void put_schema(Json& all, std::string_view name, Json schema);

/// Those of the Flow Service and of Data Prep.
void add_flow_schemas(Json& all);
void add_conversion_schemas(Json& all);

}  // namespace foz::api
