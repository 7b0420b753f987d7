#pragma once
// The standard resources that are part of Foz itself: facts of the public component library (ids, paths, types, rules)
// with descriptions of our own. Follows: XDM core, 1 (tier A) and 3-6.

#include <string_view>
#include <vector>

#include "registry/resource.h"

namespace foz::registry {

/// A resource as JSON text in standard names; what every resource has (altId, version ...) is added on reading.
struct BuiltIn {
  ResourceKind kind;
  std::string_view text;
};

const std::vector<BuiltIn>& built_in_behaviors();
const std::vector<BuiltIn>& built_in_classes();
const std::vector<BuiltIn>& built_in_field_groups();
const std::vector<BuiltIn>& built_in_data_types();
const std::vector<BuiltIn>& built_in_address_types();

/// The version that built-in resources show.
inline constexpr std::string_view kBuiltInVersion = "1.9.5";

}  // namespace foz::registry
