#pragma once
// How a plan is cut into slices. Follows: Sources contract, 2.7.

#include <chrono>
#include <vector>

#include "sources/salesforce/org.h"
#include "sources/salesforce/select.h"

namespace foz::sources::salesforce {

/// Whole objects with many rows in parts by the moment of creation: through bulk jobs, where the object takes part in them, for
/// a month each or for months with few rows together; through REST in equal spans. Everything else in one part through REST.
Result<std::vector<Slice>> plan_slices(Org& org, const ReadPlan& plan, std::stop_token stop);

/// What a slice holds.
struct PlannedPart {
  Part part;
  bool bulk = false;
};

/// Errors: corrupt (no slice of this source).
Result<PlannedPart> part_of(const Slice& slice);
Slice slice_of(const PlannedPart& planned);

/// How many rows were created in a month.
struct MonthRows {
  std::chrono::year_month month;
  int64_t rows = 0;
};
std::chrono::year_month month_of(int64_t millis);

/// Parts of whole months that touch, open at both ends: neighbours share one while they have no more than `rows_max` together.
std::vector<Part> parts_of_months(const std::vector<MonthRows>& months, int64_t rows_max);

/// Cuts [first, last] into `count` parts that touch, open at both ends.
std::vector<Part> parts_between(int64_t first_ms, int64_t last_ms, int64_t count);

}  // namespace foz::sources::salesforce
