#pragma once
// Message digests as lower-case hex or raw bytes.

#include <string>
#include <string_view>

namespace foz::security {

std::string sha256_hex(std::string_view bytes);
std::string sha256_bytes(std::string_view bytes);
std::string sha1_bytes(std::string_view bytes);

}  // namespace foz::security
