#pragma once
// From vectors of DuckDB's to JSON.

#include "base/json.h"
#include "engine/duckdb_api.h"

namespace foz::engine {

/// The value in `row` of a vector of that type. Forms: see QueryRows.
Json json_value(duckdb_vector vector, duckdb_logical_type type, idx_t row);

}  // namespace foz::engine
