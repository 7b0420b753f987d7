#pragma once
// Sample data as people upload it, and the schema that it suggests. Pure. Follows: Data Prep contract, 3.7.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace foz::prep {

/// Records of a sample at most, and the members of one.
inline constexpr size_t kSampleRecordsMax = 1000;

/// JSON (a record, an array of records, one record a line) or CSV with a head line, as an array of records. A CSV cell that
/// is empty is left out. Errors: invalid (CONV-1004-400), saying where it breaks.
Result<Json> read_sample(std::string_view text);

/// `{"title", "type": "object", "properties"}` of records: every member with the type that all its values have, texts
/// that are all dates as date-time; members that differ are texts.
Json schema_of_records(const Json& records, const std::string& title);
/// The same with every root member a text.
Json text_schema_of_records(const Json& records, const std::string& title);

}  // namespace foz::prep
