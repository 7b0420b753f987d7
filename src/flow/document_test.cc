// Etags, audit members, patches. Follows: Flow Service contract, 2.2-2.5.
#include "flow/document.h"

#include <gtest/gtest.h>


#include "flow/patch.h"
#include "flow/testing.h"

namespace foz::flow {
namespace {

const Scope kScope{.org_id = "0123@AdobeOrg", .sandbox = "sb", .sandbox_name = "prod", .client_id = "harbour-etl", .user_id = "7A31@techacct.adobe.com"};

TEST(Etag, HasAdobesForm) {
  SeededRandom random(1);
  const std::string etag = new_etag(random, from_seconds(0x5e597aaf));
  EXPECT_EQ(etag.substr(9), "-0000-0200-0000-5e597aaf0000\"") << etag;
  EXPECT_EQ(etag.front(), '"');
  EXPECT_NE(etag, new_etag(random, from_seconds(0x5e597aaf))) << "unique for each write";
}

TEST(Etag, IfMatchIsLenient) {
  const std::string etag = "\"2a007aa8-0000-0200-0000-5e597aaf0000\"";
  for (const std::string given : {"\"2a007aa8-0000-0200-0000-5e597aaf0000\"", "2a007aa8-0000-0200-0000-5e597aaf0000",
                                  "W/\"2a007aa8-0000-0200-0000-5e597aaf0000\"", "*", " * ", "\"x\", \"2a007aa8-0000-0200-0000-5e597aaf0000\""}) {
    EXPECT_TRUE(check_if_match(given, etag, true, "flows/f")) << given;
  }
  EXPECT_EQ(check_if_match("\"other\"", etag, true, "flows/f").error().code, "FLOW-1404-412");
  EXPECT_EQ(check_if_match("other", etag, false, "flows/f").error().code, "FLOW-1404-412") << "honoured where it is not needed";
  EXPECT_EQ(check_if_match(std::nullopt, etag, true, "flows/f").error().code, "FLOW-1403-400");
  EXPECT_EQ(check_if_match("", etag, true, "flows/f").error().code, "FLOW-1403-400");
  EXPECT_TRUE(check_if_match(std::nullopt, etag, false, "flows/f"));
}

TEST(Document, KeepsWhatIsTheClientsAndNothingElse) {
  const Json body = parse_json(R"({"name":"n","providerId":"p","interval":"30","id":"mine","createdAt":1,"etag":"e","version":"9","state":"enabled",
      "inheritedAttributes":{},"lastOperation":{},"lastRunDetails":{},"runs":"r","_foz":{"x":1},"data":null,"params":null,"description":null})").value();
  const Json document = new_document(kScope, body, "ours", "\"tag\"", from_millis(1726980530112));
  EXPECT_EQ(document, parse_json(R"({"id":"ours","createdAt":1726980530112,"updatedAt":1726980530112,"createdBy":"7A31@techacct.adobe.com",
      "updatedBy":"7A31@techacct.adobe.com","createdClient":"harbour-etl","updatedClient":"harbour-etl","sandboxId":"sb","sandboxName":"prod",
      "imsOrgId":"0123@AdobeOrg","name":"n","providerId":"p","interval":"30","description":null,"version":"\"tag\"","etag":"\"tag\""})").value());
}

TEST(Patch, TakesBothFormsAndAnyCase) {
  const Json document = {{"name", "old"}, {"labels", {"a"}}, {"auth", {{"params", {{"url", "u"}, {"environmentUrl", "e"}}}}}};
  const auto patched = [&](std::string_view text) { return apply_flow_patch(document, read_flow_patch(parse_json(text).value()).value()).value(); };
  EXPECT_EQ(patched(R"([{"op":"Replace","path":"/name","value":"new"}])")["name"], "new");
  EXPECT_EQ(patched(R"({"op":"ADD","path":"/labels/-","value":"b"})")["labels"], (Json{"a", "b"}));
  EXPECT_EQ(patched(R"([{"op":"replace","path":"/auth/params","value":{"url":"v"}}])")["auth"]["params"], (Json{{"url", "v"}}));
  EXPECT_EQ(patched(R"([{"op":"replace","path":"/description","value":"d"}])")["description"], "d") << "replace of a missing member adds";
  EXPECT_FALSE(patched(R"([{"op":"remove","path":"/name","value":"ignored"}])").contains("name"));
}

TEST(Patch, MistakesHaveTheirCodes) {
  const Json document = {{"name", "old"}};
  struct Row { std::string_view text, code; };
  for (const Row& row : {Row{"null", "FLOW-1405-400"}, Row{"[]", "FLOW-1405-400"}, Row{"{}", "FLOW-1405-400"}, Row{"7", "FLOW-1405-400"},
                         Row{R"([{"op":"copy","path":"/a","from":"/b"}])", "FLOW-1434-400"}, Row{R"([{"op":"move","path":"/a","from":"/b"}])", "FLOW-1434-400"},
                         Row{R"([{"op":"test","path":"/a","value":1}])", "FLOW-1434-400"}, Row{R"([{"path":"/a","value":1}])", "FLOW-1434-400"},
                         Row{R"([{"op":"add","value":1}])", "FLOW-1455-400"}, Row{R"([{"op":"add","path":"a","value":1}])", "FLOW-1455-400"},
                         Row{R"([{"op":"add","path":"","value":1}])", "FLOW-1455-400"}, Row{R"([{"op":"add","path":"/a"}])", "FLOW-1405-400"},
                         Row{R"([{"op":"remove","path":"/nowhere"}])", "FLOW-1455-400"}, Row{R"([{"op":"add","path":"/a/b/c","value":1}])", "FLOW-1455-400"}}) {
    std::string code;
    if (auto request = read_flow_patch(parse_json(row.text).value()); !request) {
      code = request.error().code;
    } else if (const auto changed = apply_flow_patch(document, *request); !changed) {
      code = changed.error().code;
    }
    EXPECT_EQ(code, row.code) << row.text;
  }
}

TEST(Patch, OnlyAllowedPaths) {
  const std::string_view roots[] = {"/name", "/labels"};
  const auto check = [&](std::string_view path) {
    return check_patch_paths(read_flow_patch(Json::array({{{"op", "add"}, {"path", path}, {"value", 1}}})).value(), roots);
  };
  EXPECT_TRUE(check("/name"));
  EXPECT_TRUE(check("/labels/-"));
  EXPECT_EQ(check("/names").error().code, "FLOW-1455-400");
  EXPECT_EQ(check("/id").error().code, "FLOW-1455-400");
}

}  // namespace
}  // namespace foz::flow
