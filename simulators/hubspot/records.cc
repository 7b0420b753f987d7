// Reading records: lists, single ones, batches. Follows: Sources contract, 4.4.
#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/hubspot/hubspot.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr uint64_t kLimitUsual = 10;
constexpr size_t kBatchMax = 100;

http::Response invalid(std::string_view message) { return hubspot_error(400, "VALIDATION_ERROR", message); }

void append_moment(std::string& out, std::string_view key, int64_t millis) {
  out += key;
  append_instant(out, millis, InstantForm::millis_z);
  out += '"';
}

/// A moment that a record shows more than once, printed once: `"2024-01-02T03:04:05.000Z"`.
std::string quoted_moment(int64_t millis) {
  std::string text;
  text.reserve(26);
  append_moment(text, "\"", millis);
  return text;
}

/// Rows of the recycle bin in id order, from `from` on.
HubspotPage archived_page(const TableState& table, uint64_t from, uint64_t limit, int64_t now) {
  std::vector<uint64_t> rows;
  for (const auto& [number, change] : table.changes()) {
    if (number < from) continue;
    const Row row(table, number, now);
    if (row.exists() && row.archived()) rows.push_back(number);
  }
  std::sort(rows.begin(), rows.end());
  const bool more = rows.size() > limit;
  if (more) rows.resize(limit);
  return {.rows = std::move(rows), .more = more};
}

/// A handle as the documentation shows it: the id behind which it leads on, packed.
std::string packed_handle(const std::string& id) { return to_base64(id + "\n"); }

std::optional<int64_t> id_in_handle(const std::string& handle, bool packed) {
  if (!packed) return to_integer(handle);
  const auto plain = from_base64(handle);
  return plain && plain->ends_with('\n') ? to_integer(trim(*plain)) : std::nullopt;
}

/// Where the page before the one at `from` begins.
uint64_t page_before(const TableState& table, uint64_t from, uint64_t limit, int64_t now) {
  for (uint64_t seen = 0; from > 0 && seen < limit;) {
    if (Row(table, --from, now).live()) ++seen;
  }
  return from;
}

/// The `id`s (or values of `idProperty`) of a batch.
std::vector<std::string> ids_of(const Json& inputs) {
  std::vector<std::string> ids;
  for (const Json& input : inputs) {
    const Json* id = member(input, "id");
    std::string text = id == nullptr ? std::string() : as_text(*id);
    if (std::find(ids.begin(), ids.end(), text) == ids.end()) ids.push_back(std::move(text));
  }
  return ids;
}

}  // namespace

http::Response hubspot_no_type(std::string_view name) { return invalid("Unable to infer object type from: " + std::string(name)); }

HubspotPage hubspot_page(const TableState& table, uint64_t from, uint64_t limit, int64_t now) {
  HubspotPage page;
  page.rows.reserve(limit);
  for (; from < table.rows(); ++from) {
    if (!Row(table, from, now).live()) continue;
    page.more = page.rows.size() == limit;
    if (page.more) break;
    page.rows.push_back(from);
  }
  return page;
}

HubspotProjection Hubspot::projection(const HubspotObjects& objects, const std::vector<std::string>& asked, const std::vector<std::string>& history) const {
  HubspotProjection result;
  const std::vector<std::string>& wanted = asked.empty() ? objects.type->usual : asked;
  for (const Column& column : objects.table->spec().columns) {  // in the order of names, as the vendor prints them
    const bool always = column.recipe == Recipe::id || column.recipe == Recipe::created || column.recipe == Recipe::modified;
    if (column.hidden || (!always && std::find(wanted.begin(), wanted.end(), column.name) == wanted.end())) continue;
    result.members.push_back({&column, (result.members.empty() ? "\"" : ",\"") + column.name + "\":"});
  }
  for (const std::string& name : history) {
    if (const Column* column = objects.table->column(name)) result.history.push_back(column);
  }
  return result;
}

void Hubspot::append_record(std::string& out, const HubspotObjects& objects, const HubspotProjection& projection, const Row& row, Scratch& scratch) const {
  scratch.reset();
  out += "{\"id\":\"";
  append_id(out, objects.table->spec().id, row.number());
  out += "\",\"properties\":{";
  const std::string created = quoted_moment(row.created()), modified = quoted_moment(row.modified());
  for (const HubspotProjection::Member& written : projection.members) {
    out += written.key;
    if (written.column->recipe == Recipe::created) out += created;
    else if (written.column->recipe == Recipe::modified) out += modified;
    else append_hubspot_json(out, row.cell(*written.column, scratch));
  }
  if (!projection.history.empty()) append_history(out, projection, row, scratch);
  ((out += "},\"createdAt\":") += created) += ",\"updatedAt\":";
  out += modified;
  if (!row.archived()) {
    out += ",\"archived\":false";
    return;
  }
  out += ",\"archived\":true";
  append_moment(out, ",\"archivedAt\":\"", row.change()->archived_at);
}

