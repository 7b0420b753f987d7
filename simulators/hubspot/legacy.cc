// The endpoints of versions 1 and 2. Follows: Sources contract, 4.4.
#include <algorithm>

#include "base/text.h"
#include "simulators/hubspot/hubspot.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kThirtyDays = 30 * 86'400'000ll;
constexpr int64_t kDay = 86'400'000;
constexpr uint64_t kRecentMax = 10'000;

http::Response invalid(std::string_view message) { return hubspot_error(400, "VALIDATION_ERROR", message); }

/// The parameter as a page size; nothing when it is no number between 1 and `max`.
std::optional<uint64_t> size_in(const http::Query& query, std::string_view name, int64_t usual, int64_t max) {
  const auto size = to_integer(query.value(name).value_or(std::to_string(usual)));
  if (!size || *size < 1 || *size > max) return std::nullopt;
  return static_cast<uint64_t>(*size);
}

/// The row behind the id in a parameter.
uint64_t row_behind(const http::Query& query, std::string_view name, const IdStyle& id) {
  const auto last = row_of_id(id, query.value(name).value_or(""));
  return last ? *last + 1 : 0;
}

/// Moments are milliseconds and everything is text.
void append_v1_text(std::string& out, const Value& value) {
  std::string text;
  if (value.type == Value::Type::date) append_integer(text, value.number * kDay);
  else append_value_text(text, value, InstantForm::epoch_millis);
  append_json_string(out, text);
}

/// Columns that a request names, or the few that come otherwise.
std::vector<const Column*> columns_named(const TableState& table, const std::vector<std::string>& names, std::initializer_list<const char*> usual) {
  std::vector<const Column*> columns;
  const std::vector<std::string> wanted = names.empty() ? std::vector<std::string>(usual.begin(), usual.end()) : names;
  for (const std::string& name : wanted) {
    const Column* column = table.column(name);
    if (column != nullptr && std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
  }
  return columns;
}

/// `"email":{"value":"..."}` and its like, with what `details` adds behind the value.
template <class Details>
void append_properties(std::string& out, const Row& row, const std::vector<const Column*>& columns, Scratch& scratch, const Details& details) {
  out += "\"properties\":{";
  for (const Column* column : columns) {
    const Value value = row.cell(*column, scratch);
    if (value.is_null()) continue;
    if (out.back() != '{') out += ',';
    append_json_string(out, column->name);
    out += ":{\"value\":";
    append_v1_text(out, value);
    details(*column, value);
    out += '}';
  }
  out += '}';
}

/// Properties as companies and deals print them: who wrote them and when.
void append_sourced(std::string& out, const Row& row, const std::vector<const Column*>& columns, Scratch& scratch) {
  const std::string stamp = ",\"timestamp\":" + std::to_string(row.modified()) + ",\"source\":\"CRM_UI\"";
  append_properties(out, row, columns, scratch, [&](const Column& column, const Value& value) {
    out += stamp + ",\"sourceId\":null,\"versions\":[{\"name\":" + json_string(column.name) + ",\"value\":";
    append_v1_text(out, value);
    out += stamp + ",\"sourceVid\":[]}]";
  });
}

/// Rows changed since `since`, the newest first.
std::vector<uint64_t> recent_rows(const TableState& table, int64_t since, int64_t now) {
  std::vector<std::pair<int64_t, uint64_t>> recent;
  for (uint64_t number = 0; number < table.rows(); ++number) {
    const Row row(table, number, now);
    if (row.live() && row.modified() >= since) recent.emplace_back(-row.modified(), number);
  }
  std::sort(recent.begin(), recent.end());
  std::vector<uint64_t> rows;
  for (const auto& [stamp, number] : recent) rows.push_back(number);
  return rows;
}

}  // namespace

