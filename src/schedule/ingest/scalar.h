#pragma once
// Single values of uploaded records as values of the schema's types: only what loses nothing is converted.
// Follows: Ingestion and access contract, 8.

#include <string_view>

#include "base/json_rows.h"
#include "engine/chunk.h"
#include "registry/columns.h"

namespace foz::schedule {

/// What the records came as; decides which coercions are safe.
enum class InputForm : uint8_t { json, parquet, csv };

struct Scalar {
  engine::Value value = {};      ///< null: an explicit null, or a misfit
  std::string_view misfit = {};  ///< not empty: why it is not of the type; static words, never the value
};

/// `slot` (a scalar; cells of tables are texts) as a value of `kind`. Texts are kept in `arena`.
Scalar scalar_of(engine::Kind kind, const JsonSlot& slot, InputForm form, engine::Arena& arena);

}  // namespace foz::schedule
