#include "schedule/record_page.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace foz::schedule {
namespace {

using sources::RecordFormat;

struct Case {
  std::string name;
  RecordFormat format;
  std::string body;
};

// A page means the same in both formats; empty is null in CSV.
TEST(RecordPage, ReadsBothFormatsAlike) {
  const RecordPaths paths({{"Id"}, {"Note"}, {"Gone"}});
  const Case cases[] = {{"json", RecordFormat::json, R"({"records":[{"Id":"1","Note":"a \"b\"\nc"},{"Id":"2","Note":null}]})"},
                        {"csv", RecordFormat::csv, "\"Note\",\"Id\"\n\"a \"\"b\"\"\nc\",\"1\"\n\"\",\"2\"\n"}};
  std::vector<RecordPage> pages(2);
  for (size_t i = 0; i < 2; ++i) ASSERT_TRUE(pages[i].open(cases[i].format, cases[i].body, "/records", paths)) << cases[i].name;
  std::vector<RecordPage> moved = std::move(pages);
  for (size_t i = 0; i < 2; ++i) {
    RecordPage& page = moved[i];
    std::vector<JsonSlot> slots(3);
    ASSERT_TRUE(*page.next(paths, slots)) << cases[i].name;
    const char* first = page.record_begin();
    EXPECT_EQ(slots[0].text, "1") << cases[i].name;
    EXPECT_EQ(slots[1].text, "a \"b\"\nc") << cases[i].name;
    EXPECT_EQ(slots[2].kind, JsonSlot::Kind::missing) << cases[i].name;
    ASSERT_TRUE(*page.next(paths, slots)) << cases[i].name;
    EXPECT_EQ(slots[0].text, "2") << cases[i].name;
    EXPECT_EQ(slots[1].kind, JsonSlot::Kind::null) << cases[i].name;
    EXPECT_FALSE(*page.next(paths, slots)) << cases[i].name;
    EXPECT_TRUE(same_json(*parse_json(page.record_json(first)), Json({{"Id", "1"}, {"Note", "a \"b\"\nc"}}))) << cases[i].name;
  }
}

TEST(RecordPage, ChangesItsFormat) {
  const RecordPaths paths({{"Id"}});
  RecordPage page;
  std::vector<JsonSlot> slots(1);
  ASSERT_TRUE(page.open(RecordFormat::csv, "Id\n7\n", "", paths));
  ASSERT_TRUE(*page.next(paths, slots));
  ASSERT_TRUE(page.open(RecordFormat::json, R"([{"Id":"8"}])", "", paths));
  ASSERT_TRUE(*page.next(paths, slots));
  EXPECT_EQ(slots[0].text, "8");
  EXPECT_FALSE(page.open(RecordFormat::csv, "Id\n\"7", "", paths));
}

}  // namespace
}  // namespace foz::schedule
