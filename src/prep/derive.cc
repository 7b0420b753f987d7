#include "prep/derive.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "prep/suggest.h"
#include "registry/resource.h"
#include "registry/transfer.h"

namespace foz::prep {
namespace {

using registry::DerivedColumn;

/// Where a column may go in one part.
struct Place {
  std::string destination;
  double score = 0;
};
using Places = std::map<std::string, Place>;

engine::Type type_of(const Json& field) {
  const std::string type = text_of(field, "type"), format = text_of(field, "format");
  if (type == "boolean") return engine::Type::boolean;
  if (type == "integer") return engine::Type::integer;
  if (type == "number") return engine::Type::number;
  if (format == "date") return engine::Type::date;
  if (format == "date-time") return engine::Type::timestamp;
  return engine::Type::string;
}

Places places_in(const StandardPart& part, const std::vector<DerivedColumn>& columns) {
  std::vector<SourceColumn> sources;
  for (const DerivedColumn& column : columns) {
    const std::string type = text_of(column.schema, "type");
    if (type != "array" && type != "object") sources.push_back({.name = column.name, .type = type_of(column.schema)});
  }
  Places places;
  for (const Suggestion& suggestion : suggest(sources, registry::node_of(part.effective))) {
    if (!suggestion.destination.empty()) places[suggestion.source] = {suggestion.destination, suggestion.score};
  }
  return places;
}

double gain(const Places& places, const Places& taken) {
  double sum = 0;
  for (const auto& [column, place] : places) sum += taken.contains(column) ? 0 : place.score;
  return sum;
}

/// Parts chosen one after the other, the one that takes in most of what is left first.
struct Choice {
  std::string class_id;
  std::vector<std::string> groups;
  Places places;
};

Choice chosen(const Derive& wanted) {
  Choice choice;
  double best = -1;
  for (const StandardPart& part : wanted.classes) {
    Places places = places_in(part, wanted.columns);
    if (const double sum = gain(places, {}); sum > best) best = sum, choice = {.class_id = part.id, .places = std::move(places)};
  }
  std::vector<std::pair<std::string, Places>> left;
  for (const StandardPart& part : wanted.groups) left.emplace_back(part.id, places_in(part, wanted.columns));
  while (!left.empty()) {
    const auto next = std::max_element(left.begin(), left.end(), [&](const auto& a, const auto& b) { return gain(a.second, choice.places) < gain(b.second, choice.places); });
    if (gain(next->second, choice.places) <= 0) break;
    choice.groups.push_back(next->first);
    for (const auto& [column, place] : next->second) choice.places.try_emplace(column, place);
    left.erase(next);
  }
  return choice;
}

/// A column's own place in an object of columns: "a.b" lies in the object "a".
void put_field(Json& fields, std::string_view path, const Json& schema) {
  const size_t dot = path.find('.');
  if (dot == path.npos || dot == 0 || dot + 1 == path.size()) {
    fields[replace_all(std::string(path), "/", "_")] = schema;
    return;
  }
  Json& inner = fields[replace_all(std::string(path.substr(0, dot)), "/", "_")];
  if (text_of(inner, "type") != "object") inner = {{"type", "object"}, {"properties", Json::object()}};
  put_field(inner["properties"], path.substr(dot + 1), schema);
}

Json source_of(const Derive& wanted) {
  const std::string tenant(registry::kTenantStandIn);
  const std::string class_id = registry::id_text({tenant, "classes", wanted.class_tail}), schema_id = registry::id_text({tenant, "schemas", wanted.source_tail});
  Json fields = Json::object();
  for (const DerivedColumn& column : wanted.columns) put_field(fields, column.name, column.schema);
  const Json own = {{"properties", {{"_adhoc", {{"type", "object"}, {"properties", std::move(fields)}}}}}};
  return Json::array({{{"$id", class_id}, {"meta:resourceType", "classes"}, {"title", wanted.name + " source class"}, {"type", "object"},
                       {"description", "Columns of " + wanted.name}, {"allOf", Json::array({{{"$ref", registry::kAdhocBehavior}}, own})}},
                      {{"$id", schema_id}, {"meta:resourceType", "schemas"}, {"title", wanted.name + " source"}, {"type", "object"},
                       {"description", "Columns of " + wanted.name}, {"allOf", Json::array({{{"$ref", class_id}}})}}});
}

}  // namespace

Json derive(const Derive& wanted) {
  const Choice choice = chosen(wanted);
  registry::OwnFields own{.name = wanted.name, .description = "Target of " + wanted.name, .class_id = choice.class_id, .groups = choice.groups,
                          .group_tail = wanted.group_tail, .schema_tail = wanted.target_tail};
  Json columns = Json::array(), mappings = Json::array(), unmapped = Json::array();
  for (const DerivedColumn& column : wanted.columns) {
    Json shown = {{"name", column.name}, {"type", text_of(column.schema, "type")}};
    if (column.schema.contains("format")) shown["format"] = column.schema["format"];
    columns.push_back(std::move(shown));
    const auto place = choice.places.find(column.name);
    const bool is_standard = place != choice.places.end();
    if (!is_standard) {
      own.fields[column.field] = column.schema;
      unmapped.push_back(column.name);
    }
    mappings.push_back({{"source", column.name}, {"destination", is_standard ? place->second.destination : "_" + wanted.tenant + "." + column.field}});
  }
  return {{"columns", std::move(columns)}, {"source", source_of(wanted)}, {"target", registry::resources_with(own)}, {"mappings", std::move(mappings)},
          {"unmapped", std::move(unmapped)}};
}

}  // namespace foz::prep
