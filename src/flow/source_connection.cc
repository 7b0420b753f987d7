#include "flow/source_connection.h"

#include <algorithm>
#include <array>

#include "base/id.h"
#include "base/text.h"
#include "flow/access_labels.h"
#include "flow/flows.h"
#include "flow/patch.h"
#include "flow/shelf.h"
#include "registry/registry.h"

namespace foz::flow {
namespace {

constexpr auto kPatchableOfSources = std::to_array<std::string_view>({"/name", "/description", "/params", "/data", "/baseConnectionId"});
constexpr auto kFileFormats = std::to_array<std::string_view>({"delimited", "json", "parquet"});

store::Extras columns_of_source(const Json& document) {
  return {{"state", text_of(document, "state")}, {"base_connection_id", text_of(document, "baseConnectionId")}};
}

Error no_such_spec(const std::string& id) {
  return flow_error(1413, "There is no connection spec " + id + ": GET /connectionSpecs lists them.", "/connectionSpec/id");
}

Status check_columns(const Json& params) {
  const Json* columns = member(params, "columns");
  if (columns == nullptr || columns->is_null()) return {};
  const bool named = columns->is_array() && std::all_of(columns->begin(), columns->end(), [](const Json& column) { return !text_of(column, "name").empty(); });
  if (!named) return provider_error(1312, "columns is an array of objects, each with a name.", "/params/columns");
  return {};
}

Status check_filters(const Json& params) {
  const Json* filters = member(params, "filters");
  if (filters == nullptr || filters->is_null()) return {};
  TRY([[maybe_unused]] const RowFilter filter, read_row_filter(*filters));
  return {};
}

Status check_file_params(const Json& document, const Json& params) {
  if (text_of(params, "path").empty() && text_of(params, "folderPath").empty()) {
    return provider_error(1304, "The mandatory field path is missing.", "/params/path");
  }
  const std::string type = text_of(params, "type");
  if (!type.empty() && type != "file" && type != "folder") return provider_error(1312, "The type of a path is file or folder.", "/params/type");
  const Json* data = member(document, "data");
  const std::string format = data == nullptr ? "" : text_of(*data, "format");
  if (std::find(kFileFormats.begin(), kFileFormats.end(), format) == kFileFormats.end()) {
    return provider_error(1327, "Files have the format delimited, json or parquet, not \"" + format + "\".", "/data/format");
  }
  return {};
}

Status check_data(const Json& document) {
  const Json* data = member(document, "data");
  if (data != nullptr && !data->is_object()) return provider_error(1312, "data is an object.", "/data");

  const Json* delimiter = member_at(document, {"data", "properties", "columnDelimiter"});
  if (delimiter == nullptr || delimiter->is_null()) return {};
  const std::string text = as_text(*delimiter);
  if (text == "\\t" || utf8::length(text) == 1) return {};
  return provider_error(1331, "columnDelimiter is one character.", "/data/properties/columnDelimiter");
}

Status check_source_params(const Json& document, SpecKind kind) {
  const Json* params = member(document, "params");
  if (params == nullptr || !params->is_object() || params->empty()) {
    return provider_error(1304, "The mandatory field params is missing or empty: name the table, path or resource.", "/params");
  }
  TRY_DO(check_filters(*params));
  if (kind == SpecKind::file) return check_file_params(document, *params);
  if (kind != SpecKind::table) return {};
  TRY([[maybe_unused]] const std::string table, table_in(*params));
  return check_columns(*params);
}

std::string extension_format(std::string_view path) {
  const std::string name = lower(path);
  if (name.ends_with(".json") || name.ends_with(".jsonl") || name.ends_with(".ndjson")) return "json";
  if (name.ends_with(".parquet")) return "parquet";
  return "delimited";
}

/// `data.format` where nothing was said.
void default_format(Json& document, SpecKind kind) {
  const Json* format = member_at(document, {"data", "format"});
  if (format != nullptr && !format->is_null()) return;
  const Json* params = member(document, "params");
  const std::string path = params == nullptr ? "" : text_of(*params, "path");
  document["data"]["format"] = kind == SpecKind::table ? "tabular" : kind == SpecKind::file ? extension_format(path) : "json";
}

/// Another base connection shows in the flows over it.
Status tell_flows(store::Transaction& transaction, Json& document, const Json* before) {
  if (before == nullptr || text_of(*before, "baseConnectionId") == text_of(document, "baseConnectionId")) return {};
  return inherit_anew(transaction, text_of(document, "sandboxId"), document);
}

/// Where a source connection gets its login from.
void inherit_base(Json& document, const Json& base) {
  document["inheritedAttributes"] = {{"baseConnection", {{"id", text_of(base, "id")}, {"connectionSpec", base.value("connectionSpec", Json::object())}}}};
}

}  // namespace

Result<std::string> table_in(const Json& params) {
  const std::string name = text_of(params, "tableName"), path = text_of(params, "path");
  if (name.empty() && path.empty()) return provider_error(1304, "The mandatory field tableName is missing.", "/params/tableName");
  if (!name.empty() && !path.empty() && name != path) {
    return provider_error(1312, "tableName and path mean the same and differ: send one of them.", "/params/path");
  }
  return name.empty() ? path : name;
}

Result<SourceConnection> source_connection_of(const Json& stored) {
  SourceConnection source{.id = text_of(stored, "id"), .name = text_of(stored, "name"), .state = text_of(stored, "state"),
                          .base_connection = ConnectionId(text_of(stored, "baseConnectionId")), .spec_id = spec_id_of(stored, "connectionSpec"),
                          .params = Json::object()};
  const Json* params = member(stored, "params");
  if (params == nullptr || !params->is_object()) return source;
  source.params = *params;
  source.table = table_in(*params).value_or("");
  if (const Json* columns = member(*params, "columns"); columns != nullptr && columns->is_array()) {
    for (const Json& column : *columns) source.columns.push_back(text_of(column, "name"));
  }
  if (const Json* filters = member(*params, "filters"); filters != nullptr && !filters->is_null()) {
    TRY(source.filter, read_row_filter(*filters));
  }
  return source;
}

SourceConnections::SourceConnections(const Environment& environment, const Specs& specs)
    : environment_(environment), specs_(specs),
      kind_{.shelf = kSourceShelf, .noun = "source connection", .patchable = kPatchableOfSources,
            .complete = [this](Candidate& candidate) { return complete(candidate); }, .columns = columns_of_source,
            .complete_draft = [this](Candidate& candidate) { return complete_draft(candidate); }, .on_store = tell_flows} {}

/// Base connection and connection spec, by the rules of 8.1.
Status SourceConnections::complete_base(Candidate& candidate) const {
  Json& document = candidate.document;
  const std::string& sandbox = candidate.scope.sandbox;
  const std::string base_id = text_of(document, "baseConnectionId"), sent_spec = spec_id_of(document, "connectionSpec");
  TRY(const auto spec, specs_.find_connection_spec(environment_.database, sandbox, sent_spec));
  if (base_id.empty()) {
    if (!spec && !sent_spec.empty()) return no_such_spec(sent_spec);
    if (!spec || spec->has_account) return provider_error(1304, "The mandatory field baseConnectionId is missing.", "/baseConnectionId");
    return {};
  }
  if (spec && !spec->has_account) return provider_error(1332, "Sources of \"" + spec->name + "\" have no account: leave baseConnectionId out.", "/baseConnectionId");
  const auto base = find_stored(environment_.database, kConnectionShelf, sandbox, base_id);
  if (!base && base.error().kind != ErrorKind::not_found) return base.error();
  if (!base) return flow_error(1411, "There is no base connection " + base_id + " in this sandbox.", "/baseConnectionId");
  TRY_DO(check_reach(candidate.scope, *base, Use::read, "/baseConnectionId"));
  if (text_of(*base, "state") == "draft") return flow_error(1409, "The base connection " + base_id + " is a draft: publish it first.", "/baseConnectionId");
  const std::string base_spec = spec_id_of(*base, "connectionSpec");
  if (base_spec == kDataLakeSpec) {
    return provider_error(1312, "The base connection " + base_id + " is one of a data set: a source needs one of a source system.", "/baseConnectionId");
  }
  if (!sent_spec.empty() && sent_spec != base_spec) candidate.warnings.emplace_back("connection-spec-mismatch");
  if (sent_spec != base_spec) document["connectionSpec"] = base->at("connectionSpec");
  inherit_base(document, *base);
  return {};
}

/// A draft may lack anything; what it names and can be found is shown.
Status SourceConnections::complete_draft(Candidate& candidate) const {
  Json& document = candidate.document;
  const std::string& sandbox = candidate.scope.sandbox;
  document.erase("inheritedAttributes");
  const auto base = find_stored(environment_.database, kConnectionShelf, sandbox, text_of(document, "baseConnectionId"));
  if (!base && base.error().kind != ErrorKind::not_found) return base.error();
  if (base) inherit_base(document, *base);
  if (spec_id_of(document, "connectionSpec").empty() && base && base->contains("connectionSpec")) document["connectionSpec"] = base->at("connectionSpec");
  const std::string spec_id = spec_id_of(document, "connectionSpec");
  if (spec_id.empty()) return {};
  document["connectionSpec"] = spec_reference(document["connectionSpec"]);
  TRY(const auto spec, specs_.find_connection_spec(environment_.database, sandbox, spec_id));
  if (spec && !spec->draft_mode) return provider_error(1312, "The connection spec \"" + spec->name + "\" has no drafts.", "mode");
  return {};
}

/// Everything is checked and filled in without a call to the source.
Status SourceConnections::complete(Candidate& candidate) const {
  TRY_DO(complete_base(candidate));
  Json& document = candidate.document;
  document["connectionSpec"] = spec_reference(document["connectionSpec"]);
  const std::string spec_id = spec_id_of(document, "connectionSpec");
  TRY(const auto spec, specs_.find_connection_spec(environment_.database, candidate.scope.sandbox, spec_id));
  if (!spec) return no_such_spec(spec_id);
  if (candidate.before != nullptr && spec_id != spec_id_of(*candidate.before, "connectionSpec")) {
    return provider_error(1312, "The new base connection is of another connection spec.", "/baseConnectionId");
  }
  TRY_DO(check_data(document));
  default_format(document, spec->kind);
  TRY_DO(check_source_params(document, spec->kind));
  return tell_of_schema(candidate);
}

/// The schema that a source connection names describes the source; a run does without it.
Status SourceConnections::tell_of_schema(Candidate& candidate) const {
  const Json* schema = member_at(candidate.document, {"data", "schema"});
  const std::string id = schema == nullptr ? "" : text_of(*schema, "id");
  if (id.empty()) return {};
  const auto found = environment_.registry.schema(candidate.scope.sandbox, id);
  if (!found && found.error().kind == ErrorKind::unavailable) return found.error();
  if (!found) candidate.warnings.emplace_back("schema-unknown");
  return {};
}

Result<Written> SourceConnections::create(const Scope& scope, const Json& body, Mode mode) const { return create_document(environment_, kind_, scope, body, mode); }

Result<Json> SourceConnections::find(store::Reader& reader, std::string_view sandbox, std::string_view id) const {
  return find_stored(reader, kSourceShelf, sandbox, id);
}

Result<Written> SourceConnections::patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const {
  return patch_document(environment_, kind_, scope, {.id = id, .if_match = if_match}, body);
}

Result<Written> SourceConnections::publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  return publish_document(environment_, kind_, scope, {.id = id, .if_match = if_match});
}

Status SourceConnections::remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  return remove_unused(environment_, kSourceShelf, "source_connection_id", scope, {.id = id, .if_match = if_match});
}

}  // namespace foz::flow
