#include "sources/hubspot/records.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "sources/hubspot/batch.h"
#include "sources/hubspot/metadata.h"
#include "sources/hubspot/ranges.h"
#include "sources/hubspot/search.h"

namespace foz::sources::hubspot {
namespace {

/// More rows than a window's search is good for, when they are also a third of all (4.5).
constexpr int64_t kSearchedRowsMax = 200'000;
/// Rows of a search that was too heavy with all of them.
constexpr int64_t kSmallSearchRows = 25;
/// Longest body of a search that the documentation grants; the vendor serves longer ones, or says no.
constexpr size_t kSearchBytesGranted = 3000;

/// Every record has it.
const std::string kIdProperty = "hs_object_id";

/// Where a slice stands.
struct Position {
  std::string after;   ///< the list's handle; empty: its begin
  std::string first;   ///< id of the last page's first record: ids only grow
  std::string last;    ///< id of the last record read: where a search goes on
  int64_t taken = 0;   ///< records read
  bool lean = false;   ///< searches with all properties are refused: ids alone, then batch reads
};

Position position_of(const Cursor& cursor) {
  const auto json = parse_json(cursor.text);
  if (!json) return {};
  return {.after = text_of(*json, "after"),
          .first = text_of(*json, "first"),
          .last = text_of(*json, "last"),
          .taken = integer_of(*json, "taken").value_or(0),
          .lean = boolean_of(*json, "lean").value_or(false)};
}

Cursor cursor_of(const Position& position) {
  Json json = {{"first", position.first}, {"last", position.last}, {"taken", position.taken}};
  if (!position.after.empty()) json["after"] = position.after;
  if (position.lean) json["lean"] = true;
  return {.text = to_text(json)};
}

/// True when id `a` comes after `b`: by number, ids that are none in no order but "not the same".
bool comes_after(std::string_view a, std::string_view b) {
  const auto x = to_integer(a), y = to_integer(b);
  return x && y ? *x > *y : a != b;
}

/// The slice of a range: its bounds stand in the query, so that a restart knows them.
Slice slice_of(const Range& range, size_t number) {
  Json query = {{"way", "list"}};
  for (const auto& [name, value] : {std::pair("after", &range.after), std::pair("from", &range.from), std::pair("to", &range.to)}) {
    if (!value->empty()) query[name] = *value;
  }
  return {.id = "list-" + std::to_string(number), .query = to_text(query)};
}

/// Some records by their ids, a batch for each slice.
std::vector<Slice> slices_of_keys(const std::vector<std::string>& keys) {
  std::vector<Slice> slices;
  for (size_t at = 0; at < keys.size(); at += kBatchRows) {
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(at);
    const std::vector<std::string> some(begin, begin + static_cast<std::ptrdiff_t>(std::min(kBatchRows, keys.size() - at)));
    slices.push_back({.id = "keys-" + std::to_string(slices.size() + 1), .query = to_text(Json{{"way", "batch"}, {"keys", some}})});
  }
  return slices;
}

/// What a slice of this file asks for: a range of the list, or some keys.
struct Wish {
  Range range;
  std::vector<std::string> keys;
};

Wish wish_of(const Slice& slice) {
  const auto json = parse_json(slice.query);
  if (!json) return {};
  return {.range = {.after = text_of(*json, "after"), .from = text_of(*json, "from"), .to = text_of(*json, "to")}, .keys = texts_of(*json, "keys")};
}

/// The first `count` of a page's records, as they came, in a page of their own.
Result<std::string> first_records(std::string& body, size_t count, std::string_view doing) {
  TRY(const auto glance, glance_page(body, {.records = {"results"}, .texts = true}, doing));
  std::string kept = "{\"results\":[";
  for (size_t i = 0; i < count; ++i) (kept += i == 0 ? "" : ",") += glance.texts.at(i);
  return kept + "]}";
}

/// The properties that a plan reads, and how an address names them.
struct WantedProperties {
  std::vector<std::string> names;
  std::string encoded;  ///< comma-separated, percent-encoded
};

/// A thread reads many pages of one plan after another, so that it remembers the last one.
std::shared_ptr<const WantedProperties> wanted_properties(const ReadPlan& plan) {
  struct Last {
    std::vector<std::vector<std::string>> raw_paths;  ///< of the plan's columns
    std::shared_ptr<const WantedProperties> wanted;
  };
  thread_local Last last;
  const auto same_path = [](const Column& column, const std::vector<std::string>& path) { return column.raw_path == path; };
  if (last.wanted && std::equal(plan.columns.begin(), plan.columns.end(), last.raw_paths.begin(), last.raw_paths.end(), same_path)) return last.wanted;
  WantedProperties wanted{.names = properties_of(plan)};
  if (wanted.names.empty()) wanted.names.push_back(kIdProperty);  // none would mean some
  wanted.encoded = http::percent_encode(join(wanted.names, ","));
  last.raw_paths.clear();
  for (const Column& column : plan.columns) last.raw_paths.push_back(column.raw_path);
  last.wanted = std::make_shared<const WantedProperties>(std::move(wanted));
  return last.wanted;
}

/// One answer and what it says of itself.
struct RawPage {
  std::string body;
  JsonGlance glance;  ///< values: next handle, total
};

class RecordReader {
 public:
  RecordReader(Portal& portal, const HubTable& table, const ReadPlan& plan, std::stop_token stop)
      : portal_(portal), table_(table), plan_(plan), properties_(wanted_properties(plan)), purpose_(plan.rows_wanted > 0 ? Purpose::look : Purpose::collect), stop_(stop) {}

