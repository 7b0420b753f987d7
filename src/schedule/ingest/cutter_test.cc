// Follows: Ingestion and access contract, 7.
#include "schedule/ingest/cutter.h"

#include "base/testing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>

namespace foz::schedule {
namespace {

class Cutters : public testing::Test {
 protected:

  using Make = std::function<std::unique_ptr<Cutter>(InputFile, CutLimits)>;

  /// Every record of a file with those bytes, `!` before the unreadable ones, one per line.
  std::string cut(const Make& make, const std::string& bytes, CutLimits limits = {}) {
    std::ofstream(folder / "file", std::ios::binary) << bytes;
    const auto cutter = make({.files = files, .path = folder / "file", .name = "a.json"}, limits);
    std::string all;
    for (int pages = 0; pages < 100'000; ++pages) {
      const auto page = cutter->next();
      if (!page) return page.error().code;
      if (!*page) return all;
      EXPECT_EQ((*page)->filename, "a.json");
      EXPECT_GE((*page)->bytes.capacity(), (*page)->bytes.size() + kJsonPadding);
      for (const RecordPiece& piece : (*page)->records) all += (piece.defect.empty() ? "" : "!") + std::string((*page)->text(piece)) + "\n";
    }
    return "never ends";
  }
  /// The same whatever the size of the blocks.
  std::string cut_at_any_size(const Make& make, const std::string& bytes) {
    const std::string whole = cut(make, bytes);
    for (uint64_t size = 3; size <= std::min<uint64_t>(bytes.size() + 1, 40); ++size) EXPECT_EQ(cut(make, bytes, {.block_bytes = size}), whole) << "blocks of " << size << " of " << bytes;
    return whole;
  }

