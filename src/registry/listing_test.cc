// Follows: Schema Registry contract, 5.
#include "registry/listing.h"

#include <gtest/gtest.h>

namespace foz::registry {
namespace {

Json resource(const std::string& id, const std::string& title, int64_t updated = 1) {
  return {{"$id", id}, {"title", title}, {"version", "1." + id}, {"meta:registryMetadata", {{"repo:lastModifiedDate", updated}, {"repo:createdDate", 100 - updated}}}};
}

struct ConditionCase {
  std::string property;
  bool holds;
};

TEST(Listing, Section5Property) {
  const Json kResource = {{"$id", "https://ns.adobe.com/foz/schemas/1"}, {"title", "Loyalty, gold"}, {"version", "1.10"}, {"count", 7}, {"@type", "xdm:descriptorIdentity"},
                          {"xdm:isPrimary", true}, {"meta:extends", {"https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/data/record"}},
                          {"meta:intendedToExtend", Json::array()}, {"meta:registryMetadata", {{"eTag", "abc"}}}};
  const ConditionCase kCases[] = {
      {"title", true}, {"meta:intendedToExtend", true}, {"nothing", false},
      {"title==Loyalty, gold", true}, {"title == Loyalty, gold", true}, {"title==loyalty, gold", false}, {"title!=x", true}, {"title!=Loyalty, gold", false},
      {"nothing!=x", true}, {"nothing==", false}, {"title~^Loy", true}, {"title~gold$", true}, {"title~^gold", false},
      {"version==1.10", true}, {"version>1.9", true}, {"version<1.9", false}, {"version>=1.10", true}, {"version<=1.10.0", true},
      {"count>6", true}, {"count<10", true}, {"count==7.0", true}, {"count>7", false},
      {"meta:extends==https://ns.adobe.com/xdm/data/record", true}, {"meta:extends==https://ns.adobe.com/xdm/data/adhoc", false},
      {"meta:extends!=https://ns.adobe.com/xdm/data/adhoc", true}, {"meta:extends!=https://ns.adobe.com/xdm/data/record", false}, {"meta:extends~profile$", true},
      {"meta:intendedToExtend==x", false}, {"meta:intendedToExtend!=x", true},
      {"meta:registryMetadata.eTag==abc", true}, {"meta:registryMetadata.eTag~b", true}, {"meta:registryMetadata.none==abc", false},
      {"@type==xdm:descriptorIdentity,xdm:isPrimary==true", true}, {"@type==xdm:descriptorIdentity,xdm:isPrimary==false", false},
      {"title==Loyalty, gold,version>1.2", true}, {"$id==https://ns.adobe.com/foz/schemas/1", true}, {"title>L", true}, {"title>M", false},
  };
  for (const ConditionCase& c : kCases) {
    const auto conditions = parse_property(c.property);
    ASSERT_TRUE(conditions) << c.property;
    bool all = true;
    for (const Condition& condition : *conditions) all = all && holds(condition, kResource);
    EXPECT_EQ(all, c.holds) << c.property;
  }
  for (const std::string bad : {"", "==x", "title~(", " ~x"}) EXPECT_FALSE(parse_property(bad)) << bad;
}

std::string ids(const Page& page) {
  std::string text;
  for (const Json& one : page.results) text += text_of(one, "$id");
  return text;
}

Page page(const std::string& query, const std::vector<Json>& resources) {
  const auto listing = parse_listing(http::Query::parse(query));
  EXPECT_TRUE(listing) << query;
  return page_of(resources, *listing);
}

TEST(Listing, Section5Order) {
  const std::vector<Json> kAll = {resource("1", "b", 30), resource("10", "a", 20), resource("2", "c", 10), resource("3", "b", 40)};
  EXPECT_EQ(ids(page("", kAll)), "21013");  // by `updated`, the newest last
  EXPECT_EQ(ids(page("orderby=-updated", kAll)), "31102");
  EXPECT_EQ(ids(page("orderby=created", kAll)), "31102");
  EXPECT_EQ(ids(page("orderby=title", kAll)), "10132");
  EXPECT_EQ(ids(page("orderBy=title,-updated", kAll)), "10312");
  EXPECT_EQ(ids(page("orderby=version", kAll)), "12310");  // by component: 1.2 before 1.10
  EXPECT_EQ(ids(page("orderby=$id", kAll)), "11023");
  EXPECT_EQ(ids(page("orderby=nothing", kAll)), "11023");
}

TEST(Listing, Section5PagesHoldEachOnce) {
  std::vector<Json> all;
  for (int i = 0; i < 20; ++i) all.push_back(resource(std::to_string(100 + i), std::string(1, static_cast<char>('a' + i / 7)), i / 5));
  for (const std::string order : {"", "orderby=title", "orderby=-title", "orderby=-updated,title", "orderby=nothing", "orderby=$id"}) {
    for (const std::string limit : {"1", "3", "5", "19", "20", "21"}) {
      std::string seen, start;
      int pages = 0;
      for (; pages < 25; ++pages) {
        http::Query query = http::Query::parse(order + "&limit=" + limit);
        if (!start.empty()) query.add("start", start);
        const auto listing = parse_listing(query);
        const Page part = page_of(all, *listing);
        seen += ids(part);
        if (!part.next) break;
        start = *part.next;
      }
      EXPECT_LT(pages, 25) << order;
      EXPECT_EQ(seen, ids(page(order, all))) << order << " limit " << limit;
    }
  }
}

TEST(Listing, Section5PagesOfAMemberThatIsANumberATextOrMissing) {
  std::vector<Json> all;
  for (int i = 0; i < 9; ++i) {
    all.push_back(resource(std::to_string(i), "t"));
    if (i % 3 == 1) all.back()["rank"] = 10 - i;
    if (i % 3 == 2) all.back()["rank"] = "r" + std::to_string(i);
  }
  for (const std::string order : {"orderby=rank", "orderby=-rank", "orderby=rank,-title"}) {
    std::string seen, start;
    for (int pages = 0; pages < 20; ++pages) {
      http::Query query = http::Query::parse(order + "&limit=1");
      if (!start.empty()) query.add("start", start);
      const Page part = page_of(all, *parse_listing(query));
      seen += ids(part);
      if (!part.next) break;
      start = *part.next;
    }
    EXPECT_EQ(seen, ids(page(order, all))) << order;
  }
}

TEST(Listing, Section5StartTakesAPlainValue) {
  const std::vector<Json> kAll = {resource("1", "Adams"), resource("2", "Miller"), resource("3", "Miller"), resource("4", "Smith")};
  EXPECT_EQ(ids(page("orderby=title&start=Miller", kAll)), "4");
  EXPECT_EQ(ids(page("orderby=title&start=B", kAll)), "234");
  EXPECT_EQ(ids(page("orderby=-title&start=Miller", kAll)), "1");
  EXPECT_EQ(ids(page("limit=0", kAll)), "");
  EXPECT_FALSE(page("limit=0", kAll).next);
}

}  // namespace
}  // namespace foz::registry
