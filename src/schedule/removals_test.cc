#include "schedule/removals.h"

#include <gmock/gmock.h>

#include "catalog/system_columns.h"

namespace foz::schedule {
namespace {

using sources::Cursor;
using sources::Page;
using sources::ReadPlan;
using sources::Removals;
using sources::Slice;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A table of keys in two slices of small pages, and a feed.
class TestSource final : public sources::Source {
 public:
  Status check(std::stop_token) override { return {}; }
  Result<std::vector<sources::Table>> explore(std::stop_token) override { return std::vector<sources::Table>(); }
  Result<sources::Description> describe(const std::string&, std::stop_token) override { return sources::Description(); }
  Result<std::vector<sources::Limit>> limits(std::stop_token) override { return std::vector<sources::Limit>(); }
  Result<std::vector<Slice>> plan(const ReadPlan& plan, std::stop_token) override {
    asked.push_back("plan " + std::to_string(plan.columns.size()) + (plan.window ? " of a window" : ""));
    return std::vector<Slice>{{.id = "one"}, {.id = "two"}};
  }
  Result<Page> read(const ReadPlan&, const Slice& slice, const Cursor& from, std::stop_token) override {
    asked.push_back("read " + slice.id + from.text);
    if (broken-- == 0) return Error{.kind = ErrorKind::unavailable, .message = "the vendor stumbled"};
    const std::string first = slice.id == "one" ? "a" : "c", second = slice.id == "one" ? "b" : "d";
    Page page{.records = "/rows", .total = announced};
    page.bodies.push_back(R"({"rows":[{"key":{"id":")" + (from.text.empty() ? first : second) + "\"}}]}");
    if (from.text.empty()) page.next = Cursor{"+"};
    return page;
  }
  Result<Removals> deletes(const ReadPlan&, const std::string& bookmark, const Cursor& from, std::stop_token) override {
    asked.push_back("deletes " + bookmark + from.text);
    if (no_feed) return Removals{.gap = true, .method = "key reconciliation", .lateness = std::chrono::hours(168)};
    Removals answer{.method = "a feed", .lateness = std::chrono::seconds(60)};
    if (bookmark.empty()) return answer.bookmark = "b0", answer;
    if (from.text.empty()) return answer.rows = {{.key = "x"}, {.key = "y"}}, answer.next = Cursor{"more"}, answer;
    return answer.rows = {{.key = "z"}}, answer.bookmark = "b1", answer.gap = gap, answer;
  }

