// Follows: Data Prep contract, 3.7.
#include "prep/sample.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace foz::prep
