#include "sources/hubspot/metadata.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_set>

#include "base/json.h"
#include "base/text.h"
#include "sources/hubspot/collections.h"

namespace foz::sources::hubspot {
namespace {

using Path = std::vector<std::string>;

/// Follows: Sources contract, 4.3. What is missing here is text.
const std::map<std::string, ColumnType, std::less<>> kTypes = {
    {"bool", ColumnType::boolean}, {"number", ColumnType::decimal}, {"date", ColumnType::date}, {"datetime", ColumnType::timestamp}};

/// Numbers by declaration that are ids: compared, never computed with (4.3).
constexpr std::array<std::string_view, 3> kIdProperties = {"hs_object_id", "associatedcompanyid", "hs_parent_company_id"};

constexpr std::array<DealLink, 3> kDealLinks = {{{"associatedVids", "contacts"}, {"associatedCompanyIds", "companies"}, {"associatedDealIds", "deals"}}};

/// A column on its way: the path that its name is made of, and what it will be.
struct Draft {
  Path shown;
  Column column;
};

Column member_column(std::string member, ColumnType type) {
  Column column{.type = type, .raw_path = {std::move(member)}};
  if (type == ColumnType::timestamp || type == ColumnType::date) column.wire = Wire::millis;
  return column;
}

Column constant_column(ColumnType type, std::string value) {
  return Column{.type = type, .constant = std::move(value)};
}

Column property_column(const Json& property) {
  const std::string name = text_of(property, "name"), type = text_of(property, "type");
  // Roll-ups, scores and the like are not always marked.
  const bool calculated = boolean_of(property, "calculated").value_or(false) || text_of(property, "fieldType").starts_with("calculation");
  Column column{.raw_path = {"properties", name}, .calculated = calculated, .original_type = type};
  const auto known = kTypes.find(type);
  const bool id = std::find(kIdProperties.begin(), kIdProperties.end(), name) != kIdProperties.end();
  if (known != kTypes.end() && !id) column.type = known->second;
  const bool timely = column.type == ColumnType::date || column.type == ColumnType::timestamp;
  if (timely) column.wire = Wire::millis;  // v3 prints ISO 8601, older values are milliseconds: both are read
  column.cursor = timely;
  // The declared type is no promise: a value that does not fit it is null and counted (pain 12).
  column.lenient = column.type != ColumnType::string;
  return column;
}

std::vector<Draft> v3_frame() {
  std::vector<Draft> drafts = {{.shown = {"id"}, .column = member_column("id", ColumnType::string)},
                               {.shown = {"createdAt"}, .column = member_column("createdAt", ColumnType::timestamp)},
                               {.shown = {"updatedAt"}, .column = member_column("updatedAt", ColumnType::timestamp)},
                               {.shown = {"archived"}, .column = member_column("archived", ColumnType::boolean)}};
  drafts[0].column.key = true;
  drafts[1].column.cursor = drafts[2].column.cursor = true;
  return drafts;
}

/// The members of a v1 contact around its properties. Follows: Sources contract, 4.4, the compatibility view.
std::vector<Draft> v1_contact_frame(const std::set<std::string>& names, const std::string& portal_id) {
  Column merged = constant_column(ColumnType::json, "[]");
  merged.wire = Wire::semicolons;
  for (const char* name : {"hs_calculated_merged_vids", "hs_merged_object_ids"}) {
    if (names.contains(name)) merged.raw_path = {"properties", name};
  }
  Column url = member_column("id", ColumnType::string);
  url.prefix = "https://app.hubspot.com/contacts/" + portal_id + "/contact/";
  std::vector<Draft> drafts = {{.shown = {"vid"}, .column = member_column("id", ColumnType::string)},
                               {.shown = {"canonical-vid"}, .column = member_column("id", ColumnType::string)},
                               {.shown = {"merged-vids"}, .column = std::move(merged)},
                               {.shown = {"addedAt"}, .column = member_column("createdAt", ColumnType::timestamp)},
                               {.shown = {"portal-id"}, .column = constant_column(ColumnType::string, portal_id)},
                               {.shown = {"is-contact"}, .column = constant_column(ColumnType::boolean, "true")},
                               {.shown = {"profile-url"}, .column = std::move(url)},
                               {.shown = {"form-submissions"}, .column = constant_column(ColumnType::json, "[]")},
                               {.shown = {"identity-profiles"}, .column = constant_column(ColumnType::json, "[]")},
                               {.shown = {"merge-audits"}, .column = constant_column(ColumnType::json, "[]")}};
  drafts[0].column.key = true;
  drafts[3].column.cursor = true;
  return drafts;
}

std::vector<Draft> v1_deal_frame(const std::string& portal_id) {
  std::vector<Draft> drafts = {{.shown = {"dealId"}, .column = member_column("id", ColumnType::string)},
                               {.shown = {"portalId"}, .column = constant_column(ColumnType::string, portal_id)},
                               {.shown = {"isDeleted"}, .column = member_column("archived", ColumnType::boolean)}};
  drafts[0].column.key = true;
  for (const DealLink& link : kDealLinks) {
    const Path path = {std::string(kLinksMember), std::string(link.member)};
    drafts.push_back({.shown = path, .column = {.type = ColumnType::json, .raw_path = path, .on_request = true}});
  }
  return drafts;
}

/// Gives the drafts their flat names; `{column}_Raw` beside lenient numbers, where that name is free.
std::vector<Column> named_columns(std::vector<Draft> drafts) {
  std::vector<Path> paths;
  for (const Draft& draft : drafts) paths.push_back(draft.shown);
  const std::vector<std::string> names = flat_names(paths);
  const std::set<std::string> taken(names.begin(), names.end());
  std::vector<Column> columns;
  for (size_t i = 0; i < drafts.size(); ++i) {
    Column& column = drafts[i].column;
    column.name = names[i];
    columns.push_back(column);
    if (column.type != ColumnType::decimal || taken.contains(names[i] + "_Raw")) continue;
    columns.push_back({.name = names[i] + "_Raw", .raw_path = column.raw_path, .on_request = true, .original_type = column.original_type});
  }
  return columns;
}

const Column* column_at(const std::vector<Column>& columns, const Path& raw_path) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.raw_path == raw_path; });
  return found == columns.end() ? nullptr : &*found;
}

