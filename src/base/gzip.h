#pragma once
// Packing bodies for those who ask for it.

#include <string>
#include <string_view>

namespace foz {

/// `text` as a gzip stream, quickly rather than small. Empty when there is no memory for it.
std::string gzip(std::string_view text);

}  // namespace foz
