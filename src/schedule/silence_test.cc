#include "schedule/silence.h"

#include <gtest/gtest.h>

#include <vector>

namespace foz::schedule {
namespace {

TEST(Silence, IsUnusualWhereMostWindowsHadRows) {
  struct Case {
    const char* what;
    std::vector<int64_t> new_rows;  ///< newest first
    bool unusual;
  };
  const Case cases[] = {
      {"nothing is known yet", {}, false},
      {"two windows are too few to tell", {5, 5}, false},
      {"three windows with rows", {5, 5, 5}, true},
      {"four in five", {0, 5, 5, 5, 5}, true},
      {"less than four in five", {0, 0, 5, 5, 5}, false},
      {"a source that is always quiet", {0, 0, 0, 0, 0, 0}, false},
      {"only the last ten count", {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, true},
      {"the third silent window in a row", {0, 0, 1, 1, 1, 1, 1, 1, 1, 1}, true},
      {"then silence is usual", {0, 0, 0, 1, 1, 1, 1, 1, 1, 1}, false},
  };
  for (const Case& c : cases) EXPECT_EQ(unusual_silence(c.new_rows).has_value(), c.unusual) << c.what;
}

}  // namespace
}  // namespace foz::schedule
