#include "api/byte_range.h"

#include <gtest/gtest.h>

namespace foz::api {
namespace {

/// The part of a file of 1000 bytes that a range gives: "offset+length Content-Range", "whole" or "416".
std::string taken(std::string_view text, bool repeat_end = true, uint64_t total = 1000) {
  const auto range = parse_byte_range(text);
  if (!range) return "whole";
  const auto slice = slice_of(*range, total, repeat_end);
  if (!slice) return "416";
  return std::to_string(slice->offset) + "+" + std::to_string(slice->length) + " " + slice->content_range;
}

struct RangeCase {
  std::string_view text, wanted, clamped = "";
};

TEST(ByteRange, IsTakenAsAccess12Says) {
  const RangeCase kCases[] = {
      {"bytes=0-99", "0+100 bytes 0-99/1000"},
      {"bytes=900-999", "900+100 bytes 900-999/1000"},
      {"Bytes= 900 - 999 ", "900+100 bytes 900-999/1000"},
      {"bytes=999-999", "999+1 bytes 999-999/1000"},
      // The end that was asked for comes back, even behind the end of the file.
      {"bytes=900-4095", "900+100 bytes 900-4095/1000", "900+100 bytes 900-999/1000"},
      {"bytes=0-99999999999999999999", "0+1000 bytes 0-9223372036854775807/1000", "0+1000 bytes 0-999/1000"},
      // Open and suffix ranges are always exact.
      {"bytes=900-", "900+100 bytes 900-999/1000"},
      {"bytes=-100", "900+100 bytes 900-999/1000"},
      {"bytes=-5000", "0+1000 bytes 0-999/1000"},
      {"bytes=1000-", "416"},
      {"bytes=1000-2000", "416"},
      {"bytes=-0", "416"},
      // Malformed ones count as none.
      {"bytes=", "whole"},
      {"bytes=-", "whole"},
      {"bytes=9-1", "whole"},
      {"bytes=a-b", "whole"},
      {"bytes=+1-2", "whole"},
      {"bytes=0-1,5-9", "whole"},
      {"items=0-9", "whole"},
      {"", "whole"},
  };
  for (const RangeCase& c : kCases) {
    EXPECT_EQ(taken(c.text), c.wanted) << c.text;
    EXPECT_EQ(taken(c.text, false), c.clamped.empty() ? c.wanted : c.clamped) << c.text << " clamped";
  }
}

TEST(ByteRange, OfAnEmptyFileIsNeverThere) {
  for (const std::string_view text : {"bytes=0-0", "bytes=0-", "bytes=-1"}) EXPECT_EQ(taken(text, true, 0), "416") << text;
}

}  // namespace
}  // namespace foz::api
