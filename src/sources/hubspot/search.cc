#include "sources/hubspot/search.h"

#include <algorithm>

#include "sources/hubspot/metadata.h"
#include "sources/window.h"

namespace foz::sources::hubspot {
namespace {

/// GTE and LT, whichever are there: `BETWEEN` is closed at both ends.
std::vector<Json> between(const std::string& property, const std::optional<int64_t>& from, const std::optional<int64_t>& to) {
  std::vector<Json> filters;
  if (from) filters.push_back(filter_of(property, "GTE", std::to_string(*from)));
  if (to) filters.push_back(filter_of(property, "LT", std::to_string(*to)));
  return filters;
}

std::optional<int64_t> in_seconds(const std::optional<int64_t>& millis) {
  if (!millis) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(*millis)).count();
}

std::optional<int64_t> midnight(const std::optional<std::chrono::sys_days>& day) {
  if (!day) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(day->time_since_epoch()).count();
}

}  // namespace

Json filter_of(std::string_view property, std::string_view word, std::string value) {
  Json filter = {{"propertyName", property}, {"operator", word}};
  if (!value.empty()) filter["value"] = std::move(value);
  return filter;
}

Result<std::optional<FilterGroups>> window_filters(const ReadPlan& plan) {
  if (!plan.window || !plan.window->from) return std::optional<FilterGroups>();
  const Window& window = *plan.window;
  const auto& columns = plan.table.columns;
  const auto column = std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == window.column; });
  if (column == columns.end()) {
    return Error{.kind = ErrorKind::not_found, .message = plan.table.table.path + " has no column \"" + window.column + "\" to read by", .code = "CONNECTOR-1330-400"};
  }
  const std::string property = property_of(plan.table, *column);
  if (property.empty()) return std::optional<FilterGroups>();
  const MillisRange millis = millis_range(window);
  switch (column->type) {
    case ColumnType::timestamp: return std::optional(FilterGroups{between(property, millis.from, millis.to)});
    case ColumnType::date: {
      TRY(const DayRange days, day_range(window));
      return std::optional(FilterGroups{between(property, midnight(days.from), midnight(days.to))});
    }
    case ColumnType::decimal:  // seconds or milliseconds
      return std::optional(FilterGroups{between(property, in_seconds(millis.from), in_seconds(millis.to)), between(property, millis.from, millis.to)});
    default: return std::optional<FilterGroups>();
  }
}

http::Request search_request(const Portal& portal, const std::string& type, const SearchWish& wish) {
  Json groups = Json::array();
  FilterGroups all = wish.groups;
  if (all.empty() && !wish.behind.empty()) all.emplace_back();
  for (std::vector<Json>& filters : all) {
    if (!wish.behind.empty()) filters.push_back(filter_of("hs_object_id", "GT", wish.behind));
    groups.push_back({{"filters", std::move(filters)}});
  }
  const Json body = {{"filterGroups", std::move(groups)},
                     {"sorts", Json::array({{{"propertyName", "hs_object_id"}, {"direction", wish.newest_first ? "DESCENDING" : "ASCENDING"}}})},
                     {"properties", wish.properties},
                     {"limit", wish.limit}};
  return http::post_json(portal.url("/crm/v3/objects/" + http::percent_encode(type) + "/search"), to_text(body));
}

Result<int64_t> search_total(Portal& portal, const std::string& type, const FilterGroups& groups, std::stop_token stop) {
  const std::string doing = "counting " + type;
  TRY(const Json answer, portal.ask_json(search_request(portal, type, {.groups = groups, .properties = {"hs_object_id"}, .limit = 1}), Purpose::collect, doing, stop));
  const auto total = integer_of(answer, "total");
  if (!total) return Error{.kind = ErrorKind::corrupt, .message = doing + ": the answer has no total", .code = "CONNECTOR-1308-400"};
  return *total;
}

}  // namespace foz::sources::hubspot
