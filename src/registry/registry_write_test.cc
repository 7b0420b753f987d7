// Replacing, patching and deleting; versions, compatibility, unions. Cases carry the section of the Schema Registry contract.
#include <gmock/gmock.h>

#include "registry/testing.h"

namespace foz::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WriteTest : public RegistryFixture {
 protected:
  /// A schema of the profile class with a group of these custom fields.
  void make(const Json& fields) {
    const Json made_group = create(ResourceKind::field_group, {{"title", "Group"}, {"type", "object"}, {"meta:intendedToExtend", {kProfile}},
                                                               {"properties", {{"_foz", {{"type", "object"}, {"properties", fields}}}}}});
    ASSERT_EQ(code_of(made_group), "") << made_group;
    group = id_of(made_group);
    const Json made = create(ResourceKind::schema, schema_of("Schema", {kProfile, group, kPersonDetails}));
    ASSERT_EQ(code_of(made), "") << made;
    schema = id_of(made);
  }
  Json change_group(const std::string& op, const std::string& path, const Json& value = nullptr) {
    return patch(ResourceKind::field_group, group, {{{"op", op}, {"path", "/properties/_foz" + path}, {"value", value}}});
  }
  Json change_schema(const std::string& op, const std::string& path, const Json& value = nullptr) {
    return patch(ResourceKind::schema, schema, {{{"op", op}, {"path", path}, {"value", value}}});
  }
  Json describe(const Json& body) {
    clock.advance(std::chrono::seconds(1));
    const auto made = registry->create_descriptor(scope, body);
    return made ? *made : refused(made.error());
  }
  Json identity(const std::string& path, bool primary = true) {
    return {{"@type", "xdm:descriptorIdentity"}, {"xdm:sourceSchema", schema}, {"xdm:sourceProperty", path}, {"xdm:namespace", "Email"}, {"xdm:isPrimary", primary}};
  }
  Json field_now(const std::string& name) { return full(ResourceKind::schema, schema)["properties"]["_foz"]["properties"].value(name, Json()); }

  std::string group, schema;
};

// --- 15: versions --------------------------------------------------------------------------------------------------

TEST_F(WriteTest, Section15EveryChangeIsAMinorVersion) {
  make({{"a", {{"type", "string"}}}});
  EXPECT_EQ(text_of(change_group("add", "/properties/b", {{"type", "string"}}), "version"), "1.1");
  EXPECT_EQ(text_of(change_group("add", "/properties/c", {{"type", "string"}}), "version"), "1.2");
  EXPECT_EQ(text_of(get(ResourceKind::schema, schema), "version"), "1.0");  // it bumps only itself,
  EXPECT_FALSE(field_now("c").is_null());                                   // and is seen at once
}

TEST_F(WriteTest, Section15WhatChangesNothingIsNoVersion) {
  make({{"a", {{"type", "integer"}}}});
  for (const auto& [kind, id] : {std::pair{ResourceKind::field_group, group}, std::pair{ResourceKind::schema, schema}}) {
    const Json before = get(kind, id);
    Json again = before;
    again["meta:descriptorStatus"] = {{"result", Json::array()}};
    const Json replaced = replace(kind, id, again);  // a body as GET gave it
    EXPECT_EQ(text_of(replaced, "version"), "1.0") << replaced;
    EXPECT_EQ(replaced["meta:registryMetadata"]["eTag"], before["meta:registryMetadata"]["eTag"]);
  }
}

TEST_F(WriteTest, Section4ServerMembersStayTheServers) {
  make({{"a", {{"type", "string"}}}});
  const Json before = get(ResourceKind::schema, schema);
  Json body = before;
  body["title"] = "New";
  for (const char* name : {"$id", "meta:altId", "version", "imsOrg", "meta:containerId", "meta:sandboxId", "meta:tenantNamespace", "meta:class"}) body[name] = "mine";
  body["meta:extends"] = Json::array({"mine"});
  scope.client = "client-2";
  const Json after = replace(ResourceKind::schema, schema, body);
  ASSERT_EQ(code_of(after), "") << after;
  for (const char* name : {"$id", "meta:altId", "imsOrg", "meta:containerId", "meta:sandboxId", "meta:tenantNamespace", "meta:class", "meta:extends"}) {
    EXPECT_EQ(after[name], before[name]) << name;
  }
  EXPECT_EQ(text_of(after, "version"), "1.1");
  const Json &was = before["meta:registryMetadata"], &is = after["meta:registryMetadata"];
  EXPECT_EQ(is["repo:createdDate"], was["repo:createdDate"]);
  EXPECT_GT(is["repo:lastModifiedDate"], was["repo:lastModifiedDate"]);
  EXPECT_EQ(text_of(is, "xdm:createdClientId"), "client-1");
  EXPECT_EQ(text_of(is, "xdm:lastModifiedClientId"), "client-2");
  EXPECT_NE(is["eTag"], was["eTag"]);
}

