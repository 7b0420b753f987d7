#pragma once
// A row filter as far as SOQL can narrow by it. Follows: Flow Service contract, 8.3; Sources contract, 2.1.

#include <string>

#include "base/json_fwd.h"
#include "sources/source.h"

namespace foz::sources::salesforce {

/// A condition that all rows of the filter fulfil, and perhaps others: SOQL compares text without case, and knows no third
/// truth. Empty: nothing to narrow by. `filter` is a PQL tree with the table's own column names.
std::string filter_condition(const Description& table, const Json& filter);

}  // namespace foz::sources::salesforce
