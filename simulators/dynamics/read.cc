// Queries over entity sets, page by page. Follows: Sources contract, 3.4.
#include <algorithm>

#include "base/text.h"
#include "simulators/dynamics/dynamics.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr size_t kFoundMax = 8;
constexpr std::string_view kRefused[] = {"$skip", "$search", "$format"};

/// The text between `name="` and the next quote.
std::string_view attribute_of(std::string_view cookie, std::string_view name) {
  const std::string head = std::string(name) + "=\"";
  const size_t at = cookie.find(head);
  if (at == cookie.npos) return "";
  const size_t from = at + head.size();
  return cookie.substr(from, cookie.find('"', from) - from);
}

uint64_t number_of(std::string_view cookie, std::string_view name, int64_t otherwise) {
  return static_cast<uint64_t>(std::max<int64_t>(0, to_integer(attribute_of(cookie, name)).value_or(otherwise)));
}

struct SortKey {
  ODataValue value;
  uint32_t row;
};

int order_of(const ODataValue& a, const ODataValue& b) {
  const bool a_null = a.type == ODataValue::Type::null, b_null = b.type == ODataValue::Type::null;
  if (a_null || b_null) return a_null == b_null ? 0 : a_null ? -1 : 1;
  if (a.type == ODataValue::Type::text) return a.text.compare(b.text);
  return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
}

void sort_rows(std::vector<uint32_t>& rows, const TableState& table, const Column& column, bool descending, int64_t now) {
  std::vector<SortKey> keyed;
  Scratch scratch;
  for (const uint32_t row : rows) {
    scratch.reset();
    keyed.push_back({odata_value(column, Row(table, row, now).cell(column, scratch)), row});
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const SortKey& a, const SortKey& b) {
    return descending ? order_of(b.value, a.value) < 0 : order_of(a.value, b.value) < 0;
  });
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = keyed[i].row;
}

}  // namespace

std::string dynamics_cookie(const DynamicsPlace& place, const IdStyle& id, const std::string& key_name) {
  const std::string inner = "<cookie page=\"" + std::to_string(place.page - 1) + "\"><" + key_name + " last=\"{" + upper(id_text(id, place.last)) + "}\" at=\"" +
                            std::to_string(place.offset) + "\" /></cookie>";
  return "<cookie pagenumber=\"" + std::to_string(place.page) + "\" pagingcookie=\"" + http::percent_encode(inner) + "\" istracking=\"" +
         (place.tracking ? "True\" version=\"" + std::to_string(place.version) : "False") + "\" " + std::string(place.detours, ' ') + "/>";
}

std::optional<DynamicsPlace> dynamics_place(std::string_view cookie, const IdStyle& id) {
  DynamicsPlace place{.page = number_of(cookie, "pagenumber", 0), .version = number_of(cookie, "version", 0), .tracking = attribute_of(cookie, "istracking") == "True"};
  const std::string inner = http::percent_decode(attribute_of(cookie, "pagingcookie"));
  const std::string_view last = attribute_of(inner, "last");
  const auto row = last.size() < 2 ? std::nullopt : row_of_id(id, lower(last.substr(1, last.size() - 2)));
  if (place.page < 2 || !row || !cookie.ends_with("/>")) return std::nullopt;
  place.last = *row;
  place.offset = number_of(inner, "at", 0);
  const size_t end = cookie.find_last_not_of(' ', cookie.size() - 3);
  place.detours = cookie.size() - 3 - end - 1;
  return place;
}

std::optional<DynamicsError> Dynamics::bind(ODataFilter& filter, const TableState& table, const DynamicsEntity& entity) const {
  for (ODataFilter& part : filter.parts) {
    if (auto error = bind(part, table, entity)) return error;
  }
  if (filter.property.empty()) return std::nullopt;
  std::string name = filter.property;
  if (name.ends_with("/" + entity.primary_id())) name = "_" + name.substr(0, name.find('/')) + "_value";
  const size_t slash = name.find('/');  // primarycontactid/contactid is the lookup itself
  if (slash != name.npos && name.ends_with("id")) name = "_" + name.substr(0, slash) + "_value";
  filter.column = dynamics_column(table, name);
  if (filter.column == nullptr) return no_property(filter.property, entity);
  return std::nullopt;
}

