#pragma once
// Ranges of bytes in downloads. Follows: RFC 9110, 14; Ingestion and access contract, 12.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foz::api {

/// What `bytes=a-b`, `bytes=a-` or `bytes=-n` asks for.
struct ByteRange {
  std::optional<uint64_t> first = {};  ///< nothing: the last `last` bytes
  std::optional<uint64_t> last = {};   ///< nothing: to the end
};

/// Nothing when `text` is malformed, has another unit or several ranges: then the whole file is sent.
std::optional<ByteRange> parse_byte_range(std::string_view text);

/// The part of a file of `total` bytes that is sent.
struct Slice {
  uint64_t offset = 0, length = 0;
  std::string content_range;  ///< "bytes 0-99/1411"
};

/// Nothing when the range begins behind the end: 416. `repeat_end`: Content-Range shows the end that was asked for, even
/// behind the end of the file, because a client of old tells the end of the file by it; else that of the slice.
std::optional<Slice> slice_of(const ByteRange& range, uint64_t total, bool repeat_end);

}  // namespace foz::api
