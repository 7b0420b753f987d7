#pragma once
// Named places where a test kills the process, to prove what each leaves behind.

#include <string_view>
#include <vector>

namespace foz {

/// Kills the process with SIGKILL when the environment variable FOZ_CRASH_AT is `name`, or `name:n` at the n-th pass; holds the
/// thread for two seconds, and logs that, when FOZ_HOLD_AT is. Costs a pointer comparison otherwise. Every name stands in
/// docs/crash-points.md.
void crash_point(std::string_view name);

}  // namespace foz
