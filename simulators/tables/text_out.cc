#include "simulators/tables/text_out.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace foz::sim {
namespace {

constexpr int64_t kDayMillis = 86'400'000;

struct Civil {
  int64_t year;
  unsigned month, day;
};

/// Days since 1970 to a calendar date (the proleptic Gregorian calendar in eras of 400 years).
constexpr Civil civil_of(int64_t days) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

void put2(char* at, uint64_t value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

void put_date(char* at, int64_t days) {
  const Civil civil = civil_of(days);
  put2(at, static_cast<uint64_t>(civil.year / 100));
  put2(at + 2, static_cast<uint64_t>(civil.year % 100));
  at[4] = '-';
  put2(at + 5, civil.month);
  at[7] = '-';
  put2(at + 8, civil.day);
}

constexpr std::array<bool, 256> kNeedsEscape = [] {
  std::array<bool, 256> table{};
  for (int i = 0; i < 0x20; ++i) table[static_cast<size_t>(i)] = true;
  table['"'] = table['\\'] = true;
  return table;
}();

void append_escape(std::string& out, unsigned char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: out += "\\u00", out += kHex[c >> 4], out += kHex[c & 15];
  }
}

}  // namespace

void append_integer(std::string& out, int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<size_t>(end - digits));
}

void append_padded(std::string& out, uint64_t value, int digits) {
  char text[24];
  for (int i = digits - 1; i >= 0; --i, value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<size_t>(digits));
}

void append_decimal(std::string& out, int64_t value, int scale) {
  if (scale == 0) return append_integer(out, value);
  uint64_t unit = 1;
  for (int i = 0; i < scale; ++i) unit *= 10;
  if (value < 0) out += '-';
  const uint64_t size = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  append_integer(out, static_cast<int64_t>(size / unit));
  out += '.';
  append_padded(out, size % unit, scale);
}

void append_date(std::string& out, int64_t days) {
  char text[10];
  put_date(text, days);
  out.append(text, sizeof text);
}

void append_instant(std::string& out, int64_t millis, InstantForm form) {
  if (form == InstantForm::epoch_millis) return append_integer(out, millis);
  int64_t days = millis / kDayMillis;
  if (millis % kDayMillis < 0) --days;
  const auto rest = static_cast<uint64_t>(millis - days * kDayMillis);
  char text[28];
  put_date(text, days);
  text[10] = 'T';
  put2(text + 11, rest / 3'600'000);
  text[13] = ':';
  put2(text + 14, rest / 60'000 % 60);
  text[16] = ':';
  put2(text + 17, rest / 1000 % 60);
  if (form == InstantForm::seconds_z) {
    text[19] = 'Z';
    out.append(text, 20);
    return;
  }
  text[19] = '.';
  text[20] = static_cast<char>('0' + rest % 1000 / 100);
  put2(text + 21, rest % 100);
  out.append(text, 23);
  out += form == InstantForm::millis_z ? "Z" : "+0000";
}

namespace {

/// True when one of eight bytes needs an escape: below 0x20, a quote or a backslash. Bytes of 0x80 and above may count, too.
bool may_need_escape(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHighs = kOnes << 7;
  const auto has_zero = [](uint64_t x) { return (x - kOnes) & ~x & kHighs; };
  return (((bytes - kOnes * 0x20) & ~bytes & kHighs) | has_zero(bytes ^ kOnes * '"') | has_zero(bytes ^ kOnes * '\\')) != 0;
}

uint64_t eight_at(const char* at) {
  uint64_t eight;
  std::memcpy(&eight, at, sizeof eight);
  return eight;
}

/// True when no byte of a text needs an escape; false where that is not sure.
bool is_plain(std::string_view text) {
  constexpr size_t kStep = sizeof(uint64_t);
  if (text.size() < kStep) return std::none_of(text.begin(), text.end(), [](char c) { return kNeedsEscape[static_cast<unsigned char>(c)]; });
  for (size_t i = 0; i + kStep <= text.size(); i += kStep) {
    if (may_need_escape(eight_at(text.data() + i))) return false;
  }
  return !may_need_escape(eight_at(text.data() + text.size() - kStep));
}

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += text;
    return;
  }
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!kNeedsEscape[c]) continue;
    out.append(text.data() + from, i - from);
    append_escape(out, c);
    from = i + 1;
  }
  out.append(text.data() + from, text.size() - from);
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_json_escaped(out, text);
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string result;
  append_json_string(result, text);
  return result;
}

void append_xml_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      default: out += c;
    }
  }
}

void append_value_text(std::string& out, const Value& value, InstantForm form) {
  switch (value.type) {
    case Value::Type::null: return;
    case Value::Type::text: out += value.text; return;
    case Value::Type::integer: return append_integer(out, value.number);
    case Value::Type::decimal: return append_decimal(out, value.number, value.scale);
    case Value::Type::boolean: out += value.number != 0 ? "true" : "false"; return;
    case Value::Type::instant: return append_instant(out, value.number, form);
    case Value::Type::date: return append_date(out, value.number);
  }
}

}  // namespace foz::sim
