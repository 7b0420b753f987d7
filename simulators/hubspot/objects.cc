#include "simulators/hubspot/objects.h"

#include <algorithm>

#include "base/text.h"

namespace foz::sim {
namespace {

constexpr std::string_view kContactInformation = "contactinformation";
constexpr uint64_t kFirstId = 101;
constexpr int64_t kDays2021 = 18'628, kDays2026 = 20'454;

std::vector<Option> options(std::initializer_list<const char*> values) {
  std::vector<Option> result;
  for (const char* value : values) {
    std::string label(value);
    label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
    result.push_back({.value = value, .label = std::move(label)});
  }
  return result;
}

Column property(std::string name, std::string label, Kind kind, Recipe recipe, int nulls = 0, int empties = 0) {
  return {.name = std::move(name), .label = std::move(label), .kind = kind, .recipe = recipe, .null_percent = nulls, .empty_percent = empties};
}
Column choice(std::string name, std::string label, std::initializer_list<const char*> values, int nulls = 0) {
  Column column = property(std::move(name), std::move(label), Kind::picklist, Recipe::pick, nulls);
  column.options = options(values);
  return column;
}
Column number(std::string name, std::string label, Recipe recipe, int64_t low, int64_t high, int scale, int nulls) {
  Column column = property(std::move(name), std::move(label), Kind::number, recipe, nulls);
  column.low = low, column.high = high, column.scale = scale;
  return column;
}

/// Properties of every object type, the cursor under its own name.
void add_system(std::vector<Column>& columns, const std::string& cursor) {
  columns.push_back(property("createdate", "Create Date", Kind::datetime, Recipe::created));
  columns.push_back(property(cursor, "Last Modified Date", Kind::datetime, Recipe::modified));
  columns.push_back(property("hs_object_id", "Record ID", Kind::number, Recipe::id));
  columns.back().unique = true;
  columns.push_back(property("hs_merged_object_ids", "Merged record IDs", Kind::multipicklist, Recipe::none));
}

std::vector<Column> contact_properties() {
  std::vector<Column> columns = {
      property("firstname", "First Name", Kind::text, Recipe::first_name, 3, 2), property("lastname", "Last Name", Kind::text, Recipe::last_name, 2, 1),
      property("email", "Email", Kind::email, Recipe::email, 2), property("phone", "Phone Number", Kind::phone, Recipe::phone, 15, 5),
      property("mobilephone", "Mobile Phone Number", Kind::phone, Recipe::phone, 50), property("company", "Company Name", Kind::text, Recipe::company, 5, 5),
      property("jobtitle", "Job Title", Kind::text, Recipe::job_title, 10), property("website", "Website URL", Kind::url, Recipe::url, 20),
      property("address", "Street Address", Kind::text, Recipe::street, 10), property("city", "City", Kind::text, Recipe::city, 5),
      property("state", "State/Region", Kind::text, Recipe::state, 5), property("zip", "Postal Code", Kind::text, Recipe::postal_code, 5),
      property("country", "Country/Region", Kind::text, Recipe::country, 5),
      choice("lifecyclestage", "Lifecycle Stage", {"subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist", "other"}),
      choice("hs_lead_status", "Lead Status", {"NEW", "OPEN", "IN_PROGRESS", "CONNECTED", "BAD_TIMING"}, 30),
      number("annualrevenue", "Annual Revenue", Recipe::decimal, 0, 900'000'000, 2, 20),
      number("num_associated_deals", "Number of Associated Deals", Recipe::integer, 0, 20, 0, 20),
      property("hs_email_optout", "Unsubscribed from all email", Kind::boolean, Recipe::boolean, 40),
      property("date_of_birth", "Date of Birth", Kind::date, Recipe::date, 50),
      property("hs_v2_date_entered_lead", "Date entered \"Lead\"", Kind::datetime, Recipe::instant, 40),
      property("message", "Message", Kind::textarea, Recipe::sentence, 60, 5),
      property("external_score", "External score", Kind::number, Recipe::lying_number, 40)};
  const auto find = [&](std::string_view name) { return std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == name; }); };
  find("email")->unique = true;
  find("hs_email_optout")->low = 20;
  find("date_of_birth")->low = -10'957, find("date_of_birth")->high = 13'149;
  find("hs_v2_date_entered_lead")->low = kDays2021 * 86'400, find("hs_v2_date_entered_lead")->high = kDays2026 * 86'400;
  find("external_score")->custom = true;
  find("num_associated_deals")->calculated = true;
  Column topics = property("topics", "Topics", Kind::multipicklist, Recipe::multi_pick);
  topics.options = options({"pricing", "product", "support"});
  topics.custom = true;
  columns.push_back(std::move(topics));
  for (Column& column : columns) column.group = kContactInformation;
  add_system(columns, "lastmodifieddate");
  columns.push_back(property("hs_calculated_merged_vids", "Merged vids with timestamps", Kind::multipicklist, Recipe::none));
  return columns;
}

