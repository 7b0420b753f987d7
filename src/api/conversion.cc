// /mappingSets: which source column goes to which field. Follows: Data Prep contract, 2.
#include "api/conversion.h"

#include "api/routes.h"
#include "base/text.h"
#include "registry/registry.h"

namespace foz::api {
namespace {

constexpr int64_t kLimitMax = 1000;

Error bad_parameter(std::string message) { return {.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1009-400"}; }

Result<int64_t> query_number(const Request& request, std::string_view name, int64_t otherwise, int64_t least, int64_t most) {
  const auto text = request.query.value(name);
  if (!text) return otherwise;
  const auto number = to_integer(*text);
  if (number && *number >= least && *number <= most) return *number;
  return bad_parameter(std::string(name) + " is a number from " + std::to_string(least) + (most == INT64_MAX ? "" : " to " + std::to_string(most)));
}

Status read_order(const Request& request, prep::MappingSetList& list) {
  const auto text = request.query.value("orderBy");
  if (!text) return {};
  std::string_view field = trim(*text);  // a + arrives as a blank
  list.descending = field.starts_with('-');
  if (field.starts_with('-') || field.starts_with('+')) field.remove_prefix(1);
  if (field == "createdDate") list.order = prep::MappingSetList::Order::created;
  else if (field == "updatedDate" || field == "modifiedDate" || field == "lastUpdateDate") list.order = prep::MappingSetList::Order::modified;
  else return bad_parameter("orderBy is createdDate or updatedDate, with + or - in front");
  return {};
}

/// A set as it is shown, with the schema inside where that was asked for.
Json shown(Services& services, const Request& request, const prep::MappingSet& set, bool expand_schema) {
  if (!expand_schema || services.registry == nullptr) return prep::to_json(set);
  const auto schema = services.registry->schema(request.sandbox.id, set.target.id);
  return schema ? prep::to_json(set, &(*schema)->doc) : prep::to_json(set);
}

Json next_link(const Request& request, std::string_view path, const prep::MappingSetList& list) {
  http::Query query;
  for (const auto& [name, value] : request.query) {
    if (name != "limit" && name != "start") query.add(name, value);
  }
  query.add("limit", std::to_string(list.limit));
  query.add("start", std::to_string(list.start + list.limit));
  return {{"href", request.public_url + "/data/foundation/conversion" + std::string(path) + "?" + query.text()}, {"templated", false}};
}

Result<Response> list_sets(Services& services, const Request& request) {
  TRY(const prep::MappingSetList list, list_query(request));
  TRY(const bool expand_schema, query_flag(request, "expandSchema"));
  TRY(const prep::MappingSetPage page, services.mapping_sets->list(request.sandbox.id, list));
  Json data = Json::array();
  for (const prep::MappingSet& set : page.sets) data.push_back(shown(services, request, set, expand_schema));
  return list_response(request, "/mappingSets", list, std::move(data), page.more);
}

Result<Response> create_set(Services& services, const Request& request) {
  TRY(const bool validate, query_flag(request, "validate"));
  TRY(prep::MappingSet set, prep::read_mapping_set(request.body));
  TRY(const prep::MappingSet stored, services.mapping_sets->create(request.sandbox.id, std::move(set), request.caller.user_id, validate));
  return json_response(200, prep::created_json(stored));
}

Result<Response> get_set(Services& services, const Request& request) {
  TRY(const bool expand_schema, query_flag(request, "expandSchema"));
  std::optional<int64_t> version;
  if (request.query.value("version")) {
    TRY(version, query_number(request, "version", 0, 0, INT64_MAX));
  }
  TRY(const prep::MappingSet set, services.mapping_sets->find(request.sandbox.id, request.part("id"), version));
  return json_response(200, shown(services, request, set, expand_schema));
}

Result<Response> replace_set(Services& services, const Request& request) {
  TRY(const bool validate, query_flag(request, "validate"));
  TRY(prep::MappingSet set, prep::read_mapping_set(request.body));
  TRY(const prep::MappingSet stored, services.mapping_sets->replace(request.sandbox.id, request.part("id"), std::move(set), request.caller.user_id, validate));
  return json_response(200, prep::to_json(stored));
}

Result<Response> delete_set(Services& services, const Request& request) {
  TRY_DO(services.mapping_sets->remove(request.sandbox.id, request.part("id")));
  return no_content();
}

Result<Response> list_mappings(Services& services, const Request& request) {
  TRY(const prep::MappingSet set, services.mapping_sets->find(request.sandbox.id, request.part("id")));
  return json_response(200, prep::mappings_json(set));
}

Result<Response> get_mapping(Services& services, const Request& request) {
  TRY(const prep::MappingSet set, services.mapping_sets->find(request.sandbox.id, request.part("id")));
  TRY(const prep::Mapping mapping, prep::find_mapping(set, request.part("mappingId")));
  return json_response(200, prep::to_json(mapping));
}

Result<Response> add_mapping(Services& services, const Request& request) {
  TRY(prep::Mapping mapping, prep::read_mapping(request.body));
  TRY(const prep::Mapping stored, services.mapping_sets->add_mapping(request.sandbox.id, request.part("id"), std::move(mapping), request.caller.user_id));
  return json_response(200, prep::to_json(stored));
}

Result<Response> replace_mapping(Services& services, const Request& request) {
  TRY(prep::Mapping mapping, prep::read_mapping(request.body));
  TRY(const prep::Mapping stored, services.mapping_sets->replace_mapping(request.sandbox.id, request.part("id"), request.part("mappingId"), std::move(mapping),
                                                                         request.caller.user_id));
  return json_response(200, prep::to_json(stored));
}

Result<Response> delete_mapping(Services& services, const Request& request) {
  TRY_DO(services.mapping_sets->remove_mapping(request.sandbox.id, request.part("id"), request.part("mappingId"), request.caller.user_id));
  return no_content();
}

constexpr Route kRows[] = {
    {http::Verb::get, "/mappingSets", Right::view_sources, list_sets, "List mapping sets", BodyUse::ignored, {.gives = "MappingSets", .query = "limit,start,orderBy,name,property,expandSchema"}},
    {http::Verb::post, "/mappingSets", Right::manage_sources, create_set, "Create a mapping set", BodyUse::json, {.gives = "MappingSetCreated", .takes = "MappingSetBody", .query = "validate"}},
    {http::Verb::get, "/mappingSets/{id}", Right::view_sources, get_set, "Look up a mapping set", BodyUse::ignored, {.gives = "MappingSet", .query = "version,expandSchema"}},
    {http::Verb::put, "/mappingSets/{id}", Right::manage_sources, replace_set, "Replace a mapping set", BodyUse::json, {.gives = "MappingSet", .takes = "MappingSetBody", .query = "validate"}},
    {http::Verb::del, "/mappingSets/{id}", Right::manage_sources, delete_set, "Delete a mapping set", BodyUse::ignored, {.status = 204}},
    {http::Verb::get, "/mappingSets/{id}/mappings", Right::view_sources, list_mappings, "List the mappings of a set", BodyUse::ignored, {.gives = "Mappings"}},
    {http::Verb::post, "/mappingSets/{id}/mappings", Right::manage_sources, add_mapping, "Add a mapping to a set", BodyUse::json, {.gives = "Mapping", .takes = "MappingBody"}},
    {http::Verb::get, "/mappingSets/{id}/mappings/{mappingId}", Right::view_sources, get_mapping, "Look up a mapping", BodyUse::ignored, {.gives = "Mapping"}},
    {http::Verb::put, "/mappingSets/{id}/mappings/{mappingId}", Right::manage_sources, replace_mapping, "Replace a mapping", BodyUse::json, {.gives = "Mapping", .takes = "MappingBody"}},
    {http::Verb::del, "/mappingSets/{id}/mappings/{mappingId}", Right::manage_sources, delete_mapping, "Delete a mapping", BodyUse::ignored, {.status = 204}},
};

std::vector<Route> all_rows() {
  std::vector<Route> rows;
  for (const auto part : {conversion_set_rows(), conversion_helper_rows(), conversion_sample_rows(), conversion_batch_rows()}) rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

}  // namespace

Result<bool> query_flag(const Request& request, std::string_view name) {
  const auto text = request.query.value(name);
  if (!text) return false;
  if (const auto flag = as_boolean(Json(*text))) return *flag;
  return bad_parameter(std::string(name) + " is true or false");
}

Result<prep::MappingSetList> list_query(const Request& request) {
  prep::MappingSetList list;
  TRY(list.limit, query_number(request, "limit", 10, 1, kLimitMax));
  TRY(list.start, query_number(request, "start", 0, 0, INT64_MAX));
  list.name = request.query.value("name").value_or("");
  TRY_DO(read_order(request, list));
  for (const std::string& property : request.query.get_all("property")) {
    if (property.empty()) continue;
    const size_t at = property.find("==");
    if (at == property.npos || at == 0) return bad_parameter("property looks like status==PUBLISHED");
    list.properties.emplace_back(property.substr(0, at), property.substr(at + 2));
  }
  return list;
}

Response list_response(const Request& request, std::string_view path, const prep::MappingSetList& list, Json data, bool more) {
  Json links = Json::object();
  if (more) links["next"] = next_link(request, path, list);
  const size_t count = data.size();
  return json_response(200, {{"data", std::move(data)}, {"_page", {{"count", count}, {"limit", list.limit}}}, {"_links", std::move(links)}});
}

std::span<const Route> conversion_set_rows() { return kRows; }

RouteTable conversion_routes() {
  static const std::vector<Route> kAll = all_rows();
  return {Service::conversion, "/data/foundation/conversion", true, kAll};
}

}  // namespace foz::api
