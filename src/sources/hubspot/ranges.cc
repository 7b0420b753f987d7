#include "sources/hubspot/ranges.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "sources/hubspot/records.h"
#include "sources/hubspot/search.h"

namespace foz::sources::hubspot {
namespace {

/// Ids that may be looked at to place one cut: those of old accounts lie in clusters far apart. Each costs a search or two.
constexpr int kLooksOfLongList = 6, kLooksOfShortList = 3;
constexpr int64_t kLongList = 200'000;

/// A place in the middle of a list, with HubSpot's own handle for it.
struct Cut {
  std::string handle;
  int64_t last = 0;  ///< the id before it
};

class Cutter {
 public:
  Cutter(Portal& portal, const HubTable& table, std::stop_token stop) : portal_(portal), table_(table), stop_(std::move(stop)) {}

  Result<std::vector<Range>> ranges() {
    TRY_DO(measure());
    std::vector<Range> ranges(1);
    if (total_ < kRangedRowsMin) return ranges;
    for (size_t i = 1; i < kRanges; ++i) {
      TRY(const int64_t id, id_at(total_ * static_cast<int64_t>(i) / static_cast<int64_t>(kRanges)));
      TRY(const auto cut, cut_behind(id));
      if (!cut || (!ranges.back().from.empty() && cut->last <= to_integer(ranges.back().from))) continue;
      ranges.back().to = std::to_string(cut->last);
      ranges.push_back({.after = cut->handle, .from = ranges.back().to, .to = {}});
    }
    return ranges;
  }

 private:
  std::string doing() const { return "reading " + table_.table.path; }
  Error unordered(std::string_view why) const { return Error{.kind = ErrorKind::invalid, .message = doing() + ": " + std::string(why)}; }

  /// How many records there are, and the first and last id.
  Status measure() {
    TRY(const Edge newest, edge({}, true));
    total_ = newest.count;
    if (total_ < kRangedRowsMin) return {};
    TRY(const JsonGlance begin, list("", 1));
    const int64_t first = begin.keys.empty() ? 0 : to_integer(begin.keys.front()).value_or(0);
    if (first <= 0 || first >= newest.id) return unordered("its ids are no numbers that grow");
    below_ = {{first, 0}, {newest.id + 1, total_}};
    return {};
  }

  /// How many records a search finds, and the id of the greatest or smallest of them (0: none).
  struct Edge {
    int64_t count = 0, id = 0;
  };
  Result<Edge> edge(FilterGroups groups, bool newest) {
    const SearchWish wish{.groups = std::move(groups), .properties = {"hs_object_id"}, .limit = 1, .newest_first = newest};
    TRY(const Json found, portal_.ask_json(search_request(portal_, table_.type, wish), Purpose::collect, doing(), stop_));
    const Json* results = member(found, "results");
    const bool any = results != nullptr && results->is_array() && !results->empty();
    return Edge{.count = integer_of(found, "total").value_or(0), .id = any ? to_integer(text_of(results->front(), "id")).value_or(0) : 0};
  }

  /// An id with about `wanted` records before it. Looks at ids between the two nearest known ones.
  Result<int64_t> id_at(int64_t wanted) {
    for (int looks = total_ < kLongList ? kLooksOfShortList : kLooksOfLongList;; --looks) {
      const auto above = std::find_if(below_.begin(), below_.end(), [&](const auto& point) { return point.second >= wanted; });
      const auto under = std::prev(above);
      const int64_t gap = above->first - under->first;
      if (is_close(above->second, wanted)) return above->first;
      if (is_close(under->second, wanted) || looks == 0 || gap < 2) return under->first;
      // A record for every id, as far as that goes: then the id at the place is known without a look.
      const int64_t at_best = under->first + (wanted - under->second), fewest = above->second - (above->first - at_best);
      if (at_best < above->first && is_close(fewest, wanted)) return at_best;
      // By proportion, and where ids thin out by halves.
      const double share = looks % 3 != 1 ? static_cast<double>(wanted - under->second) / static_cast<double>(above->second - under->second) : 0.5;
      const int64_t id = under->first + std::clamp<int64_t>(static_cast<int64_t>(static_cast<double>(gap) * share), 1, gap - 1);
      TRY_DO(look_at(id, wanted, {under->second, above->second}));
    }
  }

  bool is_close(int64_t count, int64_t wanted) const { return std::abs(count - wanted) <= total_ / 40; }

  /// Learns how many records stand before an id, and where the gap ends that it may lie in.
  Status look_at(int64_t id, int64_t wanted, std::pair<int64_t, int64_t> bounds) {
    TRY(const Edge before, edge({{filter_of("hs_object_id", "LT", std::to_string(id))}}, true));
    const int64_t count = std::clamp(before.count, bounds.first, bounds.second);
    below_[id] = count;
    if (is_close(count, wanted)) return {};
    if (count >= wanted) {
      if (before.id > 0 && before.id < id) below_[before.id + 1] = count;
      return {};
    }
    TRY(const Edge behind, edge({{filter_of("hs_object_id", "GT", std::to_string(id - 1))}}, false));
    if (behind.id > id) below_[behind.id] = count;
    return {};
  }

  /// The handle behind the page that begins behind an id. Nothing: the list ends there.
  Result<std::optional<Cut>> cut_behind(int64_t id) {
    TRY(const JsonGlance page, list(std::to_string(id), kListRows));
    if (!ids_grow(page.keys, std::to_string(id))) return unordered("ids are no handles of its list");
    if (page.keys.empty() || !page.values[0]) return std::optional<Cut>();
    return std::optional(Cut{.handle = *page.values[0], .last = *to_integer(page.keys.back())});
  }

  Result<JsonGlance> list(const std::string& after, int64_t limit) {
    http::Query query;
    query.add("limit", std::to_string(limit));
    if (!after.empty()) query.add("after", after);
    query.add("properties", "hs_object_id");
    query.add("archived", "false");
    auto request = http::get(portal_.url("/crm/v3/objects/" + http::percent_encode(table_.type) + "?" + query.text()));
    TRY(auto response, portal_.send(request, Purpose::collect, stop_));
    if (portal_.calls().answer_of(response).what != AnswerClass::ok) return portal_.calls().error_of(response, doing());
    return glance_page(response.body, {.values = {{"paging", "next", "after"}}, .records = {"results"}, .key = {"id"}}, doing());
  }

  Portal& portal_;
  const HubTable& table_;
  const std::stop_token stop_;
  int64_t total_ = 0;
  std::map<int64_t, int64_t> below_;  ///< id: records with smaller ones
};

/// What reading would meet as well, or must not be answered by reading. A refused token is neither: a token can die while
/// places are looked for, and the reader, whose answers count, renews it or says so.
bool ends_the_plan(ErrorKind kind) { return kind == ErrorKind::rate_limited || kind == ErrorKind::cancelled; }

}  // namespace

bool ids_grow(const std::vector<std::string>& ids, std::string_view behind) {
  std::optional<int64_t> before = to_integer(behind);
  if (!behind.empty() && !before) return false;
  for (const std::string& text : ids) {
    const auto id = to_integer(text);
    if (!id || (before && *id <= *before)) return false;
    before = id;
  }
  return true;
}

Result<std::vector<Range>> ranges_of(Portal& portal, const HubTable& table, std::stop_token stop) {
  auto ranges = Cutter(portal, table, stop).ranges();
  if (ranges || ends_the_plan(ranges.error().kind)) return ranges;
  log::info("hubspot.one_range", {{"table", table.table.path}, {"why", ranges.error()}});
  return std::vector<Range>(1);
}

}  // namespace foz::sources::hubspot
