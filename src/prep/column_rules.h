#pragma once
// Whole columns against the rules of a schema. Nearly every value keeps them, so that is seen at a glance and only the rest
// is looked at closely.

#include <cstddef>

#include "engine/chunk.h"
#include "prep/record.h"
#include "registry/columns.h"

namespace foz::prep {

/// Tells every value among the first `rows` of `column` that breaks a rule of `node`. The column is of `column_type(node.kind)`.
void check_column(const registry::Node& node, size_t rows, const engine::Column& column, MappingIssues& issues);

}  // namespace foz::prep
