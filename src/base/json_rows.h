#pragma once
// Rows out of JSON pages on the hot path: chosen values of each record, without building documents.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace foz {

/// One chosen value of a record.
struct JsonSlot {
  enum class Kind : uint8_t {
    missing,  ///< the record has no such member
    null,
    boolean,
    integer,  ///< fits 64 bits; `text` is the token as written
    number,   ///< any other number; `text` is the token as written
    text,     ///< unescaped
    json,     ///< an object or array; `text` is its raw form
  };
  Kind kind = Kind::missing;
  bool boolean = false;
  int64_t integer = 0;
  double number = 0;
  bool may_hold_nul = true;  ///< false: it is known that `text` has no NUL character
  std::string_view text = {};
};

/// Which values are wanted: paths of member names from the root of a record. Immutable; shared by threads.
class JsonPaths {
 public:
  /// Slot i of a record gets the value at `paths[i]`. A path may lead through or to what another one leads to.
  explicit JsonPaths(const std::vector<std::vector<std::string>>& paths);
  ~JsonPaths();
  size_t size() const { return size_; }

 private:
  friend class JsonPage;
  struct Node;
  std::unique_ptr<Node> root_;
  size_t size_;
  size_t nodes_;
};

/// A page of records, read once from front to back. What slots point to lives as long as the page is not opened anew.
/// Not thread-safe; keep one and open it again, its buffers are reused.
class JsonPage {
 public:
  JsonPage();
  ~JsonPage();
  JsonPage(JsonPage&&) noexcept;

  /// Takes a body and goes to the array of records at JSON pointer `records` ("" when the body is the array).
  /// Errors: corrupt (no JSON, malformed UTF-8, no array there), with `where` = "byte N".
  Status open(std::string body, std::string_view records);

  /// Reads the next record into `slots` (paths.size() of them). False at the end of the page.
  /// Errors: corrupt: the page is broken from here on. A record that is no object gives missing slots everywhere.
  Result<bool> next(const JsonPaths& paths, std::span<JsonSlot> slots);

  /// Where the record last read begins; see raw_record.
  const char* record_begin() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The raw text of the JSON value that begins at `begin`, inside a page that is still open.
std::string_view raw_record(const char* begin);

/// The value at a JSON pointer of a body, as text: a string unescaped, anything else raw. Nothing when it is absent or
/// null. For cursors and totals in large pages: reads no further than it must.
/// Errors: corrupt.
Result<std::optional<std::string>> scan_json(const std::string& body, std::string_view pointer);

}  // namespace foz
