#pragma once
// HubSpot's own description of properties as columns. Follows: Sources contract, 1.4, 4.3 and 4.4.

#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "sources/hubspot/tables.h"
#include "sources/source.h"

namespace foz::sources::hubspot {

/// The columns of a table of records, from the `/crm/v3/properties/{type}` answer, which has a list `results`. Numbers have a
/// twin `{column}_Raw` with the text as it came, read on request (10, S6).
Description describe_records(const HubTable& table, const Json& properties, const std::string& portal_id);
/// Of a table whose columns are the same everywhere: property metadata, associations, collections.
Description describe_fixed(const HubTable& table);

/// The property that a column shows; empty: none. `id`, `createdAt` and `updatedAt` of a record are properties, too.
std::string property_of(const Description& table, const Column& column);
/// Names of the properties that the plan's columns lie in, each once; the record's own members come by themselves.
std::vector<std::string> properties_of(const ReadPlan& plan);

/// First member of the path of All_Deals' lists of linked records; the second one is of `kDealLinks`.
inline constexpr std::string_view kLinksMember = "associations";
struct DealLink {
  std::string_view member;  ///< "associatedVids"
  std::string_view type;    ///< "contacts"
};
std::span<const DealLink> deal_links();

}  // namespace foz::sources::hubspot
