// What Dataverse says of tables and columns. Follows: Sources contract, 3.3.
#include "base/text.h"
#include "simulators/dynamics/objects.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int kEnglish = 1033;

Json label(std::string_view words) {
  const Json one = {{"Label", words}, {"LanguageCode", kEnglish}, {"IsManaged", true}, {"MetadataId", made_uuid(salt_of(words), "label")}, {"HasChanged", nullptr}};
  return {{"LocalizedLabels", Json::array({one})}, {"UserLocalizedLabel", one}};
}

std::string schema_name(const std::string& logical) {
  if (logical.starts_with("new_")) return logical;
  std::string name = logical;
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

Json options_of(const Column& column) {
  Json options = Json::array();
  for (const Option& option : column.options) {
    options.push_back({{"Value", to_integer(option.value).value_or(0)}, {"Label", label(option.label)}, {"Color", nullptr}, {"IsManaged", true}});
  }
  return {{"MetadataId", made_uuid(column.salt, "options")}, {"Name", column.name}, {"IsGlobal", false}, {"OptionSetType", column.group.empty() ? "Picklist" : column.group},
          {"Options", std::move(options)}};
}

Json boolean_options(const Column& column) {
  return {{"MetadataId", made_uuid(column.salt, "options")}, {"OptionSetType", "Boolean"}, {"TrueOption", {{"Value", 1}, {"Label", label("Yes")}}},
          {"FalseOption", {{"Value", 0}, {"Label", label("No")}}}};
}

Json attribute(const DynamicsEntity& entity, std::string_view name, DynamicsType type, std::string_view words) {
  return {{"@odata.type", "#Microsoft.Dynamics.CRM." + std::string(type.name == "MultiSelectPicklistType" ? "MultiSelectPicklist" : type.type) + "AttributeMetadata"},
          {"LogicalName", name},
          {"SchemaName", schema_name(std::string(name))},
          {"EntityLogicalName", entity.logical},
          {"AttributeOf", nullptr},
          {"AttributeType", type.type},
          {"AttributeTypeName", {{"Value", type.name}}},
          {"DisplayName", label(words)},
          {"Description", label("")},
          {"IsValidForRead", true},
          {"IsValidForCreate", true},
          {"IsValidForUpdate", true},
          {"IsPrimaryId", false},
          {"IsPrimaryName", name == entity.primary_name},
          {"IsLogical", false},
          {"IsCustomAttribute", name.starts_with("new_")},
          {"IsManaged", true},
          {"RequiredLevel", {{"Value", "None"}, {"CanBeChanged", true}}},
          {"MetadataId", made_uuid(salt_of(entity.logical) + salt_of(name), "attribute")}};
}

void add_details(Json& json, const Column& column) {
  switch (column.kind) {
    case Kind::picklist: json["OptionSet"] = options_of(column), json["GlobalOptionSet"] = nullptr; break;
    case Kind::multipicklist: json["OptionSet"] = options_of(column), json["GlobalOptionSet"] = nullptr; break;
    case Kind::boolean: json["OptionSet"] = boolean_options(column), json["GlobalOptionSet"] = nullptr, json["DefaultValue"] = false; break;
    case Kind::datetime:
      json["Format"] = "DateAndTime";
      json["DateTimeBehavior"] = {{"Value", column.group == "TimeZoneIndependent" ? "TimeZoneIndependent" : "UserLocal"}};
      break;
    case Kind::date:
      json["Format"] = "DateOnly";
      json["DateTimeBehavior"] = {{"Value", "DateOnly"}};
      break;
    case Kind::reference: json["Targets"] = column.target.empty() ? Json::array() : Json::array({column.target}); break;
    case Kind::currency: json["Precision"] = column.scale, json["PrecisionSource"] = 2, json["IsBaseCurrency"] = column.name.ends_with("_base"); break;
    case Kind::decimal:
    case Kind::number: json["Precision"] = column.scale; break;
    case Kind::text:
    case Kind::textarea:
    case Kind::email:
    case Kind::phone:
    case Kind::url: json["MaxLength"] = column.length; break;
    default: break;
  }
  if (column.kind == Kind::reference && column.group == "Customer") json["Targets"] = {"account", "contact"};
  if (column.kind == Kind::reference && column.group == "Owner") json["Targets"] = {"systemuser", "team"};
}

/// Attributes that only describe another one: never in rows by their own name.
void add_shadow(Json& list, const DynamicsEntity& entity, const Column& column) {
  const bool named = column.kind == Kind::reference || column.kind == Kind::picklist || column.kind == Kind::boolean || column.kind == Kind::multipicklist;
  if (!named) return;
  const bool reference = column.kind == Kind::reference;
  Json json = attribute(entity, column.name + "name", reference ? DynamicsType{"String", "StringType"} : DynamicsType{"Virtual", "VirtualType"}, "");
  json["AttributeOf"] = column.name;
  json["IsLogical"] = true;
  json["IsValidForCreate"] = json["IsValidForUpdate"] = false;
  list.push_back(std::move(json));
}

std::string_view edm_type(const Column& column) {
  switch (column.kind) {
    case Kind::id:
    case Kind::reference: return "Edm.Guid";
    case Kind::picklist:
    case Kind::integer: return "Edm.Int32";
    case Kind::bigint: return "Edm.Int64";
    case Kind::boolean: return "Edm.Boolean";
    case Kind::number: return "Edm.Double";
    case Kind::decimal:
    case Kind::currency: return "Edm.Decimal";
    case Kind::datetime: return "Edm.DateTimeOffset";
    case Kind::date: return "Edm.Date";
    default: return "Edm.String";
  }
}

}  // namespace

