// Digests. Follows: Data Prep contract, 6.3.
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "base/checksum.h"
#include "base/text.h"
#include "prep/function_tables.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;

constexpr Fault kNoCharset{Trouble::function, "the charset is none of UTF-8, UTF-16, ISO-8859-1, US-ASCII"};
constexpr Fault kNoDigest{Trouble::function, "the digest cannot be computed"};

/// Big-endian with a byte order mark, as Java encodes UTF-16.
std::string utf16(Text text) {
  std::string bytes = "\xFE\xFF";
  const auto put = [&](uint32_t unit) {
    bytes += static_cast<char>(unit >> 8);
    bytes += static_cast<char>(unit & 0xFF);
  };
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = utf8::next(text, at);
    if (c < 0x10000) {
      put(c);
    } else {
      put(0xD800 + ((c - 0x10000) >> 10));
      put(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
  return bytes;
}

/// One byte for each character; what has none becomes a question mark.
std::string single_bytes(Text text, uint32_t last) {
  std::string bytes;
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = utf8::next(text, at);
    bytes += c <= last ? static_cast<char>(c) : '?';
  }
  return bytes;
}

std::optional<std::string> encoded(Text text, OptionalText charset) {
  const Text name = charset.value_or("UTF-8");
  if (equal_ignoring_case(name, "UTF-8") || equal_ignoring_case(name, "UTF8")) return std::string(text);
  if (equal_ignoring_case(name, "UTF-16")) return utf16(text);
  if (equal_ignoring_case(name, "ISO-8859-1") || equal_ignoring_case(name, "LATIN1")) return single_bytes(text, 0xFF);
  if (equal_ignoring_case(name, "US-ASCII") || equal_ignoring_case(name, "ASCII")) return single_bytes(text, 0x7F);
  return std::nullopt;
}

constexpr char kMd5[] = "MD5", kSha1[] = "SHA1", kSha256[] = "SHA256", kSha512[] = "SHA512";

/// OpenSSL looks an algorithm up under a lock and a context is memory: both are kept.
template <const char* Name>
bool hashed(Text bytes, unsigned char* hash, unsigned* size) {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, Name, nullptr);
  static thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return algorithm != nullptr && context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 && EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
         EVP_DigestFinal_ex(context.get(), hash, size) == 1;
}

template <const char* Name>
Outcome<Text> digest(Call& call, Text text, OptionalText charset) {
  std::optional<std::string> recoded;
  if (charset) {
    recoded = encoded(text, charset);
    if (!recoded) return kNoCharset;
    text = *recoded;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned size = 0;
  if (!hashed<Name>(text, hash.data(), &size)) return kNoDigest;
  return made_text(call, to_hex({reinterpret_cast<const char*>(hash.data()), size}));
}

/// The zip polynomial; lowest byte first.
Outcome<Text> crc32_text(Call& call, Text text, OptionalText charset) {
  const auto bytes = encoded(text, charset);
  if (!bytes) return kNoCharset;
  const uint32_t sum = crc32_of(*bytes);
  std::string reversed;
  for (int shift = 0; shift < 32; shift += 8) reversed += static_cast<char>((sum >> shift) & 0xFF);
  return made_text(call, to_hex(reversed));
}

constexpr Parameter kInput{"input", Type::string, "The text."};
constexpr Parameter kCharset{"charset", Type::string, "UTF-8 (when left out), UTF-16, ISO-8859-1 or US-ASCII.", true};

constexpr Function kFunctions[] = {
    {.name = "md5",
     .category = Category::hashing,
     .parameters = {kInput, kCharset},
     .returns = Type::string,
     .kernel = kernel<digest<kMd5>>,
     .about = "MD5 of the bytes of a text, in small hexadecimal digits.",
     .examples = {{R"(md5("my text", "UTF-8"))", R"("d3b96ce8c9fb4e9bd0198d03ba6852c7")"},
                  {R"(md5(""))", R"("d41d8cd98f00b204e9800998ecf8427e")"},
                  {R"(md5("é", "ISO-8859-1"))", R"("3406877694691ddd1dfb0aca54681407")"},
                  {R"(md5("a", "EBCDIC"))", "error"},
                  {"md5(null)", "null"}}},
    {.name = "sha1",
     .category = Category::hashing,
     .parameters = {kInput, kCharset},
     .returns = Type::string,
     .kernel = kernel<digest<kSha1>>,
     .about = "SHA-1 of the bytes of a text, in small hexadecimal digits.",
     .examples = {{R"(sha1("my text", "UTF-8"))", R"("c3599c11e47719df18a2448690840c5dfcce3c80")"}}},
    {.name = "sha256",
     .category = Category::hashing,
     .parameters = {kInput, kCharset},
     .returns = Type::string,
     .kernel = kernel<digest<kSha256>>,
     .about = "SHA-256 of the bytes of a text, in small hexadecimal digits.",
     .examples = {{R"(sha256("my text", "UTF-8"))", R"("7330d2b39ca35eaf4cb95fc846c21ee6a39af698154a83a586ee270a0d372104")"}}},
    {.name = "sha512",
     .category = Category::hashing,
     .parameters = {kInput, kCharset},
     .returns = Type::string,
     .kernel = kernel<digest<kSha512>>,
     .about = "SHA-512 of the bytes of a text, in small hexadecimal digits.",
     .examples = {{R"(sha512("my text", "UTF-8"))",
                   R"("a3d7e45a0d9be5fd4e4b9a3b8c9c2163c21ef708bf11b4232bb21d2a8704ada2cdcd7b367dd0788a89a5c908cfe377aceb1072a7b386b7d4fd2ff68a8fd24d16")"}}},
    {.name = "crc32",
     .category = Category::hashing,
     .parameters = {kInput, kCharset},
     .returns = Type::string,
     .kernel = kernel<crc32_text>,
     .about = "CRC-32 of the bytes of a text, in eight hexadecimal digits, lowest byte first.",
     .examples = {{R"(crc32("my text", "UTF-8"))", R"("8df92e80")"}, {"crc32(null)", "null"}}},
};

}  // namespace

std::span<const Function> hash_functions() { return kFunctions; }

}  // namespace foz::prep
