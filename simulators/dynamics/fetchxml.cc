// Queries in FetchXML, the basic ones. Follows: Sources contract, 7.2.
#include <pugixml.hpp>

#include "base/text.h"
#include "simulators/dynamics/dynamics.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int kDepthMax = 20;

struct OperatorRow {
  std::string_view name;
  ODataFilter::Op op;
  bool negated = false;
};

constexpr OperatorRow kOperators[] = {{"eq", ODataFilter::Op::eq},
                                      {"ne", ODataFilter::Op::ne},
                                      {"gt", ODataFilter::Op::gt},
                                      {"ge", ODataFilter::Op::ge},
                                      {"lt", ODataFilter::Op::lt},
                                      {"le", ODataFilter::Op::le},
                                      {"in", ODataFilter::Op::in},
                                      {"not-in", ODataFilter::Op::in, true},
                                      {"null", ODataFilter::Op::eq},
                                      {"not-null", ODataFilter::Op::ne},
                                      {"begins-with", ODataFilter::Op::starts_with},
                                      {"ends-with", ODataFilter::Op::ends_with},
                                      {"on", ODataFilter::Op::on},
                                      {"on-or-after", ODataFilter::Op::on_or_after},
                                      {"on-or-before", ODataFilter::Op::on_or_before}};

/// Columns are named by their logical names here, lookups included.
std::string property_of(const TableState& table, const std::string& name) {
  const Column* column = table.column(name);
  return column == nullptr ? name : dynamics_property(*column);
}

/// `%` at either end of a LIKE pattern.
ODataFilter like(std::string property, std::string_view pattern) {
  const bool open_start = pattern.starts_with('%'), open_end = pattern.ends_with('%');
  const std::string_view inner = pattern.substr(open_start ? 1 : 0, pattern.size() - (open_start ? 1 : 0) - (open_end && pattern.size() > 1 ? 1 : 0));
  const auto op = open_start && open_end ? ODataFilter::Op::contains : open_start ? ODataFilter::Op::ends_with : open_end ? ODataFilter::Op::starts_with : ODataFilter::Op::eq;
  return {.op = op, .property = std::move(property), .values = {odata_text(inner)}};
}

/// A value as the OData reader takes it: numbers and moments bare, the rest as text.
ODataValue literal(const std::string& text) {
  const ODataParsed parsed = parse_odata_filter("x eq " + text);
  const auto* filter = std::get_if<ODataFilter>(&parsed);
  const bool whole = filter != nullptr && filter->values.size() == 1 && filter->values[0].type == ODataValue::Type::number;
  return whole ? filter->values[0] : odata_text(text);
}

std::variant<ODataFilter, DynamicsError> condition(const pugi::xml_node& node, const TableState& table) {
  const std::string name = node.attribute("operator").value(), value = node.attribute("value").value();
  const std::string property = property_of(table, node.attribute("attribute").value());
  if (name == "like") return like(property, value);
  if (name == "not-like") return ODataFilter{.op = ODataFilter::Op::negation, .parts = {like(property, value)}};
  for (const OperatorRow& row : kOperators) {
    if (row.name != name) continue;
    ODataFilter filter{.op = row.op, .property = property};
    for (const pugi::xml_node& one : node.children("value")) filter.values.push_back(literal(one.text().get()));
    if (filter.values.empty()) filter.values.push_back(name.ends_with("null") ? ODataValue{} : literal(value));
    if (row.negated) return ODataFilter{.op = ODataFilter::Op::negation, .parts = {std::move(filter)}};
    return filter;
  }
  return DynamicsError{.code = "0x80041103", .message = "Invalid condition operator '" + name + "'."};
}

std::variant<ODataFilter, DynamicsError> filter_of(const pugi::xml_node& node, const TableState& table, int depth) {
  ODataFilter filter{.op = node.attribute("type").value() == std::string_view("or") ? ODataFilter::Op::any_of : ODataFilter::Op::all_of};
  if (depth > kDepthMax) return DynamicsError{.message = "The filter is nested too deep."};
  for (const pugi::xml_node& child : node.children()) {
    const bool group = child.name() == std::string_view("filter");
    if (!group && child.name() != std::string_view("condition")) continue;
    auto part = group ? filter_of(child, table, depth + 1) : condition(child, table);
    if (auto* error = std::get_if<DynamicsError>(&part)) return std::move(*error);
    filter.parts.push_back(std::move(std::get<ODataFilter>(part)));
  }
  return filter;
}

}  // namespace