std::vector<Column> company_properties() {
  std::vector<Column> columns = {
      property("name", "Name", Kind::text, Recipe::company), property("domain", "Company Domain Name", Kind::text, Recipe::domain, 5),
      property("website", "Website URL", Kind::url, Recipe::url, 10), property("phone", "Phone Number", Kind::phone, Recipe::phone, 10),
      property("city", "City", Kind::text, Recipe::city, 5), property("country", "Country/Region", Kind::text, Recipe::country, 5),
      choice("industry", "Industry", {"BANKING", "COMPUTER_SOFTWARE", "EDUCATION_MANAGEMENT", "RETAIL", "UTILITIES"}, 15),
      number("annualrevenue", "Annual Revenue", Recipe::integer, 0, 90'000'000, 0, 20), number("numberofemployees", "Number of Employees", Recipe::integer, 1, 5000, 0, 10),
      property("description", "Description", Kind::textarea, Recipe::dirty_text, 40)};
  add_system(columns, "hs_lastmodifieddate");
  return columns;
}

std::vector<Column> deal_properties() {
  std::vector<Column> columns = {
      property("dealname", "Deal Name", Kind::text, Recipe::company), number("amount", "Amount", Recipe::decimal, 0, 50'000'000, 2, 10),
      choice("dealstage", "Deal Stage", {"appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon", "closedlost"}),
      choice("pipeline", "Pipeline", {"default"}), property("closedate", "Close Date", Kind::datetime, Recipe::instant, 10),
      choice("dealtype", "Deal Type", {"newbusiness", "existingbusiness"}, 30), property("hs_is_closed", "Is Deal Closed?", Kind::boolean, Recipe::boolean)};
  columns[4].low = kDays2021 * 86'400, columns[4].high = kDays2026 * 86'400;
  columns.back().low = 40;
  columns.back().calculated = true;
  add_system(columns, "hs_lastmodifieddate");
  return columns;
}

/// What the smaller types have in common: a title, a text, a status, a moment.
std::vector<Column> plain_properties(const std::string& title, const std::string& text, const std::string& status) {
  std::vector<Column> columns = {property(title, title, Kind::text, Recipe::sentence), property(text, text, Kind::textarea, Recipe::dirty_text, 10),
                                 choice(status, status, {"NEW", "WAITING", "CLOSED"}), property("hs_timestamp", "Activity date", Kind::datetime, Recipe::instant)};
  columns.back().low = kDays2021 * 86'400, columns.back().high = kDays2026 * 86'400;
  add_system(columns, "hs_lastmodifieddate");
  return columns;
}

TableSpec portal_table(std::string name, uint64_t first, uint64_t rows, std::vector<Column> columns) {
  std::sort(columns.begin(), columns.end(), [](const Column& a, const Column& b) { return a.name < b.name; });
  return {.name = std::move(name), .id = {.form = IdStyle::Form::number, .first = first}, .precision_ms = 1, .rows = rows,
          .columns = std::move(columns), .traits = {"archive_keeps_stamp"}};
}

HubspotType plain_type(std::string plural, std::string singular, std::string id) {
  return {.plural = std::move(plural), .singular = std::move(singular), .id = std::move(id), .cursor = "hs_lastmodifieddate",
          .usual = {"createdate", "hs_lastmodifieddate", "hs_object_id"}, .searched = {}};
}

std::string csv_name(const World& world) {
  std::string name = world.options.csv_file.substr(world.options.csv_file.rfind('/') + 1);
  return lower(name.substr(0, name.find('.')));
}

