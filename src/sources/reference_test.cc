#include "sources/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace foz::sources {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// FOZ_REFRESH=1 writes page and table anew; the diff is the review.
bool refreshes() { return std::getenv("FOZ_REFRESH") != nullptr; }

TEST(SourceReference, PageIsFresh) {
  const std::filesystem::path file = std::filesystem::path(FOZ_SOURCE_DIR) / "docs/reference/sources.md";
  if (refreshes()) std::ofstream(file) << source_page();
  EXPECT_EQ(read(file), source_page()) << "run the test with FOZ_REFRESH=1 and look at the diff";
}

TEST(SourceReference, TableInTheReadmeIsFresh) {
  const std::filesystem::path file = std::filesystem::path(FOZ_SOURCE_DIR) / "README.md";
  std::string text = read(file);
  const std::string head = "## Sources\n\n";
  const size_t begin = text.find(head);
  ASSERT_NE(begin, std::string::npos);
  const size_t from = begin + head.size(), end = text.find("\n\n", from) + 1;
  if (refreshes()) {
    text.replace(from, end - from, source_table());
    std::ofstream(file) << text;
  }
  EXPECT_EQ(text.substr(from, std::min(text.size() - from, source_table().size())), source_table()) << "run the test with FOZ_REFRESH=1 and look at the diff";
}

}  // namespace
}  // namespace foz::sources
