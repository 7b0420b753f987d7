// Shapes of the Flow Service. Follows: Flow Service contract, 2.2, 3, 5-12. Members that clients may fill freely are open here, too.
#include "api/openapi_schemas.h"

#include <string>

#include "base/text.h"

namespace foz::api {
namespace {

/// A collection. Its lists leave members out where a projection asks so; a look-up shows all of `always`.
struct Element {
  std::string_view name, list, one;  ///< "Flow", "Flows", "OneFlow"
  bool stored;                       ///< has an etag and says who wrote it (2.1)
  std::string_view properties;
  std::string_view always;           ///< besides what all stored ones have; commas between them
};

constexpr std::string_view kAudit = R"({"createdAt":{"type":"integer"},"updatedAt":{"type":"integer"},"createdBy":{"type":"string"},"updatedBy":{"type":"string"},
  "createdClient":{"type":"string"},"updatedClient":{"type":"string"},"sandboxId":{"type":"string"},"sandboxName":{"type":"string"},"imsOrgId":{"type":"string"}})";
constexpr std::string_view kAuditAlways = "etag,createdAt,updatedAt,createdBy,updatedBy,createdClient,updatedClient,sandboxId,sandboxName,imsOrgId";

constexpr Element kElements[] = {
    {"ConnectionSpec", "ConnectionSpecs", "OneConnectionSpec", false, R"({"name":{"type":"string"},"providerId":{"type":"string"},"version":{"type":"string"},"type":{"type":"string","nullable":true},
      "authSpec":{"type":"array","items":{"type":"object"}},"encryptionSpecs":{"type":"array"},"sourceSpec":{"type":"object"},"targetSpec":{"type":"object"},
      "exploreSpec":{"type":"object"},"attributes":{"type":"object"},"permissionsInfo":{"type":"object"}})", "name,providerId,version"},
    {"FlowSpec", "FlowSpecs", "OneFlowSpec", false, R"({"name":{"type":"string"},"providerId":{"type":"string"},"version":{"type":"string"},
      "sourceConnectionSpecIds":{"type":"array","items":{"type":"string"}},"targetConnectionSpecIds":{"type":"array","items":{"type":"string"}},
      "optionSpec":{"type":"object"},"transformationSpecs":{"type":"array","items":{"type":"object"}},"scheduleSpec":{"type":"object"},"runSpec":{"type":"object"},
      "attributes":{"type":"object"},"permissionsInfo":{"type":"object"}})", "name,providerId,version"},
    {"Connection", "Connections", "OneConnection", true, R"({"name":{"type":"string"},"description":{"type":"string","nullable":true},
      "connectionSpec":{"$ref":"#/components/schemas/SpecReference"},"state":{"type":"string","enum":["draft","initializing","enabled","disabled"]},
      "auth":{"$ref":"#/components/schemas/Auth"},"labels":{"type":"array","items":{"type":"string"}},"version":{"type":"string"},
      "lastOperation":{"$ref":"#/components/schemas/LastOperation"}})", "name,state,version,lastOperation"},
    {"SourceConnection", "SourceConnections", "OneSourceConnection", true, R"({"name":{"type":"string"},"description":{"type":"string","nullable":true},
      "connectionSpec":{"$ref":"#/components/schemas/SpecReference"},"state":{"type":"string","enum":["draft","enabled"]},"data":{"type":"object"},"params":{"type":"object"},
      "labels":{"type":"array","items":{"type":"string"}},"inheritedAttributes":{"$ref":"#/components/schemas/InheritedBase"},"version":{"type":"string"},
      "lastOperation":{"$ref":"#/components/schemas/LastOperation"}})", "name,state,version,lastOperation"},
    {"TargetConnection", "TargetConnections", "OneTargetConnection", true, R"({"name":{"type":"string"},"description":{"type":"string","nullable":true},
      "connectionSpec":{"$ref":"#/components/schemas/SpecReference"},"state":{"type":"string","enum":["draft","enabled"]},"data":{"type":"object"},"params":{"type":"object"},
      "labels":{"type":"array","items":{"type":"string"}},"inheritedAttributes":{"$ref":"#/components/schemas/InheritedBase"},"version":{"type":"string"},
      "lastOperation":{"$ref":"#/components/schemas/LastOperation"}})", "name,state,version,connectionSpec,lastOperation"},
    {"Flow", "Flows", "OneFlow", true, R"({"name":{"type":"string"},"description":{"type":"string","nullable":true},"flowSpec":{"$ref":"#/components/schemas/SpecReference"},
      "state":{"type":"string","enum":["draft","enabled","disabled"]},"version":{"type":"string"},
      "sourceConnectionIds":{"type":"array","items":{"type":"string"}},"targetConnectionIds":{"type":"array","items":{"type":"string"}},
      "inheritedAttributes":{"type":"object","required":["properties","sourceConnections","targetConnections"],"properties":{
        "properties":{"type":"object","required":["isSourceFlow"],"properties":{"isSourceFlow":{"type":"boolean"}}},
        "sourceConnections":{"type":"array","items":{"type":"object"}},"targetConnections":{"type":"array","items":{"type":"object","required":["connectionSpec"]}}}},
      "options":{"type":"object"},"transformations":{"type":"array","items":{"type":"object"}},"scheduleParams":{"type":"object"},"runs":{"type":"string"},
      "providerRefId":{"type":"string"},"labels":{"type":"array","items":{"type":"string"}},"lastOperation":{"$ref":"#/components/schemas/LastOperation"},
      "lastRunDetails":{"type":"object","required":["id","state"],"properties":{"id":{"type":"string"},
        "state":{"$ref":"#/components/schemas/RunStatus"},"startedAtUTC":{"type":"integer"},"completedAtUTC":{"type":"integer"}}}})",
     "name,state,version,inheritedAttributes,runs,providerRefId,lastOperation"},
    {"Run", "Runs", "OneRun", true, R"({"flowId":{"type":"string"},"flowSpec":{"type":"object"},"providerRefId":{"type":"string"},
      "params":{"type":"object","properties":{"startTime":{"type":"integer"},"windowStartTime":{"type":"integer"},"windowEndTime":{"type":"integer"},
        "deltaColumn":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}},"replayRejected":{"type":"string"},"mode":{"type":"string"}}},
      "metrics":{"type":"object","required":["durationSummary","sizeSummary","recordSummary","fileSummary","statusSummary"],"properties":{
        "durationSummary":{"$ref":"#/components/schemas/RunDuration"},"sizeSummary":{"$ref":"#/components/schemas/RunSizes"},
        "recordSummary":{"$ref":"#/components/schemas/RunRecords"},"fileSummary":{"$ref":"#/components/schemas/RunFiles"},
        "statusSummary":{"type":"object","required":["status","errors"],"properties":{"status":{"$ref":"#/components/schemas/RunStatus"},
          "errors":{"type":"array","items":{"$ref":"#/components/schemas/RunError"}},"activityRefs":{"type":"array","items":{"type":"string"}}}}}},
      "activities":{"type":"array","items":{"$ref":"#/components/schemas/RunActivity"}},"predecessors":{"type":"array","items":{"type":"string"}}})",
     "flowId,flowSpec,params,metrics,activities"},
};

