#pragma once
// The objects of the simulated org.

#include "simulators/vendor.h"

namespace foz::sim {

/// What the traits of a Salesforce table mean.
/// "custom", "not_queryable", "hidden" (deprecatedAndHidden), "no_bulk", "needs_filter:{field}", "not_replicateable".
std::vector<TableSpec> salesforce_tables(const World& world);

/// The vendor's word for a kind of column: "string", "picklist", ...
std::string_view salesforce_type(Kind kind);

/// `/sobjects` entry of a table.
Json salesforce_summary(const TableSpec& table, std::string_view version);
/// `/sobjects/{name}/describe`.
Json salesforce_describe(const TableSpec& table, std::string_view version);

}  // namespace foz::sim
