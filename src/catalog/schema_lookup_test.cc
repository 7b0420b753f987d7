// The catalog and the registry over one database. Follows: Catalog contract, 3.1; Schema Registry contract, 15.
#include "catalog/schema_lookup.h"

#include <gtest/gtest.h>

#include "catalog/testing.h"

namespace foz::catalog {
namespace {

class SchemaLookupTest : public CatalogFixture {
 protected:
  SchemaLookupTest() : registry_(*database, clock, random, {}, schema_use_lookup()) {
    catalog.emplace(schema_lookup(registry_), clock, random, CatalogSettings{.data_dir = folder.path() / "data", .org_id = "ABCDEF@AdobeOrg"});
    group_ = make(registry::ResourceKind::field_group,
                  {{"title", "Group"}, {"type", "object"}, {"properties", {{"_foz", {{"type", "object"}, {"properties", {{"a", {{"type", "string"}}}}}}}}}});
    schema_ = make(registry::ResourceKind::schema, {{"title", "Schema"}, {"type", "object"},
                                                    {"allOf", {{{"$ref", registry::kProfileClass}}, {{"$ref", registry::kIdentityMapGroup}}, {{"$ref", group_}}}}});
  }

  std::string make(registry::ResourceKind kind, const Json& body) {
    const auto made = registry_.create(write_scope_, kind, body);
    EXPECT_TRUE(made) << made.error().message;
    return made ? text_of(made->body, "$id") : "";
  }
  std::string change(registry::ResourceKind kind, const std::string& id, const Json& patch) {
    const auto made = registry_.patch(write_scope_, kind, id, patch);
    return made ? "" : made.error().code;
  }
  Result<SchemaFacts> facts(const std::string& id, const std::string& content_type = "") { return schema_lookup(registry_)(scope.sandbox, {.id = id, .content_type = content_type}); }

  registry::Registry registry_;
  const registry::Scope write_scope_{.sandbox = scope.sandbox};
  std::string group_, schema_;
};

TEST_F(SchemaLookupTest, FactsOfSchemasAndUnions) {
  const auto found = facts("https://ns.adobe.com/{TENANT_ID}" + schema_.substr(24), "application/vnd.adobe.xed-full-notext+json; version=1");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->id, schema_);
  EXPECT_EQ(found->title, "Schema");
  EXPECT_EQ(found->behavior, "record");
  EXPECT_FALSE(found->in_union);
  EXPECT_TRUE(facts(schema_, "application/vnd.adobe.xed-full+json;version=1.0"));
  EXPECT_EQ(facts(schema_, "text/plain").error().kind, ErrorKind::invalid);
  EXPECT_EQ(facts(schema_, "application/vnd.adobe.xed+json;version=2").error().kind, ErrorKind::not_found);
  EXPECT_EQ(facts("https://ns.adobe.com/foz/schemas/1").error().kind, ErrorKind::not_found);
  EXPECT_EQ(facts(group_).error().kind, ErrorKind::not_found);
  const std::string union_id = std::string(registry::kProfileClass) + "__union";
  EXPECT_EQ(facts(union_id).error().kind, ErrorKind::not_found);
  ASSERT_EQ(change(registry::ResourceKind::schema, schema_, {{{"op", "add"}, {"path", "/meta:immutableTags"}, {"value", {"union"}}}}), "");
  EXPECT_TRUE(facts(schema_)->in_union);
  EXPECT_EQ(facts(union_id)->id, union_id);
}

TEST_F(SchemaLookupTest, DataSetsHoldOnToTheirSchemas) {
  const Json take_away = {{{"op", "remove"}, {"path", "/properties/_foz/properties/a"}}};
  const auto data_set = create({{"name", "Rows"}, {"schemaRef", {{"id", schema_}}}});
  ASSERT_TRUE(data_set) << data_set.error().message;
  EXPECT_EQ(registry_.remove(write_scope_, registry::ResourceKind::schema, schema_).error().code, "XDM-1416-400");
  ASSERT_EQ(change(registry::ResourceKind::field_group, group_, {{{"op", "add"}, {"path", "/properties/_foz/properties/b"}, {"value", {{"type", "string"}}}}}), "");
  const auto batch = open({.dataset = data_set->id});
  ASSERT_TRUE(batch) << batch.error().message;
  ASSERT_TRUE(commit(batch->id, one_file(*data_set, batch->id, 3)));
  EXPECT_EQ(change(registry::ResourceKind::field_group, group_, take_away), "XDM-1416-400");  // rows are there now
  ASSERT_TRUE(write([&](store::Transaction& tx) { return catalog->delete_dataset(tx, scope, data_set->id); }));
  EXPECT_EQ(change(registry::ResourceKind::field_group, group_, take_away), "");
  EXPECT_TRUE(registry_.remove(write_scope_, registry::ResourceKind::schema, schema_));
}

}  // namespace
}  // namespace foz::catalog
