// /data/foundation/schemaregistry/rpc and /stats. Follows: Schema Registry contract, 12 and 13.
#include "api/multipart.h"
#include "api/schema_registry.h"
#include "base/text.h"
#include "registry/errors.h"

namespace foz::api {
namespace {

Result<Response> get_stats(Services& services, const Request& request) {
  TRY(const Json stats, services.registry->stats(registry_scope(request)));
  return json_response(200, stats);
}

Result<Response> export_resource(Services& services, const Request& request) {
  TRY(const Json resources, services.registry->export_resource(registry_scope(request), request.part("id")));
  return json_response(200, resources);
}

Result<Response> import_resources(Services& services, const Request& request) {
  TRY(const Json resources, services.registry->import_resources(registry_scope(request), request.body));
  return json_response(200, resources);
}

Result<Response> get_sample(Services& services, const Request& request) {
  const auto form = registry::parse_accept(request.http.headers.get("Accept").value_or(""));
  TRY(const Json record, services.registry->sample(registry_scope(request), request.part("id"), form ? form->naming : registry::Naming::xdm));
  return json_response(200, record);
}

Result<Response> get_audit_log(Services& services, const Request& request) {
  TRY(const Json entries, services.registry->audit_log(registry_scope(request), request.part("id")));
  return json_response(200, entries);
}

Result<Response> schema_from_csv(Services& services, const Request& request) {
  const std::string_view type = request.http.headers.get("Content-Type").value_or("");
  if (!starts_with_ignoring_case(type, "multipart/form-data")) {
    return registry::malformed("The body is multipart/form-data with the parts csv-file, schema-class-id, schema-name and schema-description.");
  }
  const http::Query parts = multipart_fields(request.http.body, type);
  const auto csv = parts.get("csv-file");
  if (!csv) return registry::malformed("The part csv-file is missing.");
  const auto text = [&](std::string_view name) { return parts.get(name).value_or(""); };
  TRY(const Json resources, services.registry->schema_from_csv({.csv = *csv, .class_id = text("schema-class-id"), .name = text("schema-name"),
                                                                .description = text("schema-description")}));
  return json_response(200, resources);
}

constexpr Route kRoutes[] = {
    {http::Verb::get, "/stats", Right::view_schemas, get_stats, "What a sandbox has, in numbers", BodyUse::ignored, {.gives = "Stats"}},
    {http::Verb::get, "/rpc/export/{id...}", Right::view_schemas, export_resource, "Export a resource and what it is made of", BodyUse::ignored, {.gives = "Resources"}},
    {http::Verb::post, "/rpc/import", Right::manage_schemas, import_resources, "Import what was exported", BodyUse::json, {.gives = "Resources", .takes = "Resources"}},
    {http::Verb::post, "/rpc/export", Right::manage_schemas, import_resources, "The same as import, as a known client calls it", BodyUse::json, {.gives = "Resources", .takes = "Resources"}},
    {http::Verb::get, "/rpc/sampledata/{id...}", Right::view_schemas, get_sample, "A record that is valid for a schema", BodyUse::ignored, {.gives = "Object"}},
    {http::Verb::get, "/rpc/auditlog/{id...}", Right::view_schemas, get_audit_log, "Changes of a resource", BodyUse::ignored, {.gives = "AuditLog"}},
    {http::Verb::post, "/rpc/csv2schema", Right::manage_schemas, schema_from_csv, "A schema made from a CSV file", BodyUse::raw, {.gives = "Resources"}},
};

}  // namespace

std::span<const Route> registry_rpc_routes() { return kRoutes; }

}  // namespace foz::api
