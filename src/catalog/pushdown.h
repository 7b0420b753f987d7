#pragma once
// The part of a listing that an index answers; what it lets through is still checked as a whole.

#include <string_view>

#include "catalog/dataset_store.h"
#include "catalog/listing.h"

namespace foz::catalog {

/// SQL for `collection` (dataSets, batches) in the default order of lists. `sandbox` again, for the tags.
Where where_of(const Listing& listing, std::string_view collection, std::string_view sandbox);

}  // namespace foz::catalog
