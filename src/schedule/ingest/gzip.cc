// zlib, for bodies that come packed. Follows: Ingestion and access contract, 3.1.
#include <zlib.h>

#include "schedule/ingest/uploads.h"

namespace foz::schedule {
namespace {

constexpr size_t kBlockBytes = 256u << 10;

Error no_gzip() { return {.kind = ErrorKind::invalid, .message = "The body is no gzip that can be unpacked to its end"}; }

Error too_much(uint64_t bytes_max) {
  return {.kind = ErrorKind::invalid, .message = "The body holds more than " + std::to_string(bytes_max) + " bytes: send it in chunks, or raise ingest.uploadBytesMax", .code = "INGEST-1000-413"};
}

/// An inflater that ends itself.
class Inflater {
 public:
  Inflater() : ready_(inflateInit2(&stream_, 15 + 16) == Z_OK) {}  // gzip only
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;

  /// Appends what `packed` holds to `out`. Errors: invalid (no gzip, or the limit is passed), unavailable.
  Status feed(std::string_view packed, lake::AppendFile& out, uint64_t& bytes, uint64_t bytes_max) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (ready_ && stream_.avail_in > 0) {
      // Members of a file follow each other.
      if (ended_ && inflateReset(&stream_) != Z_OK) return no_gzip();
      ended_ = false;
      std::string block(kBlockBytes, '\0');
      stream_.next_out = reinterpret_cast<Bytef*>(block.data());
      stream_.avail_out = static_cast<uInt>(block.size());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END) return no_gzip();
      block.resize(block.size() - stream_.avail_out);
      bytes += block.size();
      if (bytes > bytes_max) return too_much(bytes_max);
      TRY_DO(out.append(block));
      ended_ = code == Z_STREAM_END;
    }
    return ready_ ? Status() : no_gzip();
  }
  bool ended() const { return ended_; }

 private:
  z_stream stream_ = {};
  bool ready_ = false, ended_ = false;
};

}  // namespace

Status unpack_gzip(lake::FileIo& files, const std::filesystem::path& body, uint64_t bytes_max) {
  const std::filesystem::path unpacked = body.string() + ".unpacked";
  const auto fail = [&](Error error) -> Status {
    TRY_DO(files.remove_file(unpacked));
    return error;
  };
  TRY(const auto out, files.open_append(unpacked, 0));
  Inflater inflater;
  uint64_t bytes = 0;
  for (uint64_t at = 0;; at += kBlockBytes) {
    TRY(const std::string block, files.read(body, at, kBlockBytes));
    if (const Status fed = inflater.feed(block, *out, bytes, bytes_max); !fed) return fail(fed.error());
    if (block.size() < kBlockBytes) break;
  }
  if (!inflater.ended()) return fail(no_gzip());
  return files.publish(unpacked, body);
}

}  // namespace foz::schedule
