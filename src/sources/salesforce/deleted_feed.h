#pragma once
// Records that Salesforce says were deleted. Follows: Sources contract, 2.5 and 5.2.

#include "sources/salesforce/org.h"

namespace foz::sources::salesforce {

/// One answer of the feed since `bookmark` (a moment; empty: since the plan's window begins). A gap when the object has no
/// feed or the feed does not reach back so far.
Result<Removals> read_deleted(Org& org, const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop);

}  // namespace foz::sources::salesforce
