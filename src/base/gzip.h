#pragma once
// Packing bodies for those who ask for it, and unpacking those that come packed.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace foz {

/// `text` as a gzip stream, quickly rather than small. Empty when there is no memory for it.
std::string gzip(std::string_view text);

/// Unpacks a gzip stream as it comes; members that follow each other are one text.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  enum class Outcome : uint8_t { ok, broken, too_long };
  /// Appends what `packed` holds to `out`, which never grows beyond `bytes_max`. Broken: this is no gzip.
  Outcome feed(std::string_view packed, std::string& out, uint64_t bytes_max);
  /// The stream came to its end, checksum and all; false when more must follow.
  bool ended() const { return ended_; }

 private:
  struct Stream;
  const std::unique_ptr<Stream> stream_;
  bool ended_ = false;
};

}  // namespace foz
