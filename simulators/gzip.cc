#include "simulators/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace foz::sim {

std::string gzipped_with_blanks(std::string_view text, uint64_t blanks) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  const std::string filler(256 * 1024, ' ');
  std::string packed;
  const auto feed = [&](std::string_view piece, int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    do {
      char out[16 * 1024];
      stream.next_out = reinterpret_cast<Bytef*>(out);
      stream.avail_out = sizeof out;
      deflate(&stream, flush);
      packed.append(out, sizeof out - stream.avail_out);
    } while (stream.avail_out == 0);
  };
  feed(text, Z_NO_FLUSH);
  for (; blanks > 0; blanks -= std::min<uint64_t>(blanks, filler.size())) {
    feed(std::string_view(filler).substr(0, std::min<uint64_t>(blanks, filler.size())), Z_NO_FLUSH);
  }
  feed("", Z_FINISH);
  deflateEnd(&stream);
  return packed;
}

}  // namespace foz::sim