void Hubspot::append_v1_contact(std::string& out, const HubspotObjects& contacts, const Row& row, const std::vector<const Column*>& columns,
                                bool history) const {
  Scratch scratch;
  const std::string vid = id_text(contacts.table->spec().id, row.number()), portal = std::to_string(portal_);
  const std::string added = std::to_string(row.created());
  const uint64_t seed = contacts.table->seed() * 1'000'003 + row.number();
  const std::string token = "AO_T" + made_secret(seed, "profile", 24);
  out += "{\"addedAt\":" + added + ",\"vid\":" + vid + ",\"canonical-vid\":" + vid + ",\"merged-vids\":[";
  if (const Column* merged = contacts.table->column("hs_merged_object_ids")) {
    out += replace_all(std::string(row.cell(*merged, scratch).text), ";", ",");
  }
  out += "],\"portal-id\":" + portal + ",\"is-contact\":true,\"profile-token\":\"" + token + "\",\"profile-url\":\"https://app.hubspot.com/contacts/" + portal +
         "/lists/public/contact/_" + token + "/\",";
  append_properties(out, row, columns, scratch, [&](const Column&, const Value& value) {
    if (!history) return;
    out += ",\"versions\":[{\"value\":";
    append_v1_text(out, value);
    out += ",\"source-type\":\"CRM_UI\",\"source-id\":null,\"source-label\":null,\"timestamp\":" + std::to_string(row.modified()) + ",\"selected\":false}]";
  });
  out += ",\"form-submissions\":[],\"merge-audits\":[],\"identity-profiles\":[{\"vid\":" + vid + ",\"saved-at-timestamp\":" + added +
         ",\"deleted-changed-timestamp\":0,\"identities\":[";
  if (const Column* email = contacts.table->column("email")) {
    const Value value = row.cell(*email, scratch);
    if (!value.is_null()) out += "{\"type\":\"EMAIL\",\"value\":" + json_string(value.text) + ",\"timestamp\":" + added + ",\"is-primary\":true},";
  }
  out += "{\"type\":\"LEAD_GUID\",\"value\":\"" + made_uuid(seed, "lead") + "\",\"timestamp\":" + added + "}]}]}";
}

http::Response Hubspot::v1_contacts(Visit& visit) {
  const auto contacts = *objects_of("contacts");
  const auto count = size_in(visit.query, "count", 20, 100);
  if (!count) return invalid("count lies between 1 and 100");
  const IdStyle& id = contacts.table->spec().id;
  const uint64_t from = row_behind(visit.query, "vidOffset", id);
  HubspotPage page = hubspot_page(*contacts.table, from, *count, visit.now);
  if (visit.effects.has(FaultKind::empty_page)) page = {.rows = {}, .more = true};
  const auto columns = columns_named(*contacts.table, names_in(visit.query, "property"), {"firstname", "lastname", "company", "lastmodifieddate"});
  const bool history = visit.query.get("propertyMode") == "value_and_history";
  std::string body = "{\"contacts\":[";
  for (const uint64_t number : page.rows) {
    if (body.back() == '}') body += ',';
    append_v1_contact(body, contacts, Row(*contacts.table, number, visit.now), columns, history);
  }
  visit.records += page.rows.size();
  const bool stays = page.rows.empty() || visit.effects.has(FaultKind::loop_page);
  body += page.more ? "],\"has-more\":true,\"vid-offset\":" : "],\"has-more\":false,\"vid-offset\":";
  body += (stays ? visit.query.value("vidOffset").value_or("0") : id_text(id, page.rows.back())) + "}";
  return json_text_response(200, std::move(body));
}

