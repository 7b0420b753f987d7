#include "simulators/dynamics/objects.h"

#include <algorithm>

#include "base/text.h"

namespace foz::sim {
namespace {

constexpr int64_t kDays1940 = -10'957, kDays2006 = 13'149, kDays2021 = 18'628, kDays2026 = 20'454;
constexpr int kMemo = 2000;

Column text(std::string name, Recipe recipe, int nulls = 0, Kind kind = Kind::text) {
  return {.name = std::move(name), .kind = kind, .recipe = recipe, .length = kind == Kind::textarea ? kMemo : 100, .null_percent = nulls};
}
Column ranged(std::string name, Kind kind, Recipe recipe, int64_t low, int64_t high, int scale = 0, int nulls = 0) {
  return {.name = std::move(name), .kind = kind, .recipe = recipe, .low = low, .high = high, .scale = scale, .null_percent = nulls};
}
/// `cast` is Lookup, Customer or Owner.
Column lookup(std::string name, std::string target, std::string cast = "Lookup", int nulls = 0) {
  return {.name = std::move(name), .kind = Kind::reference, .recipe = Recipe::lookup, .null_percent = nulls, .target = std::move(target), .group = std::move(cast)};
}
/// `cast` is Picklist, State or Status. Values are `first`, `first` + 1, ...
Column choice(std::string name, int first, std::initializer_list<const char*> labels, std::string cast = "Picklist", int nulls = 0) {
  Column column{.name = std::move(name), .kind = Kind::picklist, .recipe = Recipe::pick, .null_percent = nulls, .group = std::move(cast)};
  for (const char* label : labels) column.options.push_back({.value = std::to_string(first++), .label = label});
  return column;
}
Column entity_name(std::string name, const char* target) {
  return {.name = std::move(name), .kind = Kind::text, .recipe = Recipe::constant, .options = {{.value = target}}, .group = "EntityName"};
}

/// Money, its twin in the base currency, and the currency.
void add_money(std::vector<Column>& columns, const std::string& name) {
  columns.push_back(ranged(name, Kind::currency, Recipe::decimal, 0, 90'000'000, 2, 20));
  columns.push_back(ranged(name + "_base", Kind::currency, Recipe::decimal, 0, 900'000'000'000, 4, 20));
  columns.back().calculated = true;
}

void add_address(std::vector<Column>& columns) {
  for (const auto& [part, recipe] : {std::pair("line1", Recipe::street), std::pair("city", Recipe::city), std::pair("stateorprovince", Recipe::state),
                                     std::pair("postalcode", Recipe::postal_code), std::pair("country", Recipe::country)}) {
    columns.push_back(text(std::string("address1_") + part, recipe, 5));
  }
}

/// The columns that every table has.
std::vector<Column> with_system(const DynamicsEntity& entity, std::vector<Column> own, bool stamped = true) {
  std::vector<Column> columns;
  columns.push_back({.name = entity.primary_id(), .kind = Kind::id, .recipe = Recipe::id, .required = true});
  for (Column& column : own) columns.push_back(std::move(column));
  columns.push_back({.name = "versionnumber", .kind = Kind::bigint, .recipe = Recipe::version});
  if (stamped) {
    columns.push_back(choice("statecode", 0, {"Active", "Inactive"}, "State"));
    columns.push_back(choice("statuscode", 1, {"Active", "Inactive"}, "Status"));
    columns.push_back(lookup("ownerid", "systemuser", "Owner"));
    columns.push_back(entity_name("owneridtype", "systemuser"));
    columns.push_back({.name = "createdon", .kind = Kind::datetime, .recipe = Recipe::created});
    columns.push_back({.name = "modifiedon", .kind = Kind::datetime, .recipe = Recipe::modified});
    columns.push_back(lookup("createdby", "systemuser"));
    columns.push_back(lookup("modifiedby", "systemuser"));
  }
  for (Column& column : columns) column.custom = entity.custom || column.name.starts_with("new_");
  std::sort(columns.begin(), columns.end(), [](const Column& a, const Column& b) { return a.name < b.name; });
  return columns;
}

std::vector<Column> contact_columns() {
  std::vector<Column> own = {text("fullname", Recipe::full_name), text("firstname", Recipe::first_name, 3), text("lastname", Recipe::last_name, 1),
                             text("emailaddress1", Recipe::email, 5, Kind::email), text("telephone1", Recipe::phone, 15, Kind::phone), text("jobtitle", Recipe::job_title, 10),
                             ranged("birthdate", Kind::date, Recipe::date, kDays1940, kDays2006, 0, 30), choice("gendercode", 1, {"Male", "Female"}, "Picklist", 40),
                             choice("preferredcontactmethodcode", 1, {"Any", "Email", "Phone", "Fax", "Mail"}), ranged("donotemail", Kind::boolean, Recipe::boolean, 20, 0),
                             lookup("parentcustomerid", "account", "Customer", 8), entity_name("parentcustomeridtype", "account"), lookup("transactioncurrencyid", "transactioncurrency"),
                             ranged("numberofchildren", Kind::integer, Recipe::integer, 0, 6, 0, 40), text("description", Recipe::dirty_text, 30, Kind::textarea),
                             ranged("new_walltime", Kind::datetime, Recipe::instant, kDays2021 * 86'400, kDays2026 * 86'400, 0, 30),
                             ranged("address1_latitude", Kind::number, Recipe::decimal, -90'000'000, 90'000'000, 6, 50)};
  own[15].group = "TimeZoneIndependent";
  Column interests{.name = "new_interests", .kind = Kind::multipicklist, .recipe = Recipe::multi_pick};
  for (int i = 1; i <= 5; ++i) interests.options.push_back({.value = std::to_string(i), .label = "Interest " + std::to_string(i)});
  own.push_back(std::move(interests));
  add_money(own, "creditlimit");
  add_address(own);
  return own;
}

std::vector<Column> account_columns() {
  std::vector<Column> own = {text("name", Recipe::company), text("websiteurl", Recipe::url, 10, Kind::url), text("telephone1", Recipe::phone, 10, Kind::phone),
                             text("emailaddress1", Recipe::email, 20, Kind::email), choice("industrycode", 1, {"Accounting", "Agriculture", "Banking", "Construction", "Retail"}, "Picklist", 15),
                             lookup("primarycontactid", "contact", "Lookup", 20), lookup("parentaccountid", "account", "Lookup", 70), lookup("transactioncurrencyid", "transactioncurrency"),
                             ranged("numberofemployees", Kind::integer, Recipe::integer, 0, 5000, 0, 10), text("description", Recipe::dirty_text, 40, Kind::textarea),
                             ranged("new_score", Kind::decimal, Recipe::decimal, 0, 1'000'000, 3, 20), ranged("creditonhold", Kind::boolean, Recipe::boolean, 10, 0)};
  add_money(own, "revenue");
  add_address(own);
  return own;
}

std::vector<Column> columns_of(const DynamicsEntity& entity) {
  const std::string& name = entity.logical;
  if (name == "contact") return contact_columns();
  if (name == "account") return account_columns();
  if (name == "lead") {
    return {text("fullname", Recipe::full_name), text("firstname", Recipe::first_name, 3), text("lastname", Recipe::last_name), text("companyname", Recipe::company, 5),
            text("emailaddress1", Recipe::email, 10, Kind::email), choice("leadsourcecode", 1, {"Advertisement", "Web", "Partner"}, "Picklist", 20)};
  }
  if (name == "opportunity") {
    std::vector<Column> own = {text("name", Recipe::company), lookup("customerid", "account", "Customer"), entity_name("customeridtype", "account"), lookup("transactioncurrencyid", "transactioncurrency"),
                               ranged("closeprobability", Kind::integer, Recipe::integer, 0, 101), ranged("estimatedclosedate", Kind::date, Recipe::date, kDays2021, kDays2026)};
    add_money(own, "estimatedvalue");
    return own;
  }
  if (name == "task") {
    return {text("subject", Recipe::sentence), text("description", Recipe::dirty_text, 20, Kind::textarea), ranged("scheduledend", Kind::datetime, Recipe::instant, kDays2021 * 86'400, kDays2026 * 86'400)};
  }
  if (name == "systemuser") return {text("fullname", Recipe::full_name), text("internalemailaddress", Recipe::email, 0, Kind::email), ranged("isdisabled", Kind::boolean, Recipe::boolean, 10, 0)};
  if (name == "transactioncurrency") return {text("currencyname", Recipe::country), text("isocurrencycode", Recipe::postal_code)};
  if (name == "connectionrole") return {text("name", Recipe::job_title)};
  if (name == "customeropportunityrole") {
    return {text("name", Recipe::sentence), lookup("customerid", "contact", "Customer"), entity_name("customeridtype", "contact"), lookup("opportunityid", "opportunity"), lookup("connectionrole1", "connectionrole")};
  }
  if (name == "accountleads") return {lookup("accountid", "account"), lookup("leadid", "lead")};
  return {text(entity.primary_name, Recipe::company), ranged("new_size", Kind::integer, Recipe::integer, 0, 100)};
}

DynamicsEntity standard(std::string logical, std::string schema, std::string set, std::string primary_name, int code) {
  return {.logical = std::move(logical), .schema = std::move(schema), .set = std::move(set), .primary_name = std::move(primary_name), .code = code};
}

DynamicsEntity custom(const std::string& name, int code) {
  return {.logical = "new_" + name, .schema = "new_" + name, .set = "new_" + name + (name.ends_with('s') ? "es" : "s"), .primary_name = "new_name", .code = code, .custom = true};
}

std::string csv_name(const World& world) {
  const std::string name = world.options.csv_file.substr(world.options.csv_file.rfind('/') + 1);
  std::string plain;
  for (const char c : lower(name.substr(0, name.find('.')))) plain += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return plain;
}

std::vector<Column> csv_columns(const CsvFile& csv) {
  std::vector<Column> own;
  for (size_t i = 0; i < csv.header().size(); ++i) {
    std::string name;
    for (const char c : lower(csv.header()[i])) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    own.push_back({.name = name, .label = csv.header()[i], .recipe = Recipe::csv, .low = static_cast<int64_t>(i), .length = 4000});
  }
  return own;
}

uint64_t rows_of(const std::string& name, uint64_t rows) {
  if (name == "contact") return rows;
  if (name == "account") return rows / 4 + 1;
  if (name == "opportunity") return rows / 5 + 1;
  if (name == "lead" || name == "task") return rows / 10 + 1;
  if (name == "customeropportunityrole") return rows / 20 + 1;
  if (name == "systemuser") return 25;
  return name.starts_with("new_") ? 3 : 5;
}

std::string label_of(const DynamicsEntity& entity) {
  if (entity.logical == "customeropportunityrole") return "Opportunity Relationship";
  if (entity.logical == "systemuser") return "User";
  if (entity.logical == "transactioncurrency") return "Currency";
  if (entity.logical == "connectionrole") return "Connection Role";
  return entity.custom ? replace_all(entity.logical.substr(4), "_", " ") : entity.schema;
}

}  // namespace

std::vector<DynamicsEntity> dynamics_entities(const World& world) {
  std::vector<DynamicsEntity> entities = {standard("account", "Account", "accounts", "name", 1), standard("contact", "Contact", "contacts", "fullname", 2),
                                          standard("opportunity", "Opportunity", "opportunities", "name", 3), standard("lead", "Lead", "leads", "fullname", 4),
                                          standard("systemuser", "SystemUser", "systemusers", "fullname", 8), standard("accountleads", "AccountLeads", "accountleadscollection", "", 16),
                                          standard("connectionrole", "ConnectionRole", "connectionroles", "name", 3231), standard("task", "Task", "tasks", "subject", 4212),
                                          standard("customeropportunityrole", "CustomerOpportunityRole", "customeropportunityroles", "name", 4503),
                                          standard("asyncoperation", "AsyncOperation", "asyncoperations", "name", 4700), standard("transactioncurrency", "TransactionCurrency", "transactioncurrencies", "currencyname", 9105)};
  const auto find = [&](std::string_view name) { return std::find_if(entities.begin(), entities.end(), [&](const DynamicsEntity& one) { return one.logical == name; }); };
  find("accountleads")->intersect = true;
  find("accountleads")->tracking = false;
  find("asyncoperation")->hidden = true;
  find("task")->activity = true;
  find("task")->table_type = "Activity";
  find("systemuser")->tracking = false;
  int code = 10'001;
  entities.push_back(custom("project", code++));
  entities.push_back(custom("external", code++));
  entities.back().table_type = "Virtual";
  entities.back().tracking = false;
  if (world.csv != nullptr) entities.push_back(custom(csv_name(world), code++));
  for (uint64_t i = 0; i < world.options.objects; ++i) {
    std::string number = std::to_string(i + 1);
    number.insert(0, 4 - std::min<size_t>(4, number.size()), '0');
    entities.push_back(custom("thing_" + number, code++));
  }
  return entities;
}

std::vector<TableSpec> dynamics_tables(const World& world, const std::vector<DynamicsEntity>& entities) {
  std::vector<TableSpec> tables;
  for (const DynamicsEntity& entity : entities) {
    const bool from_csv = world.csv != nullptr && entity.logical == "new_" + csv_name(world);
    const bool stamped = !entity.intersect && entity.table_type != "Virtual";
    TableSpec table{.name = entity.logical, .label = label_of(entity), .id = {.form = IdStyle::Form::guid, .first = static_cast<uint64_t>(entity.code)}, .precision_ms = 1000,
                    .rows = rows_of(entity.logical, world.rows), .columns = with_system(entity, from_csv ? csv_columns(*world.csv) : columns_of(entity), stamped)};
    if (from_csv) {
      table.csv = world.csv;
      table.rows = world.csv->rows();
      table.label = world.options.csv_file.substr(world.options.csv_file.rfind('/') + 1);
      table.label = table.label.substr(0, table.label.find('.'));
    }
    table.plural = table.label.ends_with('y') ? table.label.substr(0, table.label.size() - 1) + "ies" : table.label + "s";
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace foz::sim
