// The Schema Registry over HTTP. Cases carry the section of the Schema Registry contract that they are from.
#include <gmock/gmock.h>

#include <set>

#include "api/testing.h"
#include "registry/registry.h"

namespace foz::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kBase = "/data/foundation/schemaregistry";
const std::string kProfile(registry::kProfileClass);
const std::string kPersonDetails = "https://ns.adobe.com/xdm/context/profile-person-details";
const std::string kXed = "application/vnd.adobe.xed+json", kXedId = "application/vnd.adobe.xed-id+json";

class SchemaRegistryTest : public ApiFixture {
 protected:
  SchemaRegistryTest() : ApiFixture({registry_routes()}) { open_registry({}); }

  void open_registry(registry::RegistrySettings settings) {
    settings.org_id = organisation->id();
    registry = std::make_unique<registry::Registry>(*database, clock, random, settings);
    services->registry = registry.get();
  }

  Answer call(http::Verb verb, const std::string& path, const Json& body = nullptr, const std::string& accept = "") {
    clock.advance(std::chrono::seconds(1));
    http::Headers headers;
    if (!accept.empty()) headers.set("Accept", accept);
    return send(verb, kBase + path, {.body = body.is_null() ? "" : to_text(body), .headers = headers});
  }
  Answer fetch(const std::string& path, const std::string& accept = "") { return call(http::Verb::get, path, nullptr, accept); }
  Answer create(const std::string& collection, const Json& body) { return call(http::Verb::post, "/tenant/" + collection, body); }
  std::string schema(const std::string& title, const std::vector<std::string>& refs = {kProfile}) {
    Json body = {{"title", title}, {"type", "object"}, {"allOf", Json::array()}};
    for (const std::string& ref : refs) body["allOf"].push_back({{"$ref", ref}});
    const Answer made = create("schemas", body);
    EXPECT_EQ(made.status, 201) << made;
    return text_of(made.body, "$id");
  }
  static std::string code_of(const Answer& answer) {
    const std::string type = text_of(answer.body, "type");
    return answer.status < 400 ? "" : type.substr(type.rfind('/') + 1);
  }
  std::vector<std::string> titles(const std::string& path) {
    std::vector<std::string> found;
    const Answer list = fetch(path, kXedId);
    EXPECT_EQ(list.status, 200) << list;
    for (const Json& one : list.body["results"]) found.push_back(text_of(one, "title"));
    return found;
  }

  std::unique_ptr<registry::Registry> registry;
};

TEST_F(SchemaRegistryTest, Section18CrmTutorialStep) {
  const Answer made = create("schemas", {{"type", "object"}, {"title", "Target schema for CRM source connector"}, {"description", ""},
                                         {"allOf", {{{"$ref", kProfile}}, {{"$ref", kPersonDetails}}, {{"$ref", "https://ns.adobe.com/xdm/context/profile-personal-details"}}}},
                                         {"meta:containerId", "tenant"}, {"meta:resourceType", "schemas"}, {"meta:xdmType", "object"}, {"meta:class", kProfile}});
  ASSERT_EQ(made.status, 201) << made;
  EXPECT_EQ(made.header("Content-Type"), "application/json");
  EXPECT_EQ(text_of(made.body, "imsOrg"), organisation->id());
  EXPECT_EQ(text_of(made.body, "meta:sandboxId"), prod.id);
  EXPECT_EQ(text_of(made.body["meta:registryMetadata"], "xdm:createdClientId"), client.client.client_id);
  EXPECT_TRUE(made.body["meta:descriptorStatus"]["result"].is_array());
  const std::string id = http::percent_encode(text_of(made.body, "$id"));
  const Answer found = fetch("/tenant/schemas/" + id, "application/vnd.adobe.xed-full-notext+json; version=1");
  ASSERT_EQ(found.status, 200) << found;
  EXPECT_EQ(found.header("Content-Type"), "application/vnd.adobe.xed-full-notext+json;version=1");
  EXPECT_EQ(found.header("ETag"), "\"" + text_of(found.body["meta:registryMetadata"], "eTag") + "\"");
  EXPECT_TRUE(found.body["properties"]["personalEmail"]["properties"].contains("address"));
}

struct PathCase {
  http::Verb verb;
  std::string path;
  int status;
  std::string code = "";
};

