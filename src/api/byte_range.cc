#include "api/byte_range.h"

#include <algorithm>

#include "base/text.h"

namespace foz::api {
namespace {

/// Digits only; what does not fit 63 bits is as good as the largest.
std::optional<uint64_t> position(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  const auto number = to_integer(text);
  return number ? static_cast<uint64_t>(*number) : static_cast<uint64_t>(INT64_MAX);
}

}  // namespace

std::optional<ByteRange> parse_byte_range(std::string_view text) {
  text = trim(text);
  if (!starts_with_ignoring_case(text, "bytes=")) return std::nullopt;
  text = trim(text.substr(6));
  const size_t dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const std::string_view first = trim(text.substr(0, dash)), last = trim(text.substr(dash + 1));
  ByteRange range;
  if (!first.empty() && !(range.first = position(first))) return std::nullopt;
  if (!last.empty() && !(range.last = position(last))) return std::nullopt;
  if (!range.first && !range.last) return std::nullopt;
  if (range.first && range.last && *range.last < *range.first) return std::nullopt;
  return range;
}

std::optional<Slice> slice_of(const ByteRange& range, uint64_t total, bool repeat_end) {
  const uint64_t first = range.first ? *range.first : total - std::min(total, *range.last);
  if (first >= total) return std::nullopt;
  const uint64_t end = range.first && range.last ? std::min(*range.last, total - 1) : total - 1;
  const bool shows_wish = repeat_end && range.first && range.last;
  return Slice{.offset = first,
               .length = end - first + 1,
               .content_range = "bytes " + std::to_string(first) + "-" + std::to_string(shows_wish ? *range.last : end) + "/" + std::to_string(total)};
}

}  // namespace foz::api
