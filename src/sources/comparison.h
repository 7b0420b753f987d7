#pragma once
// Half-open ranges in the query languages of vendors: the same shape, other words. Follows: Sources contract, 1.6.

#include <optional>
#include <string>
#include <string_view>

#include "sources/window.h"

namespace foz::sources {

/// How a query language compares and combines; each word with its blanks (" >= ").
struct Comparisons {
  std::string_view at_least, below, equals, both, either;
};

/// `(name >= from AND name < to)`, whichever bounds are there; rows without a value stay in when there is no `from`. No bounds:
/// no condition.
std::string between(const Comparisons& words, const std::string& name, const std::optional<std::string>& from, const std::optional<std::string>& to);

/// The same for bounds that `write` makes text of.
template <class Bound, class Write>
std::string between(const Comparisons& words, const std::string& name, const std::optional<Bound>& from, const std::optional<Bound>& to, Write write) {
  const auto text = [&](const std::optional<Bound>& bound) { return bound ? std::optional<std::string>(write(*bound)) : std::nullopt; };
  return between(words, name, text(from), text(to));
}

/// For a column of numbers, which may be seconds or milliseconds (Flow Service contract, 13.4): rows of either pass.
std::string number_between(const Comparisons& words, const std::string& name, const MillisRange& range);

}  // namespace foz::sources
