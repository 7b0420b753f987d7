#pragma once
// The object types of the simulated portal, and what HubSpot says of their properties.

#include "simulators/vendor.h"

namespace foz::sim {

/// What HubSpot calls an object type in paths, answers and permissions.
struct HubspotType {
  std::string plural;    ///< contacts; the name of the table
  std::string singular;  ///< contact
  std::string id;        ///< 0-1
  std::string cursor;    ///< lastmodifieddate for contacts, hs_lastmodifieddate for the rest
  std::vector<std::string> usual;  ///< properties that come when none are asked for
  std::vector<std::string> searched;  ///< what `query` looks into
  std::string scope = {};
};

/// The types of a portal: the standard ones, `cars`, the CSV file, and as many empty ones as asked for.
std::vector<HubspotType> hubspot_types(const World& world);
/// Traits: "archive_keeps_stamp" (all), "custom".
std::vector<TableSpec> hubspot_tables(const World& world, const std::vector<HubspotType>& types);
/// The type that a path names: by plural, singular, number or, for custom objects, `p_name` or `p{portal}_name`.
const HubspotType* hubspot_type(const std::vector<HubspotType>& types, std::string_view name);
uint64_t hubspot_portal(uint64_t seed);

/// One entry of `/crm/v3/properties/{type}`.
Json hubspot_property(const Column& column);
/// One entry of `/crm-object-schemas/v3/schemas`.
Json hubspot_schema(const TableSpec& table, const HubspotType& type);

}  // namespace foz::sim
