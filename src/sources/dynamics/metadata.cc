#include "sources/dynamics/metadata.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace foz::sources::dynamics {
namespace {

constexpr std::string_view kFormattedValue = "@OData.Community.Display.V1.FormattedValue";
constexpr std::string_view kLookupTable = "@Microsoft.Dynamics.CRM.lookuplogicalname";
constexpr std::array<std::string_view, 4> kReadable = {"Standard", "Elastic", "Virtual", "Activity"};
/// Follows: Sources contract, 3.6: the first that exists.
constexpr std::array<std::string_view, 2> kModifiedColumns = {"modifiedon", "createdon"};
/// Moments of Dataverse are whole seconds; this tells two changes in one second apart (3.5).
constexpr std::string_view kVersionColumn = "versionnumber";
/// A decimal of Dataverse has at most ten places.
constexpr int32_t kScaleMax = 10;

/// Follows: Sources contract, 3.3. What is missing here is not emitted.
const std::map<std::string, ColumnType, std::less<>> kTypes = {
    {"String", ColumnType::string},   {"Memo", ColumnType::string},      {"Integer", ColumnType::int32},   {"BigInt", ColumnType::int64},
    {"Decimal", ColumnType::decimal}, {"Money", ColumnType::decimal},    {"Double", ColumnType::number},   {"Boolean", ColumnType::boolean},
    {"DateTime", ColumnType::timestamp}, {"Picklist", ColumnType::int32}, {"State", ColumnType::int32},    {"Status", ColumnType::int32},
    {"Lookup", ColumnType::string},   {"Customer", ColumnType::string},  {"Owner", ColumnType::string},    {"Uniqueidentifier", ColumnType::string},
    {"EntityName", ColumnType::string}};

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); }
bool is_lookup(std::string_view type) { return one_of(type, {"Lookup", "Customer", "Owner"}); }
bool is_choice(std::string_view type) { return one_of(type, {"Picklist", "State", "Status", "Boolean"}); }

/// The words of the user's own language; any language's when there is none.
std::string label_of(const Json& json, std::string_view name) {
  const Json* label = member(json, name);
  if (label == nullptr) return "";
  if (const Json* own = member(*label, "UserLocalizedLabel"); own != nullptr && own->is_object()) return text_of(*own, "Label");
  const Json* first = at_pointer(*label, "/LocalizedLabels/0");
  return first == nullptr ? "" : text_of(*first, "Label");
}

std::string type_of(const Json& attribute) {
  const std::string type = text_of(attribute, "AttributeType");
  const Json* name = at_pointer(attribute, "/AttributeTypeName/Value");
  return type == "Virtual" && name != nullptr && *name == "MultiSelectPicklistType" ? "MultiSelectPicklist" : type;
}

const Json& attributes_of(const Json& definition) {
  static const Json kNone = Json::array();
  const Json* list = member(definition, "Attributes");
  return list != nullptr && list->is_array() ? *list : kNone;
}

/// Makes the columns of a table out of its attributes.
class Columns {
 public:
  Columns(const Json& definition, const Details& details) : definition_(definition), details_(details), key_(text_of(definition, "PrimaryIdAttribute")) {}

  std::vector<Column> all() {
    for (const Json& attribute : attributes_of(definition_)) add(attribute);
    add_related();
    return std::move(columns_);
  }

 private:
  void add(const Json& attribute) {
    const std::string name = text_of(attribute, "LogicalName"), type = type_of(attribute);
    const Json* part_of = member(attribute, "AttributeOf");
    const bool readable = boolean_of(attribute, "IsValidForRead").value_or(true) && (part_of == nullptr || part_of->is_null());
    if (!is_logical_name(name) || !readable) return;
    Column column{.name = name, .raw_path = {name}, .calculated = integer_of(attribute, "SourceType").value_or(0) > 0, .original_type = type};
    if (type == "MultiSelectPicklist") {
      column.type = ColumnType::json;
      column.wire = Wire::commas;
    } else if (const auto known = kTypes.find(type); known != kTypes.end()) {
      column.type = known->second;
    } else {
      return;
    }
    column.key = name == key_;
    refine(column, type);
    columns_.push_back(column);
    if (is_choice(type) || is_lookup(type) || type == "MultiSelectPicklist") add_label(column);
  }

  void refine(Column& column, const std::string& type) {
    if (is_lookup(type)) refine_lookup(column, type);
    if (type == "EntityName") refine_lookup_table(column);
    if (column.type == ColumnType::decimal) {
      const auto found = details_.precision.find(column.name);
      column.scale = std::clamp(found == details_.precision.end() ? kScaleMax : found->second, 0, kScaleMax);
    }
    if (type != "DateTime") return;
    column.cursor = true;
    const auto behaviour = details_.behaviour.find(column.name);
    if (behaviour == details_.behaviour.end()) return;
    if (behaviour->second == "DateOnly") column.type = ColumnType::date;
    if (behaviour->second == "TimeZoneIndependent") column.original_type = "DateTime, wall-clock time in no zone";
  }

  void refine_lookup(Column& column, const std::string& type) {
    const auto targets = details_.targets.find(column.name);
    if (targets != details_.targets.end()) column.original_type = type + "(" + join(targets->second, ",") + ")";
    column.raw_path = {"_" + column.name + "_value"};
  }

