#include "schedule/rejected_rows.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/json.h"
#include "base/testing.h"
#include "flow/testing.h"

namespace foz::schedule {
namespace {

class RejectedRowsTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_.path() / name) << text; }

  /// Every record of every page, in order.
  std::vector<Json> all() {
    RejectedRows source(files_, folder_.path());
    std::vector<Json> records;
    const auto slices = source.plan({}, {}).value();
    for (const sources::Slice& slice : slices) {
      for (std::optional<sources::Cursor> at = sources::Cursor{}; at;) {
        const sources::Page page = source.read({}, slice, *at, {}).value();
        const Json body = parse_json(page.bodies.at(0)).value();
      records.insert(records.end(), body.begin(), body.end());
        at = page.next;
      }
    }
    return records;
  }

  TemporaryFolder folder_;
  lake::LocalFileIo files_;
};

TEST_F(RejectedRowsTest, BringsBackTheRowsAsTheVendorWroteThem) {
  write("validation_errors_0.json", R"({"Id":"1","Name":"_corrupt_record","_errors":[{"code":"INGEST-1557-400"}],"_filename":"page-000001.json"})" "\n");
  write("conversion_errors_0.json", R"({"Id":"2","Name":null,"_errors":[],"_filename":"page-000001.json"})" "\n");
  const auto records = all();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(text_of(records[0], "Id"), "2");
  EXPECT_EQ(text_of(records[1], "Name"), "_corrupt_record");
}

TEST_F(RejectedRowsTest, LeavesOutWhatNoMappingCanMend) {
  write("parsing_errors_0.json", R"({"_errors":[{"code":"INGEST-1401-400"}],"_filename":"x","_corrupt_record":"{a"})" "\n");
  EXPECT_TRUE(all().empty());
}

TEST_F(RejectedRowsTest, ReadsLargeFilesInPagesAndLongLinesWhole) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "{\"Id\":\"" + std::to_string(i) + "\",\"Text\":\"" + std::string(i == 1500 ? 3'000'000 : 900, 'x') + "\"}\n";
  write("validation_errors_0.json", text);
  const auto records = all();
  ASSERT_EQ(records.size(), 3000u);
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(text_of(records[static_cast<size_t>(i)], "Id"), std::to_string(i));
}

TEST_F(RejectedRowsTest, SaysWhenTheRowsAreNoLongerKept) {
  RejectedRows source(files_, folder_.path() / "gone");
  EXPECT_EQ(source.plan({}, {}).error().code, "CONNECTOR-1384-400");
}

TEST(ReplayPlan, TakesValuesByTheNamesOfTheirColumns) {
  sources::ReadPlan plan;
  plan.columns = {{.name = "First", .raw_path = {"properties", "firstname"}}, {.name = "Portal", .constant = "42"}};
  plan.window = sources::Window{.column = "First"};
  const sources::ReadPlan replay = replay_plan(plan);
  EXPECT_THAT(replay.columns[0].raw_path, testing::ElementsAre("First"));
  EXPECT_THAT(replay.columns[1].raw_path, testing::ElementsAre("Portal"));
  EXPECT_FALSE(replay.window);
}

}  // namespace
}  // namespace foz::schedule
