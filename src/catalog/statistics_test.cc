#include "catalog/statistics.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "base/testing.h"

namespace foz::catalog {
namespace {

using engine::Field;
using engine::Kind;

Layout layout(std::vector<Field> fields) { return std::make_shared<const std::vector<Field>>(std::move(fields)); }

const Field kName{.name = "person", .kind = Kind::object, .id = 1, .children = {{.name = "name", .kind = Kind::string, .id = 2}}};
const Field kAge{.name = "age", .kind = Kind::int32, .id = 3};
const Field kTags{.name = "tags", .kind = Kind::list, .id = 4, .children = {{.name = "element", .kind = Kind::string, .id = 5}}};

const ColumnSummary& column(const DatasetSummary& summary, const std::string& path) {
  for (const ColumnSummary& one : summary.columns) {
    if (one.path == path) return one;
  }
  static const ColumnSummary kNone;
  ADD_FAILURE() << "no column " << path;
  return kNone;
}

TEST(Statistics, SumUpWhatFilesTell) {
  const std::vector<DatasetFile> files = {
      {.name = "a", .bytes = 100, .records = 10, .layout = layout({kName, kAge, kTags}),
       .statistics = {{"person.name", {{"values", 10}, {"nulls", 2}, {"min", "Ana"}, {"max", "Zoe"}}}, {"age", {{"values", 10}, {"nulls", 0}, {"min", "9"}, {"max", "80"}}},
                      {"tags.element", {{"values", 30}, {"nulls", 3}}}}},
      {.name = "b", .bytes = 50, .records = 5, .layout = layout({kAge}), .statistics = {{"age", {{"values", 5}, {"nulls", 5}, {"min", "10"}, {"max", "100"}}}}}};
  const DatasetSummary summary = summary_of(files);
  EXPECT_EQ(summary.rows, 15);
  EXPECT_EQ(summary.bytes, 150);
  EXPECT_EQ(summary.files, 2);
  EXPECT_EQ(column(summary, "person.name").nulls, 7) << "a file without the column holds nulls";
  EXPECT_DOUBLE_EQ(column(summary, "person.name").null_share(), 7.0 / 15);
  EXPECT_EQ(column(summary, "age").minimum, "9") << "numbers compare as numbers";
  EXPECT_EQ(column(summary, "age").maximum, "100");
  EXPECT_EQ(column(summary, "tags.element").values, 30) << "a list that is not there has no elements";
  const Json json = to_json(summary);
  EXPECT_EQ(json["columns"].size(), 3U);
  EXPECT_TRUE(json["columns"][0]["distinctEstimate"].is_null());
}

TEST(Statistics, OfNothing) {
  const DatasetSummary summary = summary_of({});
  EXPECT_EQ(to_canonical_text(to_json(summary)), R"({"bytes":0,"columns":[],"files":0,"rows":0})");
}

TEST(Statistics, EstimateDistinctValues) {
  TemporaryFolder folder;
  const auto engine = engine::Engine::open({.memory_bytes = 64u << 20, .threads = 2, .allowed_folders = {folder.path()}});
  ASSERT_TRUE(engine) << to_string(engine.error());
  const std::string all = (folder.path() / "a.parquet").string(), some = (folder.path() / "b.parquet").string();
  ASSERT_TRUE((*engine)->query("COPY (SELECT {name: 'p' || (i % 100)} AS person, i::INTEGER AS age, [i::VARCHAR] AS tags FROM range(1000) t(i)) TO '" + all + "' (FORMAT parquet)"));
  ASSERT_TRUE((*engine)->query("COPY (SELECT 7::INTEGER AS age FROM range(10)) TO '" + some + "' (FORMAT parquet)"));
  const std::vector<DatasetFile> files = {{.name = "a", .path = "a.parquet", .records = 1000, .layout = layout({kName, kAge, kTags}), .statistics = Json::object()},
                                          {.name = "b", .path = "b.parquet", .records = 10, .layout = layout({kAge}), .statistics = Json::object()}};
  DatasetSummary summary = summary_of(files);
  const Status estimated = estimate_distinct(**engine, folder.path(), files, summary, {});
  ASSERT_TRUE(estimated) << to_string(estimated.error());
  EXPECT_NEAR(static_cast<double>(column(summary, "person.name").distinct.value_or(0)), 100, 40);
  EXPECT_NEAR(static_cast<double>(column(summary, "age").distinct.value_or(0)), 1000, 400);
  EXPECT_FALSE(column(summary, "tags.element").distinct);
}

}  // namespace
}  // namespace foz::catalog
