#pragma once
// How a flow's table changed since its last run, and what its policy makes of that. Follows: Sources contract, 6, pain 7.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "flow/options.h"
#include "sources/source.h"

namespace foz::schedule {

/// A table as a flow knows it from its runs that landed.
struct Shape {
  std::string of = {};                          ///< what the flow reads: other tables and columns begin anew
  std::vector<sources::Column> columns = {};    ///< with those that are missing for the time being
  std::map<std::string, int> missing = {};      ///< by column: runs in a row that did without

  friend bool operator==(const Shape&, const Shape&) = default;
};

Json to_json(const Shape& shape);
/// Errors: corrupt.
Result<Shape> shape_of(const Json& json);

/// What changed, by column names.
struct Drift {
  std::vector<std::string> added = {}, gone = {}, retyped = {};  ///< retyped: "amount: int32, now string"
  bool any() const { return !added.empty() || !gone.empty() || !retyped.empty(); }
};
Drift drift_between(const std::vector<sources::Column>& before, const std::vector<sources::Column>& now);
/// As a run shows it; the policy's words with it.
Json to_json(const Drift& drift, const flow::Options& options);

/// What a run reads, and what the flow is to know afterwards.
struct Adapted {
  sources::Description table;     ///< evolve: with columns that are gone, which read as null; quarantine: with the types as they were
  Shape shape;
  Drift drift;
  bool rejects_misfits = false;   ///< values that are not of their column's type reject their row
};

/// The table without the columns that an earlier look made up in the place of missing ones.
sources::Description as_described(sources::Description table);

/// `before`: nothing on the flow's first run, or after it was changed to read something else.
/// Errors: invalid: the policy is freeze and something changed; evolve and a column has been missing for too long, or is one
/// that no run can do without (the key).
Result<Adapted> adapt(const std::optional<Shape>& before, std::string of, sources::Description now, const flow::Options& options);

}  // namespace foz::schedule
