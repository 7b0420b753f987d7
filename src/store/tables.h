#pragma once
// What the database says of its own tables.

#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace foz::store {

/// Names of the tables that have a column `column`, by name. (SQLite's catalogue: the one piece of SQL that differs elsewhere.)
Result<std::vector<std::string>> tables_with_column(Reader& reader, std::string_view column);

}  // namespace foz::store
