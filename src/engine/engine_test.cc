#include "engine/engine.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace foz::engine {
namespace {

std::unique_ptr<Engine> open_engine(std::vector<std::filesystem::path> folders = {}) {
  auto engine = Engine::open({.memory_bytes = 256u << 20, .threads = 2, .allowed_folders = std::move(folders)});
  EXPECT_TRUE(engine) << (engine ? "" : to_string(engine.error()));
  return std::move(*engine);
}

Json single(Engine& engine, const std::string& sql) {
  auto rows = engine.query(sql);
  if (!rows) return to_string(rows.error());
  return rows->rows.at(0).at(0);
}

TEST(Engine, ReadsEveryTypeAsJson) {
  const auto engine = open_engine();
  const std::pair<const char*, Json> cases[] = {
      {"true", true},
      {"42::TINYINT", 42},
      {"9007199254740993", 9007199254740993},
      {"1.5::DOUBLE", 1.5},
      {"'nan'::DOUBLE", "NaN"},
      {"123.4500::DECIMAL(38,4)", "123.4500"},
      {"-0.05::DECIMAL(4,2)", "-0.05"},
      {"'ação'", "ação"},
      {"DATE '2024-02-29'", "2024-02-29"},
      {"TIMESTAMPTZ '2020-04-15 23:34:21.034+00'", "2020-04-15T23:34:21.034Z"},
      {"[1, NULL, 3]", Json::array({1, nullptr, 3})},
      {"{a: 1, b: NULL}", Json{{"a", 1}}},
      {"MAP {'k': 'v'}", Json{{"k", "v"}}},
      {"NULL", nullptr},
  };
  for (const auto& [sql, wanted] : cases) {
    EXPECT_EQ(single(*engine, std::string("SELECT ") + sql), wanted) << sql;
  }
}

TEST(Engine, RefusesTheWorldOutside) {
  const auto engine = open_engine();
  for (const char* sql : {"SELECT * FROM read_csv('/etc/passwd')", "COPY (SELECT 1) TO '/var/tmp/foz_out.csv'", "INSTALL httpfs",
                          "ATTACH '/var/tmp/foz_other.db'", "SET memory_limit = '1TB'"}) {
    EXPECT_FALSE(engine->query(sql)) << sql;
  }
}

TEST(Engine, NamesWhatIsWrongInSql) {
  const auto engine = open_engine();
  const auto rows = engine->query("SELECT nope FROM (SELECT 1 AS a)");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().kind, ErrorKind::invalid);
  EXPECT_THAT(rows.error().message, testing::HasSubstr("nope"));
}

TEST(Engine, StopsWhenAsked) {
  const auto engine = open_engine();
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto rows = engine->query("SELECT count(*) FROM range(100000000000) a WHERE hash(a.range) = 1", stop.get_token());
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().kind, ErrorKind::cancelled);
}