// --- 7.1: patches --------------------------------------------------------------------------------------------------

struct PatchCase {
  std::string name;
  Json patch;
  std::string code;
};

TEST_F(WriteTest, Section7_1Patches) {
  make({{"a", {{"type", "string"}}}});
  const PatchCase kCases[] = {
      {"replace", {{{"op", "replace"}, {"path", "/title"}, {"value", "A"}}}, ""},
      {"no first slash", {{{"op", "replace"}, {"path", "title"}, {"value", "B"}}}, ""},
      {"one object added to allOf", {{{"op", "add"}, {"path", "/allOf"}, {"value", {{"$ref", kPersonalDetails}}}}}, ""},
      {"appended to allOf", {{{"op", "add"}, {"path", "/allOf/-"}, {"value", {{"$ref", kIdentityMap}}}}}, ""},
      {"meta:extends by hand", {{{"op", "add"}, {"path", "/meta:extends/-"}, {"value", "https://ns.adobe.com/x"}}}, ""},
      {"tags with the known slip", {{{"op", "replace"}, {"path", "/meta:immutableTags-"}, {"value", {"union"}}}}, ""},
      {"test that holds", {{{"op", "test"}, {"path", "/title"}, {"value", "B"}}, {{"op", "replace"}, {"path", "/title"}, {"value", "C"}}}, ""},
      {"move and copy", {{{"op", "copy"}, {"from", "/title"}, {"path", "/description"}}}, ""},
      {"remove", {{{"op", "remove"}, {"path", "/description"}}}, ""},
      {"move and copy without a first slash", {{{"op", "copy"}, {"from", "title"}, {"path", "description"}}}, ""},
      {"server members are restored", {{{"op", "replace"}, {"path", "/version"}, {"value", "9"}}}, ""},
      {"test that fails", {{{"op", "test"}, {"path", "/title"}, {"value", "no"}}, {{"op", "replace"}, {"path", "/title"}, {"value", "D"}}}, "XDM-1414-400"},
      {"nothing there", {{{"op", "remove"}, {"path", "/nothing/here"}}}, "XDM-1414-400"},
      {"unknown operation", {{{"op", "append"}, {"path", "/title"}, {"value", "x"}}}, "XDM-1414-400"},
      {"no value", {{{"op", "add"}, {"path", "/title"}}}, "XDM-1414-400"},
      {"no array", {{"op", "add"}}, "XDM-1401-400"},
      {"a body that is none", {{{"op", "remove"}, {"path", "/title"}}}, "XDM-1401-400"},
      {"an unknown reference", {{{"op", "add"}, {"path", "/allOf/-"}, {"value", {{"$ref", "https://ns.adobe.com/x"}}}}}, "XDM-1413-400"},
  };
  for (const PatchCase& c : kCases) {
    const Json after = patch(ResourceKind::schema, schema, c.patch);
    EXPECT_EQ(code_of(after), c.code) << c.name << ": " << after;
  }
  const Json now = get(ResourceKind::schema, schema);
  EXPECT_EQ(text_of(now, "title"), "C");
  EXPECT_EQ(now["allOf"].size(), 5u);
  EXPECT_THAT(texts_of(now, "meta:extends"), ::testing::Not(Contains("https://ns.adobe.com/x")));
  EXPECT_THAT(texts_of(now, "meta:immutableTags"), ElementsAre("union"));
}