TEST_F(SchemaRegistryTest, Section1Paths) {
  const std::string id = schema("S"), tail = id.substr(id.rfind('/') + 1);
  const auto get = http::Verb::get;
  const PathCase kCases[] = {
      {get, "/stats", 200}, {get, "/stats/", 200},
      {get, "/tenant/schemas", 200}, {get, "/tenant/schemas/", 200}, {get, "/tenant/schemas?property=&orderby=&start=&limit=", 200},
      {get, "/tenant/mixins", 200}, {get, "/tenant/fieldgroups", 200}, {get, "/tenant/datatypes/", 200}, {get, "/tenant/unions", 200}, {get, "/tenant/classes", 200},
      {get, "/global/schemas", 200}, {get, "/global/mixins", 200}, {get, "/global/fieldgroups", 200}, {get, "/global/behaviors", 200}, {get, "/global/classes", 200},
      {get, "/tenant/schemas/" + id, 200}, {get, "/tenant/schemas/" + id + "/", 200}, {get, "/tenant/schemas/" + http::percent_encode(id), 200},
      {get, "/tenant/schemas/_foz.schemas." + tail, 200}, {get, "/tenant/schema/_foz.schemas." + tail, 200},
      {get, "/tenant/fieldgroups/_xdm.context.profile-person-details", 200}, {get, "/tenant/classes/" + http::percent_encode(kProfile), 200},
      {get, "/global/behaviors/_xdm.data.record", 200}, {get, "/global/datatypes/" + http::percent_encode("http://schema.org/GeoCoordinates"), 200},
      {get, "/global/schemas/_foz.schemas." + tail, 404, "XDM-1012-404"}, {get, "/tenant/classes/_foz.classes.1", 404, "XDM-1010-404"},
      {get, "/tenant/mixins/_foz.mixins.1", 404, "XDM-1011-404"}, {get, "/tenant/datatypes/x", 404, "XDM-1013-404"}, {get, "/global/behaviors/x", 404, "XDM-1014-404"},
      {get, "/tenant/unions/_xdm.context.profile__union", 404, "XDM-1015-404"}, {get, "/tenant/descriptors/x", 404, "XDM-1016-404"},
      {get, "/global/descriptors/x", 404, "XDM-1016-404"},
      {http::Verb::post, "/global/schemas", 403, "XDM-1403-403"}, {http::Verb::del, "/global/classes/_xdm.context.profile", 403, "XDM-1403-403"},
      {http::Verb::del, "/tenant/classes/_xdm.context.profile", 403, "XDM-1403-403"}, {http::Verb::post, "/global/descriptors", 403, "XDM-1403-403"},
      {http::Verb::post, "/tenant/unions", 405}, {http::Verb::patch, "/tenant/descriptors/x", 405}, {http::Verb::put, "/tenant/schemas", 405}, {http::Verb::del, "/stats", 405},
      {get, "/tenant/nothing", 404}, {get, "/elsewhere/schemas", 404}, {get, "/tenant", 404},
  };
  for (const PathCase& c : kCases) {
    const bool list = c.path.find("/_") == std::string::npos && c.path.find("%") == std::string::npos && c.path.find(tail) == std::string::npos && c.code.empty();
    const Answer answer = call(c.verb, c.path, nullptr, list ? kXedId : kXed + "; version=1");
    EXPECT_EQ(answer.status, c.status) << name_of(c.verb) << " " << c.path << ": " << answer;
    EXPECT_TRUE(c.code.empty() || code_of(answer) == c.code) << c.path << ": " << answer;
    EXPECT_EQ(c.status == 405, !answer.header("Allow").empty()) << c.path;
  }
}

TEST_F(SchemaRegistryTest, Section1MixinsAndFieldGroupsAreOneCollection) {
  const Json body = {{"title", "G"}, {"type", "object"}, {"properties", {{"_foz", {{"type", "object"}, {"properties", {{"a", {{"type", "string"}}}}}}}}}};
  const Answer made = create("fieldgroups", body);
  ASSERT_EQ(made.status, 201) << made;
  EXPECT_THAT(text_of(made.body, "$id"), HasSubstr("/mixins/"));
  EXPECT_THAT(titles("/tenant/mixins"), ElementsAre("G"));
  EXPECT_THAT(titles("/tenant/fieldgroups"), ElementsAre("G"));
  EXPECT_EQ(fetch("/tenant/mixins/" + text_of(made.body, "meta:altId"), kXed + ";version=1").status, 200);
}

struct AcceptCase {
  std::string path, accept;
  int status;
  std::string code = "", content_type = "";
};

