// Lists over a real database: pages under inserts, names of runs, projections. Follows: Flow Service contract, 3.
#include "flow/lists.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "flow/service_world.h"

namespace foz::flow {
namespace {

class ListsTest : public ::testing::Test {
 protected:
  Json list(const Collection& collection, const std::string& query, const std::string& sandbox = "sandbox-1") {
    auto wanted = read_list_query(http::Query::parse(query), {.collection = collection.name}, sandbox, world_.service->tokens);
    if (!wanted) return {{"error", wanted.error().code}};
    if (&collection == &kRunList) *wanted = with_run_names(std::move(*wanted));
    auto answer = answer_list(world_.database(), world_.service->tokens, collection, sandbox, *wanted, {shown});
    return answer ? *answer : Json{{"error", answer.error().code}};
  }
  std::vector<std::string> names(const Json& answer) {
    std::vector<std::string> found;
    for (const Json& item : answer["items"]) found.push_back(text_of(item, "name"));
    return found;
  }
  std::string draft(const std::string& name) {
    world_.store.clock.advance(std::chrono::milliseconds(1));
    return world_.service->flows.create(world_.scope(), {{"name", name}}, Mode::draft).value().id;
  }
  void run(const std::string& id, RunState state, std::optional<int64_t> started = {}) {
    flow::Run made{.sandbox = "sandbox-1", .id = id, .etag = "\"e\"", .created_ms = ++created_, .flow_id = "f"};
    made.state = state;
    made.started_ms = started;
    ASSERT_TRUE(world_.database().write([&](store::Transaction& transaction) { return RunStore::insert(transaction, made); }));
  }

