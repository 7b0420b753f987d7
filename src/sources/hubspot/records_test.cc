#include "sources/hubspot/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sources/hubspot/batch.h"
#include "sources/hubspot/collections.h"
#include "sources/hubspot/links.h"
#include "sources/hubspot/metadata.h"
#include "sources/test_world.h"

namespace foz::sources::hubspot {
namespace {

using test::path_of;
using test::query_of;
using test::reply;
using test::TestWorld;
using testing::HasSubstr;

constexpr int64_t kStart = 1'600'000'000'000;

/// A record of the account: its id, when it was changed, and whether it lies in the recycle bin.
struct Record {
  int64_t id;
  int64_t modified = kStart;
  bool archived = false;
};

/// An account with companies that knows lists, searches and batch reads as HubSpot does.
class RecordsTest : public testing::Test {
 protected:
  RecordsTest() : world([this](const http::Request& request) { return answer(request); }), portal({.grant = Grant::private_app, .origin = "https://api.hubapi.com", .access_token = Secret("pat-1")}, world.world()) {
    table = *table_at(standard_tables(), "Hubspot.Companies");
    plan.table = describe_records(table, *parse_json(R"({"results":[{"name":"name","type":"string"},{"name":"hs_lastmodifieddate","type":"datetime"},{"name":"founded","type":"date"},{"name":"epoch","type":"number"}]})"), "");
    for (const Column& column : plan.table.columns) {
      if (column.name == "Id" || column.name == "Properties_Name" || column.name == "Properties_Hs_Lastmodifieddate") plan.columns.push_back(column);
    }
  }

  void add(int64_t count, int64_t first = 1, int64_t modified = kStart) {
    for (int64_t i = 0; i < count; ++i) records.push_back({first + i, modified});
  }

  static Json shown(const Record& record, const std::vector<std::string>& properties) {
    Json values = {{"hs_object_id", std::to_string(record.id)}};
    for (const std::string& name : properties) values[name] = name == "hs_lastmodifieddate" ? iso_millis(from_millis(record.modified)) : name + std::to_string(record.id);
    Json json = {{"id", std::to_string(record.id)}, {"properties", values}, {"createdAt", "2020-01-01T00:00:00.000Z"}, {"updatedAt", "2020-01-01T00:00:00.000Z"}, {"archived", record.archived}};
    if (record.archived) json["archivedAt"] = iso_millis(from_millis(record.modified));
    return json;
  }

  http::Response answer(const http::Request& request) {
    if (trouble) {
      if (auto response = trouble(request)) return *response;
    }
    const std::string path = path_of(request);
    if (path.ends_with("/search")) return search(*parse_json(request.body));
    if (path.find("/associations/") != std::string::npos) return links(*parse_json(request.body));
    if (path.ends_with("/batch/read")) return batch(*parse_json(request.body));
    return list(query_of(request));
  }

  http::Response list(const http::Query& query) {
    const int64_t after = to_integer(query.get("after").value_or("0")).value_or(0), limit = to_integer(*query.get("limit")).value_or(10);
    std::vector<std::string> properties;
    const std::string asked = query.get("properties").value_or("");
    for (const std::string_view name : split(asked, ',')) properties.emplace_back(name);
    Json results = Json::array();
    Json body;
    for (const Record& record : records) {
      if (record.id <= after || record.archived != (query.get("archived") == "true")) continue;
      if (static_cast<int64_t>(results.size()) == limit) {
        body["paging"] = {{"next", {{"after", text_of(results.back(), "id")}, {"link", "https://evil.test/next"}}}};
        break;
      }
      results.push_back(shown(record, properties));
    }
    body["results"] = std::move(results);
    return reply(200, to_text(body));
  }

  static bool passes(const Record& record, const Json& filter) {
    const std::string name = text_of(filter, "propertyName"), word = text_of(filter, "operator");
    if (word == "HAS_PROPERTY") return record.id % 2 == 0;
    const int64_t value = name == "hs_object_id" ? record.id : record.modified, bound = to_integer(text_of(filter, "value")).value_or(0);
    return word == "GTE" ? value >= bound : word == "LT" ? value < bound : value > bound;
  }

