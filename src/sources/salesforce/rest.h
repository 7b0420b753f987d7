#pragma once
// Reading through REST queries. Follows: Sources contract, 2.4.

#include "sources/salesforce/org.h"
#include "sources/salesforce/select.h"

namespace foz::sources::salesforce {

/// Reads one page of the rows that `part` of the plan holds; `from` is empty or what a page gave as `next`.
/// Pages come in the order of `Id` where the object has one, so that a page handle that died costs nothing: reading goes
/// on behind the last key. Columns that do not fit one URL come as further bodies with the same records.
Result<Page> read_rest(Org& org, const ReadPlan& plan, const Part& part, const Cursor& from, std::stop_token stop);

/// Where reading `spans` of a part begins, when `taken` rows of it are read already; no spans: the whole part.
Cursor rest_cursor(const std::vector<Part>& spans, int64_t taken);

/// Rows in a REST page. Follows: Sources contract, 2.1.
inline constexpr size_t kRestPageRows = 2000;

}  // namespace foz::sources::salesforce
