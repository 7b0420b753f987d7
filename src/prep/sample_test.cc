// Follows: Data Prep contract, 3.7.
#include "prep/sample.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/testing.h"
#include "engine/engine.h"
#include "prep/sample_file.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

TEST(Sample, ReadsJsonAndCsv) {
  struct Case { std::string_view text, wanted; };
  constexpr Case kCases[] = {
      {R"({"a": 1})", R"([{"a":1}])"},
      {R"([{"a": 1}, {"b": 2}])", R"([{"a":1},{"b":2}])"},
      {"{\"a\": 1}\n{\"a\": 2}\n\n", R"([{"a":1},{"a":2}])"},
      {"a,b\n1,x\n2,\n", R"([{"a":"1","b":"x"},{"a":"2"}])"},
      {"\xEF\xBB\xBF" "a, b\r\n\"x,\"\"y\"\"\",\"1\n2\"\r\n", "[{\"a\":\"x,\\\"y\\\"\",\"b\":\"1\\n2\"}]"},
      {"name\n\nAna\n", R"([{"name":"Ana"}])"},
      {"a,b", "[]"},
  };
  for (const Case& c : kCases) {
    const auto records = read_sample(c.text);
    ASSERT_TRUE(records) << c.text << records.error().message;
    EXPECT_EQ(to_text(*records), c.wanted) << c.text;
  }
  for (const std::string_view wrong : {"", "  ", "{", "[1]", "[", "{\"a\": 1}\n{oops}", "a,b\n1,2,3", "a,\n1", "a\n\"x", "a\n\"x\"y", "\xff"}) {
    const auto records = read_sample(wrong);
    ASSERT_FALSE(records) << wrong;
    EXPECT_EQ(records.error().code, "CONV-1004-400") << wrong;
  }
}

TEST(Sample, SuggestsASchema) {
  const Json records = parsed(R"([{"id": 1, "x": 1.5, "mixed": 1, "on": true, "at": "2020-01-01T00:00:00Z", "o": {"k": "v"}, "l": [1, 2], "e": []},
                                  {"id": 2, "x": 2, "mixed": "a", "on": null, "at": "2020-01-02T00:00:00Z", "o": {"m": 1}, "l": [3], "n": null}])");
  const Json wanted = parsed(R"({"title": "T", "type": "object", "properties": {"id": {"type": "integer"}, "x": {"type": "number"}, "mixed": {"type": "string"}, "on": {"type": "boolean"},
      "at": {"type": "string", "format": "date-time"}, "o": {"type": "object", "properties": {"k": {"type": "string"}, "m": {"type": "integer"}}}, "l": {"type": "array", "items": {"type": "integer"}},
      "e": {"type": "array", "items": {"type": "string"}}, "n": {"type": "string"}}})");
  EXPECT_EQ(to_text(schema_of_records(records, "T")), to_text(wanted));
  const Json texts = text_schema_of_records(records, "SampleSchema:1");
  EXPECT_EQ(texts["properties"].size(), 9u);
  EXPECT_EQ(texts["properties"]["id"]["type"], "string");
}

TEST(Sample, ReadsTheTypesOfTheEngine) {
  struct Case { std::string_view type, wanted; };
  constexpr Case kCases[] = {
      {"VARCHAR", R"({"type":"string"})"},
      {"BIGINT", R"({"type":"integer"})"},
      {"DECIMAL(18,3)", R"({"type":"number"})"},
      {"DECIMAL(18,3)[]", R"({"type":"array","items":{"type":"number"}})"},
      {"DATE", R"({"type":"string","format":"date"})"},
      {"TIMESTAMP WITH TIME ZONE", R"({"type":"string","format":"date-time"})"},
      {"TIMESTAMP_NS", R"({"type":"string","format":"date-time"})"},
      {"BLOB", R"({"type":"string"})"},
      {"INTEGER[3]", R"({"type":"array","items":{"type":"integer"}})"},
      {"INTEGER[][]", R"({"type":"array","items":{"type":"array","items":{"type":"integer"}}})"},
      {"STRUCT(a VARCHAR, b DOUBLE)", R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}}})"},
      {R"j(STRUCT("a b" VARCHAR, "c,""d)" STRUCT(e TIMESTAMP WITH TIME ZONE)[]))j",
       R"j({"type":"object","properties":{"a b":{"type":"string"},"c,\"d)":{"type":"array","items":{"type":"object","properties":{"e":{"type":"string","format":"date-time"}}}}}})j"},
      {"MAP(VARCHAR, INTEGER)", R"({"type":"object","additionalProperties":{"type":"integer"}})"},
      {"MAP(VARCHAR, STRUCT(id VARCHAR, \"primary\" BOOLEAN)[])",
       R"({"type":"object","additionalProperties":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"primary":{"type":"boolean"}}}}})"},
      {"", R"({"type":"string"})"},
      {"STRUCT(", R"({"type":"object","properties":{"":{"type":"string"}}})"},
  };
  for (const Case& c : kCases) EXPECT_EQ(to_text(schema_of_sql_type(c.type)), to_text(parsed(c.wanted))) << c.type;
}

TEST(Sample, ReadsParquet) {
  const TemporaryFolder folder;
  const auto file = folder / "made.parquet";
  auto engine = engine::Engine::open({.threads = 1, .allowed_folders = {folder.path()}});
  ASSERT_TRUE(engine);
  const auto made = (*engine)->query("COPY (SELECT * FROM (VALUES (1, 'Ana', DATE '2020-02-29', 1.50, {'city': 'Porto', 'tags': ['a', 'b']}, NULL::BIGINT), (2, NULL, NULL, 2.25, NULL, NULL)) "
                                     "t(id, name, born, amount, address, never)) TO " + engine::sql_text(file.string()));
  ASSERT_TRUE(made) << made.error().message;
  std::stringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  std::filesystem::remove(file);
  ASSERT_TRUE(is_parquet(bytes.str()));
  lake::LocalFileIo files;
  SeededRandom random(1);
  const auto sample = read_parquet_sample(bytes.str(), files, folder.path(), random, "T");
  ASSERT_TRUE(sample) << sample.error().message;
  EXPECT_EQ(to_text(sample->records), to_text(parsed(R"([{"id":1,"name":"Ana","born":"2020-02-29","amount":"1.50","address":{"city":"Porto","tags":["a","b"]}},{"id":2,"amount":"2.25"}])")));
  EXPECT_EQ(to_text(sample->schema), to_text(parsed(R"({"title":"T","type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"},"born":{"type":"string","format":"date"},
      "amount":{"type":"number"},"address":{"type":"object","properties":{"city":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}}}},"never":{"type":"integer"}}})")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the file is gone";

  for (const std::string& wrong : {std::string("PAR1"), "PAR1" + std::string(100, 'x') + "PAR1", bytes.str().substr(0, bytes.str().size() / 2)}) {
    const auto refused = read_parquet_sample(wrong, files, folder.path(), random, "T");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "CONV-1004-400") << refused.error().message;
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
  EXPECT_FALSE(is_parquet("Id,Name\n"));
}

}  // namespace
}  // namespace foz::prep
