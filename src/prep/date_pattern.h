#pragma once
// Date patterns in Java's letters: compiled once, then parse and print without memory of their own.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/time_text.h"

namespace foz::prep {

/// Letters: Data Prep contract, 5.4; an unquoted `T` is taken as text. Immutable; share it between threads.
class DatePattern {
 public:
  /// Errors: invalid, naming the letter and its column.
  static Result<DatePattern> compile(std::string_view pattern);

  /// The instant that the whole of `text` names; nothing when it does not match or the calendar lacks it. A number
  /// that touches another number has exactly as many digits as letters, else two digits may be one. Without a zone in
  /// the text it is in `zone`. Missing parts: year 1970, month 1, day 1, time 0.
  std::optional<Instant> parse(std::string_view text, const Zone& zone = Zone::utc()) const;

  /// Appends `instant` as seen in `zone`.
  void print(Instant instant, const Zone& zone, std::string& text) const;
  std::string print(Instant instant, const Zone& zone = Zone::utc()) const;

  const std::string& text() const { return text_; }

  /// A run of one letter, or literal text.
  struct Part {
    char letter = 0;      ///< 0: literal
    size_t count = 0;     ///< letters in the run
    bool touches = false; ///< another number stands directly beside it
    std::string literal = {};
  };

 private:
  std::string text_;
  std::vector<Part> parts_;
};

/// Text to an instant by the automatic list, in its order. Follows: Data Prep contract, 5.3.
std::optional<Instant> parse_automatic(std::string_view text);

}  // namespace foz::prep
