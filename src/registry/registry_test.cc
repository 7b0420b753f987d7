// Creating and resolving. Cases carry the section of the Schema Registry contract that they are from.
#include "registry/registry.h"

#include <gmock/gmock.h>

#include <thread>

#include "registry/body_fields.h"
#include "registry/testing.h"

namespace foz::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using RegistryTest = RegistryFixture;

std::vector<std::string> member_names(const Json& body) {
  std::vector<std::string> names;
  for (const auto& [name, value] : body.items()) names.push_back(name);
  return names;
}

// --- 18: the founding tutorials ------------------------------------------------------------------------------------

TEST_F(RegistryTest, Section18CrmTutorialCreatesItsSchema) {
  const Json made = create(ResourceKind::schema, {{"type", "object"}, {"title", "Target schema for CRM source connector"}, {"description", ""},
                                                  {"allOf", {{{"$ref", kProfile}}, {{"$ref", kPersonDetails}}, {{"$ref", kPersonalDetails}}}},
                                                  {"meta:containerId", "tenant"}, {"meta:resourceType", "schemas"}, {"meta:xdmType", "object"},
                                                  {"meta:class", kProfile}});
  ASSERT_EQ(code_of(made), "") << made;
  EXPECT_EQ(text_of(made, "description", "missing"), "");
  EXPECT_EQ(text_of(made, "version"), "1.0");
  EXPECT_EQ(id_of(made).rfind("https://ns.adobe.com/foz/schemas/", 0), 0u);
  EXPECT_EQ(id_of(made).size(), std::string("https://ns.adobe.com/foz/schemas/").size() + 48);
  EXPECT_EQ(text_of(made, "meta:altId"), "_foz.schemas." + id_of(made).substr(33));
}

TEST_F(RegistryTest, Section18MarketingTutorialGetsTheDocumentedBody) {
  const Json made = create(ResourceKind::schema, schema_of("Target schema for marketing automation", {kProfile, kPersonDetails, kPersonalDetails, kPersonalDetails}));
  ASSERT_EQ(code_of(made), "") << made;
  ASSERT_EQ(made["allOf"].size(), 4u);  // order and duplicates stay (7.1)
  for (const Json& part : made["allOf"]) EXPECT_THAT(member_names(part), ElementsAre("$ref", "type", "meta:xdmType"));
  EXPECT_THAT(texts_of(made, "refs"), ElementsAre(kPersonDetails, kPersonalDetails, kProfile));
  EXPECT_THAT(texts_of(made, "meta:extends"),
              ElementsAre(kPersonDetails, kPersonalDetails, "https://ns.adobe.com/xdm/common/auditable", "https://ns.adobe.com/xdm/data/record", kProfile));
  EXPECT_EQ(made["meta:extensible"], false);
  EXPECT_EQ(made["meta:abstract"], false);
  EXPECT_EQ(text_of(made, "meta:class"), kProfile);
  EXPECT_EQ(text_of(made, "meta:tenantNamespace"), "_foz");
  EXPECT_EQ(text_of(made, "meta:sandboxId"), "sandbox-1");
  const Json& metadata = made["meta:registryMetadata"];
  EXPECT_THAT(member_names(metadata), ElementsAre("repo:createdDate", "repo:lastModifiedDate", "xdm:createdClientId", "xdm:lastModifiedClientId",
                                                  "xdm:createdUserId", "xdm:lastModifiedUserId", "eTag", "meta:globalLibVersion"));
  EXPECT_EQ(metadata["repo:createdDate"], 1586992941000);
  EXPECT_EQ(text_of(metadata, "eTag").size(), 64u);
  EXPECT_EQ(text_of(metadata, "meta:globalLibVersion"), "1.9.5");
}

TEST_F(RegistryTest, Section18TargetSchemaAsColumns) {
  const Json made = create(ResourceKind::schema, schema_of("Target", {kProfile, kPersonDetails, kPersonalDetails}));
  const auto schema = registry->schema(scope.sandbox, id_of(made));
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(leaf_paths((*schema)->root).size(), 198u);
  EXPECT_EQ((*schema)->behavior, "record");
  EXPECT_FALSE((*schema)->in_union);
  for (const std::string path : {"person.name.firstName", "person.name.lastName", "personalEmail.address", "repositoryCreatedBy", "_id"}) {
    ASSERT_NE((*schema)->root.at(path), nullptr) << path;
    EXPECT_GT((*schema)->root.at(path)->id, 0) << path;
  }
}

