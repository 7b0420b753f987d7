// The specs that Foz ships. Follows: Flow Service contract, 5.2-5.4, 6.2, 6.3.
#include "base/text.h"
#include "flow/specs.h"

namespace foz::flow {
namespace {

constexpr std::string_view kDraft07 = "http://json-schema.org/draft-07/schema#";

Json permissions_info(std::string_view name) {
  const auto entry = [&](std::string_view permission) {
    return Json::array({{{"@type", "lowLevel"}, {"name", name}, {"permissions", {permission}}}});
  };
  return {{"view", entry("read")}, {"manage", entry("write")}};
}

/// "marketing automation" as a key: "marketingAutomation"; "CRM" as "crm".
std::string key_of(std::string_view words) {
  std::string key;
  for (const std::string_view word : split(words, ' ')) {
    if (word.empty()) continue;
    key += key.empty() ? lower(word) : upper(word.substr(0, 1)) + lower(word.substr(1));
  }
  return key;
}

Json ui_attributes(std::string_view name, std::string_view category) {
  const std::string key = key_of(replace_all(std::string(name), "-", " "));
  return {{"isSource", true},
          {"isPreview", false},
          {"isBeta", false},
          {"category", {{"key", key_of(category)}}},
          {"icon", {{"key", key}}},
          {"label", {{"key", key + "Label"}}},
          {"description", {{"key", key + "Description"}}},
          {"frequency", {{"key", "batch"}}}};
}

Json filter_at_source() {
  return {{"enabled", true},
          {"queryLanguage", "SQL"},
          {"logicalOperators", {"and", "or", "not"}},
          {"comparisonOperators", {"=", "!=", "<", "<=", ">", ">=", "like", "in", "isNull", "isNotNull"}},
          {"columnNameEscapeChar", "\""},
          {"valueEscapeChar", "'"}};
}

Json auth_json(const sources::AuthSpec& auth) {
  Json properties = Json::object(), required = Json::array();
  for (const sources::Parameter& parameter : auth.parameters) {
    Json property = {{"type", "string"}};
    if (parameter.secret) property["format"] = "password";
    if (!parameter.about.empty()) property["description"] = parameter.about;
    properties[std::string(parameter.name)] = std::move(property);
    if (parameter.required) required.push_back(parameter.name);
  }
  Json json = {{"name", auth.name}, {"type", auth.type}};
  if (!auth.settings.empty()) json["settings"] = Json::parse(auth.settings);
  json["spec"] = {{"$schema", kDraft07}, {"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
  return json;
}

Json table_params_schema() {
  return {{"$schema", kDraft07},
          {"type", "object"},
          {"properties",
           {{"tableName", {{"type", "string"}}},
            {"columns",
             {{"type", "array"},
              {"items", {{"type", "object"}, {"properties", {{"name", {{"type", "string"}}}, {"type", {{"type", "string"}}}, {"meta", {{"type", "object"}}}}}}}}},
            {"filters", {{"type", "object"}}}}},
          {"required", {"tableName"}}};
}

Json file_params_schema() {
  return {{"$schema", kDraft07},
          {"type", "object"},
          {"properties", {{"path", {{"type", "string"}}}, {"type", {{"type", "string"}, {"enum", {"file", "folder"}}}}, {"recursive", {{"type", "boolean"}}}}},
          {"required", {"path"}}};
}

/// Members that all connection specs begin with.
Json spec_head(std::string_view id, std::string_view name) {
  return {{"id", id}, {"name", name}, {"providerId", kProviderId}, {"version", "1.0"}};
}

void close_spec(Json& doc, std::string_view category, std::string_view name, bool is_source, std::string_view permission) {
  doc["attributes"] = {{"category", category},
                       {"connectorName", name},
                       {"isSource", is_source},
                       {"isDraftModeSupported", true},
                       {"uiAttributes", {{"apiFeatures", {{"explorePaginationSupported", false}}}}}};
  doc["permissionsInfo"] = permissions_info(permission);
}

ConnectionSpec table_spec(const sources::SourceSpec& source) {
  ConnectionSpec spec{.id = std::string(source.id), .name = std::string(source.name), .source = &source, .doc = spec_head(source.id, source.name)};
  spec.doc["authSpec"] = Json::array();
  for (const sources::AuthSpec& auth : source.auth) {
    AuthForm form{.name = std::string(auth.name), .type = std::string(auth.type), .parameters = {}};
    for (const sources::Parameter& parameter : auth.parameters) form.parameters.push_back({std::string(parameter.name), parameter.required, parameter.secret});
    spec.auth.push_back(std::move(form));
    spec.doc["authSpec"].push_back(auth_json(auth));
  }
  spec.doc["encryptionSpecs"] = Json::array();
  spec.doc["sourceSpec"] = {{"name", std::string(source.title) + " table"}, {"type", "Tabular"}, {"spec", table_params_schema()},
                            {"attributes", {{"uiAttributes", ui_attributes(source.name, source.category)}}}};
  spec.doc["exploreSpec"] = {{"name", "Tabular"}, {"type", "Tabular"}, {"requestSpec", Json::object()}, {"responseSpec", Json::object()}};
  close_spec(spec.doc, source.category, source.title, true, "EnterpriseSource");
  if (source.filters_at_source) spec.doc["attributes"]["filterAtSource"] = filter_at_source();
  return spec;
}

ConnectionSpec data_lake_spec() {
  ConnectionSpec spec{.id = std::string(kDataLakeSpec), .name = "datalake", .kind = SpecKind::target, .doc = spec_head(kDataLakeSpec, "datalake")};
  spec.doc["authSpec"] = Json::array();
  spec.doc["encryptionSpecs"] = Json::array();
  spec.doc["sourceSpec"] = {{"name", "datalake"}, {"type", "Dataset"}, {"spec", Json::object()},
                            {"attributes", {{"uiAttributes", {{"isSource", false}}}}}};
  spec.doc["targetSpec"] = {{"name", "Dataset"},
                            {"type", "Dataset"},
                            {"spec", {{"$schema", kDraft07}, {"type", "object"}, {"properties", {{"dataSetId", {{"type", "string"}}}}}, {"required", {"dataSetId"}}}}};
  close_spec(spec.doc, "Data lake", "Data lake", false, "Dataset");
  return spec;
}

ConnectionSpec landing_zone_spec() {
  ConnectionSpec spec{.id = std::string(kLandingZoneSpec), .name = "landing-zone", .kind = SpecKind::file, .has_account = false,
                      .doc = spec_head(kLandingZoneSpec, "landing-zone")};
  spec.doc["authSpec"] = Json::array();
  spec.doc["encryptionSpecs"] = Json::array();
  spec.doc["sourceSpec"] = {{"name", "Landing zone file"}, {"type", "FileSystem"}, {"spec", file_params_schema()},
                            {"attributes", {{"uiAttributes", ui_attributes("landing-zone", "cloud storage")}}}};
  spec.doc["exploreSpec"] = {{"name", "FileSystem"}, {"type", "FileSystem"}, {"requestSpec", Json::object()}, {"responseSpec", Json::object()}};
  close_spec(spec.doc, "Cloud storage", "Landing zone", true, "EnterpriseSource");
  return spec;
}

// -- flow specs ----------------------------------------------------------------------------------------------------

constexpr std::string_view kOptionSpec = R"({"name":"OptionSpec","spec":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{
   "errorDiagnosticsEnabled":{"title":"Error diagnostics.","type":"boolean","default":false,
     "description":"Keep details about rows that could not be ingested."},
   "partialIngestionPercent":{"title":"Partial ingestion threshold.","type":"number","exclusiveMinimum":0,
     "description":"Share of failed rows, in percent, above which a run fails."}}}})";

