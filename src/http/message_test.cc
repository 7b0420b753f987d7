// Requests and responses as values: queries, URLs, headers, routes.
#include "http/message.h"

#include <gmock/gmock.h>

#include "http/router.h"

namespace foz::http {
namespace {

using testing::ElementsAre;

TEST(Query, DecodesOnceAndKeepsRepeats) {
  const Query query = Query::parse("property=name==%22a%2Bb%22&property=id%253D&q=a+b&limit=&flag&x=%zz");
  EXPECT_THAT(query.get_all("property"), ElementsAre("name==\"a+b\"", "id%3D"));
  EXPECT_EQ(query.get("property"), "id%3D");
  EXPECT_EQ(query.get("q"), "a b");
  EXPECT_EQ(query.get("limit"), "");
  EXPECT_EQ(query.value("limit"), std::nullopt);
  EXPECT_EQ(query.get("flag"), "");
  EXPECT_EQ(query.get("x"), "%zz");
  EXPECT_EQ(query.get("absent"), std::nullopt);
  const Query again = Query::parse(query.text());
  EXPECT_EQ(again.text(), query.text());
  EXPECT_EQ(again.get("q"), "a b");
}

TEST(Url, ReadsItsParts) {
  const auto url = Url::parse("HTTPS://Crm.Example.com:8443/a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "crm.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "c=d");
  EXPECT_EQ(url->origin(), "https://crm.example.com:8443");
  EXPECT_EQ(Url::parse("https://h:443")->origin(), "https://h");
  EXPECT_EQ(Url::parse("http://[::1]:80/")->host, "::1");
  for (const char* text : {"", "h", "ftp://h", "https://", "https://user:pw@h", "https://h:0x1", "https://h:70000", "javascript:alert(1)"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
  }
}

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers{{"X-One", "1"}, {"x-one", "2"}};
  EXPECT_EQ(headers.get("X-ONE"), "1");
  EXPECT_EQ(headers.get_all("x-one").size(), 2u);
  headers.set("x-ONE", "3");
  EXPECT_EQ(headers.get_all("x-one").size(), 1u);
  headers.remove("X-One");
  EXPECT_FALSE(headers.has("x-one"));
}

TEST(Router, FixedBeatsVariableAndTellsTheVerbs) {
  Router router;
  router.add(Verb::get, "/flows", 0);
  router.add(Verb::get, "/flows/{id}", 1);
  router.add(Verb::get, "/flows/search", 2);
  router.add(Verb::del, "/flows/{id}", 3);
  router.add(Verb::get, "/files/{path...}", 4);
  EXPECT_EQ(router.match(Verb::get, "/flows/").route, 0u);
  EXPECT_EQ(router.match(Verb::get, "//flows").route, 0u);
  EXPECT_EQ(router.match(Verb::get, "/flows/search").route, 2u);
  const auto encoded = router.match(Verb::get, "/flows/a%2Fb");
  EXPECT_EQ(encoded.route, 1u);
  EXPECT_EQ(encoded.parts.at("id"), "a/b");
  EXPECT_EQ(router.match(Verb::get, "/files/a/b.c").parts.at("path"), "a/b.c");
  const auto other = router.match(Verb::post, "/flows/x");
  EXPECT_FALSE(other.route);
  EXPECT_THAT(other.allow, testing::UnorderedElementsAre("GET", "DELETE"));
  EXPECT_TRUE(router.match(Verb::get, "/nothing").allow.empty());
}

}  // namespace
}  // namespace foz::http