// --- 8: ad hoc class and schema ------------------------------------------------------------------------------------

TEST_F(RegistryTest, Section8AdhocClassAndSchema) {
  const Json made = create(ResourceKind::class_, {{"title", "Source"}, {"description", "Columns"}, {"type", "object"},
      {"allOf", {{{"$ref", kAdhocBehavior}},
                 {{"properties", {{"_adhoc", {{"type", "object"}, {"properties", {{"Id", {{"type", "string"}}}, {"Created Date:x", {{"type", "string"}}}}}}}}}}}}});
  ASSERT_EQ(code_of(made), "") << made;
  const std::string name = "_" + id_of(made).substr(id_of(made).rfind('/') + 1);
  EXPECT_EQ(text_of(made, "meta:datasetNamespace"), name);
  EXPECT_THAT(texts_of(made, "meta:extends"), ElementsAre(std::string(kAdhocBehavior)));
  EXPECT_EQ(made["meta:abstract"], true);
  EXPECT_EQ(made["meta:extensible"], true);
  EXPECT_EQ(text_of(made, "meta:tenantNamespace"), "_foz");
  const Json& fields = made["allOf"][1];
  EXPECT_EQ(text_of(fields, "meta:xdmType"), "object");
  EXPECT_EQ(text_of(fields["properties"][name], "meta:xdmType"), "object");
  EXPECT_EQ(text_of(fields["properties"][name]["properties"]["Id"], "meta:xdmType"), "string");

  const Json schema = create(ResourceKind::schema, schema_of("Source schema", {id_of(made)}));
  ASSERT_EQ(code_of(schema), "") << schema;
  EXPECT_EQ(text_of(schema, "meta:datasetNamespace"), name);
  EXPECT_THAT(texts_of(schema, "meta:extends"), ElementsAre(id_of(made), std::string(kAdhocBehavior)));
  const Json resolved = full(ResourceKind::schema, id_of(schema));
  EXPECT_THAT(member_names(resolved["properties"][name]["properties"]), ElementsAre("Created Date:x", "Id"));
  EXPECT_FALSE(resolved.contains("allOf"));
  EXPECT_EQ((*registry->schema(scope.sandbox, id_of(schema)))->behavior, "adhoc");
}

TEST_F(RegistryTest, Section8FieldsWithoutAdhocObjectKeepTheirPlace) {
  const Json made = create(ResourceKind::class_, {{"title", "Flat"}, {"type", "object"}, {"allOf", {{{"$ref", kAdhocV2Behavior}}, {{"properties", {{"a", {{"type", "integer"}}}}}}}}});
  ASSERT_EQ(code_of(made), "") << made;
  EXPECT_FALSE(made.contains("meta:datasetNamespace"));
  EXPECT_TRUE(made["allOf"][1]["properties"].contains("a"));
}

TEST_F(RegistryTest, Section9RelationalSchema) {
  const Json made = create(ResourceKind::schema, {{"title", "Rows"}, {"type", "object"}, {"meta:extends", {kAdhocV2Behavior}}, {"meta:behaviorType", "record"},
      {"definitions", {{"customFields", {{"type", "object"}, {"properties", {{"id", {{"type", "string"}}}, {"amount", {{"type", "number"}}}}}}}}},
      {"allOf", {{{"$ref", "#/definitions/customFields"}}}}});
  ASSERT_EQ(code_of(made), "") << made;
  EXPECT_FALSE(made.contains("meta:class"));
  EXPECT_THAT(texts_of(made, "meta:extends"), ElementsAre(std::string(kAdhocV2Behavior)));
  EXPECT_THAT(member_names(full(ResourceKind::schema, id_of(made))["properties"]), ElementsAre("amount", "id"));
}

// --- 3: identity ---------------------------------------------------------------------------------------------------

