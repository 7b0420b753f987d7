// libdeflate ends in this file: several times as quick as zlib's, which every page of a run pays for.
#include "base/checksum.h"

#include <libdeflate.h>

namespace foz {

uint32_t crc32_of(std::string_view bytes, uint32_t before) { return libdeflate_crc32(before, bytes.data(), bytes.size()); }

}  // namespace foz
