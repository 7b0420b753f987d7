#include "server/settings.h"

#include "base/testing.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace foz::server {
namespace {

class SettingsFile : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& yaml) {
    std::ofstream(folder / "foz.yaml") << yaml;
    return folder / "foz.yaml";
  }
  TemporaryFolder folder;
};

TEST_F(SettingsFile, LaterLayersWin) {
  const auto file = write("runs:\n  stallMinutes: 3\n  slices: 8\nsources.allow: [a.example, 'http://127.0.0.1:1']\n");
  const auto settings = Settings::load(file, {{"FOZ_RUNS_STALL_MINUTES", "4"}, {"FOZ_RUNS_CONCURRENT", "9"}}, {"runs.concurrent=10"});
  ASSERT_TRUE(settings) << to_string(settings.error());
  EXPECT_EQ(settings->number("runs.stallMinutes"), 4);
  EXPECT_EQ(settings->integer("runs.slices"), 8);
  EXPECT_EQ(settings->integer("runs.concurrent"), 10);
  EXPECT_EQ(settings->integer("runs.workers"), 2);
  EXPECT_EQ(settings->text("sources.allow"), "a.example,http://127.0.0.1:1");
  std::map<std::string, std::string> origins;
  for (const auto& one : settings->in_force()) origins[std::string(one.spec->name)] = one.origin;
  EXPECT_EQ(origins["runs.stallMinutes"], "FOZ_RUNS_STALL_MINUTES");
  EXPECT_EQ(origins["runs.slices"], "foz.yaml");
  EXPECT_EQ(origins["runs.concurrent"], "command line");
  EXPECT_EQ(origins["runs.workers"], "default");
}

TEST_F(SettingsFile, SaysWhatIsWrongAndWhere) {
  struct Case {
    std::string yaml;
    std::map<std::string, std::string> environment;
    std::vector<std::string> flags;
    std::string wanted;
  };
  const Case cases[] = {
      {"run:\n  slices: 1\n", {}, {}, R"(foz.yaml: there is no setting "run.slices" (did you mean "runs.slices")"},
      {"", {{"FOZ_RUNS_SLICES", "many"}}, {}, R"(FOZ_RUNS_SLICES: runs.slices is a whole number from 1 to 64, not "many")"},
      {"", {}, {"schedule.catchUp=never"}, R"(command line: schedule.catchUp is one of coalesce, replay, skip, not "never")"},
      {"", {}, {"runs.partialAsSuccess=maybe"}, "true or false"},
      {"", {}, {"nothing"}, "--set takes name=value"},
      {"a: [1\n", {}, {}, "foz.yaml"},
  };
  for (const Case& c : cases) {
    const auto settings = Settings::load(write(c.yaml), c.environment, c.flags);
    ASSERT_FALSE(settings) << c.wanted;
    EXPECT_THAT(settings.error().message, testing::HasSubstr(c.wanted));
  }
}

TEST(Settings, AnAbsentFileIsNoError) { EXPECT_TRUE(Settings::load("/nonexistent/foz.yaml", {}, {})); }

TEST(Settings, TheTableIsSound) {
  std::set<std::string> names;
  for (const SettingSpec& spec : setting_specs()) {
    EXPECT_TRUE(names.insert(environment_name(spec.name)).second) << spec.name;
    EXPECT_TRUE(spec.about.ends_with('.')) << spec.name;
  }
  EXPECT_EQ(environment_name("schedule.settleSeconds"), "FOZ_SCHEDULE_SETTLE_SECONDS");
  EXPECT_EQ(environment_name("sources.allow"), "FOZ_SOURCES_ALLOW");
}

/// FOZ_REFRESH=1 writes the page anew; the diff is the review.
TEST(Settings, TheReferencePageIsFresh) {
  const std::filesystem::path file = std::filesystem::path(FOZ_SOURCE_DIR) / "docs/reference/settings.md";
  if (std::getenv("FOZ_REFRESH") != nullptr) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << settings_page();
  }
  std::ifstream stream(file);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  EXPECT_EQ(text, settings_page()) << "run the test with FOZ_REFRESH=1 and look at the diff";
}

}  // namespace
}  // namespace foz::server
