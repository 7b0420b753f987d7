#include "sources/vendor_clock.h"

#include <gtest/gtest.h>

namespace foz::sources {
namespace {

http::Response dated(std::string_view date) {
  http::Response response{.status = 200};
  response.headers.set("Date", std::string(date));
  return response;
}

TEST(VendorClock, KnowsNothingBeforeAnAnswerTold) {
  const ManualClock clock(from_seconds(1'727'049'600));
  VendorClock vendor(clock);
  EXPECT_FALSE(vendor.now());
  vendor.hear(http::Response{.status = 200});
  vendor.hear(dated("yesterday"));
  EXPECT_FALSE(vendor.now()) << "an answer without a readable date tells nothing";
}

TEST(VendorClock, ShowsTheLatestThatTheDateCanMean) {
  const ManualClock clock(from_seconds(1'727'049'600));
  VendorClock vendor(clock);
  vendor.hear(dated("Mon, 23 Sep 2024 00:00:00 GMT"));
  EXPECT_EQ(vendor.now(), from_seconds(1'727'049'601)) << "Date has whole seconds";
}

TEST(VendorClock, ShowsTheEarliestThatTheDateCanMean) {
  const ManualClock clock(from_seconds(1'727'053'200));
  VendorClock vendor(clock);
  EXPECT_EQ(vendor.earliest(), from_seconds(1'727'053'200)) << "nothing told: ours";
  vendor.hear(dated("Mon, 23 Sep 2024 00:00:00 GMT"));
  EXPECT_EQ(vendor.earliest(), from_seconds(1'727'049'600));
}

TEST(VendorClock, GoesOnThoughOurWallClockIsSet) {
  ManualClock clock(from_seconds(1'727'049'600));
  VendorClock vendor(clock);
  vendor.hear(dated("Mon, 23 Sep 2024 00:00:00 GMT"));
  clock.advance(std::chrono::seconds(30));
  clock.set(from_seconds(1'727'049'600 + 86'400));
  EXPECT_EQ(vendor.now(), from_seconds(1'727'049'631));
}

TEST(VendorClock, BelievesTheNewestAnswer) {
  const ManualClock clock(from_seconds(1'727'049'600));
  VendorClock vendor(clock);
  vendor.hear(dated("Mon, 23 Sep 2024 00:00:00 GMT"));
  vendor.hear(dated("Sun, 22 Sep 2024 23:59:00 GMT"));
  EXPECT_EQ(vendor.now(), from_seconds(1'727'049'541));
}

}  // namespace
}  // namespace foz::sources
