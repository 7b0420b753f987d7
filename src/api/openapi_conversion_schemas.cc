// Shapes of Data Prep. Follows: Data Prep contract, 2 and 3.
#include "api/openapi_schemas.h"

namespace foz::api {
namespace {

constexpr NamedSchema kBodies[] = {
    {"MappingBody", R"({"type":"object","required":["destination"],"properties":{"sourceType":{"type":"string","enum":["ATTRIBUTE","EXPRESSION","STATIC","text/x.schema-path","text/x.aep-xl","text/plain"]},
      "source":{"type":"string"},"destination":{"type":"string"},"sourceAttribute":{"type":"string"},"destinationXdmPath":{"type":"string"},
      "name":{"type":"string","nullable":true},"description":{"type":"string","nullable":true},"identity":{"type":"boolean"},"primaryIdentity":{"type":"boolean"},
      "identityGroup":{"type":"string","nullable":true},"namespaceCode":{"type":"string","nullable":true},"matchScore":{"type":"number"}}})"},
    {"MappingSetBody", R"({"type":"object","required":["mappings"],"properties":{"name":{"type":"string"},"outputSchema":{"type":"object","properties":{
      "schemaRef":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"contentType":{"type":"string"}}}}},"xdmSchema":{"type":"string"},
      "xdmVersion":{"type":"string"},"inputSchema":{"type":"object"},"mappings":{"type":"array","items":{"$ref":"#/components/schemas/MappingBody"}},
      "status":{"type":"string","enum":["DRAFT","PUBLISHED"]},"strictMapping":{"type":"boolean"},"allowNullValues":{"type":"boolean"},
      "tags":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"values":{"type":"array"}}}}}})"},
    {"PreviewBody", R"({"type":"object","required":["data","mappingSet"],"properties":{"data":{"anyOf":[{"type":"array","items":{"type":"object"}},{"type":"object"}]},
      "mappingSet":{"$ref":"#/components/schemas/MappingSetBody"}}})"},
    {"ExpressionBody", R"({"type":"object","required":["expression"],"properties":{"expression":{"anyOf":[{"type":"string"},{"type":"object","required":["expression"],
      "properties":{"expression":{"type":"string"}}}]},"mappingSetId":{"type":"string"},"sampleData":{},"sampleDataType":{"type":"string"}}})"},
    {"SampleBody", R"({"type":"object","required":["sampleData"],"properties":{"sampleData":{},"sampleType":{"type":"string"}}})"},
    {"SourceSchemaBody", R"({"type":"object","properties":{"jsonSchema":{},"sampleId":{"type":"string"},"name":{"type":"string"},
      "schemaRef":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"contentType":{"type":"string"}}}}})"},
};

