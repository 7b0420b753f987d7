#include "sources/salesforce/rest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sources/salesforce/deleted_feed.h"
#include "sources/salesforce/plan.h"
#include "sources/test_world.h"

namespace foz::sources::salesforce {
namespace {

using test::path_of;
using test::query_of;
using test::reply;
using test::TestWorld;
using testing::HasSubstr;

constexpr std::string_view kOrigin = "https://acme.my.salesforce.com";

std::string id_of(int number) {
  const std::string digits = std::to_string(number);
  return "001" + std::string(15 - digits.size(), '0') + digits;
}

/// An org with `rows` accounts that understands just what the reader asks: Id bounds, LIMIT, locators.
class RestTest : public testing::Test {
 protected:
  RestTest() : world([this](const http::Request& request) { return answer(request); }) {
    plan.table.table = {.name = "Account", .path = "Account"};
    for (const char* name : {"Id", "Name"}) plan.columns.push_back({.name = name, .raw_path = {name}});
    plan.columns[0].key = true;
    plan.table.columns = plan.columns;
  }

  Org& org() {
    if (!org_) {
      Settings settings{.login_origin = std::string(kOrigin), .client_id = "id", .client_secret = Secret("S3CRET")};
      org_ = std::make_unique<Org>(std::move(settings), world.world());
    }
    return *org_;
  }

  http::Response answer(const http::Request& request) {
    if (path_of(request) == "/services/oauth2/token") {
      return reply(200, to_text(Json{{"access_token", "tok"}, {"instance_url", kOrigin}}));
    }
    if (trouble) {
      if (auto response = trouble(request)) return *response;
    }
    const std::string path = path_of(request);
    const size_t locator = path.find("/query/L");
    if (locator != std::string::npos) {
      const auto parts = split(std::string_view(path).substr(locator + 8), '-');
      return page(asked[to_integer(parts[0]).value_or(0)], static_cast<size_t>(to_integer(parts[1]).value_or(0)), to_integer(parts[0]).value_or(0));
    }
    asked.push_back(query_of(request).get("q").value_or(""));
    return page(asked.back(), 0, static_cast<int64_t>(asked.size()) - 1);
  }

  static std::string bound(const std::string& soql, std::string_view word) {
    const size_t at = soql.find(word);
    return at == std::string::npos ? "" : soql.substr(at + word.size(), 18);
  }

  http::Response page(const std::string& soql, size_t from, int64_t query) const {
    std::vector<int> found;
    const std::string behind = bound(soql, "Id > '"), low = bound(soql, "Id >= '"), high = bound(soql, "Id <= '");
    for (int i = 0; i < rows; ++i) {
      const std::string id = id_of(i);
      if (std::find(gone.begin(), gone.end(), i) != gone.end() && soql.find("Name") == std::string::npos) continue;
      if ((behind.empty() || id > behind) && (low.empty() || id >= low) && (high.empty() || id <= high)) found.push_back(i);
    }
    const size_t limit = soql.find(" LIMIT ");
    if (limit != std::string::npos) found.resize(std::min(found.size(), static_cast<size_t>(to_integer(soql.substr(limit + 7)).value_or(0))));
    Json records = Json::array();
    const std::string fields = soql.substr(7, soql.find(" FROM") - 7);
    for (size_t i = from; i < std::min(found.size(), from + page_rows); ++i) {
      Json record = {{"attributes", {{"type", "Account"}}}, {"Id", id_of(found[i])}};
      for (const std::string_view field : split(fields, ',')) {
        if (field != "Id") record[std::string(field)] = std::string(field) + std::to_string(found[i]);
      }
      records.push_back(std::move(record));
    }
    const bool done = from + page_rows >= found.size();
    Json body = {{"totalSize", found.size()}, {"done", done}};
    if (!done) body["nextRecordsUrl"] = "/services/data/v60.0/query/L" + std::to_string(query) + "-" + std::to_string(from + page_rows);
    body["records"] = std::move(records);
    return reply(200, to_text(body));
  }

