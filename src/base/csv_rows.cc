#include "base/csv_rows.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace foz {
namespace {

std::string without_doubled(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    plain += text[i];
    if (text[i] == '"') ++i;
  }
  return plain;
}

/// The first quote in [from, end); nullptr: none. `nul` becomes true when there may be a NUL in front of it. Most fields are short: a
/// look at 32 bytes tells both without a call.
const char* find_quote(const char* from, const char* end, bool& nul) {
#if defined(__SSE2__)
  if (end - from >= 32) {
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)), second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16));
    const auto places = [&](char wanted) {
      const __m128i each = _mm_set1_epi8(wanted);
      return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(first, each))) | static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(second, each))) << 16;
    };
    const uint32_t quotes = places('"');
    nul |= places('\0') != 0;
    if (quotes != 0) return from + std::countr_zero(quotes);
    from += 32;
  }
#endif
  nul = true;
  return static_cast<const char*>(std::memchr(from, '"', static_cast<size_t>(end - from)));
}

}  // namespace

/// Moves `at` behind the field and its separator. False: what stands there is no field.
bool CsvPage::read_field(const char*& at, Field& field) const {
  const char* const stop = end();
  field.doubled = false;
  field.nul = false;
  if (at < stop && *at == '"') {
    const char* const begin = ++at;
    for (;;) {
      at = find_quote(at, stop, field.nul);
      if (at == nullptr) return at = stop, false;
      if (at + 1 == stop || at[1] != '"') break;
      field.doubled = true;
      at += 2;
    }
    field.text = {begin, static_cast<size_t>(at - begin)};
    ++at;
  } else {
    const char* const begin = at;
    field.nul = true;
    while (at < stop && *at != ',' && *at != '\n') ++at;
    const size_t size = static_cast<size_t>(at - begin);
    const bool returns = size > 0 && begin[size - 1] == '\r' && (at == stop || *at == '\n');
    field.text = {begin, size - (returns ? 1 : 0)};
  }
  if (at < stop && *at == ',') {
    ++at;
    field.last = false;
    return true;
  }
  field.last = true;
  if (at < stop && *at == '\r') ++at;
  if (at == stop) return true;
  return *at++ == '\n';
}

std::string_view CsvPage::unescaped(std::string_view text) { return unescaped_.emplace_back(without_doubled(text)); }

Error CsvPage::broken(const char* at, std::string_view why) const {
  return Error{.kind = ErrorKind::corrupt, .message = "the CSV page is broken: " + std::string(why), .where = "byte " + std::to_string(at - body_->data())};
}

Status CsvPage::open(std::string body, const std::vector<std::string>& names) {
  body_ = std::make_unique<std::string>(std::move(body));
  unescaped_.clear();
  header_.clear();
  at_ = record_ = body_->data();
  if (body_->empty()) return broken(at_, "it has no header");
  if (body_->back() != '\n') return broken(end(), "it does not end with a line break: it was cut off");
  for (Field field; !field.last || header_.empty();) {
    if (!read_field(at_, field)) return broken(at_, "its header does not end");
    header_.push_back(field.doubled ? without_doubled(field.text) : std::string(field.text));
  }
  first_slot_.assign(header_.size(), kNone);
  next_slot_.assign(names.size(), kNone);
  missing_.clear();
  for (size_t slot = 0; slot < names.size(); ++slot) {
    const auto found = std::find(header_.begin(), header_.end(), names[slot]);
    if (found == header_.end()) {
      missing_.push_back(static_cast<uint32_t>(slot));
      continue;
    }
    uint32_t& first = first_slot_[static_cast<size_t>(found - header_.begin())];
    next_slot_[slot] = std::exchange(first, static_cast<uint32_t>(slot));
  }
  return {};
}

Result<bool> CsvPage::next(std::span<JsonSlot> slots) {
  if (at_ == end()) return false;
  record_ = at_;
  for (const uint32_t slot : missing_) slots[slot] = {};
  Field field;
  for (size_t number = 0; number < header_.size(); ++number) {
    if (!read_field(at_, field)) return broken(at_, at_ == end() ? "a quoted field does not end" : "text stands behind a closing quote");
    if (field.last != (number + 1 == header_.size())) return broken(record_, "a record does not have the fields of the header");
    uint32_t slot = first_slot_[number];
    if (slot == kNone) continue;
    if (field.doubled) field.text = unescaped(field.text);
    for (; slot != kNone; slot = next_slot_[slot]) {
      JsonSlot& value = slots[slot];
      value.kind = field.text.empty() ? JsonSlot::Kind::null : JsonSlot::Kind::text;
      value.may_hold_nul = field.nul;
      value.text = field.text;
    }
  }
  return true;
}

std::string CsvPage::close() {
  at_ = record_ = nullptr;
  return std::move(*std::exchange(body_, nullptr));
}

std::string CsvPage::record_json(const char* begin) const {
  Json record = Json::object();
  Field field;
  for (const std::string& name : header_) {
    if (!read_field(begin, field)) break;
    const std::string text = utf8::repaired(field.doubled ? without_doubled(field.text) : std::string(field.text));
    record[name] = text.empty() ? Json() : Json(text);
    if (field.last) break;
  }
  return to_text(record);
}

Result<size_t> count_records(CsvPage& page) {
  size_t records = 0;
  for (;;) {
    TRY(const bool more, page.next({}));
    if (!more) return records;
    ++records;
  }
}

}  // namespace foz