constexpr std::string_view kCopySpec = R"({"name":"Copy","spec":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{
    "deltaColumn":{"type":"object","properties":{"name":{"type":"string"},"dateFormat":{"type":"string"},"timezone":{"type":"string"}},
      "required":["name"]}},"required":["deltaColumn"]}})";

constexpr std::string_view kMappingSpec = R"({"name":"Mapping","spec":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
    "description":"defines various params required for different mapping from source to target",
    "properties":{"mappingId":{"type":"string"},"mappingVersion":{"type":"string"}}}})";

constexpr std::string_view kEncryptionSpec = R"({"name":"Encryption","spec":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
    "properties":{"publicKeyId":{"type":"string"}}}})";

constexpr std::string_view kScheduleSpec = R"({"name":"PeriodicSchedule","type":"Periodic","spec":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
   "properties":{
     "startTime":{"description":"epoch time","type":"integer"},
     "endTime":{"description":"epoch time","type":"integer"},
     "interval":{"type":"integer"},
     "frequency":{"type":"string","enum":["once","minute","hour","day","week"]},
     "backfill":{"type":"boolean","default":true}},
   "required":["startTime","frequency"],
   "if":{"properties":{"frequency":{"const":"once"}}},
   "then":{"allOf":[{"not":{"required":["interval"]}},{"not":{"required":["backfill"]}}]},
   "else":{"required":["interval"],
     "if":{"properties":{"frequency":{"const":"minute"}}},
     "then":{"properties":{"interval":{"minimum":15}}},
     "else":{"properties":{"interval":{"minimum":1}}}}}})";

