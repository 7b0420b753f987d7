// Lists: order, pages, tokens, search bodies. Follows: Flow Service contract, 3.2-3.5 and 17.6.
#include "flow/list_query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "flow/listing.h"
#include "flow/testing.h"

namespace foz::flow {
namespace {

constexpr std::string_view kStates[] = {"draft", "enabled", "disabled"};
constexpr ListColumn kColumns[] = {{"state", "state", ListColumn::Kind::word, kStates}};
constexpr Collection kThings{.name = "connections", .table = "connections", .columns = kColumns};
constexpr ListKind kKind{.collection = "connections"};

class Listing : public ::testing::Test {
 protected:
  void add(const std::string& id, int64_t created_ms, const std::string& name, const std::string& state = "enabled", const std::string& sandbox = "s1") {
    const Json doc = {{"id", id}, {"createdAt", created_ms}, {"updatedAt", created_ms}, {"name", name}, {"state", state}, {"rank", name.size()}};
    ASSERT_TRUE(store_.database->write([&](store::Transaction& transaction) {
      return store::ResourceTable("connections").insert(transaction,
          {.sandbox = sandbox, .id = id, .etag = "e", .created_ms = created_ms, .updated_ms = created_ms, .doc = doc},
          {{"state", state}, {"spec_id", std::string("x")}});
    }));
  }

  Result<ListQuery> query(std::string_view raw, std::string_view sandbox = "s1") {
    return read_list_query(http::Query::parse(raw), kKind, sandbox, tokens_);
  }

  Page page(const ListQuery& asked, std::string_view sandbox = "s1") {
    return list_page(*store_.database, kThings, sandbox, asked, {[](Json stored) { return stored; }}).value();
  }

  std::vector<std::string> ids(std::string_view raw) {
    std::vector<std::string> found;
    for (const Json& item : page(query(raw).value()).items) found.push_back(text_of(item, "id"));
    return found;
  }

  int64_t count(std::string_view raw) {
    return count_matches(*store_.database, kThings, "s1", query(raw).value(), {[](Json stored) { return stored; }}).value();
  }

  /// Follows the pages of a query to their end.
  std::vector<std::string> all_ids(const std::string& raw, const std::function<void(int)>& between = {}) {
    std::vector<std::string> found;
    ListQuery asked = query(raw).value();
    for (int round = 0;; ++round) {
      const Page one = page(asked);
      for (const Json& item : one.items) found.push_back(text_of(item, "id"));
      if (!one.next) return found;
      asked.after = one.next;
      const std::string token = tokens_.seal("s1", "connections", asked);
      if (between) between(round);
      asked = query("continuationToken=" + token).value();
    }
  }

