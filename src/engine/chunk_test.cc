#include "engine/chunk.h"

#include <gtest/gtest.h>

namespace foz::engine {
namespace {

TEST(ColumnTest, AliasSharesValuesAndOutlivesItsSource) {
  Column shown;
  {
    Column column(Type::integer);
    column.integers()[7] = 42;
    column.set_valid(7);
    shown = column.alias();
    EXPECT_EQ(shown.integers(), column.integers());
  }
  EXPECT_EQ(shown.type(), Type::integer);
  EXPECT_FALSE(shown.is_null(7));
  EXPECT_TRUE(shown.is_null(8));
  EXPECT_EQ(shown.integers()[7], 42);
}

}  // namespace
}  // namespace foz::engine
