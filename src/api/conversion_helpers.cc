// Checking, trying and suggesting mappings, and the language's own pages. Follows: Data Prep contract, 3.
#include "api/conversion.h"
#include "catalog/catalog.h"
#include "prep/functions.h"
#include "prep/mapping_set_store.h"
#include "prep/preview.h"
#include "prep/sample.h"
#include "prep/sample_store.h"
#include "prep/suggest.h"
#include "prep/validate.h"
#include "registry/registry.h"

namespace foz::api {
namespace {

/// Bytes of a body with records. Follows: Data Prep contract, 3.2.
constexpr size_t kPreviewBytesMax = 1024 * 1024;

prep::RunContext run_context(Services& services) { return {.now = services.clock.now(), .random = &services.random}; }

Error bad_body(std::string message, std::string where) {
  return {.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1004-400", .where = std::move(where)};
}

Result<Response> validate_set(Services& services, const Request& request) {
  const auto lookup = [&](const prep::TargetSchema& target) { return services.mapping_sets->target_root(request.sandbox.id, target); };
  TRY(const Json answer, prep::validate(request.body, lookup, services.mapping_sets->compile_options()));
  return json_response(200, answer);
}

Result<Response> preview_set(Services& services, const Request& request) {
  if (request.http.body.size() > kPreviewBytesMax) return bad_body("a preview takes at most 1 MiB", "data");
  const Json* data = member(request.body, "data");
  const Json* body = member(request.body, "mappingSet");
  if (data == nullptr || data->is_null()) return bad_body("data is required: a record, or an array of records", "data");
  if (body == nullptr || body->is_null()) return bad_body("mappingSet is required", "mappingSet");
  TRY(const prep::MappingSet set, prep::read_mapping_set(*body));
  TRY(const auto root, services.mapping_sets->target_root(request.sandbox.id, set.target));
  TRY(const Json answer, prep::preview(set, *data, *root, run_context(services), services.mapping_sets->compile_options()));
  return json_response(200, answer);
}

/// The leaves of a schema as if a source delivered them.
void collect_columns(const registry::Node& node, const std::string& path, std::vector<prep::SourceColumn>& columns) {
  for (const registry::Node& child : node.children) {
    const std::string here = path.empty() ? child.name : path + "." + child.name;
    if (child.kind == engine::Kind::object) collect_columns(child, here, columns);
    else if (engine::is_scalar(child.kind)) columns.push_back({.name = here, .type = engine::column_type(child.kind)});
  }
}

Result<std::shared_ptr<const registry::EffectiveSchema>> schema_of_dataset(Services& services, const Request& request, const std::string& dataset_id) {
  TRY(const catalog::Dataset dataset, services.catalog->dataset(services.database, request.sandbox.id, dataset_id));
  return services.registry->schema(request.sandbox.id, dataset.schema_id());
}

/// From the records of a kept sample to the schema of `datasetId`.
Result<Response> suggest_of_sample(Services& services, const Request& request, const std::string& dataset_id, const std::string& sample_id, bool exclude_unmapped) {
  TRY(const Json sample, prep::SampleStore(services.database, services.clock, services.random).sample(request.sandbox.id, sample_id));
  TRY(const Json records, prep::read_sample(text_of(sample, "sampleData")));
  TRY(const auto target, schema_of_dataset(services, request, dataset_id));
  const prep::SampledColumns sampled = prep::sampled_columns(records);
  return json_response(200, prep::suggestion_json(prep::suggest(sampled.columns, target->root, sampled.values), {.id = target->id, .content_type = "1.0"}, exclude_unmapped));
}

/// From the columns of a batch's data set to the schema of `datasetId`; either alone stands for both. `sampleId` names a
/// kept sample in the place of the batch.
Result<Response> suggest_set(Services& services, const Request& request) {
  TRY(const bool exclude_unmapped, query_flag(request, "excludeUnmapped"));
  std::string target_id = request.query.value("datasetId").value_or("");
  std::string source_id = target_id;
  if (const auto batch_id = request.query.value("batchId")) {
    TRY(const catalog::Batch batch, services.catalog->batch(services.database, request.sandbox.id, *batch_id));
    source_id = batch.dataset;
    if (target_id.empty()) target_id = source_id;
  }
  if (target_id.empty()) return Error{.kind = ErrorKind::invalid, .message = "datasetId or batchId is required", .code = "CONV-1009-400"};
  if (const auto sample_id = request.query.value("sampleId")) return suggest_of_sample(services, request, target_id, *sample_id, exclude_unmapped);
  TRY(const auto source, schema_of_dataset(services, request, source_id));
  TRY(const auto target, schema_of_dataset(services, request, target_id));
  std::vector<prep::SourceColumn> columns;
  collect_columns(source->root, "", columns);
  return json_response(200, prep::suggestion_json(prep::suggest(columns, target->root), {.id = target->id, .content_type = "1.0"}, exclude_unmapped));
}

Result<Response> list_functions(Services&, const Request&) { return json_response(200, prep::functions_json()); }
Result<Response> list_operators(Services&, const Request&) { return json_response(200, prep::operators_json()); }

Result<Response> validate_expression(Services& services, const Request& request) {
  TRY(const prep::ExpressionCheck check, prep::read_expression_check(request.body));
  return json_response(200, prep::validate_expression(check, run_context(services), services.mapping_sets->compile_options()));
}

constexpr Route kRows[] = {
    {http::Verb::post, "/mappingSets/validate", Right::view_sources, validate_set, "Check a mapping set without storing it", BodyUse::json, {.gives = "Validation", .takes = "MappingSetBody"}},
    {http::Verb::post, "/mappingSets/preview", Right::view_sources, preview_set, "Map records without storing them", BodyUse::json, {.gives = "Mapped", .takes = "PreviewBody"}},
    {http::Verb::get, "/mappingSets/suggestion", Right::view_sources, suggest_set, "Suggest mappings for a data set", BodyUse::ignored, {.gives = "Suggestion", .query = "datasetId,batchId,sampleId,excludeUnmapped"}},
    {http::Verb::get, "/languages/el/functions", Right::view_sources, list_functions, "List the functions of the mapping language", BodyUse::ignored, {.gives = "LanguageFunctions"}},
    {http::Verb::get, "/languages/el/operators", Right::view_sources, list_operators, "List the operators of the mapping language", BodyUse::ignored, {.gives = "LanguageOperators"}},
    {http::Verb::post, "/languages/el/validate", Right::view_sources, validate_expression, "Check an expression", BodyUse::json, {.gives = "ExpressionValidation", .takes = "ExpressionBody"}},
};

}  // namespace

std::span<const Route> conversion_helper_rows() { return kRows; }

}  // namespace foz::api
