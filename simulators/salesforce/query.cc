// REST queries and their locators. Follows: Sources contract, 2.4.
#include <algorithm>

#include "base/text.h"
#include "simulators/salesforce/salesforce.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kLocatorIdleMs = 15 * 60'000;
constexpr int64_t kLocatorLifeMs = 2 * 86'400'000ll;
constexpr uint64_t kAllFieldsRowsMax = 200;

SoqlError restricted(const TableSpec& table) {
  return {"MALFORMED_QUERY", "Implementation restriction: " + table.name +
                                 " requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator."};
}

/// A column ready to be written: `,"Name":` and where its value comes from.
struct WrittenColumn {
  const Column* column;
  std::string key;
};

struct RecordWriter {
  std::vector<WrittenColumn> columns;
  std::string head;  ///< up to the id in the URL

  RecordWriter(const SalesforceQuery& query, const std::string& version) {
    const std::string& object = query.rows.table->spec().name;
    head = "{\"attributes\":{\"type\":\"" + object + "\",\"url\":\"/services/data/" + version + "/sobjects/" + object + "/";
    for (const Column* column : query.columns) columns.push_back({column, ",\"" + column->name + "\":"});
  }

  void write(std::string& out, const Row& row, const IdStyle& id, Scratch& scratch) const {
    out += head;
    append_id(out, id, row.number());
    out += "\"}";
    for (const WrittenColumn& written : columns) {
      out += written.key;
      append_salesforce_json(out, *written.column, row.cell(*written.column, scratch));
    }
    out += '}';
  }
};

/// Counts by year and month of moments, each selected function grouped by.
bool groups_by_date(const SoqlQuery& soql) {
  if (soql.strange_group || !soql.fields.empty() || !soql.fields_macro.empty() || soql.calls.empty() || !soql.order.empty() || soql.limit) return false;
  return std::all_of(soql.calls.begin(), soql.calls.end(), [&](const SoqlQuery::Call& call) {
    return call.function == "COUNT" || std::find(soql.group_by.begin(), soql.group_by.end(), call) != soql.group_by.end();
  });
}

/// The part of a moment that a function gives; nothing of none.
std::optional<int64_t> part_of_date(const std::string& function, const Value& value) {
  if (value.is_null()) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(from_millis(value.number)));
  return function == "CALENDAR_YEAR" ? static_cast<int>(day.year()) : static_cast<int64_t>(static_cast<unsigned>(day.month()));
}

uint64_t asked_page_rows(const http::Request& request) {
  const std::string_view options = request.headers.get("Sforce-Query-Options").value_or("");
  const size_t at = options.find("batchSize=");
  const auto asked = at == options.npos ? std::nullopt : to_integer(options.substr(at + 10, options.find_first_not_of("0123456789", at + 10) - at - 10));
  return std::clamp<uint64_t>(static_cast<uint64_t>(asked.value_or(kSalesforcePageMax)), kSalesforcePageMin, kSalesforcePageMax);
}

}  // namespace

std::variant<SalesforceQuery, SoqlError> Salesforce::prepared(std::string_view soql, int64_t now, bool with_archived, bool bulk) {
  SoqlParsed parsed = parse_soql(soql, now);
  if (auto* error = std::get_if<SoqlError>(&parsed)) return std::move(*error);
  SalesforceQuery query{.soql = std::move(std::get<SoqlQuery>(parsed))};
  const TableRef table = world_.tables.find_ignoring_case(query.soql.object);
  if (table == nullptr || table->spec().has("hidden") || table->spec().has("not_queryable")) {
    const std::string known = table == nullptr ? query.soql.object : table->spec().name;
    if (table != nullptr) return SoqlError{"INVALID_TYPE_FOR_OPERATION", "entity type " + known + " does not support query"};
    return SoqlError{"INVALID_TYPE", "sObject type '" + known + "' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."};
  }
  if (query.soql.grouped && !groups_by_date(query.soql)) {
    return SoqlError{"MALFORMED_QUERY", "of aggregate functions this org offers COUNT(field) by CALENDAR_YEAR and CALENDAR_MONTH"};
  }
  if (auto error = find_columns(query, *table, bulk)) return std::move(*error);
  auto compiled = SoqlFilter::compile(query.soql, *table);
  if (auto* error = std::get_if<SoqlError>(&compiled)) return std::move(*error);
  const auto& filter = std::get<SoqlFilter>(compiled);
  for (const std::string& trait : table->spec().traits) {
    if (trait.starts_with("needs_filter:") && !filter.requires_key(trait.substr(13))) return restricted(table->spec());
  }
  if (query_timeout_rows_ > 0 && filter.accepts_all() && table->rows() > static_cast<uint64_t>(query_timeout_rows_) && !query.soql.limit) {
    return SoqlError{"QUERY_TIMEOUT", "Your query request was running for too long."};
  }
  query.rows = run_soql(query.soql, filter, table, now, with_archived || query.soql.all_rows);
  if (query_timeout_rows_ > 0 && !filter.accepts_all() && query.rows.size > static_cast<uint64_t>(query_timeout_rows_)) {
    return SoqlError{"QUERY_TIMEOUT", "Your query request was running for too long."};
  }
  return query;
}

