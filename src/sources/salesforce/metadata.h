#pragma once
// Salesforce's own description of objects and fields as tables and columns. Follows: Sources contract, 2.3, 2.7, 2.8.

#include <vector>

#include "base/json_fwd.h"
#include "sources/source.h"

namespace foz::sources::salesforce {

/// The objects of a `/sobjects` answer that can be queried.
std::vector<Table> tables_of(const Json& answer);

/// What reading an object needs to know beyond its columns.
struct Traits {
  bool bulk = true;           ///< Bulk API 2.0 may be asked
  bool replicateable = false; ///< has deleted and updated feeds
  bool has_created_date = false;
};

struct Object {
  Description description;
  Traits traits;
  std::vector<std::string> fields = {};  ///< all that the user may see, those without a column too
};

/// The object of a `/sobjects/X/describe` answer. Compound fields and base64 fields are left out; calculated, key and
/// cursor columns are marked.
Object object_of(const Json& answer);

/// The column of a field; nothing for what is not emitted.
std::optional<Column> column_of(const Json& field);

}  // namespace foz::sources::salesforce
