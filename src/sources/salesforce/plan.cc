#include "sources/salesforce/plan.h"

#include <algorithm>

#include "base/json.h"
#include "base/time_text.h"

namespace foz::sources::salesforce {
namespace {

/// Rows that are worth a bulk job, or several; and the most parts.
constexpr int64_t kBulkRowsMin = 50'000, kBulkPartRows = 250'000;
/// Rows that are worth a query of their own; five of a user's run at once (pain 17).
constexpr int64_t kRestPartRows = 25'000;
constexpr int64_t kPartsMax = 16;
/// Ids in one condition: a WHERE clause may have 4,000 characters.
constexpr size_t kKeysAtOnce = 150;

/// The creation of the first (or last) row; nothing when there is none.
Result<std::optional<int64_t>> created(Org& org, const std::string& object, bool first, std::stop_token stop) {
  TRY(const std::string soql, to_soql({.object = object, .fields = {"CreatedDate"}, .order = first ? "CreatedDate ASC" : "CreatedDate DESC", .limit = 1}));
  TRY(std::string address, org.query_url("query", soql, stop));
  TRY(const Json answer, org.calls().ask_json(http::get(std::move(address)), Purpose::collect, "planning " + object, stop));
  const Json* record = at_pointer(answer, "/records/0");
  const auto moment = record == nullptr ? std::nullopt : parse_iso_instant(text_of(*record, "CreatedDate"));
  if (!moment) return std::optional<int64_t>();
  return std::optional<int64_t>(to_millis(*moment));
}

Result<std::vector<PlannedPart>> parts_of(Org& org, const Object& object, std::stop_token stop) {
  const std::string& name = object.description.table.path;
  TRY(const int64_t rows, org.count(name, {}, stop));
  const bool bulk = org.takes_bulk(object) && rows >= kBulkRowsMin;
  const int64_t wanted = std::min(rows / (bulk ? kBulkPartRows : kRestPartRows), kPartsMax);
  std::vector<Part> parts(1);
  if (wanted > 1 && object.traits.has_created_date) {
    TRY(const auto first, created(org, name, true, stop));
    TRY(const auto last, created(org, name, false, stop));
    if (first && last) parts = parts_between(*first, *last, wanted);
  }
  std::vector<PlannedPart> planned;
  for (const Part& part : parts) planned.push_back({.part = part, .bulk = bulk});
  return planned;
}

std::vector<Slice> slices_of_keys(const std::vector<std::string>& keys) {
  std::vector<Slice> slices;
  for (size_t at = 0; at < keys.size(); at += kKeysAtOnce) {
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(at);
    Slice slice = slice_of({.part = {.keys = {begin, begin + static_cast<std::ptrdiff_t>(std::min(kKeysAtOnce, keys.size() - at))}}});
    slice.id = "keys-" + std::to_string(slices.size() + 1);
    slices.push_back(std::move(slice));
  }
  return slices;
}

}  // namespace

Slice slice_of(const PlannedPart& planned) {
  const Part& part = planned.part;
  Json query = Json::object();
  if (part.from) query["from"] = *part.from;
  if (part.to) query["to"] = *part.to;
  if (!part.keys.empty()) query["keys"] = part.keys;
  std::string id = query.empty() ? "all" : "created-" + (part.from ? std::to_string(*part.from) : "first");
  if (planned.bulk) query["bulk"] = true;
  return {.id = std::move(id), .query = to_text(query)};
}

Result<PlannedPart> part_of(const Slice& slice) {
  const auto query = parse_json(slice.query);
  if (!query || !query->is_object()) return Error{.kind = ErrorKind::corrupt, .message = "the slice " + slice.id + " is none of Salesforce"};
  return PlannedPart{.part = {.from = integer_of(*query, "from"), .to = integer_of(*query, "to"), .keys = texts_of(*query, "keys")}, .bulk = boolean_of(*query, "bulk").value_or(false)};
}

std::vector<Part> parts_between(int64_t first_ms, int64_t last_ms, int64_t count) {
  std::vector<Part> parts(1);
  const int64_t step = (last_ms - first_ms) / std::max<int64_t>(count, 1);
  for (int64_t i = 1; i < count && step > 0; ++i) {
    const int64_t bound = (first_ms + i * step) / 1000 * 1000;  // SOQL compares whole seconds
    if (bound <= parts.back().from.value_or(first_ms)) continue;
    parts.back().to = bound;
    parts.push_back({.from = bound});
  }
  return parts;
}

/// Parts are a matter of speed: when planning them fails, one part does as well.
Result<std::vector<Slice>> plan_slices(Org& org, const ReadPlan& plan, std::stop_token stop) {
  if (!plan.keys.empty() && has_id(plan)) return slices_of_keys(plan.keys);
  const bool narrowed = plan.window && plan.window->from;
  std::vector<PlannedPart> parts(1);
  if (!narrowed && plan.rows_wanted == 0 && has_id(plan)) {
    TRY(const auto object, org.known(plan.table.table.path, stop));
    auto found = parts_of(org, *object, stop);
    if (found) parts = *std::move(found);
    else if (found.error().kind == ErrorKind::cancelled || found.error().kind == ErrorKind::rate_limited) return std::move(found).error();
  }
  std::vector<Slice> slices;
  for (const PlannedPart& part : parts) slices.push_back(slice_of(part));
  return slices;
}

}  // namespace foz::sources::salesforce