  Result<Page> read_list(Position at, const Range& range) {
    const bool lean = properties_->encoded.size() > kListedBytesMax;
    const bool ranged = !range.from.empty() || !range.to.empty();
    if (at.after.empty()) at.after = range.after;
    if (at.last.empty()) at.first = at.last = range.from;
    TRY(RawPage raw, list_page(at, lean));
    if (ranged && !ids_grow(raw.glance.keys, at.last)) return disorder();
    const auto handle = raw.glance.values[0];
    if (handle && *handle == at.after) return twice();
    TRY(const bool ends, cut_at(range.to, raw));
    TRY_DO(check_progress(raw, at));
    at.after = handle.value_or("");
    Page page{.records = "/results"};
    if (handle && !ends && !enough(at)) page.next = cursor_of(at);
    TRY_DO(fill(page, std::move(raw), lean));
    return page;
  }

  Result<Page> read_search(Position at) {
    TRY(const auto groups, window_filters(plan_));
    SearchWish wish{.groups = groups.value_or(FilterGroups{}), .behind = at.last};
    TRY(RawPage raw, search_page(wish, at));
    const int64_t before = at.taken, rows = static_cast<int64_t>(raw.glance.records);
    TRY_DO(check_progress(raw, at));
    const auto left = to_integer(raw.glance.values[1].value_or(""));
    if (!left || *left < rows || (*left > 0 && rows == 0)) {
      return Error{.kind = ErrorKind::unavailable, .message = doing() + ": HubSpot counts " + (left ? std::to_string(*left) : "no") + " records and sent " + std::to_string(rows), .code = "CONNECTOR-1308-400"};
    }
    Page page{.records = "/results"};
    const bool more = rows > 0 && (*left > rows || raw.glance.values[0]);
    if (more && !enough(at)) page.next = cursor_of(at);
    // Rows change while pages are read: each page tells anew how many are left, the last one has the last word.
    if (!at.lean) page.total = before + *left;
    TRY_DO(fill(page, std::move(raw), at.lean));
    return page;
  }