std::optional<SoqlError> Salesforce::find_columns(SalesforceQuery& query, const TableState& table, bool bulk) const {
  const SoqlQuery& soql = query.soql;
  if (!soql.fields_macro.empty()) {
    if (bulk) return SoqlError{"MALFORMED_QUERY", "The SOQL FIELDS function is not supported in bulk queries"};
    if (soql.limit.value_or(UINT64_MAX) > kAllFieldsRowsMax && soql.fields_macro != "STANDARD") {
      return SoqlError{"MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200"};
    }
    for (const Column* column : table.visible_columns()) {
      if (column->kind == Kind::compound) continue;
      if (soql.fields_macro == "ALL" || (soql.fields_macro == "CUSTOM") == column->custom) query.columns.push_back(column);
    }
  }
  for (const SoqlQuery::Field& field : soql.fields) {
    const Column* column = table.column_ignoring_case(field.name);
    if (column == nullptr) return no_such_column(soql.text, field.at, field.name, table.spec().name);
    if (std::find(query.columns.begin(), query.columns.end(), column) != query.columns.end()) {
      return SoqlError{"INVALID_FIELD", "duplicate field selected: " + column->name};
    }
    if (bulk && column->kind == Kind::compound) return SoqlError{"FUNCTIONALITY_NOT_ENABLED", "Selecting compound data not supported in Bulk Query"};
    if (bulk && column->kind == Kind::base64) return SoqlError{"FUNCTIONALITY_NOT_ENABLED", "Selecting binary fields not supported in Bulk Query"};
    query.columns.push_back(column);
  }
  for (const std::vector<SoqlQuery::Call>* calls : {&soql.calls, &soql.group_by}) {
    for (const SoqlQuery::Call& call : *calls) {
      const Column* column = table.column_ignoring_case(call.field);
      if (column == nullptr) return no_such_column(soql.text, soql.text.find(call.field), call.field, table.spec().name);
      if (call.function != "COUNT" && column->kind != Kind::datetime) return SoqlError{"MALFORMED_QUERY", "field " + call.field + " does not support date functions"};
    }
  }
  for (const SoqlOrder& order : soql.order) {
    const Column* column = table.column_ignoring_case(order.field);
    if (column == nullptr) return no_such_column(soql.text, soql.text.find(order.field), order.field, table.spec().name);
    if (column->kind == Kind::multipicklist || (column->kind == Kind::textarea && column->length > 255)) {
      return SoqlError{"MALFORMED_QUERY", "field '" + column->name + "' can not be sorted in a query call"};
    }
  }
  return std::nullopt;
}

http::Response Salesforce::query(Visit& visit) { return start_query(visit, false); }
http::Response Salesforce::query_all(Visit& visit) { return start_query(visit, true); }

http::Response Salesforce::start_query(Visit& visit, bool with_archived) {
  const auto soql = visit.query.get("q");
  if (!soql) return salesforce_error(400, "MALFORMED_QUERY", "A query string has to be specified");
  auto prepared_query = prepared(*soql, visit.now, with_archived, false);
  if (const auto* error = std::get_if<SoqlError>(&prepared_query)) return salesforce_error(*error);
  auto& query = std::get<SalesforceQuery>(prepared_query);
  if (query.soql.counts) {
    return json_text_response(200, "{\"totalSize\":" + std::to_string(query.rows.size) + ",\"done\":true,\"records\":[]}");
  }
  if (query.soql.grouped) return groups(query);
  const uint64_t page_rows = sim::page_rows(world_, asked_page_rows(visit.request));
  const PageStart start{.sent = 0, .position = query.rows.start};
  if (query.rows.size <= page_rows && !visit.effects.has(FaultKind::empty_page)) return query_page(visit, query, start, page_rows, nullptr);
  Locator locator{.query = std::make_shared<const SalesforceQuery>(std::move(query)), .version = visit.part("version"),
                  .page_rows = page_rows, .positions = {{0, start.position}}, .created = visit.now, .used = visit.now};
  const auto shared = locator.query;
  http::Response response = query_page(visit, *shared, start, page_rows, &locator);
  keep_locator(std::move(locator));
  return response;
}