TEST_F(RegistryTest, Section3IdsInEverySpelling) {
  const Json made = create(ResourceKind::schema, schema_of("S", {kProfile}));
  const std::string id = id_of(made), tail = id.substr(id.rfind('/') + 1);
  const std::string kSpellings[] = {id, text_of(made, "meta:altId"), "foz.schemas." + tail, "https%3A%2F%2Fns.adobe.com%2Ffoz%2Fschemas%2F" + tail,
                                    "https:/ns.adobe.com/foz/schemas/" + tail, id + "/", "https://ns.adobe.com/adobe_mcdp_connectors_stg/schemas/" + tail,
                                    "_other.schemas." + tail, "https://ns.adobe.com/{TENANT_ID}/schemas/" + tail, "https://ns.adobe.com/%7BTENANT_ID%7D/schemas/" + tail};
  for (const std::string& spelling : kSpellings) EXPECT_EQ(id_of(get(ResourceKind::schema, spelling)), id) << spelling;
  const std::string kNothing[] = {"https://ns.adobe.com/foz/classes/" + tail, "https://ns.adobe.com/foz/schemas/0" + tail, tail, ""};
  for (const std::string& spelling : kNothing) EXPECT_EQ(code_of(get(ResourceKind::schema, spelling)), "XDM-1012-404") << spelling;
}

TEST_F(RegistryTest, Section3ForeignTenantInReferencesIsAnsweredWithTheStoredId) {
  const Json group = create(ResourceKind::field_group, field_group("G", "a"));
  const std::string tail = id_of(group).substr(id_of(group).rfind('/') + 1);
  const Json schema = create(ResourceKind::schema, schema_of("S", {kProfile, "https://ns.adobe.com/{TENANT_ID}/mixins/" + tail}));
  ASSERT_EQ(code_of(schema), "") << schema;
  EXPECT_EQ(text_of(schema["allOf"][1], "$ref"), id_of(group));
}

// --- 1: containers -------------------------------------------------------------------------------------------------

TEST_F(RegistryTest, Section1TenantFallsBackToGlobalAndNeverTheOtherWay) {
  EXPECT_EQ(id_of(get(ResourceKind::field_group, "_xdm.context.profile-person-details")), kPersonDetails);
  const Json made = create(ResourceKind::schema, schema_of("S", {kProfile}));
  const auto shown = registry->get(scope, {.global = true, .kind = ResourceKind::schema}, id_of(made), *parse_accept("application/vnd.adobe.xed+json;version=1"));
  EXPECT_EQ(shown.error().code, "XDM-1012-404");
}

TEST_F(RegistryTest, SandboxesAreSeparate) {
  const Json made = create(ResourceKind::schema, schema_of("S", {kProfile}));
  scope.sandbox = "sandbox-2";
  EXPECT_EQ(code_of(get(ResourceKind::schema, id_of(made))), "XDM-1012-404");
  EXPECT_FALSE(registry->schema("sandbox-2", id_of(made)));
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("S", {kProfile}))), "");  // the title is free there
}

// --- 7, 14: bodies that are refused --------------------------------------------------------------------------------

struct RefusedCase {
  std::string name;
  ResourceKind kind;
  Json body;
  std::string code;
  std::string says = "";
};

