#pragma once
// A file as a window of bytes that grows at its end and is cut off at its beginning.

#include <string>
#include <string_view>
#include <utility>

#include "schedule/ingest/cutter.h"

namespace foz::schedule {

class Blocks {
 public:
  Blocks(InputFile file, CutLimits limits) : file_(std::move(file)), limits_(limits) {}

  const InputFile& file() const { return file_; }
  const CutLimits& limits() const { return limits_; }
  std::string_view window() const { return window_; }
  bool at_end() const { return at_end_; }

  /// Appends the next block. The byte order mark at the beginning of the file is left out.
  Status grow() {
    TRY(const std::string block, file_.files.read(file_.path, offset_, limits_.block_bytes));
    at_end_ = block.size() < limits_.block_bytes;
    const bool marked = offset_ == 0 && block.starts_with("\xef\xbb\xbf");
    window_.reserve(window_.size() + block.size() + kJsonPadding);
    window_.append(block, marked ? 3 : 0, std::string::npos);
    offset_ += block.size();
    return {};
  }

  /// Cuts off the first `count` bytes and gives them as a page.
  InputPage take(size_t count) {
    InputPage page{.filename = file_.name};
    if (count == 0) {
      page.bytes.reserve(kJsonPadding);
      return page;
    }
    std::string rest(window_, count);
    window_.resize(count);
    window_.reserve(count + kJsonPadding);
    page.bytes = std::exchange(window_, std::move(rest));
    return page;
  }
  void drop(size_t count) { window_.erase(0, count); }

 private:
  const InputFile file_;
  const CutLimits limits_;
  uint64_t offset_ = 0;
  bool at_end_ = false;
  std::string window_;
};

inline constexpr std::string_view kTooLarge = "the record is larger than ingest.recordBytesMax allows";
/// Of a record that is too large or unreadable to its end, this much is kept.
inline constexpr size_t kKeptOfDefect = 1024;

}  // namespace foz::schedule
