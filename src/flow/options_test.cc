// Options and transformations. Follows: Flow Service contract, 10.1-10.3, C45.
#include "flow/options.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "flow/transformations.h"

namespace foz::flow {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

TEST(Options, ReadsWhatClientsSend) {
  EXPECT_EQ(read_options(nullptr).value(), Options{});
  EXPECT_EQ(read_options(nullptr, 5).value().partial_ingestion_percent, 5);
  const Options options = read_options(json(R"({"partialIngestionPercent":"10","errorDiagnosticsEnabled":"true","settleSeconds":0,
      "overlapSeconds":"60","deletes":true,"calculatedRefresh":{"frequency":"day","interval":"2","columns":["Status"]},"drift":"Quarantine","driftTolerance":0,
      "replaySafeIds":false,"unknown":[1]})")).value();
  EXPECT_EQ(options, (Options{.partial_ingestion_percent = 10, .error_diagnostics = true, .settle = std::chrono::seconds(0),
                              .overlap = std::chrono::seconds(60), .deletes = true, .calculated_refresh = Every{Frequency::day, 2}, .calculated_columns = {"Status"},
                              .drift = Drift::quarantine, .drift_tolerance = 0, .replay_safe_ids = false}));
  EXPECT_EQ(read_options(json(R"({"partialIngestionPercent":null})"), 5).value().partial_ingestion_percent, 5);
}

TEST(Options, RefusesBadValuesByName) {
  for (const auto& [text, where] : std::vector<std::pair<std::string, std::string>>{
           {R"({"partialIngestionPercent":101})", "/options/partialIngestionPercent"}, {R"({"partialIngestionPercent":-1})", "/options/partialIngestionPercent"},
           {R"({"partialIngestionPercent":"some"})", "/options/partialIngestionPercent"}, {R"({"errorDiagnosticsEnabled":"yes!"})", "/options/errorDiagnosticsEnabled"},
           {R"({"settleSeconds":-1})", "/options/settleSeconds"}, {R"({"overlapSeconds":1.5})", "/options/overlapSeconds"},
           {R"({"deletes":2})", "/options/deletes"}, {R"({"calculatedRefresh":{"frequency":"once","interval":1}})", "/options/calculatedRefresh"},
           {R"({"calculatedRefresh":"daily"})", "/options/calculatedRefresh"}, {R"({"calculatedRefresh":{"frequency":"day","interval":1,"columns":"Status"}})", "/options/calculatedRefresh"},
           {R"({"calculatedRefresh":{"frequency":"day","interval":1,"columns":[""]}})", "/options/calculatedRefresh"}, {R"({"drift":"explode"})", "/options/drift"},
           {R"({"driftTolerance":"x"})", "/options/driftTolerance"}, {R"({"replaySafeIds":[]})", "/options/replaySafeIds"}, {"[]", "/options"}}) {
    const auto options = read_options(json(text));
    ASSERT_FALSE(options) << text;
    EXPECT_EQ(options.error().code, "CONNECTOR-1312-400") << text;
    EXPECT_EQ(options.error().where, where) << text;
  }
}

TEST(Options, AreShownWithTheirOwnTypes) {
  EXPECT_EQ(normalised_options(json(R"({"partialIngestionPercent":"10","errorDiagnosticsEnabled":"True","drift":"freeze","note":"10"})")),
            json(R"({"partialIngestionPercent":10,"errorDiagnosticsEnabled":true,"drift":"freeze","note":"10"})"));
  EXPECT_EQ(normalised_options(json(R"({"partialIngestionPercent":"2.5"})")), json(R"({"partialIngestionPercent":2.5})"));
}

TEST(Transformations, ReadsWhatClientsSend) {
  struct Row {
    std::string_view text;
    Transformations wanted;
  };
  const DeltaColumn modified{.name = "LastModifiedDate", .date_format = "yyyy-MM-ddTHH:mm:ssZ", .timezone = "UTC"};
  for (const Row& row : std::vector<Row>{
           {"null", {}},
           {"[]", {}},
           {R"([{"name":"Copy","params":{"mode":"append"}},{"name":"Mapping","params":{"mappingId":"ab91c736-1f3d-4b09-8424-311d3d3e3cea"}}])",
            {.delta_column = {}, .mapping = MappingRef{"ab91c736-1f3d-4b09-8424-311d3d3e3cea", {}}}},
           {R"([{"name":"Mapping","params":{"mappingId":"280a3cc950894945bf815c5fc60f3803","mappingVersion":"0"}}])",
            {.delta_column = {}, .mapping = MappingRef{"280a3cc950894945bf815c5fc60f3803", 0}}},
           {R"([{"name":"Copy","params":{"deltaColumn":{"name":"LastModifiedDate","dateFormat":"yyyy-MM-ddTHH:mm:ssZ","timezone":"UTC"}}}])",
            {.delta_column = modified, .mapping = {}}},
           {R"([{"name":"copy","params":{"deltaColumn":"LastModifiedDate"}}])", {.delta_column = DeltaColumn{"LastModifiedDate", "", ""}, .mapping = {}}},
           {R"([{"name":null,"params":{"mappingId":"m","mappingVersion":2}}])", {.delta_column = {}, .mapping = MappingRef{"m", 2}}},
           {R"([{"params":{"mappingId":"m"}}])", {.delta_column = {}, .mapping = MappingRef{"m", {}}}},
           {R"([{"name":"Copy"}])", {}},
       }) {
    const auto read = read_transformations(json(row.text));
    ASSERT_TRUE(read) << row.text << ": " << to_string(read.error());
    EXPECT_EQ(*read, row.wanted) << row.text;
  }
}

TEST(Transformations, MistakesHaveTheirCodes) {
  struct Row { std::string_view text, code, where; };
  for (const Row& row : {
           Row{"{}", "CONNECTOR-1312-400", "/transformations"}, Row{"[1]", "CONNECTOR-1312-400", "/transformations/0"},
           Row{R"([{"name":"Shuffle"}])", "CONNECTOR-1312-400", "/transformations/0/name"},
           Row{R"([{"name":"Encryption","params":{"publicKeyId":"k"}}])", "CONNECTOR-1312-400", "/transformations/0/name"},
           Row{R"([{"name":"Copy","params":{"mode":"overwrite"}}])", "CONNECTOR-1368-400", "/transformations/0/params/mode"},
           Row{R"([{"name":"Copy","params":{"deltaColumn":{}}}])", "CONNECTOR-1304-400", "/transformations/0/params/deltaColumn/name"},
           Row{R"([{"name":"Copy","params":{"deltaColumn":{"name":"x","timezone":"Mars/North"}}}])", "CONNECTOR-1312-400", "/transformations/0/params/deltaColumn/timezone"},
           Row{R"([{"name":"Mapping","params":{}}])", "CONNECTOR-1304-400", "/transformations/0/params/mappingId"},
           Row{R"([{"name":"Mapping","params":{"mappingId":"m","mappingVersion":"first"}}])", "CONNECTOR-1312-400", "/transformations/0/params/mappingVersion"},
           Row{R"([{"name":"Mapping","params":{"mappingId":"m"}},{"name":"Mapping","params":{"mappingId":"n"}}])", "CONNECTOR-1312-400", "/transformations/1/params"},
       }) {
    const auto read = read_transformations(json(row.text));
    ASSERT_FALSE(read) << row.text;
    EXPECT_EQ(read.error().code, row.code) << row.text;
    EXPECT_EQ(read.error().where, row.where) << row.text;
  }
}

TEST(Transformations, DeltaColumnIsStoredInCopy) {
  const DeltaColumn column{.name = "Modified"};
  EXPECT_EQ(with_delta_column(json(R"([{"name":"Mapping","params":{"mappingId":"m"}}])"), column),
            json(R"([{"name":"Copy","params":{"deltaColumn":{"name":"Modified"}}},{"name":"Mapping","params":{"mappingId":"m"}}])"));
  EXPECT_EQ(with_delta_column(json(R"([{"name":"Copy","params":{"mode":"append"}}])"), column),
            json(R"([{"name":"Copy","params":{"mode":"append","deltaColumn":{"name":"Modified"}}}])"));
  EXPECT_EQ(with_delta_column(nullptr, column), json(R"([{"name":"Copy","params":{"deltaColumn":{"name":"Modified"}}}])"));
}

}  // namespace
}  // namespace foz::flow
