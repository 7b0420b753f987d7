// /data/foundation/schemaregistry: schemas, classes, field groups, data types, behaviors and unions.
// Follows: Schema Registry contract, 1-7.
#include "api/schema_registry.h"

#include <deque>

#include "api/routes.h"
#include "base/text.h"
#include "registry/errors.h"

namespace foz::api {
namespace {

using http::Verb;
using registry::ResourceKind;

/// Container and collection as the path of a request names them.
struct Place {
  registry::Shelf shelf;
  std::string container, collection;
};

Place place_of(const Request& request) {
  std::string_view path = request.http.path();
  path.remove_prefix(path.find(kRegistryPrefix) + kRegistryPrefix.size());
  std::vector<std::string_view> steps;
  for (const std::string_view step : split(path, '/')) {
    if (!step.empty()) steps.push_back(step);
  }
  FOZ_CHECK(steps.size() >= 2, "a registry route without a collection");
  const auto kind = registry::kind_of_collection(steps[1]);
  FOZ_CHECK(kind.has_value(), "a registry route with an unknown collection");
  return {.shelf = {.global = steps[0] == "global", .kind = *kind}, .container = std::string(steps[0]), .collection = std::string(steps[1])};
}

Result<Response> list_resources(Services& services, const Request& request) {
  const Place place = place_of(request);
  const auto& settings = services.registry->settings();
  TRY(const auto form, registry::form_of(registry::Lookup::list, request.http.headers.get("Accept").value_or(""), settings.lenient_accept));
  TRY(const auto listing, registry::parse_listing(request.query));
  TRY(const auto page, services.registry->list(registry_scope(request), place.shelf, form, listing));
  const bool has_global = !place.shelf.global && place.shelf.kind != ResourceKind::union_view;
  Response response = json_response(200, page_body(request, page, listing, has_global ? place.collection : ""));
  response.headers.set("Content-Type", registry::media_type(form));
  return response;
}

Result<Response> get_resource(Services& services, const Request& request) {
  const auto& settings = services.registry->settings();
  TRY(const auto form, registry::form_of(registry::Lookup::resource, request.http.headers.get("Accept").value_or(""), settings.lenient_accept));
  TRY(const auto shown, services.registry->get(registry_scope(request), place_of(request).shelf, request.part("id"), form));
  Response response = json_response(200, shown.body);
  response.headers.set("Content-Type", registry::media_type(form));
  response.headers.set("ETag", quoted_etag(shown.etag));
  return response;
}

/// What a write answers: the resource, and word about its descriptors.
Response written(int status, registry::Shown shown) {
  shown.body["meta:descriptorStatus"] = {{"result", Json::array()}};
  Response response = json_response(status, shown.body);
  response.headers.set("ETag", quoted_etag(shown.etag));
  return response;
}

/// `?validateOnly=true`, or `Pragma: validate-only` as Catalog has it.
bool only_tries(const Request& request) {
  return equal_ignoring_case(request.query.value("validateOnly").value_or(""), "true") ||
         equal_ignoring_case(trim(request.http.headers.get("Pragma").value_or("")), "validate-only");
}

Result<Response> tried(Services& services, const Request& request, const registry::Registry::Change& change) {
  TRY(const Json impact, services.registry->impact(registry_scope(request), change));
  return json_response(200, impact);
}

/// A change that was made, or what it would come to.
using Make = Result<registry::Shown> (registry::Registry::*)(const registry::Scope&, ResourceKind, std::string_view, const Json&);
Result<Response> changed(Services& services, const Request& request, Make make) {
  const ResourceKind kind = place_of(request).shelf.kind;
  if (only_tries(request)) {
    return tried(services, request, [&](registry::Registry& in, const registry::Scope& scope) -> Status {
      TRY_DO((in.*make)(scope, kind, request.part("id"), request.body));
      return {};
    });
  }
  TRY(auto shown, (services.registry->*make)(registry_scope(request), kind, request.part("id"), request.body));
  return written(200, std::move(shown));
}

Result<Response> create_resource(Services& services, const Request& request) {
  TRY(auto shown, services.registry->create(registry_scope(request), place_of(request).shelf.kind, request.body));
  return written(201, std::move(shown));
}

Result<Response> replace_resource(Services& services, const Request& request) {
  return changed(services, request, &registry::Registry::replace);
}

Result<Response> patch_resource(Services& services, const Request& request) {
  return changed(services, request, &registry::Registry::patch);
}

Result<Response> delete_resource(Services& services, const Request& request) {
  const ResourceKind kind = place_of(request).shelf.kind;
  if (only_tries(request)) {
    return tried(services, request, [&](registry::Registry& in, const registry::Scope& scope) { return in.remove(scope, kind, request.part("id")); });
  }
  TRY_DO(services.registry->remove(registry_scope(request), kind, request.part("id")));
  return no_content();
}

Result<Response> refuse_write(Services&, const Request&) { return registry::library_is_read_only(); }

/// A row for each collection; `{}` in the pattern stands for its name.
struct CollectionRoute {
  Verb verb;
  std::string_view pattern;
  std::vector<std::string_view> collections;
  Right right;
  Handler handler;
  std::string_view summary;
  BodyUse body = BodyUse::ignored;
  Shape shape = {};
};

const std::vector<std::string_view> kOwned = {"schemas", "classes", "fieldgroups", "mixins", "datatypes"};
const std::vector<std::string_view> kOwnedById = {"schemas", "schema", "classes", "fieldgroups", "mixins", "datatypes"};
const std::vector<std::string_view> kGlobal = {"schemas", "classes", "fieldgroups", "mixins", "datatypes", "behaviors"};
const std::vector<std::string_view> kGlobalWritten = {"schemas", "classes", "fieldgroups", "mixins", "datatypes", "behaviors", "descriptors"};

const std::vector<CollectionRoute>& collection_routes() {
  static const std::vector<CollectionRoute> kRoutes = {
      {Verb::get, "/global/{}", kGlobal, Right::view_schemas, list_resources, "List standard resources", BodyUse::ignored, {.gives = "ResourcePage", .query = "limit,start,orderby,property,properties"}},
      {Verb::get, "/global/{}/{id...}", kGlobal, Right::view_schemas, get_resource, "Look up a standard resource", BodyUse::ignored, {.gives = "Resource"}},
      {Verb::post, "/global/{}", kGlobalWritten, Right::manage_schemas, refuse_write, "Refused: standard resources belong to nobody", BodyUse::ignored},
      {Verb::put, "/global/{}/{id...}", kGlobalWritten, Right::manage_schemas, refuse_write, "Refused: standard resources belong to nobody", BodyUse::ignored},
      {Verb::patch, "/global/{}/{id...}", kGlobalWritten, Right::manage_schemas, refuse_write, "Refused: standard resources belong to nobody", BodyUse::ignored},
      {Verb::del, "/global/{}/{id...}", kGlobalWritten, Right::manage_schemas, refuse_write, "Refused: standard resources belong to nobody", BodyUse::ignored},
      {Verb::get, "/tenant/{}", kOwned, Right::view_schemas, list_resources, "List own resources", BodyUse::ignored, {.gives = "ResourcePage", .query = "limit,start,orderby,property,properties"}},
      {Verb::post, "/tenant/{}", kOwned, Right::manage_schemas, create_resource, "Create a resource", BodyUse::json, {.status = 201, .gives = "Resource", .takes = "ResourceBody"}},
      {Verb::get, "/tenant/{}/{id...}", kOwnedById, Right::view_schemas, get_resource, "Look up a resource, own or standard", BodyUse::ignored, {.gives = "Resource"}},
      {Verb::put, "/tenant/{}/{id...}", kOwnedById, Right::manage_schemas, replace_resource, "Replace a resource", BodyUse::json, {.gives = "ResourceOrChanges", .takes = "ResourceBody", .query = "validateOnly"}},
      {Verb::patch, "/tenant/{}/{id...}", kOwnedById, Right::manage_schemas, patch_resource, "Patch a resource", BodyUse::json, {.gives = "ResourceOrChanges", .takes = "JsonPatch", .query = "validateOnly"}},
      {Verb::del, "/tenant/{}/{id...}", kOwnedById, Right::manage_schemas, delete_resource, "Delete a resource", BodyUse::ignored, {.status = 204, .gives = "Changes", .query = "validateOnly", .also = "200"}},
      {Verb::get, "/tenant/{}", {"unions"}, Right::view_schemas, list_resources, "List unions", BodyUse::ignored, {.gives = "ResourcePage", .query = "limit,start,orderby,property,properties"}},
      {Verb::get, "/tenant/{}/{id...}", {"unions"}, Right::view_schemas, get_resource, "Look up a union", BodyUse::ignored, {.gives = "Resource"}},
  };
  return kRoutes;
}

/// All rows of the registry, those of collections once for each.
struct RegistryTable {
  std::vector<Route> routes;
  std::deque<std::string> patterns;

