// Shapes of bodies and answers, and query parameters, by the names that route tables use. Follows: the contracts of the
// services; where a contract leaves members open, so do these.
#include "api/openapi_schemas.h"

#include "api/openapi.h"
#include "base/text.h"

namespace foz::api {
namespace {

constexpr NamedSchema kErrors[] = {
    {"GatewayError", R"({"type":"object","required":["error_code","message"],"properties":{"error_code":{"type":"string"},"message":{"type":"string"}}})"},
    {"ImsError", R"({"type":"object","required":["error","error_description"],"properties":{"error":{"type":"string"},"error_description":{"type":"string"}}})"},
    {"Problem", R"({"type":"object","required":["type","title","status"],"properties":{"type":{"type":"string"},"title":{"type":"string"},
      "status":{"type":"integer"},"detail":{"type":"string"},"report":{"type":"object"}}})"},
    {"FlowError", R"({"type":"object","required":["type","title","status","errorMessage","errorDetails","report"],"properties":{"type":{"type":"string"},
      "title":{"type":"string"},"status":{"type":"integer"},"errorMessage":{"type":"string"},"errorDetails":{"type":"string"},"report":{"type":"object"}}})"},
    {"LabelsError", R"({"type":"object","required":["timestamp","status","code","message","path"],"properties":{"timestamp":{"type":"string"},
      "status":{"type":"string"},"code":{"type":"string"},"message":{"type":"string"},"path":{"type":"string"}}})"},
};

constexpr NamedSchema kCommon[] = {
    {"Object", R"({"type":"object"})"},
    {"JsonPatch", R"({"type":"array","items":{"type":"object","required":["op","path"],"properties":{"op":{"type":"string"},"path":{"type":"string"},"value":{}}}})"},
    {"Token", R"({"type":"object","required":["access_token","token_type","expires_in"],"properties":{"access_token":{"type":"string"},
      "token_type":{"type":"string"},"expires_in":{"type":"integer"}}})"},
    {"Health", R"({"type":"object","required":["status"],"properties":{"status":{"type":"string"}}})"},
    {"QueryBody", R"({"type":"object","required":["sql"],"properties":{"sql":{"type":"string"}}})"},
    {"QueryAnswer", R"({"type":"object","required":["columns","rows","cutOff"],"properties":{"columns":{"type":"array","items":{"type":"string"}},
      "rows":{"type":"array","items":{"type":"array"}},"cutOff":{"type":"boolean"}}})"},
};

