#pragma once
// What is too heavy for one query, in two: its time down to an hour, then its ids. Follows: Sources contract, 1.7 and 2.7.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "sources/salesforce/org.h"
#include "sources/salesforce/select.h"

namespace foz::sources::salesforce {

using Halves = std::pair<Part, Part>;

/// A query that is too heavy.
struct HeavyQuery {
  const std::string& object;
  const std::vector<std::string>& conditions;  ///< of the slice, without the span's
  const std::string& split_by;                 ///< the column whose time is cut; empty: none
  bool keyed = false;                          ///< the object has ids
};

/// Two spans that touch and hold what `span` holds. Time is cut while two hours are left and nothing of the span is read; ids
/// are cut behind `last`, the last one read (empty: none). Asks for the first and the last id where the span does not bound
/// them. Nothing: it cannot be cut. Errors: those of that question.
Result<std::optional<Halves>> halves_of(Org& org, const HeavyQuery& query, const Part& span, const std::string& last, std::stop_token stop);

/// The id in the middle of two, as of numbers whose digits are 0-9, A-Z, a-z: 15 characters. Nothing: there is none between.
std::optional<std::string> middle_id(std::string_view from, std::string_view to);

/// Spans in a cursor.
Json to_json(const std::vector<Part>& spans);
std::vector<Part> spans_in(const Json& json, std::string_view name);

}  // namespace foz::sources::salesforce
