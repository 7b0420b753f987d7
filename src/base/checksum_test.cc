#include "base/checksum.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/random.h"

namespace foz {
namespace {

TEST(Checksum, IsThatOfZlibInOnePieceOrInSeveral) {
  EXPECT_EQ(crc32_of(""), 0u);
  EXPECT_EQ(crc32_of("123456789"), 0xcbf43926u) << "the check value of CRC-32";
  SeededRandom random(32);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(random.below(5000), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.below(256));
    const auto expected = static_cast<uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
    ASSERT_EQ(crc32_of(bytes), expected);
    const size_t cut = random.below(bytes.size() + 1);
    ASSERT_EQ(crc32_of(bytes.substr(cut), crc32_of(bytes.substr(0, cut))), expected);
  }
}

}  // namespace
}  // namespace foz
