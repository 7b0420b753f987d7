#include "prep/derive.h"

#include <gmock/gmock.h>

namespace foz::prep {
namespace {

Json object(Json properties) { return {{"type", "object"}, {"meta:xdmType", "object"}, {"properties", std::move(properties)}}; }
const Json kText = {{"type", "string"}, {"meta:xdmType", "string"}};

Derive wanted(std::vector<registry::DerivedColumn> columns) {
  return {.name = "Contacts", .tenant = "foz", .columns = std::move(columns),
          .classes = {{"class/profile", object({{"_id", kText}})}, {"class/event", object({{"_id", kText}, {"timestamp", {{"type", "string"}, {"format", "date-time"}, {"meta:xdmType", "date-time"}}}, {"eventType", kText}})}},
          .groups = {{"group/work", object({{"workEmail", object({{"address", kText}})}})},
                     {"group/person", object({{"person", object({{"name", object({{"firstName", kText}, {"lastName", kText}})}})}})},
                     {"group/personal", object({{"personalEmail", object({{"address", kText}})}})}},
          .class_tail = "c", .source_tail = "s", .group_tail = "g", .target_tail = "t"};
}

std::string destination(const Json& derived, const std::string& source) {
  for (const Json& mapping : derived["mappings"]) {
    if (text_of(mapping, "source") == source) return text_of(mapping, "destination");
  }
  return "none";
}

TEST(Derive, TakesTheStandardPartsThatHoldTheColumns) {
  const Json derived = derive(wanted({{"FirstName", "FirstName", kText}, {"last_name", "last_name", kText}, {"email", "email", kText}, {"Shoe size", "Shoe_size", {{"type", "integer"}}}}));
  EXPECT_EQ(destination(derived, "FirstName"), "person.name.firstName");
  EXPECT_EQ(destination(derived, "last_name"), "person.name.lastName");
  EXPECT_EQ(destination(derived, "email"), "personalEmail.address");
  EXPECT_EQ(destination(derived, "Shoe size"), "_foz.Shoe_size");
  EXPECT_EQ(derived["unmapped"], Json::array({"Shoe size"}));
  ASSERT_EQ(derived["target"].size(), 2U);
  std::vector<std::string> parts;
  for (const Json& part : derived["target"][1]["allOf"]) parts.push_back(text_of(part, "$ref"));
  EXPECT_THAT(parts, testing::UnorderedElementsAre("class/profile", "group/person", "group/personal", text_of(derived["target"][0], "$id")));
}

TEST(Derive, MakesNoGroupWhenEverythingHasAPlace) {
  const Json derived = derive(wanted({{"email", "email", kText}}));
  EXPECT_EQ(derived["target"].size(), 1U);
  EXPECT_TRUE(derived["unmapped"].empty());
}

TEST(Derive, TakesTheClassThatHoldsMore) {
  const Json derived = derive(wanted({{"timestamp", "timestamp", {{"type", "string"}, {"format", "date-time"}}}, {"event_type", "event_type", kText}}));
  EXPECT_EQ(text_of(derived["target"].back(), "meta:class"), "class/event");
}

TEST(Derive, KeepsTheSourceAsItIs) {
  const Json derived = derive(wanted({{"Account.Name", "Account_Name", kText}, {"a/b", "a_b", kText}, {"plain", "plain", {{"type", "number"}}}}));
  ASSERT_EQ(derived["source"].size(), 2U);
  const Json& fields = derived["source"][0]["allOf"][1]["properties"]["_adhoc"]["properties"];
  EXPECT_EQ(text_of(fields["Account"]["properties"]["Name"], "type"), "string");
  EXPECT_EQ(text_of(fields["a_b"], "type"), "string");
  EXPECT_EQ(text_of(fields["plain"], "type"), "number");
  EXPECT_EQ(derived["columns"].size(), 3U);
}

}  // namespace
}  // namespace foz::prep
