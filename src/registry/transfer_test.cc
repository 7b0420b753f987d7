// Export, import, samples, audit log, schemas from CSV. Cases carry the section of the Schema Registry contract.
#include "registry/transfer.h"

#include <gmock/gmock.h>

#include "registry/csv_schema.h"
#include "registry/import.h"
#include "registry/instance_check.h"
#include "registry/sample.h"
#include "registry/testing.h"

namespace foz::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TransferTest : public RegistryFixture {
 protected:
  /// A data type in a group in a schema.
  void make() {
    type = id_of(create(ResourceKind::data_type, {{"title", "Size"}, {"type", "object"}, {"properties", {{"width", {{"type", "integer"}}}}}}));
    group = id_of(create(ResourceKind::field_group, field_group("Box", "box", {{"$ref", type}})));
    schema = id_of(create(ResourceKind::schema, schema_of("Boxes", {kProfile, group, group})));
  }
  static std::vector<std::string> ids_in(const Json& resources) {
    std::vector<std::string> ids;
    for (const Json& resource : resources) ids.push_back(id_of(resource));
    return ids;
  }
  Result<Json> import_all(const Json& body) {
    clock.advance(std::chrono::seconds(1));
    return registry->import_resources(scope, body);
  }

  std::string type, group, schema;
};

TEST_F(TransferTest, Section12ExportHasDependenciesFirstAndNoTenant) {
  make();
  const auto exported = registry->export_resource(scope, schema);
  ASSERT_TRUE(exported) << exported.error().message;
  const auto placed = [](const std::string& id) { return "https://ns.adobe.com/<XDM_TENANTID_PLACEHOLDER>" + id.substr(24); };
  EXPECT_THAT(ids_in(*exported), ElementsAre(placed(type), placed(group), placed(schema)));
  const std::string text = to_text(*exported);
  EXPECT_EQ(text.find("ns.adobe.com/foz/"), text.npos);
  EXPECT_EQ(text.find("\"_foz\""), text.npos);
  EXPECT_THAT(text, HasSubstr("\"_<XDM_TENANTID_PLACEHOLDER>\":{"));
  EXPECT_EQ(text_of((*exported)[2], "meta:sandboxId"), "sandbox-1");
  EXPECT_EQ(registry->export_resource(scope, kProfile)->size(), 0u);  // global ones are only referred to
  EXPECT_EQ(registry->export_resource(scope, "_foz.mixins.1").error().code, "XDM-1011-404");
  EXPECT_EQ(registry->export_resource(scope, "nothing").error().code, "XDM-1017-404");
}

TEST_F(TransferTest, Section12ImportIntoAnotherTenantAndSandbox) {
  make();
  const Json exported = *registry->export_resource(scope, schema);
  scope.sandbox = "sandbox-2";
  open({.tenant = "acme"});
  const auto imported = import_all(exported);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(ids_in(*imported)[2], "https://ns.adobe.com/acme" + schema.substr(24));
  EXPECT_EQ(text_of((*imported)[2], "meta:tenantNamespace"), "_acme");
  const auto resolved = registry->schema(scope.sandbox, ids_in(*imported)[2]);
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_NE((*resolved)->root.at("_acme.box.width"), nullptr);
  const auto again = import_all(exported);  // the same again is kept
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, *imported);
}

TEST_F(TransferTest, Section12ImportTakesAnyOrder) {
  make();
  Json exported = *registry->export_resource(scope, schema);
  std::reverse(exported.begin(), exported.end());
  scope.sandbox = "sandbox-2";
  EXPECT_TRUE(import_all(exported));
}

