#pragma once
// Values of the language from JSON documents, and back.

#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "engine/chunk.h"
#include "prep/compile.h"

namespace foz::prep {

/// Texts and members are copied into `arena`. An integer beyond 64 bits is an exact decimal.
engine::Value value_of_json(engine::Arena& arena, const Json& json);

/// A value as JSON: dates in ISO 8601, decimals as numbers.
Json json_of(const engine::Value& value);

/// The root members of all records as columns of `any`, in the order they come up.
std::vector<SourceColumn> columns_of_records(std::span<const Json> records);
/// Fills `chunk` with records; members that are no column are left out. REQUIRES: at most kChunkRows records, all objects.
void fill_chunk(engine::Chunk& chunk, const std::vector<SourceColumn>& columns, std::span<const Json> records);

}  // namespace foz::prep
