// Seeds, control calls, faults, clock and journal: what all simulators have.
#include <gmock/gmock.h>

#include <fstream>

#include "simulators/test_client.h"

namespace foz::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TestClient portal() { return TestClient({.vendor = "hubspot", .rows = 20, .seed = 3}); }

TEST(Simulator, EqualSeedsGiveEqualRowsAndCredentials) {
  TestClient a = portal(), b = portal(), c({.vendor = "hubspot", .rows = 20, .seed = 4});
  const std::string url = "/crm/v3/objects/contacts?limit=20";
  EXPECT_EQ(a.ready(), b.ready());
  EXPECT_EQ(a.get(url).body, b.get(url).body);
  EXPECT_NE(a.get(url).body, c.get(url).body);
  EXPECT_NE(a.secret("accessToken"), c.secret("accessToken"));
}

TEST(Simulator, UnknownVendorsAndFilesAreRefused) {
  const SystemClock clock;
  const auto vendor = Simulator::make({.vendor = "oracle"}, clock);
  ASSERT_FALSE(vendor.has_value());
  EXPECT_THAT(vendor.error().message, HasSubstr("hubspot"));
  EXPECT_FALSE(Simulator::make({.vendor = "hubspot", .csv_file = "/nowhere.csv"}, clock).has_value());
}

TEST(Simulator, ServesACsvFileWithEveryValue) {
  const std::string path = testing::TempDir() + "people.csv";
  std::ofstream(path) << "\xef\xbb\xbf\"First Name\",note\r\nAna,\"a \"\"quoted\"\", line\nbroken\"\r\nBob,\r\n";
  TestClient client({.vendor = "hubspot", .rows = 1, .csv_file = path});
  const Json page = TestClient::json(client.get("/crm/v3/objects/p_people?properties=first_name,note"));
  ASSERT_EQ(page["results"].size(), 2u);
  EXPECT_EQ(page["results"][0]["properties"]["first_name"], "Ana");
  EXPECT_EQ(page["results"][0]["properties"]["note"], "a \"quoted\", line\nbroken");
  EXPECT_TRUE(page["results"][1]["properties"]["note"].is_null());
}

TEST(Simulator, FaultsPickRequestsByNumber) {
  TestClient client = portal();
  client.control("faults", {{"rules", {{{"kind", "status"}, {"status", 503}, {"retryAfter", "7"}, {"path", "/crm/v3/objects/*"}, {"skip", 1}, {"every", 2}, {"times", 2}}}}});
  std::vector<int> statuses;
  for (int i = 0; i < 7; ++i) statuses.push_back(client.get("/crm/v3/objects/contacts").status);
  EXPECT_THAT(statuses, ElementsAre(200, 503, 200, 503, 200, 200, 200));
  const Json listed = client.control("faults");
  EXPECT_EQ(listed[0]["seen"], 7);
  EXPECT_EQ(listed[0]["met"], 2);
}

TEST(Simulator, FaultsOfEveryKindAreRead) {
  TestClient client({.vendor = "hostile", .rows = 20});
  for (const std::string& kind : fault_names()) {
    EXPECT_EQ(client.post("/_sim/faults", {{"rules", {{{"kind", kind}}}}}).status, 200) << kind;
  }
  EXPECT_THAT(client.post("/_sim/faults", {{"rules", {{{"kind", "fire"}}}}}).body, HasSubstr("there is no fault"));
  EXPECT_EQ(client.post("/_sim/faults", {{"rules", {{{"kind", "status"}, {"statsu", 1}}}}}).status, 400);
}

TEST(Simulator, RefusalsCarryTheVendorsWordsOrAGatewaysPage) {
  TestClient client = portal();
  client.control("faults", {{"rules", {{{"kind", "status"}, {"status", 429}, {"times", 1}}, {{"kind", "status"}, {"status", 502}, {"body", "html"}, {"skip", 1}, {"times", 1}}}}});
  EXPECT_THAT(client.get("/crm/v3/objects/contacts").body, HasSubstr("TEN_SECONDLY_ROLLING"));
  EXPECT_THAT(client.get("/crm/v3/objects/contacts").body, HasSubstr("<html>"));
}