/// `{"attributes":{"type":"AggregateResult"},"y":2024,"m":1,"n":17}` for each group.
http::Response Salesforce::groups(const SalesforceQuery& query) const {
  std::map<std::vector<std::optional<int64_t>>, int64_t> counts;
  SalesforceWalk walk(query.rows, query.rows.start);
  Scratch scratch;
  while (const auto row = walk.next()) {
    scratch.reset();
    std::vector<std::optional<int64_t>> group;
    for (const SoqlQuery::Call& by : query.soql.group_by) {
      const Column* column = query.rows.table->column_ignoring_case(by.field);
      group.push_back(part_of_date(by.function, row->cell(*column, scratch)));
    }
    ++counts[std::move(group)];
  }
  Json records = Json::array();
  for (const auto& [group, rows] : counts) {
    Json record = {{"attributes", {{"type", "AggregateResult"}}}};
    for (const SoqlQuery::Call& call : query.soql.calls) {
      const auto by = static_cast<size_t>(std::find(query.soql.group_by.begin(), query.soql.group_by.end(), call) - query.soql.group_by.begin());
      if (call.function == "COUNT") record[call.name] = rows;
      else record[call.name] = group[by] ? Json(*group[by]) : Json(nullptr);
    }
    records.push_back(std::move(record));
  }
  const size_t size = records.size();
  return json_response(200, Json{{"totalSize", size}, {"done", true}, {"records", std::move(records)}});
}

void Salesforce::keep_locator(Locator locator) {
  std::lock_guard lock(mutex_);
  locators_.push_back(std::move(locator));
  while (locators_.size() > static_cast<size_t>(std::max<int64_t>(1, locators_max_))) locators_.pop_front();  // the oldest dies
}

http::Response Salesforce::query_page(Visit& visit, const SalesforceQuery& query, PageStart start, uint64_t page_rows, Locator* locator) {
  const bool empty = visit.effects.has(FaultKind::empty_page);
  const uint64_t left = query.rows.size - start.sent;
  const uint64_t count = empty ? 0 : std::min(left, page_rows);
  const int64_t off_by = visit.effects.has(FaultKind::wrong_total) ? visit.effects.find(FaultKind::wrong_total)->by : 0;
  const RecordWriter writer(query, visit.part("version"));
  std::string body;
  body.reserve(count * (120 + 45 * query.columns.size()) + 256);
  SalesforceWalk walk(query.rows, start.position);
  Scratch scratch;
  body = "{\"totalSize\":" + std::to_string(static_cast<int64_t>(query.rows.size) + off_by);
  const bool done = start.sent + count >= query.rows.size;
  body += done ? ",\"done\":true" : ",\"done\":false";
  if (!done && locator != nullptr) {
    if (locator->id.empty()) {
      std::lock_guard lock(mutex_);
      locator->id = id_text({.form = IdStyle::Form::salesforce, .prefix = "01g"}, ++numbered_);
    }
    const bool loops = visit.effects.has(FaultKind::loop_page);
    const FaultRule* other_host = visit.effects.find(FaultKind::next_link_host);
    body += ",\"nextRecordsUrl\":\"" + (other_host == nullptr ? std::string() : other_host->text) + "/services/data/" + visit.part("version") +
            "/query/" + locator->id + "-" + std::to_string(start.sent + (loops ? 0 : count)) + "\"";
  }
  body += ",\"records\":[";
  for (uint64_t i = 0; i < count; ++i) {
    const auto row = walk.next();
    if (!row) break;
    scratch.reset();
    if (i > 0) body += ',';
    writer.write(body, *row, query.rows.table->spec().id, scratch);
    ++visit.records;
  }
  body += "]}";
  if (locator != nullptr) locator->positions[start.sent + count] = walk.position();
  return json_text_response(200, std::move(body));
}

/// `01g…-2000`: a locator and how many rows came before. Answered under /query/ and /queryAll/ alike.
http::Response Salesforce::more(Visit& visit) {
  const std::string text = visit.part("locator");
  const size_t dash = std::min(text.find('-'), text.size());
  const int64_t asked = to_integer(std::string_view(text).substr(std::min(dash + 1, text.size()))).value_or(-1);
  auto found = asked < 0 ? std::nullopt : open_locator(text.substr(0, dash), static_cast<uint64_t>(asked), visit.now);
  if (!found) return salesforce_error(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
  PageStart start{.sent = static_cast<uint64_t>(asked), .position = found->positions[static_cast<uint64_t>(asked)]};
  if (visit.effects.has(FaultKind::repeat_page) && start.sent >= found->page_rows) {
    start.sent -= found->page_rows;
    start.position = found->positions[start.sent];
  }
  http::Response response = query_page(visit, *found->query, start, found->page_rows, &*found);
  std::lock_guard lock(mutex_);
  const auto kept = std::find_if(locators_.begin(), locators_.end(), [&](const Locator& locator) { return locator.id == found->id; });
  if (kept != locators_.end()) kept->positions = std::move(found->positions);
  return response;
}

/// A copy of a locator that is alive and has been read up to `sent`.
std::optional<Salesforce::Locator> Salesforce::open_locator(const std::string& id, uint64_t sent, int64_t now) {
  std::lock_guard lock(mutex_);
  std::erase_if(locators_, [&](const Locator& locator) {
    return now - locator.used > kLocatorIdleMs || now - locator.created > kLocatorLifeMs;
  });
  for (Locator& locator : locators_) {
    if (locator.id != id || !locator.positions.contains(sent)) continue;
    locator.used = now;
    return locator;
  }
  return std::nullopt;
}

}  // namespace foz::sim
