#include "base/csv_rows.h"

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

const char* find(const char* from, const char* end, char wanted) {
  return static_cast<const char*>(std::memchr(from, wanted, static_cast<size_t>(end - from)));
}

/// The top bit of each of eight bytes that is a quote.
uint64_t quotes_in(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101, kLows = kOnes * 0x7f;
  const uint64_t others = bytes ^ (kOnes * '"');
  return ~(((others & kLows) + kLows) | others | kLows);
}

/// Eight bytes at once: whether two words together have an odd number of bits is told by their exclusive or.
bool has_odd_quotes(std::string_view text) {
  uint64_t found = 0, bytes = 0;
  for (; text.size() >= sizeof bytes; text.remove_prefix(sizeof bytes)) {
    std::memcpy(&bytes, text.data(), sizeof bytes);
    found ^= quotes_in(bytes);
  }
  for (const char c : text) found ^= c == '"' ? 1 : 0;
  return std::popcount(found) % 2 != 0;
}

}  // namespace

/// Moves `at` behind the field and its separator. False: what stands there is no field.
bool CsvPage::read_field(const char*& at, Field& field) const {
  const char* const stop = end();
  field.doubled = false;
  if (at < stop && *at == '"') {
    const char* const begin = ++at;
    for (;;) {
      at = find(at, stop, '"');
      if (at == nullptr) return at = stop, false;
      if (at + 1 == stop || at[1] != '"') break;
      field.doubled = true;
      at += 2;
    }
    field.text = {begin, static_cast<size_t>(at - begin)};
    ++at;
  } else {
    const char* const begin = at;
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
  known_.assign(names.size(), false);
  for (size_t slot = 0; slot < names.size(); ++slot) {
    const auto found = std::find(header_.begin(), header_.end(), names[slot]);
    if (found == header_.end()) continue;
    uint32_t& first = first_slot_[static_cast<size_t>(found - header_.begin())];
    next_slot_[slot] = std::exchange(first, static_cast<uint32_t>(slot));
    known_[slot] = true;
  }
  return {};
}

Result<bool> CsvPage::next(std::span<JsonSlot> slots) {
  if (at_ == end()) return false;
  record_ = at_;
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    if (!known_[slot]) slots[slot] = {};
  }
  Field field;
  for (size_t number = 0; number < header_.size(); ++number) {
    if (!read_field(at_, field)) return broken(at_, at_ == end() ? "a quoted field does not end" : "text stands behind a closing quote");
    if (field.last != (number + 1 == header_.size())) return broken(record_, "a record does not have the fields of the header");
    uint32_t slot = first_slot_[number];
    if (slot == kNone) continue;
    JsonSlot value;
    value.kind = field.text.empty() ? JsonSlot::Kind::null : JsonSlot::Kind::text;
    value.text = field.doubled ? unescaped(field.text) : field.text;
    for (; slot != kNone; slot = next_slot_[slot]) slots[slot] = value;
  }
  return true;
}

size_t CsvPage::records_by_lines() const {
  size_t records = 0;
  bool inside = false;
  for (const char* at = at_; at != end();) {
    const char* const line_end = find(at, end(), '\n');
    if (line_end == nullptr) break;
    inside ^= has_odd_quotes({at, static_cast<size_t>(line_end - at)});
    if (!inside) ++records;
    at = line_end + 1;
  }
  return records;
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
