#pragma once
// A long list in parts that are read side by side. Follows: Sources contract, 4.4 (lists go by growing ids).

#include <string>
#include <vector>

#include "sources/hubspot/portal.h"
#include "sources/hubspot/tables.h"

namespace foz::sources::hubspot {

/// Part of a list: the records with ids greater than `from`, up to `to` and with it. The first has no `from`, the last no `to`.
struct Range {
  std::string after;  ///< the list's handle to begin with: one that HubSpot gave out behind the record `from`
  std::string from;
  std::string to;
};

/// Fewer records than this are one range: reading them takes hardly longer than looking for places to cut.
inline constexpr int64_t kRangedRowsMin = 10'000;
inline constexpr size_t kRanges = 4;

/// Cuts the list of a type into ranges of about as many records. To find places in its middle, lists are asked for with
/// ids in the place of handles; ranges begin only at handles that HubSpot itself answered with, so that nothing depends on
/// what it makes of the others. One range when the list is short, when HubSpot does not take ids for handles, when records
/// do not come in the order of their ids, or when looking fails (searches refused, a token that dies meanwhile).
/// Errors: rate_limited, cancelled.
Result<std::vector<Range>> ranges_of(Portal& portal, const HubTable& table, std::stop_token stop);

/// True when the ids are numbers that grow, all of them greater than `behind` ("": any).
bool ids_grow(const std::vector<std::string>& ids, std::string_view behind);

}  // namespace foz::sources::hubspot