TEST(Simulator, ACutBodyKeepsItsPromisedLength) {
  TestClient client = portal();
  const size_t whole = client.get("/crm/v3/objects/contacts").body.size();
  client.control("faults", {{"rules", {{{"kind", "cut"}, {"bytes", 100}}}}});
  const http::Response cut = client.get("/crm/v3/objects/contacts");
  ASSERT_TRUE(cut.file.has_value());
  EXPECT_EQ(cut.file->length, whole);
  EXPECT_EQ(std::filesystem::file_size(cut.file->path), 100u);
}

TEST(Simulator, TheClockMovesWhenTold) {
  TestClient client = portal();
  EXPECT_EQ(client.control("clock", {{"set", "2030-01-01T00:00:00Z"}, {"rate", 0}})["now"], "2030-01-01T00:00:00.000Z");
  client.clock().advance(std::chrono::hours(1));
  EXPECT_EQ(client.control("clock")["now"], "2030-01-01T00:00:00.000Z");
  EXPECT_EQ(client.control("clock", {{"advanceSeconds", 90}})["now"], "2030-01-01T00:01:30.000Z");
  client.control("settings", {{"clockSkewSeconds", 30}});
  EXPECT_EQ(*client.get("/crm/v3/objects/contacts").header("Date"), "Tue, 01 Jan 2030 00:02:00 GMT");
}

TEST(Simulator, MutationsMoveStampsUnlessToldOtherwise) {
  TestClient client = portal();
  const auto stamp = [&] { return text_of(TestClient::json(client.get("/crm/v3/objects/contacts/101"))["properties"], "lastmodifieddate"); };
  const std::string before = stamp();
  client.control("mutate", {{"op", "update"}, {"table", "contacts"}, {"ids", {"101"}}, {"keepStamp", true}, {"set", {{"firstname", "Zed"}}}});
  EXPECT_EQ(stamp(), before);
  client.control("mutate", {{"op", "update"}, {"table", "contacts"}, {"ids", {"101"}}, {"set", {{"firstname", "Zed"}}}});
  EXPECT_EQ(stamp(), "2024-09-01T12:00:00.000Z");
  const Json made = client.control("mutate", {{"op", "insert"}, {"table", "contacts"}, {"count", 3}, {"set", {{"email", "a@b.example"}}}});
  EXPECT_EQ(made["changed"], 3);
  EXPECT_EQ(client.post("/_sim/mutate", {{"op", "update"}, {"table", "contacts"}, {"ids", {"101"}}, {"set", {{"nothing", "1"}}}}).status, 400);
  EXPECT_EQ(client.post("/_sim/mutate", {{"op", "update"}, {"table", "nothing"}, {"count", 1}}).status, 404);
  client.control("reset", Json::object());
  EXPECT_EQ(stamp(), before);
}

TEST(Simulator, ColumnsComeGoAndChange) {
  TestClient client = portal();
  const auto properties = [&] { return TestClient::json(client.get("/crm/v3/objects/contacts/101?properties=extra,jobtitle"))["properties"]; };
  const auto type_of = [&](const std::string& name) { return text_of(TestClient::json(client.get("/crm/v3/properties/contacts/" + name)), "type"); };
  const auto change = [&](const std::string& op, const std::string& column, const std::string& kind = "text") {
    client.control("mutate", {{"op", op}, {"table", "contacts"}, {"column", column}, {"kind", kind}});
  };
  EXPECT_FALSE(properties().contains("extra"));
  change("addColumn", "extra", "number");
  EXPECT_TRUE(properties()["extra"].is_string());
  EXPECT_EQ(type_of("extra"), "number");
  change("changeType", "extra", "datetime");
  EXPECT_EQ(type_of("extra"), "datetime");
  EXPECT_THAT(text_of(properties(), "extra"), HasSubstr("T"));
  change("hideColumn", "jobtitle");
  EXPECT_FALSE(properties().contains("jobtitle"));
  change("showColumn", "jobtitle");
  EXPECT_TRUE(properties().contains("jobtitle"));
  change("removeColumn", "extra");
  EXPECT_FALSE(properties().contains("extra"));
  EXPECT_EQ(client.post("/_sim/mutate", {{"op", "removeColumn"}, {"table", "contacts"}, {"column", "extra"}}).status, 404);
  EXPECT_EQ(client.post("/_sim/mutate", {{"op", "changeType"}, {"table", "contacts"}, {"column", "email"}, {"kind", "blob"}}).status, 400);
}

