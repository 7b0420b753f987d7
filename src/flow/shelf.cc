#include "flow/shelf.h"

#include "base/id.h"
#include "base/text.h"
#include "flow/access_labels.h"

namespace foz::flow {
namespace {

Status completed(const DocumentKind& kind, Candidate& candidate) {
  if (text_of(candidate.document, "state") != "draft") {
    TRY_DO(kind.complete(candidate));  // knows better what is wrong than the forms do
    return check_forms(candidate.document);
  }
  TRY_DO(check_forms(candidate.document));
  return kind.complete_draft ? kind.complete_draft(candidate) : Status();
}

}  // namespace

Result<Mode> mode_named(std::string_view word) {
  if (word.empty()) return Mode::live;
  if (equal_ignoring_case(word, "draft")) return Mode::draft;
  return provider_error(1312, "The mode is draft or left out, not \"" + std::string(word) + "\".", "mode");
}

Status check_patchable(const Json& document, const PatchRequest& request, std::span<const std::string_view> live) {
  if (text_of(document, "state") != "draft") return check_patch_paths(request, live);
  for (const PatchOperation& operation : request.operations) {
    if (is_server_owned(split(operation.path, '/')[1])) return flow_error(1455, "The path " + operation.path + " cannot be patched.", operation.path);
  }
  return {};
}

Result<Written> create_document(const Environment& environment, const DocumentKind& kind, const Scope& scope, const Json& body, Mode mode) {
  if (!body.is_object()) return flow_error(1405, "The body is not an object: send the " + std::string(kind.noun) + ".");
  TRY_DO(check_name(body));
  const Instant begun = environment.clock.now();
  Candidate candidate{.scope = scope, .document = new_document(scope, body, new_uuid(environment.random), new_etag(environment.random, begun), begun)};
  candidate.document["state"] = mode == Mode::draft ? "draft" : "enabled";
  TRY_DO(completed(kind, candidate));
  candidate.document["lastOperation"] = operation_json("create", begun, environment.clock.now());
  TRY_DO(environment.database.write([&](store::Transaction& transaction) -> Status {
    if (kind.on_store) TRY_DO(kind.on_store(transaction, candidate.document, nullptr));
    return store::ResourceTable(kind.shelf.table).insert(transaction, resource_of(scope.sandbox, candidate.document), kind.columns(candidate.document));
  }));
  return Written{text_of(candidate.document, "id"), text_of(candidate.document, "etag"), std::move(candidate.warnings)};
}

Result<Written> replace_document(const Environment& environment, const DocumentKind& kind, const Replacement& replacement, Json document) {
  const Instant now = environment.clock.now();
  const std::string etag = new_etag(environment.random, now);
  stamp(document, replacement.scope, etag, now);
  document["lastOperation"] = operation_json(replacement.operation, replacement.begun, now, replacement.ops);
  TRY_DO(environment.database.write([&](store::Transaction& transaction) -> Status {
    if (kind.on_store) TRY_DO(kind.on_store(transaction, document, &replacement.before));
    return replace_stored(transaction, kind.shelf, replacement.scope.sandbox, document, text_of(replacement.before, "etag"), kind.columns(document));
  }));
  return Written{text_of(document, "id"), etag};
}

Result<Written> patch_document(const Environment& environment, const DocumentKind& kind, const Scope& scope, const Addressed& addressed, const Json& body) {
  const Instant begun = environment.clock.now();
  TRY(const Json before, find_reachable(environment.database, kind.shelf, scope, addressed.id, Use::change));
  TRY_DO(check_if_match(addressed.if_match, text_of(before, "etag"), true, where_of(kind.shelf, addressed.id)));
  TRY(const PatchRequest request, read_flow_patch(body));
  if (kind.check_request != nullptr) TRY_DO(kind.check_request(before, request));
  TRY_DO(check_patchable(before, request, kind.patchable));
  Candidate candidate{.scope = scope, .document = {}, .before = text_of(before, "state") == "draft" ? nullptr : &before, .request = &request};
  TRY(candidate.document, apply_flow_patch(before, request));
  drop_nulls(candidate.document);
  TRY_DO(check_name(candidate.document));
  TRY_DO(completed(kind, candidate));
  TRY(Written written, replace_document(environment, kind, {.scope = scope, .operation = "update", .begun = begun, .before = before, .ops = &request.body}, std::move(candidate.document)));
  written.warnings = std::move(candidate.warnings);
  return written;
}

Result<Written> publish_document(const Environment& environment, const DocumentKind& kind, const Scope& scope, const Addressed& addressed) {
  const Instant begun = environment.clock.now();
  const std::string where = where_of(kind.shelf, addressed.id);
  TRY(const Json before, find_reachable(environment.database, kind.shelf, scope, addressed.id, Use::change));
  const std::string state = text_of(before, "state");
  TRY_DO(check_if_match(addressed.if_match, text_of(before, "etag"), false, where));
  if (state != "draft") return flow_error(1409, "Only a draft can be published; this " + std::string(kind.noun) + " is " + state + ".", where);
  Candidate candidate{.scope = scope, .document = before};
  candidate.document["state"] = "enabled";
  TRY_DO(completed(kind, candidate));
  TRY(Written written, replace_document(environment, kind, {.scope = scope, .operation = "publish", .begun = begun, .before = before}, std::move(candidate.document)));
  written.warnings = std::move(candidate.warnings);
  return written;
}

Status remove_unused(const Environment& environment, const Shelf& shelf, std::string_view flow_column, const Scope& scope, const Addressed& addressed) {
  const std::string where = where_of(shelf, addressed.id);
  return environment.database.write([&](store::Transaction& transaction) -> Status {
    TRY(const Json document, find_reachable(transaction, shelf, scope, addressed.id, Use::change));
    TRY_DO(check_if_match(addressed.if_match, text_of(document, "etag"), false, where));
    TRY(const auto users, transaction.query("SELECT id FROM flows WHERE sandbox = ? AND " + std::string(flow_column) + " = ? ORDER BY id LIMIT 20",
                                            {scope.sandbox, std::string(addressed.id)}));
    if (users.empty()) return store::ResourceTable(shelf.table).remove(transaction, scope.sandbox, addressed.id);
    std::string list;
    for (const store::Row& row : users) list += (list.empty() ? "" : ", ") + row.text(0);
    return flow_error(1447, "Flows use this connection: " + list + ". Delete them first.", where);
  });
}

}  // namespace foz::flow
