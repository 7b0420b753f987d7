#pragma once
// Permissions, roles and grants. Follows: Sandbox and authentication contract, 4.

#include <bitset>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace foz::security {

enum class Permission : uint8_t {
  view_schemas, manage_schemas, view_datasets, manage_datasets, view_sources, manage_sources, view_sandboxes,
  manage_sandboxes, reset_sandboxes, view_monitoring, manage_access,
};
inline constexpr size_t kPermissions = 11;

/// As the API spells it: "manage-schemas"; view_monitoring is "view-monitoring-dashboard".
std::string_view name_of(Permission permission);
std::optional<Permission> permission_named(std::string_view name);

class Permissions {
 public:
  Permissions() = default;
  Permissions(std::initializer_list<Permission> given) {
    for (const Permission permission : given) add(permission);
  }
  /// A `manage` permission brings its `view` one.
  void add(Permission permission);
  void add(const Permissions& others) { bits_ |= others.bits_; }
  bool has(Permission permission) const { return bits_.test(static_cast<size_t>(permission)); }
  bool empty() const { return bits_.none(); }

 private:
  std::bitset<kPermissions> bits_;
};

struct Role {
  std::string_view name;
  std::string_view about;
  Permissions permissions;
};

/// admin, editor, operator, viewer, service.
const std::vector<Role>& roles();
const Role* role_named(std::string_view name);

/// A role in some sandboxes; `*` means all. `labels`: the access labels that it holds there; `*` means all.
struct Grant {
  std::string role;
  std::vector<std::string> sandboxes;
  std::vector<std::string> labels = {};
};

/// Access labels that somebody holds.
class HeldLabels {
 public:
  static HeldLabels all() {
    HeldLabels held;
    held.add("*");
    return held;
  }
  void add(const std::string& label) { labels_.insert(label); }
  bool holds_all() const { return labels_.contains("*"); }
  bool holds(const std::string& label) const { return holds_all() || labels_.contains(label); }

 private:
  std::set<std::string> labels_;
};

/// What the grants allow in the sandbox of that name.
Permissions permissions_in(const std::vector<Grant>& grants, std::string_view sandbox_name);
/// The labels that the grants hold there; whoever manages access holds all.
HeldLabels labels_in(const std::vector<Grant>& grants, std::string_view sandbox_name);

}  // namespace foz::security
