#include "schedule/row_stamp.h"

#include <gtest/gtest.h>

namespace foz::schedule {
namespace {

using sources::ColumnType;

TEST(RowStamp, LookBackNeedsStampsThatTellVersionsApart) {
  struct Case {
    ColumnType type;
    std::string date_format;
    bool apart;
  };
  const Case cases[] = {
      {ColumnType::timestamp, "", true},
      {ColumnType::int64, "", true},
      {ColumnType::decimal, "", true},
      {ColumnType::string, "", true},  // the default has seconds
      {ColumnType::string, "yyyy-MM-ddTHH:mm:ssZ", true},
      // A row that changes twice a day (a minute) keeps its stamp: the second version would be taken for the first.
      {ColumnType::string, "yyyy-MM-dd", false},
      {ColumnType::string, "dd/MM/yyyy HH:mm", false},
      {ColumnType::date, "", false},
      {ColumnType::boolean, "", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(tells_versions_apart({.name = "at", .type = c.type}, c.date_format), c.apart) << sources::name_of(c.type) << " " << c.date_format;
  }
}

TEST(RowStamp, NamesAColumnThatIsNotRead) {
  sources::ReadPlan plan;
  plan.table.columns = plan.columns = {{.name = "at", .raw_path = {"at"}}};
  EXPECT_EQ(RowStamp::make(plan, {.column = "elsewhere"}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(RowStamp::make(plan, {.column = "at", .date_format = "yyyy-'open"}).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace foz::schedule
