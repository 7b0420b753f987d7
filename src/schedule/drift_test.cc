#include "schedule/drift.h"

#include <gmock/gmock.h>

namespace foz::schedule {
namespace {

using sources::Column;
using sources::ColumnType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Column column(std::string name, ColumnType type = ColumnType::string) { return {.name = name, .type = type, .raw_path = {name}}; }
sources::Description table(std::vector<Column> columns) {
  Column key = column("Id");
  key.key = true;
  columns.insert(columns.begin(), key);
  return {.table = {.name = "Contact", .path = "Contact"}, .columns = std::move(columns)};
}
flow::Options policy(flow::Drift drift, int tolerance = 3) { return {.drift = drift, .drift_tolerance = tolerance}; }

/// What a flow knows after a run over such a table.
Shape known(std::vector<Column> columns) { return adapt(std::nullopt, "x", table(std::move(columns)), policy(flow::Drift::none)).value().shape; }

TEST(Drift, TellsWhatCameWentAndChangedItsType) {
  const Drift drift = drift_between({column("a"), column("b"), column("n", ColumnType::int32), {.name = "d", .type = ColumnType::decimal, .precision = 10, .scale = 2}},
                                    {column("a"), column("c"), column("n"), {.name = "d", .type = ColumnType::decimal, .precision = 12, .scale = 2}});
  EXPECT_THAT(drift.added, ElementsAre("c"));
  EXPECT_THAT(drift.gone, ElementsAre("b"));
  EXPECT_THAT(drift.retyped, ElementsAre("n: int32, now string", "d: decimal(10,2), now decimal(12,2)"));
  EXPECT_FALSE(drift_between({column("a")}, {column("a")}).any());
  EXPECT_EQ(to_json(drift, policy(flow::Drift::evolve))["policy"], "evolve");
}

TEST(Drift, Pain7FirstRunsAndChangedFlowsBeginAnew) {
  EXPECT_FALSE(adapt(std::nullopt, "x", table({column("a")}), policy(flow::Drift::freeze)).value().drift.any());
  EXPECT_TRUE(adapt(known({column("a")}), "other columns", table({column("b")}), policy(flow::Drift::freeze)).has_value());
}

TEST(Drift, Pain7WithoutAPolicyChangesAreTold) {
  const Adapted adapted = adapt(known({column("a"), column("b")}), "x", table({column("a"), column("c")}), policy(flow::Drift::none)).value();
  EXPECT_THAT(adapted.drift.gone, ElementsAre("b"));
  EXPECT_THAT(adapted.table.columns, testing::SizeIs(3)) << "a column that is gone is not made up: a flow that names it fails";
}

TEST(Drift, Pain7FreezeReadsNothingOfATableThatChanged) {
  for (const auto& now : {table({column("a"), column("new")}), table({}), table({column("a", ColumnType::int32)})}) {
    const auto refused = adapt(known({column("a")}), "x", now, policy(flow::Drift::freeze));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid) << "it is not tried again";
    EXPECT_THAT(refused.error().message, HasSubstr("freeze"));
  }
  EXPECT_TRUE(adapt(known({column("a")}), "x", table({column("a")}), policy(flow::Drift::freeze)));
}

TEST(Drift, Pain7EvolveReadsAMissingColumnAsNullForSomeRuns) {
  Shape shape = known({column("a"), column("b", ColumnType::int32)});
  for (int run = 1; run <= 2; ++run) {
    const auto adapted = adapt(shape, "x", table({column("a")}), policy(flow::Drift::evolve, 2));
    ASSERT_TRUE(adapted) << run;
    const Column& missing = adapted->table.columns.back();
    EXPECT_EQ(missing.name, "b");
    EXPECT_EQ(missing.type, ColumnType::int32);
    EXPECT_THAT(missing.raw_path, IsEmpty()) << "nothing is asked of the source";
    EXPECT_EQ(adapted->shape.missing.at("b"), run);
    EXPECT_THAT(adapted->drift.gone, ElementsAre("b"));
    const auto again = adapt(shape, "x", as_described(adapted->table), policy(flow::Drift::evolve, 2));
    EXPECT_EQ(again->shape, adapted->shape) << "a run that goes on after a restart comes to the same";
    shape = shape_of(to_json(adapted->shape)).value();
    EXPECT_EQ(shape, adapted->shape);
  }
  const auto refused = adapt(shape, "x", table({column("a")}), policy(flow::Drift::evolve, 2));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("b has been gone for 2 runs"));
  const auto back = adapt(shape, "x", table({column("a"), column("b", ColumnType::int32)}), policy(flow::Drift::evolve, 2));
  ASSERT_TRUE(back);
  EXPECT_THAT(back->shape.missing, IsEmpty()) << "and counting begins anew";
}

TEST(Drift, Pain7NoPolicyDoesWithoutTheKey) {
  sources::Description now{.table = {.path = "Contact"}, .columns = {column("a")}};
  EXPECT_FALSE(adapt(known({column("a")}), "x", now, policy(flow::Drift::evolve)));
}

TEST(Drift, Pain7QuarantineReadsValuesAsWhatTheyWere) {
  const auto adapted = adapt(known({column("n", ColumnType::int32)}), "x", table({column("n"), column("new")}), policy(flow::Drift::quarantine));
  ASSERT_TRUE(adapted);
  EXPECT_TRUE(adapted->rejects_misfits);
  EXPECT_EQ(adapted->table.columns[1].type, ColumnType::int32);
  EXPECT_EQ(adapted->shape.columns[1].type, ColumnType::int32) << "and so in all later runs";
  EXPECT_THAT(adapted->drift.retyped, ElementsAre("n: int32, now string"));
}

TEST(DriftShape, RefusesWhatItIsNot) {
  for (const char* text : {"{}", "[]", R"({"columns":3})"}) EXPECT_FALSE(shape_of(Json::parse(text))) << text;
}

}  // namespace
}  // namespace foz::schedule
