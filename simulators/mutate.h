#pragma once
// Changing a simulated vendor's rows and columns, as its users would. `POST /_sim/mutate` and the vendors' own write
// endpoints end here.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "simulators/vendor.h"

namespace foz::sim {

using Cells = std::map<std::string, std::optional<std::string>, std::less<>>;

/// When a change happens, and how it shows.
struct ChangeRules {
  std::optional<int64_t> at = {};     ///< modification stamp, milliseconds; nothing: the clock
  bool keep_stamp = false;            ///< the stamp does not move, as with calculated columns
  int64_t visible_after_seconds = 0;  ///< readers see it later than its stamp says
};

/// What a deletion leaves behind.
enum class Removal : uint8_t {
  usual,    ///< the vendor's own: the recycle bin, or gone where there is none
  archive,  ///< into the recycle bin
  purge,    ///< gone
};

/// The number of the new row; nothing when there is no such table.
std::optional<uint64_t> insert_row(World& world, std::string_view table, Cells cells, const ChangeRules& rules = {});
/// False when there is no such live row.
bool update_row(World& world, std::string_view table, uint64_t row, Cells cells, const ChangeRules& rules = {});
bool remove_row(World& world, std::string_view table, uint64_t row, Removal removal, const ChangeRules& rules = {});
/// Out of the recycle bin.
bool restore_row(World& world, std::string_view table, uint64_t row, const ChangeRules& rules = {});
/// `loser` is gone and points to `winner`, which remembers it.
bool merge_rows(World& world, std::string_view table, uint64_t winner, uint64_t loser, const ChangeRules& rules = {});

/// A mutation document, or an array of them (docs/simulators.md). Gives `{"changed": n, "ids": [...]}`, at most 1,000 ids.
/// Errors: invalid, naming the member; not_found for a table or row that is not there.
Result<Json> mutate(World& world, const Json& json);

}  // namespace foz::sim
