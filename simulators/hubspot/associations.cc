// Links between records. Follows: Sources contract, 4.4.
#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/hubspot/hubspot.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr size_t kInputsMax = 1000;
constexpr int64_t kLinksMax = 500;

http::Response invalid(std::string_view message) { return hubspot_error(400, "VALIDATION_ERROR", message); }

/// `"associationTypes":[...]` of a link.
void append_types(std::string& out, const HubspotLink& link) {
  out += "\"associationTypes\":[";
  for (size_t i = 0; i < link.types.size(); ++i) {
    out += (i > 0 ? ",{\"category\":\"HUBSPOT_DEFINED\",\"typeId\":" : "{\"category\":\"HUBSPOT_DEFINED\",\"typeId\":") + std::to_string(link.types[i].id) + ",\"label\":";
    out += link.types[i].label.empty() ? "null}" : json_string(link.types[i].label) + "}";
  }
  out += ']';
}

/// One page of links as v4 prints them.
std::string links_v4(const std::vector<HubspotLink>& links, const IdStyle& id) {
  std::string out = "[";
  for (const HubspotLink& link : links) {
    if (out.size() > 1) out += ',';
    out += "{\"toObjectId\":" + id_text(id, link.row) + ",";
    append_types(out, link);
    out += '}';
  }
  return out + "]";
}

/// The same as v3 prints them: one entry for each type of link.
std::string links_v3(const std::vector<HubspotLink>& links, const IdStyle& id) {
  std::string out = "[";
  for (const HubspotLink& link : links) {
    for (const HubspotLinkType& type : link.types) {
      if (out.size() > 1) out += ',';
      out += "{\"id\":\"" + id_text(id, link.row) + "\",\"type\":\"" + type.name + "\"}";
    }
  }
  return out + "]";
}

/// Drops the links up to the one that `after` names; what does not fit a page, too. The handle behind the page, if any.
std::string cut_to_page(std::vector<HubspotLink>& links, const IdStyle& id, const std::string& after, size_t limit) {
  if (const auto last = row_of_id(id, after)) std::erase_if(links, [&](const HubspotLink& link) { return link.row <= *last; });
  if (links.size() <= limit) return "";
  links.resize(limit);
  return id_text(id, links.back().row);
}

std::string paging(const std::string& after, const std::string& link) {
  return ",\"paging\":{\"next\":{\"after\":\"" + after + "\",\"link\":" + json_string(link) + "}}";
}

}  // namespace

std::vector<HubspotLink> Hubspot::links(const HubspotObjects& from, uint64_t row, const HubspotObjects& to, int64_t now) const {
  std::lock_guard lock(mutex_);
  return links_.of(*from.type, row, *from.table, *to.type, *to.table, now);
}

void Hubspot::append_inline_associations(std::string& out, const HubspotObjects& objects, uint64_t row, const std::vector<std::string>& targets) const {
  const int64_t now = world_.clock.now();
  std::string members;
  for (const std::string& target : targets) {
    const auto other = objects_of(target);
    if (!other) continue;
    auto found = links(objects, row, *other, now);
    if (found.empty()) continue;
    const IdStyle& id = other->table->spec().id;
    const std::string after = cut_to_page(found, id, "", static_cast<size_t>(inline_links_max_));
    members += (members.empty() ? "\"" : ",\"") + other->type->plural + "\":{\"results\":" + links_v3(found, id);
    if (!after.empty()) {
      const std::string own = id_text(objects.table->spec().id, row);
      members += paging(after, "https://api.hubapi.com/crm/v3/objects/" + objects.type->plural + "/" + own + "/associations/" + other->type->plural + "?after=" + after);
    }
    members += '}';
  }
  if (!members.empty()) out += ",\"associations\":{" + members + "}";
}

http::Response Hubspot::associations_of(Visit& visit) {
  const auto from = objects_of(visit.part("type")), to = objects_of(visit.part("to"));
  if (!from || !to) return hubspot_no_type(visit.part(from ? "to" : "type"));
  const auto row = row_by(*from, "", visit.part("id"), visit.now);
  if (!row || !Row(*from->table, *row, visit.now).live()) return hubspot_error(404, "OBJECT_NOT_FOUND", "resource not found");
  const int64_t limit = to_integer(visit.query.value("limit").value_or("500")).value_or(0);
  if (limit < 1 || limit > kLinksMax) return invalid("the limit lies between 1 and 500");
  auto found = links(*from, *row, *to, visit.now);
  const IdStyle& id = to->table->spec().id;
  const std::string after = cut_to_page(found, id, visit.query.value("after").value_or(""), static_cast<size_t>(limit));
  const bool v4 = visit.path.starts_with("/crm/v4/");
  visit.records += found.size();
  std::string body = "{\"results\":" + (v4 ? links_v4(found, id) : links_v3(found, id));
  if (!after.empty()) append_paging(body, visit, after);
  return json_text_response(200, body + "}");
}

