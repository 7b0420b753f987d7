#include "schedule/landed_windows.h"

#include <algorithm>

namespace foz::schedule {

using flow::Run;
using flow::Trigger;

Instant landed_since(std::span<const Run> runs, Instant end) {
  for (;;) {
    const auto before = std::find_if(runs.begin(), runs.end(), [&](const Run& run) {
      const bool of_sequence = run.trigger == Trigger::tick || run.trigger == Trigger::retrigger;
      return of_sequence && run.window_to == end && (!run.window_from || *run.window_from < end);
    });
    if (before == runs.end()) return end;
    if (!before->window_from) return Instant::min();
    end = *before->window_from;
  }
}

Instant look_back_limit(const Run& run, std::vector<Run> landed) {
  if (!run.window_from) return Instant::min();
  if (run.trigger == Trigger::retrigger) std::erase_if(landed, [](const Run& other) { return other.trigger == Trigger::retrigger; });
  return landed_since(landed, *run.window_from);
}

}  // namespace foz::schedule
