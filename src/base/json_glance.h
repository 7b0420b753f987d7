#pragma once
// What a reader of pages must know of one besides its rows: cursors, totals, how many records, their keys.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace foz {

/// What to look for. Paths are member names from the root down.
struct GlanceWish {
  std::vector<std::vector<std::string>> values = {};  ///< outside of the records
  std::vector<std::string> records = {};              ///< to the array of records
  std::vector<std::string> key = {};                  ///< inside a record; empty: keys are not looked at
  bool texts = false;                                 ///< also the raw text of each record
};

struct JsonGlance {
  std::vector<std::optional<std::string>> values;  ///< as wished: text unescaped, the rest raw; nothing: absent or null
  size_t records = 0;
  std::vector<std::string> keys;        ///< one for each record; "" where a record has none
  std::vector<std::string_view> texts;  ///< of the records, inside the body
};

/// Reads a whole page once without building it; a page that is cut off anywhere is found out. May give `body` more
/// capacity, never another content.
/// Errors: corrupt (not one whole JSON object in UTF-8, no array at `records`).
Result<JsonGlance> glance_json(std::string& body, const GlanceWish& wish);

}  // namespace foz
