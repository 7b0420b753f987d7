// Parts of large objects, and what becomes of those that are too heavy. Follows: Sources contract, 1.7 and 2.7.
#include "sources/salesforce/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/salesforce/job_places.h"
#include "sources/salesforce/plan.h"
#include "sources/salesforce/salesforce.h"
#include "sources/test_simulator.h"

namespace foz::sources::salesforce {
namespace {

using test::keys_of;
using test::read_slice;
using test::Reading;
using test::SimulatedSource;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(SalesforceIds, HaveAMiddle) {
  struct Case {
    std::string from, to;
    std::optional<std::string> middle;
  };
  const Case cases[] = {{"003000000000000", "003000000000002", "003000000000001"},
                        {"003000000000000AAA", "003000000000010AAA", "00300000000000V"},
                        {"00300000000000Z", "00300000000000b", "00300000000000a"},
                        {"003A00000000000", "003C00000000000", "003B00000000000"},
                        {"003000000000000", "003000000000001", std::nullopt},
                        {"003000000000001", "003000000000001", std::nullopt},
                        {"003000000000002", "003000000000001", std::nullopt},
                        {"no id at all!!!", "003000000000001", std::nullopt},
                        {"", "", std::nullopt}};
  for (const Case& one : cases) EXPECT_EQ(middle_id(one.from, one.to), one.middle) << one.from << " " << one.to;
}

TEST(SalesforceMonths, ShareAPartWhileTheyHaveFewRows) {
  using std::chrono::year;
  const auto month = [](int y, unsigned m, int64_t rows) { return MonthRows{.month = year(y) / std::chrono::month(m), .rows = rows}; };
  const auto bounds = [](const std::vector<Part>& parts) {
    EXPECT_FALSE(parts.front().from || parts.back().to);
    std::vector<std::string> begins;
    for (size_t i = 1; i < parts.size(); ++i) {
      EXPECT_EQ(parts[i - 1].to, parts[i].from);
      begins.push_back(soql_millis(*parts[i].from));
    }
    return begins;
  };
  EXPECT_THAT(bounds(parts_of_months({}, 100)), ElementsAre());
  EXPECT_THAT(bounds(parts_of_months({month(2004, 1, 40), month(2004, 3, 40), month(2019, 12, 20)}, 100)), ElementsAre());
  EXPECT_THAT(bounds(parts_of_months({month(2023, 12, 60), month(2024, 1, 60), month(2024, 2, 40), month(2024, 3, 900), month(2024, 4, 1)}, 100)),
              ElementsAre("2024-01-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z"));
  EXPECT_EQ(month_of(1'709'251'199'999), year(2024) / 2);
  EXPECT_EQ(month_of(1'709'251'200'000), year(2024) / 3);
}

TEST(SalesforceJobPlaces, AreGivenBack) {
  JobPlaces places(2);
  const Instant now = from_seconds(1'700'000'000);
  {
    const auto refused_by_the_vendor = places.take(now);
    EXPECT_TRUE(refused_by_the_vendor);
    places.take(now)->keep("a");
    EXPECT_FALSE(places.take(now)) << "one is asked for, one at work";
  }
  places.at_work("b", now);
  EXPECT_FALSE(places.take(now));
  places.ended("a");
  EXPECT_TRUE(places.take(now));
  places.take(now)->keep("c");
  places.at_work("b", now + 4min);
  EXPECT_FALSE(places.take(now + 5min));
  EXPECT_TRUE(places.take(now + 6min)) << "nobody looks after c any more";
  places.take(now + 6min)->keep("d");
  EXPECT_FALSE(places.take(now + 6min)) << "somebody looks after b";
}

/// A simulated org whose queries time out when they look at many rows.
class HeavyObject : public testing::TestWithParam<bool> {
 protected:
  HeavyObject() : vendor({.source = &kSalesforce, .auth = &kSalesforce.auth[0]}, 3000) {
    vendor.control("mutate", {{"op", "insert"}, {"table", "Contact"}, {"count", 900}, {"at", "2024-02-02T02:02:02Z"}, {"set", {{"LastName", "Twin"}}}});
    plan.table = vendor.source->describe("Contact", {}).value();
    for (const Column& column : plan.table.columns) {
      if (column.key || column.name == "LastName") plan.columns.push_back(column);
    }
    live = static_cast<size_t>(vendor.live_rows("Contact"));
    vendor.control("settings", {{"queryTimeoutRows", 400}});
  }

  size_t calls_with(const std::string& query) {
    size_t calls = 0;
    const Json journal = vendor.control("journal");
    for (const Json& entry : journal["entries"]) calls += text_of(entry, "query").find(query) != std::string::npos ? 1 : 0;
    return calls;
  }

  SimulatedSource vendor;
  ReadPlan plan;
  size_t live = 0;
  const Slice slice = slice_of({.part = {}, .bulk = GetParam()});
};

// Halves of time down to an hour, then ranges of ids: 900 rows of one second are cut, too.
TEST_P(HeavyObject, IsReadInHalves) {
  const Reading all = read_slice(*vendor.source, plan, slice);
  ASSERT_FALSE(all.failure) << all.failure->message;
  const auto keys = keys_of(all.records, plan.table);
  EXPECT_EQ(keys.size(), live);
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), live) << "each row once";
  EXPECT_EQ(all.total.value_or(static_cast<int64_t>(live)), static_cast<int64_t>(live));
  if (!GetParam()) return;
  EXPECT_EQ(calls_with("LIMIT%202000"), 0u) << "no page of it came through REST";
  EXPECT_EQ(integer_of(vendor.control("counters")["vendor"], "jobs"), 0) << "no job is left behind";
}

// A killed process goes on with the half it was at: from no cursor a row comes again that was safe before it.
TEST_P(HeavyObject, IsReadOnFromEveryCursor) {
  const Reading all = read_slice(*vendor.source, plan, slice);
  ASSERT_FALSE(all.failure);
  size_t tried = 0;
  for (size_t i = 0; i < all.cursors.size(); ++i) {
    if (all.cursors[i].text.find("\"job\"") != std::string::npos || i % 5 != 0) continue;  // its job was removed since
    const Reading rest = read_slice(*vendor.source, plan, slice, all.cursors[i]);
    ASSERT_FALSE(rest.failure) << all.cursors[i].text << rest.failure->message;
    EXPECT_EQ(rest.records.size(), live - all.rows_before[i]) << all.cursors[i].text;
    ++tried;
  }
  EXPECT_GT(tried, 3u);
}

INSTANTIATE_TEST_SUITE_P(Ways, HeavyObject, testing::Bool(), [](const auto& way) { return way.param ? "Bulk" : "Rest"; });

// Sources contract, 2.7: at most four jobs of a connection are at work at once.
TEST(SalesforceBulkJobs, WaitForAPlace) {
  SimulatedSource vendor({.source = &kSalesforce, .auth = &kSalesforce.auth[0]}, 50);
  vendor.control("settings", {{"jobSeconds", 300}});
  ReadPlan plan{.table = vendor.source->describe("Contact", {}).value()};
  plan.columns = {plan.table.columns[0]};
  const auto jobs = [&] { return integer_of(vendor.control("counters")["vendor"], "jobs"); };
  std::vector<Cursor> cursors(6);
  const auto step = [&](size_t i) {
    const auto page = vendor.source->read(plan, slice_of({.part = {.from = static_cast<int64_t>(i) * 1000}, .bulk = true}), cursors[i], {});
    ASSERT_TRUE(page) << page.error().message;
    cursors[i] = page->next.value_or(Cursor{.text = "over"});
  };
  for (size_t i = 0; i < 6; ++i) step(i);
  EXPECT_EQ(jobs(), 4);
  EXPECT_THAT(cursors[5].text, Not(HasSubstr("job\"")));
  step(5);
  EXPECT_EQ(jobs(), 4) << "still";
  vendor.clock.advance(300s);
  step(0);
  step(5);
  EXPECT_EQ(jobs(), 5) << "one is done";
  for (size_t i = 0; i < 6; ++i) {
    for (int steps = 0; steps < 60 && cursors[i].text != "over"; ++steps) step(i);
    EXPECT_EQ(cursors[i].text, "over");
  }
  EXPECT_EQ(jobs(), 0);
}

}  // namespace
}  // namespace foz::sources::salesforce