constexpr NamedSchema kParts[] = {
    {"IdAndEtag", R"({"type":"object","required":["id","etag"],"properties":{"id":{"type":"string"},"etag":{"type":"string","pattern":"^\".*\"$"}}})"},
    {"RunCreated", R"({"type":"object","required":["id","etag","items"],"properties":{"id":{"type":"string"},"etag":{"type":"string"},
      "items":{"type":"array","minItems":1,"maxItems":1,"items":{"$ref":"#/components/schemas/IdAndEtag"}}}})"},
    {"Count", R"({"type":"object","required":["count"],"properties":{"count":{"type":"integer"}}})"},
    {"PageLinks", R"({"type":"object","properties":{"next":{"type":"object","required":["href"],"properties":{"href":{"type":"string","pattern":"^/[A-Za-z]+\\?continuationToken=[A-Za-z0-9._~-]+$"}}}}})"},
    {"SpecReference", R"({"type":"object","required":["id","version"],"properties":{"id":{"type":"string"},"version":{"anyOf":[{"type":"string"},{"type":"number"}]}}})"},
    {"Auth", R"({"type":"object","properties":{"specName":{"type":"string"},"params":{"type":"object"}}})"},
    {"LastOperation", R"({"type":"object","required":["started","updated","operation"],"properties":{"started":{"type":"integer"},"updated":{"type":"integer"},
      "percentCompleted":{"type":"number"},"status":{"type":"object","required":["value","errors"],"properties":{"value":{"type":"string"},"errors":{"type":"array"}}},
      "ops":{"type":"array","items":{"type":"object"}},"operation":{"type":"string"}}})"},
    {"InheritedBase", R"({"type":"object","required":["baseConnection"],"properties":{"baseConnection":{"type":"object","required":["id","connectionSpec"],
      "properties":{"id":{"type":"string"},"connectionSpec":{"type":"object"}}}}})"},
    {"RunStatus", R"({"type":"string","enum":["scheduled","queued","inProgress","success","partialSuccess","failed"]})"},
    {"RunError", R"({"type":"object","required":["code","message"],"properties":{"code":{"type":"string"},"message":{"type":"string"},"recordCount":{"type":"integer"}}})"},
    {"RunDuration", R"({"type":"object","properties":{"startedAtUTC":{"type":"integer"},"completedAtUTC":{"type":"integer"},
      "extensions":{"type":"object","properties":{"windowStart":{"type":"integer"},"windowEnd":{"type":"integer"}}}}})"},
    {"RunSizes", R"({"type":"object","required":["inputBytes","outputBytes"],"properties":{"inputBytes":{"type":"integer"},"outputBytes":{"type":"integer"}}})"},
    {"RunRecords", R"({"type":"object","required":["inputRecordCount","outputRecordCount"],"properties":{"inputRecordCount":{"type":"integer"},"outputRecordCount":{"type":"integer"},
      "failedRecordCount":{"type":"integer"},"skippedRecordCount":{"type":"integer"},"warningRecordCount":{"type":"integer"}}})"},
    {"RunFiles", R"({"type":"object","required":["inputFileCount","outputFileCount"],"properties":{"inputFileCount":{"type":"integer"},"outputFileCount":{"type":"integer"},
      "activityRefs":{"type":"array","items":{"type":"string"}},"extensions":{"type":"object","properties":{"manifest":{"type":"object","properties":{"fileInfo":{"type":"string"}}}}}}})"},
    {"RunActivity", R"({"type":"object","required":["id","name","updatedAtUTC","durationSummary","sizeSummary","recordSummary","fileSummary","statusSummary"],"properties":{
      "id":{"type":"string"},"name":{"type":"string","enum":["Copy Activity","Promotion Activity"]},"updatedAtUTC":{"type":"integer"},
      "durationSummary":{"$ref":"#/components/schemas/RunDuration"},"sizeSummary":{"$ref":"#/components/schemas/RunSizes"},
      "recordSummary":{"$ref":"#/components/schemas/RunRecords"},"fileSummary":{"$ref":"#/components/schemas/RunFiles"},
      "statusSummary":{"type":"object","required":["status"],"properties":{"status":{"$ref":"#/components/schemas/RunStatus"},
        "errors":{"type":"array","items":{"$ref":"#/components/schemas/RunError"}},"extensions":{"type":"object"}}},
      "sourceInfo":{"type":"array","items":{"type":"object","required":["id","type"],"properties":{"id":{"type":"string"},"type":{"type":"string","enum":["SourceConnection"]}}}},
      "targetInfo":{"type":"array","items":{"type":"object","required":["id","type"],"properties":{"id":{"type":"string"},"type":{"type":"string","enum":["TargetConnection"]},
        "reference":{"type":"object","required":["type","ids"],"properties":{"type":{"type":"string","enum":["Batch"]},"ids":{"type":"array","items":{"type":"string"}}}}}}}}})"},
};

