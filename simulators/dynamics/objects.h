#pragma once
// The tables of the simulated Dataverse environment, and what its metadata says of them.

#include "simulators/vendor.h"

namespace foz::sim {

/// What Dataverse calls a table in paths, answers and metadata.
struct DynamicsEntity {
  std::string logical;  ///< account; the name of the table
  std::string schema;   ///< Account
  std::string set;      ///< accounts
  std::string primary_name;
  int code = 0;         ///< ObjectTypeCode
  std::string table_type = "Standard";
  bool custom = false;
  bool intersect = false;
  bool hidden = false;  ///< IsPrivate
  bool activity = false;
  bool tracking = true;

  std::string primary_id() const { return activity ? "activityid" : logical + "id"; }
};

/// In the order of ObjectTypeCode: the standard tables, the CSV file, as many further ones as asked for.
std::vector<DynamicsEntity> dynamics_entities(const World& world);
std::vector<TableSpec> dynamics_tables(const World& world, const std::vector<DynamicsEntity>& entities);

/// AttributeType and AttributeTypeName of a column: "Picklist" and "PicklistType".
struct DynamicsType {
  std::string_view type;
  std::string_view name;
};
DynamicsType dynamics_type(const Column& column);
/// What a column is called in rows: `_x_value` for lookups.
std::string dynamics_property(const Column& column);

/// One EntityDefinition, without its attributes.
Json dynamics_definition(const DynamicsEntity& entity, const TableSpec& table);
/// All attributes, the ones included that only describe others (`AttributeOf`).
Json dynamics_attributes(const DynamicsEntity& entity, const TableSpec& table);
/// The lookups of a table as relationships to the tables they lead to.
Json dynamics_relationships(const DynamicsEntity& entity, const TableSpec& table);
/// Small EDMX of all entities.
std::string dynamics_edmx(const std::vector<DynamicsEntity>& entities, const Tables& tables);

}  // namespace foz::sim
