// `POST .../search`. Follows: Sources contract, 4.4.
#include "base/text.h"
#include "simulators/hubspot/hubspot.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr size_t kFoundMax = 8;

http::Response invalid(std::string_view message) { return hubspot_error(400, "VALIDATION_ERROR", message); }

}  // namespace

/// The rows of a search; pages of one search share what was found while nobody changes the table.
std::shared_ptr<const std::vector<uint32_t>> Hubspot::found_rows(const HubspotObjects& objects, const HubspotSearch& search, int64_t as_of) {
  {
    std::lock_guard lock(mutex_);
    for (const Found& found : found_) {
      if (found.table != objects.table || found.key != search.key) continue;
      const bool same = found.as_of == as_of || (objects.table->settled(found.as_of) && objects.table->settled(as_of));
      if (same) return found.rows;
    }
  }
  Found found{.table = objects.table, .key = search.key, .as_of = as_of,
              .rows = std::make_shared<const std::vector<uint32_t>>(search.run(*objects.table, as_of))};
  std::lock_guard lock(mutex_);
  found_.push_back(found);
  if (found_.size() > kFoundMax) found_.pop_front();
  return found.rows;
}

http::Response Hubspot::search(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto body = parse_json(visit.request.body);
  if (!body) return invalid("Invalid input JSON: " + body.error().message);
  if (search_body_max_ > 0 && visit.request.body.size() > static_cast<size_t>(search_body_max_)) {
    return invalid("The body of a search is longer than " + std::to_string(search_body_max_.load()) + " characters");
  }
  auto read = HubspotSearch::read(*body, *objects->table, objects->type->searched);
  if (const auto* message = std::get_if<std::string>(&read)) return invalid(*message);
  auto& search = std::get<HubspotSearch>(read);
  search.limit = page_rows(world_, search.limit);
  const int64_t as_of = visit.now - search_lag_ * 1000;
  const auto rows = found_rows(*objects, search, as_of);
  return search_page(visit, *objects, search, *rows, as_of);
}

http::Response Hubspot::search_page(Visit& visit, const HubspotObjects& objects, const HubspotSearch& search, const std::vector<uint32_t>& rows,
                                    int64_t as_of) {
  const FaultRule* off = visit.effects.find(FaultKind::wrong_total);
  const bool empty = visit.effects.has(FaultKind::empty_page), again = visit.effects.has(FaultKind::repeat_page);
  const uint64_t from = again ? search.after - std::min(search.after, search.limit) : search.after;
  const uint64_t to = empty ? from : std::min<uint64_t>(rows.size(), from + search.limit);
  const HubspotProjection shown = projection(objects, search.properties, {});
  std::string body = "{\"total\":" + std::to_string(static_cast<int64_t>(rows.size()) + (off == nullptr ? 0 : off->by)) + ",\"results\":[";
  Scratch scratch;
  for (uint64_t i = from; i < to; ++i) {
    if (i > from) body += ',';
    append_record(body, objects, shown, Row(*objects.table, rows[i], as_of), scratch);
    body += '}';
    ++visit.records;
  }
  body += ']';
  if (to < rows.size() && search.limit > 0) {
    const bool loops = visit.effects.has(FaultKind::loop_page);
    const std::string next = empty || again ? "0" + std::to_string(search.after) : std::to_string(loops ? search.after : to);
    body += ",\"paging\":{\"next\":{\"after\":\"" + next + "\"}}";
  }
  body += '}';
  return json_text_response(200, std::move(body));
}

}  // namespace foz::sim
