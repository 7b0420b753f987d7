#pragma once
// Small work on text that many rooms share. ASCII unless the name says otherwise.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foz {

std::string lower(std::string_view text);
std::string upper(std::string_view text);
std::string_view trim(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
/// Pieces of `text`, which must outlive them: a text that is about to go is refused.
std::vector<std::string_view> split(std::string_view text, char separator);
template <std::same_as<std::string> Text>
std::vector<std::string_view> split(Text&& text, char separator) = delete;
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
/// True when `text` matches `pattern`, in which `*` stands for any run of characters.
bool matches_wildcard(std::string_view pattern, std::string_view text);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view hex);
std::string to_base64(std::string_view bytes);
/// Without padding, `-` and `_` in the place of `+` and `/`.
std::string to_base64url(std::string_view bytes);
/// Reads both alphabets, padded or not; nothing when a character is foreign.
std::optional<std::string> from_base64(std::string_view text);

/// The whole text as a decimal integer that fits 64 bits; nothing otherwise. A leading `+` or `-` may stand.
std::optional<int64_t> to_integer(std::string_view text);
/// The whole text as a finite decimal number; nothing otherwise.
std::optional<double> to_number(std::string_view text);
/// Shortest text that reads back as the same double; whole numbers below 1e16 without exponent or `.0`.
std::string number_text(double value);

/// Up to `count` of `candidates` that a person may have meant by `given`, nearest first: for "did you mean".
std::vector<std::string> nearest(std::string_view given, const std::vector<std::string>& candidates, size_t count = 3);
/// ` (did you mean "a" or "b"?)`, or nothing when no candidate is near.
std::string did_you_mean(std::string_view given, const std::vector<std::string>& candidates);

namespace utf8 {

/// True when `text` is well-formed UTF-8.
bool valid(std::string_view text);
/// Code points in well-formed `text`.
size_t length(std::string_view text);
/// Byte offset of code point number `index`; the size of `text` when it has fewer.
size_t offset_of(std::string_view text, int64_t index);
/// Appends the encoding of `code_point`; what is no scalar value becomes U+FFFD.
void append(std::string& text, uint32_t code_point);
/// The code point at byte `offset` of well-formed `text`, and moves `offset` behind it.
uint32_t next(std::string_view text, size_t& offset);
/// `text` with every malformed sequence replaced by U+FFFD.
std::string repaired(std::string_view text);

}  // namespace utf8
}  // namespace foz