HubspotType custom_type(const World& world, const std::string& name, uint64_t number) {
  HubspotType type = plain_type("p" + std::to_string(hubspot_portal(world.options.seed)) + "_" + name, name, "2-" + std::to_string(number));
  type.scope = "custom";
  return type;
}

TableSpec custom_table(const HubspotType& type, uint64_t rows, std::vector<Column> columns) {
  TableSpec table = portal_table(type.plural, 4001, rows, std::move(columns));
  table.label = type.singular;
  table.plural = type.singular + "s";
  table.traits.emplace_back("custom");
  return table;
}

}  // namespace

std::vector<HubspotType> hubspot_types(const World& world) {
  std::vector<HubspotType> types = {
      {.plural = "contacts", .singular = "contact", .id = "0-1", .cursor = "lastmodifieddate",
       .usual = {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"},
       .searched = {"firstname", "lastname", "email", "phone", "company"}},
      {.plural = "companies", .singular = "company", .id = "0-2", .cursor = "hs_lastmodifieddate",
       .usual = {"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"}, .searched = {"name", "domain", "website", "phone"}},
      {.plural = "deals", .singular = "deal", .id = "0-3", .cursor = "hs_lastmodifieddate",
       .usual = {"amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"}, .searched = {"dealname"}},
      plain_type("tickets", "ticket", "0-5"), plain_type("products", "product", "0-7"), plain_type("line_items", "line_item", "0-8"),
      plain_type("quotes", "quote", "0-14"), plain_type("calls", "call", "0-48"), plain_type("emails", "email", "0-49"),
      plain_type("meetings", "meeting", "0-47"), plain_type("notes", "note", "0-46"), plain_type("tasks", "task", "0-27"),
      plain_type("communications", "communication", "0-18"), plain_type("leads", "lead", "0-136")};
  for (HubspotType& type : types) type.scope = type.plural;
  types.push_back(custom_type(world, "cars", 1001));
  uint64_t next = 1002;
  if (world.csv != nullptr) types.push_back(custom_type(world, csv_name(world), next++));
  for (uint64_t i = 0; i < world.options.objects; ++i) types.push_back(custom_type(world, "thing_" + std::to_string(i + 1), next++));
  return types;
}

namespace {

std::vector<Column> csv_properties(const CsvFile& csv) {
  std::vector<Column> columns;
  for (size_t i = 0; i < csv.header().size(); ++i) {
    std::string name;
    for (const char c : lower(csv.header()[i])) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    Column column = property(std::move(name), csv.header()[i], Kind::text, Recipe::csv);
    column.low = static_cast<int64_t>(i);
    column.custom = true;
    columns.push_back(std::move(column));
  }
  add_system(columns, "hs_lastmodifieddate");
  return columns;
}

std::string_view property_type(const Column& column) {
  switch (column.kind) {
    case Kind::picklist:
    case Kind::multipicklist: return "enumeration";
    case Kind::boolean: return "bool";
    case Kind::number:
    case Kind::integer:
    case Kind::decimal: return "number";
    case Kind::date: return "date";
    case Kind::datetime: return "datetime";
    case Kind::phone: return column.name == "phone" ? "string" : "phone_number";
    default: return "string";
  }
}

std::string_view field_type(const Column& column) {
  if (column.calculated) return "calculation_equation";
  switch (column.kind) {
    case Kind::picklist: return "select";
    case Kind::multipicklist: return "checkbox";
    case Kind::boolean: return "booleancheckbox";
    case Kind::number:
    case Kind::integer:
    case Kind::decimal: return "number";
    case Kind::date:
    case Kind::datetime: return "date";
    case Kind::textarea: return "textarea";
    case Kind::phone: return "phonenumber";
    default: return "text";
  }
}

}  // namespace

uint64_t hubspot_portal(uint64_t seed) { return 6'000'000 + mixed(seed) % 900'000; }

const HubspotType* hubspot_type(const std::vector<HubspotType>& types, std::string_view name) {
  const std::string wanted = lower(name);
  for (const HubspotType& type : types) {
    const bool custom = type.scope == "custom";
    if (type.plural == wanted || type.id == wanted || (!custom && type.singular == wanted)) return &type;
    if (custom && ("p_" + type.singular == wanted || type.singular == wanted)) return &type;
  }
  return nullptr;
}

std::vector<TableSpec> hubspot_tables(const World& world, const std::vector<HubspotType>& types) {
  const uint64_t rows = world.rows;
  std::vector<TableSpec> tables = {portal_table("contacts", kFirstId, rows, contact_properties()),
                                   portal_table("companies", 9001, rows / 4 + 1, company_properties()),
                                   portal_table("deals", 20'001, rows / 5 + 1, deal_properties())};
  uint64_t first = 70'001;
  for (const HubspotType& type : types) {
    if (type.scope == "custom" || type.id == "0-1" || type.id == "0-2" || type.id == "0-3") continue;
    const bool engagement = type.plural == "calls" || type.plural == "emails" || type.plural == "meetings" || type.plural == "notes" ||
                            type.plural == "tasks" || type.plural == "communications";
    const std::string prefix = engagement ? "hs_" + type.singular + "_" : "";
    tables.push_back(portal_table(type.plural, first, rows / 20 + 5,
                                  plain_properties(engagement ? prefix + "title" : "subject", engagement ? prefix + "body" : "content",
                                                   engagement ? prefix + "status" : "hs_pipeline_stage")));
    first += std::max<uint64_t>(10'000, rows);  // engagements of all kinds share one range of ids
  }
  for (const HubspotType& type : types) {
    if (type.scope != "custom") continue;
    const bool from_csv = world.csv != nullptr && type.singular == csv_name(world);
    TableSpec table = from_csv ? custom_table(type, world.csv->rows(), csv_properties(*world.csv))
                               : custom_table(type, type.singular == "cars" ? 30 : 3, plain_properties("model", "notes", "condition"));
    if (from_csv) table.csv = world.csv;
    tables.push_back(std::move(table));
  }
  return tables;
}

Json hubspot_property(const Column& column) {
  Json choices = Json::array();
  int order = 0;
  for (const Option& option : column.options) {
    choices.push_back({{"label", option.label}, {"value", option.value}, {"displayOrder", order++}, {"hidden", false}});
  }
  if (column.kind == Kind::boolean) {
    choices = Json::array({{{"label", "Yes"}, {"value", "true"}, {"displayOrder", 0}, {"hidden", false}},
                           {{"label", "No"}, {"value", "false"}, {"displayOrder", 1}, {"hidden", false}}});
  }
  const bool system = column.recipe == Recipe::id || column.recipe == Recipe::created || column.recipe == Recipe::modified;
  Json json = {{"updatedAt", "2024-01-02T00:00:00.000Z"}, {"createdAt", "2019-01-02T00:00:00.000Z"}, {"name", column.name}, {"label", column.label},
               {"type", property_type(column)}, {"fieldType", field_type(column)}, {"description", ""},
               {"groupName", column.group.empty() ? "information" : column.group}, {"options", std::move(choices)}, {"displayOrder", -1},
               {"calculated", column.calculated}, {"externalOptions", false}, {"archived", false}, {"hasUniqueValue", column.unique}, {"hidden", false},
               {"hubspotDefined", !column.custom},
               {"modificationMetadata", {{"archivable", column.custom}, {"readOnlyDefinition", !column.custom}, {"readOnlyValue", system || column.calculated}}},
               {"formField", !system && !column.calculated}, {"dataSensitivity", "non_sensitive"}};
  if (column.calculated) json["calculationFormula"] = "1 + 1";
  return json;
}

Json hubspot_schema(const TableSpec& table, const HubspotType& type) {
  Json properties = Json::array();
  for (const Column& column : table.columns) properties.push_back(hubspot_property(column));
  return {{"labels", {{"singular", table.label}, {"plural", table.plural}}}, {"requiredProperties", Json::array()}, {"searchableProperties", Json::array()},
          {"primaryDisplayProperty", table.columns.front().name}, {"secondaryDisplayProperties", Json::array()}, {"archived", false}, {"id", type.id.substr(2)},
          {"fullyQualifiedName", type.plural}, {"createdAt", "2023-01-02T00:00:00.000Z"}, {"updatedAt", "2024-01-02T00:00:00.000Z"}, {"objectTypeId", type.id},
          {"properties", std::move(properties)}, {"associations", Json::array()}, {"name", type.singular}};
}

}  // namespace foz::sim
