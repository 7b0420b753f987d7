// Follows: Data Prep contract, 2.5.
#include "prep/path.h"

#include <gtest/gtest.h>

#include "prep/destination.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

TEST(SourcePath, ReadsAllForms) {
  struct Case { std::string_view text, wanted; size_t steps; };
  constexpr Case kCases[] = {
      {"email", "email", 1}, {"a.b.c", "a.b.c", 3}, {"a[0].b", "a[0].b", 3}, {"a[*].b", "a[*].b", 3}, {"${First Name}", "First Name", 1}, {"${First\\.Name}", "First.Name", 1},
      {"${First.Name}", "First.Name", 2}, {"address.street\\.name", "address.street.name", 2}, {"a[1][2]", "a[1][2]", 3}, {"größe", "größe", 1},
  };
  for (const Case& c : kCases) {
    const auto path = parse_source_path(c.text);
    ASSERT_TRUE(path) << c.text << path.error().message;
    EXPECT_EQ(to_string(*path), c.wanted) << c.text;
    EXPECT_EQ(path->size(), c.steps) << c.text;
  }
  for (const std::string_view wrong : {"", " ", "a b", "a..b", ".a", "a.", "a[", "a[x]", "a[-1]", "a]", "${a", "1a", "a+b", "upper(a)", "a[99999]"}) {
    EXPECT_FALSE(parse_source_path(wrong)) << wrong;
  }
}

TEST(DestinationPath, ReadsNamesOfAnyKind) {
  for (const std::string_view right : {"_id", "person.name.firstName", "pi[0].value", "pi[*].names", "map.a b", "map.a\\.b", "_tenant.x-y"}) EXPECT_TRUE(parse_destination_path(right)) << right;
  for (const std::string_view wrong : {"", "[0]", "a..b", "a[", "a[y]"}) EXPECT_FALSE(parse_destination_path(wrong)) << wrong;
}

TEST(Resolve, TakesTheLongestColumn) {
  const std::vector<SourceColumn> columns = {{.name = "a"}, {.name = "a.b"}, {.name = "c"}};
  const ColumnIndex index(columns);
  struct Case { std::string_view path; std::optional<size_t> column; size_t used; };
  const Case kCases[] = {{"a", 0, 1}, {"a.b", 1, 2}, {"a.b.c", 1, 2}, {"a.x", 0, 1}, {"c[0]", 2, 1}, {"d", std::nullopt, 0}, {"b", std::nullopt, 0}};
  for (const Case& c : kCases) {
    const auto found = resolve(*parse_source_path(c.path), index);
    ASSERT_EQ(found.has_value(), c.column.has_value()) << c.path;
    if (!found) continue;
    EXPECT_EQ(found->column, *c.column) << c.path;
    EXPECT_EQ(found->steps_used, c.used) << c.path;
  }
}

TEST(Walk, GivesNullWhereNothingIs) {
  engine::Arena arena;
  const auto value = value_of_json(arena, parsed(R"({"a": {"b": [{"c": 1}, {"c": null}, {}]}, "n": null, "s": "x"})"));
  struct Case { std::string_view path, wanted; };
  constexpr Case kCases[] = {{"a.b[0].c", "1"}, {"a.b[1].c", "null"}, {"a.b[9].c", "null"}, {"a.x.y", "null"}, {"s.t", "null"}, {"n.x", "null"}, {"a.b[*].c", "[1,null,null]"}, {"s[*]", "null"},
                             {"a[0]", "null"}};
  for (const Case& c : kCases) EXPECT_EQ(to_text(json_of(walk(arena, value, *parse_source_path(c.path)))), c.wanted) << c.path;
  struct HeldCase { std::string_view path; bool wanted; };
  constexpr HeldCase kHeld[] = {{"a", true}, {"n", true}, {"a.b[1].c", true}, {"a.b[2].c", false}, {"a.b[*].c", true}, {"a.b[3]", false}, {"x", false}, {"s.t", false}, {"a.b[*].z", false}};
  for (const HeldCase& c : kHeld) EXPECT_EQ(holds(value, *parse_source_path(c.path)), c.wanted) << c.path;
}

TEST(Destination, IsFoundOrExplained) {
  const auto target = target_of();
  struct Case { std::string_view path, anchor, message; };
  constexpr Case kCases[] = {
      {"_id", "_id", ""},
      {"person.name.firstName", "person.name.firstName", ""},
      {"person.name", "person.name", ""},
      {"pi[0].value", "pi", ""},
      {"pi[*].names.name", "pi", ""},
      {"labels.any thing", "labels", ""},
      {"identityMap.Email[0].id", "identityMap", ""},
      {"person.nam.firstName", "", "person has no field nam (did you mean \"name\"?)"},
      {"x", "", "the schema has no field x"},
      {"_id.x", "", "_id is a string and has no parts"},
      {"pi.value", "", "pi is an array: write pi[0] or pi[*] before .value"},
      {"labels[0]", "", "labels is a map: write labels.key"},
      {"person[0]", "", "person is an object and has no index"},
      {"a..b", "", "the path a..b has an empty name"},
  };
  for (const Case& c : kCases) {
    const auto found = find_destination(c.path, target);
    ASSERT_EQ(found.has_value(), c.message.empty()) << c.path;
    if (found) {
      EXPECT_EQ(found->anchor_path(), c.anchor) << c.path;
    } else {
      EXPECT_EQ(found.error().code, "CONV-1007-400") << c.path;
      EXPECT_TRUE(found.error().message.starts_with(c.message)) << c.path << ": " << found.error().message;
    }
  }
}

}  // namespace
}  // namespace foz::prep
