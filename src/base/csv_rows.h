#pragma once
// Rows out of CSV pages on the hot path: chosen fields of each record, without copies. Follows: RFC 4180, and what bulk APIs
// make of it: line breaks, doubled quotes and NUL inside quotes; a header line first; CR LF or LF; empty is null.

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_rows.h"
#include "base/result.h"

namespace foz {

/// A page of records, read once from front to back. Slots are text or null, or missing where the header lacks the name; what
/// they point to lives as long as the page is not opened anew. Not thread-safe; keep one and open it again.
class CsvPage {
 public:
  /// Takes a body and reads its header. Slot i of a record gets the field under `names[i]`; names may repeat.
  /// Every line ends with a line break, the last one too: without it a cut could not be told from an end.
  /// Errors: corrupt (no header, a page that is cut off), with `where` = "byte N".
  Status open(std::string body, const std::vector<std::string>& names);

  /// Reads the next record into `slots` (as many as names). False at the end of the page.
  /// Errors: corrupt (a quote that does not end, text behind a closing quote, more or fewer fields than the header has):
  /// the page is broken from here on.
  Result<bool> next(std::span<JsonSlot> slots);

  /// No record stands in it, or none any more.
  bool at_end() const { return at_ == end(); }

  /// Gives the body back; what was read of it stays good as long as the body does. Open another one to go on.
  std::string close();

  /// Where the record last read begins; see record_json.
  const char* record_begin() const { return record_; }
  /// The record that begins at `begin`, as text of a JSON object with the header's names: for people to look at.
  std::string record_json(const char* begin) const;
  const std::vector<std::string>& header() const { return header_; }

 private:
  struct Field {
    std::string_view text;  ///< between the quotes
    bool doubled = false;   ///< holds doubled quotes
    bool last = false;      ///< of its record
    bool nul = false;       ///< may hold NUL characters
  };
  static constexpr uint32_t kNone = UINT32_MAX;
  bool read_field(const char*& at, Field& field) const;
  std::string_view unescaped(std::string_view text);
  Error broken(const char* at, std::string_view why) const;
  const char* end() const { return body_->data() + body_->size(); }

  std::unique_ptr<std::string> body_;  ///< stays where it is when the page moves
  std::vector<std::string> header_;
  std::vector<uint32_t> first_slot_;  ///< by field: a slot that wants it, or kNone
  std::vector<uint32_t> next_slot_;   ///< by slot: another slot with the same field, or kNone
  std::vector<uint32_t> missing_;     ///< slots whose name the header does not have
  std::deque<std::string> unescaped_;
  const char* at_ = nullptr;
  const char* record_ = nullptr;
};

/// Reads a page that was opened without names to its end and says how many records it has. Errors: corrupt (as CsvPage).
Result<size_t> count_records(CsvPage& page);

}  // namespace foz
