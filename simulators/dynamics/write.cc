// Single rows: reading, and writing as far as tests need rows to change. Follows: Sources contract, 3.4 and 7.1.
#include "base/text.h"
#include "simulators/dynamics/dynamics.h"
#include "simulators/mutate.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr std::string_view kBind = "@odata.bind";

std::string etag_of(const Row& row) { return "W/\"" + std::to_string(row.version()) + "\""; }

DynamicsError no_row(const DynamicsEntity& entity, const std::string& key) {
  return {.status = 404, .code = "0x80040217", .message = entity.logical + " With Id = " + key + " Does Not Exist"};
}

/// Dataverse's tables want choices of several values joined with `;` inside, `,` outside.
std::string cell_text(const Column& column, const Json& value) {
  return column.kind == Kind::multipicklist ? replace_all(as_text(value), ",", ";") : as_text(value);
}

/// `/contacts(guid)`: the guid.
std::string bound_id(const std::string& reference) {
  const size_t open = reference.rfind('(');
  return open == reference.npos || !reference.ends_with(')') ? "" : reference.substr(open + 1, reference.size() - open - 2);
}

std::variant<Cells, DynamicsError> cells_of_body(const http::Request& request, const TableState& table, const DynamicsEntity& entity) {
  const auto body = parse_json(request.body);
  if (!body || !body->is_object()) return DynamicsError{.message = "The body is no JSON object."};
  Cells cells;
  for (const auto& [name, value] : body->items()) {
    if (name.starts_with('@') || (name.find('@') != name.npos && !name.ends_with(kBind))) continue;
    const bool bound = name.ends_with(kBind);
    const Column* column = bound ? table.column(name.substr(0, name.size() - kBind.size())) : dynamics_column(table, name);
    if (bound && column == nullptr) column = table.column(name.substr(0, name.rfind('_')));
    if (column == nullptr || (column->kind == Kind::reference) != bound) return no_property(name, entity);
    if (column->recipe == Recipe::id || column->recipe == Recipe::version) continue;
    if (value.is_null()) cells[column->name] = std::nullopt;
    else cells[column->name] = bound ? bound_id(as_text(value)) : cell_text(*column, value);
  }
  return cells;
}

}  // namespace

std::string Dynamics::record_url(const Visit& visit, const DynamicsEntity& entity, uint64_t row) const {
  return service_root(visit) + entity.set + "(" + id_text(world_.tables.find(entity.logical)->spec().id, row) + ")";
}

http::Response Dynamics::get_one(Visit& visit, const DynamicsEntity& entity, const std::string& key) {
  Read read = read_query(visit, entity);
  if (const auto* error = std::get_if<DynamicsError>(&read)) return dynamics_error(*error);
  const Query& query = std::get<Query>(read);
  const auto number = row_of_id(query.table->spec().id, lower(key));
  const Row row(*query.table, number.value_or(0), visit.now);
  if (!number || *number >= query.table->rows() || !row.live()) return dynamics_error(no_row(entity, key));
  http::Response response{.status = 304};
  if (visit.request.headers.get("If-None-Match").value_or("") != etag_of(row)) {
    std::string body;
    append_row(body, query.shown, row);
    const std::string context = service_root(visit) + "$metadata#" + entity.set + (query.shown.context.empty() ? "" : "(" + query.shown.context + ")") + "/$entity";
    response = json_text_response(200, "{\"@odata.context\":\"" + context + "\"," + body.substr(1));
    ++visit.records;
  }
  response.headers.set("ETag", etag_of(row));
  const std::string applied = query.preferences.applied();
  if (!applied.empty()) response.headers.set("Preference-Applied", applied);
  return response;
}

http::Response Dynamics::create(Visit& visit, const DynamicsEntity& entity) {
  auto cells = cells_of_body(visit.request, *world_.tables.find(entity.logical), entity);
  if (const auto* error = std::get_if<DynamicsError>(&cells)) return dynamics_error(*error);
  const auto row = insert_row(world_, entity.logical, std::move(std::get<Cells>(cells)));
  const std::string url = record_url(visit, entity, *row);
  http::Response response{.status = 204};
  if (dynamics_preferences(visit.request).representation) {
    response = get_one(visit, entity, bound_id(url));
    response.status = 201;
  }
  response.headers.set("OData-EntityId", url);
  response.headers.set("Location", url);
  return response;
}

http::Response Dynamics::update(Visit& visit, const DynamicsEntity& entity, const std::string& key) {
  const TableRef table = world_.tables.find(entity.logical);
  const auto number = row_of_id(table->spec().id, lower(key));
  if (!number || *number >= table->rows() || !Row(*table, *number, visit.now).live()) return dynamics_error(no_row(entity, key));
  const std::string_view match = visit.request.headers.get("If-Match").value_or("*");
  if (match != "*" && match != etag_of(Row(*table, *number, visit.now))) {
    return dynamics_error({.status = 412, .code = "0x80060882", .message = "The version of the existing record doesn't match the RowVersion property provided."});
  }
  auto cells = cells_of_body(visit.request, *table, entity);
  if (const auto* error = std::get_if<DynamicsError>(&cells)) return dynamics_error(*error);
  update_row(world_, entity.logical, *number, std::move(std::get<Cells>(cells)));
  if (dynamics_preferences(visit.request).representation) return get_one(visit, entity, key);
  http::Response response{.status = 204};
  response.headers.set("OData-EntityId", record_url(visit, entity, *number));
  return response;
}

http::Response Dynamics::remove(Visit& visit, const DynamicsEntity& entity, const std::string& key) {
  const TableRef table = world_.tables.find(entity.logical);
  const auto number = row_of_id(table->spec().id, lower(key));
  const bool there = number && *number < table->rows() && Row(*table, *number, visit.now).live();
  if (!there || !remove_row(world_, entity.logical, *number, Removal::usual)) return dynamics_error(no_row(entity, key));
  return {.status = 204};
}

}  // namespace foz::sim
