// A look into the landing zone. Follows: Flow Service contract, 7.4.
#include "flow/landing_zone.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/testing.h"
#include "flow/testing.h"

namespace foz::flow {
namespace {

class LandingZoneTest : public ::testing::Test {
 protected:
  LandingZoneTest() {
    write("prod/exports/may.csv", "Id;Name;Visits;Seen\n1;Ana;4;2024-09-21T22:15:04Z\n2;Rui;;2024-09-22T00:00:00Z\n");
    write("prod/people.jsonl", "{\"id\":1,\"address\":{\"city\":\"Porto\"}}\n{\"id\":2}\n");
    write("dev/secret.csv", "a,b\n1,2\n");
  }
  void write(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / "zone" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  Json explore(const std::string& query) {
    const auto request = read_explore(http::Query::parse(query));
    if (!request) return {{"error", request.error().code}};
    auto answer = explore_landing_zone(folder_.path() / "zone", "prod", *request);
    return answer ? *answer : Json{{"error", answer.error().code}, {"message", answer.error().message}};
  }
  static std::vector<std::string> columns(const Json& answer) {
    std::vector<std::string> list;
    const Json* all = member_at(answer, {"schema", "columns"});
    if (all == nullptr) return {to_text(answer)};
    for (const Json& column : *all) list.push_back(text_of(column, "name") + " " + text_of(column["meta"], "originalType"));
    return list;
  }
  TemporaryFolder folder_;
};

TEST_F(LandingZoneTest, ListsFolders) {
  EXPECT_EQ(explore("objectType=root"), Json::array({{{"type", "folder"}, {"name", "exports"}, {"path", "/exports/"}, {"canPreview", false}, {"canFetchSchema", false}},
                                                     {{"type", "file"}, {"name", "people.jsonl"}, {"path", "/people.jsonl"}, {"canPreview", true}, {"canFetchSchema", true}}}));
  EXPECT_EQ(explore("objectType=FOLDER&object=exports")[0]["path"], "/exports/may.csv");
  EXPECT_EQ(explore("objectType=folder&object=/exports/").size(), 1u);
  EXPECT_EQ(explore("objectType=folder&object=/nothing")["error"], "CONNECTOR-1330-400");
  EXPECT_EQ(explore("objectType=table&object=x")["error"], "CONNECTOR-1358-400");
  EXPECT_EQ(explore_landing_zone(folder_.path() / "zone", "new", {}).value(), Json::array()) << "a sandbox that nobody put a file into";
  EXPECT_EQ(explore_landing_zone({}, "prod", {}).error().code, "FLOW-1101-404");
}

TEST_F(LandingZoneTest, StaysInTheSandboxesFolder) {
  std::filesystem::create_symlink(folder_.path() / "zone/dev", folder_.path() / "zone/prod/link");
  for (const char* path : {"../dev/secret.csv", "/../dev/secret.csv", "exports/../../dev/secret.csv", "/etc/passwd", "link/secret.csv", "//etc/passwd"}) {
    EXPECT_EQ(explore(std::string("objectType=file&fileType=delimited&object=") + path)["error"], "CONNECTOR-1330-400") << path;
  }
  EXPECT_EQ(explore("objectType=root").size(), 2u) << "links are not listed";
}

TEST_F(LandingZoneTest, DescribesFiles) {
  const Json answer = explore("objectType=file&object=/exports/may.csv&preview=true&determineProperties=True");
  EXPECT_EQ(columns(answer), (std::vector<std::string>{"Id Int64", "Name String", "Visits Int64", "Seen DateTime"})) << answer;
  EXPECT_EQ(answer["format"], "flat");
  EXPECT_EQ(answer["properties"], (Json{{"fileType", "delimited"}, {"columnDelimiter", ";"}}));
  ASSERT_EQ(answer["data"].size(), 2u);
  EXPECT_EQ(answer["data"][0], (Json{{"Id", 1}, {"Name", "Ana"}, {"Visits", 4}, {"Seen", "2024-09-21T22:15:04.000Z"}}));
  EXPECT_TRUE(answer["data"][1]["Visits"].is_null());
  EXPECT_EQ(columns(explore("objectType=file&object=people.jsonl&FILE_TYPE=json")), (std::vector<std::string>{"id Int64", "address String"}));
  EXPECT_EQ(columns(explore("objectType=file&object=/exports/may.csv&columnDelimiter=,")), (std::vector<std::string>{"Id;Name;Visits;Seen String"}));
}

TEST_F(LandingZoneTest, RefusesWhatItCannotRead) {
  write("prod/what.bin", "xyz");
  EXPECT_EQ(explore("objectType=file&object=what.bin")["error"], "CONNECTOR-1376-400");
  EXPECT_EQ(explore("objectType=file&object=what.bin&fileType=parquet")["error"], "CONNECTOR-1376-400");
  EXPECT_EQ(explore("objectType=file&object=what.bin&fileType=xml")["error"], "CONNECTOR-1312-400");
  EXPECT_EQ(explore("objectType=file&object=what.bin&fileType=json&compressionType=bzip2")["error"], "CONNECTOR-1371-400");
  EXPECT_EQ(explore("objectType=file&object=exports/may.csv&encoding=EBCDIC")["error"], "CONNECTOR-1312-400");
  EXPECT_EQ(explore("objectType=file&object=exports/may.csv&determineProperties=true&fileType=json")["error"], "CONNECTOR-1374-400");
  EXPECT_EQ(explore("objectType=file&object=exports")["error"], "CONNECTOR-1330-400") << "a folder is no file";
}

}  // namespace
}  // namespace foz::flow
