#include "base/text.h"
#include "simulators/salesforce/objects.h"

namespace foz::sim {
namespace {

std::string_view soap_type(Kind kind) {
  switch (kind) {
    case Kind::id:
    case Kind::reference: return "tns:ID";
    case Kind::boolean: return "xsd:boolean";
    case Kind::integer: return "xsd:int";
    case Kind::bigint: return "xsd:long";
    case Kind::number:
    case Kind::decimal:
    case Kind::currency:
    case Kind::percent: return "xsd:double";
    case Kind::date: return "xsd:date";
    case Kind::datetime: return "xsd:dateTime";
    case Kind::time: return "xsd:time";
    case Kind::base64: return "xsd:base64Binary";
    case Kind::compound: return "urn:address";
    default: return "xsd:string";
  }
}

bool is_decimal(Kind kind) { return kind == Kind::number || kind == Kind::decimal || kind == Kind::currency || kind == Kind::percent; }
bool is_text(Kind kind) { return soap_type(kind) == "xsd:string" || kind == Kind::id || kind == Kind::reference; }

Json picklist_values(const Column& column) {
  Json values = Json::array();
  for (const Option& option : column.options) {
    values.push_back({{"active", true}, {"defaultValue", false}, {"label", option.label.empty() ? option.value : option.label},
                      {"validFor", nullptr}, {"value", option.value}});
  }
  return values;
}

Json field_of(const Column& column) {
  const bool long_text = column.kind == Kind::textarea && column.length > 255;
  const bool plain = column.kind != Kind::compound && column.kind != Kind::base64 && !long_text;
  const bool system = column.recipe == Recipe::id || column.recipe == Recipe::created || column.recipe == Recipe::modified || column.recipe == Recipe::deleted;
  const bool writable = !system && !column.calculated && column.kind != Kind::compound;
  const int digits = column.kind == Kind::integer ? 9 : 0;
  const int length = is_text(column.kind) ? column.length : 0;
  const std::string relationship = column.kind == Kind::reference ? column.name.substr(0, column.name.size() - 2) : "";
  Json targets = Json::array();
  if (!column.target.empty()) targets.push_back(column.target);
  return {{"aggregatable", plain}, {"aiPredictionField", false}, {"autoNumber", false}, {"byteLength", length * 3},
          {"calculated", column.calculated},
          {"calculatedFormula", column.calculated ? Json("VALUE(TEXT(NOW()))") : Json(nullptr)},
          {"cascadeDelete", false}, {"caseSensitive", false},
          {"compoundFieldName", column.group.empty() ? Json(nullptr) : Json(column.group)},
          {"controllerName", nullptr}, {"createable", writable}, {"custom", column.custom},
          {"defaultValue", column.kind == Kind::boolean ? Json(false) : Json(nullptr)}, {"defaultedOnCreate", column.kind == Kind::boolean || system},
          {"dependentPicklist", false}, {"deprecatedAndHidden", false}, {"digits", digits}, {"encrypted", false},
          {"externalId", false}, {"filterable", plain}, {"groupable", plain && !is_decimal(column.kind) && column.kind != Kind::datetime},
          {"highScaleNumber", false}, {"htmlFormatted", false}, {"idLookup", column.kind == Kind::id || column.kind == Kind::email},
          {"inlineHelpText", nullptr}, {"label", column.label}, {"length", length}, {"name", column.name},
          {"nameField", column.name == "Name"}, {"namePointing", false}, {"nillable", column.null_percent > 0 || column.recipe == Recipe::csv || column.recipe == Recipe::none},
          {"permissionable", writable}, {"picklistValues", picklist_values(column)}, {"polymorphicForeignKey", false},
          {"precision", is_decimal(column.kind) ? 18 : 0}, {"queryByDistance", false},
          {"referenceTargetField", nullptr}, {"referenceTo", std::move(targets)},
          {"relationshipName", relationship.empty() ? Json(nullptr) : Json(relationship)}, {"relationshipOrder", nullptr},
          {"restrictedDelete", false}, {"restrictedPicklist", false}, {"scale", is_decimal(column.kind) ? column.scale : 0},
          {"searchPrefilterable", false}, {"soapType", soap_type(column.kind)}, {"sortable", plain && column.kind != Kind::multipicklist},
          {"type", salesforce_type(column.kind)}, {"unique", column.kind == Kind::id}, {"updateable", writable}, {"writeRequiresMasterRead", false}};
}

}  // namespace

std::string_view salesforce_type(Kind kind) {
  switch (kind) {
    case Kind::id: return "id";
    case Kind::reference: return "reference";
    case Kind::text: return "string";
    case Kind::textarea: return "textarea";
    case Kind::email: return "email";
    case Kind::phone: return "phone";
    case Kind::url: return "url";
    case Kind::picklist: return "picklist";
    case Kind::multipicklist: return "multipicklist";
    case Kind::boolean: return "boolean";
    case Kind::integer: return "int";
    case Kind::bigint: return "long";
    case Kind::number:
    case Kind::decimal: return "double";
    case Kind::currency: return "currency";
    case Kind::percent: return "percent";
    case Kind::date: return "date";
    case Kind::datetime: return "datetime";
    case Kind::time: return "time";
    case Kind::base64: return "base64";
    case Kind::compound: return "address";
  }
  return "string";
}

Json salesforce_summary(const TableSpec& table, std::string_view version) {
  const std::string path = "/services/data/" + std::string(version) + "/sobjects/" + table.name;
  const bool open = !table.has("not_queryable");
  return {{"activateable", false}, {"associateEntityType", nullptr}, {"associateParentEntity", nullptr},
          {"createable", open}, {"custom", table.has("custom")}, {"customSetting", false},
          {"deepCloneable", false}, {"deletable", open}, {"deprecatedAndHidden", table.has("hidden")},
          {"feedEnabled", false}, {"hasSubtypes", false}, {"isInterface", false}, {"isSubtype", false},
          {"keyPrefix", table.id.prefix.empty() ? Json(nullptr) : Json(table.id.prefix)}, {"label", table.label},
          {"labelPlural", table.plural}, {"layoutable", open}, {"mergeable", table.name == "Account" || table.name == "Contact" || table.name == "Lead"},
          {"mruEnabled", open}, {"name", table.name}, {"queryable", open}, {"replicateable", !table.has("not_replicateable")},
          {"retrieveable", open}, {"searchable", open}, {"triggerable", open}, {"undeletable", open}, {"updateable", open},
          {"urls", {{"rowTemplate", path + "/{ID}"}, {"describe", path + "/describe"}, {"sobject", path}}}};
}

Json salesforce_describe(const TableSpec& table, std::string_view version) {
  Json fields = Json::array();
  for (const Column& column : table.columns) {
    if (!column.hidden) fields.push_back(field_of(column));
  }
  Json result = salesforce_summary(table, version);
  result["actionOverrides"] = Json::array();
  result["childRelationships"] = Json::array();
  result["fields"] = std::move(fields);
  result["recordTypeInfos"] = Json::array();
  result["supportedScopes"] = Json::array({{{"label", "All " + table.plural}, {"name", "everything"}}});
  return result;
}

}  // namespace foz::sim
