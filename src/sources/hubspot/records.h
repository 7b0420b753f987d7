#pragma once
// Reading records of one object type: lists, searches, batches. Follows: Sources contract, 4.4 and 4.5.

#include "sources/hubspot/portal.h"
#include "sources/hubspot/tables.h"

namespace foz::sources::hubspot {

/// The way a slice is read: windows through searches, in one slice; everything else through the list, in ranges of ids (ranges.h).
Result<std::vector<Slice>> plan_records(Portal& portal, const HubTable& table, const ReadPlan& plan, std::stop_token stop);

/// Reads one page of a slice of `plan_records`. Properties that do not fit a URL, or a search, come through batch reads.
/// Errors: unavailable (a page that comes twice or short, counts that cannot be right), ...
Result<Page> read_records(Portal& portal, const HubTable& table, const ReadPlan& plan, const Slice& slice, const Cursor& from, std::stop_token stop);

/// Most records in one answer of a list. Follows: Sources contract, 4.4.
inline constexpr int64_t kListRows = 100;
/// Property names in a URL that may have about 16 KB (4.1, 4.5).
inline constexpr size_t kListedBytesMax = 15'000;

}  // namespace foz::sources::hubspot
