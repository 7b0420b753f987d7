#include "flow/target_connection.h"

#include <array>

#include "base/id.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "flow/patch.h"
#include "flow/shelf.h"

namespace foz::flow {
namespace {

constexpr auto kPatchableOfTargets = std::to_array<std::string_view>({"/name", "/description", "/data", "/params/dataSetId", "/params/datasetId"});

store::Extras columns_of_target(const Json& document) {
  return {{"state", text_of(document, "state")}, {"base_connection_id", text_of(document, "baseConnectionId")}, {"dataset_id", dataset_of(document)}};
}

/// Rows land in the data lake, whatever spec stands here; clients want one to stand here.
Status complete_spec(Candidate& candidate) {
  Json& document = candidate.document;
  if (spec_id_of(document, "connectionSpec").empty()) document["connectionSpec"] = {{"id", kDataLakeSpec}, {"version", "1.0"}};
  document["connectionSpec"] = spec_reference(document["connectionSpec"]);
  return {};
}

}  // namespace

std::string dataset_id_in(std::string_view reference) {
  reference = trim(reference);
  constexpr std::string_view kPrefix = "@/datasets/";
  if (starts_with_ignoring_case(reference, kPrefix)) reference.remove_prefix(kPrefix.size());
  return std::string(reference);
}

std::string dataset_of(const Json& document) {
  const Json* params = member(document, "params");
  if (params == nullptr) return "";
  const std::string id = text_of(*params, "dataSetId");
  return dataset_id_in(id.empty() ? text_of(*params, "datasetId") : id);
}

TargetConnection target_connection_of(const Json& stored) {
  return {.id = text_of(stored, "id"), .name = text_of(stored, "name"), .state = text_of(stored, "state"), .dataset = DatasetId(dataset_of(stored))};
}

TargetConnections::TargetConnections(const Environment& environment)
    : environment_(environment),
      kind_{.shelf = kTargetShelf, .noun = "target connection", .patchable = kPatchableOfTargets,
            .complete = [this](Candidate& candidate) { return complete(candidate); }, .columns = columns_of_target,
            .complete_draft = complete_spec} {}

/// The data set is there; another schema than its own is told.
Status TargetConnections::check_dataset(Candidate& candidate) const {
  const std::string id = dataset_of(candidate.document);
  if (id.empty()) return provider_error(1325, "The mandatory field dataSetId is missing: name the data set that rows land in.", "/params/dataSetId");
  const auto dataset = environment_.catalog.dataset(environment_.database, candidate.scope.sandbox, id);
  if (!dataset && dataset.error().kind != ErrorKind::not_found) return dataset.error();
  if (!dataset) return flow_error(1413, "There is no data set " + id + " in this sandbox.", "/params/dataSetId");

  const Json* data = member(candidate.document, "data");
  if (data != nullptr && !data->is_object()) return provider_error(1312, "data is an object.", "/data");
  const Json* schema = member_at(candidate.document, {"data", "schema"});
  const std::string schema_id = schema == nullptr ? "" : text_of(*schema, "id");
  if (schema_id.empty() || schema_id == dataset->schema_id()) return {};
  if (environment_.settings.strict_schema) {
    return flow_error(1425, "The schema " + schema_id + " is not the one of the data set, " + dataset->schema_id() + ".", "/data/schema/id");
  }
  candidate.warnings.emplace_back("schema-mismatch");
  return {};
}

Status TargetConnections::complete(Candidate& candidate) const {
  Json& document = candidate.document;
  TRY_DO(complete_spec(candidate));
  TRY_DO(check_dataset(candidate));
  const std::string base_id = text_of(document, "baseConnectionId");
  if (base_id.empty()) return {};
  const auto base = find_stored(environment_.database, kConnectionShelf, candidate.scope.sandbox, base_id);
  if (!base && base.error().kind != ErrorKind::not_found) return base.error();
  if (!base) {
    candidate.warnings.emplace_back("base-connection-unknown");
    return {};
  }
  document["inheritedAttributes"] = {{"baseConnection", {{"id", base_id}}}};
  if (const Json* spec = member(*base, "connectionSpec")) document["inheritedAttributes"]["baseConnection"]["connectionSpec"] = *spec;
  return {};
}

Result<Written> TargetConnections::create(const Scope& scope, const Json& body, Mode mode) const { return create_document(environment_, kind_, scope, body, mode); }

Result<Json> TargetConnections::find(store::Reader& reader, std::string_view sandbox, std::string_view id) const {
  return find_stored(reader, kTargetShelf, sandbox, id);
}

Result<Written> TargetConnections::patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const {
  return patch_document(environment_, kind_, scope, {.id = id, .if_match = if_match}, body);
}

Result<Written> TargetConnections::publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  return publish_document(environment_, kind_, scope, {.id = id, .if_match = if_match});
}

Status TargetConnections::remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  return remove_unused(environment_, kTargetShelf, "target_connection_id", scope, {.id = id, .if_match = if_match});
}

}  // namespace foz::flow