TEST_F(TransferTest, Section12ImportTakesReferencesThatRunInACircle) {
  make();
  const std::string other = id_of(create(ResourceKind::data_type, {{"title", "Lid"}, {"type", "object"}, {"properties", {{"size", {{"$ref", type}}}}}}));
  ASSERT_EQ(code_of(patch(ResourceKind::data_type, type, {{{"op", "add"}, {"path", "/properties/lid"}, {"value", {{"$ref", other}}}}})), "");
  const Json exported = *registry->export_resource(scope, schema);
  ASSERT_EQ(exported.size(), 4u);
  scope.sandbox = "sandbox-2";
  const auto imported = import_all(exported);
  ASSERT_TRUE(imported) << imported.error().message;
  const auto resolved = registry->schema(scope.sandbox, schema);
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_NE((*resolved)->root.at("_foz.box.width"), nullptr);
}

TEST_F(TransferTest, Section12ImportOfShapesThatAreNone) {
  const std::string id = "https://ns.adobe.com/<XDM_TENANTID_PLACEHOLDER>/mixins/ab";
  const Json kShapes[] = {{{"properties", {{"_repo", {{"properties", 5}}}, {"repo:a", {{"type", "string"}}}}}}, {{"properties", 5}}, {{"allOf", 5}}, {{"allOf", {5}}},
                          {{"definitions", {{"a", 5}}}}, {{"properties", {{"_foz", {{"type", "object"}, {"properties", {{"a", nullptr}}}}}}}}, {{"meta:resourceType", 5}}, {{"title", 5}}};
  for (const Json& shape : kShapes) {
    Json resource = {{"$id", id}, {"title", "G"}, {"type", "object"}};
    resource.update(shape);
    const auto refused = import_all(Json::array({resource}));
    ASSERT_FALSE(refused) << shape;
    EXPECT_EQ(refused.error().code, "XDM-3005-400") << shape;
  }
}

TEST_F(TransferTest, Section12ImportIsAllOrNothing) {
  make();
  const Json exported = *registry->export_resource(scope, schema);
  scope.sandbox = "sandbox-2";
  const std::string taken = id_of(create(ResourceKind::class_, {{"title", "Boxes"}, {"allOf", {{{"$ref", kRecordBehavior}}}}}));
  const auto clash = import_all(exported);
  ASSERT_FALSE(clash);
  EXPECT_EQ(clash.error().code, "XDM-3005-400");
  EXPECT_EQ(clash.error().message, "Failed to import resources. Error: Title must be unique. An object " + taken + " already exists with the same title");
  EXPECT_EQ(code_of(get(ResourceKind::data_type, type)), "XDM-1013-404");
  ASSERT_EQ(remove(ResourceKind::class_, taken), "");
  ASSERT_TRUE(import_all(exported));
  Json changed = exported;
  changed[0]["properties"]["height"] = {{"type", "integer"}};
  EXPECT_EQ(import_all(changed).error().code, "XDM-3005-400");
  EXPECT_EQ(import_all(Json::object()).error().code, "XDM-1401-400");
  EXPECT_EQ(import_all(Json::array({{{"$id", "https://ns.adobe.com/xdm/context/profile"}}})).error().code, "XDM-3005-400");
}

TEST_F(TransferTest, Section8AdhocClassesSurviveTheRoundTrip) {
  const Json made = create(ResourceKind::class_, {{"title", "A"}, {"allOf", {{{"$ref", kAdhocBehavior}}, {{"properties", {{"_adhoc", {{"type", "object"}, {"properties", {{"Id x", {{"type", "string"}}}}}}}}}}}}});
  const std::string adhoc_schema = id_of(create(ResourceKind::schema, schema_of("B", {id_of(made)})));
  const Json exported = *registry->export_resource(scope, adhoc_schema);
  scope.sandbox = "sandbox-2";
  const auto imported = import_all(exported);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ((*imported)[0]["meta:datasetNamespace"], made["meta:datasetNamespace"]);
  EXPECT_EQ((*imported)[1]["meta:datasetNamespace"], made["meta:datasetNamespace"]);
}

