#pragma once
// How long rows live: `extensions.adobe_lakeHouse.rowExpiration.ttlValue`. Follows: Catalog contract, 3.1 and 3.3.

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace foz::catalog {

/// An ISO 8601 duration. Months and years follow the calendar.
struct Ttl {
  int64_t months = 0;   ///< years as twelve
  int64_t seconds = 0;  ///< weeks, days and times

  /// The moment before which rows are too old.
  Instant cutoff(Instant now) const;
};

/// Reads `P3Y`, `P1Y2M`, `P30D`, `P2W`, `PT36H`. Errors: invalid, when it is none, empty or longer than 1000 years.
Result<Ttl> parse_ttl(std::string_view text);

}  // namespace foz::catalog
