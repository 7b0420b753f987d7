#include "schedule/key_memory.h"

#include "base/testing.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace foz::schedule {
namespace {

const Instant kKnownSince = from_seconds(1'727'049'600);

KeyHash row(std::string_view id, int64_t stamp) {
  const std::string_view key[] = {id};
  return hash_of_row(key, stamp);
}

class Keys : public testing::Test {
 protected:
  lake::LocalFileIo files;
  TemporaryFolder folder;
};

TEST(KeyHashes, TellRowsApart) {
  const std::string_view ab[] = {"a", "b"}, a_b[] = {"ab", ""};
  EXPECT_NE(hash_of_row(ab, 1), hash_of_row(a_b, 1));
  EXPECT_NE(row("a", 1), row("a", 2)) << "a row that changed again is another row";
  EXPECT_EQ(row("a", 1), row("a", 1));
}

TEST_F(Keys, RememberWhatStillMatters) {
  KeyGatherer first(from_millis(100));
  EXPECT_FALSE(first.wants(99'999));
  EXPECT_TRUE(first.wants(100'000));
  first.add({{row("a", 100'000), 100'000}, {row("b", 150'000), 150'000}, {row("b", 150'000), 150'000}});
  ASSERT_TRUE(first.write(files, folder / "f" / "1.keys", {}, kKnownSince));
  const auto memory = KeyMemory::read(files, folder / "f" / "1.keys");
  ASSERT_TRUE(memory) << to_string(memory.error());
  EXPECT_EQ(memory->size(), 2u);
  EXPECT_TRUE(memory->holds(row("a", 100'000)));
  EXPECT_FALSE(memory->holds(row("a", 100'001)));

  KeyGatherer second(from_millis(120));
  second.add({{row("c", 170'000), 170'000}});
  EXPECT_EQ(memory->complete_from(), kKnownSince);
  ASSERT_TRUE(second.write(files, folder / "f" / "2.keys", *memory, kKnownSince));
  const auto next = KeyMemory::read(files, folder / "f" / "2.keys");
  ASSERT_TRUE(next);
  EXPECT_FALSE(next->holds(row("a", 100'000))) << "no later window looks back that far";
  EXPECT_TRUE(next->holds(row("b", 150'000)));
  EXPECT_TRUE(next->holds(row("c", 170'000)));
}

TEST_F(Keys, ADamagedFileIsKnown) {
  KeyGatherer gatherer(from_millis(0));
  gatherer.add({{row("a", 1), 1}});
  ASSERT_TRUE(gatherer.write(files, folder / "k", {}, kKnownSince));
  std::string bytes = files.read(folder / "k", 0, UINT64_MAX).value();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 4;
    ASSERT_TRUE(files.write_whole(folder / "d", damaged));
    EXPECT_FALSE(KeyMemory::read(files, folder / "d")) << "byte " << i;
    ASSERT_TRUE(files.write_whole(folder / "d", bytes.substr(0, i)));
    EXPECT_FALSE(KeyMemory::read(files, folder / "d")) << "cut at " << i;
  }
  EXPECT_EQ(KeyMemory::read(files, folder / "none").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace foz::schedule
