// Faults do what they say: tests of others stand on it.
#include "lake/faulty_file_io.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace foz::lake {
namespace {

using What = FileCall::What;
const Error kBroken{.kind = ErrorKind::unavailable, .message = "broken"};

class FaultyFileIoTest : public ::testing::Test {
 protected:
  void fail(What what, double done) { fault_ = {what, done}; }

  TemporaryFolder folder_;
  LocalFileIo disk_;
  std::optional<std::pair<What, double>> fault_;
  FaultyFileIo files_{disk_, [this](const FileCall& call) {
                        const bool fails = fault_ && fault_->first == call.what;
                        return fails ? std::optional(FileFault{.error = kBroken, .done = fault_->second}) : std::nullopt;
                      }};
};

TEST_F(FaultyFileIoTest, ATornAppendLeavesItsFirstBytes) {
  const auto file = files_.open_append(folder_ / "log", 0);
  fail(What::append, 0.5);
  EXPECT_FALSE((*file)->append("abcdef"));
  EXPECT_EQ(*disk_.read(folder_ / "log", 0, 100), "abc");
}

TEST_F(FaultyFileIoTest, AWholeWriteIsThereOrIsNot) {
  ASSERT_TRUE(files_.write_whole(folder_ / "plan", "old"));
  for (const auto& [done, wanted] : {std::pair(0.0, "old"), std::pair(0.5, "old"), std::pair(1.0, "new")}) {
    fail(What::write_whole, done);
    EXPECT_FALSE(files_.write_whole(folder_ / "plan", "new"));
    EXPECT_EQ(*disk_.read(folder_ / "plan", 0, 100), wanted) << done;
  }
}

TEST_F(FaultyFileIoTest, APowerCutTakesOnlyWhatWasNotSynced) {
  SeededRandom random(1);
  {
    const auto file = files_.open_append(folder_ / "log", 0);
    ASSERT_TRUE((*file)->append("safe"));
    ASSERT_TRUE((*file)->sync());
    ASSERT_TRUE((*file)->append(std::string(10'000, 'x')));
  }
  files_.cut_power(random);
  const std::string left = *disk_.read(folder_ / "log", 0, 20'000);
  EXPECT_EQ(left.substr(0, 4), "safe");
  EXPECT_LT(left.size(), 10'004u);
}

}  // namespace
}  // namespace foz::lake