  testing::Store store_;
  PageTokens tokens_{store_.vault, store_.clock};
};

TEST_F(Listing, OrdersNewestFirstThenById) {
  add("b", 10, "x");
  add("a", 10, "y");
  add("c", 20, "z");
  EXPECT_EQ(ids(""), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(ids("orderby=createdAt"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(ids("orderby=-createdAt"), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(ids("orderby=name"), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_EQ(ids("orderby=-name"), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(ids("orderby=+name"), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_EQ(ids("orderby=%2Bname"), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_EQ(ids("orderby=rank,-name"), (std::vector<std::string>{"c", "a", "b"}));
}

TEST(Ordering, MistakesHaveTheirCodes) {
  struct Row { std::string_view text, code; };
  for (const Row& row : {Row{"*name", "FLOW-1432-400"}, Row{"--name", "FLOW-1432-400"}, Row{"-", "FLOW-1433-400"}, Row{"name,,id", "FLOW-1433-400"},
                         Row{"na me", "FLOW-1433-400"}, Row{"a..b", "FLOW-1433-400"}, Row{"name desc", "FLOW-1433-400"}}) {
    const auto ordering = parse_ordering(row.text);
    ASSERT_FALSE(ordering) << row.text;
    EXPECT_EQ(ordering.error().code, row.code) << row.text;
  }
}

TEST_F(Listing, FiltersInTheDatabaseAsInMemory) {
  add("a", 10, "x", "enabled");
  add("b", 20, "yy", "disabled");
  add("c", 30, "zzz", "draft");
  for (const std::string_view raw :
       {"property=state==ENABLED", "property=state!=enabled", "property=state==enabled,draft", "property=state==unknown", "property=state!=unknown",
        "property=id==a,b,z", "property=id!=a", "property=createdAt>10", "property=createdAt>=10,createdAt<30", "property=createdAt==20,30",
        "property=createdAt!=20", "property=state==draft,enabled,name==x", "property=rank>1", "property=updatedAt<=20", "property=createdAt>10.5"}) {
    const ListQuery asked = query(raw).value();
    std::vector<std::string> wanted;
    for (const auto& [id, created, name, state] : std::vector<std::tuple<std::string, int64_t, std::string, std::string>>{
             {"c", 30, "zzz", "draft"}, {"b", 20, "yy", "disabled"}, {"a", 10, "x", "enabled"}}) {
      const Json doc = {{"id", id}, {"createdAt", created}, {"updatedAt", created}, {"name", name}, {"state", state}, {"rank", name.size()}};
      if (matches(asked.filter, doc).value()) wanted.push_back(id);
    }
    EXPECT_EQ(ids(raw), wanted) << raw;
    EXPECT_EQ(count(raw), static_cast<int64_t>(wanted.size())) << raw;
  }
}

TEST_F(Listing, PagesTo150DistinctIdsWhileOthersAreAdded) {
  for (int i = 0; i < 150; ++i) add("id" + std::to_string(1000 + i), 1'000'000 + i / 7, "n" + std::to_string(i % 13));
  for (const std::string order : {"", "&orderby=createdAt", "&orderby=name", "&orderby=-name,createdAt"}) {
    int added = 0;
    const auto found = all_ids("limit=20" + order, [&](int round) {
      // Newer ones come in while a client pages: they may show up, but nothing may come twice or be missed.
      add("new" + order + std::to_string(round), 2'000'000 + added++, "n5");
    });
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), found.size()) << order;
    size_t old = 0;
    for (const std::string& id : found) old += id.starts_with("id") ? 1 : 0;
    EXPECT_EQ(old, 150u) << order;
  }
}

TEST_F(Listing, LimitIsReadAndClamped) {
  EXPECT_EQ(query("").value().limit, 100u);
  EXPECT_EQ(query("limit=").value().limit, 100u);
  EXPECT_EQ(query("limit=20&limit=30").value().limit, 30u);
  EXPECT_EQ(query("limit=5000").value().limit, 1000u);
  for (const std::string_view raw : {"limit=0", "limit=-1", "limit=ten", "limit=1.5"}) {
    EXPECT_EQ(query(raw).error().code, "FLOW-1451-400") << raw;
  }
  const ListKind specs{.collection = "flowSpecs", .paged = false};
  EXPECT_FALSE(read_list_query(http::Query::parse(""), specs, "s1", tokens_).value().limit.has_value());
  EXPECT_EQ(read_list_query(http::Query::parse("limit=2"), specs, "s1", tokens_).value().limit, 2u);
}

TEST_F(Listing, CountTakesManySpellings) {
  for (const std::string_view raw : {"count=true", "count=True", "count=TRUE", "count=1"}) EXPECT_TRUE(query(raw).value().count) << raw;
  for (const std::string_view raw : {"count=false", "count=False", "count=", ""}) EXPECT_FALSE(query(raw).value().count) << raw;
}

TEST_F(Listing, TokensAreOfOneSandboxListAndDay) {
  ListQuery next{.filter = parse_properties({"name==\"a,b\"", "id"}).value(), .ordering = parse_ordering("-name").value(), .limit = 7};
  next.after = PlaceInOrder{.values = {"x"}, .created_ms = 5, .id = "i"};
  const std::string token = tokens_.seal("s1", "connections", next);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-"), token.npos) << token;

  const ListQuery again = query("continuationToken=" + token).value();
  EXPECT_EQ(again.filter, next.filter);
  EXPECT_EQ(again.ordering, next.ordering);
  EXPECT_EQ(again.limit, 7u);
  EXPECT_EQ(again.after->id, "i");
  EXPECT_EQ(again.after->values, next.after->values);
  // Resent parameters: the token's filter and order rule, a limit overrides.
  const ListQuery resent = query("continuationToken=" + token + "&limit=3&property=name==zzz&orderby=id").value();
  EXPECT_EQ(resent.limit, 3u);
  EXPECT_EQ(resent.filter, next.filter);
  EXPECT_EQ(resent.ordering, next.ordering);

  std::string broken = token;
  broken[broken.size() / 2] = broken[broken.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {broken, std::string("x"), token + "AAAA"}) EXPECT_EQ(query("continuationToken=" + bad).error().code, "FLOW-1451-400");
  EXPECT_EQ(query("continuationToken=" + token, "s2").error().code, "FLOW-1451-400");
  EXPECT_EQ(tokens_.open("s1", "flows", token).error().code, "FLOW-1451-400");
  store_.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(query("continuationToken=" + token).error().code, "FLOW-1451-400");
}

TEST_F(Listing, SearchBodiesSpeakTheSameLanguage) {
  const auto search = [&](std::string_view body) { return read_search(parse_json(body).value(), std::nullopt, kKind, "s1", tokens_); };
  const Filter wanted = parse_properties({"name==b", "createdAt>1"}).value();
  EXPECT_EQ(search(R"({"queryString":"property=name==b&property=createdAt>1"})").value().filter, wanted);
  EXPECT_EQ(search(R"({"queryString":"name==b&createdAt>1"})").value().filter, wanted);
  EXPECT_EQ(search(R"({"queryString":"name%3D%3D%22b%22&createdAt%3E1"})").value().filter, wanted);
  EXPECT_EQ(search(R"({"queryString":"name==\"a&b\""})").value().filter.clauses[0].values[0], "a&b");
  const ListQuery all = search(R"({"limit":5,"orderby":"-name","count":true,"projectionFields":"name,state","groupByProperty":"x"})").value();
  EXPECT_EQ(all.limit, 5u);
  EXPECT_TRUE(all.count);
  EXPECT_EQ(all.filter.projection, (std::vector<std::string>{"name", "state"}));
  EXPECT_TRUE(search("null").value().filter.clauses.empty());
  EXPECT_EQ(search("[]").error().code, "FLOW-1405-400");
  EXPECT_EQ(search(R"({"limit":"many"})").error().code, "FLOW-1451-400");
}

TEST(ListInMemory, KeepsItsOrderAndPages) {
  std::vector<Json> specs;
  for (const std::string_view name : {"salesforce", "datalake", "hubspot"}) specs.push_back({{"id", std::string("i-") + std::string(name)}, {"name", name}});
  ListQuery asked;
  EXPECT_EQ(text_of(list_page(specs, asked).value().items[0], "name"), "salesforce");
  asked.limit = 2;
  const Page first = list_page(specs, asked).value();
  ASSERT_TRUE(first.next);
  asked.after = first.next;
  const Page second = list_page(specs, asked).value();
  ASSERT_EQ(second.items.size(), 1u);
  EXPECT_EQ(text_of(second.items[0], "name"), "hubspot");
  EXPECT_FALSE(second.next);
  asked = ListQuery{.filter = {}, .ordering = parse_ordering("name").value()};
  EXPECT_EQ(text_of(list_page(specs, asked).value().items[0], "name"), "datalake");
}

}  // namespace
}  // namespace foz::flow
