#include "sources/window.h"

#include <gtest/gtest.h>

#include "base/time_text.h"

namespace foz::sources {
namespace {

Instant at(std::string_view text) { return parse_iso_instant(text).value(); }

Window window(std::string_view from, std::string_view to, std::string format = "", std::string zone = "") {
  Window w{.column = "c", .date_format = std::move(format), .timezone = std::move(zone)};
  if (!from.empty()) w.from = at(from);
  if (!to.empty()) w.to = at(to);
  return w;
}

TEST(MillisRange, RoundsBothBoundsUp) {
  const auto range = millis_range(window("2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:01Z"));
  EXPECT_EQ(range.from, 1704067200001);
  EXPECT_EQ(range.to, 1704067201000);
  EXPECT_FALSE(millis_range(window("", "2024-01-01T00:00:00Z")).from);
}

struct DayCase {
  std::string from, to, zone, wanted_from, wanted_to;
};

// Flow Service contract, 13.4: a day is read once, when it is over in the flow's zone.
TEST(DayRange, CountsADayWhenItIsOver) {
  const DayCase cases[] = {
      {"2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", "", "2024-01-01", "2024-01-02"},
      {"2024-01-02T10:00:00Z", "2024-01-02T11:00:00Z", "", "2024-01-02", "2024-01-02"},
      {"2024-01-02T23:59:00Z", "2024-01-03T00:01:00Z", "", "2024-01-02", "2024-01-03"},
      {"2024-01-02T07:00:00Z", "2024-01-02T09:00:00Z", "America/Los_Angeles", "2024-01-01", "2024-01-02"},
      {"2024-01-01T23:00:00Z", "2024-01-02T23:00:00Z", "GMT+1", "2024-01-01", "2024-01-02"},
  };
  for (const DayCase& c : cases) {
    const auto range = day_range(window(c.from, c.to, "", c.zone));
    ASSERT_TRUE(range);
    EXPECT_EQ(iso_date(*range->from), c.wanted_from) << c.from << " " << c.zone;
    EXPECT_EQ(iso_date(*range->to), c.wanted_to) << c.to << " " << c.zone;
  }
  EXPECT_FALSE(day_range(window("2024-01-02T00:00:00Z", "", "", "Mars/Olympus")));
}

struct TextCase {
  std::string format, wanted_from, wanted_to;  ///< empty: not sortable
};

TEST(TextRange, WritesBoundsThatSort) {
  const TextCase cases[] = {
      {"", "2024-01-02 03:04:05", "2024-02-01 00:00:00"},
      {"yyyy-MM-ddTHH:mm:ssZ", "2024-01-02T03:04:05Z", "2024-02-01T00:00:00Z"},
      {"yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-01-02T03:04:04.500", "2024-01-31T23:59:59.001"},
      {"YYYY-MM-DD", "2024-01-03", "2024-02-01"},
      {"yyyyMMddHHmm", "202401020305", "202402010000"},
      {"MM/dd/yyyy", "", ""},
      {"yyyy", "", ""},
      {"yyyy-MM-dd hh:mm a", "", ""},
  };
  for (const TextCase& c : cases) {
    const auto range = text_range(window("2024-01-02T03:04:04.5Z", "2024-01-31T23:59:59.0005Z", c.format));
    ASSERT_TRUE(range);
    ASSERT_EQ(range->has_value(), !c.wanted_from.empty()) << c.format;
    if (!*range) continue;
    EXPECT_EQ((*range)->from, c.wanted_from) << c.format;
    EXPECT_EQ((*range)->to, c.wanted_to) << c.format;
  }
}

TEST(TextRange, WritesWallClockTimesOfTheZone) {
  const auto range = text_range(window("2024-07-01T12:00:00Z", "", "", "Europe/Berlin"));
  ASSERT_TRUE(range && *range);
  EXPECT_EQ((*range)->from, "2024-07-01 14:00:00");
  EXPECT_FALSE((*range)->to);
}

}  // namespace
}  // namespace foz::sources
