#pragma once
// What must be true of a world in the end, whatever went wrong in it.

#include <string>
#include <vector>

#include "tests/simulation/flows.h"

namespace foz::simulation {

struct CheckedWorld {
  Core& core;
  Vendors& vendors;
  const std::vector<FlowCase>& flows;
  std::filesystem::path root;
  schedule::CatchUp catch_up = schedule::CatchUp::coalesce;
};

/// One sentence for each broken promise:
///  - every run has come to its end; success has input = output + failed + skipped
///  - windows of a flow's successful runs touch and do not overlap (Flow Service contract, 13.2 and 17, check 8)
///  - the newest version of each row of each enabled flow has landed; no version landed twice by the flow's own sequence
///  - the catalog's files and counts are those that an independent read of the disk finds
///  - nothing lies about that nobody needs: spools, key memories, data folders
std::vector<std::string> broken_promises(const CheckedWorld& world);

}  // namespace foz::simulation