  http::Response search(const Json& body) {
    searches.push_back(body);
    const auto limit = static_cast<size_t>(*integer_of(body, "limit"));
    std::vector<Record> found;
    for (const Record& record : records) {
      bool any = body["filterGroups"].empty();
      for (const Json& group : body["filterGroups"]) {
        any |= std::all_of(group["filters"].begin(), group["filters"].end(), [&](const Json& filter) { return passes(record, filter); });
      }
      if (any && !record.archived) found.push_back(record);
    }
    Json results = Json::array();
    for (size_t i = 0; i < std::min(limit, found.size()); ++i) results.push_back(shown(found[i], texts_of(body, "properties")));
    Json json = {{"total", static_cast<int64_t>(found.size()) + total_off}};
    if (found.size() > limit) json["paging"] = {{"next", {{"after", std::to_string(limit)}}}};
    json["results"] = std::move(results);
    if (after_search) after_search();
    return reply(200, to_text(json));
  }

  http::Response batch(const Json& body) {
    ++batches;
    Json results = Json::array(), gone = Json::array();
    for (const Json& input : body["inputs"]) {
      const auto found = std::find_if(records.begin(), records.end(), [&](const Record& record) { return std::to_string(record.id) == text_of(input, "id"); });
      if (found == records.end() || lost.contains(found->id)) gone.push_back(text_of(input, "id"));
      else results.insert(results.begin(), shown(*found, texts_of(body, "properties")));  // in another order
    }
    Json json = {{"status", "COMPLETE"}, {"results", results}};
    if (!gone.empty() && tells_gone) json["errors"] = Json::array({{{"category", "OBJECT_NOT_FOUND"}, {"context", {{"ids", gone}}}}});
    return reply(gone.empty() ? 200 : 207, to_text(json));
  }

  /// Each record has two links, the second one on a further page.
  static http::Response links(const Json& body) {
    Json results = Json::array();
    for (const Json& input : body["inputs"]) {
      const bool second = input.contains("after");
      Json result = {{"from", {{"id", text_of(input, "id")}}},
                     {"to", Json::array({{{"toObjectId", second ? 901 : 900}, {"associationTypes", Json::array({{{"category", "HUBSPOT_DEFINED"}, {"typeId", second ? 2 : 1}, {"label", nullptr}}})}}})}};
      if (!second) result["paging"] = {{"next", {{"after", "x"}}}};
      results.push_back(std::move(result));
    }
    return reply(200, to_text(Json{{"status", "COMPLETE"}, {"results", results}}));
  }

  std::vector<int64_t> read_all(Cursor cursor = {}, std::vector<Cursor>* cursors = nullptr) {
    failure.reset();
    std::vector<int64_t> ids;
    const auto slices = plan_records(portal, table, plan, {});
    if (!slices) {
      failure = slices.error();
      return ids;
    }
    EXPECT_EQ(slices->size(), 1u);
    way = slices->front().id;
    for (int pages = 0; pages < 200; ++pages) {
      auto page = read_records(portal, table, plan, slices->front(), cursor, {});
      if (!page) {
        failure = page.error();
        return ids;
      }
      total = page->total;
      last_bodies = page->bodies;
      const Json body = *parse_json(page->bodies[0]);
      for (const Json& record : *at_pointer(body, page->records)) ids.push_back(*integer_of(record, "id"));
      if (!page->next) return ids;
      cursor = *page->next;
      if (cursors != nullptr) cursors->push_back(cursor);
    }
    ADD_FAILURE() << "no end";
    return ids;
  }

  std::vector<int64_t> wanted(int64_t from_id = 0) const {
    std::vector<int64_t> ids;
    for (const Record& record : records) {
      if (record.id > from_id && !record.archived) ids.push_back(record.id);
    }
    return ids;
  }

