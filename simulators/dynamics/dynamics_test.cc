// The Dynamics simulator keeps what Sources contract 3 says of the vendor.
#include <gmock/gmock.h>

#include <set>

#include "base/text.h"
#include "simulators/test_client.h"

namespace foz::sim {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const std::string kData = "/api/data/v9.2/";

http::Query token_form(const TestClient& client) {
  http::Query form;
  form.add("grant_type", "client_credentials");
  form.add("client_id", client.secret("clientId"));
  form.add("client_secret", client.secret("clientSecret"));
  form.add("scope", "http://sim.test/.default");
  return form;
}

TestClient environment(uint64_t rows = 300, SimulatorOptions options = {}) {
  options.vendor = "dynamics";
  options.rows = rows;
  options.seed = 7;
  TestClient client(std::move(options));
  client.use_token("");
  const Json token = TestClient::json(client.form("/" + client.secret("tenantId") + "/oauth2/v2.0/token", token_form(client)));
  client.use_token(text_of(token, "access_token"));
  return client;
}

Json ask(TestClient& client, const std::string& path, const std::string& prefer = "") {
  const http::Response answer = client.get(kData + path, prefer.empty() ? http::Headers{} : http::Headers{{"Prefer", prefer}});
  EXPECT_EQ(answer.status, 200) << path << " " << answer.body.substr(0, 300);
  return TestClient::json(answer);
}

std::string filtered(const std::string& filter) { return "contacts?$select=firstname&$filter=" + http::percent_encode(filter); }
std::string code_of(const http::Response& response) { return text_of(TestClient::json(response)["error"], "code"); }

/// Every row of a listing, following next links; what the last page was.
std::vector<Json> all_rows(TestClient& client, std::string path, const std::string& prefer, Json* last = nullptr) {
  std::vector<Json> rows;
  for (int pages = 0; pages < 200; ++pages) {
    Json page = ask(client, path, prefer);
    for (const Json& row : page["value"]) rows.push_back(row);
    if (!page.contains("@odata.nextLink")) {
      if (last != nullptr) *last = std::move(page);
      return rows;
    }
    path = text_of(page, "@odata.nextLink").substr(std::string("http://sim.test" + kData).size());
  }
  ADD_FAILURE() << "the pages never end";
  return rows;
}

TEST(DynamicsSim, TokensOfBothVersionsAndTheirRefusals) {
  TestClient client = environment();
  const std::string tenant = "/" + client.secret("tenantId");
  const Json v2 = TestClient::json(client.form(tenant + "/oauth2/v2.0/token", token_form(client)));
  EXPECT_EQ(v2["expires_in"], 3599);
  http::Query v1 = token_form(client);
  v1.add("resource", "http://sim.test");
  const Json old = TestClient::json(client.form(tenant + "/oauth2/token", v1));
  EXPECT_EQ(old["expires_in"], "3599") << "numbers are text";
  EXPECT_EQ(old["resource"], "http://sim.test");
  struct Case {
    std::string name, value, error;
    int code, status;
  };
  for (const Case& one : {Case{"client_secret", "no", "invalid_client", 7000215, 401}, Case{"client_id", "no", "unauthorized_client", 700016, 400},
                          Case{"scope", "http://other/.default", "invalid_scope", 70011, 400}, Case{"grant_type", "magic", "unsupported_grant_type", 70003, 400}}) {
    http::Query form = token_form(client);
    form.add(one.name, one.value);
    const http::Response answer = client.form(tenant + "/oauth2/v2.0/token", form);
    EXPECT_EQ(answer.status, one.status) << one.name;
    EXPECT_EQ(text_of(TestClient::json(answer), "error"), one.error);
    EXPECT_EQ(TestClient::json(answer)["error_codes"][0], one.code);
  }
  EXPECT_THAT(client.form("/elsewhere/oauth2/v2.0/token", token_form(client)).body, HasSubstr("AADSTS90002"));
}

TEST(DynamicsSim, ThePasswordGrantMayAskForASecondFactor) {
  TestClient client = environment();
  http::Query form;
  form.add("grant_type", "password");
  form.add("client_id", "any");
  form.add("resource", "http://sim.test/");
  form.add("username", client.secret("username"));
  form.add("password", client.secret("password"));
  EXPECT_EQ(client.form("/common/oauth2/token", form).status, 200);
  client.control("settings", {{"secondFactor", 1}});
  EXPECT_THAT(client.form("/common/oauth2/token", form).body, HasSubstr("AADSTS50076"));
}

TEST(DynamicsSim, TheChallengeNamesTheAuthority) {
  TestClient client = environment();
  client.clock().advance(std::chrono::hours(1));
  const http::Response dead = client.get(kData + "WhoAmI");
  EXPECT_EQ(dead.status, 401);
  EXPECT_EQ(*dead.header("WWW-Authenticate"), "Bearer authorization_uri=http://sim.test/" + client.secret("tenantId") + "/oauth2/authorize, resource_id=http://sim.test/");
  client.control("faults", {{"rules", {{{"kind", "forge"}, {"url", "http://evil.test"}}}}});
  EXPECT_THAT(std::string(*client.get(kData + "WhoAmI").header("WWW-Authenticate")), HasSubstr("authorization_uri=http://evil.test/"));
}

TEST(DynamicsSim, MetadataOfTables) {
  TestClient client = environment();
  const Json list = ask(client, "EntityDefinitions?$select=LogicalName,EntitySetName,DisplayName,IsPrivate,TableType,ChangeTrackingEnabled");
  std::map<std::string, Json> entities;
  for (const Json& one : list["value"]) entities[text_of(one, "LogicalName")] = one;
  EXPECT_EQ(entities["customeropportunityrole"]["DisplayName"]["UserLocalizedLabel"]["Label"], "Opportunity Relationship");
  EXPECT_EQ(entities["asyncoperation"]["IsPrivate"], true);
  EXPECT_FALSE(entities["account"].contains("SchemaName"));
  const Json one = ask(client, "EntityDefinitions(LogicalName='contact')?$select=EntitySetName&$expand=Attributes($select=LogicalName,AttributeType,AttributeOf,IsPrimaryId)");
  std::map<std::string, Json> attributes;
  for (const Json& attribute : one["Attributes"]) attributes[text_of(attribute, "LogicalName")] = attribute;
  EXPECT_EQ(attributes["parentcustomerid"]["AttributeType"], "Customer");
  EXPECT_EQ(attributes["parentcustomeridname"]["AttributeOf"], "parentcustomerid");
  EXPECT_EQ(attributes["contactid"]["IsPrimaryId"], true);
  EXPECT_EQ(attributes["new_interests"]["AttributeType"], "Virtual");
  EXPECT_EQ(client.get(kData + "EntityDefinitions(LogicalName='nothing')").status, 404);
}

TEST(DynamicsSim, CastsShowTheDetails) {
  TestClient client = environment();
  const std::string base = "EntityDefinitions(LogicalName='contact')/Attributes/Microsoft.Dynamics.CRM.";
  const Json picks = ask(client, base + "PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet");
  EXPECT_EQ(picks["value"][0]["OptionSet"]["Options"][0]["Label"]["UserLocalizedLabel"]["LanguageCode"], 1033);
  EXPECT_EQ(ask(client, base + "MultiSelectPicklistAttributeMetadata")["value"].size(), 1u);
  EXPECT_EQ(ask(client, base + "StateAttributeMetadata?$expand=OptionSet")["value"].size(), 1u);
  std::map<std::string, std::string> behaviours;
  const Json dates = ask(client, base + "DateTimeAttributeMetadata?$select=LogicalName,DateTimeBehavior");
  for (const Json& one : dates["value"]) behaviours[text_of(one, "LogicalName")] = text_of(one["DateTimeBehavior"], "Value");
  EXPECT_EQ(behaviours["birthdate"], "DateOnly");
  EXPECT_EQ(behaviours["new_walltime"], "TimeZoneIndependent");
  EXPECT_EQ(behaviours["modifiedon"], "UserLocal");
  const Json some = ask(client, "EntityDefinitions(LogicalName='contact')/Attributes?$select=LogicalName&$filter=AttributeType%20eq%20Microsoft.Dynamics.CRM.AttributeTypeCode%27Customer%27");
  EXPECT_EQ(some["value"].size(), 1u);
}

TEST(DynamicsSim, PagesByNextLink) {
  TestClient client = environment(300);
  const http::Response first = client.get(kData + "contacts?$select=fullname", {{"Prefer", "odata.maxpagesize=70"}});
  EXPECT_EQ(*first.header("Preference-Applied"), "odata.maxpagesize=70");
  EXPECT_EQ(*first.header("OData-Version"), "4.0");
  EXPECT_THAT(text_of(TestClient::json(first), "@odata.nextLink"), HasSubstr("$skiptoken=%3Ccookie%20pagenumber%3D%222%22%20pagingcookie%3D%22%253C"));
  for (const char* query : {"contacts?$select=fullname", "contacts?$select=fullname&$orderby=modifiedon%20desc,contactid", "contacts?$select=fullname&$filter=statecode%20ge%200"}) {
    std::set<std::string> ids;
    for (const Json& row : all_rows(client, query, "odata.maxpagesize=70")) ids.insert(text_of(row, "contactid"));
    EXPECT_THAT(ids, SizeIs(300)) << query;
  }
  EXPECT_EQ(client.get(kData + "contacts?$skiptoken=%3Cmangled").status, 400);
}

TEST(DynamicsSim, RowsHaveTheVendorsShape) {
  TestClient client = environment(50);
  const Json page = ask(client, "contacts?$top=1");
  const Json& row = page["value"][0];
  EXPECT_THAT(text_of(row, "@odata.etag"), HasSubstr("W/\""));
  EXPECT_TRUE(row.contains("_parentcustomerid_value"));
  EXPECT_FALSE(row.contains("parentcustomerid"));
  EXPECT_TRUE(row["gendercode"].is_number() || row["gendercode"].is_null());
  EXPECT_EQ(text_of(row, "modifiedon").size(), 20u);
  EXPECT_FALSE(page.contains("@odata.nextLink")) << "$top is all there is";
  const Json noted = ask(client, "contacts?$select=_parentcustomerid_value,preferredcontactmethodcode", "odata.include-annotations=\"*\"");
  bool named = false;
  for (const Json& one : noted["value"]) {
    EXPECT_TRUE(one.contains("preferredcontactmethodcode@OData.Community.Display.V1.FormattedValue"));
    named = named || text_of(one, "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname") == "account";
  }
  EXPECT_TRUE(named);
}

TEST(DynamicsSim, FiltersFindWhatTheySay) {
  TestClient client = environment(120);
  client.control("mutate", {{"op", "update"}, {"table", "contact"}, {"from", 0}, {"count", 120}, {"at", "2024-08-01T00:00:00Z"},
                            {"set", {{"firstname", "Ana"}, {"jobtitle", nullptr}, {"gendercode", "1"}, {"creditlimit", "10.50"}, {"donotemail", "false"}, {"new_interests", "1"}, {"birthdate", "1999-01-01"}}}});
  client.control("mutate", {{"op", "update"}, {"table", "contact"}, {"from", 0}, {"count", 30}, {"at", "2024-09-01T08:00:00Z"},
                            {"set", {{"firstname", "O'Bob"}, {"jobtitle", "Chief Buyer"}, {"gendercode", "2"}, {"creditlimit", "99"}, {"donotemail", "true"}, {"new_interests", "1;3"}, {"birthdate", "2001-02-03"}}}});
  struct Case {
    std::string filter;
    size_t wanted;
  };
  for (const Case& one : {Case{"firstname eq 'o''bob'", 30}, Case{"firstname ne 'Ana'", 30}, Case{"jobtitle eq null", 90}, Case{"jobtitle ne null", 30}, Case{"gendercode eq 2", 30},
                          Case{"creditlimit gt 10.5", 30}, Case{"creditlimit ge 10.5", 120}, Case{"creditlimit lt 99", 90}, Case{"creditlimit le 99", 120}, Case{"donotemail eq true", 30},
                          Case{"contains(jobtitle,'buy')", 30}, Case{"startswith(firstname,'o')", 30}, Case{"endswith(jobtitle,'BUYER')", 30}, Case{"not contains(jobtitle,'buy')", 90},
                          Case{"modifiedon ge 2024-09-01T08:00:00Z", 30}, Case{"modifiedon gt 2024-09-01T08:00:00Z", 0}, Case{"modifiedon lt 2024-09-01", 90}, Case{"birthdate eq 2001-02-03", 30},
                          Case{"gendercode eq 2 and (donotemail eq false or creditlimit eq 99)", 30}, Case{"gendercode eq 1 or gendercode eq 2", 120},
                          Case{"Microsoft.Dynamics.CRM.OnOrAfter(PropertyName='modifiedon',PropertyValue='2024-09-01')", 30},
                          Case{"Microsoft.Dynamics.CRM.On(PropertyName='modifiedon',PropertyValue='2024-08-01')", 90},
                          Case{"Microsoft.Dynamics.CRM.In(PropertyName='gendercode',PropertyValues=['2','7'])", 30},
                          Case{"Microsoft.Dynamics.CRM.ContainValues(PropertyName='new_interests',PropertyValues=['3'])", 30}}) {
    EXPECT_THAT(all_rows(client, filtered(one.filter), ""), SizeIs(one.wanted)) << one.filter;
  }
  const Json some = ask(client, "contacts?$select=_ownerid_value&$top=1");
  const std::string owner = text_of(some["value"][0], "_ownerid_value");
  EXPECT_FALSE(all_rows(client, filtered("_ownerid_value eq " + owner), "").empty());
  EXPECT_FALSE(all_rows(client, filtered("contactid eq " + text_of(some["value"][0], "contactid")), "").empty());
}

TEST(DynamicsSim, QueriesThatAreRefused) {
  TestClient client = environment(10);
  for (const char* path : {"contacts?$select=nothing", "contacts?$select=parentcustomerid", "contacts?$filter=firstname%20is%20'a'", "contacts?$filter=(firstname%20eq%20'a'", "contacts?$orderby=nothing",
                           "contacts?$skip=5", "contacts?$expand=nothing", "contacts?$top=x"}) {
    const http::Response answer = client.get(kData + path);
    EXPECT_EQ(answer.status, 400) << path;
    EXPECT_EQ(code_of(answer), "0x80060888") << path;
  }
  EXPECT_EQ(code_of(client.get(kData + "unicorns")), "0x8006088a");
  EXPECT_EQ(code_of(client.get(kData + "contacts(00000000-0000-0000-0000-000000000001)")), "0x80040217");
}

TEST(DynamicsSim, CountsStopAtFiveThousand) {
  TestClient client = environment(6000);
  const Json page = ask(client, "contacts?$select=fullname&$count=true", "odata.maxpagesize=10,odata.include-annotations=\"*\"");
  EXPECT_EQ(page["@odata.count"], 5000);
  EXPECT_EQ(page["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"], true);
  EXPECT_EQ(ask(client, "RetrieveTotalRecordCount(EntityNames=['contact','account'])")["EntityRecordCountCollection"]["Values"][0], 6000);
  EXPECT_EQ(ask(client, "contacts?$select=fullname")["value"].size(), 5000u);
}

TEST(DynamicsSim, ExpandsLookups) {
  TestClient client = environment(60);
  const Json page = ask(client, "customeropportunityroles?$select=name&$expand=connectionrole1($select=name),customerid_contact($select=fullname)");
  ASSERT_FALSE(page["value"].empty());
  EXPECT_FALSE(text_of(page["value"][0]["connectionrole1"], "name").empty());
  EXPECT_TRUE(page["value"][0]["customerid_contact"].contains("contactid"));
}

TEST(DynamicsSim, ChangeTracking) {
  TestClient client = environment(20);
  Json last;
  EXPECT_THAT(all_rows(client, "contacts?$select=firstname", "odata.track-changes,odata.maxpagesize=6", &last), SizeIs(20));
  const std::string link = text_of(last, "@odata.deltaLink").substr(std::string("http://sim.test" + kData).size());
  EXPECT_TRUE(ask(client, link)["value"].empty());
  client.control("mutate", {{"op", "update"}, {"table", "contact"}, {"from", 0}, {"count", 3}, {"set", {{"firstname", "New"}}}});
  client.control("mutate", {{"op", "delete"}, {"table", "contact"}, {"from", 10}, {"count", 2}});
  const auto changes = all_rows(client, link, "odata.maxpagesize=2");
  ASSERT_THAT(changes, SizeIs(5));
  EXPECT_EQ(changes[0]["firstname"], "New");
  EXPECT_EQ(changes[4]["reason"], "deleted");
  EXPECT_THAT(text_of(changes[4], "@odata.context"), HasSubstr("$deletedEntity"));
  EXPECT_EQ(client.get(kData + "contacts?$select=firstname&$orderby=firstname", {{"Prefer", "odata.track-changes"}}).status, 400);
  EXPECT_EQ(client.get(kData + "systemusers", {{"Prefer", "odata.track-changes"}}).status, 400);
  client.control("clock", {{"advanceSeconds", 8 * 86'400}});
  client.use_token("");
  client.use_token(text_of(TestClient::json(client.form("/" + client.secret("tenantId") + "/oauth2/v2.0/token", token_form(client))), "access_token"));
  const http::Response expired = client.get(kData + link);
  EXPECT_EQ(expired.status, 400);
  EXPECT_EQ(code_of(expired), "0x80044352");
}

TEST(DynamicsSim, LateRowsComeWithTheNextDelta) {
  TestClient client = environment(5);
  client.control("mutate", {{"op", "insert"}, {"table", "contact"}, {"visibleAfterSeconds", 60}, {"set", {{"firstname", "Late"}}}});
  Json last;
  EXPECT_THAT(all_rows(client, "contacts?$select=firstname", "odata.track-changes", &last), SizeIs(5));
  client.clock().advance(std::chrono::seconds(61));
  const auto changes = all_rows(client, text_of(last, "@odata.deltaLink").substr(std::string("http://sim.test" + kData).size()), "");
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0]["firstname"], "Late");
}

TEST(DynamicsSim, FetchXml) {
  TestClient client = environment(120);
  client.control("mutate", {{"op", "update"}, {"table", "contact"}, {"from", 0}, {"count", 25}, {"set", {{"firstname", "Bob"}}}});
  const auto fetch = [&](const std::string& options) {
    const std::string xml = "<fetch " + options + "><entity name=\"contact\"><attribute name=\"firstname\"/><filter type=\"and\"><condition attribute=\"firstname\" operator=\"eq\" value=\"bob\"/>"
                            "<condition attribute=\"modifiedon\" operator=\"on-or-after\" value=\"2024-09-01\"/></filter><order attribute=\"firstname\"/></entity></fetch>";
    return ask(client, "contacts?fetchXml=" + http::percent_encode(xml));
  };
  std::set<std::string> ids;
  for (int page = 1; page < 5; ++page) {
    const Json answer = fetch("count=\"10\" page=\"" + std::to_string(page) + "\"");
    for (const Json& row : answer["value"]) ids.insert(text_of(row, "contactid"));
    EXPECT_EQ(answer.contains("@Microsoft.Dynamics.CRM.morerecords"), page < 3) << page;
  }
  EXPECT_THAT(ids, SizeIs(25));
  EXPECT_EQ(client.get(kData + "contacts?fetchXml=%3Cfetch").status, 400);
}

TEST(DynamicsSim, BatchOfGets) {
  TestClient client = environment(10);
  const std::string body = "--b1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET " + kData + "contacts?$top=2 HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"
                           "--b1\r\nContent-Type: application/http\r\n\r\nGET http://sim.test" + kData + "nothing HTTP/1.1\r\n\r\n\r\n--b1--\r\n";
  const http::Response answer = client.send(http::Verb::post, kData + "$batch", body, {{"Content-Type", "multipart/mixed;boundary=b1"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("HTTP/1.1 200 OK"));
  EXPECT_THAT(answer.body, HasSubstr("HTTP/1.1 404 Not Found"));
  EXPECT_THAT(std::string(*answer.header("Content-Type")), HasSubstr("boundary=batchresponse_"));
}

TEST(DynamicsSim, WritesMoveVersions) {
  TestClient client = environment(10);
  const http::Response made = client.post(kData + "contacts", {{"firstname", "Made"}, {"gendercode", 2}, {"parentcustomerid_account@odata.bind", "/accounts(3c1f0000-a000-4000-8278-c16f4a7c1500)"}});
  EXPECT_EQ(made.status, 204) << made.body;
  const std::string path = std::string(*made.header("OData-EntityId")).substr(15);
  const http::Response read = client.get(path);
  const std::string etag(*read.header("ETag"));
  EXPECT_EQ(client.get(path, {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(client.get(path, {{"If-None-Match", "null"}}).status, 200);
  EXPECT_EQ(client.send(http::Verb::patch, path, "{\"firstname\":\"Changed\"}", {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(client.send(http::Verb::patch, path, "{\"firstname\":\"Changed\"}", {{"If-Match", etag}}).status, 204);
  EXPECT_EQ(TestClient::json(client.get(path))["firstname"], "Changed");
  EXPECT_EQ(client.send(http::Verb::del, path).status, 204);
  EXPECT_EQ(client.get(path).status, 404);
  EXPECT_EQ(client.post(kData + "contacts", {{"nothing", 1}}).status, 400);
}

TEST(DynamicsSim, ThreeProtectionLimits) {
  struct Case {
    Json settings;
    std::string code;
  };
  for (const Case& one : {Case{{{"requestsIn5Minutes", 2}}, "0x80072322"}, Case{{{"millisecondsIn5Minutes", 50}}, "0x80072321"}, Case{{{"concurrentRequests", 0}}, "0x80072326"}}) {
    TestClient client = environment(5);
    client.control("settings", one.settings);
    client.get(kData + "WhoAmI");
    client.get(kData + "WhoAmI");
    const http::Response over = client.get(kData + "WhoAmI");
    EXPECT_EQ(over.status, 429) << one.code;
    EXPECT_EQ(code_of(over), one.code);
    EXPECT_GE(*to_integer(*over.header("Retry-After")), 1);
  }
  TestClient client = environment(5);
  client.control("settings", {{"requestsIn5Minutes", 10}});
  EXPECT_EQ(*client.get(kData + "WhoAmI").header("x-ms-ratelimit-burst-remaining-xrm-requests"), "9");
}

TEST(DynamicsSim, RightsAreAskedFor) {
  TestClient client = environment(5);
  client.control("settings", {{"missingPrivilege", 2}});
  EXPECT_EQ(code_of(client.get(kData + "contacts")), "0x80040220");
  EXPECT_EQ(client.get(kData + "accounts").status, 200);
  client.control("settings", {{"notAMember", 1}});
  EXPECT_EQ(code_of(client.get(kData + "accounts")), "0x80072560");
}

TEST(DynamicsSim, TroubleWithPages) {
  for (const char* kind : {"emptyPage", "repeatPage", "loopPage"}) {
    for (const char* query : {"contacts?$select=fullname", "contacts?$select=fullname&$orderby=fullname"}) {
      TestClient client = environment(50);
      client.control("faults", Json::array({{{"kind", kind}, {"path", "*/contacts"}, {"skip", 2}, {"times", 1}}}));
      std::map<std::string, int> seen;
      std::string path = query;
      std::set<std::string> links;
      bool looped = false;
      for (int pages = 0; pages < 12 && !path.empty(); ++pages) {
        const Json page = ask(client, path, "odata.maxpagesize=10");
        for (const Json& row : page["value"]) ++seen[text_of(row, "contactid")];
        const std::string next = text_of(page, "@odata.nextLink");
        path = next.empty() ? "" : next.substr(std::string("http://sim.test" + kData).size());
        looped = looped || (!path.empty() && !links.insert(path).second);
      }
      EXPECT_THAT(seen, SizeIs(50)) << kind << " " << query;
      EXPECT_EQ(looped, kind == std::string("loopPage")) << query;
      int most = 0;
      for (const auto& [id, times] : seen) most = std::max(most, times);
      EXPECT_EQ(most, kind == std::string("emptyPage") ? 1 : 2) << kind << " " << query;
    }
  }
}

TEST(DynamicsSim, MangledAliasesOfNextLinks) {
  TestClient client = environment(30);
  client.control("faults", {{"rules", {{{"kind", "nextLinkHost"}, {"host", "http://alias.test"}}}}});
  EXPECT_THAT(text_of(ask(client, "contacts?$select=fullname", "odata.maxpagesize=10"), "@odata.nextLink"), testing::StartsWith("http://alias.test/api/data/v9.2/contacts?"));
}

}  // namespace
}  // namespace foz::sim
