#include "sources/salesforce/metadata.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "sources/salesforce/deny_list.h"

namespace foz::sources::salesforce {
namespace {

struct TypeCase {
  std::string field;
  std::optional<ColumnType> type;
  int precision = 38, scale = 10;
};

// Sources contract, 2.3: the type table.
TEST(SalesforceMetadata, MapsEveryType) {
  const TypeCase cases[] = {
      {R"("type":"id")", ColumnType::string},
      {R"("type":"reference")", ColumnType::string},
      {R"("type":"string")", ColumnType::string},
      {R"("type":"picklist")", ColumnType::string},
      {R"("type":"multipicklist")", ColumnType::string},
      {R"("type":"encryptedstring")", ColumnType::string},
      {R"("type":"anyType")", ColumnType::string},
      {R"("type":"time")", ColumnType::string},
      {R"("type":"boolean")", ColumnType::boolean},
      {R"("type":"int")", ColumnType::int32},
      {R"("type":"long")", ColumnType::int64},
      {R"("type":"double","precision":18,"scale":2)", ColumnType::decimal, 18, 2},
      {R"("type":"currency","precision":38,"scale":0)", ColumnType::decimal, 38, 0},
      {R"("type":"percent","precision":39,"scale":0)", ColumnType::number},
      {R"("type":"double","precision":0,"scale":0)", ColumnType::number},
      {R"("type":"double","precision":3,"scale":5)", ColumnType::number},
      {R"("type":"date")", ColumnType::date},
      {R"("type":"datetime")", ColumnType::timestamp},
      {R"("type":"json")", ColumnType::json},
      {R"("type":"something new")", ColumnType::string},
      {R"("type":"base64")", std::nullopt},
      {R"("type":"address")", std::nullopt},
      {R"("type":"location")", std::nullopt},
      {R"("type":"string","deprecatedAndHidden":true)", std::nullopt},
  };
  for (const TypeCase& one : cases) {
    const auto column = column_of(*parse_json(R"({"name":"X",)" + one.field + "}"));
    ASSERT_EQ(column.has_value(), one.type.has_value()) << one.field;
    if (!column) continue;
    EXPECT_EQ(column->type, *one.type) << one.field;
    if (column->type == ColumnType::decimal) {
      EXPECT_EQ(column->precision, one.precision) << one.field;
      EXPECT_EQ(column->scale, one.scale) << one.field;
    }
  }
}

TEST(SalesforceMetadata, MarksKeyCursorAndCalculatedColumns) {
  const Object object = object_of(*parse_json(R"({"name":"Account","label":"Account","labelPlural":"Accounts","replicateable":true,"fields":[
    {"name":"Id","type":"id"},{"name":"CreatedDate","type":"datetime"},{"name":"SystemModstamp","type":"datetime","filterable":false},
    {"name":"LastModifiedDate","type":"datetime","filterable":true},{"name":"Total__c","type":"currency","precision":18,"scale":2,"calculated":true}]})"));
  const auto& columns = object.description.columns;
  ASSERT_EQ(columns.size(), 5u);
  EXPECT_TRUE(columns[0].key);
  EXPECT_TRUE(columns[1].cursor);
  EXPECT_FALSE(columns[2].cursor) << "what cannot be filtered by is no cursor";
  EXPECT_EQ(object.description.modified_column, "LastModifiedDate");
  EXPECT_TRUE(columns[4].calculated);
  EXPECT_TRUE(object.traits.replicateable && object.traits.has_created_date && object.traits.bulk);
  EXPECT_EQ(object.description.table.also_known_as, (std::vector<std::string>{"Account", "Accounts"}));
}

TEST(SalesforceMetadata, Pain5KnowsColumnsThatAreCalculatedThoughTheyDoNotSaySo) {
  const std::string fields = R"("fields":[{"name":"Id","type":"id"},{"name":"Status","type":"picklist"}]})";
  const auto status = [&](const std::string& object) { return object_of(parse_json(std::string(R"({"name":")") + object + "\"," + fields).value()).description.columns.at(1); };
  EXPECT_TRUE(status("ContractLineItem").calculated) << "it follows the calendar";
  EXPECT_FALSE(status("Case").calculated);
}

TEST(SalesforceMetadata, OffersWhatCanBeQueried) {
  const auto tables = tables_of(*parse_json(R"({"sobjects":[{"name":"Account","queryable":true},{"name":"Closed","queryable":false},
    {"name":"Old","queryable":true,"deprecatedAndHidden":true},{"name":"AccountChangeEvent","queryable":true},{"name":"Order__e","queryable":true},
    {"name":"Vote","queryable":true},{"name":"UserRecordAccess","queryable":true},{"name":"TaskStatus","queryable":true}]})"));
  std::vector<std::string> shown, hidden;
  for (const Table& table : tables) (table.hidden ? hidden : shown).push_back(table.path);
  EXPECT_EQ(shown, (std::vector<std::string>{"Account", "TaskStatus"}));
  EXPECT_EQ(hidden, (std::vector<std::string>{"Vote", "UserRecordAccess"}));
  EXPECT_TRUE(tables_of(*parse_json(R"({"sobjects":"none"})")).empty());
}

TEST(SalesforceDenyList, KnowsWhatBulkRefuses) {
  EXPECT_EQ(access_of("Account"), Access::plain);
  EXPECT_EQ(access_of("Custom__c"), Access::plain);
  EXPECT_EQ(access_of("TaskStatus"), Access::rest_only);
  EXPECT_EQ(access_of("Ext__x"), Access::rest_only);
  EXPECT_EQ(access_of("ContentDocumentLink"), Access::filtered);
  EXPECT_EQ(access_of("Name"), Access::no_query);
  EXPECT_EQ(access_of("CaseChangeEvent"), Access::never);
}

}  // namespace
}  // namespace foz::sources::salesforce