  void set_window(int64_t from, std::optional<int64_t> to) {
    plan.window = Window{.column = "Properties_Hs_Lastmodifieddate", .from = from_millis(from)};
    if (to) plan.window->to = from_millis(*to);
  }

  std::vector<Record> records;
  std::vector<Json> searches;
  std::map<int64_t, bool> lost;
  bool tells_gone = true;
  int batches = 0;
  int64_t total_off = 0;
  std::function<void()> after_search;
  std::function<std::optional<http::Response>(const http::Request&)> trouble;
  TestWorld world;
  Portal portal;
  HubTable table;
  ReadPlan plan;
  std::string way;
  std::optional<Error> failure;
  std::optional<int64_t> total;
  std::vector<std::string> last_bodies;
};

TEST_F(RecordsTest, ListsAllWithoutAWindow) {
  add(250);
  std::vector<Cursor> cursors;
  EXPECT_EQ(read_all({}, &cursors), wanted());
  EXPECT_EQ(way, "list");
  EXPECT_EQ(world.vendor.calls().size(), 4u) << "a search tells that there are few";
  EXPECT_EQ(query_of(world.vendor.calls()[1]).get("properties"), "name,hs_lastmodifieddate");
  ASSERT_EQ(cursors.size(), 2u);
  EXPECT_EQ(read_all(cursors[0]), wanted(100));
  EXPECT_EQ(read_all(cursors[1]), wanted(200));
  EXPECT_EQ(world.vendor.count("evil"), 0u) << "the link in the answer is not followed";
}

TEST_F(RecordsTest, SearchesWindows) {
  add(450);
  for (size_t i = 0; i < records.size(); ++i) records[i].modified += static_cast<int64_t>(i);
  set_window(kStart + 10, kStart + 440);
  std::vector<Cursor> cursors;
  const auto ids = read_all({}, &cursors);
  EXPECT_EQ(way, "search");
  EXPECT_EQ(ids.size(), 430u);
  EXPECT_EQ(ids.front(), 11);
  EXPECT_EQ(ids.back(), 440);
  EXPECT_EQ(total, 430);
  const Json& filters = searches.back()["filterGroups"][0]["filters"];
  EXPECT_EQ(to_text(filters), R"([{"propertyName":"hs_lastmodifieddate","operator":"GTE","value":"1600000000010"},{"propertyName":"hs_lastmodifieddate","operator":"LT","value":"1600000000440"},)"
                              R"({"propertyName":"hs_object_id","operator":"GT","value":"410"}])");
  ASSERT_EQ(cursors.size(), 2u);
  EXPECT_EQ(read_all(cursors[0]).front(), 211);
}

// Pain 3: a search ends at 10,000 rows, ours goes on; a bulk edit gives all of them one moment.
TEST_F(RecordsTest, ReadsPastTheWallOfTenThousand) {
  add(12'345);
  set_window(kStart, kStart + 1);
  EXPECT_EQ(read_all(), wanted());
  EXPECT_EQ(total, 12'345);
  for (const Json& search : searches) EXPECT_FALSE(search.contains("after"));
}

// Pain 6, faults F14: rows that leave the window while pages are read shift no others.
TEST_F(RecordsTest, LosesNoRowWhenOthersLeaveTheWindow) {
  add(1000);
  set_window(kStart, kStart + 1);
  size_t next = 0;
  after_search = [&] {  // each search, ten rows from the front are changed and leave
    for (int i = 0; i < 10 && next < records.size(); ++i) records[next++].modified += 1000;
  };
  const auto ids = read_all();
  EXPECT_FALSE(failure);
  for (int64_t id = 100; id <= 1000; ++id) EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), id)) << id;
  EXPECT_LE(*total, static_cast<int64_t>(ids.size()));
}

struct WindowCase {
  std::string column;
  std::string wanted;  ///< the groups of filters; empty: the list
};

TEST_F(RecordsTest, FiltersByEachKindOfColumn) {
  add(1);
  const WindowCase cases[] = {
      {"Properties_Founded", R"([{"filters":[{"propertyName":"founded","operator":"GTE","value":"1600041600000"},{"propertyName":"founded","operator":"LT","value":"1600128000000"}]}])"},
      {"Properties_Epoch", R"([{"filters":[{"propertyName":"epoch","operator":"GTE","value":"1600100000"},{"propertyName":"epoch","operator":"LT","value":"1600200000"}]},)"
                           R"({"filters":[{"propertyName":"epoch","operator":"GTE","value":"1600100000000"},{"propertyName":"epoch","operator":"LT","value":"1600200000000"}]}])"},
      {"Updated_At", R"([{"filters":[{"propertyName":"hs_lastmodifieddate","operator":"GTE","value":"1600100000000"},{"propertyName":"hs_lastmodifieddate","operator":"LT","value":"1600200000000"}]}])"},
      {"Created_At", "[]"},
      {"Properties_Name", "[]"},
  };
  for (const WindowCase& one : cases) {
    searches.clear();
    plan.window = Window{.column = one.column, .from = from_seconds(1'600'100'000), .to = from_seconds(1'600'200'000)};
    read_all();
    EXPECT_FALSE(failure) << one.column;
    EXPECT_EQ(searches.empty() ? "" : to_text(searches.back()["filterGroups"]), one.wanted) << one.column;
  }
  plan.window->column = "Gone";
  read_all();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, ErrorKind::not_found);
}

