// What a sandbox has, in numbers. Follows: Schema Registry contract, 13.
#include "registry/registry.h"

#include <algorithm>
#include <set>

#include "registry/schema_store.h"
#include "registry/snapshot.h"

namespace foz::registry {
namespace {

constexpr size_t kRecentMax = 10;

/// "Sat Feb 02 2019 00:24:30 GMT+0000 (UTC)"
std::string long_time(int64_t millis) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Instant instant = from_millis(millis);
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
  char text[64];
  std::snprintf(text, sizeof(text), "%s %s %02u %04d %02d:%02d:%02d GMT+0000 (UTC)", kDays[std::chrono::weekday(day).c_encoding()],
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()), static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text;
}

Json summary(const Found& found) {
  return {{"$id", found.id}, {"title", text_of(*found.part, "title")}, {"description", text_of(*found.part, "description")}};
}

/// The newest first.
std::vector<Found> recent(std::vector<Found> all, int64_t Found::*time) {
  std::sort(all.begin(), all.end(), [&](const Found& a, const Found& b) { return a.*time != b.*time ? a.*time > b.*time : a.id < b.id; });
  if (all.size() > kRecentMax) all.resize(kRecentMax);
  return all;
}

}  // namespace

Result<Json> Registry::stats(const Scope& scope) {
  TRY(const auto state, snapshot(scope.sandbox));
  Json counts = Json::object(), usage = Json::object();
  std::vector<Found> all;
  for (const ResourceKind kind : {ResourceKind::schema, ResourceKind::field_group, ResourceKind::data_type, ResourceKind::class_, ResourceKind::union_view}) {
    TRY(auto found, all_of(*state, {.kind = kind}));
    counts[std::string(words_of(kind).type)] = found.size();
    if (kind != ResourceKind::union_view) std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  for (const Found& found : all) {
    const std::string class_id = text_of(*found.part, "meta:class");
    if (found.kind == ResourceKind::schema && !class_id.empty()) usage[class_id].push_back(summary(found));
  }
  Json created = Json::array(), updated = Json::array();
  for (const Found& found : recent(all, &Found::created_ms)) {
    Json one = summary(found);
    one["meta:resourceType"] = words_of(found.kind).type;
    one["meta:created"] = long_time(found.created_ms);
    one["version"] = text_of(*found.part, "version");
    created.push_back(std::move(one));
  }
  for (const Found& found : recent(all, &Found::updated_ms)) {
    Json one = summary(found);
    one["meta:resourceType"] = words_of(found.kind).type;
    one["meta:updated"] = long_time(found.updated_ms);
    one["version"] = text_of(*found.part, "version");
    if (const std::string class_id = text_of(*found.part, "meta:class"); !class_id.empty()) {
      const auto class_part = state->finder.parts()(class_id);
      one["meta:class"] = class_id;
      one["meta:classTitle"] = class_part == nullptr ? "" : text_of(*class_part, "title");
    }
    updated.push_back(std::move(one));
  }
  return Json{{"imsOrg", settings_.org_id}, {"tenantId", settings_.tenant}, {"counts", counts}, {"recentlyCreatedResources", created},
              {"recentlyUpdatedResources", updated}, {"classUsage", usage}};
}

}  // namespace foz::registry
