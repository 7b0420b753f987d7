#pragma once
// Objects that cannot be read plainly. Follows: Sources contract, 2.8.

#include <string_view>

namespace foz::sources::salesforce {

enum class Access {
  plain,       ///< REST and bulk
  never,       ///< not offered at all: change events, platform events
  filtered,    ///< only with a filter on a parent or key: hidden
  no_query,    ///< not through a query at all: hidden
  rest_only,   ///< bulk refuses it
};

Access access_of(std::string_view object);

}  // namespace foz::sources::salesforce
