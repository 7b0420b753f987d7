#include "lake/parquet.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/json.h"
#include "base/testing.h"

namespace foz::lake {
namespace {

using engine::Chunk;
using engine::Kind;
using engine::Slot;
using engine::Type;
using engine::Value;

/// `rows` rows of {id, person.name}, in chunks of 500.
class People final : public engine::ChunkTable {
 public:
  explicit People(int64_t rows, std::optional<Error> failure = {}) : left_(rows), failure_(std::move(failure)) {
    slots_ = {{.field = {"id", Kind::int64, 7}, .column = 0},
              {.field = {"person", Kind::object, 8, {{"name", Kind::string, 9}}}, .members = {{.field = {"name", Kind::string, 9}, .column = 1}}}};
  }
  const std::vector<Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return 1; }
  Result<std::unique_ptr<engine::ChunkReader>> open_reader() override { return std::unique_ptr<engine::ChunkReader>(new Reader(*this)); }

 private:
  class Reader final : public engine::ChunkReader {
   public:
    explicit Reader(People& people) : people_(people) {
      chunk_.columns.emplace_back(Type::integer);
      chunk_.columns.emplace_back(Type::string);
    }
    Result<const Chunk*> next() override {
      if (people_.failure_ && people_.left_ < 1000) return *people_.failure_;
      if (people_.left_ <= 0) return nullptr;
      chunk_.arena.clear();
      chunk_.rows = static_cast<size_t>(std::min<int64_t>(500, people_.left_));
      for (size_t row = 0; row < chunk_.rows; ++row) {
        const int64_t id = people_.left_--;
        chunk_.columns[0].put(row, Value::of_integer(id));
        chunk_.columns[1].put(row, id % 10 == 0 ? Value() : Value::of_text(chunk_.arena.keep("name of number " + std::to_string(id))));
      }
      return &chunk_;
    }

   private:
    People& people_;
    Chunk chunk_;
  };
  std::vector<Slot> slots_;
  int64_t left_;
  std::optional<Error> failure_;
};

class Parquet : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = engine::Engine::open({.memory_bytes = 256u << 20, .threads = 2, .allowed_folders = {temp.path()}});
    ASSERT_TRUE(opened) << to_string(opened.error());
    engine = std::move(*opened);
  }
  TemporaryFolder temp;
  LocalFileIo files;
  std::unique_ptr<engine::Engine> engine;
};

TEST_F(Parquet, WritesRowsWithFieldIdsAndStatistics) {
  People people(3000);
  const auto written = write_parquet(*engine, people, files, {.folder = temp.path() / "batch"}, {});
  ASSERT_TRUE(written) << to_string(written.error());
  ASSERT_EQ(written->size(), 1u);
  const DataFile& file = written->front();
  EXPECT_EQ(file.path, temp.path() / "batch" / "part-00000.parquet");
  EXPECT_EQ(file.records, 3000);
  EXPECT_EQ(file.bytes, std::filesystem::file_size(file.path));
  EXPECT_EQ(file.columns.at("id").nulls, 0);
  EXPECT_EQ(file.columns.at("id").minimum, "1");
  EXPECT_EQ(file.columns.at("id").maximum, "3000");
  EXPECT_EQ(file.columns.at("person.name").nulls, 300);
  EXPECT_EQ(footer_records(*engine, file.path).value(), 3000);
  const auto ids = engine->query("SELECT name, field_id FROM parquet_schema('" + file.path.string() + "') WHERE field_id IS NOT NULL ORDER BY field_id");
  ASSERT_TRUE(ids) << to_string(ids.error());
  Json seen = Json::object();
  for (const auto& row : ids->rows) seen[row[0].get<std::string>()] = row[1];
  EXPECT_EQ(seen, (Json{{"id", 7}, {"person", 8}, {"name", 9}}));
}

TEST_F(Parquet, NoRowsGiveNoFiles) {
  People nobody(0);
  const auto written = write_parquet(*engine, nobody, files, {.folder = temp.path() / "batch"}, {});
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_TRUE(written->empty());
  EXPECT_TRUE(files.list(temp.path() / "batch")->empty());
}

TEST_F(Parquet, ManyRowsBecomeSeveralFilesWithoutEmptyOnes) {
  People people(600'000);
  const auto written = write_parquet(*engine, people, files, {.folder = temp.path() / "batch", .file_bytes_target = 200'000}, {});
  ASSERT_TRUE(written) << to_string(written.error());
  EXPECT_GT(written->size(), 1u);
  int64_t records = 0;
  for (const DataFile& file : *written) {
    EXPECT_GT(file.records, 0);
    EXPECT_EQ(footer_records(*engine, file.path).value(), file.records);
    records += file.records;
  }
  EXPECT_EQ(records, 600'000);
  EXPECT_EQ(files.list(temp.path() / "batch")->size(), written->size());
}

TEST_F(Parquet, AReaderThatBreaksOffLeavesNothing) {
  People people(3000, Error{.kind = ErrorKind::corrupt, .message = "page 7 is cut off"});
  const auto written = write_parquet(*engine, people, files, {.folder = temp.path() / "batch"}, {});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "page 7 is cut off");
  EXPECT_FALSE(std::filesystem::exists(temp.path() / "batch"));
}

TEST_F(Parquet, ADamagedFileIsNamed) {
  ASSERT_TRUE(files.write_whole(temp.path() / "bad.parquet", "PAR1 and nothing more"));
  const auto records = footer_records(*engine, temp.path() / "bad.parquet");
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(records.error().message, testing::HasSubstr("bad.parquet"));
}

}  // namespace
}  // namespace foz::lake