TEST_F(RegistryTest, Section7And14RefusedBodies) {
  const Json string = {{"type", "string"}};
  const auto group = [&](const Json& fields) { return Json{{"title", "T"}, {"type", "object"}, {"properties", fields}}; };
  const RefusedCase kCases[] = {
      {"7: no object", ResourceKind::schema, Json::array(), "XDM-1401-400"},
      {"7: nothing", ResourceKind::schema, nullptr, "XDM-1401-400"},
      {"7.1: no title", ResourceKind::schema, {{"allOf", {{{"$ref", kProfile}}}}}, "XDM-1401-400", "title"},
      {"7.1: empty title", ResourceKind::schema, schema_of(" ", {kProfile}), "XDM-1401-400", "title"},
      {"7.1: title is no text", ResourceKind::schema, {{"title", 1}, {"allOf", {{{"$ref", kProfile}}}}}, "XDM-1401-400"},
      {"7.1: wrong type", ResourceKind::schema, {{"title", "T"}, {"type", "array"}, {"allOf", {{{"$ref", kProfile}}}}}, "XDM-1401-400"},
      {"7.1: no allOf", ResourceKind::schema, {{"title", "T"}, {"type", "object"}}, "XDM-1413-400"},
      {"7.1: no class", ResourceKind::schema, schema_of("T", {kPersonDetails}), "XDM-1413-400", "exactly one class"},
      {"7.1: two classes", ResourceKind::schema, schema_of("T", {kProfile, kEvent}), "XDM-1413-400", "exactly one class"},
      {"7.1: a behavior", ResourceKind::schema, schema_of("T", {kProfile, std::string(kRecordBehavior)}), "XDM-1413-400", "behavior"},
      {"7.1: a data type", ResourceKind::schema, schema_of("T", {kProfile, "https://ns.adobe.com/xdm/context/person"}), "XDM-1413-400", "data type"},
      {"7.1: fields of its own", ResourceKind::schema, {{"title", "T"}, {"allOf", {{{"$ref", kProfile}}, {{"properties", {{"a", string}}}}}}}, "XDM-1413-400"},
      {"7.1: a full body", ResourceKind::schema, {{"title", "T"}, {"properties", {{"a", string}}}}, "XDM-1413-400"},
      {"14.8: unknown reference", ResourceKind::schema, schema_of("T", {kProfile, "https://ns.adobe.com/foz/mixins/0000"}), "XDM-1413-400", "https://ns.adobe.com/foz/mixins/0000"},
      {"7.1: a part of a resource", ResourceKind::schema, schema_of("T", {kProfile, "http://ns.adobe.com/adobecloud/core/1.0#/definitions/date-properties"}), "XDM-1413-400", "date-properties"},
      {"7.2: no behavior", ResourceKind::class_, {{"title", "T"}, {"type", "object"}, {"allOf", Json::array()}}, "XDM-1413-400", "behavior"},
      {"7.2: two behaviors", ResourceKind::class_, schema_of("T", {std::string(kRecordBehavior), std::string(kTimeSeriesBehavior)}), "XDM-1413-400"},
      {"7.2: outside the tenant's object", ResourceKind::class_,
       {{"title", "T"}, {"allOf", {{{"$ref", kRecordBehavior}}, {{"properties", {{"a", string}}}}}}}, "XDM-1021-400", "/a"},
      {"7.3: no fields", ResourceKind::field_group, {{"title", "T"}, {"type", "object"}}, "XDM-1401-400", "fields"},
      {"7.3: outside the tenant's object", ResourceKind::field_group, group({{"a", string}}), "XDM-1020-400", "/a"},
      {"7.3: in a new object around the tenant's", ResourceKind::field_group, group({{"a", {{"properties", {{"_foz", {{"properties", {{"b", string}}}}}}}}}}), "XDM-1020-400"},
      {"7.3: a definition that is not there", ResourceKind::field_group, {{"title", "T"}, {"allOf", {{{"$ref", "#/definitions/x"}}}}}, "XDM-1413-400"},
      {"7.3: a class as a part", ResourceKind::field_group, schema_of("T", {kProfile}), "XDM-1413-400"},
      {"7.4: nothing in it", ResourceKind::data_type, {{"title", "T"}, {"type", "object"}}, "XDM-1401-400"},
      {"14.2: a name with a blank", ResourceKind::field_group, group({{"_foz", {{"properties", {{"a b", string}}}}}}), "XDM-1421-400", "/_foz/a b"},
      {"14.2: a name with an underscore first", ResourceKind::data_type, group({{"_a", string}}), "XDM-1421-400", "/_a"},
      {"14.2: one name in two spellings", ResourceKind::data_type, group({{"a", string}, {"xdm:a", {{"type", "integer"}}}}), "XDM-1421-400", "/a stands for two fields"},
      {"14.2: another tenant", ResourceKind::field_group, group({{"_acme", {{"properties", {{"a", string}}}}}}), "XDM-1421-400"},
      {"8: an empty column name", ResourceKind::class_, {{"title", "T"}, {"allOf", {{{"$ref", kAdhocBehavior}}, {{"properties", {{"", string}}}}}}}, "XDM-1421-400"},
      {"8: a slash in a column name", ResourceKind::class_, {{"title", "T"}, {"allOf", {{{"$ref", kAdhocBehavior}}, {{"properties", {{"a/b", string}}}}}}}, "XDM-1421-400"},
      {"14.6: enum of another type", ResourceKind::data_type, group({{"a", {{"type", "integer"}, {"enum", {"x"}}}}}), "XDM-1401-400", "/a"},
      {"14.7: map of numbers", ResourceKind::data_type, group({{"a", {{"type", "object"}, {"additionalProperties", {{"type", "number"}}}}}}), "XDM-1401-400"},
      {"14.7: map without values", ResourceKind::data_type, group({{"a", {{"type", "object"}, {"meta:xdmType", "map"}}}}), "XDM-1401-400", "/a is a map"},
      {"14.7: map of anything", ResourceKind::data_type, group({{"a", {{"type", "object"}, {"meta:xdmType", "map"}, {"additionalProperties", true}}}}), "XDM-1401-400", "/a is a map"},
      {"14.7: map with fields", ResourceKind::data_type, group({{"a", {{"type", "object"}, {"meta:xdmType", "map"}, {"additionalProperties", string}, {"properties", {{"b", string}}}}}}), "XDM-1401-400", "/a is a map"},
      {"14.7: map of objects by pattern", ResourceKind::data_type, group({{"a", {{"type", "object"}, {"patternProperties", {{"^x", {{"type", "object"}, {"properties", {{"b", string}}}}}}}}}}), "XDM-1401-400"},
      {"16: a pattern in a map that cannot be read", ResourceKind::data_type, group({{"a", {{"type", "object"}, {"additionalProperties", {{"type", "string"}, {"pattern", "("}}}}}}), "XDM-1401-400", "pattern"},
      {"16: no integer is that large", ResourceKind::data_type, group({{"a", {{"type", "integer"}, {"minimum", 3'000'000'000}}}}), "XDM-1401-400", "long"},
      {"16: unknown type", ResourceKind::data_type, group({{"a", {{"type", "text"}}}}), "XDM-1401-400", "text"},
      {"9: no fields", ResourceKind::schema, {{"title", "T"}, {"meta:extends", {kAdhocV2Behavior}}, {"allOf", Json::array()}}, "XDM-1413-400"},
  };
  for (const RefusedCase& c : kCases) {
    const Json body = create(c.kind, c.body);
    EXPECT_EQ(code_of(body), c.code) << c.name << ": " << body;
    EXPECT_THAT(text_of(body, "message"), HasSubstr(c.says)) << c.name;
  }
  const auto page = registry->list(scope, {.kind = ResourceKind::schema}, {}, {});
  EXPECT_TRUE(page->results.empty());  // nothing half-made is left
}

TEST_F(RegistryTest, Section16KeywordsOfAnotherTypeAreRefused) {
  const char* kWrong[] = {
      R"({"type": "integer", "minimum": "5"})", R"({"type": "integer", "maximum": null})", R"({"type": "number", "exclusiveMinimum": "1"})",
      R"({"type": "string", "maxLength": "10"})", R"({"type": "string", "minLength": -1})", R"({"type": "string", "minLength": 1.5})",
      R"({"type": "string", "minLength": 5, "maxLength": 2})", R"({"type": "string", "format": 5})", R"({"type": "string", "meta:xdmType": 5})",
      R"({"type": "array", "items": {"type": "string"}, "uniqueItems": "yes"})", R"({"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 2})",
      R"({"type": "object", "required": true, "properties": {"b": {"type": "string"}}})", R"({"type": "object", "required": "b", "properties": {"b": {"type": "string"}}})",
      R"({"type": "object", "required": [1], "properties": {"b": {"type": "string"}}})", R"({"$ref": 5})", R"({"$ref": ""})", R"({"type": ""})", R"({"type": "integer", "const": "x"})",
      R"({"type": "array", "items": {"type": "integer", "minimum": "5"}})"};
  for (const char* text : kWrong) {
    const Json body = create(ResourceKind::data_type, {{"title", "T"}, {"type", "object"}, {"properties", {{"a", *parse_json(text)}}}});
    EXPECT_EQ(code_of(body), "XDM-1401-400") << text << ": " << body;
    EXPECT_THAT(text_of(body, "message"), HasSubstr("The field /a ")) << text;
  }
  const Json kRight = {{"a", {{"type", "number"}, {"minimum", 0}, {"exclusiveMinimum", true}}}, {"b", {{"type", "string"}, {"minLength", 0}, {"maxLength", 0}, {"isRequired", true}}},
                       {"c", {{"type", "object"}, {"required", Json::array()}, {"properties", {{"d", {{"type", "integer"}, {"const", 3.0}}}}}}}};
  const Json made = create(ResourceKind::data_type, {{"title", "T"}, {"type", "object"}, {"properties", kRight}});
  EXPECT_EQ(code_of(made), "") << made;
}

TEST_F(RegistryTest, Section7_3FieldGroupsInThreeSpellings) {
  const Json own = {{"_foz", {{"type", "object"}, {"properties", {{"a", {{"type", "string"}}}}}}}};
  const Json kBodies[] = {field_group("canonical", "a"),
                          {{"title", "inline"}, {"type", "object"}, {"meta:intendedToExtend", Json::array()}, {"allOf", {{{"properties", own}}}}},
                          {{"title", "root"}, {"type", "object"}, {"properties", own}}};
  for (const Json& body : kBodies) {
    const Json made = create(ResourceKind::field_group, body);
    ASSERT_EQ(code_of(made), "") << made;
    EXPECT_EQ(text_of(made, "meta:resourceType"), "mixins");
    EXPECT_THAT(id_of(made), HasSubstr("/mixins/"));
    EXPECT_TRUE(made["meta:intendedToExtend"].is_array());
    const Json resolved = full(ResourceKind::field_group, id_of(made));
    EXPECT_EQ(text_of(resolved["properties"]["_foz"]["properties"]["a"], "meta:xdmType"), "string") << text_of(body, "title");
  }
}

TEST_F(RegistryTest, Section7_3RedefiningAFieldOfTheExtendedClass) {
  const auto group = [](const Json& type) {
    return Json{{"title", "Required id"}, {"type", "object"}, {"meta:intendedToExtend", {kProfile}}, {"properties", {{"xdm:repositoryCreatedBy", type}}}};
  };
  EXPECT_EQ(code_of(create(ResourceKind::field_group, group({{"type", "integer"}}))), "XDM-1020-400");
  EXPECT_EQ(code_of(create(ResourceKind::field_group, group({{"type", "string"}, {"maxLength", 10}}))), "");
}

TEST_F(RegistryTest, Section7_4DataTypeInAField) {
  const Json type = create(ResourceKind::data_type, {{"title", "Size"}, {"description", "How large."}, {"type", "object"}, {"properties", {{"width", {{"type", "integer"}}}}}});
  ASSERT_EQ(code_of(type), "") << type;
  EXPECT_TRUE(type["refs"].is_array());
  EXPECT_TRUE(type["refs"].empty());
  EXPECT_FALSE(type.contains("meta:abstract"));
  const Json group = create(ResourceKind::field_group, field_group("G", "box", {{"$ref", id_of(type)}, {"title", "Box"}}));
  ASSERT_EQ(code_of(group), "") << group;
  const Json schema = create(ResourceKind::schema, schema_of("S", {kProfile, id_of(group)}));
  const Json box = full(ResourceKind::schema, id_of(schema))["properties"]["_foz"]["properties"]["box"];
  EXPECT_EQ(text_of(box, "title"), "Box");  // siblings of $ref win
  EXPECT_EQ(text_of(box, "description"), "How large.");
  EXPECT_EQ(text_of(box, "meta:referencedFrom"), id_of(type));
  EXPECT_EQ(text_of(box["properties"]["width"], "meta:xdmType"), "int");
}

TEST_F(RegistryTest, Section10_1FieldsOfDifferentTypeCannotMerge) {
  const Json a = create(ResourceKind::field_group, field_group("A", "x", {{"type", "string"}}));
  const Json b = create(ResourceKind::field_group, field_group("B", "x", {{"type", "number"}}));
  const Json schema = create(ResourceKind::schema, schema_of("S", {kProfile, id_of(a), id_of(b)}));
  EXPECT_EQ(code_of(schema), "XDM-1413-400");
  EXPECT_THAT(text_of(schema, "message"), HasSubstr("/_foz/x"));
}

TEST_F(RegistryTest, Section10_1MapsMergeWithMapsOfTheirValues) {
  const Json string = {{"type", "string"}};
  const auto group = [&](const std::string& title, const Json& type) { return id_of(create(ResourceKind::field_group, field_group(title, "x", type))); };
  const std::string texts = group("Texts", {{"type", "object"}, {"additionalProperties", string}});
  const std::string again = group("Again", {{"type", "object"}, {"additionalProperties", {{"type", "string"}, {"maxLength", 5}}}});
  const std::string numbers = group("Numbers", {{"type", "object"}, {"additionalProperties", {{"type", "integer"}}}});
  const std::string object = group("Object", {{"type", "object"}, {"properties", {{"a", string}}}});
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("S1", {kProfile, texts, numbers}))), "XDM-1413-400");
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("S2", {kProfile, texts, object}))), "XDM-1413-400");
  const Json made = create(ResourceKind::schema, schema_of("S3", {kProfile, texts, again}));
  ASSERT_EQ(code_of(made), "") << made;
  EXPECT_EQ(full(ResourceKind::schema, id_of(made))["properties"]["_foz"]["properties"]["x"]["additionalProperties"]["maxLength"], 5);
}