TEST_F(TransferTest, Section12AuditLog) {
  make();
  scope.user = "somebody@techacct.adobe.com";
  scope.request_id = "request-2";
  ASSERT_EQ(code_of(patch(ResourceKind::field_group, group, {{{"op", "replace"}, {"path", "/title"}, {"value", "Crate"}}})), "");
  const auto log = registry->audit_log(scope, group);
  ASSERT_TRUE(log);
  ASSERT_EQ(log->size(), 2u);
  const Json& newest = (*log)[0];
  EXPECT_EQ(text_of(newest, "id"), group);
  EXPECT_EQ(text_of(newest, "updatedUser"), "somebody@techacct.adobe.com");
  EXPECT_EQ(text_of(newest, "requestId"), "request-2");
  EXPECT_EQ(text_of(newest, "clientId"), "client-1");
  EXPECT_EQ(text_of(newest, "sandBoxId"), "sandbox-1");
  EXPECT_EQ(text_of(newest, "updatedTime"), "04-15-2020 23:22:24");
  EXPECT_EQ(newest["updates"], Json::array({{{"id", group}, {"xdmType", "mixins"}, {"action", "replace"}, {"path", "/title"}, {"value", "Crate"}}}));
  EXPECT_EQ(newest["auditTrails"], newest["updates"]);
  EXPECT_EQ(text_of((*log)[1]["updates"][0], "action"), "add");
  EXPECT_EQ(registry->audit_log(scope, kProfile)->size(), 0u);
  EXPECT_EQ(registry->audit_log(scope, "_foz.schemas.1").error().code, "XDM-1012-404");
  ASSERT_EQ(remove(ResourceKind::schema, schema), "");
  EXPECT_EQ(registry->audit_log(scope, schema)->size(), 2u);  // it outlives the resource,
  EXPECT_EQ(registry->audit_log(scope, alt_id_of(schema))->size(), 2u);  // by either id
}

TEST_F(TransferTest, Section12SampleData) {
  make();
  const auto sample = registry->sample(scope, schema, Naming::xed);
  ASSERT_TRUE(sample);
  EXPECT_EQ((*sample)["_id"], "/uri-reference");
  EXPECT_EQ((*sample)["_repo"]["createDate"], "2004-10-23T12:00:00-06:00");
  EXPECT_EQ((*sample)["personID"], "Sample value");
  EXPECT_EQ((*sample)["_foz"]["box"]["width"], 1);
  const Json standard = *registry->sample(scope, schema, Naming::xdm);
  EXPECT_EQ(standard["@id"], "/uri-reference");
  EXPECT_EQ(standard["repo:createDate"], "2004-10-23T12:00:00-06:00");
  EXPECT_EQ(standard["xdm:personID"], "Sample value");
  EXPECT_EQ(*registry->sample(scope, schema, Naming::xed), *sample);
  EXPECT_EQ(registry->sample(scope, "nothing", Naming::xed).error().code, "XDM-1012-404");
}

TEST_F(TransferTest, Section12SamplesAreValid) {
  const std::string id = id_of(create(ResourceKind::schema, schema_of("S", {kEvent, kPersonDetails, kPersonalDetails, "https://ns.adobe.com/xdm/context/profile-work-details",
                                                                           "https://ns.adobe.com/xdm/context/profile-preferences-details"})));
  const auto resolved = registry->schema(scope.sandbox, id);
  ASSERT_TRUE(resolved);
  std::vector<std::string> problems;
  check_instance((*resolved)->root, sample_of((*resolved)->doc), "", problems);
  EXPECT_THAT(problems, ElementsAre());
}

TEST_F(TransferTest, Section12SamplesOfMapsWithoutValues) {
  for (const char* text : {R"({"properties": {"m": {"type": "object", "meta:xdmType": "map"}}})", R"({"properties": {"m": {"type": "object", "meta:xdmType": "map", "additionalProperties": true, "default": {"a": 1}}}})"}) {
    EXPECT_EQ(sample_of(*parse_json(text)), Json::object()) << text;
  }
}

