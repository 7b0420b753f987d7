#include "catalog/relation.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/json.h"
#include "base/testing.h"
#include "engine/engine.h"

namespace foz::catalog {
namespace {

using engine::Field;
using engine::Kind;

class Relation : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = engine::Engine::open({.allowed_folders = {folder}});
    ASSERT_TRUE(opened);
    engine = std::move(*opened);
  }

  /// Writes a file from SQL and tells what columns it has.
  DatasetFile write(const std::string& name, const std::string& sql, std::vector<Field> layout) {
    const auto rows = engine->query("COPY (" + sql + ") TO '" + (folder / name).string() + "'");
    EXPECT_TRUE(rows) << (rows ? "" : to_string(rows.error()));
    return {.name = name, .path = name, .layout = std::make_shared<const std::vector<Field>>(std::move(layout))};
  }
  Json rows(const std::vector<DatasetFile>& files) {
    const auto found = engine->query("SELECT * FROM (" + relation_sql(folder, files, columns) + ") ORDER BY id");
    if (!found) return to_string(found.error());
    Json list = Json::array();
    for (size_t i = 0; i < found->rows.size(); ++i) list.push_back(found->object(i));
    return list;
  }

  const std::vector<Field> columns = {
      {"id", Kind::int64, 1},
      {"person", Kind::object, 2, {{"birthYear", Kind::int16, 3}, {"name", Kind::object, 4, {{"first", Kind::string, 5}, {"last", Kind::string, 6}}}}},
      {"tags", Kind::list, 7, {{"element", Kind::string, 8}}},
      {"identityMap", Kind::map, 9, {{"key", Kind::string, 10}, {"value", Kind::list, 11, {{"element", Kind::object, 12, {{"id", Kind::string, 13}}}}}}}};
  TemporaryFolder folder;
  std::unique_ptr<engine::Engine> engine;
};

TEST_F(Relation, JoinsFilesOfDifferentMappings) {
  const auto first = write("1.parquet", "SELECT 1::BIGINT id, {name: {first: 'Ana'}} person", {columns[0], columns[1]});
  const auto second = write("2.parquet", "SELECT 2::BIGINT id, {birthYear: 1990::SMALLINT, name: {last: 'Silva'}} person, ['a', 'b'] tags", {columns[0], columns[1], columns[2]});
  EXPECT_EQ(rows({first, second}), Json::array({{{"id", 1}, {"person", {{"name", {{"first", "Ana"}}}}}},
                                                {{"id", 2}, {"person", {{"birthYear", 1990}, {"name", {{"last", "Silva"}}}}}, {"tags", {"a", "b"}}}}));
}

TEST_F(Relation, ColumnsThatNoFileHoldsAreThere) {
  const auto only = write("1.parquet", "SELECT 1::BIGINT id", {columns[0]});
  const auto described = engine->query("DESCRIBE " + relation_sql(folder, {only}, columns));
  ASSERT_TRUE(described) << to_string(described.error());
  ASSERT_EQ(described->rows.size(), columns.size());
  EXPECT_EQ(described->object(3)["column_type"], "MAP(VARCHAR, STRUCT(id VARCHAR)[])");
}

TEST_F(Relation, NoFilesGiveNoRows) { EXPECT_EQ(rows({}), Json::array()); }

TEST_F(Relation, NamesAreQuoted) {
  const std::vector<Field> odd = {{"a\"b", Kind::string, 1}};
  EXPECT_TRUE(engine->query(relation_sql(folder, {}, odd)));
}

}  // namespace
}  // namespace foz::catalog
