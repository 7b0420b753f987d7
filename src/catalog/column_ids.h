#pragma once
// Field ids of data sets without a schema; the others take those of their schema. Follows: Schema Registry contract, 10.5.

#include <string_view>

#include "base/result.h"
#include "registry/columns.h"
#include "store/database.h"

namespace foz::catalog {

/// Gives every node below `root` its id in the data set: the same as ever for a path and kind, the next for a new one.
Status give_column_ids(store::Transaction& transaction, std::string_view sandbox, std::string_view dataset, registry::Node& root);

}  // namespace foz::catalog
