#include "sources/hubspot/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "base/text.h"

namespace foz::sources::hubspot {
namespace {

Json properties(std::string list) { return *parse_json(R"({"results":[)" + list + "]}"); }

const HubTable& table(std::string_view path) {
  const HubTable* found = table_at(standard_tables(), path);
  EXPECT_NE(found, nullptr) << path;
  return *found;
}

const Column& column(const Description& description, std::string_view name) {
  for (const Column& one : description.columns) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no column " << name;
  static const Column kNone;
  return kNone;
}

const std::string kContactProperties = R"({"name":"firstname","type":"string"},{"name":"hs_lead_status","type":"enumeration","fieldType":"select"},
  {"name":"hs_v2_date_entered_lead","type":"datetime"},{"name":"lastmodifieddate","type":"datetime"},{"name":"createdate","type":"datetime"},
  {"name":"hs_object_id","type":"number"},{"name":"annualrevenue","type":"number"},{"name":"hs_email_optout","type":"bool"},{"name":"date_of_birth","type":"date"},
  {"name":"num_deals","type":"number","calculated":true},{"name":"hs_merged_object_ids","type":"enumeration","fieldType":"checkbox"},
  {"name":"old","type":"string","archived":true})";

struct Shape {
  std::string name;
  ColumnType type;
  std::string path;
};

TEST(HubSpotMetadata, Pain5MarksWhatIsCalculated) {
  const Description contacts = describe_records(table("Hubspot.Contacts"), properties(R"({"name":"a","type":"number","calculated":true},
      {"name":"b","type":"number","fieldType":"calculation_rollup"},{"name":"c","type":"string","fieldType":"calculation_equation","calculated":false},
      {"name":"d","type":"number","fieldType":"number"})"), "1");
  for (const auto& [name, calculated] : {std::pair("A", true), std::pair("B", true), std::pair("C", true), std::pair("D", false)}) {
    EXPECT_EQ(column(contacts, "Properties_" + std::string(name) + "_Value").calculated, calculated) << name;
  }
}

// Sources contract, 1.4 and 4.4: the names of the v1 API over the v3 API.
TEST(HubSpotMetadata, ShowsContactsInTheirOldShape) {
  const Description contacts = describe_records(table("Hubspot.Contacts"), properties(kContactProperties), "62515");
  const Shape shapes[] = {{"Vid", ColumnType::string, "id"},
                          {"Canonical_Vid", ColumnType::string, "id"},
                          {"Added_At", ColumnType::timestamp, "createdAt"},
                          {"Portal_Id", ColumnType::string, ""},
                          {"Is_Contact", ColumnType::boolean, ""},
                          {"Profile_Url", ColumnType::string, "id"},
                          {"Merged_Vids", ColumnType::json, "properties.hs_merged_object_ids"},
                          {"Identity_Profiles", ColumnType::json, ""},
                          {"Properties_Firstname_Value", ColumnType::string, "properties.firstname"},
                          {"Properties_Hs_Lead_Status_Value", ColumnType::string, "properties.hs_lead_status"},
                          {"Properties_Hs_V2_Date_Entered_Lead_Value", ColumnType::timestamp, "properties.hs_v2_date_entered_lead"},
                          {"Properties_Lastmodifieddate_Value", ColumnType::timestamp, "properties.lastmodifieddate"},
                          {"Properties_Annualrevenue_Value", ColumnType::decimal, "properties.annualrevenue"},
                          {"Properties_Annualrevenue_Value_Raw", ColumnType::string, "properties.annualrevenue"},
                          {"Properties_Hs_Email_Optout_Value", ColumnType::boolean, "properties.hs_email_optout"},
                          {"Properties_Date_Of_Birth_Value", ColumnType::date, "properties.date_of_birth"},
                          {"Properties_Hs_Object_Id_Value", ColumnType::string, "properties.hs_object_id"}};
  for (const Shape& shape : shapes) {
    const Column& one = column(contacts, shape.name);
    EXPECT_EQ(one.type, shape.type) << shape.name;
    EXPECT_EQ(join(one.raw_path, "."), shape.path) << shape.name;
  }
  EXPECT_EQ(column(contacts, "Portal_Id").constant, "62515");
  EXPECT_EQ(column(contacts, "Is_Contact").constant, "true");
  EXPECT_EQ(column(contacts, "Identity_Profiles").constant, "[]");
  EXPECT_EQ(column(contacts, "Merged_Vids").wire, Wire::semicolons);
  EXPECT_EQ(column(contacts, "Profile_Url").prefix, "https://app.hubspot.com/contacts/62515/contact/");
  EXPECT_TRUE(column(contacts, "Vid").key);
  EXPECT_FALSE(column(contacts, "Canonical_Vid").key);
  EXPECT_TRUE(column(contacts, "Added_At").cursor);
  EXPECT_TRUE(column(contacts, "Properties_Num_Deals_Value").calculated);
  EXPECT_TRUE(column(contacts, "Properties_Annualrevenue_Value").lenient) << "declared numbers hold other things, too (pain 12)";
  EXPECT_TRUE(column(contacts, "Properties_Annualrevenue_Value_Raw").on_request);
  EXPECT_EQ(contacts.modified_column, "Properties_Lastmodifieddate_Value");
  for (const Column& one : contacts.columns) EXPECT_NE(one.name, "Properties_Old_Value") << "archived properties are not read";
}

TEST(HubSpotMetadata, ShowsOtherObjectsUnderTheNamesOfV3) {
  const Description companies = describe_records(table("Hubspot.Companies"), properties(R"({"name":"name","type":"string"},{"name":"hs_lastmodifieddate","type":"datetime"},{"name":"createdate","type":"datetime"})"), "");
  std::vector<std::string> names;
  for (const Column& one : companies.columns) names.push_back(one.name);
  EXPECT_THAT(names, testing::ElementsAre("Id", "Created_At", "Updated_At", "Archived", "Properties_Name", "Properties_Hs_Lastmodifieddate", "Properties_Createdate"));
  EXPECT_EQ(companies.modified_column, "Properties_Hs_Lastmodifieddate");
  EXPECT_EQ(property_of(companies, column(companies, "Created_At")), "createdate");
  EXPECT_EQ(property_of(companies, column(companies, "Updated_At")), "hs_lastmodifieddate");
  EXPECT_EQ(property_of(companies, column(companies, "Archived")), "");
}

TEST(HubSpotMetadata, ShowsAllDealsInTheirOldShape) {
  const Description deals = describe_records(table("Hubspot.All_Deals"), properties(R"({"name":"amount","type":"number"},{"name":"hs_lastmodifieddate","type":"datetime"})"), "7");
  EXPECT_TRUE(column(deals, "Deal_Id").key);
  EXPECT_EQ(column(deals, "Portal_Id").constant, "7");
  EXPECT_EQ(join(column(deals, "Properties_Amount_Value").raw_path, "."), "properties.amount");
  EXPECT_TRUE(column(deals, "Associations_Associated_Vids").on_request);
}

TEST(HubSpotMetadata, KeepsNamesApart) {
  const Description objects = describe_records(table("Hubspot.Tickets"), properties(R"({"name":"a_b","type":"number"},{"name":"a-b","type":"string"},{"name":"a_b_raw","type":"string"})"), "");
  std::set<std::string> names;
  for (const Column& one : objects.columns) EXPECT_TRUE(names.insert(one.name).second) << one.name;
  EXPECT_EQ(join(column(objects, "Properties_A_B").raw_path, "."), "properties.a-b");
  EXPECT_EQ(join(column(objects, "Properties_A_B_2").raw_path, "."), "properties.a_b");
}

TEST(HubSpotTables, AreThoseOfTheContract) {
  std::set<std::string> paths;
  for (const HubTable& one : standard_tables()) EXPECT_TRUE(paths.insert(one.table.path).second) << one.table.path;
  for (const char* path : {"Contacts", "Companies", "All_Deals", "Deals", "Tickets", "Products", "Line_Items", "Quotes", "Calls", "Emails", "Meetings", "Notes", "Tasks", "Communications", "Leads", "Owners",
                           "Deal_Pipelines", "Ticket_Pipelines", "Lists", "Forms", "Blog_Authors", "Blog_Comments", "Contacts_To_Companies", "Deals_Properties"}) {
    EXPECT_TRUE(paths.contains("Hubspot." + std::string(path))) << path;
  }
  for (const HubTable& one : standard_tables()) {
    if (one.kind == Kind::object || one.kind == Kind::contacts_v1 || one.kind == Kind::deals_v1) continue;
    const Description description = describe_fixed(one);
    EXPECT_FALSE(description.columns.empty()) << one.table.path;
    EXPECT_TRUE(std::any_of(description.columns.begin(), description.columns.end(), [](const Column& c) { return c.key; })) << one.table.path;
  }
}

TEST(HubSpotTables, OfferCustomObjects) {
  const auto tables = custom_tables(*parse_json(R"({"results":[{"name":"cars","fullyQualifiedName":"p1_cars","objectTypeId":"2-11","labels":{"singular":"Car","plural":"Cars"}},
    {"name":"used_cars","objectTypeId":"2-12"},{"name":"gone","objectTypeId":"2-13","archived":true},{"name":"nameless"}]})"));
  EXPECT_EQ(tables.size(), 20u) << "two objects: records, properties, links from and to four others";
  const auto at = [&](std::string_view path) { return table_at(tables, path) == nullptr ? HubTable{} : *table_at(tables, path); };
  EXPECT_EQ(at("Hubspot.P_Cars").type, "2-11");
  EXPECT_THAT(at("Hubspot.P_Cars").table.also_known_as, testing::Contains("p1_cars"));
  EXPECT_EQ(at("Hubspot.P_Cars_Properties").kind, Kind::properties);
  EXPECT_EQ(at("Hubspot.P_Used_Cars").type, "2-12");
  EXPECT_EQ(std::tuple(at("Hubspot.P_Cars_To_Contacts").kind, at("Hubspot.P_Cars_To_Contacts").type, at("Hubspot.P_Cars_To_Contacts").to), std::tuple(Kind::associations, "2-11", "contacts"));
  EXPECT_EQ(std::pair(at("Hubspot.Deals_To_P_Cars").type, at("Hubspot.Deals_To_P_Cars").to), std::pair(std::string("deals"), std::string("2-11")));
}

}  // namespace
}  // namespace foz::sources::hubspot