constexpr NamedSchema kRegistry[] = {
    {"Resource", R"({"type":"object","required":["$id","meta:altId","version"],"properties":{"$id":{"type":"string"},"meta:altId":{"type":"string"},
      "meta:resourceType":{"type":"string","enum":["schemas","classes","mixins","datatypes","behaviors","unions"]},"version":{"type":"string"},
      "title":{"type":"string"},"description":{"type":"string"},"type":{"type":"string"},"meta:class":{"type":"string"},
      "meta:extends":{"type":"array","items":{"type":"string"}},"allOf":{"type":"array","items":{"type":"object"}},"properties":{"type":"object"}}})"},
    {"ResourceBody", R"({"type":"object","required":["title","allOf"],"properties":{"title":{"type":"string"},"description":{"type":"string"},
      "type":{"type":"string","enum":["object"]},"allOf":{"type":"array","items":{"type":"object","properties":{"$ref":{"type":"string"},"properties":{"type":"object"}}}},
      "properties":{"type":"object"},"definitions":{"type":"object"},"meta:intendedToExtend":{"type":"array","items":{"type":"string"}},
      "meta:immutableTags":{"type":"array","items":{"type":"string"}}}})"},
    {"ResourcePage", R"({"type":"object","required":["results","_page","_links"],"properties":{"results":{"type":"array"},
      "_page":{"type":"object","required":["next","count"],"properties":{"orderby":{"type":"string"},"next":{"type":"string","nullable":true},"count":{"type":"integer"}}},
      "_links":{"type":"object"}}})"},
    {"Changes", R"({"type":"object","required":["compatible","changes"],"properties":{"compatible":{"type":"boolean"},
      "changes":{"type":"array","items":{"type":"object","required":["schema","title","inUse","path","message"],"properties":{"schema":{"type":"string"},
      "title":{"type":"string"},"inUse":{"type":"boolean"},"path":{"type":"string"},"message":{"type":"string"}}}}}})"},
    {"ResourceOrChanges", R"({"anyOf":[{"$ref":"#/components/schemas/Resource"},{"$ref":"#/components/schemas/Changes"}]})"},
    {"DescriptorBody", R"({"type":"object","required":["@type","xdm:sourceSchema"],"properties":{"@type":{"type":"string"},"xdm:sourceSchema":{"type":"string"},
      "xdm:sourceVersion":{"type":"integer"},"xdm:sourceProperty":{},"xdm:namespace":{"type":"string"},"xdm:isPrimary":{"type":"boolean"}}})"},
    {"Descriptor", R"({"type":"object","required":["@id","@type","xdm:sourceSchema"],"properties":{"@id":{"type":"string"},"@type":{"type":"string"},
      "xdm:sourceSchema":{"type":"string"}}})"},
    {"DescriptorId", R"({"type":"object","required":["@id"],"properties":{"@id":{"type":"string"}}})"},
    {"Stats", R"({"type":"object","required":["imsOrg","tenantId","counts","recentlyCreatedResources","recentlyUpdatedResources","classUsage"],
      "properties":{"imsOrg":{"type":"string"},"tenantId":{"type":"string"},"counts":{"type":"object","additionalProperties":{"type":"integer"}},
      "recentlyCreatedResources":{"type":"array"},"recentlyUpdatedResources":{"type":"array"},"classUsage":{"type":"object"}}})"},
    {"Resources", R"({"type":"array","items":{"type":"object","required":["$id"]}})"},
    {"AuditLog", R"({"type":"array","items":{"type":"object","required":["id","updates"],"properties":{"id":{"type":"string"},"updates":{"type":"array"}}}})"},
};

