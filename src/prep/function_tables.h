#pragma once
// The parts of THE function table, one per functions_*.cc.

#include <span>

#include "prep/functions.h"

namespace foz::prep {

std::span<const Function> string_functions();
std::span<const Function> hash_functions();
std::span<const Function> url_functions();
std::span<const Function> date_functions();
std::span<const Function> object_functions();
std::span<const Function> map_functions();
std::span<const Function> array_functions();
std::span<const Function> logic_functions();
std::span<const Function> special_functions();
std::span<const Function> user_agent_functions();
std::span<const Function> analytics_functions();
/// Methods of values.
std::span<const Function> methods();

}  // namespace foz::prep