constexpr NamedSchema kAnswers[] = {
    {"MappingSetCreated", R"({"type":"object","required":["id","version","createdDate","modifiedDate","createdBy","modifiedBy"],"properties":{"id":{"type":"string"},
      "version":{"type":"integer"},"createdDate":{"type":"integer"},"modifiedDate":{"type":"integer"},"createdBy":{"type":"string"},"modifiedBy":{"type":"string"}}})"},
    {"SchemaReference", R"({"type":"object","required":["id","contentType"],"properties":{"id":{"type":"string","nullable":true},"contentType":{"type":"string","nullable":true}}})"},
    {"OutputSchema", R"({"type":"object","required":["id","version","schemaRef"],"properties":{"id":{"type":"string"},"version":{"type":"integer"},
      "schemaRef":{"$ref":"#/components/schemas/SchemaReference"},"jsonSchema":{"type":"object"}}})"},
    {"MappingSet", R"({"type":"object","required":["id","version","createdDate","modifiedDate","createdBy","modifiedBy","supportVersion","inputSchemaRef","outputSchemaRef",
      "outputSchema","schemaRef","xdmSchema","xdmVersion","strictMapping","allowNullValues","status","mappings"],"properties":{"id":{"type":"string","pattern":"^[0-9a-f]{32}$"},
      "version":{"type":"integer"},"createdDate":{"type":"integer"},"modifiedDate":{"type":"integer"},"createdBy":{"type":"string"},"modifiedBy":{"type":"string"},
      "name":{"type":"string"},"supportVersion":{"type":"string","enum":["1.1"]},"inputSchema":{"type":"object"},"inputSchemaRef":{"type":"object"},
      "outputSchemaRef":{"$ref":"#/components/schemas/SchemaReference"},"outputSchema":{"$ref":"#/components/schemas/OutputSchema"},
      "schemaRef":{"$ref":"#/components/schemas/SchemaReference"},"xdmSchema":{"type":"string"},"xdmVersion":{"type":"string"},"strictMapping":{"type":"boolean"},
      "allowNullValues":{"type":"boolean"},"status":{"type":"string","enum":["DRAFT","PUBLISHED"]},"tags":{"type":"array"},
      "mappings":{"$ref":"#/components/schemas/Mappings"}}})"},
    {"Mappings", R"({"type":"array","items":{"$ref":"#/components/schemas/Mapping"}})"},
    {"Mapping", R"({"type":"object","required":["id","version","createdDate","modifiedDate","createdBy","modifiedBy","sourceType","source","destination","identity",
      "primaryIdentity","matchScore","functionVersion","sourceAttribute","destinationXdmPath"],"properties":{"id":{"type":"string","pattern":"^[0-9a-f]{32}$"},
      "version":{"type":"integer"},"createdDate":{"type":"integer"},"modifiedDate":{"type":"integer"},"createdBy":{"type":"string"},"modifiedBy":{"type":"string"},
      "sourceType":{"type":"string","enum":["text/x.schema-path","text/x.aep-xl","text/plain"]},"source":{"type":"string"},"destination":{"type":"string"},
      "name":{"type":"string"},"description":{"type":"string"},"identity":{"type":"boolean"},"primaryIdentity":{"type":"boolean"},"identityGroup":{"type":"string"},
      "namespaceCode":{"type":"string"},"matchScore":{"type":"number","minimum":0,"maximum":1},"functionVersion":{"type":"integer"},
      "expressionAttributes":{"type":"array","items":{"type":"string"}},"sourceAttribute":{"type":"string"},"destinationXdmPath":{"type":"string"}}})"},
    {"Suggestion", R"({"type":"object","required":["id","outputSchema","mappings"],"properties":{"id":{"type":"string","nullable":true},
      "outputSchema":{"$ref":"#/components/schemas/OutputSchema"},"mappings":{"type":"array","items":{"type":"object","required":["id","source","destination","matchScore"],
      "properties":{"id":{"type":"string","nullable":true},"source":{"type":"string"},"destination":{"type":"string","nullable":true},
      "matchScore":{"type":"number","minimum":0,"maximum":1}}}}}})"},
    {"ConversionPage", R"({"type":"object","required":["data","_page","_links"],"properties":{"data":{"type":"array"},
      "_page":{"type":"object","required":["count","limit"],"properties":{"count":{"type":"integer"},"limit":{"type":"integer"}}},
      "_links":{"type":"object","properties":{"next":{"type":"object","required":["href","templated"],"properties":{"href":{"type":"string"},"templated":{"type":"boolean"}}}}}}})"},
    {"MappingSets", R"({"allOf":[{"$ref":"#/components/schemas/ConversionPage"},{"properties":{"data":{"type":"array","items":{"$ref":"#/components/schemas/MappingSet"}}}}]})"},
    {"MappingErrors", R"({"type":"array","nullable":true,"items":{"type":"object","required":["destination","exception","source","columnName","sourceType"],"properties":{
      "destination":{"type":"string","nullable":true},"exception":{"type":"string"},"source":{"type":"string","nullable":true},"columnName":{"type":"string","nullable":true},
      "sourceType":{"type":"string","nullable":true}}}})"},
    {"Validation", R"({"type":"object","required":["validationResponse"],"properties":{"validationResponse":{"type":"array","items":{"type":"object","required":["status","errors"],
      "properties":{"status":{"type":"string","enum":["SUCCESS","FAILED"]},"errors":{"$ref":"#/components/schemas/MappingErrors"}}}}}})"},
    {"MappedRecord", R"({"type":"object","required":["data","errors"],"properties":{"data":{"type":"object"},"errors":{"$ref":"#/components/schemas/MappingErrors"}}})"},
    {"Mapped", R"({"anyOf":[{"type":"array","items":{"$ref":"#/components/schemas/MappedRecord"}},{"$ref":"#/components/schemas/MappedRecord"}]})"},
    {"LanguageFunctions", R"({"type":"array","items":{"type":"object","required":["category","function","description","syntax","returns","returnType","params","since"],"properties":{
      "category":{"type":"string"},"function":{"type":"string"},"description":{"type":"string"},"syntax":{"type":"string"},"returns":{"type":"string"},"returnType":{"type":"string"},
      "example":{"type":"string"},"result":{"type":"string"},"since":{"type":"string"},"params":{"type":"array","items":{"type":"object",
      "required":["name","description","type","dataType","position"],"properties":{"name":{"type":"string"},"description":{"type":"string"},"type":{"type":"string"},
      "dataType":{"type":"string"},"position":{"type":"integer"}}}}}}})"},
    {"LanguageOperators", R"({"type":"array","items":{"type":"object","required":["operatorSymbol","methodName","numberOfOperands","description","example"],"properties":{
      "operatorSymbol":{"type":"string"},"methodName":{"type":"string"},"numberOfOperands":{"type":"integer"},"description":{"type":"string"},"example":{"type":"string"}}}})"},
    {"ExpressionValidation", R"({"type":"object","required":["validationStatus","error"],"properties":{"validationStatus":{"type":"string","enum":["succeeded","failed"]},
      "error":{"type":"string"}}})"},
    {"Sample", R"({"type":"object","required":["id","version","createdDate","modifiedDate","createdBy","modifiedBy","sampleData","sampleType"],"properties":{"id":{"type":"string"},
      "version":{"type":"integer"},"createdDate":{"type":"integer"},"modifiedDate":{"type":"integer"},"createdBy":{"type":"string"},"modifiedBy":{"type":"string"},
      "sampleData":{"type":"string"},"sampleType":{"type":"string","enum":["JSON"]}}})"},
    {"Samples", R"({"allOf":[{"$ref":"#/components/schemas/ConversionPage"},{"properties":{"data":{"type":"array","items":{"$ref":"#/components/schemas/Sample"}}}}]})"},
    {"SourceSchema", R"({"type":"object","required":["id","version","jsonSchema","schemaRef"],"properties":{"id":{"type":"string"},"version":{"type":"integer"},
      "name":{"type":"string"},"jsonSchema":{"anyOf":[{"type":"object"},{"type":"string"}]},"schemaRef":{"type":"object","nullable":true}}})"},
    {"SourceSchemas", R"({"allOf":[{"$ref":"#/components/schemas/ConversionPage"},{"properties":{"data":{"type":"array","items":{"$ref":"#/components/schemas/SourceSchema"}}}}]})"},
    {"BatchConversion", R"({"type":"object","required":["id","createdDate","modifiedDate","createdBy","flowId","flowRunId","sourceBatchId","destinationBatchId","destinationDatasetId",
      "mappingSetId","status"],"properties":{"id":{"type":"string"},"createdDate":{"type":"integer"},"modifiedDate":{"type":"integer"},"createdBy":{"type":"string"},
      "flowId":{"type":"string"},"flowRunId":{"type":"string"},"sourceBatchId":{"type":"string","nullable":true},"destinationBatchId":{"type":"string","nullable":true},
      "destinationDatasetId":{"type":"string","nullable":true},"mappingSetId":{"type":"string","nullable":true},"status":{"$ref":"#/components/schemas/RunStatus"},
      "startedDate":{"type":"integer","nullable":true},"completedDate":{"type":"integer","nullable":true},"inputRecordCount":{"type":"integer"},
      "outputRecordCount":{"type":"integer"},"failedRecordCount":{"type":"integer"},"skippedRecordCount":{"type":"integer"},"warningCount":{"type":"integer"},
      "errors":{"type":"array","items":{"$ref":"#/components/schemas/RunError"}}}})"},
    {"BatchConversions", R"({"allOf":[{"$ref":"#/components/schemas/ConversionPage"},{"properties":{"data":{"type":"array","items":{"$ref":"#/components/schemas/BatchConversion"}}}}]})"},
    {"ConversionActivities", R"({"type":"array","items":{"$ref":"#/components/schemas/ConversionActivity"}})"},
    {"ConversionActivity", R"({"type":"object","required":["id","conversionId","name","status"],"properties":{"id":{"type":"string"},"conversionId":{"type":"string"},
      "name":{"type":"string"},"partition":{"type":"string","nullable":true},"status":{"type":"string"},"inputRecordCount":{"type":"integer"},"outputRecordCount":{"type":"integer"},"failedRecordCount":{"type":"integer"},
      "skippedRecordCount":{"type":"integer"},"errors":{"type":"array"}}})"},
};

}  // namespace

void add_conversion_schemas(Json& all) {
  add_schemas(all, kBodies);
  add_schemas(all, kAnswers);
}

}  // namespace foz::api