TEST_F(RecordsTest, ListsWhenNothingBoundsTheWindowBelow) {
  add(3);
  plan.window = Window{.column = "Properties_Hs_Lastmodifieddate", .to = from_millis(kStart + 1)};
  EXPECT_EQ(read_all(), wanted());
  EXPECT_EQ(way, "list") << "also rows without a value belong to it";
}

// Sources contract, 4.5.
TEST_F(RecordsTest, ListsWhenAWindowHoldsMostOfManyRows) {
  add(3);
  total_off = 250'000;
  set_window(kStart, kStart + 1);
  ASSERT_TRUE(plan_records(portal, table, plan, {}));
  EXPECT_EQ(plan_records(portal, table, plan, {})->front().id, "list");
  total_off = 0;
  EXPECT_EQ(plan_records(portal, table, plan, {})->front().id, "search");
}

// Pain 9: more properties than a URL takes.
TEST_F(RecordsTest, ReadsBatchesWhenPropertiesDoNotFitAUrl) {
  add(110);
  for (int i = 0; i < 600; ++i) plan.columns.push_back({.name = "C" + std::to_string(i), .raw_path = {"properties", "a_rather_long_property_name_" + std::to_string(i)}});
  auto ids = read_all();
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, wanted());
  EXPECT_EQ(batches, 2);
  const Json record = (*parse_json(last_bodies[0]))["results"][0];
  EXPECT_TRUE(record["properties"].contains("a_rather_long_property_name_599"));
  for (const auto& call : world.vendor.calls()) EXPECT_LT(call.url.size(), 16'000u);

  lost[105] = true;  // removed between the list and the batch
  EXPECT_EQ(read_all().size(), 109u);
  tells_gone = false;
  read_all();
  ASSERT_TRUE(failure) << "a record that is missing without a word is asked for again";
  EXPECT_EQ(failure->kind, ErrorKind::unavailable);
}

TEST_F(RecordsTest, ReadsBatchesWhenASearchMayNotBeThatLong) {
  add(250);
  set_window(kStart, kStart + 1);
  for (int i = 0; i < 200; ++i) plan.columns.push_back({.name = "C" + std::to_string(i), .raw_path = {"properties", "a_rather_long_property_name_" + std::to_string(i)}});
  trouble = [](const http::Request& request) -> std::optional<http::Response> {
    if (!path_of(request).ends_with("/search") || request.body.size() <= 3000) return std::nullopt;
    return reply(400, R"({"status":"error","message":"body too long","category":"VALIDATION_ERROR"})");
  };
  auto ids = read_all();
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, wanted());
  EXPECT_EQ(batches, 3);
}

