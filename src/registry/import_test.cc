// Taking in a component library: small ones made here, and the public one where it is at hand (FOZ_SHARED).
#include "registry/import.h"

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>

#include "base/text.h"
#include "registry/compose.h"
#include "registry/instance_check.h"
#include "registry/names.h"
#include "registry/sample.h"
#include "registry/testing.h"

namespace foz::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImportTest : public RegistryFixture {
 protected:
  void write(const std::string& path, const std::string& text) {
    const auto file = folder / "library" / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  Result<ImportReport> import_own() { return import_library(*database, {.folder = folder / "library", .data_dir = folder / "data"}); }
  static std::string error_of(const Result<ImportReport>& report) { return report ? "none" : to_string(report.error()); }
};

const std::string kRecordFile = R"({"$id": "https://ns.adobe.com/xdm/data/record", "title": "Record", "type": "object",
  "meta:license": ["Copyright", "CC BY 4.0"], "definitions": {"record": {"properties": {"@id": {"type": "string", "format": "uri-reference"}}}},
  "allOf": [{"$ref": "#/definitions/record"}]})";

TEST_F(ImportTest, Section7_1KindsComeFromFoldersAndContent) {
  write("package.json", R"({"version": "2.1.0"})");
  write("LICENSE", "the licence");
  write("components/behaviors/record.schema.json", kRecordFile);
  write("components/classes/thing.schema.json", R"({"$id": "https://ns.adobe.com/xdm/classes/thing", "title": "Thing", "type": "object",
    "meta:titleId": "t##1", "allOf": [{"$ref": "https://ns.adobe.com/xdm/data/record"}, {"properties": {"xdm:size": {"type": "integer", "meta:titleId": "t##2"}}}]})");
  write("components/mixins/old.schema.json", R"({"$id": "https://ns.adobe.com/xdm/mixins/old", "title": "Old", "type": "object", "meta:intendedToExtend": []})");
  write("components/common/part.schema.json", R"({"$id": "https://ns.adobe.com/xdm/common/part", "title": "Part", "type": "object", "Title": "slip"})");
  write("components/common/part.example.1.json", "{}");
  write("extensions/acme/group.schema.json", R"({"$id": "https://ns.adobe.com/experience/group", "title": "G", "type": "object", "meta:intendedToExtend": ["x"]})");
  write("extensions/acme/class.schema.json", R"({"$id": "https://ns.adobe.com/experience/class", "title": "C", "type": "object", "meta:extends": ["https://ns.adobe.com/xdm/data/record"]})");
  write("extensions/acme/type.schema.json", R"({"$id": "https://ns.adobe.com/experience/type", "title": "T", "type": "object"})");
  write("schemas/x.schema.json", R"({"$id": "https://ns.adobe.com/xdm/schemas/x", "title": "X", "type": "object", "allOf": [{"$ref": "https://ns.adobe.com/xdm/classes/thing"}]})");
  write("schemas/descriptors/d.schema.json", R"({"$id": "https://ns.adobe.com/xdm/descriptors/d", "title": "D", "type": "object"})");
  const auto report = import_own();
  ASSERT_TRUE(report) << error_of(report);
  EXPECT_EQ(report->version, "2.1.0");
  EXPECT_EQ(report->resources, 9u);
  EXPECT_TRUE(report->changed);
  EXPECT_TRUE(std::filesystem::exists(folder / "data" / "xdm-library-license.txt"));
  const auto library = *registry->library();
  const std::map<std::string, ResourceKind> kKinds = {
      {"_xdm.data.record", ResourceKind::behavior}, {"_xdm.classes.thing", ResourceKind::class_}, {"_xdm.mixins.old", ResourceKind::field_group},
      {"_xdm.common.part", ResourceKind::data_type}, {"_experience.group", ResourceKind::field_group}, {"_experience.class", ResourceKind::class_},
      {"_experience.type", ResourceKind::data_type}, {"_xdm.schemas.x", ResourceKind::schema}, {"_xdm.descriptors.d", ResourceKind::descriptor}};
  for (const auto& [id, kind] : kKinds) {
    ASSERT_NE(library->find(id), nullptr) << id;
    EXPECT_EQ(library->find(id)->kind, kind) << id;
    EXPECT_EQ(library->find(id)->version, "2.1.0") << id;
  }
  const Json thing = get(ResourceKind::class_, "_xdm.classes.thing");
  EXPECT_FALSE(thing.contains("meta:titleId"));
  EXPECT_THAT(to_text(thing), ::testing::Not(HasSubstr("meta:titleId")));
  EXPECT_THAT(texts_of(thing, "meta:extends"), ElementsAre("https://ns.adobe.com/xdm/data/record"));
  EXPECT_EQ(text_of(get(ResourceKind::behavior, "_xdm.data.record"), "title"), "Record");
  const auto license = database->first("SELECT license FROM registry_library WHERE id = 'https://ns.adobe.com/xdm/data/record'");
  EXPECT_EQ((*license)->text(0), "Copyright\nCC BY 4.0");
  const auto again = import_own();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
}

TEST_F(ImportTest, Section7TheFolderOfComponentsInEverySpelling) {
  write("package.json", R"({"version": "2.1.0"})");
  write("LICENSE", "the licence");
  write("components/behaviors/record.schema.json", kRecordFile);
  for (const char* spelling : {"library", "library/", "library/components", "library/components/", "library/components/."}) {
    const auto data = folder / ("data of " + replace_all(spelling, "/", "-"));
    const auto report = import_library(*database, {.folder = folder / spelling, .data_dir = data});
    ASSERT_TRUE(report) << error_of(report);
    EXPECT_EQ(report->version, "2.1.0") << spelling;
    EXPECT_TRUE(std::filesystem::exists(data / "xdm-library-license.txt")) << spelling;
  }
}

struct BadLibrary {
  std::string name, file, text, says;
};

TEST_F(ImportTest, Section7BadLibrariesChangeNothing) {
  const BadLibrary kCases[] = {
      {"an id twice", "components/common/again.schema.json", R"({"$id": "https://ns.adobe.com/xdm/data/record"})", "record.schema.json"},
      {"no JSON", "components/common/bad.schema.json", "{", "bad.schema.json"},
      {"no object", "components/common/bad.schema.json", "[]", "no JSON object"},
      {"no id", "components/common/bad.schema.json", "{}", "no $id"},
      {"two names on one path", "components/common/bad.schema.json", R"({"$id": "https://ns.adobe.com/x", "properties": {"xdm:a": {}, "a": {}}})", "path a"},
  };
  EXPECT_THAT(error_of(import_own()), HasSubstr("not_found"));
  for (const BadLibrary& c : kCases) {
    std::filesystem::remove_all(folder / "library");
    write("components/behaviors/record.schema.json", kRecordFile);
    write(c.file, c.text);
    EXPECT_THAT(error_of(import_own()), HasSubstr(c.says)) << c.name;
    EXPECT_EQ((*registry->library())->version(), "1.9.5") << c.name;
  }
}

TEST_F(ImportTest, Section7_2SlipsAreWarnings) {
  write("components/behaviors/record.schema.json", kRecordFile);
  write("components/common/slip.schema.json", R"({"$id": "https://ns.adobe.com/x", "title": "a", "title": "b", "allOf": [{"$ref": "https://ns.adobe.com/nothing"}]})");
  const auto report = import_own();
  ASSERT_TRUE(report) << error_of(report);
  ASSERT_EQ(report->warnings.size(), 2u);
  EXPECT_THAT(report->warnings[0], HasSubstr("stands twice"));
  EXPECT_THAT(report->warnings[1], HasSubstr("https://ns.adobe.com/nothing"));
  EXPECT_EQ(text_of(get(ResourceKind::data_type, "_x"), "title"), "b");
  EXPECT_EQ(code_of(full(ResourceKind::data_type, "_x")), "");  // a dangling reference adds nothing
}

TEST_F(ImportTest, Section7_5ALibraryThatTakesFieldsAwayIsRefused) {
  ASSERT_EQ(code_of(create(ResourceKind::schema, schema_of("S", {kProfile, kPersonDetails}))), "");
  write("components/fieldgroups/person.schema.json", R"({"$id": "https://ns.adobe.com/xdm/context/profile-person-details", "title": "Less", "type": "object", "meta:intendedToExtend": []})");
  const auto report = import_own();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::conflict);
  EXPECT_THAT(report.error().message, HasSubstr("/person"));
  EXPECT_EQ(text_of(get(ResourceKind::field_group, kPersonDetails), "title"), "Demographic Details");
}

// --- The public library --------------------------------------------------------------------------------------------

class PublicLibrary : public RegistryFixture {
 protected:
  void SetUp() override {
    if (public_library().empty()) GTEST_SKIP() << "the public component library is not at hand: set FOZ_SHARED";
  }
  /// Resolves everything; the number of resources.
  size_t resolve_all(const std::set<std::string>& imported_only) {
    const auto library = *registry->library();
    size_t count = 0;
    const PartOf parts = [&](const std::string& id) { return library->part_of(id); };
    for (const ResourceKind kind : {ResourceKind::behavior, ResourceKind::class_, ResourceKind::field_group, ResourceKind::data_type, ResourceKind::schema, ResourceKind::descriptor}) {
      for (const Library::Entry* entry : library->all(kind)) {
        if (!imported_only.contains(entry->id)) continue;
        ++count;
        const auto made = compose(*library->part(*entry), parts, {.leaves_max = 100'000});
        EXPECT_TRUE(made) << entry->id;
        if (!made) continue;
        EXPECT_TRUE(made->missing.empty()) << entry->id << " refers to " << made->missing.front();
        EXPECT_FALSE(made->doc.contains("allOf")) << entry->id;
      }
    }
    return count;
  }
  std::set<std::string> imported_ids() {
    std::set<std::string> ids;
    EXPECT_TRUE(database->each("SELECT id FROM registry_library", {}, [&](const store::Row& row) { return ids.insert(row.text(0)).second; }));
    return ids;
  }
};

TEST_F(PublicLibrary, Section1Has819ResourcesThatAllResolve) {
  const auto begin = std::chrono::steady_clock::now();
  const auto report = import_library(*database, {.folder = public_library(), .data_dir = folder});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->resources, 819u);
  for (const std::string& warning : report->warnings) EXPECT_THAT(warning, HasSubstr("stands twice"));
  EXPECT_EQ(resolve_all(imported_ids()), 819u);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_LT(seconds, 5.0);
  RecordProperty("seconds", std::to_string(seconds));
  EXPECT_TRUE(std::filesystem::exists(folder / "xdm-library-license.txt"));
}

TEST_F(PublicLibrary, Section1ComponentsAloneHave438ResourcesThatAllResolve) {
  const auto report = import_library(*database, {.folder = public_library() / "components"});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->resources, 438u);
  EXPECT_EQ(resolve_all(imported_ids()), 438u);
  const auto library = *registry->library();
  EXPECT_EQ(library->all(ResourceKind::behavior).size(), 4u);  // with the built-in adhoc-v2
  EXPECT_EQ(library->all(ResourceKind::class_).size(), 43u);
  EXPECT_EQ(library->all(ResourceKind::field_group).size(), 225u);
}

TEST_F(PublicLibrary, Section1BuiltInResourcesAreLikeThePublicOnes) {
  const Json before = create(ResourceKind::schema, schema_of("Target", {kProfile, kPersonDetails, kPersonalDetails}));
  const auto built_in = registry->schema(scope.sandbox, id_of(before));
  ASSERT_TRUE(built_in);
  ASSERT_TRUE(import_library(*database, {.folder = public_library()}));
  const auto imported = registry->schema(scope.sandbox, id_of(before));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(leaf_paths((*imported)->root), leaf_paths((*built_in)->root));
  for (const std::string& path : leaf_paths((*built_in)->root)) {
    const Node *was = (*built_in)->root.at(path), *is = (*imported)->root.at(path);
    EXPECT_EQ(was->kind, is->kind) << path;
    EXPECT_EQ(was->id, is->id) << path;
    ASSERT_EQ(was->rules == nullptr, is->rules == nullptr) << path;
    if (was->rules == nullptr) continue;
    EXPECT_EQ(was->rules->format, is->rules->format) << path;
    EXPECT_EQ(was->rules->allowed, is->rules->allowed) << path;
    EXPECT_EQ(was->rules->minimum, is->rules->minimum) << path;
    EXPECT_EQ(was->rules->maximum, is->rules->maximum) << path;
    EXPECT_EQ(was->rules->length_max, is->rules->length_max) << path;
    EXPECT_EQ(was->rules->pattern_text, is->rules->pattern_text) << path;
  }
  const Json after = create(ResourceKind::schema, schema_of("Target 2", {kProfile, kPersonDetails, kPersonalDetails}));
  EXPECT_EQ(texts_of(after, "refs"), texts_of(before, "refs"));
  EXPECT_EQ(texts_of(after, "meta:extends"), texts_of(before, "meta:extends"));
}

/// Files of the library that end in `ending`, with the resource they are instances of.
std::vector<std::pair<std::filesystem::path, std::string>> instances(const std::string& kind) {
  std::vector<std::pair<std::filesystem::path, std::string>> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(public_library() / "components")) {
    const std::string path = entry.path().string();
    const size_t at = path.find("." + kind + ".");
    if (at == path.npos || !path.ends_with(".json")) continue;
    std::ifstream stream(path.substr(0, at) + ".schema.json");
    const Json schema = stream ? Json::parse(stream, nullptr, false) : Json();
    if (schema.is_object()) found.emplace_back(entry.path(), text_of(schema, "$id"));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> problems_of(Registry& registry, const std::filesystem::path& file, const std::string& id) {
  std::ifstream stream(file);
  const Json instance = Json::parse(stream, nullptr, false);
  const auto library = *registry.library();
  const PartOf parts = [&](const std::string& other) { return library->part_of(other); };
  const auto made = compose(*parts(id), parts, {.leaves_max = 100'000});
  if (!made) return {made.error().message};
  std::vector<std::string> problems;
  check_instance(node_of(presented(made->doc, {.naming = Naming::xdm, .full = true})), instance, "", problems);
  return problems;
}

TEST_F(PublicLibrary, Section7_1ExamplesAreValidAndInvalidOnesAreNot) {
  // These hold a name in braces where a URI reference is due, and a URI without its scheme.
  const std::set<std::string> kSlips = {"consentpolicy.example.1.json", "paid-media-creative.example.5.json"};
  ASSERT_TRUE(import_library(*database, {.folder = public_library()}));
  const auto valid = instances("example"), invalid = instances("invalid");
  EXPECT_GT(valid.size(), 400u);
  EXPECT_EQ(invalid.size(), 2u);
  for (const auto& [file, id] : valid) {
    const auto problems = problems_of(*registry, file, id);
    EXPECT_EQ(!problems.empty(), kSlips.contains(file.filename().string())) << file << ": " << (problems.empty() ? "is valid" : problems.front());
  }
  for (const auto& [file, id] : invalid) EXPECT_FALSE(problems_of(*registry, file, id).empty()) << file;
}

TEST_F(PublicLibrary, SamplesOfItsClassesAreValid) {
  ASSERT_TRUE(import_library(*database, {.folder = public_library()}));
  const auto library = *registry->library();
  const PartOf parts = [&](const std::string& other) { return library->part_of(other); };
  for (const ResourceKind kind : {ResourceKind::class_, ResourceKind::field_group}) {
    for (const Library::Entry* entry : library->all(kind)) {
      const auto made = compose(*library->part(*entry), parts, {.leaves_max = 100'000});
      ASSERT_TRUE(made) << entry->id;
      std::vector<std::string> problems;
      check_instance(node_of(made->doc), sample_of(made->doc), "", problems);
      EXPECT_TRUE(problems.empty()) << entry->id << " " << problems.front();
    }
  }
}

TEST_F(PublicLibrary, Section4_3BusinessSchemas) {
  ASSERT_TRUE(import_library(*database, {.folder = public_library()}));
  const Json person = create(ResourceKind::schema, schema_of("Business person", {kProfile, "https://ns.adobe.com/xdm/mixins/b2b-person-details", "https://ns.adobe.com/xdm/mixins/b2b-person-components"}));
  ASSERT_EQ(code_of(person), "") << person;
  EXPECT_GT(texts_of(person, "meta:extends").size(), 8u);
  const auto schema = registry->schema(scope.sandbox, id_of(person));
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_NE((*schema)->root.at("b2b.personKey.sourceKey"), nullptr);
  EXPECT_EQ(code_of(create(ResourceKind::schema, schema_of("Account", {"https://ns.adobe.com/xdm/context/account"}))), "");
}

}  // namespace
}  // namespace foz::registry
