#pragma once
// Which windows of a flow have landed, and so how far back a run may look. Pure. Follows: Flow Service contract, 13.2; Sources
// contract, 1.6 (look-back).

#include <span>
#include <vector>

#include "base/clock.h"
#include "flow/run.h"

namespace foz::schedule {

/// Since when the flow's windows up to `end` have landed without a gap; `end` itself when the one before has not: it failed
/// behind its copy stage, and whoever repeats it reads it whole. Instant::min() when all history has.
/// `runs`: those of the flow that ended well, in any order.
Instant landed_since(std::span<const flow::Run> runs, Instant end);

/// How far a run may look back from its window's begin. What a window brought that landed by a repetition is not in the memory
/// of a run that failed before: such a run looks back over windows that landed at their own time only.
Instant look_back_limit(const flow::Run& run, std::vector<flow::Run> landed);

}  // namespace foz::schedule