TEST_F(RecordsTest, SearchesLessAtATimeWhenItIsTooHeavy) {
  add(60);
  set_window(kStart, kStart + 1);
  trouble = [](const http::Request& request) -> std::optional<http::Response> {
    const auto body = parse_json(request.body);
    return body && integer_of(*body, "limit") == 200 ? std::optional(reply(504, "<html>")) : std::nullopt;
  };
  EXPECT_EQ(read_all(), wanted());
}

// A vendor that lies about counts is noticed (issue 6; faults F14).
TEST_F(RecordsTest, NoticesCountsThatCannotBeRight) {
  add(300);
  set_window(kStart, kStart + 1);
  for (const int64_t off : {1, 5, -150, -300}) {
    total_off = off;
    read_all();
    ASSERT_TRUE(failure) << off;
    EXPECT_EQ(failure->kind, ErrorKind::unavailable) << off;
    EXPECT_THAT(failure->message, HasSubstr("counts"));
  }
}

TEST_F(RecordsTest, NoticesPagesThatComeTwice) {
  add(250);
  const http::Response first = answer(http::get("https://api.hubapi.com/crm/v3/objects/companies?limit=100&properties=name"));
  trouble = [&](const http::Request&) { return first; };
  read_all();
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->message, HasSubstr("twice"));
  EXPECT_LE(world.vendor.calls().size(), 3u);
}

TEST_F(RecordsTest, GoesOnBehindAnEmptyPageWithANextHandle) {
  add(150);
  bool empty = true;
  trouble = [&](const http::Request&) -> std::optional<http::Response> {
    return std::exchange(empty, false) ? std::optional(reply(200, R"({"results":[],"paging":{"next":{"after":"0"}}})")) : std::nullopt;
  };
  EXPECT_EQ(read_all(), wanted());
}

// Faults F11.
TEST_F(RecordsTest, TakesNothingFromACutPage) {
  add(5);
  const http::Response whole = answer(http::get("https://api.hubapi.com/crm/v3/objects/companies?limit=100&properties=name"));
  for (size_t bytes = 0; bytes < whole.body.size(); ++bytes) {
    trouble = [&](const http::Request&) { return reply(200, whole.body.substr(0, bytes)); };
    EXPECT_TRUE(read_all().empty()) << bytes;
    ASSERT_TRUE(failure) << bytes;
  }
}

TEST_F(RecordsTest, KeepsToFiveSearchesASecond) {
  add(6000);
  set_window(kStart, kStart + 1);
  const Instant begin = world.clock.now();
  read_all();
  EXPECT_GE(world.clock.now() - begin, std::chrono::milliseconds(29 * 250));
}

TEST_F(RecordsTest, StopsCallingWhenTheDayIsUsedUp) {
  add(5);
  trouble = [](const http::Request&) { return reply(429, R"({"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","policyName":"DAILY"})"); };
  read_all();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, ErrorKind::rate_limited);
  EXPECT_TRUE(failure->retry_after);
  const size_t calls = world.vendor.calls().size();
  read_all();
  EXPECT_EQ(world.vendor.calls().size(), calls);
}

// Sources contract, 4.8: daily counters reset at midnight in the account's time zone.
TEST_F(RecordsTest, AsksAgainAtTheAccountsMidnightWhenTheDayIsUsedUp) {
  add(5);
  trouble = [](const http::Request& request) -> std::optional<http::Response> {
    if (path_of(request).ends_with("/details")) return reply(200, R"({"portalId":7,"timeZone":"Asia/Tokyo"})");
    return reply(429, R"({"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","policyName":"DAILY"})");
  };
  ASSERT_TRUE(portal.account({}));
  read_all();
  ASSERT_TRUE(failure && failure->retry_after);
  const Instant again = world.clock.now() + *failure->retry_after;
  const auto there = Zone::named("Asia/Tokyo").value().to_local(again);
  EXPECT_EQ(there - std::chrono::floor<std::chrono::days>(there), std::chrono::microseconds(0));
  EXPECT_LE(*failure->retry_after, std::chrono::hours(24));
}

