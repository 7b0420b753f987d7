// Files of every form to Parquet, read back. Follows: Ingestion and access contract, 7-10.
#include "schedule/ingest/ingest.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/json.h"
#include "base/testing.h"
#include "engine/engine.h"

namespace foz::schedule {
namespace {

using testing::HasSubstr;

class Ingest : public testing::Test {
 protected:
  void SetUp() override {
    folders = {.uploads = folder / "uploads", .data = folder / "tables" / "batch", .diagnostics = folder / "diagnostics", .spill = folder / "spill"};
    std::filesystem::create_directories(folders.uploads);
    std::filesystem::create_directories(folders.data.parent_path());
    root = registry::node_of(*parse_json(R"({"type": "object", "required": ["_id"], "properties": {
      "_id": {"type": "string", "meta:xdmType": "string"}, "score": {"type": "number", "meta:xdmType": "number"},
      "seen": {"type": "string", "format": "date-time", "meta:xdmType": "date-time"},
      "tags": {"type": "array", "meta:xdmType": "array", "items": {"type": "string", "meta:xdmType": "string"}},
      "person": {"type": "object", "meta:xdmType": "object", "properties": {"age": {"type": "integer", "meta:xdmType": "int", "maximum": 150}, "name": {"type": "string", "meta:xdmType": "string"}}}}})"));
    registry::IdTable ids;
    registry::assign_ids(root, ids);
  }

