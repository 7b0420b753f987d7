// /data/foundation/import: batches and the files uploaded for them. Follows: Ingestion and access contract, 2-6 and 16.
#include "api/routes.h"
#include "base/id.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "schedule/ingest/ingestor.h"
#include "security/organisation.h"

namespace foz::api {
namespace {

using catalog::Batch;
using http::Verb;

/// What a batch holds. Follows: contract, 17.
constexpr size_t kFilesMax = 25'000;
constexpr uint64_t kBatchBytesMax = 1'000'000'000'000;

Error bad_member(std::string_view name, std::string_view rule) {
  return Error{.kind = ErrorKind::invalid, .message = std::string(name) + " " + std::string(rule), .where = "/" + std::string(name)};
}

catalog::Scope scope_of(const Request& request) { return {.sandbox = request.sandbox.id, .client = request.caller.client_id, .user = request.caller.user_id}; }

schedule::Ingestor& ingestor(Services& services) {
  FOZ_CHECK(services.ingestor != nullptr);
  return *services.ingestor;
}

// --- Creating ------------------------------------------------------------------------------------------------------

/// Options of a data set's tables, where the batch says nothing of them.
Json with_dataset_options(Json format, const catalog::Dataset& dataset) {
  struct Option {
    const char* of_dataset;
    const char* of_batch;
  };
  static constexpr Option kOptions[] = {{"delimiters", "delimiter"}, {"quotes", "quote"}, {"escapes", "escape"}, {"nullMarkers", "nullMarkers"}, {"header", "header"}, {"charset", "charset"}};
  const Json* description = member(dataset.doc, "fileDescription");
  for (const Option& option : kOptions) {
    const Json* given = description == nullptr ? nullptr : member(*description, option.of_dataset);
    if (given == nullptr || given->is_null() || format.contains(option.of_batch)) continue;
    const bool first_counts = given->is_array() && !given->empty() && std::string_view(option.of_batch) != "nullMarkers";
    format[option.of_batch] = first_counts ? (*given)[0] : *given;
  }
  return format;
}

/// The format as it is stored: lower case, the flag of JSON always there.
Result<Json> checked_format(Services& services, const Request& request, const catalog::Dataset& dataset, const Json& given) {
  Json format = given.is_object() ? given : Json::object();
  format["format"] = lower(text_of(format, "format", dataset.format()));
  if (format["format"] == "csv") format = with_dataset_options(std::move(format), dataset);
  TRY_DO(ingestor(services).check_format(request.sandbox.id, dataset, format));
  if (format["format"] == "json") format["isMultiLineJson"] = boolean_of(format, "isMultiLineJson").value_or(false);
  return format;
}

/// `enableErrorDiagnostics` and the threshold, which is spelled in two ways, as tags.
Status take_diagnostics(const Json& body, const catalog::Dataset& dataset, Json& tags) {
  bool diagnostics = dataset.error_diagnostics();
  if (const Json* given = member(body, "enableErrorDiagnostics"); given != nullptr && !given->is_null()) {
    const auto flag = as_boolean(*given);
    if (!flag) return bad_member("enableErrorDiagnostics", "is true or false");
    diagnostics = *flag;
  }
  for (const char* name : {"partialIngestionPercent", "partialIngestionPercentage"}) {
    const Json* given = member(body, name);
    if (given == nullptr || given->is_null()) continue;
    const auto percent = as_number(*given);
    if (!percent || *percent < 0 || *percent > 100) return bad_member(name, "is a number from 0 to 100");
    const auto whole = as_integer(*given);
    tags["acp_partialIngestionPercent"] = whole ? Json(*whole) : Json(*percent);
    diagnostics = true;
  }
  if (diagnostics || member(body, "enableErrorDiagnostics") != nullptr) tags["acp_enableErrorDiagnostics"] = diagnostics;
  return {};
}

Result<catalog::NewBatch> read_batch(Services& services, const Request& request) {
  if (!request.body.is_object()) return Error{.kind = ErrorKind::invalid, .message = "The body is an object with datasetId and inputFormat"};
  Json body = Json::object();
  for (const char* name : {"datasetId", "dataSetId", "relatedObjects", "inputFormat", "externalId", "tags", "replay"}) {
    if (const Json* given = member(request.body, name)) body[name] = *given;
  }
  TRY(auto wanted, catalog::read_new_batch(body, ""));
  if (wanted.dataset.empty()) return bad_member("datasetId", "is missing");
  TRY(const auto dataset, services.catalog->dataset(services.database, request.sandbox.id, wanted.dataset));
  TRY(wanted.input_format, checked_format(services, request, dataset, wanted.input_format));
  TRY_DO(take_diagnostics(request.body, dataset, wanted.tags));
  wanted.id = new_ulid(services.random, services.clock.now());
  if (!wanted.tags.contains("acp_producer")) wanted.tags["acp_producer"] = {"foz_batch"};
  wanted.tags["acp_stagePath"] = {"foz://uploads/" + request.sandbox.id + "/" + wanted.id};
  return wanted;
}

Result<Response> create_batch(Services& services, const Request& request) {
  TRY(const auto wanted, read_batch(services, request));
  TRY(const Batch batch, services.database.write_value([&](store::Transaction& transaction) { return services.catalog->open_batch(transaction, scope_of(request), wanted); }));
  return json_response(201, catalog::shown(batch, {.org_id = services.organisation.id(), .public_url = request.public_url}));
}

// --- Actions -------------------------------------------------------------------------------------------------------

Result<Batch> complete(Services& services, const Request& request, store::Transaction& transaction) {
  const std::string& id = request.part("batchId");
  TRY(const Batch batch, services.catalog->batch(transaction, request.sandbox.id, id));
  if (batch.status == catalog::BatchStatus::loading) {
    TRY(const bool unfinished, ingestor(services).uploads().has_unfinished(request.sandbox.id, id));
    if (unfinished) return Error{.kind = ErrorKind::invalid, .message = "A large file of the batch is not complete"};
    TRY(const auto files, ingestor(services).uploads().list(request.sandbox.id, id));
    if (files.size() > kFilesMax) return Error{.kind = ErrorKind::invalid, .message = "A batch has at most " + std::to_string(kFilesMax) + " files"};
    uint64_t bytes = 0;
    for (const catalog::KeptFile& file : files) bytes += file.bytes;
    if (bytes > kBatchBytesMax) return Error{.kind = ErrorKind::invalid, .message = "A batch has at most " + std::to_string(kBatchBytesMax) + " bytes"};
  }
  return services.catalog->complete_batch(transaction, scope_of(request), id);
}

struct BatchAction {
  std::string_view name;
  Result<Batch> (*act)(Services& services, const Request& request, store::Transaction& transaction);
};
constexpr BatchAction kActions[] = {
    {"COMPLETE", complete},
    {"ABORT", [](Services& s, const Request& r, store::Transaction& t) { return s.catalog->abort_batch(t, scope_of(r), r.part("batchId")); }},
    {"FAIL", [](Services& s, const Request& r, store::Transaction& t) { return s.catalog->give_up_batch(t, scope_of(r), r.part("batchId")); }},
    {"REVERT", [](Services& s, const Request& r, store::Transaction& t) { return s.catalog->revert_batch(t, scope_of(r), r.part("batchId")); }},
};

/// `action`, also spelled `actions`, in any case.
std::string action_of(const Request& request) {
  const auto given = request.query.value("action");
  return upper(given ? *given : request.query.value("actions").value_or(""));
}

Result<Response> act_on_batch(Services& services, const Request& request) {
  const std::string name = action_of(request);
  for (const BatchAction& action : kActions) {
    if (action.name != name) continue;
    TRY([[maybe_unused]] const Batch batch, services.database.write_value([&](store::Transaction& transaction) { return action.act(services, request, transaction); }));
    ingestor(services).wake();
    return Response{.status = 200};
  }
  return Error{.kind = ErrorKind::invalid, .message = "The parameter action is COMPLETE, ABORT, FAIL or REVERT"};
}

// --- Files ---------------------------------------------------------------------------------------------------------

Result<schedule::UploadTarget> target_of(const Request& request) {
  TRY(const std::string file, schedule::plain_file_name(request.part("filePath")));
  return schedule::UploadTarget{.sandbox = request.sandbox.id, .batch = request.part("batchId"), .dataset = request.part("datasetId"), .file = file};
}

bool is_form(const Request& request) { return starts_with_ignoring_case(request.http.headers.get("Content-Type").value_or(""), "multipart/form-data"); }

Status check_media_type(const Request& request, bool forms_too) {
  const std::string_view label = request.http.headers.get("Content-Type").value_or("");
  const std::string type = lower(trim(label.substr(0, label.find(';'))));
  for (const std::string_view known : {"", "application/octet-stream", "application/json", "text/csv", "application/x-parquet"}) {
    if (type == known) return {};
  }
  if (forms_too && is_form(request)) return {};
  return Error{.kind = ErrorKind::invalid, .message = "A file comes as application/octet-stream", .code = "INGEST-1000-415"};
}

/// Lower case; empty: the body stands as it is.
std::string encoding_of(const Request& request) {
  const std::string encoding = lower(trim(request.http.headers.get("Content-Encoding").value_or("")));
  return encoding == "identity" ? "" : encoding == "x-gzip" ? "gzip" : encoding;
}

/// The body as a file of its own, taken out of its form and unpacked.
Result<std::filesystem::path> body_of(Services& services, const Request& request) {
  lake::FileIo& files = ingestor(services).files();
  std::filesystem::path body = request.http.body_file;
  if (body.empty()) {  // nothing was streamed: an empty file, mostly
    const std::filesystem::path folder = services.catalog->settings().data_dir / "uploads";
    TRY_DO(files.make_folder(folder));
    body = folder / ("body-" + random_hex(services.random, 24));
    TRY_DO(files.write_whole(body, request.http.body));
  }
  if (is_form(request)) TRY_DO(schedule::unwrap_form(files, body, *request.http.headers.get("Content-Type")));
  const std::string encoding = encoding_of(request);
  if (!encoding.empty() && encoding != "gzip") {
    return Error{.kind = ErrorKind::invalid, .message = "A file comes as it is, or with Content-Encoding gzip", .code = "INGEST-1000-415"};
  }
  if (encoding == "gzip") {
    TRY_DO(schedule::unpack_gzip(files, body, services.settings.upload_bytes_max));
  }
  return body;
}

Result<Response> put_file(Services& services, const Request& request) {
  TRY(const auto target, target_of(request));
  TRY_DO(check_media_type(request, false));
  TRY(const auto body, body_of(services, request));
  TRY_DO(ingestor(services).uploads().put(target, body));
  return Response{.status = 200};
}

/// Large files: INITIALIZE, then chunks, then COMPLETE.
Result<Response> act_on_file(Services& services, const Request& request) {
  TRY(const auto target, target_of(request));
  const std::string action = action_of(request);
  if (action == "INITIALIZE") {
    TRY_DO(ingestor(services).uploads().begin(target));
    return Response{.status = 201};
  }
  if (action != "COMPLETE") return Error{.kind = ErrorKind::invalid, .message = "The parameter action is INITIALIZE or COMPLETE"};
  TRY(const uint64_t size, ingestor(services).uploads().complete(target));
  return json_response(200, {{"name", target.file}, {"sizeInBytes", size}});
}

Result<Response> patch_file(Services& services, const Request& request) {
  TRY(const auto target, target_of(request));
  TRY_DO(check_media_type(request, true));
  TRY(const std::string header, request.header("Content-Range"));
  TRY(const auto range, schedule::parse_content_range(header));
  TRY(const auto body, body_of(services, request));
  TRY_DO(ingestor(services).uploads().add_chunk(target, range, body));
  return json_response(200, Json::object());
}

Result<Response> head_file(Services& services, const Request& request) {
  TRY(const auto target, target_of(request));
  TRY(const auto state, ingestor(services).uploads().look(target));
  Response response{.status = 200, .headers = {{"Content-Length", std::to_string(state.received)}}};
  if (state.prefix > 0) response.headers.set("Content-Range", "bytes 0-" + std::to_string(state.prefix - 1) + "/*");
  return response;
}

// --- Preview -------------------------------------------------------------------------------------------------------

Result<size_t> rows_wanted(const Request& request) {
  const auto text = request.query.value("nrow");
  const auto count = text ? to_integer(*text) : std::optional<int64_t>(5);
  if (!count || *count < 1 || *count > 10) return Error{.kind = ErrorKind::invalid, .message = "The parameter nrow is a number from 1 to 10"};
  return static_cast<size_t>(*count);
}

Result<Response> preview_batch(Services& services, const Request& request) {
  TRY(const size_t rows, rows_wanted(request));
  TRY(const Batch batch, services.catalog->batch(services.database, request.sandbox.id, request.part("batchId")));
  if (batch.dataset != request.part("datasetId")) return Error{.kind = ErrorKind::not_found, .message = "Batch " + batch.id + " is not of that data set"};
  Json format = batch.doc.value("inputFormat", Json::object());
  for (const char* name : {"format", "isMultiLineJson", "delimiter", "quote", "escape", "charset", "header"}) {
    if (const auto given = request.query.value(name)) format[name] = *given;
  }
  TRY(const Json preview, ingestor(services).preview(batch, format, rows));
  return json_response(200, preview);
}

constexpr Route kIngestionRoutes[] = {
    {Verb::post, "/batches", Right::manage_datasets, create_batch, "Create a batch", BodyUse::json, {.status = 201, .gives = "Batch", .takes = "BatchBody"}},
    {Verb::patch, "/batches", Right::manage_datasets, create_batch, "Create a batch", BodyUse::json, {.status = 201, .gives = "Batch", .takes = "BatchBody"}},
    {Verb::post, "/batches/{batchId}", Right::manage_datasets, act_on_batch, "Complete, abort, fail or revert a batch", BodyUse::ignored, {.gives = "Nothing", .query = "action"}},
    {Verb::put, "/batches/{batchId}/datasets/{datasetId}/files/{filePath...}", Right::manage_datasets, put_file, "Upload a file", BodyUse::file, {.gives = "Nothing"}},
    {Verb::post, "/batches/{batchId}/datasets/{datasetId}/files/{filePath...}", Right::manage_datasets, act_on_file, "Begin or complete the upload of a large file", BodyUse::ignored, {.gives = "LargeFile", .query = "action", .also = "201"}},
    {Verb::patch, "/batches/{batchId}/datasets/{datasetId}/files/{filePath...}", Right::manage_datasets, patch_file, "Upload a chunk of a large file", BodyUse::file, {.gives = "Object", .also = "416"}},
    {Verb::head, "/batches/{batchId}/datasets/{datasetId}/files/{filePath...}", Right::view_datasets, head_file, "How much of a file has come"},
    {Verb::get, "/batches/{batchId}/datasets/{datasetId}/preview", Right::view_datasets, preview_batch, "The first rows of what was uploaded", BodyUse::ignored, {.gives = "Preview", .query = "format,isMultiLineJson,delimiter,quote,escape,charset,header,nrow"}},
};

}  // namespace

RouteTable ingestion_routes() { return {Service::ingestion, "/data/foundation/import", true, kIngestionRoutes}; }

}  // namespace foz::api
