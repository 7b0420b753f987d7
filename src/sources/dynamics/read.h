#pragma once
// Rows of a table, page by page. Follows: Sources contract, 3.4 and 3.7.

#include "sources/dynamics/environment.h"
#include "sources/dynamics/odata.h"

namespace foz::sources::dynamics {

/// Rows in a page. Follows: Sources contract, 3.4.
inline constexpr size_t kPageRows = 5000;

/// What a slice holds: a part of a table by its rows' creation, or some of its rows by their keys; and how paths name the table.
struct Part {
  std::string set;          ///< "accounts"
  std::string key;          ///< "accountid"
  TimeRange created = {};
  std::vector<std::string> keys = {};

  friend bool operator==(const Part&, const Part&) = default;
};
Slice slice_of(const Part& part);
/// Errors: corrupt (no slice of this source).
Result<Part> part_of(const Slice& slice);

/// One part for windows and small tables; large ones in parts by creation, which never changes.
Result<std::vector<Slice>> plan_slices(Environment& environment, const ReadPlan& plan, std::stop_token stop);

/// Reads one page; `from` is empty or what a page gave as `next`. A query that ran into the vendor's time limit is asked in
/// halves of its time, down to an hour. Columns that do not fit one URL come as further bodies with the same records.
Result<Page> read_page(Environment& environment, const ReadPlan& plan, const Part& part, const Cursor& from, std::stop_token stop);

/// `[first, last]` in `count` ranges that touch, open at both ends.
std::vector<TimeRange> ranges_between(int64_t first_ms, int64_t last_ms, int64_t count);

}  // namespace foz::sources::dynamics
