#pragma once
// What a schema must have to take part in a union. Follows: Schema Registry contract, 14.5.

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "registry/descriptor_store.h"

namespace foz::registry {

/// True when `meta:immutableTags` holds `union`.
bool tagged_union(const Json& schema);

struct UnionCandidate {
  std::string behavior;
  bool relational = false;
  const Json& effective;
  const std::vector<Descriptor>& descriptors;
};
/// Errors: XDM-1528-400.
Status check_union_possible(const UnionCandidate& schema);

/// The path of the first field that a union cannot hold: a time of day, or an array of arrays. "" when there is none.
std::string unfit_for_union(const Json& effective);
Error unfit_field(const std::string& path);

/// True when the schema has the map of identities, so that no primary identity is needed.
bool has_identity_map(const Json& effective);

}  // namespace foz::registry
