#pragma once
// From the values of a record, as the vendor wrote them, to typed source columns. Follows: Sources contract, 1.5, 4.3.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_rows.h"
#include "engine/chunk.h"
#include "prep/compile.h"
#include "sources/source.h"

namespace foz::schedule {

/// The type of the chunk column that holds a source column.
engine::Type chunk_type(sources::ColumnType type);
/// Source columns as a mapping set is compiled for.
std::vector<prep::SourceColumn> source_columns(const std::vector<sources::Column>& columns);

/// Writes slot `slot` as the value of `row`. False when it is not of the column's type; the row is null then.
/// Texts without NUL characters are not copied.
bool decode(const sources::Column& column, const JsonSlot& slot, size_t row, engine::Column& target, engine::Arena& arena,
            uint64_t& nul_characters);

}  // namespace foz::schedule
