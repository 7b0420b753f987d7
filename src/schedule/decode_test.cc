#include "schedule/decode.h"

#include <gmock/gmock.h>

#include "base/time_text.h"

namespace foz::schedule {
namespace {

using engine::Type;
using sources::ColumnType;
using sources::Wire;

std::string decimal_text(engine::Decimal decimal) {
  std::string digits = std::to_string(static_cast<int64_t>(decimal.unscaled));
  return digits + "e-" + std::to_string(decimal.scale);
}

/// What a column of that type holds for a JSON value: "null", its text form, or "misfit".
std::string decoded(ColumnType type, Wire wire, const std::string& json) {
  JsonPage page;
  EXPECT_TRUE(page.open("[{\"v\": " + json + "}]", "")) << json;
  const JsonPaths paths({{"v"}});
  std::vector<JsonSlot> slots(1);
  EXPECT_TRUE(page.next(paths, slots).value()) << json;
  engine::Column column(chunk_type(type));
  engine::Arena arena;
  uint64_t removed = 0;
  const sources::Column declared{.name = "v", .type = type, .wire = wire};
  if (!decode(declared, slots[0], 0, column, arena, removed)) return column.is_null(0) ? "misfit" : "misfit but not null";
  if (column.is_null(0)) return "null";
  switch (column.type()) {
    case Type::boolean: return column.booleans()[0] != 0 ? "true" : "false";
    case Type::integer: return std::to_string(column.integers()[0]);
    case Type::number: return std::to_string(column.numbers()[0]);
    case Type::decimal: return decimal_text(column.decimals()[0]);
    case Type::date: return iso_date(std::chrono::sys_days(std::chrono::days(column.integers()[0])));
    case Type::timestamp: return iso_shortest(Instant(std::chrono::microseconds(column.integers()[0])));
    default: return std::string(column.texts()[0]) + (removed > 0 ? " -" + std::to_string(removed) : "");
  }
}

TEST(Decode, TakesWhatVendorsWrite) {
  struct Case {
    ColumnType type;
    Wire wire;
    std::string json, wanted;
  };
  const Wire plain = Wire::plain, millis = Wire::millis;
  const Case cases[] = {
      {ColumnType::string, plain, R"("Ana")", "Ana"},
      {ColumnType::string, plain, R"("")", ""},
      {ColumnType::string, plain, "1.50", "1.50"},
      {ColumnType::string, plain, "true", "true"},
      {ColumnType::string, plain, "null", "null"},
      {ColumnType::string, plain, R"("a\u0000b")", "ab -1"},
      {ColumnType::json, Wire::semicolons, R"("a;b")", R"(["a","b"])"},
      {ColumnType::json, Wire::semicolons, R"("")", "[]"},
      {ColumnType::json, Wire::commas, R"("1, 2,5")", "[1,2,5]"},
      {ColumnType::json, Wire::commas, R"("1,x")", "misfit"},
      {ColumnType::json, plain, R"({"a": [1]})", R"({"a": [1]})"},
      {ColumnType::boolean, plain, "true", "true"},
      {ColumnType::boolean, plain, R"("False")", "false"},
      {ColumnType::boolean, plain, R"("")", "null"},
      {ColumnType::boolean, plain, R"("maybe")", "misfit"},
      {ColumnType::int32, plain, "12", "12"},
      {ColumnType::int32, plain, R"("12.0")", "12"},
      {ColumnType::int32, plain, "12.0", "12"},
      {ColumnType::int32, plain, "12.5", "misfit"},
      {ColumnType::int32, plain, "2147483648", "misfit"},
      {ColumnType::int64, plain, "2147483648", "2147483648"},
      {ColumnType::int64, plain, R"("9223372036854775807")", "9223372036854775807"},
      {ColumnType::int64, plain, "9223372036854775808", "misfit"},
      {ColumnType::decimal, plain, "1500.10", "150010e-2"},
      {ColumnType::decimal, plain, R"("-0.001")", "-1e-3"},
      {ColumnType::decimal, plain, R"("1e3")", "1000e-0"},
      {ColumnType::decimal, plain, R"("N/A")", "misfit"},
      {ColumnType::decimal, plain, R"("1;2")", "misfit"},
      {ColumnType::decimal, plain, R"("123456789012345678901234567890123456789")", "misfit"},
      {ColumnType::number, plain, "1.5", "1.500000"},
      {ColumnType::number, plain, R"("2")", "2.000000"},
      {ColumnType::number, plain, "1e999", "misfit"},
      {ColumnType::date, plain, R"("2024-02-29")", "2024-02-29"},
      {ColumnType::date, plain, R"("2023-02-29")", "misfit"},
      {ColumnType::date, millis, R"("-86400000")", "1969-12-31"},
      {ColumnType::date, millis, R"("-1")", "1969-12-31"},
      {ColumnType::timestamp, plain, R"("2022-01-02T17:38:59.000+0000")", "2022-01-02T17:38:59Z"},
      {ColumnType::timestamp, plain, R"("2019-10-30T03:30:17.883Z")", "2019-10-30T03:30:17.883Z"},
      {ColumnType::timestamp, plain, "1390574181854", "misfit"},
      {ColumnType::timestamp, millis, "1390574181854", "2014-01-24T14:36:21.854Z"},
      {ColumnType::timestamp, millis, R"("1390574181854")", "2014-01-24T14:36:21.854Z"},
      {ColumnType::timestamp, millis, R"("2019-10-30T03:30:17.883Z")", "2019-10-30T03:30:17.883Z"},
      {ColumnType::timestamp, Wire::seconds, "1390574181", "2014-01-24T14:36:21Z"},
      {ColumnType::timestamp, millis, "9223372036854775807", "misfit"},
      {ColumnType::timestamp, plain, R"("yesterday")", "misfit"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(decoded(c.type, c.wire, c.json), c.wanted) << c.json << " as " << name_of(c.type);
  }
}

TEST(Decode, FillsInWhatARecordLacksAndPutsPrefixesBefore) {
  JsonPage page;
  ASSERT_TRUE(page.open(R"([{"v": null, "w": "512"}])", ""));
  const JsonPaths paths({{"v"}, {"w"}, {"x"}});
  std::vector<JsonSlot> slots(3);
  ASSERT_TRUE(page.next(paths, slots).value());
  engine::Column column(Type::string);
  engine::Arena arena;
  uint64_t removed = 0;
  ASSERT_TRUE(decode({.name = "v", .constant = "none"}, slots[0], 0, column, arena, removed));
  EXPECT_EQ(column.texts()[0], "none");
  ASSERT_TRUE(decode({.name = "w", .constant = "none", .prefix = "https://crm.example/"}, slots[1], 0, column, arena, removed));
  EXPECT_EQ(column.texts()[0], "https://crm.example/512");
  ASSERT_TRUE(decode({.name = "x", .prefix = "https://crm.example/"}, slots[2], 0, column, arena, removed));
  EXPECT_TRUE(column.is_null(0));
}

}  // namespace
}  // namespace foz::schedule
