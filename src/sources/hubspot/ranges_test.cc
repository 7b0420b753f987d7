#include "sources/hubspot/ranges.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "sources/hubspot/hubspot.h"
#include "sources/hubspot/metadata.h"
#include "sources/hubspot/records.h"
#include "sources/test_world.h"

namespace foz::sources::hubspot {
namespace {

using test::path_of;
using test::query_of;
using test::reply;
using test::TestWorld;

using Ids = std::vector<int64_t>;

Ids numbers(int64_t count, int64_t first, int64_t step = 1) {
  Ids ids;
  for (int64_t i = 0; i < count; ++i) ids.push_back(first + i * step);
  return ids;
}

/// An account with companies that are nothing but ids: lists and searches of them.
class RangesTest : public testing::Test {
 protected:
  RangesTest() : world([this](const http::Request& request) { return answer(request); }), portal({.grant = Grant::private_app, .origin = "https://api.hubapi.com", .access_token = Secret("pat-1")}, world.world()) {
    table = *table_at(standard_tables(), "Hubspot.Companies");
    plan.table = describe_records(table, *parse_json(R"({"results":[{"name":"name","type":"string"}]})"), "");
    for (const Column& column : plan.table.columns) {
      if (column.name == "Id") plan.columns.push_back(column);
    }
  }

  http::Response answer(const http::Request& request) {
    if (refuse_from >= 0 && refuse_from-- == 0) {
      refuse_from = 0;
      return reply(refusal, R"({"status":"error","category":"EXPIRED_AUTHENTICATION","message":"no"})");
    }
    return path_of(request).ends_with("/search") ? search(*parse_json(request.body)) : list(query_of(request));
  }

  static http::Response refused() { return reply(400, R"({"status":"error","category":"VALIDATION_ERROR","message":"no"})"); }

  /// Where the list goes on behind a handle; nothing: it is none.
  std::optional<size_t> place(const std::string& after) const {
    if (after.empty()) return size_t{0};
    const std::string text = opaque ? from_base64(after).value_or("") : after;
    const auto id = to_integer(text);
    if (!id) return std::nullopt;
    if (offsets) return static_cast<size_t>(std::clamp<int64_t>(*id, 0, static_cast<int64_t>(ids.size())));
    if (!sorted) return static_cast<size_t>(std::find(ids.begin(), ids.end(), *id) - ids.begin()) + 1;
    return static_cast<size_t>(std::upper_bound(ids.begin(), ids.end(), *id) - ids.begin());
  }

  http::Response list(const http::Query& query) {
    const std::string after = query.get("after").value_or("");
    const auto from = place(after);
    if (!from) return refused();
    const size_t end = std::min(ids.size(), *from + static_cast<size_t>(to_integer(*query.get("limit")).value_or(10)));
    Json body = {{"results", Json::array()}};
    for (size_t i = *from; i < end; ++i) body["results"].push_back({{"id", std::to_string(ids[i])}, {"properties", {{"hs_object_id", std::to_string(ids[i])}, {"name", "a \"} b"}}}});
    if (end < ids.size()) {
      const std::string handle = std::to_string(offsets ? static_cast<int64_t>(end) : ids[end - 1]);
      body["paging"] = {{"next", {{"after", opaque ? to_base64(handle) : handle}}}};
    }
    if (after_list) after_list();
    return reply(200, to_text(body));
  }

  http::Response search(const Json& body) {
    if (!searchable) return refused();
    ++searches;
    int64_t below = INT64_MAX, above = INT64_MIN;
    for (const Json& group : body["filterGroups"]) {
      for (const Json& filter : group["filters"]) (filter["operator"] == "LT" ? below : above) = *to_integer(text_of(filter, "value"));
    }
    Ids found;
    for (const int64_t id : ids) {
      if (id < below && id > above) found.push_back(id);
    }
    Json json = {{"total", found.size()}, {"results", Json::array()}};
    const auto [least, most] = std::minmax_element(found.begin(), found.end());
    const bool falling = body["sorts"][0]["direction"] == "DESCENDING";
    if (!found.empty()) json["results"].push_back({{"id", std::to_string(falling ? *most : *least)}});
    return reply(200, to_text(json));
  }

  std::vector<Slice> slices() {
    const auto planned = plan_records(portal, table, plan, {});
    EXPECT_TRUE(planned) << to_string(planned.error());
    return planned ? *planned : std::vector<Slice>();
  }