constexpr NamedSchema kBodies[] = {
    {"SpecNamed", R"({"type":"object","required":["id"],"properties":{"id":{"type":"string"},"version":{"anyOf":[{"type":"string"},{"type":"number"}]}}})"},
    {"SpecBody", R"({"type":"object","required":["name","providerId"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"providerId":{"type":"string"},"version":{"type":"string"},
      "type":{"type":"string"},"authSpec":{"type":"array","items":{"type":"object"}},"sourceSpec":{"type":"object"},"exploreSpec":{"type":"object"},"attributes":{"type":"object"},
      "sourceConnectionSpecIds":{"type":"array","items":{"type":"string"}},"targetConnectionSpecIds":{"type":"array","items":{"type":"string"}}}})"},
    {"ConnectionBody", R"({"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":255},"description":{"type":"string"},
      "connectionSpec":{"$ref":"#/components/schemas/SpecNamed"},"auth":{"$ref":"#/components/schemas/Auth"},"labels":{"type":"array","items":{"type":"string"}}}})"},
    {"SourceConnectionBody", R"({"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":255},"description":{"type":"string"},
      "baseConnectionId":{"type":"string"},"connectionSpec":{"$ref":"#/components/schemas/SpecNamed"},"data":{"type":"object","properties":{"format":{"type":"string"},
      "schema":{"type":"object"},"properties":{"type":"object"}}},"params":{"type":"object","properties":{"tableName":{"type":"string"},"path":{"type":"string"},
      "type":{"type":"string"},"recursive":{"type":"boolean"},"columns":{"type":"array","items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},
      "type":{"type":"string"}}}},"filters":{"type":"object"}}}}})"},
    {"TargetConnectionBody", R"({"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":255},"description":{"type":"string"},
      "baseConnectionId":{"type":"string"},"connectionSpec":{"$ref":"#/components/schemas/SpecNamed"},"data":{"type":"object","properties":{"format":{"type":"string"},
      "schema":{"type":"object","properties":{"id":{"type":"string"},"version":{"type":"string"}}}}},"params":{"type":"object","properties":{"dataSetId":{"type":"string"}}}}})"},
    {"FlowBody", R"({"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":255},"description":{"type":"string"},
      "flowSpec":{"$ref":"#/components/schemas/SpecNamed"},"sourceConnectionIds":{"type":"array","items":{"type":"string"}},
      "targetConnectionIds":{"type":"array","items":{"type":"string"}},"transformations":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},
      "params":{"type":"object"}}}},"scheduleParams":{"type":"object","properties":{"startTime":{"anyOf":[{"type":"integer"},{"type":"string"}]},
      "endTime":{"anyOf":[{"type":"integer"},{"type":"string"}]},"frequency":{"type":"string","enum":["once","minute","hour","day","week"]},
      "interval":{"anyOf":[{"type":"integer"},{"type":"string"}]},"backfill":{"type":"boolean"}}},"options":{"type":"object","properties":{
      "partialIngestionPercent":{"type":"number"},"errorDiagnosticsEnabled":{"type":"boolean"}}},"labels":{"type":"array","items":{"type":"string"}}}})"},
    {"RunBody", R"({"type":"object","required":["flowId"],"properties":{"flowId":{"type":"string"},"params":{"type":"object","properties":{
      "startTime":{"anyOf":[{"type":"integer"},{"type":"string"}]},"windowStartTime":{"anyOf":[{"type":"integer"},{"type":"string"}]},
      "windowEndTime":{"anyOf":[{"type":"integer"},{"type":"string"}]},"deltaColumn":{"type":"object","properties":{"name":{"type":"string"}}},
      "replayRejected":{"type":"string"},"mode":{"type":"string","enum":["append","skipExisting"]}}}}})"},
    {"SearchBody", R"({"type":"object","properties":{"queryString":{"type":"string"},"limit":{"type":"integer"},"orderby":{"type":"string"},"count":{"type":"boolean"},
      "projectionFields":{"type":"string"},"groupByProperty":{"type":"string"}}})"},
    {"FlowPatch", R"({"anyOf":[{"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/FlowChange"}},{"$ref":"#/components/schemas/FlowChange"}]})"},
    {"FlowChange", R"({"type":"object","required":["op","path"],"properties":{"op":{"type":"string","enum":["add","replace","remove"]},"path":{"type":"string"},"value":{}}})"},
};