TEST_F(RegistryTest, Section10_1DataTypesThatReferToEachOtherStop) {
  const Json a = create(ResourceKind::data_type, {{"title", "A"}, {"type", "object"}, {"properties", {{"x", {{"type", "string"}}}}}});
  const Json b = create(ResourceKind::data_type, {{"title", "B"}, {"type", "object"}, {"properties", {{"a", {{"$ref", id_of(a)}}}}}});
  const Json changed = patch(ResourceKind::data_type, id_of(a), {{{"op", "add"}, {"path", "/properties/b"}, {"value", {{"$ref", id_of(b)}}}}});
  ASSERT_EQ(code_of(changed), "") << changed;
  EXPECT_EQ(code_of(full(ResourceKind::data_type, id_of(a))), "");
}

TEST_F(RegistryTest, Section14_10LeafFieldsAreLimited) {
  open({.leaf_fields_max = 100});
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("S", {kProfile, kPersonDetails}))), "");
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("T", {kProfile, kPersonalDetails}))), "XDM-1413-400");
}

TEST_F(RegistryTest, Section14_10PartsThatNoSchemaHoldsYetAreLimitedToo) {
  open({.leaf_fields_max = 10});
  const auto fields = [](int count) {
    Json made = Json::object();
    for (int i = 0; i < count; ++i) made["f" + std::to_string(i)] = {{"type", "string"}};
    return Json{{"title", "Small"}, {"type", "object"}, {"properties", made}};
  };
  const std::string small = id_of(create(ResourceKind::data_type, fields(4)));
  const std::string twice = id_of(create(ResourceKind::data_type, {{"title", "Twice"}, {"type", "object"}, {"properties", {{"a", {{"$ref", small}}}, {"b", {{"$ref", small}}}}}}));
  EXPECT_EQ(code_of(replace(ResourceKind::data_type, small, fields(6))), "XDM-1413-400");
  EXPECT_EQ(code_of(replace(ResourceKind::data_type, small, fields(5))), "");
  EXPECT_EQ(code_of(full(ResourceKind::data_type, twice)), "");
}