http::Response Hubspot::v1_recent_contacts(Visit& visit) {
  const auto contacts = *objects_of("contacts");
  const auto count = size_in(visit.query, "count", 20, 100);
  if (!count) return invalid("count lies between 1 and 100");
  const auto time_offset = to_integer(visit.query.value("timeOffset").value_or(""));
  const auto last = row_of_id(contacts.table->spec().id, visit.query.value("vidOffset").value_or(""));
  std::vector<uint64_t> rows = recent_rows(*contacts.table, visit.now - kThirtyDays, visit.now);
  if (time_offset) {
    std::erase_if(rows, [&](uint64_t number) {
      const int64_t modified = Row(*contacts.table, number, visit.now).modified();
      return modified > *time_offset || (modified == *time_offset && number <= last.value_or(0));
    });
  }
  const bool more = rows.size() > *count;
  if (more) rows.resize(*count);
  const auto columns = columns_named(*contacts.table, names_in(visit.query, "property"), {"firstname", "lastname", "company", "lastmodifieddate"});
  std::string body = "{\"contacts\":[";
  for (const uint64_t number : rows) {
    if (body.back() == '}') body += ',';
    append_v1_contact(body, contacts, Row(*contacts.table, number, visit.now), columns, false);
  }
  visit.records += rows.size();
  body += more ? "],\"has-more\":true" : "],\"has-more\":false";
  body += ",\"vid-offset\":" + (rows.empty() ? "0" : id_text(contacts.table->spec().id, rows.back()));
  body += ",\"time-offset\":" + std::to_string(rows.empty() ? 0 : Row(*contacts.table, rows.back(), visit.now).modified()) + "}";
  return json_text_response(200, std::move(body));
}

http::Response Hubspot::v1_contacts_batch(Visit& visit) {
  const auto contacts = *objects_of("contacts");
  const auto columns = columns_named(*contacts.table, names_in(visit.query, "property"), {"firstname", "lastname", "company", "lastmodifieddate"});
  const std::vector<std::string> vids = names_in(visit.query, "vid");
  if (vids.size() > 100) return invalid("there are at most 100 vids");
  std::string body = "{";
  for (const std::string& vid : vids) {
    const auto number = row_by(contacts, "", vid, visit.now);
    if (!number || !Row(*contacts.table, *number, visit.now).live()) continue;
    body += (body.size() > 1 ? "," : "") + json_string(vid) + ":";
    append_v1_contact(body, contacts, Row(*contacts.table, *number, visit.now), columns, visit.query.get("propertyMode") != "value_only");
    ++visit.records;
  }
  return json_text_response(200, body + "}");
}

void Hubspot::append_company(std::string& out, const HubspotObjects& companies, const Row& row, const std::vector<const Column*>& columns) const {
  Scratch scratch;
  out += "{\"portalId\":" + std::to_string(portal_) + ",\"companyId\":" + id_text(companies.table->spec().id, row.number()) + ",\"isDeleted\":false,";
  append_sourced(out, row, columns, scratch);
  out += ",\"additionalDomains\":[],\"stateChanges\":[],\"mergeAudits\":[]}";
}

http::Response Hubspot::v2_companies(Visit& visit) {
  const auto companies = *objects_of("companies");
  const auto limit = size_in(visit.query, "limit", 100, 250);
  if (!limit) return invalid("limit lies between 1 and 250");
  const IdStyle& id = companies.table->spec().id;
  const HubspotPage page = hubspot_page(*companies.table, row_behind(visit.query, "offset", id), *limit, visit.now);
  const auto columns = columns_named(*companies.table, names_in(visit.query, "properties"), {"name", "domain"});
  std::string body = "{\"companies\":[";
  for (const uint64_t number : page.rows) {
    if (body.back() == '}') body += ',';
    append_company(body, companies, Row(*companies.table, number, visit.now), columns);
  }
  visit.records += page.rows.size();
  body += page.more ? "],\"has-more\":true" : "],\"has-more\":false";
  body += ",\"offset\":" + (page.rows.empty() ? "0" : id_text(id, page.rows.back())) + "}";
  return json_text_response(200, std::move(body));
}

