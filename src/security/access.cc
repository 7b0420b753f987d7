#include "security/access.h"

#include <algorithm>
#include <array>

namespace foz::security {
namespace {

constexpr std::array<std::string_view, kPermissions> kNames = {
    "view-schemas",    "manage-schemas",   "view-datasets",   "manage-datasets",           "view-sources", "manage-sources",
    "view-sandboxes",  "manage-sandboxes", "reset-sandboxes", "view-monitoring-dashboard", "manage-access"};

bool is_for(const Grant& grant, std::string_view sandbox_name) {
  return std::any_of(grant.sandboxes.begin(), grant.sandboxes.end(), [&](const std::string& name) { return name == "*" || name == sandbox_name; });
}

}  // namespace

std::string_view name_of(Permission permission) { return kNames[static_cast<size_t>(permission)]; }

std::optional<Permission> permission_named(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Permission>(found - kNames.begin());
}

void Permissions::add(Permission permission) {
  bits_.set(static_cast<size_t>(permission));
  switch (permission) {
    case Permission::manage_schemas: return add(Permission::view_schemas);
    case Permission::manage_datasets: return add(Permission::view_datasets);
    case Permission::manage_sources: return add(Permission::view_sources);
    case Permission::manage_sandboxes: return add(Permission::view_sandboxes);
    default: return;
  }
}

const std::vector<Role>& roles() {
  using enum Permission;
  static const std::vector<Role> kRoles = {
      {"admin", "Everything, in all sandboxes it is granted for.",
       {manage_schemas, manage_datasets, manage_sources, manage_sandboxes, reset_sandboxes, view_monitoring, manage_access}},
      {"editor", "Designs schemas, data sets and flows.",
       {manage_schemas, manage_datasets, manage_sources, view_sandboxes, view_monitoring}},
      {"operator", "Runs and repairs flows; looks at everything else.",
       {manage_sources, view_schemas, view_datasets, view_sandboxes, view_monitoring}},
      {"viewer", "Looks at everything, changes nothing.",
       {view_schemas, view_datasets, view_sources, view_sandboxes, view_monitoring}},
      {"service", "As editor, for API clients only; never signs in to the console.",
       {manage_schemas, manage_datasets, manage_sources, view_sandboxes, view_monitoring}},
  };
  return kRoles;
}

const Role* role_named(std::string_view name) {
  const auto found = std::find_if(roles().begin(), roles().end(), [&](const Role& role) { return role.name == name; });
  return found == roles().end() ? nullptr : &*found;
}

Permissions permissions_in(const std::vector<Grant>& grants, std::string_view sandbox_name) {
  Permissions permissions;
  for (const Grant& grant : grants) {
    const Role* role = role_named(grant.role);
    if (is_for(grant, sandbox_name) && role != nullptr) permissions.add(role->permissions);
  }
  return permissions;
}

HeldLabels labels_in(const std::vector<Grant>& grants, std::string_view sandbox_name) {
  if (permissions_in(grants, sandbox_name).has(Permission::manage_access)) return HeldLabels::all();
  HeldLabels held;
  for (const Grant& grant : grants) {
    if (!is_for(grant, sandbox_name)) continue;
    for (const std::string& label : grant.labels) held.add(label);
  }
  return held;
}

}  // namespace foz::security