  testing::ServiceWorld world_;
  int64_t created_ = 0;
};

/// Acceptance check 6: the spellings of a filter, and paging under inserts.
TEST_F(ListsTest, SpellingsOfAFilterMeanTheSame) {
  const std::string id = draft("CRMToAEP");
  draft("Another");
  for (const char* spelling : {"property=name==%22CRMToAEP%22", "property=name==\"CRMToAEP\"", "property=name==CRMToAEP", "property=name%3D%3DCRMToAEP",
                               "property=name%3D%3D%22CRMToAEP%22", "property=name=='CRMToAEP'", "property=name=CRMToAEP", "property=name%3DCRMToAEP"}) {
    const Json found = list(kFlowList, spelling);
    ASSERT_EQ(found["items"].size(), 1u) << spelling << " " << found;
    EXPECT_EQ(found["items"][0]["id"], id) << spelling;
  }
}

/// 13.11: a walk along a time that has a column gives what sorting all of them gives, page by page, ties and missing times too.
TEST_F(ListsTest, OrdersRunsByTimesPageByPage) {
  std::map<std::string, std::optional<int64_t>> started;
  for (int64_t i = 0; i < 60; ++i) {
    const std::string id = "run-" + std::to_string(i);
    started[id] = i % 7 == 0 ? std::nullopt : std::optional<int64_t>(1000 + (i * 37) % 11);
    run(id, i % 2 == 0 ? RunState::success : RunState::failed, started[id]);
  }
  const std::string field = "metrics.durationSummary.startedAtUTC";
  for (const std::string& order : {field, "-" + field, "-" + field + ",createdAt", field + ",id", std::string("-updatedAt")}) {
    for (const std::string filter : {"", "&property=metrics.statusSummary.status==failed", "&property=metrics.durationSummary.startedAtUTC>1003"}) {
      const Json all = list(kRunList, "limit=1000&orderby=" + order + filter);
      std::vector<std::string> wanted, seen;
      for (const Json& item : all["items"]) wanted.push_back(text_of(item, "id"));
      std::string query = "limit=7&orderby=" + order + filter;
      while (!query.empty()) {
        const Json page = list(kRunList, query);
        for (const Json& item : page["items"]) seen.push_back(text_of(item, "id"));
        const Json* next = member(page["_links"], "next");
        query = next == nullptr ? "" : text_of(*next, "href").substr(6) + "&limit=7";
      }
      EXPECT_EQ(seen, wanted) << order << filter;
      const bool by_start = order.find("started") != order.npos;
      for (size_t i = 1; by_start && i < wanted.size(); ++i) {
        const auto a = started[wanted[i - 1]], b = started[wanted[i]];
        EXPECT_TRUE(!b || (a && (order.front() == '-' ? *a >= *b : *a <= *b))) << order << filter << " at " << i;
      }
    }
  }
}

TEST_F(ListsTest, PagesToEveryFlowOnceUnderInserts) {
  std::set<std::string> wanted;
  for (int i = 0; i < 150; ++i) wanted.insert(draft("flow " + std::to_string(i)));
  for (const std::string order : {"", "orderby=name", "orderby=-createdAt", "orderby=createdAt,-name"}) {
    std::set<std::string> seen;
    size_t items = 0;
    std::string query = "limit=20&" + order;
    for (int page = 0; page < 200 && !query.empty(); ++page) {
      const Json answer = list(kFlowList, query);
      ASSERT_TRUE(answer.contains("items")) << answer;
      for (const Json& item : answer["items"]) {
        const std::string id = text_of(item, "id");
        EXPECT_TRUE(seen.insert(id).second) << "twice: " << id;
        items += wanted.contains(id);
      }
      draft("between pages");
      query.clear();
      if (const Json* next = member(answer["_links"], "next")) {
        const std::string href = text_of(*next, "href");
        ASSERT_TRUE(href.starts_with("/flows?continuationToken=")) << href;
        ASSERT_EQ(std::count(href.begin(), href.end(), '='), 1) << href;
        EXPECT_EQ(href.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-", 25), href.npos) << href;
        query = href.substr(7) + "&limit=20&limit=20&property=name==ignored";
      }
    }
    EXPECT_EQ(items, wanted.size()) << order;
  }
}

TEST_F(ListsTest, BindsTokensToListAndSandbox) {
  for (int i = 0; i < 3; ++i) draft("f");
  const std::string href = list(kFlowList, "limit=1")["_links"]["next"]["href"];
  const std::string token = href.substr(7);
  EXPECT_EQ(list(kFlowList, token)["items"].size(), 1u) << "the limit goes with the token";
  EXPECT_EQ(list(kRunList, token)["error"], "FLOW-1451-400");
  EXPECT_EQ(list(kFlowList, token, "sandbox-2")["error"], "FLOW-1451-400");
  EXPECT_EQ(list(kFlowList, token + "x")["error"], "FLOW-1451-400");
  world_.store.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(list(kFlowList, token)["error"], "FLOW-1451-400");
}

TEST_F(ListsTest, CountsProjectsAndShowsNothingInternal) {
  for (const char* name : {"b", "a", "a"}) draft(name);
  EXPECT_EQ(list(kFlowList, "count=True&limit=1&property=name==a"), (Json{{"count", 2}}));
  EXPECT_TRUE(list(kFlowList, "count=False").contains("items"));
  EXPECT_EQ(names(list(kFlowList, "orderby=name")), (std::vector<std::string>{"a", "a", "b"}));
  EXPECT_EQ(names(list(kFlowList, "")), (std::vector<std::string>{"a", "a", "b"})) << "the newest first";
  const Json projected = list(kFlowList, "property=name,state&property=name==b")["items"][0];
  EXPECT_EQ(projected.size(), 4u) << projected;
  const std::string live = world_.flow();
  const Json flow = list(kFlowList, "property=state==Enabled")["items"];
  ASSERT_EQ(flow.size(), 1u);
  EXPECT_EQ(flow[0]["id"], live);
  EXPECT_FALSE(flow[0].contains("_foz"));
  const auto& parts = world_.parts();
  for (const std::string& filter : {"sourceConnectionIds[]==" + parts.source, "transformations[].params.mappingId==" + parts.mappings.id, "flowSpec.id==" + std::string(kCrmToAep),
                                    std::string("inheritedAttributes.properties.isSourceFlow==true,state==enabled"), std::string("scheduleParams.startTime>1000"),
                                    "inheritedAttributes.targetConnections[].connectionSpec.id==" + std::string(kDataLakeSpec) + ",flowSpec.id!=x,state==enabled"}) {
    EXPECT_EQ(list(kFlowList, "property=" + filter)["items"].size(), 1u) << filter;
  }
  EXPECT_EQ(list(kFlowList, "property=inheritedAttributes.properties.isDestinationFlow==true")["items"].size(), 0u);
  EXPECT_EQ(list(kFlowList, "", "sandbox-2")["items"], Json::array());
}

/// What keeps lists cheap among a million runs: an index gives order and filter at once, nothing is sorted.
TEST_F(ListsTest, AsksTheDatabaseForNoMoreThanAPage) {
  struct Case {
    std::string condition, index;
  };
  for (const Case& c : std::vector<Case>{{"flow_id IN (?)", "runs_of_flow"}, {"state IN (?)", "runs_by_state"}, {"", "runs_newest"}}) {
    store::Values values = {std::string("sandbox-1")};
    if (!c.condition.empty()) values.emplace_back(std::string("x"));
    const auto plan = world_.database().query("EXPLAIN QUERY PLAN SELECT doc FROM runs WHERE sandbox = ?" + (c.condition.empty() ? "" : " AND " + c.condition) + " ORDER BY created_ms DESC, id", values).value();
    ASSERT_EQ(plan.size(), 1u) << c.index << ": it sorts";
    EXPECT_NE(plan[0].text(3).find(c.index), std::string::npos) << plan[0].text(3);
  }
}

TEST_F(ListsTest, KnowsTheNamesOfRuns) {
  run("queued", RunState::queued);
  run("failed", RunState::failed, 2000);
  run("good", RunState::success, 1000);
  const auto ids = [&](const std::string& query) {
    std::vector<std::string> found;
    const Json answer = list(kRunList, query);
    for (const Json& item : answer["items"]) found.push_back(text_of(item, "id"));
    return found;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids(""), (Ids{"good", "failed", "queued"}));
  EXPECT_EQ(ids("orderby=createdAt"), (Ids{"queued", "failed", "good"}));
  EXPECT_EQ(ids("property=state==Failed"), (Ids{"failed"}));
  EXPECT_EQ(ids("property=metrics.statusSummary.status==failed"), (Ids{"failed"}));
  EXPECT_EQ(ids("property=state!=failed&property=flowId==f"), (Ids{"good", "queued"}));
  EXPECT_EQ(ids("property=metrics.durationSummary.startedAtUTC>1500"), (Ids{"failed"}));
  EXPECT_EQ(ids("property=flowId==other"), Ids());
  EXPECT_EQ(ids("orderby=state"), (Ids{"failed", "queued", "good"}));
  EXPECT_EQ(list(kRunList, "property=state==success&count=1"), (Json{{"count", 1}}));
}

}  // namespace
}  // namespace foz::flow
