#pragma once
// What the files of the Data Prep service share. Follows: Data Prep contract, 1.

#include <span>

#include "api/request.h"
#include "api/services.h"
#include "prep/mapping_set_store.h"

namespace foz::api {

/// The rows of each file; conversion_routes() joins them.
std::span<const Route> conversion_set_rows();
std::span<const Route> conversion_helper_rows();
std::span<const Route> conversion_sample_rows();
std::span<const Route> conversion_batch_rows();

/// A query parameter that is `true` or `false` in any letter case; false when it is missing. Errors: CONV-1009-400.
Result<bool> query_flag(const Request& request, std::string_view name);

/// limit, start, orderBy, name and property of a list. Errors: CONV-1009-400.
Result<prep::MappingSetList> list_query(const Request& request);
/// `{"data", "_page", "_links"}`; `path` names the list behind the service's prefix.
Response list_response(const Request& request, std::string_view path, const prep::MappingSetList& list, Json data, bool more);

}  // namespace foz::api