constexpr NamedSchema kAnswers[] = {
    {"Tested", R"({"type":"object","required":["result"],"properties":{"result":{"type":"boolean"},"errors":{"type":"array","items":{"$ref":"#/components/schemas/RunError"}}}})"},
    {"Explored", R"({"anyOf":[{"type":"array","items":{"$ref":"#/components/schemas/ExploredEntry"}},{"$ref":"#/components/schemas/ExploredTable"},
      {"type":"object","required":["data"],"properties":{"data":{"type":"array"}}}]})"},
    {"ExploredEntry", R"({"type":"object","required":["type","name","path","canPreview","canFetchSchema"],"properties":{"type":{"type":"string","enum":["table","folder","file","rest"]},
      "name":{"type":"string"},"path":{"type":"string"},"canPreview":{"type":"boolean"},"canFetchSchema":{"type":"boolean"}}})"},
    {"ExploredTable", R"({"type":"object","required":["format","schema"],"properties":{"format":{"type":"string","enum":["flat","hierarchical"]},
      "schema":{"type":"object","required":["columns"],"properties":{"columns":{"type":"array","items":{"$ref":"#/components/schemas/ExploredColumn"}}}},
      "data":{"type":"array","items":{"type":"object"}},"properties":{"type":"object"}}})"},
    {"ExploredColumn", R"({"type":"object","required":["name","type","xdm","meta"],"properties":{"name":{"type":"string"},"type":{"type":"string"},"meta:xdmType":{"type":"string"},
      "xdm":{"type":"object","required":["type"]},"meta":{"type":"object","required":["originalType"],"properties":{"originalType":{"type":"string"}}}}})"},
    {"DeltaColumns", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"type":"object","required":["columnName","columnType"],
      "properties":{"columnName":{"type":"string"},"columnType":{"type":"string"}}}}}})"},
    {"SpecConfigs", R"({"type":"object","required":["items","pageInfo"],"properties":{"items":{"type":"array"},"pageInfo":{"type":"object","required":["hasNext"],
      "properties":{"hasNext":{"type":"boolean"}}}}})"},
    {"LandingZone", R"({"type":"object","required":["containerName","containerTTL"],"properties":{"containerName":{"type":"string"},"containerTTL":{"type":"string"}}})"},
};

