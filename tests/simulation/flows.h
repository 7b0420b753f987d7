#pragma once
// The flows of a simulated world: made once, in good weather, each over a data set of its own.

#include <string>
#include <vector>

#include "tests/simulation/core.h"

namespace foz::simulation {

/// A flow as it was made; what became of it stands in the database.
struct FlowCase {
  const TableRow* table = nullptr;
  std::string id, dataset;
  bool recurring = true;
  bool backfill = true;
  bool deletes = false;  ///< removed records land, too
  Instant start;
};

/// Makes connections, schema, data sets, mapping sets and `count` flows over the tables in turn.
std::vector<FlowCase> make_flows(Core& core, Vendors& vendors, Random& script, size_t count);

}  // namespace foz::simulation
