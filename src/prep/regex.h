#pragma once
// Regular expressions in Java's syntax, as PCRE2 reads it: look-around and back-references included, with limits on
// steps and memory so that no pattern can hold up a run. PCRE2's own limits see patterns that try exponentially many ways;
// over long texts every part that is tried is counted too, for there n² ways are as bad. The library ends in regex.cc.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace foz::prep {

/// Characters of a pattern at most. Follows: Data Prep contract, 4.7.
inline constexpr size_t kRegexMax = 1024;

/// Work that searches in one text may do together: parts of the pattern that were tried, and how far they looked.
struct RegexBudget {
  uint64_t left = 5'000'000;
};

/// One compiled pattern with room for its matches. Not thread-safe: one per thread.
class Regex {
 public:
  /// Errors: invalid, with what PCRE2 says and the offset in the pattern.
  static Result<Regex> compile(std::string_view pattern, bool ignore_case = false);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  enum class Found : uint8_t {
    yes,
    no,
    too_hard,  ///< the pattern needed more steps than a row may cost
  };
  /// Does the whole of `text` (well-formed UTF-8) match?
  Found matches_whole(std::string_view text);
  /// The first match from byte `from` on; `group` reads it.
  Found find(std::string_view text, size_t from = 0);
  /// The same for one of many searches in a text, which share a budget.
  Found find(std::string_view text, size_t from, RegexBudget& budget);

  /// Groups of the pattern, the whole match not counted.
  size_t groups() const;
  struct Span {
    size_t begin = 0, end = 0;
    bool took_part = false;
  };
  /// Group `number` (0: the whole) of the last match that was found.
  Span group(size_t number) const;

 private:
  struct Parts;
  explicit Regex(std::unique_ptr<Parts> parts);
  Found run(std::string_view text, size_t from, bool whole, RegexBudget& budget);
  std::unique_ptr<Parts> parts_;
};

/// Why a pattern cannot be compiled, or nothing. For checks when a mapping is saved.
Status check_regex(std::string_view pattern);

}  // namespace foz::prep