TEST_F(SchemaRegistryTest, Section2Accept) {
  const std::string one = "/tenant/schemas/" + http::percent_encode(schema("S"));
  const AcceptCase kCases[] = {
      {"/tenant/schemas", kXed, 200, "", kXed},
      {"/tenant/schemas", "application/vnd.adobe.xdm-id+json; version=1", 200, "", "application/vnd.adobe.xdm-id+json;version=1"},
      {"/tenant/schemas", "application/vnd.adobe.xed-full+json", 200, "", "application/vnd.adobe.xed-full+json"},
      {"/tenant/schemas", "", 400, "XDM-1006-400"}, {"/tenant/schemas", "*/*", 400, "XDM-1006-400"}, {"/tenant/schemas", "application/json", 400, "XDM-1006-400"},
      {one, kXedId, 200}, {one, kXed + ";version=1", 200}, {one, "application/vnd.adobe.xed-full+json;version=1.0", 200, "", "application/vnd.adobe.xed-full+json;version=1"},
      {one, kXed, 400, "XDM-1007-400"}, {one, "", 400, "XDM-1007-400"}, {one, "*/*", 400, "XDM-1007-400"}, {one, "application/json", 400, "XDM-1007-400"},
      {one, kXed + ";version=7", 404, "XDM-1012-404"},
      {"/tenant/descriptors", "application/json", 400, "XDM-1008-400"}, {"/tenant/descriptors", "application/vnd.adobe.xdm+json", 200},
      {"/tenant/descriptors/x", "", 404, "XDM-1016-404"}, {"/stats", "", 200}, {"/stats", "nonsense", 200},
  };
  for (const AcceptCase& c : kCases) {
    const Answer answer = fetch(c.path, c.accept);
    EXPECT_EQ(answer.status, c.status) << c.path << " " << c.accept << ": " << answer;
    EXPECT_EQ(code_of(answer), c.code) << c.path << " " << c.accept;
    EXPECT_TRUE(c.content_type.empty() || answer.header("Content-Type") == c.content_type) << c.path << " " << c.accept << ": " << answer.header("Content-Type");
  }
  open_registry({.lenient_accept = true});
  EXPECT_EQ(fetch("/tenant/schemas").header("Content-Type"), kXed);
  EXPECT_EQ(fetch(one).header("Content-Type"), "application/vnd.adobe.xed-full+json;version=1");
}

TEST_F(SchemaRegistryTest, Section17ErrorBody) {
  const Answer answer = fetch("/tenant/schemas/_foz.schemas.1", kXed + ";version=1");
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(text_of(answer.body, "type"), "http://ns.adobe.com/aep/errors/XDM-1012-404");
  EXPECT_EQ(text_of(answer.body, "title"), "Resource not found");
  EXPECT_EQ(answer.body["status"], 404);
  EXPECT_EQ(text_of(answer.body, "detail"), "The requested schema resource _foz.schemas.1 with version 1 is not found.");
  EXPECT_EQ(text_of(answer.body["report"], "registryRequestId"), answer.header("x-request-id"));
  EXPECT_EQ(text_of(answer.body["report"], "detailed-message"), text_of(answer.body, "detail"));
  EXPECT_EQ(text_of(answer.body["report"], "timestamp").size(), 19u);
  const Answer broken = send(http::Verb::post, kBase + "/tenant/schemas", {.body = "{\"title\": "});
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(code_of(broken), "XDM-1401-400");
  EXPECT_EQ(code_of(send(http::Verb::post, kBase + "/tenant/schemas")), "XDM-1401-400");
}

