#include "cli/tutorials.h"

namespace foz::cli {
namespace {

using http::Verb;

TutorialStep adhoc_class(const std::string& title, const std::string& columns) {
  return {.title = "describe the source: an ad hoc class",
          .path = "/data/foundation/schemaregistry/tenant/classes",
          .body = R"({"title":")" + title + R"( class","description":"Columns of the source","type":"object","allOf":[{"$ref":"https://ns.adobe.com/xdm/data/adhoc"},{"properties":{"_adhoc":{"type":"object","properties":)" + columns + "}}}]}",
          .saves = "adhocClass",
          .from = "/$id"};
}

TutorialStep adhoc_schema(const std::string& title) {
  return {.title = "and its ad hoc schema",
          .path = "/data/foundation/schemaregistry/tenant/schemas",
          .body = R"({"type":"object","title":")" + title + R"(","description":"Columns of the source","allOf":[{"$ref":"{{adhocClass}}"}]})",
          .saves = "adhocSchema",
          .from = "/$id"};
}

TutorialStep target_schema(const std::string& title) {
  return {.title = "the target schema: Individual Profile with person and personal details",
          .path = "/data/foundation/schemaregistry/tenant/schemas",
          .body = R"({"type":"object","title":")" + title + R"(","description":"","allOf":[{"$ref":"https://ns.adobe.com/xdm/context/profile"},{"$ref":"https://ns.adobe.com/xdm/context/profile-person-details"},{"$ref":"https://ns.adobe.com/xdm/context/profile-personal-details"}],"meta:class":"https://ns.adobe.com/xdm/context/profile"})",
          .saves = "schema",
          .from = "/$id"};
}

TutorialStep data_set(const std::string& name) {
  return {.title = "the data set",
          .path = "/data/foundation/catalog/dataSets?requestDataSource=true",
          .body = R"({"name":")" + name + R"(","schemaRef":{"id":"{{schema}}","contentType":"application/vnd.adobe.xed-full-notext+json; version=1"}})",
          .saves = "dataset",
          .from = "/0"};
}

TutorialStep dataset_connection() {
  return {.title = "a connection to the data lake",
          .path = "/data/foundation/flowservice/connections",
          .body = R"({"name":"Data set connection","connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"}})",
          .saves = "datasetConnection",
          .from = "/id"};
}

TutorialStep target_connection(const std::string& spec) {
  return {.title = "the target connection",
          .path = "/data/foundation/flowservice/targetConnections",
          .body = R"({"baseConnectionId":"{{datasetConnection}}","name":"Target connection","data":{"format":"parquet_xdm","schema":{"id":"{{schema}}","version":"application/vnd.adobe.xed-full+json;version=1.0"}},"params":{"dataSetId":"{{dataset}}"},"connectionSpec":{"id":")" + spec + R"(","version":"1.0"}})",
          .saves = "targetConnection",
          .from = "/id"};
}

TutorialStep mapping_set(const std::vector<std::pair<std::string, std::string>>& mapping) {
  std::string mappings;
  for (const auto& [source, destination] : mapping) {
    mappings += (mappings.empty() ? "" : ",") + (R"({"destinationXdmPath":")" + destination + R"(","sourceAttribute":")" + source +
                R"(","identity":false,"identityGroup":null,"namespaceCode":null,"version":0})");
  }
  return {.title = "the mapping",
          .path = "/data/foundation/conversion/mappingSets",
          .body = R"({"version":0,"xdmSchema":"{{schema}}","xdmVersion":"1.0","id":null,"mappings":[)" + mappings + "]}",
          .saves = "mapping",
          .from = "/id"};
}

TutorialStep flow_spec() {
  return {.title = "look up the flow specification", .verb = Verb::get, .path = "/data/foundation/flowservice/flowSpecs?property=name==%22CRMToAEP%22",
          .saves = "flowSpec", .from = "/items/0/id"};
}

}  // namespace