TEST_F(WriteTest, Section7_1PatchesAppendToListsThatAreNotThereYet) {
  const std::string type = id_of(create(ResourceKind::data_type, {{"title", "T"}, {"type", "object"}, {"properties", {{"a", {{"type", "string"}}}}}}));
  const Json extended = patch(ResourceKind::data_type, type, {{{"op", "add"}, {"path", "/meta:extends/-"}, {"value", "https://ns.adobe.com/x"}}});
  EXPECT_EQ(code_of(extended), "") << extended;
  EXPECT_FALSE(extended.contains("meta:extends"));  // recomputed
  EXPECT_EQ(text_of(extended, "version"), "1.0");
  const Json part = {{"type", "object"}, {"properties", {{"_foz", {{"type", "object"}, {"properties", {{"more", {{"type", "string"}}}}}}}}}};
  make({{"a", {{"type", "string"}}}});
  const Json grown = patch(ResourceKind::field_group, group, {{{"op", "add"}, {"path", "/allOf"}, {"value", part}}});
  EXPECT_EQ(code_of(grown), "") << grown;
  EXPECT_EQ(grown["allOf"].size(), 1u);
  EXPECT_EQ(code_of(patch(ResourceKind::field_group, group, {{{"op", "add"}, {"path", "/others/-"}, {"value", 1}}})), "XDM-1414-400");
}

TEST_F(WriteTest, Section16BoundsFollowOnlyFromATypeThatItsWriterGave) {
  make({{"plain", {{"type", "integer"}}}, {"given", {{"type", "integer"}, {"meta:xdmType", "int"}}}});
  EXPECT_EQ(field_now("given")["minimum"], -2147483648LL);
  EXPECT_FALSE(field_now("plain").contains("minimum"));
  ASSERT_EQ(code_of(patch(ResourceKind::field_group, group, {{{"op", "replace"}, {"path", "/title"}, {"value", "Other"}}})), "");
  EXPECT_FALSE(field_now("plain").contains("minimum"));  // the word there is the server's
  EXPECT_EQ(text_of(field_now("plain"), "meta:xdmType"), "int");
  EXPECT_EQ(field_now("given")["maximum"], 2147483647LL);
}

TEST_F(WriteTest, Section7WritesToNothingAndToTheLibrary) {
  EXPECT_EQ(code_of(replace(ResourceKind::schema, "_foz.schemas.1", schema_of("S", {kProfile}))), "XDM-1012-404");
  EXPECT_EQ(code_of(patch(ResourceKind::class_, "_foz.classes.1", Json::array())), "XDM-1010-404");
  EXPECT_EQ(remove(ResourceKind::data_type, "_foz.datatypes.1"), "XDM-1013-404");
  EXPECT_EQ(code_of(patch(ResourceKind::field_group, kPersonDetails, Json::array())), "XDM-1403-403");
  EXPECT_EQ(remove(ResourceKind::class_, kProfile), "XDM-1403-403");
}

// --- 15: compatibility ---------------------------------------------------------------------------------------------

struct ChangeCase {
  std::string name;
  std::string op, path;
  Json value;
  bool allowed;
};

const Json kFields = {
    {"text", {{"type", "string"}, {"maxLength", 10}}},
    {"kind", {{"type", "string"}, {"enum", {"a", "b"}}}},
    {"count", {{"type", "integer"}, {"minimum", 0}, {"maximum", 100}}},
    {"code", {{"type", "string"}, {"pattern", "^[a-z]+$"}}},
    {"box", {{"type", "object"}, {"properties", {{"width", {{"type", "number"}}}}}}},
    {"list", {{"type", "array"}, {"items", {{"type", "string"}}}}},
    {"needed", {{"type", "string"}}}};

const ChangeCase kChanges[] = {
    {"new field", "add", "/properties/more", {{"type", "string"}}, true},
    {"new object", "add", "/properties/more", {{"type", "object"}, {"properties", {{"a", {{"type", "string"}}}}}}, true},
    {"texts", "add", "/properties/text/title", "New", true},
    {"suggestions", "add", "/properties/text/meta:enum", {{"x", "X"}}, true},
    {"deprecation", "add", "/properties/text/meta:status", "deprecated", true},
    {"larger enum", "replace", "/properties/kind/enum", {"a", "b", "c"}, true},
    {"no enum", "remove", "/properties/kind/enum", nullptr, true},
    {"larger range", "replace", "/properties/count/maximum", 1000, false},  // another width, so another type (16)
    {"range within the width", "replace", "/properties/count/maximum", 127, true},
    {"longer", "replace", "/properties/text/maxLength", 20, true},
    {"a field goes", "remove", "/properties/needed", nullptr, false},
    {"an inner field goes", "replace", "/properties/box/properties", {{"height", {{"type", "number"}}}}, false},
    {"another type", "replace", "/properties/text", {{"type", "integer"}}, false},
    {"another format", "add", "/properties/text/format", "date", false},
    {"items of another type", "replace", "/properties/list/items", {{"type", "integer"}}, false},
    {"required", "add", "/required", {"needed"}, false},
    {"smaller enum", "replace", "/properties/kind/enum", {"a"}, false},
    {"new enum", "add", "/properties/text/enum", {"a"}, false},
    {"smaller range", "replace", "/properties/count/maximum", 50, false},
    {"shorter", "replace", "/properties/text/maxLength", 5, false},
    {"another pattern", "replace", "/properties/code/pattern", "^[a-z]$", false},
};