http::Response Hubspot::v2_recent_companies(Visit& visit) {
  const auto companies = *objects_of("companies");
  const auto count = size_in(visit.query, "count", 100, 250);
  const auto offset = to_integer(visit.query.value("offset").value_or("0"));
  if (!count || !offset || *offset < 0) return invalid("count lies between 1 and 250");
  const auto since = to_integer(visit.query.value("since").value_or("")).value_or(visit.now - kThirtyDays);
  const std::vector<uint64_t> rows = recent_rows(*companies.table, std::max(since, visit.now - kThirtyDays), visit.now);
  const auto from = std::min<uint64_t>(static_cast<uint64_t>(*offset), rows.size()), to = std::min<uint64_t>(from + *count, rows.size());
  const auto columns = columns_named(*companies.table, {}, {"name", "domain", "hs_lastmodifieddate", "createdate", "hs_object_id"});
  std::string body = "{\"results\":[";
  for (uint64_t i = from; i < to; ++i) {
    if (i > from) body += ',';
    append_company(body, companies, Row(*companies.table, rows[i], visit.now), columns);
  }
  visit.records += to - from;
  body += to < rows.size() ? "],\"hasMore\":true" : "],\"hasMore\":false";
  body += ",\"offset\":" + std::to_string(to) + ",\"total\":" + std::to_string(rows.size()) + "}";
  return json_text_response(200, std::move(body));
}

http::Response Hubspot::v1_deals(Visit& visit) {
  const auto deals = *objects_of("deals");
  const auto limit = size_in(visit.query, "limit", 100, 250);
  if (!limit) return invalid("limit lies between 1 and 250");
  const IdStyle& id = deals.table->spec().id;
  const HubspotPage page = hubspot_page(*deals.table, row_behind(visit.query, "offset", id), *limit, visit.now);
  const auto columns = columns_named(*deals.table, names_in(visit.query, "properties"), {"dealname"});
  std::string body = "{\"deals\":[";
  for (const uint64_t number : page.rows) {
    if (body.back() == '}') body += ',';
    Scratch scratch;
    body += "{\"portalId\":" + std::to_string(portal_) + ",\"dealId\":" + id_text(id, number) + ",\"isDeleted\":false,\"associations\":{\"associatedVids\":" +
            ids_linked(deals, number, "contacts", visit.now) + ",\"associatedCompanyIds\":" + ids_linked(deals, number, "companies", visit.now) +
            ",\"associatedDealIds\":[]},";
    append_sourced(body, Row(*deals.table, number, visit.now), columns, scratch);
    body += ",\"imports\":[],\"stateChanges\":[]}";
  }
  visit.records += page.rows.size();
  body += page.more ? "],\"hasMore\":true" : "],\"hasMore\":false";
  body += ",\"offset\":" + (page.rows.empty() ? "0" : id_text(id, page.rows.back())) + "}";
  return json_text_response(200, std::move(body));
}

std::string Hubspot::ids_linked(const HubspotObjects& from, uint64_t row, std::string_view to, int64_t now) const {
  const auto other = *objects_of(to);
  std::string text = "[";
  for (const HubspotLink& link : links(from, row, other, now)) {
    if (text.size() > 1) text += ',';
    append_id(text, other.table->spec().id, link.row);
  }
  return text + "]";
}

/// All engagements in one list, by id: calls, emails and so on have separate ranges of ids.
std::vector<Hubspot::Engagement> Hubspot::engagements(int64_t now) const {
  std::vector<Engagement> list;
  for (const char* name : {"calls", "emails", "meetings", "notes", "tasks"}) {
    const auto objects = *objects_of(name);
    for (uint64_t number = 0; number < objects.table->rows(); ++number) {
      const Row row(*objects.table, number, now);
      if (!row.live()) continue;
      const uint64_t id = objects.table->spec().id.first + number;
      list.push_back({.objects = objects, .row = number, .id = id, .modified = row.modified()});
    }
  }
  std::sort(list.begin(), list.end(), [](const Engagement& a, const Engagement& b) { return a.id < b.id; });
  return list;
}