TEST_F(RegistryTest, Section14_10NestingIsNoReasonToRefuse) {
  Json deep = {{"type", "string"}};
  for (int i = 0; i < 9; ++i) deep = {{"type", "object"}, {"properties", {{"f", deep}}}};
  const Json made = create(ResourceKind::field_group, field_group("Deep", "top", deep));
  EXPECT_EQ(code_of(made), "") << made;
  EXPECT_EQ(nesting_of(made, "_foz"), 9u);
  EXPECT_EQ(nesting_of(field_group("Flat", "a"), "_foz"), 0u);
}

TEST_F(RegistryTest, Section14_3Titles) {
  const Json group = create(ResourceKind::field_group, field_group("Same", "a"));
  const Json again = create(ResourceKind::schema, schema_of("Same", {kProfile}));
  EXPECT_EQ(code_of(again), "XDM-1521-400");
  EXPECT_EQ(text_of(again, "message"), "Title must be unique. An object " + id_of(group) + " already exists with the same title");
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("same", {kProfile}))), "");  // case counts
  EXPECT_EQ(remove(ResourceKind::field_group, id_of(group)), "");
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("Same", {kProfile}))), "");  // free at once
  open({.unique_titles = false});
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("Same", {kProfile}))), "");
}

// --- 2: forms ------------------------------------------------------------------------------------------------------

