// Change tracking: delta links and what they lead to. Follows: Sources contract, 3.5.
#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/dynamics/dynamics.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kDay = 86'400'000;

/// `919042!2017-08-22T08:10:44Z`: a version, and when it was current.
std::string token_of(uint64_t version, int64_t now) { return std::to_string(version) + "!" + iso_seconds(from_millis(now)); }

struct Stamp {
  uint64_t version;
  int64_t at;
};

std::optional<Stamp> stamp_of(std::string_view token) {
  const size_t mark = std::min(token.find('!'), token.size());
  const auto version = to_integer(token.substr(0, mark));
  const auto at = parse_iso_instant(token.substr(std::min(mark + 1, token.size())));
  if (!version || *version < 0 || !at) return std::nullopt;
  return Stamp{.version = static_cast<uint64_t>(*version), .at = to_millis(*at)};
}

}  // namespace

/// The last version that a reader has seen whole: changes that are not visible yet come with the next delta.
uint64_t Dynamics::known_version(const TableState& table, int64_t now) const {
  uint64_t version = world_.tables.version();
  for (const auto& [number, change] : table.changes()) {
    if (change.visible_from > now && change.version <= version) version = change.version - 1;
  }
  return version;
}

std::optional<DynamicsError> Dynamics::not_trackable(const Visit& visit, const DynamicsEntity& entity) const {
  if (!entity.tracking) return DynamicsError{.code = "0x80040265", .message = "Entity: " + entity.logical + " isn't enabled for change tracking."};
  for (const char* option : {"$filter", "$orderby", "$expand", "$top"}) {
    if (visit.query.get(option)) return DynamicsError{.message = std::string("The query option '") + option + "' is not supported when change tracking is asked for."};
  }
  return std::nullopt;
}

std::string Dynamics::delta_link(const Visit& visit, uint64_t version) const {
  std::string link = visit.origin + std::string(visit.path) + "?";
  for (const auto& [name, value] : visit.query) {
    if (name == "$select") link += name + "=" + http::percent_encode(value) + "&";
  }
  return link + "$deltatoken=" + http::percent_encode(token_of(version, visit.now));
}

http::Response Dynamics::delta(Visit& visit, const Query& query, const std::string& token) {
  const auto stamp = stamp_of(token);
  if (!stamp) return dynamics_error({.message = "Malformed $deltatoken."});
  if (visit.now - stamp->at > tracking_days_ * kDay) {
    return dynamics_error({.code = "0x80044352", .message = "Version stamp associated with the client has expired. Please perform a full sync."});
  }
  // New and changed rows first, by version; then deletions.
  std::vector<std::pair<uint64_t, uint64_t>> changes, gone;
  for (const auto& [number, change] : query.table->changes()) {
    if (change.version <= stamp->version || change.visible_from > visit.now) continue;
    (change.state == Change::State::live ? changes : gone).emplace_back(change.version, number);
  }
  std::sort(changes.begin(), changes.end());
  std::sort(gone.begin(), gone.end());
  changes.insert(changes.end(), gone.begin(), gone.end());
  DynamicsPlace place{.version = known_version(*query.table, visit.now), .tracking = true};
  if (const auto cookie = visit.query.value("$skiptoken")) {
    const auto found = dynamics_place(*cookie, query.table->spec().id);
    if (!found) return dynamics_error({.message = "Malformed $skiptoken: the link of the last page has to be used as it came."});
    place = *found;
  }
  return json_text_response(200, delta_page(visit, query, changes, place));
}

std::string Dynamics::delta_page(Visit& visit, const Query& query, const std::vector<std::pair<uint64_t, uint64_t>>& changes, DynamicsPlace place) {
  const std::string context = service_root(visit) + "$metadata#" + query.entity->set;
  std::string body = "{\"@odata.context\":\"" + context + "(" + query.shown.context + ")/$delta\",\"value\":[";
  const uint64_t from = std::min<uint64_t>(place.offset, changes.size()), to = std::min<uint64_t>(from + rows_of_page(query), changes.size());
  for (uint64_t i = from; i < to; ++i) {
    if (i > from) body += ',';
    const Row row(*query.table, changes[i].second, visit.now);
    if (row.live()) append_row(body, query.shown, row);
    else body += "{\"@odata.context\":\"" + context + "/$deletedEntity\",\"id\":\"" + id_text(query.table->spec().id, row.number()) + "\",\"reason\":\"deleted\"}";
  }
  visit.records += to - from;
  body += ']';
  if (to < changes.size()) {
    ++place.page;
    place.offset = to;
    place.last = changes[to - 1].second;
    body += ",\"@odata.nextLink\":" + json_string(next_link(visit, place));
  } else {
    body += ",\"@odata.deltaLink\":" + json_string(delta_link(visit, place.version));
  }
  return body + "}";
}

}  // namespace foz::sim