  /// Records that are gone are not in the page.
  Result<Page> read_keys(const std::vector<std::string>& keys) {
    Page page{.records = "/results"};
    TRY(std::string body, read_batch(portal_, table_.type, keys, properties_->names, purpose_, stop_));
    TRY(const auto glance, glance_page(body, {.records = {"results"}, .key = {"id"}}, doing()));
    page.bodies.push_back(std::move(body));
    TRY_DO(add_links(page, glance.keys));
    return page;
  }

 private:
  std::string doing() const { return "reading " + table_.table.path; }
  Error twice() const { return Error{.kind = ErrorKind::unavailable, .message = doing() + ": the same page came twice", .code = "CONNECTOR-1308-400"}; }
  Error disorder() const {
    return Error{.kind = ErrorKind::unavailable, .message = doing() + ": the list does not come in the order of its ids", .code = "CONNECTOR-1308-400"};
  }
  bool enough(const Position& at) const { return plan_.rows_wanted > 0 && at.taken >= static_cast<int64_t>(plan_.rows_wanted); }
  int64_t limit(int64_t max) const { return plan_.rows_wanted > 0 ? std::min(max, static_cast<int64_t>(plan_.rows_wanted)) : max; }

  /// Leaves out records behind the end of a range: the next one reads them. True when the page reaches that end.
  Result<bool> cut_at(const std::string& to, RawPage& raw) const {
    auto& keys = raw.glance.keys;
    if (to.empty() || keys.empty() || comes_after(to, keys.back())) return false;
    const auto end = std::find_if(keys.begin(), keys.end(), [&](const std::string& id) { return comes_after(id, to); });
    if (end == keys.end()) return true;
    keys.erase(end, keys.end());
    TRY(raw.body, first_records(raw.body, keys.size(), doing()));
    return true;
  }

  /// Both ways go by growing ids, so a page that begins no later than the one before is a loop.
  Status check_progress(const RawPage& raw, Position& at) const {
    const auto& keys = raw.glance.keys;
    if (keys.empty()) return {};
    if (!at.first.empty() && !comes_after(keys.front(), at.first)) return twice();
    at.first = keys.front();
    at.last = keys.back();
    at.taken += static_cast<int64_t>(keys.size());
    return {};
  }

  Result<RawPage> raw_page(http::Response response) const {
    if (portal_.calls().answer_of(response).what != AnswerClass::ok) return portal_.calls().error_of(response, doing());
    RawPage raw{.body = std::move(response.body)};
    TRY(raw.glance, glance_page(raw.body, {.values = {{"paging", "next", "after"}, {"total"}}, .records = {"results"}, .key = {"id"}}, doing()));
    return raw;
  }

  Result<http::Response> send(const http::Request& request) const {
    auto response = portal_.send(request, purpose_, stop_);
    if (!response) return with_context(std::move(response).error(), doing());
    return response;
  }

  Result<RawPage> list_page(const Position& at, bool lean) const {
    http::Query query;
    query.add("limit", std::to_string(limit(kListRows)));
    if (!at.after.empty()) query.add("after", at.after);
    query.add("archived", "false");
    const std::string& properties = lean ? kIdProperty : properties_->encoded;
    TRY(auto response, send(http::get(portal_.url("/crm/v3/objects/" + http::percent_encode(table_.type) + "?properties=" + properties + "&" + query.text()))));
    return raw_page(std::move(response));
  }

  Result<RawPage> search_page(SearchWish& wish, Position& at) const {
    for (;;) {
      wish.properties = at.lean ? std::vector<std::string>{kIdProperty} : properties_->names;
      wish.limit = std::min(wish.limit, limit(at.lean ? kListRows : kSearchRows));
      const auto request = search_request(portal_, table_.type, wish);
      TRY(auto response, send(request));
      if (response.status == 400 && !at.lean && request.body.size() > kSearchBytesGranted) {
        at.lean = true;
      } else if (response.status == 504 && wish.limit > kSmallSearchRows) {
        wish.limit = kSmallSearchRows;  // too heavy as it was
      } else {
        return raw_page(std::move(response));
      }
    }
  }

