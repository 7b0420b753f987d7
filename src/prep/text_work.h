#pragma once
// Work on well-formed UTF-8 that several functions share; texts made here stand in an arena.

#include <cstdint>
#include <string>
#include <string_view>

#include "prep/kernel.h"

namespace foz::prep {

/// Upper or lower case of every letter, whatever the language; "ß" becomes "SS".
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

/// Blank, tab, CR, LF, VT and FF.
inline constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
std::string_view trimmed(std::string_view text, bool left, bool right);

/// `count` characters from character `start` on; clipped at both ends.
std::string_view characters(std::string_view text, int64_t start, int64_t count);

/// `text` kept in the arena, or why not.
Outcome<std::string_view> made_text(Call& call, std::string_view text);
/// The elements as an array value.
engine::Value made_array(Call& call, const std::vector<engine::Value>& items);

/// Text forms of the elements with `separator` between them; a null element is empty.
Outcome<std::string_view> joined(Call& call, std::optional<std::string_view> separator, Array array);

/// The first place of `part` in `text` from byte `at` on, in time that grows with the text alone, whatever the part.
size_t find_text(std::string_view text, std::string_view part, size_t at = 0);

/// What stands between the separators, piece by piece.
template <class Visit>
void each_piece(std::string_view text, std::string_view separator, Visit visit) {
  size_t at = 0;
  while (true) {
    const size_t end = find_text(text, separator, at);
    visit(text.substr(at, end == text.npos ? text.npos : end - at));
    if (end == text.npos) return;
    at = end + separator.size();
  }
}

}  // namespace foz::prep