  /// All ids from a cursor on, and every cursor on the way.
  std::vector<std::string> read_all(Cursor cursor = {}, std::vector<Cursor>* cursors = nullptr) {
    std::vector<std::string> ids;
    for (int pages = 0; pages < 100; ++pages) {
      auto page = read_rest(org(), plan, {}, cursor, {});
      if (!page) {
        failure = page.error();
        return ids;
      }
      last_total = page->total;
      bodies = page->bodies;
      const Json body = *parse_json(page->bodies[0]);
      for (const Json& record : body["records"]) ids.push_back(text_of(record, "Id"));
      if (!page->next) return ids;
      cursor = *page->next;
      if (cursors != nullptr) cursors->push_back(cursor);
    }
    ADD_FAILURE() << "no end";
    return ids;
  }

  std::vector<std::string> all_ids(int from = 0) const {
    std::vector<std::string> ids;
    for (int i = from; i < rows; ++i) ids.push_back(id_of(i));
    return ids;
  }

  int rows = 2500;
  size_t page_rows = 1000;
  std::vector<int> gone;
  std::vector<std::string> asked;
  std::function<std::optional<http::Response>(const http::Request&)> trouble;
  TestWorld world;
  ReadPlan plan;
  std::unique_ptr<Org> org_;
  std::optional<Error> failure;
  std::optional<int64_t> last_total;
  std::vector<std::string> bodies;
};

TEST_F(RestTest, ReadsPageAfterPage) {
  EXPECT_EQ(read_all(), all_ids());
  EXPECT_EQ(last_total, 2500);
  EXPECT_EQ(asked, (std::vector<std::string>{"SELECT Id,Name FROM Account ORDER BY Id"}));
}

TEST_F(RestTest, GoesOnFromEveryCursor) {
  std::vector<Cursor> cursors;
  read_all({}, &cursors);
  ASSERT_EQ(cursors.size(), 2u);
  for (size_t i = 0; i < cursors.size(); ++i) EXPECT_EQ(read_all(cursors[i]), all_ids(static_cast<int>(i + 1) * 1000));
}

// Pain 17: a locator that died costs a query behind the last key, no row.
TEST_F(RestTest, BeginsAnewBehindTheLastKeyWhenALocatorDied) {
  bool died = false;
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    if (died || path_of(request).find("-1000") == std::string::npos) return std::nullopt;
    died = true;
    return reply(400, R"([{"message":"invalid query locator","errorCode":"INVALID_QUERY_LOCATOR"}])");
  };
  EXPECT_EQ(read_all(), all_ids());
  EXPECT_THAT(asked.back(), HasSubstr("Id > '" + id_of(999) + "'"));
  EXPECT_EQ(last_total, 2500);
}

// Pain 2: a query that is too heavy as a whole is read in short pieces by key.
TEST_F(RestTest, ReadsShortPiecesWhenTheQueryIsTooHeavy) {
  page_rows = 2000;
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    if (query_of(request).get("q").value_or("LIMIT").find("LIMIT") != std::string::npos) return std::nullopt;
    return reply(400, R"([{"message":"Your query request was running for too long.","errorCode":"QUERY_TIMEOUT"}])");
  };
  EXPECT_EQ(read_all(), all_ids());
  EXPECT_EQ(asked.size(), 2u);
}

// And where even those are, in halves of its time, down to an hour; then of its ids (split_test.cc).
TEST_F(RestTest, Pain2HalvesTheTimeOfPiecesThatAreTooHeavy) {
  const int64_t begin = 1'700'000'000'000, hour = 3'600'000;
  plan.columns.push_back({.name = "SystemModstamp", .type = ColumnType::timestamp, .raw_path = {"SystemModstamp"}, .cursor = true});
  plan.table.columns = plan.columns;
  plan.window = Window{.column = "SystemModstamp", .from = from_millis(begin), .to = from_millis(begin + 8 * hour)};
  rows = 80;
  const auto moment_behind = [](const std::string& soql, std::string_view word, bool last) {
    const size_t at = last ? soql.rfind(word) : soql.find(word);
    return to_millis(parse_iso_instant(soql.substr(at + word.size(), soql.find_first_of(" )", at + word.size()) - at - word.size())).value());
  };
  std::vector<std::pair<int64_t, int64_t>> read;
  int64_t heavier_than = 3 * hour;
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    const std::string soql = query_of(request).get("q").value_or("");
    if (soql.find("SystemModstamp") == std::string::npos) return std::nullopt;  // the first and the last id
    const int64_t from = moment_behind(soql, "SystemModstamp >= ", true), to = moment_behind(soql, "SystemModstamp < ", true);
    if (to - from > heavier_than || soql.find("LIMIT") == std::string::npos) return reply(400, R"([{"message":"Your query request was running for too long.","errorCode":"QUERY_TIMEOUT"}])");
    read.emplace_back((from - begin) / hour, (to - begin) / hour);
    Json body = {{"totalSize", 1}, {"done", true}, {"records", {{{"Id", id_of(static_cast<int>((from - begin) / hour))}, {"Name", "x"}}}}};
    return reply(200, to_text(body));
  };
  EXPECT_EQ(read_all(), (std::vector<std::string>{id_of(0), id_of(2), id_of(4), id_of(6)}));
  EXPECT_EQ(read, (std::vector<std::pair<int64_t, int64_t>>{{0, 2}, {2, 4}, {4, 6}, {6, 8}})) << "each time once";
  heavier_than = hour / 2;
  read_all();
  ASSERT_TRUE(failure) << "no row is left out in silence";
  EXPECT_EQ(failure->kind, ErrorKind::unavailable);
}