constexpr std::string_view kRunSpec = R"({"name":"ProviderParams","spec":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
   "properties":{
     "startTime":{"type":"integer","description":"epoch seconds at which the run starts"},
     "windowStartTime":{"type":"integer","description":"epoch seconds, first instant of the data window"},
     "windowEndTime":{"type":"integer","description":"epoch seconds, end of the data window"},
     "deltaColumn":{"type":"object","properties":{"name":{"type":"string"},"dateFormat":{"type":"string"},"timezone":{"type":"string"}},
       "required":["name"]}},
   "required":["startTime","windowStartTime","windowEndTime","deltaColumn"]}})";

constexpr std::string_view kFlowAttributes = R"({"recordTypeEnabled":true,"defaultRecordType":"profile","isSourceFlow":true,"flacValidationSupported":true,
   "isDraftModeSupported":true,"frequency":"batch","notification":{"category":"sources","flowRun":{"enabled":true}}})";

struct FlowSpecParts {
  std::string_view id, name;
  std::vector<std::string_view> transformations;
  SpecKind kind;
};

Json flow_spec(const FlowSpecParts& parts, const std::vector<ConnectionSpec>& connection_specs) {
  Json doc = {{"id", parts.id}, {"name", parts.name}, {"providerId", kProviderId}, {"version", "1.0"}, {"sourceConnectionSpecIds", Json::array()}};
  for (const ConnectionSpec& spec : connection_specs) {
    if (spec.kind == parts.kind) doc["sourceConnectionSpecIds"].push_back(spec.id);
  }
  doc["targetConnectionSpecIds"] = Json::array({kDataLakeSpec});
  doc["optionSpec"] = Json::parse(kOptionSpec);
  doc["transformationSpecs"] = Json::array();
  for (const std::string_view transformation : parts.transformations) doc["transformationSpecs"].push_back(Json::parse(transformation));
  doc["scheduleSpec"] = Json::parse(kScheduleSpec);
  doc["runSpec"] = Json::parse(kRunSpec);
  if (parts.kind != SpecKind::table) {
    doc["runSpec"]["spec"]["required"] = {"startTime", "windowStartTime", "windowEndTime"};
    if (parts.kind == SpecKind::resource) doc["runSpec"]["spec"]["properties"].erase("deltaColumn");
  }
  doc["attributes"] = Json::parse(kFlowAttributes);
  doc["permissionsInfo"] = permissions_info("EnterpriseSource");
  return doc;
}

}  // namespace

std::vector<ConnectionSpec> builtin_connection_specs(std::span<const sources::SourceSpec* const> sources) {
  std::vector<ConnectionSpec> specs;
  for (const sources::SourceSpec* source : sources) specs.push_back(table_spec(*source));
  specs.push_back(data_lake_spec());
  specs.push_back(landing_zone_spec());
  return specs;
}

std::vector<Json> builtin_flow_specs(const std::vector<ConnectionSpec>& connection_specs) {
  return {flow_spec({kCrmToAep, "CRMToAEP", {kCopySpec, kMappingSpec}, SpecKind::table}, connection_specs),
          flow_spec({kCloudStorageToAep, "CloudStorageToAEP", {kMappingSpec, kEncryptionSpec}, SpecKind::file}, connection_specs),
          flow_spec({kRestStorageToAep, "RestStorageToAEP", {kMappingSpec}, SpecKind::resource}, connection_specs)};
}

}  // namespace foz::flow
