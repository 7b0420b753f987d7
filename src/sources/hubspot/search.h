#pragma once
// Searches of records: windows as filters, and bodies. Follows: Sources contract, 4.4 and 4.5.

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "sources/hubspot/portal.h"
#include "sources/source.h"

namespace foz::sources::hubspot {

/// Most records in one answer of a search.
inline constexpr int64_t kSearchRows = 200;

/// Groups of which one must hold; all filters of a group must: `[[{propertyName, operator, value}]]`.
using FilterGroups = std::vector<std::vector<Json>>;

Json filter_of(std::string_view property, std::string_view word, std::string value = "");

/// The plan's window as filters; nothing when a search would leave out rows that belong to it (no lower bound: also those
/// without a value), or cannot narrow by that column. Errors: not_found (column), invalid (time zone).
Result<std::optional<FilterGroups>> window_filters(const ReadPlan& plan);

struct SearchWish {
  FilterGroups groups = {};      ///< none: all records
  std::string behind = {};       ///< only ids greater than this one
  std::vector<std::string> properties = {};
  int64_t limit = kSearchRows;
  bool newest_first = false;     ///< by falling ids
};

/// Sorted by id, without an offset: rows that leave the result meanwhile shift nothing, and no wall of 10,000 rows stands in
/// the way (4.5, pains 3 and 6).
http::Request search_request(const Portal& portal, const std::string& type, const SearchWish& wish);

/// How many records a search would find.
Result<int64_t> search_total(Portal& portal, const std::string& type, const FilterGroups& groups, std::stop_token stop);

}  // namespace foz::sources::hubspot