  /// The ids of a slice, read from `cursor` on.
  Ids read(const Slice& slice, Cursor cursor = {}, std::vector<Cursor>* cursors = nullptr) {
    failure.reset();
    Ids got;
    for (int pages = 0; pages < 1000; ++pages) {
      auto page = read_records(portal, table, plan, slice, cursor, {});
      if (!page) {
        failure = page.error();
        return got;
      }
      const Json body = *parse_json(page->bodies.at(0));
      for (const Json& record : *at_pointer(body, page->records)) got.push_back(*to_integer(text_of(record, "id")));
      if (!page->next) return got;
      cursor = *page->next;
      if (cursors != nullptr) cursors->push_back(cursor);
    }
    ADD_FAILURE() << "no end";
    return got;
  }

  Ids read_all() {
    Ids got;
    for (const Slice& slice : slices()) {
      const Ids part = read(slice);
      EXPECT_FALSE(failure) << to_string(*failure);
      got.insert(got.end(), part.begin(), part.end());
    }
    return got;
  }

  Ids ids;
  bool opaque = false, offsets = false, sorted = true, searchable = true;
  int searches = 0;
  int refuse_from = -1;  ///< answers from the so many-th on are refused; below zero: none
  int refusal = 401;
  std::function<void()> after_list;
  TestWorld world;
  Portal portal;
  HubTable table;
  ReadPlan plan;
  std::optional<Error> failure;
};

TEST_F(RangesTest, ReadsEachRecordOnceHoweverTheIdsLie) {
  Ids clusters = numbers(9'000, 1);
  for (const int64_t id : numbers(9'000, 98'765'432'101, 977)) clusters.push_back(id);
  Ids one_old = numbers(12'000, 40'000'000'000, 3);
  one_old.insert(one_old.begin(), 1);
  const struct {
    const char* name;
    Ids ids;
  } cases[] = {{"dense", numbers(12'345, 101)}, {"sparse", numbers(10'000, 5, 1000)}, {"two clusters", clusters}, {"one old record", one_old}};
  for (const auto& one : cases) {
    ids = one.ids;
    searches = 0;
    const auto planned = slices();
    EXPECT_EQ(planned.size(), kRanges) << one.name;
    EXPECT_LE(searches, 20) << one.name;
    size_t most = 0;
    for (const Slice& slice : planned) most = std::max(most, read(slice).size());
    EXPECT_LE(most, ids.size() / 2) << one.name << ": the ranges are of about the same size";
    EXPECT_EQ(read_all(), ids) << one.name;
  }
}

// Where nearly every id has a record, the count and the ends tell where the cuts are: no search is waited for.
TEST_F(RangesTest, LooksAtNoIdsWhereTheyLieClose) {
  ids = numbers(20'000, 101);
  for (int64_t gone = 9'900; gone > 0; gone -= 50) ids.erase(ids.begin() + gone);
  const auto planned = slices();
  EXPECT_EQ(searches, 1) << "the one that counts";
  ASSERT_EQ(planned.size(), kRanges);
  for (const Slice& slice : planned) EXPECT_NEAR(static_cast<double>(read(slice).size()), static_cast<double>(ids.size()) / kRanges, static_cast<double>(ids.size()) / 20);
  EXPECT_EQ(read_all(), ids);
}

TEST_F(RangesTest, IsOneRangeWhereNothingIsSureOrGained) {
  const struct {
    const char* name;
    std::function<void()> make;
  } cases[] = {{"few records", [&] { ids = numbers(kRangedRowsMin - 1, 1); }},
               {"opaque handles", [&] { opaque = true; }},
               {"handles that count records", [&] { offsets = true, ids = numbers(12'000, 1'000'000); }},
               {"another order", [&] { sorted = false, std::reverse(ids.begin(), ids.end()); }},
               {"no searches", [&] { searchable = false; }}};
  for (const auto& one : cases) {
    opaque = offsets = false;
    sorted = searchable = true;
    ids = numbers(12'000, 101);
    one.make();
    const auto planned = slices();
    ASSERT_EQ(planned.size(), 1u) << one.name;
    EXPECT_EQ(planned[0].id, "list") << one.name;
    if (sorted) {
      EXPECT_EQ(read(planned[0]), ids) << one.name;
    }
  }
}

// A token that dies while places are looked for ends the looking, not the run: the reader renews it, or says that it is dead.
TEST_F(RangesTest, IsOneRangeWhenTheTokenDiesWhileLooking) {
  ids = numbers(12'000, 101, 977);
  ASSERT_EQ(slices().size(), kRanges);
  const int calls = static_cast<int>(world.vendor.calls().size());
  ASSERT_GT(calls, 5);
  for (refusal = 401; refusal <= 403; refusal += 2) {
    for (int from = 0; from < calls; ++from) {
      refuse_from = from;
      const auto planned = slices();
      refuse_from = -1;
      ASSERT_EQ(planned.size(), 1u) << refusal << " from answer " << from;
      EXPECT_EQ(planned[0].id, "list");
      if (from % 4 == 0) {
        EXPECT_EQ(read(planned[0]), ids) << refusal << " from answer " << from;
      }
    }
  }
  refuse_from = 0;
  refusal = 401;
  read({.id = "list", .query = R"({"way":"list"})"});
  ASSERT_TRUE(failure) << "a dead token is told by the reader";
  EXPECT_EQ(failure->kind, ErrorKind::unauthorized);
}

TEST_F(RangesTest, WaitsForTheAllowanceRatherThanReadInOneRange) {
  ids = numbers(12'000, 101);
  refuse_from = 0;
  refusal = 429;
  const auto planned = plan_records(portal, table, plan, {});
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().kind, ErrorKind::rate_limited);
}

TEST_F(RangesTest, GoesOnFromEveryCursor) {
  ids = numbers(10'000, 7, 5);
  for (const Slice& slice : slices()) {
    std::vector<Cursor> cursors;
    const Ids whole = read(slice, {}, &cursors);
    for (size_t i = 0; i < cursors.size(); i += 5) {
      const Ids rest = read(slice, cursors[i]);
      ASSERT_EQ(rest, Ids(whole.end() - static_cast<std::ptrdiff_t>(rest.size()), whole.end())) << slice.id;
      EXPECT_EQ(rest.size(), whole.size() - (i + 1) * 100) << slice.id;
    }
  }
}

// Records come and go between plan and read, those at the bounds too: none that stays is lost or doubled.
TEST_F(RangesTest, KeepsWhatStaysWhileOthersComeAndGo) {
  ids = numbers(12'000, 101);
  const auto planned = slices();
  Ids stays;
  for (const int64_t id : ids) {
    bool bound = false;
    for (const Slice& slice : planned) bound |= slice.query.find('"' + std::to_string(id) + '"') != std::string::npos;
    if (!bound && id % 7 != 0) stays.push_back(id);
  }
  ids = stays;
  for (const int64_t id : numbers(150, 50'000)) ids.push_back(id);  // new ones are behind all others
  Ids got;
  for (const Slice& slice : planned) {
    const Ids part = read(slice);
    got.insert(got.end(), part.begin(), part.end());
  }
  EXPECT_EQ(got, ids);
}

TEST_F(RangesTest, FailsRatherThanGuessWhenTheOrderBreaks) {
  ids = numbers(12'000, 101);
  const auto planned = slices();
  ASSERT_EQ(planned.size(), kRanges);
  std::swap(ids[5050], ids[5051]);
  int failed = 0;
  for (const Slice& slice : planned) {
    read(slice);
    if (!failure) continue;
    ++failed;
    EXPECT_EQ(failure->kind, ErrorKind::unavailable);
    EXPECT_NE(failure->message.find("order of its ids"), std::string::npos) << failure->message;
  }
  EXPECT_EQ(failed, 1);
}

TEST_F(RangesTest, ASampleLooksForNoRanges) {
  ids = numbers(12'000, 101);
  plan.rows_wanted = 10;
  EXPECT_EQ(slices().size(), 1u);
  EXPECT_EQ(world.vendor.calls().size(), 0u);
}

TEST(IdsGrow, ToldByNumber) {
  const struct {
    std::vector<std::string> ids;
    std::string behind;
    bool grow;
  } cases[] = {{{}, "", true}, {{"9", "10"}, "", true}, {{"9", "10"}, "8", true}, {{"9"}, "9", false}, {{"10", "9"}, "", false}, {{"9", "9"}, "", false}, {{"a"}, "", false}, {{"9"}, "a", false}};
  for (const auto& one : cases) EXPECT_EQ(ids_grow(one.ids, one.behind), one.grow) << join(one.ids, ",") << " behind " << one.behind;
}

}  // namespace
}  // namespace foz::sources::hubspot
