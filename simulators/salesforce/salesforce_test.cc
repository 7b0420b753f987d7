// The Salesforce simulator keeps what Sources contract 2 says of the vendor.
#include <gmock/gmock.h>

#include <set>

#include "base/text.h"
#include "simulators/test_client.h"

namespace foz::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const std::string kData = "/services/data/v60.0";

http::Query client_form(const TestClient& client, const std::string& grant) {
  http::Query form;
  form.add("grant_type", grant);
  form.add("client_id", client.secret("clientId"));
  form.add("client_secret", client.secret("clientSecret"));
  return form;
}

TestClient org(uint64_t rows = 5000, SimulatorOptions options = {}) {
  options.vendor = "salesforce";
  options.rows = rows;
  options.seed = 7;
  TestClient client(std::move(options));
  client.use_token(text_of(TestClient::json(client.form("/services/oauth2/token", client_form(client, "client_credentials"))), "access_token"));
  return client;
}

std::string query_url(const std::string& soql, const std::string& what = "/query") { return kData + what + "?q=" + http::percent_encode(soql); }
Json query(TestClient& client, const std::string& soql) { return TestClient::json(client.get(query_url(soql))); }
std::string code_of(const http::Response& response) { return text_of(TestClient::json(response)[0], "errorCode"); }

TEST(SalesforceSim, GrantsAndTheirRefusals) {
  TestClient client = org(5);
  const Json token = TestClient::json(client.form("/services/oauth2/token", client_form(client, "client_credentials")));
  EXPECT_TRUE(token["issued_at"].is_string());
  EXPECT_EQ(token["instance_url"], "http://sim.test");
  EXPECT_FALSE(token.contains("refresh_token"));
  EXPECT_FALSE(token.contains("expires_in"));

  http::Query password = client_form(client, "password");
  password.add("username", client.secret("username"));
  password.add("password", client.secret("password") + client.secret("securityToken"));
  EXPECT_EQ(client.form("/services/oauth2/token", password).status, 200);
  client.control("settings", {{"passwordGrant", 0}});
  EXPECT_EQ(text_of(TestClient::json(client.form("/services/oauth2/token", password)), "error_description"), "authentication failure");

  http::Query refresh = client_form(client, "refresh_token");
  refresh.add("refresh_token", client.secret("refreshToken"));
  EXPECT_EQ(client.form("/services/oauth2/token", refresh).status, 200);
  client.control("settings", {{"rotateRefreshToken", 1}});
  EXPECT_TRUE(TestClient::json(client.form("/services/oauth2/token", refresh)).contains("refresh_token"));
  EXPECT_EQ(client.form("/services/oauth2/token", refresh).status, 400) << "the old one died";

  http::Query wrong = client_form(client, "client_credentials");
  wrong.add("client_secret", "no");
  EXPECT_EQ(text_of(TestClient::json(client.form("/services/oauth2/token", wrong)), "error"), "invalid_client");
  EXPECT_EQ(text_of(TestClient::json(client.form("/services/oauth2/token", client_form(client, "magic"))), "error"), "unsupported_grant_type");
}