http::Response Dynamics::fetch(Visit& visit, const DynamicsEntity& entity, const std::string& xml) {
  pugi::xml_document document;
  if (!document.load_string(xml.c_str())) return dynamics_error({.code = "0x80041119", .message = "Invalid XML."});
  const pugi::xml_node fetch_node = document.child("fetch"), entity_node = fetch_node.child("entity");
  if (entity_node.attribute("name").value() != entity.logical) {
    return dynamics_error({.code = "0x80041102", .message = "The entity of the FetchXML is not the one of the URI: " + entity.logical});
  }
  Query query{.entity = &entity, .table = world_.tables.find(entity.logical), .preferences = dynamics_preferences(visit.request)};
  std::vector<std::string> select;
  for (const pugi::xml_node& one : entity_node.children("attribute")) select.push_back(property_of(*query.table, one.attribute("name").value()));
  auto shown = projection(entity, *query.table, select, {}, query.preferences.annotations);
  if (const auto* error = std::get_if<DynamicsError>(&shown)) return dynamics_error(*error);
  query.shown = std::move(std::get<DynamicsProjection>(shown));
  if (const pugi::xml_node node = entity_node.child("filter")) {
    auto filter = filter_of(node, *query.table, 0);
    if (const auto* error = std::get_if<DynamicsError>(&filter)) return dynamics_error(*error);
    query.filter = std::move(std::get<ODataFilter>(filter));
    if (auto error = bind(*query.filter, *query.table, entity)) return dynamics_error(*error);
  }
  for (const pugi::xml_node& order : entity_node.children("order")) {
    const Column* column = query.table->column(order.attribute("attribute").value());
    if (column == nullptr) return dynamics_error(no_property(order.attribute("attribute").value(), entity));
    query.order.push_back({column, order.attribute("descending").as_bool()});
  }
  query.key = "fetch\n" + xml.substr(std::min(xml.find("<entity"), xml.size()));
  return fetch_page(visit, query, FetchPage{.number = std::max<uint64_t>(1, fetch_node.attribute("page").as_ullong(1)),
                                            .rows = fetch_node.attribute("count").as_ullong(fetch_node.attribute("top").as_ullong(kDynamicsPageMax)),
                                            .top = static_cast<bool>(fetch_node.attribute("top")), .counted = fetch_node.attribute("returntotalrecordcount").as_bool()});
}

/// Pages here have numbers; the cookie only makes them quicker, so it is given and not needed.
http::Response Dynamics::fetch_page(Visit& visit, Query& query, const FetchPage& asked) {
  const auto rows = found_rows(query, visit.now);
  const uint64_t size = std::clamp<uint64_t>(asked.rows, 1, kDynamicsPageMax);
  const uint64_t from = std::min<uint64_t>((asked.number - 1) * size, rows->size()), to = std::min<uint64_t>(from + size, rows->size());
  std::string body = "{\"@odata.context\":\"" + service_root(visit) + "$metadata#" + query.entity->set + "\"";
  if (asked.counted) body += ",\"@Microsoft.Dynamics.CRM.totalrecordcount\":" + std::to_string(std::min<uint64_t>(rows->size(), kDynamicsPageMax));
  body += ",\"value\":[";
  for (uint64_t i = from; i < to; ++i) {
    if (i > from) body += ',';
    append_row(body, query.shown, Row(*query.table, (*rows)[i], visit.now));
  }
  visit.records += to - from;
  body += ']';
  if (to < rows->size() && !asked.top) {
    const DynamicsPlace next{.page = asked.number + 1, .offset = to, .last = to == 0 ? 0 : (*rows)[to - 1]};
    body += ",\"@Microsoft.Dynamics.CRM.morerecords\":true,\"@Microsoft.Dynamics.CRM.fetchxmlpagingcookie\":" +
            json_string(dynamics_cookie(next, query.table->spec().id, query.entity->primary_id()));
  }
  return json_text_response(200, body + "}");
}

}  // namespace foz::sim
