#pragma once
// The keys that stand in a data set, for runs that skip rows which have landed before. Follows: Flow Service contract, 11.3 (`mode`).

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "prep/compile.h"
#include "schedule/key_memory.h"
#include "sources/source.h"

namespace foz::schedule {

/// Where the key columns of a plan land: a dotted path each, in the order of the plan's key columns.
/// Errors: invalid, when the table has no key or a part of it is not mapped as it is: landed rows cannot be told apart then.
/// `needed_by` begins the message: "the mode skipExisting".
Result<std::vector<std::string>> key_paths(const sources::ReadPlan& plan, const prep::Program& program, const std::string& needed_by);

/// Immutable; shared by load workers. 16 bytes for each key.
class LandedKeys {
 public:
  /// Reads `paths` of all rows of a relation (SQL). Errors: those of the engine.
  static Result<std::shared_ptr<const LandedKeys>> read(engine::Engine& engine, const std::string& relation, const std::vector<std::string>& paths,
                                                        std::stop_token stop);
  /// Keys of one column.
  static std::shared_ptr<const LandedKeys> of(const std::vector<std::string>& keys);
  /// Key values as texts, in the order of the plan's key columns.
  bool holds(std::span<const std::string_view> key) const;
  size_t size() const { return hashes_.size(); }

 private:
  std::vector<KeyHash> hashes_;  ///< in order
};

}  // namespace foz::schedule