TEST_F(RegistryTest, Section2Forms) {
  const Json made = create(ResourceKind::schema, schema_of("S", {kProfile, kPersonDetails}));
  const std::string id = id_of(made);
  const auto as = [&](const std::string& form) { return get(ResourceKind::schema, id, "application/vnd.adobe." + form + "+json;version=1"); };
  EXPECT_THAT(member_names(as("xed-id")), ElementsAre("title", "$id", "meta:altId", "version"));
  EXPECT_TRUE(as("xed").contains("allOf"));
  const Json xed = as("xed-full");
  EXPECT_FALSE(xed.contains("allOf"));
  EXPECT_FALSE(xed.contains("refs"));
  EXPECT_EQ(xed["meta:allFieldAccess"], true);
  EXPECT_EQ(text_of(xed["properties"]["person"], "meta:xdmField"), "xdm:person");
  EXPECT_TRUE(xed["properties"]["_repo"]["properties"].contains("createDate"));
  const Json xdm = as("xdm-full");
  EXPECT_TRUE(xdm["properties"].contains("xdm:person"));
  EXPECT_TRUE(xdm["properties"].contains("@id"));
  EXPECT_TRUE(xdm["properties"].contains("repo:createDate"));
  const Json quiet = as("xed-full-notext");
  EXPECT_FALSE(quiet.contains("title"));
  EXPECT_FALSE(quiet["properties"]["person"].contains("description"));
  const Json flat = as("xdm-full-flat");
  EXPECT_TRUE(flat["properties"].contains("xdm:person/xdm:name/xdm:firstName"));
  EXPECT_EQ(flat["properties"].size(), 25u);
  EXPECT_TRUE(as("xed-full-desc")["meta:descriptors"].is_array());
  const Json other = get(ResourceKind::schema, id, "application/vnd.adobe.xed+json;version=2");
  EXPECT_EQ(code_of(other), "XDM-1012-404");
  EXPECT_THAT(text_of(other, "message"), HasSubstr("with version 2 is not found"));
}

