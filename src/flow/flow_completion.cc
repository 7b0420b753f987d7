// A live flow before it is stored: read, checked against what it names, and filled in. Follows: Flow Service contract, 10.1-10.4.
#include "base/text.h"
#include "catalog/catalog.h"
#include "flow/access_labels.h"
#include "flow/flow.h"
#include "flow/flows.h"
#include "flow/source_connection.h"
#include "flow/target_connection.h"

namespace foz::flow {
namespace {

const Json& part(const Json& document, std::string_view name) {
  static const Json kNone;
  const Json* found = member(document, name);
  return found == nullptr ? kNone : *found;
}

/// Keeps the mistakes of a part, one by one, or its value.
template <class T>
void keep(Result<T> read, T& value, std::vector<Error>& mistakes) {
  if (read) {
    value = std::move(*read);
    return;
  }
  Error error = std::move(read).error();
  if (error.problems.empty()) return mistakes.push_back(std::move(error));
  for (Problem& problem : error.problems) {
    mistakes.push_back({.kind = error.kind, .message = std::move(problem.message), .code = std::move(problem.code), .where = std::move(problem.path)});
  }
}

/// Where the Mapping and the Copy of a flow stand: "/transformations/1/params".
std::string params_path(const Json& document, std::string_view name) {
  const Json& list = part(document, "transformations");
  for (size_t i = 0; i < list.size(); ++i) {
    const bool unnamed_mapping = name == "Mapping" && text_of(list[i], "name").empty();
    if (unnamed_mapping || equal_ignoring_case(text_of(list[i], "name"), name)) return "/transformations/" + std::to_string(i) + "/params";
  }
  return "/transformations";
}

/// The connection that `member` of a flow names, once and live.
Result<Json> connection_named(store::Reader& reader, const Candidate& candidate, std::string_view name, const Shelf& shelf, std::string_view noun) {
  const std::string where = "/" + std::string(name);
  const Json& ids = part(candidate.document, name);
  if (ids.is_null()) return provider_error(1304, "The mandatory field " + std::string(name) + " is missing.", where);
  const bool one = ids.is_array() && ids.size() == 1 && ids[0].is_string() && !ids[0].get_ref<const std::string&>().empty();
  if (!one) return provider_error(1321, std::string(name) + " is an array with exactly one id.", where);
  const std::string id = ids[0].get<std::string>();
  auto found = find_stored(reader, shelf, candidate.scope.sandbox, id);
  if (!found && found.error().kind != ErrorKind::not_found) return found;
  if (!found) return flow_error(1411, "There is no " + std::string(noun) + " " + id + " in this sandbox.", where + "/0");
  TRY_DO(check_reach(candidate.scope, *found, Use::read, where + "/0"));
  if (text_of(*found, "state") == "draft") return flow_error(1409, "The " + std::string(noun) + " " + id + " is a draft: publish it first.", where + "/0");
  return found;
}

Result<catalog::Dataset> dataset_named(const Environment& environment, const Candidate& candidate, const std::string& id) {
  auto dataset = environment.catalog.dataset(environment.database, candidate.scope.sandbox, id);
  if (dataset || dataset.error().kind != ErrorKind::not_found) return dataset;
  return flow_error(1413, "There is no data set " + id + " in this sandbox.", "/targetConnectionIds/0");
}

void fill_links(Json& document) {
  const std::string id = text_of(document, "id");
  document["runs"] = "/runs?property=flowId==" + id;
  document["providerRefId"] = id;
}

/// True when a patch speaks of the Mapping: the version that it leaves open is looked up anew.
bool names_mapping(const PatchRequest& request, const std::string& mapping_path) {
  const std::string_view element = std::string_view(mapping_path).substr(0, mapping_path.rfind('/'));
  for (const PatchOperation& operation : request.operations) {
    if (operation.path == "/transformations" || is_at_or_below(operation.path, element)) return true;
  }
  return false;
}

}  // namespace

/// What a flow names, and what it says.
struct Flows::Parts {
  Json source_document, target_document;
  ConnectionSpec spec;   ///< of the source
  SourceConnection source;
  std::string dataset;
  Schedule schedule = {};
  Options options = {};
  Transformations transformations = {};
  std::optional<prep::MappingSet> mappings = {};  ///< only where they are to be looked at
};

Status Flows::check_flow_spec(const Json& document) const {
  const std::string id = spec_id_of(document, "flowSpec");
  if (id.empty()) return provider_error(1304, "The mandatory field flowSpec.id is missing.", "/flowSpec/id");
  TRY(const auto spec, specs_.find_flow_spec(environment_.database, text_of(document, "sandboxId"), id));
  if (!spec) return flow_error(1413, "There is no flow spec " + id + ": GET /flowSpecs lists them.", "/flowSpec/id");
  return {};
}

/// Any flow spec goes with any source; one that was not made for it is told.
Status Flows::complete_flow_spec(Candidate& candidate, const Parts& parts) const {
  candidate.document["flowSpec"] = spec_reference(candidate.document["flowSpec"]);
  TRY(const auto spec, specs_.find_flow_spec(environment_.database, candidate.scope.sandbox, spec_id_of(candidate.document, "flowSpec")));
  const std::vector<std::string> sources = spec ? texts_of(*spec, "sourceConnectionSpecIds") : std::vector<std::string>();
  const bool listed = std::find(sources.begin(), sources.end(), parts.spec.id) != sources.end();
  if (!listed && candidate.before == nullptr) candidate.warnings.emplace_back("flow-spec-source-mismatch");
  return {};
}

Result<Flows::Parts> Flows::parts_of(const Candidate& candidate) const {
  store::Database& database = environment_.database;
  const std::string& sandbox = candidate.scope.sandbox;
  Parts parts;
  TRY(parts.source_document, connection_named(database, candidate, "sourceConnectionIds", kSourceShelf, "source connection"));
  TRY(parts.target_document, connection_named(database, candidate, "targetConnectionIds", kTargetShelf, "target connection"));
  TRY(parts.source, source_connection_of(parts.source_document));
  TRY(auto spec, specs_.find_connection_spec(database, sandbox, parts.source.spec_id));
  if (!spec) return flow_error(1413, "There is no connection spec " + parts.source.spec_id + " any more.", "/sourceConnectionIds/0");
  parts.spec = std::move(*spec);
  parts.dataset = target_connection_of(parts.target_document).dataset.text;
  // A live flow outlives what was deleted under it: its runs tell.
  if (candidate.before != nullptr) return parts;
  if (const std::string& base = parts.source.base_connection.text; !base.empty()) {
    const auto found = find_stored(database, kConnectionShelf, sandbox, base);
    if (!found && found.error().kind != ErrorKind::not_found) return found.error();
    if (!found) return flow_error(1411, "The base connection " + base + " of the source connection is gone.", "/sourceConnectionIds/0");
  }
  TRY([[maybe_unused]] const auto dataset, dataset_named(environment_, candidate, parts.dataset));
  return parts;
}

/// Schedule, options and transformations as values, every mistake in them at once.
Status Flows::read_values(Candidate& candidate, Parts& parts) const {
  Json& document = candidate.document;
  std::vector<Error> mistakes;
  // A schedule that stands already keeps to the rules it was made under.
  const bool stands = candidate.before != nullptr && part(*candidate.before, "scheduleParams") == part(document, "scheduleParams");
  const ScheduleRules rules = stands ? ScheduleRules{.minute_interval_min = 1} : environment_.settings.schedule;
  keep(read_schedule(part(document, "scheduleParams"), rules), parts.schedule, mistakes);
  keep(read_options(part(document, "options"), environment_.settings.partial_ingestion_percent_default), parts.options, mistakes);
  keep(read_transformations(part(document, "transformations")), parts.transformations, mistakes);
  if (const auto& every = parts.options.calculated_refresh; every) {
    const bool old = candidate.before != nullptr && part(*candidate.before, "options") == part(document, "options");
    const int64_t least = environment_.settings.schedule.minute_interval_min;
    const auto refuse = [&](const std::string& why) { mistakes.push_back(provider_error(1312, "calculatedRefresh " + why, "/options/calculatedRefresh")); };
    if (!parts.schedule.recurring()) refuse("goes with a recurring schedule: this flow reads once.");
    if (!old && every->frequency == Frequency::minute && every->interval < least) refuse("has an interval of " + std::to_string(least) + " minutes at least.");
  }
  if (!mistakes.empty()) return several(std::move(mistakes));
  if (document.contains("options")) document["options"] = normalised_options(document["options"]);
  if (parts.spec.kind != SpecKind::file && !parts.transformations.mapping) {
    return provider_error(1370, "The transformation Mapping is missing: it says which field each column goes to.", "/transformations");
  }
  if (parts.spec.source == nullptr) {
    return provider_error(1312, "Sources of the connection spec \"" + parts.spec.name + "\" are not read by this version.", "/sourceConnectionIds/0");
  }
  if (candidate.before == nullptr) return {};
  const auto before = read_schedule(part(*candidate.before, "scheduleParams"), {.minute_interval_min = 1});
  return before ? check_schedule_change(*before, parts.schedule, environment_.clock.now()) : Status();
}

/// The mapping set is there; its version is pinned where the flow leaves it open.
Status Flows::check_mapping(Candidate& candidate, Parts& parts) const {
  if (!parts.transformations.mapping) return {};
  const std::string path = params_path(candidate.document, "Mapping");
  const bool untouched = candidate.before != nullptr && (candidate.request == nullptr || !names_mapping(*candidate.request, path));
  if (untouched) return {};
  auto set = mapping_set_of(environment_, candidate.scope.sandbox, *parts.transformations.mapping);
  if (!set) {
    Error error = std::move(set).error();
    if (error.where.empty()) error.where = path + (error.code == "FLOW-1412-400" ? "/mappingVersion" : "/mappingId");
    return error;
  }
  set_internal(candidate.document, kPinnedMappingVersion, set->version);
  parts.mappings = std::move(*set);
  return check_schema(candidate, parts);
}

Status Flows::check_schema(Candidate& candidate, const Parts& parts) const {
  TRY(const catalog::Dataset dataset, dataset_named(environment_, candidate, parts.dataset));
  const std::string& mapped = parts.mappings->target.id;
  if (mapped.empty() || mapped == dataset.schema_id()) return {};
  if (environment_.settings.strict_schema) {
    return flow_error(1425, "The mapping set writes the schema " + mapped + ", the data set has " + dataset.schema_id() + ".", params_path(candidate.document, "Mapping") + "/mappingId");
  }
  candidate.warnings.emplace_back("schema-mismatch");
  return {};
}

Status Flows::complete(Candidate& candidate) const {
  Json& document = candidate.document;
  TRY_DO(check_flow_spec(document));
  TRY(Parts parts, parts_of(candidate));
  TRY_DO(read_values(candidate, parts));
  TRY_DO(complete_flow_spec(candidate, parts));
  TRY_DO(check_mapping(candidate, parts));
  if (candidate.before != nullptr) document["state"] = lower(text_of(document, "state"));
  inherit(document, &parts.source_document, &parts.target_document);
  fill_links(document);
  const auto same = [&](std::string_view name) { return candidate.before != nullptr && part(*candidate.before, name) == part(document, name); };
  const bool same_refresh = parts.options.calculated_columns.empty() || same("options");
  if ((same("transformations") && same_refresh && !parts.mappings) || !environment_.settings.test_on_create) return {};
  return check_flow(environment_, connections_, {.sandbox = candidate.scope.sandbox, .source = parts.source, .dataset = parts.dataset,
                                                 .transformations = parts.transformations, .options = parts.options, .recurring = parts.schedule.recurring(),
                                                 .mappings = parts.mappings, .mapping_path = params_path(document, "Mapping") + "/mappingId",
                                                 .delta_path = params_path(document, "Copy") + "/deltaColumn/name"}, candidate.warnings);
}

/// A draft may lack anything; what it names and can be found is shown.
Status Flows::complete_draft(Candidate& candidate) const {
  Json& document = candidate.document;
  store::Database& database = environment_.database;
  const std::string& sandbox = candidate.scope.sandbox;
  const auto first = [&](std::string_view name, const Shelf& shelf) -> Result<std::optional<Json>> {
    const std::vector<std::string> ids = texts_of(document, name);
    if (ids.empty()) return std::optional<Json>();
    auto found = find_stored(database, shelf, sandbox, ids.front());
    if (found) return std::optional(std::move(*found));
    if (found.error().kind == ErrorKind::not_found) return std::optional<Json>();
    return std::move(found).error();
  };
  if (const std::string id = spec_id_of(document, "flowSpec"); !id.empty()) {
    document["flowSpec"] = spec_reference(document["flowSpec"]);
    TRY(const auto spec, specs_.find_flow_spec(database, sandbox, id));
    const Json* drafts = spec ? member_at(*spec, {"attributes", "isDraftModeSupported"}) : nullptr;
    if (drafts != nullptr && as_boolean(*drafts) == false) return provider_error(1312, "The flow spec \"" + text_of(*spec, "name") + "\" has no drafts.", "mode");
  }
  TRY(const auto source, first("sourceConnectionIds", kSourceShelf));
  TRY(const auto target, first("targetConnectionIds", kTargetShelf));
  document.erase("inheritedAttributes");
  inherit(document, source ? &*source : nullptr, target ? &*target : nullptr);
  fill_links(document);
  if (const Json* options = member(document, "options"); options != nullptr && options->is_object()) document["options"] = normalised_options(*options);
  return {};
}

}  // namespace foz::flow
