#pragma once
// What was changed in a resource, when and by whom. Follows: Schema Registry contract, 12 (audit log).

#include "base/clock.h"
#include "registry/body.h"
#include "store/database.h"

namespace foz::registry {

/// A change of one resource; `before` is null for a new one, `after` for a removed one.
struct Change {
  std::string id;
  ResourceKind kind;
  const Json& before;
  const Json& after;
};

/// Appends what `change` did to the members that clients own. No entry where it did nothing.
Status append_audit(store::Transaction& transaction, const Scope& scope, const std::string& org_id, Instant now, const Change& change);

/// Entries of a resource, newest first.
Result<Json> audit_of(store::Reader& reader, std::string_view sandbox, std::string_view resource_id);

/// "06-01-2021 04:11:06": how the registry prints times.
std::string registry_time(Instant now);

}  // namespace foz::registry