constexpr NamedSchema kCatalog[] = {
    {"References", R"({"type":"array","items":{"type":"string","pattern":"^@/"}})"},
    {"DataSetBody", R"({"type":"object","properties":{"name":{"type":"string"},"description":{"type":"string"},"schemaRef":{"type":"object","required":["id"],
      "properties":{"id":{"type":"string"},"contentType":{"type":"string"}}},"tags":{"type":"object"},"enableErrorDiagnostics":{"type":"boolean"},
      "fileDescription":{"type":"object"},"extensions":{"type":"object"}}})"},
    {"DataSets", R"({"type":"object","additionalProperties":{"type":"object"}})"},
    {"Batches", R"({"type":"object","additionalProperties":{"type":"object"}})"},
    {"ById", R"({"type":"object","additionalProperties":{"type":"object"}})"},
    {"CatalogBatchBody", R"({"type":"object","properties":{"datasetId":{"type":"string"},"status":{"type":"string"},"externalId":{"type":"string"},
      "inputFormat":{"type":"object"},"tags":{"type":"object"}}})"},
    {"Everything", R"({"type":"object","required":["dataSets","batches"],"properties":{"dataSets":{"type":"object"},"batches":{"type":"object"}}})"},
    {"Statistics", R"({"type":"object","required":["rows","bytes","files","columns"],"properties":{"rows":{"type":"integer"},"bytes":{"type":"integer"},
      "files":{"type":"integer"},"columns":{"type":"array","items":{"type":"object","required":["path","type","nulls","nullShare"],"properties":{"path":{"type":"string"},
      "type":{"type":"string"},"nulls":{"type":"integer"},"nullShare":{"type":"number"},"distinctEstimate":{"type":"integer","nullable":true},"min":{},"max":{}}}}}})"},
    {"Lineage", R"({"type":"object","required":["batch","dataSet","status","flow","run","inputs","files"],"properties":{"batch":{"type":"string"},"dataSet":{"type":"string"},
      "status":{"type":"string"},"flow":{"type":"string","nullable":true},"pageList":{"type":"string"},"files":{"type":"array"},"inputs":{"type":"array"},
      "run":{"type":"object","nullable":true,"required":["id","sourceConnectionId","targetConnectionId","windowFrom","windowTo","bytes","records","pages","slices","slicesLeftOut"],
      "properties":{"id":{"type":"string"},"sourceConnectionId":{"type":"string"},"targetConnectionId":{"type":"string"},"windowFrom":{"type":"integer","nullable":true},
      "windowTo":{"type":"integer","nullable":true},"bytes":{"type":"integer"},"records":{"type":"integer"},"pages":{"type":"integer"},"slicesLeftOut":{"type":"integer"},
      "slices":{"type":"array","items":{"type":"object","required":["slice","pages","firstPage","lastPage","bytes","from"],"properties":{"slice":{"type":"string"},
      "pages":{"type":"integer"},"firstPage":{"type":"integer"},"lastPage":{"type":"integer"},"bytes":{"type":"integer"},"from":{"type":"string"},"to":{"type":"string"}}}}}}}})"},
    {"Derivation", R"({"type":"object","required":["columns","source","target","mappings","unmapped"],"properties":{"columns":{"type":"array","items":{"type":"object",
      "required":["name","type"]}},"source":{"type":"array"},"target":{"type":"array"},"mappings":{"type":"array","items":{"type":"object","required":["source","destination"]}},
      "unmapped":{"type":"array","items":{"type":"string"}}}})"},
    {"Credentials", R"({"type":"object","required":["dataSetId","credentials"],"properties":{"dataSetId":{"type":"string"},"credentials":{"type":"object"}}})"},
    {"Values", R"({"type":"array","items":{}})"},
    {"Calls", R"({"type":"array","items":{"type":"object","required":["id","resource","method"],"properties":{"id":{"type":"string"},"resource":{"type":"string"},
      "method":{"type":"string"},"headers":{"type":"object"},"body":{}}}})"},
    {"CallAnswers", R"({"type":"array","items":{"type":"object","required":["id","code"],"properties":{"id":{"type":"string"},"code":{"type":"integer"},"body":{}}}})"},
    {"Labels", R"({"type":"object","required":["labels"],"properties":{"labels":{"type":"array","items":{"type":"string"}},"optionalLabels":{"type":"array","items":{"type":"object"}}}})"},
};

constexpr NamedSchema kFiles[] = {
    {"BatchBody", R"({"type":"object","required":["datasetId"],"properties":{"datasetId":{"type":"string"},"inputFormat":{"type":"object",
      "properties":{"format":{"type":"string"},"isMultiLineJson":{"type":"boolean"},"delimiter":{"type":"string"},"quote":{"type":"string"},"escape":{"type":"string"}}},
      "enableErrorDiagnostics":{"type":"boolean"},"partialIngestionPercent":{"type":"number"},"externalId":{"type":"string"},"tags":{"type":"object"},"replay":{"type":"object"}}})"},
    {"Batch", R"({"type":"object","required":["id","status","relatedObjects","created","errors"],"properties":{"id":{"type":"string"},"status":{"type":"string"},
      "created":{"type":"integer"},"relatedObjects":{"type":"array"},"errors":{"type":"array"}}})"},
    {"LargeFile", R"({"type":"object","properties":{"name":{"type":"string"},"sizeInBytes":{"type":"integer"}}})"},
    {"Preview", R"({"type":"object","required":["formatParams","preview"],"properties":{"formatParams":{"type":"object"},"preview":{"type":"object","required":["columns","rows"]}}})"},
    {"FileList", R"({"type":"object","required":["data","_page"],"properties":{"data":{"type":"array","items":{"type":"object"}},
      "_page":{"type":"object","required":["limit","count"],"properties":{"limit":{"type":"integer"},"count":{"type":"integer"}}},"_links":{"type":"object"}}})"},
    {"FileListOrJson", R"({"anyOf":[{"$ref":"#/components/schemas/FileList"},{"type":"array"},{"type":"object"}]})"},
    {"Rows", R"({"type":"object","required":["data"],"properties":{"data":{"type":"array","items":{"type":"object"}}}})"},
};

