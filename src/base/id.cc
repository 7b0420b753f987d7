#include "base/id.h"

#include <array>

#include "base/error.h"
#include "base/text.h"

namespace foz {
namespace {

std::string dashed(std::string_view bytes16) {
  std::string hex = to_hex(bytes16);
  for (const size_t at : {8, 13, 18, 23}) hex.insert(at, 1, '-');
  return hex;
}

std::string random_bytes(Random& random, size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
  return bytes;
}

std::string with_version(std::string bytes16, unsigned version) {
  bytes16[6] = static_cast<char>((static_cast<unsigned char>(bytes16[6]) & 0x0f) | (version << 4));
  bytes16[8] = static_cast<char>((static_cast<unsigned char>(bytes16[8]) & 0x3f) | 0x80);
  return dashed(bytes16);
}

}  // namespace

std::string new_uuid(Random& random) { return with_version(random_bytes(random, 16), 4); }

std::string uuid_from_sha1(std::string_view digest_bytes) {
  FOZ_CHECK(digest_bytes.size() >= 16);
  return with_version(std::string(digest_bytes.substr(0, 16)), 5);
}

std::string new_object_id(Random& random, Instant now) {
  const auto seconds = static_cast<uint32_t>(to_seconds(now));
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((seconds >> shift) & 0xff);
  return to_hex(bytes + random_bytes(random, 8));
}

std::string new_ulid(Random& random, Instant now) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text(26, '0');
  auto millis = static_cast<uint64_t>(to_millis(now));
  for (size_t i = 10; i-- > 0; millis >>= 5) text[i] = kAlphabet[millis & 31];
  for (size_t i = 10; i < 26; ++i) text[i] = kAlphabet[random.next() & 31];
  return text;
}

std::string random_hex(Random& random, size_t digits) {
  return to_hex(random_bytes(random, (digits + 1) / 2)).substr(0, digits);
}

}  // namespace foz
