#pragma once
// Dataverse's own description of tables and attributes as tables and columns. Follows: Sources contract, 3.3.

#include <array>
#include <map>
#include <vector>

#include "base/json_fwd.h"
#include "sources/source.h"

namespace foz::sources::dynamics {

/// A table as reading needs it.
struct Entity {
  Description description;    ///< of listed ones: the table alone
  std::string set;            ///< "accounts": what paths name it by
  std::string key;            ///< "accountid"
  std::string primary_name;   ///< "name"; empty: rows have none
  bool tracking = false;      ///< change tracking is on
  bool offered = false;       ///< can be listed and read
};

/// What is asked for of tables, attributes and lookups.
inline constexpr std::string_view kEntityMembers =
    "LogicalName,SchemaName,EntitySetName,DisplayName,DisplayCollectionName,PrimaryIdAttribute,PrimaryNameAttribute,IsCustomEntity,IsIntersect,IsPrivate,IsActivity,"
    "TableType,ChangeTrackingEnabled,ObjectTypeCode";
inline constexpr std::string_view kAttributeMembers = "LogicalName,SchemaName,AttributeType,AttributeTypeName,AttributeOf,IsValidForRead,IsPrimaryId,IsLogical,SourceType,DisplayName";
inline constexpr std::string_view kRelationshipMembers = "ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName";

/// A type of attributes that tells more of itself than all attributes do.
struct Cast {
  std::string_view type;     ///< AttributeType
  std::string_view members;
};
inline constexpr std::array<Cast, 6> kCasts = {{{"DateTime", "LogicalName,Format,DateTimeBehavior"},
                                                {"Money", "LogicalName,Precision"},
                                                {"Decimal", "LogicalName,Precision"},
                                                {"Lookup", "LogicalName,Targets"},
                                                {"Customer", "LogicalName,Targets"},
                                                {"Owner", "LogicalName,Targets"}}};

/// What the casts told, by attribute.
struct Details {
  std::map<std::string, std::string, std::less<>> behaviour;           ///< of dates: "UserLocal", "DateOnly", "TimeZoneIndependent"
  std::map<std::string, int32_t, std::less<>> precision;
  std::map<std::string, std::vector<std::string>, std::less<>> targets;  ///< of lookups: logical names
  std::map<std::string, std::string, std::less<>> primary_names;       ///< of all tables, by logical name
};

/// Everything of an `EntityDefinitions` answer, offered or not.
std::vector<Entity> entities_of(const Json& answer);
/// True when the definition (with its Attributes) has some of the type.
bool has_attributes(const Json& definition, const Cast& cast);
/// Adds an answer of a cast.
void add_details(const Json& answer, Details& details);
/// The table of an `EntityDefinitions(LogicalName='x')` answer with Attributes and ManyToOneRelationships expanded.
Entity entity_of(const Json& definition, const Details& details);

/// Letters, digits and `_`, beginning with a letter or `_`.
bool is_logical_name(std::string_view name);

}  // namespace foz::sources::dynamics
