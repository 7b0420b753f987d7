// Sandboxes over the API. Follows: Sandbox and authentication contract, 5.
#include "api/sandbox_contents.h"

#include <gmock/gmock.h>

#include "api/testing.h"
#include "catalog/janitor.h"
#include "store/tables.h"

namespace foz::api {
namespace {

using catalog::crm_dataset;
using http::Verb;
using testing::HasSubstr;
using testing::IsSupersetOf;

const std::string kBase = "/data/foundation/sandbox-management";
const std::string kCatalog = "/data/foundation/catalog";

class SandboxManagement : public ApiFixture {
 protected:
  SandboxManagement() : ApiFixture({sandbox_routes(), catalog_routes()}) {}

  std::string at(std::string_view path) { return kBase + std::string(path); }
  Answer made(const std::string& name, const std::string& type = "development") { return post(at("/sandboxes"), {{"name", name}, {"title", "Title of " + name}, {"type", type}}); }
  Json object(const std::string& name) { return get(at("/sandboxes/" + name)).body; }
  std::vector<std::string> names(const std::string& path) {
    const Answer answer = get(at(path));
    EXPECT_EQ(answer.status, 200) << path << answer;
    std::vector<std::string> found;
    for (const Json& one : answer.body["sandboxes"]) found.push_back(one["name"]);
    return found;
  }
  /// A data set with a batch of rows in the sandbox, and the folder that these lie in.
  std::filesystem::path fill(const std::string& name) {
    scope.sandbox = value_of(sandboxes->named(name)).id;
    const std::string dataset = create(crm_dataset())->id;
    const std::string batch = open({.dataset = dataset})->id;
    EXPECT_TRUE(commit(batch, one_file(*look_up(dataset), batch, 3)));
    const std::filesystem::path folder_of_batch = catalog->batch_folder(scope.sandbox, dataset, batch);
    std::filesystem::create_directories(folder_of_batch);
    std::ofstream(folder_of_batch / "part-00000.parquet") << "rows";
    return folder_of_batch;
  }
  void sweep() {
    lake::LocalFileIo files;
    const auto swept = catalog::Janitor(*database, *catalog, files, clock).sweep();
    EXPECT_TRUE(swept) << (swept ? "" : to_string(swept.error()));
  }
  int64_t rows_of(const std::string& sandbox) {
    int64_t count = 0;
    for (const std::string& table : value_of(store::tables_with_column(*database, "sandbox"))) {
      if (table == "purges" || table == "registry_generations") continue;
      count += value_of(database->first("SELECT count(*) FROM " + table + " WHERE sandbox = ?", {sandbox}))->integer(0);
    }
    return count;
  }
};

TEST_F(SandboxManagement, ObjectsHaveBothSpellings) {  // 5.1
  const Json shown = object("prod");
  EXPECT_EQ(shown["id"], prod.id);
  EXPECT_EQ(shown["title"], "Prod");
  EXPECT_EQ(shown["type"], "production");
  EXPECT_EQ(shown["state"], "active");
  EXPECT_EQ(shown["isDefault"], true);
  EXPECT_EQ(shown["region"], "LOCAL");
  EXPECT_EQ(shown["eTag"], 1);
  EXPECT_EQ(shown["etag"], 1);
  EXPECT_EQ(shown["createdDate"], "2020-11-10 17:36:30");
  EXPECT_EQ(get(at("/sandboxTypes")).body, (Json{{"sandboxTypes", {"production", "development"}}}));
}

TEST_F(SandboxManagement, Create) {  // 5.2
  const Answer answer = made("dev-1");
  EXPECT_EQ(answer.status, 202) << answer;
  EXPECT_EQ(answer.body, (Json{{"id", answer.body["id"]}, {"name", "dev-1"}, {"title", "Title of dev-1"}, {"state", "creating"}, {"type", "development"}, {"region", "LOCAL"}}));
  EXPECT_EQ(object("dev-1")["state"], "active");
  EXPECT_EQ(object("dev-1")["createdBy"], client.client.user_id);
  EXPECT_EQ(get(kCatalog + "/dataSets", {{"x-sandbox-name", "dev-1"}}).body, Json::object());
}

TEST_F(SandboxManagement, CreateRefuses) {  // 5.2, 5.8
  ASSERT_EQ(made("dev").status, 202);
  struct Case { const char* name; Json body; int status; std::string_view code; };
  const Case kCases[] = {
      {"duplicate", {{"name", "dev"}, {"title", "t"}, {"type", "development"}}, 409, "SMS-2002-409"},
      {"upper case", {{"name", "Dev2"}, {"title", "t"}, {"type", "development"}}, 400, "SMS-2000-400"},
      {"begins with a digit", {{"name", "2dev"}, {"title", "t"}, {"type", "development"}}, 400, "SMS-2000-400"},
      {"too long", {{"name", std::string(65, 'a')}, {"title", "t"}, {"type", "development"}}, 400, "SMS-2000-400"},
      {"no title", {{"name", "dev2"}, {"type", "development"}}, 400, "SMS-2000-400"},
      {"no type", {{"name", "dev2"}, {"title", "t"}}, 400, "SMS-2000-400"},
      {"other type", {{"name", "dev2"}, {"title", "t"}, {"type", "staging"}}, 400, "SMS-2000-400"},
      {"no object", Json::array(), 400, "SMS-2000-400"},
  };
  for (const Case& c : kCases) {
    const Answer answer = post(at("/sandboxes"), c.body);
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    EXPECT_EQ(text_of(answer.body, "type"), "http://ns.adobe.com/aep/errors/" + std::string(c.code)) << c.name;
    EXPECT_FALSE(text_of(answer.body, "detail").empty()) << c.name;
  }
}

TEST_F(SandboxManagement, ThereIsALimit) {  // 5.2
  for (int i = 1; i < 75; ++i) ASSERT_EQ(made("dev-" + std::to_string(i)).status, 202) << i;
  EXPECT_EQ(made("one-more").status, 400);
  EXPECT_EQ(del(at("/sandboxes/dev-1")).status, 202);
  EXPECT_EQ(made("one-more").status, 202);
}

TEST_F(SandboxManagement, ListsPageFilterAndSort) {  // 5.1
  for (const char* name : {"b", "a", "c"}) {
    clock.advance(std::chrono::seconds(1));
    made(name, std::string(name) == "c" ? "production" : "development");
  }
  using Names = std::vector<std::string>;
  struct Case { std::string_view query; Names wanted; };
  const Case kCases[] = {{"", {"prod", "b", "a", "c"}},
                         {"?limit=2&offset=1", {"b", "a"}},
                         {"?limit=&offset=", {"prod", "b", "a", "c"}},
                         {"?orderBy=name", {"a", "b", "c", "prod"}},
                         {"?orderBy=-createdDate", {"c", "a", "b", "prod"}},
                         {"?orderBy=type,-name", {"b", "a", "prod", "c"}},
                         {"?property=type==development", {"b", "a"}},
                         {"?property=type==production&property=name!=prod", {"c"}},
                         {"?property=title~of%20", {"b", "a", "c"}}};
  for (const Case& c : kCases) EXPECT_EQ(names("/sandboxes" + std::string(c.query)), c.wanted) << c.query;
  const Json page = get(at("/sandboxes?limit=2&offset=0")).body;
  EXPECT_EQ(page["_page"], (Json{{"limit", 2}, {"count", 2}}));
  EXPECT_EQ(page["_links"]["next"]["href"], "http://foz.test" + kBase + "/sandboxes?limit=2&offset=2");
  EXPECT_EQ(page["_links"]["page"], (Json{{"href", "http://foz.test" + kBase + "/sandboxes?limit={limit}&offset={offset}"}, {"templated", true}}));
  EXPECT_FALSE(get(at("/sandboxes?limit=4&offset=0")).body["_links"].contains("next"));
  for (const char* bad : {"limit=2", "offset=1", "limit=0&offset=0", "limit=x&offset=0", "limit=1&offset=-1", "property=type"}) EXPECT_EQ(get(at("/sandboxes?") + bad).status, 400) << bad;
}

TEST_F(SandboxManagement, UsableOnesAreTheCallersOwn) {  // 5
  for (const char* name : {"dev", "other", "gone"}) {
    clock.advance(std::chrono::seconds(1));
    made(name);
  }
  del(at("/sandboxes/gone"));
  EXPECT_EQ(names("/"), (std::vector<std::string>{"prod", "dev", "other"}));
  EXPECT_EQ(names(""), (std::vector<std::string>{"prod", "dev", "other"}));
  EXPECT_EQ(names("/sandboxes"), (std::vector<std::string>{"prod", "dev", "other", "gone"}));
  become(add_client("viewer", {"dev"}));
  EXPECT_EQ(names("/"), std::vector<std::string>{"dev"});
}

TEST_F(SandboxManagement, UpdateChangesTheTitleOnly) {  // 5.3
  made("dev");
  const Answer answer = patch(at("/sandboxes/dev"), {{"title", "New"}});
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.body["title"], "New");
  EXPECT_EQ(answer.body["state"], "active");
  EXPECT_EQ(object("dev")["eTag"], 2);
  EXPECT_EQ(object("dev")["modifiedBy"], client.client.user_id);
  for (const Json& body : {Json{{"type", "production"}}, Json{{"title", "x"}, {"name", "y"}}, Json{{"title", ""}}, Json::object(), Json::array()}) {
    EXPECT_EQ(patch(at("/sandboxes/dev"), body).status, 400) << body;
  }
  EXPECT_EQ(patch(at("/sandboxes/none"), {{"title", "x"}}).status, 404);
}

TEST_F(SandboxManagement, ResetEmptiesButKeepsTheSandbox) {  // 5.4
  made("dev");
  made("other");
  const auto rows = fill("dev"), others = fill("other");
  const Json before = object("dev");
  const Answer answer = put(at("/sandboxes/dev"), {{"action", "reset"}});
  EXPECT_EQ(answer.status, 202) << answer;
  EXPECT_EQ(answer.body, (Json{{"id", before["id"]}, {"name", "dev"}, {"title", before["title"]}, {"state", "resetting"}, {"type", "development"}, {"region", "LOCAL"}}));
  EXPECT_EQ(object("dev")["state"], "active");
  EXPECT_EQ(object("dev")["id"], before["id"]);
  EXPECT_EQ(rows_of(before["id"]), 0);
  EXPECT_GT(rows_of(object("other")["id"]), 0);
  EXPECT_EQ(get(kCatalog + "/dataSets", {{"x-sandbox-name", "dev"}}).body, Json::object());
  EXPECT_EQ(get(kCatalog + "/dataSets", {{"x-sandbox-name", "other"}}).body.size(), 1U);
  // Readers under way get their time; what is written since then stays.
  EXPECT_TRUE(std::filesystem::exists(rows));
  const auto newer = fill("dev");
  clock.advance(std::chrono::hours(1));
  sweep();
  EXPECT_FALSE(std::filesystem::exists(rows));
  EXPECT_TRUE(std::filesystem::exists(newer));
  EXPECT_TRUE(std::filesystem::exists(others));
}

TEST_F(SandboxManagement, ResetRefuses) {  // 5.4, 5.8
  made("dev");
  made("gone");
  del(at("/sandboxes/gone"));
  struct Case { const char* name; std::string path; Json body; int status; std::string_view code; };
  const Case kCases[] = {{"default", "/sandboxes/prod", {{"action", "reset"}}, 400, "SMS-2074-400"},
                         {"other action", "/sandboxes/dev", {{"action", "delete"}}, 400, "SMS-2000-400"},
                         {"no action", "/sandboxes/dev", Json::object(), 400, "SMS-2000-400"},
                         {"unknown", "/sandboxes/none", {{"action", "reset"}}, 404, "SMS-2001-404"},
                         {"deleted", "/sandboxes/gone", {{"action", "reset"}}, 404, "SMS-2001-404"}};
  for (const Case& c : kCases) {
    const Answer answer = put(at(c.path), c.body);
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    EXPECT_THAT(text_of(answer.body, "type"), HasSubstr(std::string(c.code))) << c.name;
  }
  services->settings.allow_prod_reset = true;
  EXPECT_EQ(put(at("/sandboxes/prod"), {{"action", "reset"}}).status, 202);
  ASSERT_TRUE(sandboxes->move("dev", {.to = "deleting"}));
  EXPECT_EQ(put(at("/sandboxes/dev"), {{"action", "reset"}}).status, 409);
}

TEST_F(SandboxManagement, ValidationOnlyTellsWhatWouldGo) {  // 5.4, 5.5
  made("dev");
  EXPECT_THAT(text_of(put(at("/sandboxes/dev?validationOnly=true"), {{"action", "reset"}}).body, "message"), HasSubstr("holds nothing."));
  fill("dev");
  for (const Answer& answer : {put(at("/sandboxes/dev?validationOnly=true"), {{"action", "reset"}}), del(at("/sandboxes/dev?validationOnly=true"))}) {
    EXPECT_EQ(answer.status, 200) << answer;
    EXPECT_THAT(text_of(answer.body, "message"), HasSubstr("1 data set and 1 batch; all of it would be removed."));
  }
  EXPECT_EQ(object("dev")["state"], "active");
  EXPECT_GT(rows_of(object("dev")["id"]), 0);
  EXPECT_EQ(del(at("/sandboxes/dev?ignoreWarnings=true")).status, 202);
}

TEST_F(SandboxManagement, DeleteKeepsANameAndNothingElse) {  // 5.2, 5.5
  made("dev");
  const auto rows = fill("dev");
  const std::string id = object("dev")["id"];
  const Answer answer = del(at("/sandboxes/dev"));
  EXPECT_EQ(answer.status, 202) << answer;
  EXPECT_EQ(answer.body["state"], "deleted");
  EXPECT_EQ(object("dev")["state"], "deleted");
  EXPECT_EQ(rows_of(id), 0);
  EXPECT_EQ(get(kCatalog + "/dataSets", {{"x-sandbox-name", "dev"}}).status, 404);
  EXPECT_EQ(del(at("/sandboxes/dev")).status, 404);
  EXPECT_EQ(patch(at("/sandboxes/dev"), {{"title", "x"}}).status, 404);
  EXPECT_EQ(made("dev").status, 409);  // until its files are gone
  clock.advance(std::chrono::hours(1));
  sweep();
  EXPECT_FALSE(std::filesystem::exists(rows));
  EXPECT_EQ(made("dev").status, 202);
  EXPECT_NE(object("dev")["id"], id);
  EXPECT_EQ(text_of(del(at("/sandboxes/prod")).body, "type"), "http://ns.adobe.com/aep/errors/SMS-2073-400");
  EXPECT_EQ(del(at("/sandboxes/none")).status, 404);
}

TEST_F(SandboxManagement, ACrashInTheMiddleIsMadeGood) {
  made("dev");
  made("old");
  fill("dev");
  fill("old");
  ASSERT_TRUE(sandboxes->move("dev", {.to = "resetting"}));
  ASSERT_TRUE(sandboxes->move("old", {.to = "deleting"}));
  ASSERT_TRUE(finish_emptying(*services));
  EXPECT_EQ(object("dev")["state"], "active");
  EXPECT_EQ(object("old")["state"], "deleted");
  for (const char* name : {"dev", "old"}) EXPECT_EQ(rows_of(object(name)["id"]), 0) << name;
  ASSERT_TRUE(finish_emptying(*services));
}

TEST_F(SandboxManagement, EveryTableOfASandboxIsEmptied) {
  EXPECT_THAT(value_of(store::tables_with_column(*database, "sandbox")),
              IsSupersetOf({"batches", "catalog_tags", "connections", "dataset_files", "dataset_labels", "datasets", "flows", "registry_resources", "runs", "secrets"}));
}

TEST_F(SandboxManagement, Rights) {  // 4, 5
  made("dev");
  become(add_client("editor", {"*"}));
  EXPECT_EQ(get(at("/sandboxes")).status, 200);
  EXPECT_EQ(get(at("/sandboxes"), {{"x-sandbox-name", "nowhere"}}).status, 200);  // any name is accepted here (2.4)
  const Answer refused = made("dev2");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_of(refused.body, "type"), "http://ns.adobe.com/aep/errors/SMS-2003-403");
  EXPECT_EQ(put(at("/sandboxes/dev"), {{"action", "reset"}}).status, 403);
  EXPECT_EQ(patch(at("/sandboxes/dev"), {{"title", "x"}}).status, 403);
  EXPECT_EQ(del(at("/sandboxes/dev")).status, 403);
}

}  // namespace
}  // namespace foz::api
