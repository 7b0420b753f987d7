#include "base/json_glance.h"

#include <gtest/gtest.h>

namespace foz {
namespace {

const GlanceWish kWish{.values = {{"paging", "next", "after"}, {"total"}, {"done"}}, .records = {"results"}, .key = {"id"}};

struct GlanceCase {
  std::string name, body;
  std::vector<std::optional<std::string>> values;
  std::vector<std::string> keys;
};

TEST(GlanceJson, FindsValuesAndKeys) {
  const GlanceCase cases[] = {
      {"all there", R"({"total":3,"results":[{"id":"1","p":{"id":"x"}},{"p":[1,{"id":9}],"id":2},{}],"paging":{"next":{"after":"N\u0041","link":"l"}},"done":true})",
       {"NA", "3", "true"}, {"1", "2", ""}},
      {"nothing there", R"({"results":[]})", {std::nullopt, std::nullopt, std::nullopt}, {}},
      {"nulls", R"( {"paging":null,"total":null,"results":[{"id":null}]} )", {std::nullopt, std::nullopt, std::nullopt}, {""}},
      {"same names elsewhere", R"({"a":{"total":1,"results":[1]},"results":[],"paging":{"after":"no","next":{"x":1}}})",
       {std::nullopt, std::nullopt, std::nullopt}, {}},
      {"numbers as they stand", R"({"total": 12345678901234567890 ,"results":[{"id":1.50}]})", {std::nullopt, "12345678901234567890", std::nullopt}, {"1.50"}},
  };
  for (const GlanceCase& c : cases) {
    std::string body = c.body;
    const auto glance = glance_json(body, kWish);
    ASSERT_TRUE(glance) << c.name << ": " << to_string(glance.error());
    EXPECT_EQ(glance->values, c.values) << c.name;
    EXPECT_EQ(glance->keys, c.keys) << c.name;
    EXPECT_EQ(glance->records, c.keys.size()) << c.name;
    EXPECT_EQ(body, c.body) << c.name;
  }
}

TEST(GlanceJson, GivesTheTextOfEachRecord) {
  std::string body = R"({"value":[ {"k":"a","n":{"x":[1,2]}} ,{"k":"b"}]})";
  const auto glance = glance_json(body, {.records = {"value"}, .key = {"k"}, .texts = true});
  ASSERT_TRUE(glance) << to_string(glance.error());
  ASSERT_EQ(glance->texts.size(), 2u);
  EXPECT_EQ(glance->texts[0], R"({"k":"a","n":{"x":[1,2]}})");
  EXPECT_EQ(glance->texts[1], R"({"k":"b"})");
  EXPECT_EQ(glance->keys, (std::vector<std::string>{"a", "b"}));
}

// Faults F11: a page cut off after any byte is found out.
TEST(GlanceJson, FindsEveryCut) {
  const std::string whole = R"({"results":[{"id":"1","properties":{"a":"x\"}","b":[{}]}},{"id":"2"}],"paging":{"next":{"after":"2"}},"total":2})";
  for (size_t length = 0; length < whole.size(); ++length) {
    std::string body = whole.substr(0, length);
    const auto glance = glance_json(body, kWish);
    ASSERT_FALSE(glance) << body;
    EXPECT_EQ(glance.error().kind, ErrorKind::corrupt);
  }
}

TEST(GlanceJson, RefusesWhatIsNoPage) {
  const std::string cases[] = {"", "[]", "null", "<html>", "{\"results\":{}}", "{\"other\":[]}", "{\"results\":[]} x", "{\"results\":[\"\xff\"]}",
                               "{\"results\":[],\"total\":tru}"};
  for (std::string body : cases) {
    const auto glance = glance_json(body, kWish);
    ASSERT_FALSE(glance) << body;
    EXPECT_EQ(glance.error().kind, ErrorKind::corrupt) << body;
  }
}

}  // namespace
}  // namespace foz
