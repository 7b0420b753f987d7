#pragma once
// The instant that dates a row, from whatever kind of column a flow reads by. Follows: Flow Service contract, 13.4.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time_text.h"
#include "engine/chunk.h"
#include "prep/date_pattern.h"
#include "sources/source.h"

namespace foz::schedule {

/// How the column of a flow is written.
struct StampFormat {
  std::string column;            ///< as the table names it
  std::string date_format = {};  ///< of text columns; empty: the default
  std::string timezone = {};     ///< of zoneless values; empty: UTC
};

/// Counts below 10^11 are seconds, others milliseconds; a day counts once it is over; text is read by its pattern.
/// Immutable; shared by load workers.
class RowStamp {
 public:
  /// Errors: invalid (a date format or a time zone that is none); not_found (a column that the plan does not read).
  static Result<RowStamp> make(const sources::ReadPlan& plan, const StampFormat& format);

  /// Index of its column in the plan.
  uint32_t column() const { return column_; }
  /// Microseconds since 1970 UTC; nothing where the row has no readable value.
  std::optional<int64_t> of(const engine::Chunk& source, size_t row) const;

 private:
  uint32_t column_ = 0;
  Zone zone_ = Zone::utc();
  std::optional<prep::DatePattern> pattern_;  ///< of text columns
};

/// Tells versions of a row apart: the number that the vendor gives them, else their stamp. Immutable; shared by load workers.
class RowVersion {
 public:
  RowVersion() = default;
  /// By the table's version column where the plan reads it.
  static RowVersion of(const sources::ReadPlan& plan);

  /// Index of its column in the plan; nothing: the stamp tells.
  const std::optional<uint32_t>& column() const { return column_; }
  int64_t of(const engine::Chunk& source, size_t row, int64_t stamp_us) const;

 private:
  std::optional<uint32_t> column_ = {};
};

/// Where the plan reads a column of its table. Errors: not_found, CONNECTOR-1330.
Result<uint32_t> index_of_column(const sources::ReadPlan& plan, const std::string& name);

/// True when two versions of a row have different stamps, as far as a second tells them apart: days do not.
bool tells_versions_apart(const sources::Column& column, const std::string& date_format);

}  // namespace foz::schedule
