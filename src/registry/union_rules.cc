#include "registry/union_rules.h"

#include <algorithm>

#include "registry/errors.h"
#include "registry/field_type.h"

namespace foz::registry {
namespace {

/// The path of the first field that a union cannot hold; "" when there is none.
std::string first_unfit(const Json& node, const std::string& path) {
  if (!node.is_object()) return "";
  const Json* items = member(node, "items");
  if (text_of(node, "format") == "time" || (items != nullptr && xdm_type_of(*items) == "array")) return path;
  if (items != nullptr) return first_unfit(*items, path);
  const Json* fields = member(node, "properties");
  if (fields == nullptr || !fields->is_object()) return "";
  for (const auto& [name, field] : fields->items()) {
    if (const std::string unfit = first_unfit(field, path + "/" + name); !unfit.empty()) return unfit;
  }
  return "";
}

}  // namespace

bool tagged_union(const Json& schema) {
  const auto tags = texts_of(schema, "meta:immutableTags");
  return std::find(tags.begin(), tags.end(), "union") != tags.end();
}

bool has_identity_map(const Json& effective) {
  const Json* map = member_at(effective, {"properties", "identityMap"});
  return map != nullptr && xdm_type_of(*map) == "map";
}

std::string unfit_for_union(const Json& effective) { return first_unfit(effective, ""); }

Error unfit_field(const std::string& path) {
  return union_not_possible("The field " + path + " cannot be part of a union: it is a time of day, or an array of arrays.");
}

Status check_union_possible(const UnionCandidate& schema) {
  if (schema.relational) return union_not_possible("A relational schema cannot take part in a union; it has no class.");
  if (schema.behavior == "adhoc") {
    return union_not_possible("An ad hoc schema cannot take part in a union; its class must be of record or time-series behavior.");
  }
  if (const std::string unfit = unfit_for_union(schema.effective); !unfit.empty()) return unfit_field(unfit);
  const bool primary = std::any_of(schema.descriptors.begin(), schema.descriptors.end(), [](const Descriptor& d) { return d.is_primary_identity(); });
  if (primary || has_identity_map(schema.effective)) return {};
  return union_not_possible("To take part in a union the schema needs a primary identity: an xdm:descriptorIdentity with xdm:isPrimary, or the identityMap field group.");
}

}  // namespace foz::registry
