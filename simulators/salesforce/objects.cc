#include "simulators/salesforce/objects.h"

#include "base/text.h"

namespace foz::sim {
namespace {

constexpr int64_t kDays1940 = -10'957, kDays2006 = 13'149, kDays2024 = 19'723, kDays2027 = 20'819;
constexpr int kLongText = 32'000;

std::vector<Option> options(std::initializer_list<const char*> values) {
  std::vector<Option> result;
  for (const char* value : values) result.push_back({.value = value});
  return result;
}

Column text(std::string name, Recipe recipe, int nulls = 0, int length = 255) {
  return {.name = std::move(name), .recipe = recipe, .length = length, .null_percent = nulls};
}
Column kind(std::string name, Kind what, Recipe recipe, int nulls = 0) {
  return {.name = std::move(name), .kind = what, .recipe = recipe, .null_percent = nulls};
}
Column ranged(std::string name, Kind what, Recipe recipe, int64_t low, int64_t high, int scale = 0, int nulls = 0) {
  return {.name = std::move(name), .kind = what, .recipe = recipe, .low = low, .high = high, .scale = scale, .null_percent = nulls};
}
Column reference(std::string name, std::string target, int nulls = 0) {
  return {.name = std::move(name), .kind = Kind::reference, .recipe = Recipe::lookup, .length = 18, .null_percent = nulls, .target = std::move(target)};
}
Column picklist(std::string name, std::initializer_list<const char*> values, int nulls = 0) {
  return {.name = std::move(name), .kind = Kind::picklist, .recipe = Recipe::pick, .null_percent = nulls, .options = options(values)};
}

/// Two digits of base 62: the rest of a custom object's key prefix.
std::string two_digits(uint64_t number) {
  static constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return {kDigits[number / 62 % 62], kDigits[number % 62]};
}

/// The members that every object begins and ends with.
std::vector<Column> with_system(std::vector<Column> own, bool owned = true) {
  std::vector<Column> columns;
  columns.push_back({.name = "Id", .label = "Record ID", .kind = Kind::id, .recipe = Recipe::id, .length = 18, .required = true});
  columns.push_back({.name = "IsDeleted", .label = "Deleted", .kind = Kind::boolean, .recipe = Recipe::deleted});
  for (Column& column : own) columns.push_back(std::move(column));
  if (owned) columns.push_back(reference("OwnerId", "User"));
  columns.push_back({.name = "CreatedDate", .kind = Kind::datetime, .recipe = Recipe::created});
  columns.push_back(reference("CreatedById", "User"));
  columns.push_back({.name = "LastModifiedDate", .kind = Kind::datetime, .recipe = Recipe::modified});
  columns.push_back(reference("LastModifiedById", "User"));
  columns.push_back({.name = "SystemModstamp", .kind = Kind::datetime, .recipe = Recipe::modified});
  for (Column& column : columns) column.custom = column.name.ends_with("__c");
  return columns;
}

void add_address(std::vector<Column>& columns, const std::string& prefix) {
  const std::string group = prefix + "Address";
  for (const auto& [part, recipe] : {std::pair("Street", Recipe::street), std::pair("City", Recipe::city), std::pair("State", Recipe::state),
                                     std::pair("PostalCode", Recipe::postal_code), std::pair("Country", Recipe::country)}) {
    Column column = text(prefix + part, recipe, 4);
    column.kind = part == std::string("Street") ? Kind::textarea : Kind::text;
    column.group = group;
    columns.push_back(std::move(column));
  }
  columns.push_back({.name = group, .kind = Kind::compound});
}

TableSpec object(std::string name, std::string prefix, uint64_t rows, std::vector<Column> columns) {
  return {.name = std::move(name), .id = {.form = IdStyle::Form::salesforce, .prefix = std::move(prefix)}, .precision_ms = 1000,
          .rows = rows, .columns = std::move(columns)};
}

TableSpec contact(uint64_t rows) {
  std::vector<Column> own = {reference("MasterRecordId", ""), reference("AccountId", "Account", 8),
                             text("LastName", Recipe::last_name, 0, 80), text("FirstName", Recipe::first_name, 5, 40),
                             picklist("Salutation", {"Mr.", "Ms.", "Mrs.", "Dr.", "Prof."}, 20), text("Name", Recipe::full_name, 0, 121)};
  own[0].recipe = Recipe::none;
  add_address(own, "Mailing");
  const std::vector<Column> more = {
      kind("Phone", Kind::phone, Recipe::phone, 10), kind("MobilePhone", Kind::phone, Recipe::phone, 40),
      kind("Email", Kind::email, Recipe::email, 3), text("Title", Recipe::job_title, 12, 128), text("Department", Recipe::job_title, 50, 80),
      picklist("LeadSource", {"Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"}, 15),
      ranged("Birthdate", Kind::date, Recipe::date, kDays1940, kDays2006, 0, 25),
      {.name = "Description", .kind = Kind::textarea, .recipe = Recipe::sentence, .length = kLongText, .null_percent = 40},
      ranged("HasOptedOutOfEmail", Kind::boolean, Recipe::boolean, 15, 0), ranged("LastActivityDate", Kind::date, Recipe::date, kDays2024 - 400, kDays2024, 0, 60),
      picklist("Level__c", {"Primary", "Secondary", "Tertiary"}, 10),
      {.name = "Languages__c", .kind = Kind::multipicklist, .recipe = Recipe::multi_pick, .length = 4099, .options = options({"English", "Português", "Deutsch", "日本語"})},
      ranged("Visits__c", Kind::number, Recipe::integer, 0, 500, 0, 5), ranged("Score__c", Kind::number, Recipe::decimal, -100'000, 10'000'000, 4, 10),
      ranged("Lifetime_Value__c", Kind::currency, Recipe::decimal, 0, 5'000'000, 2, 10), ranged("Discount__c", Kind::percent, Recipe::decimal, 0, 4000, 2, 30),
      kind("Preferred_Time__c", Kind::time, Recipe::time, 50),
      {.name = "Notes__c", .kind = Kind::textarea, .recipe = Recipe::dirty_text, .length = kLongText, .null_percent = 20},
      {.name = "Rank__c", .kind = Kind::number, .recipe = Recipe::integer, .low = 1, .high = 100, .calculated = true}};
  own.insert(own.end(), more.begin(), more.end());
  return object("Contact", "003", rows, with_system(std::move(own)));
}

TableSpec account(uint64_t rows) {
  std::vector<Column> own = {reference("MasterRecordId", ""), text("Name", Recipe::company),
                             picklist("Type", {"Prospect", "Customer - Direct", "Customer - Channel", "Partner", "Other"}, 10)};
  own[0].recipe = Recipe::none;
  add_address(own, "Billing");
  const std::vector<Column> more = {
      kind("Phone", Kind::phone, Recipe::phone, 5), kind("Website", Kind::url, Recipe::url, 10),
      picklist("Industry", {"Agriculture", "Banking", "Education", "Energy", "Healthcare", "Retail", "Technology", "Other"}, 10),
      ranged("AnnualRevenue", Kind::currency, Recipe::integer, 0, 900'000'000, 0, 10), ranged("NumberOfEmployees", Kind::integer, Recipe::integer, 0, 40, 0, 10),
      {.name = "Description", .kind = Kind::textarea, .recipe = Recipe::dirty_text, .length = kLongText, .null_percent = 30},
      picklist("Rating", {"Hot", "Warm", "Cold"}, 30), ranged("Active__c", Kind::boolean, Recipe::boolean, 80, 0),
      ranged("SLA_Expiration__c", Kind::date, Recipe::date, kDays2024, kDays2027, 0, 40),
      {.name = "Open_Deals__c", .kind = Kind::number, .recipe = Recipe::integer, .low = 0, .high = 20, .calculated = true}};
  own.insert(own.end(), more.begin(), more.end());
  return object("Account", "001", rows, with_system(std::move(own)));
}

TableSpec lead(uint64_t rows) {
  std::vector<Column> own = {text("LastName", Recipe::last_name, 0, 80), text("FirstName", Recipe::first_name, 5, 40),
                             text("Name", Recipe::full_name, 0, 121), text("Title", Recipe::job_title, 10, 128), text("Company", Recipe::company)};
  add_address(own, "");
  const std::vector<Column> more = {
      kind("Phone", Kind::phone, Recipe::phone, 10), kind("Email", Kind::email, Recipe::email, 5), kind("Website", Kind::url, Recipe::url, 30),
      picklist("Status", {"Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"}),
      picklist("LeadSource", {"Web", "Phone Inquiry", "Partner Referral", "Other"}, 15), ranged("IsConverted", Kind::boolean, Recipe::boolean, 20, 0),
      ranged("AnnualRevenue", Kind::currency, Recipe::integer, 0, 90'000'000, 0, 30), ranged("NumberOfEmployees", Kind::integer, Recipe::integer, 0, 2000, 0, 20)};
  own.insert(own.end(), more.begin(), more.end());
  return object("Lead", "00Q", rows, with_system(std::move(own)));
}

TableSpec opportunity(uint64_t rows) {
  return object("Opportunity", "006", rows,
                with_system({reference("AccountId", "Account", 5), text("Name", Recipe::company, 0, 120),
                             picklist("StageName", {"Prospecting", "Qualification", "Negotiation/Review", "Closed Won", "Closed Lost"}),
                             ranged("Amount", Kind::currency, Recipe::decimal, 0, 90'000'000, 2, 10), ranged("Probability", Kind::percent, Recipe::integer, 0, 101),
                             ranged("CloseDate", Kind::date, Recipe::date, kDays2024, kDays2027), ranged("IsClosed", Kind::boolean, Recipe::boolean, 40, 0),
                             ranged("IsWon", Kind::boolean, Recipe::boolean, 20, 0),
                             {.name = "ExpectedRevenue", .kind = Kind::currency, .recipe = Recipe::decimal, .low = 0, .high = 9'000'000, .scale = 2, .calculated = true}}));
}

TableSpec user() {
  return object("User", "005", 25,
                with_system({kind("Username", Kind::email, Recipe::email), text("LastName", Recipe::last_name, 0, 80), text("FirstName", Recipe::first_name, 0, 40),
                             text("Name", Recipe::full_name, 0, 121), kind("Email", Kind::email, Recipe::email), ranged("IsActive", Kind::boolean, Recipe::boolean, 90, 0)},
                            false));
}

/// Small objects that each stand for a way of being awkward. Follows: Sources contract, 2.8.
void add_awkward(std::vector<TableSpec>& tables) {
  const auto add = [&](std::string name, std::string prefix, std::vector<std::string> traits, std::vector<Column> columns) {
    TableSpec table = object(std::move(name), std::move(prefix), 12, std::move(columns));
    table.traits = std::move(traits);
    tables.push_back(std::move(table));
  };
  add("ActivityHistory", "", {"not_queryable", "not_replicateable"}, with_system({text("Subject", Recipe::sentence)}));
  add("AccountChangeEvent", "", {"not_queryable", "not_replicateable"}, with_system({text("Name", Recipe::company)}));
  add("CaseStatus", "01J", {"no_bulk", "not_replicateable"}, with_system({text("MasterLabel", Recipe::job_title)}, false));
  add("ContentDocumentLink", "06A", {"needs_filter:LinkedEntityId", "not_replicateable"},
      with_system({reference("LinkedEntityId", "Contact"), picklist("ShareType", {"V", "C", "I"})}, false));
  add("Old_Thing__c", "a0z", {"custom", "hidden"}, with_system({text("Name", Recipe::company)}));
  add("Attachment", "00P", {"no_bulk"},
      with_system({text("Name", Recipe::company), {.name = "Body", .kind = Kind::base64, .recipe = Recipe::none}}));
}

void add_csv_table(std::vector<TableSpec>& tables, const World& world) {
  if (world.csv == nullptr) return;
  std::vector<Column> own;
  for (size_t i = 0; i < world.csv->header().size(); ++i) {
    std::string name;
    for (const char c : world.csv->header()[i]) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    const bool taken = equal_ignoring_case(name, "Id") || equal_ignoring_case(name, "CreatedDate") || equal_ignoring_case(name, "SystemModstamp");
    own.push_back({.name = taken ? name + "__c" : name, .recipe = Recipe::csv, .low = static_cast<int64_t>(i)});
  }
  std::string name = world.options.csv_file.substr(world.options.csv_file.rfind('/') + 1);
  name = name.substr(0, name.find('.'));
  TableSpec table = object(name, "a01", world.csv->rows(), with_system(std::move(own), false));
  table.label = name;
  table.plural = name;
  table.csv = world.csv;
  table.traits = {"custom"};
  tables.push_back(std::move(table));
}

}  // namespace

std::vector<TableSpec> salesforce_tables(const World& world) {
  const uint64_t rows = world.rows;
  std::vector<TableSpec> tables;
  tables.push_back(account(rows / 4 + 1));
  tables.push_back(contact(rows));
  tables.push_back(lead(rows / 10 + 1));
  tables.push_back(opportunity(rows / 5 + 1));
  tables.push_back(user());
  tables.back().label = "User";
  tables[3].plural = "Opportunities";
  add_awkward(tables);
  add_csv_table(tables, world);
  for (uint64_t i = 0; i < world.options.objects; ++i) {
    std::string number = std::to_string(i + 1);
    number.insert(0, 4 - std::min<size_t>(4, number.size()), '0');
    TableSpec table = object("Thing_" + number + "__c", "b" + two_digits(i), 3,
                             with_system({text("Name", Recipe::company), ranged("Size__c", Kind::number, Recipe::integer, 0, 100)}));
    table.label = "Thing " + number;
    table.traits = {"custom"};
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace foz::sim
