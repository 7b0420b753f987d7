#pragma once
// CRC-32 as gzip, PNG and zip have it (polynomial 0x04C11DB7, reflected).

#include <cstdint>
#include <string_view>

namespace foz {

/// The checksum of `bytes`; with `before`, of what that was made of and `bytes` behind it.
uint32_t crc32_of(std::string_view bytes, uint32_t before = 0);

}  // namespace foz
