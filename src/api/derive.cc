// POST /foz/v1/derive: from a file or a table of a source to an ad hoc schema and a proposed target schema. Foz's own.
#include "api/flow_routes.h"
#include "api/insight.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/explore.h"
#include "prep/derive.h"
#include "registry/registry.h"
#include "schedule/ingest/ingestor.h"

namespace foz::api {
namespace {

using registry::DerivedColumn;
using registry::ResourceKind;

constexpr size_t kTailDigits = 48;

/// What a target may be made of.
constexpr std::string_view kClasses[] = {registry::kProfileClass, registry::kExperienceEventClass};
constexpr std::string_view kGroups[] = {"https://ns.adobe.com/xdm/context/profile-person-details", "https://ns.adobe.com/xdm/context/profile-personal-details",
                                        "https://ns.adobe.com/xdm/context/profile-work-details", "https://ns.adobe.com/xdm/context/profile-preferences-details"};

Result<std::vector<prep::StandardPart>> parts_of(Services& services, const Request& request, ResourceKind kind, std::span<const std::string_view> ids) {
  std::vector<prep::StandardPart> parts;
  const registry::Scope scope{.sandbox = request.sandbox.id};
  for (const std::string_view id : ids) {
    TRY(auto shown, services.registry->get(scope, {.global = true, .kind = kind}, id, {.naming = registry::Naming::xed, .full = true, .major = 1}));
    parts.push_back({.id = std::string(id), .effective = std::move(shown.body)});
  }
  return parts;
}

/// A table's columns as the source describes them.
Result<std::vector<DerivedColumn>> table_columns(Services& services, const Request& request, const std::string& connection) {
  const auto table = request.query.value("table");
  if (!table) return Error{.kind = ErrorKind::invalid, .message = "the parameter table is missing: it names a table of the connection"};
  TRY(const Json found, services.flows->connections.explore(scope_of(request), connection, {.type = flow::ObjectType::table, .object = *table}));
  const Json* list = member_at(found, {"schema", "columns"});
  std::vector<DerivedColumn> columns;
  std::set<std::string> taken;
  if (list == nullptr) return columns;
  for (const Json& column : *list) {
    const std::string name = text_of(column, "name");
    Json schema = {{"title", name}};
    if (const Json* xdm = member(column, "xdm"); xdm != nullptr && xdm->is_object()) schema.update(*xdm);
    if (!schema.contains("type")) schema["type"] = text_of(column, "type", "string");
    columns.push_back({.name = name, .field = registry::field_name(name, taken), .schema = std::move(schema)});
  }
  return columns;
}

Result<std::vector<DerivedColumn>> file_columns(Services& services, const Request& request) {
  if (request.http.body_file.empty()) return Error{.kind = ErrorKind::invalid, .message = "send a file as the body, or name connectionId and table"};
  const Json format = {{"format", request.query.value("format").value_or("")}, {"isMultiLineJson", request.query.value("isMultiLineJson").value_or("false")}};
  if (text_of(format, "format").empty()) return Error{.kind = ErrorKind::invalid, .message = "the parameter format is missing: csv, json or parquet"};
  return services.ingestor->columns_of(request.http.body_file, format, random_hex(services.random, 16));
}

Result<Response> derive_schemas(Services& services, const Request& request) {
  const std::string name(trim(request.query.value("name").value_or("")));
  if (name.empty()) return Error{.kind = ErrorKind::invalid, .message = "the parameter name is missing: what the schemas are to be called"};
  const auto connection = request.query.value("connectionId");
  auto columns = connection ? table_columns(services, request, *connection) : file_columns(services, request);
  if (!columns) {
    Error error = std::move(columns).error();
    if (!connection) error.code.clear();  // of a batch, which this is not
    return error;
  }
  prep::Derive wanted{.name = name, .tenant = services.registry->settings().tenant, .columns = std::move(*columns)};
  TRY(wanted.classes, parts_of(services, request, ResourceKind::class_, kClasses));
  TRY(wanted.groups, parts_of(services, request, ResourceKind::field_group, kGroups));
  for (std::string* tail : {&wanted.class_tail, &wanted.source_tail, &wanted.group_tail, &wanted.target_tail}) *tail = random_hex(services.random, kTailDigits);
  return json_response(200, prep::derive(wanted));
}

constexpr Route kDeriveRoutes[] = {
    {http::Verb::post, "/derive", Right::manage_schemas, derive_schemas, "An ad hoc schema and a proposed target schema for a file or a table", BodyUse::file,
     {.gives = "Derivation", .query = "name,format,connectionId,table"}},
};

}  // namespace

std::span<const Route> derive_routes() { return kDeriveRoutes; }

}  // namespace foz::api