// Pain 9: columns that do not fit a URL come as further bodies with the same records.
TEST_F(RestTest, JoinsSplitColumns) {
  rows = 3;
  for (int i = 0; i < 500; ++i) {
    const std::string name = "A_rather_long_custom_field_name_" + std::to_string(i) + "__c";
    plan.columns.push_back({.name = name, .raw_path = {name}});
  }
  plan.table.columns = plan.columns;
  EXPECT_EQ(read_all(), all_ids());
  ASSERT_EQ(bodies.size(), 2u);
  std::vector<std::vector<std::string>> ids;
  Json merged = Json::array({Json::object(), Json::object(), Json::object()});
  for (const std::string& body : bodies) {
    const Json parsed = *parse_json(body);
    ASSERT_EQ(parsed["records"].size(), 3u);
    for (size_t i = 0; i < 3; ++i) merged[i].merge_patch(parsed["records"][i]);
  }
  for (size_t i = 0; i < 3; ++i) {
    for (const Column& column : plan.columns) EXPECT_TRUE(merged[i].contains(column.name)) << column.name;
  }

  gone = {1};  // between the first body and the second: it leaves both
  read_all();
  for (const std::string& body : bodies) EXPECT_EQ((*parse_json(body))["records"].size(), 2u);
}

TEST_F(RestTest, StopsWhenATasteIsEnough) {
  plan.rows_wanted = 100;
  page_rows = 2000;
  EXPECT_EQ(read_all().size(), 100u);
  EXPECT_THAT(asked[0], HasSubstr("LIMIT 100"));
}

// Faults F14: a page that comes twice is a loop.
TEST_F(RestTest, NoticesAPageThatComesTwice) {
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    if (path_of(request).find("/query/L") == std::string::npos) return std::nullopt;
    return page(asked[0], 0, 0);
  };
  read_all();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, ErrorKind::unavailable);
  EXPECT_THAT(failure->message, HasSubstr("twice"));
}

// Faults F11: a page cut anywhere gives no row.
TEST_F(RestTest, TakesNothingFromACutPage) {
  rows = 4;
  const std::string whole = page("SELECT Id,Name FROM Account", 0, 0).body;
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    trouble = [&](const http::Request&) { return reply(200, whole.substr(0, bytes)); };
    const auto page = read_rest(org(), plan, {}, {}, {});
    ASSERT_FALSE(page) << bytes;
    EXPECT_TRUE(page.error().kind == ErrorKind::unavailable || page.error().kind == ErrorKind::corrupt) << page.error().message;
  }
}

// Faults F25: a next page on a foreign host gets no token.
TEST_F(RestTest, FollowsNoLinkToAForeignHost) {
  for (const char* link : {"https://evil.test/services/data/v60.0/query/X", "//evil.test/services/", "http://acme.my.salesforce.com/services/data/x", "/_sim/x", "@evil.test/services/"}) {
    trouble = [&](const http::Request&) { return reply(200, to_text(Json{{"totalSize", 9}, {"done", false}, {"nextRecordsUrl", link}, {"records", Json::array({{{"Id", id_of(1)}}})}})); };
    failure.reset();
    const size_t before = world.vendor.calls().size();
    read_all();
    ASSERT_TRUE(failure) << link;
    EXPECT_EQ(failure->kind, ErrorKind::corrupt) << link;
    EXPECT_LE(world.vendor.calls().size(), before + 2) << link;
    EXPECT_EQ(world.vendor.count("evil"), 0u);
  }
}