// Sources contract, 2.2: a code is good for once, for its own app, address and verifier (RFC 7636, appendix B), and not for long.
TEST(SalesforceSim, CodesAreRedeemedOnceByWhoAskedForThem) {
  TestClient client = org(5);
  client.control("settings", {{"requireClientSecret", 0}});
  const auto code = [&] {
    http::Query ask;
    ask.add("response_type", "code");
    ask.add("client_id", client.secret("clientId"));
    ask.add("redirect_uri", "https://foz.test/back");
    ask.add("state", "s&1");
    ask.add("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    ask.add("code_challenge_method", "S256");
    const http::Response back = client.get("/services/oauth2/authorize?" + ask.text());
    EXPECT_EQ(back.status, 302);
    const auto url = http::Url::parse(back.header("Location").value_or(""));
    EXPECT_EQ(url->origin() + url->path, "https://foz.test/back");
    EXPECT_EQ(http::Query::parse(url->query).get("state"), "s&1");
    return http::Query::parse(url->query).get("code").value_or("");
  };
  const auto redeem = [&](const std::string& given, const std::string& verifier, const std::string& redirect = "https://foz.test/back") {
    http::Query form;
    form.add("grant_type", "authorization_code");
    form.add("client_id", client.secret("clientId"));
    form.add("code", given);
    form.add("redirect_uri", redirect);
    form.add("code_verifier", verifier);
    return TestClient::json(client.form("/services/oauth2/token", form));
  };
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const std::string once = code();
  const Json granted = redeem(once, verifier);
  EXPECT_TRUE(granted.contains("refresh_token") && granted.contains("access_token")) << to_text(granted);
  EXPECT_EQ(text_of(redeem(once, verifier), "error_description"), "invalid authorization code") << "a second time";
  EXPECT_EQ(text_of(redeem(code(), "another"), "error_description"), "invalid code verifier");
  EXPECT_EQ(text_of(redeem(code(), verifier, "https://evil.test"), "error"), "redirect_uri_mismatch");
  const std::string late = code();
  client.clock().advance(std::chrono::minutes(16));
  EXPECT_EQ(text_of(redeem(late, verifier), "error_description"), "expired authorization code");
  client.control("settings", {{"requireClientSecret", 1}});
  EXPECT_EQ(text_of(redeem(code(), verifier), "error"), "invalid_client");
}

TEST(SalesforceSim, SoapLogin) {
  TestClient client = org(5);
  const auto login = [&](const std::string& password) {
    const std::string body = "<se:Envelope xmlns:se=\"http://schemas.xmlsoap.org/soap/envelope/\"><se:Header/><se:Body><login xmlns=\"urn:partner.soap.sforce.com\"><username>" +
                             client.secret("username") + "</username><password>" + password + "</password></login></se:Body></se:Envelope>";
    return client.send(http::Verb::post, "/services/Soap/u/60.0", body, {{"SOAPAction", "\"\""}, {"Content-Type", "text/xml"}});
  };
  const http::Response good = login(client.secret("password") + client.secret("securityToken"));
  EXPECT_EQ(good.status, 200);
  EXPECT_THAT(good.body, HasSubstr("<serverUrl>http://sim.test/services/Soap/u/60.0/00D"));
  const size_t at = good.body.find("<sessionId>") + 11;
  client.use_token(good.body.substr(at, good.body.find('<', at) - at));
  EXPECT_EQ(client.get(kData + "/limits").status, 200);
  const http::Response bad = login("wrong");
  EXPECT_EQ(bad.status, 500);
  EXPECT_THAT(bad.body, HasSubstr("<faultcode>sf:INVALID_LOGIN</faultcode>"));
  client.control("settings", {{"passwordExpired", 1}});
  EXPECT_THAT(login(client.secret("password") + client.secret("securityToken")).body, HasSubstr("<passwordExpired>true"));
}

TEST(SalesforceSim, SessionsDieWhenIdle) {
  TestClient client = org(5);
  client.clock().advance(std::chrono::minutes(100));
  EXPECT_EQ(client.get(kData + "/limits").status, 200);
  client.clock().advance(std::chrono::minutes(100));
  EXPECT_EQ(client.get(kData + "/limits").status, 200) << "used in between";
  client.clock().advance(std::chrono::minutes(121));
  const http::Response dead = client.get(kData + "/limits");
  EXPECT_EQ(dead.status, 401);
  EXPECT_EQ(code_of(dead), "INVALID_SESSION_ID");
}

TEST(SalesforceSim, CountsByMonth) {
  TestClient client = org(400);
  client.control("mutate", {{"op", "insert"}, {"table", "Contact"}, {"count", 7}, {"at", "2031-03-31T23:59:59Z"}});
  const std::string soql = "SELECT CALENDAR_YEAR(CreatedDate) y, CALENDAR_MONTH(CreatedDate), COUNT(Id) n FROM Contact GROUP BY CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate)";
  const Json answer = query(client, soql);
  int64_t rows = 0;
  for (const Json& record : answer["records"]) rows += record["n"].get<int64_t>();
  EXPECT_EQ(rows, query(client, "SELECT COUNT() FROM Contact")["totalSize"]);
  EXPECT_EQ(answer["records"].back(), (Json{{"attributes", {{"type", "AggregateResult"}}}, {"y", 2031}, {"expr0", 3}, {"n", 7}}));
  for (const char* refused : {"SELECT MAX(Name) FROM Contact", "SELECT Name, COUNT(Id) FROM Contact GROUP BY Name", "SELECT CALENDAR_YEAR(CreatedDate) FROM Contact"}) {
    EXPECT_EQ(code_of(client.get(query_url(refused))), "MALFORMED_QUERY") << refused;
  }
  EXPECT_EQ(code_of(client.get(query_url("SELECT CALENDAR_YEAR(Nothing) FROM Contact GROUP BY CALENDAR_YEAR(Nothing)"))), "INVALID_FIELD");
}

TEST(SalesforceSim, QueriesPageByLocator) {
  TestClient client = org(5000);
  std::set<std::string> ids;
  Json page = query(client, "SELECT Id, Name FROM Contact");
  EXPECT_EQ(page["totalSize"], 5000);
  int pages = 1;
  for (;; ++pages) {
    for (const Json& record : page["records"]) ids.insert(text_of(record, "Id"));
    if (page["done"] == true) break;
    page = TestClient::json(client.get(text_of(page, "nextRecordsUrl")));
  }
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(ids, SizeIs(5000));
  EXPECT_EQ(code_of(client.get(kData + "/query/01g000000000000AAA-2000")), "INVALID_QUERY_LOCATOR");
  const Json small = TestClient::json(client.get(query_url("SELECT Id FROM Contact"), {{"Sforce-Query-Options", "batchSize=200"}}));
  EXPECT_EQ(small["records"].size(), 200u);
}

TEST(SalesforceSim, TheOldestOfElevenLocatorsDies) {
  TestClient client = org(5000);
  std::vector<std::string> next;
  for (int i = 0; i < 11; ++i) next.push_back(text_of(query(client, "SELECT Id FROM Contact"), "nextRecordsUrl"));
  EXPECT_EQ(client.get(next[0]).status, 400);
  EXPECT_EQ(client.get(next[1]).status, 200);
  client.clock().advance(std::chrono::minutes(16));
  EXPECT_EQ(code_of(client.get(next[2])), "INVALID_QUERY_LOCATOR");
}

TEST(SalesforceSim, SoqlFindsWhatItSays) {
  TestClient client = org(400);
  client.control("mutate", {{"op", "update"}, {"table", "Contact"}, {"from", 0}, {"count", 400}, {"at", "2024-08-01T00:00:00Z"}, {"set", {{"FirstName", "Ana"}, {"Email", nullptr}}}});
  client.control("mutate", {{"op", "update"}, {"table", "Contact"}, {"from", 0}, {"count", 30}, {"at", "2024-09-01T08:00:00Z"}, {"set", {{"FirstName", "Bob"}, {"Email", "bob.x@shop.example"}}}});
  struct Case {
    std::string where;
    int wanted;
  };
  for (const Case& one : {Case{"FirstName = 'bob'", 30}, Case{"FirstName != 'Bob'", 370}, Case{"Email = null", 370}, Case{"Email != null", 30},
                          Case{"Email LIKE '%@SHOP.example'", 30}, Case{"Email LIKE 'bob__@shop%'", 30}, Case{"FirstName IN ('Bob', 'Zoe')", 30},
                          Case{"FirstName NOT IN ('Bob')", 370}, Case{"NOT (FirstName = 'Bob')", 370},
                          Case{"FirstName = 'Bob' AND Email = null", 0}, Case{"FirstName = 'Bob' OR Email = null", 400},
                          Case{"SystemModstamp >= 2024-09-01T08:00:00Z", 30}, Case{"SystemModstamp > 2024-09-01T08:00:00Z", 0},
                          Case{"SystemModstamp < 2024-09-01T08:00:00.000+0000", 370}, Case{"SystemModstamp = TODAY", 30},
                          Case{"SystemModstamp = LAST_N_DAYS:40", 400}, Case{"IsDeleted = false", 400}}) {
    const http::Response answer = client.get(query_url("SELECT Id FROM Contact WHERE " + one.where));
    ASSERT_EQ(answer.status, 200) << one.where << " " << answer.body.substr(0, 300);
    EXPECT_EQ(TestClient::json(answer)["totalSize"], one.wanted) << one.where;
  }
  EXPECT_EQ(query(client, "SELECT COUNT() FROM Contact")["totalSize"], 400);
  EXPECT_EQ(query(client, "SELECT FIELDS(ALL) FROM Contact LIMIT 200")["records"].size(), 200u);
  const Json ordered = query(client, "SELECT Id, LastName FROM Contact ORDER BY LastName DESC, Id LIMIT 50");
  for (size_t i = 1; i < 50; ++i) EXPECT_GE(lower(text_of(ordered["records"][i - 1], "LastName")), lower(text_of(ordered["records"][i], "LastName")));
}

TEST(SalesforceSim, SoqlErrorsNameTheirCode) {
  TestClient client = org(5);
  struct Case {
    std::string soql, code;
  };
  for (const Case& one : {Case{"SELECT Foo FROM Contact", "INVALID_FIELD"}, Case{"SELECT Id FROM Nothing", "INVALID_TYPE"}, Case{"SELEC Id FROM Contact", "MALFORMED_QUERY"},
                          Case{"SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"}, Case{"SELECT FIELDS(ALL) FROM Contact", "MALFORMED_QUERY"},
                          Case{"SELECT Id FROM ActivityHistory", "INVALID_TYPE_FOR_OPERATION"}, Case{"SELECT Id FROM ContentDocumentLink", "MALFORMED_QUERY"},
                          Case{"SELECT Id FROM Contact WHERE FirstName = 5", "INVALID_FIELD"}, Case{"SELECT Id, Id FROM Contact", "INVALID_FIELD"}}) {
    const http::Response answer = client.get(query_url(one.soql));
    EXPECT_EQ(answer.status, 400) << one.soql;
    EXPECT_EQ(code_of(answer), one.code) << one.soql;
  }
}

TEST(SalesforceSim, HiddenFieldsAreSilentlyAbsent) {
  TestClient client = org(5);
  client.control("mutate", {{"op", "hideColumn"}, {"table", "Contact"}, {"column", "Email"}});
  const Json fields = TestClient::json(client.get(kData + "/sobjects/Contact/describe"))["fields"];
  for (const Json& field : fields) EXPECT_NE(text_of(field, "name"), "Email");
  EXPECT_EQ(code_of(client.get(query_url("SELECT Email FROM Contact"))), "INVALID_FIELD");
}

TEST(SalesforceSim, EveryListedObjectIsDescribed) {
  TestClient client = org(5);
  const Json list = TestClient::json(client.get(kData + "/sobjects"));
  bool hidden = false;
  for (const Json& one : list["sobjects"]) {
    const Json description = TestClient::json(client.get(kData + "/sobjects/" + text_of(one, "name") + "/describe"));
    EXPECT_EQ(description["deprecatedAndHidden"], one["deprecatedAndHidden"]) << text_of(one, "name");
    hidden = hidden || one["deprecatedAndHidden"] == true;
  }
  EXPECT_TRUE(hidden);
}

TEST(SalesforceSim, DescribeIsCached) {
  TestClient client = org(5);
  const http::Response first = client.get(kData + "/sobjects/Contact/describe");
  const std::string tag(*first.header("ETag")), modified(*first.header("Last-Modified"));
  EXPECT_EQ(client.get(kData + "/sobjects/Contact/describe", {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(client.get(kData + "/sobjects/Contact/describe", {{"If-Modified-Since", modified}}).status, 304);
  client.control("mutate", {{"op", "addColumn"}, {"table", "Contact"}, {"column", "New__c"}});
  EXPECT_EQ(client.get(kData + "/sobjects/Contact/describe", {{"If-None-Match", tag}}).status, 200);
}

TEST(SalesforceSim, DeletedRowsShowInQueryAllAndTheFeed) {
  TestClient client = org(20);
  const Json changed = client.control("mutate", {{"op", "delete"}, {"table", "Contact"}, {"from", 3}, {"count", 2}, {"at", "2024-09-01T10:00:00Z"}});
  EXPECT_EQ(changed["changed"], 2);
  EXPECT_EQ(query(client, "SELECT Id FROM Contact")["totalSize"], 18);
  const Json all = TestClient::json(client.get(query_url("SELECT Id, IsDeleted FROM Contact WHERE IsDeleted = true", "/queryAll")));
  EXPECT_EQ(all["totalSize"], 2);
  const Json feed = TestClient::json(client.get(kData + "/sobjects/Contact/deleted/?start=2024-09-01T09%3A00%3A00Z&end=2024-09-01T11%3A00%3A00Z"));
  EXPECT_EQ(feed["deletedRecords"].size(), 2u);
  EXPECT_EQ(feed["deletedRecords"][0]["deletedDate"], "2024-09-01T10:00:00.000+0000");
  EXPECT_EQ(client.get(kData + "/sobjects/Contact/deleted/?start=2024-08-01T09%3A00%3A00Z&end=2024-09-01T11%3A00%3A00Z").status, 400) << "15 days";
}

/// The pages of a bulk job, header rows left out, and how many pages they were.
std::pair<std::vector<std::string>, int> bulk_rows(TestClient& client, const std::string& id, const std::string& options = "") {
  std::vector<std::string> rows;
  std::string locator;
  for (int pages = 1; pages < 100; ++pages) {
    const http::Response page = client.get(kData + "/jobs/query/" + id + "/results?" + options + (locator.empty() ? "" : "&locator=" + locator));
    EXPECT_EQ(page.status, 200) << page.body;
    std::vector<std::string_view> lines = split(page.body, '\n');
    EXPECT_EQ(lines.front(), "\"Id\",\"NumberOfEmployees\",\"CreatedDate\"");
    for (size_t i = 1; i + 1 < lines.size(); ++i) rows.emplace_back(lines[i]);
    EXPECT_EQ(*page.header("Sforce-NumberOfRecords"), std::to_string(lines.size() - 2));
    locator = std::string(*page.header("Sforce-Locator"));
    if (locator == "null") return {rows, pages};
  }
  ADD_FAILURE() << "the pages never end";
  return {rows, 100};
}

std::string new_job(TestClient& client, const std::string& soql, const std::string& operation = "query") {
  const http::Response made = client.post(kData + "/jobs/query", {{"operation", operation}, {"query", soql}});
  EXPECT_EQ(made.status, 200) << made.body;
  return text_of(TestClient::json(made), "id");
}

TEST(SalesforceSim, BulkJobsGiveTheirRowsInPages) {
  TestClient client = org(5000);
  const std::string id = new_job(client, "SELECT Id, NumberOfEmployees, CreatedDate FROM Account");
  EXPECT_EQ(TestClient::json(client.get(kData + "/jobs/query/" + id))["state"], "JobComplete");
  const auto [rows, pages] = bulk_rows(client, id, "maxRecords=400");
  EXPECT_EQ(pages, 4);
  EXPECT_EQ(std::set<std::string>(rows.begin(), rows.end()).size(), 1251u);
  EXPECT_EQ(bulk_rows(client, id).second, 1);
  EXPECT_EQ(client.get("/services/data/v59.0/jobs/query/" + id + "/results").status, 409);
  EXPECT_EQ(client.send(http::Verb::del, kData + "/jobs/query/" + id).status, 204);
  EXPECT_EQ(client.get(kData + "/jobs/query/" + id).status, 404);
}

TEST(SalesforceSim, BulkResultPagesCoverEverything) {
  TestClient client = org(5000);
  client.control("settings", {{"bulkResultRows", 100}});
  const std::string id = new_job(client, "SELECT Id FROM Account");
  std::set<std::string> rows;
  std::string url = kData + "/jobs/query/" + id + "/resultPages";
  for (int i = 0; i < 10; ++i) {
    const Json pages = TestClient::json(client.get(url));
    EXPECT_LE(pages["resultPages"].size(), 5u);
    for (const Json& page : pages["resultPages"]) {
      const http::Response body = client.get(text_of(page, "resultUrl"));
      const auto lines = split(body.body, '\n');
      for (size_t at = 1; at + 1 < lines.size(); ++at) EXPECT_TRUE(rows.insert(std::string(lines[at])).second);
    }
    if (pages["done"] == true) break;
    url = text_of(pages, "nextRecordsUrl");
  }
  EXPECT_THAT(rows, SizeIs(1251));
}

TEST(SalesforceSim, BulkRefusals) {
  TestClient client = org(5);
  struct Case {
    std::string soql, code, words;
  };
  for (const Case& one : {Case{"SELECT Id FROM CaseStatus", "INVALIDENTITY", "not supported by the Bulk API"}, Case{"SELECT MailingAddress FROM Contact", "API_ERROR", "compound data not supported"},
                          Case{"SELECT Id FROM ContentDocumentLink", "API_ERROR", "Implementation restriction"}, Case{"SELECT COUNT(Id) FROM Contact", "API_ERROR", "not supported in Bulk"}}) {
    const http::Response answer = client.post(kData + "/jobs/query", {{"operation", "query"}, {"query", one.soql}});
    EXPECT_EQ(answer.status, 400) << one.soql;
    EXPECT_EQ(code_of(answer), one.code) << one.soql;
    EXPECT_THAT(answer.body, HasSubstr(one.words));
  }
  client.control("settings", {{"dailyBulkQueryJobs", 1}});
  new_job(client, "SELECT Id FROM Contact");
  EXPECT_EQ(code_of(client.post(kData + "/jobs/query", {{"operation", "query"}, {"query", "SELECT Id FROM Contact"}})), "LIMIT_EXCEEDED");
}

TEST(SalesforceSim, BulkJobsTakeTimeStickAndFail) {
  TestClient client = org(5);
  client.control("settings", {{"jobSeconds", 30}});
  const std::string slow = new_job(client, "SELECT Id FROM Contact");
  EXPECT_EQ(TestClient::json(client.get(kData + "/jobs/query/" + slow))["state"], "InProgress");
  EXPECT_EQ(client.get(kData + "/jobs/query/" + slow + "/results").status, 400);
  client.clock().advance(std::chrono::seconds(31));
  EXPECT_EQ(TestClient::json(client.get(kData + "/jobs/query/" + slow))["state"], "JobComplete");
  client.control("faults", {{"rules", {{{"kind", "jobStuck"}, {"times", 1}, {"path", "*/jobs/query"}}, {{"kind", "jobFailed"}, {"skip", 1}, {"times", 1}, {"path", "*/jobs/query"}}}}});
  const std::string stuck = new_job(client, "SELECT Id FROM Contact"), failed = new_job(client, "SELECT Id FROM Contact");
  client.clock().advance(std::chrono::hours(1));
  EXPECT_EQ(TestClient::json(client.get(kData + "/jobs/query/" + stuck))["state"], "InProgress");
  const Json job = TestClient::json(client.get(kData + "/jobs/query/" + failed));
  EXPECT_EQ(job["state"], "Failed");
  EXPECT_FALSE(job.contains("errorMessage"));
  EXPECT_EQ(TestClient::json(client.send(http::Verb::patch, kData + "/jobs/query/" + stuck, "{\"state\":\"Aborted\"}"))["state"], "Aborted");
  EXPECT_EQ(client.control("counters")["vendor"]["unfinishedJobs"], 0);
}

TEST(SalesforceSim, BulkOneWithChunksByPrimaryKey) {
  TestClient client = org(5000);
  const std::string base = "/services/async/60.0/job";
  const http::Headers json = {{"Content-Type", "application/json"}, {"Sforce-Enable-PKChunking", "true; chunkSize=500; parent=Account"}};
  const Json job = TestClient::json(client.post(base, {{"operation", "queryAll"}, {"object", "Account"}, {"contentType", "CSV"}}, json));
  EXPECT_EQ(job["state"], "Open");
  const std::string own = base + "/" + text_of(job, "id");
  const http::Response added = client.send(http::Verb::post, own + "/batch", "SELECT Id FROM Account", {{"Content-Type", "text/csv"}});
  EXPECT_EQ(added.status, 201);
  EXPECT_THAT(added.body, HasSubstr("<batchInfo xmlns=")) << "batches of CSV are told in XML";
  EXPECT_THAT(client.get(own + "/batch", {{"Content-Type", "application/json"}}).body, HasSubstr("<batchInfoList"));
  const http::Response unknown = client.get(base + "/750000000000999AAA", {{"Content-Type", "application/json"}});
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(TestClient::json(unknown)["exceptionCode"], "InvalidJob");
  const http::Headers as_json = {{"Accept", "application/json"}};
  const Json batches = TestClient::json(client.get(own + "/batch", as_json))["batchInfo"];
  ASSERT_EQ(batches.size(), 4u);
  EXPECT_EQ(batches[0]["state"], "Not Processed");
  std::set<std::string> rows;
  for (size_t i = 1; i < 4; ++i) {
    const std::string batch = own + "/batch/" + text_of(batches[i], "id") + "/result";
    const http::Response csv = client.get(batch + "/" + TestClient::json(client.get(batch, as_json))[0].get<std::string>());
    EXPECT_EQ(csv.header("Content-Type"), "text/csv; charset=UTF-8") << "clients guess otherwise";
    const auto lines = split(csv.body, '\n');
    for (size_t at = 1; at + 1 < lines.size(); ++at) rows.emplace(lines[at]);
  }
  EXPECT_THAT(rows, SizeIs(1251));
  EXPECT_EQ(TestClient::json(client.post(own, {{"state", "Closed"}}))["state"], "Closed");
  const http::Response xml = client.send(http::Verb::post, base, "<jobInfo><operation>query</operation><object>User</object><contentType>CSV</contentType></jobInfo>", {{"Content-Type", "application/xml"}});
  EXPECT_EQ(xml.status, 201);
  EXPECT_THAT(xml.body, HasSubstr("<state>Open</state>"));
}

TEST(SalesforceSim, CompositeBatchDescribesInOneCall) {
  TestClient client = org(5);
  const Json body = TestClient::json(client.post(kData + "/composite/batch", {{"batchRequests", {{{"method", "GET"}, {"url", "v60.0/sobjects/Account/describe"}}, {{"method", "GET"}, {"url", "v60.0/sobjects/No/describe"}}}}}));
  EXPECT_EQ(body["hasErrors"], true);
  EXPECT_EQ(body["results"][0]["result"]["name"], "Account");
  EXPECT_EQ(body["results"][1]["statusCode"], 404);
}

TEST(SalesforceSim, AllowancesAreCounted) {
  TestClient client = org(5);
  client.control("settings", {{"dailyApiRequests", 3}});
  const http::Response first = client.get(kData + "/limits");
  EXPECT_EQ(*first.header("Sforce-Limit-Info"), "api-usage=1/3");
  client.get(kData + "/limits");
  EXPECT_EQ(TestClient::json(client.get(kData + "/limits"))["DailyApiRequests"]["Remaining"], 0);
  const http::Response over = client.get(kData + "/limits");
  EXPECT_EQ(over.status, 403);
  EXPECT_EQ(code_of(over), "REQUEST_LIMIT_EXCEEDED");
}

TEST(SalesforceSim, LongUrlsAreRefusedInHtml) {
  TestClient client = org(5);
  const http::Response answer = client.get(kData + "/query?q=" + std::string(17'000, 'x'));
  EXPECT_EQ(answer.status, 414);
  EXPECT_THAT(answer.body, HasSubstr("URI Too Long"));
}

}  // namespace
}  // namespace foz::sim
