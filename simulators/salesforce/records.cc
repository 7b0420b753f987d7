// Single records, and the feeds of changed and deleted ids. Follows: Sources contract, 2.5.
#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/mutate.h"
#include "simulators/salesforce/salesforce.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 86'400'000;

http::Response not_there() { return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist"); }

std::string moment(int64_t millis) {
  std::string text;
  append_instant(text, millis, InstantForm::millis_offset);
  return text;
}

/// The cells of a body, or the name of a field that is not there or may not be written.
std::variant<Cells, std::string> cells_of_body(const Json& body, const TableState& table) {
  Cells cells;
  for (const auto& [name, value] : body.items()) {
    if (name == "attributes") continue;
    const Column* column = table.column_ignoring_case(name);
    if (column == nullptr || column->calculated || column->recipe == Recipe::id) return name;
    cells[column->name] = value.is_null() || value == "" ? std::nullopt : std::optional(as_text(value));
  }
  return cells;
}

http::Response no_field(const std::string& name, const std::string& object) {
  return salesforce_error(400, "INVALID_FIELD", "No such column '" + name + "' on sobject of type " + object);
}

}  // namespace

http::Response Salesforce::get_record(Visit& visit) {
  const TableRef table = readable_table(visit);
  if (table == nullptr) return not_there();
  const auto number = row_of_id(table->spec().id, visit.part("id"));
  if (!number || *number >= table->rows() || !Row(*table, *number, visit.now).live()) return not_there();
  const Row row(*table, *number, visit.now);
  const auto wanted = visit.query.value("fields");
  std::string body = "{\"attributes\":{\"type\":\"" + table->spec().name + "\",\"url\":\"/services/data/" + visit.part("version") + "/sobjects/" +
                     table->spec().name + "/" + visit.part("id") + "\"}";
  Scratch scratch;
  for (const Column* column : table->visible_columns()) {
    if (column->kind == Kind::compound) continue;
    if (wanted && ("," + lower(*wanted) + ",").find("," + lower(column->name) + ",") == std::string::npos && column->name != "Id") continue;
    body += ",\"" + column->name + "\":";
    append_salesforce_json(body, *column, row.cell(*column, scratch));
  }
  visit.records = 1;
  return json_text_response(200, body + "}");
}

http::Response Salesforce::create_record(Visit& visit) {
  const TableRef table = readable_table(visit);
  if (table == nullptr) return not_there();
  const auto body = parse_json(visit.request.body);
  if (!body || !body->is_object()) return salesforce_error(400, "JSON_PARSER_ERROR", "The HTTP entity body is not valid JSON");
  auto cells = cells_of_body(*body, *table);
  if (const auto* name = std::get_if<std::string>(&cells)) return no_field(*name, table->spec().name);
  const auto row = insert_row(world_, table->spec().name, std::move(std::get<Cells>(cells)));
  return json_response(201, Json{{"id", id_text(table->spec().id, *row)}, {"success", true}, {"errors", Json::array()}});
}

http::Response Salesforce::update_record(Visit& visit) {
  const TableRef table = readable_table(visit);
  if (table == nullptr) return not_there();
  const auto body = parse_json(visit.request.body);
  if (!body || !body->is_object()) return salesforce_error(400, "JSON_PARSER_ERROR", "The HTTP entity body is not valid JSON");
  auto cells = cells_of_body(*body, *table);
  if (const auto* name = std::get_if<std::string>(&cells)) return no_field(*name, table->spec().name);
  const auto number = row_of_id(table->spec().id, visit.part("id"));
  if (!number || !update_row(world_, table->spec().name, *number, std::move(std::get<Cells>(cells)))) return not_there();
  return {.status = 204};
}