void Hubspot::append_history(std::string& out, const HubspotProjection& projection, const Row& row, Scratch& scratch) const {
  out += "},\"propertiesWithHistory\":{";
  bool first = true;
  for (const Column* column : projection.history) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, column->name);
    out += ":[{\"value\":";
    append_hubspot_json(out, row.cell(*column, scratch));
    append_moment(out, ",\"timestamp\":\"", row.modified());
    out += ",\"sourceType\":\"CRM_UI\",\"sourceId\":\"userId:1\",\"updatedByUserId\":1}]";
  }
}

std::string Hubspot::one_record(const HubspotObjects& objects, const HubspotProjection& projection, const Row& row,
                                const std::vector<std::string>& targets) const {
  std::string body;
  Scratch scratch;
  append_record(body, objects, projection, row, scratch);
  if (!targets.empty()) append_inline_associations(body, objects, row.number(), targets);
  return body + "}";
}

/// The handle behind a page. One that a fault forges is spelled otherwise and leads to where this page began.
std::string Hubspot::handle_behind(const Visit& visit, const HubspotObjects& objects, const HubspotPage& page, std::string_view asked) const {
  const bool detour = visit.effects.has(FaultKind::empty_page) || visit.effects.has(FaultKind::repeat_page);
  if (detour || visit.effects.has(FaultKind::loop_page)) {
    const std::string here = asked.empty() ? std::to_string(objects.table->spec().id.first - 1) : std::string(asked);
    return detour ? "0" + here : here;
  }
  return id_text(objects.table->spec().id, page.rows.back());
}

http::Response Hubspot::list(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const std::vector<std::string> history = names_in(visit.query, "propertiesWithHistory");
  const uint64_t limit_max = history.empty() ? kHubspotListMax : kHubspotHistoryMax;
  const auto limit = to_integer(visit.query.value("limit").value_or(std::to_string(kLimitUsual)));
  if (!limit || *limit < 1 || static_cast<uint64_t>(*limit) > limit_max) {
    return invalid("Invalid input JSON: the limit lies between 1 and " + std::to_string(limit_max));
  }
  const std::string after = visit.query.value("after").value_or("");
  const auto last = after.empty() ? std::optional<int64_t>(0) : id_in_handle(after, opaque_handles_ != 0);
  if (!last || *last < 0) return invalid("The value '" + after + "' of 'after' is no handle of a page");
  const uint64_t size = page_rows(world_, static_cast<uint64_t>(*limit));
  const uint64_t first = objects->table->spec().id.first;
  uint64_t from = static_cast<uint64_t>(*last) < first ? 0 : static_cast<uint64_t>(*last) - first + 1;
  if (visit.effects.has(FaultKind::repeat_page)) from = page_before(*objects->table, from, size, visit.now);
  const bool archived = visit.query.get("archived") == "true";
  HubspotPage page = archived ? archived_page(*objects->table, from, size, visit.now) : hubspot_page(*objects->table, from, size, visit.now);
  if (visit.effects.has(FaultKind::empty_page)) page = {.rows = {}, .more = true};
  std::string next = page.more ? handle_behind(visit, *objects, page, after) : "";
  if (opaque_handles_ != 0 && !next.empty()) next = packed_handle(next);
  return records_response(visit, *objects, page, projection(*objects, names_in(visit.query, "properties"), history), next);
}

http::Response Hubspot::records_response(Visit& visit, const HubspotObjects& objects, const HubspotPage& page, const HubspotProjection& shown,
                                         const std::string& next) {
  const std::vector<std::string> targets = names_in(visit.query, "associations");
  std::string body = "{\"results\":[";
  body.reserve(page.rows.size() * (120 + 50 * shown.members.size()) + 512);
  Scratch scratch;
  for (const uint64_t number : page.rows) {
    if (body.back() == '}') body += ',';
    append_record(body, objects, shown, Row(*objects.table, number, visit.now), scratch);
    if (!targets.empty()) append_inline_associations(body, objects, number, targets);
    body += '}';
  }
  visit.records += page.rows.size();
  body += ']';
  if (!next.empty()) append_paging(body, visit, next);
  body += '}';
  return json_text_response(200, std::move(body));
}

