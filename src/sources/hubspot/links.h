#pragma once
// Tables of links between records, and records that were removed. Follows: Sources contract, 4.5 and 4.7.

#include "sources/hubspot/portal.h"
#include "sources/hubspot/tables.h"

namespace foz::sources::hubspot {

/// One page of the links of a page of records: `{"fromId", "toId", "typeId", "category", "label"}` at `/results`, a record
/// for each type of link.
Result<Page> read_link_table(Portal& portal, const HubTable& table, Purpose purpose, const Cursor& from, std::stop_token stop);

/// Records archived since the bookmark, then those that were merged into another. A gap when the bookmark is older than
/// the recycle bin reaches.
Result<Removals> read_removals(Portal& portal, const HubTable& table, const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop);

}  // namespace foz::sources::hubspot
