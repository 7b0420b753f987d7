#pragma once
// Reading through query jobs of the Bulk API 2.0. Follows: Sources contract, 2.6 and 2.7.

#include "sources/salesforce/org.h"
#include "sources/salesforce/select.h"

namespace foz::sources::salesforce {

/// Does the next step of a job that reads `part` of the plan: starts it, looks after it, brings a page of its results as CSV,
/// removes it behind the last one. Steps on the way have no body. A job that is too heavy is cut in two, by time down to an hour,
/// then by ids; those read stay read. What bulk does not take (an object it refuses, an allowance of jobs that is used up, what
/// cannot be cut, a job that is stuck or failed without a word) is read through REST: the cursor says which way the slice went.
Result<Page> read_bulk(Org& org, const ReadPlan& plan, const Part& part, const Cursor& from, std::stop_token stop);

/// Rows in a page of results.
inline constexpr int64_t kBulkPageRows = 50'000;

/// A step that makes a slice go on through bulk; and whether a cursor belongs to a slice that does.
Page turn_to_bulk();
bool is_bulk_cursor(const Cursor& cursor);

}  // namespace foz::sources::salesforce
