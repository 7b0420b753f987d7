#pragma once
// Which rows a run takes: those inside its window that pass its filter. Sources narrow by both as far as their vendors can;
// what comes all the same is left out here. Follows: Flow Service contract, 8.3 and 13.4.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/chunk.h"
#include "flow/row_filter.h"
#include "schedule/row_stamp.h"
#include "sources/source.h"

namespace foz::schedule {

/// Immutable; shared by load workers.
class RowGate {
 public:
  /// `filter` is evaluated here; nothing: the source applies it, or there is none.
  /// Errors: invalid (a date format or a time zone that is none); not_found (a column that the plan does not read).
  static Result<RowGate> make(const sources::ReadPlan& plan, std::optional<flow::RowFilter> filter);

  /// Indices of the plan's columns that it looks at.
  const std::vector<uint32_t>& columns() const { return columns_; }
  bool is_open() const { return columns_.empty(); }
  /// Does the row of decoded values pass?
  bool takes(const engine::Chunk& source, size_t row) const;

 private:
  bool inside_window(const engine::Chunk& source, size_t row) const;
  Json row_json(const engine::Chunk& source, size_t row) const;

  std::vector<uint32_t> columns_;
  std::vector<std::string> names_;       ///< of the filter's columns, with `filter_columns_`
  std::vector<uint32_t> filter_columns_;
  std::optional<flow::RowFilter> filter_;
  std::optional<RowStamp> stamp_;        ///< where there is a window
  std::optional<int64_t> from_us_, to_us_;
};

}  // namespace foz::schedule