TEST_F(RestTest, NoticesANextPageThatIsNotNamed) {
  trouble = [&](const http::Request&) { return reply(200, R"({"totalSize":9,"done":false,"records":[{"Id":"001"}]})"); };
  read_all();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, ErrorKind::corrupt);
}

TEST_F(RestTest, StopsCallingWhenTheAllowanceIsGone) {
  trouble = [&](const http::Request&) { return reply(403, R"([{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}])"); };
  read_all();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, ErrorKind::rate_limited);
  EXPECT_TRUE(failure->retry_after);
  const size_t calls = world.vendor.calls().size();
  read_all();
  EXPECT_EQ(world.vendor.calls().size(), calls) << "no call after a refusal for quota";
}

TEST_F(RestTest, LeavesTheReserveOfTheAllowanceToOthers) {
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    http::Response response = page("SELECT Id FROM Account", 0, 0);
    response.headers.set("Sforce-Limit-Info", "api-usage=4100/5000");
    asked.push_back(query_of(request).get("q").value_or(""));
    return response;
  };
  read_all();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, ErrorKind::rate_limited);
}

TEST_F(RestTest, IsCancelled) {
  std::stop_source stop;
  stop.request_stop();
  const auto page = read_rest(org(), plan, {}, {}, stop.get_token());
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::cancelled);
}

TEST(SalesforceParts, TouchAndLeaveNothingOut) {
  for (const int64_t count : {1, 2, 7, 16}) {
    const auto parts = parts_between(1'000'000, 90'000'000, count);
    EXPECT_FALSE(parts.front().from);
    EXPECT_FALSE(parts.back().to);
    EXPECT_EQ(static_cast<int64_t>(parts.size()), count);
    for (size_t i = 1; i < parts.size(); ++i) EXPECT_EQ(parts[i - 1].to, parts[i].from);
    for (const Part& part : parts) EXPECT_EQ(part_of(slice_of({.part = part}))->part, part);
  }
  EXPECT_EQ(parts_between(5, 5, 8).size(), 1u);
  EXPECT_EQ(parts_between(1000, 3000, 16).size(), 2u) << "parts shorter than a second are none";
  EXPECT_FALSE(part_of({.id = "x", .query = "no json"}));
}

TEST_F(RestTest, CutsLargeObjectsIntoParts) {
  const std::string describe = R"({"name":"Account","queryable":true,"fields":[{"name":"Id","type":"id"},{"name":"CreatedDate","type":"datetime","filterable":true}]})";
  std::optional<int64_t> total = 1'560'000;
  bool counts_months = true;
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    if (path_of(request).ends_with("/describe")) return reply(200, describe);
    const std::string soql = query_of(request).get("q").value_or("");
    if (soql.find("COUNT()") != std::string::npos && !total) return reply(400, R"([{"message":"Your query request was running for too long.","errorCode":"QUERY_TIMEOUT"}])");
    if (soql.find("COUNT()") != std::string::npos) return reply(200, to_text(Json{{"totalSize", *total}, {"done", true}, {"records", Json::array()}}));
    if (soql.find("GROUP BY") != std::string::npos) {
      if (!counts_months) return reply(400, R"([{"message":"Your query request was running for too long.","errorCode":"QUERY_TIMEOUT"}])");
      Json months = Json::array();
      for (int month = 12; month >= 1; --month) months.push_back({{"y", 2023}, {"m", month}, {"n", month == 7 ? 900'000 : 60'000}});
      return reply(200, to_text(Json{{"totalSize", months.size()}, {"done", true}, {"records", months}}));
    }
    const char* date = soql.find("DESC") == std::string::npos ? "2020-01-01T00:00:00.000+0000" : "2023-10-01T00:00:00.000+0000";
    return reply(200, to_text(Json{{"totalSize", 1}, {"done", true}, {"records", Json::array({{{"CreatedDate", date}}})}}));
  };
  const auto many = plan_slices(org(), plan, {});
  ASSERT_TRUE(many);
  EXPECT_EQ(many->size(), 5u) << "four months, two, the large one, four, one";
  EXPECT_TRUE(part_of(many->front())->bulk);
  counts_months = false;
  EXPECT_EQ(plan_slices(org(), plan, {})->size(), 46u) << "each month for itself";
  total.reset();
  EXPECT_EQ(plan_slices(org(), plan, {})->size(), 46u) << "too many to be counted";
  total = 200'000;
  EXPECT_EQ(plan_slices(org(), plan, {})->size(), 1u);
  EXPECT_TRUE(part_of(plan_slices(org(), plan, {})->front())->bulk);
  total = 10'000;
  EXPECT_EQ(plan_slices(org(), plan, {})->size(), 1u);
  EXPECT_FALSE(part_of(plan_slices(org(), plan, {})->front())->bulk);
  total = 1'000'000;
  plan.rows_wanted = 100;
  EXPECT_EQ(plan_slices(org(), plan, {})->size(), 1u);
  plan.rows_wanted = 0;
  plan.window = Window{.column = "CreatedDate", .from = from_seconds(0)};
  EXPECT_EQ(plan_slices(org(), plan, {})->size(), 1u) << "windows are small";
}