DynamicsType dynamics_type(const Column& column) {
  switch (column.kind) {
    case Kind::id: return {"Uniqueidentifier", "UniqueidentifierType"};
    case Kind::reference:
      if (column.group == "Customer") return {"Customer", "CustomerType"};
      return column.group == "Owner" ? DynamicsType{"Owner", "OwnerType"} : DynamicsType{"Lookup", "LookupType"};
    case Kind::textarea: return {"Memo", "MemoType"};
    case Kind::picklist:
      if (column.group == "State") return {"State", "StateType"};
      return column.group == "Status" ? DynamicsType{"Status", "StatusType"} : DynamicsType{"Picklist", "PicklistType"};
    case Kind::multipicklist: return {"Virtual", "MultiSelectPicklistType"};
    case Kind::boolean: return {"Boolean", "BooleanType"};
    case Kind::integer: return {"Integer", "IntegerType"};
    case Kind::bigint: return {"BigInt", "BigIntType"};
    case Kind::number: return {"Double", "DoubleType"};
    case Kind::decimal: return {"Decimal", "DecimalType"};
    case Kind::currency: return {"Money", "MoneyType"};
    case Kind::date:
    case Kind::datetime: return {"DateTime", "DateTimeType"};
    default: return column.group == "EntityName" ? DynamicsType{"EntityName", "EntityNameType"} : DynamicsType{"String", "StringType"};
  }
}

std::string dynamics_property(const Column& column) { return column.kind == Kind::reference ? "_" + column.name + "_value" : column.name; }

Json dynamics_definition(const DynamicsEntity& entity, const TableSpec& table) {
  const std::string id = made_uuid(salt_of(entity.logical), "entity");
  return {{"MetadataId", id},
          {"LogicalName", entity.logical},
          {"SchemaName", entity.schema},
          {"EntitySetName", entity.set},
          {"LogicalCollectionName", entity.set},
          {"CollectionSchemaName", entity.schema + "s"},
          {"DisplayName", label(table.label)},
          {"DisplayCollectionName", label(table.plural)},
          {"Description", label("")},
          {"PrimaryIdAttribute", entity.primary_id()},
          {"PrimaryNameAttribute", entity.primary_name.empty() ? Json(nullptr) : Json(entity.primary_name)},
          {"ObjectTypeCode", entity.code},
          {"IsCustomEntity", entity.custom},
          {"IsIntersect", entity.intersect},
          {"IsPrivate", entity.hidden},
          {"IsActivity", entity.activity},
          {"TableType", entity.table_type},
          {"ChangeTrackingEnabled", entity.tracking},
          {"CanChangeTrackingBeEnabled", {{"Value", true}, {"CanBeChanged", true}}},
          {"OwnershipType", "UserOwned"},
          {"IsManaged", true}};
}

Json dynamics_attributes(const DynamicsEntity& entity, const TableSpec& table) {
  Json list = Json::array();
  for (const Column& column : table.columns) {
    Json json = attribute(entity, column.name, dynamics_type(column), column.label);
    const bool system = column.recipe == Recipe::id || column.recipe == Recipe::created || column.recipe == Recipe::modified || column.recipe == Recipe::version;
    json["IsPrimaryId"] = column.recipe == Recipe::id;
    json["IsValidForRead"] = !column.hidden;
    json["IsValidForCreate"] = json["IsValidForUpdate"] = !system && !column.calculated;
    json["SourceType"] = column.calculated ? 1 : 0;
    add_details(json, column);
    list.push_back(std::move(json));
    add_shadow(list, entity, column);
  }
  return list;
}

Json dynamics_relationships(const DynamicsEntity& entity, const TableSpec& table) {
  Json list = Json::array();
  for (const Column& column : table.columns) {
    if (column.kind != Kind::reference || column.target.empty() || column.hidden) continue;
    const bool several = column.group == "Customer" || column.group == "Owner";  // then each target has a navigation of its own
    list.push_back({{"SchemaName", column.target + "_" + entity.logical + "_" + column.name},
                    {"ReferencingAttribute", column.name},
                    {"ReferencingEntity", entity.logical},
                    {"ReferencedAttribute", column.target + "id"},
                    {"ReferencedEntity", column.target},
                    {"ReferencingEntityNavigationPropertyName", several ? column.name + "_" + column.target : column.name}});
  }
  return list;
}

std::string dynamics_edmx(const std::vector<DynamicsEntity>& entities, const Tables& tables) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>"
                    "<Schema Namespace=\"Microsoft.Dynamics.CRM\" Alias=\"mscrm\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">";
  std::string sets;
  for (const DynamicsEntity& entity : entities) {
    xml += "<EntityType Name=\"" + entity.logical + "\"><Key><PropertyRef Name=\"" + entity.primary_id() + "\"/></Key>";
    for (const Column* column : tables.find(entity.logical)->visible_columns()) {
      xml += "<Property Name=\"" + dynamics_property(*column) + "\" Type=\"" + std::string(edm_type(*column)) + "\"/>";
      if (column->kind == Kind::reference) xml += "<NavigationProperty Name=\"" + column->name + "\" Type=\"mscrm." + column->target + "\"/>";
    }
    xml += "</EntityType>";
    sets += "<EntitySet Name=\"" + entity.set + "\" EntityType=\"Microsoft.Dynamics.CRM." + entity.logical + "\"/>";
  }
  return xml + "<EntityContainer Name=\"System\">" + sets + "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>";
}

}  // namespace foz::sim
