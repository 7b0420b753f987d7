#pragma once
// From the columns of a table to an ad hoc schema that holds them as they are, and to a target schema of standard parts that
// they may be mapped into.

#include <string>
#include <vector>

#include "base/json.h"
#include "registry/csv_schema.h"

namespace foz::prep {

/// A standard class or field group, resolved.
struct StandardPart {
  std::string id;
  Json effective;  ///< `properties` in compatibility names
};

struct Derive {
  std::string name;
  std::string tenant;                             ///< without underscore: mappings name it, resources have its stand-in
  std::vector<registry::DerivedColumn> columns;
  std::vector<StandardPart> classes;              ///< the first is taken unless another holds more of the columns
  std::vector<StandardPart> groups;
  std::string class_tail, source_tail, group_tail, target_tail;  ///< ends of the new ids
};

/// `{"columns": [{"name", "type"}], "source": [class, schema], "target": [field group, schema], "mappings": [{"source",
/// "destination"}], "unmapped": [names]}`: two imports and the mappings between them. Columns that no standard part holds
/// become fields of the tenant's own group and are mapped there; `unmapped` names these.
Json derive(const Derive& wanted);

}  // namespace foz::prep
