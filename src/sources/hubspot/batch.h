#pragma once
// Batches by id: whole records, and links between records. Follows: Sources contract, 4.4.

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "sources/hubspot/portal.h"

namespace foz::sources::hubspot {

/// Most records in one batch read.
inline constexpr size_t kBatchRows = 100;

/// The body of a batch read of `ids` (at most kBatchRows), as it came: records at `/results`, in any order. Records that
/// were removed meanwhile are not in it. Errors: unavailable (some are missing and the answer does not say why).
Result<std::string> read_batch(Portal& portal, const std::string& type, const std::vector<std::string>& ids, const std::vector<std::string>& properties,
                               Purpose purpose, std::stop_token stop);

/// For each of `ids` (at most 1,000) its links to records of type `to`: `{"toObjectId", "associationTypes"}`, whole.
Result<std::map<std::string, std::vector<Json>>> read_links(Portal& portal, const std::string& type, const std::string& to, const std::vector<std::string>& ids,
                                                            Purpose purpose, std::stop_token stop);

}  // namespace foz::sources::hubspot
