#include "sources/dynamics/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace foz::sources::dynamics {
namespace {

Json label(const char* text) { return {{"LocalizedLabels", Json::array({{{"Label", text}, {"LanguageCode", 1033}}})}, {"UserLocalizedLabel", {{"Label", text}, {"LanguageCode", 1033}}}}; }

Json definition(Json more = Json::object()) {
  Json json = {{"LogicalName", "contact"},      {"SchemaName", "Contact"},       {"EntitySetName", "contacts"},     {"DisplayName", label("Contact")}, {"DisplayCollectionName", label("Contacts")},
               {"PrimaryIdAttribute", "contactid"}, {"PrimaryNameAttribute", "fullname"}, {"IsPrivate", false}, {"TableType", "Standard"}, {"ChangeTrackingEnabled", true}};
  json.update(more);
  return json;
}

Json attribute(const char* name, const char* type, Json more = Json::object()) {
  Json json = {{"LogicalName", name}, {"AttributeType", type}, {"AttributeTypeName", {{"Value", std::string(type) + "Type"}}}, {"AttributeOf", nullptr}, {"IsValidForRead", true}};
  json.update(more);
  return json;
}

Entity entity(std::initializer_list<Json> attributes, const Details& details = {}, Json relationships = Json::array()) {
  Json json = definition({{"ManyToOneRelationships", std::move(relationships)}});
  json["Attributes"] = Json(attributes);
  return entity_of(json, details);
}

const Column* find(const Entity& entity, std::string_view name) {
  for (const Column& column : entity.description.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

TEST(DynamicsTables, AreThoseThatCanBeRead) {
  const Json answer = {{"value", Json::array({definition(), definition({{"LogicalName", "secret"}, {"IsPrivate", true}}), definition({{"LogicalName", "noset"}, {"EntitySetName", nullptr}}),
                                              definition({{"LogicalName", "odd"}, {"TableType", "Other"}}), definition({{"LogicalName", "virt"}, {"TableType", "Virtual"}, {"DisplayName", nullptr}})})}};
  const auto entities = entities_of(answer);
  std::vector<std::string> offered;
  for (const Entity& one : entities) {
    if (one.offered) offered.push_back(one.description.table.path);
  }
  EXPECT_EQ(offered, (std::vector<std::string>{"contact", "virt"}));
  const Table& table = entities[0].description.table;
  EXPECT_EQ(table.name, "Contact");
  EXPECT_EQ(table.also_known_as, (std::vector<std::string>{"Contact", "Contacts", "contacts", "Contact"}));
  EXPECT_EQ(entities[4].description.table.name, "virt") << "a table without a label shows its logical name";
}

struct Typed {
  Json attribute;
  ColumnType type;
  std::string raw;
};

// Pain 15: columns and their types come from the metadata, never from rows.
TEST(DynamicsColumns, Pain15HaveTheTypesOfTheirAttributes) {
  const Typed cases[] = {{attribute("a", "String"), ColumnType::string, "a"},
                         {attribute("a", "Memo"), ColumnType::string, "a"},
                         {attribute("a", "Integer"), ColumnType::int32, "a"},
                         {attribute("a", "BigInt"), ColumnType::int64, "a"},
                         {attribute("a", "Money"), ColumnType::decimal, "a"},
                         {attribute("a", "Decimal"), ColumnType::decimal, "a"},
                         {attribute("a", "Double"), ColumnType::number, "a"},
                         {attribute("a", "Boolean"), ColumnType::boolean, "a"},
                         {attribute("a", "DateTime"), ColumnType::timestamp, "a"},
                         {attribute("a", "Picklist"), ColumnType::int32, "a"},
                         {attribute("a", "State"), ColumnType::int32, "a"},
                         {attribute("a", "Status"), ColumnType::int32, "a"},
                         {attribute("a", "Lookup"), ColumnType::string, "_a_value"},
                         {attribute("a", "Customer"), ColumnType::string, "_a_value"},
                         {attribute("a", "Owner"), ColumnType::string, "_a_value"},
                         {attribute("a", "Uniqueidentifier"), ColumnType::string, "a"},
                         {attribute("a", "Virtual", {{"AttributeTypeName", {{"Value", "MultiSelectPicklistType"}}}}), ColumnType::json, "a"}};
  for (const Typed& one : cases) {
    const Entity made = entity({one.attribute});
    const Column* column = find(made, "a");
    ASSERT_NE(column, nullptr) << to_text(one.attribute);
    EXPECT_EQ(column->type, one.type) << to_text(one.attribute);
    EXPECT_EQ(column->raw_path, std::vector<std::string>{one.raw});
  }
  EXPECT_EQ(find(entity({cases[16].attribute}), "a")->wire, Wire::commas);
}

TEST(DynamicsColumns, LeaveOutWhatRowsDoNotHave) {
  const Entity made = entity({attribute("aname", "Virtual"), attribute("photo", "Virtual", {{"AttributeTypeName", {{"Value", "ImageType"}}}}), attribute("shadow", "String", {{"AttributeOf", "a"}}),
                              attribute("hidden", "String", {{"IsValidForRead", false}}), attribute("to", "PartyList"), attribute("managed", "ManagedProperty"), attribute("rules", "CalendarRules"),
                              attribute("bad name", "String")});
  EXPECT_TRUE(made.description.columns.empty());
}

TEST(DynamicsColumns, TakeTheDetailsOfTheirTypes) {
  Details details;
  add_details(Json::parse(R"({"value":[{"LogicalName":"day","Format":"DateOnly","DateTimeBehavior":{"Value":"DateOnly"}},{"LogicalName":"wall","DateTimeBehavior":{"Value":"TimeZoneIndependent"}}]})"), details);
  add_details(Json::parse(R"({"value":[{"LogicalName":"money","Precision":2},{"LogicalName":"wild","Precision":99}]})"), details);
  add_details(Json::parse(R"({"value":[{"LogicalName":"parent","Targets":["account","contact"]},{"LogicalName":"boss","Targets":["contact"]}]})"), details);
  const Entity made = entity({attribute("day", "DateTime"), attribute("wall", "DateTime"), attribute("money", "Money", {{"SourceType", 1}}), attribute("wild", "Decimal"), attribute("parent", "Customer"),
                              attribute("contactid", "Uniqueidentifier"), attribute("modifiedon", "DateTime"), attribute("createdon", "DateTime")},
                             details);
  EXPECT_EQ(find(made, "day")->type, ColumnType::date);
  EXPECT_THAT(find(made, "wall")->original_type, testing::HasSubstr("wall-clock"));
  EXPECT_EQ(find(made, "money")->scale, 2);
  EXPECT_TRUE(find(made, "money")->calculated);
  EXPECT_EQ(find(made, "wild")->scale, 10);
  EXPECT_EQ(find(made, "parent")->original_type, "Customer(account,contact)");
  EXPECT_TRUE(find(made, "contactid")->key);
  EXPECT_EQ(made.description.modified_column, "modifiedon");
}

// Pain 15: labels, target tables and names of lookups come when they are asked for by name.
TEST(DynamicsColumns, Pain15OfferLabelsAndTargetTablesOnRequest) {
  Details details;
  details.targets = {{"parentcustomerid", {"account", "contact"}}, {"boss", {"contact"}}};
  details.primary_names = {{"contact", "fullname"}, {"account", "name"}};
  const Json relationships = Json::parse(R"([{"ReferencingAttribute":"boss","ReferencedEntity":"contact","ReferencingEntityNavigationPropertyName":"new_Boss"},
    {"ReferencingAttribute":"parentcustomerid","ReferencedEntity":"account","ReferencingEntityNavigationPropertyName":"parentcustomerid_account"},
    {"ReferencingAttribute":"gone","ReferencedEntity":"contact","ReferencingEntityNavigationPropertyName":"gone"}])");
  const Entity made = entity({attribute("gendercode", "Picklist"), attribute("parentcustomerid", "Customer"), attribute("parentcustomeridtype", "EntityName"), attribute("boss", "Lookup"),
                              attribute("objecttypecode", "EntityName")},
                             details, relationships);
  const auto path = [&](std::string_view name) { return find(made, name) == nullptr ? std::vector<std::string>() : find(made, name)->raw_path; };
  EXPECT_EQ(path("gendercode_label"), std::vector<std::string>{"gendercode@OData.Community.Display.V1.FormattedValue"});
  EXPECT_EQ(path("parentcustomerid_label"), std::vector<std::string>{"_parentcustomerid_value@OData.Community.Display.V1.FormattedValue"});
  EXPECT_EQ(path("parentcustomeridtype"), std::vector<std::string>{"_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"});
  EXPECT_EQ(path("boss.fullname"), (std::vector<std::string>{"new_Boss", "fullname"}));
  EXPECT_EQ(path("objecttypecode"), std::vector<std::string>{"objecttypecode"}) << "a table's name that belongs to no lookup is a plain text";
  for (const char* name : {"gendercode_label", "parentcustomerid_label", "parentcustomeridtype", "boss.fullname"}) EXPECT_TRUE(find(made, name)->on_request) << name;
  EXPECT_EQ(find(made, "gone.fullname"), nullptr);
  EXPECT_EQ(find(made, "parentcustomerid.name"), nullptr) << "it may lead to either table";
}

TEST(DynamicsColumns, FallBackToTheCreationWhereNothingIsModified) {
  EXPECT_EQ(entity({attribute("createdon", "DateTime")}).description.modified_column, "createdon");
  EXPECT_EQ(entity({attribute("modifiedon", "String")}).description.modified_column, "");
}

TEST(DynamicsNames, AreLettersDigitsAndUnderscores) {
  for (const char* name : {"account", "new_Thing2", "_x"}) EXPECT_TRUE(is_logical_name(name)) << name;
  for (const char* name : {"", "2x", "a b", "a'b", "a/b", "a)(", "../x", "a.b"}) EXPECT_FALSE(is_logical_name(name)) << name;
}

}  // namespace
}  // namespace foz::sources::dynamics