std::optional<DynamicsError> Dynamics::read_order(Query& query, std::string_view text) const {
  for (const std::string& part : odata_list(text)) {
    const auto words = split(part, ' ');
    const Column* column = dynamics_column(*query.table, words[0]);
    if (column == nullptr) return no_property(words[0], *query.entity);
    query.order.push_back({column, words.back() == "desc"});
  }
  return std::nullopt;
}

std::variant<DynamicsProjection, DynamicsError> Dynamics::projection(const DynamicsEntity& entity, const TableState& table, const std::vector<std::string>& select,
                                                                     const std::vector<std::string>& expand, bool annotations) const {
  DynamicsProjection shown{.annotations = annotations};
  std::vector<const Column*> columns;
  for (const std::string& name : select) {
    const Column* column = dynamics_column(table, name);
    if (column == nullptr) return no_property(name, entity);
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
  }
  if (select.empty()) columns = table.visible_columns();
  const Column* key = table.column(entity.primary_id());
  if (std::find(columns.begin(), columns.end(), key) == columns.end()) columns.push_back(key);  // always there
  for (const Column* column : columns) {
    DynamicsProjection::Member member{.column = column, .key = ",\"" + dynamics_property(*column) + "\":"};
    const DynamicsEntity* target = annotations && column->kind == Kind::reference ? entity_by(&DynamicsEntity::logical, column->target) : nullptr;
    if (target != nullptr) {
      member.target = world_.tables.find(target->logical);
      member.target_name = member.target->column(target->primary_name);
    }
    if (!select.empty()) shown.context += (shown.context.empty() ? "" : ",") + dynamics_property(*column);
    shown.members.push_back(std::move(member));
  }
  for (const std::string& text : expand) {
    const ODataExpand one = parse_odata_expand(text);
    const Column* column = table.column(one.name);
    if (column == nullptr) column = table.column(one.name.substr(0, one.name.rfind('_')));  // parentcustomerid_account
    const DynamicsEntity* target = column == nullptr || column->kind != Kind::reference ? nullptr : entity_by(&DynamicsEntity::logical, column->target);
    if (target == nullptr) return no_property(one.name, entity);
    if (one.nested) return DynamicsError{.message = "The query option of an $expand is not offered here: only $select is."};
    DynamicsExpansion expansion{.name = one.name, .column = column, .table = world_.tables.find(target->logical), .entity = target, .select = one.select};
    const auto inner = projection(*target, *expansion.table, one.select, {}, false);
    if (const auto* error = std::get_if<DynamicsError>(&inner)) return *error;
    shown.expansions.push_back(std::move(expansion));
  }
  return shown;
}

Dynamics::Read Dynamics::read_query(const Visit& visit, const DynamicsEntity& entity) const {
  Query query{.entity = &entity, .table = world_.tables.find(entity.logical), .preferences = dynamics_preferences(visit.request)};
  for (const std::string_view name : kRefused) {
    if (visit.query.get(name)) return DynamicsError{.message = "Query option '" + std::string(name) + "' is not supported."};
  }
  const auto text = [&](std::string_view name) { return visit.query.value(name).value_or(""); };
  auto shown = projection(entity, *query.table, odata_list(text("$select")), odata_list(text("$expand")), query.preferences.annotations);
  if (auto* error = std::get_if<DynamicsError>(&shown)) return std::move(*error);
  query.shown = std::move(std::get<DynamicsProjection>(shown));
  if (const std::string filter = text("$filter"); !filter.empty()) {
    ODataParsed parsed = parse_odata_filter(filter);
    if (const auto* message = std::get_if<std::string>(&parsed)) return DynamicsError{.message = *message};
    query.filter = std::move(std::get<ODataFilter>(parsed));
    if (auto error = bind(*query.filter, *query.table, entity)) return std::move(*error);
  }
  if (auto error = read_order(query, text("$orderby"))) return std::move(*error);
  if (const std::string top = text("$top"); !top.empty() && !query.preferences.paged) {
    const auto rows = to_integer(top);
    if (!rows || *rows < 1) return DynamicsError{.message = "Invalid value '" + top + "' for $top query option found."};
    query.top = std::min<uint64_t>(static_cast<uint64_t>(*rows), kDynamicsPageMax);
  }
  query.count = text("$count") == "true";
  query.key = text("$filter") + "\n" + text("$orderby");
  return query;
}

