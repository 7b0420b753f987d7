// What calculated columns came to, kept and compared. Follows: docs/formats/calculated.md; Sources contract, 6, pain 5.
#include "schedule/calculated.h"

#include <gtest/gtest.h>

#include "base/testing.h"
#include "schedule/decode.h"

namespace foz::schedule {
namespace {

using sources::Column;
using sources::ColumnType;

KeyHash hash(std::string_view key) { return hash_of_key(std::span(&key, 1)); }
LandedValues landed(std::string_view key, uint64_t values, int64_t version = 0) { return {.key = hash(key), .version = version, .values = values}; }

class CalculatedMemoryTest : public ::testing::Test {
 protected:
  std::filesystem::path write(std::string_view name, std::vector<LandedValues> entries, const CalculatedMemory& before = {}) {
    CalculatedGatherer gatherer;
    gatherer.add(std::move(entries));
    const std::filesystem::path file = folder_.path() / "keys" / name;
    EXPECT_TRUE(gatherer.write(files_, file, before));
    return file;
  }

  TemporaryFolder folder_;
  lake::LocalFileIo files_;
};

TEST_F(CalculatedMemoryTest, ALaterFileHasTheLastWord) {
  const std::vector<std::filesystem::path> paths = {write("1", {landed("a", 1), landed("b", 2), landed("c", 3)}), write("2", {landed("b", 7), landed("d", 4)})};
  const CalculatedMemory memory = CalculatedMemory::read(files_, paths).value();
  EXPECT_EQ(memory.entries().size(), 4u);
  for (const auto& [key, values] : {std::pair("a", 1u), std::pair("b", 7u), std::pair("c", 3u), std::pair("d", 4u)}) EXPECT_EQ(memory.of(hash(key)), values) << key;
  EXPECT_EQ(memory.of(hash("e")), std::nullopt);

  const std::vector<std::filesystem::path> merged = {write("3", {landed("a", 9)}, memory)};
  const CalculatedMemory one = CalculatedMemory::read(files_, merged).value();
  EXPECT_EQ(one.entries().size(), 4u);
  EXPECT_EQ(one.of(hash("a")), 9u);
  EXPECT_EQ(one.of(hash("b")), 7u);
}

TEST_F(CalculatedMemoryTest, KnowsTheNewestVersionAlthoughAnOldOneLandedLater) {
  const std::vector<std::filesystem::path> paths = {write("1", {landed("a", 1, 10), landed("b", 2, 10)}), write("2", {landed("a", 7, 9), landed("b", 8, 10), landed("c", 1, 1), landed("c", 2, 2)})};
  const CalculatedMemory memory = CalculatedMemory::read(files_, paths).value();
  EXPECT_EQ(memory.of(hash("a")), 1u);
  EXPECT_EQ(memory.of(hash("b")), 8u) << "calculated anew";
  EXPECT_EQ(memory.of(hash("c")), 2u);
  EXPECT_TRUE(memory.holds(hash("a"), 10));
  EXPECT_FALSE(memory.holds(hash("a"), 9)) << "only the newest is known";
  EXPECT_FALSE(memory.holds(hash("d"), 10));
}

TEST_F(CalculatedMemoryTest, HoldsNoRecordThatHasNoVersion) {
  const std::vector<std::filesystem::path> paths = {write("1", {landed("a", 1, INT64_MIN)})};
  EXPECT_FALSE(CalculatedMemory::read(files_, paths)->holds(hash("a"), INT64_MIN));
}

TEST_F(CalculatedMemoryTest, IsNotSureOfARecordThatARunLandedTwiceWithDifferentValues) {
  const std::vector<std::filesystem::path> paths = {write("1", {landed("a", 1), landed("b", 5), landed("a", 2), landed("b", 5)})};
  const CalculatedMemory memory = CalculatedMemory::read(files_, paths).value();
  EXPECT_EQ(memory.of(hash("a")), kNotSure);
  EXPECT_EQ(memory.of(hash("b")), 5u);
}

TEST_F(CalculatedMemoryTest, IsEmptyWhereDamageIsNoReasonToStop) {
  const std::vector<std::filesystem::path> gone = {folder_.path() / "keys" / "nothing"};
  EXPECT_FALSE(CalculatedMemory::read(files_, gone));
  const auto memory = CalculatedMemory::read_or_empty(files_, gone);
  ASSERT_TRUE(memory);
  EXPECT_TRUE(memory->entries().empty());
}

TEST_F(CalculatedMemoryTest, NoticesDamage) {
  const auto file = write("1", {landed("a", 1)});
  std::string bytes = files_.read(file, 0, UINT64_MAX).value();
  for (const std::string& broken : {bytes.substr(0, bytes.size() - 1), bytes + "x", "FZC9" + bytes.substr(4), std::string()}) {
    ASSERT_TRUE(files_.write_whole(file, broken));
    EXPECT_FALSE(CalculatedMemory::read(files_, std::vector{file}));
  }
  bytes.back() = static_cast<char>(bytes.back() + 1);
  ASSERT_TRUE(files_.write_whole(file, bytes));
  EXPECT_EQ(CalculatedMemory::read(files_, std::vector{file}).error().kind, ErrorKind::corrupt);
}

/// Bulk CSV and REST JSON spell the same value in different ways.
TEST(CalculatedValues, AreTheSameHoweverTheVendorWritesThem) {
  using Kind = JsonSlot::Kind;
  struct Row {
    ColumnType type;
    JsonSlot one, other;
    bool same = true;
  };
  const auto text = [](std::string_view value) { return JsonSlot{.kind = Kind::text, .text = value}; };
  for (const Row& row : {
           Row{ColumnType::int32, text("3.0"), {.kind = Kind::integer, .integer = 3, .text = "3"}},
           Row{ColumnType::decimal, text("5.00"), {.kind = Kind::integer, .integer = 5, .text = "5"}},
           Row{ColumnType::timestamp, text("2024-01-02T03:04:05.000Z"), text("2024-01-02T03:04:05.000+0000")},
           Row{ColumnType::decimal, text(""), {.kind = Kind::null}},
           Row{ColumnType::boolean, text("true"), {.kind = Kind::boolean, .boolean = true}},
           Row{ColumnType::string, text(""), {.kind = Kind::null}, false},
           Row{ColumnType::int32, text("3"), text("4"), false},
       }) {
    const Column column{.name = "c", .type = row.type, .raw_path = {"c"}};
    engine::Chunk chunk;
    chunk.columns.emplace_back(chunk_type(row.type));
    uint64_t nul_characters = 0;
    decode(column, row.one, 0, chunk.columns[0], chunk.arena, nul_characters);
    decode(column, row.other, 1, chunk.columns[0], chunk.arena, nul_characters);
    const CalculatedColumns columns = CalculatedColumns::side_by_side({"c"});
    EXPECT_EQ(columns.hash(chunk, 0) == columns.hash(chunk, 1), row.same) << row.one.text << " and " << row.other.text;
  }
}

class RefreshRuleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    gatherer_.add({landed("a", 1), landed("late", 1)});
    const std::filesystem::path file = folder_.path() / "calculated";
    ASSERT_TRUE(gatherer_.write(files_, file, {}));
    values_ = CalculatedMemory::read(files_, std::vector{file}).value();
    rule_.values = &values_;
    rule_.landed = LandedKeys::of({"a", "late", "unknown"});
    rule_.covered = from_seconds(1000);
  }
  static int64_t at(int64_t seconds) { return seconds * 1'000'000; }
  /// Versions are told by the stamp, unless there is a number.
  bool takes(std::string_view key, uint64_t values, std::optional<int64_t> stamp_us, std::optional<int64_t> version = {}) const {
    return rule_.takes({.key = key, .values = values, .stamp_us = stamp_us, .version = version.value_or(stamp_us.value_or(0))});
  }

