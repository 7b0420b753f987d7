#pragma once
// `Json` by name only, for headers that take it by reference.

#include <nlohmann/json_fwd.hpp>

namespace foz {
/// A JSON document. Members keep the order they came in.
using Json = nlohmann::ordered_json;
}  // namespace foz
