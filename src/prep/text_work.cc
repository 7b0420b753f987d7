#include "prep/text_work.h"

#include <clocale>
#include <cstring>
#include <cwctype>

#include <algorithm>

#include "base/text.h"

namespace foz::prep {
namespace {

using engine::Value;

/// Letters by Unicode, in a locale that every system has and no setting changes.
locale_t unicode() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

/// ASCII is mapped byte by byte, the rest a code point at a time.
template <class MapByte, class Map>
std::string mapped(std::string_view text, MapByte map_byte, Map map) {
  std::string result;
  result.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) result += map_byte(text[at++]);
    else map(utf8::next(text, at), result);
  }
  return result;
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

}  // namespace

std::string upper_case(std::string_view text) {
  return mapped(text, capital, [](uint32_t c, std::string& out) {
    if (c == 0xDF) out += "SS";
    else utf8::append(out, static_cast<uint32_t>(towupper_l(static_cast<wint_t>(c), unicode())));
  });
}

std::string lower_case(std::string_view text) {
  return mapped(text, small, [](uint32_t c, std::string& out) { utf8::append(out, static_cast<uint32_t>(towlower_l(static_cast<wint_t>(c), unicode()))); });
}

std::string_view trimmed(std::string_view text, bool left, bool right) {
  if (left) text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
  if (right) text = text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
  return text;
}

std::string_view characters(std::string_view text, int64_t start, int64_t count) {
  if (count <= 0) return text.substr(0, 0);
  const size_t begin = utf8::offset_of(text, std::max<int64_t>(start, 0));
  text.remove_prefix(begin);
  return text.substr(0, utf8::offset_of(text, count));
}

size_t find_text(std::string_view text, std::string_view part, size_t at) {
  constexpr size_t kShort = 16;
  if (part.size() <= kShort || at >= text.size()) return text.find(part, at);
  const void* found = memmem(text.data() + at, text.size() - at, part.data(), part.size());  // two-way for long parts
  return found == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

Outcome<std::string_view> made_text(Call& call, std::string_view text) {
  if (text.size() > kTextBytesMax) return kTextTooLong;
  return call.arena().keep(text);
}

Value made_array(Call& call, const std::vector<Value>& items) {
  const auto copy = call.arena().make<Value>(items.size());
  std::copy(items.begin(), items.end(), copy.begin());
  return Value::of_array(copy);
}

Outcome<std::string_view> joined(Call& call, std::optional<std::string_view> separator, Array array) {
  std::string text;
  for (size_t i = 0; i < array.items.size(); ++i) {
    const auto part = text_of(call.arena(), array.items[i]);
    if (part.is_fault()) return part.fault();
    if (i > 0) text += separator.value_or("");
    if (part.is_value()) text += part.value();
    if (text.size() > kTextBytesMax) return kTextTooLong;
  }
  return call.arena().keep(text);
}

}  // namespace foz::prep
