#pragma once
// Packing answers for clients that ask for it.

#include <cstdint>
#include <string>
#include <string_view>

namespace foz::sim {

/// `text` as a gzip stream, quickly rather than small. Empty when there is no memory for it.
std::string gzipped(std::string_view text);
/// `text` and `blanks` blanks behind it, without ever holding them.
std::string gzipped_with_blanks(std::string_view text, uint64_t blanks);

}  // namespace foz::sim