/// One input of a batch; false when its record has no links.
bool Hubspot::append_links(std::string& out, const Visit& visit, const HubspotObjects& from, const HubspotObjects& to, const Json& input) {
  const std::string own = as_text(input.value("id", Json()));
  const auto row = row_by(from, "", own, visit.now);
  if (!row) return false;
  auto found = links(from, *row, to, visit.now);
  if (found.empty()) return false;
  const IdStyle& id = to.table->spec().id;
  const std::string after = cut_to_page(found, id, as_text(input.value("after", Json())), static_cast<size_t>(batch_links_max_));
  const bool v4 = visit.path.starts_with("/crm/v4/");
  if (!out.empty()) out += ',';
  out += "{\"from\":{\"id\":" + json_string(own) + "},\"to\":" + (v4 ? links_v4(found, id) : links_v3(found, id));
  if (!after.empty()) out += paging(after, "?after=" + after);
  out += '}';
  return true;
}

http::Response Hubspot::associations_batch(Visit& visit) {
  const auto from = objects_of(visit.part("type")), to = objects_of(visit.part("to"));
  if (!from || !to) return hubspot_no_type(visit.part(from ? "to" : "type"));
  const auto body = parse_json(visit.request.body);
  const Json* inputs = body ? member(*body, "inputs") : nullptr;
  if (inputs == nullptr || !inputs->is_array()) return invalid("Invalid input JSON: \"inputs\" is required");
  if (inputs->size() > kInputsMax) return invalid("The maximum number of inputs supported in a batch request is 1000");
  std::string results;
  Json errors = Json::array();
  for (const Json& input : *inputs) {
    if (append_links(results, visit, *from, *to, input)) {
      ++visit.records;
      continue;
    }
    const std::string own = as_text(input.value("id", Json()));
    errors.push_back({{"status", "error"}, {"category", "OBJECT_NOT_FOUND"}, {"subCategory", "crm.associations.NO_ASSOCIATIONS_FOUND"},
                      {"message", "No " + to->type->singular + " is associated with " + from->type->singular + " " + own + "."},
                      {"context", {{"fromObjectId", Json::array({own})}, {"fromObjectType", Json::array({from->type->singular})}, {"toObjectType", Json::array({to->type->singular})}}}});
  }
  const std::string moment = iso_millis(from_millis(visit.now));
  std::string text = "{\"status\":\"COMPLETE\",\"results\":[" + results + "]";
  if (!errors.empty()) text += ",\"numErrors\":" + std::to_string(errors.size()) + ",\"errors\":" + to_text(errors);
  text += ",\"startedAt\":\"" + moment + "\",\"completedAt\":\"" + moment + "\"}";
  return json_text_response(errors.empty() ? 200 : 207, std::move(text));
}

std::optional<Hubspot::Ends> Hubspot::ends_of(const Visit& visit) const {
  const auto from = objects_of(visit.part("type")), to = objects_of(visit.part("to"));
  if (!from || !to) return std::nullopt;
  const auto row = row_by(*from, "", visit.part("id"), visit.now), to_row = row_by(*to, "", visit.part("toId"), visit.now);
  if (!row || !to_row || hubspot_link_types(*from->type, *to->type).empty()) return std::nullopt;
  return Ends{.from = *from, .to = *to, .row = *row, .to_row = *to_row};
}

http::Response Hubspot::associate(Visit& visit) {
  const auto ends = ends_of(visit);
  if (!ends) return hubspot_error(404, "OBJECT_NOT_FOUND", "one of the records is not there, or the two types are never linked");
  {
    std::lock_guard lock(mutex_);
    links_.join(*ends->from.type, ends->row, *ends->to.type, ends->to_row);
  }
  return json_response(200, Json{{"fromObjectTypeId", ends->from.type->id}, {"fromObjectId", visit.part("id")}, {"toObjectTypeId", ends->to.type->id},
                                 {"toObjectId", visit.part("toId")}, {"labels", Json::array()}});
}

http::Response Hubspot::dissociate(Visit& visit) {
  const auto ends = ends_of(visit);
  if (!ends) return {.status = 204};
  std::lock_guard lock(mutex_);
  links_.cut(*ends->from.type, ends->row, *ends->to.type, ends->to_row);
  return {.status = 204};
}

http::Response Hubspot::association_labels(Visit& visit) {
  const auto from = objects_of(visit.part("type")), to = objects_of(visit.part("to"));
  if (!from || !to) return hubspot_no_type(visit.part(from ? "to" : "type"));
  Json list = Json::array();
  for (const HubspotLinkType& type : hubspot_link_types(*from->type, *to->type)) {
    list.push_back({{"category", "HUBSPOT_DEFINED"}, {"typeId", type.id}, {"label", type.label.empty() ? Json(nullptr) : Json(type.label)}});
  }
  return json_response(200, Json{{"results", std::move(list)}});
}

}  // namespace foz::sim