http::Response Salesforce::delete_record(Visit& visit) {
  const TableRef table = readable_table(visit);
  if (table == nullptr) return not_there();
  const auto number = row_of_id(table->spec().id, visit.part("id"));
  if (!number || *number >= table->rows()) return not_there();
  if (!Row(*table, *number, visit.now).live()) return salesforce_error(404, "ENTITY_IS_DELETED", "entity is deleted");
  remove_row(world_, table->spec().name, *number, Removal::usual);
  return {.status = 204};
}

std::optional<http::Response> Salesforce::wrong_span(const Visit& visit, int days_back, int64_t& from, int64_t& to) const {
  const auto start = parse_iso_instant(visit.query.get("start").value_or("")), end = parse_iso_instant(visit.query.get("end").value_or(""));
  if (!start || !end) return salesforce_error(400, "INVALID_REPLICATION_DATE", "start and end have to be date-times");
  from = to_millis(*start) / kMinute * kMinute;  // seconds are ignored
  to = to_millis(*end) / kMinute * kMinute;
  if (to <= from) return salesforce_error(400, "INVALID_REPLICATION_DATE", "endDate is before startDate, or less than a minute behind it");
  if (from < visit.now - days_back * kDay) {
    return salesforce_error(400, "INVALID_REPLICATION_DATE", "startDate cannot be more than " + std::to_string(days_back) + " days ago");
  }
  return std::nullopt;
}

http::Response Salesforce::deleted_feed(Visit& visit) {
  const TableRef table = readable_table(visit);
  if (table == nullptr) return not_there();
  if (table->spec().has("not_replicateable")) return salesforce_error(400, "INVALID_TYPE_FOR_OPERATION", "object is not replicable");
  int64_t from = 0, to = 0;
  if (auto wrong = wrong_span(visit, 15, from, to)) return std::move(*wrong);
  std::vector<std::pair<int64_t, uint64_t>> gone;
  int64_t covered = std::min(to, visit.now / kMinute * kMinute);
  for (const auto& [number, change] : table->changes()) {
    const bool ours = change.state != Change::State::live && change.archived_at >= from && change.archived_at < to;
    if (ours && visit.now >= change.visible_from) gone.emplace_back(change.archived_at, number);
    else if (ours) covered = std::min(covered, change.archived_at / kMinute * kMinute);  // its transaction is not over
  }
  if (gone.size() > static_cast<size_t>(feed_ids_max_)) return salesforce_error(400, "EXCEEDED_ID_LIMIT", "too many ids, narrow the time span");
  std::sort(gone.begin(), gone.end());
  Json records = Json::array();
  for (const auto& [at, number] : gone) {
    records.push_back({{"deletedDate", moment(at / 1000 * 1000)}, {"id", id_text(table->spec().id, number)}});
  }
  visit.records = gone.size();
  return json_response(200, Json{{"deletedRecords", std::move(records)}, {"earliestDateAvailable", moment((visit.now - 15 * kDay) / kMinute * kMinute)},
                                 {"latestDateCovered", moment(covered)}});
}

http::Response Salesforce::updated_feed(Visit& visit) {
  const TableRef table = readable_table(visit);
  if (table == nullptr) return not_there();
  if (table->spec().has("not_replicateable")) return salesforce_error(400, "INVALID_TYPE_FOR_OPERATION", "object is not replicable");
  int64_t from = 0, to = 0;
  if (auto wrong = wrong_span(visit, 30, from, to)) return std::move(*wrong);
  Json ids = Json::array();
  for (uint64_t number = 0; number < table->rows(); ++number) {
    const Row row(*table, number, visit.now);
    if (row.live() && row.modified() >= from && row.modified() < to) ids.push_back(id_text(table->spec().id, number));
  }
  if (ids.size() > static_cast<size_t>(feed_ids_max_)) return salesforce_error(400, "EXCEEDED_ID_LIMIT", "too many ids, narrow the time span");
  visit.records = ids.size();
  return json_response(200, Json{{"ids", std::move(ids)}, {"latestDateCovered", moment(std::min(to, visit.now / kMinute * kMinute))}});
}

}  // namespace foz::sim
