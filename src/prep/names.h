#pragma once
// What the names in an expression mean, and the types of its parts.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "prep/compile.h"
#include "prep/path.h"
#include "prep/tree.h"

namespace foz::prep {

/// The source path that `tree` writes (`a.b[0]`, `a['b c']`, `a[*].c`), also where its first name is a lambda's parameter.
/// Nothing where it is computed.
std::optional<Path> path_of(const Tree& tree);
/// A call `contains_key(path)` or `contains_key("path")`: the path. Nothing for anything else.
std::optional<Path> key_path_of(const Tree& call);

/// Finds the column of every path in `tree` and fills in the types of all nodes. `columns` may be null: not known.
/// Adds what is wrong: CONNECTOR-1330-400 for paths that no column has, unless `open_source`; `where` is "line:column".
void bind_names(Tree& tree, const ColumnIndex* columns, bool open_source, std::vector<Error>& mistakes);

/// Where a path starts among `columns`. Errors: CONNECTOR-1330-400, with near names.
Result<Resolved> find_column(const Path& path, const ColumnIndex& columns);

/// Calls `visit` for every source path in the tree, in order.
void each_path(const Tree& tree, const std::function<void(const Path&)>& visit);

}  // namespace foz::prep
