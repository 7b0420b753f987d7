// Properties and custom object schemas. Follows: Sources contract, 4.3.
#include "simulators/hubspot/hubspot.h"

namespace foz::sim {

http::Response Hubspot::properties(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  Json list = Json::array();
  if (visit.query.get("archived") != "true") {
    for (const Column* column : objects->table->visible_columns()) list.push_back(hubspot_property(*column));
  }
  return json_response(200, Json{{"results", std::move(list)}});
}

http::Response Hubspot::property(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const Column* column = objects->table->column(visit.part("name"));
  if (column == nullptr) return hubspot_error(404, "OBJECT_NOT_FOUND", "No " + objects->type->singular + " property exists with the name '" + visit.part("name") + "'.");
  return json_response(200, hubspot_property(*column));
}

http::Response Hubspot::schemas(Visit& visit) {
  Json list = Json::array();
  for (const HubspotType& type : types_) {
    if (type.scope != "custom" || visit.query.get("archived") == "true") continue;
    list.push_back(hubspot_schema(world_.tables.find(type.plural)->spec(), type));
  }
  return json_response(200, Json{{"results", std::move(list)}});
}

http::Response Hubspot::schema(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  return json_response(200, hubspot_schema(objects->table->spec(), *objects->type));
}

}  // namespace foz::sim
