// /data/foundation/schemaregistry/{container}/descriptors. Follows: Schema Registry contract, 11.
#include "api/schema_registry.h"

#include "base/text.h"
#include "registry/errors.h"

namespace foz::api {
namespace {

/// A descriptor as a list shows it: its id, a link to it, or itself.
Json listed(const Json& descriptor, const registry::Form& form) {
  if (form.id) return descriptor["@id"];
  if (form.link) return "/tenant/descriptors/" + text_of(descriptor, "@id");
  return descriptor;
}

/// `{"xdm:descriptorIdentity": [...], ...}`
Json grouped(const std::vector<Json>& descriptors, const registry::Form& form) {
  Json groups = Json::object();
  for (const Json& descriptor : descriptors) groups[text_of(descriptor, "@type")].push_back(listed(descriptor, form));
  return groups;
}

bool is_global(const Request& request) { return request.http.path().find("/global/") != std::string_view::npos; }

Result<Response> list_descriptors(Services& services, const Request& request) {
  const auto& settings = services.registry->settings();
  TRY(const auto form, registry::form_of(registry::Lookup::descriptor_list, request.http.headers.get("Accept").value_or(""), settings.lenient_accept));
  TRY(auto listing, registry::parse_listing(request.query));
  if (!form.v2) listing.limit.reset();  // groups have no next page
  registry::Page page;
  if (!is_global(request)) {
    TRY(page, services.registry->list_descriptors(registry_scope(request), listing));
  }
  Json body;
  if (form.v2) {
    for (Json& descriptor : page.results) {
      descriptor = form.id || form.link ? listed(descriptor, form) : registry::projected(descriptor, listing.properties);
    }
    body = page_body(request, page, listing, is_global(request) ? "" : "descriptors");
  } else {
    body = grouped(page.results, form);
  }
  Response response = json_response(200, body);
  response.headers.set("Content-Type", registry::media_type(form));
  return response;
}

Result<Response> no_global_descriptor(Services&, const Request& request) {
  return registry::no_resource(registry::ResourceKind::descriptor, request.part("id"));
}

Result<Response> get_descriptor(Services& services, const Request& request) {
  TRY(const Json descriptor, services.registry->descriptor(registry_scope(request), request.part("id")));
  Response response = json_response(200, descriptor);
  response.headers.set("ETag", quoted_etag(text_of(descriptor["meta:registryMetadata"], "eTag")));
  return response;
}

Result<Response> create_descriptor(Services& services, const Request& request) {
  TRY(const Json descriptor, services.registry->create_descriptor(registry_scope(request), request.body));
  return json_response(201, descriptor);
}

Result<Response> replace_descriptor(Services& services, const Request& request) {
  TRY(const Json descriptor, services.registry->replace_descriptor(registry_scope(request), request.part("id"), request.body));
  return json_response(200, {{"@id", descriptor["@id"]}});
}

Result<Response> delete_descriptor(Services& services, const Request& request) {
  TRY_DO(services.registry->delete_descriptor(registry_scope(request), request.part("id")));
  return no_content();
}

constexpr Route kRoutes[] = {
    {http::Verb::get, "/global/descriptors", Right::view_schemas, list_descriptors, "List standard descriptors; there are none", BodyUse::ignored, {.gives = "Object", .query = "limit,start,orderby,property"}},
    {http::Verb::get, "/global/descriptors/{id}", Right::view_schemas, no_global_descriptor, "Look up a standard descriptor; there are none", BodyUse::ignored, {.gives = "Descriptor"}},
    {http::Verb::get, "/tenant/descriptors", Right::view_schemas, list_descriptors, "List descriptors", BodyUse::ignored, {.gives = "Object", .query = "limit,start,orderby,property"}},
    {http::Verb::post, "/tenant/descriptors", Right::manage_schemas, create_descriptor, "Create a descriptor", BodyUse::json, {.status = 201, .gives = "Descriptor", .takes = "DescriptorBody"}},
    {http::Verb::get, "/tenant/descriptors/{id}", Right::view_schemas, get_descriptor, "Look up a descriptor", BodyUse::ignored, {.gives = "Descriptor"}},
    {http::Verb::put, "/tenant/descriptors/{id}", Right::manage_schemas, replace_descriptor, "Replace a descriptor", BodyUse::json, {.gives = "DescriptorId", .takes = "DescriptorBody"}},
    {http::Verb::del, "/tenant/descriptors/{id}", Right::manage_schemas, delete_descriptor, "Delete a descriptor", BodyUse::ignored, {.status = 204}},
};

}  // namespace

std::span<const Route> descriptor_routes() { return kRoutes; }

}  // namespace foz::api
