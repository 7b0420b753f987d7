// Follows: Catalog contract, 3.
#include "catalog/dataset.h"

#include <gtest/gtest.h>

#include "catalog/retention.h"
#include "catalog/testing.h"

namespace foz::catalog {
namespace {

TEST(TableName, IsMadeOfTheName) {  // 3.2
  struct Case { std::string_view name, wanted; };
  constexpr Case kCases[] = {{"Target Dataset for CRM data", "target_dataset_for_crm_data"}, {"2020 leads", "_2020_leads"}, {"", "_"},
                             {"a-b.c", "a_b_c"}, {"Müller", "m_ller"}, {"Ünïcödé", "_n_c_d_"}, {"A\"; DROP TABLE x", "a___drop_table_x"}};
  for (const Case& c : kCases) EXPECT_EQ(table_name_for(c.name), c.wanted) << c.name;
}

TEST(CheckedDataset, RefusesMembersOfTheWrongType) {  // 3.1
  struct Case { const char* name; Json body; std::string_view where; };
  const Case kCases[] = {
      {"no object", Json::array(), ""},
      {"name", {{"name", 5}}, "/name"},
      {"schemaRef", {{"schemaRef", "x"}}, "/schemaRef"},
      {"schemaRef without id", {{"schemaRef", {{"contentType", "x"}}}}, "/schemaRef/id"},
      {"contentType", {{"schemaRef", {{"id", "x"}, {"contentType", 1}}}}, "/schemaRef/contentType"},
      {"tags", {{"tags", Json::array()}}, "/tags"},
      {"tag of numbers", {{"tags", {{"a/b", Json::array({1})}}}}, "/tags/a~1b"},
      {"diagnostics", {{"enableErrorDiagnostics", "perhaps"}}, "/enableErrorDiagnostics"},
      {"observableSchema", {{"observableSchema", 1}}, "/observableSchema"},
      {"unifiedTags", {{"unifiedTags", "x"}}, "/unifiedTags"},
      {"dataSourceId", {{"dataSourceId", "x"}}, "/dataSourceId"},
      {"format", {{"fileDescription", {{"format", "avro"}}}}, "/fileDescription/format"},
      {"persisted", {{"fileDescription", {{"persisted", 3}}}}, "/fileDescription/persisted"},
      {"delimiters", {{"fileDescription", {{"delimiters", 3}}}}, "/fileDescription/delimiters"},
      {"ttl", {{"extensions", {{"adobe_lakeHouse", {{"rowExpiration", {{"ttlValue", "3 years"}}}}}}}}, "/extensions/adobe_lakeHouse/rowExpiration/ttlValue"},
      {"ttl number", {{"extensions", {{"adobe_lakeHouse", {{"rowExpiration", {{"ttlValue", 3}}}}}}}}, "/extensions/adobe_lakeHouse/rowExpiration/ttlValue"},
  };
  for (const Case& c : kCases) {
    const auto checked = checked_dataset(c.body);
    ASSERT_FALSE(checked) << c.name;
    EXPECT_EQ(checked.error().kind, ErrorKind::invalid) << c.name;
    EXPECT_EQ(checked.error().where, c.where) << c.name;
  }
}

TEST(CheckedDataset, BringsMembersToTheirForms) {
  const Json body = {{"name", "x"}, {"tags", {{"plain", "value"}, {"list", {"a", "b"}}}}, {"enableErrorDiagnostics", "True"}, {"description", nullptr},
                     {"id", "mine"}, {"version", "9.9.9"}, {"imsOrg", "other"}, {"created", 1}, {"viewId", "v"}, {"lastBatchId", "b"}, {"schemaRef", Json::object()},
                     {"extensions", {{"adobe_lakeHouse", {{"metrics", {{"rowCount", 9}}}, {"rowExpiration", {{"ttlValue", "P3Y"}}}}}}}};
  const auto checked = checked_dataset(body);
  ASSERT_TRUE(checked);
  const Json wanted = {{"name", "x"}, {"tags", {{"plain", {"value"}}, {"list", {"a", "b"}}}}, {"enableErrorDiagnostics", true},
                       {"extensions", {{"adobe_lakeHouse", {{"rowExpiration", {{"ttlValue", "P3Y"}}}}}}}};
  EXPECT_EQ(to_canonical_text(*checked), to_canonical_text(wanted));
}

TEST(Ttl, ReadsDurations) {
  struct Case { std::string_view text; int64_t months, seconds; };
  constexpr Case kCases[] = {{"P3Y", 36, 0}, {"P1Y2M", 14, 0}, {"P30D", 0, 2'592'000}, {"P2W", 0, 1'209'600}, {"PT36H", 0, 129'600}, {"P1M", 1, 0}, {"PT1M", 0, 60},
                             {"P1DT1S", 0, 86'401}};
  for (const Case& c : kCases) {
    const auto ttl = parse_ttl(c.text);
    ASSERT_TRUE(ttl) << c.text;
    EXPECT_EQ(ttl->months, c.months) << c.text;
    EXPECT_EQ(ttl->seconds, c.seconds) << c.text;
  }
  for (const std::string_view wrong : {"", "P", "3Y", "P3", "PY", "P-3Y", "P3y", "PT", "P0D", "P1M1Y", "P1H", "PT1D", "P1.5Y", "P99999Y", "P1YT", "P3Y ", "P1Y1Y"}) {
    EXPECT_FALSE(parse_ttl(wrong)) << wrong;
  }
}

TEST(Ttl, FollowsTheCalendar) {
  const Instant now = *parse_iso_instant("2024-03-31T12:00:00Z");
  EXPECT_EQ(iso_seconds(parse_ttl("P1M")->cutoff(now)), "2024-02-29T12:00:00Z");
  EXPECT_EQ(iso_seconds(parse_ttl("P1Y1M")->cutoff(now)), "2023-02-28T12:00:00Z");
  EXPECT_EQ(iso_seconds(parse_ttl("P1D")->cutoff(now)), "2024-03-30T12:00:00Z");
}

class Datasets : public CatalogFixture {};

TEST_F(Datasets, ANewOneHasEveryMember) {  // 3.2, tutorial facts 1 and 2
  const auto made = create(crm_dataset());
  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_TRUE(made->id.size() == 24 && made->id.find_first_not_of("0123456789abcdef") == std::string::npos) << made->id;
  EXPECT_EQ(made->view_id.size(), 24u);
  const Json object = shown(*look_up(made->id), outside);
  const Json wanted = {
      {"name", "Target Dataset for CRM data"}, {"description", ""}, {"imsOrg", "ABCDEF@AdobeOrg"}, {"sandboxId", "sandbox-1"}, {"version", "1.0.0"},
      {"created", 1605029790000}, {"updated", 1605029790000}, {"createdClient", "client-1"}, {"createdUser", "user-1@AdobeID"}, {"updatedUser", "user-1@AdobeID"},
      {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/crm"}, {"contentType", "application/vnd.adobe.xed-full-notext+json; version=1"}}},
      {"schema", ""}, {"viewId", made->view_id}, {"aspect", "production"}, {"status", "enabled"}, {"state", "DRAFT"},
      {"fileDescription", {{"persisted", true}, {"containerFormat", "parquet"}, {"format", "parquet"}}},
      {"files", "@/dataSets/" + made->id + "/views/" + made->view_id + "/files"},
      {"basePath", "foz://tables/sandbox-1/" + made->id},
      {"persistence", {{"adls", {{"location", "foz://tables/sandbox-1/" + made->id}, {"adlsType", "local"}, {"credentials", "@/dataSets/" + made->id + "/credentials"}}}}},
      {"tags", {{"adobe/pqs/table", {"target_dataset_for_crm_data"}}, {"adobe/siphon/table/format", {"parquet"}}}},
      {"dule", Json::object()}, {"statsCache", Json::object()}, {"enableErrorDiagnostics", false}, {"observableSchema", Json::object()},
      {"classification", {{"dataBehavior", "record"}, {"managedBy", "CUSTOMER"}}},
      {"extensions", {{"adobe_lakeHouse", {{"metrics", {{"rowCount", {{"value", 0}, {"valueStatus", {{"message", "UPDATED"}}}}}, {"storageSize", {{"value", 0}, {"valueStatus", {{"message", "UPDATED"}}}}}}}}}}}};
  EXPECT_EQ(to_pretty_text(object), to_pretty_text(wanted));
}

TEST_F(Datasets, FillTheGaps) {
  schemas["alias"] = schemas["https://ns.adobe.com/foz/schemas/event"];
  const auto made = create({{"schemaRef", {{"id", "alias"}}}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->name(), "Events - 1605029790000");
  EXPECT_EQ(made->schema_id(), "https://ns.adobe.com/foz/schemas/event");  // as the registry calls it
  EXPECT_EQ(made->content_type(), "application/vnd.adobe.xed+json;version=1");
  EXPECT_EQ(text_of(made->doc.at("classification"), "dataBehavior"), "time-series");
  const auto free = create(Json::object());
  ASSERT_TRUE(free);
  EXPECT_FALSE(free->validates_rows());
  EXPECT_EQ(text_of(free->doc.at("classification"), "dataBehavior"), "adhoc");
}

TEST_F(Datasets, TableNamesAreUnique) {
  EXPECT_EQ(create(crm_dataset("Leads"))->table_name, "leads");
  EXPECT_EQ(create(crm_dataset("leads"))->table_name, "leads_1");
  EXPECT_EQ(create(crm_dataset("LEADS"))->table_name, "leads_2");
  Json named = crm_dataset("anything");
  named["tags"]["adobe/pqs/table"] = "My Table";
  EXPECT_EQ(create(named)->table_name, "my_table");
  const auto again = create(named);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::invalid);
  EXPECT_EQ(catalog->dataset_of_table(*database, scope.sandbox, "my_table")->name(), "anything");
  EXPECT_EQ(catalog->dataset_of_table(*database, "sandbox-2", "my_table").error().kind, ErrorKind::not_found);
}

TEST_F(Datasets, UnknownSchemasAreRefusedUnlessAccepted) {  // 3.1, tutorial fact 4
  const Json body = {{"name", "m"}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/14d89c5b"}}}};
  const auto refused = create(body);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().message, "Schema https://ns.adobe.com/foz/schemas/14d89c5b not found");
  open_catalog({.accept_unknown_schema = true});
  EXPECT_EQ(create(body)->schema_id(), "https://ns.adobe.com/foz/schemas/14d89c5b");
}

TEST_F(Datasets, ProfileNeedsASchemaInAUnion) {  // 3.2
  Json body = crm_dataset();
  body["tags"] = {{"unifiedProfile", {"enabled: true"}}};
  const auto refused = create(body);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "To enable profile datasets the schema should be valid");
  body["schemaRef"]["id"] = "https://ns.adobe.com/foz/schemas/profile";
  EXPECT_TRUE(create(body));
}

TEST_F(Datasets, ChangesKeepWhatIsOurs) {  // 3.3
  const std::string id = create(crm_dataset())->id;
  clock.advance(std::chrono::seconds(1));
  const auto changed = change(id, [](const Json& object) -> Result<Json> {
    return merge_patched(object, {{"description", "new"}, {"version", "7.0.0"}, {"created", 5}, {"viewId", "mine"}, {"tags", {{"colour", {"red"}}}}});
  });
  ASSERT_TRUE(changed) << to_string(changed.error());
  EXPECT_EQ(changed->version, "1.0.1");
  EXPECT_EQ(changed->created_ms, 1605029790000);
  EXPECT_EQ(changed->updated_ms, 1605029791000);
  const Json object = shown(*look_up(id), outside);
  EXPECT_EQ(text_of(object, "description"), "new");
  EXPECT_EQ(to_text(object.at("tags")), R"({"adobe/siphon/table/format":["parquet"],"colour":["red"],"adobe/pqs/table":["target_dataset_for_crm_data"]})");
  EXPECT_EQ(catalog->tag_values(*database, scope.sandbox, "colour")->at("dataSets"), Json::array({"red"}));
  const auto replaced = change(id, [](const Json&) -> Result<Json> { return crm_dataset("Other"); });
  ASSERT_TRUE(replaced);
  EXPECT_FALSE(replaced->doc.contains("description"));
  EXPECT_EQ(replaced->table_name, "target_dataset_for_crm_data");  // queries go on
  EXPECT_EQ(text_of(replaced->doc, "createdClient"), "client-1");
  EXPECT_EQ(catalog->tag_values(*database, scope.sandbox, "colour").error().kind, ErrorKind::not_found);
}

TEST_F(Datasets, Preconditions) {
  const std::string id = create(crm_dataset())->id;
  const Catalog::Edit same = [](const Json& object) -> Result<Json> { return object; };
  struct Case { const char* name; Precondition given; bool passes; };
  const Case kCases[] = {{"quoted", {.if_match = "\"1.0.0\""}, true}, {"bare", {.if_match = "1.0.1"}, true}, {"stale", {.if_match = "1.0.1"}, false},
                         {"any", {.if_match = "*"}, true}, {"new", {.must_be_new = true}, false}};
  for (const Case& c : kCases) {
    const auto changed = change(id, same, c.given);
    ASSERT_EQ(changed.has_value(), c.passes) << c.name;
    if (!c.passes) {
      EXPECT_EQ(changed.error().code, "CATALOG-412") << c.name;
    }
  }
}

TEST_F(Datasets, TheSchemaIsFixedByTheFirstSuccess) {  // 3.3
  const auto made = create(crm_dataset());
  const Catalog::Edit other = [](const Json& object) -> Result<Json> { return merge_patched(object, {{"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/event"}}}}); };
  EXPECT_EQ(change(made->id, other)->schema_id(), "https://ns.adobe.com/foz/schemas/event");
  const std::string batch = open({.dataset = made->id})->id;
  ASSERT_TRUE(commit(batch, one_file(*made, batch, 3)));
  const Catalog::Edit back = [](const Json& object) -> Result<Json> { return merge_patched(object, {{"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/crm"}}}}); };
  ASSERT_FALSE(change(made->id, back));
  ASSERT_TRUE(revert(batch));
  EXPECT_TRUE(change(made->id, back));
}

TEST_F(Datasets, DeletingTakesFilesAndBatches) {  // 3.4
  const auto made = create(crm_dataset());
  const std::string done = open({.dataset = made->id})->id;
  ASSERT_TRUE(commit(done, one_file(*made, done, 3)));
  const std::string running = open(run_batch(DatasetId(made->id), FlowId("f"), RunId("r")))->id;
  const auto remove = [&] { return write([&](store::Transaction& tx) { return catalog->delete_dataset(tx, scope, made->id); }); };
  EXPECT_TRUE(*remove());
  EXPECT_FALSE(*remove());
  EXPECT_EQ(look_up(made->id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(catalog->batch(*database, scope.sandbox, done)->status, BatchStatus::deleted);
  EXPECT_TRUE(catalog->files_of(*database, scope.sandbox, made->id)->empty());
  EXPECT_EQ(commit(running, one_file(*made, running, 1)).error().kind, ErrorKind::not_found);
  EXPECT_EQ(listed(catalog->list_datasets(*database, scope.sandbox, {}, outside)), Json::object());
}

TEST_F(Datasets, AreInvisibleFromOtherSandboxes) {
  const std::string id = create(crm_dataset())->id;
  EXPECT_EQ(catalog->dataset(*database, "sandbox-2", id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(listed(catalog->list_datasets(*database, "sandbox-2", {}, outside)), Json::object());
}

}  // namespace
}  // namespace foz::catalog