// --- 10.5: column ids ----------------------------------------------------------------------------------------------

TEST_F(RegistryTest, Section10_5IdsStayAndAreNeverGivenAgain) {
  const Json group = create(ResourceKind::field_group, field_group("G", "a"));
  const Json schema = create(ResourceKind::schema, schema_of("S", {kProfile, id_of(group)}));
  const auto ids = [&] {
    std::map<std::string, int32_t> found;
    const auto resolved = *registry->schema(scope.sandbox, id_of(schema));
    for (const std::string& path : leaf_paths(resolved->root)) found[path] = resolved->root.at(path)->id;
    return found;
  };
  const auto first = ids();
  open({});  // another process
  EXPECT_EQ(ids(), first);
  const auto apply = [&](const char* op, const std::string& path, const Json& value) {
    const Json changed = patch(ResourceKind::field_group, id_of(group), {{{"op", op}, {"path", path}, {"value", value}}});
    EXPECT_EQ(code_of(changed), "") << changed;
  };
  apply("add", "/definitions/customFields/properties/_foz/properties/b", {{"type", "string"}});
  const auto second = ids();
  EXPECT_EQ(second.size(), first.size() + 1);
  for (const auto& [path, id] : first) EXPECT_EQ(second.at(path), id) << path;
  apply("remove", "/definitions/customFields/properties/_foz/properties/b", nullptr);
  (void)ids();
  apply("add", "/definitions/customFields/properties/_foz/properties/b", {{"type", "string"}});
  EXPECT_GT(ids().at("_foz.b"), second.at("_foz.b"));
}

TEST_F(RegistryTest, ManyReadersAndAWriterAgreeOnIds) {
  const Json group = create(ResourceKind::field_group, field_group("G", "a0"));
  const Json schema = create(ResourceKind::schema, schema_of("S", {kProfile, id_of(group)}));
  std::vector<std::jthread> readers;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&](std::stop_token stop) {
      std::map<std::string, int32_t> seen;
      while (!stop.stop_requested()) {
        const auto resolved = registry->schema(scope.sandbox, id_of(schema));
        if (!resolved) { ++failures; continue; }
        for (const Node& node : (*resolved)->root.member("_foz")->children) {
          const auto [at, added] = seen.emplace(node.name, node.id);
          if (at->second != node.id || node.id == 0) ++failures;
        }
      }
    });
  }
  for (int i = 1; i <= 20; ++i) {
    const std::string path = "/definitions/customFields/properties/_foz/properties/a" + std::to_string(i);
    ASSERT_EQ(code_of(patch(ResourceKind::field_group, id_of(group), {{{"op", "add"}, {"path", path}, {"value", {{"type", "string"}}}}})), "");
  }
  for (auto& reader : readers) reader.request_stop();
  readers.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ((*registry->schema(scope.sandbox, id_of(schema)))->root.member("_foz")->children.size(), 21u);
}

TEST_F(RegistryTest, SchemaOfNothing) {
  for (const std::string id : {"https://ns.adobe.com/foz/schemas/1", "", "https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/context/profile__union"}) {
    const auto schema = registry->schema(scope.sandbox, id);
    ASSERT_FALSE(schema) << id;
    EXPECT_EQ(schema.error().code, "XDM-1012-404") << id;
    EXPECT_EQ(schema.error().kind, ErrorKind::not_found);
  }
}

}  // namespace
}  // namespace foz::registry