TEST(Simulator, LateRowsKeepTheirStamp) {
  TestClient client = portal();
  const std::string id = client.control("mutate", {{"op", "insert"}, {"table", "contacts"}, {"visibleAfterSeconds", 60}, {"set", {{"firstname", "Late"}}}})["ids"][0];
  EXPECT_EQ(client.get("/crm/v3/objects/contacts/" + id).status, 404);
  client.clock().advance(std::chrono::seconds(60));
  EXPECT_EQ(TestClient::json(client.get("/crm/v3/objects/contacts/" + id))["updatedAt"], "2024-09-01T12:00:00.000Z");
}

TEST(Simulator, TheJournalHoldsNoSecret) {
  TestClient client = portal();
  client.get("/crm/v3/objects/contacts?hapikey=" + client.secret("clientSecret"));
  client.get("/oauth/v1/access-tokens/" + client.secret("accessToken"));
  const http::Response journal = client.get("/_sim/journal");
  EXPECT_THAT(journal.body, Not(HasSubstr(client.secret("clientSecret"))));
  EXPECT_THAT(journal.body, Not(HasSubstr(client.secret("accessToken"))));
  EXPECT_EQ(client.control("counters")["secretsInUrls"], 1);
  EXPECT_EQ(client.control("counters")["requests"], 2);
}

std::string text_in(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return std::string((std::istreambuf_iterator<char>(stream)), {});
}

TEST(SimulatorDocs, NameEveryFaultAndControlCall) {
  const std::string page = text_in(std::filesystem::path(FOZ_SOURCE_DIR) / "docs/simulators.md");
  for (const std::string& kind : fault_names()) EXPECT_THAT(page, HasSubstr("`" + kind + "`"));
  for (const char* call : {"reset", "seed", "clock", "mutate", "faults", "settings", "journal", "counters", "tables"}) {
    EXPECT_THAT(page, HasSubstr("/_sim/" + std::string(call)));
  }
  for (const std::string& vendor : vendor_names()) EXPECT_THAT(page, HasSubstr("`" + vendor + "`"));
}

std::string settings_page() {
  std::string page = "# Settings of the simulators\n\nMade from the settings that each vendor declares. [simulators.md](../simulators.md) says how to change them.\n";
  for (const std::string& vendor : vendor_names()) {
    if (vendor == "hostile") continue;
    TestClient client({.vendor = vendor, .rows = 1});
    page += "\n## " + vendor + "\n\n| Setting | Default | What it does |\n|---|---|---|\n";
    const Json settings = client.control("settings");
    for (const Json& one : settings) page += "| `" + text_of(one, "name") + "` | " + to_text(one["default"]) + " | " + text_of(one, "about") + " |\n";
  }
  return page;
}

/// FOZ_REFRESH=1 writes the page anew; the diff is the review.
TEST(SimulatorDocs, TheSettingsPageIsFresh) {
  const std::filesystem::path file = std::filesystem::path(FOZ_SOURCE_DIR) / "docs/reference/simulator-settings.md";
  const std::string page = settings_page();
  if (std::getenv("FOZ_REFRESH") != nullptr) std::ofstream(file) << page;
  EXPECT_EQ(text_in(file), page) << "run the test with FOZ_REFRESH=1 and look at the diff";
}

}  // namespace
}  // namespace foz::sim