Tutorial crm_tutorial() {
  const std::string spec = "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5";
  Tutorial tutorial{.title = "Collect data from a CRM system (Salesforce)",
                    .mapping = {{"first_name", "person.name.firstName"}, {"last_name", "person.name.lastName"}, {"email", "personalEmail.address"}}};
  tutorial.steps = {
      {.title = "log in to Salesforce",
       .path = "/data/foundation/flowservice/connections",
       .body = R"({"name":"Salesforce account","auth":{"specName":"OAuth2 Client Credential","params":{"environmentUrl":"{{url}}","clientId":"{{clientId}}","clientSecret":"{{clientSecret}}","apiVersion":"60.0"}},"connectionSpec":{"id":")" + spec + R"(","version":"1.0"}})",
       .saves = "baseConnection",
       .from = "/id"},
      adhoc_class("CRM source", R"({"first_name":{"type":"string"},"last_name":{"type":"string"},"email":{"type":"string"}})"),
      adhoc_schema("CRM source"),
      {.title = "the source connection: which table, which columns",
       .path = "/data/foundation/flowservice/sourceConnections",
       .body = R"({"name":"Source connection","baseConnectionId":"{{baseConnection}}","data":{"format":"parquet_xdm","schema":{"id":"{{adhocSchema}}","version":"application/vnd.adobe.xed-full-notext+json; version=1"}},"params":{"tableName":"Contact","columns":[{"name":"first_name","type":"string","meta":{"originalType":"String"}},{"name":"last_name","type":"string","meta":{"originalType":"String"}},{"name":"email","type":"string","meta":{"originalType":"String"}}]}})",
       .saves = "sourceConnection",
       .from = "/id"},
      target_schema("Target schema for CRM source connector"),
      data_set("Target Dataset for CRM data"),
      dataset_connection(),
      target_connection(spec),
      mapping_set(tutorial.mapping),
      flow_spec(),
      {.title = "the flow: every 30 minutes, from now on",
       .path = "/data/foundation/flowservice/flows",
       .body = R"({"name":"Dataflow between a CRM system and Platform","flowSpec":{"id":"{{flowSpec}}","version":"1.0"},"sourceConnectionIds":["{{sourceConnection}}"],"targetConnectionIds":["{{targetConnection}}"],"transformations":[{"name":"Copy","params":{"mode":"append"}},{"name":"Mapping","params":{"mappingId":"{{mapping}}"}}],"scheduleParams":{"startTime":"1567411548","frequency":"minute","interval":"30"}})",
       .saves = "flow",
       .from = "/id"}};
  return tutorial;
}

Tutorial marketing_tutorial() {
  const std::string spec = "cc6a4487-9e91-433e-a3a3-9cf6626c1806";
  Tutorial tutorial{.title = "Collect data from a marketing automation system (HubSpot)",
                    .mapping = {{"Properties_Firstname_Value", "person.name.firstName"}, {"Properties_Lastname_Value", "person.name.lastName"},
                                {"Added_At", "repositoryCreatedBy"}, {"Portal_Id", "_id"}}};
  tutorial.steps = {
      {.title = "log in to HubSpot",
       .path = "/data/foundation/flowservice/connections",
       .body = R"({"name":"HubSpot account","auth":{"specName":"Basic Authentication","params":{"clientId":"{{clientId}}","clientSecret":"{{clientSecret}}","accessToken":"{{accessToken}}","refreshToken":"{{refreshToken}}","baseUrl":"{{url}}"}},"connectionSpec":{"id":")" + spec + R"(","version":"1.0"}})",
       .saves = "baseConnection",
       .from = "/id"},
      adhoc_class("Marketing source", R"({"Properties_Firstname_Value":{"type":"string"},"Properties_Lastname_Value":{"type":"string"},"Added_At":{"type":"string","format":"date-time"},"Portal_Id":{"type":"string"}})"),
      adhoc_schema("Marketing source"),
      {.title = "the source connection: all columns of Hubspot.Contacts",
       .path = "/data/foundation/flowservice/sourceConnections",
       .body = R"({"name":"Marketing automation source connection","baseConnectionId":"{{baseConnection}}","data":{"format":"parquet_xdm","schema":{"id":"{{adhocSchema}}","version":"application/vnd.adobe.xed-full-notext+json; version=1"}},"params":{"path":"Hubspot.Contacts"},"connectionSpec":{"id":")" + spec + R"(","version":"1.0"}})",
       .saves = "sourceConnection",
       .from = "/id"},
      target_schema("Target schema for marketing automation"),
      data_set("Target dataset for marketing automation"),
      dataset_connection(),
      target_connection(spec),
      mapping_set(tutorial.mapping),
      flow_spec(),
      {.title = "the flow: every 30 minutes, from now on",
       .path = "/data/foundation/flowservice/flows",
       .body = R"({"name":"Dataflow for marketing automation","flowSpec":{"id":"{{flowSpec}}","version":"1.0"},"sourceConnectionIds":["{{sourceConnection}}"],"targetConnectionIds":["{{targetConnection}}"],"transformations":[{"name":"Mapping","params":{"mappingId":"{{mapping}}","mappingVersion":"0"}}],"scheduleParams":{"startTime":"{{startTime}}","frequency":"minute","interval":"30"}})",
       .saves = "flow",
       .from = "/id"}};
  return tutorial;
}

}  // namespace foz::cli
