#pragma once
// Mapping sets and targets in few words, for tests.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json.h"
#include "base/time_text.h"
#include "prep/compile.h"
#include "prep/json_value.h"
#include "prep/preview.h"
#include "prep/run.h"
#include "registry/columns.h"

namespace foz::prep {

inline constexpr std::string_view kTestTarget = R"json({"properties": {
  "_id": {"type": "string"},
  "repositoryCreatedBy": {"type": "string"},
  "person": {"type": "object", "required": ["name"], "properties": {
    "name": {"type": "object", "properties": {"firstName": {"type": "string"}, "lastName": {"type": "string", "maxLength": 10}}},
    "birthDate": {"type": "string", "format": "date"}, "gender": {"type": "string", "enum": ["female", "male"]}}},
  "personalEmail": {"type": "object", "properties": {"address": {"type": "string", "format": "email"}, "primary": {"type": "boolean"}}},
  "createdAt": {"type": "string", "format": "date-time"},
  "active": {"type": "boolean"},
  "tiny": {"type": "integer", "minimum": -128, "maximum": 127},
  "small": {"type": "integer", "meta:xdmType": "short", "minimum": -32768, "maximum": 32767},
  "count": {"type": "integer", "meta:xdmType": "int", "minimum": -2147483648, "maximum": 2147483647},
  "big": {"type": "integer", "meta:xdmType": "long", "minimum": -9007199254740991, "maximum": 9007199254740991},
  "age": {"type": "integer", "meta:xdmType": "int", "minimum": 0, "maximum": 150},
  "score": {"type": "number"},
  "tags": {"type": "array", "maxItems": 3, "items": {"type": "string"}},
  "numbers": {"type": "array", "items": {"type": "integer", "meta:xdmType": "int"}},
  "pi": {"type": "array", "items": {"type": "object", "required": ["value"], "properties": {
    "value": {"type": "string"}, "kind": {"type": "string"}, "names": {"type": "object", "properties": {"name": {"type": "string"}, "first": {"type": "string"}}}}}},
  "labels": {"type": "object", "additionalProperties": {"type": "string"}},
  "identityMap": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": "string"}, "primary": {"type": "boolean"}}}}}}})json";

inline registry::Node target_of(std::string_view schema = kTestTarget) {
  auto json = parse_json(schema);
  FOZ_CHECK(json.has_value(), json ? "" : json.error().message);
  return registry::node_of(*json);
}

/// `source -> destination`; expressions in brackets "=(…)", constants in quotes.
inline Mapping mapping(std::string_view source, std::string_view destination) {
  Mapping made{.source = std::string(source), .destination = std::string(destination)};
  if (source.starts_with('=')) {
    made.source_type = SourceType::expression;
    made.source = source.substr(1);
  } else if (source.starts_with('\'')) {
    made.source_type = SourceType::constant;
    made.source = source.substr(1, source.size() - 2);
  }
  return made;
}

inline MappingSet set_of(std::vector<std::pair<std::string_view, std::string_view>> pairs) {
  MappingSet set{.target = {.id = "https://ns.adobe.com/foz/schemas/test"}};
  for (const auto& [source, destination] : pairs) set.mappings.push_back(mapping(source, destination));
  return set;
}

inline RunContext test_context() { return {.now = *parse_iso_instant("2024-05-06T07:08:09Z"), .variables = {{"CRM_ORG_ID", "org1"}}}; }

/// What mapping records gave.
struct Mapped {
  std::vector<Json> records;      ///< of all rows, also those that are rejected
  std::vector<std::string> rejections;  ///< "row code destination: message"
  std::vector<std::string> warnings;    ///< "mapping code × count: message"
  std::string problem = {};       ///< why it could not be compiled
};

inline Mapped mapped(const MappingSet& set, const std::vector<Json>& records, const registry::Node& target, const std::vector<SourceColumn>* typed = nullptr,
                     CompileOptions options = {}, const RunContext& context = test_context()) {
  Mapped result;
  options.open_source = options.open_source || typed == nullptr;
  const std::vector<SourceColumn> columns = typed == nullptr ? columns_of_records(records) : *typed;
  const Compiled compiled = compile(set, columns, target, options);
  if (!compiled.program) {
    result.problem = to_error(compiled.mistakes).message;
    return result;
  }
  Execution execution(compiled.program, context);
  engine::Chunk source, out;
  fill_chunk(source, columns, records);
  RowIssues issues;
  execution.run(source, out, issues);
  for (size_t row = 0; row < out.rows; ++row) result.records.push_back(record_json(compiled.program->layout(), out, row));
  for (const Rejection& one : issues.rejections()) result.rejections.push_back(std::to_string(one.row) + " " + one.reason.code + " " + one.reason.destination + ": " + one.reason.message);
  for (const auto& [key, warning] : issues.warnings()) {
    result.warnings.push_back(std::to_string(key.first) + " " + warning.reason.code + " x" + std::to_string(warning.count) + ": " + warning.reason.message);
  }
  return result;
}

inline Json parsed(std::string_view text) {
  auto json = parse_json(text);
  FOZ_CHECK(json.has_value(), json ? "" : json.error().message + std::string(text));
  return *json;
}

}  // namespace foz::prep