Column fixed(std::string name, std::string member, ColumnType type = ColumnType::string, bool key = false) {
  Column column = member_column(std::move(member), type);
  column.name = std::move(name);
  column.key = key;
  return column;
}

std::vector<Column> property_table_columns() {
  return {fixed("Name", "name", ColumnType::string, true), fixed("Label", "label"), fixed("Type", "type"), fixed("Field_Type", "fieldType"),
          fixed("Group_Name", "groupName"), fixed("Description", "description"), fixed("Options", "options", ColumnType::json),
          fixed("Calculated", "calculated", ColumnType::boolean), fixed("Calculation_Formula", "calculationFormula"),
          fixed("Hubspot_Defined", "hubspotDefined", ColumnType::boolean), fixed("Has_Unique_Value", "hasUniqueValue", ColumnType::boolean),
          fixed("Hidden", "hidden", ColumnType::boolean), fixed("External_Options", "externalOptions", ColumnType::boolean),
          fixed("Archived", "archived", ColumnType::boolean), fixed("Created_At", "createdAt", ColumnType::timestamp),
          fixed("Updated_At", "updatedAt", ColumnType::timestamp)};
}

std::vector<Column> association_columns() {
  return {fixed("From_Id", "fromId", ColumnType::string, true), fixed("To_Id", "toId", ColumnType::string, true),
          fixed("Type_Id", "typeId", ColumnType::int32, true), fixed("Category", "category", ColumnType::string, true), fixed("Label", "label")};
}

}  // namespace

std::span<const DealLink> deal_links() { return kDealLinks; }

Description describe_records(const HubTable& table, const Json& properties, const std::string& portal_id) {
  const Json& list = properties.at("results");
  std::set<std::string> names;
  for (const Json& property : list) names.insert(text_of(property, "name"));

  std::vector<Draft> drafts = table.kind == Kind::contacts_v1 ? v1_contact_frame(names, portal_id)
                              : table.kind == Kind::deals_v1  ? v1_deal_frame(portal_id)
                                                              : v3_frame();
  for (const Json& property : list) {
    const std::string name = text_of(property, "name");
    if (name.empty() || boolean_of(property, "archived").value_or(false)) continue;
    Path shown = {"properties", name};
    if (table.kind != Kind::object) shown.push_back("value");
    drafts.push_back({.shown = std::move(shown), .column = property_column(property)});
  }
  Description description{.table = table.table, .columns = named_columns(std::move(drafts))};
  const Column* modified = column_at(description.columns, {"properties", std::string(modified_property(table.type))});
  if (modified == nullptr) modified = column_at(description.columns, {"updatedAt"});
  if (modified != nullptr) description.modified_column = modified->name;
  description.if_missing = "a property may be sensitive, archived, or of an object that the app has no scope for";
  return description;
}

Description describe_fixed(const HubTable& table) {
  Description description{.table = table.table};
  if (table.kind == Kind::properties) description.columns = property_table_columns();
  if (table.kind == Kind::associations) description.columns = association_columns();
  if (table.kind == Kind::collection) description.columns = columns_of(*collection_titled(table.type));
  return description;
}

std::string property_of(const Description& table, const Column& column) {
  const auto has = [&](const char* name) { return column_at(table.columns, {"properties", name}) != nullptr; };
  if (column.raw_path.size() == 2 && column.raw_path[0] == "properties") return column.raw_path[1];
  if (column.raw_path.size() != 1) return "";
  const std::string& member = column.raw_path[0];
  if (member == "id") return "hs_object_id";
  if (member == "createdAt") return has("createdate") ? "createdate" : has("hs_createdate") ? "hs_createdate" : "";
  if (member == "updatedAt") return has("lastmodifieddate") ? "lastmodifieddate" : has("hs_lastmodifieddate") ? "hs_lastmodifieddate" : "";
  return "";
}

std::vector<std::string> properties_of(const ReadPlan& plan) {
  std::vector<std::string> names;
  std::unordered_set<std::string_view> seen;
  names.reserve(plan.columns.size());
  seen.reserve(plan.columns.size());
  for (const Column& column : plan.columns) {
    if (column.raw_path.size() < 2 || column.raw_path[0] != "properties" || !seen.insert(column.raw_path[1]).second) continue;
    names.push_back(column.raw_path[1]);
  }
  return names;
}

}  // namespace foz::sources::hubspot
