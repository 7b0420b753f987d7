#include "sources/salesforce/plan.h"

#include <algorithm>

#include "base/json.h"
#include "base/time_text.h"

namespace foz::sources::salesforce {
namespace {

/// Rows that are worth a bulk job; and the most that months share one for: an org of many years and few rows would use up its
/// allowance of jobs with a job for each month.
constexpr int64_t kBulkRowsMin = 50'000, kBulkPartRows = 250'000;
/// Rows that are worth a query of their own; five of a user's run at once (pain 17). And the most parts of that kind.
constexpr int64_t kRestPartRows = 25'000, kRestPartsMax = 16;
/// No record of Salesforce is older.
constexpr std::chrono::year_month kOldestMonth = std::chrono::year(1999) / 1;
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

/// Rows by month of creation, in order; the vendor counts. Months are those of UTC, and bound the parts alone: no row's
/// membership hangs on the vendor's count.
Result<std::vector<MonthRows>> rows_by_month(Org& org, const std::string& object, std::stop_token stop) {
  const std::string soql = "SELECT CALENDAR_YEAR(CreatedDate) y,CALENDAR_MONTH(CreatedDate) m,COUNT(Id) n FROM " + object +
                           " GROUP BY CALENDAR_YEAR(CreatedDate),CALENDAR_MONTH(CreatedDate)";
  TRY(std::string address, org.query_url("query", soql, stop));
  TRY(const Json answer, org.calls().ask_json(http::get(std::move(address)), Purpose::collect, "planning " + object, stop));
  std::vector<MonthRows> months;
  const Json* records = member(answer, "records");
  for (const Json& record : records == nullptr ? Json::array() : *records) {
    const auto year = integer_of(record, "y"), month = integer_of(record, "m"), rows = integer_of(record, "n");
    if (!year || !month || !rows || *month < 1 || *month > 12) {
      return Error{.kind = ErrorKind::corrupt, .message = "planning " + object + ": the months of its rows cannot be read", .code = "CONNECTOR-1308-400"};
    }
    months.push_back({.month = std::chrono::year(static_cast<int>(*year)) / std::chrono::month(static_cast<unsigned>(*month)), .rows = *rows});
  }
  std::sort(months.begin(), months.end(), [](const MonthRows& a, const MonthRows& b) { return a.month < b.month; });
  return months;
}

bool ends_planning(const Error& error) { return error.kind == ErrorKind::cancelled || error.kind == ErrorKind::rate_limited; }

/// Months that share jobs while they have few rows; where the vendor does not count them, each for itself.
Result<std::vector<Part>> parts_by_month(Org& org, const std::string& object, std::stop_token stop) {
  auto months = rows_by_month(org, object, stop);
  if (months) return parts_of_months(*months, kBulkPartRows);
  if (ends_planning(months.error())) return std::move(months).error();
  TRY(const auto first, created(org, object, true, stop));
  TRY(const auto last, created(org, object, false, stop));
  if (!first || !last) return std::vector<Part>(1);
  std::vector<MonthRows> each;
  const auto until = std::min(month_of(*last), month_of(to_millis(org.clock().now())));
  for (auto month = std::max(month_of(*first), kOldestMonth); month <= until; month += std::chrono::months(1)) each.push_back({.month = month, .rows = kBulkPartRows});
  return parts_of_months(each, kBulkPartRows);
}

Result<std::vector<Part>> parts_by_time(Org& org, const std::string& object, int64_t wanted, std::stop_token stop) {
  TRY(const auto first, created(org, object, true, stop));
  TRY(const auto last, created(org, object, false, stop));
  return first && last ? parts_between(*first, *last, wanted) : std::vector<Part>(1);
}

/// Parts are a matter of speed: where they cannot be found, one does as well.
Result<std::vector<PlannedPart>> parts_of(Org& org, const Object& object, std::stop_token stop) {
  const std::string& name = object.description.table.path;
  TRY(const std::optional<int64_t> rows, org.count(name, stop));
  const bool bulk = org.takes_bulk(object) && rows.value_or(kBulkRowsMin) >= kBulkRowsMin;
  const int64_t wanted = std::min(rows.value_or(0) / kRestPartRows, kRestPartsMax);
  Result<std::vector<Part>> parts = std::vector<Part>(1);
  if (bulk && object.traits.has_created_date && (!rows || *rows > kBulkPartRows)) parts = parts_by_month(org, name, stop);
  if (!bulk && object.traits.has_created_date && wanted > 1) parts = parts_by_time(org, name, wanted, stop);
  if (!parts && ends_planning(parts.error())) return std::move(parts).error();
  std::vector<PlannedPart> planned;
  for (const Part& part : parts ? *parts : std::vector<Part>(1)) planned.push_back({.part = part, .bulk = bulk});
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

std::chrono::year_month month_of(int64_t millis) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(from_millis(millis)));
  return day.year() / day.month();
}

std::vector<Part> parts_of_months(const std::vector<MonthRows>& months, int64_t rows_max) {
  std::vector<Part> parts(1);
  int64_t rows = 0;
  for (const MonthRows& month : months) {
    if (rows > 0 && rows + month.rows > rows_max) {
      parts.back().to = to_millis(Instant(std::chrono::sys_days(month.month / 1)));
      parts.push_back({.from = parts.back().to});
      rows = 0;
    }
    rows += month.rows;
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
    else if (ends_planning(found.error())) return std::move(found).error();
  }
  std::vector<Slice> slices;
  for (const PlannedPart& part : parts) slices.push_back(slice_of(part));
  return slices;
}

}  // namespace foz::sources::salesforce
