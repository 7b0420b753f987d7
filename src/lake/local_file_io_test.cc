#include <gtest/gtest.h>

#include <cstdint>

#include "base/random.h"
#include "base/testing.h"
#include "lake/file_io.h"

namespace foz::lake {
namespace {

std::string some_bytes(size_t count, uint64_t seed) {
  std::string bytes(count, '\0');
  SeededRandom(seed).fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

TEST(LocalFiles, AppendCutsOffWhatWasNotKept) {
  TemporaryFolder temp;
  LocalFileIo files;
  {
    auto file = files.open_append(temp.path() / "log", 0);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->append("0123456789"));
    ASSERT_TRUE((*file)->sync());
  }
  auto again = files.open_append(temp.path() / "log", 4);
  ASSERT_TRUE(again);
  ASSERT_TRUE((*again)->append("xy"));
  EXPECT_EQ(files.read(temp.path() / "log", 2, 100).value(), "23xy");
  EXPECT_EQ(files.read(temp.path() / "log", 100, 5).value(), "");
  EXPECT_EQ(files.size(temp.path() / "log").value(), 6u);
}

TEST(LocalFiles, MakesAFolderWithItsParentsOnceOrAgain) {
  const TemporaryFolder root;
  LocalFileIo files;
  const auto deep = root.path() / "a" / "b" / "c";
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(files.make_folder(deep));
    EXPECT_TRUE(std::filesystem::is_directory(deep));
  }
  ASSERT_TRUE(files.write_whole(root.path() / "file", "x"));
  for (const auto& folder : {root.path() / "file", root.path() / "file" / "below"}) {
    const Status made = files.make_folder(folder);
    ASSERT_FALSE(made) << "a file is in the way";
    EXPECT_NE(made.error().message.find("file"), std::string::npos) << made.error().message;
  }
}

TEST(LocalFiles, WhatIsNotThereIsNotFound) {
  TemporaryFolder temp;
  LocalFileIo files;
  EXPECT_EQ(files.read(temp.path() / "none", 0, 1).error().kind, ErrorKind::not_found);
  EXPECT_EQ(files.publish(temp.path() / "none", temp.path() / "other").error().kind, ErrorKind::not_found);
  EXPECT_TRUE(files.list(temp.path() / "nowhere")->empty());
  EXPECT_TRUE(files.remove_file(temp.path() / "none"));
}

TEST(LocalFiles, PiecesOfAllSizesFollowOneAnother) {
  TemporaryFolder temp;
  LocalFileIo files;
  for (const ReadBack read_back : {ReadBack::soon, ReadBack::rarely}) {
    const auto log = temp.path() / (read_back == ReadBack::soon ? "soon" : "rarely");
    std::string wanted;
    for (uint64_t round = 0; round < 3; ++round) {  // each time opened anew, at whatever byte the last one ended
      auto file = files.open_append(log, wanted.size(), read_back);
      ASSERT_TRUE(file);
      for (const size_t size : {size_t{7}, size_t{300'000}, size_t{4096}, size_t{262'144}, size_t{0}, size_t{3'000'001}, size_t{1}}) {
        const std::string piece = some_bytes(size, round * 10 + size);
        ASSERT_TRUE((*file)->append(piece));
        wanted += piece;
        if (read_back == ReadBack::soon) {
          ASSERT_EQ(files.size(log).value(), wanted.size()) << "a process that is killed now loses nothing";
        }
      }
      ASSERT_TRUE((*file)->sync());
      ASSERT_TRUE(files.read(log, 0, UINT64_MAX).value() == wanted) << round;
      wanted.resize(wanted.size() - 5);
    }
  }
}

}  // namespace
}  // namespace foz::lake
