// What people ask before they store a mapping set. Follows: Data Prep contract, 3.
#include "prep/preview.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "prep/functions.h"
#include "prep/suggest.h"
#include "prep/testing.h"
#include "prep/validate.h"

namespace foz::prep {
namespace {

using ::testing::HasSubstr;

TEST(Preview, AnswersInTheShapeOfTheQuestion) {  // 3.2; 9.1, 5 and 6
  const auto target = target_of();
  const MappingSet set = set_of({{"id", "_id"}, {"firstName", "person.name.firstName"}});
  const Json record = {{"id", 1234}, {"firstName", "Jane"}};
  const Json wanted = parsed(R"({"data": {"_id": "1234", "person": {"name": {"firstName": "Jane"}}}, "errors": null})");
  EXPECT_EQ(to_text(*preview(set, record, target, test_context())), to_text(wanted));
  EXPECT_EQ(to_text(*preview(set, Json::array({record, record}), target, test_context())), to_text(Json::array({wanted, wanted})));
  EXPECT_EQ(to_text(*preview(set, Json::array(), target, test_context())), "[]");
}

TEST(Preview, TellsErrorsOfEachRecord) {
  const auto target = target_of();
  const MappingSet set = set_of({{"age", "age"}, {"=1 / n", "count"}, {"x", "nowhere"}, {"=upper(", "_id"}});
  const Json answer = *preview(set, Json::array({{{"age", "old"}, {"n", 1}}, {{"age", 200}, {"n", 0}}, {{"age", 3}, {"n", 1}}}), target, test_context());
  EXPECT_EQ(to_text(answer[0]["data"]), R"({"count":1})");
  ASSERT_EQ(answer[0]["errors"].size(), 3u);  // two mappings never run
  EXPECT_EQ(answer[0]["errors"][0]["destination"], "nowhere");
  EXPECT_EQ(answer[0]["errors"][2]["exception"], "DPMAP-3101-400: the text is no whole number");
  EXPECT_EQ(answer[0]["errors"][2]["columnName"], "age");
  EXPECT_EQ(answer[0]["errors"][2]["sourceType"], "text/x.schema-path");
  ASSERT_EQ(answer[1]["errors"].size(), 4u);
  EXPECT_EQ(answer[1]["errors"][2]["exception"], "DPMAP-3103-400: /: division by zero (at 1:3)");
  EXPECT_EQ(answer[1]["errors"][2]["source"], "1 / n");
  EXPECT_EQ(answer[1]["errors"][3]["exception"], "INGEST-1557-400: age is above 150");
  EXPECT_EQ(answer[1]["errors"][3]["source"], "age");
  EXPECT_EQ(answer[2]["errors"].size(), 2u);
  EXPECT_EQ(to_text(answer[2]["data"]), R"({"age":3,"count":1})");
}

TEST(Preview, WritesNullsWhereTheSetSaysSo) {
  const auto target = target_of();
  MappingSet set = set_of({{"a", "_id"}, {"b", "person.name.firstName"}});
  EXPECT_EQ(to_text((*preview(set, {{"a", nullptr}}, target, test_context()))["data"]), "{}");
  set.allow_null_values = true;
  EXPECT_EQ(to_text((*preview(set, {{"a", nullptr}}, target, test_context()))["data"]), R"({"_id":null,"person":{"name":{"firstName":null}}})");
}

TEST(Preview, RefusesWhatIsNoRecord) {
  const auto target = target_of();
  const MappingSet set = set_of({{"a", "_id"}});
  for (const Json& data : {Json(5), Json("x"), Json::array({1}), Json(nullptr), Json(std::vector<Json>(101, Json::object()))}) {
    const auto answer = preview(set, data, target, test_context());
    ASSERT_FALSE(answer) << to_text(data);
    EXPECT_EQ(answer.error().code, "CONV-1004-400");
  }
  EXPECT_TRUE(preview(set, Json(std::vector<Json>(100, Json::object())), target, test_context()));
}

TEST(Validate, AnswersEachMapping) {  // 3.1
  const auto target = std::make_shared<const registry::Node>(target_of());
  const TargetLookup lookup = [&](const TargetSchema& wanted) -> Result<std::shared_ptr<const registry::Node>> {
    if (wanted.id == "test") return target;
    return Error{.kind = ErrorKind::invalid, .message = "the target schema " + wanted.id + " is not in this sandbox"};
  };
  const Json body = parsed(R"json({"xdmSchema": "test", "mappings": [
      {"source": "id", "destination": "_id"},
      {"sourceType": "EXPRESSION", "source": "dat(birthday)", "destination": "person.birthDate"},
      {"source": "x", "destination": "person.nam"},
      {"destination": "age"},
      {"source": "upper(a)", "destination": "repositoryCreatedBy"},
      {"sourceType": "EXPRESSION", "source": "1 == 1", "destination": "createdAt"},
      {"source": "y", "destination": "_id"}]})json");
  const Json answers = (*validate(body, lookup))["validationResponse"];
  ASSERT_EQ(answers.size(), 7u);
  const std::string wanted[] = {"SUCCESS the destination _id is named twice", "FAILED there is no function dat", "FAILED person has no field nam", "FAILED source is required",
                                "SUCCESS the source is no path and was taken for an expression", "FAILED a value of type boolean cannot become date-time", "SUCCESS null"};
  for (size_t i = 0; i < answers.size(); ++i) {
    const Json& errors = answers[i]["errors"];
    const std::string text = answers[i]["status"].get<std::string>() + " " + (errors.is_null() ? "null" : errors[0]["exception"].get<std::string>());
    EXPECT_THAT(text, HasSubstr(wanted[i]));
  }
  EXPECT_EQ(answers[1]["errors"][0]["destination"], "person.birthDate");
  EXPECT_EQ(answers[1]["errors"][0]["source"], "dat(birthday)");
  EXPECT_EQ(answers[1]["errors"][0]["sourceType"], "text/x.aep-xl");
  EXPECT_TRUE(answers[1]["errors"][0]["columnName"].is_null());