  /// The page's bodies: the answer itself, or the whole records behind its ids; then what is joined to them.
  Status fill(Page& page, RawPage raw, bool lean) {
    if (!lean || raw.glance.keys.empty()) {
      page.bodies.push_back(std::move(raw.body));
      return add_links(page, raw.glance.keys);
    }
    TRY(std::string body, read_batch(portal_, table_.type, raw.glance.keys, properties_->names, purpose_, stop_));
    TRY(const auto glance, glance_page(body, {.records = {"results"}, .key = {"id"}}, doing()));
    page.bodies.push_back(std::move(body));
    return add_links(page, glance.keys);
  }

  /// All_Deals' lists of linked records: a second body with the same records, where they are asked for.
  Status add_links(Page& page, const std::vector<std::string>& ids) const {
    if (table_.kind != Kind::deals_v1) return {};
    Json records = Json::array();
    for (const std::string& id : ids) records.push_back({{"id", id}, {kLinksMember, Json::object()}});
    bool any = false;
    for (const DealLink& link : deal_links()) {
      const std::vector<std::string> path = {std::string(kLinksMember), std::string(link.member)};
      const bool wanted = std::any_of(plan_.columns.begin(), plan_.columns.end(), [&](const Column& column) { return column.raw_path == path; });
      if (!wanted || ids.empty()) continue;
      any = true;
      TRY(const auto links, read_links(portal_, table_.type, std::string(link.type), ids, purpose_, stop_));
      for (size_t i = 0; i < ids.size(); ++i) {
        Json list = Json::array();
        if (const auto found = links.find(ids[i]); found != links.end()) {
          for (const Json& one : found->second) list.push_back(one.value("toObjectId", Json()));
        }
        records[i][path[0]][path[1]] = std::move(list);
      }
    }
    if (any) page.bodies.push_back(to_text(Json{{"results", std::move(records)}}));
    return {};
  }

  Portal& portal_;
  const HubTable& table_;
  const ReadPlan& plan_;
  const std::shared_ptr<const WantedProperties> properties_;
  const Purpose purpose_;
  const std::stop_token stop_;
};

const Slice kListSlice{.id = "list", .query = R"({"way":"list"})"};
const Slice kSearchSlice{.id = "search", .query = R"({"way":"search"})"};

Result<std::vector<Slice>> list_slices(Portal& portal, const HubTable& table, std::stop_token stop) {
  TRY(const std::vector<Range> ranges, ranges_of(portal, table, std::move(stop)));
  std::vector<Slice> slices;
  for (const Range& range : ranges) slices.push_back(slice_of(range, slices.size() + 1));
  return slices.size() == 1 ? std::vector<Slice>{kListSlice} : slices;
}

}  // namespace

Result<std::vector<Slice>> plan_records(Portal& portal, const HubTable& table, const ReadPlan& plan, std::stop_token stop) {
  TRY(const auto groups, window_filters(plan));
  if (!plan.keys.empty()) return slices_of_keys(plan.keys);
  if (plan.rows_wanted > 0) return std::vector<Slice>{kListSlice};
  if (!groups) return list_slices(portal, table, stop);
  TRY(const int64_t wanted, search_total(portal, table.type, *groups, stop));
  if (wanted > kSearchedRowsMax) {
    TRY(const int64_t all, search_total(portal, table.type, {}, stop));
    if (wanted > all / 3) return list_slices(portal, table, stop);
  }
  return std::vector<Slice>{kSearchSlice};
}

Result<Page> read_records(Portal& portal, const HubTable& table, const ReadPlan& plan, const Slice& slice, const Cursor& from, std::stop_token stop) {
  RecordReader reader(portal, table, plan, stop);
  if (slice.id == kSearchSlice.id) return reader.read_search(position_of(from));
  const Wish wish = wish_of(slice);
  return wish.keys.empty() ? reader.read_list(position_of(from), wish.range) : reader.read_keys(wish.keys);
}

}  // namespace foz::sources::hubspot