TEST_F(SchemaRegistryTest, Section5ListEnvelopeAndPaging) {
  for (const char* title : {"B", "C", "A", "D", "E"}) schema(title);
  const Answer all = fetch("/tenant/schemas", kXed);
  EXPECT_EQ(all.body["_page"], (Json{{"orderby", "updated"}, {"next", nullptr}, {"count", 5}}));
  EXPECT_EQ(all.body["_links"], (Json{{"next", nullptr}, {"global_schemas", {{"href", "http://foz.test" + kBase + "/global/schemas"}}}}));
  EXPECT_THAT(titles("/tenant/schemas"), ElementsAre("B", "C", "A", "D", "E"));
  EXPECT_THAT(titles("/tenant/schemas?orderby=title"), ElementsAre("A", "B", "C", "D", "E"));
  EXPECT_THAT(titles("/tenant/schemas?orderBy=-title"), ElementsAre("E", "D", "C", "B", "A"));
  EXPECT_THAT(titles("/tenant/schemas?orderby=title&start=C"), ElementsAre("D", "E"));
  EXPECT_FALSE(fetch("/global/schemas", kXed).body["_links"].contains("global_schemas"));
  for (const std::string query : {"limit=2", "limit=2&orderby=title", "limit=2&orderby=version", "limit=2&orderby=-version,title", "limit=1"}) {
    std::vector<std::string> seen;
    std::string path = "/tenant/schemas?" + query;
    for (int pages = 0; pages < 10; ++pages) {
      const Answer page = fetch(path, kXedId);
      ASSERT_EQ(page.status, 200) << page;
      for (const Json& one : page.body["results"]) seen.push_back(text_of(one, "title"));
      if (page.body["_page"]["next"].is_null()) break;
      const std::string href = text_of(page.body["_links"]["next"], "href");
      ASSERT_THAT(href, HasSubstr("start="));
      path = href.substr(href.find(kBase) + kBase.size());
    }
    EXPECT_EQ(seen.size(), 5u) << query;
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 5u) << query;
  }
  const Answer few = fetch("/tenant/schemas?properties=title,$id", kXed);
  EXPECT_EQ(few.body["results"][0].size(), 2u);
  for (const std::string bad : {"limit=501", "limit=-1", "limit=many", "property===x", "property=title~(", "orderby=-"}) {
    EXPECT_EQ(fetch("/tenant/schemas?" + bad, kXed).status, 400) << bad;
  }
}

TEST_F(SchemaRegistryTest, Section2ReadersMayNotWrite) {
  become(add_client("viewer", {"*"}));
  EXPECT_EQ(fetch("/tenant/schemas", kXed).status, 200);
  EXPECT_EQ(create("schemas", {{"title", "S"}, {"allOf", {{{"$ref", kProfile}}}}}).status, 403);
}

TEST_F(SchemaRegistryTest, Section7PutPatchDelete) {
  const std::string path = "/tenant/schemas/" + http::percent_encode(schema("S"));
  const Answer replaced = call(http::Verb::put, path, {{"title", "T"}, {"type", "object"}, {"allOf", {{{"$ref", kProfile}}, {{"$ref", kPersonDetails}}}}});
  ASSERT_EQ(replaced.status, 200) << replaced;
  EXPECT_EQ(text_of(replaced.body, "version"), "1.1");
  const Answer patched = call(http::Verb::patch, path, Json::array({{{"op", "add"}, {"path", "/allOf"}, {"value", {{"$ref", registry::kIdentityMapGroup}}}}}));
  ASSERT_EQ(patched.status, 200) << patched;
  EXPECT_EQ(text_of(patched.body, "version"), "1.2");
  EXPECT_EQ(patched.body["allOf"].size(), 3u);
  EXPECT_EQ(code_of(call(http::Verb::patch, path, {{"title", "no array"}})), "XDM-1401-400");
  const Answer gone = call(http::Verb::del, path);
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.text, "");
  EXPECT_EQ(fetch(path, kXed + ";version=1").status, 404);
  EXPECT_EQ(call(http::Verb::del, path).status, 404);
}

TEST_F(SchemaRegistryTest, Section11Descriptors) {
  const std::string id = schema("S", {kProfile, "https://ns.adobe.com/xdm/context/profile-personal-details"});
  const Json body = {{"@type", "xdm:descriptorIdentity"}, {"xdm:sourceSchema", id}, {"xdm:sourceVersion", 1}, {"xdm:sourceProperty", "/personalEmail/address"},
                     {"xdm:namespace", "Email"}, {"xdm:property", "xdm:code"}, {"xdm:isPrimary", true}};
  EXPECT_EQ(fetch("/tenant/descriptors", "application/vnd.adobe.xdm-link+json").text, "{}");
  const Answer made = create("descriptors", body);
  ASSERT_EQ(made.status, 201) << made;
  const std::string own = text_of(made.body, "@id");
  EXPECT_EQ(own.size(), 48u);
  EXPECT_EQ(fetch("/tenant/descriptors/" + own).body, made.body);
  EXPECT_EQ(fetch("/tenant/descriptors", "application/vnd.adobe.xdm-id+json").body, (Json{{"xdm:descriptorIdentity", {own}}}));
  EXPECT_EQ(fetch("/tenant/descriptors", "application/vnd.adobe.xdm-link+json").body, (Json{{"xdm:descriptorIdentity", {"/tenant/descriptors/" + own}}}));
  EXPECT_EQ(fetch("/tenant/descriptors", "application/vnd.adobe.xed+json").body, (Json{{"xdm:descriptorIdentity", {made.body}}}));
  const Answer paged = fetch("/tenant/descriptors?limit=10&property=@type==xdm:descriptorIdentity,xdm:sourceSchema==" + id + "&property=xdm:isPrimary==true",
                             "application/vnd.adobe.xdm-v2+json");
  EXPECT_EQ(paged.body["results"], Json::array({made.body})) << paged;
  EXPECT_TRUE(paged.body.contains("_page"));
  Json changed = body;
  changed["xdm:isPrimary"] = false;
  const Answer replaced = call(http::Verb::put, "/tenant/descriptors/" + own, changed);
  EXPECT_EQ(replaced.status, 200);
  EXPECT_EQ(replaced.body, (Json{{"@id", own}}));
  EXPECT_EQ(call(http::Verb::del, "/tenant/descriptors/" + own).status, 204);
  EXPECT_EQ(fetch("/tenant/descriptors/" + own).status, 404);
}

