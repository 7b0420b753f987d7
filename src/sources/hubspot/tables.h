#pragma once
// The tables of a HubSpot account. Follows: Sources contract, 4.6.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "sources/source.h"

namespace foz::sources::hubspot {

/// What stands behind a table.
enum class Kind : uint8_t {
  object,        ///< records of an object type, under the names of the v3 API
  contacts_v1,   ///< contacts in the shape of the v1 API (4.4)
  deals_v1,      ///< deals in the shape of the v1 API
  properties,    ///< what the account says of the properties of an object type
  associations,  ///< which records of `type` are linked to which of `to`
  collection,    ///< a small collection of its own (collections.h): owners, pipelines, lists ...
};

/// A type of CRM records.
struct ObjectType {
  std::string_view path;      ///< "contacts": in the API's paths
  std::string_view singular;  ///< "contact"
  std::string_view title;     ///< "Contacts": in table names
};
std::span<const ObjectType> object_types();

struct HubTable {
  Table table;
  Kind kind = Kind::object;
  std::string type = {};  ///< object type or collection as the API's paths name it: "contacts", "2-123"
  std::string to = {};    ///< associations: the other type
};

/// The tables that every account has.
const std::vector<HubTable>& standard_tables();
/// Tables of the custom objects in a `/crm-object-schemas/v3/schemas` answer.
std::vector<HubTable> custom_tables(const Json& answer);
/// The table with exactly that path; null pointer when there is none.
const HubTable* table_at(std::span<const HubTable> tables, std::string_view path);

/// The property that moves with every change of a record (4.5).
std::string_view modified_property(std::string_view type);

}  // namespace foz::sources::hubspot
