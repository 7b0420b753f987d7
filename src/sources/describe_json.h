#pragma once
// What a source tells about itself, as the explore answers spell it. Follows: Flow Service contract, 7.4.

#include <vector>

#include "base/json_fwd.h"
#include "sources/source.h"

namespace foz::sources {

/// `[{"type":"table","name",...}]`. Hidden tables only with `all`. At most 20000 entries.
Json tables_json(const std::vector<Table>& tables, bool all = false);

/// `{"format":"flat","schema":{"columns":[...]}}`. Columns that are read on request only with `all`.
/// Beyond the documented members, `meta` tells the raw path, the vendor's own type and whether the column is a key,
/// calculated or read on request.
Json description_json(const Description& description, bool all = false);

/// One column, as it can be pasted into `params.columns`.
Json column_json(const Column& column);

/// `{"columnName","columnType"}` of the columns that can serve as `deltaColumn` (7.5).
Json delta_columns_json(const Description& description);

}  // namespace foz::sources