TEST(CsvSchema, Section12TypesOfColumns) {
  const auto made = resources_of({.csv = "\xEF\xBB\xBFId,Zip,Score,Active,Born,Seen,\"Full, \"\"name\"\"\",Id,_x,\r\n1,01234,1.5,true,2001-02-03,2001-02-03T04:05:06Z,\"a\nb\",x,,\r\n2,99,2,FALSE,,,c,2,,\r\n",
                                  .class_id = kProfile, .name = "People", .description = ""}, {"1", "2"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(text_of((*made)[0], "$id"), "https://ns.adobe.com/<XDM_TENANTID_PLACEHOLDER>/mixins/1");
  const Json& fields = (*made)[0]["definitions"]["customFields"]["properties"]["_<XDM_TENANTID_PLACEHOLDER>"]["properties"];
  const std::map<std::string, std::string> kTypes = {{"Id", "integer"}, {"Zip", "string"}, {"Score", "number"}, {"Active", "boolean"}, {"Born", "string"},
                                                     {"Seen", "string"}, {"Full___name_", "string"}, {"Id_2", "string"}, {"x", "string"}, {"column", "string"}};
  EXPECT_EQ(fields.size(), kTypes.size()) << fields;
  for (const auto& [name, column_type] : kTypes) EXPECT_EQ(text_of(fields.value(name, Json()), "type"), column_type) << name << " in " << fields;
  EXPECT_EQ(text_of(fields["Born"], "format"), "date");
  EXPECT_EQ(text_of(fields["Seen"], "format"), "date-time");
  EXPECT_EQ(text_of(fields["Full___name_"], "title"), "Full, \"name\"");
  EXPECT_FALSE(resources_of({.csv = "", .class_id = "x", .name = "x"}, {}));
  EXPECT_FALSE(resources_of({.csv = "a", .class_id = "", .name = "x"}, {}));
  EXPECT_FALSE(resources_of({.csv = "a", .class_id = "x", .name = " "}, {}));
  EXPECT_FALSE(resources_of({.csv = "a\xff", .class_id = "x", .name = "x"}, {}));
}

// --- 13 ------------------------------------------------------------------------------------------------------------

TEST_F(TransferTest, Section13Stats) {
  make();
  ASSERT_EQ(code_of(patch(ResourceKind::data_type, type, {{{"op", "replace"}, {"path", "/description"}, {"value", "d"}}})), "XDM-1414-400");
  ASSERT_EQ(code_of(patch(ResourceKind::data_type, type, {{{"op", "add"}, {"path", "/description"}, {"value", "d"}}})), "");
  const Json stats = *registry->stats(scope);
  EXPECT_EQ(stats["counts"], (Json{{"schemas", 1}, {"mixins", 1}, {"datatypes", 1}, {"classes", 0}, {"unions", 0}}));
  EXPECT_EQ(text_of(stats, "tenantId"), "foz");
  EXPECT_THAT(ids_in(stats["recentlyCreatedResources"]), ElementsAre(schema, group, type));
  EXPECT_THAT(ids_in(stats["recentlyUpdatedResources"]), ElementsAre(type, schema, group));
  EXPECT_EQ(text_of(stats["recentlyCreatedResources"][2], "meta:created"), "Wed Apr 15 2020 23:22:21 GMT+0000 (UTC)");
  EXPECT_EQ(text_of(stats["recentlyUpdatedResources"][0], "version"), "1.1");
  EXPECT_EQ(text_of(stats["recentlyUpdatedResources"][1], "meta:classTitle"), "XDM Individual Profile");
  EXPECT_EQ(stats["classUsage"], (Json{{kProfile, {{{"$id", schema}, {"title", "Boxes"}, {"description", ""}}}}}));
}

}  // namespace
}  // namespace foz::registry
