// The tree keeps the shape that CONTRIBUTING.md describes: arrows between rooms point one way, libraries stay at home.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Rooms from left to right; rooms of one rank do not use each other.
const std::vector<std::vector<std::string>> kLayers = {
    {"base"}, {"http", "store", "engine"}, {"lake", "security"}, {"registry"}, {"catalog", "prep"}, {"sources"},
    {"flow"}, {"schedule"},                {"api"},              {"server"},   {"cli"}};

/// Arrows inside a rank that the layer order allows by name.
const std::set<std::pair<std::string, std::string>> kAllowed = {};

/// Where a foreign header may stand: in `.cc` files and private headers of its home.
const std::vector<std::pair<std::string, std::set<std::string>>> kHomes = {
    {"nlohmann/json.hpp", {"base"}},  {"nlohmann/json_fwd.hpp", {"base"}}, {"simdjson", {"base"}},  {"spdlog", {"base"}},
    {"prometheus", {"base"}},         {"date/", {"base"}},                 {"curl/", {"http"}},     {"boost/beast", {"http"}},
    {"boost/asio", {"http"}},         {"sqlite3.h", {"store"}},            {"duckdb.h", {"engine"}}, {"sodium", {"security"}},
    {"openssl", {"security", "http", "prep"}}, {"re2/", {"registry"}},     {"pcre2", {"prep"}},     {"pugixml", {"sources"}},
    {"CLI/", {"cli"}},                {"yaml-cpp", {"server", "prep"}}};

struct Include {
  fs::path file;
  int line;
  std::string name;
  bool quoted;
};

std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension == ".h" || extension == ".cc") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex kInclude("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]");
  std::vector<Include> includes;
  std::ifstream stream(file);
  std::string text;
  for (int line = 1; std::getline(stream, text); ++line) {
    std::smatch match;
    if (std::regex_search(text, match, kInclude)) includes.push_back({file, line, match[2], match[1] == "\""});
  }
  return includes;
}

const fs::path kRoot = FOZ_SOURCE_DIR;

std::string room_of(const fs::path& file) { return fs::relative(file, kRoot / "src").begin()->string(); }

std::map<std::string, size_t> ranks() {
  std::map<std::string, size_t> ranks;
  for (size_t i = 0; i < kLayers.size(); ++i) {
    for (const std::string& room : kLayers[i]) ranks[room] = i;
  }
  return ranks;
}

/// Tests may meet a simulated vendor in memory; what they test may not.
bool is_for_tests(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with("_test.cc") || name.starts_with("test_");
}

std::string place(const Include& include) {
  return fs::relative(include.file, kRoot).string() + ":" + std::to_string(include.line) + " includes " + include.name;
}

TEST(Tidy, ArrowsBetweenRoomsPointLeft) {
  const auto rank = ranks();
  for (const fs::path& file : sources_below(kRoot / "src")) {
    const std::string room = room_of(file);
    ASSERT_TRUE(rank.contains(room)) << "src/" << room << " is no room of the layer order";
    for (const Include& include : includes_of(file)) {
      if (!include.quoted) continue;
      const std::string other = include.name.substr(0, include.name.find('/'));
      if (other == "simulators" && is_for_tests(file)) continue;
      ASSERT_TRUE(rank.contains(other)) << place(include) << ": includes are written \"room/file.h\"";
      EXPECT_TRUE(fs::exists(kRoot / "src" / include.name)) << place(include);
      if (other == room || kAllowed.contains({room, other})) continue;
      EXPECT_LT(rank.at(other), rank.at(room)) << place(include) << ": an arrow against the layer order";
    }
  }
}

TEST(Tidy, SimulatorsUseBaseAndHttpOnly) {
  for (const fs::path& file : sources_below(kRoot / "simulators")) {
    for (const Include& include : includes_of(file)) {
      const std::string other = include.name.substr(0, include.name.find('/'));
      if (!include.quoted || !fs::exists(kRoot / "src" / other)) continue;
      EXPECT_TRUE(other == "base" || other == "http") << place(include) << ": a simulator shares nothing with a connector";
    }
  }
}

TEST(Tidy, LibrariesStayAtHome) {
  for (const fs::path& file : sources_below(kRoot / "src")) {
    if (file.filename().string().ends_with("_test.cc")) continue;
    for (const Include& include : includes_of(file)) {
      for (const auto& [prefix, homes] : kHomes) {
        if (include.quoted || !include.name.starts_with(prefix)) continue;
        EXPECT_TRUE(homes.contains(room_of(file))) << place(include) << ": this library lives in another room";
      }
    }
  }
}

TEST(Tidy, HeadersAreGuardedAndSayWhatTheyAreFor) {
  for (const char* folder : {"src", "simulators"}) {
    for (const fs::path& file : sources_below(kRoot / folder)) {
      if (file.extension() != ".h") continue;
      std::ifstream stream(file);
      std::string first, second;
      std::getline(stream, first);
      std::getline(stream, second);
      EXPECT_EQ(first, "#pragma once") << fs::relative(file, kRoot);
      EXPECT_TRUE(second.starts_with("// ")) << fs::relative(file, kRoot) << ": the second line says what the header is for";
    }
  }
}

TEST(Tidy, NoRegexOfTheStandardLibraryInTheProduct) {
  for (const fs::path& file : sources_below(kRoot / "src")) {
    for (const Include& include : includes_of(file)) EXPECT_NE(include.name, "regex") << place(include) << ": long texts overflow its stack";
  }
}

}  // namespace
