#include "api/catalog_writes.h"

#include "base/json_patch.h"
#include "base/text.h"
#include "security/organisation.h"

namespace foz::api {
namespace {

/// Rounds until a request knows all schemas that it names: one for each that only a change of something stored names.
constexpr int kRoundsMax = 100;

Json references(std::string_view collection, std::string_view id) { return Json::array({"@/" + std::string(collection) + "/" + std::string(id)}); }

Written written_dataset(const CatalogWork& work, const catalog::Dataset& dataset, int status) {
  return {.status = status, .body = references("dataSets", dataset.id), .id = dataset.id, .version = dataset.version, .object = catalog::shown(dataset, work.outside)};
}

Written written_batch(const CatalogWork& work, const catalog::Batch& batch, int status) {
  return {.status = status, .body = references("batches", batch.id), .id = batch.id, .version = batch.version, .object = catalog::shown(batch, work.outside)};
}

/// Breaks off when `document` names a schema that nobody asked about yet.
Status know_schema(const CatalogWork& work, const Json& document) {
  const auto ref = catalog::schema_ref_of(document);
  if (!ref || ref->id.empty() || work.schemas.contains(ref->id)) return {};
  work.unknown.push_back(document);
  return Error{.kind = ErrorKind::conflict, .message = "a schema is not known yet"};
}

/// With `requestDataSource=true` the data set has a `dataSourceId`: one is made where none came.
Status fill_data_source(CatalogWork& work, const http::Query& query, Json& body) {
  const auto wanted = query.value("requestDataSource");
  if (!wanted) return {};
  const auto flag = as_boolean(*wanted);
  if (!flag) return Error{.kind = ErrorKind::invalid, .message = "The parameter requestDataSource is true or false"};
  if (*flag && body.is_object() && !body.contains("dataSourceId")) body["dataSourceId"] = 1 + work.services.random.below(1'000'000'000);
  return {};
}

Result<Json> merged(const Json& shown, const Json& body) {
  if (!body.is_object()) return Error{.kind = ErrorKind::invalid, .message = "the body is an object of the members to change"};
  return merge_patched(shown, body);
}

/// Follows: Catalog contract, 12: the type of the JSON decides, the media type does not count.
Result<Json> patched(const Json& shown, const Json& body) {
  if (!body.is_array()) return merged(shown, body);
  return apply_patch(shown, body, {.replace_may_add = true, .add_makes_parents = true});
}

Result<Json> replaced(const Json&, const Json& body) { return body; }

using EditOf = Result<Json> (*)(const Json& shown, const Json& body);

Result<Written> change_dataset(CatalogWork& work, const CatalogCall& call, EditOf edit_of) {
  const catalog::Catalog::Edit edit = [&](const Json& shown) -> Result<Json> {
    TRY(Json wanted, edit_of(shown, call.body));
    TRY_DO(know_schema(work, wanted));
    return wanted;
  };
  TRY(const auto dataset, work.services.catalog->change_dataset(work.transaction, work.scope, call.id, edit, call.precondition, work.schemas));
  return written_dataset(work, dataset, 200);
}

Result<Written> change_batch(CatalogWork& work, const CatalogCall& call, EditOf edit_of) {
  const catalog::Catalog::Edit edit = [&](const Json& shown) { return edit_of(shown, call.body); };
  TRY(const auto batch, work.services.catalog->change_batch(work.transaction, work.scope, call.id, edit, call.precondition));
  return written_batch(work, batch, 200);
}

constexpr CatalogWriteRow kWrites[] = {
    {http::Verb::post, "/dataSets", create_dataset},       {http::Verb::put, "/dataSets/{id}", replace_dataset},
    {http::Verb::patch, "/dataSets/{id}", patch_dataset},  {http::Verb::patch, "/v2/dataSets/{id}", merge_dataset},
    {http::Verb::del, "/dataSets/{id}", delete_dataset},   {http::Verb::post, "/batches", create_batch},
    {http::Verb::post, "/batches/{id}", create_batch},     {http::Verb::put, "/batches/{id}", replace_batch},
    {http::Verb::patch, "/batches/{id}", patch_batch},     {http::Verb::del, "/batches/{id}", delete_batch},
};

}  // namespace

std::span<const CatalogWriteRow> catalog_writes() { return kWrites; }

Result<Written> create_dataset(CatalogWork& work, const CatalogCall& call) {
  Json body = call.body;
  TRY_DO(fill_data_source(work, call.query, body));
  TRY_DO(know_schema(work, body));
  TRY(const auto dataset, work.services.catalog->create_dataset(work.transaction, work.scope, body, work.schemas));
  return written_dataset(work, dataset, 201);
}

Result<Written> replace_dataset(CatalogWork& work, const CatalogCall& call) { return change_dataset(work, call, replaced); }
Result<Written> patch_dataset(CatalogWork& work, const CatalogCall& call) { return change_dataset(work, call, patched); }
Result<Written> merge_dataset(CatalogWork& work, const CatalogCall& call) { return change_dataset(work, call, merged); }

Result<Written> delete_dataset(CatalogWork& work, const CatalogCall& call) {
  TRY(const bool was_there, work.services.catalog->delete_dataset(work.transaction, work.scope, call.id, call.precondition));
  return Written{.body = was_there ? references("dataSets", call.id) : Json::array(), .id = call.id};
}

Result<Written> create_batch(CatalogWork& work, const CatalogCall& call) {
  TRY(const auto wanted, catalog::read_new_batch(call.body, call.id));
  const bool must_be_new = call.precondition.must_be_new && !call.id.empty();
  if (must_be_new && work.services.catalog->batch(work.transaction, work.scope.sandbox, call.id)) {
    return Error{.kind = ErrorKind::conflict, .message = "If-None-Match: * asks for something new, but this batch exists", .code = "CATALOG-412"};
  }
  TRY(const auto batch, work.services.catalog->open_batch(work.transaction, work.scope, wanted));
  return written_batch(work, batch, 201);
}

Result<Written> replace_batch(CatalogWork& work, const CatalogCall& call) { return change_batch(work, call, replaced); }
Result<Written> patch_batch(CatalogWork& work, const CatalogCall& call) { return change_batch(work, call, patched); }

Result<Written> delete_batch(CatalogWork& work, const CatalogCall& call) {
  TRY(const bool was_there, work.services.catalog->delete_batch(work.transaction, work.scope, call.id, call.precondition));
  return Written{.body = was_there ? references("batches", call.id) : Json::array(), .id = call.id};
}

Status in_catalog(Services& services, const Request& request, const std::vector<Json>& documents,
                  const std::function<Status(CatalogWork&)>& body) {
  const bool keeps = !equal_ignoring_case(trim(request.http.headers.get("Pragma").value_or("")), "validate-only");
  const catalog::Scope scope{.sandbox = request.sandbox.id, .client = request.caller.client_id, .user = request.caller.user_id};
  catalog::Schemas schemas = services.catalog->schemas_of(request.sandbox.id, documents);
  for (int round = 0; round < kRoundsMax; ++round) {
    std::vector<Json> unknown;
    bool would_work = false;
    Status status = services.database.write([&](store::Transaction& transaction) -> Status {
      CatalogWork work{services, transaction, scope, outside_of(services, request), schemas, unknown};
      TRY_DO(body(work));
      would_work = true;
      if (!keeps) return Error{.kind = ErrorKind::cancelled, .message = "only validated"};
      return {};
    });
    if (would_work && !keeps) return {};
    if (status || unknown.empty()) return status;
    schemas.merge(services.catalog->schemas_of(request.sandbox.id, unknown));
  }
  return Error{.kind = ErrorKind::invalid, .message = "one request may name at most " + std::to_string(kRoundsMax) + " schemas"};
}

Result<Response> write_one(Services& services, const Request& request, CatalogWrite write) {
  CatalogCall call{.query = request.query, .precondition = precondition_of(request.http.headers), .body = request.body};
  if (const auto id = request.parts.find("id"); id != request.parts.end()) call.id = id->second;
  Written result;
  TRY_DO(in_catalog(services, request, {request.body}, [&](CatalogWork& work) -> Status {
    TRY(result, write(work, call));
    return {};
  }));
  Response response = json_response(result.status, result.body);
  if (!result.version.empty()) response.headers.set("ETag", quoted_version(result.version));
  return response;
}

catalog::Precondition precondition_of(const http::Headers& headers) {
  catalog::Precondition precondition;
  if (const auto wanted = headers.get("If-Match"); wanted && !trim(*wanted).empty()) precondition.if_match = std::string(*wanted);
  precondition.must_be_new = trim(headers.get("If-None-Match").value_or("")) == "*";
  return precondition;
}

catalog::Outside outside_of(const Services& services, const Request& request) {
  return {.org_id = services.organisation.id(), .public_url = request.public_url};
}

std::string quoted_version(std::string_view version) { return "\"" + std::string(version) + "\""; }

}  // namespace foz::api
