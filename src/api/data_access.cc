// /data/foundation/export: files of batches, their bytes, diagnostics and previews.
// Follows: Ingestion and access contract, 11-16.
#include <algorithm>

#include "api/downloads.h"
#include "api/routes.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/kept_files.h"
#include "catalog/relation.h"
#include "engine/engine.h"

namespace foz::api {
namespace {

using http::Verb;

constexpr std::string_view kAccessBase = "/data/foundation/export";
constexpr std::string_view kSampleFile = "row_errors_sample.json";
constexpr std::string_view kWarningsFile = "row_warnings_sample.json";
constexpr size_t kPreviewRowsMax = 100;

std::string address(const Request& request, const std::string& path) { return request.public_url + std::string(kAccessBase) + path; }

Error no_file(const std::string& name) { return Error{.kind = ErrorKind::not_found, .message = "there is no file \"" + name + "\""}; }

std::string file_address(const Request& request, const std::string& file_id) { return address(request, "/files/" + http::percent_encode(file_id)); }

/// The one file that a batch has in its data set, as lists show it.
Result<Json> listed_batch_file(Services& services, const Request& request, const std::vector<catalog::DatasetFile>& parts) {
  TRY(const auto dataset, services.catalog->dataset(services.database, request.sandbox.id, parts.front().dataset));
  catalog::BatchFile file{.batch = parts.front().batch, .dataset = dataset.id, .created_ms = parts.front().created_ms};
  for (const catalog::DatasetFile& part : parts) {
    file.bytes += part.bytes;
    file.records += part.records;
  }
  const std::string time = std::to_string(file.created_ms);
  return Json{{"dataSetFileId", file.id()}, {"dataSetViewId", dataset.view_id}, {"version", "1.0.0"}, {"created", time}, {"updated", time},
              {"records", std::to_string(file.records)}, {"size", std::to_string(file.bytes)}, {"isValid", true},
              {"_links", {{"self", {{"href", file_address(request, file.id())}}}}}};
}

Result<Response> list_batch_files(Services& services, const Request& request) {
  TRY(const auto window, list_window(request));
  TRY(const auto batch, services.catalog->batch(services.database, request.sandbox.id, request.part("batchId")));
  TRY(const auto parts, services.catalog->files_of_batch(services.database, request.sandbox.id, batch.id));
  std::vector<Json> entries;
  if (!parts.empty()) {
    TRY(Json entry, listed_batch_file(services, request, parts));
    entries.push_back(std::move(entry));
  }
  const std::string self = address(request, "/batches/" + batch.id + "/files");
  Json answer = paged(entries, window, self);
  answer["_links"]["page"] = {{"href", self + "{?start,limit}"}, {"templated", true}};
  return json_response(200, answer);
}

Result<std::vector<catalog::DatasetFile>> parts_of_file(Services& services, const Request& request) {
  const std::string& id = request.part("fileId");
  TRY(const std::string batch, catalog::batch_of_file(id));
  TRY(auto parts, services.catalog->files_of_batch(services.database, request.sandbox.id, batch));
  if (parts.empty()) return no_file(id);
  return parts;
}

Response list_parts(const Request& request, const std::vector<catalog::DatasetFile>& parts, const ListWindow& window) {
  const std::string self = file_address(request, request.part("fileId"));
  std::vector<Json> entries;
  for (const catalog::DatasetFile& part : parts) {
    entries.push_back(listed_file(part.name, static_cast<uint64_t>(part.bytes), self + "?path=" + http::percent_encode(part.name)));
  }
  return json_response(200, paged(entries, window, self));
}

/// The parts of a file; with `path` the bytes of one.
Result<Response> get_file(Services& services, const Request& request) {
  TRY(const auto parts, parts_of_file(services, request));
  const auto name = request.query.value("path");
  if (!name && request.http.verb == Verb::head) return Error{.kind = ErrorKind::invalid, .message = "The parameter path is missing: HEAD is for one part of a file"};
  if (!name) {
    std::vector<std::string> names;
    for (const catalog::DatasetFile& part : parts) names.push_back(part.name);
    TRY(const auto window, list_window(request, names));
    return list_parts(request, parts, window);
  }
  const auto part = std::find_if(parts.begin(), parts.end(), [&](const catalog::DatasetFile& p) { return p.name == *name; });
  if (part == parts.end()) return no_file(*name);
  const auto bytes = static_cast<uint64_t>(part->bytes);
  return send_file(services, request, {.name = part->name, .file = services.catalog->settings().data_dir / part->path, .bytes = bytes,
                                       .etag = download_etag(part->batch, part->name, bytes)});
}

/// The list of `files` with their addresses below `self`, or the bytes of the one that `path` names. `folder`: where all of
/// them lie, when the list is that of a folder.
Result<Response> list_or_send(Services& services, const Request& request, const std::vector<catalog::KeptFile>& files, const std::string& self,
                              const std::optional<std::string>& path, const std::string& folder = "") {
  if (!path) {
    std::vector<std::string> names;
    std::vector<Json> entries;
    for (const catalog::KeptFile& file : files) {
      names.push_back(file.name);
      entries.push_back(listed_file(file.name, file.bytes, self + "?path=" + http::percent_encode(file.name)));
    }
    TRY(const auto window, list_window(request, names));
    const std::string list = folder.empty() ? self : self + "?path=" + http::percent_encode(folder);
    return json_response(200, paged(entries, window, list));
  }
  const auto file = std::find_if(files.begin(), files.end(), [&](const catalog::KeptFile& f) { return f.name == *path; });
  if (file == files.end()) return no_file(*path);
  return send_file(services, request, {.name = file->name, .file = file->path, .bytes = file->bytes, .etag = download_etag(request.part("batchId"), file->name, file->bytes)});
}

/// What a batch could not take: the input of a failed one while it is kept, else its rejected rows.
Result<std::vector<catalog::KeptFile>> failed_files(Services& services, const catalog::Batch& batch) {
  if (batch.status == catalog::BatchStatus::failed) {
    TRY(auto uploads, catalog::kept_files(services.catalog->upload_folder(batch.sandbox, batch.id) / "files"));
    if (!uploads.empty()) return uploads;
  }
  return catalog::kept_files(services.catalog->diagnostics_folder(batch.sandbox, batch.id) / "row_errors");
}

Result<Response> get_failed(Services& services, const Request& request) {
  TRY(const auto batch, services.catalog->batch(services.database, request.sandbox.id, request.part("batchId")));
  TRY(auto files, failed_files(services, batch));
  if (files.empty()) return Error{.kind = ErrorKind::not_found, .message = "Batch " + batch.id + " has no failed records that are kept"};
  files.insert(files.begin(), {.name = "_SUCCESS"});
  return list_or_send(services, request, files, address(request, "/batches/" + batch.id + "/failed"), request.query.value("path"));
}

/// `meta?path=`: the folders of the diagnostics, a folder, or a file.
Result<Response> get_meta(Services& services, const Request& request) {
  TRY(const auto batch, services.catalog->batch(services.database, request.sandbox.id, request.part("batchId")));
  TRY(const auto files, catalog::kept_files(services.catalog->diagnostics_folder(batch.sandbox, batch.id)));
  if (files.empty()) return Error{.kind = ErrorKind::not_found, .message = "Batch " + batch.id + " has no diagnostics that are kept"};
  std::string path = request.query.value("path").value_or("");
  while (path.ends_with('/')) path.pop_back();
  if (path == "row_error_samples.json") path = kSampleFile;
  const std::string self = address(request, "/batches/" + batch.id + "/meta");
  if (!path.empty() && path.find('/') == path.npos && path != kSampleFile && path != kWarningsFile) {
    std::vector<catalog::KeptFile> inside;
    std::copy_if(files.begin(), files.end(), std::back_inserter(inside), [&](const catalog::KeptFile& file) { return file.name.starts_with(path + "/"); });
    if (inside.empty()) return no_file(path);
    return list_or_send(services, request, inside, self, std::nullopt, path);
  }
  if (!path.empty()) return list_or_send(services, request, files, self, path);
  std::vector<Json> folders;
  for (const char* folder : {"row_errors", "input_files"}) {
    const bool holds_any = std::any_of(files.begin(), files.end(), [&](const catalog::KeptFile& file) { return file.name.starts_with(std::string(folder) + "/"); });
    if (holds_any) folders.push_back(listed_file(folder, 0, self + "?path=" + folder));
  }
  TRY(const auto window, list_window(request));
  return json_response(200, paged(folders, window, self));
}

/// Rows of the newest files first, file by file, until there are enough.
Result<Json> preview_rows(const std::filesystem::path& data_dir, std::vector<catalog::DatasetFile> files) {
  Json rows = Json::array();
  if (files.empty()) return rows;
  TRY(const auto engine, engine::Engine::open({.memory_bytes = 256u << 20, .allowed_folders = {data_dir / "tables"}}));
  for (auto file = files.rbegin(); file != files.rend() && rows.size() < kPreviewRowsMax; ++file) {
    const std::string sql = catalog::relation_sql(data_dir, {*file}, *file->layout) + " LIMIT " + std::to_string(kPreviewRowsMax - rows.size());
    TRY(const auto found, engine->query(sql));
    for (size_t i = 0; i < found.rows.size(); ++i) rows.push_back(found.object(i));
  }
  return rows;
}

Result<Response> preview_dataset(Services& services, const Request& request) {
  TRY(const auto dataset, services.catalog->dataset(services.database, request.sandbox.id, request.part("datasetId")));
  TRY(auto files, services.catalog->files_of(services.database, request.sandbox.id, dataset.id));
  TRY(Json rows, preview_rows(services.catalog->settings().data_dir, std::move(files)));
  return json_response(200, {{"data", std::move(rows)}});
}

constexpr Route kAccessRoutes[] = {
    {Verb::get, "/batches/{batchId}/files", Right::view_datasets, list_batch_files, "List the files of a batch", BodyUse::ignored, {.gives = "FileList", .query = "limit,start"}},
    {Verb::get, "/batches/{batchId}/failed", Right::view_datasets, get_failed, "List or download what a batch could not take", BodyUse::ignored, {.gives = "FileListOrJson", .query = "path,limit,start", .also = "206,416"}},
    {Verb::get, "/batches/{batchId}/meta", Right::view_datasets, get_meta, "List or download the diagnostics of a batch", BodyUse::ignored, {.gives = "FileListOrJson", .query = "path,limit,start", .also = "206,416"}},
    {Verb::get, "/files/{fileId}", Right::view_datasets, get_file, "List the parts of a file, or download one", BodyUse::ignored, {.gives = "FileListOrJson", .query = "path,limit,start", .also = "206,416"}},
    {Verb::head, "/files/{fileId}", Right::view_datasets, get_file, "Size of a part of a file", BodyUse::ignored, {.query = "path"}},
    {Verb::get, "/datasets/{datasetId}/preview", Right::view_datasets, preview_dataset, "Up to 100 rows of a data set", BodyUse::ignored, {.gives = "Rows"}},
    {Verb::get, "/dataSets/{datasetId}/preview", Right::view_datasets, preview_dataset, "Up to 100 rows of a data set", BodyUse::ignored, {.gives = "Rows"}},
};

}  // namespace

RouteTable access_routes() { return {Service::access, kAccessBase, true, kAccessRoutes}; }

}  // namespace foz::api
