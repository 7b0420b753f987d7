#pragma once
// Uploaded files as samples. Parquet goes through the engine, which reads from disk only. Follows: Data Prep contract, 3.7.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "lake/file_io.h"

namespace foz::prep {

/// Bytes of the records that a compressed file may unfold to.
inline constexpr size_t kSampleBytesMax = 16 * 1024 * 1024;

struct ParquetSample {
  Json records;  ///< the first kSampleRecordsMax (sample.h): days and moments in ISO 8601, decimals as texts
  Json schema;   ///< `{"title", "type": "object", "properties"}` by the types of the file, those of empty columns too
};

/// True for bytes that begin as a Parquet file does.
bool is_parquet(std::string_view bytes);

/// Reads `bytes`, which stand in a file of their own in `folder` meanwhile.
/// Errors: invalid (CONV-1004-400) when they are no Parquet file or unfold beyond kSampleBytesMax; unavailable.
Result<ParquetSample> read_parquet_sample(std::string_view bytes, lake::FileIo& files, const std::filesystem::path& folder, Random& random, const std::string& title);

/// The JSON schema of a type as DuckDB writes it: `STRUCT(a VARCHAR, "b c" DECIMAL(9,2)[])`. Types without a counterpart are texts.
Json schema_of_sql_type(std::string_view type);

}  // namespace foz::prep
