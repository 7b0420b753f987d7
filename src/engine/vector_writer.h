#pragma once
// From chunks of ours to vectors of DuckDB's.

#include "engine/duckdb_api.h"
#include "engine/engine.h"

namespace foz::engine {

/// The DuckDB type of a field.
Owned<duckdb_logical_type> logical_type(const Field& field);

/// Fills `vector` with `chunk.rows` values of the slot's column, or of its members. Texts are not copied: the vector is good as
/// long as the chunk stays as it is.
void write_vector(const Slot& slot, const Chunk& chunk, duckdb_vector vector);

}  // namespace foz::engine
