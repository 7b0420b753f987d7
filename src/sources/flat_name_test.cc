#include <gtest/gtest.h>

#include "sources/source.h"

namespace foz::sources {
namespace {

struct FlatCase {
  std::vector<std::string> raw;
  std::string wanted;
};

// Sources contract, 1.4: the whole table, then what its rule says about other names.
TEST(FlatName, FollowsTheRule) {
  const FlatCase cases[] = {
      {{"addedAt"}, "Added_At"},
      {{"vid"}, "Vid"},
      {{"portal-id"}, "Portal_Id"},
      {{"canonical-vid"}, "Canonical_Vid"},
      {{"is-contact"}, "Is_Contact"},
      {{"profile-url"}, "Profile_Url"},
      {{"merged-vids"}, "Merged_Vids"},
      {{"identity-profiles"}, "Identity_Profiles"},
      {{"properties", "firstname", "value"}, "Properties_Firstname_Value"},
      {{"properties", "hs_lead_status", "value"}, "Properties_Hs_Lead_Status_Value"},
      {{"properties", "hs_v2_date_entered_lead", "value"}, "Properties_Hs_V2_Date_Entered_Lead_Value"},
      {{"properties", "lastmodifieddate", "value"}, "Properties_Lastmodifieddate_Value"},
      {{"dealId"}, "Deal_Id"},
      {{"associations", "associatedVids"}, "Associations_Associated_Vids"},
      {{"HTTPServerURL"}, "HTTP_Server_URL"},
      {{"utm2Source"}, "Utm2_Source"},
      {{"a.b c"}, "A_B_C"},
      {{"__x__"}, "X"},
      {{"ABC"}, "ABC"},
      {{"straße"}, "Straße"},
      {{""}, ""},
      {{}, ""},
  };
  for (const FlatCase& c : cases) EXPECT_EQ(flat_name(c.raw), c.wanted);
}

struct FlatNamesCase {
  std::string name;
  std::vector<std::vector<std::string>> raw;
  std::vector<std::string> wanted;
};

TEST(FlatNames, NumbersWhatWouldCollide) {
  const FlatNamesCase cases[] = {
      {"no collision", {{"b"}, {"a"}}, {"B", "A"}},
      {"byte order decides, not the order given", {{"a_b"}, {"a-b"}, {"a.b"}}, {"A_B_3", "A_B", "A_B_2"}},
      {"a number gives way to a real name", {{"a-b"}, {"a_b"}, {"a_b_2"}}, {"A_B", "A_B_3", "A_B_2"}},
      {"nesting counts", {{"a", "b"}, {"a-b"}}, {"A_B", "A_B_2"}},
  };
  for (const FlatNamesCase& c : cases) EXPECT_EQ(flat_names(c.raw), c.wanted) << c.name;
}

}  // namespace
}  // namespace foz::sources
