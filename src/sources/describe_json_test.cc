#include <gtest/gtest.h>

#include "base/json.h"
#include "sources/describe_json.h"

namespace foz::sources {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

// Flow Service contract, 7.4: the root list.
TEST(TablesJson, ListsWhatCanBeSeen) {
  const std::vector<Table> tables = {{.name = "Opportunity Relationship", .path = "customeropportunityrole"},
                                     {.name = "Vote", .path = "Vote", .hidden = true}};
  EXPECT_TRUE(same_json(tables_json(tables), json(R"([{"type":"table","name":"Opportunity Relationship",
      "path":"customeropportunityrole","canPreview":true,"canFetchSchema":true}])")));
  EXPECT_EQ(tables_json(tables, true).size(), 2u);
}

struct ColumnJsonCase {
  Column column;
  std::string wanted;
};

// Flow Service contract, 7.4: the type table; Sources contract, 1.1.
TEST(ColumnJson, SpellsEachType) {
  const ColumnJsonCase cases[] = {
      {{.name = "Id", .key = true}, R"({"name":"Id","type":"string","xdm":{"type":"string"},"meta":{"originalType":"String","key":true}})"},
      {{.name = "Visits", .type = ColumnType::int32},
       R"({"name":"Visits","type":"integer","xdm":{"type":"integer","minimum":-2147483648,"maximum":2147483647},"meta":{"originalType":"Int32"}})"},
      {{.name = "Views", .type = ColumnType::int64},
       R"({"name":"Views","type":"integer","meta:xdmType":"long","xdm":{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991},"meta":{"originalType":"Int64"}})"},
      {{.name = "LastModifiedDate", .type = ColumnType::timestamp, .raw_path = {"LastModifiedDate"}},
       R"({"name":"LastModifiedDate","type":"string","meta:xdmType":"date-time","xdm":{"type":"string","format":"date-time"},"meta":{"originalType":"DateTime"}})"},
      {{.name = "Birthdate", .type = ColumnType::date},
       R"({"name":"Birthdate","type":"string","meta:xdmType":"date","xdm":{"type":"string","format":"date"},"meta":{"originalType":"Date"}})"},
      {{.name = "IsDeleted", .type = ColumnType::boolean},
       R"({"name":"IsDeleted","type":"boolean","xdm":{"type":"boolean"},"meta":{"originalType":"Boolean"}})"},
      {{.name = "Amount", .type = ColumnType::decimal, .precision = 18, .scale = 2, .calculated = true, .original_type = "currency"},
       R"({"name":"Amount","type":"number","xdm":{"type":"number"},"meta":{"originalType":"Decimal","vendorType":"currency","precision":18,"scale":2,"calculated":true}})"},
      {{.name = "Score", .type = ColumnType::number}, R"({"name":"Score","type":"number","xdm":{"type":"number"},"meta":{"originalType":"Double"}})"},
      {{.name = "Photo", .type = ColumnType::binary}, R"({"name":"Photo","type":"string","xdm":{"type":"string"},"meta":{"originalType":"Byte[]"}})"},
      {{.name = "Properties_Email_Value", .raw_path = {"properties", "email"}},
       R"({"name":"Properties_Email_Value","type":"string","xdm":{"type":"string"},"meta":{"originalType":"String","rawPath":"properties.email"}})"},
  };
  for (const ColumnJsonCase& c : cases) EXPECT_TRUE(same_json(column_json(c.column), json(c.wanted))) << to_text(column_json(c.column));
}

TEST(DescriptionJson, LeavesOutWhatIsReadOnRequest) {
  const Description table{.table = {.name = "T", .path = "T"},
                          .columns = {{.name = "a", .type = ColumnType::timestamp, .cursor = true}, {.name = "a_label", .on_request = true}}};
  const Json shown = description_json(table);
  EXPECT_EQ(shown["format"], "flat");
  EXPECT_EQ(shown["schema"]["columns"].size(), 1u);
  EXPECT_EQ(description_json(table, true)["schema"]["columns"].size(), 2u);
  EXPECT_TRUE(same_json(delta_columns_json(table), json(R"([{"columnName":"a","columnType":"date-time"}])")));
}

}  // namespace
}  // namespace foz::sources
