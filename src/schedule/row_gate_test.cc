#include "schedule/row_gate.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "schedule/decode.h"

namespace foz::schedule {
namespace {

using sources::ColumnType;

/// Does a row whose column `at` holds a JSON value pass?
bool takes(const sources::ReadPlan& plan, const std::string& json, std::optional<flow::RowFilter> filter = {}) {
  const RowGate gate = RowGate::make(plan, std::move(filter)).value();
  engine::Chunk chunk;
  for (const sources::Column& column : plan.columns) chunk.columns.emplace_back(chunk_type(column.type));
  JsonPage page;
  EXPECT_TRUE(page.open("[" + json + "]", ""));
  std::vector<std::vector<std::string>> paths;
  for (const sources::Column& column : plan.columns) paths.push_back(column.raw_path);
  std::vector<JsonSlot> slots(paths.size());
  EXPECT_TRUE(page.next(JsonPaths(paths), slots).value());
  uint64_t removed = 0;
  for (size_t i = 0; i < slots.size(); ++i) EXPECT_TRUE(decode(plan.columns[i], slots[i], 0, chunk.columns[i], chunk.arena, removed)) << json;
  return gate.takes(chunk, 0);
}

sources::ReadPlan plan_of(ColumnType type, sources::Window window) {
  sources::ReadPlan plan;
  plan.table.columns = {{.name = "at", .type = type, .raw_path = {"at"}}};
  plan.columns = plan.table.columns;
  window.column = "at";
  plan.window = std::move(window);
  return plan;
}

// 2024-01-10T00:00:00Z to 2024-01-11T00:00:00Z.
const Instant kFrom = from_seconds(1704844800), kTo = from_seconds(1704931200);

TEST(RowGate, WindowsAreHalfOpenForEveryKindOfColumn) {
  struct Case {
    ColumnType type;
    std::string value;
    bool inside;
    std::string format = {}, zone = {};
  };
  const Case cases[] = {
      {ColumnType::timestamp, R"("2024-01-10T00:00:00Z")", true},
      {ColumnType::timestamp, R"("2024-01-09T23:59:59.999999Z")", false},
      {ColumnType::timestamp, R"("2024-01-10T23:59:59.999Z")", true},
      {ColumnType::timestamp, R"("2024-01-11T00:00:00Z")", false},
      {ColumnType::int64, "1704844800", true},
      {ColumnType::int64, "1704844800000", true},
      {ColumnType::int64, "1704931200", false},
      {ColumnType::int64, "1704844799999", false},
      {ColumnType::decimal, "1704844800", true},
      // A day counts as its end: the 9th is over when the window begins.
      {ColumnType::date, R"("2024-01-09")", true},
      {ColumnType::date, R"("2024-01-10")", false},
      {ColumnType::date, R"("2024-01-08")", false},
      {ColumnType::date, R"("2024-01-10")", true, "", "Asia/Tokyo"},  // over in Tokyo at 15:00 UTC of the 10th
      {ColumnType::string, R"("2024-01-10 12:00:00")", true},
      {ColumnType::string, R"("2024-01-11 00:00:00")", false},
      {ColumnType::string, R"("10/01/2024 23:00")", true, "dd/MM/yyyy HH:mm"},
      {ColumnType::string, R"("2024-01-10")", true, "YYYY-MM-DD"},
      {ColumnType::string, R"("2024-01-10 08:00:00")", false, "", "Asia/Tokyo"},  // 23:00 UTC of the 9th
      {ColumnType::string, R"("not a date")", false},
      {ColumnType::timestamp, "null", false},
  };
  for (const Case& one : cases) {
    const auto plan = plan_of(one.type, {.from = kFrom, .to = kTo, .date_format = one.format, .timezone = one.zone});
    EXPECT_EQ(takes(plan, "{\"at\": " + one.value + "}"), one.inside) << sources::name_of(one.type) << " " << one.value << " " << one.format << " " << one.zone;
  }
}

TEST(RowGate, RowsWithoutAStampBelongToTheBackfill) {
  EXPECT_TRUE(takes(plan_of(ColumnType::timestamp, {.to = kTo}), R"({"at": null})"));
  EXPECT_TRUE(takes(plan_of(ColumnType::string, {.to = kTo}), R"({"at": "not a date"})"));
  EXPECT_FALSE(takes(plan_of(ColumnType::timestamp, {.from = kFrom}), R"({"at": null})"));
}

TEST(RowGate, EvaluatesTheFilterWhereTheSourceDoesNot) {
  sources::ReadPlan plan;
  plan.table.columns = {{.name = "City", .raw_path = {"City"}}, {.name = "Visits", .type = ColumnType::int64, .raw_path = {"Visits"}}};
  plan.columns = plan.table.columns;
  const flow::RowFilter filter{.op = flow::FilterOp::all,
                               .parts = {{.op = flow::FilterOp::like, .column = "City", .literal = "Por%"},
                                         {.op = flow::FilterOp::greater, .column = "Visits", .literal = 3}}};
  EXPECT_TRUE(takes(plan, R"({"City": "Porto", "Visits": 4})", filter));
  EXPECT_FALSE(takes(plan, R"({"City": "Porto", "Visits": 3})", filter));
  EXPECT_FALSE(takes(plan, R"({"City": "Faro", "Visits": 9})", filter));
  EXPECT_FALSE(takes(plan, R"({"City": null, "Visits": 9})", filter)) << "a null passes only isNull";
}

TEST(RowGate, NamesWhatIsWrong) {
  const auto bad_zone = RowGate::make(plan_of(ColumnType::timestamp, {.from = kFrom, .timezone = "Mars/Base"}), {});
  EXPECT_EQ(bad_zone.error().kind, ErrorKind::invalid);
  sources::ReadPlan plan = plan_of(ColumnType::timestamp, {.from = kFrom});
  plan.window->column = "elsewhere";
  EXPECT_EQ(RowGate::make(plan, {}).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace foz::schedule
