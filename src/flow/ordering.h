#pragma once
// `orderby`: which document comes first. Follows: Flow Service contract, 3.2.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "flow/property_filter.h"

namespace foz::flow {

struct OrderField {
  Path path;
  bool descending = false;

  friend bool operator==(const OrderField&, const OrderField&) = default;
};

/// Ties, and everything without fields, are most recently created first, then by id.
using Ordering = std::vector<OrderField>;

/// `name`, `-createdAt`, `+name` (a blank is a decoded plus), several with commas; an empty text is the default order.
/// Errors: invalid with FLOW-1432 (prefix), 1433 (field).
Result<Ordering> parse_ordering(std::string_view text);
std::string print(const Ordering& ordering);

/// What decides the place of a document: the values of the ordering's fields (null where it has none), when it was
/// created and its id.
struct PlaceInOrder {
  std::vector<Json> values;
  int64_t created_ms = 0;
  std::string id;
};

PlaceInOrder place_of(const Ordering& ordering, const Json& document);
/// Strictly before? Numbers come before text, text before booleans; a missing value comes last in both directions.
bool comes_before(const Ordering& ordering, const PlaceInOrder& a, const PlaceInOrder& b);

}  // namespace foz::flow