TEST_F(RecordsTest, AddsLinksToAllDealsWhenTheyAreAskedFor) {
  add(3);
  table = *table_at(standard_tables(), "Hubspot.All_Deals");
  plan.table = describe_records(table, *parse_json(R"({"results":[]})"), "7");
  plan.columns = {plan.table.columns[0]};
  read_all();
  EXPECT_EQ(last_bodies.size(), 1u);
  for (const Column& column : plan.table.columns) {
    if (column.name == "Associations_Associated_Vids") plan.columns.push_back(column);
  }
  read_all();
  ASSERT_EQ(last_bodies.size(), 2u);
  const Json joined = *parse_json(last_bodies[1]);
  ASSERT_EQ(joined["results"].size(), 3u);
  EXPECT_EQ(to_text(joined["results"][2]), R"({"id":"3","associations":{"associatedVids":[900,901]}})");
}

TEST_F(RecordsTest, ShowsEveryLinkAsARow) {
  add(130);
  const HubTable& links = *table_at(standard_tables(), "Hubspot.Companies_To_Contacts");
  size_t rows = 0, pages = 0;
  for (std::optional<Cursor> cursor = Cursor{}; cursor && pages < 9; ++pages) {
    const auto page = read_link_table(portal, links, Purpose::collect, *cursor, {});
    ASSERT_TRUE(page) << page.error().message;
    const Json body = *parse_json(page->bodies[0]);
    if (rows == 0) {
      EXPECT_EQ(to_text(body["results"][1]), R"({"fromId":"1","toId":"901","typeId":2,"category":"HUBSPOT_DEFINED","label":null})");
    }
    rows += body["results"].size();
    cursor = page->next;
  }
  EXPECT_EQ(rows, 260u);
  EXPECT_EQ(pages, 2u);
}