// Sources contract, 2.5.
TEST_F(RestTest, ReadsTheDeletedFeedInHalvesWhenItIsTooLong) {
  int64_t ids_max_minutes = 30;
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    if (path_of(request).ends_with("/describe")) return reply(200, R"({"name":"Account","replicateable":true,"fields":[{"name":"Id","type":"id"}]})");
    const auto query = query_of(request);
    const Instant begin = *parse_iso_instant(*query.get("start")), end = *parse_iso_instant(*query.get("end"));
    if (end - begin > std::chrono::minutes(ids_max_minutes)) return reply(400, R"([{"message":"too many","errorCode":"EXCEEDED_ID_LIMIT"}])");
    return reply(200, to_text(Json{{"deletedRecords", Json::array({{{"id", "001-" + iso_seconds(begin)}, {"deletedDate", iso_millis(begin)}}})},
                                   {"earliestDateAvailable", "2020-01-01T00:00:00.000+0000"}, {"latestDateCovered", iso_millis(end)}}));
  };
  const Instant now = std::chrono::floor<std::chrono::minutes>(world.clock.now());
  const std::string bookmark = iso_seconds(now - std::chrono::minutes(60));
  std::vector<std::string> keys;
  Removals removals;
  Cursor cursor;
  for (int i = 0; i < 10; ++i) {
    auto answer = read_deleted(org(), plan, bookmark, cursor, {});
    ASSERT_TRUE(answer) << answer.error().message;
    removals = *answer;
    for (const Removal& row : removals.rows) keys.push_back(row.key);
    if (!removals.next) break;
    cursor = *removals.next;
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"001-" + iso_seconds(now - std::chrono::minutes(60)), "001-" + iso_seconds(now - std::chrono::minutes(30))}));
  EXPECT_EQ(removals.bookmark, iso_seconds(now));
  EXPECT_FALSE(removals.gap);
  EXPECT_EQ(removals.method, "deleted feed");

  const auto old = read_deleted(org(), plan, iso_seconds(now - std::chrono::days(20)), {}, {});
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->gap) << "the feed reaches back fifteen days";
}

/// Our clock may be wrong: what goes is dated by the vendor's.
TEST_F(RestTest, DatesLooksForRemovalsByTheVendorsClock) {
  const Instant vendor_now = std::chrono::floor<std::chrono::minutes>(world.clock.now()) - std::chrono::hours(1);
  trouble = [&](const http::Request&) -> std::optional<http::Response> {
    http::Response response = reply(200, R"({"name":"Account","replicateable":true,"fields":[{"name":"Id","type":"id"}]})");
    response.headers.set("Date", http_date(vendor_now));
    return response;
  };
  const auto first = read_deleted(org(), plan, "", {}, {});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->bookmark, iso_seconds(vendor_now));
  EXPECT_FALSE(first->gap);
  const auto ahead = read_deleted(org(), plan, iso_seconds(world.clock.now()), {}, {});
  ASSERT_TRUE(ahead) << ahead.error().message;
  EXPECT_TRUE(ahead->gap) << "nobody knows what the look with the wrong clock saw";
  EXPECT_EQ(ahead->bookmark, iso_seconds(vendor_now));
}

}  // namespace
}  // namespace foz::sources::salesforce
