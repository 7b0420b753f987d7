// Metadata resources and functions. Follows: Sources contract, 3.3.
#include <algorithm>

#include "base/text.h"
#include "simulators/dynamics/dynamics.h"

namespace foz::sim {
namespace {

constexpr std::string_view kCast = "Microsoft.Dynamics.CRM.";

/// The value of a metadata member for filters: texts, numbers, and the `Value` of managed properties.
ODataValue member_value(const Json& json, const std::string& path) {
  const Json* at = &json;
  for (const std::string_view step : split(path, '/')) {
    at = member(*at, step);
    if (at == nullptr) return {};
  }
  if (at->is_object() && at->contains("Value")) at = &(*at)["Value"];
  if (at->is_boolean()) return {.type = ODataValue::Type::boolean, .number = at->get<bool>() ? 1.0 : 0.0};
  if (at->is_number()) return {.type = ODataValue::Type::number, .number = at->get<double>()};
  return at->is_string() ? odata_text(at->get<std::string>()) : ODataValue{};
}

/// Keeps the members that `$select` and `$expand` name; all when there is no `$select`.
Json selected(const Json& json, const std::vector<std::string>& select, const std::vector<std::string>& expand) {
  const bool all = select.empty();
  Json result = Json::object();
  for (const auto& [name, value] : json.items()) {
    const bool navigated = name == "OptionSet" || name == "GlobalOptionSet";
    const bool named = std::find(select.begin(), select.end(), name) != select.end();
    const bool expanded = std::any_of(expand.begin(), expand.end(), [&, key = name](const std::string& one) { return one == key || one.starts_with(key + "("); });
    if (name == "MetadataId" || name == "@odata.type" || (navigated ? expanded : all || named)) result[name] = value;
  }
  return result;
}

/// The entries that `$filter` lets through, cut to `$select`; or what is wrong with the filter.
std::variant<Json, std::string> listed(const Json& all, const std::string& filter_text, const std::vector<std::string>& select, const std::vector<std::string>& expand) {
  ODataFilter filter;
  if (!filter_text.empty()) {
    ODataParsed parsed = parse_odata_filter(filter_text);
    if (auto* message = std::get_if<std::string>(&parsed)) return std::move(*message);
    filter = std::move(std::get<ODataFilter>(parsed));
  }
  Json list = Json::array();
  for (const Json& one : all) {
    if (!odata_holds(filter, [&](const ODataFilter& leaf) { return member_value(one, leaf.property); })) continue;
    list.push_back(selected(one, select, expand));
  }
  return list;
}

/// `LogicalName='account'` or a MetadataId.
bool key_fits(const std::string& key, const Json& json) {
  if (key.starts_with("LogicalName='") && key.ends_with('\'')) return key.substr(13, key.size() - 14) == text_of(json, "LogicalName");
  return equal_ignoring_case(key, text_of(json, "MetadataId"));
}

http::Response list_response(const std::string& context, std::variant<Json, std::string> list) {
  if (const auto* message = std::get_if<std::string>(&list)) return dynamics_error({.message = *message});
  return json_response(200, Json{{"@odata.context", context}, {"value", std::move(std::get<Json>(list))}});
}

http::Response missing(std::string_view what) {
  return dynamics_error({.status = 404, .code = "0x80060888", .message = "Could not find an entity with the specified key: " + std::string(what)});
}

}  // namespace

http::Response Dynamics::definitions(Visit& visit, const std::vector<DynamicsSegment>& path) {
  const std::string context = service_root(visit) + "$metadata#EntityDefinitions";
  const auto text = [&](std::string_view name) { return visit.query.value(name).value_or(""); };
  const std::vector<std::string> select = odata_list(text("$select")), expand = odata_list(text("$expand"));
  if (visit.query.get("$top") || visit.query.get("$skip")) return dynamics_error({.message = "The query option is not supported for metadata."});
  if (!path[0].key) {
    Json all = Json::array();
    for (const DynamicsEntity& entity : entities_) all.push_back(dynamics_definition(entity, world_.tables.find(entity.logical)->spec()));
    return list_response(context, listed(all, text("$filter"), select, expand));
  }
  for (const DynamicsEntity& entity : entities_) {
    const TableRef table = world_.tables.find(entity.logical);
    const Json definition = dynamics_definition(entity, table->spec());
    if (!key_fits(*path[0].key, definition)) continue;
    if (path.size() > 1) return attributes(visit, entity, path);
    Json json = selected(definition, select, expand);
    for (const std::string& one : expand) {
      const ODataExpand wanted = parse_odata_expand(one);
      if (wanted.name == "Attributes") json["Attributes"] = std::get<Json>(listed(dynamics_attributes(entity, table->spec()), "", wanted.select, {}));
      else if (wanted.name == "ManyToOneRelationships") json[wanted.name] = std::get<Json>(listed(dynamics_relationships(entity, table->spec()), "", wanted.select, {}));
      else json[wanted.name] = Json::array();  // keys, and relationships that others hold
    }
    json["@odata.context"] = context + "/$entity";
    return json_response(200, json);
  }
  return missing(*path[0].key);
}

http::Response Dynamics::attributes(Visit& visit, const DynamicsEntity& entity, const std::vector<DynamicsSegment>& path) {
  const std::string context = service_root(visit) + "$metadata#EntityDefinitions('" + entity.logical + "')/" + path[1].name;
  if (path[1].name != "Attributes") return json_response(200, Json{{"@odata.context", context}, {"value", Json::array()}});
  const auto text = [&](std::string_view name) { return visit.query.value(name).value_or(""); };
  const std::vector<std::string> select = odata_list(text("$select")), expand = odata_list(text("$expand"));
  Json all = dynamics_attributes(entity, world_.tables.find(entity.logical)->spec());
  if (path.size() > 2 && path[2].name.starts_with(kCast)) {
    const std::string wanted = "#" + path[2].name;
    Json fitting = Json::array();
    for (Json& one : all) {
      if (text_of(one, "@odata.type") == wanted) fitting.push_back(std::move(one));
    }
    all = std::move(fitting);
  }
  if (!path[1].key) return list_response(context, listed(all, text("$filter"), select, expand));
  for (const Json& one : all) {
    if (!key_fits(*path[1].key, one)) continue;
    Json json = selected(one, select, expand);
    json["@odata.context"] = context + "/$entity";
    return json_response(200, json);
  }
  return missing(*path[1].key);
}

http::Response Dynamics::service_document(Visit& visit) const {
  Json sets = Json::array();
  for (const DynamicsEntity& entity : entities_) sets.push_back({{"name", entity.set}, {"kind", "EntitySet"}, {"url", entity.set}});
  return json_response(200, Json{{"@odata.context", service_root(visit) + "$metadata"}, {"value", std::move(sets)}});
}

http::Response Dynamics::who_am_i(Visit& visit) const {
  return json_response(200, Json{{"@odata.context", service_root(visit) + "$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse"}, {"BusinessUnitId", made_uuid(world_.options.seed, "unit")},
                                 {"UserId", secrets_.user_id}, {"OrganizationId", secrets_.organization_id}});
}

/// A snapshot: what the tables held before anybody changed them.
http::Response Dynamics::record_count(Visit& visit, const std::string& call) const {
  std::string names = call.substr(std::min(call.find('=') + 1, call.size()));
  if (names.starts_with('@')) names = visit.query.value(names).value_or("");
  Json keys = Json::array(), values = Json::array();
  for (const std::string_view part : split(names, ',')) {
    const size_t from = part.find_first_not_of("[' \""), to = part.find_last_not_of("]' \"");
    const TableRef table = from == part.npos ? nullptr : world_.tables.find(part.substr(from, to - from + 1));
    if (table == nullptr) return dynamics_error({.message = "The entity with a name = " + std::string(part) + " was not found in the MetadataCache."});
    keys.push_back(table->spec().name);
    values.push_back(table->made_rows());
  }
  return json_response(200, Json{{"@odata.context", service_root(visit) + "$metadata#Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse"},
                                 {"EntityRecordCountCollection", {{"Count", keys.size()}, {"IsReadOnly", false}, {"Keys", std::move(keys)}, {"Values", std::move(values)}}}});
}

}  // namespace foz::sim