TEST_F(WriteTest, Section15ChangesOfASchemaInUse) {
  for (const ChangeCase& c : kChanges) {
    scope.sandbox = "sandbox " + c.name;
    make(kFields);
    use[schema] = {.referenced = true, .holds_rows = true};
    const Json after = change_group(c.op, c.path, c.value);
    EXPECT_EQ(code_of(after), c.allowed ? "" : "XDM-1416-400") << c.name << ": " << after;
  }
}

TEST_F(WriteTest, Section15BeforeUseAnythingGoes) {
  for (const ChangeCase& c : kChanges) {
    scope.sandbox = "sandbox " + c.name;
    make(kFields);
    use[schema] = {.referenced = true};  // a data set without rows
    const Json after = change_group(c.op, c.path, c.value);
    EXPECT_EQ(code_of(after), "") << c.name << ": " << after;
  }
}

TEST_F(WriteTest, Section15PartsOfASchemaInUse) {
  make({{"a", {{"type", "string"}}}});
  use[schema] = {.referenced = true, .holds_rows = true};
  EXPECT_EQ(code_of(change_schema("remove", "/allOf/2")), "XDM-1416-400");
  EXPECT_EQ(code_of(change_schema("replace", "/allOf/0", {{"$ref", kEvent}})), "XDM-1416-400");
  EXPECT_EQ(code_of(change_schema("add", "/allOf/-", {{"$ref", kIdentityMap}})), "");
  EXPECT_EQ(code_of(change_schema("add", "/meta:immutableTags", {"union"})), "");
  use.clear();
  EXPECT_EQ(code_of(change_schema("remove", "/allOf/2")), "XDM-1416-400");  // in a union is in use
}

TEST_F(WriteTest, Section7_2TheBehaviorOfAClassStays) {
  const Json made = create(ResourceKind::class_, schema_of("C", {std::string(kRecordBehavior)}));
  const Json after = replace(ResourceKind::class_, id_of(made), schema_of("C", {std::string(kTimeSeriesBehavior)}));
  EXPECT_EQ(code_of(after), "XDM-1416-400");
}

TEST_F(WriteTest, Section10_1AChangeThatNoSchemaCouldMergeIsRefused) {
  make({{"a", {{"type", "string"}}}});
  const Json other = create(ResourceKind::field_group, {{"title", "Other"}, {"type", "object"}, {"properties", {{"_foz", {{"properties", {{"b", {{"type", "string"}}}}}}}}}});
  ASSERT_EQ(code_of(change_schema("add", "/allOf/-", {{"$ref", id_of(other)}})), "");
  EXPECT_EQ(code_of(change_group("add", "/properties/b", {{"type", "number"}})), "XDM-1413-400");
}

// --- 7, 15: deleting -----------------------------------------------------------------------------------------------

TEST_F(WriteTest, Section15WhatIsReferredToStays) {
  make({{"a", {{"type", "string"}}}});
  EXPECT_EQ(remove(ResourceKind::field_group, group), "XDM-1416-400");
  use[schema] = {.referenced = true};
  EXPECT_EQ(remove(ResourceKind::schema, schema), "XDM-1416-400");
  use.clear();
  ASSERT_EQ(code_of(describe(identity("/_foz/a"))), "");
  const Json other = create(ResourceKind::schema, schema_of("Other", {kProfile, group}));
  const Json link = describe({{"@type", "xdm:descriptorOneToOne"}, {"xdm:sourceSchema", id_of(other)}, {"xdm:sourceProperty", "/_foz/a"}, {"xdm:destinationSchema", schema}});
  ASSERT_EQ(code_of(link), "") << link;
  EXPECT_EQ(remove(ResourceKind::schema, schema), "XDM-1416-400");
  ASSERT_TRUE(registry->delete_descriptor(scope, text_of(link, "@id")));
  EXPECT_EQ(remove(ResourceKind::schema, schema), "");
  EXPECT_TRUE(registry->list_descriptors(scope, {})->results.empty());  // its own descriptors went along
  EXPECT_EQ(remove(ResourceKind::schema, id_of(other)), "");
  EXPECT_EQ(remove(ResourceKind::field_group, group), "");
  EXPECT_EQ(remove(ResourceKind::field_group, group), "XDM-1011-404");
}

