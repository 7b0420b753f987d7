// /data/foundation/access-control: what permissions mean, and which of them the caller has.
// Follows: Sandbox and authentication contract, 4.1.
#include <algorithm>
#include <set>

#include "api/not_offered.h"
#include "api/routes.h"
#include "base/text.h"
#include "base/time_text.h"
#include "security/organisation.h"

namespace foz::api {
namespace {

using http::Verb;
using security::Permission;

/// What a permission allows on a kind of resource. A `view-x` allows reading wherever its `manage-x` allows something.
struct Allowance {
  Permission permission;
  std::string_view resource;
  bool writes;
};
constexpr Allowance kAllowances[] = {
    {Permission::manage_sandboxes, "sandboxes", true},
    {Permission::manage_schemas, "schemas", true},
    {Permission::manage_schemas, "classes", true},
    {Permission::manage_schemas, "mixins", true},
    {Permission::manage_schemas, "data-types", true},
    {Permission::manage_schemas, "identity-descriptor", true},
    {Permission::manage_schemas, "relationship-descriptor", true},
    {Permission::manage_datasets, "datasets", true},
    {Permission::manage_datasets, "datasets-data", true},
    {Permission::manage_datasets, "connection", true},
    {Permission::manage_datasets, "dule-label", true},
    {Permission::manage_datasets, "schemas", false},
    {Permission::manage_datasets, "monitoring", false},
    {Permission::manage_sources, "sources", true},
    {Permission::view_sandboxes, "sandboxes", false},
    {Permission::view_schemas, "schemas", false},
    {Permission::view_schemas, "classes", false},
    {Permission::view_schemas, "mixins", false},
    {Permission::view_schemas, "data-types", false},
    {Permission::view_schemas, "identity-descriptor", false},
    {Permission::view_schemas, "relationship-descriptor", false},
    {Permission::view_datasets, "datasets", false},
    {Permission::view_datasets, "datasets-data", false},
    {Permission::view_datasets, "connection", false},
    {Permission::view_datasets, "dule-label", false},
    {Permission::view_datasets, "schemas", false},
    {Permission::view_datasets, "monitoring", false},
    {Permission::view_sources, "sources", false},
    {Permission::view_monitoring, "monitoring", false},
    {Permission::manage_access, "access", true},
};
constexpr std::string_view kResetResource = "reset-sandboxes";

Json actions_of(const Allowance& allowance) { return allowance.writes ? Json{"read", "write", "delete"} : Json{"read"}; }

Result<Response> get_reference(Services&, const Request&) {
  Json permissions = Json::object(), types = Json::object();
  for (const Allowance& allowance : kAllowances) {
    permissions[std::string(security::name_of(allowance.permission))][std::string(allowance.resource)] = actions_of(allowance);
    Json& of_type = types[std::string(allowance.resource)];
    if (of_type.is_null() || allowance.writes) of_type = actions_of(allowance);
  }
  permissions[std::string(security::name_of(Permission::reset_sandboxes))][std::string(kResetResource)] = {"read", "write"};
  types[std::string(kResetResource)] = {"read", "write"};
  return json_response(200, {{"permissions", permissions}, {"resource-types", types}});
}

/// What `granted` allows on a kind of resource.
Json actions_on(std::string_view resource, const security::Permissions& granted) {
  if (resource == kResetResource && granted.has(Permission::reset_sandboxes)) return {"read", "write"};
  Json actions = Json::array();
  for (const Allowance& allowance : kAllowances) {
    if (allowance.resource == resource && granted.has(allowance.permission) && (actions.empty() || allowance.writes)) actions = actions_of(allowance);
  }
  return actions;
}

Result<Response> get_policies(Services&, const Request& request) {
  const Error not_a_list{.kind = ErrorKind::invalid, .message = "the body is an array of names such as /permissions/manage-datasets and /resource-types/schemas"};
  if (!request.body.is_array()) return not_a_list;
  Json policies = Json::object();
  for (const Json& wanted : request.body) {
    if (!wanted.is_string()) return not_a_list;
    const std::string name = wanted.get<std::string>();
    constexpr std::string_view kPermission = "/permissions/", kType = "/resource-types/";
    Json& policy = policies[name] = Json::array();
    if (name.starts_with(kPermission)) {
      const auto permission = security::permission_named(std::string_view(name).substr(kPermission.size()));
      if (permission && request.caller.permissions.has(*permission)) policy = Json::array({"*"});
    } else if (name.starts_with(kType)) {
      policy = actions_on(std::string_view(name).substr(kType.size()), request.caller.permissions);
    }
  }
  return json_response(200, {{"policies", policies}});
}

Json permission_names(const security::Permissions& permissions) {
  Json names = Json::array();
  for (size_t i = 0; i < security::kPermissions; ++i) {
    const auto permission = static_cast<Permission>(i);
    if (permissions.has(permission)) names.push_back(security::name_of(permission));
  }
  return names;
}

/// The sandboxes that any client has the role in.
Json sandboxes_of(const std::vector<security::Client>& clients, std::string_view role) {
  std::set<std::string> names;
  for (const security::Client& client : clients) {
    for (const security::Grant& grant : client.grants) {
      if (!client.revoked && grant.role == role) names.insert(grant.sandboxes.begin(), grant.sandboxes.end());
    }
  }
  return Json(std::vector<std::string>(names.begin(), names.end()));
}

/// The roles are part of Foz: they are as old as the installation, and nobody changes them.
Result<Response> list_roles(Services& services, const Request&) {
  TRY(const auto clients, services.organisation.clients());
  TRY(const auto standard, services.sandboxes.standard());
  Json items = Json::array();
  for (const security::Role& role : security::roles()) {
    items.push_back({{"id", role.name}, {"name", role.name}, {"description", role.about}, {"roleType", "system-defined"}, {"recordType", "role"},
                     {"imsOrgID", services.organisation.id()}, {"createdAt", standard.created_ms}, {"createdBy", "foz"}, {"modifiedAt", standard.created_ms},
                     {"modifiedBy", "foz"}, {"permissionSets", permission_names(role.permissions)}, {"sandboxes", sandboxes_of(clients, role.name)}});
  }
  const size_t count = items.size();
  return json_response(200, {{"items", std::move(items)}, {"_page", {{"limit", count}, {"count", count}}}, {"_links", Json::object()}});
}

constexpr Route kAccessControlRoutes[] = {
    {Verb::get, "/acl/reference", Right::any, get_reference, "What permissions allow", BodyUse::ignored, {.gives = "AccessReference"}},
    {Verb::post, "/acl/effective-policies", Right::any, get_policies, "What the caller may do in the sandbox", BodyUse::json, {.gives = "Policies", .takes = "PolicyNames"}},
    {Verb::get, "/administration/roles", Right::manage_access, list_roles, "List roles", BodyUse::ignored, {.gives = "Roles"}},
    {Verb::get, "/administration/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
    {Verb::post, "/administration/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
    {Verb::put, "/administration/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
    {Verb::patch, "/administration/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
    {Verb::del, "/administration/{rest...}", Right::any, not_offered, "Not offered", BodyUse::ignored, {.also = "501"}},
};

}  // namespace

RouteTable access_control_routes() { return {Service::access_control, "/data/foundation/access-control", true, kAccessControlRoutes}; }

}  // namespace foz::api