constexpr NamedSchema kSandboxes[] = {
    {"Sandbox", R"({"type":"object","required":["id","name","title","state","type"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"title":{"type":"string"},
      "state":{"type":"string","enum":["creating","active","resetting","deleting","deleted","failed"]},"type":{"type":"string","enum":["production","development"]},
      "region":{"type":"string"},"isDefault":{"type":"boolean"},"eTag":{"type":"integer"},"message":{"type":"string"}}})"},
    {"SandboxOrWarning", R"({"anyOf":[{"$ref":"#/components/schemas/Sandbox"},{"type":"object","required":["message"],"properties":{"message":{"type":"string"}}}]})"},
    {"SandboxList", R"({"type":"object","required":["sandboxes","_page","_links"],"properties":{"sandboxes":{"type":"array","items":{"$ref":"#/components/schemas/Sandbox"}},
      "_page":{"type":"object"},"_links":{"type":"object"}}})"},
    {"SandboxTypes", R"({"type":"object","required":["sandboxTypes"],"properties":{"sandboxTypes":{"type":"array","items":{"type":"string"}}}})"},
    {"SandboxBody", R"({"type":"object","required":["name","title","type"],"properties":{"name":{"type":"string"},"title":{"type":"string"},"type":{"type":"string","enum":["production","development"]}}})"},
    {"SandboxChange", R"({"type":"object","required":["title"],"properties":{"title":{"type":"string"}}})"},
    {"SandboxAction", R"({"type":"object","required":["action"],"properties":{"action":{"type":"string","enum":["reset"]}}})"},
    {"AccessReference", R"({"type":"object","required":["permissions","resource-types"],"properties":{"permissions":{"type":"object"},"resource-types":{"type":"object"}}})"},
    {"PolicyNames", R"({"type":"array","items":{"type":"string"}})"},
    {"Policies", R"({"type":"object","required":["policies"],"properties":{"policies":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}}})"},
    {"Roles", R"({"type":"object","required":["items","_page"],"properties":{"items":{"type":"array","items":{"type":"object"}},"_page":{"type":"object"},"_links":{"type":"object"}}})"},
};

