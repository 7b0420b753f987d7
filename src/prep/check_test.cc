// Mistakes of mapping sets, found before anything runs. Follows: Data Prep contract, 2.2, 3.1, 7.
#include <gmock/gmock.h>

#include "prep/testing.h"

namespace foz::prep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

const std::vector<SourceColumn>& columns() {
  static const std::vector<SourceColumn> kColumns = {{.name = "Id", .type = engine::Type::integer},      {.name = "FirstName", .type = engine::Type::string},
                                                     {.name = "Active", .type = engine::Type::boolean},  {.name = "size", .type = engine::Type::string},
                                                     {.name = "Raw", .type = engine::Type::string, .json = true}, {.name = "Address.City", .type = engine::Type::string}};
  return kColumns;
}

std::vector<std::string> mistakes_of(const MappingSet& set, CompileOptions options = {}) {
  static const auto kTarget = target_of();
  std::vector<std::string> texts;
  for (const Mistake& one : check(set, {.columns = &columns(), .target = &kTarget, .options = options})) {
    static constexpr std::string_view kSeverities[] = {"warning", "unusable", "error"};
    texts.push_back(std::to_string(one.mapping) + " " + std::string(kSeverities[static_cast<size_t>(one.severity)]) + " " + one.code + (one.code.empty() ? "" : " ") + one.message);
  }
  return texts;
}

TEST(Check, FindsMistakes) {
  struct Case { Pairs mappings; std::string_view part; };
  const Case kCases[] = {
      {{{"FirstNam", "_id"}}, "0 error CONNECTOR-1330-400 the source has no column FirstNam (did you mean \"FirstName\""},
      {{{"FirstName.x", "_id"}}, "0 error CONNECTOR-1330-400 the column FirstName holds single values of type string, which have no x"},
      {{{"=upper(Nobody)", "_id"}}, "0 error CONNECTOR-1330-400 the source has no column Nobody (at 1:7)"},
      {{{"=FirstName.x", "_id"}}, "0 error CONNECTOR-1330-400 the column FirstName holds a text, which has no x"},
      {{{"First Name", "_id"}}, "0 error CONNECTOR-1330-400 the path First Name has a name that is no plain identifier"},
      {{{"=upper(", "_id"}}, "0 error CONV-1005-400"},
      {{{"=dat(Id)", "_id"}}, "0 error CONV-1006-400 there is no function dat"},
      {{{"=aa_get_event_id(FirstName, 'e')", "_id"}}, "0 error CONV-1006-400 the function aa_get_event_id works with Analytics sources only"},
      {{{"Id", "nobody"}}, "0 error CONV-1007-400 the schema has no field nobody"},
      {{{"Id", "person.nam"}}, "0 error CONV-1007-400 person has no field nam"},
      {{{"Active", "person.birthDate"}, {"FirstName", "person.name.firstName"}}, "0 unusable a value of type boolean cannot become date (person.birthDate)"},
      {{{"Id", "person.name"}}, "0 unusable a value of type integer cannot become object (person.name)"},
      {{{"=[1]", "_id"}}, "0 unusable a value of type array cannot become string (_id)"},
      {{{"Raw", "age"}}, "0 unusable JSON text cannot become int (age)"},
      {{{"size", "_id"}}, "0 unusable the word size is reserved: an attribute of that name is written ${size}"},
      {{{"Id", "_id"}, {"FirstName", "_id"}}, "0 warning the destination _id is named twice: mapping 2 wins"},
  };
  for (const Case& c : kCases) EXPECT_THAT(mistakes_of(set_of(c.mappings)), ElementsAre(HasSubstr(std::string(c.part)))) << c.part;
}

TEST(Check, FindsFieldsThatDifferInLetterCaseOnly) {
  EXPECT_THAT(mistakes_of(set_of({{"Id", "person.name.firstName"}, {"FirstName", "person.Name.lastName"}})),
              testing::Contains(HasSubstr("1 error CONV-1007-400 the fields person.name and person.Name differ in letter case only")));
}

TEST(Check, LetsGoodSetsPass) {
  const Pairs kCases[] = {
      {{"Id", "_id"}, {"FirstName", "person.name.firstName"}}, {{"Address.City", "_id"}}, {{"=concat(FirstName, Id)", "_id"}}, {{"${size}", "_id"}}, {{"Raw", "_id"}}, {{"=contains_key(\"no.where\")", "active"}},
      {{"FirstName", "tags"}}, {{"FirstName", "pi[*].value"}}, {{"'constant'", "_id"}}, {{"=transformArray(to_array(true, Id), x -> x + Id)", "numbers"}}, {},
  };
  for (const Pairs& pairs : kCases) EXPECT_THAT(mistakes_of(set_of(pairs)), IsEmpty()) << (pairs.empty() ? "" : pairs[0].first);
  EXPECT_THAT(mistakes_of(set_of({{"=aa_get_event_id(FirstName, 'e')", "_id"}}), {.analytics_source = true}), IsEmpty());
  EXPECT_THAT(mistakes_of(set_of({{"nowhere", "_id"}, {"=upper(nobody.x)", "repositoryCreatedBy"}}), {.open_source = true}), IsEmpty());
}

TEST(Check, TellsAllMistakesAtOnce) {
  const MappingSet set = set_of({{"nobody", "nowhere"}, {"=f(1) + g(2)", "_id"}, {"Id", "_id"}});
  EXPECT_THAT(mistakes_of(set), ElementsAre(HasSubstr("no column nobody"), HasSubstr("no field nowhere"), HasSubstr("no function f"), HasSubstr("no function g"), HasSubstr("named twice")));
  static const auto kTarget = target_of();
  const Compiled compiled = compile(set, columns(), kTarget);
  EXPECT_EQ(compiled.program, nullptr);
  const Error error = to_error(compiled.mistakes);
  EXPECT_EQ(error.code, "CONNECTOR-1330-400");
  EXPECT_EQ(error.problems.size(), 4u);
  EXPECT_EQ(error.problems[2].path, "mappings[1]");
}

TEST(Check, WarnsOfRequiredMembersThatNothingWrites) {
  const auto target = target_of(R"({"required": ["_id"], "properties": {"_id": {"type": "string"}, "x": {"type": "string"}}})");
  const auto mistakes = check(set_of({{"a", "x"}}), {.target = &target});
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].severity, Severity::warning);
  EXPECT_EQ(mistakes[0].message, "the schema requires _id and no mapping writes it: every row will be rejected");
}

TEST(Check, WarnsOfIdentitiesWithoutIdentityMap) {  // 2.6
  const auto target = target_of(R"({"properties": {"_id": {"type": "string"}}})");
  MappingSet set = set_of({{"a", "_id"}});
  set.mappings[0].identity = true;
  EXPECT_THAT(check(set, {.target = &target}), IsEmpty());
  set.mappings[0].namespace_code = "Email";
  const auto mistakes = check(set, {.target = &target});
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].severity, Severity::warning);
}

TEST(Check, WithoutSourceOrTargetLooksAtExpressionsOnly) {
  EXPECT_THAT(check(set_of({{"nobody", "nowhere.at.all"}, {"=upper(x)", "y"}})), IsEmpty());
  EXPECT_EQ(check(set_of({{"=upper(", "y"}, {"x", "a..b"}})).size(), 2u);
}

}  // namespace
}  // namespace foz::prep