// Sources contract, 4.7.
TEST_F(RecordsTest, TellsWhatWasArchivedAndMerged) {
  const int64_t now = to_millis(world.clock.now());
  add(3, 1, now - 10'000);
  records.push_back({4, now - 5000, true});
  records.push_back({5, now - 86'400'000, true});
  trouble = [&](const http::Request& request) -> std::optional<http::Response> {
    if (!path_of(request).ends_with("/search")) return std::nullopt;
    return reply(200, R"({"total":1,"results":[{"id":"2","properties":{"hs_merged_object_ids":"77;78"}}]})");
  };
  const std::string bookmark = iso_millis(from_millis(now - 60'000));
  std::vector<std::string> keys;
  Removals last;
  Cursor cursor;
  for (int i = 0; i < 5; ++i) {
    const auto removals = read_removals(portal, table, plan, bookmark, cursor, {});
    ASSERT_TRUE(removals) << removals.error().message;
    for (const Removal& row : removals->rows) keys.push_back(row.key);
    last = *removals;
    if (!last.next) break;
    cursor = *last.next;
  }
  EXPECT_FALSE(last.next);
  EXPECT_THAT(keys, testing::ElementsAre("4", "77", "78"));
  EXPECT_EQ(last.method, "archived list");
  EXPECT_EQ(last.bookmark, iso_millis(from_millis(now)));
  EXPECT_TRUE(read_removals(portal, table, plan, iso_millis(from_millis(now - 91LL * 86'400'000)), {}, {})->gap);
}

TEST_F(RecordsTest, TakesNoWrongAnswerForAnEmptyList) {
  const std::string bookmark = iso_millis(world.clock.now() - std::chrono::minutes(1));
  for (const char* body : {R"({"results":"none"})", R"({})", R"({"results":[{"archivedAt":"2030-01-01T00:00:00Z"}]})"}) {
    trouble = [&](const http::Request&) { return reply(200, body); };
    const auto removals = read_removals(portal, table, plan, bookmark, {}, {});
    ASSERT_FALSE(removals) << body;
    EXPECT_EQ(removals.error().kind, ErrorKind::corrupt);
    EXPECT_THAT(removals.error().message, HasSubstr("reading the archived records of companies: "));
  }
  trouble = [&](const http::Request&) { return reply(200, R"({"results":"none"})"); };
  const auto links = read_links(portal, "companies", "contacts", {"1"}, Purpose::collect, {});
  ASSERT_FALSE(links) << "they would pass for a record that has none";
  EXPECT_EQ(links.error().message, R"(reading the links of companies to contacts: the answer has no list "results")");
}

/// Our clock may be wrong: what goes is dated by the vendor's.
TEST_F(RecordsTest, DatesLooksForRemovalsByTheVendorsClock) {
  const Instant vendor_now = std::chrono::floor<std::chrono::seconds>(world.clock.now()) - std::chrono::hours(1);
  trouble = [&](const http::Request&) -> std::optional<http::Response> {
    http::Response response = reply(200, R"({"total":0,"results":[]})");
    response.headers.set("Date", http_date(vendor_now));
    return response;
  };
  ASSERT_TRUE(read_link_table(portal, *table_at(standard_tables(), "Hubspot.Companies_To_Contacts"), Purpose::collect, {}, {}));
  const auto first = read_removals(portal, table, plan, "", {}, {});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->bookmark, iso_millis(vendor_now));
  const auto ahead = read_removals(portal, table, plan, iso_millis(world.clock.now()), {}, {});
  ASSERT_TRUE(ahead) << ahead.error().message;
  EXPECT_TRUE(ahead->gap) << "nobody knows what the look with the wrong clock saw";
  EXPECT_EQ(ahead->bookmark, iso_millis(vendor_now));
}

struct CollectionCase {
  std::string title;
  std::vector<std::string> pages;
  size_t rows;
};

TEST_F(RecordsTest, ReadsEveryKindOfCollection) {
  const CollectionCase cases[] = {
      {"Owners", {R"({"results":[{"id":"1"},{"id":"2"}],"paging":{"next":{"after":"2"}}})", R"({"results":[{"id":"3"}]})"}, 3},
      {"Deal_Pipelines", {R"({"results":[{"id":"default"}]})"}, 1},
      {"Lists", {R"({"lists":[{"listId":"1"}],"hasMore":true,"offset":1,"total":2})", R"({"lists":[{"listId":"2"}],"hasMore":false,"offset":2,"total":2})"}, 2},
      {"Blog_Comments", {R"({"objects":[{"id":1}],"total":2,"limit":1,"offset":0})", R"({"objects":[{"id":2}],"total":2,"limit":1,"offset":1})"}, 2},
  };
  for (const CollectionCase& one : cases) {
    size_t next = 0, rows = 0;
    trouble = [&](const http::Request&) { return reply(200, one.pages.at(next++)); };
    for (std::optional<Cursor> cursor = Cursor{}; cursor;) {
      const auto page = read_collection(portal, *collection_titled(one.title), Purpose::collect, *cursor, {});
      ASSERT_TRUE(page) << one.title << page.error().message;
      rows += at_pointer(*parse_json(page->bodies[0]), page->records)->size();
      cursor = page->next;
    }
    EXPECT_EQ(rows, one.rows) << one.title;
    EXPECT_EQ(next, one.pages.size()) << one.title;
  }
  trouble = [&](const http::Request&) { return reply(200, cases[0].pages[0]); };
  const auto first = read_collection(portal, *collection_titled("Owners"), Purpose::collect, {}, {});
  EXPECT_FALSE(read_collection(portal, *collection_titled("Owners"), Purpose::collect, *first->next, {})) << "a page that comes twice";
}

}  // namespace
}  // namespace foz::sources::hubspot
