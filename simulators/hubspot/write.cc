// Writing records, as far as tests need rows to change. Follows: Sources contract, 4.7 and 7.1.
#include "base/text.h"
#include "base/time_text.h"
#include "simulators/hubspot/hubspot.h"
#include "simulators/mutate.h"

namespace foz::sim {
namespace {

constexpr size_t kBatchMax = 100;

http::Response invalid(std::string_view message) { return hubspot_error(400, "VALIDATION_ERROR", message); }
http::Response not_found() { return hubspot_error(404, "OBJECT_NOT_FOUND", "resource not found"); }

/// The cells of a `properties` object, or the refusal of the first that cannot be written.
std::variant<Cells, http::Response> cells_of_body(const Json& body, const TableState& table) {
  Cells cells;
  const Json* properties = member(body, "properties");
  if (properties == nullptr || !properties->is_object()) return invalid("Invalid input JSON: \"properties\" is required");
  for (const auto& [name, value] : properties->items()) {
    const Column* column = table.column(name);
    const bool fixed = column != nullptr && (column->calculated || column->recipe == Recipe::id || column->recipe == Recipe::modified);
    if (column == nullptr || fixed) {
      const std::string reason = fixed ? "READ_ONLY_VALUE" : "PROPERTY_DOESNT_EXIST";
      const std::string words = fixed ? "is a read only property; its value cannot be set." : "does not exist";
      return invalid("Property values were not valid: [{\"isValid\":false,\"message\":\"Property \\\"" + name + "\\\" " + words +
                     "\",\"error\":\"" + reason + "\",\"name\":\"" + name + "\"}]");
    }
    cells[name] = value.is_null() || value == "" ? std::nullopt : std::optional(as_text(value));
  }
  return cells;
}

/// The `inputs` of a batch, or its refusal.
std::variant<Json, http::Response> inputs_of(const Visit& visit) {
  const auto body = parse_json(visit.request.body);
  const Json* inputs = body ? member(*body, "inputs") : nullptr;
  if (inputs == nullptr || !inputs->is_array()) return invalid("Invalid input JSON: \"inputs\" is required");
  if (inputs->size() > kBatchMax) return invalid("The maximum number of inputs supported in a batch request is 100");
  return *inputs;
}

std::string id_in(const Json& json, std::string_view name) {
  const Json* id = member(json, name);
  return id == nullptr ? "" : as_text(*id);
}

}  // namespace

std::variant<uint64_t, http::Response> Hubspot::inserted(const HubspotObjects& objects, const Json& body, int64_t now) {
  auto cells = cells_of_body(body, *objects.table);
  if (auto* refused = std::get_if<http::Response>(&cells)) return std::move(*refused);
  const auto& written = std::get<Cells>(cells);
  const auto email = written.find("email");
  if (objects.type->plural == "contacts" && email != written.end() && email->second) {
    if (const auto known = row_by(objects, "email", *email->second, now)) {
      return hubspot_error(409, "CONFLICT", "Contact already exists. Existing ID: " + id_text(objects.table->spec().id, *known));
    }
  }
  return *insert_row(world_, objects.type->plural, written);
}

std::string Hubspot::record_now(const std::string& type, uint64_t row) const {
  const auto objects = objects_of(type);
  std::vector<std::string> all;
  for (const Column* column : objects->table->visible_columns()) all.push_back(column->name);
  return one_record(*objects, projection(*objects, all, {}), Row(*objects->table, row, world_.clock.now()), {});
}

http::Response Hubspot::create_one(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto body = parse_json(visit.request.body);
  if (!body) return invalid("Invalid input JSON");
  auto row = inserted(*objects, *body, visit.now);
  if (auto* refused = std::get_if<http::Response>(&row)) return std::move(*refused);
  return json_text_response(201, record_now(visit.part("type"), std::get<uint64_t>(row)));
}

http::Response Hubspot::update_one(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto body = parse_json(visit.request.body);
  if (!body) return invalid("Invalid input JSON");
  auto cells = cells_of_body(*body, *objects->table);
  if (auto* refused = std::get_if<http::Response>(&cells)) return std::move(*refused);
  const auto row = row_by(*objects, visit.query.value("idProperty").value_or(""), visit.part("id"), visit.now);
  if (!row || !update_row(world_, objects->type->plural, *row, std::move(std::get<Cells>(cells)))) return not_found();
  return json_text_response(200, record_now(visit.part("type"), *row));
}

http::Response Hubspot::archive_one(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto row = row_of_id(objects->table->spec().id, visit.part("id"));
  if (row && *row < objects->table->rows() && Row(*objects->table, *row, visit.now).live()) {
    remove_row(world_, objects->type->plural, *row, Removal::archive);
  }
  return {.status = 204};  // also when there was nothing to archive
}

http::Response Hubspot::gdpr_delete(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto body = parse_json(visit.request.body);
  if (!body) return invalid("Invalid input JSON");
  const auto row = row_by(*objects, text_of(*body, "idProperty"), id_in(*body, "objectId"), visit.now);
  if (!row || !remove_row(world_, objects->type->plural, *row, Removal::purge)) return not_found();
  return {.status = 204};
}

http::Response Hubspot::merge(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const auto body = parse_json(visit.request.body);
  if (!body) return invalid("Invalid input JSON");
  const auto winner = row_of_id(objects->table->spec().id, id_in(*body, "primaryObjectId"));
  const auto loser = row_of_id(objects->table->spec().id, id_in(*body, "objectIdToMerge"));
  if (!winner || !loser || *winner >= objects->table->rows() || *loser >= objects->table->rows()) return not_found();
  if (!merge_rows(world_, objects->type->plural, *winner, *loser)) return invalid("The two records cannot be merged: one is not there any more");
  return json_text_response(200, record_now(visit.part("type"), *winner));
}

http::Response Hubspot::batch_create(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  auto inputs = inputs_of(visit);
  if (auto* refused = std::get_if<http::Response>(&inputs)) return std::move(*refused);
  std::string results;
  for (const Json& input : std::get<Json>(inputs)) {
    auto row = inserted(*objects, input, visit.now);
    if (auto* refused = std::get_if<http::Response>(&row)) return std::move(*refused);
    results += (results.empty() ? "" : ",") + record_now(visit.part("type"), std::get<uint64_t>(row));
  }
  http::Response response = hubspot_batch(visit, results, {}, objects->type->singular);
  response.status = 201;
  return response;
}

http::Response Hubspot::batch_update(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  auto inputs = inputs_of(visit);
  if (auto* refused = std::get_if<http::Response>(&inputs)) return std::move(*refused);
  std::string results;
  std::vector<std::string> missing;
  for (const Json& input : std::get<Json>(inputs)) {
    auto cells = cells_of_body(input, *objects->table);
    if (auto* refused = std::get_if<http::Response>(&cells)) return std::move(*refused);
    const std::string id = id_in(input, "id");
    const auto row = row_by(*objects, text_of(input, "idProperty"), id, visit.now);
    if (row && update_row(world_, objects->type->plural, *row, std::move(std::get<Cells>(cells)))) {
      results += (results.empty() ? "" : ",") + record_now(visit.part("type"), *row);
    } else {
      missing.push_back(id);
    }
  }
  return hubspot_batch(visit, results, missing, objects->type->singular);
}

http::Response Hubspot::batch_archive(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  auto inputs = inputs_of(visit);
  if (auto* refused = std::get_if<http::Response>(&inputs)) return std::move(*refused);
  for (const Json& input : std::get<Json>(inputs)) {
    const auto row = row_of_id(objects->table->spec().id, id_in(input, "id"));
    const bool there = row && *row < objects->table->rows() && Row(*objects->table, *row, visit.now).live();
    if (there) remove_row(world_, objects->type->plural, *row, Removal::archive);
  }
  return {.status = 204};
}

}  // namespace foz::sim
