#include "prep/preview.h"

#include <algorithm>

#include "base/json.h"
#include "prep/json_value.h"

namespace foz::prep {
namespace {

using engine::Chunk;

Error refused(std::string message) { return {.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1004-400", .where = "data"}; }

Result<std::vector<Json>> records_of(const Json& data) {
  std::vector<Json> records;
  if (data.is_array()) records.assign(data.begin(), data.end());
  else records.push_back(data);
  if (records.size() > kPreviewRecordsMax) return refused("data holds more than " + std::to_string(kPreviewRecordsMax) + " records");
  for (const Json& record : records) {
    if (!record.is_object()) return refused("data must be an object or an array of objects");
  }
  return records;
}

Json error_json(const Reason& reason, const Mapping* mapping) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return {{"destination", text_or_null(reason.destination)},
          {"exception", reason.code.empty() ? reason.message : reason.code + ": " + reason.message},
          {"source", mapping == nullptr ? Json() : Json(mapping->source)},
          {"columnName", text_or_null(reason.column)},
          {"sourceType", mapping == nullptr ? Json() : Json(mime_of(mapping->source_type))}};
}

/// The mappings that can run, and what is wrong with the others.
struct Usable {
  MappingSet set;
  std::vector<size_t> numbers;  ///< in the whole set
  Json errors = Json::array();
};

Usable usable_mappings(const MappingSet& set, const std::vector<SourceColumn>& columns, const registry::Node& target, const CompileOptions& options) {
  Usable usable{.set = set};
  usable.set.mappings.clear();
  std::vector<bool> wrong(set.mappings.size());
  for (const Mistake& mistake : check(set, {.columns = &columns, .target = &target, .options = options})) {
    if (mistake.severity != Severity::error) continue;
    wrong[mistake.mapping] = true;
    usable.errors.push_back(error_json({.code = mistake.code, .message = mistake.message, .column = {}, .destination = mistake.destination}, &set.mappings[mistake.mapping]));
  }
  for (size_t i = 0; i < set.mappings.size(); ++i) {
    if (wrong[i]) continue;
    usable.set.mappings.push_back(set.mappings[i]);
    usable.numbers.push_back(i);
  }
  return usable;
}

/// The mapping that a reason of a rejected row is about, found by what it writes.
const Mapping* mapping_of(const MappingSet& set, const Reason& reason) {
  const auto found = std::find_if(set.mappings.begin(), set.mappings.end(), [&](const Mapping& mapping) { return mapping.destination == reason.destination; });
  return found == set.mappings.end() ? nullptr : &*found;
}

Json field_json(const Layout& layout, const Chunk& chunk, size_t row, bool nulls);

Json members_json(const Layout& layout, const Chunk& chunk, size_t row, bool nulls) {
  Json object = Json::object();
  for (const Layout& child : layout.children) {
    Json value = field_json(child, chunk, row, nulls);
    if (!value.is_null() || (nulls && child.output >= 0)) object[child.name] = std::move(value);
  }
  return object;
}

Json field_json(const Layout& layout, const Chunk& chunk, size_t row, bool nulls) {
  if (layout.output < 0) {
    Json object = members_json(layout, chunk, row, nulls);
    return object.empty() ? Json() : object;
  }
  engine::Arena decimals;
  return json_of(chunk.columns[static_cast<size_t>(layout.output)].at(row, decimals));
}

}  // namespace

Json record_json(const Layout& layout, const Chunk& chunk, size_t row, bool nulls) { return members_json(layout, chunk, row, nulls); }

Result<Json> preview(const MappingSet& set, const Json& data, const registry::Node& target, const RunContext& context, CompileOptions options) {
  TRY(const std::vector<Json> records, records_of(data));
  options.open_source = true;
  const std::vector<SourceColumn> columns = columns_of_records(records);
  const Usable usable = usable_mappings(set, columns, target, options);
  const Compiled compiled = compile(usable.set, columns, target, options);
  FOZ_CHECK(compiled.program != nullptr, compiled.program ? "" : to_error(compiled.mistakes).message);
  Execution execution(compiled.program, context);
  Chunk source, out;
  Json answers = Json::array();
  for (const Json& record : records) {  // one at a time: each has its own list of errors
    fill_chunk(source, columns, {&record, 1});
    RowIssues issues;
    execution.run(source, out, issues);
    Json errors = usable.errors;
    for (const WarningExample& example : issues.examples()) errors.push_back(error_json(example.reason, &usable.set.mappings[example.mapping]));
    for (const Rejection& rejection : issues.rejections()) errors.push_back(error_json(rejection.reason, mapping_of(set, rejection.reason)));
    answers.push_back({{"data", record_json(compiled.program->layout(), out, 0, set.allow_null_values)}, {"errors", errors.empty() ? Json() : errors}});
  }
  return data.is_array() ? answers : answers[0];
}

}  // namespace foz::prep