Json ref(std::string_view name) { return {{"$ref", "#/components/schemas/" + std::string(name)}}; }

Json parsed(std::string_view text) {
  auto json = parse_json(text);
  FOZ_CHECK(json.has_value(), "the description of a member of the Flow Service is no JSON");
  return std::move(*json);
}

void append_names(Json& list, std::string_view names) {
  for (const std::string_view name : split(names, ',')) list.push_back(name);
}

Json element_schema(const Element& element) {
  Json properties = {{"id", {{"type", "string"}}}, {"etag", {{"type", "string"}}}};
  properties.update(parsed(kAudit));
  properties.update(parsed(element.properties));
  return {{"type", "object"}, {"required", element.stored ? Json::array({"id", "etag"}) : Json::array({"id"})}, {"properties", std::move(properties)}};
}

/// A page of elements, or how many there are where `count` is asked for.
Json list_schema(const Element& element) {
  const Json page = {{"type", "object"}, {"required", {"items", "_links"}},
                     {"properties", {{"items", {{"type", "array"}, {"items", ref(element.name)}}}, {"_links", ref("PageLinks")}}}};
  return {{"anyOf", Json::array({page, ref("Count")})}};
}

/// Exactly one element, whole.
Json one_schema(const Element& element) {
  Json always = Json::array();
  if (element.stored) append_names(always, kAuditAlways);
  append_names(always, element.always);
  const Json whole = {{"allOf", Json::array({ref(element.name), {{"required", std::move(always)}}})}};
  const Json items = {{"type", "array"}, {"minItems", 1}, {"maxItems", 1}, {"items", whole}};
  return {{"type", "object"}, {"required", {"items", "_links"}}, {"properties", {{"items", items}, {"_links", {{"type", "object"}}}}}};
}

}  // namespace

void add_flow_schemas(Json& all) {
  add_schemas(all, kParts);
  add_schemas(all, kBodies);
  add_schemas(all, kAnswers);
  for (const Element& element : kElements) {
    put_schema(all, element.name, element_schema(element));
    put_schema(all, element.list, list_schema(element));
    put_schema(all, element.one, one_schema(element));
  }
}

}  // namespace foz::api