TEST_F(SchemaRegistryTest, Section12RpcRoutes) {
  const std::string id = http::percent_encode(schema("S"));
  const Answer exported = fetch("/rpc/export/" + id);
  ASSERT_EQ(exported.status, 200) << exported;
  EXPECT_THAT(exported.text, HasSubstr("https://ns.adobe.com/<XDM_TENANTID_PLACEHOLDER>/schemas/"));
  for (const std::string path : {"/rpc/import", "/rpc/export", "/rpc/export/"}) EXPECT_EQ(call(http::Verb::post, path, exported.body).status, 200) << path;
  EXPECT_EQ(fetch("/rpc/sampledata/" + id, "application/vnd.adobe.xed+json").body["_id"], "/uri-reference");
  EXPECT_EQ(fetch("/rpc/sampledata/" + id).body["@id"], "/uri-reference");
  EXPECT_EQ(fetch("/rpc/auditlog/" + id).body.size(), 1u);
  EXPECT_EQ(fetch("/rpc/auditlog/nothing").status, 404);
  EXPECT_EQ(code_of(call(http::Verb::post, "/rpc/import", Json::object())), "XDM-1401-400");
}

TEST_F(SchemaRegistryTest, Section12CsvToSchema) {
  const std::string mark = "xxBOUNDARYxx";
  const auto part = [&](const std::string& head, const std::string& content) { return "--" + mark + "\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n"; };
  const std::string body = part("name=\"csv-file\"; filename=\"people.csv\"", "Id,First Name,Born\n1,\"Ann, B\",2001-02-03\n2,Bob,2002-03-04\n") +
                           part("name=\"schema-class-id\"", kProfile) + part("name=\"schema-name\"", "People") + part("name=\"schema-description\"", "From a file") + "--" + mark + "--\r\n";
  const Answer made = send(http::Verb::post, kBase + "/rpc/csv2schema", {.body = body, .headers = {{"Content-Type", "multipart/form-data; boundary=" + mark}}});
  ASSERT_EQ(made.status, 200) << made;
  ASSERT_EQ(made.body.size(), 2u);
  const Answer imported = call(http::Verb::post, "/rpc/import", made.body);
  ASSERT_EQ(imported.status, 200) << imported;
  const Answer full = fetch("/tenant/schemas/" + text_of(imported.body[1], "meta:altId"), "application/vnd.adobe.xed-full+json;version=1");
  const Json& fields = full.body["properties"]["_foz"]["properties"];
  EXPECT_EQ(text_of(fields["Id"], "meta:xdmType"), "long") << full;
  EXPECT_EQ(text_of(fields["First_Name"], "title"), "First Name");
  EXPECT_EQ(text_of(fields["Born"], "format"), "date");
  EXPECT_EQ(send(http::Verb::post, kBase + "/rpc/csv2schema", {.body = "{}"}).status, 400);
}

TEST_F(SchemaRegistryTest, Section13Stats) {
  schema("S");
  const Answer stats = fetch("/stats/");
  EXPECT_EQ(text_of(stats.body, "tenantId"), "foz");
  EXPECT_EQ(text_of(stats.body, "imsOrg"), organisation->id());
  EXPECT_EQ(stats.body["counts"], (Json{{"schemas", 1}, {"mixins", 0}, {"datatypes", 0}, {"classes", 0}, {"unions", 0}}));
}

}  // namespace
}  // namespace foz::api