// --- 14.5, 7.6: unions ---------------------------------------------------------------------------------------------

TEST_F(WriteTest, Section14_5EnablingForTheUnion) {
  make({{"a", {{"type", "string"}}}, {"matrix", {{"type", "array"}, {"items", {{"type", "array"}, {"items", {{"type", "string"}}}}}}}});
  EXPECT_EQ(code_of(change_schema("add", "/meta:immutableTags", {"union"})), "XDM-1528-400");  // an array of arrays
  ASSERT_EQ(code_of(change_group("remove", "/properties/matrix")), "");
  EXPECT_EQ(code_of(change_schema("add", "/meta:immutableTags", {"union"})), "XDM-1528-400");  // no identity
  ASSERT_EQ(code_of(describe(identity("/_foz/a"))), "");
  EXPECT_EQ(code_of(change_schema("add", "/meta:immutableTags", {"union"})), "");
  EXPECT_EQ(code_of(change_schema("remove", "/meta:immutableTags")), "XDM-1527-400");
  EXPECT_EQ(code_of(change_schema("replace", "/meta:immutableTags", Json::array())), "XDM-1527-400");
  EXPECT_EQ(remove(ResourceKind::schema, schema), "XDM-1416-400");
  EXPECT_EQ(code_of(change_group("add", "/properties/at", {{"type", "string"}, {"format", "time"}})), "XDM-1528-400");  // nor may a part bring such a field later
  EXPECT_EQ(code_of(change_group("add", "/properties/on", {{"type", "string"}, {"format", "date"}})), "");
  const Json adhoc = create(ResourceKind::class_, schema_of("Adhoc", {std::string(kAdhocBehavior)}));
  Json body = schema_of("Adhoc schema", {id_of(adhoc), kIdentityMap});
  body["meta:immutableTags"] = Json::array({"union"});
  EXPECT_EQ(code_of(create(ResourceKind::schema, body)), "XDM-1528-400");
  body["meta:behaviorType"] = "record";  // the class says what it is
  EXPECT_EQ(code_of(create(ResourceKind::schema, body)), "XDM-1528-400");
}

TEST_F(WriteTest, Section9RelationalSchemasHaveNoUnion) {
  const Json made = create(ResourceKind::schema, {{"title", "Rows"}, {"type", "object"}, {"meta:extends", {kAdhocV2Behavior}}, {"meta:behaviorType", "record"},
      {"definitions", {{"customFields", {{"type", "object"}, {"properties", {{"id", {{"type", "string"}}}}}}}}}, {"allOf", {{{"$ref", "#/definitions/customFields"}}}}});
  schema = id_of(made);
  ASSERT_EQ(code_of(describe(identity("/id"))), "");
  EXPECT_EQ(code_of(change_schema("add", "/meta:immutableTags", {"union"})), "XDM-1528-400");
  EXPECT_TRUE(registry->list(scope, {.kind = ResourceKind::union_view}, {}, {})->results.empty());
}