void Hubspot::append_engagement(std::string& out, const Engagement& one, int64_t now) const {
  const Row row(*one.objects.table, one.row, now);
  const std::string& kind = one.objects.type->singular;
  Scratch scratch;
  const auto text_in = [&](const std::string& name) {
    const Column* column = one.objects.table->column("hs_" + kind + "_" + name);
    const Value value = column == nullptr ? Value{} : row.cell(*column, scratch);
    return value.is_null() ? std::string("null") : json_string(value.text);
  };
  const Column* timestamp = one.objects.table->column("hs_timestamp");
  const int64_t at = timestamp == nullptr ? row.created() : row.cell(*timestamp, scratch).number;
  out += "{\"engagement\":{\"id\":" + std::to_string(one.id) + ",\"portalId\":" + std::to_string(portal_) + ",\"active\":true,\"createdAt\":" +
         std::to_string(row.created()) + ",\"lastUpdated\":" + std::to_string(row.modified()) + ",\"type\":\"" + upper(kind) + "\",\"timestamp\":" +
         std::to_string(at) + "},\"associations\":{\"contactIds\":" + ids_linked(one.objects, one.row, "contacts", now) + ",\"companyIds\":" +
         ids_linked(one.objects, one.row, "companies", now) + ",\"dealIds\":" + ids_linked(one.objects, one.row, "deals", now) +
         ",\"ownerIds\":[],\"workflowIds\":[],\"ticketIds\":[]},\"attachments\":[],\"metadata\":{\"subject\":" + text_in("title") + ",\"body\":" +
         text_in("body") + ",\"status\":" + text_in("status") + "}}";
}

http::Response Hubspot::engagements_page(Visit& visit, const std::vector<Engagement>& list, uint64_t from, uint64_t limit, bool offset_is_id) {
  const uint64_t to = std::min<uint64_t>(list.size(), from + limit);
  std::string body = "{\"results\":[";
  for (uint64_t i = from; i < to; ++i) {
    if (i > from) body += ',';
    append_engagement(body, list[i], visit.now);
  }
  visit.records += to - from;
  const uint64_t offset = !offset_is_id ? to : to > from ? list[to - 1].id : 0;
  body += to < list.size() ? "],\"hasMore\":true" : "],\"hasMore\":false";
  body += ",\"offset\":" + std::to_string(offset) + ",\"total\":" + std::to_string(list.size()) + "}";
  return json_text_response(200, std::move(body));
}

http::Response Hubspot::v1_engagements(Visit& visit) {
  const auto limit = size_in(visit.query, "limit", 100, 250);
  const auto offset = to_integer(visit.query.value("offset").value_or("0"));
  if (!limit || !offset || *offset < 0) return invalid("limit lies between 1 and 250");
  const std::vector<Engagement> list = engagements(visit.now);
  const auto first = std::find_if(list.begin(), list.end(), [&](const Engagement& one) { return one.id > static_cast<uint64_t>(*offset); });
  return engagements_page(visit, list, static_cast<uint64_t>(first - list.begin()), *limit, true);
}

/// The newest first, at most 10,000 and 30 days: what makes this endpoint lose rows.
http::Response Hubspot::v1_recent_engagements(Visit& visit) {
  const auto count = size_in(visit.query, "count", 20, 100);
  const auto offset = to_integer(visit.query.value("offset").value_or("0"));
  if (!count || !offset || *offset < 0) return invalid("count lies between 1 and 100");
  const auto since = to_integer(visit.query.value("since").value_or("")).value_or(0);
  std::vector<Engagement> list = engagements(visit.now);
  std::erase_if(list, [&](const Engagement& one) { return one.modified < std::max(since, visit.now - kThirtyDays); });
  std::stable_sort(list.begin(), list.end(), [](const Engagement& a, const Engagement& b) { return a.modified > b.modified; });
  if (list.size() > kRecentMax) list.resize(kRecentMax);
  return engagements_page(visit, list, std::min<uint64_t>(static_cast<uint64_t>(*offset), list.size()), *count, false);
}

}  // namespace foz::sim