/// A few chunks with scalars, an object made of members, and a dynamic list and map.
class SampleTable final : public ChunkTable {
 public:
  explicit SampleTable(std::optional<Error> failure = {}) : failure_(std::move(failure)) {
    const Field name{.name = "name", .kind = Kind::object, .id = 2, .children = {{"first", Kind::string, 3}, {"year", Kind::int16, 4}}};
    const Field tags{.name = "tags", .kind = Kind::list, .id = 5, .children = {{"element", Kind::string, 6}}};
    const Field ids{.name = "ids", .kind = Kind::map, .id = 7,
                    .children = {{"key", Kind::string, 8}, {"value", Kind::list, 9, {{"element", Kind::object, 10, {{"id", Kind::string, 11}}}}}}};
    slots_ = {{.field = {"seen", Kind::timestamp, 1}, .column = 0},
              {.field = name, .members = {{.field = name.children[0], .column = 1}, {.field = name.children[1], .column = 2}}},
              {.field = tags, .column = 3},
              {.field = ids, .column = 4}};
  }
  const std::vector<Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return 2; }
  Result<std::unique_ptr<ChunkReader>> open_reader() override { return std::unique_ptr<ChunkReader>(new Reader(*this)); }

  static constexpr int kChunks = 5;
  static constexpr size_t kRows = 1000;

 private:
  class Reader final : public ChunkReader {
   public:
    explicit Reader(SampleTable& table) : table_(table) {
      for (const Type type : {Type::timestamp, Type::string, Type::integer, Type::any, Type::any}) chunk_.columns.emplace_back(type);
    }
    Result<const Chunk*> next() override {
      const int number = table_.next_++;
      if (number == 2 && table_.failure_) return *table_.failure_;
      if (number >= kChunks) return nullptr;
      chunk_.arena.clear();
      chunk_.rows = kRows;
      for (size_t row = 0; row < kRows; ++row) fill(row, number * static_cast<int64_t>(kRows) + static_cast<int64_t>(row));
      return &chunk_;
    }

   private:
    void fill(size_t row, int64_t id) {
      Arena& arena = chunk_.arena;
      chunk_.columns[0].put(row, Value::of_timestamp(id * 1'000'000));
      const std::string text = "name number " + std::to_string(id);
      chunk_.columns[1].put(row, id % 3 == 0 ? Value() : Value::of_text(arena.keep(text)));
      chunk_.columns[2].put(row, id % 3 == 0 ? Value() : Value::of_integer(id % 2000));
      auto tags = arena.make<Value>(static_cast<size_t>(id % 4));
      for (Value& tag : tags) tag = Value::of_text("t");
      chunk_.columns[3].put(row, id % 5 == 0 ? Value() : Value::of_array(tags));
      auto member = arena.make<Member>(1);
      member[0] = {"id", Value::of_text(arena.keep(text))};
      auto item = arena.make<Value>(1);
      item[0] = Value::of_object(member);
      auto entry = arena.make<Member>(1);
      entry[0] = {"Email", Value::of_array(item)};
      chunk_.columns[4].put(row, Value::of_object(entry));
    }
    SampleTable& table_;
    Chunk chunk_;
  };

  std::vector<Slot> slots_;
  std::atomic<int> next_ = 0;
  std::optional<Error> failure_;
};

TEST(ChunkTable, StandsAsATableInSql) {
  const auto engine = open_engine();
  SampleTable table;
  ASSERT_TRUE(engine->add_table("sample", table));
  const auto rows = engine->query(
      "SELECT count(*), count(name), sum(name.year), max(name.first), sum(len(tags)), count(tags), min(ids['Email'][1].id), max(seen) FROM sample()");
  ASSERT_TRUE(rows) << to_string(rows.error());
  int64_t named = 0, years = 0, tags = 0, tagged = 0;
  for (int64_t id = 0; id < 5000; ++id) {
    if (id % 3 != 0) ++named, years += id % 2000;
    if (id % 5 != 0) ++tagged, tags += id % 4;
  }
  EXPECT_EQ(rows->rows[0][0], 5000);
  EXPECT_EQ(rows->rows[0][1], named) << "an object whose members are all null is null";
  EXPECT_EQ(rows->rows[0][2], years);
  EXPECT_EQ(rows->rows[0][3], "name number 998");
  EXPECT_EQ(rows->rows[0][4], tags);
  EXPECT_EQ(rows->rows[0][5], tagged);
  EXPECT_EQ(rows->rows[0][6], "name number 0");
  EXPECT_EQ(rows->rows[0][7], "1970-01-01T01:23:19.000Z");
}

TEST(ChunkTable, TakesThePlaceOfAnother) {
  const auto engine = open_engine();
  {
    SampleTable broken(Error{.kind = ErrorKind::corrupt, .message = "page 3 is cut off"});
    ASSERT_TRUE(engine->add_table("sample", broken));
    ASSERT_FALSE(engine->query("SELECT count(*) FROM sample()"));
  }
  SampleTable table;
  ASSERT_TRUE(engine->add_table("sample", table));
  const auto rows = engine->query("SELECT count(*) FROM sample()");
  ASSERT_TRUE(rows) << to_string(rows.error());
  EXPECT_EQ(rows->rows[0][0], 5000);
}

TEST(ChunkTable, HandsOnTheErrorOfItsReader) {
  const auto engine = open_engine();
  SampleTable table(Error{.kind = ErrorKind::corrupt, .message = "page 3 is cut off", .code = "X-1"});
  ASSERT_TRUE(engine->add_table("sample", table));
  const auto rows = engine->query("SELECT count(*) FROM sample()");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error(), (Error{.kind = ErrorKind::corrupt, .message = "page 3 is cut off", .code = "X-1"}));
}

}  // namespace
}  // namespace foz::engine
