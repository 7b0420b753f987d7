#include "lake/tailed_file.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/random.h"
#include "base/testing.h"

namespace foz::lake {
namespace {

namespace fs = std::filesystem;

/// Bytes of a stream that every process makes alike, so that a file of any length can be checked.
std::string stream_bytes(uint64_t from, size_t count) {
  std::string bytes(count, '\0');
  for (size_t i = 0; i < count; ++i) {
    const uint64_t at = from + i;
    bytes[i] = static_cast<char>((at * 2654435761u) >> 13);
  }
  return bytes;
}

std::string content_of(const fs::path& file) { return LocalFileIo().read(file, 0, UINT64_MAX).value(); }
fs::path tail_of(const fs::path& file) { return file.string() + ".tail"; }

class TailedFiles : public testing::Test {
 protected:
  std::unique_ptr<AppendFile> open(uint64_t keep = UINT64_MAX) { return files.open_append(log, keep, ReadBack::rarely).value(); }

  TemporaryFolder temp;
  LocalFileIo files;
  const fs::path log = temp.path() / "log";
};

/// Appends until it is killed, and tells after each append how long the file is.
[[noreturn]] void append_for_ever(const fs::path& log, uint64_t from, uint64_t seed, int tell) {
  LocalFileIo files;
  SeededRandom random(seed);
  auto file = files.open_append(log, UINT64_MAX, ReadBack::rarely).value();
  for (uint64_t end = from;;) {
    const size_t kind = random.below(10);
    const size_t size = kind < 3 ? random.below(200) : kind < 8 ? 20'000 + random.below(80'000) : kind < 9 ? random.below(600'000) : random.below(6'000'000);
    if (!file->append(stream_bytes(end, size))) ::_exit(1);
    end += size;
    if (::write(tell, &end, sizeof end) != sizeof end) ::_exit(1);
    if (random.below(20) == 0 && !file->sync()) ::_exit(1);
  }
}

TEST_F(TailedFiles, AKilledProcessLosesNothingThatItAppended) {
  SeededRandom random(5);
  uint64_t kept = 0;
  int with_tail = 0;
  for (uint64_t round = 0; round < 25; ++round) {
    int tell[2];
    ASSERT_EQ(::pipe(tell), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) append_for_ever(log, kept, round, tell[1]);
    ::close(tell[1]);
    ::usleep(static_cast<useconds_t>(2000 + random.below(60'000)));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child failed by itself";
    uint64_t told = kept;
    for (uint64_t end = 0; ::read(tell[0], &end, sizeof end) == sizeof end;) told = end;
    ::close(tell[0]);
    with_tail += fs::exists(tail_of(log)) ? 1 : 0;
    ASSERT_TRUE(files.settle(log));
    EXPECT_FALSE(fs::exists(tail_of(log)));
    const std::string content = content_of(log);
    ASSERT_GE(content.size(), told) << "round " << round;
    ASSERT_TRUE(content == stream_bytes(0, content.size())) << "round " << round;
    // Half of them go on from a byte that the next process chooses, as a spool cuts a torn record off.
    kept = round % 2 == 0 ? told : content.size();
    if (kept > 60'000'000) kept = 0;
    ASSERT_TRUE(files.open_append(log, kept, ReadBack::rarely));
  }
  EXPECT_GT(with_tail, 5) << "killed too early to tell";
}

TEST_F(TailedFiles, WhatWasSyncedIsInTheFile) {
  auto file = open();
  uint64_t end = 0;
  for (const size_t size : {size_t{2'000'003}, size_t{1}, size_t{70'000}, size_t{9'000'000}, size_t{5}}) {
    ASSERT_TRUE(file->append(stream_bytes(end, size)));
    end += size;
    ASSERT_TRUE(file->sync());
    ASSERT_EQ(files.size(log).value(), end);
    ASSERT_TRUE(content_of(log) == stream_bytes(0, end));
  }
  ASSERT_TRUE(file->append(stream_bytes(end, 100'000)));
  file.reset();
  EXPECT_TRUE(content_of(log) == stream_bytes(0, end + 100'000)) << "closing moves the rest";
  EXPECT_FALSE(fs::exists(tail_of(log)));
}

TEST_F(TailedFiles, SyncsRunBesideAppends) {
  auto file = open();
  std::atomic<uint64_t> appended = 0;
  std::jthread syncing([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      const uint64_t before = appended;
      EXPECT_TRUE(file->sync());
      EXPECT_GE(files.size(log).value(), before);
    }
  });
  SeededRandom random(3);
  for (uint64_t end = 0; end < 60'000'000; appended = end) {
    const size_t size = random.below(300'000);
    ASSERT_TRUE(file->append(stream_bytes(end, size)));
    end += size;
  }
  syncing = {};
  file.reset();
  EXPECT_TRUE(content_of(log) == stream_bytes(0, appended));
}

TEST_F(TailedFiles, ShortFilesHaveNoTail) {
  auto file = open();
  ASSERT_TRUE(file->append(stream_bytes(0, 900'000)));
  EXPECT_FALSE(fs::exists(tail_of(log)));
  EXPECT_EQ(files.size(log).value(), 900'000u);
}

TEST_F(TailedFiles, ATailOfAnotherStartOfTheMachineDoesNotCount) {
  {
    auto file = open();
    ASSERT_TRUE(file->append(stream_bytes(0, 2'500'000)));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(file->append(stream_bytes(2'500'000, 300'000)));
    fs::copy_file(log, temp.path() / "other");
    fs::copy_file(tail_of(log), tail_of(temp.path() / "other"));
    fs::copy_file(log, temp.path() / "third");
    fs::copy_file(tail_of(log), tail_of(temp.path() / "third"));
  }
  const fs::path other = temp.path() / "other", third = temp.path() / "third";
  ASSERT_TRUE(files.settle(other));
  EXPECT_TRUE(content_of(other) == stream_bytes(0, 2'800'000)) << "of this start it counts";
  {
    std::fstream tail(tail_of(third), std::ios::in | std::ios::out | std::ios::binary);
    tail.seekp(4);
    tail << "00000000-0000-0000-0000-000000000000";
  }
  ASSERT_TRUE(files.settle(third));
  EXPECT_GE(files.size(third).value(), 2'500'000u);
  EXPECT_TRUE(content_of(third) == stream_bytes(0, files.size(third).value()));
  EXPECT_LT(files.size(third).value(), 2'800'000u);
  EXPECT_FALSE(fs::exists(tail_of(third)));
}

TEST_F(TailedFiles, WhatIsNoTailIsRemoved) {
  ASSERT_TRUE(files.write_whole(log, "kept"));
  for (const std::string& rubbish : {std::string(), std::string("FZT1"), std::string((4u << 20) + 4096, '\xff')}) {
    ASSERT_TRUE(files.write_whole(tail_of(log), rubbish));
    ASSERT_TRUE(files.settle(log));
    EXPECT_EQ(content_of(log), "kept");
    EXPECT_FALSE(fs::exists(tail_of(log)));
  }
}

TEST_F(TailedFiles, GoesWithoutATailWhereNoneCanBeMade) {
  auto file = open();
  fs::create_directory(tail_of(log));
  ASSERT_TRUE(file->append(stream_bytes(0, 3'000'000)));
  EXPECT_EQ(files.size(log).value(), 3'000'000u);
  ASSERT_TRUE(file->append(stream_bytes(3'000'000, 10)));
  ASSERT_TRUE(file->sync());
  EXPECT_TRUE(content_of(log) == stream_bytes(0, 3'000'010));
}

}  // namespace
}  // namespace foz::lake