TEST_F(WriteTest, Section7_6UnionOfAClass) {
  make({{"a", {{"type", "string"}}}});
  const std::string id = kProfile + "__union";
  EXPECT_EQ(code_of(get(ResourceKind::union_view, id)), "XDM-1015-404");
  ASSERT_EQ(code_of(describe(identity("/_foz/a"))), "");
  ASSERT_EQ(code_of(change_schema("add", "/meta:immutableTags", {"union"})), "");
  Json second = schema_of("Second", {kProfile, kPersonalDetails, kIdentityMap});
  second["meta:immutableTags"] = Json::array({"union"});
  const Json other = create(ResourceKind::schema, second);
  ASSERT_EQ(code_of(other), "") << other;
  for (const std::string& spelling : {id, std::string("_xdm.context.profile__union"), std::string("https%3A%2F%2Fns.adobe.com%2Fxdm%2Fcontext%2Fprofile__union")}) {
    EXPECT_EQ(id_of(get(ResourceKind::union_view, spelling)), id) << spelling;
    EXPECT_EQ(id_of(get(ResourceKind::schema, spelling)), id) << spelling;
  }
  const Json raw = get(ResourceKind::union_view, id);
  EXPECT_EQ(text_of(raw, "meta:altId"), "_xdm.context.profile__union");
  EXPECT_EQ(text_of(raw, "meta:resourceType"), "unions");
  EXPECT_EQ(text_of(raw, "version"), "1.0");
  EXPECT_EQ(text_of(raw, "title"), "XDM Individual Profile");
  EXPECT_EQ(text_of(raw, "meta:class"), kProfile);
  EXPECT_EQ(text_of(raw, "meta:sandboxId"), "sandbox-1");
  EXPECT_EQ(text_of(raw, "imsOrg"), "ABCDEF@AdobeOrg");
  EXPECT_EQ(raw["allOf"].size(), 5u);  // class, own group, person, personal, identityMap
  const auto extends = texts_of(raw, "meta:extends");
  for (const std::string& part : {schema, id_of(other), group, kPersonDetails, kProfile, std::string(kRecordBehavior), std::string("https://ns.adobe.com/xdm/common/auditable")}) {
    EXPECT_THAT(extends, Contains(part));
  }
  const Json resolved = full(ResourceKind::union_view, id);
  for (const char* name : {"_foz", "person", "homeAddress", "identityMap", "timeSeriesEvents"}) EXPECT_TRUE(resolved["properties"].contains(name)) << name;
  EXPECT_EQ(text_of(resolved["properties"]["timeSeriesEvents"], "meta:xdmType"), "array");
  EXPECT_FALSE(resolved["properties"].contains("segmentMembership"));  // only where the public library is imported
  const auto columns = registry->schema(scope.sandbox, id);
  ASSERT_TRUE(columns) << columns.error().message;
  EXPECT_TRUE((*columns)->in_union);
  EXPECT_NE((*columns)->root.at("_foz.a"), nullptr);
  const auto list = registry->list(scope, {.kind = ResourceKind::union_view}, {}, {});
  ASSERT_EQ(list->results.size(), 1u);
  EXPECT_EQ(id_of(list->results[0]), id);
}

// --- 11, 10.4: descriptors -----------------------------------------------------------------------------------------