  lake::LocalFileIo files;
  TemporaryFolder folder;
};

struct CutCase {
  std::string_view bytes, wanted;
};

TEST_F(Cutters, JsonLines) {
  const CutCase kCases[] = {
      {"", ""},
      {"{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n"},
      {"{\"a\":1}\r\n\r\n  {\"a\":2} \n\n{\"a\":3}", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"},
      {"\xef\xbb\xbf{\"a\":1}\n", "{\"a\":1}\n"},
      {"[{\"a\":1}, {\"b\":[\"}\", {}]}]\n{\"a\":2}\n", "{\"a\":1}\n{\"b\":[\"}\", {}]}\n{\"a\":2}\n"},
      {"[{\"a\":\"\\\"}\"}]", "{\"a\":\"\\\"}\"}\n"},
      {"[]\n[ ]\n", ""},
      {"rubbish\n{\"a\":1}\n5\n\"x\"\n", "!rubbish\n{\"a\":1}\n!5\n!\"x\"\n"},
      {"{\"a\":\n1}\n", "{\"a\":\n!1}\n"},  // half an object is found out when it is read
      {"[{\"a\":1}, 5, {\"a\":2}]\n{\"a\":3}\n", "{\"a\":1}\n!5, {\"a\":2}]\n{\"a\":3}\n"},
      {"[{\"a\":1}, {\"b\":\n{\"a\":3}\n", "{\"a\":1}\n!{\"b\":\n{\"a\":3}\n"},
  };
  for (const CutCase& c : kCases) EXPECT_EQ(cut_at_any_size(cut_json_lines, std::string(c.bytes)), c.wanted) << c.bytes;
}

TEST_F(Cutters, JsonObjects) {
  const CutCase kCases[] = {
      {"", ""},
      {"[\n {\"a\": 1},\n {\"a\": {\"b\": \"]}\"}}\n]\n", "{\"a\": 1}\n{\"a\": {\"b\": \"]}\"}}\n"},
      {"{\n \"a\": 1\n}", "{\n \"a\": 1\n}\n"},
      {"{\"a\":1}{\"a\":2}\n{\"a\":3}", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"},
      {"[]", ""},
      {"[{\"a\":1}, rubbish, {\"a\":2}]", "{\"a\":1}\n!rubbish, {\"a\":2}]\n"},
      {"[{\"a\":1}, {\"a\": \"never closed", "{\"a\":1}\n!{\"a\": \"never closed\n"},
      {"[[{\"a\":1}]]", "![{\"a\":1}]]\n"},
      {"\"text\"", "!\"text\"\n"},
  };
  // How much of a broken rest is shown depends on what was read of it; whole files are read here.
  for (const CutCase& c : kCases) EXPECT_EQ(cut(cut_json_objects, std::string(c.bytes)), c.wanted) << c.bytes;
  for (const CutCase& c : kCases) {
    if (c.wanted.find('!') != c.wanted.npos) continue;
    EXPECT_EQ(cut_at_any_size(cut_json_objects, std::string(c.bytes)), c.wanted) << c.bytes;
  }
}

TEST_F(Cutters, LargeRecordsAreNotKept) {
  const std::string large = "{\"a\":\"" + std::string(5000, 'x') + "\"}", small = "{\"b\":1}";
  const std::string kept = "!" + large.substr(0, 1024) + "\n";
  for (const uint64_t block : {64u, 777u, 100'000u}) {
    const CutLimits limits{.block_bytes = block, .record_bytes_max = 2000};
    EXPECT_EQ(cut(cut_json_lines, large + "\n" + small + "\n", limits), kept + small + "\n") << block;
    EXPECT_EQ(cut(cut_json_objects, "[" + large + "," + small + "]", limits), kept + small + "\n") << block;
    EXPECT_EQ(cut(cut_json_lines, "[" + small + "," + large + "]\n" + small + "\n", limits).substr(0, 10), small + "\n!{") << block;
    const Make csv = [](InputFile file, CutLimits l) { return cut_csv(std::move(file), l, {}); };
    const std::string cell(5000, 'x');
    EXPECT_EQ(cut(csv, "a,b\n" + cell + ",1\n2,3\n", limits), "!" + cell.substr(0, 1024) + "\n2,3\n") << block;
  }
}

TEST_F(Cutters, Csv) {
  const Make csv = [](InputFile file, CutLimits limits) { return cut_csv(std::move(file), limits, {}); };
  const CutCase kCases[] = {
      {"a,b\n1,2\n3,4\n", "1,2\n3,4\n"},
      {"a,b\r\n1,2\r\n\r\n3,4", "1,2\n3,4\n"},
      {"\xef\xbb\xbf" "a,b\n1,2\n", "1,2\n"},
      {"a,b\n\"1\n2\",3\n", "\"1\n2\",3\n"},
      {"a,b\n\"1\"\"\n\",3\n4,5\n", "\"1\"\"\n\",3\n4,5\n"},
      {"a,b\n\"1\\\"\n\",3\n4,5\n", "\"1\\\"\n\",3\n4,5\n"},
      {"a,b\n5\",2\n3,4\n", "5\",2\n3,4\n"},
      {"a,b\n", ""},
      {"a,b\n\"open,1\n2,3\n", "!\"open,1\n2,3\n\n"},
      {"a,b\n\xff,1\n2,3\n", "!\xff,1\n2,3\n"},
      {"", "118"},
      {"\n1,2\n", "118"},
      {",,\n1,2,3\n", "118"},
  };
  for (const CutCase& c : kCases) EXPECT_EQ(cut_at_any_size(csv, std::string(c.bytes)), c.wanted) << c.bytes;
  const Make latin = [](InputFile file, CutLimits limits) { return cut_csv(std::move(file), limits, {.charset = CsvDialect::Charset::latin1}); };
  EXPECT_EQ(cut_at_any_size(latin, "a\n\xe9t\xe9\n"), "\xc3\xa9t\xc3\xa9\n");
  const Make ascii = [](InputFile file, CutLimits limits) { return cut_csv(std::move(file), limits, {.charset = CsvDialect::Charset::ascii}); };
  EXPECT_EQ(cut_at_any_size(ascii, "a\n\xc3\xa9\nb\n"), "!\xc3\xa9\nb\n");
}

TEST(Cells, AreUnquoted) {
  struct Case { std::string_view row; std::vector<std::string_view> wanted; };
  const Case kCases[] = {{"", {""}},
                         {"a,b", {"a", "b"}},
                         {"a,,", {"a", "", ""}},
                         {R"("a,b",c)", {"a,b", "c"}},
                         {R"("a""b","")", {"a\"b", ""}},
                         {R"("a\"b",c)", {"a\"b", "c"}},
                         {R"(a"b,c)", {"a\"b", "c"}},
                         {R"("open)", {"!"}},
                         {R"("a"b,c)", {"!"}}};
  for (const Case& c : kCases) {
    engine::Arena arena;
    std::vector<std::string_view> cells;
    if (!split_cells(c.row, {}, arena, cells)) cells = {"!"};
    EXPECT_EQ(cells, c.wanted) << c.row;
  }
  engine::Arena arena;
  std::vector<std::string_view> cells;
  ASSERT_TRUE(split_cells("'a;b';c''d;'e''f'", {.delimiter = ';', .quote = '\'', .escape = '\''}, arena, cells));
  EXPECT_EQ(cells, (std::vector<std::string_view>{"a;b", "c''d", "e'f"}));
}

}  // namespace
}  // namespace foz::schedule