  TemporaryFolder folder_;
  lake::LocalFileIo files_;
  CalculatedGatherer gatherer_;
  CalculatedMemory values_;
  RefreshRule rule_;
};

TEST_F(RefreshRuleTest, Pain5TakesRecordsThatLandedAndDiffer) {
  EXPECT_FALSE(takes("a", 1, at(10)));
  EXPECT_TRUE(takes("a", 2, at(10)));
  EXPECT_TRUE(takes("a", 2, std::nullopt));
  EXPECT_TRUE(takes("unknown", 1, at(10))) << "landed before anybody remembered";
  EXPECT_FALSE(takes("new", 1, at(10))) << "never landed: a window brings it";
}

TEST_F(RefreshRuleTest, Pain5LeavesToWindowsWhatTheyBring) {
  EXPECT_FALSE(takes("a", 2, at(1000))) << "changed behind the last window";
  EXPECT_TRUE(takes("a", 2, at(999)));
  rule_.waiting = {{.from = from_seconds(100), .to = from_seconds(200)}};
  EXPECT_FALSE(takes("a", 2, at(100))) << "its window did not land yet";
  EXPECT_TRUE(takes("a", 2, at(200)));
  EXPECT_TRUE(takes("a", 2, std::nullopt));
  rule_.waiting = {{.from = std::nullopt, .to = from_seconds(200)}};
  EXPECT_FALSE(takes("a", 2, std::nullopt)) << "the backfill brings rows without a stamp";
  rule_.waiting = {};
  rule_.covered.reset();
  EXPECT_FALSE(takes("a", 2, at(10))) << "the backfill is still to come";
  EXPECT_FALSE(takes("a", 2, std::nullopt));
}

TEST_F(RefreshRuleTest, Pain5DoublesNoRowThatTheLookBackBrings) {
  const std::string_view key = "a";
  KeyGatherer keys(from_seconds(900));
  keys.add({{.hash = hash_of_row(std::span(&key, 1), at(950)), .stamp_us = at(950)}});
  const std::filesystem::path file = folder_.path() / "seen";
  ASSERT_TRUE(keys.write(files_, file, {}, from_seconds(900)));
  const KeyMemory seen = KeyMemory::read(files_, file).value();
  rule_.seen = &seen;
  EXPECT_TRUE(takes("a", 2, at(950))) << "this version landed";
  EXPECT_FALSE(takes("a", 2, at(951))) << "this one became visible late: the next window looks back for it";
  EXPECT_FALSE(takes("late", 2, at(950)));
  EXPECT_TRUE(takes("late", 2, at(899)));
  EXPECT_TRUE(takes("a", 2, at(950), 71)) << "known from before versions had numbers";

  KeyGatherer numbered(from_seconds(900));
  numbered.add({{.hash = hash_of_row(std::span(&key, 1), 71), .stamp_us = at(950)}});
  ASSERT_TRUE(numbered.write(files_, file, {}, from_seconds(900)));
  const KeyMemory versions = KeyMemory::read(files_, file).value();
  rule_.seen = &versions;
  EXPECT_TRUE(takes("a", 2, at(950), 71));
  EXPECT_FALSE(takes("a", 2, at(950), 72)) << "changed once more in the same second: the look-back brings it";
}

}  // namespace
}  // namespace foz::schedule