  Json other = body;
  other["xdmSchema"] = "other";
  EXPECT_EQ((*validate(other, lookup))["validationResponse"][0]["errors"][0]["exception"], "the target schema other is not in this sandbox");
  EXPECT_EQ(validate(Json::object(), lookup).error().code, "CONV-1004-400");
  EXPECT_EQ(validate({{"mappings", Json::array()}}, lookup).error().code, "CONV-1004-400");
}

TEST(ValidateExpression, SaysWhatIsWrong) {  // 3.6
  struct Case { std::string_view body, status, error; };
  constexpr Case kCases[] = {
      {R"j({"expression": "concat(a,b)"})j", "succeeded", "none"},
      {R"j({"expression": {"expression": "concat(a,b)"}})j", "succeeded", "none"},
      {R"j({"expression": "concat("})j", "failed", "the expression ends"},
      {R"j({"expression": "cat(a)"})j", "failed", "there is no function cat"},
      {R"j({"expression": "1 / a", "sampleData": "{\"a\": 0}", "sampleDataType": "JSON"})j", "failed", "division by zero"},
      {R"j({"expression": "1 / a", "sampleData": {"a": 2}})j", "succeeded", "none"},
      {R"j({"expression": "1 / a", "sampleData": [{"a": 2}]})j", "succeeded", "none"},
      {R"j({"expression": "a", "sampleData": "{"})j", "failed", "sampleData is no JSON"},
  };
  for (const Case& c : kCases) {
    const auto read = read_expression_check(parsed(c.body));
    ASSERT_TRUE(read) << c.body;
    const Json answer = validate_expression(*read, test_context());
    EXPECT_EQ(answer["validationStatus"], c.status) << c.body;
    EXPECT_THAT(answer["error"].get<std::string>(), HasSubstr(std::string(c.error))) << c.body;
  }
  for (const std::string_view body : {"{}", "[]", R"({"expression": 5})"}) EXPECT_EQ(read_expression_check(parsed(body)).error().code, "CONV-1004-400") << body;
}

TEST(Suggest, FindsTheLikelyTargets) {  // 3.3
  const auto target = target_of();
  const std::vector<SourceColumn> columns = {{.name = "Properties_Firstname_Value", .type = engine::Type::string}, {.name = "last_name", .type = engine::Type::string},
                                             {.name = "Email", .type = engine::Type::string},                    {.name = "Vid", .type = engine::Type::integer},
                                             {.name = "BirthDate", .type = engine::Type::date},                  {.name = "unheard_of", .type = engine::Type::string},
                                             {.name = "FirstName", .type = engine::Type::string}};
  std::map<std::string, std::string> found;
  for (const Suggestion& one : suggest(columns, target)) {
    found[one.source] = one.destination;
    EXPECT_EQ(one.destination.empty(), one.score == 0) << one.source;
    EXPECT_LE(one.score, 1) << one.source;
  }
  EXPECT_EQ(found["Properties_Firstname_Value"], "person.name.firstName");
  EXPECT_EQ(found["last_name"], "person.name.lastName");
  EXPECT_EQ(found["Email"], "personalEmail.address");
  EXPECT_EQ(found["Vid"], "_id");
  EXPECT_EQ(found["BirthDate"], "person.birthDate");
  EXPECT_EQ(found["unheard_of"], "");
  EXPECT_EQ(found["FirstName"], "");  // the target is taken

  const auto suggestions = suggest(columns, target);
  const Json all = suggestion_json(suggestions, {.id = "s", .content_type = "1.0"}, false), mapped_only = suggestion_json(suggestions, {.id = "s", .content_type = "1.0"}, true);
  EXPECT_EQ(all["mappings"].size(), 7u);
  EXPECT_EQ(mapped_only["mappings"].size(), 5u);
  EXPECT_TRUE(all["id"].is_null());
  EXPECT_TRUE(all["mappings"][5]["destination"].is_null());
  EXPECT_GT(all["mappings"][0]["matchScore"].get<double>(), 0.9);
}

TEST(Suggest, LooksAtSampleValues) {  // 3.3
  const auto target = target_of(R"({"properties": {"contact": {"type": "string"}, "personalEmail": {"type": "object", "properties": {"address": {"type": "string"}}},
      "homePhone": {"type": "object", "properties": {"number": {"type": "string"}}}, "startDate": {"type": "string", "format": "date"}, "level": {"type": "integer"}}})");
  const Json records = parsed(R"([{"field1": "ana@example.com", "more": {"field2": "+351 21 123 4567"}, "start": "2020-02-29", "level_x": "5", "none": null, "mixed": 1},
                                  {"field1": "rui@example.org", "more": {"field2": "(11) 91234-5678"}, "start": "29.2.2020", "level_x": "17", "mixed": "a"}])");
  const SampledColumns sampled = sampled_columns(records);
  ASSERT_EQ(sampled.columns.size(), 6u);
  EXPECT_EQ(sampled.columns[1].name, "more.field2");
  EXPECT_EQ(sampled.columns[5].type, engine::Type::any);
  std::map<std::string, Suggestion> found, blind;
  for (const Suggestion& one : suggest(sampled.columns, target, sampled.values)) found[one.source] = one;
  for (const Suggestion& one : suggest(sampled.columns, target)) blind[one.source] = one;
  EXPECT_EQ(found["field1"].destination, "personalEmail.address");
  EXPECT_EQ(blind["field1"].destination, "");
  EXPECT_EQ(found["more.field2"].destination, "homePhone.number");
  EXPECT_EQ(found["start"].destination, "startDate");
  EXPECT_GT(found["start"].score, blind["start"].score);
  EXPECT_EQ(found["level_x"].destination, "level");
  EXPECT_GT(found["level_x"].score, blind["level_x"].score);
  EXPECT_EQ(found["none"].destination, "");
  EXPECT_EQ(found["mixed"].destination, "");
}

TEST(LanguageReference, PageIsFresh) {
  const std::string path = std::string(FOZ_SOURCE_DIR) + "/docs/reference/mapping.md";
  if (std::getenv("FOZ_REFRESH") != nullptr) std::ofstream(path) << reference_page();
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), reference_page()) << "FOZ_REFRESH=1 writes the page anew";
}

TEST(LanguageReference, ExamplesOfOperatorsHold) {  // 3.5
  const Json operators = operators_json();
  EXPECT_GE(operators.size(), 26u);
  for (const Json& row : operators) {
    const std::string text = row["example"];
    const size_t at = text.find(" gives ");
    const auto target = target_of();
    const std::string check = "(" + text.substr(0, at) + ") == (" + text.substr(at + 7) + ")";
    const std::string source = "=" + check;
    const Mapped result = mapped(set_of({{source, "active"}}), {Json::object()}, target);
    ASSERT_EQ(result.problem, "") << check;
    EXPECT_EQ(to_text(result.records[0]), R"({"active":true})") << check;
  }
}

}  // namespace
}  // namespace foz::prep