/// Filtered or sorted rows; pages of one query share them while nobody changes the table.
std::shared_ptr<const std::vector<uint32_t>> Dynamics::found_rows(const Query& query, int64_t now) {
  {
    std::lock_guard lock(mutex_);
    for (const Found& found : found_) {
      const bool same = found.as_of == now || (query.table->settled(found.as_of) && query.table->settled(now));
      if (found.table == query.table && found.key == query.key && same) return found.rows;
    }
  }
  std::vector<uint32_t> rows;
  Scratch scratch;
  for (uint64_t number = 0; number < query.table->rows(); ++number) {
    const Row row(*query.table, number, now);
    if (!row.live()) continue;
    scratch.reset();
    const auto value_of = [&](const ODataFilter& leaf) { return odata_value(*leaf.column, row.cell(*leaf.column, scratch)); };
    if (!query.filter || odata_holds(*query.filter, value_of)) rows.push_back(static_cast<uint32_t>(number));
  }
  for (auto order = query.order.rbegin(); order != query.order.rend(); ++order) sort_rows(rows, *query.table, *order->column, order->descending, now);
  Found found{.table = query.table, .key = query.key, .as_of = now, .rows = std::make_shared<const std::vector<uint32_t>>(std::move(rows))};
  std::lock_guard lock(mutex_);
  found_.push_back(found);
  if (found_.size() > kFoundMax) found_.pop_front();
  return found.rows;
}

uint64_t Dynamics::rows_of_page(const Query& query) const {
  return query.top.value_or(page_rows(world_, query.preferences.page_rows));
}

/// Where the page before began.
DynamicsPlace Dynamics::place_before(const Query& query, DynamicsPlace place, int64_t now) {
  const uint64_t limit = rows_of_page(query);
  place.offset -= std::min(place.offset, limit);
  if (query.filter || !query.order.empty()) {
    const auto rows = found_rows(query, now);
    if (place.offset > 0 && place.offset <= rows->size()) place.last = (*rows)[place.offset - 1];
  } else {
    uint64_t row = place.last + 1;
    for (uint64_t seen = 0; row > 0 && seen < limit;) seen += Row(*query.table, --row, now).live() ? 1 : 0;
    place.last = row == 0 ? 0 : row - 1;
    if (row == 0) place.page = 1;
  }
  if (place.offset == 0) place.page = 1;
  return place;
}

Dynamics::Page Dynamics::page_of(const Query& query, const DynamicsPlace& place, int64_t now) {
  const uint64_t limit = rows_of_page(query);
  const bool first = place.page == 1;
  Page page{.offset = place.offset};
  if (!query.filter && query.order.empty()) {
    for (uint64_t number = first ? 0 : place.last + 1; number < query.table->rows(); ++number) {
      if (!Row(*query.table, number, now).live()) continue;
      page.more = page.rows.size() == limit;
      if (page.more) break;
      page.rows.push_back(number);
    }
    page.total = query.table->live_rows(now);
  } else {
    const auto rows = found_rows(query, now);
    // Rows may have moved since the last page: go on behind the row that it ended with.
    const bool in_place = !first && place.offset > 0 && place.offset <= rows->size() && (*rows)[place.offset - 1] == place.last;
    const auto last = first || in_place ? rows->end() : std::find(rows->begin(), rows->end(), static_cast<uint32_t>(place.last));
    const uint64_t from = last == rows->end() ? std::min<uint64_t>(place.offset, rows->size()) : static_cast<uint64_t>(last - rows->begin()) + 1;
    const uint64_t to = std::min<uint64_t>(rows->size(), from + limit);
    page.rows.assign(rows->begin() + static_cast<ptrdiff_t>(from), rows->begin() + static_cast<ptrdiff_t>(to));
    page.more = to < rows->size();
    page.offset = from;
    page.total = rows->size();
  }
  if (query.top) page.more = false;
  return page;
}

