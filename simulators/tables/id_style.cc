#include "simulators/tables/id_style.h"

#include <cstring>

#include "base/text.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kSuffixes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
constexpr std::string_view kInstance = "5g0";  // where a Salesforce id names the instance it was born on
constexpr size_t kRowDigits = 9;
constexpr char kHexDigits[] = "0123456789abcdef";

void put_suffix(std::string_view id, char* out) {
  for (size_t chunk = 0; chunk < 3; ++chunk) {
    unsigned bits = 0;
    for (size_t i = 0; i < 5; ++i) {
      const char c = id[chunk * 5 + i];
      if (c >= 'A' && c <= 'Z') bits |= 1u << i;
    }
    out[chunk] = kSuffixes[bits];
  }
}

void append_salesforce(std::string& out, const IdStyle& style, uint64_t row) {
  char text[18] = {'0', '0', '0'};  // objects without a key prefix
  style.prefix.copy(text, 3);
  kInstance.copy(text + 3, 3);
  for (size_t i = 0; i < kRowDigits; ++i, row /= 62) text[14 - i] = kBase62[row % 62];
  put_suffix({text, 15}, text + 15);
  out.append(text, 18);
}

std::optional<uint64_t> salesforce_row(const IdStyle& style, std::string_view id) {
  if ((id.size() != 15 && id.size() != 18) || !id.starts_with(style.prefix) || id.substr(3, 3) != kInstance) return {};
  uint64_t row = 0;
  for (const char c : id.substr(6, kRowDigits)) {
    const size_t digit = kBase62.find(c);
    if (digit == kBase62.npos) return {};
    row = row * 62 + digit;
  }
  if (id.size() == 18 && !equal_ignoring_case(salesforce_suffix(id.substr(0, 15)), id.substr(15))) return {};
  return row;
}

// The row fills the first 48 bits, so that text order is row order.
void append_guid(std::string& out, const IdStyle& style, uint64_t row) {
  const uint64_t high = row + 0x3c1f0000a000;
  const uint64_t low = style.first * 0x9e3779b97f4a7c15;
  char text[36];
  const auto put = [&](size_t at, uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i, value >>= 4) text[at + static_cast<size_t>(i)] = kHexDigits[value & 15];
  };
  put(0, high >> 16, 8);
  text[8] = '-';
  put(9, high & 0xffff, 4);
  text[13] = '-';
  put(14, 0x4000 | (low >> 52), 4);
  text[18] = '-';
  put(19, 0x8000 | ((low >> 38) & 0x3fff), 4);
  text[23] = '-';
  put(24, low & 0xffff'ffff'ffff, 12);
  out.append(text, sizeof text);
}

std::optional<uint64_t> guid_row(const IdStyle& style, std::string_view id) {
  if (id.size() != 36 || id[8] != '-' || id[13] != '-') return {};
  uint64_t high = 0;
  for (const char c : std::string(id.substr(0, 8)) + std::string(id.substr(9, 4))) {
    const char* digit = static_cast<const char*>(std::memchr(kHexDigits, c >= 'A' && c <= 'F' ? c + 32 : c, 16));
    if (digit == nullptr) return {};
    high = high << 4 | static_cast<uint64_t>(digit - kHexDigits);
  }
  if (high < 0x3c1f0000a000) return {};
  const uint64_t row = high - 0x3c1f0000a000;
  if (!equal_ignoring_case(id_text(style, row), id)) return {};
  return row;
}

}  // namespace

std::string salesforce_suffix(std::string_view id) {
  std::string suffix(3, 'A');
  put_suffix(id, suffix.data());
  return suffix;
}

void append_id(std::string& out, const IdStyle& style, uint64_t row) {
  switch (style.form) {
    case IdStyle::Form::number: return append_integer(out, static_cast<int64_t>(style.first + row));
    case IdStyle::Form::salesforce: return append_salesforce(out, style, row);
    case IdStyle::Form::guid: return append_guid(out, style, row);
  }
}

std::string id_text(const IdStyle& style, uint64_t row) {
  std::string text;
  append_id(text, style, row);
  return text;
}

std::optional<uint64_t> row_of_id(const IdStyle& style, std::string_view id) {
  if (style.form == IdStyle::Form::salesforce) return salesforce_row(style, id);
  if (style.form == IdStyle::Form::guid) return guid_row(style, id);
  const auto number = to_integer(id);
  if (!number || *number < 0 || static_cast<uint64_t>(*number) < style.first) return {};
  return static_cast<uint64_t>(*number) - style.first;
}

}  // namespace foz::sim
