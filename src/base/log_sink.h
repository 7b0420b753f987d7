#pragma once
// Where lines of the log go.

#include <functional>
#include <string_view>

namespace foz::log {

/// Has lines handed to `sink` in the place of standard error; null: standard error again. Before other threads log.
void write_to(std::function<void(std::string_view line)> sink);

}  // namespace foz::log