  std::vector<std::string> asked;
  bool no_feed = false, gap = false;
  int broken = -1;
  std::optional<int64_t> announced = 2;
};

ReadPlan table_plan() {
  ReadPlan plan;
  plan.table.table.path = "T";
  plan.table.columns = {{.name = "Id", .raw_path = {"key", "id"}, .key = true}, {.name = "name", .raw_path = {"name"}}};
  plan.columns = plan.table.columns;
  plan.window = sources::Window{.column = "name", .from = from_seconds(0)};
  return plan;
}

struct Look {
  std::vector<std::string> keys;
  std::optional<Json> end;
  std::optional<Error> failure;
  std::vector<Cursor> cursors;
};

Look look(sources::Source& source, const Slice& slice, Cursor from = {}) {
  Look result;
  for (int steps = 0; steps < 20; ++steps) {
    const auto page = source.read(table_plan(), slice, from, {});
    if (!page) {
      result.failure = page.error();
      return result;
    }
    for (const std::string& body : page->bodies) {
      const Json json = Json::parse(body);
      for (const Json& record : json["records"]) {
        EXPECT_EQ(record["_change_request_type"], "d");
        result.keys.push_back(record["key"]["id"]);
      }
      if (json.contains("end")) result.end = json["end"];
    }
    if (!page->next) return result;
    EXPECT_NE(page->next->text, from.text);
    from = *page->next;
    result.cursors.push_back(from);
  }
  ADD_FAILURE() << "the look comes to no end";
  return result;
}

MissingKeys landed(std::vector<std::string> keys) {
  return [keys = std::move(keys)](const PresentKeys& present, std::stop_token) -> Result<std::vector<std::string>> {
    std::vector<std::string> missing;
    for (const std::string& key : keys) {
      if (!present.holds(key)) missing.push_back(key);
    }
    return missing;
  };
}

Slice removal_slice(WithRemovals& source) {
  const auto slices = source.plan(table_plan(), {});
  EXPECT_EQ(slices->size(), 3u);
  EXPECT_EQ(slices->back().id, kRemovalSlice);
  return slices->back();
}

TEST(WithRemovals, BeginsTheFeedBeforeAnyRowIsRead) {
  TestSource vendor;
  WithRemovals source(vendor, {.nothing_landed = true}, landed({}));
  const Slice slice = removal_slice(source);
  EXPECT_THAT(vendor.asked, ElementsAre("deletes ", "plan 2 of a window"));
  const Look first = look(source, slice);
  EXPECT_THAT(first.keys, ElementsAre("x", "y", "z")) << "what went while the rows were read";
  EXPECT_EQ((*first.end)["bookmark"], "b1");
  EXPECT_EQ((*first.end)["reconciled"], true) << "nothing had landed: nothing can be missing";
}

TEST(WithRemovals, TellsWhatTheFeedTellsAndHowLateItMayBe) {
  TestSource vendor;
  WithRemovals source(vendor, {.bookmark = "b0"}, landed({"lost"}));
  const Look told = look(source, removal_slice(source));
  EXPECT_THAT(told.keys, ElementsAre("x", "y", "z"));
  EXPECT_EQ(told.end->dump(), R"({"bookmark":"b1","method":"a feed, key reconciliation each week","lateness":60,"reconciled":false,"removed":3})");
  EXPECT_THAT(vendor.asked, ElementsAre("plan 2 of a window", "deletes b0", "deletes b0more"));
}

// Pain 4: gaps of the feed, tables without one, and once a week in any case: keys are compared.
TEST(WithRemovals, Pain4ComparesKeysWhereTheFeedCannotTell) {
  for (const bool no_feed : {false, true}) {
    for (const bool due : {false, true}) {
      TestSource vendor;
      vendor.gap = !due;
      vendor.no_feed = no_feed;
      WithRemovals source(vendor, {.bookmark = no_feed ? "" : "b0", .reconcile = due}, landed({"a", "lost", "d"}));
      const Look told = look(source, removal_slice(source));
      ASSERT_FALSE(told.failure) << told.failure->message;
      const bool compared = due || !no_feed;
      EXPECT_EQ((*told.end)["reconciled"], compared);
      std::vector<std::string> wanted;
      if (!no_feed) wanted = {"x", "y", "z"};
      if (compared) wanted.emplace_back("lost");
      EXPECT_EQ(told.keys, wanted) << no_feed << due;
      if (compared) {
        EXPECT_THAT(vendor.asked, testing::Contains("plan 1")) << "the key alone, of the whole table";
      }
    }
  }
}

TEST(WithRemovals, ComparesAnewAfterARestartInTheMiddle) {
  TestSource vendor;
  vendor.gap = true;
  std::vector<Cursor> cursors;
  Slice slice;
  {
    WithRemovals source(vendor, {.bookmark = "b0"}, landed({"a", "lost"}));
    slice = removal_slice(source);
    cursors = look(source, slice).cursors;
  }
  ASSERT_GT(cursors.size(), 4u);
  for (const Cursor& cursor : cursors) {
    WithRemovals again(vendor, {.bookmark = "b0"}, landed({"a", "lost"}));
    const Look told = look(again, slice, cursor);
    ASSERT_FALSE(told.failure) << cursor.text;
    EXPECT_EQ(told.keys.back(), "lost") << cursor.text;
    EXPECT_EQ((*told.end)["removed"], 4) << cursor.text;
  }
}

// A vendor that loses keys on the way must not make records look removed.
TEST(WithRemovals, BelievesNoReadingThatIsShort) {
  TestSource vendor;
  vendor.announced = 5;
  WithRemovals source(vendor, {.bookmark = "b0", .reconcile = true}, landed({"a", "lost"}));
  const Look told = look(source, removal_slice(source));
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->kind, ErrorKind::corrupt);
  EXPECT_THAT(told.failure->message, HasSubstr("announced 5 keys and delivered 2"));
  TestSource stumbles;
  stumbles.broken = 2;
  WithRemovals other(stumbles, {.bookmark = "b0", .reconcile = true}, landed({"lost"}));
  EXPECT_TRUE(look(other, removal_slice(other)).failure);
}

TEST(WithRemovals, NeedsOneKeyColumn) {
  sources::Description none{.table = {.path = "T"}, .columns = {{.name = "a"}}}, two{.table = {.path = "T"}, .columns = {{.name = "a", .key = true}, {.name = "b", .key = true}}};
  EXPECT_THAT(record_key(none, "options.deletes").error().message, HasSubstr("none"));
  EXPECT_THAT(record_key(two, "options.deletes").error().message, HasSubstr("has 2"));
}

TEST(LiveKeys, TakeTheLastWordOnEachKey) {
  EXPECT_EQ(live_keys_sql("/data", {}, {}, "_id"), "SELECT NULL::VARCHAR AS k WHERE false");
  const std::vector<catalog::DatasetFile> files = {{.batch = "A", .path = "t/a1.parquet"}, {.batch = "A", .path = "t/a2.parquet"}, {.batch = "B", .path = "t/b.parquet"}};
  const std::string sql = live_keys_sql("/data", files, {{.name = "_id", .kind = engine::Kind::string, .id = 1}, catalog::change_type_field()}, "_id");
  EXPECT_THAT(sql, HasSubstr("0 AS n"));
  EXPECT_THAT(sql, HasSubstr("1 AS n"));
  EXPECT_THAT(sql, testing::Not(HasSubstr("2 AS n"))) << "files of one batch are one moment";
}

TEST(Pardon, TakesBackOnlyWhatItNames) {
  prep::RowIssues issues;
  issues.start_chunk();
  issues.reject(1, {.destination = "a"});
  issues.reject(1, {.destination = "b"});
  issues.reject(2, {.destination = "a"});
  issues.pardon([](const prep::Rejection& rejection) { return rejection.reason.destination == "a"; });
  EXPECT_TRUE(issues.is_rejected(1));
  EXPECT_FALSE(issues.is_rejected(2));
  EXPECT_EQ(issues.rejected_count(), 1u);
  issues.pardon([](const prep::Rejection&) { return true; });
  EXPECT_EQ(issues.rejected_count(), 0u);
}

}  // namespace
}  // namespace foz::schedule
