#include "prep/validate.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "prep/analysis.h"
#include "prep/calls.h"
#include "prep/evaluate.h"

namespace foz::prep {
namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

/// One line of `errors`.
Json error_json(const Mapping& mapping, const std::string& exception, const std::string& column) {
  return {{"destination", text_or_null(mapping.destination)},
          {"exception", exception},
          {"source", text_or_null(mapping.source)},
          {"columnName", text_or_null(column)},
          {"sourceType", mime_of(mapping.source_type)}};
}

/// What can be said of a mapping that could not be read.
Mapping rough_mapping(const Json& body) {
  Mapping mapping;
  mapping.source = text_of(body, "source", text_of(body, "sourceAttribute"));
  mapping.destination = text_of(body, "destination", text_of(body, "destinationXdmPath"));
  mapping.source_type = source_type_of(text_of(body, "sourceType")).value_or(SourceType::attribute);
  return mapping;
}

class Answer {
 public:
  explicit Answer(size_t mappings) : errors_(mappings, Json::array()), failed_(mappings) {}

  void add(size_t i, Json error, bool fails) {
    errors_[i].push_back(std::move(error));
    failed_[i] = failed_[i] || fails;
  }
  Json json() && {
    Json list = Json::array();
    for (size_t i = 0; i < errors_.size(); ++i) {
      list.push_back({{"status", failed_[i] ? "FAILED" : "SUCCESS"}, {"errors", errors_[i].empty() ? Json() : std::move(errors_[i])}});
    }
    return {{"validationResponse", std::move(list)}};
  }

 private:
  std::vector<Json> errors_;
  std::vector<bool> failed_;
};

Status check_sample(const ExpressionCheck& check, const RunContext& context, const CompileOptions& options) {
  Json record = Json::object();
  if (!check.sample.empty()) {
    auto sample = parse_json(check.sample);
    if (!sample) return Error{.kind = ErrorKind::invalid, .message = "sampleData is no JSON: " + sample.error().message};
    if (sample->is_array() && !sample->empty()) sample = Json((*sample)[0]);
    if (!sample->is_object()) return Error{.kind = ErrorKind::invalid, .message = "sampleData is no record, an object in JSON"};
    record = *std::move(sample);
  }
  TRY(const Evaluation evaluation, Evaluation::of(check.expression, record, context, options));
  if (check.sample.empty() || evaluation.problem().empty()) return {};
  return Error{.kind = ErrorKind::invalid, .message = evaluation.problem()};
}

}  // namespace

Result<Json> validate(const Json& body, const TargetLookup& lookup, const CompileOptions& options) {
  const Json* mappings = member(body, "mappings");
  if (mappings == nullptr || !mappings->is_array()) {
    return Error{.kind = ErrorKind::invalid, .message = "mappings is required and must be an array", .code = "CONV-1004-400", .where = "mappings"};
  }
  TRY(const TargetSchema target, read_target(body));
  const auto root = lookup(target);
  Answer answer(mappings->size());
  MappingSet readable{.target = target};
  std::vector<size_t> numbers;
  for (size_t i = 0; i < mappings->size(); ++i) {
    auto mapping = read_mapping((*mappings)[i]);
    if (!mapping) {
      answer.add(i, error_json(rough_mapping((*mappings)[i]), mapping.error().message, ""), true);
      continue;
    }
    if (!mapping->warning.empty()) answer.add(i, error_json(*mapping, mapping->warning, ""), false);
    readable.mappings.push_back(*std::move(mapping));
    numbers.push_back(i);
  }
  for (size_t i = 0; i < numbers.size() && !root; ++i) answer.add(numbers[i], error_json(readable.mappings[i], root.error().message, ""), true);
  for (const Mistake& mistake : check(readable, {.target = root ? root->get() : nullptr, .options = options})) {
    const Mapping& mapping = readable.mappings[mistake.mapping];
    answer.add(numbers[mistake.mapping], error_json(mapping, mistake.message, ""), mistake.severity != Severity::warning);
  }
  return std::move(answer).json();
}

Result<ExpressionCheck> read_expression_check(const Json& body) {
  const auto refused = [](std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1004-400", .where = "expression"}; };
  if (!body.is_object()) return refused("the body must be an object with an expression");
  const Json* expression = member(body, "expression");
  if (expression != nullptr && expression->is_object()) expression = member(*expression, "expression");
  if (expression == nullptr || !expression->is_string()) return refused("expression is required and must be a text");
  ExpressionCheck check{.expression = expression->get<std::string>()};
  if (const Json* sample = member(body, "sampleData"); sample != nullptr && !sample->is_null()) {
    check.sample = sample->is_string() ? sample->get<std::string>() : to_text(*sample);
  }
  return check;
}

Json validate_expression(const ExpressionCheck& check, const RunContext& context, const CompileOptions& options) {
  const Status status = check_sample(check, context, options);
  if (status) return {{"validationStatus", "succeeded"}, {"error", "none"}};
  return {{"validationStatus", "failed"}, {"error", status.error().message}};
}

}  // namespace foz::prep
