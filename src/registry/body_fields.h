#pragma once
// The fields of a tenant resource: their names, and where they may stand. Follows: Schema Registry contract, 7.3, 8, 14.2, 14.4.

#include "registry/body.h"

namespace foz::registry {

/// Calls `visit` for every `properties` object of a raw document, at any depth, with the slash path of its owner.
void each_fields(const Json& doc, const std::function<void(const Json& fields, const std::string& path)>& visit);

/// Objects called `_adhoc` among the fields of an ad hoc class get the name `name`. True when there is a field of that name now.
bool rename_adhoc_fields(Json& class_body, const std::string& name);

/// Levels of objects below the tenant's own: 1 for `_{T}.a.b`. More than kNestingUsual is legal and rarely wise.
size_t nesting_of(const Json& body, const std::string& tenant_namespace);
inline constexpr size_t kNestingUsual = 6;

/// Errors: XDM-1421-400. `adhoc`: fields are called as the source calls them.
Status check_field_names(const Json& body, bool adhoc, const Library& library, const BodyRules& rules);

/// Custom fields stand below the tenant's object, unless they repeat a field of what the resource extends.
/// Errors: XDM-1020-400 to XDM-1023-400; those of compose.
Status check_namespace(ResourceKind kind, const Json& body, Finder& finder, const BodyRules& rules);

}  // namespace foz::registry
