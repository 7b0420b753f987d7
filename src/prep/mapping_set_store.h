#pragma once
// Mapping sets that last, every version of each. The SQL of this room stands in mapping_set_store.cc.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "prep/compile.h"
#include "prep/mapping_set.h"
#include "registry/columns.h"
#include "store/database.h"

namespace foz::prep {

/// What mapping sets must know of rooms that they do not see, and of the site.
struct MappingSetHooks {
  /// The root of the schema `id` in a sandbox, for sets whose paths are checked on save. Errors: not_found.
  using SchemaRoot = std::function<Result<std::shared_ptr<const registry::Node>>(std::string_view sandbox, const TargetSchema& target)>;
  SchemaRoot schema_root = {};
  /// The name or id of an enabled flow that uses the set; nothing when there is none. Asked inside the deleting transaction.
  using UsedBy = std::function<Result<std::optional<std::string>>(store::Reader& reader, std::string_view sandbox, std::string_view id)>;
  UsedBy used_by = {};
  Arithmetic arithmetic = Arithmetic::strict;  ///< `prep.arithmetic`: of previews and checks
};

/// What `GET /mappingSets` asks for. Follows: Data Prep contract, 2.3.
struct MappingSetList {
  int64_t limit = 10;
  int64_t start = 0;
  std::string name = {};  ///< exact; `*` at an end: any beginning or end
  enum class Order : uint8_t { created, modified } order = Order::modified;
  bool descending = true;
  std::vector<std::pair<std::string, std::string>> properties = {};  ///< member, value: all must be equal
};

struct MappingSetPage {
  std::vector<MappingSet> sets;
  bool more = false;  ///< there are further ones behind this page
};

/// The mapping sets of all sandboxes. Ids may hold dashes and capitals everywhere; an id of another sandbox is not found.
/// Thread-safe. Follows: Data Prep contract, 2.
class MappingSets {
 public:
  /// All must outlive this.
  MappingSets(store::Database& database, const Clock& clock, Random& random, MappingSetHooks hooks = {})
      : database_(database), clock_(clock), random_(random), hooks_(std::move(hooks)) {}

  /// A version of a set, the newest by default. Errors: not_found (CONV-1000-404, CONV-1001-404).
  Result<MappingSet> find(std::string_view sandbox, std::string_view id, std::optional<int64_t> version = {}) const;
  Result<MappingSetPage> list(std::string_view sandbox, const MappingSetList& wanted) const;
  /// The root of a target schema. Errors: invalid (CONV-1004-400: there is none in this sandbox).
  Result<std::shared_ptr<const registry::Node>> target_root(std::string_view sandbox, const TargetSchema& target) const;
  /// How expressions are read at this site.
  CompileOptions compile_options() const { return {.arithmetic = hooks_.arithmetic}; }

  /// Stores a new set, version 0. `validate` looks up target and paths, as `strict_mapping` does.
  /// Errors: invalid (CONV-1004-400: no such schema; CONV-1007-400: a destination is not in it).
  Result<MappingSet> create(std::string_view sandbox, MappingSet set, std::string_view actor, bool validate = false);
  /// The next version of a set. Errors: as `find` and `create`.
  Result<MappingSet> replace(std::string_view sandbox, std::string_view id, MappingSet body, std::string_view actor, bool validate = false);
  /// Removes all versions. Errors: not_found, conflict (CONV-1008-409: an enabled flow uses it).
  Status remove(std::string_view sandbox, std::string_view id);

  /// Changes of single mappings; each makes the next version of the set. Errors: not_found (CONV-1000-404, CONV-1002-404).
  Result<Mapping> add_mapping(std::string_view sandbox, std::string_view id, Mapping mapping, std::string_view actor);
  Result<Mapping> replace_mapping(std::string_view sandbox, std::string_view id, std::string_view mapping_id, Mapping mapping,
                                  std::string_view actor);
  Status remove_mapping(std::string_view sandbox, std::string_view id, std::string_view mapping_id, std::string_view actor);

 private:
  Stamp stamp(std::string_view actor) const;
  Status check_target(std::string_view sandbox, const MappingSet& set, bool validate) const;
  /// A mapping that joins the set `id`, against the target where the set is strict.
  Status check_one(std::string_view sandbox, std::string_view id, const Mapping& mapping) const;
  Result<MappingSet> change(std::string_view sandbox, std::string_view id, const std::function<Result<MappingSet>(const MappingSet&)>& edit);

  store::Database& database_;
  const Clock& clock_;
  Random& random_;
  MappingSetHooks hooks_;
};

}  // namespace foz::prep