  void upload(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories((folders.uploads / name).parent_path());
    std::ofstream(folders.uploads / name, std::ios::binary) << bytes;
  }
  Result<IngestResult> run(const char* format, bool validates = true) {
    TRY(const InputFormat read, read_input_format(*parse_json(format)));
    TRY(auto uploads, catalog::kept_files(folders.uploads));
    return ingest(files, {.files = uploads, .format = read, .root = root, .validates = validates, .keep_rejected_rows = true}, folders, settings, {});
  }
  /// `read/written/rejected`, or the error.
  static std::string counts(const Result<IngestResult>& result) {
    if (!result) return result.error().code.empty() ? to_string(result.error()) : result.error().code;
    return std::to_string(result->read) + "/" + std::to_string(result->written) + "/" + std::to_string(result->rejected);
  }
  /// All rows that landed, by id.
  Json rows() {
    auto engine = engine::Engine::open({.allowed_folders = {folders.data}});
    const auto found = (*engine)->query("SELECT * FROM read_parquet(" + engine::sql_text((folders.data / "*.parquet").string()) + ") ORDER BY _id");
    if (!found) return to_string(found.error());
    Json list = Json::array();
    for (size_t i = 0; i < found->rows.size(); ++i) list.push_back(found->object(i));
    return list;
  }
  std::string diagnostics(const std::string& name) {
    std::ifstream file(folders.diagnostics / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  lake::LocalFileIo files;
  TemporaryFolder folder;
  IngestFolders folders;
  IngestSettings settings;
  registry::Node root;
};

TEST_F(Ingest, JsonLines) {
  upload("a.json", R"({"_id": "1", "person": {"name": "Ana", "age": 7}, "tags": ["x", "y"], "seen": "2020-04-15T23:34:21.034Z"})" "\n" R"({"_id": "2", "score": 1.5})" "\n");
  upload("b/c.json", R"([{"_id": "3"}, {"_id": "4"}])");
  const auto result = run(R"({"format": "json"})");
  ASSERT_EQ(counts(result), "4/4/0");
  EXPECT_EQ(rows(), Json::array({{{"_id", "1"}, {"person", {{"age", 7}, {"name", "Ana"}}}, {"seen", "2020-04-15T23:34:21.034Z"}, {"tags", {"x", "y"}}}, {{"_id", "2"}, {"score", 1.5}}, {{"_id", "3"}}, {{"_id", "4"}}}));
  EXPECT_EQ(diagnostics("input_files/fileMetaData1.json"), "{\"path\":\"a.json\"}\n{\"path\":\"b/c.json\"}\n");
  EXPECT_EQ(result->input_bytes, std::filesystem::file_size(folders.uploads / "a.json") + std::filesystem::file_size(folders.uploads / "b/c.json"));
}

TEST_F(Ingest, RejectedRowsAreCountedAndKept) {
  upload("a.json", R"({"_id": "1"})" "\n{missingQuotes: \"v1\"}\n" R"({"_id": "3", "person": {"age": 200}})" "\n" R"({"score": 1})" "\n" R"({"_id": "5", "extra": 1})" "\n" R"({"_id": 6})" "\n");
  const auto result = run(R"({"format": "json"})");
  ASSERT_EQ(counts(result), "6/1/5");
  EXPECT_EQ(rows(), Json::array({{{"_id", "1"}}}));
  EXPECT_EQ(result->rejected_kinds.at("INGEST-1401-400").rows, 1U);
  EXPECT_EQ(result->rejected_kinds.at("INGEST-1555-400").rows, 1U);
  EXPECT_EQ(result->rejected_kinds.at("INGEST-1556-400").rows, 1U);
  EXPECT_EQ(result->rejected_kinds.at("INGEST-1557-400").rows, 1U);
  EXPECT_EQ(result->rejected_kinds.at("INGEST-1558-400").rows, 1U);
  EXPECT_EQ(*parse_json(diagnostics("row_errors/parsing_errors_0.json")),
            (Json{{"_errors", Json::array({{{"code", "INGEST-1401-400"}, {"message", "Row is corrupted and cannot be read, please fix and resend."}}})}, {"_filename", "a.json"}, {"_corrupt_record", "{missingQuotes: \"v1\"}"}}));
  EXPECT_EQ((*parse_json(diagnostics("row_errors/conversion_errors_0.json")))["_id"], 6);
  EXPECT_THAT(diagnostics("row_errors/validation_errors_0.json"), HasSubstr(R"({"_id": "3", "person": {"age": 200},"_errors":)"));
  // 10: _validationErrors
  std::map<std::string, Json> violations;
  std::istringstream lines(diagnostics("row_errors/validation_errors_0.json"));
  for (std::string line; std::getline(lines, line);) {
    const Json first = (*parse_json(line))["_validationErrors"][0];
    violations[first["keyword"]] = Json::array({first["pointerToViolation"], first["schemaLocation"], first["message"], first["causingExceptions"]});
  }
  EXPECT_EQ(violations["maximum"], Json::array({"#/person/age", "#/properties/person/properties/age", "person.age is above 150", Json::array()}));
  EXPECT_EQ(violations["required"], Json::array({"#", "#", "A required field is missing or null: _id", Json::array()}));
  EXPECT_EQ(violations["additionalProperties"], Json::array({"#", "#", "The schema has no field extra", Json::array()}));
}

TEST(ValidationErrors, PointIntoArrays) {
  TemporaryFolder folder;
  lake::LocalFileIo files;
  Diagnostics diagnostics(files, folder.path(), true);
  ASSERT_TRUE(diagnostics.reject({.record = "{}", .filename = "a.json", .reasons = {{.code = "INGEST-1555-400", .message = "m", .destination = "phones[3].a/b.number", .keyword = "required"},
                                                                                   {.code = "INGEST-1558-400", .message = "m", .destination = "age"},
                                                                                   {.code = "INGEST-1557-400", .message = "m", .destination = "phones[3].tags[10]", .keyword = "pattern"}}}));
  ASSERT_TRUE(diagnostics.finish());
  const Json row = *parse_json(*files.read(folder.path() / "row_errors/validation_errors_0.json", 0, 10'000));
  ASSERT_EQ(row["_validationErrors"].size(), 2U) << row;
  EXPECT_EQ(row["_validationErrors"][0]["pointerToViolation"], "#/phones/3/a~1b");
  EXPECT_EQ(row["_validationErrors"][0]["schemaLocation"], "#/properties/phones/items/properties/a~1b");
  EXPECT_EQ(row["_validationErrors"][1]["pointerToViolation"], "#/phones/3/tags/10");
}

TEST_F(Ingest, MultiLineJson) {
  upload("a.json", "[\n  {\n    \"_id\": \"1\"\n  },\n  {\"_id\": \"2\",\n   \"extra\": 1}\n]\n");
  ASSERT_EQ(counts(run(R"({"format": "JSON", "isMultiLineJson": true})")), "2/1/1");
  EXPECT_EQ(rows(), Json::array({{{"_id", "1"}}}));
  EXPECT_TRUE(parse_json(diagnostics("row_errors/validation_errors_0.json"))) << "a row of diagnostics is one line";
}

TEST_F(Ingest, Csv) {
  root = registry::node_of(*parse_json(R"({"type": "object", "properties": {"_id": {"type": "string", "meta:xdmType": "string"}, "_foz": {"type": "object", "meta:xdmType": "object", "properties": {
      "age": {"type": "integer", "meta:xdmType": "int"}, "name": {"type": "string", "meta:xdmType": "string"}}}}})"));
  registry::IdTable ids;
  registry::assign_ids(root, ids);
  upload("a.csv", "_id;NAME;age;other\n1;'Silva; Ana';7;x\n2;null;;\n3;Bo;old;\n4;too;few\n");
  ASSERT_EQ(counts(run(R"({"format": "csv", "delimiter": ";", "quote": "'", "header": "true"})")), "4/2/2");
  EXPECT_EQ(rows(), Json::array({{{"_foz", {{"age", 7}, {"name", "Silva; Ana"}}}, {"_id", "1"}}, {{"_id", "2"}}}));
  const Json kept = *parse_json(diagnostics("row_errors/conversion_errors_0.json"));
  EXPECT_EQ(kept["age"], "old");
  EXPECT_EQ(kept["_filename"], "a.csv");
}

TEST_F(Ingest, Parquet) {
  {
    const auto engine = *engine::Engine::open({.allowed_folders = {folders.uploads}});
    const auto made = engine->query("COPY (SELECT '1' AS _id, {name: 'Ana', age: 7::BIGINT} AS person, ['x'] AS tags, TIMESTAMP '2020-04-15 23:34:21.034' AS seen, 1.25::DECIMAL(9,2) AS score, 5 AS extra "
                                    "UNION ALL SELECT '2', NULL, NULL, NULL, NULL, NULL UNION ALL SELECT '3', {name: 'Bo', age: 3000000000}, NULL, NULL, NULL, NULL) TO '" +
                                    (folders.uploads / "a.parquet").string() + "' (FORMAT parquet, COMPRESSION snappy)");
    ASSERT_TRUE(made) << to_string(made.error());
  }
  ASSERT_EQ(counts(run(R"({})")), "3/2/1");
  EXPECT_EQ(rows(), Json::array({{{"_id", "1"}, {"person", {{"age", 7}, {"name", "Ana"}}}, {"score", 1.25}, {"seen", "2020-04-15T23:34:21.034Z"}, {"tags", {"x"}}}, {{"_id", "2"}}}));
  EXPECT_TRUE(std::filesystem::is_empty(folders.spill));
}

TEST_F(Ingest, ParquetKeepsAllDigits) {  // 7
  root = registry::node_of(*parse_json(R"({"type": "object", "properties": {"_id": {"type": "string", "meta:xdmType": "string"}, "whole": {"type": "integer", "meta:xdmType": "long"},
      "plain": {"type": "integer", "meta:xdmType": "long"}}})"));
  registry::IdTable ids;
  registry::assign_ids(root, ids);
  {
    const auto engine = *engine::Engine::open({.allowed_folders = {folders.uploads}});
    ASSERT_TRUE(engine->query("COPY (SELECT '1' AS _id, 9007199254740993::DECIMAL(18,0) AS whole, 9007199254740993::BIGINT AS plain) TO '" + (folders.uploads / "a.parquet").string() + "' (FORMAT parquet)"));
  }
  ASSERT_EQ(counts(run("{}")), "1/1/0") << diagnostics("row_errors/conversion_errors_0.json");
  EXPECT_EQ(rows(), Json::array({{{"_id", "1"}, {"plain", 9007199254740993}, {"whole", 9007199254740993}}}));
}

TEST_F(Ingest, FailuresOfAFileFailTheBatch) {  // 9
  EXPECT_EQ(counts(run(R"({"format": "json"})")), "106");
  upload("a.json", "\n\n");
  EXPECT_EQ(counts(run(R"({"format": "json"})")), "106");
  EXPECT_EQ(counts(run(R"({"format": "csv"})")), "118");
  upload("a.json", "no parquet");
  EXPECT_EQ(counts(run(R"({"format": "parquet"})")), "INGEST-1401-400");
  EXPECT_FALSE(std::filesystem::exists(folders.data));
}

TEST_F(Ingest, WithoutValidationOnlyParsingRejects) {  // 8
  upload("a.json", R"({"score": "x", "extra": 1})" "\n{broken\n" R"({"_id": "2", "person": {"age": 900}})" "\n");
  ASSERT_EQ(counts(run(R"({"format": "json"})", false)), "3/2/1");
  EXPECT_THAT(to_text(rows()), HasSubstr(R"({"_id":"2","person":{"age":900}})"));
}

TEST_F(Ingest, UnknownFieldsFollowTheSetting) {  // 8, 20
  upload("a.json", R"({"_id": "1", "extra": 1})" "\n");
  EXPECT_EQ(counts(run(R"({"format": "json"})")), "1/0/1");
  settings.unknown_fields = UnknownFields::drop;
  EXPECT_EQ(counts(run(R"({"format": "json"})")), "1/1/0");
}

TEST_F(Ingest, ManyRowsOverManyChunks) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += R"({"_id": ")" + std::to_string(i) + R"(", "person": {"name": "n)" + std::to_string(i) + "\", \"age\": " + std::to_string(i % 300) + "}}\n";
  upload("a.json", text);
  const auto result = run(R"({"format": "json"})");
  const int good = 10'000 / 300 * 151 + 100;
  EXPECT_EQ(counts(result), "10000/" + std::to_string(good) + "/" + std::to_string(10'000 - good));
  EXPECT_EQ(rows().size(), static_cast<size_t>(good));
}

/// Columns are chosen by the begin of each file: what only comes up behind it lands all the same, once.
TEST_F(Ingest, FieldsThatComeLate) {
  struct Case { const char* what; const char* late; const char* counts; const char* landed; };
  const Case kCases[] = {
      {"a member of the root", R"({"_id": "~", "score": 2.5})", "1001/1001/0", R"({"_id":"~","score":2.5})"},
      {"a member of an object", R"({"_id": "~", "person": {"name": "Ana", "age": 7}})", "1001/1001/0", R"({"_id":"~","person":{"age":7,"name":"Ana"}})"},
      {"in an envelope", R"({"header": {}, "body": {"xdmEntity": {"_id": "~", "tags": ["x"]}}})", "1001/1001/0", R"({"_id":"~","tags":["x"]})"},
      {"a record that is rejected", R"({"score": 1})", "1001/1000/1", R"("_id":"999")"},
      {"what the schema lacks, too", R"({"_id": "~", "person": {"nickname": "x"}})", "1001/1000/1", R"("_id":"999")"}};
  std::string text;
  for (int i = 0; i < 1000; ++i) text += R"({"_id": ")" + std::to_string(i) + R"(", "person": {"name": "n)" + std::string(1500, 'n') + "\"}}\n";
  settings.begin_bytes = 1000;
  ASSERT_GT(text.size(), CutLimits().block_bytes + (256u << 10)) << "what comes late is in no page that is looked at";
  for (const Case& c : kCases) {
    upload("a.json", text + c.late + "\n");
    std::filesystem::remove_all(folders.data);
    EXPECT_EQ(counts(run(R"({"format": "json"})")), c.counts) << c.what;
    EXPECT_THAT(to_text(rows().back()), HasSubstr(c.landed)) << c.what;
    EXPECT_EQ(diagnostics("row_errors/validation_errors_0.json").empty(), std::string_view(c.counts).ends_with("/0")) << c.what;
  }
}

TEST_F(Ingest, FieldsThatComeLateInParquet) {
  {
    const auto engine = *engine::Engine::open({.allowed_folders = {folders.uploads}});
    ASSERT_TRUE(engine->query("COPY (SELECT i::VARCHAR AS _id, CASE WHEN i = 30000 THEN {name: 'Ana'} END AS person FROM range(30001) t(i)) TO '" + (folders.uploads / "a.parquet").string() + "' (FORMAT parquet)"));
  }
  EXPECT_EQ(counts(run(R"({})")), "30001/30001/0");
  EXPECT_THAT(to_text(rows()), HasSubstr(R"({"_id":"30000","person":{"name":"Ana"}})"));
  EXPECT_TRUE(std::filesystem::is_empty(folders.spill));
}

TEST(InputFormats, AreRead) {  // 2
  struct Case { const char* json; const char* where; };
  constexpr Case kBad[] = {{R"({"format": "avro"})", "/inputFormat/format"},       {R"({"isMultiLineJson": "perhaps"})", "/inputFormat/isMultiLineJson"},
                           {R"({"format": "csv", "delimiter": ";;"})", "/inputFormat/delimiter"}, {R"({"format": "csv", "quote": ""})", "/inputFormat/quote"},
                           {R"({"charset": "EBCDIC"})", "/inputFormat/charset"},   {R"({"nullMarkers": [1]})", "/inputFormat/nullMarkers"},
                           {R"({"format": "csv", "header": false})", "/inputFormat/header"}, {R"({"format": "csv", "quote": ","})", "/inputFormat/quote"}};
  for (const Case& c : kBad) {
    const auto format = read_input_format(*parse_json(c.json));
    ASSERT_FALSE(format) << c.json;
    EXPECT_EQ(format.error().where, c.where) << c.json;
  }
  const auto format = *read_input_format(*parse_json(R"({"format": "CSV", "delimiter": "\t", "nullMarker": "-", "charset": "iso-8859-1", "header": "True"})"));
  EXPECT_EQ(format.form, InputForm::csv);
  EXPECT_EQ(format.dialect.delimiter, '\t');
  EXPECT_EQ(format.dialect.null_markers, std::vector<std::string>{"-"});
  EXPECT_EQ(format.dialect.charset, CsvDialect::Charset::latin1);
  EXPECT_EQ(read_input_format(Json::object())->form, InputForm::parquet);
}

}  // namespace
}  // namespace foz::schedule