TEST_F(WriteTest, Section11RefusedDescriptors) {
  make({{"a", {{"type", "string"}}}, {"n", {{"type", "integer"}}}, {"x", {{"type", "number"}}}, {"box", {{"type", "object"}, {"properties", {{"w", {{"type", "string"}}}}}}}});
  const auto of = [&](const std::string& type, const Json& more) {
    Json body = {{"@type", type}, {"xdm:sourceSchema", schema}};
    body.update(more);
    return body;
  };
  struct Case {
    std::string name;
    Json body;
    std::string code, says;
  };
  const Case kCases[] = {
      {"no object", Json::array(), "XDM-1401-400", ""},
      {"no type", of("", Json::object()), "XDM-1523-400", "@type"},
      {"unknown type", of("xdm:descriptorIdentiti", Json::object()), "XDM-1523-400", "xdm:descriptorIdentity"},
      {"no schema", {{"@type", "xdm:descriptorIdentity"}}, "XDM-1523-400", "xdm:sourceSchema"},
      {"unknown schema", {{"@type", "xdm:descriptorIdentity"}, {"xdm:sourceSchema", "https://ns.adobe.com/foz/schemas/1"}}, "XDM-1523-400", "schemas/1"},
      {"no property", of("xdm:descriptorIdentity", {{"xdm:namespace", "Email"}}), "XDM-1523-400", "xdm:sourceProperty"},
      {"unknown property", of("xdm:descriptorIdentity", {{"xdm:namespace", "Email"}, {"xdm:sourceProperty", "/_foz/b"}}), "XDM-1523-400", "/_foz/b"},
      {"identity of a number", of("xdm:descriptorIdentity", {{"xdm:namespace", "Email"}, {"xdm:sourceProperty", "/_foz/x"}}), "XDM-1523-400", "identity"},
      {"identity of an object", of("xdm:descriptorIdentity", {{"xdm:namespace", "Email"}, {"xdm:sourceProperty", "/_foz/box"}}), "XDM-1523-400", ""},
      {"no namespace", of("xdm:descriptorIdentity", {{"xdm:sourceProperty", "/_foz/a"}}), "XDM-1523-400", "xdm:namespace"},
      {"identity property", of("xdm:descriptorIdentity", {{"xdm:namespace", "Email"}, {"xdm:sourceProperty", "/_foz/a"}, {"xdm:property", "x"}}), "XDM-1523-400", "xdm:code"},
      {"no identity namespace", of("xdm:descriptorReferenceIdentity", {{"xdm:sourceProperty", "/_foz/a"}}), "XDM-1523-400", "xdm:identityNamespace"},
      {"no destination", of("xdm:descriptorOneToOne", {{"xdm:sourceProperty", "/_foz/a"}}), "XDM-1523-400", "xdm:destinationSchema"},
      {"unknown destination property", of("xdm:descriptorOneToOne", {{"xdm:sourceProperty", "/_foz/a"}, {"xdm:destinationSchema", schema}, {"xdm:destinationProperty", "/q"}}), "XDM-1523-400", "/q"},
      {"cardinality", of("xdm:descriptorRelationship", {{"xdm:sourceProperty", "/_foz/a"}, {"xdm:destinationSchema", schema}, {"xdm:cardinality", "N:N"}}), "XDM-1523-400", "M:1"},
      {"granularity", of("xdm:descriptorTimeSeriesGranularity", {{"xdm:granularity", "second"}}), "XDM-1523-400", "hour"},
      {"time zone", of("xdm:descriptorTimeSeriesGranularity", {{"xdm:granularity", "day"}, {"xdm:ianaTimezone", "Mars/Base"}}), "XDM-1523-400", "Mars/Base"},
      {"labels", of("xdm:descriptorLabel", {{"xdm:sourceProperty", "/_foz/a"}}), "XDM-1523-400", "xdm:labels"},
      {"destination version", of("xdm:descriptorOneToOne", {{"xdm:sourceProperty", "/_foz/a"}, {"xdm:destinationSchema", schema}, {"xdm:destinationVersion", "one"}}), "XDM-1523-400", "xdm:destinationVersion"},
      {"display values", of("xdm:alternateDisplayInfo", {{"xdm:sourceProperty", "/_foz/a"}, {"meta:enum", {"a", "b", "c"}}}), "XDM-1523-400", "meta:enum"},
      {"display texts", of("xdm:alternateDisplayInfo", {{"xdm:sourceProperty", "/_foz/a"}, {"xdm:title", "T"}}), "XDM-1523-400", "en_us"},
  };
  for (const Case& c : kCases) {
    const Json made = describe(c.body);
    EXPECT_EQ(code_of(made), c.code) << c.name << ": " << made;
    EXPECT_THAT(text_of(made, "message"), HasSubstr(c.says)) << c.name;
  }
  EXPECT_TRUE(registry->list_descriptors(scope, {})->results.empty());
}

TEST_F(WriteTest, Section11_1StoredDescriptor) {
  make({{"a", {{"type", "string"}}}});
  const Json made = describe(identity("/_foz/a"));
  for (const char* name : {"imsOrg", "meta:sandboxId", "meta:sandboxType", "meta:registryMetadata", "createdUser", "createdClient", "updatedUser", "created", "updated"}) {
    EXPECT_TRUE(made.contains(name)) << name;
  }
  EXPECT_EQ(text_of(made, "version"), "1");
  EXPECT_EQ(text_of(made, "meta:containerId"), "tenant");
  EXPECT_EQ(text_of(made, "xdm:property"), "xdm:code");
  EXPECT_EQ(made["xdm:sourceVersion"], 1);
  EXPECT_EQ(describe(identity("/_foz/a")), made);  // the same again is the same
  Json other = identity("/_foz/a");
  other["xdm:namespace"] = "CRMID";
  EXPECT_EQ(code_of(describe(other)), "XDM-1523-400");
  EXPECT_THAT(text_of(describe(other), "message"), HasSubstr(text_of(made, "@id")));
  EXPECT_EQ(code_of(describe(identity("/person/name/firstName"))), "XDM-1524-400");
  EXPECT_EQ(code_of(describe(identity("/person/name/firstName", false))), "");
}

TEST_F(WriteTest, Section10_3DescriptorPathsInEverySpelling) {
  make({{"a", {{"type", "string"}}}});
  for (const std::string path : {"/person/name/firstName", "/xdm:person/xdm:name/xdm:firstName", "/properties/person/properties/name/properties/firstName", "person/name/firstName/"}) {
    const Json made = describe(identity(path, false));
    EXPECT_EQ(text_of(made, "xdm:sourceProperty"), "/person/name/firstName") << path << ": " << made;
  }
  EXPECT_EQ(text_of(describe(identity("/repo:createDate", false)), "xdm:sourceProperty"), "/_repo/createDate");
}

