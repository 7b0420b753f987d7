// Mapping sets as they are sent, answered and stored. Follows: Data Prep contract, 2.
#include "prep/mapping_set.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

#include "base/testing.h"
#include "prep/mapping_set_store.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr std::string_view kCrmBody = R"json({ "version": 0,
  "xdmSchema": "https://ns.adobe.com/{TENANT_ID}/schemas/417a33eg81a221bd10495920574gfa2d", "xdmVersion": "1.0", "id": null,
  "mappings": [
    { "destinationXdmPath": "person.name.firstName", "sourceAttribute": "first_name", "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0 },
    { "destinationXdmPath": "person.name.lastName",  "sourceAttribute": "last_name", "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0 },
    { "destinationXdmPath": "personalEmail.address", "sourceAttribute": "email", "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0 } ] })json";

constexpr std::string_view kMarketingBody = R"json({ "version": 0,
  "xdmSchema": "https://ns.adobe.com/adobe_mcdp_connectors_stg/schemas/63f2c82fcdcb606c536a62d7716e34acbf63cd4582a1c16b", "xdmVersion": "1.0", "id": null,
  "mappings": [
    { "destinationXdmPath": "person.name.firstName", "sourceAttribute": "Properties_Firstname_Value", "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0 },
    { "destinationXdmPath": "person.name.lastName", "sourceAttribute": "Properties_Lastname_Value", "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0 },
    { "destinationXdmPath": "repositoryCreatedBy", "sourceAttribute": "Added_At", "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0 },
    { "destinationXdmPath": "_id", "sourceAttribute": "Portal_Id", "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0 } ] })json";

constexpr std::string_view kNewerBody = R"json({ "outputSchema": { "schemaRef": { "id": "https://ns.adobe.com/foz/schemas/test", "contentType": "application/vnd.adobe.xed-full+json;version=1" } },
  "mappings": [ { "sourceType": "ATTRIBUTE", "source": "Id", "destination": "_id", "name": "id", "description": "key" } ] })json";

TEST(ReadMappingSet, TakesBothGenerations) {
  const auto crm = read_mapping_set(parsed(kCrmBody));
  ASSERT_TRUE(crm) << crm.error().message;
  EXPECT_EQ(crm->target.content_type, "1.0");
  EXPECT_EQ(crm->mappings.size(), 3u);
  EXPECT_EQ(crm->mappings[2].source, "email");
  EXPECT_EQ(crm->mappings[2].destination, "personalEmail.address");
  ASSERT_TRUE(read_mapping_set(parsed(kMarketingBody)));
  const auto newer = read_mapping_set(parsed(kNewerBody));
  ASSERT_TRUE(newer);
  EXPECT_EQ(newer->target.id, "https://ns.adobe.com/foz/schemas/test");
  EXPECT_EQ(newer->mappings[0].name, "id");
}

TEST(ReadMappingSet, RefusesWithPathAndReason) {
  struct Case { std::string_view body, code, where, reason; };
  constexpr Case kCases[] = {
      {"[]", "CONV-1004-400", "", "TYPE"},
      {"null", "CONV-1004-400", "", "TYPE"},
      {R"({"mappings": []})", "CONV-1004-400", "outputSchema.schemaRef.id", "REQUIRED"},
      {R"({"xdmSchema": "x"})", "CONV-1004-400", "mappings", "REQUIRED"},
      {R"({"xdmSchema": "x", "mappings": {}})", "CONV-1004-400", "mappings", "TYPE"},
      {R"({"xdmSchema": "x", "mappings": [1]})", "CONV-1004-400", "mappings[0]", "TYPE"},
      {R"({"xdmSchema": "x", "mappings": [{"source": "a"}]})", "CONV-1004-400", "mappings[0].destination", "REQUIRED"},
      {R"({"xdmSchema": "x", "mappings": [{"source": "a", "destination": "b"}, {"destination": "b"}]})", "CONV-1004-400", "mappings[1].source", "REQUIRED"},
      {R"({"xdmSchema": "x", "mappings": [{"source": " ", "destination": "b"}]})", "CONV-1004-400", "mappings[0].source", "REQUIRED"},
      {R"({"xdmSchema": "x", "mappings": [{"source": {}, "destination": "b"}]})", "CONV-1004-400", "mappings[0].source", "TYPE"},
      {R"({"xdmSchema": "x", "mappings": [{"source": "a", "destination": "b", "sourceType": "MAGIC"}]})", "CONV-1004-400", "mappings[0].sourceType", "UNKNOWN"},
      {R"({"xdmSchema": "x", "mappings": [{"source": "a", "destination": "b", "identity": "maybe"}]})", "CONV-1004-400", "mappings[0].identity", "TYPE"},
      {R"({"xdmSchema": "x", "mappings": [{"source": "upper(", "destination": "b", "sourceType": "EXPRESSION"}]})", "CONV-1005-400", "mappings[0].source", "CONV-1005-400"},
      {R"({"xdmSchema": "x", "mappings": [{"source": "a = 1", "destination": "b", "sourceType": "text/x.aep-xl"}]})", "CONV-1005-400", "mappings[0].source", "CONV-1005-400"},
      {R"j({"xdmSchema": "x", "mappings": [{"source": "up(a)", "destination": "b", "sourceType": "expression"}]})j", "CONV-1006-400", "mappings[0].source", "CONV-1006-400"},
      {R"({"xdmSchema": "x", "mappings": [], "strictMapping": 5})", "CONV-1004-400", "strictMapping", "TYPE"},
      {R"({"xdmSchema": "x", "mappings": [], "status": "OLD"})", "CONV-1004-400", "status", "UNKNOWN"},
  };
  for (const Case& c : kCases) {
    const auto set = read_mapping_set(parsed(c.body));
    ASSERT_FALSE(set) << c.body;
    EXPECT_EQ(set.error().code, c.code) << c.body;
    EXPECT_EQ(set.error().where, c.where) << c.body;
    const Json context = problem_context(set.error());
    ASSERT_FALSE(context.empty()) << c.body;
    EXPECT_EQ(context[0]["path"], c.where) << c.body;
    EXPECT_EQ(context[0]["reason"], c.reason) << c.body;
  }
  EXPECT_EQ(read_mapping_set(parsed(R"({"xdmSchema": "x", "mappings": [{}, {"source": "a"}]})")).error().problems.size(), 2u);
}

TEST(ReadMappingSet, ReadsWordsOfBothKindsAndGuesses) {  // 2.4
  struct Case { std::string_view mapping; SourceType type; std::string_view source; bool warned; };
  constexpr Case kCases[] = {
      {R"({"source": "a.b"})", SourceType::attribute, "a.b", false},
      {R"({"source": "a", "sourceAttribute": "b"})", SourceType::attribute, "a", false},
      {R"({"source": null, "sourceAttribute": "b"})", SourceType::attribute, "b", false},
      {R"({"source": "a", "sourceType": "attribute"})", SourceType::attribute, "a", false},
      {R"({"source": "a", "sourceType": "TEXT/X.SCHEMA-PATH"})", SourceType::attribute, "a", false},
      {R"j({"source": "upper(a)"})j", SourceType::expression, "upper(a)", true},
      {R"j({"source": "upper(a)", "sourceType": "EXPRESSION"})j", SourceType::expression, "upper(a)", false},
      {R"({"source": "First Name"})", SourceType::attribute, "First Name", false},
      {R"({"source": "a b(", "sourceType": "STATIC"})", SourceType::constant, "a b(", false},
      {R"({"sourceType": "text/plain"})", SourceType::constant, "", false},
  };
  for (const Case& c : kCases) {
    Json body = parsed(c.mapping);
    body["destination"] = "_id";
    const auto mapping = read_mapping(body);
    ASSERT_TRUE(mapping) << c.mapping << mapping.error().message;
    EXPECT_EQ(mapping->source_type, c.type) << c.mapping;
    EXPECT_EQ(mapping->source, c.source) << c.mapping;
    EXPECT_EQ(!mapping->warning.empty(), c.warned) << c.mapping;
  }
}

class MappingSetStore : public ::testing::Test {
 protected:
  MappingSetStore() {
    auto opened = store::open_sqlite({.file = folder / "foz.db"});
    FOZ_CHECK(opened.has_value(), opened ? "" : opened.error().message);
    database = std::move(*opened);
    sets.emplace(*database, clock, random,
                 MappingSetHooks{.schema_root = [this](std::string_view, const TargetSchema& wanted) -> Result<std::shared_ptr<const registry::Node>> {
                                   if (wanted.id.ends_with("/test")) return target;
                                   return Error{.kind = ErrorKind::not_found, .message = "no schema " + wanted.id};
                                 },
                                 .used_by = [this](store::Reader&, std::string_view, std::string_view id) -> Result<std::optional<std::string>> {
                                   return id == used ? std::optional<std::string>("flow-1") : std::nullopt;
                                 }});
  }

  MappingSet create(std::string_view body, std::string_view sandbox = "prod") {
    auto set = sets->create(sandbox, *read_mapping_set(parsed(body)), "ana@AdobeID");
    FOZ_CHECK(set.has_value(), set ? "" : set.error().message);
    return *set;
  }

  TemporaryFolder folder;
  ManualClock clock{*parse_iso_instant("2020-04-15T23:34:21.034Z")};
  SeededRandom random{3};
  std::unique_ptr<store::Database> database;
  std::shared_ptr<const registry::Node> target = std::make_shared<const registry::Node>(target_of());
  std::string used;
  std::optional<MappingSets> sets;
};

TEST_F(MappingSetStore, AnswersSixMembersToACreate) {  // 9.1, 1 and 2
  for (const std::string_view body : {kCrmBody, kMarketingBody}) {
    const Json answer = created_json(create(body));
    EXPECT_EQ(answer.size(), 6u);
    EXPECT_THAT(answer["id"].get<std::string>(), MatchesRegex("[0-9a-f]{32}"));
    EXPECT_EQ(answer["version"], 0);
    EXPECT_EQ(answer["createdDate"], 1586993661034);
    EXPECT_EQ(answer["modifiedDate"], 1586993661034);
    EXPECT_EQ(answer["createdBy"], "ana@AdobeID");
    EXPECT_EQ(answer["modifiedBy"], "ana@AdobeID");
  }
}

TEST_F(MappingSetStore, ShowsBothNamePairs) {  // 9.1, 3
  const MappingSet stored = create(kCrmBody);
  const Json shown = to_json(*sets->find("prod", stored.id));
  EXPECT_EQ(shown["xdmSchema"], "https://ns.adobe.com/{TENANT_ID}/schemas/417a33eg81a221bd10495920574gfa2d");
  EXPECT_EQ(shown["outputSchemaRef"]["id"], shown["xdmSchema"]);
  EXPECT_EQ(shown["schemaRef"], shown["outputSchemaRef"]);
  EXPECT_EQ(shown["outputSchema"]["schemaRef"], shown["outputSchemaRef"]);
  EXPECT_EQ(shown["xdmVersion"], "1.0");
  EXPECT_EQ(shown["supportVersion"], "1.1");
  EXPECT_EQ(shown["status"], "PUBLISHED");
  EXPECT_TRUE(shown["inputSchemaRef"]["id"].is_null());
  EXPECT_EQ(shown["mappings"].size(), 3u);
  const Json& first = shown["mappings"][0];
  EXPECT_EQ(first["source"], "first_name");
  EXPECT_EQ(first["sourceAttribute"], "first_name");
  EXPECT_EQ(first["destination"], "person.name.firstName");
  EXPECT_EQ(first["destinationXdmPath"], "person.name.firstName");
  EXPECT_EQ(first["sourceType"], "text/x.schema-path");
  EXPECT_EQ(first["identity"], false);
  EXPECT_EQ(first["matchScore"], 0.0);
  EXPECT_EQ(first["functionVersion"], 1);
  EXPECT_FALSE(first.contains("identityGroup"));
  EXPECT_FALSE(first.contains("namespaceCode"));
  EXPECT_THAT(first["id"].get<std::string>(), MatchesRegex("[0-9a-f]{32}"));
  EXPECT_FALSE(first.contains("expressionAttributes"));
}

TEST_F(MappingSetStore, ComesBackAsItWasStored) {
  const MappingSet stored = create(R"json({"outputSchema": {"id": "0a", "schemaRef": {"id": "https://x/test", "contentType": "v1"}}, "name": "n", "strictMapping": true, "allowNullValues": "True", "status": "draft",
      "tags": [{"name": "t", "values": ["v"]}], "inputSchema": {"id": "in", "schemaRef": {"id": "s", "contentType": "c"}}, "unknown": 1,
      "mappings": [{"sourceType": "EXPRESSION", "source": "concat(a, b.c)", "destination": "_id", "identity": true, "primaryIdentity": true, "identityGroup": "g", "namespaceCode": "Email", "matchScore": 0.5}]})json");
  const auto read = sets->find("prod", stored.id);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(to_json(*read)), to_text(to_json(stored)));
  const Json shown = to_json(*read);
  EXPECT_EQ(shown["status"], "DRAFT");
  EXPECT_EQ(shown["strictMapping"], true);
  EXPECT_EQ(shown["allowNullValues"], true);
  EXPECT_EQ(shown["tags"][0]["name"], "t");
  EXPECT_EQ(shown["outputSchema"]["id"], "0a");
  EXPECT_EQ(shown["inputSchemaRef"]["id"], "s");
  EXPECT_EQ(shown["mappings"][0]["expressionAttributes"], Json({"a", "b.c"}));
  EXPECT_EQ(shown["mappings"][0]["namespaceCode"], "Email");
  EXPECT_FALSE(shown.contains("unknown"));
}

TEST_F(MappingSetStore, KeepsEveryVersion) {  // 9.1, 4
  const MappingSet first = create(kCrmBody);
  clock.advance(std::chrono::seconds(5));
  Json changed = parsed(kCrmBody);
  changed["mappings"][0]["sourceAttribute"] = "given_name";
  const auto second = sets->replace("prod", first.id, *read_mapping_set(changed), "rui@AdobeID");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->version, 1);
  EXPECT_EQ(second->created_at, first.created_at);
  EXPECT_EQ(second->created_by, "ana@AdobeID");
  EXPECT_EQ(second->modified_by, "rui@AdobeID");
  EXPECT_EQ(to_millis(second->modified_at), 1586993666034);
  EXPECT_EQ(second->output_schema_id, first.output_schema_id);
  for (size_t i = 0; i < 3; ++i) EXPECT_NE(second->mappings[i].id, first.mappings[i].id);
  EXPECT_EQ(sets->find("prod", first.id)->version, 1);
  EXPECT_EQ(sets->find("prod", first.id, 0)->mappings[0].source, "first_name");
  EXPECT_EQ(sets->find("prod", first.id, 1)->mappings[0].source, "given_name");
  EXPECT_EQ(sets->find("prod", first.id, 2).error().code, "CONV-1001-404");
}

TEST_F(MappingSetStore, FindsIdsWithDashesAndCapitals) {
  const std::string id = create(kCrmBody).id;
  const std::string dashed = id.substr(0, 8) + "-" + id.substr(8, 4) + "-" + id.substr(12);
  EXPECT_TRUE(sets->find("prod", dashed));
  std::string capitals = id;
  for (char& c : capitals) c = static_cast<char>(toupper(c));
  EXPECT_TRUE(sets->find("prod", capitals));
  EXPECT_EQ(sets->find("other", id).error().code, "CONV-1000-404");
  EXPECT_EQ(sets->find("prod", "nobody").error().code, "CONV-1000-404");
}

TEST_F(MappingSetStore, ChangesSingleMappings) {
  const MappingSet stored = create(kCrmBody);
  const auto added = sets->add_mapping("prod", stored.id, *read_mapping(parsed(R"({"source": "x", "destination": "_id"})")), "rui@AdobeID");
  ASSERT_TRUE(added);
  EXPECT_EQ(sets->find("prod", stored.id)->version, 1);
  EXPECT_EQ(sets->find("prod", stored.id)->mappings.size(), 4u);
  EXPECT_EQ(sets->find("prod", stored.id)->mappings[0].id, stored.mappings[0].id);
  const auto replaced = sets->replace_mapping("prod", stored.id, added->id, *read_mapping(parsed(R"({"source": "y", "destination": "_id"})")), "rui@AdobeID");
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->id, added->id);
  EXPECT_EQ(sets->find("prod", stored.id)->mappings[3].source, "y");
  EXPECT_EQ(find_mapping(*sets->find("prod", stored.id), added->id)->source, "y");
  EXPECT_TRUE(sets->remove_mapping("prod", stored.id, stored.mappings[0].id, "rui@AdobeID"));
  EXPECT_EQ(sets->find("prod", stored.id)->version, 3);
  EXPECT_EQ(sets->find("prod", stored.id)->mappings.size(), 3u);
  EXPECT_EQ(sets->find("prod", stored.id, 0)->mappings.size(), 3u);
  EXPECT_EQ(sets->remove_mapping("prod", stored.id, stored.mappings[0].id, "x").error().code, "CONV-1002-404");
  EXPECT_EQ(sets->replace_mapping("prod", stored.id, "nobody", Mapping{.source = "a", .destination = "b"}, "x").error().code, "CONV-1002-404");
  EXPECT_EQ(sets->add_mapping("prod", "nobody", Mapping{.source = "a", .destination = "b"}, "x").error().code, "CONV-1000-404");
}

TEST_F(MappingSetStore, DeletesWhatNoFlowUses) {
  const MappingSet one = create(kCrmBody), two = create(kCrmBody);
  used = one.id;
  EXPECT_EQ(sets->remove("prod", one.id).error().code, "CONV-1008-409");
  EXPECT_EQ(sets->remove("prod", one.id).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(sets->find("prod", one.id));
  EXPECT_TRUE(sets->remove("prod", two.id));
  EXPECT_EQ(sets->find("prod", two.id).error().code, "CONV-1000-404");
  EXPECT_EQ(sets->find("prod", two.id, 0).error().code, "CONV-1000-404");
  EXPECT_EQ(sets->remove("prod", two.id).error().code, "CONV-1000-404");
  EXPECT_EQ(sets->remove("other", one.id).error().code, "CONV-1000-404");
}

TEST_F(MappingSetStore, LooksAtTheTargetOnlyWhenAsked) {  // 2.2, 4
  const auto wrong_path = [](bool strict) { return *read_mapping_set({{"xdmSchema", "https://x/test"}, {"strictMapping", strict}, {"mappings", {{{"source", "a"}, {"destination", "nowhere"}}}}}); };
  EXPECT_TRUE(sets->create("prod", wrong_path(false), "a"));
  EXPECT_EQ(sets->create("prod", wrong_path(false), "a", true).error().code, "CONV-1007-400");
  EXPECT_EQ(sets->create("prod", wrong_path(true), "a").error().code, "CONV-1007-400");
  const auto no_schema = *read_mapping_set({{"xdmSchema", "https://x/other"}, {"mappings", Json::array()}});
  EXPECT_TRUE(sets->create("prod", no_schema, "a"));
  const auto refused = sets->create("prod", no_schema, "a", true);
  EXPECT_EQ(refused.error().code, "CONV-1004-400");
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);

  const auto strict = sets->create("prod", *read_mapping_set({{"xdmSchema", "https://x/test"}, {"strictMapping", true}, {"mappings", Json::array()}}), "a");
  ASSERT_TRUE(strict);
  EXPECT_EQ(sets->add_mapping("prod", strict->id, Mapping{.source = "a", .destination = "nowhere"}, "a").error().code, "CONV-1007-400");
  EXPECT_TRUE(sets->add_mapping("prod", strict->id, Mapping{.source = "a", .destination = "_id"}, "a"));
  EXPECT_EQ(sets->replace("prod", strict->id, wrong_path(true), "a").error().code, "CONV-1007-400");
}

// Tables do not tell fields apart that differ in letter case only: until now a run failed with the engine's own words.
TEST_F(MappingSetStore, RefusesFieldsThatDifferInLetterCaseOnly) {
  const auto set = [](std::initializer_list<const char*> destinations) {
    Json mappings = Json::array();
    for (const char* one : destinations) mappings.push_back({{"source", "a"}, {"destination", one}});
    return *read_mapping_set({{"xdmSchema", "https://x/test"}, {"mappings", std::move(mappings)}});
  };
  const auto told = [](const Error& error) { return error.code + " " + error.where + " " + error.message; };
  const std::string words = " and _t.Ab differ in letter case only, and a table cannot hold both: map one of them";
  const auto refused = sets->create("prod", set({"_id", "_t.aB.c", "_t.Ab.d"}), "a");
  ASSERT_FALSE(refused);
  EXPECT_EQ(told(refused.error()), "CONV-1007-400 mappings[2].destination the fields _t.aB" + words);
  EXPECT_TRUE(sets->create("prod", set({"_t.a.x", "_t.b.X", "_t.a.x"}), "a")) << "other fields, and the same one twice";

  const auto stored = sets->create("prod", set({"_id", "_t.ab"}), "a");
  ASSERT_TRUE(stored);
  EXPECT_EQ(told(sets->add_mapping("prod", stored->id, Mapping{.source = "a", .destination = "_t.Ab"}, "a").error()), "CONV-1007-400 destination the fields _t.ab" + words);
  EXPECT_EQ(told(sets->replace_mapping("prod", stored->id, stored->mappings[0].id, Mapping{.source = "a", .destination = "_t.Ab"}, "a").error()), "CONV-1007-400 destination the fields _t.ab" + words);
  EXPECT_TRUE(sets->replace_mapping("prod", stored->id, stored->mappings[1].id, Mapping{.source = "a", .destination = "_t.Ab"}, "a")) << "in its own place";
  EXPECT_EQ(sets->replace("prod", stored->id, set({"_t.aB", "_t.Ab"}), "a").error().code, "CONV-1007-400");
  EXPECT_EQ(sets->find("prod", stored->id)->version, 1) << "what was refused is not stored";
}

TEST_F(MappingSetStore, Lists) {
  for (const char* name : {"alpha", "beta", "alphabet", "a%b"}) {
    clock.advance(std::chrono::seconds(1));
    create(to_text(Json{{"xdmSchema", "x"}, {"name", name}, {"mappings", Json::array()}, {"status", std::string_view(name) == "beta" ? "DRAFT" : "PUBLISHED"}}));
  }
  create(kCrmBody, "other");
  const auto names = [&](const MappingSetList& list) {
    const auto page = sets->list("prod", list);
    FOZ_CHECK(page.has_value());
    std::string text;
    for (const MappingSet& set : page->sets) text += (text.empty() ? "" : " ") + set.name;
    return text + (page->more ? " ..." : "");
  };
  EXPECT_EQ(names({}), "a%b alphabet beta alpha");
  EXPECT_EQ(names({.limit = 2}), "a%b alphabet ...");
  EXPECT_EQ(names({.limit = 2, .start = 2}), "beta alpha");
  EXPECT_EQ(names({.start = 9}), "");
  EXPECT_EQ(names({.order = MappingSetList::Order::created, .descending = false}), "alpha beta alphabet a%b");
  EXPECT_EQ(names({.name = "alpha"}), "alpha");
  EXPECT_EQ(names({.name = "alpha*"}), "alphabet alpha");
  EXPECT_EQ(names({.name = "*a"}), "beta alpha");
  EXPECT_EQ(names({.name = "*ph*"}), "alphabet alpha");
  EXPECT_EQ(names({.name = "a%*"}), "a%b");
  EXPECT_EQ(names({.name = "*"}), "a%b alphabet beta alpha");
  EXPECT_EQ(names({.properties = {{"status", "DRAFT"}}}), "beta");
  EXPECT_EQ(names({.properties = {{"status", "PUBLISHED"}, {"name", "alpha"}}}), "alpha");
  EXPECT_EQ(names({.properties = {{"nothing", "x"}}}), "");
  const std::string id = sets->list("prod", {.name = "alpha"})->sets[0].id;
  clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(sets->replace("prod", id, *read_mapping_set({{"xdmSchema", "x"}, {"name", "renamed"}, {"mappings", Json::array()}}), "a"));
  EXPECT_EQ(names({}), "renamed a%b alphabet beta");
}

}  // namespace
}  // namespace foz::prep
