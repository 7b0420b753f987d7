#include "sources/dynamics/read.h"

#include <algorithm>
#include <unordered_map>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sources/dynamics/answers.h"

namespace foz::sources::dynamics {
namespace {

using namespace std::chrono_literals;

/// Bytes of columns in one URL of 32 KB, beside conditions, host and page handle.
constexpr size_t kSelectBytesMax = 20'000;
/// Keys in one question for records that another page did not bring.
constexpr size_t kKeysAtOnce = 50;
/// A query that is too heavy is not asked for less than this.
constexpr std::chrono::milliseconds kShortestSpan = 1h;
/// Nothing in Dataverse is older.
constexpr int64_t kOldest_ms = 946'684'800'000;
/// A count ends here, whatever there is.
constexpr int64_t kCountMax = 5000;

constexpr std::string_view kAnnotations = R"(odata.include-annotations="OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.lookuplogicalname")";

/// Where a slice stands.
struct Position {
  std::vector<TimeRange> ranges = {};      ///< still to be read, the one at hand first; none: the slice as a whole
  std::vector<std::string> links = {};     ///< of the next page, for each list of columns; none: the range's first page
  std::string first = {};                  ///< key of the last page's first record: tells a page that comes twice
  int64_t taken = 0;                       ///< records read
  int64_t before = 0;                      ///< of them: in ranges before the one at hand
};

Json range_json(const TimeRange& range) {
  Json json = Json::object();
  if (range.from) json["from"] = *range.from;
  if (range.to) json["to"] = *range.to;
  return json;
}
TimeRange range_of(const Json& json) { return {.from = integer_of(json, "from"), .to = integer_of(json, "to")}; }

Result<Position> position_of(const Cursor& cursor) {
  if (cursor.text.empty()) return Position{};
  TRY(const Json json, parse_json(cursor.text));
  Position at{.links = texts_of(json, "links"), .first = text_of(json, "first"), .taken = integer_of(json, "taken").value_or(0), .before = integer_of(json, "before").value_or(0)};
  if (const Json* ranges = member(json, "ranges"); ranges != nullptr && ranges->is_array()) {
    for (const Json& range : *ranges) at.ranges.push_back(range_of(range));
  }
  return at;
}

Cursor cursor_of(const Position& at) {
  Json json = {{"links", at.links}, {"first", at.first}, {"taken", at.taken}, {"before", at.before}};
  for (const TimeRange& range : at.ranges) json["ranges"].push_back(range_json(range));
  return {.text = to_text(json)};
}

/// Of keys as rows show them: GUIDs.
std::string key_condition(const std::string& key, const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  for (const std::string& value : values) parts.push_back(key + " eq " + value);
  return join(parts, " or ");
}

const Column* column_named(const Description& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

/// One page of one list of columns as it came, and what it says of itself.
struct RawPage {
  std::string body;
  JsonGlance glance;
  std::string link;  ///< empty: the last one
};

class Reader {
 public:
  Reader(Environment& environment, const ReadPlan& plan, const Part& part, std::stop_token stop)
      : environment_(environment), plan_(plan), part_(part), stop_(stop) {}

  Result<Page> read(Position at) {
    TRY_DO(prepare());
    TRY(RawPage first, first_list_page(at));
    if (!first.link.empty() && !at.links.empty() && first.link == at.links[0]) return unavailable("the page leads to itself");
    const auto& keys = first.glance.keys;
    if (!keys.empty() && keys[0] == at.first) return unavailable("the same page came twice");
    Page page{.records = "/value"};
    at.taken += static_cast<int64_t>(first.glance.records);
    if (!keys.empty()) at.first = keys.front();
    std::vector<std::string> links = {first.link};
    const std::optional<int64_t> counted = to_integer(first.glance.values[1].value_or(""));
    if (lists_.size() == 1) page.bodies.push_back(std::move(first.body));
    else TRY_DO(add_other_lists(page, first, at, links));
    set_next(page, at, std::move(links), counted);
    return page;
  }

 private:
  std::string doing() const { return "reading " + plan_.table.table.path; }
  Error unavailable(const std::string& why) const { return Error{.kind = ErrorKind::unavailable, .message = doing() + ": " + why, .code = "CONNECTOR-1308-400"}; }
  bool wants_taste() const { return plan_.rows_wanted > 0; }

  /// Which properties are asked for, in lists that each fit a URL and each hold the key (2.4, pain 9); and the conditions.
  Status prepare() {
    std::vector<std::string> properties = {part_.key}, expansions;
    for (const Column& column : plan_.columns) {
      annotated_ |= !column.raw_path.empty() && column.raw_path[0].find('@') != std::string::npos;
      if (column.raw_path.size() == 2 && is_logical_name(column.raw_path[0]) && is_logical_name(column.raw_path[1])) {
        expansions.push_back(column.raw_path[0] + "($select=" + column.raw_path[1] + ")");
      }
      const std::string property = property_of(column);
      if (property.empty() || std::find(properties.begin(), properties.end(), property) != properties.end()) continue;
      properties.push_back(property);
    }
    std::sort(expansions.begin(), expansions.end());
    expansions.erase(std::unique(expansions.begin(), expansions.end()), expansions.end());
    expand_ = join(expansions, ",");
    lists_.emplace_back();
    size_t used = expand_.size();
    for (const std::string& property : properties) {
      if (used + property.size() > kSelectBytesMax && lists_.back().size() > 1) {
        lists_.push_back({part_.key});
        used = part_.key.size();
      }
      lists_.back().push_back(property);
      used += property.size() + 1;
    }
    return add_conditions();
  }

  Status add_conditions() {
    if (!part_.keys.empty()) return {};
    if (plan_.window) {
      const Column* column = column_named(plan_.table, plan_.window->column);
      if (column == nullptr) {
        return Error{.kind = ErrorKind::not_found, .message = plan_.table.table.path + " has no column \"" + plan_.window->column + "\" to read by", .code = "CONNECTOR-1330-400"};
      }
      TRY(window_, window_condition(*column, *plan_.window));
      if (!window_.empty()) order_ = property_of(*column) + " asc," + part_.key + " asc";
      if (!window_.empty() && column->type == ColumnType::timestamp) {
        split_by_ = column->name;
        const auto millis = [](const std::optional<Instant>& bound) -> std::optional<int64_t> { return bound ? std::optional(std::chrono::ceil<std::chrono::milliseconds>(*bound).time_since_epoch().count()) : std::nullopt; };
        whole_ = {.from = millis(plan_.window->from), .to = millis(plan_.window->to)};
      }
    }
    if (split_by_.empty() && column_named(plan_.table, "createdon") != nullptr) {
      split_by_ = "createdon";
      whole_ = part_.created;
    }
    if (plan_.filter != nullptr) filter_ = filter_condition(plan_.table, *plan_.filter);
    return {};
  }

  /// Window, filter, part, and the range at hand where the query was cut.
  std::string conditions(const Position& at) const {
    if (!part_.keys.empty()) return key_condition(part_.key, part_.keys);
    std::vector<std::string> all;
    for (const std::string& one : {window_, filter_, part_.created == TimeRange() ? std::string() : range_condition("createdon", part_.created)}) {
      if (!one.empty()) all.push_back(one);
    }
    if (!at.ranges.empty()) {
      if (const std::string range = range_condition(split_by_, at.ranges[0]); !range.empty()) all.push_back(range);
    }
    return join(all, " and ");
  }

  std::string query_url(size_t list, const std::string& conditions, bool ordered, bool counted) const {
    std::string url = environment_.url(http::percent_encode(part_.set)) + "?$select=" + join(lists_[list], ",");
    if (list == 0 && !expand_.empty()) url += "&$expand=" + expand_;
    if (!conditions.empty()) url += "&$filter=" + http::percent_encode(conditions);
    if (ordered && !order_.empty()) url += "&$orderby=" + http::percent_encode(order_);
    return url + (counted ? "&$count=true" : "");
  }

  http::Request request_of(std::string url) const {
    http::Request request = http::get(std::move(url));
    const size_t rows = wants_taste() ? std::min(plan_.rows_wanted, kPageRows) : kPageRows;
    request.headers.set("Prefer", "odata.maxpagesize=" + std::to_string(rows) + (annotated_ ? "," + std::string(kAnnotations) : ""));
    return request;
  }

  Result<http::Response> send(std::string url) {
    auto response = environment_.send(request_of(std::move(url)), wants_taste() ? Purpose::look : Purpose::collect, stop_);
    if (!response) return with_context(std::move(response).error(), doing());
    return response;
  }

  Result<RawPage> raw_page(http::Response response) {
    if (environment_.calls().answer_of(response).what != AnswerClass::ok) return environment_.calls().error_of(response, doing());
    RawPage raw{.body = std::move(response.body)};
    const GlanceWish wish{.values = {{"@odata.nextLink"}, {"@odata.count"}}, .records = {"value"}, .key = {part_.key}, .texts = lists_.size() > 1};
    TRY(raw.glance, glance_page(raw.body, wish, doing()));
    raw.link = raw.glance.values[0].value_or("");
    return raw;
  }

  Result<RawPage> first_list_page(Position& at) {
    for (;;) {
      const bool counts = !window_.empty() && !wants_taste();
      TRY(std::string url, at.links.empty() ? query_url(0, conditions(at), true, counts) : environment_.url_of_link(at.links[0]));
      TRY(auto response, send(std::move(url)));
      const bool heavy = is_timeout(response) && at.links.empty() && !wants_taste();
      if (!heavy || !halve(at)) return raw_page(std::move(response));
    }
  }

  /// Cuts the range at hand in two. False: it is too short, or there is nothing to cut by.
  bool halve(Position& at) const {
    if (split_by_.empty()) return false;
    if (at.ranges.empty()) at.ranges.push_back(whole_);
    const TimeRange range = at.ranges[0];
    const int64_t from = range.from.value_or(kOldest_ms), to = range.to.value_or(to_millis(environment_.clock().now()) + std::chrono::milliseconds(24h).count());
    if (to - from < 2 * kShortestSpan.count()) return false;
    const int64_t middle = (from + (to - from) / 2) / 1000 * 1000;
    at.ranges[0] = {.from = range.from, .to = middle};
    at.ranges.insert(at.ranges.begin() + 1, {.from = middle, .to = range.to});
    return true;
  }

  void set_next(Page& page, Position& at, std::vector<std::string> links, std::optional<int64_t> counted) const {
    const bool range_over = links[0].empty();
    const bool last_range = at.ranges.size() <= 1;
    if (last_range && counted && *counted < kCountMax && lists_.size() == 1) page.total = at.before + *counted;
    at.links = std::move(links);
    if (range_over) {
      at.links.clear();
      at.before = at.taken;
      if (!at.ranges.empty()) at.ranges.erase(at.ranges.begin());
    }
    const bool more = !range_over || !last_range;
    const bool enough = wants_taste() && at.taken >= static_cast<int64_t>(plan_.rows_wanted);
    if (more && !enough) page.next = cursor_of(at);
  }

  /// The other columns of the records in `first`, by their keys. Rows that went meanwhile leave all bodies.
  Status add_other_lists(Page& page, const RawPage& first, const Position& at, std::vector<std::string>& links) {
    const auto& keys = first.glance.keys;
    std::vector<std::vector<std::string>> parts;  // by list, by record; "" where the record is gone
    for (size_t list = 1; list < lists_.size(); ++list) {
      TRY(auto records, other_records(list, keys, at, links));
      parts.push_back(std::move(records));
    }
    std::vector<std::string> bodies(lists_.size(), R"({"value":[)");
    bool any = false;
    for (size_t record = 0; record < keys.size(); ++record) {
      if (!std::all_of(parts.begin(), parts.end(), [&](const auto& part) { return !part[record].empty(); })) continue;
      for (size_t list = 0; list < bodies.size(); ++list) {
        if (any) bodies[list] += ',';
        bodies[list] += list == 0 ? first.glance.texts[record] : std::string_view(parts[list - 1][record]);
      }
      any = true;
    }
    for (std::string& body : bodies) page.bodies.push_back(std::move(body) + "]}");
    return {};
  }

  /// The list's own page of the same query; records that it lacks, as rows moved between the calls, are asked for by key.
  Result<std::vector<std::string>> other_records(size_t list, const std::vector<std::string>& keys, const Position& at, std::vector<std::string>& links) {
    std::vector<std::string> records(keys.size());
    std::unordered_map<std::string_view, size_t> place;
    for (size_t i = 0; i < keys.size(); ++i) place[keys[i]] = i;
    const auto take = [&](const RawPage& raw) {
      for (size_t i = 0; i < raw.glance.keys.size(); ++i) {
        if (const auto found = place.find(raw.glance.keys[i]); found != place.end()) records[found->second] = raw.glance.texts[i];
      }
    };
    const bool begins = at.links.empty();
    std::string link;
    if (begins || (list < at.links.size() && !at.links[list].empty())) {
      TRY(std::string url, begins ? query_url(list, conditions(at), true, false) : environment_.url_of_link(at.links[list]));
      TRY(auto response, send(std::move(url)));
      TRY(const RawPage raw, raw_page(std::move(response)));
      take(raw);
      link = raw.link;
    }
    links.push_back(std::move(link));
    std::vector<std::string> missing;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (records[i].empty()) missing.push_back(keys[i]);
    }
    for (size_t i = 0; i < missing.size(); i += kKeysAtOnce) {
      const std::vector<std::string> some(missing.begin() + static_cast<std::ptrdiff_t>(i), missing.begin() + static_cast<std::ptrdiff_t>(std::min(missing.size(), i + kKeysAtOnce)));
      TRY(auto response, send(query_url(list, key_condition(part_.key, some), false, false)));
      TRY(const RawPage raw, raw_page(std::move(response)));
      take(raw);
    }
    return records;
  }

  Environment& environment_;
  const ReadPlan& plan_;
  const Part& part_;
  const std::stop_token stop_;
  std::vector<std::vector<std::string>> lists_;
  std::string expand_, window_, filter_, order_;
  std::string split_by_;   ///< the column whose time is halved when a query is too heavy; empty: none
  TimeRange whole_;        ///< what of it the slice has
  bool annotated_ = false;
};

/// Rows that are worth a query of their own; four of a connection run at once (3.7).
constexpr int64_t kPartRows = 50'000;
constexpr int64_t kPartsMax = 16;

/// Creation of the first (or last) row; nothing when there is none.
Result<std::optional<int64_t>> created(Environment& environment, const Entity& entity, bool first, std::stop_token stop) {
  http::Request request = http::get(environment.url(http::percent_encode(entity.set)) + "?$select=createdon&$orderby=createdon%20" + (first ? "asc" : "desc"));
  request.headers.set("Prefer", "odata.maxpagesize=1");
  TRY(const auto response, environment.ask(std::move(request), Purpose::collect, "planning " + entity.description.table.path, stop));
  TRY(const Json answer, parse_json(response.body, {.depth_max = 200}));
  const Json* record = at_pointer(answer, "/value/0");
  const auto moment = record == nullptr ? std::nullopt : parse_iso_instant(text_of(*record, "createdon"));
  if (!moment) return std::optional<int64_t>();
  return std::optional(to_millis(*moment));
}

/// A snapshot that may be a day old: good enough to choose parts by.
Result<int64_t> rows_about(Environment& environment, const std::string& logical_name, std::stop_token stop) {
  TRY(const Json answer, environment.get_json("RetrieveTotalRecordCount(EntityNames=%5B'" + logical_name + "'%5D)", "counting " + logical_name, stop));
  const Json* count = at_pointer(answer, "/EntityRecordCountCollection/Values/0");
  return count == nullptr ? 0 : as_integer(*count).value_or(0);
}

Result<std::vector<TimeRange>> parts_of(Environment& environment, const Entity& entity, std::stop_token stop) {
  std::vector<TimeRange> whole(1);
  const Column* created_on = column_named(entity.description, "createdon");
  if (created_on == nullptr || created_on->type != ColumnType::timestamp) return whole;
  TRY(const int64_t rows, rows_about(environment, entity.description.table.path, stop));
  const int64_t wanted = std::min(rows / kPartRows, kPartsMax);
  if (wanted < 2) return whole;
  TRY(const auto first, created(environment, entity, true, stop));
  TRY(const auto last, created(environment, entity, false, stop));
  return first && last ? ranges_between(*first, *last, wanted) : whole;
}

std::vector<Slice> slices_of_keys(const Entity& entity, const std::vector<std::string>& keys) {
  std::vector<Slice> slices;
  for (size_t at = 0; at < keys.size(); at += kKeysAtOnce) {
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(at);
    const std::vector<std::string> some(begin, begin + static_cast<std::ptrdiff_t>(std::min(kKeysAtOnce, keys.size() - at)));
    slices.push_back(slice_of({.set = entity.set, .key = entity.key, .keys = some}));
    slices.back().id = "keys-" + std::to_string(slices.size());
  }
  return slices;
}

}  // namespace

Slice slice_of(const Part& part) {
  Json query = range_json(part.created);
  std::string id = query.empty() ? "all" : "created-" + (part.created.from ? std::to_string(*part.created.from) : "first");
  query["set"] = part.set;
  query["key"] = part.key;
  if (!part.keys.empty()) query["keys"] = part.keys;
  return {.id = std::move(id), .query = to_text(query)};
}

Result<Part> part_of(const Slice& slice) {
  const auto query = parse_json(slice.query);
  Part part;
  if (query && query->is_object()) part = {.set = text_of(*query, "set"), .key = text_of(*query, "key"), .created = range_of(*query), .keys = texts_of(*query, "keys")};
  if (is_logical_name(part.set) && is_logical_name(part.key)) return part;
  return Error{.kind = ErrorKind::corrupt, .message = "the slice " + slice.id + " is none of Dynamics"};
}

std::vector<TimeRange> ranges_between(int64_t first_ms, int64_t last_ms, int64_t count) {
  std::vector<TimeRange> ranges(1);
  const int64_t step = (last_ms - first_ms) / std::max<int64_t>(count, 1);
  for (int64_t i = 1; i < count && step > 0; ++i) {
    const int64_t bound = (first_ms + i * step) / 1000 * 1000;  // the vendor keeps whole seconds
    if (bound <= ranges.back().from.value_or(first_ms)) continue;
    ranges.back().to = bound;
    ranges.push_back({.from = bound});
  }
  return ranges;
}

/// Parts are a matter of speed: when planning them fails, one part does as well.
Result<std::vector<Slice>> plan_slices(Environment& environment, const ReadPlan& plan, std::stop_token stop) {
  TRY(const auto entity, environment.known(plan.table.table.path, stop));
  if (!plan.keys.empty() && std::all_of(plan.keys.begin(), plan.keys.end(), is_guid)) return slices_of_keys(*entity, plan.keys);
  std::vector<TimeRange> ranges(1);
  const bool narrowed = plan.window && plan.window->from;
  if (!narrowed && plan.rows_wanted == 0) {
    auto found = parts_of(environment, *entity, stop);
    if (found) ranges = *std::move(found);
    else if (found.error().kind == ErrorKind::cancelled || found.error().kind == ErrorKind::rate_limited) return std::move(found).error();
  }
  std::vector<Slice> slices;
  for (const TimeRange& range : ranges) slices.push_back(slice_of({.set = entity->set, .key = entity->key, .created = range}));
  return slices;
}

Result<Page> read_page(Environment& environment, const ReadPlan& plan, const Part& part, const Cursor& from, std::stop_token stop) {
  TRY(Position at, position_of(from));
  return Reader(environment, plan, part, stop).read(std::move(at));
}

}  // namespace foz::sources::dynamics
