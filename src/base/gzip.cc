#include "base/gzip.h"

#include <zlib.h>

namespace foz {

std::string gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int outcome = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return outcome == Z_STREAM_END ? packed : "";
}

struct Gunzip::Stream {
  z_stream z = {};
  bool ready = inflateInit2(&z, 15 + 16) == Z_OK;  // gzip only
  ~Stream() { inflateEnd(&z); }
};

Gunzip::Gunzip() : stream_(std::make_unique<Stream>()) {}
Gunzip::~Gunzip() = default;

Gunzip::Outcome Gunzip::feed(std::string_view packed, std::string& out, uint64_t bytes_max) {
  constexpr size_t kStep = 64u << 10;
  if (!stream_->ready) return Outcome::broken;
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  for (bool full = false; z.avail_in > 0 || full;) {
    if (ended_ && inflateReset(&z) != Z_OK) return Outcome::broken;
    ended_ = false;
    const size_t before = out.size();
    out.resize(before + kStep);
    z.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    z.avail_out = static_cast<uInt>(kStep);
    const int code = inflate(&z, Z_NO_FLUSH);
    full = z.avail_out == 0 && code == Z_OK;
    out.resize(before + kStep - z.avail_out);
    if (out.size() > bytes_max) return Outcome::too_long;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return Outcome::broken;
    ended_ = code == Z_STREAM_END;
  }
  return Outcome::ok;
}

}  // namespace foz
