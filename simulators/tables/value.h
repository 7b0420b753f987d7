#pragma once
// One cell of a simulated table, and the scratch memory that its text may live in.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace foz::sim {

/// A cell. Text lies in static words, in the CSV file, in the overlay or in a Scratch: it is good until the next row.
struct Value {
  enum class Type : uint8_t { null, text, integer, decimal, boolean, instant, date };

  Type type = Type::null;
  uint8_t scale = 0;      ///< decimal: `number` holds that many fraction digits
  int64_t number = 0;     ///< integer; decimal times 10^scale; 0 or 1; milliseconds; days since 1970
  std::string_view text = {};

  static Value of_text(std::string_view text) { return {.type = Type::text, .text = text}; }
  static Value of_integer(int64_t number) { return {.type = Type::integer, .number = number}; }
  static Value of_decimal(int64_t number, uint8_t scale) { return {.type = Type::decimal, .scale = scale, .number = number}; }
  static Value of_boolean(bool value) { return {.type = Type::boolean, .number = value}; }
  static Value of_instant(int64_t millis) { return {.type = Type::instant, .number = millis}; }
  static Value of_date(int64_t days) { return {.type = Type::date, .number = days}; }

  bool is_null() const { return type == Type::null; }
};

/// Bump memory for the made-up text of one row. Text that does not fit is cut.
class Scratch {
 public:
  void reset() { used_ = 0; }
  /// Opens a text; append to it, then `close` gives what was appended.
  char* open() { return start_ = buffer_ + used_; }
  void append(std::string_view text) {
    const size_t room = sizeof(buffer_) - used_;
    const size_t bytes = text.size() < room ? text.size() : room;
    std::memcpy(buffer_ + used_, text.data(), bytes);
    used_ += bytes;
  }
  std::string_view close() { return {start_, static_cast<size_t>(buffer_ + used_ - start_)}; }

 private:
  char buffer_[16 * 1024];
  char* start_ = buffer_;
  size_t used_ = 0;
};

}  // namespace foz::sim