  RegistryTable() {
    for (const CollectionRoute& row : collection_routes()) {
      for (const std::string_view collection : row.collections) {
        const std::string& pattern = patterns.emplace_back(replace_all(std::string(row.pattern), "{}", collection));
        routes.push_back({row.verb, pattern, row.right, row.handler, row.summary, row.body, row.shape});
      }
    }
    for (const auto rows : {descriptor_routes(), registry_rpc_routes()}) routes.insert(routes.end(), rows.begin(), rows.end());
  }
};

}  // namespace

registry::Scope registry_scope(const Request& request) {
  return {.sandbox = request.sandbox.id, .sandbox_type = request.sandbox.type, .client = request.caller.client_id, .user = request.caller.user_id,
          .request_id = request.request_id};
}

std::string quoted_etag(std::string_view etag) { return "\"" + std::string(etag) + "\""; }

Json page_body(const Request& request, const registry::Page& page, const registry::Listing& listing, std::string_view global_collection) {
  const std::string base = request.public_url + std::string(kRegistryPrefix);
  Json body = {{"results", page.results},
               {"_page", {{"orderby", listing.order_text}, {"next", nullptr}, {"count", page.results.size()}}},
               {"_links", {{"next", nullptr}}}};
  if (page.next) {
    http::Query query;
    for (const auto& [name, value] : request.query) {
      if (name != "start" && !value.empty()) query.add(name, value);
    }
    query.add("start", *page.next);
    body["_page"]["next"] = *page.next;
    body["_links"]["next"] = {{"href", request.public_url + std::string(request.http.path()) + "?" + query.text()}};
  }
  if (!global_collection.empty()) {
    const std::string name(global_collection);
    body["_links"]["global_" + name] = {{"href", base + "/global/" + name}};
  }
  return body;
}

RouteTable registry_routes() {
  static const RegistryTable kTable;
  return {Service::registry, kRegistryPrefix, true, kTable.routes};
}

}  // namespace foz::api