constexpr Parameter kParameters[] = {
    {"limit", "integer", "Entries of one answer"},
    {"start", "string", "Where the answer begins: what the one before said, or a number"},
    {"offset", "integer", "Index of the first entry"},
    {"orderby", "string", "Members to sort by; a leading - turns the order"},
    {"orderBy", "string", "Members to sort by, as asc:a or desc:a"},
    {"property", "string", "A condition on a member; several must all hold", true},
    {"properties", "string", "The members to answer, commas between them"},
    {"validateOnly", "boolean", "Say what the change would break, and store nothing"},
    {"requestDataSource", "boolean", "Fill dataSourceId"},
    {"dataSet", "string", "Id of a data set"},
    {"dataSetId", "string", "Id of a data set"},
    {"destinationDatasetId", "string", "Id of the data set that rows go to"},
    {"sourceBatchId", "string", "Id of the batch that rows come from"},
    {"sampleId", "string", "Id of a kept sample whose values are looked at"},
    {"datasetId", "string", "Id of a data set"},
    {"batchId", "string", "Id of a batch"},
    {"excludeUnmapped", "boolean", "Leave out what nothing was found for"},
    {"batch", "string", "Id of a batch"},
    {"status", "string", "Status of a batch"},
    {"createdAfter", "integer", "Unix milliseconds"},
    {"createdBefore", "integer", "Unix milliseconds"},
    {"tags", "string", "name:value of a tag"},
    {"action", "string", "What to do"},
    {"format", "string", "json, csv or parquet"},
    {"isMultiLineJson", "boolean", "Whether an object may stand on several lines"},
    {"delimiter", "string", "One character, between the cells of a row"},
    {"quote", "string", "One character, around a cell"},
    {"escape", "string", "One character, before a quote that belongs to a cell"},
    {"charset", "string", "UTF-8, US-ASCII or ISO-8859-1"},
    {"header", "boolean", "Whether the first row names the columns"},
    {"nrow", "integer", "Rows to show"},
    {"path", "string", "Name of a file in the list"},
    {"distinct", "boolean", "false: do not read the values to count distinct ones"},
    {"name", "string", "What the schema is to be called"},
    {"connectionId", "string", "Id of a connection"},
    {"table", "string", "A table of the connection"},
    {"validationOnly", "boolean", "Say what would go, and do nothing"},
    {"client_id", "string", "Id of an API client"},
    {"count", "boolean", "Answer only how many there are"},
    {"continuationToken", "string", "Where the answer begins: from _links.next of the one before"},
    {"mode", "string", "draft: nothing but the name has to be there yet"},
    {"op", "string", "The action"},
    {"If-Match", "string", "The etag that was read: the change is refused when somebody was quicker"},
    {"If-None-Match", "string", "*: only where there is nothing yet"},
    {"Pragma", "string", "validate-only: say what would come of it, and store nothing"},
    {"if-match", "string", "The etag that was read, for callers that cannot send the header"},
    {"objectType", "string", "root, table, folder, file or rest"},
    {"object", "string", "Table or path"},
    {"preview", "boolean", "Add up to 100 rows"},
    {"all", "boolean", "Also what is read only on request"},
    {"filters", "string", "A row filter in Base64"},
    {"fileType", "string", "delimited, json or parquet"},
    {"columnDelimiter", "string", "One character"},
    {"compressionType", "string", "bzip2, gzip, deflate, zipDeflate, tarGzip or tar"},
    {"encoding", "string", "UTF-8 or ISO-8859-1"},
    {"determineProperties", "boolean", "Detect type, compression and delimiter of a file"},
    {"type", "string", "user_drop_zone"},
    {"validate", "boolean", "Look up the target schema and every destination"},
    {"version", "integer", "A version of the mapping set; the newest when it is missing"},
    {"expandSchema", "boolean", "Show the target schema inside"},
};

Json all_schemas() {
  Json all = Json::object();
  for (const std::span<const NamedSchema> part : {std::span<const NamedSchema>(kErrors), std::span<const NamedSchema>(kCommon), std::span<const NamedSchema>(kRegistry),
                                                  std::span<const NamedSchema>(kCatalog), std::span<const NamedSchema>(kFiles), std::span<const NamedSchema>(kSandboxes)}) {
    add_schemas(all, part);
  }
  add_flow_schemas(all);
  add_conversion_schemas(all);
  return all;
}

}  // namespace

void put_schema(Json& all, std::string_view name, Json schema) {
  const bool fresh = all.emplace(std::string(name), std::move(schema)).second;
  FOZ_CHECK(fresh, "two shapes are called " + std::string(name));
}

void add_schemas(Json& all, std::span<const NamedSchema> schemas) {
  for (const NamedSchema& schema : schemas) {
    auto parsed = parse_json(schema.json);
    FOZ_CHECK(parsed.has_value(), "the description of " + std::string(schema.name) + " is no JSON");
    put_schema(all, schema.name, std::move(*parsed));
  }
}

const Json& description_schemas() {
  static const Json kSchemas = all_schemas();
  return kSchemas;
}

const Parameter* parameter_named(std::string_view name) {
  for (const Parameter& parameter : kParameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

}  // namespace foz::api
