#pragma once
// Answers that are small on the wire and huge behind it.

#include <cstdint>
#include <string>
#include <string_view>

namespace foz::sim {

/// `text` as a gzip stream, and `blanks` blanks behind it, without ever holding them.
std::string gzipped_with_blanks(std::string_view text, uint64_t blanks);

}  // namespace foz::sim
