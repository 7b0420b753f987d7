// /samples and /schemas: what the mapping screen of clients keeps. Follows: Data Prep contract, 3.7.
#include "api/conversion.h"
#include "api/multipart.h"
#include "catalog/catalog.h"
#include "lake/file_io.h"
#include "prep/sample_file.h"
#include "prep/sample_store.h"
#include "registry/registry.h"

namespace foz::api {
namespace {

prep::SampleStore store_of(Services& services) { return {services.database, services.clock, services.random}; }

/// The part `file` of a form. Errors: CONV-1004-400.
Result<std::string> uploaded(const Request& request) {
  const auto type = request.http.headers.get("Content-Type");
  const http::Query parts = multipart_fields(request.http.body, type.value_or(""));
  if (auto file = parts.get("file")) return *std::move(file);
  return Error{.kind = ErrorKind::invalid, .message = "the body is a form (multipart/form-data) with a part named file", .code = "CONV-1004-400", .where = "file"};
}

/// A Parquet file, read through a file of its own in the spill folder, which every start empties.
Result<prep::ParquetSample> parquet_sample(Services& services, const std::string& bytes) {
  lake::LocalFileIo files;
  return prep::read_parquet_sample(bytes, files, services.catalog->settings().data_dir / "spill", services.random, "Uploaded sample");
}

Result<Response> list_samples(Services& services, const Request& request) {
  TRY(const prep::MappingSetList list, list_query(request));
  TRY(prep::DocumentPage page, store_of(services).samples(request.sandbox.id, list));
  return list_response(request, "/samples", list, std::move(page.documents), page.more);
}

Result<Response> get_sample(Services& services, const Request& request) {
  TRY(const Json sample, store_of(services).sample(request.sandbox.id, request.part("id")));
  return json_response(200, sample);
}

Result<Response> create_sample(Services& services, const Request& request) {
  TRY(const Json sample, store_of(services).create_sample(request.sandbox.id, request.body, request.caller.user_id));
  return json_response(200, sample);
}

Result<Response> upload_sample(Services& services, const Request& request) {
  TRY(const std::string file, uploaded(request));
  Json data = file;
  if (prep::is_parquet(file)) {
    TRY(prep::ParquetSample parquet, parquet_sample(services, file));
    data = std::move(parquet.records);
  }
  TRY(const Json sample, store_of(services).create_sample(request.sandbox.id, {{"sampleData", std::move(data)}}, request.caller.user_id));
  return json_response(200, sample);
}

Result<Response> replace_sample(Services& services, const Request& request) {
  TRY(const Json sample, store_of(services).replace_sample(request.sandbox.id, request.part("id"), request.body, request.caller.user_id));
  return json_response(200, sample);
}

Result<Response> list_schemas(Services& services, const Request& request) {
  TRY(const prep::MappingSetList list, list_query(request));
  TRY(prep::DocumentPage page, store_of(services).schemas(request.sandbox.id, list));
  return list_response(request, "/schemas", list, std::move(page.documents), page.more);
}

Result<Response> get_schema(Services& services, const Request& request) {
  TRY(const Json schema, store_of(services).schema(request.sandbox.id, request.part("id")));
  return json_response(200, schema);
}

Result<Response> create_schema(Services& services, const Request& request) {
  const auto lookup = [&](const std::string& id) -> Result<Json> {
    TRY(const auto schema, services.registry->schema(request.sandbox.id, id));
    return schema->doc;
  };
  TRY(const Json schema, store_of(services).create_schema(request.sandbox.id, request.body, request.caller.user_id, lookup));
  return json_response(200, schema);
}

Result<Response> upload_schema(Services& services, const Request& request) {
  TRY(const std::string file, uploaded(request));
  if (prep::is_parquet(file)) {
    TRY(prep::ParquetSample parquet, parquet_sample(services, file));
    TRY(const Json schema, store_of(services).create_schema(request.sandbox.id, {{"jsonSchema", std::move(parquet.schema)}}, request.caller.user_id, {}));
    return json_response(200, schema);
  }
  TRY(const Json schema, store_of(services).create_schema_of_file(request.sandbox.id, file, request.caller.user_id));
  return json_response(200, schema);
}

constexpr Route kRows[] = {
    {http::Verb::get, "/samples", Right::view_sources, list_samples, "List samples", BodyUse::ignored, {.gives = "Samples", .query = "limit,start,orderBy"}},
    {http::Verb::post, "/samples", Right::manage_sources, create_sample, "Keep a sample", BodyUse::json, {.gives = "Sample", .takes = "SampleBody"}},
    {http::Verb::post, "/samples/upload", Right::manage_sources, upload_sample, "Keep a file as a sample: JSON, JSON lines, CSV or Parquet", BodyUse::raw, {.gives = "Sample"}},
    {http::Verb::get, "/samples/{id}", Right::view_sources, get_sample, "Look up a sample", BodyUse::ignored, {.gives = "Sample"}},
    {http::Verb::put, "/samples/{id}", Right::manage_sources, replace_sample, "Replace a sample", BodyUse::json, {.gives = "Sample", .takes = "SampleBody"}},
    {http::Verb::get, "/schemas", Right::view_sources, list_schemas, "List source schemas", BodyUse::ignored, {.gives = "SourceSchemas", .query = "limit,start,orderBy"}},
    {http::Verb::post, "/schemas", Right::manage_sources, create_schema, "Keep a source schema", BodyUse::json, {.gives = "SourceSchema", .takes = "SourceSchemaBody"}},
    {http::Verb::post, "/schemas/upload", Right::manage_sources, upload_schema, "Keep a file as a source schema: a JSON schema, or a sample", BodyUse::raw, {.gives = "SourceSchema"}},
    {http::Verb::get, "/schemas/{id}", Right::view_sources, get_schema, "Look up a source schema", BodyUse::ignored, {.gives = "SourceSchema"}},
};

}  // namespace

std::span<const Route> conversion_sample_rows() { return kRows; }

}  // namespace foz::api
