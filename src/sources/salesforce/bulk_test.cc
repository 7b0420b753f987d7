#include "sources/salesforce/bulk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/salesforce/plan.h"
#include "sources/salesforce/salesforce.h"
#include "sources/test_simulator.h"

namespace foz::sources::salesforce {
namespace {

using test::read_slice;
using test::Reading;
using test::SimulatedSource;
using testing::HasSubstr;

/// One slice of a simulated org, through bulk.
class BulkTest : public testing::Test {
 protected:
  BulkTest() : vendor({.source = &kSalesforce, .auth = &kSalesforce.auth[0]}, 3000) {
    const auto description = vendor.source->describe("Contact", {});
    plan.table = description.value();
    for (const Column& column : plan.table.columns) {
      if (column.key || column.name == "LastName" || column.name == "CreatedDate") plan.columns.push_back(column);
    }
    vendor.control("settings", {{"bulkResultRows", 1000}});
  }

  Reading read(const Slice& slice, Cursor from = {}, int tries = 0) { return read_slice(*vendor.source, plan, slice, std::move(from), tries); }
  static std::vector<std::string> ids(const Reading& reading) {
    std::vector<std::string> ids;
    for (const Json& record : reading.records) ids.push_back(text_of(record, "Id"));
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  Json org() { return vendor.control("counters")["vendor"]; }
  int64_t calls_to(const std::string& path) {
    const Json journal = vendor.control("journal");
    int64_t calls = 0;
    for (const Json& entry : journal["entries"]) calls += text_of(entry, "path").find(path) != std::string::npos ? 1 : 0;
    return calls;
  }

  SimulatedSource vendor;
  ReadPlan plan;
  const Slice bulk = slice_of({.part = {}, .bulk = true});
  const Slice rest = slice_of({.part = {}, .bulk = false});
};

TEST_F(BulkTest, ReadsWhatRestReads) {
  const Reading wanted = read(rest), all = read(bulk);
  ASSERT_FALSE(all.failure) << all.failure->message;
  EXPECT_EQ(ids(all), ids(wanted));
  EXPECT_EQ(all.pages, 3u);
  EXPECT_EQ(all.total, 3000);
  const Json& job = org();
  EXPECT_EQ(integer_of(job, "jobs"), 0) << "nothing is left behind";
}

TEST_F(BulkTest, ResumesInTheMiddleOfAJob) {
  std::vector<Cursor> cursors = {{}};
  std::vector<size_t> rows = {0};
  Reading reading;
  for (int steps = 0; steps < 20; ++steps) {
    const auto page = vendor.source->read(plan, bulk, cursors.back(), {});
    ASSERT_TRUE(page) << page.error().message;
    // Each step twice: as after a crash before its cursor was safe.
    const auto again = vendor.source->read(plan, bulk, cursors.back(), {});
    ASSERT_TRUE(again) << steps << again.error().message;
    if (!cursors.back().text.empty()) {
      EXPECT_EQ(again->bodies, page->bodies);
    }
    test::take_page(*page, reading);
    if (!page->next) break;
    cursors.push_back(*page->next);
  }
  EXPECT_EQ(reading.records.size(), 3000u);
  EXPECT_EQ(ids(reading), ids(read(rest)));
}

TEST_F(BulkTest, WaitsForAJobAtWork) {
  vendor.control("settings", {{"jobSeconds", 300}});
  const Instant begin = vendor.clock.now();
  const Reading all = read(bulk);
  ASSERT_FALSE(all.failure) << all.failure->message;
  EXPECT_EQ(all.records.size(), 3000u);
  EXPECT_GE(vendor.clock.now() - begin, std::chrono::seconds(300));
  EXPECT_LE(calls_to("/jobs/query/"), 40);
}

struct Detour {
  std::string name;
  Json fault, settings;
  std::string table = "Contact";
};

// Sources contract, 2.7: what bulk does not take is read through REST.
TEST_F(BulkTest, GoesThroughRestWhenBulkRefuses) {
  const std::vector<std::string> wanted = ids(read(rest));
  const Detour cases[] = {{"a job that failed without a word", {{"kind", "jobFailed"}}, {}},
                          {"a job that is stuck", {{"kind", "jobStuck"}}, {}},
                          {"an allowance that is used up", {}, {{"dailyBulkQueryJobs", 0}}}};
  for (const Detour& one : cases) {
    vendor.control("reset", Json::object());
    if (!one.fault.is_null()) vendor.fault(one.fault);
    if (!one.settings.is_null()) vendor.control("settings", one.settings);
    vendor.open();
    const Reading all = read(bulk);
    ASSERT_FALSE(all.failure) << one.name << ": " << all.failure->message;
    EXPECT_EQ(ids(all), wanted) << one.name;
    EXPECT_GT(calls_to("/query"), 0) << one.name;
    EXPECT_EQ(integer_of(org(), "jobs"), 0) << one.name << ": jobs are not left behind";
  }
}

TEST_F(BulkTest, KnowsWhichObjectsBulkRefuses) {
  const auto description = vendor.source->describe("CaseStatus", {});
  ASSERT_TRUE(description);
  plan = {.table = *description, .columns = description->columns};
  const Reading all = read(bulk);
  ASSERT_FALSE(all.failure) << all.failure->message;
  EXPECT_FALSE(all.records.empty());
}

TEST_F(BulkTest, FetchesTheNextPagesBesideTheOneAtHand) {
  vendor.control("settings", {{"bulkResultRows", 400}});
  for (const int ahead : {0, 2}) {
    vendor.pages_ahead = ahead;
    vendor.open();
    const int64_t told = calls_to("/resultPages"), fetched = calls_to("/results");
    const Reading all = read(bulk);
    ASSERT_FALSE(all.failure) << all.failure->message;
    EXPECT_EQ(all.pages, 8u);
    EXPECT_EQ(ids(all), ids(read(rest)));
    EXPECT_EQ(calls_to("/resultPages") - told, 2) << "five addresses, then three";
    EXPECT_EQ(calls_to("/results") - fetched, 8) << "none is fetched twice, " << ahead << " ahead";
  }
}

TEST_F(BulkTest, GoesByLocatorWhereNextPagesAreNotTold) {
  vendor.fault({{"kind", "status"}, {"status", 404}, {"path", "*/resultPages"}});
  const Reading all = read(bulk);
  ASSERT_FALSE(all.failure) << all.failure->message;
  EXPECT_EQ(ids(all), ids(read(rest)));
}

// As after a load that found a page broken when all was read, or a stop longer than results are kept.
TEST_F(BulkTest, SaysThatItsJobIsGone) {
  vendor.control("settings", {{"bulkResultRows", 400}});
  const Reading all = read(bulk);
  ASSERT_FALSE(all.failure) << all.failure->message;
  std::vector<Cursor> results;
  for (const Cursor& cursor : all.cursors) {
    if (cursor.text.find("\"locator\":\"") != std::string::npos) results.push_back(cursor);
  }
  ASSERT_GT(results.size(), 2u);
  const Reading again = read_slice(*vendor.source, plan, bulk, results[0]);
  ASSERT_FALSE(again.failure) << again.failure->message;
  EXPECT_EQ(ids(again), ids(all)) << "nothing was read of it: through REST";
  const Reading rest_of_it = read_slice(*vendor.source, plan, bulk, results[1]);
  ASSERT_TRUE(rest_of_it.failure) << "rows come in another order the next time";
  EXPECT_EQ(rest_of_it.failure->kind, ErrorKind::not_found);
}

TEST_F(BulkTest, NoticesPagesThatCannotBeRight) {
  vendor.control("settings", {{"bulkResultRows", 400}});
  vendor.fault({{"kind", "wrongTotal"}, {"by", 3}, {"path", "*/results"}});
  EXPECT_EQ(read(bulk).failure.value_or(Error{.message = "nothing"}).kind, ErrorKind::corrupt) << "told by its first page: the load counts";
  const Json rules[] = {{{"kind", "wrongTotal"}, {"by", 3}, {"path", "*/results"}}, {{"kind", "loopPage"}, {"path", "*/results"}}, {{"kind", "emptyPage"}, {"path", "*/results"}}};
  for (const Json& rule : rules) {
    vendor.control("faults", {{"clear", true}});
    vendor.fault({{"kind", "status"}, {"status", 404}, {"path", "*/resultPages"}});
    vendor.fault(rule);
    const Reading all = read(bulk);
    ASSERT_TRUE(all.failure) << to_text(rule);
    EXPECT_TRUE(all.failure->kind == ErrorKind::unavailable || all.failure->kind == ErrorKind::corrupt) << to_text(rule) << all.failure->message;
  }
}

// Pain 10: headers on every page, line breaks, quotes and NUL inside fields.
TEST_F(BulkTest, ReadsDirtyText) {
  for (const Column& column : plan.table.columns) {
    if (column.name == "Notes__c") plan.columns.push_back(column);
  }
  const Reading all = read(bulk), plain = read(rest);
  ASSERT_FALSE(all.failure || plain.failure);
  std::map<std::string, std::string> wanted;
  for (const Json& record : plain.records) wanted[text_of(record, "Id")] = text_of(record, "Notes__c");
  size_t with_breaks = 0;
  for (const Json& record : all.records) {
    EXPECT_EQ(text_of(record, "Notes__c"), wanted[text_of(record, "Id")]);
    with_breaks += text_of(record, "Notes__c").find('\n') != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(with_breaks, 0u);
}

TEST_F(BulkTest, IsCancelledWhileAJobIsAtWork) {
  vendor.control("settings", {{"jobSeconds", 300}});
  std::stop_source stop;
  vendor.transport->on_send = [&, n = 0]() mutable {
    if (++n == 4) stop.request_stop();
  };
  const Reading all = read_slice(*vendor.source, plan, bulk, {}, 0, stop.get_token());
  ASSERT_TRUE(all.failure);
  EXPECT_EQ(all.failure->kind, ErrorKind::cancelled);
}

// Pain 1: a window with many rows does not eat the day's calls: it turns to one bulk job before anything of it is kept.
TEST(SalesforceWindows, Pain1LargeOnesTurnToBulk) {
  for (const bool refused : {false, true}) {
    SimulatedSource vendor({.source = &kSalesforce, .auth = &kSalesforce.auth[0]}, 21'000);
    ReadPlan plan{.table = vendor.source->describe("Contact", {}).value()};
    for (const Column& column : plan.table.columns) {
      if (column.key || column.name == "SystemModstamp") plan.columns.push_back(column);
    }
    plan.window = Window{.column = "SystemModstamp", .from = from_seconds(0)};
    if (refused) vendor.control("settings", {{"dailyBulkQueryJobs", 0}});
    const size_t before = vendor.transport->calls;
    const Reading all = test::read_all(*vendor.source, plan);
    ASSERT_FALSE(all.failure) << all.failure->message;
    const auto keys = test::keys_of(all.records, plan.table);
    const auto live = static_cast<size_t>(vendor.live_rows("Contact"));
    ASSERT_GT(live, 20'000u);
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), live);
    EXPECT_EQ(keys.size(), live);
    const size_t calls = vendor.transport->calls - before;
    if (refused) EXPECT_GT(calls, 11u) << "through REST then";
    else EXPECT_LT(calls, 8u);
    plan.window->from = vendor.clock.now() - std::chrono::hours(1);
    EXPECT_FALSE(test::read_all(*vendor.source, plan).failure) << "a small one stays with REST";
  }
}

// Pain 11: an object that bulk refused once is not offered to it again; others are.
TEST_F(BulkTest, Pain11LearnsWhatBulkRefuses) {
  Org org({.login_origin = "https://acme.my.salesforce.com"}, vendor.world());
  Object object;
  object.description.table.path = "Odd__c";
  EXPECT_TRUE(org.takes_bulk(object));
  org.learn_no_bulk("Odd__c");
  EXPECT_FALSE(org.takes_bulk(object));
  object.description.table.path = "Even__c";
  EXPECT_TRUE(org.takes_bulk(object));
}

}  // namespace
}  // namespace foz::sources::salesforce