TEST_F(WriteTest, Section10_4PrimaryIdentityMakesItsPathRequired) {
  make({{"a", {{"type", "string"}}}});
  const Json made = describe(identity("/_foz/a"));
  Json resolved = full(ResourceKind::schema, schema);
  EXPECT_THAT(texts_of(resolved, "required"), ElementsAre("_foz"));
  EXPECT_THAT(texts_of(resolved["properties"]["_foz"], "required"), ElementsAre("a"));
  EXPECT_EQ(field_now("a")["minLength"], 1);
  EXPECT_TRUE((*registry->schema(scope.sandbox, schema))->root.at("_foz.a")->required);
  EXPECT_EQ(get(ResourceKind::schema, schema, "application/vnd.adobe.xed-full-desc+json;version=1")["meta:descriptors"], Json::array({made}));
  ASSERT_TRUE(registry->delete_descriptor(scope, text_of(made, "@id")));
  resolved = full(ResourceKind::schema, schema);
  EXPECT_FALSE(resolved.contains("required"));  // the effect ends with the descriptor
}

TEST_F(WriteTest, Section11OtherDescriptorsInTheResolvedView) {
  make({{"a", {{"type", "string"}, {"title", "Old"}, {"meta:enum", {{"x", "X"}, {"y", "Y"}}}}}, {"b", {{"type", "string"}}}});
  ASSERT_EQ(code_of(describe({{"@type", "xdm:alternateDisplayInfo"}, {"xdm:sourceSchema", schema}, {"xdm:sourceProperty", "/_foz/a"},
                              {"xdm:title", {{"en_us", "New"}}}, {"xdm:excludeMetaEnum", {{"y", "Y"}}}})), "");
  ASSERT_EQ(code_of(describe({{"@type", "xdm:descriptorDeprecated"}, {"xdm:sourceSchema", schema}, {"xdm:sourceProperty", {"/_foz/b"}}})), "");
  EXPECT_EQ(text_of(field_now("a"), "title"), "New");
  EXPECT_EQ(field_now("a")["meta:enum"], (Json{{"x", "X"}}));
  EXPECT_EQ(text_of(field_now("b"), "meta:status"), "deprecated");
}

TEST_F(WriteTest, Section11_3PrimaryIdentitiesThatMustStay) {
  make({{"a", {{"type", "string"}}}});
  const std::string own = text_of(describe(identity("/_foz/a")), "@id");
  Json moved = identity("/_foz/a");
  moved["xdm:isPrimary"] = false;
  const auto code = [](const auto& result) { return result ? std::string() : result.error().code; };
  use[schema] = {.referenced = true, .holds_rows = true};
  EXPECT_EQ(code(registry->replace_descriptor(scope, own, moved)), "XDM-1416-400");
  EXPECT_EQ(code(registry->delete_descriptor(scope, own)), "XDM-1416-400");
  use.clear();
  ASSERT_EQ(code_of(change_schema("add", "/meta:immutableTags", {"union"})), "");
  EXPECT_EQ(code(registry->delete_descriptor(scope, own)), "XDM-1526-403");
  EXPECT_EQ(code(registry->replace_descriptor(scope, own, moved)), "XDM-1526-403");
  Json same = identity("/_foz/a");
  same["xdm:sourceVersion"] = 2;
  EXPECT_EQ(code(registry->replace_descriptor(scope, own, same)), "");
  Json other = same;
  other["@type"] = "xdm:descriptorLabel";
  other["xdm:labels"] = Json::array({"C1"});
  EXPECT_EQ(code(registry->replace_descriptor(scope, own, other)), "XDM-1523-400");
  EXPECT_EQ(code(registry->delete_descriptor(scope, "nothing")), "XDM-1016-404");
}

TEST_F(WriteTest, Section11_1ASandboxHoldsSoManyDescriptors) {
  open({.descriptors_max = 1});
  make({{"a", {{"type", "string"}}}});
  EXPECT_EQ(code_of(describe(identity("/_foz/a"))), "");
  EXPECT_EQ(code_of(describe(identity("/person/birthDate", false))), "XDM-1523-400");
}

}  // namespace
}  // namespace foz::registry