void Hubspot::append_paging(std::string& out, const Visit& visit, const std::string& next) const {
  http::Query query;
  for (const auto& [name, value] : visit.query) {
    if (name != "after") query.add(name, value);
  }
  query.add("after", next);
  const FaultRule* other_host = visit.effects.find(FaultKind::next_link_host);
  const std::string origin = other_host == nullptr ? visit.origin : other_host->text;
  out += ",\"paging\":{\"next\":{\"after\":";
  append_json_string(out, next);
  out += ",\"link\":";
  append_json_string(out, origin + std::string(visit.path) + "?" + query.text());
  out += "}}";
}

std::optional<uint64_t> Hubspot::row_by(const HubspotObjects& objects, const std::string& property, const std::string& value, int64_t now) const {
  if (property.empty() || property == "hs_object_id") {
    auto row = row_of_id(objects.table->spec().id, value);
    if (!row || *row >= objects.table->rows()) return std::nullopt;
    // The id of a record that a merge took away leads to the one that stayed.
    for (const Change* change = Row(*objects.table, *row, now).change(); change != nullptr && change->merged_into;) {
      row = *change->merged_into;
      change = Row(*objects.table, *row, now).change();
    }
    return row;
  }
  const Column* column = objects.table->column(property);
  if (column == nullptr || !column->unique) return std::nullopt;
  Scratch scratch;
  for (uint64_t row = 0; row < objects.table->rows(); ++row) {
    scratch.reset();
    const Row found(*objects.table, row, now);
    if (found.live() && equal_ignoring_case(found.cell(*column, scratch).text, value)) return row;
  }
  return std::nullopt;
}

http::Response Hubspot::get_one(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto number = row_by(*objects, visit.query.value("idProperty").value_or(""), visit.part("id"), visit.now);
  const bool archived = visit.query.get("archived") == "true";
  const Row row(*objects->table, number.value_or(0), visit.now);
  if (!number || !row.exists() || row.archived() != archived) return hubspot_error(404, "OBJECT_NOT_FOUND", "resource not found");
  const HubspotProjection shown = projection(*objects, names_in(visit.query, "properties"), names_in(visit.query, "propertiesWithHistory"));
  ++visit.records;
  return json_text_response(200, one_record(*objects, shown, row, names_in(visit.query, "associations")));
}

http::Response Hubspot::batch_read(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto body = parse_json(visit.request.body);
  const Json* inputs = body ? member(*body, "inputs") : nullptr;
  if (inputs == nullptr || !inputs->is_array()) return invalid("Invalid input JSON: \"inputs\" is required");
  const std::vector<std::string> history = texts_of(*body, "propertiesWithHistory");
  const size_t inputs_max = history.empty() ? kBatchMax : kHubspotHistoryMax;
  if (inputs->size() > inputs_max) return invalid("The maximum number of inputs supported in a batch request is " + std::to_string(inputs_max));
  const HubspotProjection shown = projection(*objects, texts_of(*body, "properties"), history);
  const bool archived = visit.query.get("archived") == "true";
  std::string results;
  std::vector<std::string> missing;
  for (const std::string& id : ids_of(*inputs)) {
    const auto number = row_by(*objects, text_of(*body, "idProperty"), id, visit.now);
    const Row row(*objects->table, number.value_or(0), visit.now);
    if (!number || !row.exists() || row.archived() != archived) {
      missing.push_back(id);
      continue;
    }
    if (!results.empty()) results += ',';
    results += one_record(*objects, shown, row, {});
    ++visit.records;
  }
  return hubspot_batch(visit, results, missing, objects->type->singular);
}

http::Response hubspot_batch(const Visit& visit, const std::string& results, const std::vector<std::string>& missing, std::string_view what) {
  const std::string moment = iso_millis(from_millis(visit.now));
  std::string body = "{\"status\":\"COMPLETE\",\"results\":[" + results + "]";
  if (!missing.empty()) {
    const Json error = {{"status", "error"},
                        {"category", "OBJECT_NOT_FOUND"},
                        {"message", "Could not get some " + upper(what) + " objects, they may be deleted or not exist. Check that ids are valid."},
                        {"context", {{"ids", missing}}}};
    body += ",\"numErrors\":1,\"errors\":[" + to_text(error) + "]";
  }
  body += ",\"startedAt\":\"" + moment + "\",\"completedAt\":\"" + moment + "\"}";
  return json_text_response(missing.empty() ? 200 : 207, std::move(body));
}

}  // namespace foz::sim