std::string Dynamics::next_link(const Visit& visit, const DynamicsPlace& place) const {
  const FaultRule* other_host = visit.effects.find(FaultKind::next_link_host);
  std::string link = (other_host == nullptr ? visit.origin : other_host->text) + std::string(visit.path) + "?";
  for (const auto& [name, value] : visit.query) {
    if (name == "$skiptoken") continue;
    link += name + "=" + http::percent_encode(value) + "&";
  }
  const DynamicsEntity* entity = entity_by(&DynamicsEntity::set, dynamics_path(visit.path).back().name);
  const IdStyle& id = world_.tables.find(entity->logical)->spec().id;
  return link + "$skiptoken=" + http::percent_encode(dynamics_cookie(place, id, entity->primary_id()));
}

http::Response Dynamics::list(Visit& visit, const DynamicsEntity& entity) {
  if (const auto xml = visit.query.value("fetchXml")) return fetch(visit, entity, *xml);
  Read read = read_query(visit, entity);
  if (const auto* error = std::get_if<DynamicsError>(&read)) return dynamics_error(*error);
  const Query& query = std::get<Query>(read);
  if (const auto token = visit.query.value("$deltatoken")) return delta(visit, query, *token);
  DynamicsPlace place;
  if (query.preferences.track_changes) {
    if (auto error = not_trackable(visit, entity)) return dynamics_error(*error);
    place.tracking = true;
    place.version = known_version(*query.table, visit.now);
  }
  if (const auto cookie = visit.query.value("$skiptoken")) {
    const auto found = dynamics_place(*cookie, query.table->spec().id);
    if (!found) return dynamics_error({.message = "Malformed $skiptoken: the link of the last page has to be used as it came."});
    place = *found;
  }
  return page_response(visit, query, place);
}

http::Response Dynamics::page_response(Visit& visit, const Query& query, const DynamicsPlace& place) {
  const bool again = visit.effects.has(FaultKind::repeat_page) && place.page > 1;
  Page page = page_of(query, again ? place_before(query, place, visit.now) : place, visit.now);
  const bool costly = query.filter || !query.order.empty();
  if (timeout_rows_ > 0 && costly && page.total > static_cast<uint64_t>(timeout_rows_)) {
    return dynamics_error({.status = 500, .code = "0x80040265", .message = "SQL timeout expired: the query took too long."});
  }
  const bool empty = visit.effects.has(FaultKind::empty_page);
  if (empty) page.rows.clear(), page.more = true;
  std::string body = "{\"@odata.context\":\"" + service_root(visit) + "$metadata#" + query.entity->set + (query.shown.context.empty() ? "" : "(" + query.shown.context + ")") + "\"";
  const FaultRule* off = visit.effects.find(FaultKind::wrong_total);
  if (query.count) {
    const int64_t total = static_cast<int64_t>(std::min(page.total, kDynamicsPageMax)) + (off == nullptr ? 0 : off->by);
    body += ",\"@odata.count\":" + std::to_string(total);
    if (query.preferences.annotations) {
      body += ",\"@Microsoft.Dynamics.CRM.totalrecordcount\":" + std::to_string(total) + ",\"@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded\":" +
              (page.total > kDynamicsPageMax ? "true" : "false");
    }
  }
  body += ",\"value\":[";
  for (const uint64_t number : page.rows) {
    if (body.back() == '}') body += ',';
    append_row(body, query.shown, Row(*query.table, number, visit.now));
  }
  visit.records += page.rows.size();
  body += ']';
  if (page.more) {
    DynamicsPlace next{.page = place.page + 1, .offset = page.offset + page.rows.size(), .last = page.rows.empty() ? 0 : page.rows.back(), .version = place.version, .tracking = place.tracking};
    const bool back = again || empty || visit.effects.has(FaultKind::loop_page);
    if (back && place.page > 1) next = place;
    if (again || empty) ++next.detours;
    body += ",\"@odata.nextLink\":" + json_string(next_link(visit, next));
  } else if (place.tracking) {
    body += ",\"@odata.deltaLink\":" + json_string(delta_link(visit, place.version));
  }
  body += '}';
  http::Response response = json_text_response(200, std::move(body));
  const std::string applied = query.preferences.applied();
  if (!applied.empty()) response.headers.set("Preference-Applied", applied);
  return response;
}

}  // namespace foz::sim