  /// `parentcustomeridtype` is no property of rows: it says which table `parentcustomerid` points into.
  void refine_lookup_table(Column& column) {
    if (!column.name.ends_with("type")) return;
    const std::string lookup = column.name.substr(0, column.name.size() - 4);
    const Json& attributes = attributes_of(definition_);
    const bool there = std::any_of(attributes.begin(), attributes.end(), [&](const Json& one) { return text_of(one, "LogicalName") == lookup && is_lookup(type_of(one)); });
    if (!there) return;
    column.raw_path = {"_" + lookup + "_value" + std::string(kLookupTable)};
    column.on_request = true;  // annotations triple what is sent (3.3)
  }

  /// What people read in the place of a choice's number or a lookup's key (10, S8).
  void add_label(const Column& column) {
    columns_.push_back({.name = column.name + "_label", .raw_path = {column.raw_path[0] + std::string(kFormattedValue)}, .calculated = column.calculated, .on_request = true,
                        .original_type = "label of " + column.name});
  }

  /// Of lookups that lead to one table, that table's name column: `primarycontactid.fullname` (3.4).
  void add_related() {
    const Json* relationships = member(definition_, "ManyToOneRelationships");
    if (relationships == nullptr || !relationships->is_array()) return;
    std::vector<Column> related;
    for (const Json& one : *relationships) {
      const std::string lookup = text_of(one, "ReferencingAttribute"), navigation = text_of(one, "ReferencingEntityNavigationPropertyName");
      const auto targets = details_.targets.find(lookup);
      const auto name = details_.primary_names.find(text_of(one, "ReferencedEntity"));
      const bool single = targets != details_.targets.end() && targets->second.size() == 1;
      if (!single || name == details_.primary_names.end() || !is_logical_name(navigation) || !is_logical_name(name->second)) continue;
      const std::string shown = lookup + "." + name->second;
      const bool taken = std::any_of(related.begin(), related.end(), [&](const Column& column) { return column.name == shown; });
      if (!taken && has_column(lookup)) related.push_back({.name = shown, .raw_path = {navigation, name->second}, .on_request = true, .original_type = "String of " + targets->second[0]});
    }
    columns_.insert(columns_.end(), related.begin(), related.end());
  }

  bool has_column(std::string_view name) const {
    return std::any_of(columns_.begin(), columns_.end(), [&](const Column& column) { return column.name == name; });
  }

  const Json& definition_;
  const Details& details_;
  const std::string key_;
  std::vector<Column> columns_;
};

std::string modified_column_of(const std::vector<Column>& columns) {
  for (const std::string_view name : kModifiedColumns) {
    if (std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name && column.cursor; })) return std::string(name);
  }
  return "";
}

Entity listed(const Json& definition) {
  const std::string logical = text_of(definition, "LogicalName"), label = label_of(definition, "DisplayName");
  Entity entity{.set = text_of(definition, "EntitySetName"), .key = text_of(definition, "PrimaryIdAttribute"), .primary_name = text_of(definition, "PrimaryNameAttribute"),
                .tracking = boolean_of(definition, "ChangeTrackingEnabled").value_or(false)};
  const std::string table_type = text_of(definition, "TableType", "Standard");
  entity.offered = is_logical_name(logical) && !entity.set.empty() && !boolean_of(definition, "IsPrivate").value_or(false) &&
                   std::find(kReadable.begin(), kReadable.end(), table_type) != kReadable.end();
  entity.description.table = {.name = label.empty() ? logical : label,
                              .path = logical,
                              .also_known_as = {label, label_of(definition, "DisplayCollectionName"), entity.set, text_of(definition, "SchemaName")}};
  return entity;
}

}  // namespace

bool is_logical_name(std::string_view name) {
  const auto part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 128 && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), part);
}

std::vector<Entity> entities_of(const Json& answer) {
  std::vector<Entity> entities;
  const Json* list = member(answer, "value");
  if (list == nullptr || !list->is_array()) return entities;
  for (const Json& definition : *list) entities.push_back(listed(definition));
  return entities;
}

bool has_attributes(const Json& definition, const Cast& cast) {
  const Json& attributes = attributes_of(definition);
  return std::any_of(attributes.begin(), attributes.end(), [&](const Json& one) { return text_of(one, "AttributeType") == cast.type; });
}

void add_details(const Json& answer, Details& details) {
  const Json* list = member(answer, "value");
  if (list == nullptr || !list->is_array()) return;
  for (const Json& one : *list) {
    const std::string name = text_of(one, "LogicalName");
    if (const Json* behaviour = at_pointer(one, "/DateTimeBehavior/Value"); behaviour != nullptr) details.behaviour[name] = as_text(*behaviour);
    if (const auto precision = integer_of(one, "Precision")) details.precision[name] = static_cast<int32_t>(std::clamp<int64_t>(*precision, 0, kScaleMax));
    if (member(one, "Targets") != nullptr) details.targets[name] = texts_of(one, "Targets");
  }
}

Entity entity_of(const Json& definition, const Details& details) {
  Entity entity = listed(definition);
  entity.description.columns = Columns(definition, details).all();
  entity.description.modified_column = modified_column_of(entity.description.columns);
  const bool versioned = std::any_of(entity.description.columns.begin(), entity.description.columns.end(), [](const Column& column) { return column.name == kVersionColumn && column.type == ColumnType::int64; });
  if (versioned) entity.description.version_column = kVersionColumn;
  entity.description.if_missing = "a column may be hidden from the application user by column security";
  return entity;
}

}  // namespace foz::sources::dynamics
