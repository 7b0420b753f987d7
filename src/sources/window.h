#pragma once
// A run's window as bounds that a vendor understands. Follows: Flow Service contract, 13.4; Sources contract, 1.6.
// All bounds are half-open: from <= value < to.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "sources/source.h"

namespace foz::sources {

/// Milliseconds since 1970, the finest that the vendors keep. Both bounds are rounded up, so windows still touch.
struct MillisRange {
  std::optional<int64_t> from, to;
};
MillisRange millis_range(const Window& window);

/// For columns of days: day d counts as the instant d + 24 h in the window's zone.
struct DayRange {
  std::optional<std::chrono::sys_days> from, to;
};
/// Errors: invalid (no such time zone).
Result<DayRange> day_range(const Window& window);

/// For columns of text in the window's date format, compared as text.
struct TextRange {
  std::optional<std::string> from, to;
};
/// Nothing when texts of that format do not sort as times do. Errors: invalid (no such time zone).
Result<std::optional<TextRange>> text_range(const Window& window);

}  // namespace foz::sources
