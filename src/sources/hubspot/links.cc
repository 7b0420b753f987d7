#include "sources/hubspot/links.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sources/hubspot/batch.h"
#include "sources/hubspot/records.h"
#include "sources/hubspot/search.h"

namespace foz::sources::hubspot {
namespace {

using namespace std::chrono_literals;

/// The recycle bin keeps 90 days; a day less for what lies between.
constexpr auto kBinReach = 89 * 24h;
/// The search index trails the records (1.6).
constexpr std::chrono::seconds kLateness = 2min;
/// A look that seems to be so far ahead was dated by a clock that was wrong.
constexpr auto kAheadMax = 1min;

Error twice(std::string_view doing) { return Error{.kind = ErrorKind::unavailable, .message = std::string(doing) + ": the same page came twice", .code = "CONNECTOR-1308-400"}; }

std::string list_url(const Portal& portal, const std::string& type, const std::string& after, bool archived, std::string_view properties) {
  http::Query query;
  query.add("limit", std::to_string(kListRows));
  if (!after.empty()) query.add("after", after);
  query.add("properties", std::string(properties));
  query.add("archived", archived ? "true" : "false");
  return portal.url("/crm/v3/objects/" + http::percent_encode(type) + "?" + query.text());
}

void add_rows(const std::string& from, const Json& link, Json& rows) {
  const Json* target = member(link, "toObjectId");
  const Json* types = member(link, "associationTypes");
  if (target == nullptr || types == nullptr || !types->is_array()) return;
  for (const Json& type : *types) {
    rows.push_back({{"fromId", from}, {"toId", as_text(*target)}, {"typeId", type.value("typeId", Json())}, {"category", type.value("category", Json())}, {"label", type.value("label", Json())}});
  }
}

/// Where a look for removals stands: first the recycle bin, then the merges.
struct Look {
  Instant since, begun;
  bool merges = false;
  std::string after = {};  ///< of the list; of merges: the last id
};

Look look_of(const Json& json) {
  return {.since = from_millis(integer_of(json, "since").value_or(0)),
          .begun = from_millis(integer_of(json, "begun").value_or(0)),
          .merges = boolean_of(json, "merges").value_or(false),
          .after = text_of(json, "after")};
}

Cursor cursor_of(const Look& look) {
  return {.text = to_text(Json{{"since", to_millis(look.since)}, {"begun", to_millis(look.begun)}, {"merges", look.merges}, {"after", look.after}})};
}

Removals answer_of_look(const Look& look) { return {.bookmark = iso_millis(look.begun), .method = "archived list", .lateness = kLateness}; }

/// A page of the recycle bin; `archivedAt` alone tells when, the modification stays as it was (4.7).
Result<Removals> read_archived(Portal& portal, const HubTable& table, Look look, std::stop_token stop) {
  const std::string doing = "reading the archived records of " + table.type;
  TRY(const Json answer, portal.ask_json(http::get(list_url(portal, table.type, look.after, true, "hs_object_id")), Purpose::collect, doing, stop));
  TRY(const Json* records, list_in(answer, "results", doing));
  Removals removals = answer_of_look(look);
  for (const Json& record : *records) {
    const std::string id = text_of(record, "id");
    if (id.empty()) return Error{.kind = ErrorKind::corrupt, .message = doing + ": a record has no id", .code = "CONNECTOR-1308-400"};
    const auto at = parse_iso_instant(text_of(record, "archivedAt"));
    if (!at || *at >= look.since) removals.rows.push_back({.key = id, .at = at});
  }
  const Json* after = member_at(answer, {"paging", "next", "after"});
  if (after != nullptr && as_text(*after) == look.after) return twice(doing);
  look.merges = after == nullptr;
  look.after = after == nullptr ? "" : as_text(*after);
  removals.next = cursor_of(look);
  return removals;
}

/// A page of records that others were merged into since: those others are gone. What the search index did not show to the look
/// before is told by this one.
Result<Removals> read_merged(Portal& portal, const HubTable& table, Look look, std::stop_token stop) {
  const std::string doing = "reading the merged records of " + table.type;
  const SearchWish wish{.groups = {{filter_of(modified_property(table.type), "GTE", std::to_string(to_millis(look.since - kLateness))), filter_of("hs_merged_object_ids", "HAS_PROPERTY")}},
                        .behind = look.after,
                        .properties = {"hs_merged_object_ids"}};
  TRY(const Json answer, portal.ask_json(search_request(portal, table.type, wish), Purpose::collect, doing, stop));
  TRY(const Json* records, list_in(answer, "results", doing));
  Removals removals = answer_of_look(look);
  for (const Json& record : *records) {
    const Json* merged = member_at(record, {"properties", "hs_merged_object_ids"});
    if (merged == nullptr) continue;
    const std::string ids = as_text(*merged);
    for (const std::string_view id : split(ids, ';')) {
      if (!trim(id).empty()) removals.rows.push_back({.key = std::string(trim(id))});
    }
  }
  if (records->empty()) return removals;
  const std::string last = text_of(records->back(), "id");
  if (last == look.after) return twice(doing);
  look.after = last;
  if (integer_of(answer, "total").value_or(0) > static_cast<int64_t>(records->size())) removals.next = cursor_of(look);
  return removals;
}

}  // namespace

Result<Page> read_link_table(Portal& portal, const HubTable& table, Purpose purpose, const Cursor& from, std::stop_token stop) {
  const std::string doing = "reading " + table.table.path;
  const auto position = parse_json(from.text);
  const std::string after = position ? text_of(*position, "after") : "";
  TRY(auto response, portal.ask(http::get(list_url(portal, table.type, after, false, "hs_object_id")), purpose, doing, stop));
  TRY(const auto glance, glance_page(response.body, {.values = {{"paging", "next", "after"}}, .records = {"results"}, .key = {"id"}}, doing));
  if (glance.values[0] && *glance.values[0] == after) return twice(doing);
  Json rows = Json::array();
  if (!glance.keys.empty()) {
    TRY(const auto links, read_links(portal, table.type, table.to, glance.keys, purpose, stop));
    for (const std::string& id : glance.keys) {
      const auto found = links.find(id);
      if (found == links.end()) continue;
      for (const Json& link : found->second) add_rows(id, link, rows);
    }
  }
  Page page{.records = "/results"};
  if (glance.values[0]) page.next = Cursor{.text = to_text(Json{{"after", *glance.values[0]}})};
  page.bodies.push_back(to_text(Json{{"results", std::move(rows)}}));
  return page;
}

Result<Removals> read_removals(Portal& portal, const HubTable& table, const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop) {
  const Instant now = portal.calls().vendor_clock().earliest();
  Look look{.since = now, .begun = now};
  if (!from.text.empty()) {
    TRY(const Json position, parse_json(from.text));
    look = look_of(position);
    return look.merges ? read_merged(portal, table, std::move(look), stop) : read_archived(portal, table, std::move(look), stop);
  }
  const auto marked = parse_iso_instant(bookmark);
  if (!marked && !(plan.window && plan.window->from)) return answer_of_look(look);  // nothing has landed yet that could be gone
  look.since = marked ? *marked : *plan.window->from;
  if (look.since < look.begun - kBinReach || look.since > look.begun + kAheadMax) {
    Removals removals = answer_of_look(look);
    removals.gap = true;
    return removals;
  }
  return read_archived(portal, table, std::move(look), stop);
}

}  // namespace foz::sources::hubspot
