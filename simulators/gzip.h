#pragma once
// Packing answers for clients that ask for it.

#include <string>
#include <string_view>

namespace foz::sim {

/// `text` as a gzip stream, quickly rather than small. Empty when there is no memory for it.
std::string gzipped(std::string_view text);

}  // namespace foz::sim
