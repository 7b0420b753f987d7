#pragma once
// Whole numbers as stored formats have them: little-endian, of a fixed width (docs/formats).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace foz {

inline void put_word(std::string& text, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
}

/// REQUIRES: `text` reaches `bytes` beyond `offset`.
inline uint64_t get_word(std::string_view text, size_t offset, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= static_cast<uint64_t>(static_cast<unsigned char>(text[offset + i])) << (8 * i);
  return value;
}

}  // namespace foz
